/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_srv.h - what the MAP side asks of this node, and how it is answered
 *
 * The MAP user of the box: HLR (SSN 6, shortMsgGateway) and MSC (SSN 8,
 * shortMsgMT-Relay). It takes SCCP unitdata, runs the transactions and the
 * dialogues, and asks the ops below. Every question is answered exactly
 * once: sri() and report() while they are called, sms() by map_srv_verdict()
 * with its id, or by the hold deadline with TEMPFAIL. As HLR it also alerts
 * service centres.
 *
 * Runs on the clock of the wheel it is given. SS7 thread only; nothing waits.
 */

#ifndef MAP_SRV_H
#define MAP_SRV_H

#include "map_alert.h"
#include "map_err.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_sri_sm.h"
#include "map_status.h"
#include "sccp.h"

struct map_sri_ind {
    uint8_t network;
    uint8_t version;
    const struct sccp_addr *from; /* SCCP calling party */
    const struct map_sri_sm_arg *arg;
};

struct map_sri_rsp {
    struct map_err err; /* code MAP_ERR_NONE: the result below */
    bool relay; /* another HLR shall answer; err if it cannot be asked */
    /* What is here shall be answered only after map_srv_verdict() has said
     * OK, or the error of that: held() follows with the id for it. */
    bool hold;
    char imsi[MAP_IMSI_DIGITS + 1];
    char node[NUM_MAX + 1]; /* E.164 international, our MSC GT */
    /* In either case, an informServiceCentre with it; not in version 1. */
    bool has_inform;
    struct map_inform_arg inform;
};

struct map_report_ind {
    uint8_t network;
    uint8_t version;
    const struct sccp_addr *from;
    const struct map_status_arg *arg;
};

struct map_report_rsp {
    struct map_err err;        /* code MAP_ERR_NONE: the result below */
    struct map_status_res res; /* as version 1 cannot say */
};

struct map_sms_ind {
    uint64_t id; /* of this message, not of its dialogue */
    uint8_t network;
    uint8_t version;
    bool repeated; /* same TPDU as one answered earlier in this dialogue */
    const struct sccp_addr *from;
    const char *imsi; /* digits: of this message or the dialogue's first */
    const struct map_addr *sc_addr; /* SM-RP-OA, or the dialogue's first */
    const struct map_mt_sm_arg *arg;
};

/* Why a held message needs no verdict any more. */
enum map_gone {
    MAP_GONE_DEADLINE, /* answered TEMPFAIL */
    MAP_GONE_ABORT,    /* the peer aborted or ended the dialogue */
};

struct map_srv_ops {
    /* Fill *rsp; from memory, at once. */
    void (*sri)(void *ctx, const struct map_sri_ind *ind,
                struct map_sri_rsp *rsp);
    /*
     * Pass the question on as it came, so that another HLR answers whoever
     * asked; nothing of the dialogue is kept here. `ind' NULL: it can only be
     * answered from here. MAP_ERR_NONE, or what to answer because it is not
     * passed on. NULL: nothing is ever passed on.
     */
    struct map_err (*relay)(void *ctx, uint8_t network,
                            const struct sccp_ind *ind);
    /*
     * The question of the last sri(), which set rsp->hold, is held under this
     * id, as a message is; 0: there is no place, and it gets systemFailure.
     * False: nobody can be asked, the same. NULL: no question is ever held.
     */
    bool (*held)(void *ctx, uint64_t id);
    /* As sri() for reportSM-DeliveryStatus. NULL: it is taken and forgotten. */
    void (*report)(void *ctx, const struct map_report_ind *ind,
                   struct map_report_rsp *rsp);
    /*
     * A message. MAP_ERR_NONE: it is being delivered, ind->id comes back in
     * map_srv_verdict(). Else it is answered with this error at once.
     */
    struct map_err (*sms)(void *ctx, const struct map_sms_ind *ind);
    /* A message was answered with *e before sms() was asked about it; its id is
     * 0, imsi and sc_addr may be NULL. NULL: nobody wants to know. */
    void (*refused)(void *ctx, const struct map_sms_ind *ind,
                    const struct map_err *e);
    /* The message `id' was answered or lost without a verdict. Not called for
     * one that sms() refused. */
    void (*gone)(void *ctx, uint64_t id, enum map_gone why);
    /* What came of map_srv_alert(). */
    void (*alerted)(void *ctx, uint64_t ref, enum verdict v);
    /* As sccp_unitdata_req() of that network. Must not call the server. */
    int (*send)(void *ctx, uint8_t network, const struct sccp_req *req,
                uint8_t *cause);
};

/* What is done about a message of a dialogue whose sender is not its peer, by
 * the digits of the calling title. */
enum map_guard {
    MAP_GUARD_MONITOR, /* counted and logged, then taken as any other */
    MAP_GUARD_OFF,
    MAP_GUARD_DENY, /* counted and logged, then dropped */
};

struct map_srv_conf {
    uint32_t max_dialogues;   /* slab of transactions */
    uint32_t max_held;        /* slab of pending messages */
    uint32_t max_held_per_sc; /* of these, of one service centre; 0: all */
    enum map_error overload;  /* what is said over them; 0: systemFailure */
    uint32_t hold_ms;         /* a message's deadline, 25 s; below 60 s */
    uint32_t more_ms;         /* wait for the next message, 10 s */
    bool hlr, msc; /* roles; the other SSN's operations are refused */
    uint32_t tid_first, tid_last; /* range of local ids; 0,0: all */
    enum map_guard guard;
    /* More than one: each may have three quarters of the dialogues (and so of
     * the held messages, one to a dialogue), no more. */
    unsigned networks;
    /* Calling party of our answers, per network and SSN; if its digits are
     * "", the received called address is echoed. */
    struct {
        char hlr_gt[NUM_MAX + 1];
        char msc_gt[NUM_MAX + 1];
        uint8_t hlr_ssn;      /* 0: 6 */
        struct num_plan plan; /* by it service centres are told apart */
    } net[16];
};

struct map_srv;

/* conf is copied; wheel, ops and ctx are lent for life. NULL: no memory. */
struct map_srv *map_srv_new(const struct map_srv_conf *conf,
                            struct timer_wheel *wheel,
                            const struct map_srv_ops *ops, void *ctx);
/* Sends and tells nothing. */
void map_srv_free(struct map_srv *m);

/* Answer what is held with TEMPFAIL, abort what is open: at the very end,
 * while ops->send() still has a way out. */
void map_srv_stop(struct map_srv *m);

/* From SCCP, SSN 6 or 8 of one network. */
void map_srv_unitdata(struct map_srv *m, uint8_t network,
                      const struct sccp_ind *ind);
/* A message of ours came back: ends its dialogue, tells cause and GT. */
void map_srv_notice(struct map_srv *m, uint8_t network, uint8_t cause,
                    const struct sccp_addr *called, const uint8_t *data,
                    size_t data_len);

/*
 * The answer to message `id'. `err' is sent when `v' is not OK; its code
 * MAP_ERR_NONE means map_err_of_verdict(v). False: nobody waits for it (the
 * deadline answered, or the peer is gone); it is counted.
 */
bool map_srv_verdict(struct map_srv *m, uint64_t id, enum verdict v,
                     struct map_err err);

/*
 * Tell the service centre arg->sc_addr that arg->msisdn can be reached again
 * (alertServiceCentre, TS 29.002 23.4), from our HLR's title in `network'.
 * The address must be an international E.164 number.
 *
 * True: alerted() follows once with `ref', at the latest when the time for an
 * answer is over: OK, the alert is done with; TEMPFAIL, it should be tried
 * again; PERMFAIL, it was refused. False: it cannot be sent now.
 */
bool map_srv_alert(struct map_srv *m, uint8_t network,
                   const struct map_alert_arg *arg, uint64_t ref);

/*
 * Draining: new messages get systemFailure at once, held ones go on. True
 * once no message is held; questions that are need not be waited for.
 */
void map_srv_drain(struct map_srv *m);
bool map_srv_idle(const struct map_srv *m);
uint32_t map_srv_held(const struct map_srv *m);

#endif

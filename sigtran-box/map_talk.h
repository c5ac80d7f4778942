/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_talk.h - one MAP dialogue as we see it, and what we say in it
 *
 * Inside the MAP server only. A dialogue that is answered at once never needs
 * a transaction of its own: it is a struct map_talk on the stack. One that
 * waits, for a verdict or for the peer, is a struct map_trans, kept in the
 * slab of transactions. So is one that we begin.
 */

#ifndef MAP_TALK_H
#define MAP_TALK_H

#include "map_alert_dlg.h"
#include "map_op.h"
#include "mt_dlg.h"
#include "slog.h"
#include "tcap_dlg.h"

enum { MAP_NETWORKS = TCAP_NETWORKS };

/* Why a dialogue is aborted. */
enum map_why {
    MAP_WHY_PLAIN,       /* not told: all that version 1 knows */
    MAP_WHY_ABNORMAL,    /* MAP-ProviderAbortInfo abnormalDialogue */
    MAP_WHY_NO_MESSAGE,  /* the peer fell silent */
    MAP_WHY_STOPPING,    /* we go out of service */
    MAP_WHY_NO_PDU,      /* ABRT by the provider: not a dialogue PDU for it */
    MAP_WHY_NO_AC,       /* AARE: context not supported */
    MAP_WHY_NO_DIALOGUE, /* AARE: no common dialogue portion */
};

/* What is needed to answer. */
struct map_talk {
    struct tcap_peer peer;
    uint8_t version; /* 1: our messages have no dialogue portion */
    uint8_t ac;
    bool aare_due;       /* nothing was answered yet */
    struct tcap_acn acn; /* as received; MAP_WHY_NO_AC: as we offer */
};

struct map_trans {
    struct tcap_dlg tcap; /* must be first */
    struct map_srv *srv;
    struct map_talk talk;
    bool ours;              /* begun by us */
    bool question;          /* held: the answer to sendRoutingInfoForSM */
    struct map_sri_rsp sri; /* this */
    union {
        struct mt_dlg mt;           /* not ours */
        struct map_alert_dlg alert; /* ours */
    };
};

struct map_srv {
    struct map_srv_conf conf;
    unsigned roles; /* enum map_role, added up */
    struct timer_wheel *wheel;
    const struct map_srv_ops *ops;
    void *ctx;
    struct mt_env mt;
    struct map_alert_env alert;
    struct tcap_tab *tab;
    uint8_t sls; /* of the next dialogue that is answered at once */
    bool stopping;
    struct sccp_addr own[MAP_NETWORKS][2]; /* HLR, MSC; no digits: echo */
    struct slog_rate rate_bad, rate_refused, rate_peer, rate_notice, rate_out;
};

/* The components of one message of ours. */
struct map_comps {
    struct wr w;
    uint8_t buf[512];
};

void map_comps_init(struct map_comps *c);
void map_comps_reject(struct map_comps *c, const struct tcap_comp *to,
                      uint8_t problem, uint8_t code);
void map_comps_error(struct map_comps *c, int8_t invoke, struct map_err e,
                     uint8_t version);
void map_comps_sri(struct map_comps *c, int8_t invoke,
                   const struct map_sri_rsp *rsp, uint8_t version);
/* What *rsp says: result or error, and informServiceCentre. */
void map_comps_answer(struct map_comps *c, int8_t invoke,
                      const struct map_sri_rsp *rsp, uint8_t version);
void map_comps_inform(struct map_comps *c, int8_t invoke,
                      const struct map_inform_arg *arg, uint8_t version);
void map_comps_report(struct map_comps *c, int8_t invoke,
                      const struct map_status_res *res, uint8_t version);
void map_comps_alert(struct map_comps *c, int8_t invoke,
                     const struct map_alert_arg *arg, uint8_t version);
void map_comps_result(struct map_comps *c, int8_t invoke);

/*
 * Where answers to `ind' go (p->network is the caller's), and from which
 * title of ours: that of `role'; 0: of the subsystem that was called.
 */
void map_peer_init(struct map_srv *m, const struct sccp_ind *ind,
                   const struct tcap_tid *otid, unsigned role,
                   struct tcap_peer *p);

/*
 * The first message of a dialogue that we begin, with an AARQ unless it is
 * version 1. False: SCCP cannot send it.
 */
bool map_send_begin(struct map_trans *d, const struct map_comps *c);
/* The last message of the dialogue. */
void map_send_end(struct map_srv *m, struct map_talk *t,
                  const struct map_comps *c);
/* Not the last; `c' NULL: without components. */
void map_send_continue(struct map_trans *d, const struct map_comps *c);
void map_send_abort(struct map_srv *m, const struct map_talk *t,
                    enum map_why why);
void map_send_p_abort(struct map_srv *m, const struct tcap_peer *to,
                      enum tcap_p_abort cause);

#endif

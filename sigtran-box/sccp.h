/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp.h - SCCP connectionless control (Q.714 2.3 to 2.8, 4, 5.3)
 *
 * One struct sccp per network. Routes what MTP brings: on SSN to a local
 * user, on GT by the network's table to a local user or on to another node,
 * or back to the sender as UDTS/XUDTS with the cause. Puts XUDT segments
 * together before a user sees them, and takes our own long messages apart.
 *
 * Management (Q.714 5.3): answers SST with SSA for the subsystems in service,
 * tells the concerned nodes when one of ours changes, and sends nothing to a
 * subsystem elsewhere that its node or an STP of ours called prohibited, but
 * tests it until it is there again.
 *
 * Never forwards to the point code a message came from, nor to a point code
 * of ours; never answers a service message. SS7 thread only.
 */

#ifndef SCCP_H
#define SCCP_H

#include "gtt.h"
#include "mtp.h"
#include "sccp_msg.h"
#include "timer.h"

enum { SCCP_USER_DATA_MAX = 3952 }; /* Q.714 4.1.1: 16 segments */
enum { SCCP_REASM_SETS = 512 };     /* half-open sets at once, per network */
enum { SCCP_CONCERNED = 8 };        /* nodes told of our subsystems */

struct sccp_conf {
    uint32_t pc[4]; /* ours; pc[0] is the OPC of what we send */
    uint8_t n_pc;
    uint8_t ni;
    const struct gtt *gtt;
    /* of the STPs: for GT without rule in what we send, never in relaying */
    uint32_t default_pc[MTP_ASSOC_MAX];
    uint8_t n_default_pc;
    uint8_t ssn[8]; /* in service here */
    uint8_t n_ssn;
    uint32_t reasm_ms; /* T(reassembly), 10 to 20 s */
    bool gt_local;     /* a GT without a rule comes to our SSN that it names */
    uint16_t udt_max;  /* longest SCCP message sent as UDT or one XUDT, 268 */
    bool no_xudt;      /* what does not fit into a UDT is not sent at all */
    uint32_t concerned[SCCP_CONCERNED]; /* told of our subsystems' states */
    uint8_t n_concerned;
};

/* A message for a local user, whole. All of it is lent. */
struct sccp_ind {
    struct sccp_addr called, calling;
    uint8_t pclass; /* 0 or 1 */
    bool return_opt;
    const uint8_t *data;
    size_t data_len;
    /* where it came from, for the answer */
    uint32_t opc;
    uint8_t sls, assoc;
};

/* What a user sends. */
struct sccp_req {
    struct sccp_addr called, calling;
    uint8_t pclass;
    bool return_opt;
    const uint8_t *data;
    size_t data_len;
    uint8_t sls;      /* constant within a dialogue */
    bool has_back_pc; /* an answer: the OPC of the question, the way back ... */
    uint32_t back_pc; /* ... if the table knows no way to `called' */
    uint8_t back_assoc;
};

struct sccp_user {
    void (*unitdata)(void *ctx, const struct sccp_ind *ind);
    /* What we sent to `called' came back, or could not be sent. */
    void (*notice)(void *ctx, uint8_t cause, const struct sccp_addr *called,
                   const struct sccp_addr *calling, const uint8_t *data,
                   size_t data_len);
};

struct sccp;

/* conf is copied; its gtt is lent until there is another, the wheel, `down'
 * and `up' for life. */
struct sccp *sccp_new(const struct sccp_conf *conf, struct timer_wheel *wheel,
                      const struct mtp_provider *down,
                      const struct sccp_user *up, void *up_ctx);
void sccp_free(struct sccp *s);

/* Another table, and with it conf's gt_local: from the next message on. */
void sccp_set_gtt(struct sccp *s, const struct gtt *gtt, bool gt_local);

/* From MTP. */
void sccp_mtp_transfer(struct sccp *s, const struct mtp_transfer *t);
void sccp_mtp_pause(struct sccp *s, uint32_t pc, uint8_t mask);
void sccp_mtp_resume(struct sccp *s, uint32_t pc, uint8_t mask);

/* An association became active: tells the concerned nodes. */
void sccp_mtp_ready(struct sccp *s);

/*
 * From a user: UDT where it fits, else XUDT segments with one SLS. Where it
 * goes: on GT by the table, then the default point codes by SLS, else back
 * to back_pc; on SSN to the PC in the address, else back_pc; never to a
 * prohibited subsystem. 0, or -1 and *cause: nothing was sent.
 */
int sccp_unitdata_req(struct sccp *s, const struct sccp_req *req,
                      uint8_t *cause);

/*
 * A subsystem of ours goes out of service or comes back: the concerned nodes
 * are told so by SSP or SSA, others when they ask or send to it.
 */
void sccp_set_ssn(struct sccp *s, uint8_t ssn, bool in_service);

#endif

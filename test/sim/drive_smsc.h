/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_smsc.h - dialogues as an SMSC opens them: SRI-SM and MT messages
 *
 * The other side of what the product answers. A dialogue is asked one
 * question at a time; each is answered exactly once, by what the network
 * says or by the time-out. An answer says whether the dialogue is still
 * open: then the next message of a moreMessagesToSend sequence may be sent
 * in it, or smsc_end() lets it go.
 *
 * An HLR may begin a dialogue, with an alert: that is answered at once.
 *
 * One thread, on the clock of the stack's wheel.
 */

#ifndef DRIVE_SMSC_H
#define DRIVE_SMSC_H

#include "drive_stack.h"
#include "map_alert.h"
#include "map_err.h"
#include "map_mt_sm.h"
#include "map_sri_sm.h"
#include "map_status.h"

/* What is done about an alert of an HLR. */
struct alert_conf {
    bool v1;        /* we are an SMSC that knows version 1 only */
    uint32_t error; /* version 2 is answered with it; 0: with a result */
    bool silent;    /* nothing is answered */
};

struct smsc_conf {
    struct alert_conf alert;
    struct sccp_addr calling;     /* ours, in dialogues of messages */
    struct sccp_addr sri_calling; /* ours, in those with an HLR */
    uint8_t version;              /* of MAP: 1, 2, 3 */
    uint8_t pclass;               /* SCCP class 0 or 1 */
    bool return_opt;
    int sls;                 /* -1: another one for each dialogue */
    uint32_t sri_ms, fsm_ms; /* time-outs */
    bool handshake;          /* the first Begin of an MT dialogue is empty */
    uint32_t pad; /* octets of an extension container in MT messages */
    unsigned max; /* dialogues at once */
};

enum smsc_what {
    SMSC_RESULT,
    SMSC_ERROR,   /* .err */
    SMSC_REJECT,  /* .cause: problem << 8 | code */
    SMSC_ABORT,   /* by the peer, or an End without an answer; .why */
    SMSC_UDTS,    /* .cause: it came back */
    SMSC_TIMEOUT, /* nobody answered */
    SMSC_UNSENT,  /* no association, or its queue is full */
};

struct smsc_answer {
    enum smsc_what what;
    struct map_err err;
    int cause;                        /* -1: none */
    const char *why;                  /* words for SMSC_ABORT, or "" */
    const struct map_sri_sm_res *sri; /* of an SRI's result; lent */
    bool open;                        /* the dialogue goes on */
    uint32_t us;                      /* since the question */
};

/* `user' is what the question came with. */
typedef void smsc_answered(void *ctx, void *user, const struct smsc_answer *a);

/* An alert came; `version' is its own. */
typedef void smsc_alerted(void *ctx, const struct map_alert_arg *arg,
                          uint8_t version);

struct smsc;
struct smsc_dlg;

/* conf and ctx are lent for life. Set the stack before the first question. */
struct smsc *smsc_new(const struct smsc_conf *conf, smsc_answered *answered,
                      smsc_alerted *alerted, void *ctx);
void smsc_free(struct smsc *m);
void smsc_attach(struct smsc *m, struct stack *s);

/* For the stack: where unitdata and notices for this SMSC go, ctx = smsc. */
extern const struct sccp_user smsc_sccp_user;

/*
 * Open a dialogue with a question. NULL: all `max' are in use. The answer
 * never comes before this has returned.
 */
struct smsc_dlg *smsc_sri(struct smsc *m, const struct sccp_addr *called,
                          const struct map_sri_sm_arg *arg, void *user);
struct smsc_dlg *smsc_fsm(struct smsc *m, const struct sccp_addr *called,
                          const struct map_mt_sm_arg *arg, void *user);

/* What became of a message, to the HLR (reportSM-DeliveryStatus). */
struct smsc_dlg *smsc_report(struct smsc *m, const struct sccp_addr *called,
                             const struct map_status_arg *arg, void *user);

/*
 * The next message, in a dialogue whose last answer left it open. If the peer
 * has closed it meanwhile, that is the answer.
 */
void smsc_fsm_next(struct smsc_dlg *d, const struct map_mt_sm_arg *arg);

/* Let an open dialogue go with an End. */
void smsc_end(struct smsc_dlg *d);

/* Abort a dialogue as its user (TC-U-ABORT); no answer will come. */
void smsc_abort(struct smsc_dlg *d);

#endif

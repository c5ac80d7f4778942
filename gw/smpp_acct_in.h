/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_acct_in.h - what the parts of smpp_acct share
 */

#ifndef SMPP_ACCT_IN_H
#define SMPP_ACCT_IN_H

#include "slog.h"
#include "smpp_acct.h"
#include "smpp_login.h"

/* So many a second, a second's worth at once at most. */
struct smpp_bucket {
    uint32_t rate;
    uint64_t since_us; /* what is left is worth the time from here on */
};

/* Messages that wait, the oldest first. */
struct smpp_queue {
    struct smpp_held *first, *last;
};

struct smpp_acct {
    struct smpp_acct_conf conf;
    struct smpp_accts *all;
    bool gone; /* nothing comes any more; its sessions leave */
    struct smpp_sess *bind[SMPP_BINDS_MAX];
    unsigned binds, receivers, turn;
    struct smpp_queue queue;
    uint32_t held, waiting; /* in the queue, and for a session */
    struct smpp_bucket out, in;
    struct timer timer; /* for the throughput */
    struct slog_rate refused;
    struct smpp_known known; /* the password that was right */
};

/* Where the last part of a concatenated message went. */
struct smpp_sticky {
    uint32_t concat;
    uint64_t sess_id, until_ms;
};

struct smpp_accts {
    struct smpp_accts_conf conf;
    const struct smpp_accts_ops *ops;
    void *ctx;
    struct timer_wheel *wheel;
    uint32_t held;
    uint64_t last_id;
    bool draining;
    bool sure; /* an account that is not here does not exist */
    struct slog_rate unknown;
    unsigned receivers[SMPP_BOXES]; /* sessions */
    uint32_t lost[SMPP_BOXES]; /* epochs up to it have no server any more */
    struct smpp_sticky sticky[SMPP_STICKY_MAX];
    struct smpp_logins logins;
    unsigned n; /* accounts, in the order in which they are looked at; those
                 * that are gone behind them */
    struct smpp_acct **acct;
    struct timer sweep;
};

/* ---- smpp_acct.c ---- */

bool smpp_bucket_may(struct smpp_bucket *b, const struct timer_wheel *w);
void smpp_bucket_take(struct smpp_bucket *b);

/* Send what can be sent. */
void smpp_acct_pump(struct smpp_acct *acct);
void smpp_acct_pump_later(struct timer *t);

/* What is out by it and what waits for it, in order, goes in front of the
 * queue. */
void smpp_acct_take_back(struct smpp_sess *s);
/* All that waits fails for now; receipts stay, or not. */
void smpp_acct_fail_waiting(struct smpp_acct *acct, bool receipts,
                            const char *why);

#endif

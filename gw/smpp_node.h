/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_node.h - ESMEs on one side, the box server on the other
 *
 * Joins sessions, accounts, submits and the box server: an sms becomes a
 * deliver_sm of an account, its end an ack; a submit_sm becomes an sms, its
 * ack the answer; a report becomes a receipt. The box server is reached by
 * ops, once for each of its connections; they are named by their numbers.
 *
 * Plain; one thread. Time is the wheel's, but for dates.
 */

#ifndef SMPP_NODE_H
#define SMPP_NODE_H

#include "smpp_acct.h"

struct smpp_node_conf {
    struct smpp_accts_conf accts;
    struct smpp_sess_conf sess;
    uint32_t max_submits;
    uint64_t secret; /* of this process, random */
};

struct smpp_node_ops {
    void (*ack)(void *ctx, uint8_t box, const struct box_key *key,
                enum verdict v);
    /* The epoch by which it went; 0: it did not. */
    uint32_t (*sms)(void *ctx, uint8_t box, const struct box_frame *f);
    /* Of boxes that there are not, too. */
    void (*suspend)(void *ctx, uint8_t box, bool suspended);
    bool (*check)(void *ctx, uint64_t id, const char *hash,
                  const char *password); /* see smpp_accts_ops */
    int64_t (*now_s)(void *ctx);
    void (*dirty)(void *ctx, struct smpp_sess *s); /* see smpp_sess_ops */
};

struct smpp_node;

/* conf is lent for life. All boxes are suspended from the beginning. */
struct smpp_node *smpp_node_new(const struct smpp_node_conf *conf,
                                const struct smpp_node_ops *ops, void *ctx,
                                struct timer_wheel *wheel);
/* After the last session. */
void smpp_node_free(struct smpp_node *n);

/* Somebody has connected. */
struct smpp_sess *smpp_node_session(struct smpp_node *n, const char *peer);

/* See smpp_accts_set(), smpp_accts_sure(), smpp_accts_checked(). */
void smpp_node_accounts(struct smpp_node *n, const struct smpp_acct_conf *acct,
                        unsigned n_accts);
void smpp_node_sure(struct smpp_node *n, bool sure);
void smpp_node_checked(struct smpp_node *n, uint64_t id, bool right);

void smpp_node_sms(struct smpp_node *n, uint8_t box, const struct box_key *key,
                   const struct box_frame *f);
void smpp_node_ack(struct smpp_node *n, uint8_t box, const uint8_t id[16],
                   int32_t nack);
void smpp_node_box_lost(struct smpp_node *n, uint8_t box, uint32_t epoch);

/* Take nothing more; smpp_node_held() tells what is still to be answered. */
void smpp_node_drain(struct smpp_node *n);
uint32_t smpp_node_held(const struct smpp_node *n);
void smpp_node_fail_all(struct smpp_node *n);

#endif

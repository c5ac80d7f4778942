/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat_store.h - parts of messages in the store, until they are one
 *
 * A row of table part is a message of the network that was acknowledged, or
 * is about to be, before its application has it. It leaves the table when the
 * application has confirmed or refused it, in the transaction that keeps the
 * verdict (dedup_store.h), and not before.
 *
 * A set (concat.h) is open under its name, or closed: its reference was used
 * again, its time is over, or no one message comes of it. Closed sets are due
 * at once. Who delivers a set claims it, with one UPDATE that must find all
 * of its parts unclaimed, for CONCAT_LEASE_MS at a time; a node that dies
 * loses its claims by time.
 *
 *     part -> open set ------ all there --> claimed: CONCAT_JOIN
 *                | \                          OK, PERMFAIL: gone
 *                |  time, other use -> closed  TEMPFAIL: open
 *                |                       |
 *                 ------- due -----------+--> claimed: due()
 *                                             OK, PERMFAIL: gone, one by one
 *                                             TEMPFAIL: due again, later
 *
 * Several nodes may put parts of one set in at the same time: each part is
 * committed before its set is looked at, so whoever comes last sees them all.
 */

#ifndef CONCAT_STORE_H
#define CONCAT_STORE_H

#include "concat.h"
#include "store.h"

struct dlv_conf;

enum { CONCAT_LEASE_MS = 60000, CONCAT_DUE_MAX = 50 };

enum concat_added {
    CONCAT_FAILED,    /* it is not stored, or nobody knows */
    CONCAT_STORED,    /* it is durable, and may be acknowledged */
    CONCAT_ELSEWHERE, /* its set is being delivered: the outcome is not known */
    CONCAT_OK,        /* its message was confirmed meanwhile, elsewhere */
    CONCAT_REFUSED,   /* or refused */
    CONCAT_JOIN,      /* the set is complete, and the caller's to deliver */
};

enum concat_end {
    CONCAT_END_ALL,     /* all parts of it are decided */
    CONCAT_END_ONE,     /* part[at] is, and the next one's turn comes */
    CONCAT_END_RELEASE, /* nothing was decided */
    CONCAT_END_LATER,   /* the same, of one that was due: tried again later */
};

/* Told in the store's thread. */
struct concat_store_ops {
    /* `set' is not NULL with CONCAT_JOIN: the callee's, until it ends it. */
    void (*added)(uint64_t id, enum concat_added how, struct concat_set *set);
    /* One that is due, the callee's. At most CONCAT_DUE_MAX are at a time. */
    void (*due)(struct concat_set *set);
    /* Of CONCAT_END_ALL and _ONE, as in store.h. set: the next of it can go,
     * it is the callee's again; NULL: not, or not yet. */
    void (*ended)(uint64_t id, enum store_end how, struct concat_set *set);
};

/* Both are lent for life. clock NULL: the database's; milliseconds. */
void concat_store_init(const struct concat_store_ops *ops,
                       const struct dlv_conf *conf,
                       int64_t (*clock)(struct db *db));
void concat_store_fini(void);

/* ---- any thread ---- */

/* A part, under the digest of its set's name. False: refused. */
bool concat_store_add(const struct concat_part *p,
                      const struct dedup_key *set_key, uint64_t id);

/*
 * The end of a claim, which takes the set. `last': the part that waited for
 * it, the others were acknowledged before; NULL: nobody did. False: the store
 * has stopped; the set is gone, and its claim will be lost by time.
 */
bool concat_store_end(struct concat_set *set, enum concat_end how,
                      enum verdict v, const struct dedup_key *last,
                      uint64_t id);

/* ---- in the store's thread ---- */

/* Prolong claims, find what is due; true: there may be more. */
bool concat_store_tick(struct db *db);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dedup_store.h - what became of messages, in the store
 *
 * The durable half of dedup.h: verdicts by key, shared by all nodes that use
 * the database, for `ttl'. Times are this machine's: a ttl is hours.
 */

#ifndef DEDUP_STORE_H
#define DEDUP_STORE_H

#include "dedup.h"
#include "store.h"

enum dedup_says {
    DEDUP_SAYS_NEW,
    DEDUP_SAYS_KNOWN,  /* the verdict */
    DEDUP_SAYS_NOTHING /* the database is away */
};

/* Told in the store's thread; `id' is as it was given. */
struct dedup_store_ops {
    void (*found)(uint64_t id, enum dedup_says says, enum verdict v);
    /* LATE may come before one of the others. */
    void (*kept)(uint64_t id, enum store_end how);
};

/* Both are kept; ops is lent for life. */
void dedup_store_init(const struct dedup_store_ops *ops, uint32_t ttl_s);

/* Any thread. False: refused, nobody will be told. */
bool dedup_store_find(const struct dedup_key *k, uint64_t id);
bool dedup_store_keep(const struct dedup_key *k, enum verdict v, uint64_t id);

/* ---- in the store's thread ---- */

/* Remove some that are too old; true: there may be more. */
bool dedup_store_prune(struct db *db);

/* In a transaction of the caller's. */
struct dedup_kept {
    struct dedup_key key;
    enum verdict v;
};
enum db_rc dedup_store_write(struct db *db, const struct dedup_kept *k,
                             unsigned n);

#endif

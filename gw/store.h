/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.h - what must outlive the process: a database, and its one thread
 *
 * Requests are queued and done in this thread, all that have come since the
 * last time (up to STORE_BATCH) in one transaction. So a lone one does not
 * wait for others, and many share the cost of one commit. When the database
 * is away, or has been silent for STORE_SLOW_MS, requests are refused at once,
 * but for those that wait until it is back.
 *
 * A request belongs to a kind, which knows how to do all of a batch together.
 * This file knows nothing of what is stored: see dedup_store.h and
 * concat_store.h.
 */

#ifndef STORE_H
#define STORE_H

#include "hlr/db.h"

enum {
    STORE_BATCH = 400,      /* requests in one transaction */
    STORE_QUEUE = 20000,    /* requests that are refused when it is full */
    STORE_WAITING = 200000, /* with those that wait for the database */
    STORE_SLOW_MS = 1000,   /* a batch that takes longer: it is away */
    STORE_RETRY_MS = 1000,  /* between attempts to open it */
    STORE_TICK_MS = 500,
    STORE_STOP_MS = 5000, /* what is queued when the box stops */
};

enum store_end {
    STORE_DONE,   /* committed */
    STORE_FAILED, /* not done, and will not be */
    STORE_LATE,   /* not done yet; another end will follow */
};

struct store_job {
    struct store_job *next;
    const struct store_kind *kind;
    bool late;
};

/*
 * MUST: run() does all of a list in the transaction of the batch, and can do
 * it again from its beginning: the transaction may be repeated.
 * MUST: end() is told DONE or FAILED once of each; then the job is its.
 * MAY: `waits': the database being away is no failure; LATE is told once.
 * All in the store's thread.
 */
struct store_kind {
    enum db_rc (*run)(struct db *db, struct store_job *jobs);
    void (*end)(struct store_job *job, enum store_end how);
    bool waits;
    bool always; /* never refused for want of room: bounded elsewhere */
};

struct store_conf {
    struct db_conf db;
    /* Before the first request, and now and then, outside of transactions;
     * true: again soon. */
    bool (*tick)(struct db *db);
    /* After the ends of a batch. */
    void (*after)(void);
};

/*
 * -1 and *why: the database is not usable, and waiting will not mend that. If
 * it is only away the store starts without it. conf is copied.
 */
int store_start(const struct store_conf *conf, char *why, size_t size);
/* What is queued is done first if the database is there. */
void store_stop(void);

/* Any thread. False: refused, and the job is still the caller's. */
bool store_put(struct store_job *job);
/* Requests that do not wait are refused. */
bool store_is_away(void);

#endif

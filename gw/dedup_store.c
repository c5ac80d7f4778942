/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dedup_store.c - what became of messages, in the store
 */

#include "dedup_store.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

/* Keys of one SELECT, rows of one REPLACE; what a statement has values for. */
enum { ASK = 16, WRITE = 8, PRUNE = 500, PRUNE_PAUSE_S = 5 };

_Static_assert(ASK + 1 <= DB_COLUMNS && WRITE * 3 <= DB_COLUMNS,
               "no statement has more values");

struct find {
    struct store_job job;
    struct dedup_key key;
    uint64_t id;
    bool known;
    enum verdict v;
};

struct keep {
    struct store_job job;
    struct dedup_kept kept;
    uint64_t id;
};

static const struct dedup_store_ops *ops;
static uint32_t ttl_s;

void dedup_store_init(const struct dedup_store_ops *o, uint32_t ttl)
{
    ops = o;
    ttl_s = ttl;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t oldest_ms(void)
{
    return now_ms() - (int64_t)ttl_s * 1000;
}

/* ---- find ---- */

struct asked {
    struct find *find[ASK];
    unsigned n;
};

static bool found_row(void *ctx, const struct db_val *col, unsigned n)
{
    const struct asked *a = ctx;

    if (n != 2 || col[0].len != sizeof(a->find[0]->key))
        return true;
    for (unsigned i = 0; i < a->n; i++) {
        struct find *f = a->find[i];

        if (memcmp(f->key.octet, col[0].p, sizeof(f->key)) != 0)
            continue;
        f->known = true;
        f->v = col[1].n == VERDICT_OK ? VERDICT_OK : VERDICT_PERMFAIL;
    }
    return true;
}

/* One or many; of the latter the last stands for those that are not there. */
static enum db_rc ask(struct db *db, struct asked *a)
{
    const char *one = "SELECT k, verdict FROM dedup"
                      " WHERE k IN (?) AND at_ms >= ?";
    const char *many = "SELECT k, verdict FROM dedup WHERE k IN (?, ?, ?, ?, ?,"
                       " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) AND at_ms >= ?";
    unsigned places = a->n == 1 ? 1 : ASK;
    struct db_val arg[ASK + 1];

    for (unsigned i = 0; i < places; i++) {
        const struct find *f = a->find[i < a->n ? i : a->n - 1];

        arg[i] = db_blob(f->key.octet, sizeof(f->key));
    }
    arg[places] = db_int(oldest_ms());
    return db_ask(db, a->n == 1 ? one : many, arg, places + 1, found_row, a);
}

static enum db_rc find_run(struct db *db, struct store_job *jobs)
{
    enum db_rc rc = DB_OK;

    while (jobs != NULL && rc == DB_OK) {
        struct asked a = { .n = 0 };

        for (; jobs != NULL && a.n < ASK; jobs = jobs->next) {
            struct find *f = (struct find *)jobs;

            f->known = false;
            a.find[a.n++] = f;
        }
        rc = ask(db, &a);
    }
    return rc;
}

static void find_end(struct store_job *job, enum store_end how)
{
    struct find *f = (struct find *)job;
    enum dedup_says says = f->known ? DEDUP_SAYS_KNOWN : DEDUP_SAYS_NEW;

    ops->found(f->id, how == STORE_DONE ? says : DEDUP_SAYS_NOTHING, f->v);
    gw_free(f);
}

static const struct store_kind find_kind = { .run = find_run, .end = find_end };

bool dedup_store_find(const struct dedup_key *k, uint64_t id)
{
    struct find *f = gw_malloc(sizeof(*f));

    *f = (struct find){ .job.kind = &find_kind, .key = *k, .id = id };
    if (store_put(&f->job))
        return true;
    gw_free(f);
    return false;
}

/* ---- keep ---- */

enum db_rc dedup_store_write(struct db *db, const struct dedup_kept *k,
                             unsigned n)
{
    const char *one = "REPLACE INTO dedup (k, verdict, at_ms) VALUES (?, ?, ?)";
    const char *many =
        "REPLACE INTO dedup (k, verdict, at_ms) VALUES (?, ?, ?), (?, ?, ?),"
        " (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?)";
    struct db_val arg[WRITE * 3];
    int64_t now = now_ms();
    enum db_rc rc = DB_OK;

    while (n > 0 && rc == DB_OK) {
        unsigned rows = n >= WRITE ? WRITE : 1;

        for (unsigned i = 0; i < rows; i++, k++) {
            arg[3 * i] = db_blob(k->key.octet, sizeof(k->key));
            arg[3 * i + 1] = db_int(k->v);
            arg[3 * i + 2] = db_int(now);
        }
        rc = db_run(db, rows == 1 ? one : many, arg, 3 * rows);
        n -= rows;
    }
    return rc;
}

static enum db_rc keep_run(struct db *db, struct store_job *jobs)
{
    struct dedup_kept kept[8 * WRITE];
    enum db_rc rc = DB_OK;

    while (jobs != NULL && rc == DB_OK) {
        unsigned n = 0;

        for (; jobs != NULL && n < 8 * WRITE; jobs = jobs->next)
            kept[n++] = ((struct keep *)jobs)->kept;
        rc = dedup_store_write(db, kept, n);
    }
    return rc;
}

static void keep_end(struct store_job *job, enum store_end how)
{
    struct keep *k = (struct keep *)job;

    ops->kept(k->id, how);
    if (how != STORE_LATE)
        gw_free(k);
}

static const struct store_kind keep_kind = { .run = keep_run,
                                             .end = keep_end,
                                             .waits = true };

bool dedup_store_keep(const struct dedup_key *k, enum verdict v, uint64_t id)
{
    struct keep *j = gw_malloc(sizeof(*j));

    *j = (struct keep){ .job.kind = &keep_kind,
                        .kept = { .key = *k, .v = v },
                        .id = id };
    if (store_put(&j->job))
        return true;
    gw_free(j);
    return false;
}

/* ---- the end of their life ---- */

bool dedup_store_prune(struct db *db)
{
    static uint64_t next_ms;
    struct db_val arg[] = { db_int(oldest_ms()), db_int(PRUNE) };
    uint64_t now = (uint64_t)now_ms();
    enum db_rc rc;

    if (now < next_ms && next_ms - now <= PRUNE_PAUSE_S * 1000)
        return false;
    rc = db_run(db,
                db_sql(db,
                       "DELETE FROM dedup WHERE k IN (SELECT k FROM dedup"
                       " WHERE at_ms < ? ORDER BY at_ms LIMIT ?)",
                       "DELETE FROM dedup WHERE at_ms < ?"
                       " ORDER BY at_ms LIMIT ?"),
                arg, 2);
    if (rc == DB_OK && db_changes(db) == PRUNE)
        return true;
    next_ms = now + PRUNE_PAUSE_S * 1000;
    return false;
}

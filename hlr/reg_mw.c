/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_mw.c - message waiting data: which service centres wait for which
 * numbers, and which applications are there
 */

#include "reg_mw.h"

#include "reg_in.h"

#include <stdio.h>
#include <string.h>

#define THE_ROW " WHERE network = ? AND msisdn = ? AND sc = ?"

enum db_rc reg_mw_now(struct reg *r, int64_t *now)
{
    char sql[200];

    r->why[0] = '\0';
    snprintf(sql, sizeof(sql), "SELECT %s", db_clock(r->db));
    return db_ask_int(r->db, sql, NULL, 0, 0, now);
}

/* ---- applications ---- */

struct beating {
    struct reg *r;
    const char *node;
    const struct reg_route *route;
    unsigned n;
    int64_t now;
};

static enum db_rc put_route(struct db *db, const struct beating *b,
                            const struct reg_route *route)
{
    struct db_val arg[] = { db_int(route->up), db_int(b->now), db_text(b->node),
                            db_text(route->id) };
    enum db_rc rc = db_run(db,
                           "UPDATE node_route SET up = ?, at_ms = ?"
                           " WHERE node = ? AND route = ?",
                           arg, 4);

    if (rc == DB_OK && db_changes(db) == 0)
        rc = db_run(db,
                    "INSERT INTO node_route (up, at_ms, node, route)"
                    " VALUES (?, ?, ?, ?)",
                    arg, 4);
    return rc;
}

static enum db_rc put_routes(struct db *db, void *ctx)
{
    const struct beating *b = ctx;
    struct db_val node = db_text(b->node);
    enum db_rc rc = DB_OK;

    if (b->n == 0)
        return db_run(db, "DELETE FROM node_route WHERE node = ?", &node, 1);
    for (unsigned i = 0; i < b->n && rc == DB_OK; i++)
        rc = put_route(db, b, &b->route[i]);
    return rc;
}

enum db_rc reg_route_beat(struct reg *r, const char *node,
                          const struct reg_route *route, unsigned n,
                          int64_t now)
{
    struct beating b = { r, node, route, n, now };

    return reg_transaction(r, true, put_routes, &b);
}

struct route_list {
    bool (*route)(void *ctx, const struct reg_route *route);
    void *ctx;
};

static bool route_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct route_list *l = ctx;
    struct reg_route route = { .up = reg_int(&col[1]) > 0 };

    (void)n;
    reg_text(route.id, sizeof(route.id), &col[0]);
    return l->route(l->ctx, &route);
}

enum db_rc reg_route_others(struct reg *r, const char *node, int64_t now,
                            bool (*route)(void *ctx,
                                          const struct reg_route *route),
                            void *ctx)
{
    struct route_list l = { route, ctx };
    struct db_val arg[] = { db_int(now - REG_ROUTE_DEAD_MS), db_text(node) };

    r->why[0] = '\0';
    return db_ask(r->db,
                  "SELECT route, sum(CASE WHEN up = 1 AND at_ms > ?"
                  " THEN 1 ELSE 0 END) FROM node_route WHERE node <> ?"
                  " GROUP BY route ORDER BY route",
                  arg, 2, route_row, &l);
}

/* ---- the list ---- */

struct putting {
    struct reg *r;
    const struct reg_waiting *w;
    unsigned n;
    int64_t max, now, count;
    unsigned full;
};

static enum db_rc put_row(struct db *db, struct putting *p,
                          const struct reg_waiting *w)
{
    struct db_val arg[] = {
        db_text(w->route),   db_int(w->reason),
        db_int(p->now),      db_int(p->now + REG_MW_SETTLE_MS),
        db_text(w->network), db_text(w->msisdn),
        db_text(w->sc)
    };
    enum db_rc rc =
        db_run(db,
               "UPDATE mw SET route = ?, reason = ?, set_ms = ?, next_ms = ?,"
               " tries = 0, claimed_by = '', claimed_ms = 0" THE_ROW,
               arg, 7);

    if (rc != DB_OK || db_changes(db) > 0)
        return rc;
    if (p->count >= p->max) {
        p->full++;
        return DB_OK;
    }
    p->count++;
    rc = db_run(db,
                "INSERT INTO mw (route, reason, set_ms, next_ms, network,"
                " msisdn, sc) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arg, 7);
    /* another node has put it there meanwhile */
    return rc == DB_TAKEN ? DB_OK : rc;
}

static enum db_rc put_rows(struct db *db, void *ctx)
{
    struct putting *p = ctx;
    enum db_rc rc =
        db_ask_int(db, "SELECT count(*) FROM mw", NULL, 0, 0, &p->count);

    p->full = 0;
    for (unsigned i = 0; i < p->n && rc == DB_OK; i++)
        rc = put_row(db, p, &p->w[i]);
    return rc;
}

enum db_rc reg_mw_put(struct reg *r, const struct reg_waiting *w, unsigned n,
                      uint32_t max, int64_t now, unsigned *full)
{
    struct putting p = { r, w, n, max, now, 0, 0 };
    enum db_rc rc = reg_transaction(r, true, put_rows, &p);

    *full = p.full;
    return rc;
}

struct delivered {
    struct reg *r;
    const struct reg_waiting *w;
    int64_t now;
};

static enum db_rc deliver(struct db *db, void *ctx)
{
    const struct delivered *d = ctx;
    struct db_val row[] = { db_text(d->w->network), db_text(d->w->msisdn),
                            db_text(d->w->sc) };
    struct db_val others[] = { db_int(d->now), db_text(d->w->network),
                               db_text(d->w->msisdn), db_int(d->now) };
    enum db_rc rc = db_run(db, "DELETE FROM mw" THE_ROW, row, 3);

    if (rc != DB_OK)
        return rc;
    return db_run(db,
                  "UPDATE mw SET next_ms = ? WHERE network = ?"
                  " AND msisdn = ? AND next_ms > ? AND claimed_ms = 0",
                  others, 4);
}

enum db_rc reg_mw_delivered(struct reg *r, const struct reg_waiting *w,
                            int64_t now)
{
    struct delivered d = { r, w, now };

    return reg_transaction(r, true, deliver, &d);
}

enum db_rc reg_mw_count(struct reg *r, int64_t *n)
{
    r->why[0] = '\0';
    return db_ask_int(r->db, "SELECT count(*) FROM mw", NULL, 0, 0, n);
}

static bool note_route(void *ctx, const struct hlr_stored *s)
{
    memcpy(ctx, s->route, sizeof(s->route));
    return true;
}

/* A row of its own comes last, and counts. */
enum db_rc reg_mw_route(struct reg *r, const char *msisdn,
                        char route[REG_NAME_MAX + 1])
{
    struct reg_filter f = { .status = 0 };

    route[0] = '\0';
    snprintf(f.number, sizeof(f.number), "%s", msisdn);
    return reg_list(r, &f, note_route, route);
}

/* ---- for people ---- */

#define COLUMNS                                                                \
    "network, msisdn, sc, route, reason, tries, set_ms, next_ms, claimed_by"
#define FILTER                                                                 \
    " WHERE (? = '' OR msisdn = ?) AND (? = '' OR sc = ?)"                     \
    " AND (? = '' OR route = ?)"
enum { FILTER_ARGS = 6 };

static void filter_args(const struct reg_mw_filter *f,
                        struct db_val arg[FILTER_ARGS])
{
    arg[0] = arg[1] = db_text(f->msisdn);
    arg[2] = arg[3] = db_text(f->sc);
    arg[4] = arg[5] = db_text(f->route);
}

static void take_row(struct reg_waiting *w, const struct db_val *col)
{
    *w = (struct reg_waiting){ .reason = (uint8_t)reg_int(&col[4]),
                               .tries = (uint32_t)reg_int(&col[5]),
                               .set_ms = reg_int(&col[6]),
                               .next_ms = reg_int(&col[7]) };
    reg_text(w->network, sizeof(w->network), &col[0]);
    reg_text(w->msisdn, sizeof(w->msisdn), &col[1]);
    reg_text(w->sc, sizeof(w->sc), &col[2]);
    reg_text(w->route, sizeof(w->route), &col[3]);
    reg_text(w->claimed_by, sizeof(w->claimed_by), &col[8]);
}

struct mw_list {
    bool (*row)(void *ctx, const struct reg_waiting *w);
    void *ctx;
};

static bool list_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct mw_list *l = ctx;
    struct reg_waiting w;

    (void)n;
    take_row(&w, col);
    return l->row(l->ctx, &w);
}

enum db_rc reg_mw_list(struct reg *r, const struct reg_mw_filter *f,
                       bool (*row)(void *ctx, const struct reg_waiting *w),
                       void *ctx)
{
    struct mw_list l = { row, ctx };
    struct db_val arg[FILTER_ARGS + 1];

    r->why[0] = '\0';
    filter_args(f, arg);
    arg[FILTER_ARGS] = db_int(f->limit > 0 ? f->limit : INT32_MAX);
    return db_ask(r->db,
                  "SELECT " COLUMNS " FROM mw" FILTER
                  " ORDER BY network, msisdn, sc LIMIT ?",
                  arg, FILTER_ARGS + 1, list_row, &l);
}

struct deleting {
    struct reg *r;
    const struct reg_mw_filter *f;
    const char *who;
    int64_t n;
};

static enum db_rc del_rows(struct db *db, void *ctx)
{
    struct deleting *d = ctx;
    struct db_val arg[FILTER_ARGS];
    enum db_rc rc;

    filter_args(d->f, arg);
    rc = db_run(db, "DELETE FROM mw" FILTER, arg, FILTER_ARGS);
    if (rc != DB_OK)
        return rc;
    d->n = db_changes(db);
    if (d->n == 0)
        return DB_OK;
    return reg_audit(d->r, d->who,
                     "waiting delete number <%s> centre <%s> route <%s>: %lld",
                     d->f->msisdn, d->f->sc, d->f->route, (long long)d->n);
}

enum db_rc reg_mw_del(struct reg *r, const struct reg_mw_filter *f,
                      const char *who, int64_t *n)
{
    struct deleting d = { r, f, who, 0 };
    enum db_rc rc = reg_transaction(r, true, del_rows, &d);

    *n = d.n;
    return rc;
}

/* ---- sending ---- */

enum db_rc reg_mw_lead(struct reg *r, const char *node, int64_t now,
                       bool *leads)
{
    struct db_val arg[] = { db_text(node), db_int(now + REG_MW_LEASE_MS),
                            db_text(node), db_int(now) };
    enum db_rc rc;

    r->why[0] = '\0';
    rc = db_run(r->db,
                "UPDATE lease SET holder = ?, until_ms = ?"
                " WHERE name = 'alert' AND (holder = ? OR until_ms < ?)",
                arg, 4);
    *leads = rc == DB_OK && db_changes(r->db) > 0;
    return rc;
}

enum db_rc reg_mw_lead_no_more(struct reg *r, const char *node)
{
    struct db_val arg = db_text(node);

    r->why[0] = '\0';
    return db_run(r->db,
                  "UPDATE lease SET until_ms = 0"
                  " WHERE name = 'alert' AND holder = ?",
                  &arg, 1);
}

struct due {
    struct reg_mw_do *todo;
    unsigned n;
};

static bool due_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct due *d = ctx;
    struct reg_mw_do *todo = &d->todo[d->n++];

    (void)n;
    *todo = (struct reg_mw_do){ .what = REG_MW_LEAVE };
    take_row(&todo->w, col);
    return true;
}

enum db_rc reg_mw_due(struct reg *r, const char *route, int64_t now,
                      struct reg_mw_do *todo, unsigned max, unsigned *n)
{
    struct due d = { todo, 0 };
    struct db_val arg[] = { db_text(route), db_int(now), db_int(max) };
    enum db_rc rc;

    r->why[0] = '\0';
    rc = db_ask(r->db,
                "SELECT " COLUMNS " FROM mw WHERE route = ? AND next_ms <= ?"
                " ORDER BY next_ms LIMIT ?",
                arg, 3, due_row, &d);
    *n = d.n;
    return rc;
}

struct applying {
    struct reg *r;
    const char *node;
    struct reg_mw_do *todo;
    unsigned n;
    int64_t now;
};

/*
 * A row that was put on again since it was read is left alone. What is done
 * a second time, because nobody knows whether the first one was committed,
 * finds its own claim.
 */
static enum db_rc claim(struct db *db, const struct applying *a,
                        struct reg_mw_do *todo)
{
    const struct reg_waiting *w = &todo->w;
    struct db_val arg[] = { db_text(a->node),
                            db_int(a->now),
                            db_int(a->now + REG_MW_CLAIM_MS),
                            db_text(w->network),
                            db_text(w->msisdn),
                            db_text(w->sc),
                            db_int(w->set_ms),
                            db_int(a->now),
                            db_text(a->node),
                            db_int(a->now) };
    enum db_rc rc = db_run(
        db,
        "UPDATE mw SET claimed_by = ?, claimed_ms = ?, next_ms = ?" THE_ROW
        " AND set_ms = ? AND (next_ms <= ?"
        "  OR (claimed_by = ? AND claimed_ms = ?))",
        arg, 10);

    if (rc == DB_OK && db_changes(db) == 0)
        todo->what = REG_MW_LEAVE;
    return rc;
}

static enum db_rc postpone(struct db *db, const struct reg_mw_do *todo)
{
    const struct reg_waiting *w = &todo->w;
    uint32_t tries = w->tries + (todo->what == REG_MW_AGAIN ? 1 : 0);
    struct db_val arg[] = { db_int(todo->at_ms), db_int(tries),
                            db_text(w->network), db_text(w->msisdn),
                            db_text(w->sc),      db_int(w->set_ms) };

    return db_run(db,
                  "UPDATE mw SET next_ms = ?, tries = ?, claimed_by = '',"
                  " claimed_ms = 0" THE_ROW " AND set_ms = ?",
                  arg, 6);
}

static enum db_rc done(struct db *db, const struct reg_waiting *w)
{
    struct db_val arg[] = { db_text(w->network), db_text(w->msisdn),
                            db_text(w->sc), db_int(w->set_ms) };

    return db_run(db, "DELETE FROM mw" THE_ROW " AND set_ms = ?", arg, 4);
}

static enum db_rc apply(struct db *db, void *ctx)
{
    struct applying *a = ctx;
    enum db_rc rc = DB_OK;

    for (unsigned i = 0; i < a->n && rc == DB_OK; i++)
        switch (a->todo[i].what) {
        case REG_MW_LEAVE:
            break;
        case REG_MW_CLAIM:
            rc = claim(db, a, &a->todo[i]);
            break;
        case REG_MW_LATER:
        case REG_MW_AGAIN:
            rc = postpone(db, &a->todo[i]);
            break;
        case REG_MW_DONE:
            rc = done(db, &a->todo[i].w);
            break;
        }
    return rc;
}

enum db_rc reg_mw_apply(struct reg *r, const char *node, struct reg_mw_do *todo,
                        unsigned n, int64_t now)
{
    struct applying a = { r, node, todo, n, now };

    return n == 0 ? DB_OK : reg_transaction(r, true, apply, &a);
}

enum db_rc reg_mw_prune(struct reg *r, int64_t before_ms, int64_t *n)
{
    struct db_val arg = db_int(before_ms);
    enum db_rc rc;

    r->why[0] = '\0';
    rc = db_run(r->db, "DELETE FROM mw WHERE set_ms < ?", &arg, 1);
    *n = rc == DB_OK ? db_changes(r->db) : 0;
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_journal.c - following the changes of the register
 *
 * Each question asks for what is above the highest number seen, and for what
 * is missing below it (reg_seq.h). It begins with the row of the highest
 * number itself: when that is gone, for longer than a node of a cluster may be
 * behind another, the journal is not the one that was followed (it was
 * restored, or pruned while we were away), and everything is read again.
 */

#include "reg_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 5000, PRUNE = 1000, PRUNES = 20 };

#define DAY_MS        INT64_C(86400000)
#define AUDIT_KEPT_MS (90 * DAY_MS)

struct following {
    struct reg *r;
    uint64_t now_ms;
    struct reg_change *change;
    size_t n, room;
    int64_t last; /* the highest number of this page */
    unsigned rows;
    bool anchored;
};

static void remember(struct following *f, const struct db_val *col)
{
    struct reg_change c = { .what = REG_CHANGED_SMALL };
    char kind[8];

    reg_text(kind, sizeof(kind), &col[1]);
    reg_text(c.first, sizeof(c.first), &col[2]);
    reg_text(c.last, sizeof(c.last), &col[3]);
    if (strcmp(kind, "row") == 0)
        c.what = REG_CHANGED_ROW;
    else if (strcmp(kind, "block") == 0)
        c.what = REG_CHANGED_BLOCK;
    else if (strcmp(kind, "all") == 0)
        c.what = REG_CHANGED_ALL;
    if (f->n == f->room) {
        f->room = f->room == 0 ? 64 : 2 * f->room;
        f->change = realloc(f->change, f->room * sizeof(c));
        if (f->change == NULL)
            abort();
    }
    f->change[f->n++] = c;
}

static bool journal_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct following *f = ctx;
    int64_t seq = reg_int(&col[0]);

    (void)n;
    f->rows++;
    f->last = seq;
    if (seq == f->r->seq.high)
        f->anchored = true;
    if (seq_saw(&f->r->seq, seq, f->now_ms))
        remember(f, col);
    return true;
}

/* from <= seq <= to */
static enum db_rc read_journal(struct following *f, int64_t from, int64_t to)
{
    struct db_val arg[3] = { db_int(from), db_int(to), db_int(PAGE) };
    enum db_rc rc;

    do {
        f->rows = 0;
        rc = db_ask(f->r->db,
                    "SELECT seq, kind, first, last FROM journal"
                    " WHERE seq >= ? AND seq <= ? ORDER BY seq LIMIT ?",
                    arg, 3, journal_row, f);
        arg[0] = db_int(f->last + 1);
    } while (rc == DB_OK && f->rows == PAGE && f->last < to);
    return rc;
}

/* What was given a number lately may still be on its way; what is there is
 * part of what will be read. */
enum db_rc reg_mark(struct reg *r, uint64_t now_ms)
{
    struct following f = { .r = r, .now_ms = now_ms };
    struct db_val arg = db_int(REG_GRACE_MS);
    char sql[300];
    int64_t base;
    enum db_rc rc;

    r->why[0] = '\0';
    r->marked = false;
    snprintf(sql, sizeof(sql),
             "SELECT coalesce(max(seq), 0) FROM journal WHERE at_ms < %s - ?",
             db_clock(r->db));
    rc = db_ask_int(r->db, sql, &arg, 1, 0, &base);
    seq_fini(&r->seq);
    seq_init(&r->seq, base);
    r->anchor = 0;
    if (rc == DB_OK)
        rc = read_journal(&f, base + 1, INT64_MAX);
    free(f.change);
    r->marked = rc == DB_OK;
    return rc;
}

static enum db_rc everything(struct reg *r, uint64_t now_ms,
                             void (*change)(void *ctx,
                                            const struct reg_change *c),
                             void *ctx)
{
    struct reg_change all = { .what = REG_CHANGED_ALL };
    enum db_rc rc = reg_mark(r, now_ms);

    if (rc == DB_OK)
        change(ctx, &all);
    return rc;
}

/* *lost: the row that was the highest has been gone for the grace. */
static enum db_rc check_anchor(struct reg *r, const struct following *f,
                               int64_t high, bool *lost)
{
    struct db_val arg;
    int64_t there;
    enum db_rc rc;

    *lost = false;
    if (r->anchor == 0 && high != 0 && !f->anchored) {
        r->anchor = high;
        r->anchor_ms = f->now_ms;
    }
    if (r->anchor == 0 || f->now_ms - r->anchor_ms < REG_GRACE_MS)
        return DB_OK;
    arg = db_int(r->anchor);
    rc = db_ask_int(r->db, "SELECT seq FROM journal WHERE seq = ?", &arg, 1, 0,
                    &there);
    if (rc != DB_OK)
        return rc;
    *lost = there == 0;
    r->anchor = 0;
    return DB_OK;
}

enum db_rc reg_changes(struct reg *r, uint64_t now_ms,
                       void (*change)(void *ctx, const struct reg_change *c),
                       void *ctx)
{
    struct following f = { .r = r, .now_ms = now_ms };
    int64_t high = r->seq.high, from, to;
    bool missing, lost;
    enum db_rc rc;

    r->why[0] = '\0';
    if (!r->marked)
        return everything(r, now_ms, change, ctx);
    missing = seq_missing(&r->seq, &from, &to);
    rc = read_journal(&f, high, INT64_MAX);
    if (rc == DB_OK && missing)
        rc = read_journal(&f, from, to);
    /* Also before a failure: these count as seen now. */
    for (size_t i = 0; i < f.n; i++)
        change(ctx, &f.change[i]);
    free(f.change);
    if (rc != DB_OK)
        return rc;
    seq_give_up(&r->seq, now_ms, REG_GRACE_MS);
    rc = check_anchor(r, &f, high, &lost);
    return lost ? everything(r, now_ms, change, ctx) : rc;
}

/* ---- pruning ---- */

/* The last row stays: it is the anchor of those who follow. */
static enum db_rc prune(struct reg *r, const char *table, int64_t older_ms)
{
    char sql[300];
    int64_t from, last;
    struct db_val arg[3];
    enum db_rc rc;

    snprintf(sql, sizeof(sql), "SELECT max(seq) FROM %s", table);
    rc = db_ask_int(r->db, sql, NULL, 0, 0, &last);
    for (int i = 0; i < PRUNES && rc == DB_OK; i++) {
        snprintf(sql, sizeof(sql), "SELECT min(seq) FROM %s", table);
        rc = db_ask_int(r->db, sql, NULL, 0, 0, &from);
        snprintf(sql, sizeof(sql),
                 "DELETE FROM %s WHERE seq < ? AND seq < ? AND at_ms < %s - ?",
                 table, db_clock(r->db));
        arg[0] = db_int(from + PRUNE);
        arg[1] = db_int(last);
        arg[2] = db_int(older_ms);
        if (rc == DB_OK)
            rc = db_run(r->db, sql, arg, 3);
        if (db_changes(r->db) == 0)
            break;
    }
    return rc;
}

enum db_rc reg_prune(struct reg *r, uint64_t older_ms)
{
    int64_t age = older_ms > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)older_ms;
    enum db_rc rc;

    r->why[0] = '\0';
    rc = prune(r, "journal", age);
    if (rc == DB_OK)
        rc = prune(r, "audit", age < AUDIT_KEPT_MS ? AUDIT_KEPT_MS : age);
    return rc;
}

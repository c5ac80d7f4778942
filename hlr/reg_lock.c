/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_lock.c - how writers of numbers meet
 *
 * What a unique key cannot tell (ranges that overlap, an IMSI that a range
 * counts up to, rows of an import on their way) is looked up before a row is
 * written. So that two who look at the same time see each other, they meet at
 * one row of the table counter: writers of ranges and imports change it, and
 * all others only hold it, beside each other. On a Galera cluster the change
 * of one node undoes what holds the row on another, which then tries again.
 * SQLite has one writer at a time anyway.
 */

#include "reg_stage.h"

#include <stdio.h>

/* With a prefix of five digits, the shortest, and three for the tag an IMSI
 * has seven digits left (corr.h). */
enum { CID_END = 10000000 };

enum db_rc reg_counter(struct reg *r, const char *name, int64_t *value)
{
    struct db_val arg = db_text(name);

    return db_ask_int(r->db, "SELECT next FROM counter WHERE name = ?", &arg, 1,
                      0, value);
}

enum db_rc reg_counter_set(struct reg *r, const char *name, int64_t value)
{
    struct db_val arg[2] = { db_int(value), db_text(name) };
    enum db_rc rc;

    rc = db_run(r->db, "UPDATE counter SET next = ? WHERE name = ?", arg, 2);
    if (rc == DB_OK && db_changes(r->db) == 0)
        rc = db_run(r->db, "INSERT INTO counter (next, name) VALUES (?, ?)",
                    arg, 2);
    return rc;
}

static enum db_rc lock_alone(struct reg *r)
{
    static const char change[] =
        "UPDATE counter SET next = next + 1 WHERE name = 'range'";
    enum db_rc rc = db_run(r->db, change, NULL, 0);

    if (rc == DB_OK && db_changes(r->db) == 0)
        rc = db_run(r->db,
                    "INSERT INTO counter (name, next) VALUES ('range', 1)",
                    NULL, 0);
    if (rc == DB_TAKEN) /* somebody was quicker */
        rc = db_run(r->db, change, NULL, 0);
    return rc;
}

static enum db_rc lock_beside(struct reg *r)
{
    int64_t n;
    enum db_rc rc;

    rc = db_ask_int(r->db,
                    db_sql(r->db,
                           "SELECT next FROM counter WHERE name = 'range'",
                           "SELECT next FROM counter WHERE name = 'range'"
                           " LOCK IN SHARE MODE"),
                    NULL, 0, 0, &n);
    return rc == DB_OK && n == 0 ? lock_alone(r) : rc;
}

struct state {
    int64_t import, now_ms;
};

static bool state_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct state *s = ctx;

    (void)n;
    s->now_ms = reg_int(&col[0]);
    s->import = reg_int(&col[1]);
    return true;
}

enum db_rc reg_lock(struct reg *r, bool alone, int64_t *import, int64_t *now_ms)
{
    struct state s = { 0, 0 };
    char sql[400];
    enum db_rc rc = alone ? lock_alone(r) : lock_beside(r);

    snprintf(sql, sizeof(sql),
             "SELECT %s, coalesce((SELECT i.next FROM counter i"
             " JOIN counter p ON p.name = 'import phase' AND p.next <> %d"
             " WHERE i.name = 'import'), 0)",
             db_clock(r->db), IMPORT_CLEANING);
    if (rc == DB_OK)
        rc = db_ask(r->db, sql, NULL, 0, state_row, &s);
    *import = s.import;
    *now_ms = s.now_ms;
    return rc;
}

enum db_rc reg_cids_room(struct reg *r, uint64_t n)
{
    int64_t next;
    enum db_rc rc = reg_counter(r, "cid", &next);

    if (rc == DB_OK && (n >= CID_END || next + (int64_t)n > CID_END))
        return reg_fail(r, DB_FAILED,
                        "%llu correlation numbers are wanted, there are %lld "
                        "left",
                        (unsigned long long)n, (long long)(CID_END - next));
    return rc;
}

enum db_rc reg_cids(struct reg *r, uint64_t n, int64_t *first)
{
    struct db_val arg = db_int((int64_t)n);
    enum db_rc rc = reg_cids_room(r, n);

    *first = 1;
    if (rc == DB_OK)
        rc = db_run(r->db,
                    "UPDATE counter SET next = next + ? WHERE name = 'cid'",
                    &arg, 1);
    if (rc == DB_OK)
        rc = reg_counter(r, "cid", first);
    *first -= (int64_t)n;
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_merge.c - from the lines of an import to rows of the register
 *
 * In the order of the numbers, so that each transaction touches one part of
 * the table, and the one row that it writes to the journal names a part that
 * is read again quickly. How far it is is written in the same transaction.
 */

#include "reg_stage.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS                                                                \
    "first, last, imsi, imsi_mode, network, status, route, owner,"             \
    " valid_from_ms, valid_to_ms, rate, note"
#define V_COLUMNS                                                              \
    "v.first, v.last, v.imsi, v.imsi_mode, v.network, v.status, v.route,"      \
    " v.owner, v.valid_from_ms, v.valid_to_ms, v.rate, v.note"
#define IN_CHUNK "job = ? AND first > ? AND first <= ?"
#define IS_LINE                                                                \
    "EXISTS (SELECT 1 FROM stage s WHERE s.job = ?"                            \
    " AND s.first = vmn.first AND s.last = vmn.last)"

struct merging {
    struct reg *r;
    struct job job;
    struct reg_import *in;
    const char *who;
    bool end;
};

/* ---- a chunk ---- */

/* What is replaced is kept for an abort, which a transaction of SQLite does not
 * need. */
static enum db_rc make_room(struct merging *m, const struct db_val *chunk)
{
    struct db *db = m->r->db;
    struct db_val arg[3] = { chunk[1], chunk[2], chunk[0] };
    char sql[700];
    enum db_rc rc = DB_OK;

    snprintf(sql, sizeof(sql),
             "INSERT INTO stage (job, line, cid, " COLUMNS ")"
             " SELECT -s.job, s.line, v.cid, " V_COLUMNS
             " FROM stage s %s vmn v"
             " ON v.first = s.first AND v.last = s.last WHERE" STAGE_IN_CHUNK,
             stage_join(m->r));
    if (db_kind(db) != DB_SQLITE)
        rc = db_run(db, sql, chunk, 3);
    if (rc == DB_OK)
        rc = db_run(db,
                    "DELETE FROM vmn WHERE first > ? AND first <= ?"
                    " AND " IS_LINE,
                    arg, 3);
    return rc;
}

enum db_rc stage_cids(struct reg *r, const struct db_val *chunk, int64_t *n)
{
    return db_ask_int(r->db,
                      db_sql(r->db,
                             "SELECT coalesce(sum(CAST(last AS INTEGER)"
                             " - CAST(first AS INTEGER) + 1), 0) FROM stage"
                             " WHERE " IN_CHUNK
                             " AND imsi_mode = 'correlation' AND cid IS NULL",
                             "SELECT coalesce(sum(CAST(last AS SIGNED)"
                             " - CAST(first AS SIGNED) + 1), 0) FROM stage"
                             " WHERE " IN_CHUNK
                             " AND imsi_mode = 'correlation' AND cid IS NULL"),
                      chunk, 3, 0, n);
}

/* Correlation numbers are given in the order of the rows. */
static enum db_rc insert_with_cids(struct merging *m,
                                   const struct db_val *chunk, int64_t n)
{
    struct db_val arg[5] = { db_int(m->job.now_ms), db_int(0), chunk[0],
                             chunk[1], chunk[2] };
    const char *as = db_sql(m->r->db, "INTEGER", "SIGNED");
    char sql[1500], count[200];
    int64_t cid;
    enum db_rc rc = reg_cids(m->r, (uint64_t)n, &cid);

    if (rc != DB_OK)
        return rc;
    arg[1] = db_int(cid);
    snprintf(count, sizeof(count),
             "(CASE WHEN imsi_mode = 'correlation' AND cid IS NULL"
             " THEN CAST(last AS %s) - CAST(first AS %s) + 1 ELSE 0 END)",
             as, as);
    snprintf(sql, sizeof(sql),
             "INSERT INTO vmn (" COLUMNS ", changed_ms, cid)"
             " SELECT " COLUMNS ", ?, CASE WHEN imsi_mode = '' THEN NULL"
             " ELSE coalesce(cid, ? + sum(%s) OVER (ORDER BY first, last"
             " ROWS UNBOUNDED PRECEDING) - %s) END"
             " FROM stage WHERE " IN_CHUNK,
             count, count);
    return db_run(m->r->db, sql, arg, 5);
}

static enum db_rc insert(struct merging *m, const struct db_val *chunk)
{
    struct db_val arg[4] = { db_int(m->job.now_ms), chunk[0], chunk[1],
                             chunk[2] };
    int64_t cids = 0;
    enum db_rc rc = DB_OK;

    if (m->job.correlation != 0)
        rc = stage_cids(m->r, chunk, &cids);
    if (rc == DB_OK && cids > 0)
        return insert_with_cids(m, chunk, cids);
    if (rc == DB_OK)
        rc = db_run(m->r->db,
                    "INSERT INTO vmn (" COLUMNS ", changed_ms, cid)"
                    " SELECT " COLUMNS ", ?, cid FROM stage WHERE " IN_CHUNK,
                    arg, 4);
    return rc;
}

static enum db_rc tell_block(struct reg *r, const struct chunk *c)
{
    struct db_val arg[2] = { db_text(c->first), db_text(c->to) };
    char sql[200];

    snprintf(sql, sizeof(sql),
             "INSERT INTO journal (kind, first, last, at_ms)"
             " VALUES ('block', ?, ?, %s)",
             db_clock(r->db));
    return db_run(r->db, sql, arg, 2);
}

/* A try whose end was lost is not done again: the job says how far it is. */
static enum db_rc merge_chunk(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    struct chunk c = { .any = false };
    struct db_val arg[3];
    int64_t n = 0;
    enum db_rc rc = job_hold(m->r, &m->job, IMPORT_MERGING, IMPORT_MERGING);

    if (rc != DB_OK)
        return rc;
    reg_digits(c.after, m->job.at);
    rc = stage_chunk(m->r, m->job.id, &c);
    m->end = !c.any;
    if (rc != DB_OK || m->end)
        return rc;
    arg[0] = db_int(m->job.id);
    arg[1] = db_text(c.after);
    arg[2] = db_text(c.to);
    rc = db_journal(db, false);
    if (rc == DB_OK && m->job.replace != 0)
        rc = make_room(m, arg);
    if (rc == DB_OK)
        rc = insert(m, arg);
    if (rc == DB_OK)
        n = db_changes(db);
    if (rc == DB_OK)
        rc = tell_block(m->r, &c);
    m->job.done += n;
    m->job.at = reg_key(c.to);
    return rc == DB_OK ? job_write(m->r, &m->job) : rc;
}

/* ---- all of them ---- */

static enum db_rc start(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    struct job held = m->job;
    enum db_rc rc = job_hold(m->r, &held, IMPORT_STAGING, IMPORT_MERGING);

    (void)db;
    m->job.phase = IMPORT_MERGING;
    return rc == DB_OK ? job_write(m->r, &m->job) : rc;
}

static enum db_rc finish(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    enum db_rc rc = job_hold(m->r, &m->job, IMPORT_MERGING, IMPORT_CLEANING);

    (void)db;
    if (rc != DB_OK || m->job.phase == IMPORT_CLEANING)
        return rc;
    m->job.phase = IMPORT_CLEANING;
    rc =
        reg_audit(m->r, m->who, "import of %lld rows%s", (long long)m->job.done,
                  m->job.replace != 0 ? ", in place of others" : "");
    return rc == DB_OK ? job_write(m->r, &m->job) : rc;
}

/* The reason, and what there is to do now. */
static enum db_rc broken_off(struct merging *m, enum db_rc rc, const char *how)
{
    char why[400];

    snprintf(why, sizeof(why), "%s", reg_why(m->r));
    return reg_fail(m->r, rc, "%s; %lld of %lld rows are in the register: %s",
                    why, (long long)m->job.done, (long long)m->job.rows, how);
}

static enum db_rc merge_rest(struct merging *m)
{
    enum db_rc rc = DB_OK;

    for (m->end = false; rc == DB_OK && !m->end;) {
        stage_progress(m->in, "merging", (uint64_t)m->job.done,
                       (uint64_t)m->job.rows);
        rc = reg_transaction(m->r, true, merge_chunk, m);
    }
    if (rc == DB_OK)
        rc = reg_transaction(m->r, true, finish, m);
    if (rc != DB_OK && db_kind(m->r->db) != DB_SQLITE)
        broken_off(
            m, rc,
            "`vmnctl import --resume' goes on, `--abort' takes them out");
    /* It is done; lines that are left are in nobody's way. */
    if (rc == DB_OK && stage_clean(m->r, &m->job) != DB_OK &&
        db_kind(m->r->db) != DB_SQLITE)
        stage_clean(m->r, &m->job);
    return rc;
}

enum db_rc stage_merge(struct reg *r, struct job *j, struct reg_import *in,
                       const char *who)
{
    struct merging m = { .r = r, .job = *j, .in = in, .who = who };
    enum db_rc rc = reg_transaction(r, true, start, &m);

    if (rc == DB_OK)
        rc = merge_rest(&m);
    *j = m.job;
    return rc;
}

/* ---- what others left ---- */

enum db_rc reg_import_state(struct reg *r, struct reg_import_state *s)
{
    struct job j;
    enum db_rc rc;

    r->why[0] = '\0';
    rc = job_read(r, &j);
    *s = (struct reg_import_state){
        .any = j.id != 0,
        .merging = j.phase == IMPORT_MERGING || j.phase == IMPORT_UNDOING,
        .undoing = j.phase == IMPORT_UNDOING,
        .alive = j.id != 0 && job_alive(&j),
        .done = (uint64_t)j.done,
        .of = (uint64_t)j.rows,
    };
    return rc;
}

/* Take it over, if nobody is at it. */
static enum db_rc take_over(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    int64_t import, now;
    enum db_rc rc = reg_lock(m->r, true, &import, &now);

    (void)db;
    if (rc == DB_OK)
        rc = job_read(m->r, &m->job);
    if (rc != DB_OK)
        return rc;
    if (m->job.id == 0)
        return reg_fail(m->r, DB_FAILED, "no import was broken off");
    if (job_alive(&m->job))
        return reg_fail(m->r, DB_FAILED,
                        "the import is under way, or was %lld s ago; it counts "
                        "as broken off after %d s",
                        (long long)(m->job.now_ms - m->job.ms) / 1000,
                        IMPORT_ALIVE_MS / 1000);
    return job_write(m->r, &m->job);
}

enum db_rc reg_import_resume(struct reg *r, struct reg_import *in,
                             const char *who)
{
    struct merging m = { .r = r, .in = in, .who = who };
    enum db_rc rc = reg_transaction(r, false, take_over, &m);

    if (rc != DB_OK)
        return rc;
    if (m.job.phase == IMPORT_UNDOING)
        return reg_fail(r, DB_FAILED,
                        "its abort was begun: `vmnctl import --abort'");
    if (m.job.phase == IMPORT_STAGING) {
        rc = stage_clean(r, &m.job);
        return rc != DB_OK ? rc
                           : reg_fail(r, DB_FAILED,
                                      "the import had not changed anything: "
                                      "import the file again");
    }
    in->rows = (uint64_t)m.job.rows;
    if (m.job.phase != IMPORT_MERGING)
        return stage_clean(r, &m.job);
    stage_checks(r, false);
    rc = merge_rest(&m);
    stage_checks(r, true);
    return rc;
}

/* ---- back ---- */

/* *after: all before the chunk that ends with `to'. */
static enum db_rc chunk_before(struct merging *m, const char *to, char *after)
{
    struct db_val arg[3] = { db_int(m->job.id), db_text(to),
                             db_int(IMPORT_CHUNK) };

    after[0] = '\0';
    return db_ask(m->r->db,
                  "SELECT first FROM stage WHERE job = ? AND first <= ?"
                  " ORDER BY first DESC LIMIT 1 OFFSET ?",
                  arg, 3, stage_first_row, after);
}

/* The triggers write the journal: rows are gone for good. */
static enum db_rc undo_chunk(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    char to[HLR_MSISDN_MAX + 1], after[HLR_MSISDN_MAX + 1];
    struct db_val arg[4];
    int64_t n;
    enum db_rc rc = job_hold(m->r, &m->job, IMPORT_UNDOING, IMPORT_UNDOING);

    m->end = m->job.at == 0;
    if (rc != DB_OK || m->end)
        return rc;
    reg_digits(to, m->job.at);
    rc = chunk_before(m, to, after);
    arg[0] = db_text(after);
    arg[1] = db_text(to);
    arg[2] = db_int(m->job.id);
    if (rc == DB_OK)
        rc = db_run(db,
                    "DELETE FROM vmn WHERE first > ? AND first <= ?"
                    " AND " IS_LINE,
                    arg, 3);
    n = db_changes(db);
    arg[3] = arg[1];
    arg[2] = arg[0];
    arg[1] = db_int(-m->job.id);
    arg[0] = db_int(m->job.now_ms);
    if (rc == DB_OK)
        rc = db_run(db,
                    "INSERT INTO vmn (" COLUMNS ", changed_ms, cid)"
                    " SELECT " COLUMNS ", ?, cid FROM stage WHERE " IN_CHUNK,
                    arg, 4);
    m->job.done -= n;
    m->job.at = after[0] != '\0' ? reg_key(after) : 0;
    return rc == DB_OK ? job_write(m->r, &m->job) : rc;
}

static enum db_rc start_undo(struct db *db, void *ctx)
{
    struct merging *m = ctx;
    struct job held = m->job;
    enum db_rc rc = job_hold(m->r, &held, IMPORT_MERGING, IMPORT_UNDOING);

    (void)db;
    if (rc != DB_OK || held.phase == IMPORT_UNDOING)
        return rc;
    held.phase = IMPORT_UNDOING;
    rc = job_write(m->r, &held);
    if (rc == DB_OK)
        rc = reg_audit(m->r, m->who, "import abort, with %lld of %lld rows",
                       (long long)held.done, (long long)held.rows);
    return rc;
}

enum db_rc reg_import_abort(struct reg *r, struct reg_import *in,
                            const char *who)
{
    struct merging m = { .r = r, .in = in, .who = who };
    enum db_rc rc = reg_transaction(r, false, take_over, &m);

    if (rc == DB_OK && m.job.phase == IMPORT_MERGING) {
        rc = reg_transaction(r, true, start_undo, &m);
        m.job.phase = IMPORT_UNDOING;
    }
    if (rc != DB_OK)
        return rc;
    in->rows = (uint64_t)m.job.done;
    for (m.end = m.job.phase != IMPORT_UNDOING; rc == DB_OK && !m.end;) {
        rc = reg_transaction(r, true, undo_chunk, &m);
        stage_progress(in, "taking out", in->rows - (uint64_t)m.job.done,
                       in->rows);
    }
    if (rc == DB_OK)
        return stage_clean(r, &m.job);
    broken_off(&m, rc, "`vmnctl import --abort' goes on");
    return rc;
}

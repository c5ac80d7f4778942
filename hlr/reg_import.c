/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_import.c - many rows at once, all or none: staging and checking
 *
 * What an import is by itself is checked in memory (reg_lines.h); where it
 * meets the register, in the database, chunk by chunk, so that no question
 * takes long.
 */

#include "reg_lines.h"
#include "reg_stage.h"

#include "hlr_build.h"
#include "row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct owner {
    int64_t id;
    char name[REG_NAME_MAX + 1];
};

/* A part of the lines, on its way to the database. */
struct slice {
    struct hlr_stored *row;
    unsigned *line;
    unsigned n, at;
};

struct import {
    struct reg *r;
    struct reg_import *in;
    const char *who;
    struct job job;
    struct lines lines;
    struct owner *owner; /* in order of their names */
    size_t owners, owner_room;
    struct slice slice;
    bool begun, good;
};

static void *need(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static void tell(struct import *i, unsigned line, const char *why)
{
    i->in->wrong++;
    if (i->in->tell != NULL)
        i->in->tell(i->in->ctx, line, why);
}

void stage_progress(const struct reg_import *in, const char *what,
                    uint64_t done, uint64_t of)
{
    if (in->progress != NULL)
        in->progress(in->ctx, what, done, of);
}

/* ---- owners ---- */

static bool owner_row(void *ctx, uint32_t id, const char *name,
                      const char *note)
{
    struct import *i = ctx;

    (void)note;
    if (i->owners == i->owner_room) {
        i->owner_room = 64 + 2 * i->owner_room;
        i->owner = need(realloc(i->owner, i->owner_room * sizeof(*i->owner)));
    }
    i->owner[i->owners].id = id;
    memcpy(i->owner[i->owners].name, name, strlen(name) + 1);
    i->owners++;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;

    return strcmp(x->name, y->name);
}

/* False: there is none of this name. */
static bool find_owner(const struct import *i, struct hlr_stored *s)
{
    struct owner key, *found;

    if (s->owner[0] == '\0')
        return true;
    memcpy(key.name, s->owner, sizeof(key.name));
    if (i->owners == 0)
        return false;
    found = bsearch(&key, i->owner, i->owners, sizeof(key), by_name);
    if (found != NULL)
        s->row.owner = (uint32_t)found->id;
    return found != NULL;
}

/* ---- staging ---- */

static bool is_digits(const char *s)
{
    return s[strspn(s, "0123456789")] == '\0';
}

/* NULL, or what is wrong: the database does not look any more. */
static const char *look_at(const struct import *i, struct hlr_stored *s,
                           char why[100])
{
    const char *odd = row_check(s);

    if (odd == NULL && (!is_digits(s->row.first) || !is_digits(s->row.last) ||
                        !is_digits(s->row.imsi)))
        odd = "there are other characters than digits";
    if (odd == NULL && hlr_status_str(s->row.status) == NULL)
        odd = "there is no such status";
    if (odd != NULL || find_owner(i, s))
        return odd;
    snprintf(why, 100, "there is no owner <%s>", s->owner);
    return why;
}

/* Only rows of which nothing is wrong so far. */
static void fill_slice(struct import *i)
{
    struct slice *s = &i->slice;
    char buf[100];

    s->n = s->at = 0;
    while (s->n < IMPORT_CHUNK &&
           i->in->next(i->in->ctx, &s->row[s->n], &s->line[s->n])) {
        struct hlr_stored *row = &s->row[s->n];
        const char *why;

        row->row.owner = 0;
        why = look_at(i, row, buf);
        if (why != NULL) {
            tell(i, s->line[s->n], why);
            continue;
        }
        lines_add(&i->lines, &row->row, s->line[s->n]);
        if (row->row.correlation)
            i->job.correlation = 1;
        s->n++;
    }
    i->in->rows += s->n;
    i->job.rows = (int64_t)i->in->rows;
}

enum { STAGE_COLUMNS = 14 };
#define STAGE_NAMES                                                            \
    "job, line, first, last, imsi, imsi_mode, network, status, route, owner,"  \
    " valid_from_ms, valid_to_ms, rate, note"

static bool stage_row(void *ctx, struct db_val *val)
{
    struct import *i = ctx;
    struct slice *sl = &i->slice;
    const struct hlr_stored *s = &sl->row[sl->at];
    const struct hlr_row *row = &s->row;

    if (sl->at == sl->n)
        return false;
    val[0] = db_int(i->job.id);
    val[1] = db_int(sl->line[sl->at++]);
    val[2] = db_text(row->first);
    val[3] = db_text(row->last);
    val[4] = db_text(row->imsi[0] != '\0' ? row->imsi : NULL);
    val[5] = db_text(row->correlation ? "correlation" : "");
    val[6] = db_text(s->network);
    val[7] = db_text(hlr_status_str(row->status));
    val[8] = db_text(s->route);
    val[9] = db_int(row->owner);
    val[10] = db_int((int64_t)row->from_s * 1000);
    val[11] = db_int((int64_t)row->to_s * 1000);
    val[12] = db_int(row->rate);
    val[13] = db_text(s->note);
    return true;
}

/* The slice stays where it is until it is there: the job says so. */
static enum db_rc stage_slice(struct db *db, void *ctx)
{
    struct import *i = ctx;
    struct job held = i->job;
    enum db_rc rc = job_hold(i->r, &held, IMPORT_STAGING, IMPORT_STAGING);

    if (rc != DB_OK || held.rows == i->job.rows)
        return rc;
    i->slice.at = 0;
    rc = db_bulk(db, "stage", STAGE_NAMES, STAGE_COLUMNS, stage_row, i);
    return rc == DB_OK ? job_write(i->r, &i->job) : rc;
}

static enum db_rc stage_all(struct import *i)
{
    enum db_rc rc = DB_OK;

    for (fill_slice(i); rc == DB_OK && i->slice.n > 0; fill_slice(i)) {
        rc = reg_transaction(i->r, true, stage_slice, i);
        stage_progress(i->in, "reading", i->in->rows, 0);
    }
    return rc;
}

/* ---- checking ---- */

static void tell_line(void *ctx, unsigned line, const char *why)
{
    tell(ctx, line, why);
}

struct reg_ranges {
    struct lines lines;
};

static bool range_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct reg_ranges *l = ctx;
    struct hlr_row row = { .status = 0 };

    (void)n;
    reg_text(row.first, sizeof(row.first), &col[0]);
    reg_text(row.last, sizeof(row.last), &col[1]);
    reg_text(row.imsi, sizeof(row.imsi), &col[2]);
    lines_add(&l->lines, &row, 0);
    return true;
}

/* The ranges of the register are few; all of them are looked at. */
static enum db_rc check_ranges(struct import *i)
{
    struct reg_ranges reg = { .lines = { .numbers = 0 } };
    struct lines_tell t = { tell_line, i, 0 };
    enum db_rc rc;

    rc = db_ask(i->r->db, "SELECT first, last, imsi FROM vmn WHERE span > 0",
                NULL, 0, range_row, &reg);
    if (rc == DB_OK)
        lines_meet(&i->lines, &reg.lines, i->in->replace, &t);
    lines_fini(&reg.lines);
    return rc;
}

/* A number of the register whose IMSI one of the range's is. */
struct taken {
    struct import *i;
    const struct line_range *r;
};

static bool taken_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct taken *t = ctx;
    char number[HLR_MSISDN_MAX + 1], imsi[HLR_IMSI_MAX + 1], why[200];
    int64_t at, count;

    (void)n;
    reg_text(number, sizeof(number), &col[0]);
    reg_text(imsi, sizeof(imsi), &col[2]);
    at = reg_key(number) - t->r->first;
    count = reg_key(imsi) - t->r->imsi;
    if (at == count && count != 0)
        return true;
    snprintf(why, sizeof(why), "IMSI <%s> is that of %s of the register", imsi,
             number);
    tell(t->i, t->r->line, why);
    return false;
}

static enum db_rc check_range_imsis(struct import *i)
{
    enum db_rc rc = DB_OK;

    for (size_t k = 0; k < i->lines.ranges && rc == DB_OK; k++) {
        struct taken t = { i, &i->lines.range[k] };
        char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
        char imsi[HLR_IMSI_MAX + 1];

        if (t.r->imsi == 0)
            continue;
        reg_digits(first, t.r->first);
        reg_digits(last, t.r->last);
        reg_digits(imsi, t.r->imsi);
        rc = reg_imsi_numbers(i->r, first, last, imsi, taken_row, &t);
    }
    return rc;
}

static bool there_row(void *ctx, const struct db_val *col, unsigned n)
{
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
    char text[REG_SPAN_STR], why[100];

    (void)n;
    reg_text(first, sizeof(first), &col[1]);
    reg_text(last, sizeof(last), &col[2]);
    snprintf(why, sizeof(why), "%s is there already",
             reg_span_str(first, last, text));
    tell(ctx, (unsigned)reg_int(&col[0]), why);
    return true;
}

/* Single numbers that are there already; ranges were looked at. */
static enum db_rc check_there(struct import *i, const struct db_val *arg)
{
    char sql[400];
    int64_t n;
    enum db_rc rc;

    snprintf(sql, sizeof(sql),
             "SELECT %s FROM stage s %s vmn v"
             " ON v.first = s.first AND v.last = s.last"
             " WHERE" STAGE_IN_CHUNK "%s",
             i->in->replace ? "count(*)" : "s.line, s.first, s.last",
             stage_join(i->r), i->in->replace ? "" : "AND s.first = s.last");
    if (!i->in->replace)
        return db_ask(i->r->db, sql, arg, 3, there_row, i);
    rc = db_ask_int(i->r->db, sql, arg, 3, 0, &n);
    i->in->replaced += (uint64_t)n;
    return rc;
}

static bool imsi_row(void *ctx, const struct db_val *col, unsigned n)
{
    char imsi[HLR_IMSI_MAX + 1], first[HLR_MSISDN_MAX + 1];
    char last[HLR_MSISDN_MAX + 1], text[REG_SPAN_STR], why[150];

    (void)n;
    reg_text(imsi, sizeof(imsi), &col[1]);
    reg_text(first, sizeof(first), &col[2]);
    reg_text(last, sizeof(last), &col[3]);
    snprintf(why, sizeof(why), "IMSI <%s> is that of %s of the register", imsi,
             reg_span_str(first, last, text));
    tell(ctx, (unsigned)reg_int(&col[0]), why);
    return true;
}

/* Single numbers whose IMSI is a single number's; ranges were looked at. */
static enum db_rc check_imsis(struct import *i, const struct db_val *arg)
{
    char sql[400];

    snprintf(sql, sizeof(sql),
             "SELECT s.line, s.imsi, v.first, v.last FROM stage s %s vmn v"
             " ON v.imsi = s.imsi"
             " WHERE" STAGE_IN_CHUNK "AND s.first = s.last AND v.span = 0"
             " AND v.first <> s.first",
             stage_join(i->r));
    return db_ask(i->r->db, sql, arg, 3, imsi_row, i);
}

/* Lines with a correlation number of their own keep it; what the others need
 * must be there before the first of them is merged. */
static enum db_rc count_cids(struct import *i, const struct db_val *arg,
                             uint64_t *cids)
{
    int64_t n = 0;
    enum db_rc rc;

    if (i->in->replace)
        rc = db_run(i->r->db,
                    "UPDATE stage SET cid = (SELECT v.cid FROM vmn v"
                    " WHERE v.first = stage.first AND v.last = stage.last)"
                    " WHERE job = ? AND first > ? AND first <= ?"
                    " AND imsi_mode = 'correlation'",
                    arg, 3);
    else
        rc = DB_OK;
    if (rc == DB_OK)
        rc = stage_cids(i->r, arg, &n);
    *cids += (uint64_t)n;
    return rc;
}

static bool has_imsis(const struct lines *l)
{
    for (size_t i = 0; i < l->numbers; i++)
        if (l->number[i].imsi != 0)
            return true;
    return false;
}

static enum db_rc check_chunks(struct import *i)
{
    bool imsis = has_imsis(&i->lines);
    struct chunk c = { .any = true };
    uint64_t done = 0, cids = 0;
    enum db_rc rc = DB_OK;

    while (rc == DB_OK) {
        struct db_val arg[3];

        rc = stage_chunk(i->r, i->job.id, &c);
        if (rc != DB_OK || !c.any)
            break;
        arg[0] = db_int(i->job.id);
        arg[1] = db_text(c.after);
        arg[2] = db_text(c.to);
        rc = check_there(i, arg);
        if (rc == DB_OK && imsis)
            rc = check_imsis(i, arg);
        if (rc == DB_OK && i->job.correlation != 0)
            rc = count_cids(i, arg, &cids);
        done += IMPORT_CHUNK;
        if (done > i->in->rows)
            done = i->in->rows;
        stage_progress(i->in, "checking", done, i->in->rows);
        memcpy(c.after, c.to, sizeof(c.after));
    }
    return rc == DB_OK && cids > 0 ? reg_cids_room(i->r, cids) : rc;
}

/*
 * From here on whoever writes a number sees all of our lines, and we see what
 * was written before: they hold the row that this changes.
 */
static enum db_rc meet_writers(struct db *db, void *ctx)
{
    struct import *i = ctx;
    int64_t import, now;
    enum db_rc rc = reg_lock(i->r, true, &import, &now);
    struct job held = i->job;

    (void)db;
    if (rc == DB_OK)
        rc = job_hold(i->r, &held, IMPORT_STAGING, IMPORT_STAGING);
    return rc == DB_OK ? job_write(i->r, &i->job) : rc;
}

static enum db_rc check_all(struct import *i)
{
    struct lines_tell t = { tell_line, i, 0 };
    enum db_rc rc = reg_transaction(i->r, true, meet_writers, i);

    if (rc == DB_OK) {
        lines_check(&i->lines, &t);
        rc = check_ranges(i);
    }
    if (rc == DB_OK)
        rc = check_range_imsis(i);
    return rc == DB_OK ? check_chunks(i) : rc;
}

/* ---- all of it ---- */

/* What is left of an import that changed nothing yet is in nobody's way. */
static enum db_rc begin(struct db *db, void *ctx)
{
    struct import *i = ctx;
    int64_t import, now, last;
    struct job j;
    enum db_rc rc = reg_lock(i->r, true, &import, &now);

    (void)db;
    if (rc == DB_OK)
        rc = job_read(i->r, &j);
    if (rc != DB_OK)
        return rc;
    if (j.id != 0 && job_alive(&j))
        return reg_fail(i->r, DB_FAILED,
                        "another import is under way (%lld of %lld rows are in "
                        "the register)",
                        (long long)j.done, (long long)j.rows);
    if (j.id != 0 && j.phase != IMPORT_STAGING && j.phase != IMPORT_CLEANING)
        return reg_fail(i->r, DB_FAILED,
                        "an import was broken off, %lld of its %lld rows are "
                        "in the register: `vmnctl import --resume' or "
                        "`--abort'",
                        (long long)j.done, (long long)j.rows);
    rc = reg_counter(i->r, "import last", &last);
    i->job = (struct job){ .id = last + 1,
                           .phase = IMPORT_STAGING,
                           .replace = i->in->replace };
    if (rc == DB_OK)
        rc = reg_counter_set(i->r, "import last", last + 1);
    return rc == DB_OK ? job_write(i->r, &i->job) : rc;
}

/* The lines of others are of no use to anybody. */
static enum db_rc clear_stage(struct import *i)
{
    static const char temporary[] =
        "CREATE TEMP TABLE IF NOT EXISTS stage (job INTEGER, line INTEGER,"
        " first TEXT, last TEXT, imsi TEXT, imsi_mode TEXT, cid INTEGER,"
        " network TEXT, status TEXT, route TEXT, owner INTEGER,"
        " valid_from_ms INTEGER, valid_to_ms INTEGER, rate INTEGER,"
        " note TEXT, PRIMARY KEY (job, first, last, line)) WITHOUT ROWID";
    enum db_rc rc = DB_OK;

    if (db_kind(i->r->db) == DB_SQLITE)
        rc = db_run(i->r->db, temporary, NULL, 0);
    return rc == DB_OK ? stage_empty(i->r) : rc;
}

static enum db_rc run(struct import *i)
{
    enum db_rc rc = reg_transaction(i->r, false, begin, i);

    if (rc != DB_OK)
        return rc;
    i->begun = true;
    rc = clear_stage(i);
    if (rc == DB_OK)
        rc = stage_all(i);
    if (rc == DB_OK)
        rc = check_all(i);
    if (rc == DB_OK && i->in->wrong > 0)
        return reg_fail(i->r, DB_FAILED,
                        "%llu line%s wrong, nothing was changed",
                        (unsigned long long)i->in->wrong,
                        i->in->wrong == 1 ? " is" : "s are");
    if (rc != DB_OK || i->in->dry_run)
        return rc;
    return stage_merge(i->r, &i->job, i->in, i->who);
}

static enum db_rc run_in_one(struct db *db, void *ctx)
{
    struct import *i = ctx;
    enum db_rc rc;

    (void)db;
    if (i->begun)
        return reg_fail(i->r, DB_FAILED, "the register was changed meanwhile");
    rc = run(i);
    i->good = rc == DB_OK;
    return i->good && i->in->dry_run ? DB_FAILED : rc;
}

static enum db_rc run_sqlite(struct import *i)
{
    enum db_rc rc = reg_transaction(i->r, false, run_in_one, i);

    return i->good && i->in->dry_run ? DB_OK : rc;
}

/* What has changed nothing leaves nothing behind, if there is a connection. */
static enum db_rc run_mysql(struct import *i)
{
    char why[sizeof(i->r->why)];
    enum db_rc rc;

    stage_checks(i->r, false);
    rc = run(i);
    snprintf(why, sizeof(why), "%s", reg_why(i->r));
    if (i->begun && i->job.phase == IMPORT_STAGING)
        stage_clean(i->r, &i->job);
    stage_checks(i->r, true);
    if (rc != DB_OK)
        snprintf(i->r->why, sizeof(why), "%s", why);
    return rc;
}

enum db_rc reg_import(struct reg *r, struct reg_import *in, const char *who)
{
    struct import i = { .r = r, .in = in, .who = who };
    enum db_rc rc;

    r->why[0] = '\0';
    in->rows = in->replaced = 0;
    i.slice.row = need(calloc(IMPORT_CHUNK, sizeof(*i.slice.row)));
    i.slice.line = need(calloc(IMPORT_CHUNK, sizeof(*i.slice.line)));
    rc = reg_owner_list(r, owner_row, &i);
    if (rc == DB_OK && i.owners > 0)
        qsort(i.owner, i.owners, sizeof(*i.owner), by_name);
    if (rc == DB_OK)
        rc = db_kind(r->db) == DB_SQLITE ? run_sqlite(&i) : run_mysql(&i);
    lines_fini(&i.lines);
    free(i.owner);
    free(i.slice.row);
    free(i.slice.line);
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg.c - the register in its database: opening, owners, reading
 */

#include "reg.h"
#include "reg_in.h"

#include "hlr_build.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 20000 /* rows that are asked for at once */ };

struct reg *reg_new(struct db *db, char *why, size_t size)
{
    int version = db_schema(db);
    struct reg *r;

    if (version != DB_SCHEMA) {
        if (version < 0)
            snprintf(why, size, "%s", db_why(db));
        else if (version < DB_SCHEMA)
            snprintf(why, size,
                     "the register has schema %d and this program needs %d: "
                     "run `vmnctl migrate'",
                     version, DB_SCHEMA);
        else
            snprintf(why, size,
                     "the register has schema %d, which a newer program made; "
                     "this one understands %d",
                     version, DB_SCHEMA);
        db_close(db);
        return NULL;
    }
    r = calloc(1, sizeof(*r));
    if (r == NULL)
        abort();
    r->db = db;
    return r;
}

void reg_free(struct reg *r)
{
    if (r == NULL)
        return;
    seq_fini(&r->seq);
    db_close(r->db);
    free(r);
}

struct db *reg_db(struct reg *r)
{
    return r->db;
}

const char *reg_why(const struct reg *r)
{
    return r->why[0] != '\0' ? r->why : db_why(r->db);
}

enum db_rc reg_fail(struct reg *r, enum db_rc rc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(r->why, sizeof(r->why), fmt, ap);
    va_end(ap);
    return rc;
}

struct again {
    struct reg *r;
    enum db_rc (*fn)(struct db *db, void *ctx);
    void *ctx;
};

/* What an earlier try failed of is nobody's business. */
static enum db_rc once(struct db *db, void *ctx)
{
    struct again *a = ctx;

    a->r->why[0] = '\0';
    return a->fn(db, a->ctx);
}

enum db_rc reg_transaction(struct reg *r, bool twice,
                           enum db_rc (*fn)(struct db *db, void *ctx),
                           void *ctx)
{
    struct again a = { r, fn, ctx };
    enum db_rc rc;

    r->why[0] = '\0';
    rc = db_transaction(r->db, twice, once, &a);
    if (rc == DB_LOST || rc == DB_AGAIN)
        r->why[0] = '\0';
    return rc;
}

/* ---- values ---- */

int64_t reg_int(const struct db_val *v)
{
    if (v->type == DB_INT)
        return v->n;
    return v->type == DB_TEXT ? strtoll(v->p, NULL, 10) : 0;
}

void reg_text(char *out, size_t size, const struct db_val *v)
{
    out[0] = '\0';
    if (v->type == DB_TEXT || v->type == DB_BLOB)
        snprintf(out, size, "%.*s", (int)v->len, v->p);
}

const char *reg_span_str(const char *first, const char *last,
                         char buf[REG_SPAN_STR])
{
    if (strcmp(first, last) == 0)
        snprintf(buf, REG_SPAN_STR, "%s", first);
    else
        snprintf(buf, REG_SPAN_STR, "%s to %s", first, last);
    return buf;
}

/* Both bounds are rounded up: a second that is not over still counts. */
static uint32_t seconds(int64_t ms)
{
    if (ms <= 0)
        return ms == 0 ? 0 : 1;
    ms = (ms + 999) / 1000;
    return ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

void reg_take(struct hlr_stored *s, const struct db_val *col)
{
    struct hlr_row *row = &s->row;
    char word[16];

    *s = (struct hlr_stored){ .row = { .route = HLR_ROUTE_NONE } };
    reg_text(row->first, sizeof(row->first), &col[0]);
    reg_text(row->last, sizeof(row->last), &col[1]);
    reg_text(row->imsi, sizeof(row->imsi), &col[2]);
    row->correlation = col[3].len > 0;
    row->cid = (uint64_t)reg_int(&col[4]);
    reg_text(s->network, sizeof(s->network), &col[5]);
    reg_text(word, sizeof(word), &col[6]);
    row->status = hlr_status_of(word);
    reg_text(s->route, sizeof(s->route), &col[7]);
    row->owner = (uint32_t)reg_int(&col[8]);
    reg_text(s->owner, sizeof(s->owner), &col[9]);
    row->from_s = seconds(reg_int(&col[10]));
    row->to_s = seconds(reg_int(&col[11]));
    row->rate = (uint16_t)reg_int(&col[12]);
    reg_text(s->note, sizeof(s->note), &col[13]);
    s->changed_ms = (uint64_t)reg_int(&col[14]);
    if (row->correlation)
        row->imsi[0] = '\0';
}

int64_t reg_key(const char *digits)
{
    int64_t n = 1;

    for (; *digits >= '0' && *digits <= '9' && n < INT64_MAX / 100; digits++)
        n = 10 * n + (*digits - '0');
    return n;
}

void reg_digits(char out[HLR_MSISDN_MAX + 1], int64_t key)
{
    char text[24];

    snprintf(text, sizeof(text), "%lld", (long long)key);
    snprintf(out, HLR_MSISDN_MAX + 1, "%.15s", text + 1);
}

/* ---- rows ---- */

enum { ARGS = 24 };

struct query {
    char sql[1500];
    size_t at;
    struct db_val arg[ARGS];
    unsigned n;
};

static void say(struct query *q, const char *text)
{
    size_t len = strlen(text);

    if (len >= sizeof(q->sql) - q->at)
        abort();
    memcpy(q->sql + q->at, text, len + 1);
    q->at += len;
}

static void ask(struct query *q, const char *text, struct db_val v)
{
    say(q, text);
    q->arg[q->n++] = v;
}

static void ask_text(struct query *q, const char *text, const char *v)
{
    if (v[0] != '\0')
        ask(q, text, db_text(v));
}

/* The digits behind the highest that begins so: "4477" -> "4478". */
static bool next_prefix(char out[HLR_MSISDN_MAX + 1], const char *prefix)
{
    size_t n = strlen(prefix);

    memcpy(out, prefix, n + 1);
    while (n > 0 && out[n - 1] == '9')
        n--;
    if (n == 0)
        return false;
    out[n] = '\0';
    out[n - 1]++;
    return true;
}

static void conditions(struct query *q, const struct reg_filter *f,
                       char end[HLR_MSISDN_MAX + 1])
{
    ask_text(q, " AND v.first >= ?", f->prefix);
    if (f->prefix[0] != '\0' && next_prefix(end, f->prefix))
        ask(q, " AND v.first < ?", db_text(end));
    ask_text(q, " AND v.network = ?", f->network);
    ask_text(q, " AND v.route = ?", f->route);
    ask_text(q,
             " AND v.owner > 0 AND v.owner = (SELECT id FROM owner"
             " WHERE name = ?)",
             f->owner);
    if (f->status != 0)
        ask(q, " AND v.status = ?", db_text(hlr_status_str(f->status)));
}

struct listing {
    reg_row *row;
    void *ctx;
    struct hlr_stored s; /* the last one */
    size_t n;
    unsigned limit; /* 0: none */
    uint64_t total;
    bool ended;
};

static bool list_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct listing *l = ctx;

    (void)n;
    reg_take(&l->s, col);
    l->n++;
    l->total++;
    if (!l->row(l->ctx, &l->s) || (l->limit != 0 && l->total >= l->limit))
        l->ended = true;
    return !l->ended;
}

/*
 * Page after page, each behind the last row of the one before: however slow
 * row() is, no statement stays open for long.
 */
static enum db_rc list_all(struct reg *r, const struct reg_filter *f,
                           struct listing *l)
{
    char after[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
    char end[HLR_MSISDN_MAX + 1];
    enum db_rc rc = DB_OK;

    memcpy(after, f->after, sizeof(after));
    memcpy(last, f->after_last, sizeof(last));
    do {
        struct query q = { .n = 0 };

        say(&q, "SELECT " REG_COLUMNS REG_FROM "WHERE 1 = 1");
        if (after[0] != '\0' && last[0] != '\0') {
            ask(&q, " AND v.first >= ?", db_text(after));
            ask(&q, " AND (v.first > ?", db_text(after));
            ask(&q, " OR v.last > ?)", db_text(last));
        } else {
            ask_text(&q, " AND v.first > ?", after);
        }
        conditions(&q, f, end);
        ask(&q, " ORDER BY v.first, v.last LIMIT ?",
            db_int(l->limit != 0 && l->limit < PAGE ? l->limit : PAGE));
        l->n = 0;
        rc = db_ask(r->db, q.sql, q.arg, q.n, list_row, l);
        memcpy(after, l->s.row.first, sizeof(after));
        memcpy(last, l->s.row.last, sizeof(last));
    } while (rc == DB_OK && !l->ended && l->n == PAGE);
    return rc;
}

struct holding {
    struct listing *l;
    const struct reg_filter *f;
};

/* The row begins before it; does it reach so far? */
static bool holds(void *ctx, const struct db_val *col, unsigned n)
{
    struct holding *h = ctx;
    struct hlr_stored s;
    int64_t span, at;

    (void)n;
    reg_take(&s, col);
    span = reg_key(s.row.last) - reg_key(s.row.first);
    at = h->f->number[0] != '\0' ? reg_key(h->f->number) - reg_key(s.row.first)
                                 : reg_key(h->f->imsi) - reg_key(s.row.imsi);
    return at > span ? true : list_row(h->l, col, n);
}

/* The rows that hold a number: the one range that may, then its own. */
static enum db_rc list_number(struct reg *r, const struct reg_filter *f,
                              struct listing *l)
{
    struct holding h = { l, f };
    char end[HLR_MSISDN_MAX + 1];
    struct query q = { .n = 0 };
    enum db_rc rc;

    say(&q, "SELECT " REG_COLUMNS
            " FROM (SELECT * FROM vmn WHERE span > 0 AND span = ?"
            " AND first <= ? ORDER BY first DESC LIMIT 1) v"
            " LEFT JOIN owner o ON o.id = v.owner WHERE 1 = 1");
    q.arg[q.n++] = db_int((int64_t)strlen(f->number));
    q.arg[q.n++] = db_text(f->number);
    conditions(&q, f, end);
    rc = db_ask(r->db, q.sql, q.arg, q.n, holds, &h);
    if (rc != DB_OK || l->ended)
        return rc;
    q = (struct query){ .n = 0 };
    say(&q, "SELECT " REG_COLUMNS REG_FROM);
    ask(&q, "WHERE v.first = ?", db_text(f->number));
    ask(&q, " AND v.last = ?", db_text(f->number));
    conditions(&q, f, end);
    return db_ask(r->db, q.sql, q.arg, q.n, list_row, l);
}

/* The row that an IMSI was given to, or was counted up to. An exact number may
 * have the same one as it has in a range: it comes last, and counts. */
static enum db_rc list_imsi(struct reg *r, const struct reg_filter *f,
                            struct listing *l)
{
    struct holding h = { l, f };
    char end[HLR_MSISDN_MAX + 1];
    enum db_rc rc = DB_OK;

    for (int range = 1; range >= 0 && rc == DB_OK && !l->ended; range--) {
        struct query q = { .n = 0 };

        say(&q, "SELECT " REG_COLUMNS " FROM (SELECT * FROM vmn WHERE ");
        say(&q, range ? "span > 0" : "span = 0");
        ask(&q, range ? " AND imsi <= ?" : " AND imsi = ?", db_text(f->imsi));
        ask(&q, " AND length(imsi) = ?", db_int((int64_t)strlen(f->imsi)));
        say(&q, " ORDER BY imsi DESC LIMIT 1) v"
                " LEFT JOIN owner o ON o.id = v.owner WHERE 1 = 1");
        conditions(&q, f, end);
        rc = db_ask(r->db, q.sql, q.arg, q.n, holds, &h);
    }
    return rc;
}

enum db_rc reg_list(struct reg *r, const struct reg_filter *f, reg_row *row,
                    void *ctx)
{
    struct listing l = { .row = row, .ctx = ctx, .limit = f->limit };

    r->why[0] = '\0';
    if (f->number[0] != '\0')
        return list_number(r, f, &l);
    if (f->imsi[0] != '\0')
        return list_imsi(r, f, &l);
    return list_all(r, f, &l);
}

enum db_rc reg_count(struct reg *r, int64_t *n)
{
    r->why[0] = '\0';
    return db_ask_int(r->db, "SELECT count(*) FROM vmn", NULL, 0, 0, n);
}

enum db_rc reg_read(struct reg *r, const struct reg_change *c, reg_row *row,
                    void *ctx)
{
    struct listing l = { .row = row, .ctx = ctx };
    struct db_val arg[2] = { db_text(c->first), db_text(c->last) };

    r->why[0] = '\0';
    return db_ask(r->db,
                  c->what == REG_CHANGED_BLOCK
                      ? "SELECT " REG_COLUMNS REG_FROM
                        "WHERE v.first >= ? AND v.first <= ?"
                      : "SELECT " REG_COLUMNS REG_FROM
                        "WHERE v.first = ? AND v.last = ?",
                  arg, 2, list_row, &l);
}

/* ---- the audit ---- */

enum db_rc reg_audit(struct reg *r, const char *who, const char *fmt, ...)
{
    char what[1000], sql[300];
    struct db_val arg[2];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    arg[0] = db_text(who);
    if (arg[0].len > 63)
        arg[0].len = 63;
    arg[1] = db_text(what);
    snprintf(sql, sizeof(sql),
             "INSERT INTO audit (at_ms, who, what) VALUES (%s, ?, ?)",
             db_clock(r->db));
    return db_run(r->db, sql, arg, 2);
}

/* ---- owners ---- */

enum db_rc reg_owner_id(struct reg *r, const char *name, int64_t *id)
{
    struct db_val arg = db_text(name);

    return db_ask_int(r->db, "SELECT id FROM owner WHERE name = ?", &arg, 1, 0,
                      id);
}

struct owner_ctx {
    struct reg *r;
    const char *name, *note, *who;
    int64_t *n;
};

static enum db_rc owner_put(struct db *db, void *ctx)
{
    struct owner_ctx *o = ctx;
    struct db_val arg[2] = { db_text(o->note), db_text(o->name) };
    enum db_rc rc;
    int64_t id;

    rc = reg_owner_id(o->r, o->name, &id);
    if (rc == DB_OK)
        rc = db_run(db,
                    id != 0 ? "UPDATE owner SET note = ? WHERE name = ?"
                            : "INSERT INTO owner (note, name) VALUES (?, ?)",
                    arg, 2);
    if (rc == DB_OK)
        rc = reg_audit(o->r, o->who, "owner %s %s", id != 0 ? "change" : "add",
                       o->name);
    return rc;
}

enum db_rc reg_owner_put(struct reg *r, const char *name, const char *note,
                         const char *who)
{
    struct owner_ctx o = { r, name, note, who, NULL };

    return reg_transaction(r, true, owner_put, &o);
}

static enum db_rc owner_del(struct db *db, void *ctx)
{
    struct owner_ctx *o = ctx;
    int64_t id, import, now, of = 0, staged = 0;
    struct db_val arg;
    enum db_rc rc;

    *o->n = 0;
    rc = reg_lock(o->r, true, &import, &now);
    if (rc == DB_OK)
        rc = reg_owner_id(o->r, o->name, &id);
    if (rc != DB_OK || id == 0)
        return rc;
    arg = db_int(id);
    rc =
        db_ask_int(db, "SELECT count(*) FROM vmn WHERE owner > 0 AND owner = ?",
                   &arg, 1, 0, &of);
    if (rc == DB_OK && import != 0)
        rc = db_ask_int(db, "SELECT 1 FROM stage WHERE owner = ? LIMIT 1", &arg,
                        1, 0, &staged);
    if (rc != DB_OK)
        return rc;
    if (of != 0 || staged != 0)
        return reg_fail(o->r, DB_TAKEN,
                        "owner <%s> has %lld rows of the register%s", o->name,
                        (long long)of,
                        staged != 0 ? ", and some of the import" : "");
    rc = db_run(db, "DELETE FROM owner WHERE id = ?", &arg, 1);
    *o->n = db_changes(db);
    return rc == DB_OK ? reg_audit(o->r, o->who, "owner delete %s", o->name)
                       : rc;
}

enum db_rc reg_owner_del(struct reg *r, const char *name, const char *who,
                         int64_t *n)
{
    struct owner_ctx o = { r, name, NULL, who, n };

    return reg_transaction(r, false, owner_del, &o);
}

struct owner_list {
    bool (*owner)(void *ctx, uint32_t id, const char *name, const char *note);
    void *ctx;
};

static bool owner_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct owner_list *l = ctx;
    char name[REG_NAME_MAX + 1], note[REG_NOTE_MAX + 1];

    (void)n;
    reg_text(name, sizeof(name), &col[1]);
    reg_text(note, sizeof(note), &col[2]);
    return l->owner(l->ctx, (uint32_t)reg_int(&col[0]), name, note);
}

enum db_rc reg_owner_list(struct reg *r,
                          bool (*owner)(void *ctx, uint32_t id,
                                        const char *name, const char *note),
                          void *ctx)
{
    struct owner_list l = { owner, ctx };

    r->why[0] = '\0';
    return db_ask(r->db, "SELECT id, name, note FROM owner ORDER BY name", NULL,
                  0, owner_row, &l);
}

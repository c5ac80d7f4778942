/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_put.c - one row of the register is written or deleted
 */

#include "reg_in.h"

#include "hlr_build.h"
#include "row.h"

#include <string.h>

struct putting {
    struct reg *r;
    struct hlr_stored s; /* cid and owner are found out */
    enum reg_how how;
    const char *who;
    unsigned tries;
    int64_t stamp_ms; /* of the first try */
    /* the row that is there */
    bool found;
    int64_t found_cid, found_ms;
};

/* ---- what is in the way ---- */

struct other {
    bool found;
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
    char imsi[HLR_IMSI_MAX + 1];
};

static bool other_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct other *o = ctx;

    (void)n;
    o->found = true;
    reg_text(o->first, sizeof(o->first), &col[0]);
    reg_text(o->last, sizeof(o->last), &col[1]);
    reg_text(o->imsi, sizeof(o->imsi), &col[2]);
    return false;
}

static bool is_range(const struct hlr_row *row)
{
    return strcmp(row->first, row->last) != 0;
}

/*
 * Ranges do not overlap, so only the one that begins last before our end can
 * touch us.
 */
static enum db_rc check_range(struct putting *p)
{
    const struct hlr_row *row = &p->s.row;
    struct db_val arg[4] = { db_int((int64_t)strlen(row->first)),
                             db_text(row->last), db_text(row->first),
                             db_text(row->last) };
    struct other o = { .found = false };
    char mine[REG_SPAN_STR], text[REG_SPAN_STR];
    enum db_rc rc;

    rc = db_ask(p->r->db,
                "SELECT first, last, imsi FROM vmn"
                " WHERE span > 0 AND span = ? AND first <= ?"
                " AND NOT (first = ? AND last = ?)"
                " ORDER BY first DESC LIMIT 1",
                arg, 4, other_row, &o);
    if (rc != DB_OK || !o.found || strcmp(o.last, row->first) < 0)
        return rc;
    return reg_fail(p->r, DB_TAKEN, "the range %s overlaps the range %s",
                    reg_span_str(row->first, row->last, mine),
                    reg_span_str(o.first, o.last, text));
}

/* Does the number have this IMSI in the range too? Then it may have it. */
static bool same_number(const struct hlr_row *row, const struct other *o)
{
    return is_range(row) != (strcmp(o->first, o->last) != 0) &&
           strcmp(row->imsi, o->imsi) != 0 &&
           reg_key(row->imsi) - reg_key(o->imsi) ==
               reg_key(row->first) - reg_key(o->first);
}

struct imsi_check {
    const struct hlr_row *row;
    struct other other;
};

static bool imsi_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct imsi_check *c = ctx;

    other_row(&c->other, col, n);
    c->other.found = !same_number(c->row, &c->other);
    return !c->other.found;
}

enum db_rc reg_imsi_ranges(struct reg *r, const char *first, const char *last,
                           const char *imsi, db_row *row, void *ctx)
{
    char from[HLR_MSISDN_MAX + 1], to[HLR_MSISDN_MAX + 1];
    int64_t key = reg_key(imsi);
    struct db_val arg[5] = { db_int((int64_t)strlen(imsi)), db_int(0),
                             db_int(0), db_text(first), db_text(last) };

    reg_digits(from, key);
    reg_digits(to, key + reg_key(last) - reg_key(first));
    arg[1] = db_text(to);
    arg[2] = db_text(from);
    return db_ask(r->db,
                  db_sql(r->db,
                         "SELECT first, last, imsi FROM vmn INDEXED BY vmn_span"
                         " WHERE span > 0 AND length(imsi) = ? AND imsi <= ?"
                         " AND CAST(imsi AS INTEGER) + CAST(last AS INTEGER)"
                         " - CAST(first AS INTEGER) >= CAST(? AS INTEGER)"
                         " AND NOT (first = ? AND last = ?)",
                         "SELECT first, last, imsi FROM vmn IGNORE INDEX (imsi)"
                         " WHERE span > 0 AND length(imsi) = ? AND imsi <= ?"
                         " AND CAST(imsi AS SIGNED) + CAST(last AS SIGNED)"
                         " - CAST(first AS SIGNED) >= CAST(? AS SIGNED)"
                         " AND NOT (first = ? AND last = ?)"),
                  arg, 5, row, ctx);
}

enum db_rc reg_imsi_numbers(struct reg *r, const char *first, const char *last,
                            const char *imsi, db_row *row, void *ctx)
{
    char to[HLR_MSISDN_MAX + 1];
    struct db_val arg[5] = { db_text(imsi), db_text(to),
                             db_int((int64_t)strlen(imsi)), db_text(first),
                             db_text(last) };

    reg_digits(to, reg_key(imsi) + reg_key(last) - reg_key(first));
    arg[1] = db_text(to);
    return db_ask(r->db,
                  "SELECT first, last, imsi FROM vmn"
                  " WHERE imsi >= ? AND imsi <= ? AND length(imsi) = ?"
                  " AND span = 0 AND NOT (first = ? AND last = ?)",
                  arg, 5, row, ctx);
}

/* Not only the IMSI of the row itself: ranges count theirs up. */
static enum db_rc check_imsi(struct putting *p)
{
    const struct hlr_row *row = &p->s.row;
    struct imsi_check c = { .row = row };
    char mine[REG_SPAN_STR], text[REG_SPAN_STR];
    enum db_rc rc;

    rc = reg_imsi_ranges(p->r, row->first, row->last, row->imsi, imsi_row, &c);
    if (rc == DB_OK && !c.other.found)
        rc = reg_imsi_numbers(p->r, row->first, row->last, row->imsi, imsi_row,
                              &c);
    if (rc != DB_OK || !c.other.found)
        return rc;
    return reg_fail(p->r, DB_TAKEN, "IMSI <%s> of %s meets <%s> of %s",
                    row->imsi, reg_span_str(row->first, row->last, mine),
                    c.other.imsi,
                    reg_span_str(c.other.first, c.other.last, text));
}

/* An import that is under way has looked at the register already. */
static enum db_rc check_import(struct putting *p, int64_t job)
{
    const struct hlr_row *row = &p->s.row;
    char to[HLR_MSISDN_MAX + 1] = "";
    struct db_val arg[8] = { db_int(job),         db_text(row->last),
                             db_text(row->first), db_text(row->first),
                             db_text(row->last),  db_text(row->imsi),
                             db_text(to),         db_int(0) };
    char mine[REG_SPAN_STR];
    int64_t line;
    enum db_rc rc;

    rc = db_ask_int(p->r->db,
                    is_range(row) ? "SELECT line FROM stage WHERE job = ?"
                                    " AND first <= ? AND last >= ?"
                                    " AND first <> last"
                                    " AND length(first) = length(?) LIMIT 1"
                                  : "SELECT line FROM stage WHERE job = ?"
                                    " AND last = ? AND first = ? LIMIT 1",
                    arg, is_range(row) ? 4 : 3, 0, &line);
    if (rc == DB_OK && line == 0 && row->imsi[0] != '\0') {
        reg_digits(to, reg_key(row->imsi) + reg_key(row->last) -
                           reg_key(row->first));
        arg[1] = db_text(row->imsi);
        arg[2] = db_text(to);
        rc = db_ask_int(p->r->db,
                        "SELECT line FROM stage WHERE job = ?"
                        " AND ((imsi >= ? AND imsi <= ?)"
                        "  OR (first <> last AND imsi <> '')) LIMIT 1",
                        arg, 3, 0, &line);
    }
    if (rc != DB_OK || line == 0)
        return rc;
    return reg_fail(p->r, DB_TAKEN,
                    "%s meets line %lld of an import that is under way",
                    reg_span_str(row->first, row->last, mine), (long long)line);
}

/* ---- writing ---- */

static bool found_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct putting *p = ctx;

    (void)n;
    p->found = true;
    p->found_cid = reg_int(&col[0]);
    p->found_ms = reg_int(&col[1]);
    return false;
}

static enum db_rc find(struct putting *p)
{
    const struct hlr_row *row = &p->s.row;
    struct db_val arg[2] = { db_text(row->first), db_text(row->last) };
    char mine[REG_SPAN_STR];
    enum db_rc rc;

    p->found = false;
    rc = db_ask(p->r->db,
                "SELECT cid, changed_ms FROM vmn WHERE first = ? AND last = ?",
                arg, 2, found_row, p);
    if (rc != DB_OK)
        return rc;
    if (p->how == REG_CHANGE && !p->found)
        return reg_fail(p->r, DB_FAILED, "%s is not there",
                        reg_span_str(row->first, row->last, mine));
    return DB_OK;
}

static enum db_rc find_owner(struct putting *p)
{
    int64_t id = 0;
    enum db_rc rc = DB_OK;

    if (p->s.owner[0] != '\0')
        rc = reg_owner_id(p->r, p->s.owner, &id);
    if (rc == DB_OK && p->s.owner[0] != '\0' && id == 0)
        return reg_fail(p->r, DB_FAILED, "there is no owner <%s>", p->s.owner);
    p->s.row.owner = (uint32_t)id;
    return rc;
}

/* A number keeps its correlation number. */
static enum db_rc find_cid(struct putting *p)
{
    const struct hlr_row *row = &p->s.row;
    int64_t cid = p->found ? p->found_cid : 0;
    enum db_rc rc = DB_OK;

    if (row->correlation && cid == 0)
        rc = reg_cids(p->r,
                      (uint64_t)(reg_key(row->last) - reg_key(row->first) + 1),
                      &cid);
    p->s.row.cid = row->correlation ? (uint64_t)cid : 0;
    return rc;
}

static enum db_rc write_row(struct putting *p)
{
    const struct hlr_stored *s = &p->s;
    const struct hlr_row *row = &s->row;
    const char *imsi = row->imsi[0] != '\0' ? row->imsi : NULL;
    struct db_val arg[14] = {
        db_text(imsi),
        db_text(row->correlation ? "correlation" : ""),
        row->correlation ? db_int((int64_t)row->cid) : db_text(NULL),
        db_text(s->network),
        db_text(hlr_status_str(row->status)),
        db_text(s->route),
        db_int(row->owner),
        db_int((int64_t)row->from_s * 1000),
        db_int((int64_t)row->to_s * 1000),
        db_int(row->rate),
        db_text(s->note),
        db_int(p->stamp_ms),
        db_text(row->first),
        db_text(row->last),
    };
    char mine[REG_SPAN_STR];
    enum db_rc rc;

    rc = db_run(p->r->db,
                p->found
                    ? "UPDATE vmn SET imsi = ?, imsi_mode = ?, cid = ?,"
                      " network = ?, status = ?, route = ?, owner = ?,"
                      " valid_from_ms = ?, valid_to_ms = ?, rate = ?, note = ?,"
                      " changed_ms = ? WHERE first = ? AND last = ?"
                    : "INSERT INTO vmn (imsi, imsi_mode, cid, network, status,"
                      " route, owner, valid_from_ms, valid_to_ms, rate, note,"
                      " changed_ms, first, last)"
                      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arg, 14);
    if (rc == DB_TAKEN)
        return reg_fail(
            p->r, rc, "%s, or its IMSI, was entered by somebody else just now",
            reg_span_str(row->first, row->last, mine));
    return rc;
}

static enum db_rc put(struct db *db, void *ctx)
{
    struct putting *p = ctx;
    const struct hlr_row *row = &p->s.row;
    char mine[REG_SPAN_STR];
    int64_t job, now;
    enum db_rc rc;

    (void)db;
    rc = reg_lock(p->r, is_range(row), &job, &now);
    if (p->tries++ == 0)
        p->stamp_ms = now;
    if (rc == DB_OK)
        rc = find(p);
    /* An earlier try had been committed when the connection was lost. */
    if (rc != DB_OK || (p->found && p->tries > 1 && p->found_ms == p->stamp_ms))
        return rc;
    if (p->how == REG_ADD && p->found)
        return reg_fail(p->r, DB_TAKEN, "%s is there already",
                        reg_span_str(row->first, row->last, mine));
    if (job != 0)
        rc = check_import(p, job);
    if (rc == DB_OK)
        rc = find_owner(p);
    if (rc == DB_OK && is_range(row))
        rc = check_range(p);
    if (rc == DB_OK && row->imsi[0] != '\0')
        rc = check_imsi(p);
    if (rc == DB_OK)
        rc = find_cid(p);
    if (rc == DB_OK)
        rc = write_row(p);
    if (rc != DB_OK)
        return rc;
    return reg_audit(
        p->r, p->who, "%s %s: status %s, network <%s>, route <%s>, owner <%s>",
        p->found ? "change" : "add", reg_span_str(row->first, row->last, mine),
        hlr_status_str(row->status), p->s.network, p->s.route, p->s.owner);
}

enum db_rc reg_put(struct reg *r, const struct hlr_stored *s, enum reg_how how,
                   const char *who)
{
    struct putting p = { .r = r, .s = *s, .how = how, .who = who };
    const char *why = row_check(&p.s);

    if (why != NULL)
        return reg_fail(r, DB_FAILED, "%s", why);
    return reg_transaction(r, true, put, &p);
}

struct deleting {
    struct reg *r;
    const char *first, *last, *who;
    int64_t n;
};

/* What an earlier try deleted, whose end was lost, was deleted. */
static enum db_rc del(struct db *db, void *ctx)
{
    struct deleting *d = ctx;
    struct db_val arg[2] = { db_text(d->first), db_text(d->last) };
    char text[REG_SPAN_STR];
    enum db_rc rc;

    rc = db_run(db, "DELETE FROM vmn WHERE first = ? AND last = ?", arg, 2);
    if (rc != DB_OK || db_changes(db) == 0)
        return rc;
    d->n = db_changes(db);
    return reg_audit(d->r, d->who, "delete %s",
                     reg_span_str(d->first, d->last, text));
}

enum db_rc reg_del(struct reg *r, const char *first, const char *last,
                   const char *who, int64_t *n)
{
    struct deleting d = { r, first, last, who, 0 };
    enum db_rc rc = reg_transaction(r, true, del, &d);

    *n = d.n;
    return rc;
}

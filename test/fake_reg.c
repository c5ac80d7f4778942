/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_reg.c - a register in an array, for tests of what asks one
 */

#include "fake_reg.h"

#include <stdio.h>
#include <string.h>

struct fake fake;

static enum db_rc fail(enum db_rc rc, const char *why)
{
    snprintf(fake.why, sizeof(fake.why), "%s", why);
    return rc;
}

static bool fails(enum db_rc *rc)
{
    *rc = fake.fails;
    fake.fails = DB_OK;
    if (*rc != DB_OK)
        fail(*rc, "it was made to fail");
    return *rc != DB_OK;
}

static void changed(const char *who)
{
    snprintf(fake.who, sizeof(fake.who), "%s", who);
    fake.changes++;
}

const char *reg_why(const struct reg *r)
{
    (void)r;
    return fake.why;
}

/* Where it is, or would be. */
static unsigned place(const char *first, const char *last, bool *is)
{
    unsigned i = 0;
    int cmp = 1;

    for (; i < fake.rows; i++) {
        cmp = strcmp(fake.row[i].row.first, first);
        if (cmp == 0)
            cmp = strcmp(fake.row[i].row.last, last);
        if (cmp >= 0)
            break;
    }
    *is = i < fake.rows && cmp == 0;
    return i;
}

enum db_rc reg_put(struct reg *r, const struct hlr_stored *s, enum reg_how how,
                   const char *who)
{
    enum db_rc rc;
    unsigned i;
    bool is;

    (void)r;
    if (fails(&rc))
        return rc;
    i = place(s->row.first, s->row.last, &is);
    if (how == REG_ADD && is)
        return fail(DB_TAKEN, "it is there already");
    if (how == REG_CHANGE && !is)
        return fail(DB_FAILED, "it is not there");
    if (!is) {
        memmove(&fake.row[i + 1], &fake.row[i],
                (fake.rows - i) * sizeof(fake.row[0]));
        fake.rows++;
    }
    fake.row[i] = *s;
    fake.row[i].changed_ms = 1795514400000;
    changed(who);
    return DB_OK;
}

enum db_rc reg_del(struct reg *r, const char *first, const char *last,
                   const char *who, int64_t *n)
{
    enum db_rc rc;
    unsigned i;
    bool is;

    (void)r;
    *n = 0;
    if (fails(&rc))
        return rc;
    i = place(first, last, &is);
    if (!is)
        return DB_OK;
    fake.rows--;
    memmove(&fake.row[i], &fake.row[i + 1],
            (fake.rows - i) * sizeof(fake.row[0]));
    changed(who);
    *n = 1;
    return DB_OK;
}

static bool fits(const char *want, const char *is)
{
    return want[0] == '\0' || strcmp(want, is) == 0;
}

static bool listed(const struct reg_filter *f, const struct hlr_stored *s)
{
    int after = strcmp(s->row.first, f->after);

    if (f->number[0] != '\0' && (strlen(f->number) != strlen(s->row.first) ||
                                 strcmp(s->row.first, f->number) > 0 ||
                                 strcmp(s->row.last, f->number) < 0))
        return false;
    if (f->after[0] != '\0' &&
        (after < 0 ||
         (after == 0 && (f->after_last[0] == '\0' ||
                         strcmp(s->row.last, f->after_last) <= 0))))
        return false;
    return strncmp(s->row.first, f->prefix, strlen(f->prefix)) == 0 &&
           fits(f->network, s->network) && fits(f->route, s->route) &&
           fits(f->owner, s->owner) && fits(f->imsi, s->row.imsi) &&
           (f->status == 0 || f->status == s->row.status);
}

enum db_rc reg_list(struct reg *r, const struct reg_filter *f, reg_row *row,
                    void *ctx)
{
    enum db_rc rc;
    unsigned n = 0;

    (void)r;
    if (fails(&rc))
        return rc;
    for (unsigned i = 0; i < fake.rows; i++) {
        if (!listed(f, &fake.row[i]))
            continue;
        if (f->limit != 0 && n++ == f->limit)
            break;
        if (!row(ctx, &fake.row[i]))
            break;
    }
    return DB_OK;
}

/* A number that begins with 99 does not fit. */
enum db_rc reg_import(struct reg *r, struct reg_import *in, const char *who)
{
    static struct hlr_stored row[FAKE_ROWS];
    enum db_rc rc = DB_OK;
    unsigned line, n = 0;
    bool is;

    if (fails(&rc))
        return rc;
    in->rows = in->replaced = in->wrong = 0;
    while (n < FAKE_ROWS && in->next(in->ctx, &row[n], &line)) {
        place(row[n].row.first, row[n].row.last, &is);
        in->rows++;
        in->replaced += is;
        if (strncmp(row[n].row.first, "99", 2) == 0 || (is && !in->replace)) {
            in->tell(in->ctx, line, is ? "is there already" : "overlaps");
            in->wrong++;
        }
        n++;
    }
    if (in->wrong > 0)
        return fail(DB_FAILED, "rows are wrong");
    for (unsigned i = 0; i < n && rc == DB_OK && !in->dry_run; i++)
        rc = reg_put(r, &row[i], REG_REPLACE, who);
    return rc;
}

/* ---- owners ---- */

static unsigned owner(const char *name)
{
    unsigned i = 0;

    while (i < fake.owners && strcmp(fake.owner[i], name) != 0)
        i++;
    return i;
}

enum db_rc reg_owner_put(struct reg *r, const char *name, const char *note,
                         const char *who)
{
    enum db_rc rc;
    unsigned i = owner(name);

    (void)r;
    if (fails(&rc))
        return rc;
    if (i == fake.owners)
        fake.owners++;
    snprintf(fake.owner[i], sizeof(fake.owner[i]), "%s", name);
    snprintf(fake.owner_note[i], sizeof(fake.owner_note[i]), "%s", note);
    changed(who);
    return DB_OK;
}

enum db_rc reg_owner_del(struct reg *r, const char *name, const char *who,
                         int64_t *n)
{
    unsigned i = owner(name);

    (void)r;
    *n = i < fake.owners;
    for (unsigned k = 0; k < fake.rows; k++)
        if (strcmp(fake.row[k].owner, name) == 0)
            return fail(DB_TAKEN, "numbers are still his");
    if (*n == 0)
        return DB_OK;
    fake.owners--;
    memmove(fake.owner[i], fake.owner[i + 1],
            (fake.owners - i) * sizeof(fake.owner[0]));
    changed(who);
    return DB_OK;
}

enum db_rc reg_owner_list(struct reg *r,
                          bool (*each)(void *ctx, uint32_t id, const char *name,
                                       const char *note),
                          void *ctx)
{
    enum db_rc rc;

    (void)r;
    if (fails(&rc))
        return rc;
    for (unsigned i = 0; i < fake.owners; i++)
        if (!each(ctx, i + 1, fake.owner[i], fake.owner_note[i]))
            break;
    return DB_OK;
}

/* ---- nodes ---- */

enum db_rc reg_node_list(struct reg *r,
                         bool (*each)(void *ctx, const struct reg_node *node),
                         void *ctx)
{
    enum db_rc rc;

    (void)r;
    if (fails(&rc))
        return rc;
    for (unsigned i = 0; i < fake.nodes; i++)
        if (!each(ctx, &fake.node[i]))
            break;
    return DB_OK;
}

enum db_rc reg_node_drain(struct reg *r, const char *id, bool drain,
                          const char *who, int64_t *n)
{
    (void)r;
    *n = 0;
    for (unsigned i = 0; i < fake.nodes; i++)
        if (strcmp(fake.node[i].id, id) == 0) {
            fake.node[i].drain = drain;
            *n = 1;
        }
    changed(who);
    return DB_OK;
}

enum db_rc reg_node_weight(struct reg *r, const char *id, uint16_t weight,
                           const char *who, int64_t *n)
{
    (void)r;
    *n = 0;
    for (unsigned i = 0; i < fake.nodes; i++)
        if (strcmp(fake.node[i].id, id) == 0) {
            fake.node[i].weight = weight;
            *n = 1;
        }
    changed(who);
    return DB_OK;
}

enum db_rc reg_node_del(struct reg *r, const char *id, const char *who,
                        int64_t *n)
{
    unsigned left = 0;

    (void)r;
    for (unsigned i = 0; i < fake.nodes; i++)
        if (strcmp(fake.node[i].id, id) != 0)
            fake.node[left++] = fake.node[i];
    *n = fake.nodes - left;
    fake.nodes = left;
    changed(who);
    return DB_OK;
}

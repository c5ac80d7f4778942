/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_db.c - the register in a database, as the loader reads it
 */

#include "hlr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many changes take longer to read one by one than the whole register. */
enum { TODO_MAX = 200000 };

struct source {
    struct reg *reg;
    /* changes that the journal told of and that are not read yet */
    struct reg_change *todo;
    unsigned n, done, room;
};

static void *db_open_(const struct hlr_conf *conf, bool *wait, char *why,
                      size_t size)
{
    struct source *s;
    struct reg *reg;
    struct db *db;

    *wait = db_try_open(&conf->db, true, &db, why, size) == DB_LOST;
    if (db == NULL)
        return NULL;
    if (db_schema(db) < 0) {
        *wait = true;
        snprintf(why, size, "%s", db_why(db));
        db_close(db);
        return NULL;
    }
    reg = reg_new(db, why, size);
    if (reg == NULL)
        return NULL;
    s = calloc(1, sizeof(*s));
    if (s == NULL)
        abort();
    s->reg = reg;
    return s;
}

static void db_close_(void *self)
{
    struct source *s = self;

    reg_free(s->reg);
    free(s->todo);
    free(s);
}

static int told(const struct source *s, enum db_rc rc, char *why, size_t size)
{
    if (rc == DB_OK)
        return 0;
    snprintf(why, size, "%s", reg_why(s->reg));
    return -1;
}

static int db_count(void *self, uint64_t *n, char *why, size_t size)
{
    struct source *s = self;
    int64_t count = 0;
    enum db_rc rc = reg_count(s->reg, &count);

    *n = count > 0 ? (uint64_t)count : 0;
    return told(s, rc, why, size);
}

static uint64_t clock_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int db_load(void *self, reg_row *row, void *ctx, char *why, size_t size)
{
    static const struct reg_filter all = { .status = 0 };
    struct source *s = self;
    enum db_rc rc = reg_mark(s->reg, clock_ms());

    s->n = s->done = 0;
    if (rc == DB_OK)
        rc = reg_list(s->reg, &all, row, ctx);
    return told(s, rc, why, size);
}

/* ---- changes ---- */

static void keep(void *ctx, const struct reg_change *c)
{
    struct source *s = ctx;

    if (s->n == s->room) {
        s->room = s->room == 0 ? 1024 : 2 * s->room;
        s->todo = realloc(s->todo, s->room * sizeof(*s->todo));
        if (s->todo == NULL)
            abort();
    }
    s->todo[s->n++] = *c;
}

static int order(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct reg_change));
}

/* A row that was changed twice is read once. */
static void once(struct source *s)
{
    unsigned n = 0;

    if (s->n < 2)
        return;
    qsort(s->todo, s->n, sizeof(*s->todo), order);
    for (unsigned i = 0; i < s->n; i++)
        if (i == 0 || order(&s->todo[i], &s->todo[n - 1]) != 0)
            s->todo[n++] = s->todo[i];
    s->n = n;
}

struct reading {
    bool (*change)(void *ctx, const struct hlr_change *c);
    void *ctx;
    unsigned rows;
    bool enough;
};

static bool is_there(void *ctx, const struct hlr_stored *row)
{
    struct reading *r = ctx;
    struct hlr_change c = { .what = HLR_PUT, .s = row };

    r->rows++;
    r->enough = !r->change(r->ctx, &c);
    return !r->enough;
}

static void is_gone(struct reading *r, const struct reg_change *c)
{
    struct hlr_stored s = { .network = "" };
    struct hlr_change gone = { .what = HLR_DEL, .s = &s };

    memcpy(s.row.first, c->first, sizeof(s.row.first));
    memcpy(s.row.last, c->last, sizeof(s.row.last));
    r->enough = !r->change(r->ctx, &gone);
}

static enum db_rc read_change(struct source *s, const struct reg_change *c,
                              struct reading *r)
{
    struct hlr_change whole = { .what = HLR_ALL };
    enum db_rc rc;

    switch (c->what) {
    case REG_CHANGED_ROW:
    case REG_CHANGED_BLOCK:
        r->rows = 0;
        rc = reg_read(s->reg, c, is_there, r);
        if (rc == DB_OK && r->rows == 0 && c->what == REG_CHANGED_ROW)
            is_gone(r, c);
        return rc;
    case REG_CHANGED_SMALL:
        whole.what = HLR_SMALL;
        break;
    case REG_CHANGED_ALL:
        break;
    }
    r->enough = !r->change(r->ctx, &whole);
    return DB_OK;
}

/* What was told of and could not be read is read the next time. */
static int db_follow(void *self, uint64_t now_ms,
                     bool (*change)(void *ctx, const struct hlr_change *c),
                     void *ctx, char *why, size_t size)
{
    struct source *s = self;
    struct reading r = { .change = change, .ctx = ctx };
    enum db_rc rc = DB_OK;

    if (s->done == s->n) {
        s->n = s->done = 0;
        rc = reg_changes(s->reg, now_ms, keep, s);
        once(s);
        if (s->n > TODO_MAX) {
            s->n = 1;
            s->todo[0] = (struct reg_change){ .what = REG_CHANGED_ALL };
        }
    }
    while (rc == DB_OK && s->done < s->n && !r.enough) {
        rc = read_change(s, &s->todo[s->done], &r);
        s->done += rc == DB_OK && !r.enough;
    }
    return told(s, rc, why, size);
}

static struct reg *db_reg(void *self)
{
    struct source *s = self;

    return s->reg;
}

const struct hlr_backend hlr_db = {
    .name = "database",
    .open = db_open_,
    .close = db_close_,
    .count = db_count,
    .load = db_load,
    .follow = db_follow,
    .reg = db_reg,
};

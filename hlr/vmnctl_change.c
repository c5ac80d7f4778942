/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_change.c - add, del, import and check
 *
 * Every change is one transaction. The register is loaded in it as the box
 * would load it, the new rows are added to that, and only if all of them fit
 * is it committed: the box never meets a register that it cannot use.
 */

#include "vmnctl.h"

#include "csv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRESS = 0x4000 /* rows between two signs of life */ };

/* Rows to add: one, or those of a text. */
struct source {
    const char *name;
    const struct hlr_stored *one;
    char *text;
    size_t len;
    size_t wrong; /* lines */
    bool told;
};

struct change {
    struct vmnctl *v;
    struct hlr_build *build;
    size_t rows, wrong, replaced;
    bool failed; /* the database, not a row */
    bool progress;
    const struct source *source;
};

typedef bool each_row(struct change *c, const struct hlr_stored *row,
                      const char *where, double done);

static void tell_line(struct source *s, const struct csv *c)
{
    if (s->told || s->wrong++ >= HLR_TOLD_MAX)
        return;
    vmnctl_say("%s:%u: %s%s%s%s", s->name, c->line, c->why,
               c->field[0] != '\0' ? ": <" : "", c->field,
               c->field[0] != '\0' ? ">" : "");
}

static void each(struct source *s, each_row *fn, struct change *change)
{
    struct hlr_stored row;
    struct csv csv;
    char where[300];
    int rc;

    if (s->one != NULL) {
        fn(change, s->one, "row", 1);
        return;
    }
    if (csv_open(&csv, s->text, s->len) == -1) {
        tell_line(s, &csv);
        s->told = true;
        return;
    }
    while ((rc = csv_next(&csv, &row)) != 0) {
        double done = (double)(csv.at - s->text) / (double)s->len;

        if (rc == -1) {
            tell_line(s, &csv);
            continue;
        }
        snprintf(where, sizeof(where), "%s:%u", s->name, csv.line);
        if (!fn(change, &row, where, done))
            break;
    }
    s->told = true;
}

static void say_progress(struct change *c, const char *what, double done)
{
    if (c->progress && c->rows % PROGRESS == 0)
        fprintf(stderr, "\rvmnctl: %s: %zu rows, %.0f %%  ", what, c->rows,
                done * 100);
}

static void end_progress(struct change *c)
{
    if (c->progress && c->rows >= PROGRESS)
        fprintf(stderr, "\r%60s\r", "");
}

static void database_failed(struct change *c)
{
    vmnctl_say("%s", hlr_db_why(c->v->db));
    c->failed = true;
}

/* First pass: only the lines are checked, and old rows make room. */
static bool make_way(struct change *c, const struct hlr_stored *row,
                     const char *where, double done)
{
    int n;

    (void)where;
    c->rows++;
    say_progress(c, "checking", done);
    if (!c->v->replace)
        return true;
    n = hlr_db_delete(c->v->db, row->row.first, row->row.last);
    if (n == -1)
        database_failed(c);
    else
        c->replaced += (size_t)n;
    return !c->failed;
}

/* Second pass: together with what is there. */
static bool add_row(struct change *c, const struct hlr_stored *row,
                    const char *where, double done)
{
    c->rows++;
    say_progress(c, "adding", done);
    vmnctl_learn(c->v, row);
    if (hlr_build_add(c->build, row, where) == -1)
        c->wrong++;
    else if (c->wrong == 0 && c->source->wrong == 0 &&
             hlr_db_insert(c->v->db, row) == -1)
        database_failed(c);
    return !c->failed;
}

/* In a transaction. True: it may be committed. */
static bool fits(struct change *c, struct source *s)
{
    struct hlr_table *t;
    char why[300];

    each(s, make_way, c);
    if (c->failed)
        return false;
    c->build = vmnctl_load(c->v);
    if (c->build == NULL)
        return false;
    c->rows = 0;
    each(s, add_row, c);
    end_progress(c);
    t = hlr_build_end(c->build, why, sizeof(why));
    if (t == NULL && !c->failed && c->wrong == 0)
        vmnctl_say("%s", why);
    hlr_table_free(t);
    return t != NULL && !c->failed && s->wrong == 0;
}

static int apply(struct vmnctl *v, struct source *s)
{
    struct change c = { .v = v, .source = s, .progress = isatty(2) != 0 };
    bool good;

    if (hlr_db_begin(v->db) == -1) {
        vmnctl_say("%s", hlr_db_why(v->db));
        return EXIT_FAILED;
    }
    good = fits(&c, s);
    if (hlr_db_end(v->db, good && !v->dry_run) == -1) {
        vmnctl_say("%s", hlr_db_why(v->db));
        good = false;
    }
    if (!good) {
        vmnctl_say("%zu row(s) wrong, nothing was changed", s->wrong + c.wrong);
        return EXIT_FAILED;
    }
    if (s->one == NULL)
        printf("%zu rows %s, %zu of them in place of others\n", c.rows,
               v->dry_run ? "could be imported" : "imported", c.replaced);
    return EXIT_OK;
}

int vmnctl_add(struct vmnctl *v)
{
    struct source s = { .one = &v->row };

    return apply(v, &s);
}

/* All of it, with room for one octet behind. */
static char *read_all(FILE *f, size_t *len)
{
    char *text = NULL;
    size_t room = 0, n;

    *len = 0;
    do {
        if (room - *len < 2) {
            char *more = realloc(text, room = room == 0 ? 65536 : 2 * room);

            if (more == NULL)
                abort();
            text = more;
        }
        n = fread(text + *len, 1, room - *len, f);
        *len += n;
    } while (n > 0);
    return text;
}

int vmnctl_import(struct vmnctl *v, const char *file)
{
    bool in = strcmp(file, "-") == 0;
    FILE *f = in ? stdin : fopen(file, "r");
    struct source s = { .name = in ? "standard input" : file };
    int rc = EXIT_FAILED;

    if (f != NULL)
        s.text = read_all(f, &s.len);
    if (f == NULL || ferror(f))
        vmnctl_say("%s: %s", s.name, strerror(errno));
    else
        rc = apply(v, &s);
    if (f != NULL && !in)
        fclose(f);
    free(s.text);
    return rc;
}

static bool in_range(void *ctx, const struct hlr_stored *row)
{
    char text[40];

    if (strcmp(row->row.first, row->row.last) != 0)
        vmnctl_say("%s is in the range %s", (const char *)ctx,
                   hlr_row_str(&row->row, text, sizeof(text)));
    return true;
}

int vmnctl_del(struct vmnctl *v)
{
    struct hlr_row *r = &v->row.row;
    struct hlr_filter f = { .status = 0 };
    char text[40];
    int n = hlr_db_delete(v->db, r->first, r->last);

    if (n == 1)
        return EXIT_OK;
    if (n == -1) {
        vmnctl_say("%s", hlr_db_why(v->db));
        return EXIT_FAILED;
    }
    vmnctl_say("%s is not there", hlr_row_str(r, text, sizeof(text)));
    if (strcmp(r->first, r->last) == 0) {
        memcpy(f.number, r->first, sizeof(f.number));
        hlr_db_list(v->db, &f, in_range, r->first);
    }
    return EXIT_FAILED;
}

int vmnctl_check(struct vmnctl *v)
{
    struct hlr_build *b = vmnctl_load(v);
    struct hlr_table *t;
    char why[300];

    if (b == NULL)
        return EXIT_FAILED;
    t = hlr_build_end(b, why, sizeof(why));
    if (t == NULL) {
        vmnctl_say("%s", why);
        return EXIT_FAILED;
    }
    printf("%zu rows, %zu KiB in memory: good%s\n", hlr_table_rows(t),
           hlr_table_octets(t) / 1024,
           v->named ? "" : " (networks and routes were not checked: no -f)");
    hlr_table_free(t);
    return EXIT_OK;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_import.c - many rows at once, from CSV
 */

#include "vmnctl.h"

#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOLD = 10000 /* lines that wait to be told in their order */ };

struct told {
    unsigned line;
    char *why;
};

struct source {
    struct vmnctl *v;
    const char *name;
    char *text;
    size_t len;
    bool mapped;
    struct csv csv;
    struct reg_import *in;
    struct told told[TOLD];
    unsigned n_told;
};

int vmnctl_import_check(struct vmnctl *v)
{
    bool broken_off = v->resume || v->abort;

    if (v->resume && v->abort)
        return vmnctl_usage("either --resume or --abort");
    if (broken_off && (v->args > 0 || v->replace || v->dry_run))
        return vmnctl_usage("with --resume and --abort there is no file, and "
                            "no other option");
    if (!broken_off && v->args == 0)
        return vmnctl_usage("import what? A file, or - for standard input");
    return 0;
}

/* ---- the file ---- */

/* All of it, with room for one octet behind. */
static int read_all(struct source *s, int fd)
{
    size_t room = 0;
    ssize_t n;

    do {
        if (room - s->len < 2) {
            s->text = realloc(s->text, room = room == 0 ? 65536 : 2 * room);
            if (s->text == NULL)
                abort();
        }
        n = read(fd, s->text + s->len, room - s->len - 1);
        s->len += n > 0 ? (size_t)n : 0;
    } while (n > 0);
    return n == 0 ? 0 : -1;
}

static int open_source(struct source *s)
{
    bool in = strcmp(s->name, "-") == 0;
    int fd = in ? STDIN_FILENO : open(s->name, O_RDONLY);
    struct stat st;
    int rc = 0;

    if (in)
        s->name = "standard input";
    if (fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
        st.st_size > 0 && !in) {
        s->len = (size_t)st.st_size;
        s->text = mmap(NULL, s->len, PROT_READ, MAP_PRIVATE, fd, 0);
        s->mapped = s->text != MAP_FAILED;
        rc = s->mapped ? 0 : -1;
    } else {
        rc = fd == -1 ? -1 : read_all(s, fd);
    }
    if (rc == -1)
        vmnctl_say("%s: %s", s->name, strerror(errno));
    if (fd != -1 && !in)
        close(fd);
    return rc;
}

static void close_source(struct source *s)
{
    if (s->mapped)
        munmap(s->text, s->len);
    else if (s->text != MAP_FAILED)
        free(s->text);
}

/* ---- rows ---- */

static int by_line(const void *a, const void *b)
{
    const struct told *x = a, *y = b;

    return (x->line > y->line) - (x->line < y->line);
}

static void tell_all(struct source *s)
{
    if (s->n_told == 0)
        return;
    progress_end();
    qsort(s->told, s->n_told, sizeof(s->told[0]), by_line);
    for (unsigned i = 0; i < s->n_told; i++) {
        vmnctl_say("%s:%u: %s", s->name, s->told[i].line, s->told[i].why);
        free(s->told[i].why);
    }
    s->n_told = 0;
}

static void tell(void *ctx, unsigned line, const char *why)
{
    struct source *s = ctx;
    char *copy = strdup(why);

    if (copy == NULL)
        abort();
    if (s->n_told == TOLD)
        tell_all(s);
    s->told[s->n_told++] = (struct told){ line, copy };
}

static void tell_line(struct source *s)
{
    const struct csv *c = &s->csv;
    char why[ROW_TEXT_MAX + 100];

    snprintf(why, sizeof(why), "%s%s%s%s", c->why,
             c->field[0] != '\0' ? ": <" : "", c->field,
             c->field[0] != '\0' ? ">" : "");
    tell(s, c->line, why);
    s->in->wrong++;
}

static bool next(void *ctx, struct hlr_stored *row, unsigned *line)
{
    struct source *s = ctx;
    const char *why, *name;
    int rc;

    while ((rc = csv_next(&s->csv, row)) != 0) {
        *line = s->csv.line;
        if (rc == -1) {
            tell_line(s);
            continue;
        }
        name = vmnctl_odd_name(s->v, row, &why);
        if (name == NULL)
            return true;
        s->csv.why = why;
        snprintf(s->csv.field, sizeof(s->csv.field), "%s", name);
        tell_line(s);
    }
    return false;
}

static void progress(void *ctx, const char *what, uint64_t done, uint64_t of)
{
    (void)ctx;
    progress_tell(what, done, of);
}

/* ---- all of it ---- */

static int import_source(struct source *s)
{
    struct vmnctl *v = s->v;
    struct reg_import in = { .next = next,
                             .tell = tell,
                             .progress = progress,
                             .ctx = s,
                             .replace = v->replace,
                             .dry_run = v->dry_run };
    enum db_rc rc;

    s->in = &in;
    if (csv_open(&s->csv, s->text, s->len) == -1) {
        tell_line(s);
        tell_all(s);
        vmnctl_say("nothing was changed");
        return EXIT_FAILED;
    }
    rc = reg_import(v->reg, &in, v->who);
    progress_end();
    tell_all(s);
    if (rc != DB_OK)
        return vmnctl_failed(v);
    printf("%llu rows %s, %llu of them in place of others\n",
           (unsigned long long)in.rows,
           v->dry_run ? "could be imported" : "imported",
           (unsigned long long)in.replaced);
    return vmnctl_end_output();
}

static int go_on(struct vmnctl *v)
{
    struct reg_import in = { .progress = progress };
    enum db_rc rc = v->resume ? reg_import_resume(v->reg, &in, v->who)
                              : reg_import_abort(v->reg, &in, v->who);

    progress_end();
    if (rc != DB_OK)
        return vmnctl_failed(v);
    if (v->resume)
        printf("all %llu rows are imported\n", (unsigned long long)in.rows);
    else
        printf("%llu rows taken out\n", (unsigned long long)in.rows);
    return vmnctl_end_output();
}

int vmnctl_import(struct vmnctl *v)
{
    static struct source s;
    int rc = EXIT_FAILED;

    s.v = v;
    s.name = v->arg[0];
    if (v->resume || v->abort)
        return go_on(v);
    if (open_source(&s) == 0)
        rc = import_source(&s);
    close_source(&s);
    return rc;
}

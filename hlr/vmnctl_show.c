/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_show.c - show, list and export
 */

#include "vmnctl.h"

#include "hlr_build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct listing {
    const struct vmnctl *v;
    FILE *to;
    uint64_t n;
    bool progress;
};

/* ---- forms ---- */

void vmnctl_put_json(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    }
    putchar('"');
}

static void put_csv(FILE *to, const char *text, char behind)
{
    bool quote = strpbrk(text, ",\"\n#") != NULL;

    if (quote)
        putc('"', to);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    if (quote)
        putc('"', to);
    putc(behind, to);
}

static void put_text_json(const char *text)
{
    if (text[0] == '\0')
        fputs("null", stdout);
    else
        vmnctl_put_json(text);
}

static void put_value_json(const struct hlr_stored *s, enum row_column i)
{
    char buf[ROW_TEXT_MAX];
    const char *text = row_get(s, i, buf);

    printf("\"%s\": ", row_column_name[i]);
    if (i == ROW_RATE)
        printf("%u", s->row.rate);
    else
        put_text_json(text);
}

static void put_row_json(const struct hlr_stored *s)
{
    for (int i = 0; i < ROW_COLUMNS; i++) {
        fputs(i == 0 ? "{ " : ", ", stdout);
        put_value_json(s, (enum row_column)i);
    }
    fputs(" }", stdout);
}

static void put_row_csv(FILE *to, const struct hlr_stored *s)
{
    char buf[ROW_TEXT_MAX];

    for (int i = 0; i < ROW_COLUMNS; i++)
        put_csv(to, row_get(s, (enum row_column)i, buf),
                i + 1 < ROW_COLUMNS ? ',' : '\n');
}

static const char *or_dash(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "-";
}

static void put_row_text(const struct hlr_stored *s)
{
    const char *imsi = s->row.correlation ? "correlation" : s->row.imsi;

    printf("%-15s  %-15s  %-15s  %-12s  %-7s  %-15s  %s\n", s->row.first,
           strcmp(s->row.first, s->row.last) == 0 ? "" : s->row.last,
           or_dash(imsi), or_dash(s->network),
           or_dash(hlr_status_str(s->row.status)), or_dash(s->route),
           or_dash(s->owner));
}

/* ---- list and export ---- */

static bool put_row(void *ctx, const struct hlr_stored *s)
{
    struct listing *l = ctx;

    switch (l->v->form) {
    case FORM_JSON:
        fputs(l->n == 0 ? "[\n  " : ",\n  ", stdout);
        put_row_json(s);
        break;
    case FORM_CSV:
        put_row_csv(l->to, s);
        break;
    default:
        put_row_text(s);
    }
    l->n++;
    if (l->progress && l->n % 1000 == 0)
        progress_tell("writing", l->n, 0);
    return !ferror(l->to);
}

static void put_heading(const struct listing *l)
{
    if (l->v->form == FORM_TEXT)
        printf("%-15s  %-15s  %-15s  %-12s  %-7s  %-15s  %s\n", "NUMBER", "TO",
               "IMSI", "NETWORK", "STATUS", "ROUTE", "OWNER");
    for (int i = 0; l->v->form == FORM_CSV && i < ROW_COLUMNS; i++)
        fprintf(l->to, "%s%c", row_column_name[i],
                i + 1 < ROW_COLUMNS ? ',' : '\n');
}

int vmnctl_list(struct vmnctl *v)
{
    struct listing l = { .v = v, .to = stdout };

    put_heading(&l);
    if (reg_list(v->reg, &v->filter, put_row, &l) != DB_OK)
        return vmnctl_failed(v);
    if (v->form == FORM_JSON)
        puts(l.n == 0 ? "[]" : "\n]");
    return vmnctl_end_output();
}

int vmnctl_export(struct vmnctl *v)
{
    const char *name = v->args > 0 ? v->arg[0] : "-";
    bool out = strcmp(name, "-") == 0;
    struct listing l = { .v = v,
                         .to = out ? stdout : fopen(name, "w"),
                         .progress = !out };
    enum db_rc rc;
    bool good;

    if (l.to == NULL) {
        vmnctl_say("%s: %s", name, strerror(errno));
        return EXIT_FAILED;
    }
    v->form = FORM_CSV;
    put_heading(&l);
    rc = reg_list(v->reg, &v->filter, put_row, &l);
    progress_end();
    if (out)
        return rc == DB_OK ? vmnctl_end_output() : vmnctl_failed(v);
    good = !ferror(l.to);
    if (fclose(l.to) != 0 || !good) {
        vmnctl_say("%s: %s", name, strerror(errno));
        return EXIT_FAILED;
    }
    if (rc != DB_OK)
        return vmnctl_failed(v);
    printf("%llu rows exported\n", (unsigned long long)l.n);
    return vmnctl_end_output();
}

/* ---- show ---- */

int vmnctl_show_check(struct vmnctl *v)
{
    if (v->filter.imsi[0] != '\0')
        return v->args > 0 ? vmnctl_usage("either a number or --imsi") : 0;
    if (v->args == 0)
        return vmnctl_usage("show what? A number, or --imsi");
    return vmnctl_numbers(v);
}

struct found {
    struct vmnctl *v;
    struct hlr_build *build;
    struct hlr_stored row; /* the one that counts: the last one listed */
    struct hlr_entry e;
    const char *imsi; /* it is looked for; NULL: a number */
    bool any;
};

/* Into a table of its own: so what is computed is computed as in the box. */
static bool take_row(void *ctx, const struct hlr_stored *s)
{
    struct found *f = ctx;
    struct hlr_row row;
    const char *why;
    struct hlr_table *t =
        hlr_table_new(f->v->hlr.mccmnc, f->v->hlr.networks, 1);

    vmnctl_odd_name(f->v, s, &why);
    hlr_build_row(f->build, s, &row);
    if (hlr_table_put(t, &row, &why) == -1)
        row.imsi[0] = '\0';
    if (f->imsi != NULL ? hlr_find_imsi(t, f->imsi, &f->e)
                        : hlr_find_msisdn(t, f->v->row.row.first, &f->e)) {
        f->row = *s;
        f->any = true;
    }
    hlr_table_free(t);
    return true;
}

static bool take_made(void *ctx, const struct hlr_stored *s)
{
    struct found *f = ctx;
    const char *number = s->row.first, *imsi = f->imsi;
    size_t n = strlen(number), m = strlen(imsi);

    /* What has one of its own was looked at; and the end of a number is that
     * of its IMSI. */
    if (s->row.imsi[0] != '\0' || s->row.correlation ||
        (strcmp(number, s->row.last) == 0 && number[n - 1] != imsi[m - 1]))
        return true;
    take_row(f, s);
    return !f->any;
}

static int put_found(const struct found *f)
{
    const struct hlr_stored *s = &f->row;
    const char *imsi = f->e.imsi;
    char text[40], buf[ROW_TEXT_MAX];

    if (s->row.correlation)
        imsi = "";
    else if (s->row.imsi[0] == '\0' && !f->v->named)
        imsi = "";
    if (f->v->form == FORM_JSON) {
        printf("{ \"number\": \"%s\", \"imsi\": ", f->e.msisdn);
        put_text_json(imsi);
        for (int i = ROW_NETWORK; i < ROW_COLUMNS; i++) {
            fputs(", ", stdout);
            put_value_json(s, (enum row_column)i);
        }
        printf(", \"first\": \"%s\", \"last\": \"%s\" }\n", s->row.first,
               s->row.last);
        return vmnctl_end_output();
    }
    printf("number      %s\n", f->e.msisdn);
    printf("imsi        %s\n", s->row.correlation ? "made for each question"
                               : imsi[0] != '\0'
                                   ? imsi
                                   : "made of the network's mcc-mnc (see -f)");
    printf("row         %s\n", hlr_row_str(&s->row, text, sizeof(text)));
    for (int i = ROW_NETWORK; i < ROW_COLUMNS; i++)
        printf("%-10s  %s\n", row_column_name[i],
               or_dash(row_get(s, (enum row_column)i, buf)));
    return vmnctl_end_output();
}

/* An IMSI that is made of the number is in no index: all are looked at. */
static enum db_rc find(struct found *f)
{
    struct reg_filter filter = { .status = 0 };
    enum db_rc rc;

    if (f->imsi == NULL)
        memcpy(filter.number, f->v->row.row.first, sizeof(filter.number));
    else
        memcpy(filter.imsi, f->imsi, sizeof(filter.imsi));
    rc = reg_list(f->v->reg, &filter, take_row, f);
    filter = (struct reg_filter){ .status = 0 };
    if (rc == DB_OK && f->imsi != NULL && !f->any && f->v->named)
        rc = reg_list(f->v->reg, &filter, take_made, f);
    return rc;
}

int vmnctl_show(struct vmnctl *v)
{
    struct found f = { .v = v };
    enum db_rc rc;

    f.imsi = v->filter.imsi[0] != '\0' ? v->filter.imsi : NULL;
    f.build = hlr_build_new(&v->hlr);
    rc = find(&f);
    hlr_build_free(f.build);
    if (rc != DB_OK)
        return vmnctl_failed(v);
    if (f.any)
        return put_found(&f);
    if (f.imsi != NULL)
        vmnctl_say("IMSI %s is not there", f.imsi);
    else
        vmnctl_say("%s is not there", v->row.row.first);
    return EXIT_FAILED;
}

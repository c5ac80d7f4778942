/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_show.c - show and list
 */

#include "vmnctl.h"

#include <stdio.h>
#include <string.h>

struct listing {
    const struct vmnctl *v;
    unsigned long n;
};

/* Names come from a file that others may have written. */
static void put_json(const char *key, const char *text, const char *behind)
{
    printf("\"%s\": ", key);
    if (text == NULL) {
        printf("null%s", behind);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    }
    printf("\"%s", behind);
}

static void put_csv(const char *text, char behind)
{
    bool quote = strpbrk(text, ",\"\n#") != NULL;

    if (quote)
        putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    if (quote)
        putchar('"');
    putchar(behind);
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void put_row_json(const struct hlr_stored *s, bool is_first)
{
    printf("%s\n  { ", is_first ? "[" : ",");
    put_json("first", s->row.first, ", ");
    put_json("last", s->row.last, ", ");
    put_json("imsi", or_null(s->row.imsi), ", ");
    put_json("network", or_null(s->network), ", ");
    put_json("status", hlr_status_str(s->row.status), ", ");
    put_json("route", or_null(s->route), " }");
}

static void put_row_csv(const struct hlr_stored *s)
{
    const char *status = hlr_status_str(s->row.status);

    put_csv(s->row.first, ',');
    put_csv(s->row.last, ',');
    put_csv(s->row.imsi, ',');
    put_csv(s->network, ',');
    put_csv(status != NULL ? status : "", ',');
    put_csv(s->route, '\n');
}

static const char *or_dash(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "-";
}

static bool put_row(void *ctx, const struct hlr_stored *s)
{
    struct listing *l = ctx;

    switch (l->v->form) {
    case FORM_JSON:
        put_row_json(s, l->n == 0);
        break;
    case FORM_CSV:
        put_row_csv(s);
        break;
    default:
        printf("%-15s  %-15s  %-15s  %-12s  %-7s  %s\n", s->row.first,
               strcmp(s->row.first, s->row.last) == 0 ? "" : s->row.last,
               or_dash(s->row.imsi), or_dash(s->network),
               or_dash(hlr_status_str(s->row.status)), or_dash(s->route));
    }
    l->n++;
    return l->v->limit == 0 || l->n < l->v->limit;
}

static int end_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_OK;
    vmnctl_say("the output could not be written");
    return EXIT_FAILED;
}

int vmnctl_list(struct vmnctl *v)
{
    struct listing l = { .v = v };

    if (v->form == FORM_CSV)
        puts("first,last,imsi,network,status,route");
    else if (v->form == FORM_TEXT)
        printf("%-15s  %-15s  %-15s  %-12s  %-7s  %s\n", "NUMBER", "TO", "IMSI",
               "NETWORK", "STATUS", "ROUTE");
    if (hlr_db_list(v->db, &v->filter, put_row, &l) == -1) {
        vmnctl_say("%s", hlr_db_why(v->db));
        return EXIT_FAILED;
    }
    if (v->form == FORM_JSON)
        puts(l.n == 0 ? "[]" : "\n]");
    return end_output();
}

/* ---- show ---- */

struct found {
    struct vmnctl *v;
    struct hlr_build *build;
    struct hlr_stored row; /* the one that counts: the last one listed */
    bool any;
};

static bool take_row(void *ctx, const struct hlr_stored *row)
{
    struct found *f = ctx;

    vmnctl_learn(f->v, row);
    if (hlr_build_add(f->build, row, "row") == 0) {
        f->row = *row;
        f->any = true;
    }
    return true;
}

static void tell_row(void *ctx, const char *line)
{
    (void)ctx;
    vmnctl_say("%s", line);
}

/* The row that a number is in, its own or a range. */
static bool find_number(struct vmnctl *v, const char *number,
                        struct hlr_stored *row, struct hlr_entry *e)
{
    struct found f = { .v = v };
    struct hlr_filter filter = { .status = 0 };
    struct hlr_table *t;
    char why[300];

    memcpy(filter.number, number, sizeof(filter.number));
    f.build = hlr_build_new(&v->hlr, tell_row, NULL);
    if (hlr_db_list(v->db, &filter, take_row, &f) == -1)
        vmnctl_say("%s", hlr_db_why(v->db));
    t = hlr_build_end(f.build, why, sizeof(why));
    f.any = f.any && t != NULL && hlr_find_msisdn(t, number, e);
    hlr_table_free(t);
    *row = f.row;
    return f.any;
}

static bool find_imsi(struct vmnctl *v, struct hlr_entry *e)
{
    struct hlr_build *b = vmnctl_load(v);
    struct hlr_table *t;
    char why[300];
    bool found;

    if (b == NULL)
        return false;
    t = hlr_build_end(b, why, sizeof(why));
    if (t == NULL) {
        vmnctl_say("%s", why);
        return false;
    }
    found = hlr_find_imsi(t, v->imsi, e);
    hlr_table_free(t);
    return found;
}

static void put_entry(const struct vmnctl *v, const struct hlr_stored *row,
                      const struct hlr_entry *e, const char *imsi)
{
    char text[40];

    if (v->form == FORM_JSON) {
        printf("{ ");
        put_json("number", e->msisdn, ", ");
        put_json("imsi", imsi, ", ");
        put_json("network", or_null(row->network), ", ");
        put_json("status", hlr_status_str(e->status), ", ");
        put_json("route", or_null(row->route), ", ");
        put_json("first", row->row.first, ", ");
        put_json("last", row->row.last, " }\n");
        return;
    }
    printf("number   %s\n", e->msisdn);
    printf("imsi     %s\n",
           imsi != NULL ? imsi : "made of the network's mcc-mnc (see -f)");
    printf("network  %s\n", or_dash(row->network));
    printf("status   %s\n", hlr_status_str(e->status));
    printf("route    %s\n", or_dash(row->route));
    printf("row      %s\n", hlr_row_str(&row->row, text, sizeof(text)));
}

int vmnctl_show(struct vmnctl *v)
{
    const char *number = v->row.row.first;
    struct hlr_entry by_imsi, e;
    struct hlr_stored row;

    if (v->imsi[0] != '\0') {
        if (!find_imsi(v, &by_imsi)) {
            vmnctl_say("IMSI %s is not there", v->imsi);
            return EXIT_FAILED;
        }
        number = by_imsi.msisdn;
    }
    if (!find_number(v, number, &row, &e)) {
        vmnctl_say("%s is not there", number);
        return EXIT_FAILED;
    }
    put_entry(v, &row, &e,
              row.row.imsi[0] == '\0' && !v->named ? NULL : e.imsi);
    return end_output();
}

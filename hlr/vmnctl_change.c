/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_change.c - add, change and delete
 */

#include "vmnctl.h"

#include "hlr_build.h"

#include <string.h>

int vmnctl_numbers(struct vmnctl *v)
{
    struct hlr_row *r = &v->row.row;
    const char *why = NULL;

    for (int i = 0; i < v->args; i++) {
        why = row_set_number(i == 0 ? r->first : r->last, v->arg[i]);
        if (why != NULL)
            return vmnctl_usage("%s: <%s>", why, v->arg[i]);
    }
    why = row_check(&v->row);
    return why != NULL ? vmnctl_usage("%s", why) : 0;
}

/* ---- IMSIs that are made of numbers, which no index of the register has ---- */

struct other {
    struct hlr_stored s; /* the last one that was listed */
    bool any;
};

static bool take_other(void *ctx, const struct hlr_stored *s)
{
    struct other *o = ctx;

    o->s = *s;
    o->any = true;
    return true;
}

/* The IMSI that the box makes of the row's number; "": it makes none. */
static void make_imsi(const struct vmnctl *v, const struct hlr_row *row,
                      char imsi[HLR_IMSI_MAX + 1])
{
    struct hlr_table *t = hlr_table_new(v->hlr.mccmnc, v->hlr.networks, 1);
    struct hlr_row made = *row;
    struct hlr_entry e;
    const char *why;

    made.imsi[0] = imsi[0] = '\0';
    if (hlr_table_put(t, &made, &why) == 0 &&
        hlr_find_msisdn(t, made.first, &e))
        memcpy(imsi, e.imsi, sizeof(e.imsi));
    hlr_table_free(t);
}

/*
 * The number of the same form whose made IMSI this is: that of ours, with
 * other digits at its end. False: there is none.
 */
static bool number_of(const struct vmnctl *v, const struct hlr_row *row,
                      char number[HLR_MSISDN_MAX + 1])
{
    const char *mccmnc = v->hlr.mccmnc[row->network];
    size_t n = strlen(row->first), k = HLR_IMSI_MAX - strlen(mccmnc);

    if (strlen(row->imsi) != HLR_IMSI_MAX || mccmnc[0] == '\0' || k > n ||
        strncmp(row->imsi, mccmnc, strlen(mccmnc)) != 0)
        return false;
    memcpy(number, row->first, n + 1);
    memcpy(number + n - k, row->imsi + strlen(mccmnc), k);
    return strcmp(number, row->first) != 0;
}

static void tell_taken(const char *imsi, const char *number, const char *of)
{
    vmnctl_say("IMSI <%s> of %s is that of %s", imsi, number, of);
}

/* Has another number the IMSI that is made of this one? */
static bool made_is_named(struct vmnctl *v, const struct hlr_row *row)
{
    struct reg_filter f = { .status = 0 };
    struct other o = { .any = false };

    make_imsi(v, row, f.imsi);
    if (f.imsi[0] == '\0' || reg_list(v->reg, &f, take_other, &o) != DB_OK ||
        !o.any || strcmp(o.s.row.first, row->first) == 0 ||
        strcmp(o.s.row.first, o.s.row.last) != 0)
        return false;
    tell_taken(f.imsi, row->first, o.s.row.first);
    return true;
}

/* Is the IMSI of this number made of another one? */
static bool named_is_made(struct vmnctl *v, const struct hlr_build *b,
                          const struct hlr_row *row)
{
    struct reg_filter f = { .status = 0 };
    struct other o = { .any = false };
    struct hlr_row there;

    if (!number_of(v, row, f.number) ||
        reg_list(v->reg, &f, take_other, &o) != DB_OK || !o.any ||
        hlr_build_row(b, &o.s, &there) != NULL || there.imsi[0] != '\0' ||
        there.correlation || there.network != row->network)
        return false;
    tell_taken(row->imsi, row->first, f.number);
    return true;
}

/* Single numbers; what is missed here the box tells, and `vmnctl check'. */
static bool made_is_taken(struct vmnctl *v)
{
    struct hlr_build *b = hlr_build_new(&v->hlr);
    struct hlr_row row;
    bool taken = false;

    if (v->named && hlr_build_row(b, &v->row, &row) == NULL &&
        !row.correlation && strcmp(row.first, row.last) == 0)
        taken = row.imsi[0] == '\0' ? made_is_named(v, &row)
                                    : named_is_made(v, b, &row);
    hlr_build_free(b);
    return taken;
}

static int put(struct vmnctl *v, enum reg_how how)
{
    const char *why = "", *name = vmnctl_odd_name(v, &v->row, &why);

    if (name != NULL) {
        vmnctl_say("%s: <%s>", why, name);
        return EXIT_FAILED;
    }
    if (made_is_taken(v))
        return EXIT_FAILED;
    if (reg_put(v->reg, &v->row, how, v->who) != DB_OK)
        return vmnctl_failed(v);
    return EXIT_OK;
}

int vmnctl_add(struct vmnctl *v)
{
    return put(v, v->replace ? REG_REPLACE : REG_ADD);
}

/* ---- change ---- */

struct wanted {
    const struct hlr_row *row;
    struct hlr_stored s;
    bool found;
    char in[REG_NAME_MAX + HLR_MSISDN_MAX]; /* the range that it is in, or "" */
};

static bool take_wanted(void *ctx, const struct hlr_stored *s)
{
    struct wanted *w = ctx;

    if (strcmp(s->row.first, w->row->first) == 0 &&
        strcmp(s->row.last, w->row->last) == 0) {
        w->s = *s;
        w->found = true;
    } else {
        hlr_row_str(&s->row, w->in, sizeof(w->in));
    }
    return true;
}

/* The row with these bounds; if it is not there it is told. */
static int find(struct vmnctl *v, struct wanted *w)
{
    struct reg_filter f = { .status = 0 };
    char text[40];

    w->row = &v->row.row;
    memcpy(f.number, w->row->first, sizeof(f.number));
    if (reg_list(v->reg, &f, take_wanted, w) != DB_OK)
        return vmnctl_failed(v);
    if (w->found)
        return EXIT_OK;
    hlr_row_str(w->row, text, sizeof(text));
    vmnctl_say("%s is not there", text);
    if (w->in[0] != '\0')
        vmnctl_say("%s is in the range %s", w->row->first, w->in);
    return EXIT_FAILED;
}

static bool given(const struct vmnctl *v, enum row_column column)
{
    return (v->set >> column & 1) != 0;
}

int vmnctl_change(struct vmnctl *v)
{
    struct wanted w = { .found = false };
    char buf[ROW_TEXT_MAX];
    const char *why;
    int rc;

    if (v->set == 0)
        return vmnctl_usage("change what?");
    rc = find(v, &w);
    if (rc != EXIT_OK)
        return rc;
    /* The one takes the place of the other. */
    if (given(v, ROW_IMSI) && !given(v, ROW_MODE))
        w.s.row.correlation = false;
    if (v->row.row.correlation && !given(v, ROW_IMSI))
        w.s.row.imsi[0] = '\0';
    for (int i = ROW_IMSI; i < ROW_COLUMNS; i++)
        if (given(v, (enum row_column)i))
            row_set(&w.s, (enum row_column)i,
                    row_get(&v->row, (enum row_column)i, buf));
    v->row = w.s;
    why = row_check(&v->row);
    if (why != NULL) {
        vmnctl_say("%s", why);
        return EXIT_FAILED;
    }
    return put(v, REG_CHANGE);
}

int vmnctl_del(struct vmnctl *v)
{
    struct hlr_row *r = &v->row.row;
    struct wanted w = { .found = false };
    int64_t n;

    if (reg_del(v->reg, r->first, r->last, v->who, &n) != DB_OK)
        return vmnctl_failed(v);
    return n > 0 ? EXIT_OK : find(v, &w);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_lines.c - the numbers and IMSIs of an import, line by line
 */

#include "reg_lines.h"

#include "reg_in.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_fini(struct lines *l)
{
    free(l->number);
    free(l->range);
    *l = (struct lines){ .numbers = 0 };
}

static void *grown(void *array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return array;
    *room = *room == 0 ? 1024 : *room + *room / 2;
    array = realloc(array, *room * size);
    if (array == NULL)
        abort();
    return array;
}

void lines_add(struct lines *l, const struct hlr_row *row, unsigned line)
{
    int64_t imsi = row->imsi[0] != '\0' ? reg_key(row->imsi) : 0;

    if (strcmp(row->first, row->last) == 0) {
        l->number =
            grown(l->number, l->numbers, &l->number_room, sizeof(*l->number));
        l->number[l->numbers++] =
            (struct line_number){ reg_key(row->first), imsi, line };
        return;
    }
    l->range = grown(l->range, l->ranges, &l->range_room, sizeof(*l->range));
    l->range[l->ranges++] =
        (struct line_range){ reg_key(row->first), reg_key(row->last), imsi,
                             line };
}

/* ---- orders ---- */

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_number(const void *a, const void *b)
{
    const struct line_number *x = a, *y = b;
    int o = order(x->number, y->number);

    return o != 0 ? o : order(x->line, y->line);
}

static int by_number_imsi(const void *a, const void *b)
{
    const struct line_number *x = a, *y = b;
    int o = order(x->imsi, y->imsi);

    return o != 0 ? o : order(x->line, y->line);
}

static int by_first(const void *a, const void *b)
{
    const struct line_range *x = a, *y = b;
    int o = order(x->first, y->first);

    return o != 0 ? o : order(x->line, y->line);
}

static int by_range_imsi(const void *a, const void *b)
{
    const struct line_range *x = a, *y = b;
    int o = order(x->imsi, y->imsi);

    return o != 0 ? o : order(x->line, y->line);
}

static void sort(void *array, size_t n, size_t size,
                 int (*cmp)(const void *, const void *))
{
    const char *p = array;

    /* It mostly is, and then this costs nothing. */
    for (size_t i = 1; i < n; i++)
        if (cmp(p + (i - 1) * size, p + i * size) > 0) {
            qsort(array, n, size, cmp);
            return;
        }
}

/* ---- telling ---- */

static void tell(struct lines_tell *t, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(struct lines_tell *t, unsigned line, const char *fmt, ...)
{
    char why[300];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    t->n++;
    t->tell(t->ctx, line, why);
}

struct range_str {
    char text[REG_SPAN_STR];
};

static struct range_str str(int64_t first, int64_t last)
{
    char a[HLR_MSISDN_MAX + 1], b[HLR_MSISDN_MAX + 1];
    struct range_str s;

    reg_digits(a, first);
    reg_digits(b, last);
    reg_span_str(a, b, s.text);
    return s;
}

/* " of line 12" or " of the register" */
static const char *of_line(unsigned line, char buf[32])
{
    if (line == 0)
        return "of the register";
    snprintf(buf, 32, "of line %u", line);
    return buf;
}

static void tell_overlap(struct lines_tell *t, const struct line_range *r,
                         const struct line_range *other)
{
    char buf[32];

    if (r->first == other->first && r->last == other->last && other->line == 0)
        tell(t, r->line, "%s is there already", str(r->first, r->last).text);
    else
        tell(t, r->line, "the range %s overlaps the range %s %s",
             str(r->first, r->last).text, str(other->first, other->last).text,
             of_line(other->line, buf));
}

static void tell_imsi(struct lines_tell *t, unsigned line, struct range_str of,
                      int64_t imsi, const struct line_range *other)
{
    char buf[32];

    tell(t, line, "IMSI <%s> of %s meets <%s> of %s %s", str(imsi, imsi).text,
         of.text, str(other->imsi, other->imsi).text,
         str(other->first, other->last).text, of_line(other->line, buf));
}

/* ---- the import with itself ---- */

static void check_numbers(struct lines *l, struct lines_tell *t)
{
    const struct line_number *n = l->number;

    sort(l->number, l->numbers, sizeof(*n), by_number);
    for (size_t i = 1; i < l->numbers; i++)
        if (n[i].number == n[i - 1].number)
            tell(t, n[i].line, "%s is there already, in line %u",
                 str(n[i].number, n[i].number).text, n[i - 1].line);
}

static void check_ranges(struct lines *l, struct lines_tell *t)
{
    const struct line_range *r = l->range, *top = r;

    sort(l->range, l->ranges, sizeof(*r), by_first);
    for (size_t i = 1; i < l->ranges; i++) {
        if (r[i].first <= top->last) {
            if (r[i].line > top->line)
                tell_overlap(t, &r[i], top);
            else
                tell_overlap(t, top, &r[i]);
        }
        if (r[i].last > top->last)
            top = &r[i];
    }
}

static int64_t imsi_end(const struct line_range *r)
{
    return r->imsi + (r->last - r->first);
}

static void check_range_imsis(struct lines *l, struct lines_tell *t)
{
    const struct line_range *r = l->range, *top = NULL;

    sort(l->range, l->ranges, sizeof(*r), by_range_imsi);
    for (size_t i = 0; i < l->ranges; i++) {
        if (r[i].imsi == 0)
            continue;
        if (top != NULL && r[i].imsi <= imsi_end(top))
            tell_imsi(t, r[i].line, str(r[i].first, r[i].last), r[i].imsi, top);
        if (top == NULL || imsi_end(&r[i]) > imsi_end(top))
            top = &r[i];
    }
}

/*
 * Which range of the list, sorted by IMSI, counts up to this IMSI? Not the one
 * in which the number has the very same IMSI, unless it is the first one, whose
 * IMSI is in the register's unique key.
 */
static const struct line_range *meets_imsi(const struct lines *l,
                                           const struct line_number *n)
{
    size_t low = 0, high = l->ranges;
    const struct line_range *r;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (l->range[mid].imsi <= n->imsi)
            low = mid + 1;
        else
            high = mid;
    }
    r = low > 0 ? &l->range[low - 1] : NULL;
    if (r == NULL || r->imsi == 0 || imsi_end(r) < n->imsi)
        return NULL;
    if (n->imsi != r->imsi && n->imsi - r->imsi == n->number - r->first)
        return NULL;
    return r;
}

/* The ranges are sorted by IMSI. */
static void check_imsis(const struct lines *l, const struct lines *ranges,
                        struct lines_tell *t)
{
    for (size_t i = 0; i < l->numbers; i++) {
        const struct line_number *n = &l->number[i];
        const struct line_range *r;

        if (n->imsi == 0)
            continue;
        r = meets_imsi(ranges, n);
        if (r != NULL)
            tell_imsi(t, n->line, str(n->number, n->number), n->imsi, r);
    }
}

static void check_number_imsis(struct lines *l, struct lines_tell *t)
{
    const struct line_number *n = l->number;

    sort(l->number, l->numbers, sizeof(*n), by_number_imsi);
    for (size_t i = 1; i < l->numbers; i++)
        if (n[i].imsi != 0 && n[i].imsi == n[i - 1].imsi)
            tell(t, n[i].line, "IMSI <%s> of %s is that of %s of line %u",
                 str(n[i].imsi, n[i].imsi).text,
                 str(n[i].number, n[i].number).text,
                 str(n[i - 1].number, n[i - 1].number).text, n[i - 1].line);
}

void lines_check(struct lines *l, struct lines_tell *t)
{
    check_numbers(l, t);
    check_ranges(l, t);
    check_number_imsis(l, t);
    check_range_imsis(l, t);
    check_imsis(l, l, t);
}

/* ---- the import with the register ---- */

/* The list is without overlaps. What begins last before our end, and that
 * before it, and so on. */
static void meet_ranges(const struct lines *l, const struct lines *reg,
                        bool replace, struct lines_tell *t)
{
    size_t at = 0;

    for (size_t i = 0; i < l->ranges; i++) {
        const struct line_range *r = &l->range[i], *o;

        while (at < reg->ranges && reg->range[at].last < r->first)
            at++;
        for (size_t k = at; k < reg->ranges && reg->range[k].first <= r->last;
             k++) {
            o = &reg->range[k];
            if (replace && o->first == r->first && o->last == r->last)
                continue;
            tell_overlap(t, r, o);
            break;
        }
    }
}

static void meet_range_imsis(const struct lines *l, const struct lines *reg,
                             struct lines_tell *t)
{
    size_t at = 0;

    for (size_t i = 0; i < l->ranges; i++) {
        const struct line_range *r = &l->range[i], *o;

        while (at < reg->ranges && (reg->range[at].imsi == 0 ||
                                    imsi_end(&reg->range[at]) < r->imsi))
            at++;
        for (size_t k = at; r->imsi != 0 && k < reg->ranges &&
                            reg->range[k].imsi <= imsi_end(r);
             k++) {
            o = &reg->range[k];
            if (o->first == r->first && o->last == r->last)
                continue;
            tell_imsi(t, r->line, str(r->first, r->last), r->imsi, o);
            break;
        }
    }
}

void lines_meet(struct lines *l, struct lines *reg, bool replace,
                struct lines_tell *t)
{
    sort(l->range, l->ranges, sizeof(*l->range), by_first);
    sort(reg->range, reg->ranges, sizeof(*reg->range), by_first);
    meet_ranges(l, reg, replace, t);
    sort(l->range, l->ranges, sizeof(*l->range), by_range_imsi);
    sort(reg->range, reg->ranges, sizeof(*reg->range), by_range_imsi);
    meet_range_imsis(l, reg, t);
    check_imsis(l, reg, t);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_range.c - the ranges of a table, sorted by number and by IMSI
 */

#include "hlr_table_in.h"

#include <string.h>

struct list {
    uint32_t *index;
    uint32_t n;
};

static struct list list_of(const struct hlr_table *t, bool imsi)
{
    return imsi ? (struct list){ t->by_first_imsi, t->imsi_ranges }
                : (struct list){ t->by_first, t->ranges };
}

static uint64_t key_of(const struct hlr_range *r, bool imsi)
{
    return imsi ? r->imsi : r->first;
}

/* How many ranges of the sorted list begin at or before `key'. */
static uint32_t before(const struct hlr_table *t, bool imsi, uint64_t key)
{
    struct list l = list_of(t, imsi);
    uint32_t low = 0, high = l.n;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (key_of(&t->range[l.index[mid]], imsi) <= key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct hlr_range *hlr_range_of(const struct hlr_table *t, bool imsi,
                                     uint64_t key)
{
    struct list l = list_of(t, imsi);
    uint32_t n = before(t, imsi, key);
    const struct hlr_range *r;

    if (n == 0)
        return NULL;
    r = &t->range[l.index[n - 1]];
    return key - key_of(r, imsi) <= r->last - r->first ? r : NULL;
}

struct hlr_range *hlr_range_at(const struct hlr_table *t, uint64_t first,
                               uint64_t last)
{
    uint32_t n = before(t, false, first);
    struct hlr_range *r;

    if (n == 0)
        return NULL;
    r = &t->range[t->by_first[n - 1]];
    return r->first == first && r->last == last ? r : NULL;
}

/* Does first .. first + span touch a range? Ranges do not overlap, so only
 * the one that begins last before its end can. */
static bool overlaps(const struct hlr_table *t, bool imsi, uint64_t first,
                     uint64_t span)
{
    struct list l = list_of(t, imsi);
    uint32_t n = before(t, imsi, first + span);
    const struct hlr_range *r;

    if (n == 0)
        return false;
    r = &t->range[l.index[n - 1]];
    return key_of(r, imsi) + (r->last - r->first) >= first;
}

const char *hlr_range_fits(const struct hlr_table *t, const struct hlr_range *r)
{
    uint64_t span = r->last - r->first;

    if (overlaps(t, false, r->first, span))
        return "the range overlaps another range";
    if (r->imsi != 0 && overlaps(t, true, r->imsi, span))
        return "the IMSIs of the range overlap another range's";
    return NULL;
}

static void enter(struct hlr_table *t, bool imsi, uint32_t index)
{
    struct list l = list_of(t, imsi);
    uint32_t at = before(t, imsi, key_of(&t->range[index], imsi));

    memmove(&l.index[at + 1], &l.index[at], (l.n - at) * sizeof(*l.index));
    l.index[at] = index;
}

void hlr_range_add(struct hlr_table *t, const struct hlr_range *r)
{
    uint32_t index = t->ranges;

    t->range[index] = *r;
    enter(t, false, index);
    t->ranges++;
    if (r->imsi == 0)
        return;
    enter(t, true, index);
    t->imsi_ranges++;
}

/* Where the list names this range. */
static uint32_t place(const struct hlr_table *t, bool imsi,
                      const struct hlr_range *r)
{
    return before(t, imsi, key_of(r, imsi)) - 1;
}

static void leave(struct hlr_table *t, bool imsi, const struct hlr_range *r)
{
    struct list l = list_of(t, imsi);
    uint32_t at = place(t, imsi, r);

    memmove(&l.index[at], &l.index[at + 1], (l.n - at - 1) * sizeof(*l.index));
}

void hlr_range_del(struct hlr_table *t, struct hlr_range *r)
{
    uint32_t index = (uint32_t)(r - t->range);
    struct hlr_range *last;

    if (r->imsi != 0) {
        leave(t, true, r);
        t->imsi_ranges--;
    }
    leave(t, false, r);
    t->ranges--;
    /* The last one takes its place, once the lists say so. */
    last = &t->range[t->ranges];
    if (last == r)
        return;
    t->by_first[place(t, false, last)] = index;
    if (last->imsi != 0)
        t->by_first_imsi[place(t, true, last)] = index;
    *r = *last;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_sri.c - the questions where to send, for as long as their answers
 *                  may be in use
 */

#include "firewall_sri.h"

#include "firewall_tab.h"

#include <stdlib.h>

struct entry {
    struct tab_entry e; /* key: the number */
    uint32_t waits;     /* 1: no message has come since */
    struct num sc, gt;
    uint64_t gt_key, imsi, time_us;
};

struct sri {
    struct tab *tab;
    uint64_t window_us;
    uint64_t sure_us; /* from then on the memory has no holes */
};

struct sri *sri_new(uint32_t max, uint64_t window_us, uint64_t sure_from_us)
{
    struct sri *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->window_us = window_us;
    s->sure_us = sure_from_us;
    s->tab = tab_new(max, sizeof(struct entry));
    if (s->tab == NULL) {
        free(s);
        return NULL;
    }
    return s;
}

void sri_free(struct sri *s)
{
    if (s != NULL)
        tab_free(s->tab);
    free(s);
}

/* What lies in the future is there because the clock went back: it is new. */
static bool is_live(const struct sri *s, const struct entry *e, uint64_t now_us)
{
    return e->time_us > now_us || now_us - e->time_us <= s->window_us;
}

/* Titles of E.214 of one country are one: each may have digits of its own. */
static bool is_same(const struct book *b, struct num x, struct num y)
{
    enum same s = book_same(b, x, y);

    return x.v == y.v || s == SAME ||
           (s == SAME_UNKNOWN && num_is_e214(x) && num_is_e214(y));
}

static bool is_repeat(const struct book *b, const struct entry *e,
                      const struct sri_ask *a)
{
    return e->imsi == a->imsi && is_same(b, e->sc, a->sc) &&
           is_same(b, e->gt, a->gt);
}

/* The one of the same operator, or NULL; the oldest of all, their number. */
static struct entry *find(const struct sri *s, const struct book *b,
                          const struct sri_ask *a, struct entry **oldest,
                          unsigned *n)
{
    struct entry *e, *same = NULL;

    *n = 0;
    *oldest = NULL;
    for (e = tab_find(s->tab, a->vmn); e != NULL; e = tab_next(s->tab, e)) {
        if (same == NULL && is_repeat(b, e, a))
            same = e;
        if (*oldest == NULL || e->time_us <= (*oldest)->time_us)
            *oldest = e;
        ++*n;
    }
    return same;
}

/* If a place can be had only from one that is still of use, nothing is sure
 * until that one would have been of no use. */
static bool give_up_oldest(struct sri *s, uint64_t now_us)
{
    const struct entry *victim = tab_victim(s->tab);

    if (victim == NULL || !is_live(s, victim, now_us))
        return false;
    if (victim->time_us + s->window_us > s->sure_us)
        s->sure_us = victim->time_us + s->window_us;
    return true;
}

bool sri_waits(const struct sri *s, const struct book *b,
               const struct sri_ask *a, uint64_t now_us)
{
    struct entry *oldest;
    unsigned n;
    const struct entry *e = find(s, b, a, &oldest, &n);

    return e != NULL && e->waits && is_live(s, e, now_us);
}

bool sri_put(struct sri *s, const struct book *b, const struct sri_ask *a,
             uint64_t now_us)
{
    struct entry *oldest, *e;
    unsigned n;
    bool lost = false;

    e = find(s, b, a, &oldest, &n);
    /* of a number's questions the oldest goes; that all others are still
     * remembered tells sri_match() that there may have been more */
    if (e == NULL && n >= SRI_OF_NUMBER)
        e = oldest;
    if (e == NULL) {
        lost = give_up_oldest(s, now_us);
        e = tab_add(s->tab, a->vmn);
    } else {
        tab_touch(s->tab, e);
    }
    e->sc = a->sc;
    e->gt = a->gt;
    e->gt_key = a->gt_key;
    e->imsi = a->imsi;
    e->time_us = now_us;
    e->waits = 1;
    return !lost;
}

/* Those of other IMSIs do not count if there is one of this. */
static bool knows_imsi(const struct sri *s, const struct sri_ask *a,
                       uint64_t now_us)
{
    const struct entry *e;

    for (e = tab_find(s->tab, a->vmn); e != NULL; e = tab_next(s->tab, e))
        if (a->imsi != 0 && e->imsi == a->imsi && is_live(s, e, now_us))
            return true;
    return false;
}

void sri_match(struct sri *s, const struct book *b, const struct sri_ask *a,
               uint64_t now_us, struct sri_found *f)
{
    bool by_imsi = knows_imsi(s, a, now_us);
    struct entry *e, *best = NULL;
    unsigned n = 0;
    int best_fit = -1;

    *f = (struct sri_found){ .sure = now_us >= s->sure_us, .by_imsi = by_imsi };
    for (e = tab_find(s->tab, a->vmn); e != NULL; e = tab_next(s->tab, e)) {
        enum same sc, gt;
        int fit;

        if (!is_live(s, e, now_us))
            continue;
        n++;
        if (by_imsi && e->imsi != a->imsi)
            continue;
        sc = book_same(b, e->sc, a->sc);
        gt = book_same(b, e->gt, a->gt);
        fit = (sc != DIFFERENT) + (gt != DIFFERENT);
        if (fit < best_fit || (fit == best_fit && e->time_us < best->time_us))
            continue;
        best = e;
        best_fit = fit;
        f->sc_same = sc;
        f->gt_same = gt;
    }
    if (n >= SRI_OF_NUMBER)
        f->sure = false;
    if (best == NULL)
        return;
    f->any = true;
    f->sc = best->sc;
    f->gt = best->gt;
    f->gt_key = best->gt_key;
    f->credit = best->waits;
    best->waits = 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_tab.c - the deliveries that are open, and who waits for each
 *
 * The network's ids carry a slot of its own slab in their lower half: that is
 * the index of the waiter here, so no search is needed either way.
 */

#include "dlv_tab.h"

#include <stdlib.h>
#include <string.h>

/* Far above any slab of the SS7 side; a guard for the array below. */
enum { WAITERS_MAX = 1 << 24 };

struct ends {
    uint32_t first, last; /* slot + 1 */
};

struct dlv_tab {
    uint32_t slots, count, fresh;
    uint32_t free; /* slot + 1, chained by all.next */
    uint32_t waiters;
    struct ends all, of_box[DLV_BOXES + 1];
    uint32_t *generation;
    struct dlv *slot;
    struct dlv_waiter *waiter;
};

struct dlv_tab *dlv_tab_new(uint32_t slots)
{
    struct dlv_tab *t = calloc(1, sizeof(*t));

    if (t == NULL)
        return NULL;
    t->slots = slots;
    t->generation = calloc(slots, sizeof(*t->generation));
    t->slot = calloc(slots, sizeof(*t->slot));
    if (t->generation == NULL || t->slot == NULL) {
        dlv_tab_free(t);
        return NULL;
    }
    return t;
}

void dlv_tab_free(struct dlv_tab *t)
{
    if (t == NULL)
        return;
    free(t->generation);
    free(t->slot);
    free(t->waiter);
    free(t);
}

static uint32_t index_of(const struct dlv_tab *t, const struct dlv *d)
{
    return (uint32_t)(d - t->slot) + 1;
}

static struct dlv *at(struct dlv_tab *t, uint32_t index)
{
    return index == 0 ? NULL : &t->slot[index - 1];
}

static struct dlv_link *link_of(struct dlv *d, bool of_box)
{
    return of_box ? &d->of_box : &d->all;
}

static void list_add(struct dlv_tab *t, struct ends *e, uint32_t i, bool of_box)
{
    struct dlv_link *l = link_of(at(t, i), of_box);

    l->prev = e->last;
    l->next = 0;
    if (e->last != 0)
        link_of(at(t, e->last), of_box)->next = i;
    else
        e->first = i;
    e->last = i;
}

static void list_del(struct dlv_tab *t, struct ends *e, uint32_t i, bool of_box)
{
    const struct dlv_link *l = link_of(at(t, i), of_box);

    if (l->prev != 0)
        link_of(at(t, l->prev), of_box)->next = l->next;
    else
        e->first = l->next;
    if (l->next != 0)
        link_of(at(t, l->next), of_box)->prev = l->prev;
    else
        e->last = l->prev;
}

struct dlv *dlv_new(struct dlv_tab *t, struct box_ref box)
{
    uint32_t i = t->free;
    struct dlv *d;

    if (i != 0)
        t->free = t->slot[i - 1].all.next;
    else if (t->fresh < t->slots)
        i = ++t->fresh;
    else
        return NULL;
    d = at(t, i);
    memset(d, 0, sizeof(*d));
    if (++t->generation[i - 1] == 0)
        t->generation[i - 1] = 1;
    d->id = (uint64_t)t->generation[i - 1] << 32 | (i - 1);
    d->box = box;
    list_add(t, &t->all, i, false);
    list_add(t, &t->of_box[box.slot], i, true);
    t->count++;
    return d;
}

void dlv_set_box(struct dlv_tab *t, struct dlv *d, struct box_ref box)
{
    uint32_t i = index_of(t, d);

    list_del(t, &t->of_box[d->box.slot], i, true);
    d->box = box;
    list_add(t, &t->of_box[box.slot], i, true);
}

void dlv_note(struct dlv *d, const char *notes)
{
    free(d->notes);
    d->notes = notes[0] != '\0' ? strdup(notes) : NULL;
}

void dlv_del(struct dlv_tab *t, struct dlv *d)
{
    uint32_t i = index_of(t, d);

    list_del(t, &t->all, i, false);
    list_del(t, &t->of_box[d->box.slot], i, true);
    free(d->notes);
    d->notes = NULL;
    d->id = 0;
    d->all.next = t->free;
    t->free = i;
    t->count--;
}

struct dlv *dlv_find(struct dlv_tab *t, uint64_t id)
{
    uint32_t slot = (uint32_t)id;

    if (id == 0 || slot >= t->fresh || t->slot[slot].id != id)
        return NULL;
    return &t->slot[slot];
}

uint32_t dlv_count(const struct dlv_tab *t)
{
    return t->count;
}

struct dlv *dlv_first(struct dlv_tab *t)
{
    return at(t, t->all.first);
}

struct dlv *dlv_next(struct dlv_tab *t, const struct dlv *d)
{
    return at(t, d->all.next);
}

struct dlv *dlv_first_of_box(struct dlv_tab *t, uint16_t slot)
{
    return at(t, t->of_box[slot].first);
}

struct dlv *dlv_next_of_box(struct dlv_tab *t, const struct dlv *d)
{
    return at(t, d->of_box.next);
}

/* Room for waiter `slot'. */
static int grow(struct dlv_tab *t, uint32_t slot)
{
    uint32_t n = t->waiters < 64 ? 64 : t->waiters;
    struct dlv_waiter *more;

    if (slot >= WAITERS_MAX)
        return -1;
    while (n <= slot)
        n *= 2;
    if (n == t->waiters)
        return 0;
    more = realloc(t->waiter, n * sizeof(*more));
    if (more == NULL)
        return -1;
    memset(more + t->waiters, 0, (n - t->waiters) * sizeof(*more));
    t->waiter = more;
    t->waiters = n;
    return 0;
}

/* Take waiter `i' (index + 1) out of the chain of `d'. */
static void unchain(struct dlv_tab *t, struct dlv *d, uint32_t i,
                    struct dlv_waiter *w)
{
    uint32_t *link = &d->waiter;

    while (*link != i)
        link = &t->waiter[*link - 1].next;
    *w = t->waiter[i - 1];
    *link = w->next;
    t->waiter[i - 1].ss7_id = 0;
}

int dlv_wait(struct dlv_tab *t, struct dlv *d, const struct dlv_waiter *w)
{
    uint32_t slot = (uint32_t)w->ss7_id;
    struct dlv_waiter old, *mine;
    struct dlv *of;

    if (grow(t, slot) != 0)
        return -1;
    mine = &t->waiter[slot];
    /* An older one in this slot was never called gone: it is by now. */
    if (mine->ss7_id != 0 && (of = dlv_find(t, mine->dlv)) != NULL)
        unchain(t, of, slot + 1, &old);
    *mine = *w;
    mine->dlv = d->id;
    mine->next = d->waiter;
    d->waiter = slot + 1;
    return 0;
}

bool dlv_wait_take(struct dlv_tab *t, struct dlv *d, struct dlv_waiter *w)
{
    uint32_t i = d->waiter;

    if (i == 0)
        return false;
    while (t->waiter[i - 1].next != 0)
        i = t->waiter[i - 1].next;
    unchain(t, d, i, w);
    return true;
}

bool dlv_wait_take_late(struct dlv_tab *t, struct dlv *d, uint64_t now_ms,
                        struct dlv_waiter *w)
{
    uint32_t i;

    for (i = d->waiter; i != 0; i = t->waiter[i - 1].next) {
        const struct dlv_waiter *one = &t->waiter[i - 1];

        if (one->at_ms != 0 && one->at_ms <= now_ms) {
            unchain(t, d, i, w);
            return true;
        }
    }
    return false;
}

struct dlv *dlv_wait_drop(struct dlv_tab *t, uint64_t ss7_id,
                          struct dlv_waiter *w)
{
    uint32_t slot = (uint32_t)ss7_id;
    struct dlv *d;

    if (slot >= t->waiters || ss7_id == 0 || t->waiter[slot].ss7_id != ss7_id)
        return NULL;
    d = dlv_find(t, t->waiter[slot].dlv);
    if (d != NULL)
        unchain(t, d, slot + 1, w);
    return d;
}

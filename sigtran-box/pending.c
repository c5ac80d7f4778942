/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pending.c - message id -> the dialogue that waits for its verdict
 *
 * Free slots form a list, the one freed last first: a quiet node touches few
 * cache lines however large the slab is.
 */

#include "pending.h"

#include <stdlib.h>

enum { NO_SLOT = UINT32_MAX };

struct slot {
    void *owner;         /* NULL: the slot is free */
    uint32_t generation; /* of the id given out last, never 0 */
    uint32_t next;       /* free slot behind this one */
};

struct pending {
    uint32_t slots, count;
    uint32_t fresh; /* slots from here on were never used */
    uint32_t free;  /* first of the list */
    struct slot slot[];
};

struct pending *pending_new(uint32_t slots)
{
    struct pending *p = calloc(1, sizeof(*p) + slots * sizeof(p->slot[0]));

    if (p == NULL)
        return NULL;
    p->slots = slots;
    p->free = NO_SLOT;
    return p;
}

void pending_free(struct pending *p)
{
    free(p);
}

static uint32_t take_slot(struct pending *p)
{
    uint32_t i = p->free;

    if (i != NO_SLOT) {
        p->free = p->slot[i].next;
        return i;
    }
    return p->fresh < p->slots ? p->fresh++ : NO_SLOT;
}

uint64_t pending_add(struct pending *p, void *owner)
{
    uint32_t i = take_slot(p);
    struct slot *s;

    if (i == NO_SLOT)
        return 0;
    s = &p->slot[i];
    s->owner = owner;
    if (++s->generation == 0)
        s->generation = 1;
    p->count++;
    return (uint64_t)s->generation << 32 | i;
}

static const struct slot *slot_of(const struct pending *p, uint64_t id)
{
    uint32_t i = (uint32_t)id;

    if (i >= p->fresh || p->slot[i].owner == NULL)
        return NULL;
    return p->slot[i].generation == id >> 32 ? &p->slot[i] : NULL;
}

void *pending_find(const struct pending *p, uint64_t id)
{
    const struct slot *s = slot_of(p, id);

    return s != NULL ? s->owner : NULL;
}

void pending_del(struct pending *p, uint64_t id)
{
    uint32_t i = (uint32_t)id;

    if (slot_of(p, id) == NULL)
        return;
    p->slot[i].owner = NULL;
    p->slot[i].next = p->free;
    p->free = i;
    p->count--;
}

uint32_t pending_count(const struct pending *p)
{
    return p->count;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dedup.c - which messages are out, and what became of those before
 *
 * Entries lie in one array; buckets hold indices of chains. All decided ones
 * live equally long, so a queue in the order of their decisions is also the
 * order of their ends.
 */

#include "dedup.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NIL = 0 }; /* index 0 is no entry */

struct entry {
    struct dedup_key key;
    uint64_t value;          /* out: delivery; decided: when that ends, ms */
    uint32_t next;           /* in the chain of its bucket, or free */
    uint32_t older, younger; /* in the queue of decided ones */
    bool out;
    enum verdict v;
};

struct dedup {
    uint64_t ttl_ms, seed;
    uint32_t max, max_out;
    uint32_t decided, out;
    uint32_t oldest, youngest, free;
    uint32_t fresh; /* entries from here on were never used */
    uint32_t mask;
    uint32_t *bucket;
    struct entry *entry;
};

struct dedup *dedup_new(uint32_t max, uint32_t max_out, uint64_t ttl_ms,
                        uint64_t seed)
{
    struct dedup *d = calloc(1, sizeof(*d));
    size_t room = (size_t)max + max_out + 1, buckets = 64;

    if (d == NULL || room > UINT32_MAX / 2)
        goto fail;
    while (buckets < room)
        buckets *= 2;
    d->ttl_ms = ttl_ms;
    d->seed = seed;
    d->max = max;
    d->max_out = max_out;
    d->fresh = 1;
    d->mask = (uint32_t)(buckets - 1);
    /* Zeroed pages cost nothing until an entry is written to them. */
    d->bucket = calloc(buckets, sizeof(*d->bucket));
    d->entry = calloc(room, sizeof(*d->entry));
    if (d->bucket == NULL || d->entry == NULL)
        goto fail;
    return d;
fail:
    dedup_free(d);
    return NULL;
}

void dedup_free(struct dedup *d)
{
    if (d == NULL)
        return;
    free(d->bucket);
    free(d->entry);
    free(d);
}

static uint32_t *bucket_of(const struct dedup *d, const struct dedup_key *k)
{
    uint64_t h;

    memcpy(&h, k->octet, sizeof(h));
    h = (h ^ d->seed) * 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 32)) * 0x9e3779b97f4a7c15u;
    return &d->bucket[(uint32_t)(h >> 32) & d->mask];
}

static uint32_t find(const struct dedup *d, const struct dedup_key *k)
{
    uint32_t i = *bucket_of(d, k);

    while (i != NIL && memcmp(&d->entry[i].key, k, sizeof(*k)) != 0)
        i = d->entry[i].next;
    return i;
}

static void queue_add(struct dedup *d, uint32_t i)
{
    struct entry *e = &d->entry[i];

    e->older = d->youngest;
    e->younger = NIL;
    if (d->youngest != NIL)
        d->entry[d->youngest].younger = i;
    else
        d->oldest = i;
    d->youngest = i;
    d->decided++;
}

static void queue_del(struct dedup *d, uint32_t i)
{
    const struct entry *e = &d->entry[i];

    if (e->older != NIL)
        d->entry[e->older].younger = e->younger;
    else
        d->oldest = e->younger;
    if (e->younger != NIL)
        d->entry[e->younger].older = e->older;
    else
        d->youngest = e->older;
    d->decided--;
}

static void forget(struct dedup *d, uint32_t i)
{
    uint32_t *at = bucket_of(d, &d->entry[i].key);

    while (*at != i)
        at = &d->entry[*at].next;
    *at = d->entry[i].next;
    if (d->entry[i].out)
        d->out--;
    else
        queue_del(d, i);
    d->entry[i].next = d->free;
    d->free = i;
}

static void expire(struct dedup *d, uint64_t now_ms)
{
    while (d->oldest != NIL && d->entry[d->oldest].value <= now_ms)
        forget(d, d->oldest);
}

enum dedup_is dedup_find(struct dedup *d, const struct dedup_key *k,
                         uint64_t now_ms, uint64_t *id, enum verdict *v)
{
    uint32_t i;

    expire(d, now_ms);
    i = find(d, k);
    if (i == NIL)
        return DEDUP_UNKNOWN;
    if (d->entry[i].out) {
        *id = d->entry[i].value;
        return DEDUP_OUT;
    }
    *v = d->entry[i].v;
    return DEDUP_DECIDED;
}

static uint32_t entry_new(struct dedup *d, const struct dedup_key *k)
{
    uint32_t *bucket = bucket_of(d, k);
    uint32_t i = d->free;

    if (i != NIL)
        d->free = d->entry[i].next;
    else
        i = d->fresh++;
    d->entry[i].key = *k;
    d->entry[i].next = *bucket;
    *bucket = i;
    return i;
}

int dedup_out(struct dedup *d, const struct dedup_key *k, uint64_t id)
{
    uint32_t i = find(d, k);

    if (i == NIL || !d->entry[i].out) {
        if (d->out >= d->max_out)
            return -1;
        if (i == NIL)
            i = entry_new(d, k);
        else
            queue_del(d, i);
        d->entry[i].out = true;
        d->out++;
    }
    d->entry[i].value = id;
    return 0;
}

void dedup_decide(struct dedup *d, const struct dedup_key *k, uint64_t id,
                  enum verdict v, uint64_t now_ms)
{
    uint32_t i = find(d, k);
    struct entry *e = &d->entry[i];

    if (i == NIL || !e->out || e->value != id)
        return;
    if (v == VERDICT_TEMPFAIL || d->max == 0) {
        forget(d, i);
        return;
    }
    if (d->decided >= d->max)
        forget(d, d->oldest);
    d->out--;
    e->out = false;
    e->v = v;
    e->value = now_ms + d->ttl_ms;
    queue_add(d, i);
}

uint32_t dedup_count(const struct dedup *d)
{
    return d->decided;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_tab.c - tables that never grow beyond their bound
 *
 * Entries stand in one array, [0] is nobody: its `newer' is the oldest of all,
 * its `older' the newest. The array is as large as the table may become, but
 * what is not used yet was never written to and so takes no memory.
 */

#include "firewall_tab.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct tab {
    uint8_t *entry;
    size_t octets;
    uint32_t max, used;
    uint32_t *bucket;
    uint32_t mask;
    uint64_t secret; /* so that nobody can fill one bucket */
};

static struct tab_entry *at(const struct tab *t, uint32_t i)
{
    return (struct tab_entry *)(void *)(t->entry + i * t->octets);
}

static uint32_t index_of(const struct tab *t, const void *entry)
{
    return (uint32_t)((size_t)((const uint8_t *)entry - t->entry) / t->octets);
}

struct tab *tab_new(uint32_t max, size_t octets)
{
    struct tab *t = calloc(1, sizeof(*t));
    uint32_t buckets = 16;

    if (t == NULL)
        return NULL;
    while (buckets < max && buckets < UINT32_MAX / 2)
        buckets *= 2;
    t->max = max;
    t->octets = (octets + 7) / 8 * 8;
    t->mask = buckets - 1;
    t->bucket = calloc(buckets, sizeof(*t->bucket));
    t->entry = calloc((size_t)max + 1, t->octets);
    if (getrandom(&t->secret, sizeof(t->secret), 0) < 0)
        t->secret = (uint64_t)(uintptr_t)t;
    if (t->bucket == NULL || t->entry == NULL) {
        tab_free(t);
        return NULL;
    }
    return t;
}

void tab_free(struct tab *t)
{
    if (t == NULL)
        return;
    free(t->bucket);
    free(t->entry);
    free(t);
}

static uint32_t *bucket_of(const struct tab *t, uint64_t key)
{
    uint64_t h = (key ^ t->secret) * 0x9e3779b97f4a7c15u;

    h = (h ^ h >> 32) * 0xd6e8feb86659fd93u;
    return &t->bucket[(h >> 32) & t->mask];
}

static void *seek(const struct tab *t, uint32_t i, uint64_t key)
{
    for (; i != 0; i = at(t, i)->next)
        if (at(t, i)->key == key)
            return at(t, i);
    return NULL;
}

void *tab_find(const struct tab *t, uint64_t key)
{
    return seek(t, *bucket_of(t, key), key);
}

void *tab_next(const struct tab *t, const void *entry)
{
    const struct tab_entry *e = entry;

    return seek(t, e->next, e->key);
}

static void leave_age(struct tab *t, const struct tab_entry *e)
{
    at(t, e->older)->newer = e->newer;
    at(t, e->newer)->older = e->older;
}

static void join_age(struct tab *t, struct tab_entry *e)
{
    uint32_t i = index_of(t, e);

    e->newer = 0;
    e->older = at(t, 0)->older;
    at(t, e->older)->newer = i;
    at(t, 0)->older = i;
}

static void leave_bucket(struct tab *t, const struct tab_entry *e)
{
    uint32_t *p = bucket_of(t, e->key);
    uint32_t i = index_of(t, e);

    while (*p != i)
        p = &at(t, *p)->next;
    *p = e->next;
}

const void *tab_victim(const struct tab *t)
{
    return t->used < t->max ? NULL : at(t, at(t, 0)->newer);
}

void *tab_add(struct tab *t, uint64_t key)
{
    uint32_t *bucket = bucket_of(t, key);
    struct tab_entry *e;

    if (t->used < t->max) {
        e = at(t, ++t->used);
    } else {
        e = at(t, at(t, 0)->newer);
        leave_age(t, e);
        leave_bucket(t, e);
        memset(e, 0, t->octets);
    }
    e->key = key;
    e->next = *bucket;
    *bucket = index_of(t, e);
    join_age(t, e);
    return e;
}

void tab_touch(struct tab *t, void *entry)
{
    leave_age(t, entry);
    join_age(t, entry);
}

uint32_t tab_used(const struct tab *t)
{
    return t->used;
}

uint64_t tab_key(const char *p, size_t len)
{
    uint64_t packed = 1, h = 0xcbf29ce484222325u;
    bool digits = true;

    if (len > 0 && *p == '+') {
        p++;
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned d = (unsigned char)p[i] - (unsigned)'0';

        digits = digits && d <= 9;
        packed = packed << 4 | (d & 15);
        h = (h ^ (unsigned char)p[i]) * 0x100000001b3u;
    }
    /* a leading 1 before at most 15 digits leaves the top bit clear */
    return digits && len <= 15 ? packed : h | (uint64_t)1 << 63;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quota.c - how many of a thing each party has, and no more than it may
 *
 * A hash table of lists. The hash has a secret seed: names come from peers.
 */

#include "quota.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct party {
    uint32_t next;  /* in its list, or free behind this one; 0: the last */
    uint32_t count; /* never 0 in a list */
    uint32_t list;
    char name[QUOTA_NAME_MAX + 1];
};

struct quota {
    uint32_t most, used, things;
    uint32_t lists; /* a power of two */
    uint64_t seed;
    uint32_t *list;      /* first party of each, 0: none */
    uint32_t fresh;      /* parties from here on were never used */
    uint32_t free;       /* first of those that were, 0: none */
    struct party *party; /* from 1 */
};

static uint32_t lists_for(uint32_t things)
{
    uint32_t n = 16;

    while (n < things && n < UINT32_C(1) << 31)
        n *= 2;
    return n;
}

struct quota *quota_new(uint32_t things, uint32_t most)
{
    struct quota *q = calloc(1, sizeof(*q));

    if (q == NULL)
        return NULL;
    q->most = most;
    q->things = things;
    q->lists = lists_for(things);
    q->fresh = 1;
    q->list = calloc(q->lists, sizeof(*q->list));
    q->party = calloc((size_t)things + 1, sizeof(*q->party));
    if (q->list == NULL || q->party == NULL ||
        getrandom(&q->seed, sizeof(q->seed), 0) != (ssize_t)sizeof(q->seed)) {
        quota_free(q);
        return NULL;
    }
    return q;
}

void quota_free(struct quota *q)
{
    if (q == NULL)
        return;
    free(q->list);
    free(q->party);
    free(q);
}

static uint32_t list_of(const struct quota *q, const char *name)
{
    uint64_t h = q->seed;

    for (size_t i = 0; name[i] != '\0'; i++) {
        h = (h ^ (unsigned char)name[i]) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    return (uint32_t)h & (q->lists - 1);
}

static uint32_t find(const struct quota *q, uint32_t list, const char *name)
{
    uint32_t i = q->list[list];

    while (i != 0 && strcmp(q->party[i].name, name) != 0)
        i = q->party[i].next;
    return i;
}

static uint32_t add(struct quota *q, uint32_t list, const char *name)
{
    uint32_t i = q->free;
    struct party *p;

    if (i != 0)
        q->free = q->party[i].next;
    else
        i = q->fresh++;
    p = &q->party[i];
    memcpy(p->name, name, strlen(name) + 1);
    p->list = list;
    p->count = 0;
    p->next = q->list[list];
    q->list[list] = i;
    return i;
}

uint32_t quota_take(struct quota *q, const char *name)
{
    char key[QUOTA_NAME_MAX + 1] = "";
    uint32_t list, i;

    strncat(key, name, QUOTA_NAME_MAX);
    list = list_of(q, key);
    i = find(q, list, key);
    if (q->used == q->things || q->most == 0 ||
        (i != 0 && q->party[i].count >= q->most))
        return 0;
    if (i == 0)
        i = add(q, list, key);
    q->party[i].count++;
    q->used++;
    return i;
}

void quota_give(struct quota *q, uint32_t taken)
{
    struct party *p;
    uint32_t *at;

    if (taken == 0)
        return;
    p = &q->party[taken];
    q->used--;
    if (--p->count > 0)
        return;
    at = &q->list[p->list];
    while (*at != taken)
        at = &q->party[*at].next;
    *at = p->next;
    p->next = q->free;
    q->free = taken;
}

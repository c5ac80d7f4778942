/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_dlg.c - the transactions of a node
 */

#include "tcap_dlg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { POOL = 1024 }; /* random words fetched at once */
enum { DRAWS = 64 };  /* a range half full fails once in 2^64 */

struct tcap_tab {
    uint32_t max, count;
    uint32_t most; /* of one network */
    uint32_t of_network[TCAP_NETWORKS];
    uint32_t fresh;   /* slots from here on were never used */
    uint32_t free;    /* slot + 1 of the first free one */
    uint32_t first;   /* of the range */
    uint64_t span;    /* ids in it */
    uint32_t mask;    /* buckets - 1 */
    uint32_t *bucket; /* slot + 1 of the first; 0: empty */
    uint8_t *slab;    /* items of `size' octets */
    size_t size;      /* a multiple of the alignment of any object */
    unsigned in_pool; /* words left */
    uint32_t pool[POOL];
};

static struct tcap_dlg *item(const struct tcap_tab *t, uint32_t slot)
{
    return (void *)(t->slab + slot * t->size);
}

static uint32_t slot_of(const struct tcap_tab *t, const struct tcap_dlg *d)
{
    return (uint32_t)((size_t)((const uint8_t *)d - t->slab) / t->size);
}

struct tcap_tab *tcap_tab_new(uint32_t max, size_t size, uint32_t tid_first,
                              uint32_t tid_last)
{
    const size_t align = _Alignof(max_align_t);
    struct tcap_tab *t;
    uint64_t span = UINT64_C(1) << 32;
    uint32_t buckets = 16;

    if (tid_first != 0 || tid_last != 0)
        span = tid_last >= tid_first ? (uint64_t)tid_last - tid_first + 1 : 0;
    if (span < 2 * (uint64_t)max || max > UINT32_MAX / 4)
        return NULL;
    while (buckets < max)
        buckets *= 2;
    t = calloc(1, sizeof(*t));
    if (t == NULL)
        return NULL;
    t->max = t->most = max;
    t->first = tid_first;
    t->span = span;
    t->mask = buckets - 1;
    t->size = (size + align - 1) / align * align;
    t->bucket = calloc(buckets, sizeof(t->bucket[0]));
    t->slab = calloc(max, t->size);
    if (t->bucket == NULL || t->slab == NULL) {
        tcap_tab_free(t);
        return NULL;
    }
    return t;
}

void tcap_tab_limit(struct tcap_tab *t, uint32_t most)
{
    t->most = most;
}

void tcap_tab_free(struct tcap_tab *t)
{
    if (t == NULL)
        return;
    free(t->bucket);
    free(t->slab);
    free(t);
}

static bool fill_pool(struct tcap_tab *t)
{
    uint8_t *p = (uint8_t *)t->pool;
    size_t got = 0;

    while (got < sizeof(t->pool)) {
        /* more than 256 octets may come in parts */
        ssize_t n = getrandom(p + got, sizeof(t->pool) - got, 0);

        if (n <= 0)
            return false;
        got += (size_t)n;
    }
    t->in_pool = POOL;
    return true;
}

/* The ids are random: their low bits are as good as any hash of them. */
static uint32_t *bucket_of(const struct tcap_tab *t, uint32_t tid)
{
    return &t->bucket[tid & t->mask];
}

static struct tcap_dlg *find(const struct tcap_tab *t, uint32_t tid)
{
    uint32_t i = *bucket_of(t, tid);

    while (i != 0) {
        struct tcap_dlg *d = item(t, i - 1);

        if (d->tid == tid)
            return d;
        i = d->next;
    }
    return NULL;
}

/* An id that no live transaction has. */
static bool draw(struct tcap_tab *t, uint32_t *tid)
{
    for (int i = 0; i < DRAWS; i++) {
        uint32_t word;

        if (t->in_pool == 0 && !fill_pool(t))
            return false;
        word = t->pool[--t->in_pool];
        *tid = t->first + (uint32_t)(t->span * word >> 32);
        if (find(t, *tid) == NULL)
            return true;
    }
    return false;
}

static struct tcap_dlg *take_slot(struct tcap_tab *t)
{
    struct tcap_dlg *d;

    if (t->free == 0)
        return t->fresh < t->max ? item(t, t->fresh++) : NULL;
    d = item(t, t->free - 1);
    t->free = d->next;
    return d;
}

static void link_in(struct tcap_tab *t, struct tcap_dlg *d, uint32_t tid)
{
    uint32_t *bucket = bucket_of(t, tid);

    d->tid = tid;
    d->next = *bucket;
    d->live = true;
    *bucket = slot_of(t, d) + 1;
}

static void link_out(struct tcap_tab *t, struct tcap_dlg *d)
{
    uint32_t *link = bucket_of(t, d->tid);
    uint32_t self = slot_of(t, d) + 1;

    while (*link != self)
        link = &item(t, *link - 1)->next;
    *link = d->next;
}

void *tcap_dlg_open(struct tcap_tab *t, uint8_t network)
{
    struct tcap_dlg *d;
    uint32_t tid;

    if (t->count == t->max || t->of_network[network] >= t->most ||
        !draw(t, &tid))
        return NULL;
    d = take_slot(t);
    link_in(t, d, tid);
    d->network = network;
    t->of_network[network]++;
    t->count++;
    return d;
}

bool tcap_dlg_renew(struct tcap_tab *t, struct tcap_dlg *d)
{
    uint32_t tid;

    if (!draw(t, &tid))
        return false;
    link_out(t, d);
    link_in(t, d, tid);
    return true;
}

void tcap_dlg_close(struct tcap_tab *t, struct tcap_dlg *d)
{
    link_out(t, d);
    d->live = false;
    d->next = t->free;
    t->free = slot_of(t, d) + 1;
    t->of_network[d->network]--;
    t->count--;
}

void *tcap_dlg_find(const struct tcap_tab *t, const struct tcap_tid *tid)
{
    const uint8_t *o = tid->octet;

    if (tid->len != 4)
        return NULL;
    return find(t, (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 |
                       (uint32_t)o[2] << 8 | o[3]);
}

uint32_t tcap_dlg_count(const struct tcap_tab *t)
{
    return t->count;
}

void tcap_dlg_each(struct tcap_tab *t, void (*f)(void *item))
{
    for (uint32_t i = 0; i < t->fresh; i++)
        if (item(t, i)->live)
            f(item(t, i));
}

struct tcap_tid tcap_tid_of(uint32_t tid)
{
    return (struct tcap_tid){
        .len = 4,
        .octet = { (uint8_t)(tid >> 24), (uint8_t)(tid >> 16),
                   (uint8_t)(tid >> 8), (uint8_t)tid },
    };
}

void tcap_peer_fix(struct tcap_peer *p, const struct tcap_tid *tid,
                   const struct sccp_addr *from)
{
    p->open = false;
    p->tid = *tid;
    p->addr = *from;
}

bool tcap_peer_is(const struct tcap_peer *p, const struct sccp_addr *from)
{
    if (p->addr.gt.gti == 0 && from->gt.gti == 0)
        return p->addr.pc == from->pc;
    return strcmp(p->addr.gt.digits, from->gt.digits) == 0;
}

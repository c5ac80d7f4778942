/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_seg.c - segmentation and reassembly of user data (Q.714 4.1.1)
 *
 *             first, remaining > 0             last, remaining = 0
 *   (no set) ----------------------> OPEN ---------------------------> whole
 *                                    |  | remaining is not one less,
 *                          T(reasm)  |  | too long, or first again
 *                                    v  v
 *                                  discarded
 */

#include "sccp_seg.h"

#include <stdlib.h>
#include <string.h>

enum { DATA_MAX = 3952, BUCKETS = 1024 };

/*
 * What an XUDT with a segmentation parameter has beside addresses and data:
 * type, class, hop counter, 4 pointers, data length, parameter (6), end.
 */
enum { XUDT_OVERHEAD = 7 + 1 + 6 + 1 };

/* The last pointer is one octet; it counts what lies between and itself. */
enum { POINTER_MAX = 255, POINTER_OVERHEAD = 1 + 1 };

static size_t addr_octets(const struct sccp_addr *a)
{
    uint8_t buf[1 + 255];
    struct wr w = wr_init(buf, sizeof(buf));

    sccp_addr_write(&w, a);
    return w.len;
}

/* Octets of data in one segment. */
static size_t chunk_of(const struct sccp_msg *m, size_t max_octets)
{
    size_t addrs = addr_octets(&m->called) + addr_octets(&m->calling);
    size_t by_pointer = POINTER_MAX - POINTER_OVERHEAD - addrs;

    if (max_octets < addrs + XUDT_OVERHEAD)
        return 0;
    max_octets -= addrs + XUDT_OVERHEAD;
    return max_octets < by_pointer ? max_octets : by_pointer;
}

bool sccp_cut_start(struct sccp_cut *c, const struct sccp_msg *m,
                    size_t max_octets, const uint8_t ref[3])
{
    size_t chunk = chunk_of(m, max_octets);
    size_t n = chunk > 0 ? (m->data_len + chunk - 1) / chunk : 0;

    if (n < 1 || n > SCCP_SEG_MAX)
        return false;
    *c = (struct sccp_cut){
        .seg = *m,
        .whole = m->data,
        .whole_len = m->data_len,
        .chunk = chunk,
    };
    c->seg.type = SCCP_XUDT;
    c->seg.pclass = 1; /* segments need the sequence kept */
    c->seg.opt = NULL;
    c->seg.has_seg = true;
    c->seg.seg_left = (uint8_t)n;
    memcpy(c->seg.seg_ref, ref, sizeof(c->seg.seg_ref));
    return true;
}

const struct sccp_msg *sccp_cut_next(struct sccp_cut *c)
{
    struct sccp_msg *s = &c->seg;
    size_t left = c->whole_len - c->at;

    if (s->seg_left == 0)
        return NULL;
    s->seg_left--;
    s->seg_first = c->at == 0;
    if (!s->seg_first)
        s->return_opt = false;
    s->data = c->whole + c->at;
    s->data_len = left < c->chunk ? left : c->chunk;
    c->at += s->data_len;
    return s;
}

/* One message being put together, or a free set. */
struct set {
    struct sccp_reasm *owner;
    struct set *next; /* in its bucket, or in the list of free ones */
    struct timer timer;
    uint32_t bucket;
    uint32_t opc; /* 0 if the calling address says enough */
    struct sccp_addr calling;
    uint8_t ref[3];
    bool return_opt, class1;  /* of the first segment */
    uint8_t first_left, left; /* remaining segments, first and last seen */
    uint16_t first_len, len;
    uint8_t data[DATA_MAX];
};

struct sccp_reasm {
    struct timer_wheel *wheel;
    uint32_t timeout_ms;
    uint32_t n_set, n_open;
    uint32_t n_used; /* sets that were ever taken: the others are untouched */
    void (*expired)(void);
    struct set *bucket[BUCKETS];
    struct set *free_set;
    struct set set[];
};

static void release(struct set *s)
{
    struct sccp_reasm *r = s->owner;
    struct set **p = &r->bucket[s->bucket];

    timer_clear(r->wheel, &s->timer);
    while (*p != s)
        p = &(*p)->next;
    *p = s->next;
    s->next = r->free_set;
    r->free_set = s;
    r->n_open--;
}

static void on_timer(struct timer *t)
{
    struct set *s = timer_of(t, struct set, timer);

    s->owner->expired();
    release(s);
}

struct sccp_reasm *sccp_reasm_new(struct timer_wheel *wheel, uint32_t sets,
                                  uint32_t timeout_ms, void (*expired)(void))
{
    struct sccp_reasm *r = calloc(1, sizeof(*r) + sets * sizeof(r->set[0]));

    if (r == NULL)
        abort();
    r->wheel = wheel;
    r->timeout_ms = timeout_ms;
    r->n_set = sets;
    r->expired = expired;
    return r;
}

void sccp_reasm_free(struct sccp_reasm *r)
{
    if (r == NULL)
        return;
    for (uint32_t i = 0; i < r->n_used; i++)
        timer_clear(r->wheel, &r->set[i].timer);
    free(r);
}

uint32_t sccp_reasm_open(const struct sccp_reasm *r)
{
    return r->n_open;
}

/* FNV-1a. That a peer can make collisions costs it 512 sets at most. */
static uint32_t hash(const struct sccp_msg *m, uint32_t opc)
{
    const char *p = m->calling.gt.digits;
    uint32_t h = 2166136261u;

    for (; *p != '\0'; p++)
        h = (h ^ (uint8_t)*p) * 16777619u;
    for (size_t i = 0; i < sizeof(m->seg_ref); i++)
        h = (h ^ m->seg_ref[i]) * 16777619u;
    h = (h ^ opc) * 16777619u;
    return (h ^ h >> 15) % BUCKETS;
}

static struct set *find(const struct sccp_reasm *r, const struct sccp_msg *m,
                        uint32_t opc, uint32_t bucket)
{
    struct set *s = r->bucket[bucket];

    while (s != NULL &&
           (memcmp(s->ref, m->seg_ref, sizeof(s->ref)) != 0 || s->opc != opc ||
            !sccp_addr_equal(&s->calling, &m->calling)))
        s = s->next;
    return s;
}

/* A set that is not in use, or NULL. */
static struct set *free_set(struct sccp_reasm *r)
{
    struct set *s = r->free_set;

    if (s != NULL) {
        r->free_set = s->next;
    } else if (r->n_used < r->n_set) {
        s = &r->set[r->n_used++];
        s->owner = r;
        s->timer.fire = on_timer;
    }
    return s;
}

static enum sccp_reasm_result open_set(struct sccp_reasm *r,
                                       const struct sccp_msg *m, uint32_t opc,
                                       uint32_t bucket)
{
    struct set *s;

    if (m->data_len > DATA_MAX)
        return SCCP_REASM_LONG;
    s = free_set(r);
    if (s == NULL)
        return SCCP_REASM_FULL;
    s->next = r->bucket[bucket];
    r->bucket[bucket] = s;
    r->n_open++;

    s->bucket = bucket;
    s->opc = opc;
    s->calling = m->calling;
    memcpy(s->ref, m->seg_ref, sizeof(s->ref));
    s->return_opt = m->return_opt;
    s->class1 = m->seg_class1;
    s->first_left = s->left = m->seg_left;
    s->first_len = s->len = (uint16_t)m->data_len;
    memcpy(s->data, m->data, m->data_len);
    timer_set(r->wheel, &s->timer, r->timeout_ms);
    return SCCP_REASM_MORE;
}

/* Give the set up; `m' becomes its first segment. */
static enum sccp_reasm_result fail(struct set *s, struct sccp_msg *m,
                                   enum sccp_reasm_result why)
{
    m->data = s->data;
    m->data_len = s->first_len;
    m->return_opt = s->return_opt;
    m->opt = NULL;
    m->seg_first = true;
    m->seg_class1 = s->class1;
    m->seg_left = s->first_left;
    release(s);
    return why;
}

static enum sccp_reasm_result whole(struct set *s, struct sccp_msg *m)
{
    m->data = s->data;
    m->data_len = s->len;
    m->return_opt = s->return_opt;
    m->pclass = s->class1;
    m->opt = NULL;
    m->has_seg = false;
    release(s);
    return SCCP_REASM_WHOLE;
}

static enum sccp_reasm_result append(struct set *s, struct sccp_msg *m)
{
    if (m->seg_left + 1 != s->left)
        return fail(s, m, SCCP_REASM_SEQUENCE);
    if (m->data_len > (size_t)(DATA_MAX - s->len))
        return fail(s, m, SCCP_REASM_LONG);
    memcpy(s->data + s->len, m->data, m->data_len);
    s->len = (uint16_t)(s->len + m->data_len);
    s->left--;
    return s->left == 0 ? whole(s, m) : SCCP_REASM_MORE;
}

enum sccp_reasm_result sccp_reasm_take(struct sccp_reasm *r, struct sccp_msg *m,
                                       uint32_t opc)
{
    bool named = m->calling.has_pc || m->calling.gt.gti != 0;
    uint32_t from = named ? 0 : opc;
    uint32_t bucket = hash(m, from);
    struct set *s = find(r, m, from, bucket);

    if (!m->seg_first)
        return s != NULL ? append(s, m) : SCCP_REASM_STRAY;
    if (s != NULL)
        release(s); /* the peer has begun again */
    if (m->seg_left == 0) {
        m->has_seg = false;
        m->pclass = m->seg_class1;
        m->opt = NULL;
        return SCCP_REASM_WHOLE;
    }
    return open_set(r, m, from, bucket);
}

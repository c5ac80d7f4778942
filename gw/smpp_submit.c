/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_submit.c - submit_sm and data_sm that wait for the ack of the box server
 */

#include "smpp_submit.h"

#include "stat.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = 0xffffffff };

struct entry {
    struct smpp_submits *table;
    bool used;
    uint32_t generation, next_free;
    struct smpp_sess *sess; /* NULL: it ended */
    uint32_t sequence, epoch;
    uint8_t box;
    bool data;
    struct timer timer;
};

struct smpp_submits {
    struct timer_wheel *wheel;
    uint64_t secret;
    uint32_t max, ms, free;
    struct entry entry[];
};

static void put64(uint8_t *p, uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

static uint32_t slot_of(const struct entry *e)
{
    return (uint32_t)(e - e->table->entry);
}

static void uuid_of(const struct entry *e, uint8_t uuid[16])
{
    put64(uuid, e->table->secret);
    put64(uuid + 8, (uint64_t)e->generation << 32 | slot_of(e));
}

static struct entry *find(struct smpp_submits *t, const uint8_t uuid[16])
{
    uint64_t id = get64(uuid + 8);
    uint32_t slot = (uint32_t)id;
    struct entry *e;

    if (get64(uuid) != t->secret || slot >= t->max)
        return NULL;
    e = &t->entry[slot];
    return e->used && e->generation == id >> 32 ? e : NULL;
}

static void release(struct entry *e)
{
    struct smpp_submits *t = e->table;

    timer_clear(t->wheel, &e->timer);
    if (e->sess != NULL)
        e->sess->submits--;
    e->sess = NULL;
    e->used = false;
    e->generation++;
    e->next_free = t->free;
    t->free = slot_of(e);
}

static void answer(struct entry *e, uint32_t status)
{
    char id[SMPP_ID_OCTETS];
    uint8_t uuid[16];

    uuid_of(e, uuid);
    smpp_submits_id(uuid, id);
    if (status == SMPP_ROK)
        stat_inc(STAT_smpp_submit_ok);
    else
        stat_inc(STAT_smpp_submit_failed);
    if (e->sess != NULL)
        smpp_sess_submitted(e->sess, e->data ? SMPP_DATA_SM : SMPP_SUBMIT_SM,
                            e->sequence, status, id);
    release(e);
}

static void too_late(struct timer *t)
{
    answer(timer_of(t, struct entry, timer), SMPP_RSYSERR);
}

struct smpp_submits *smpp_submits_new(uint32_t max, uint32_t ms,
                                      uint64_t secret,
                                      struct timer_wheel *wheel)
{
    struct smpp_submits *t = calloc(1, sizeof(*t) + max * sizeof(t->entry[0]));

    if (t == NULL)
        abort();
    t->wheel = wheel;
    t->secret = secret;
    t->max = max;
    t->ms = ms;
    t->free = NONE;
    for (uint32_t i = max; i-- > 0;) {
        t->entry[i].table = t;
        t->entry[i].timer.fire = too_late;
        t->entry[i].next_free = t->free;
        t->free = i;
    }
    return t;
}

void smpp_submits_free(struct smpp_submits *t)
{
    if (t == NULL)
        return;
    for (uint32_t i = 0; i < t->max; i++)
        timer_clear(t->wheel, &t->entry[i].timer);
    free(t);
}

bool smpp_submits_add(struct smpp_submits *t, struct smpp_sess *s, bool data,
                      uint32_t sequence, uint8_t box, uint8_t uuid[16])
{
    struct entry *e;

    if (t->free == NONE)
        return false;
    e = &t->entry[t->free];
    t->free = e->next_free;
    e->used = true;
    e->sess = s;
    e->data = data;
    e->sequence = sequence;
    e->box = box;
    e->epoch = 0;
    s->submits++;
    timer_set(t->wheel, &e->timer, t->ms);
    uuid_of(e, uuid);
    return true;
}

void smpp_submits_sent(struct smpp_submits *t, const uint8_t uuid[16],
                       uint32_t epoch)
{
    struct entry *e = find(t, uuid);

    if (e == NULL)
        return;
    e->epoch = epoch;
    if (epoch == 0)
        release(e);
}

bool smpp_submits_ack(struct smpp_submits *t, uint8_t box,
                      const uint8_t uuid[16], uint32_t status)
{
    struct entry *e = find(t, uuid);

    if (e == NULL || e->box != box)
        return false;
    answer(e, status);
    return true;
}

void smpp_submits_box_lost(struct smpp_submits *t, uint8_t box, uint32_t epoch)
{
    for (uint32_t i = 0; i < t->max; i++)
        if (t->entry[i].used && t->entry[i].box == box &&
            t->entry[i].epoch == epoch)
            answer(&t->entry[i], SMPP_RSYSERR);
}

void smpp_submits_ended(struct smpp_submits *t, const struct smpp_sess *s)
{
    for (uint32_t i = 0; i < t->max && s->submits > 0; i++) {
        if (t->entry[i].sess != s)
            continue;
        t->entry[i].sess->submits--;
        t->entry[i].sess = NULL;
    }
}

void smpp_submits_id(const uint8_t uuid[16], char out[SMPP_ID_OCTETS])
{
    static const char hex[] = "0123456789abcdef";

    for (int i = 0; i < 16; i++) {
        *out++ = hex[uuid[i] >> 4];
        *out++ = hex[uuid[i] & 15];
    }
    *out = '\0';
}

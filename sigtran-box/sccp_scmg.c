/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_scmg.c - SCCP management: messages, and what is known of other nodes
 *
 * There are few prohibited subsystems, mostly none, and each message that is
 * routed on SSN asks for them. So they are told apart by one number each, in
 * an array of nothing else.
 */

#include "sccp_scmg.h"

#include "sccp_addr.h"

#include <stdlib.h>

struct slot {
    struct sccp_scmg *owner;
    struct timer test;
    uint32_t wait_ms; /* before the test that is set */
};

struct sccp_scmg {
    struct timer_wheel *wheel;
    const struct sccp_scmg_ops *ops;
    void *ctx;
    uint8_t paused[SCCP_PC_COUNT / 8]; /* one bit per point code */
    uint32_t used;                     /* slots */
    uint32_t key[SCCP_SCMG_MAX];       /* 0: free */
    struct slot slot[SCCP_SCMG_MAX];
};

void sccp_scmg_read(struct rd *r, struct sccp_scmg_msg *m)
{
    *m = (struct sccp_scmg_msg){ 0 };
    m->format = rd_u8(r, "format identifier");
    m->ssn = rd_u8(r, "affected subsystem");
    m->pc = rd_u8(r, "affected point code");
    m->pc |= (uint16_t)((rd_u8(r, "affected point code") & 0x3f) << 8);
    rd_u8(r, "subsystem multiplicity");
    if (m->format == SCCP_SCMG_SSC)
        m->congestion = rd_u8(r, "congestion level") & 0x0f;
}

void sccp_scmg_write(struct wr *w, const struct sccp_scmg_msg *m)
{
    wr_u8(w, m->format);
    wr_u8(w, m->ssn);
    wr_u8(w, (uint8_t)m->pc);
    wr_u8(w, (uint8_t)(m->pc >> 8 & 0x3f));
    wr_u8(w, 0); /* multiplicity unknown */
    if (m->format == SCCP_SCMG_SSC)
        wr_u8(w, m->congestion);
}

/* Never 0: no subsystem has the number 0. */
static uint32_t key_of(uint16_t pc, uint8_t ssn)
{
    return (uint32_t)pc << 8 | ssn;
}

static void on_test(struct timer *t)
{
    struct slot *slot = timer_of(t, struct slot, test);
    struct sccp_scmg *s = slot->owner;
    uint32_t key = s->key[slot - s->slot];

    slot->wait_ms *= 2;
    if (slot->wait_ms > SCCP_SCMG_TEST_MAX_MS)
        slot->wait_ms = SCCP_SCMG_TEST_MAX_MS;
    timer_set(s->wheel, t, slot->wait_ms);
    s->ops->test(s->ctx, (uint16_t)(key >> 8), (uint8_t)key);
}

struct sccp_scmg *sccp_scmg_new(struct timer_wheel *wheel,
                                const struct sccp_scmg_ops *ops, void *ctx)
{
    struct sccp_scmg *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->wheel = wheel;
    s->ops = ops;
    s->ctx = ctx;
    for (size_t i = 0; i < SCCP_SCMG_MAX; i++) {
        s->slot[i].owner = s;
        s->slot[i].test.fire = on_test;
    }
    return s;
}

void sccp_scmg_free(struct sccp_scmg *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < SCCP_SCMG_MAX; i++)
        timer_clear(s->wheel, &s->slot[i].test);
    free(s);
}

/* Where this key is, or SCCP_SCMG_MAX. */
static size_t find(const struct sccp_scmg *s, uint32_t key)
{
    size_t i = 0;

    while (i < SCCP_SCMG_MAX && s->key[i] != key)
        i++;
    return i;
}

bool sccp_scmg_is_prohibited(const struct sccp_scmg *s, uint16_t pc,
                             uint8_t ssn)
{
    return s->used > 0 && ssn != 0 && find(s, key_of(pc, ssn)) < SCCP_SCMG_MAX;
}

bool sccp_scmg_full(const struct sccp_scmg *s)
{
    return s->used == SCCP_SCMG_MAX;
}

bool sccp_scmg_prohibit(struct sccp_scmg *s, uint16_t pc, uint8_t ssn)
{
    size_t i;

    if (ssn <= SCCP_SSN_MANAGEMENT || sccp_scmg_full(s) ||
        sccp_scmg_is_prohibited(s, pc, ssn))
        return false;
    i = find(s, 0);
    s->used++;
    s->key[i] = key_of(pc, ssn);
    s->slot[i].wait_ms = SCCP_SCMG_TEST_MS;
    timer_set(s->wheel, &s->slot[i].test, SCCP_SCMG_TEST_MS);
    return true;
}

bool sccp_scmg_allow(struct sccp_scmg *s, uint16_t pc, uint8_t ssn)
{
    bool was = false;

    if (s->used == 0)
        return false;
    for (size_t i = 0; i < SCCP_SCMG_MAX; i++) {
        if (s->key[i] == 0 || s->key[i] >> 8 != pc ||
            (ssn != SCCP_SSN_MANAGEMENT && (uint8_t)s->key[i] != ssn))
            continue;
        s->key[i] = 0;
        s->used--;
        timer_clear(s->wheel, &s->slot[i].test);
        was = true;
    }
    return was;
}

bool sccp_scmg_is_paused(const struct sccp_scmg *s, uint32_t pc)
{
    return pc >= SCCP_PC_COUNT || (s->paused[pc / 8] >> pc % 8 & 1);
}

static void set_paused(struct sccp_scmg *s, uint16_t pc, bool paused)
{
    s->paused[pc / 8] ^= (uint8_t)(1u << pc % 8);
    if (paused)
        sccp_scmg_allow(s, pc, SCCP_SSN_MANAGEMENT);
    else
        s->ops->resumed(s->ctx, pc);
}

void sccp_scmg_mark(struct sccp_scmg *s, uint32_t pc, uint8_t mask, bool paused)
{
    uint32_t n = mask < 14 ? 1u << mask : SCCP_PC_COUNT;
    uint32_t first = pc % SCCP_PC_COUNT & ~(n - 1);

    for (uint32_t i = first; i < first + n; i++)
        if (sccp_scmg_is_paused(s, i) != paused)
            set_paused(s, (uint16_t)i, paused);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_sess.c - the session of an ESME, as its server
 */

#include "smpp_sess.h"

#include "stat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 512, VERSION_3_4 = 0x34 };

/* ---- octets ---- */

static uint8_t *buf_room(struct smpp_buf *b, size_t n)
{
    size_t cap = b->cap == 0 ? BUF_FIRST : b->cap;

    if (b->at > 0 && b->at == b->len)
        b->at = b->len = 0;
    while (cap - b->len < n)
        cap *= 2;
    if (cap != b->cap) {
        b->p = realloc(b->p, cap);
        if (b->p == NULL)
            abort();
        b->cap = cap;
    }
    return b->p + b->len;
}

static void buf_add(struct smpp_buf *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    memcpy(buf_room(b, n), p, n);
    b->len += n;
}

static size_t waiting(const struct smpp_sess *s)
{
    return s->out.len - s->out.at;
}

static void dirty(struct smpp_sess *s)
{
    s->ops->dirty(s);
}

static void put_pdu(struct smpp_sess *s, struct smpp_head h, const void *body,
                    size_t n)
{
    h.length = (uint32_t)(SMPP_HEAD + n);
    smpp_head_write(buf_room(&s->out, SMPP_HEAD + n), &h);
    s->out.len += SMPP_HEAD;
    buf_add(&s->out, body, n);
    dirty(s);
}

/* A PDU whose body is one string, or none. */
static void put(struct smpp_sess *s, uint32_t command, uint32_t status,
                uint32_t sequence, const char *text)
{
    struct smpp_head h = { 0, command, status, sequence };

    put_pdu(s, h, text, text != NULL ? strlen(text) + 1 : 0);
}

void smpp_sess_wrote(struct smpp_sess *s, size_t n)
{
    struct smpp_buf *b = &s->out;

    b->at += n;
    if (b->at < b->len / 2)
        return;
    memmove(b->p, b->p + b->at, b->len - b->at);
    b->len -= b->at;
    b->at = 0;
    if (b->len == 0 && b->cap > SMPP_OUT_HIGH) {
        free(b->p);
        *b = (struct smpp_buf){ 0 };
    }
}

bool smpp_sess_may_read(const struct smpp_sess *s)
{
    return s->state < SMPP_OVER && waiting(s) <= SMPP_OUT_HIGH &&
           (s->state != SMPP_ASKED || s->in.len < SMPP_PDU_MAX);
}

/* ---- sequence numbers ---- */

static struct smpp_slot *slot_of(const struct smpp_sess *s, uint32_t sequence)
{
    return &s->slot[sequence & (s->slots - 1)];
}

/* From 1 to 0x7fffffff, then again (3.2); those in use are passed over. */
static uint32_t next_sequence(struct smpp_sess *s)
{
    do {
        s->sequence = s->sequence >= SMPP_SEQUENCE_MAX ? 1 : s->sequence + 1;
    } while (slot_of(s, s->sequence)->m != NULL);
    return s->sequence;
}

/* The message that is out with this number; it is not any more. */
static struct smpp_held *take(struct smpp_sess *s, uint32_t sequence)
{
    struct smpp_slot *slot = s->slots > 0 ? slot_of(s, sequence) : NULL;
    struct smpp_held *m;

    if (slot == NULL || slot->m == NULL || slot->sequence != sequence)
        return NULL;
    m = slot->m;
    slot->m = NULL;
    s->open--;
    return m;
}

/* ---- states ---- */

static void arm(struct smpp_sess *s, uint64_t ms)
{
    timer_set(s->wheel, &s->timer, ms);
}

static void forget_all(struct smpp_sess *s)
{
    enum smpp_state was = s->state;

    s->state = SMPP_OVER;
    if (was == SMPP_ASKED)
        s->ops->forget(s);
    else if (was != SMPP_OPEN)
        s->ops->ended(s);
}

void smpp_sess_end(struct smpp_sess *s, const char *why)
{
    if (s->state >= SMPP_OVER)
        return;
    s->why = why;
    forget_all(s);
    arm(s, s->conf->response_ms);
    dirty(s);
}

void smpp_sess_unbind(struct smpp_sess *s, const char *why)
{
    if (s->state < SMPP_BOUND)
        smpp_sess_end(s, why);
    if (s->state != SMPP_BOUND)
        return;
    s->state = SMPP_LEAVING;
    s->why = why;
    put(s, SMPP_UNBIND, SMPP_ROK, next_sequence(s), NULL);
    arm(s, s->conf->response_ms);
}

static void ask(struct smpp_sess *s)
{
    s->asked = true;
    s->asked_ms = s->wheel->now_ms;
    put(s, SMPP_ENQUIRE_LINK, SMPP_ROK, next_sequence(s), NULL);
}

static uint64_t soonest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What a bound session waits for; the time of the next look at it. */
static void watch(struct smpp_sess *s)
{
    const struct smpp_sess_conf *c = s->conf;
    uint64_t now = s->wheel->now_ms, next;

    if (s->asked && s->heard_ms >= s->asked_ms)
        s->asked = false;
    if (s->asked && now - s->asked_ms >= c->response_ms) {
        stat_inc(STAT_smpp_silent);
        smpp_sess_end(s, "no answer to enquire_link");
        return;
    }
    if (c->inactivity_ms > 0 && now - s->worked_ms >= c->inactivity_ms) {
        smpp_sess_unbind(s, "inactive");
        return;
    }
    if (!s->asked && now - s->heard_ms >= c->enquire_ms)
        ask(s);
    next =
        s->asked ? s->asked_ms + c->response_ms : s->heard_ms + c->enquire_ms;
    if (c->inactivity_ms > 0)
        next = soonest(next, s->worked_ms + c->inactivity_ms);
    arm(s, next > now ? next - now : 0);
}

static void fire(struct timer *t)
{
    struct smpp_sess *s = timer_of(t, struct smpp_sess, timer);

    switch (s->state) {
    case SMPP_OPEN:
    case SMPP_ASKED:
        stat_inc(STAT_smpp_no_bind);
        smpp_sess_end(s, "no bind in time");
        break;
    case SMPP_BOUND:
        watch(s);
        break;
    case SMPP_LEAVING:
        smpp_sess_end(s, s->why);
        break;
    case SMPP_OVER:
        s->state = SMPP_GONE;
        dirty(s);
        break;
    case SMPP_GONE:
        break;
    }
}

/* ---- requests of the ESME ---- */

/* Something that makes no sense; who goes on like this is sent away. */
static void bad(struct smpp_sess *s, uint32_t command, uint32_t status,
                uint32_t sequence)
{
    stat_inc(STAT_smpp_bad_pdu);
    put(s, command, status, sequence, NULL);
    if (++s->bad >= SMPP_BAD_MAX)
        smpp_sess_end(s, "too many bad PDUs");
}

static void nack(struct smpp_sess *s, uint32_t status, uint32_t sequence)
{
    bad(s, SMPP_GENERIC_NACK, status, sequence);
}

static void put_bound(struct smpp_sess *s, uint32_t command, uint32_t sequence)
{
    static const uint8_t version[] = { SMPP_TLV_SC_VERSION >> 8,
                                       SMPP_TLV_SC_VERSION & 0xff, 0, 1,
                                       VERSION_3_4 };
    struct smpp_head h = { 0, command | SMPP_RESP, SMPP_ROK, sequence };
    size_t n = strlen(s->conf->server_id) + 1;
    uint8_t body[sizeof(s->conf->server_id) + sizeof(version)];

    memcpy(body, s->conf->server_id, n);
    memcpy(body + n, version, sizeof(version));
    put_pdu(s, h, body, n + sizeof(version));
}

static void set_bound(struct smpp_sess *s, uint16_t window)
{
    s->window = window;
    /* twice as many, so that a message that is slow to be answered costs
     * the next ones few numbers */
    for (s->slots = 2; s->slots < 2u * window;)
        s->slots *= 2;
    s->slot = calloc(s->slots, sizeof(*s->slot));
    if (s->slot == NULL)
        abort();
    s->state = SMPP_BOUND;
    s->worked_ms = s->wheel->now_ms;
    arm(s, s->conf->enquire_ms);
}

static void answer_bind(struct smpp_sess *s, uint32_t status, uint16_t window)
{
    if (status != SMPP_ROK) {
        stat_inc(STAT_smpp_bind_refused);
        put(s, s->bind_command | SMPP_RESP, status, s->bind_sequence, "");
        smpp_sess_end(s, "bind refused");
        return;
    }
    stat_inc(STAT_smpp_bound);
    set_bound(s, window);
    put_bound(s, s->bind_command, s->bind_sequence);
    s->ops->bound(s);
}

static enum smpp_mode mode_of(uint32_t command)
{
    if (command == SMPP_BIND_TRX)
        return SMPP_MODE_TRX;
    return command == SMPP_BIND_RX ? SMPP_MODE_RX : SMPP_MODE_TX;
}

static void bind_in(struct smpp_sess *s, const struct smpp_head *h,
                    const uint8_t *body, size_t n)
{
    struct smpp_bind b;
    uint16_t window = 1;
    uint32_t status;

    if (s->state != SMPP_OPEN) {
        put(s, h->command | SMPP_RESP, SMPP_RALYBND, h->sequence, "");
        return;
    }
    s->bind_command = h->command;
    s->bind_sequence = h->sequence;
    s->mode = mode_of(h->command);
    status = SMPP_RBINDFAIL;
    if (smpp_bind_read(body, n, &b)) {
        memcpy(s->system_id, b.system_id, sizeof(s->system_id));
        status = s->ops->bind(s, &b, &window);
    }
    if (status == SMPP_LATER)
        s->state = SMPP_ASKED;
    else
        answer_bind(s, status, window);
}

static void submit_in(struct smpp_sess *s, const struct smpp_head *h,
                      const uint8_t *body, size_t n)
{
    struct smpp_sm sm;
    uint32_t status = SMPP_RINVBNDSTS;

    stat_inc(STAT_smpp_submit);
    if (s->state == SMPP_BOUND && (s->mode & SMPP_MODE_TX) != 0) {
        status = h->command == SMPP_DATA_SM ? smpp_data_read(body, n, &sm)
                                            : smpp_sm_read(body, n, &sm);
        if (status == SMPP_ROK)
            status = s->ops->submit(s, h->sequence, &sm);
    }
    if (status == SMPP_LATER)
        return;
    stat_inc(STAT_smpp_submit_refused);
    put(s, h->command | SMPP_RESP, status, h->sequence, NULL);
}

void smpp_sess_submitted(struct smpp_sess *s, uint32_t command,
                         uint32_t sequence, uint32_t status,
                         const char *message_id)
{
    if (s->state != SMPP_BOUND && s->state != SMPP_LEAVING)
        return;
    put(s, command | SMPP_RESP, status, sequence,
        status == SMPP_ROK ? message_id : NULL);
}

static void unbind_in(struct smpp_sess *s, const struct smpp_head *h)
{
    put(s, SMPP_UNBIND | SMPP_RESP, SMPP_ROK, h->sequence, NULL);
    smpp_sess_end(s, "unbound");
}

/* Before bind nothing but bind; not even a link to enquire about (2.3). */
static void refuse_open(struct smpp_sess *s, const struct smpp_head *h)
{
    switch (h->command) {
    case SMPP_QUERY_SM:
    case SMPP_SUBMIT_SM:
    case SMPP_DATA_SM:
    case SMPP_UNBIND:
    case SMPP_ENQUIRE_LINK:
        bad(s, h->command | SMPP_RESP, SMPP_RINVBNDSTS, h->sequence);
        break;
    default:
        nack(s, SMPP_RINVCMDID, h->sequence);
        break;
    }
}

static void request_in(struct smpp_sess *s, const struct smpp_head *h,
                       const uint8_t *body, size_t n)
{
    switch (h->command) {
    case SMPP_BIND_RX:
    case SMPP_BIND_TX:
    case SMPP_BIND_TRX:
        bind_in(s, h, body, n);
        return;
    default:
        break;
    }
    if (s->state == SMPP_OPEN) {
        refuse_open(s, h);
        return;
    }
    switch (h->command) {
    case SMPP_SUBMIT_SM:
    case SMPP_DATA_SM:
        s->worked_ms = s->wheel->now_ms;
        submit_in(s, h, body, n);
        break;
    case SMPP_ENQUIRE_LINK:
        put(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_ROK, h->sequence, NULL);
        break;
    case SMPP_UNBIND:
        unbind_in(s, h);
        break;
    case SMPP_QUERY_SM:
    case SMPP_REPLACE_SM:
    case SMPP_CANCEL_SM:
    case SMPP_SUBMIT_MULTI:
        /* they make sense, but there is no such operation here (4.3) */
        put(s, SMPP_GENERIC_NACK, SMPP_RINVCMDID, h->sequence, NULL);
        break;
    default:
        nack(s, SMPP_RINVCMDID, h->sequence);
        break;
    }
}

/* ---- messages ---- */

bool smpp_sess_has_room(const struct smpp_sess *s)
{
    return s->state == SMPP_BOUND && (s->mode & SMPP_MODE_RX) != 0 &&
           s->open < s->window && waiting(s) < SMPP_OUT_MAX;
}

uint32_t smpp_sess_deliver(struct smpp_sess *s, struct smpp_held *m,
                           const uint8_t *body, size_t n)
{
    struct smpp_head h = { 0, SMPP_DELIVER_SM, SMPP_ROK, next_sequence(s) };

    *slot_of(s, h.sequence) = (struct smpp_slot){ h.sequence, m };
    s->open++;
    s->worked_ms = s->wheel->now_ms;
    put_pdu(s, h, body, n);
    stat_inc(STAT_smpp_deliver);
    return h.sequence;
}

void smpp_sess_forget(struct smpp_sess *s, uint32_t sequence)
{
    take(s, sequence);
}

struct smpp_held *smpp_sess_take(struct smpp_sess *s)
{
    /* the slot behind the last one that was used is the oldest */
    for (uint32_t i = 1; s->open > 0 && i <= s->slots; i++) {
        struct smpp_slot *slot = slot_of(s, s->sequence + i);

        if (slot->m != NULL)
            return take(s, slot->sequence);
    }
    return NULL;
}

/* ---- responses of the ESME ---- */

static void deliver_resp_in(struct smpp_sess *s, const struct smpp_head *h)
{
    struct smpp_held *m = take(s, h->sequence);

    if (m == NULL) {
        stat_inc(STAT_smpp_resp_unknown);
        return;
    }
    s->worked_ms = s->wheel->now_ms;
    s->ops->answered(s, m, h->status);
}

/* A generic_nack is no success, whatever status it has. */
static void nack_in(struct smpp_sess *s, const struct smpp_head *h)
{
    struct smpp_head resp = *h;

    stat_inc(STAT_smpp_nack);
    if (resp.status == SMPP_ROK)
        resp.status = SMPP_RUNKNOWNERR;
    deliver_resp_in(s, &resp);
}

static void response_in(struct smpp_sess *s, const struct smpp_head *h)
{
    switch (h->command) {
    case SMPP_DELIVER_SM | SMPP_RESP:
        deliver_resp_in(s, h);
        break;
    case SMPP_GENERIC_NACK:
        nack_in(s, h);
        break;
    case SMPP_ENQUIRE_LINK | SMPP_RESP:
        break; /* it was heard */
    case SMPP_UNBIND | SMPP_RESP:
        if (s->state == SMPP_LEAVING)
            smpp_sess_end(s, s->why);
        break;
    default:
        stat_inc(STAT_smpp_resp_unknown);
        break;
    }
}

/* ---- the stream ---- */

/* False: the stream cannot be followed any further. */
static bool length_is_good(struct smpp_sess *s, const struct smpp_head *h)
{
    uint32_t max = s->state < SMPP_BOUND ? SMPP_OPEN_MAX : SMPP_PDU_MAX;

    if (h->length >= SMPP_HEAD && h->length <= max)
        return true;
    nack(s, SMPP_RINVCMDLEN, h->sequence);
    smpp_sess_end(s, "bad command_length");
    return false;
}

/* Whole PDUs of these octets; how many were used. What comes while a bind waits
 * for its answer waits, too. */
static size_t pdus_in(struct smpp_sess *s, const uint8_t *p, size_t n)
{
    struct smpp_head h;
    size_t at = 0;

    while (s->state < SMPP_OVER && s->state != SMPP_ASKED &&
           n - at >= SMPP_HEAD) {
        h = smpp_head_read(p + at);
        if (!length_is_good(s, &h) || n - at < h.length)
            break;
        if ((h.command & SMPP_RESP) != 0)
            response_in(s, &h);
        else
            request_in(s, &h, p + at + SMPP_HEAD, h.length - SMPP_HEAD);
        at += h.length;
    }
    return at;
}

/* What was kept of the stream until now. */
static void kept_in(struct smpp_sess *s)
{
    size_t took = pdus_in(s, s->in.p, s->in.len);

    s->in.len -= took;
    if (took > 0)
        memmove(s->in.p, s->in.p + took, s->in.len);
}

void smpp_sess_in(struct smpp_sess *s, const uint8_t *p, size_t n)
{
    size_t took;

    if (s->state >= SMPP_OVER)
        return;
    s->heard_ms = s->wheel->now_ms;
    if (s->in.len == 0) { /* the usual case: not copied */
        took = pdus_in(s, p, n);
        if (s->state < SMPP_OVER)
            buf_add(&s->in, p + took, n - took);
        return;
    }
    buf_add(&s->in, p, n);
    kept_in(s);
}

void smpp_sess_bind(struct smpp_sess *s, uint32_t status, uint16_t window)
{
    if (s->state != SMPP_ASKED)
        return;
    s->state = SMPP_OPEN;
    answer_bind(s, status, window);
    kept_in(s);
}

/* ---- life ---- */

struct smpp_sess *smpp_sess_new(const struct smpp_sess_conf *conf,
                                const struct smpp_sess_ops *ops, void *ctx,
                                struct timer_wheel *wheel, const char *peer)
{
    struct smpp_sess *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->conf = conf;
    s->ops = ops;
    s->ctx = ctx;
    s->wheel = wheel;
    s->timer.fire = fire;
    snprintf(s->peer, sizeof(s->peer), "%s", peer);
    s->heard_ms = wheel->now_ms;
    arm(s, conf->bind_ms);
    return s;
}

void smpp_sess_free(struct smpp_sess *s)
{
    if (s == NULL)
        return;
    smpp_sess_end(s, "connection lost");
    timer_clear(s->wheel, &s->timer);
    free(s->slot);
    free(s->in.p);
    free(s->out.p);
    free(s);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_acct.c - the accounts of ESMEs: their binds, and the messages for them
 */

#include "smpp_acct.h"

#include "smpp_acct_in.h"
#include "stat.h"

#include <stdlib.h>
#include <string.h>

/* ---- rates ---- */

enum { SECOND_US = 1000000 };

bool smpp_bucket_may(struct smpp_bucket *b, const struct timer_wheel *w)
{
    uint64_t now_us = w->now_ms * 1000;

    if (b->rate == 0)
        return true;
    if (b->since_us + SECOND_US < now_us)
        b->since_us = now_us - SECOND_US;
    return b->since_us + SECOND_US / b->rate <= now_us;
}

void smpp_bucket_take(struct smpp_bucket *b)
{
    if (b->rate > 0)
        b->since_us += SECOND_US / b->rate;
}

/* ---- messages that wait ---- */

static void push(struct smpp_queue *q, struct smpp_held *m)
{
    m->next = NULL;
    m->prev = q->last;
    if (q->last != NULL)
        q->last->next = m;
    else
        q->first = m;
    q->last = m;
}

static void unlink_held(struct smpp_queue *q, struct smpp_held *m)
{
    if (m->prev != NULL)
        m->prev->next = m->next;
    else
        q->first = m->next;
    if (m->next != NULL)
        m->next->prev = m->prev;
    else
        q->last = m->prev;
    m->next = m->prev = NULL;
}

/* All of `more' before all of `q'. */
static void push_front(struct smpp_queue *q, const struct smpp_queue *more)
{
    if (more->first == NULL)
        return;
    more->last->next = q->first;
    if (q->first != NULL)
        q->first->prev = more->last;
    else
        q->last = more->last;
    q->first = more->first;
}

static void wait_in_queue(struct smpp_held *m)
{
    m->acct->waiting++;
    push(&m->acct->queue, m);
}

static void wait_for(struct smpp_sess *s, struct smpp_held *m)
{
    struct smpp_queue q = { s->wait_first, s->wait_last };

    push(&q, m);
    s->wait_first = q.first;
    s->wait_last = q.last;
    m->sess = s;
    m->acct->waiting++;
}

/* It waits somewhere, and does not any more. */
static void wait_no_more(struct smpp_held *m)
{
    struct smpp_sess *s = m->sess;
    struct smpp_queue q;

    m->acct->waiting--;
    if (s == NULL) {
        unlink_held(&m->acct->queue, m);
        return;
    }
    q = (struct smpp_queue){ s->wait_first, s->wait_last };
    unlink_held(&q, m);
    s->wait_first = q.first;
    s->wait_last = q.last;
    m->sess = NULL;
}

/* ---- the end of a message ---- */

static void settle(struct smpp_held *m, enum verdict v, const char *why)
{
    struct smpp_accts *a = m->acct->all;

    switch (v) {
    case VERDICT_OK:
        stat_inc(STAT_smpp_ok);
        break;
    case VERDICT_TEMPFAIL:
        stat_inc(STAT_smpp_tempfail);
        break;
    case VERDICT_PERMFAIL:
        stat_inc(STAT_smpp_permfail);
        break;
    }
    timer_clear(a->wheel, &m->timer);
    a->held--;
    m->acct->held--;
    a->ops->settled(a->ctx, m, v, why);
    free(m);
}

static void too_late(struct timer *t)
{
    struct smpp_held *m = timer_of(t, struct smpp_held, timer);
    struct smpp_acct *acct = m->acct;
    const char *why = "deadline";

    stat_inc(STAT_smpp_late);
    if (m->sequence != 0) {
        smpp_sess_forget(m->sess, m->sequence);
        why = "no answer";
    } else {
        wait_no_more(m);
    }
    settle(m, VERDICT_TEMPFAIL, why);
    smpp_acct_pump(acct);
}

/* ---- sending ---- */

static struct smpp_sticky *sticky_of(struct smpp_accts *a, uint32_t concat)
{
    return &a->sticky[concat % SMPP_STICKY_MAX];
}

/* The session that has the other parts of this message; NULL: none. */
static struct smpp_sess *kept_on(struct smpp_acct *acct, uint32_t concat)
{
    const struct smpp_sticky *k = sticky_of(acct->all, concat);

    if (concat == 0 || k->concat != concat ||
        k->until_ms < acct->all->wheel->now_ms)
        return NULL;
    for (unsigned i = 0; i < acct->binds; i++)
        if (acct->bind[i]->id == k->sess_id)
            return acct->bind[i]->state == SMPP_BOUND ? acct->bind[i] : NULL;
    return NULL;
}

static void arm(struct smpp_held *m, bool out)
{
    struct smpp_accts *a = m->acct->all;
    uint64_t now = a->wheel->now_ms;
    uint64_t ms = m->until_ms > now ? m->until_ms - now : 0;

    if (out && ms > a->conf.response_ms)
        ms = a->conf.response_ms;
    timer_set(a->wheel, &m->timer, ms);
}

static void send_by(struct smpp_sess *s, struct smpp_held *m)
{
    struct smpp_accts *a = m->acct->all;

    m->sess = s;
    m->sequence = smpp_sess_deliver(s, m, m->body, m->n);
    smpp_bucket_take(&m->acct->out);
    arm(m, true);
    if (m->concat != 0)
        *sticky_of(a, m->concat) =
            (struct smpp_sticky){ m->concat, s->id,
                                  a->wheel->now_ms + SMPP_STICKY_MS };
}

/* The session with the fewest messages out that has room; NULL: none has. */
static struct smpp_sess *pick(struct smpp_acct *acct)
{
    struct smpp_sess *best = NULL, *s;

    for (unsigned i = 1; i <= acct->binds; i++) {
        s = acct->bind[(acct->turn + i) % acct->binds];
        if (smpp_sess_has_room(s) && (best == NULL || s->open < best->open))
            best = s;
    }
    if (acct->binds > 0)
        acct->turn = (acct->turn + 1) % acct->binds;
    return best;
}

static bool may_send(struct smpp_acct *acct)
{
    if (smpp_bucket_may(&acct->out, acct->all->wheel))
        return true;
    if (!timer_running(&acct->timer))
        timer_set(acct->all->wheel, &acct->timer, 0);
    return false;
}

/* Where it can go now; *s NULL: where it waits is the queue. */
static bool find_way(struct smpp_held *m, struct smpp_sess **s)
{
    struct smpp_acct *acct = m->acct;

    *s = kept_on(acct, m->concat);
    if (*s != NULL)
        return (*s)->wait_first == NULL && smpp_sess_has_room(*s) &&
               may_send(acct);
    if (!may_send(acct))
        return false;
    *s = pick(acct);
    return *s != NULL;
}

static void pump_sess(struct smpp_acct *acct, struct smpp_sess *s)
{
    struct smpp_held *m;

    while ((m = s->wait_first) != NULL && smpp_sess_has_room(s) &&
           may_send(acct)) {
        wait_no_more(m);
        send_by(s, m);
    }
}

/* Send what can be sent. */
void smpp_acct_pump(struct smpp_acct *acct)
{
    struct smpp_held *m;
    struct smpp_sess *s;

    if (acct->waiting == 0)
        return;
    for (unsigned i = 0; i < acct->binds; i++)
        pump_sess(acct, acct->bind[i]);
    while ((m = acct->queue.first) != NULL) {
        if (find_way(m, &s)) {
            wait_no_more(m);
            send_by(s, m);
        } else if (s != NULL) {
            wait_no_more(m);
            wait_for(s, m);
        } else {
            break;
        }
    }
}

void smpp_acct_pump_later(struct timer *t)
{
    smpp_acct_pump(timer_of(t, struct smpp_acct, timer));
}

static void place(struct smpp_held *m)
{
    struct smpp_sess *s;
    bool others = m->acct->queue.first != NULL;

    if (!others && find_way(m, &s))
        send_by(s, m);
    else if (!others && s != NULL)
        wait_for(s, m);
    else
        wait_in_queue(m);
}

/* ---- messages ---- */

static bool is_field(const struct box_frame *f, int field, const char *text)
{
    size_t n;
    const uint8_t *p = smpp_msg_text(f, field, &n);

    return n == strlen(text) && (n == 0 || memcmp(p, text, n) == 0);
}

static bool begins(const struct box_frame *f, const char *prefix)
{
    size_t n, k = strlen(prefix);
    const uint8_t *p = smpp_msg_text(f, BOX_SMS_RECEIVER, &n);

    if (n > 0 && p[0] == '+') {
        p++;
        n--;
    }
    return n >= k && (k == 0 || memcmp(p, prefix, k) == 0);
}

static bool takes(const struct smpp_acct_conf *c, uint8_t box,
                  const struct box_frame *f)
{
    bool smsc = c->n_smsc == 0;

    for (unsigned i = 0; i < c->n_smsc; i++)
        smsc = smsc || is_field(f, BOX_SMS_SMSC_ID, c->smsc[i]);
    return c->box == box && smsc && begins(f, c->prefix) &&
           (c->account[0] == '\0' || is_field(f, BOX_SMS_ACCOUNT, c->account));
}

struct smpp_acct *smpp_accts_find(struct smpp_accts *a, uint8_t box,
                                  const struct box_frame *f)
{
    for (unsigned i = 0; i < a->n; i++)
        if (!a->acct[i]->gone && takes(&a->acct[i]->conf, box, f))
            return a->acct[i];
    return NULL;
}

static const char *refusal(struct smpp_acct *acct, bool receipt)
{
    struct smpp_accts *a = acct->all;

    if (a->draining)
        return "the box stops";
    if (acct->receivers == 0 && !receipt) {
        stat_inc(STAT_smpp_no_session);
        return "no receiver is bound";
    }
    if (a->held < a->conf.max_held && acct->waiting < acct->conf.max_queue)
        return NULL;
    stat_inc(STAT_smpp_full);
    return "too many are held";
}

const char *smpp_accts_take(struct smpp_accts *a, struct smpp_acct *acct,
                            const struct smpp_take *take)
{
    const char *why = refusal(acct, take->receipt);
    struct smpp_held *m;

    if (why != NULL)
        return why;
    m = malloc(sizeof(*m) + take->n);
    if (m == NULL)
        abort();
    *m = (struct smpp_held){
        .acct = acct,
        .concat = take->concat,
        .key = take->key,
        .box = take->box,
        .receipt = take->receipt,
        .came_ms = a->wheel->now_ms,
        .until_ms = a->wheel->now_ms + a->conf.deadline_ms,
        .timer.fire = too_late,
        .n = (uint32_t)take->n,
    };
    memcpy(m->body, take->body, take->n);
    a->held++;
    acct->held++;
    arm(m, false);
    place(m);
    return NULL;
}

/* Nobody waits for its outcome any more. */
static void drop(struct smpp_held *m)
{
    struct smpp_accts *a = m->acct->all;

    timer_clear(a->wheel, &m->timer);
    a->held--;
    m->acct->held--;
    stat_inc(STAT_smpp_dropped);
    free(m);
}

static void drop_queue(struct smpp_held *m, int box, uint32_t epoch)
{
    struct smpp_held *next;

    for (; m != NULL; m = next) {
        next = m->next;
        if (m->box != box || m->key.epoch != epoch)
            continue;
        wait_no_more(m);
        drop(m);
    }
}

void smpp_accts_box_lost(struct smpp_accts *a, uint8_t box, uint32_t epoch)
{
    a->lost[box] = epoch;
    for (unsigned i = 0; i < a->n; i++) {
        struct smpp_acct *acct = a->acct[i];

        drop_queue(acct->queue.first, box, epoch);
        for (unsigned k = 0; k < acct->binds; k++)
            drop_queue(acct->bind[k]->wait_first, box, epoch);
    }
}

void smpp_accts_drain(struct smpp_accts *a)
{
    a->draining = true;
}

uint32_t smpp_accts_held(const struct smpp_accts *a)
{
    return a->held;
}

static void fail_list(struct smpp_held *m, bool receipts, const char *why)
{
    struct smpp_held *next;

    for (; m != NULL; m = next) {
        next = m->next;
        if (m->receipt && !receipts)
            continue;
        wait_no_more(m);
        settle(m, VERDICT_TEMPFAIL, why);
    }
}

void smpp_acct_fail_waiting(struct smpp_acct *acct, bool receipts,
                            const char *why)
{
    fail_list(acct->queue.first, receipts, why);
    for (unsigned i = 0; i < acct->binds; i++)
        fail_list(acct->bind[i]->wait_first, receipts, why);
}

void smpp_accts_fail_all(struct smpp_accts *a, const char *why)
{
    struct smpp_held *m;

    for (unsigned i = 0; i < a->n; i++) {
        struct smpp_acct *acct = a->acct[i];

        smpp_acct_fail_waiting(acct, true, why);
        for (unsigned k = 0; k < acct->binds; k++)
            while ((m = smpp_sess_take(acct->bind[k])) != NULL)
                settle(m, VERDICT_TEMPFAIL, why);
    }
}

/* ---- sessions ---- */

void smpp_accts_answered(struct smpp_accts *a, struct smpp_sess *s,
                         struct smpp_held *m, uint32_t status)
{
    const struct smpp_acct_conf *c = &m->acct->conf;
    const char *why = smpp_status_str(status);

    (void)a, (void)s;
    settle(m, smpp_verdict(&c->rules, status), why[0] != '\0' ? why : "status");
    smpp_acct_pump(s->acct);
}

/*
 * What a lost server sent is not sent again: its SMSC may have an answer already.
 */
void smpp_acct_take_back(struct smpp_sess *s)
{
    struct smpp_queue q = { NULL, NULL };
    struct smpp_held *m;

    while ((m = smpp_sess_take(s)) != NULL) {
        if (m->key.epoch <= m->acct->all->lost[m->box]) {
            drop(m);
            continue;
        }
        m->sequence = 0;
        m->sess = NULL;
        m->acct->waiting++;
        arm(m, false);
        push(&q, m);
        stat_inc(STAT_smpp_again);
    }
    while ((m = s->wait_first) != NULL) {
        wait_no_more(m);
        m->acct->waiting++;
        push(&q, m);
    }
    push_front(&s->acct->queue, &q);
}

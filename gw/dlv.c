/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv.c - delivery: from a message of the network to a verdict
 *
 *     taken --> out ----ack_success---> confirm = box, app: OK
 *                |  \                   confirm = reply: waits on
 *                |   --ack_failed-----> PERMFAIL
 *                |   --ack_failed_tmp-> TEMPFAIL
 *                |   --reply----------> as reply.h reads it
 *                |   --box lost, token or ack overdue, stop-> TEMPFAIL
 *                 --deadline, abort --> nobody waits; still out
 *
 * A delivery is decided once and then answers all who wait. It leaves the
 * table when it is decided and its box has acknowledged it, is lost, or is
 * not waited for any more: until then it takes one place of the box's window.
 *
 * One lock guards everything here. It is held for lookups, for copies and for
 * log lines, never for a socket.
 */

#include "dlv.h"

#include "box_route.h"
#include "dlv_log.h"
#include "dlv_msg.h"
#include "dlv_route.h"
#include "dlv_token.h"
#include "reply.h"
#include "stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { UUID_OCTETS = 16 };

/* A message on its way in. */
struct taken {
    const struct ss7_sms *m;
    struct tpdu_deliver tpdu;
    struct dedup_key key;
    uint16_t route;
    uint64_t id;
    struct box_ref box;
    uint64_t secret; /* of its token */
    char sender[DLV_SENDER_MAX + 1];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct dlv_conf *conf;
static struct dlv_tab *tab; /* NULL: not started, or stopped */
static struct dedup *dedup; /* NULL: dedup = none */
static uint8_t process[8];  /* first half of our UUIDs */
static long sweeper = -1;
static bool stopping; /* sweeper: end */

static uint64_t clock_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static uint64_t now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* Octets nobody can foresee, fetched from the kernel many at a time. */
static void random_octets(uint8_t *out, size_t n)
{
    static uint8_t pool[256];
    static size_t left;

    if (left < n) {
        if (getrandom(pool, sizeof(pool), 0) != (ssize_t)sizeof(pool))
            panic(0, "No random numbers from the kernel.");
        left = sizeof(pool);
    }
    left -= n;
    memcpy(out, pool + left, n);
    memset(pool + left, 0, n);
}

static void put64(uint8_t *p, uint64_t v)
{
    int i;

    for (i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v = 0;
    int i;

    for (i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

/* ---- answers ---- */

static struct map_err err_of(const struct dlv_route *r, enum verdict v)
{
    struct map_err none = { .code = MAP_ERR_NONE, .cause = -1 };

    if (r == NULL || v == VERDICT_OK)
        return none;
    return v == VERDICT_PERMFAIL ? r->permfail : r->tempfail;
}

static void tell_waiter(const struct dlv *d, const struct dlv_waiter *w,
                        enum verdict v, const char *how)
{
    char box[BOX_ID_MAX + 1];
    const struct dlv_line line = {
        .key = &d->key,
        .sc = w->sc,
        .sender = d->sender,
        .vmn = d->vmn,
        .box = box,
        .received_ms = w->received_ms,
        .v = v,
        .how = how,
    };

    box_route_name(d->box, box);
    dlv_log(&line);
}

static void tell_taken(const struct taken *t, enum verdict v, const char *how)
{
    const struct dlv_line line = {
        .key = &t->key,
        .sc = t->m->sc,
        .sender = t->sender,
        .vmn = t->m->vmn,
        .box = "",
        .received_ms = t->m->received_ms,
        .v = v,
        .how = how,
    };

    dlv_log(&line);
}

static void gone(struct dlv *d)
{
    if (d->decided && d->acked)
        dlv_del(tab, d);
}

/* Nobody waits, the outcome is kept for the retry. */
static void tell_late(const struct dlv *d, enum verdict v, const char *how)
{
    struct dlv_waiter none = { .received_ms = clock_ms(CLOCK_REALTIME) -
                                              (now_ms() - d->since_ms) };

    memcpy(none.sc, d->sc, sizeof(none.sc));
    stat_inc(STAT_dlv_late);
    tell_waiter(d, &none, v, how);
}

/* Decide `d', answer all who wait, and forget it unless its ack is due. */
static void settle(struct dlv *d, enum verdict v, const char *how)
{
    static const enum stat_id count[] = {
        [VERDICT_OK] = STAT_dlv_ok,
        [VERDICT_TEMPFAIL] = STAT_dlv_tempfail,
        [VERDICT_PERMFAIL] = STAT_dlv_permfail,
    };
    const struct dlv_route *r = &conf->route[d->route];
    struct dlv_waiter w;

    d->decided = true;
    stat_inc(count[v]);
    if (d->reply)
        dlv_route_held(d->route, -1);
    if (dedup != NULL)
        dedup_decide(dedup, &d->key, d->id, v, now_ms());
    if (d->waiter == 0 && v != VERDICT_TEMPFAIL)
        tell_late(d, v, how);
    while (dlv_wait_take(tab, d, &w)) {
        ss7_verdict(w.ss7_id, v, err_of(r, v));
        tell_waiter(d, &w, v, how);
    }
    gone(d);
}

/* Its box will not acknowledge it any more: TEMPFAIL, unless decided. */
static void give_up(struct dlv *d, const char *how)
{
    if (!d->acked)
        box_route_release(d->box);
    d->acked = true;
    if (d->decided)
        gone(d);
    else
        settle(d, VERDICT_TEMPFAIL, how);
}

/* The network's or the route's deadline came before the answer. */
static void missed(struct dlv *d)
{
    if (!d->reply || d->decided || d->missed)
        return;
    d->missed = true;
    dlv_route_missed(d->route, now_ms());
}

/* ---- messages in ---- */

static struct dlv_waiter waiter_of(const struct taken *t)
{
    uint32_t deadline_ms = conf->route[t->route].deadline_ms;
    struct dlv_waiter w = {
        .ss7_id = t->m->id,
        .received_ms = t->m->received_ms,
        .at_ms = deadline_ms == 0 ? 0 : now_ms() + deadline_ms,
    };

    memcpy(w.sc, t->m->sc, sizeof(w.sc));
    return w;
}

static const char *refusal_str(enum stat_id why)
{
    switch (why) {
    case STAT_dlv_no_route:
        return "no route for the number";
    case STAT_dlv_no_box:
        return "no box of the route is connected";
    case STAT_dlv_box_full:
        return "every box of the route is full";
    case STAT_dlv_held_full:
        return "reply-max-held is reached";
    case STAT_dlv_silent:
        return "smsbox gives no replies";
    default:
        return "too many deliveries are open";
    }
}

static void refuse(const struct taken *t, const struct dlv_route *r,
                   enum stat_id why)
{
    ss7_verdict(t->m->id, VERDICT_TEMPFAIL, err_of(r, VERDICT_TEMPFAIL));
    stat_inc(why);
    tell_taken(t, VERDICT_TEMPFAIL, refusal_str(why));
}

/* It is out or was decided: joined or answered again. */
static bool is_known(const struct taken *t)
{
    const struct dlv_route *r = &conf->route[t->route];
    struct dlv_waiter w;
    struct dlv *d;
    uint64_t id;
    enum verdict v;

    if (dedup == NULL)
        return false;
    switch (dedup_find(dedup, &t->key, now_ms(), &id, &v)) {
    case DEDUP_UNKNOWN:
        return false;
    case DEDUP_DECIDED:
        if (t->m->repeated) /* the peer had that answer: it is a new one */
            return false;
        ss7_verdict(t->m->id, v, err_of(r, v));
        stat_inc(STAT_dlv_again);
        tell_taken(t, v, "answered as before");
        return true;
    case DEDUP_OUT:
        break;
    }
    d = dlv_find(tab, id);
    w = waiter_of(t);
    if (d == NULL || dlv_wait(tab, d, &w) != 0)
        refuse(t, r, STAT_dlv_full);
    else
        stat_inc(STAT_dlv_joined);
    return true;
}

/* STAT_COUNT: t->box has a place in its window for it. */
static enum stat_id find_box(struct taken *t)
{
    const struct dlv_route *r = &conf->route[t->route];

    if (dlv_count(tab) >= conf->max_deliveries)
        return STAT_dlv_full;
    if (!dlv_route_may_hold(t->route))
        return STAT_dlv_held_full;
    switch (box_route_pick(r->box_id, &t->box)) {
    case BOX_PICKED:
        /* asked last: it may give away the one probe of a minute */
        if (!dlv_route_is_silent(t->route, now_ms()))
            return STAT_COUNT;
        box_route_release(t->box);
        return STAT_dlv_silent;
    case BOX_NONE:
        return STAT_dlv_no_box;
    case BOX_FULL:
        break;
    }
    return STAT_dlv_box_full;
}

/* True: a new delivery was made, and its message must be sent. */
static bool place(struct taken *t)
{
    const struct dlv_route *r = &conf->route[t->route];
    struct dlv_waiter w;
    enum stat_id why;
    struct dlv *d;

    if (is_known(t))
        return false;
    why = find_box(t);
    if (why != STAT_COUNT) {
        refuse(t, r, why);
        return false;
    }
    d = dlv_new(tab, t->box);
    w = waiter_of(t);
    if (d == NULL || dlv_wait(tab, d, &w) != 0) {
        if (d != NULL)
            dlv_del(tab, d);
        box_route_release(t->box);
        refuse(t, r, STAT_dlv_full);
        return false;
    }
    t->id = d->id;
    d->route = t->route;
    d->reply = dlv_route_by_reply(t->route);
    d->since_ms = now_ms();
    d->key = t->key;
    memcpy(d->sender, t->sender, sizeof(d->sender));
    memcpy(d->vmn, t->m->vmn, sizeof(d->vmn));
    memcpy(d->sc, t->m->sc, sizeof(d->sc));
    if (d->reply) {
        dlv_route_held(t->route, 1);
        random_octets((uint8_t *)&d->secret, sizeof(d->secret));
        t->secret = d->secret;
    }
    if (dedup != NULL)
        dedup_out(dedup, &d->key, d->id);
    return true;
}

static const struct ss7_network *network_of(const struct ss7_sms *m)
{
    return m->network < conf->n_networks ? &conf->network[m->network] : NULL;
}

/* If the box is lost meanwhile, its loss settles the delivery. */
static void send_out(const struct taken *t)
{
    const struct dlv_route *r = &conf->route[t->route];
    uint8_t uuid[UUID_OCTETS], frame[DLV_MSG_OCTETS];
    char token[DLV_SMSC_ID_MAX], box[BOX_ID_MAX + 1];
    struct dlv_msg_about about = {
        .route = r,
        .network = network_of(t->m),
        .key = &t->key,
        .sender = t->sender,
        .smsc_id = dlv_route_by_reply(t->route) ? token : r->smsc_id,
        .uuid = uuid,
    };

    memcpy(uuid, process, sizeof(process));
    put64(uuid + sizeof(process), t->id);
    if (dlv_route_by_reply(t->route))
        dlv_token_write(token, r->smsc_id, t->id, t->secret);
    box_route_put(t->box, frame, dlv_msg(frame, t->m, &t->tpdu, &about));
    stat_inc(STAT_dlv_out);
    box_route_name(t->box, box);
    dlv_log_sent(&t->key, box);
}

/* What is no message for an application is answered at once. */
static bool read_tpdu(struct taken *t)
{
    struct map_err answer = { .code = MAP_ERR_NONE, .cause = -1 };
    const struct ss7_sms *m = t->m;
    struct rd_err err;
    struct rd r = rd_init(m->tpdu, m->tpdu_len, &err);
    const struct ss7_network *n = network_of(m);
    enum tpdu_mti mti;

    t->sender[0] = '\0';
    dlv_msg_key(m, conf->dedup_sc_exact, &t->key);
    if (!tpdu_mt_read(&r, &mti, &t->tpdu)) {
        stat_inc(STAT_dlv_bad_tpdu);
        ss7_verdict(m->id, VERDICT_PERMFAIL, answer);
        tell_taken(t, VERDICT_PERMFAIL, err.what);
        return false;
    }
    if (mti == TPDU_STATUS_REPORT) {
        stat_inc(STAT_dlv_status_report);
        answer.code = MAP_ERR_FACILITY_NOT_SUPPORTED;
        ss7_verdict(m->id, VERDICT_PERMFAIL, answer);
        tell_taken(t, VERDICT_PERMFAIL, "a status report");
        return false;
    }
    dlv_msg_sender(&t->tpdu.oa, n == NULL ? NULL : &n->plan, t->sender);
    return true;
}

void dlv_take(const struct ss7_sms *m)
{
    struct taken t = { .m = m };
    bool out = false;
    int route;

    if (!read_tpdu(&t))
        return;
    route = dlv_route_of(m);
    if (route < 0) {
        refuse(&t, NULL, STAT_dlv_no_route);
        return;
    }
    t.route = (uint16_t)route;
    pthread_mutex_lock(&lock);
    if (tab != NULL)
        out = place(&t);
    else
        ss7_verdict(m->id, VERDICT_TEMPFAIL, err_of(NULL, VERDICT_TEMPFAIL));
    pthread_mutex_unlock(&lock);
    if (out)
        send_out(&t);
}

void dlv_flush(void)
{
    box_route_flush();
}

void dlv_gone(uint64_t id, enum map_gone why)
{
    struct dlv_waiter w;
    struct dlv *d;

    pthread_mutex_lock(&lock);
    d = tab == NULL ? NULL : dlv_wait_drop(tab, id, &w);
    if (d != NULL && why == MAP_GONE_DEADLINE) {
        missed(d);
        tell_waiter(d, &w, VERDICT_TEMPFAIL, "no answer in time");
    } else if (d != NULL) {
        tell_waiter(d, &w, VERDICT_TEMPFAIL, "the network gave up");
    }
    pthread_mutex_unlock(&lock);
}

/* ---- what boxes say ---- */

static bool same_box(struct box_ref a, struct box_ref b)
{
    return a.slot == b.slot && a.epoch == b.epoch;
}

static void ack_in(struct dlv *d, int32_t nack)
{
    if (nack == ack_buffered) /* it will decide later: no confirmation */
        return;
    d->acked = true;
    box_route_release(d->box);
    if (d->decided)
        gone(d);
    else if (nack == ack_failed)
        settle(d, VERDICT_PERMFAIL, "refused by the box");
    else if (nack != ack_success)
        settle(d, VERDICT_TEMPFAIL, "failed in the box");
    else if (!d->reply)
        settle(d, VERDICT_OK, "acked");
}

enum dlv_ack dlv_ack(struct box_ref box, const uint8_t uuid[16], int32_t nack)
{
    enum dlv_ack result = DLV_ACK_TAKEN;
    struct dlv *d;

    if (memcmp(uuid, process, sizeof(process)) != 0)
        return DLV_ACK_FOREIGN;
    pthread_mutex_lock(&lock);
    d = tab == NULL ? NULL : dlv_find(tab, get64(uuid + sizeof(process)));
    if (d != NULL && same_box(d->box, box) && !d->acked) {
        if (d->reply && !d->decided && nack == ack_success)
            result = DLV_ACK_REPLY_DUE;
        ack_in(d, nack);
    } else {
        stat_inc(STAT_box_ack_unknown);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

/* A token of some route: even one that says nothing must be swallowed. */
static bool token_read(const uint8_t *p, size_t n, uint64_t *id,
                       uint64_t *secret)
{
    unsigned i;

    for (i = 0; i < conf->n_routes; i++) {
        if (dlv_route_by_reply((uint16_t)i) &&
            dlv_token_read(p, n, conf->route[i].smsc_id, id, secret))
            return true;
    }
    return false;
}

static void reply_in(struct dlv *d, const uint8_t *text, size_t len)
{
    const struct dlv_route *r = &conf->route[d->route];
    const struct reply_texts texts = {
        .couldnotfetch = r->reply_couldnotfetch,
        .couldnotrepresent = r->reply_couldnotrepresent,
        .requestfailed = r->reply_requestfailed,
        .emptymessage = r->reply_emptymessage,
    };
    enum reply_says says = reply_read(&texts, text, len);

    dlv_route_heard(d->route);
    settle(d, reply_verdict(says), reply_str(says));
}

bool dlv_reply(struct box_ref box, const uint8_t *smsc_id, size_t n,
               const uint8_t *text, size_t len)
{
    uint64_t id, secret;
    struct dlv *d;

    if (!token_read(smsc_id, n, &id, &secret))
        return false;
    pthread_mutex_lock(&lock);
    d = tab == NULL ? NULL : dlv_find(tab, id);
    if (d != NULL && d->reply && !d->decided && same_box(d->box, box) &&
        d->secret == secret)
        reply_in(d, text, len);
    else
        stat_inc(STAT_dlv_reply_late);
    pthread_mutex_unlock(&lock);
    return true;
}

void dlv_box_lost(struct box_ref box)
{
    struct dlv *d, *next;

    pthread_mutex_lock(&lock);
    d = tab == NULL ? NULL : dlv_first_of_box(tab, box.slot);
    for (; d != NULL; d = next) {
        next = dlv_next_of_box(tab, d);
        if (!same_box(d->box, box))
            continue;
        if (!d->decided)
            stat_inc(STAT_dlv_lost);
        give_up(d, "box lost");
    }
    pthread_mutex_unlock(&lock);
}

/* ---- time ---- */

static void sweep_one(struct dlv *d, uint64_t now)
{
    const struct dlv_route *r = &conf->route[d->route];
    struct dlv_waiter w;

    while (!d->decided && dlv_wait_take_late(tab, d, now, &w)) {
        ss7_verdict(w.ss7_id, VERDICT_TEMPFAIL, err_of(r, VERDICT_TEMPFAIL));
        missed(d);
        tell_waiter(d, &w, VERDICT_TEMPFAIL, "no answer in time");
    }
    /* `now' may be older than the delivery: it was read before the lock. */
    if (!d->acked && d->since_ms + DLV_ACK_MS <= now) {
        stat_inc(STAT_dlv_ack_expired);
        give_up(d, "no ack");
    } else if (d->reply && !d->decided && d->since_ms + DLV_TOKEN_MS <= now) {
        stat_inc(STAT_dlv_reply_expired);
        settle(d, VERDICT_TEMPFAIL, "no reply");
    }
}

void dlv_sweep(uint64_t now)
{
    struct dlv *d, *next;

    pthread_mutex_lock(&lock);
    d = tab == NULL ? NULL : dlv_first(tab);
    for (; d != NULL; d = next) {
        next = dlv_next(tab, d);
        sweep_one(d, now);
    }
    pthread_mutex_unlock(&lock);
}

static bool is_stopping(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = stopping;
    pthread_mutex_unlock(&lock);
    return is;
}

static void sweep_run(void *arg)
{
    (void)arg;
    while (!is_stopping()) {
        gwthread_sleep(DLV_SWEEP_MS / 1000.0);
        dlv_sweep(now_ms());
    }
}

/* ---- start and stop ---- */

static void free_all(void)
{
    dlv_tab_free(tab);
    dedup_free(dedup);
    dlv_route_stop();
    tab = NULL;
    dedup = NULL;
}

int dlv_start(const struct dlv_conf *c)
{
    uint64_t seed;

    conf = c;
    stopping = false;
    random_octets(process, sizeof(process));
    random_octets((uint8_t *)&seed, sizeof(seed));
    dlv_route_start(c);
    dlv_log_trace(c->trace);
    tab = dlv_tab_new(c->max_deliveries);
    if (c->dedup)
        dedup = dedup_new(c->dedup_max, c->max_deliveries,
                          (uint64_t)c->dedup_ttl_s * 1000, seed);
    if (tab == NULL || (c->dedup && dedup == NULL)) {
        error(0, "No memory for %u deliveries and %u old ones.",
              (unsigned)c->max_deliveries, (unsigned)c->dedup_max);
        free_all();
        return -1;
    }
    sweeper = gwthread_create(sweep_run, NULL);
    if (sweeper == -1) {
        free_all();
        return -1;
    }
    return 0;
}

unsigned dlv_open(void)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = tab == NULL ? 0 : dlv_count(tab);
    pthread_mutex_unlock(&lock);
    return n;
}

void dlv_stop(void)
{
    struct dlv *d;

    if (sweeper == -1)
        return;
    /* Under the lock: gwlib writes to a thread's pipe without asking whether
     * the thread has ended meanwhile, and whose descriptor it is by then. */
    pthread_mutex_lock(&lock);
    stopping = true;
    gwthread_wakeup(sweeper);
    pthread_mutex_unlock(&lock);
    gwthread_join(sweeper);
    sweeper = -1;
    pthread_mutex_lock(&lock);
    while ((d = dlv_first(tab)) != NULL)
        give_up(d, "stopped");
    free_all();
    pthread_mutex_unlock(&lock);
}

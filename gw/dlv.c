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
#include "dlv_part.h"
#include "dlv_route.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

struct dlv_own dlv_own = { .lock = PTHREAD_MUTEX_INITIALIZER };
static long sweeper = -1;
static bool stopping; /* sweeper: end */

static uint64_t clock_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t dlv_now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

uint64_t dlv_utc_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

void dlv_random_octets(uint8_t *out, size_t n)
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

void dlv_uuid_write(uint8_t uuid[DLV_UUID_OCTETS], uint64_t id)
{
    memcpy(uuid, dlv_own.process, sizeof(dlv_own.process));
    put64(uuid + sizeof(dlv_own.process), id);
}

bool dlv_uuid_read(const uint8_t uuid[DLV_UUID_OCTETS], uint64_t *id)
{
    *id = get64(uuid + sizeof(dlv_own.process));
    return memcmp(uuid, dlv_own.process, sizeof(dlv_own.process)) == 0;
}

/* ---- answers ---- */

struct map_err dlv_err_of(const struct dlv_route *r, enum verdict v)
{
    struct map_err none = { .code = MAP_ERR_NONE, .cause = -1 };

    if (r == NULL || v == VERDICT_OK)
        return none;
    return v == VERDICT_PERMFAIL ? r->permfail : r->tempfail;
}

void dlv_tell_waiter(const struct dlv *d, const struct dlv_waiter *w,
                     enum verdict v, const char *how)
{
    char box[BOX_ID_MAX + 1] = "";
    const struct dlv_line line = {
        .key = &d->shown,
        .report = d->report,
        .sc = w->sc,
        .sender = d->sender,
        .vmn = d->vmn,
        .box = box,
        .received_ms = w->received_ms,
        .v = v,
        .how = how,
        .ss7_id = w->ss7_id,
        .route = dlv_own.conf->route[d->route].id,
        .notes = d->notes,
        .duplicate = d->again    ? PLUG_CDR_REPEATED
                     : w->joined ? PLUG_CDR_JOINED
                                 : PLUG_CDR_FIRST,
        .filtered_ms = d->filtered_ms,
        .sent_ms = d->sent_ms,
    };

    if (d->box.slot < DLV_BOXES)
        box_route_name(d->box, box);
    dlv_log(&line);
}

void dlv_release(struct dlv *d)
{
    if (d->decided && d->acked && d->wait == DLV_WAITS_NOT)
        dlv_del(dlv_own.tab, d);
}

/* Nobody waits, the outcome is kept for the retry. */
static void tell_late(const struct dlv *d, enum verdict v, const char *how)
{
    struct dlv_waiter none = { .received_ms = dlv_utc_ms() -
                                              (dlv_now_ms() - d->since_ms) };

    memcpy(none.sc, d->sc, sizeof(none.sc));
    stat_inc(STAT_dlv_late);
    dlv_tell_waiter(d, &none, v, how);
}

void dlv_settle(struct dlv *d, enum verdict v, const char *how)
{
    static const enum stat_id count[] = {
        [VERDICT_OK] = STAT_dlv_ok,
        [VERDICT_TEMPFAIL] = STAT_dlv_tempfail,
        [VERDICT_PERMFAIL] = STAT_dlv_permfail,
    };

    if (d->wait == DLV_WAITS_FILTER)
        dlv_unhold(d);
    d->decided = true;
    stat_inc(count[v]);
    if (d->reply)
        dlv_route_held(d->route, -1);
    if (d->box.slot < DLV_BOXES)
        dlv_route_out(d->route, d->rule, -1);
    if (dlv_own.conf->dedup != DLV_DEDUP_STORE || !dlv_store_record(d, v, how))
        dlv_finish(d, v, how);
}

static void tell_plugins(const struct dlv *d, enum verdict v)
{
    char id[DLV_FOREIGN_ID_OCTETS];

    dlv_msg_foreign_id(&d->shown, id);
    plug_done(id, v == VERDICT_OK         ? PLUG_DONE
                  : v == VERDICT_PERMFAIL ? PLUG_PERMFAIL
                                          : PLUG_TEMPFAIL);
}

void dlv_finish_err(struct dlv *d, enum verdict v, struct map_err err,
                    const char *how)
{
    struct dlv_waiter w;

    d->decided = true;
    if (d->fresh && plug_wants_done())
        tell_plugins(d, v);
    if (dlv_own.dedup != NULL)
        dedup_decide(dlv_own.dedup, &d->key, d->id, v, dlv_now_ms());
    if (d->waiter == 0 && v != VERDICT_TEMPFAIL && d->box.slot < DLV_BOXES)
        tell_late(d, v, how);
    while (dlv_wait_take(dlv_own.tab, d, &w)) {
        ss7_verdict(w.ss7_id, v, err);
        dlv_tell_waiter(d, &w, v, how);
    }
    dlv_release(d);
}

void dlv_finish(struct dlv *d, enum verdict v, const char *how)
{
    struct map_err err = d->err;

    if (v == VERDICT_OK || err.code == MAP_ERR_NONE)
        err = dlv_err_of(&dlv_own.conf->route[d->route], v);
    dlv_finish_err(d, v, err, how);
}

void dlv_give_up(struct dlv *d, const char *how)
{
    if (!d->acked)
        box_route_release(d->box);
    d->acked = true;
    if (d->decided)
        dlv_release(d);
    else
        dlv_settle(d, VERDICT_TEMPFAIL, how);
}

void dlv_missed(struct dlv *d)
{
    if (!d->reply || d->decided || d->missed)
        return;
    d->missed = true;
    dlv_route_missed(d->route, dlv_now_ms());
}

/* ---- time ---- */

static void sweep_one(struct dlv *d, uint64_t now)
{
    const struct dlv_route *r = &dlv_own.conf->route[d->route];
    struct dlv_waiter w;

    while (!d->decided && dlv_wait_take_late(dlv_own.tab, d, now, &w)) {
        ss7_verdict(w.ss7_id, VERDICT_TEMPFAIL,
                    dlv_err_of(r, VERDICT_TEMPFAIL));
        dlv_missed(d);
        dlv_tell_waiter(d, &w, VERDICT_TEMPFAIL, "no answer in time");
    }
    /* `now' may be older than the delivery: it was read before the lock. */
    if (!d->acked && d->since_ms + DLV_ACK_MS <= now) {
        stat_inc(STAT_dlv_ack_expired);
        dlv_give_up(d, "no ack");
    } else if (d->reply && !d->decided && d->since_ms + DLV_TOKEN_MS <= now) {
        stat_inc(STAT_dlv_reply_expired);
        dlv_settle(d, VERDICT_TEMPFAIL, "no reply");
    } else if (d->wait != DLV_WAITS_NOT) {
        dlv_store_sweep(d, now);
    }
}

void dlv_sweep(uint64_t now)
{
    struct dlv *d, *next;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_own.tab == NULL ? NULL : dlv_first(dlv_own.tab);
    for (; d != NULL; d = next) {
        next = dlv_next(dlv_own.tab, d);
        sweep_one(d, now);
    }
    pthread_mutex_unlock(&dlv_own.lock);
}

static bool is_stopping(void)
{
    bool is;

    pthread_mutex_lock(&dlv_own.lock);
    is = stopping;
    pthread_mutex_unlock(&dlv_own.lock);
    return is;
}

static void sweep_run(void *arg)
{
    (void)arg;
    while (!is_stopping()) {
        gwthread_sleep(DLV_SWEEP_MS / 1000.0);
        dlv_sweep(dlv_now_ms());
        dlv_flush();
    }
}

/* ---- start and stop ---- */

static void free_all(void)
{
    dlv_tab_free(dlv_own.tab);
    dedup_free(dlv_own.dedup);
    dlv_route_stop();
    dlv_own.tab = NULL;
    dlv_own.dedup = NULL;
}

int dlv_start(const struct dlv_conf *c)
{
    uint64_t seed;

    dlv_own.conf = c;
    stopping = false;
    dlv_random_octets(dlv_own.process, sizeof(dlv_own.process));
    dlv_random_octets((uint8_t *)&seed, sizeof(seed));
    memset(&dlv_own.loop, 0, sizeof(dlv_own.loop));
    dlv_route_start(c);
    dlv_log_trace(c->trace);
    dlv_own.tab = dlv_tab_new(c->max_deliveries);
    if (c->dedup)
        dlv_own.dedup = dedup_new(c->dedup_max, c->max_deliveries,
                                  (uint64_t)c->dedup_ttl_s * 1000, seed);
    if (dlv_own.tab == NULL || (c->dedup && dlv_own.dedup == NULL)) {
        error(0, "No memory for %u deliveries and %u old ones.",
              (unsigned)c->max_deliveries, (unsigned)c->dedup_max);
        free_all();
        return -1;
    }
    if (c->dedup == DLV_DEDUP_STORE && dlv_store_start(c) < 0) {
        free_all();
        return -1;
    }
    sweeper = gwthread_create(sweep_run, NULL);
    if (sweeper == -1) {
        dlv_store_stop();
        free_all();
        return -1;
    }
    return 0;
}

unsigned dlv_open(void)
{
    unsigned n;

    pthread_mutex_lock(&dlv_own.lock);
    n = dlv_own.tab == NULL ? 0 : dlv_count(dlv_own.tab);
    pthread_mutex_unlock(&dlv_own.lock);
    return n;
}

void dlv_stop(void)
{
    struct dlv *d;

    if (sweeper == -1)
        return;
    /* Under the lock: gwlib writes to a thread's pipe without asking whether
     * the thread has ended meanwhile, and whose descriptor it is by then. */
    pthread_mutex_lock(&dlv_own.lock);
    stopping = true;
    gwthread_wakeup(sweeper);
    pthread_mutex_unlock(&dlv_own.lock);
    gwthread_join(sweeper);
    sweeper = -1;
    pthread_mutex_lock(&dlv_own.lock);
    while ((d = dlv_first(dlv_own.tab)) != NULL)
        if (d->wait == DLV_WAITS_RECORD)
            dlv_store_late(d);
        else
            dlv_give_up(d, "stopped");
    free_all();
    pthread_mutex_unlock(&dlv_own.lock);
    dlv_store_stop();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_send.c - message waiting: alerts, and what comes of them
 *
 *     due --decide--> claimed --committed--> SS7 thread --> answer
 *                  \-> later                                   |
 *                            off the list, or again later <----+
 *
 * An alert that is out has a slot. Its answer waits there for the database, so
 * that one which cannot be told the database now is not lost.
 */

#include "mw_part.h"

#include "mw_rate.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>

enum {
    AT_ONCE = 64,    /* rows read, or answers told, in one go */
    LOST_MS = 20000, /* an answer would have come: map_client is quicker */
    PRUNE_MS = 600000,
};
#define KEEP_MS (INT64_C(7) * 24 * 3600 * 1000) /* on the list */

struct out {
    bool used, done;
    uint32_t gen;
    enum verdict v;
    uint64_t since_ms;
    struct reg_waiting w;
};

static const struct mw_conf *conf;
static const struct hlr_conf *reg;
static struct mw_rate *rate;
static bool more;     /* rows were left that are due */
static unsigned turn; /* the route that is asked first */
static uint64_t prune_at_ms;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of these: */
static struct out out[MW_OUT];
static unsigned n_out, n_done;

int mw_send_start(const struct mw_conf *c, const struct hlr_conf *r)
{
    conf = c;
    reg = r;
    more = false;
    turn = 0;
    prune_at_ms = 0;
    n_out = n_done = 0;
    memset(out, 0, sizeof(out));
    rate = mw_rate_new(c->rate, c->rate_sc);
    return rate == NULL ? -1 : 0;
}

void mw_send_stop(void)
{
    mw_rate_free(rate);
    rate = NULL;
}

/* ---- slots ---- */

static void answer(struct out *o, enum verdict v)
{
    if (!o->used || o->done)
        return;
    o->done = true;
    o->v = v;
    n_done++;
}

void mw_send_alerted(uint64_t ref, enum verdict v)
{
    struct out *o = &out[ref % MW_OUT];

    pthread_mutex_lock(&lock);
    if (o->gen == (uint32_t)(ref >> 32))
        answer(o, v);
    pthread_mutex_unlock(&lock);
}

/* One of them is free: there are never more. */
static uint64_t take_slot(const struct reg_waiting *w, uint64_t mono_ms)
{
    unsigned i = 0;
    uint32_t gen;

    pthread_mutex_lock(&lock);
    while (out[i].used)
        i++;
    gen = out[i].gen + 1;
    out[i] = (struct out){ .used = true, .gen = gen, .since_ms = mono_ms };
    out[i].w = *w;
    n_out++;
    pthread_mutex_unlock(&lock);
    return (uint64_t)gen << 32 | i;
}

static unsigned free_slots(void)
{
    unsigned n;

    pthread_mutex_lock(&lock);
    n = MW_OUT - n_out;
    pthread_mutex_unlock(&lock);
    return n;
}

bool mw_send_busy(uint64_t mono_ms)
{
    bool busy;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < MW_OUT && n_out > n_done; i++)
        if (out[i].used && out[i].since_ms + LOST_MS <= mono_ms)
            answer(&out[i], VERDICT_TEMPFAIL);
    busy = more || n_done > 0;
    pthread_mutex_unlock(&lock);
    return busy;
}

/* ---- answers ---- */

static void tell(const struct out *o, bool last)
{
    const struct reg_waiting *w = &o->w;

    if (o->v == VERDICT_OK) {
        debug("mw", 0, "Centre <%s> knows that <%s> is back.", w->sc,
              w->msisdn);
    } else if (last) {
        stat_inc(STAT_mw_given_up);
        warning(0, "Centre <%s> waits for <%s> no more: %s.", w->sc, w->msisdn,
                o->v == VERDICT_PERMFAIL ? "it refused the alert"
                                         : "too many alerts failed");
    } else {
        stat_inc(STAT_mw_again);
        debug("mw", 0, "Centre <%s>: alert about <%s> failed, try %u.", w->sc,
              w->msisdn, (unsigned)w->tries + 1);
    }
}

static void what_of(const struct out *o, int64_t now, struct reg_mw_do *todo)
{
    todo->w = o->w;
    todo->what = REG_MW_DONE;
    if (o->v == VERDICT_TEMPFAIL && mw_again(o->w.tries, now, &todo->at_ms))
        todo->what = REG_MW_AGAIN;
}

/* Answers are not changed once they are there. */
static unsigned gather(struct reg_mw_do *todo, unsigned *slot, int64_t now)
{
    unsigned n = 0;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < MW_OUT && n < AT_ONCE && n < n_done; i++) {
        if (!out[i].done)
            continue;
        what_of(&out[i], now, &todo[n]);
        slot[n++] = i;
    }
    pthread_mutex_unlock(&lock);
    return n;
}

static void let_go(const struct reg_mw_do *todo, const unsigned *slot,
                   unsigned n)
{
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < n; i++) {
        struct out *o = &out[slot[i]];

        tell(o, todo[i].what == REG_MW_DONE);
        o->used = o->done = false;
        n_out--;
        n_done--;
    }
    pthread_mutex_unlock(&lock);
}

bool mw_send_results(struct reg *r, const char *node, int64_t now,
                     uint64_t mono_ms)
{
    struct reg_mw_do todo[AT_ONCE];
    unsigned slot[AT_ONCE], n;

    (void)mw_send_busy(mono_ms); /* those that got lost */
    while ((n = gather(todo, slot, now)) > 0) {
        if (reg_mw_apply(r, node, todo, n, now) != DB_OK)
            return false;
        let_go(todo, slot, n);
    }
    return true;
}

/* ---- alerts ---- */

/* Networks of another node, which this one does not have: it cannot. */
static int network_of(const char *id)
{
    for (unsigned i = 0; i < reg->networks; i++)
        if (strcmp(reg->network_id[i], id) == 0)
            return (int)i;
    return -1;
}

static void send_one(const struct reg_waiting *w, uint64_t mono_ms)
{
    uint64_t ref = take_slot(w, mono_ms);
    int network = network_of(w->network);

    stat_inc(STAT_mw_sent);
    debug("mw", 0, "Centre <%s> is alerted: <%s> of route <%s> is back.", w->sc,
          w->msisdn, w->route);
    if (network < 0 || !ss7_alert((uint8_t)network, w->sc, w->msisdn, ref))
        mw_send_alerted(ref, VERDICT_TEMPFAIL);
}

/* False: the database failed. *n: rows that were due. */
static bool send_route(struct reg *r, const char *node, const char *route,
                       int64_t now, uint64_t mono_ms, unsigned *n)
{
    struct reg_mw_do todo[AT_ONCE];
    unsigned room = free_slots();

    *n = 0;
    if (room == 0)
        return true;
    if (reg_mw_due(r, route, now, todo, room < AT_ONCE ? room : AT_ONCE, n) !=
        DB_OK)
        return false;
    mw_rate_decide(rate, todo, *n, now);
    if (reg_mw_apply(r, node, todo, *n, now) != DB_OK)
        return false;
    for (unsigned i = 0; i < *n; i++)
        if (todo[i].what == REG_MW_CLAIM)
            send_one(&todo[i].w, mono_ms);
    return true;
}

static bool prune(struct reg *r, int64_t now, uint64_t mono_ms)
{
    int64_t n;

    if (mono_ms < prune_at_ms)
        return true;
    prune_at_ms = mono_ms + PRUNE_MS;
    if (reg_mw_prune(r, now - KEEP_MS, &n) != DB_OK)
        return false;
    if (n > 0)
        info(0, "Message waiting: %lu entries were older than a week.",
             (unsigned long)n);
    return true;
}

bool mw_send_due(struct reg *r, const char *node, const struct reg_route *route,
                 unsigned n, int64_t now, uint64_t mono_ms)
{
    unsigned due;

    more = false;
    turn++;
    for (unsigned i = 0; i < n; i++) {
        const struct reg_route *at = &route[(turn + i) % n];

        if (!at->up)
            continue;
        if (!send_route(r, node, at->id, now, mono_ms, &due))
            return false;
        more |= due > 0;
    }
    return prune(r, now, mono_ms);
}

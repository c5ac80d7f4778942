/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert_dlg.c - one alert to a service centre, in the version it knows
 *
 *              start             Continue
 *      (none) -------> ASKED ----------------> TAKEN
 *         |           (v2)  |
 *         | known           | older: remember
 *         | as older        v
 *         +--------------> TOLD
 *                          (v1)
 *
 *      ASKED: answered -> done as it says; ended, lost, timeout -> TEMPFAIL
 *      TAKEN: the same; the peer is told that we leave
 *      TOLD:  ended, timeout -> OK: there is no answer to hope for
 *             answered -> done as it says
 *             lost -> TEMPFAIL, and forget that it is older
 *
 * TS 29.002 15.1.3 and 23.4; ETS 300 599 for version 1. Only the first reply
 * may tell that the versions do not fit.
 */

#include "map_alert_dlg.h"

#include "gw/stat.h"

#include <string.h>

enum alert_event {
    EV_ANSWERED, /* struct answer */
    EV_TAKEN,    /* nothing */
    EV_OLDER,    /* nothing */
    EV_ENDED,    /* nothing */
    EV_LOST,     /* nothing */
    EV_TIMEOUT,  /* nothing */
    ALERT_EVENTS
};

struct answer {
    enum verdict v;
    bool ended;
};

/* ---- who is older ---- */

static unsigned slot_of(const char *sc)
{
    uint32_t h = UINT32_C(2166136261);

    while (*sc != '\0')
        h = (h ^ (uint8_t)*sc++) * UINT32_C(16777619);
    return (h ^ h >> 16) % MAP_ALERT_MEMORY;
}

/* One that falls on another's slot drives it out: that costs a question. */
static void remember(const struct map_alert_dlg *d)
{
    struct map_alert_env *env = d->env;
    unsigned i = slot_of(d->arg.sc_addr.digits);

    memcpy(env->older[i].sc, d->arg.sc_addr.digits, sizeof(env->older[i].sc));
    env->older[i].until_ms = env->wheel->now_ms + env->remember_ms;
}

static bool is_older(const struct map_alert_env *env, const char *sc)
{
    unsigned i = slot_of(sc);

    return env->older[i].until_ms > env->wheel->now_ms &&
           strcmp(env->older[i].sc, sc) == 0;
}

static void forget(const struct map_alert_dlg *d)
{
    d->env->older[slot_of(d->arg.sc_addr.digits)].until_ms = 0;
}

/* ---- the machine ---- */

static bool ask(struct map_alert_dlg *d, uint8_t version)
{
    if (!d->env->ops->begin(d, version))
        return false;
    stat_inc(STAT_alert_out);
    d->state = version >= 2 ? MAP_ALERT_ASKED : MAP_ALERT_TOLD;
    timer_set(d->env->wheel, &d->guard, d->env->wait_ms);
    return true;
}

static void finish(struct map_alert_dlg *d, enum verdict v)
{
    timer_clear(d->env->wheel, &d->guard);
    stat_inc(v == VERDICT_OK ? STAT_alert_ok : STAT_alert_failed);
    d->env->ops->done(d, v);
}

static void answered(struct map_alert_dlg *d, const struct answer *a)
{
    if (!a->ended)
        d->env->ops->close(d, false);
    finish(d, a->v);
}

static void taken(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    d->state = MAP_ALERT_TAKEN;
}

static void tell_it_older(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    stat_inc(STAT_alert_older);
    remember(d);
    if (!ask(d, 1))
        finish(d, VERDICT_TEMPFAIL);
}

static void fail(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    finish(d, VERDICT_TEMPFAIL);
}

/* It may have been renewed since. */
static void fail_older(struct map_alert_dlg *d, const struct answer *a)
{
    forget(d);
    fail(d, a);
}

static void succeed(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    finish(d, VERDICT_OK);
}

static void give_up(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    d->env->ops->close(d, true);
    finish(d, VERDICT_TEMPFAIL);
}

static void wait_no_more(struct map_alert_dlg *d, const struct answer *a)
{
    (void)a;
    d->env->ops->close(d, false);
    finish(d, VERDICT_OK);
}

typedef void action(struct map_alert_dlg *d, const struct answer *a);

/* NULL: it changes nothing. */
static action *const action_on[][ALERT_EVENTS] = {
    [MAP_ALERT_ASKED] = {
        [EV_ANSWERED] = answered,
        [EV_TAKEN] = taken,
        [EV_OLDER] = tell_it_older,
        [EV_ENDED] = fail,
        [EV_LOST] = fail,
        [EV_TIMEOUT] = give_up,
    },
    [MAP_ALERT_TAKEN] = {
        [EV_ANSWERED] = answered,
        [EV_OLDER] = fail,
        [EV_ENDED] = fail,
        [EV_LOST] = fail,
        [EV_TIMEOUT] = give_up,
    },
    [MAP_ALERT_TOLD] = {
        [EV_ANSWERED] = answered,
        [EV_OLDER] = fail_older,
        [EV_ENDED] = succeed,
        [EV_LOST] = fail_older,
        [EV_TIMEOUT] = wait_no_more,
    },
};

static void dispatch(struct map_alert_dlg *d, enum alert_event event,
                     const struct answer *a)
{
    action *act = action_on[d->state][event];

    if (act != NULL)
        act(d, a);
}

static void guard_fired(struct timer *t)
{
    dispatch(timer_of(t, struct map_alert_dlg, guard), EV_TIMEOUT, NULL);
}

bool map_alert_dlg_start(struct map_alert_dlg *d, struct map_alert_env *env)
{
    d->env = env;
    d->guard = (struct timer){ .fire = guard_fired };
    return ask(d, is_older(env, d->arg.sc_addr.digits) ? 1 : 2);
}

void map_alert_dlg_answered(struct map_alert_dlg *d, enum verdict v, bool ended)
{
    struct answer a = { .v = v, .ended = ended };

    dispatch(d, EV_ANSWERED, &a);
}

void map_alert_dlg_taken(struct map_alert_dlg *d)
{
    dispatch(d, EV_TAKEN, NULL);
}

void map_alert_dlg_older(struct map_alert_dlg *d)
{
    dispatch(d, EV_OLDER, NULL);
}

void map_alert_dlg_ended(struct map_alert_dlg *d)
{
    dispatch(d, EV_ENDED, NULL);
}

void map_alert_dlg_lost(struct map_alert_dlg *d)
{
    dispatch(d, EV_LOST, NULL);
}

void map_alert_dlg_stop(struct map_alert_dlg *d)
{
    dispatch(d, EV_TIMEOUT, NULL);
}

void map_alert_dlg_fini(struct map_alert_dlg *d)
{
    timer_clear(d->env->wheel, &d->guard);
}

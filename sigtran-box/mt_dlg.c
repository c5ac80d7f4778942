/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mt_dlg.c - one MAP dialogue in which an SMSC hands us short messages
 *
 *              begin              message
 *      (none) -------> OPEN -------------------> ASKED
 *                       ^                          |
 *                       |  confirmed, more to come |
 *                       +--------------------------+
 *
 *      OPEN:  message that cannot be asked about -> answer error, end
 *             timeout (more_ms)                  -> abort, end
 *      ASKED: confirmed, nothing more to come    -> answer, end
 *             refused                            -> answer error, end
 *             timeout (hold_ms)                  -> answer TEMPFAIL, end
 *      both:  gone                               -> end, nobody to answer
 *             stop                               -> as at the timeout
 *
 * TS 29.002 23.3. The rule: from ASKED every way leads through answer() once,
 * or through the peer's going. An error ends the dialogue also when the peer
 * has more to send: what it does next is its own decision.
 */

#include "mt_dlg.h"

#include "gw/stat.h"
#include "slog.h"

#include <string.h>

enum mt_event {
    EV_MESSAGE, /* const struct message * */
    EV_VERDICT, /* const struct map_err *, NULL: confirmed */
    EV_TIMEOUT, /* nothing */
    EV_GONE,    /* nothing */
    MT_EVENTS
};

struct message {
    int8_t invoke;
    const struct map_mt_sm_arg *arg;
};

static struct map_err error_of(enum map_error code)
{
    return (struct map_err){ .code = code, .cause = -1 };
}

/* Whom the message is for, and from which service centre. */
struct parties {
    const char *imsi;
    const struct map_addr *sc;
};

/*
 * noSM-RP-DA and noSM-RP-OA stand for the parties of the dialogue's first
 * message. Returns the error if they cannot be told.
 */
static enum map_error parties_of(const struct mt_dlg *d,
                                 const struct map_mt_sm_arg *arg,
                                 struct parties *p)
{
    switch (arg->da) {
    case MAP_DA_IMSI:
        p->imsi = arg->imsi;
        break;
    case MAP_DA_NONE:
        if (!d->has_first) /* optional in the syntax, not in the context */
            return MAP_ERR_DATA_MISSING;
        p->imsi = d->imsi;
        break;
    case MAP_DA_SERVICE_CENTRE: /* mobile originated: we are no SMSC */
        return d->version > 1 ? MAP_ERR_UNEXPECTED_DATA_VALUE
                              : MAP_ERR_FACILITY_NOT_SUPPORTED;
    case MAP_DA_LMSI:
    case MAP_DA_ROAMING:
    default: /* we never hand these out */
        return MAP_ERR_UNIDENTIFIED_SUBSCRIBER;
    }
    if (arg->oa == MAP_OA_MSISDN) /* only a mobile has one */
        return MAP_ERR_UNEXPECTED_DATA_VALUE;
    if (arg->oa == MAP_OA_NONE && !d->has_first)
        return MAP_ERR_DATA_MISSING;
    p->sc = arg->oa == MAP_OA_NONE ? &d->sc : &arg->oa_addr;
    return MAP_ERR_NONE;
}

static uint64_t fnv(uint64_t h, const void *data, size_t n)
{
    const uint8_t *p = data;

    while (n-- > 0)
        h = (h ^ *p++) * UINT64_C(0x100000001b3);
    return h;
}

/* Of receiver and TPDU without TP-MMS, which differs in the last message. */
static uint64_t digest(const char *imsi, const struct map_mt_sm_arg *arg)
{
    enum { TP_MMS = 0x04 };
    uint8_t first = arg->tpdu_len > 0 ? arg->tpdu[0] & (uint8_t)~TP_MMS : 0;
    uint64_t h = fnv(UINT64_C(0xcbf29ce484222325), imsi, strlen(imsi) + 1);

    h = fnv(h, &first, 1);
    return arg->tpdu_len > 1 ? fnv(h, arg->tpdu + 1, arg->tpdu_len - 1u) : h;
}

static bool seen(const struct mt_dlg *d, uint64_t h)
{
    for (unsigned i = 0; i < d->seen_n && i < MT_SEEN; i++)
        if (d->seen[i] == h)
            return true;
    return false;
}

static void enter(struct mt_dlg *d, enum mt_state state, uint32_t limit_ms)
{
    d->state = (uint8_t)state;
    timer_set(d->env->wheel, &d->guard, limit_ms);
}

/* The message is not held any more: a verdict from now on is late. */
static void release(struct mt_dlg *d)
{
    pending_del(d->env->pending, d->id);
    d->env->questions -= d->question;
    d->question = false;
    quota_give(d->env->quota, d->taken);
    d->taken = 0;
}

/* Answer what was asked, and be open for more or end. */
static void settle(struct mt_dlg *d, const struct map_err *e)
{
    bool last = e != NULL || !d->more;

    release(d);
    d->id = 0;
    if (last) {
        timer_clear(d->env->wheel, &d->guard);
    } else {
        d->seen[d->seen_n % MT_SEEN] = d->asked;
        /* past MT_SEEN the oldest is overwritten: keep counting there */
        d->seen_n =
            d->seen_n < 2 * MT_SEEN - 1 ? (uint8_t)(d->seen_n + 1) : MT_SEEN;
        d->has_first = true;
        enter(d, MT_OPEN, d->env->more_ms);
    }
    d->env->ops->answer(d, d->invoke, e, last);
}

/* An answer to a message that nobody was asked about. */
static void refuse(struct mt_dlg *d, struct map_sms_ind *ind,
                   enum map_error code)
{
    struct map_err e = error_of(code);

    d->env->ops->refused(d, ind, &e);
    timer_clear(d->env->wheel, &d->guard);
    d->env->ops->answer(d, d->invoke, &e, true);
}

/* The first parties of the dialogue, for the messages that name none. */
static void keep_parties(struct mt_dlg *d, const struct parties *p)
{
    if (d->has_first)
        return;
    memcpy(d->imsi, p->imsi, sizeof(d->imsi));
    d->sc = *p->sc;
}

/*
 * SM-DeliveryTimerValue is from 30 s (TS 29.002 17.7.6). Less is taken for
 * that: a peer shall not be able to make every application look too slow.
 */
static uint32_t hold_ms(const struct mt_dlg *d, const struct map_mt_sm_arg *arg)
{
    enum { LEAST_MS = 30000 };
    uint64_t timer_ms = (uint64_t)arg->delivery_timer_s * 1000;

    if (timer_ms > 0 && timer_ms < LEAST_MS)
        timer_ms = LEAST_MS;
    if (timer_ms > 0 && timer_ms < d->env->hold_ms)
        return (uint32_t)timer_ms;
    return d->env->hold_ms;
}

static void tell_quota(struct mt_env *env, const char *name)
{
    uint32_t hidden;

    stat_inc(STAT_map_held_sc_full);
    if (slog_may(&env->rate_quota, env->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.map",
             "Service centre <%s> has as many messages held as one may: more "
             "are refused (%u more like this).",
             name, (unsigned)hidden);
}

/* A place for the message, with an id; 0: there is none for this sender. */
static uint64_t hold(struct mt_dlg *d, const struct map_addr *sc)
{
    struct mt_env *env = d->env;
    char name[QUOTA_NAME_MAX + 1] = "";
    uint64_t id = pending_add(env->pending, d);

    if (id == 0) {
        stat_inc(STAT_map_held_full);
        return 0;
    }
    if (env->quota == NULL)
        return id;
    env->ops->sender(d, sc, name);
    d->taken = quota_take(env->quota, name);
    if (d->taken != 0)
        return id;
    pending_del(env->pending, id);
    tell_quota(env, name);
    return 0;
}

static void ask(struct mt_dlg *d, const void *data)
{
    const struct message *msg = data;
    const struct map_mt_sm_arg *arg = msg->arg;
    struct mt_env *env = d->env;
    struct parties p = { NULL, NULL };
    struct map_sms_ind ind = { .version = d->version, .arg = arg };
    struct map_err e;
    enum map_error code;

    d->invoke = msg->invoke;
    d->more = arg->more;
    code = parties_of(d, arg, &p);
    ind.imsi = p.imsi;
    ind.sc_addr = p.sc;
    if (code == MAP_ERR_NONE && env->draining)
        code = MAP_ERR_SYSTEM_FAILURE;
    if (code != MAP_ERR_NONE) {
        refuse(d, &ind, code);
        return;
    }
    ind.id = hold(d, p.sc);
    if (ind.id == 0) {
        refuse(d, &ind,
               env->overload != MAP_ERR_NONE ? env->overload
                                             : MAP_ERR_SYSTEM_FAILURE);
        return;
    }
    if (d->more || d->seen_n > 0) {
        d->asked = digest(p.imsi, arg);
        ind.repeated = seen(d, d->asked);
        keep_parties(d, &p);
    }
    d->id = ind.id;
    enter(d, MT_ASKED, hold_ms(d, arg));
    e = env->ops->ask(d, &ind);
    /* the verdict may have come meanwhile, and `d' may be another's by now */
    if (e.code != MAP_ERR_NONE && pending_find(env->pending, ind.id) == d)
        settle(d, &e);
}

static void answer(struct mt_dlg *d, const void *data)
{
    settle(d, data);
}

static void too_late(struct mt_dlg *d, const void *data)
{
    struct map_err e = map_err_of_verdict(VERDICT_TEMPFAIL);

    (void)data;
    release(d);
    d->env->ops->gone(d, d->id, MAP_GONE_DEADLINE);
    settle(d, &e);
}

static void give_up(struct mt_dlg *d, const void *data)
{
    (void)data;
    timer_clear(d->env->wheel, &d->guard);
    d->env->ops->abort(d);
}

static void leave(struct mt_dlg *d, const void *data)
{
    (void)data;
    timer_clear(d->env->wheel, &d->guard);
}

static void lose(struct mt_dlg *d, const void *data)
{
    (void)data;
    timer_clear(d->env->wheel, &d->guard);
    release(d);
    d->env->ops->gone(d, d->id, MAP_GONE_ABORT);
    d->id = 0;
}

typedef void action(struct mt_dlg *d, const void *data);

static action *const action_on[][MT_EVENTS] = {
    [MT_OPEN] = {
        [EV_MESSAGE] = ask,
        [EV_TIMEOUT] = give_up,
        [EV_GONE] = leave,
    },
    [MT_ASKED] = {
        [EV_VERDICT] = answer,
        [EV_TIMEOUT] = too_late,
        [EV_GONE] = lose,
    },
};

static bool dispatch(struct mt_dlg *d, enum mt_event event, const void *data)
{
    action *act = action_on[d->state][event];

    if (act == NULL) {
        stat_inc(STAT_map_unexpected);
        slog(SLOG_WARNING, "ss7.map", "Event %d does not fit state %d.",
             (int)event, (int)d->state);
        return false;
    }
    act(d, data);
    return true;
}

static void guard_fired(struct timer *t)
{
    dispatch(timer_of(t, struct mt_dlg, guard), EV_TIMEOUT, NULL);
}

void mt_dlg_begin(struct mt_dlg *d, struct mt_env *env, uint8_t version)
{
    d->env = env;
    d->guard = (struct timer){ .fire = guard_fired };
    d->id = 0;
    d->taken = 0;
    d->question = false;
    d->version = version;
    d->has_first = false;
    d->seen_n = 0;
    enter(d, MT_OPEN, env->more_ms);
}

void mt_dlg_invoke(struct mt_dlg *d, int8_t invoke,
                   const struct map_mt_sm_arg *arg)
{
    struct message msg = { .invoke = invoke, .arg = arg };

    dispatch(d, EV_MESSAGE, &msg);
}

uint64_t mt_dlg_hold(struct mt_dlg *d, int8_t invoke)
{
    uint64_t id;

    if (d->state != MT_OPEN)
        return 0;
    id = pending_add(d->env->pending, d);
    if (id == 0) {
        stat_inc(STAT_map_held_full);
        return 0;
    }
    d->id = id;
    d->question = true;
    d->env->questions++;
    d->invoke = invoke;
    d->more = false;
    enter(d, MT_ASKED, d->env->hold_ms);
    return id;
}

bool mt_dlg_asked(const struct mt_dlg *d, int8_t *invoke)
{
    *invoke = d->invoke;
    return d->state == MT_ASKED;
}

bool mt_dlg_verdict(struct mt_env *env, uint64_t id, const struct map_err *e)
{
    struct mt_dlg *d = pending_find(env->pending, id);

    return d != NULL && dispatch(d, EV_VERDICT, e);
}

void mt_dlg_gone(struct mt_dlg *d)
{
    dispatch(d, EV_GONE, NULL);
}

void mt_dlg_fini(struct mt_dlg *d)
{
    timer_clear(d->env->wheel, &d->guard);
    release(d);
}

void mt_dlg_stop(struct mt_dlg *d)
{
    dispatch(d, EV_TIMEOUT, NULL);
}

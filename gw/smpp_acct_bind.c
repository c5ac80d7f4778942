/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_acct_bind.c - accounts that come and go, and who is bound to them
 */

#include "smpp_acct.h"

#include "smpp_acct_in.h"
#include "stat.h"

#include <stdlib.h>
#include <string.h>

enum { SWEEP_MS = 1000 };

struct smpp_acct *smpp_accts_named(struct smpp_accts *a, const char *system_id)
{
    for (unsigned i = 0; i < a->n; i++)
        if (!a->acct[i]->gone &&
            strcmp(a->acct[i]->conf.system_id, system_id) == 0)
            return a->acct[i];
    return NULL;
}

const struct smpp_acct_conf *smpp_acct_conf(const struct smpp_acct *acct)
{
    return &acct->conf;
}

/* ---- sessions ---- */

static void remove_bind(struct smpp_acct *acct, const struct smpp_sess *s)
{
    for (unsigned i = 0; i < acct->binds; i++) {
        if (acct->bind[i] != s)
            continue;
        acct->bind[i] = acct->bind[--acct->binds];
        return;
    }
}

void smpp_accts_ended(struct smpp_accts *a, struct smpp_sess *s)
{
    struct smpp_acct *acct = s->acct;

    smpp_acct_take_back(s);
    stat_inc(STAT_smpp_lost);
    remove_bind(acct, s);
    if ((s->mode & SMPP_MODE_RX) == 0)
        return;
    acct->receivers--;
    if (--a->receivers[acct->conf.box] == 0)
        a->ops->ready(a->ctx, acct->conf.box, false);
    if (acct->receivers == 0)
        smpp_acct_fail_waiting(acct, acct->gone, "session lost");
    else
        smpp_acct_pump(acct);
}

void smpp_accts_bound(struct smpp_accts *a, struct smpp_sess *s)
{
    struct smpp_acct *acct = s->acct;

    acct->bind[acct->binds++] = s;
    if ((s->mode & SMPP_MODE_RX) == 0)
        return;
    acct->receivers++;
    if (a->receivers[acct->conf.box]++ == 0)
        a->ops->ready(a->ctx, acct->conf.box, true);
    smpp_acct_pump(acct);
}

static uint32_t refuse(struct smpp_accts *a, struct smpp_acct *acct,
                       const struct smpp_sess *s, const char *why,
                       uint32_t status)
{
    struct slog_rate *rate = acct != NULL ? &acct->refused : &a->unknown;
    uint32_t hidden;

    if (slog_may(rate, a->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "smpp",
             "ESME <%s> from <%s> may not bind: %s. %u more like it were not "
             "logged.",
             acct != NULL ? acct->conf.system_id : "unknown", s->peer, why,
             (unsigned)hidden);
    return status;
}

/* Its password was right, or was not. */
static uint32_t login(struct smpp_accts *a, struct smpp_acct *acct,
                      struct smpp_sess *s, const struct smpp_bind *b,
                      bool right, uint16_t *window)
{
    const struct smpp_acct_conf *c = acct != NULL ? &acct->conf : NULL;
    uint32_t status;
    const char *why = smpp_login(c, right, s->peer, b, s->mode, &status);

    if (why != NULL)
        return refuse(a, acct, s, why, status);
    if (acct->binds >= c->max_binds || a->draining)
        return refuse(a, acct, s, "as many are bound as allowed",
                      SMPP_RBINDFAIL);
    s->acct = acct;
    s->id = ++a->last_id;
    *window = c->window;
    return SMPP_ROK;
}

static uint32_t ask(struct smpp_accts *a, struct smpp_acct *acct,
                    struct smpp_sess *s, const struct smpp_bind *b)
{
    const struct smpp_ask *ask = smpp_logins_add(
        &a->logins, s, b, acct != NULL ? acct->conf.hash : NULL);

    if (ask != NULL &&
        a->ops->check(a->ctx, ask->id, ask->hash, ask->bind.password))
        return SMPP_LATER;
    smpp_logins_forget(&a->logins, s);
    return refuse(a, acct, s, "too many passwords are being looked at",
                  SMPP_RSYSERR);
}

uint32_t smpp_accts_bind(struct smpp_accts *a, struct smpp_sess *s,
                         const struct smpp_bind *b, uint16_t *window)
{
    struct smpp_acct *acct = smpp_accts_named(a, b->system_id);

    if (!a->conf.database)
        return login(a, acct, s, b,
                     smpp_login_is(acct != NULL ? &acct->conf : NULL, b),
                     window);
    if (acct == NULL && !a->sure)
        return refuse(a, acct, s, "the database of accounts is away",
                      SMPP_RSYSERR);
    if (acct != NULL && smpp_known_is(&a->logins, &acct->known, b))
        return login(a, acct, s, b, true, window);
    return ask(a, acct, s, b);
}

void smpp_accts_checked(struct smpp_accts *a, uint64_t id, bool right)
{
    struct smpp_acct *acct;
    struct smpp_ask ask;
    uint16_t window = 1;
    uint32_t status;

    if (!smpp_logins_take(&a->logins, id, &ask))
        return;
    acct = smpp_accts_named(a, ask.bind.system_id);
    if (acct != NULL && right && strcmp(acct->conf.hash, ask.hash) != 0) {
        status = refuse(a, acct, ask.s, "its account was changed just now",
                        SMPP_RSYSERR);
    } else {
        if (acct != NULL && right)
            smpp_known_set(&a->logins, &acct->known, &ask.bind);
        status = login(a, acct, ask.s, &ask.bind, right, &window);
    }
    smpp_sess_bind(ask.s, status, window);
    explicit_bzero(&ask, sizeof(ask));
}

void smpp_accts_forget(struct smpp_accts *a, struct smpp_sess *s)
{
    smpp_logins_forget(&a->logins, s);
}

uint32_t smpp_accts_may_submit(struct smpp_accts *a, struct smpp_sess *s)
{
    struct smpp_acct *acct = s->acct;

    if (a->draining)
        return SMPP_RSYSERR;
    if (s->submits >= acct->conf.submit_window ||
        !smpp_bucket_may(&acct->in, a->wheel)) {
        stat_inc(STAT_smpp_throttled);
        return SMPP_RTHROTTLED;
    }
    smpp_bucket_take(&acct->in);
    return SMPP_ROK;
}

/* ---- accounts ---- */

static struct smpp_acct *acct_new(struct smpp_accts *a,
                                  const struct smpp_acct_conf *conf)
{
    struct smpp_acct *acct = calloc(1, sizeof(*acct));

    if (acct == NULL)
        abort();
    memcpy(&acct->conf, conf, sizeof(*conf)); /* it is compared as octets */
    acct->all = a;
    acct->out.rate = conf->throughput;
    acct->in.rate = conf->submit_throughput;
    acct->timer.fire = smpp_acct_pump_later;
    return acct;
}

static void acct_free(struct smpp_accts *a, struct smpp_acct *acct)
{
    timer_clear(a->wheel, &acct->timer);
    explicit_bzero(acct, sizeof(*acct));
    free(acct);
}

/* Those of which nothing is left; not at once, for who ends the last session
 * may be about to look at its account. */
static void sweep(struct timer *t)
{
    struct smpp_accts *a = timer_of(t, struct smpp_accts, sweep);
    unsigned n = 0;
    bool more = false;

    for (unsigned i = 0; i < a->n; i++) {
        struct smpp_acct *acct = a->acct[i];

        if (acct->gone && acct->binds == 0 && acct->held == 0) {
            acct_free(a, acct);
            continue;
        }
        more = more || acct->gone;
        a->acct[n++] = acct;
    }
    a->n = n;
    if (more)
        timer_set(a->wheel, &a->sweep, SWEEP_MS);
}

static void send_away(struct smpp_accts *a, struct smpp_acct *acct)
{
    static const char why[] = "its account was changed";

    acct->gone = true;
    smpp_acct_fail_waiting(acct, true, why);
    /* an end may take another bind's place */
    for (unsigned i = acct->binds; i-- > 0;)
        smpp_sess_unbind(acct->bind[i], why);
    if (!timer_running(&a->sweep))
        timer_set(a->wheel, &a->sweep, SWEEP_MS);
}

/* The account as it is, if it is there; NULL: it is not, or is another. */
static struct smpp_acct *same(struct smpp_accts *a,
                              const struct smpp_acct_conf *conf)
{
    struct smpp_acct *acct = smpp_accts_named(a, conf->system_id);

    return acct != NULL && memcmp(&acct->conf, conf, sizeof(*conf)) == 0 ? acct
                                                                         : NULL;
}

static bool is_in(const struct smpp_acct *acct, struct smpp_acct *const *list,
                  unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (list[i] == acct)
            return true;
    return false;
}

void smpp_accts_set(struct smpp_accts *a, const struct smpp_acct_conf *conf,
                    unsigned n)
{
    struct smpp_acct **old = a->acct, **now;
    unsigned n_old = a->n, all = n;

    now = calloc(n + n_old + 1, sizeof(struct smpp_acct *));
    if (now == NULL)
        abort();
    for (unsigned i = 0; i < n; i++) {
        now[i] = same(a, &conf[i]);
        if (now[i] == NULL)
            now[i] = acct_new(a, &conf[i]);
    }
    for (unsigned i = 0; i < n_old; i++)
        if (!is_in(old[i], now, n))
            now[all++] = old[i];
    a->acct = now;
    a->n = all;
    free(old);
    for (unsigned i = n; i < all; i++)
        if (!now[i]->gone)
            send_away(a, now[i]);
}

void smpp_accts_sure(struct smpp_accts *a, bool sure)
{
    a->sure = sure;
}

/* ---- life ---- */

struct smpp_accts *smpp_accts_new(const struct smpp_accts_conf *conf,
                                  const struct smpp_accts_ops *ops, void *ctx,
                                  struct timer_wheel *wheel)
{
    struct smpp_accts *a = calloc(1, sizeof(*a));

    if (a == NULL)
        abort();
    a->conf = *conf;
    a->ops = ops;
    a->ctx = ctx;
    a->wheel = wheel;
    a->sweep.fire = sweep;
    memcpy(a->logins.key, conf->key, sizeof(conf->key));
    smpp_accts_set(a, conf->acct, conf->n_accts);
    return a;
}

void smpp_accts_free(struct smpp_accts *a)
{
    if (a == NULL)
        return;
    smpp_accts_fail_all(a, "the box stops");
    timer_clear(a->wheel, &a->sweep);
    for (unsigned i = 0; i < a->n; i++)
        acct_free(a, a->acct[i]);
    free(a->acct);
    explicit_bzero(a, sizeof(*a));
    free(a);
}

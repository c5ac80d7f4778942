/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_store.c - delivery: what the store has to do with it
 *
 *     taken --> asked ---- known ---------------------> as before
 *                |  \--- store away --> dedup-store-down
 *                |
 *                |--(a part)--> stored --> OK, or all there: joined
 *                |                                    |
 *                 --------------> out <---------------+---- due: nobody waits
 *                                  |
 *                     OK, PERMFAIL: written, then answered
 *                     TEMPFAIL: answered; what was joined is open again
 *
 * A retry that comes meanwhile joins the delivery, as it does while that is
 * out. What the store says comes in its thread, under the lock.
 */

#include "dlv.h"

#include "concat_store.h"
#include "dedup_store.h"
#include "dlv_log.h"
#include "dlv_msg.h"
#include "dlv_part.h"
#include "dlv_route.h"
#include "store.h"

#include <gwlib/gwlib.h>
#include <string.h>

static void tell_again(const struct dlv *d, const struct concat_set *set)
{
    char sender[DLV_SENDER_MAX + 1];

    memcpy(sender, d->sender, sizeof(sender));
    dlv_log_printable(sender);
    info(0, "dlv: parts from <%s> to <+%s> are tried again in %u s.", sender,
         d->vmn, (unsigned)concat_backoff_ms(set->tries) / 1000);
}

void dlv_store_drop(struct dlv *d)
{
    struct concat_set *set = d->set;

    d->set = NULL;
    dlv_unhold(d);
    if (set == NULL)
        return;
    if (set->due)
        tell_again(d, set);
    concat_store_end(set, set->due ? CONCAT_END_LATER : CONCAT_END_RELEASE,
                     VERDICT_TEMPFAIL, NULL, 0);
}

/* ---- a message comes ---- */

static bool is_joined(const struct dlv_taken *t)
{
    return dlv_own.conf->route[t->route].join && !t->report &&
           concat_is_part(&t->tpdu.sm);
}

/* It is not known: it goes out, or into its set. */
static bool go_on(struct dlv *d, struct dlv_taken *t)
{
    struct concat_part p = { .key = t->key, .m = *t->m, .tpdu = t->tpdu.sm };
    struct dedup_key set_key;

    if (!is_joined(t))
        return dlv_go(d, t);
    dlv_msg_set_key(t->m, &t->tpdu.sm, dlv_own.conf->dedup_sc_exact, &set_key);
    p.m.route = t->route;
    if (concat_store_add(&p, &set_key, d->id)) {
        dlv_hold(d, t, DLV_WAITS_PART);
    } else {
        dlv_refuse(d, STAT_concat_refused);
    }
    return false;
}

static bool without_store(struct dlv *d, struct dlv_taken *t)
{
    if (dlv_own.conf->store_tempfail) {
        dlv_refuse(d, STAT_dedup_refused);
        return false;
    }
    stat_inc(STAT_dedup_unasked);
    return go_on(d, t);
}

bool dlv_store_take(struct dlv *d, struct dlv_taken *t)
{
    if (t->m->repeated) /* whatever is known of it, it is a new one */
        return go_on(d, t);
    if (!dedup_store_find(&t->key, d->id))
        return without_store(d, t);
    stat_inc(STAT_dedup_asked);
    dlv_hold(d, t, DLV_WAITS_ANSWER);
    return false;
}

/* ---- the store answers ---- */

static void answer(struct dlv *d, enum verdict v)
{
    stat_inc(STAT_dedup_found);
    d->again = true;
    dlv_unhold(d);
    dlv_finish(d, v, "answered as before, from the store");
}

static void found(uint64_t id, enum dedup_says says, enum verdict v)
{
    struct dlv *d;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_held(id, DLV_WAITS_ANSWER);
    if (d != NULL && says == DEDUP_SAYS_KNOWN)
        answer(d, v);
    else if (d != NULL)
        dlv_resume(d, says == DEDUP_SAYS_NEW ? go_on : without_store);

    pthread_mutex_unlock(&dlv_own.lock);
}

static void tell_joined(const struct dlv *d, const struct concat_set *set)
{
    char id[DLV_FOREIGN_ID_OCTETS], part[DLV_FOREIGN_ID_OCTETS];

    dlv_msg_foreign_id(&d->shown, id);
    for (unsigned i = 0; i < set->n; i++) {
        dlv_msg_foreign_id(&set->part[i].key, part);
        info(0, "dlv: id <%s> has part %u of %u: id <%s>", id, i + 1, set->n,
             part);
    }
}

/* The last missing part came; its answer is that of the whole. */
static bool join(struct dlv *d, struct dlv_taken *t)
{
    t->set = d->set;
    dlv_msg_whole_key(d->set, &d->shown);
    t->key = d->shown;
    if (!dlv_route_choose(t)) { /* by the text of its first part */
        t->route = d->route;
        t->rule = d->rule;
    }
    tell_joined(d, t->set);
    return dlv_go(d, t);
}

static void added(uint64_t id, enum concat_added how, struct concat_set *set)
{
    struct dlv *d;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_held(id, DLV_WAITS_PART);
    if (d == NULL) {
        if (set != NULL)
            concat_store_end(set, CONCAT_END_RELEASE, VERDICT_TEMPFAIL, NULL,
                             0);
    } else if (how == CONCAT_JOIN) {
        d->set = set;
        dlv_resume(d, join);
    } else if (how == CONCAT_STORED) {
        stat_inc(STAT_concat_stored);
        dlv_unhold(d);
        dlv_finish(d, VERDICT_OK, "stored until its message is complete");
    } else if (how == CONCAT_OK || how == CONCAT_REFUSED) {
        answer(d, how == CONCAT_OK ? VERDICT_OK : VERDICT_PERMFAIL);
    } else {
        dlv_refuse(d, how == CONCAT_FAILED ? STAT_concat_refused
                                           : STAT_concat_elsewhere);
    }
    pthread_mutex_unlock(&dlv_own.lock);
}

/* ---- parts whose time is over ---- */

static void tell_due(const struct concat_set *set)
{
    const struct concat_part *p = &set->part[0];
    unsigned total = p->tpdu.concat.max;
    char sender[DLV_SENDER_MAX + 1];

    dlv_msg_sender(&p->tpdu.oa, NULL, sender);
    dlv_log_printable(sender);
    if (set->whole)
        info(0,
             "dlv: message of %u parts from <%s> to <+%s>: its last one did "
             "not come again, and it is delivered now.",
             total, sender, p->m.vmn);
    else
        info(0,
             "dlv: %u of %u parts from <%s> to <+%s> are delivered singly: %s.",
             set->n, total, sender, p->m.vmn,
             set->n < total ? "the others did not come"
                            : "no one message comes of them");
}

static bool take_due(struct concat_set *set, struct dlv_taken *t)
{
    const struct concat_part *p = &set->part[set->whole ? 0 : set->at];
    const struct ss7_network *n = NULL;

    if (p->m.network < dlv_own.conf->n_networks)
        n = &dlv_own.conf->network[p->m.network];
    *t = (struct dlv_taken){ .m = &p->m,
                             .tpdu.sm = p->tpdu,
                             .key = p->key,
                             .set = set->whole ? set : NULL };
    if (set->whole)
        dlv_msg_whole_key(set, &t->key);
    dlv_msg_sender(&p->tpdu.oa, n == NULL ? NULL : &n->plan, t->sender);
    return dlv_route_choose(t);
}

/* The next of them; nobody waits for it. */
static void deliver_due(struct concat_set *set)
{
    struct dlv_taken t;
    struct dlv *d = NULL;

    if (dlv_own.tab != NULL && take_due(set, &t))
        d = dlv_begin(&t);
    if (d == NULL) {
        concat_store_end(set, CONCAT_END_LATER, VERDICT_TEMPFAIL, NULL, 0);
        return;
    }
    d->set = set;
    if (dlv_go(d, &t))
        dlv_send(&t);
}

static void due(struct concat_set *set)
{
    pthread_mutex_lock(&dlv_own.lock);
    tell_due(set);
    deliver_due(set);
    pthread_mutex_unlock(&dlv_own.lock);
}

/* ---- an outcome is written ---- */

static void recorded(struct dlv *d, bool is)
{
    d->wait = DLV_WAITS_NOT;
    stat_inc(is ? STAT_dedup_kept : STAT_dedup_unrecorded);
    dlv_finish(d, d->v, d->how);
}

void dlv_store_late(struct dlv *d)
{
    recorded(d, false);
}

static void kept(uint64_t id, enum store_end how)
{
    struct dlv *d;

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_held(id, DLV_WAITS_RECORD);
    if (d != NULL)
        recorded(d, how == STORE_DONE);
    if (how == STORE_FAILED)
        stat_inc(STAT_dedup_lost);
    pthread_mutex_unlock(&dlv_own.lock);
}

static void ended(uint64_t id, enum store_end how, struct concat_set *set)
{
    kept(id, how);
    if (set == NULL)
        return;
    pthread_mutex_lock(&dlv_own.lock);
    deliver_due(set);
    pthread_mutex_unlock(&dlv_own.lock);
}

/* What was acknowledged stays so, but the application refused it. */
static void tell_refused(const struct dlv *d, const struct concat_set *set)
{
    char id[DLV_FOREIGN_ID_OCTETS];

    dlv_msg_foreign_id(&d->shown, id);
    warning(0,
            "dlv: id <%s> was refused for good, and parts of it had been "
            "acknowledged: %u of %u.",
            id, set->due ? set->n : set->n - 1, set->part[0].tpdu.concat.max);
}

static bool put_outcome(struct dlv *d, enum verdict v)
{
    struct concat_set *set = d->set;
    bool singly;

    if (set == NULL)
        return dedup_store_keep(&d->key, v, d->id);
    if (v == VERDICT_PERMFAIL)
        tell_refused(d, set);
    d->set = NULL;
    singly = set->due && !set->whole;
    return concat_store_end(set, singly ? CONCAT_END_ONE : CONCAT_END_ALL,
                            singly ? VERDICT_OK : v, set->due ? NULL : &d->key,
                            d->id);
}

bool dlv_store_record(struct dlv *d, enum verdict v, const char *how)
{
    if (v == VERDICT_TEMPFAIL) {
        dlv_store_drop(d);
        return false;
    }
    d->v = v;
    d->how = how;
    if (put_outcome(d, v) && !store_is_away()) {
        dlv_hold(d, NULL, DLV_WAITS_RECORD);
        return true;
    }
    stat_inc(STAT_dedup_unrecorded);
    return false;
}

/* ---- time ---- */

void dlv_store_sweep(struct dlv *d, uint64_t now_ms)
{
    if (d->wait_ms + DLV_STORE_MS > now_ms)
        return;
    switch (d->wait) {
    case DLV_WAITS_ANSWER:
        dlv_resume(d, without_store);
        break;
    case DLV_WAITS_PART:
        dlv_refuse(d, STAT_concat_refused);
        break;
    case DLV_WAITS_RECORD:
        recorded(d, false);
        break;
    case DLV_WAITS_FILTER: /* plug.h sees to that */
    case DLV_WAITS_NOT:
        break;
    }
}

/* ---- start and stop ---- */

static bool tick(struct db *db)
{
    bool more = dedup_store_prune(db);

    return concat_store_tick(db) || more;
}

int dlv_store_start(const struct dlv_conf *c)
{
    static const struct dedup_store_ops dedup_ops = { .found = found,
                                                      .kept = kept };
    static const struct concat_store_ops concat_ops = { .added = added,
                                                        .due = due,
                                                        .ended = ended };
    struct store_conf s = { .db = c->store, .tick = tick, .after = dlv_flush };
    char why[400];

    dedup_store_init(&dedup_ops, c->dedup_ttl_s);
    concat_store_init(&concat_ops, c, NULL);
    if (store_start(&s, why, sizeof(why)) == 0)
        return 0;
    error(0, "Store: %s", why);
    return -1;
}

void dlv_store_stop(void)
{
    store_stop();
    concat_store_fini();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_take.c - delivery: what comes from the network
 */

#include "dlv.h"

#include "box_route.h"
#include "dlv_log.h"
#include "dlv_msg.h"
#include "dlv_part.h"
#include "dlv_route.h"
#include "dlv_token.h"
#include "mw.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <string.h>

/* A message on its way in. */
struct taken {
    const struct ss7_sms *m;
    bool report;
    struct tpdu_status tpdu; /* a message: its `sm' alone */
    struct dedup_key key;
    uint16_t route;
    uint64_t id;
    struct box_ref box;
    uint64_t secret; /* of its token */
    char sender[DLV_SENDER_MAX + 1];
};

static void tell_taken(const struct taken *t, enum verdict v, const char *how)
{
    const struct dlv_line line = {
        .key = &t->key,
        .report = t->report,
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

static struct dlv_waiter waiter_of(const struct taken *t)
{
    uint32_t deadline_ms = dlv_own.conf->route[t->route].deadline_ms;
    struct dlv_waiter w = {
        .ss7_id = t->m->id,
        .received_ms = t->m->received_ms,
        .at_ms = deadline_ms == 0 ? 0 : dlv_now_ms() + deadline_ms,
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
    struct map_err err = dlv_err_of(r, VERDICT_TEMPFAIL);
    bool away = why == STAT_dlv_no_box && mw_absent(t->route, t->m, &err);

    ss7_verdict(t->m->id, VERDICT_TEMPFAIL, err);
    stat_inc(why);
    tell_taken(t, VERDICT_TEMPFAIL,
               away ? "no box anywhere, the sender will be alerted"
                    : refusal_str(why));
}

/* It is out or was decided: joined or answered again. */
static bool is_known(const struct taken *t)
{
    const struct dlv_route *r = &dlv_own.conf->route[t->route];
    struct dlv_waiter w;
    struct dlv *d;
    uint64_t id;
    enum verdict v;

    if (dlv_own.dedup == NULL)
        return false;
    switch (dedup_find(dlv_own.dedup, &t->key, dlv_now_ms(), &id, &v)) {
    case DEDUP_UNKNOWN:
        return false;
    case DEDUP_DECIDED:
        if (t->m->repeated) /* the peer had that answer: it is a new one */
            return false;
        ss7_verdict(t->m->id, v, dlv_err_of(r, v));
        stat_inc(STAT_dlv_again);
        tell_taken(t, v, "answered as before");
        return true;
    case DEDUP_OUT:
        break;
    }
    d = dlv_find(dlv_own.tab, id);
    w = waiter_of(t);
    if (d == NULL || dlv_wait(dlv_own.tab, d, &w) != 0)
        refuse(t, r, STAT_dlv_full);
    else
        stat_inc(STAT_dlv_joined);
    return true;
}

/* smsbox replies to messages, never to reports: its ack must do for these. */
static bool waits_for_reply(const struct taken *t)
{
    return !t->report && dlv_route_by_reply(t->route);
}

/* STAT_COUNT: t->box has a place in its window for it. */
static enum stat_id find_box(struct taken *t)
{
    const struct dlv_route *r = &dlv_own.conf->route[t->route];
    bool reply = waits_for_reply(t);

    if (dlv_count(dlv_own.tab) >= dlv_own.conf->max_deliveries)
        return STAT_dlv_full;
    if (reply && !dlv_route_may_hold(t->route))
        return STAT_dlv_held_full;
    switch (box_route_pick(r->box_id, &t->box)) {
    case BOX_PICKED:
        /* asked last: it may give away the one probe of a minute */
        if (!reply || !dlv_route_is_silent(t->route, dlv_now_ms()))
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
    const struct dlv_route *r = &dlv_own.conf->route[t->route];
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
    d = dlv_new(dlv_own.tab, t->box);
    w = waiter_of(t);
    if (d == NULL || dlv_wait(dlv_own.tab, d, &w) != 0) {
        if (d != NULL)
            dlv_del(dlv_own.tab, d);
        box_route_release(t->box);
        refuse(t, r, STAT_dlv_full);
        return false;
    }
    t->id = d->id;
    d->route = t->route;
    d->report = t->report;
    d->reply = waits_for_reply(t);
    d->since_ms = dlv_now_ms();
    d->key = t->key;
    memcpy(d->sender, t->sender, sizeof(d->sender));
    memcpy(d->vmn, t->m->vmn, sizeof(d->vmn));
    memcpy(d->sc, t->m->sc, sizeof(d->sc));
    if (d->reply) {
        dlv_route_held(t->route, 1);
        dlv_random_octets((uint8_t *)&d->secret, sizeof(d->secret));
        t->secret = d->secret;
    }
    if (dlv_own.dedup != NULL)
        dedup_out(dlv_own.dedup, &d->key, d->id);
    if (t->tpdu.sm.lp)
        dlv_loop_add(&dlv_own.loop, t->sender, t->m->vmn, dlv_now_ms());
    return true;
}

static const struct ss7_network *network_of(const struct ss7_sms *m)
{
    return m->network < dlv_own.conf->n_networks
               ? &dlv_own.conf->network[m->network]
               : NULL;
}

/* If the box is lost meanwhile, its loss settles the delivery. */
static void send_out(const struct taken *t)
{
    const struct dlv_route *r = &dlv_own.conf->route[t->route];
    uint8_t uuid[DLV_UUID_OCTETS], frame[DLV_MSG_OCTETS];
    char token[DLV_SMSC_ID_MAX], box[BOX_ID_MAX + 1];
    size_t len;
    struct dlv_msg_about about = {
        .route = r,
        .network = network_of(t->m),
        .key = &t->key,
        .sender = t->sender,
        .smsc_id = waits_for_reply(t) ? token : r->smsc_id,
        .uuid = uuid,
    };

    dlv_uuid_write(uuid, t->id);
    if (waits_for_reply(t))
        dlv_token_write(token, r->smsc_id, t->id, t->secret);
    len = t->report ? dlv_msg_report(frame, t->m, &t->tpdu, &about)
                    : dlv_msg(frame, t->m, &t->tpdu.sm, &about);
    box_route_put(t->box, frame, len);
    stat_inc(STAT_dlv_out);
    if (t->report)
        stat_inc(STAT_dlv_report_out);
    box_route_name(t->box, box);
    dlv_log_sent(&t->key, box);
}

/* What cannot be read is answered at once. */
static bool read_tpdu(struct taken *t)
{
    const struct map_err none = { .code = MAP_ERR_NONE, .cause = -1 };
    const struct ss7_sms *m = t->m;
    const struct ss7_network *n = network_of(m);
    struct rd_err err;
    struct rd r = rd_init(m->tpdu, m->tpdu_len, &err);
    enum tpdu_mti mti;
    bool ok;

    dlv_msg_key(m, dlv_own.conf->dedup_sc_exact, &t->key);
    ok = tpdu_mt_read(&r, &mti, &t->tpdu.sm);
    if (ok && mti == TPDU_STATUS_REPORT) {
        t->report = true;
        r = rd_init(m->tpdu, m->tpdu_len, &err);
        ok = tpdu_status_read(&r, &t->tpdu);
    }
    if (!ok) {
        stat_inc(STAT_dlv_bad_tpdu);
        ss7_verdict(m->id, VERDICT_PERMFAIL, none);
        tell_taken(t, VERDICT_PERMFAIL, err.what);
        return false;
    }
    dlv_msg_sender(&t->tpdu.sm.oa, n == NULL ? NULL : &n->plan, t->sender);
    return true;
}

/* Who sent the message that it is about has not asked us for it. */
static void refuse_report(const struct taken *t)
{
    const struct map_err answer = { .code = MAP_ERR_FACILITY_NOT_SUPPORTED,
                                    .cause = -1 };

    stat_inc(STAT_dlv_status_report);
    ss7_verdict(t->m->id, VERDICT_PERMFAIL, answer);
    tell_taken(t, VERDICT_PERMFAIL, "its route takes no status reports");
}

void dlv_take(const struct ss7_sms *m)
{
    struct taken t = { .m = m };
    bool out = false;
    int route;

    if (!read_tpdu(&t))
        return;
    route = dlv_route_of(m);
    if (t.report && (route < 0 || !dlv_own.conf->route[route].reports)) {
        refuse_report(&t);
        return;
    }
    if (route < 0) {
        refuse(&t, NULL, STAT_dlv_no_route);
        return;
    }
    t.route = (uint16_t)route;
    pthread_mutex_lock(&dlv_own.lock);
    if (dlv_own.tab != NULL)
        out = place(&t);
    else
        ss7_verdict(m->id, VERDICT_TEMPFAIL,
                    dlv_err_of(NULL, VERDICT_TEMPFAIL));
    pthread_mutex_unlock(&dlv_own.lock);
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

    pthread_mutex_lock(&dlv_own.lock);
    d = dlv_own.tab == NULL ? NULL : dlv_wait_drop(dlv_own.tab, id, &w);
    if (d != NULL && why == MAP_GONE_DEADLINE) {
        dlv_missed(d);
        dlv_tell_waiter(d, &w, VERDICT_TEMPFAIL, "no answer in time");
    } else if (d != NULL) {
        dlv_tell_waiter(d, &w, VERDICT_TEMPFAIL, "the network gave up");
    }
    pthread_mutex_unlock(&dlv_own.lock);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_take.c - delivery: what comes from the network
 */

#include "dlv.h"

#include "box_route.h"
#include "cdr.h"
#include "dlv_log.h"
#include "dlv_msg.h"
#include "dlv_part.h"
#include "dlv_route.h"
#include "dlv_token.h"
#include "mw.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <string.h>

static void tell_taken(const struct dlv_taken *t, enum verdict v,
                       const char *how)
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
        .ss7_id = t->m->id,
        .route = t->route < dlv_own.conf->n_routes
                     ? dlv_own.conf->route[t->route].id
                     : "",
        .duplicate = t->again ? PLUG_CDR_REPEATED : PLUG_CDR_FIRST,
    };

    dlv_log(&line);
}

static struct dlv_waiter waiter_of(const struct dlv_taken *t)
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
    case STAT_dlv_rule_no_box:
        return "no box of its box-route is connected";
    case STAT_dlv_rule_full:
        return "max-open of its box-route is reached";
    case STAT_dlv_route_full:
        return "max-open of the route is reached";
    case STAT_dlv_box_full:
        return "every box of the route is full";
    case STAT_dlv_held_full:
        return "reply-max-held is reached";
    case STAT_dlv_silent:
        return "smsbox gives no replies";
    case STAT_dedup_refused:
        return "the store is away";
    case STAT_concat_refused:
        return "the store is away, and parts are joined";
    case STAT_concat_elsewhere:
        return "its message is being delivered";
    default:
        return "too many deliveries are open";
    }
}

static struct map_err refusal_err(const struct dlv_taken *t, enum stat_id why)
{
    switch (why) {
    case STAT_dlv_no_route:
        return dlv_err_of(NULL, VERDICT_TEMPFAIL);
    case STAT_dlv_rule_full:
    case STAT_dlv_route_full:
    case STAT_dlv_full:
        return dlv_route_overload(t->route, t->rule);
    default:
        return dlv_err_of(&dlv_own.conf->route[t->route], VERDICT_TEMPFAIL);
    }
}

static void refuse(const struct dlv_taken *t, enum stat_id why)
{
    ss7_verdict(t->m->id, VERDICT_TEMPFAIL, refusal_err(t, why));
    stat_inc(why);
    tell_taken(t, VERDICT_TEMPFAIL, refusal_str(why));
}

void dlv_refuse(struct dlv *d, enum stat_id why)
{
    stat_inc(why);
    dlv_store_drop(d);
    dlv_finish(d, VERDICT_TEMPFAIL, refusal_str(why));
}

/* No box took it. Who waits for that is told, and may be alerted later. */
static void refuse_place(struct dlv *d, const struct dlv_taken *t,
                         enum stat_id why)
{
    struct map_err err = refusal_err(t, why);
    const char *how = refusal_str(why);

    if (why == STAT_dlv_no_box && d->waiter != 0 &&
        mw_absent(t->route, t->m, &err))
        how = "no box anywhere, the sender will be alerted";
    stat_inc(why);
    dlv_store_drop(d);
    dlv_finish_err(d, VERDICT_TEMPFAIL, err, how);
}

/* It is out or was decided: joined or answered again. */
static bool is_known(struct dlv_taken *t)
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
        t->again = true;
        tell_taken(t, v, "answered as before");
        return true;
    case DEDUP_OUT:
        break;
    }
    d = dlv_find(dlv_own.tab, id);
    w = waiter_of(t);
    w.joined = true;
    if (d == NULL || dlv_wait(dlv_own.tab, d, &w) != 0)
        refuse(t, STAT_dlv_full);
    else
        stat_inc(STAT_dlv_joined);
    return true;
}

/* smsbox replies to messages, never to reports: its ack must do for these. */
static bool waits_for_reply(const struct dlv_taken *t)
{
    return !t->report && dlv_route_by_reply(t->route);
}

/* STAT_COUNT: t->box has a place in its window for it. */
static enum stat_id find_box(struct dlv_taken *t)
{
    enum stat_id full = dlv_route_full(t->route, t->rule);
    bool reply = waits_for_reply(t);

    if (full != STAT_COUNT)
        return full;
    if (reply && !dlv_route_may_hold(t->route))
        return STAT_dlv_held_full;
    switch (dlv_route_pick(t)) {
    case BOX_PICKED:
        /* asked last: it may give away the one probe of a minute */
        if (!reply || !dlv_route_is_silent(t->route, dlv_now_ms()))
            return STAT_COUNT;
        box_route_release(t->box);
        return STAT_dlv_silent;
    case BOX_NONE:
        return dlv_route_has_boxes(t->rule) ? STAT_dlv_rule_no_box
                                            : STAT_dlv_no_box;
    case BOX_FULL:
        break;
    }
    return STAT_dlv_box_full;
}

struct dlv *dlv_begin(const struct dlv_taken *t)
{
    struct dlv *d = dlv_new(dlv_own.tab, DLV_NO_BOX);

    if (d == NULL)
        return NULL;
    d->acked = true; /* by the box that it is not with */
    d->route = t->route;
    d->rule = t->rule;
    d->report = t->report;
    d->since_ms = dlv_now_ms();
    d->key = t->key;
    d->shown = t->key;
    memcpy(d->sender, t->sender, sizeof(d->sender));
    memcpy(d->vmn, t->m->vmn, sizeof(d->vmn));
    memcpy(d->sc, t->m->sc, sizeof(d->sc));
    return d;
}

bool dlv_place(struct dlv *d, struct dlv_taken *t)
{
    enum stat_id why = find_box(t);

    /* they may have changed since it was taken */
    d->route = t->route;
    d->rule = t->rule;
    if (why != STAT_COUNT) {
        refuse_place(d, t, why);
        return false;
    }
    t->id = d->id;
    dlv_set_box(dlv_own.tab, d, t->box);
    dlv_route_out(d->route, d->rule, 1);
    d->acked = false;
    d->sent_ms = dlv_utc_ms();
    d->since_ms = dlv_now_ms();
    d->reply = waits_for_reply(t);
    if (d->reply) {
        dlv_route_held(t->route, 1);
        dlv_random_octets((uint8_t *)&d->secret, sizeof(d->secret));
        t->secret = d->secret;
    }
    if (t->set != NULL)
        stat_inc(STAT_concat_joined);
    else if (d->set != NULL)
        stat_inc(STAT_concat_singly);
    if (t->tpdu.sm.lp)
        dlv_loop_add(&dlv_own.loop, t->sender, t->m->vmn, dlv_now_ms());
    return true;
}

/* True: it must be sent. */
static bool take(struct dlv_taken *t)
{
    struct dlv_waiter w;
    struct dlv *d;

    if (is_known(t))
        return false;
    d = dlv_begin(t);
    w = waiter_of(t);
    if (d == NULL || dlv_wait(dlv_own.tab, d, &w) != 0) {
        if (d != NULL)
            dlv_del(dlv_own.tab, d);
        refuse(t, STAT_dlv_full);
        return false;
    }
    if (dlv_own.dedup != NULL)
        dedup_out(dlv_own.dedup, &d->key, d->id);
    if (dlv_own.conf->dedup == DLV_DEDUP_STORE)
        return dlv_store_take(d, t);
    return dlv_go(d, t);
}

static const struct ss7_network *network_of(const struct ss7_sms *m)
{
    return m->network < dlv_own.conf->n_networks
               ? &dlv_own.conf->network[m->network]
               : NULL;
}

static size_t write_frame(uint8_t *frame, size_t size,
                          const struct dlv_taken *t,
                          const struct dlv_msg_about *about)
{
    if (t->set != NULL)
        return dlv_msg_joined(frame, size, t->set, about);
    if (t->report)
        return dlv_msg_report(frame, size, t->m, &t->tpdu, about);
    return dlv_msg(frame, size, t->m, &t->tpdu.sm, about);
}

/* The frame of a message that was joined or edited is as long as that is. */
static void put_frame(const struct dlv_taken *t,
                      const struct dlv_msg_about *about)
{
    size_t more = t->set != NULL ? CONCAT_TEXT(t->set->n) : 0;
    uint8_t usual[DLV_MSG_OCTETS], *frame = usual;

    if (t->edit != NULL)
        more += dlv_msg_edit_octets(t->edit);
    if (more > 0)
        frame = gw_malloc(DLV_MSG_OCTETS + more);
    box_route_put(t->box, frame,
                  write_frame(frame, DLV_MSG_OCTETS + more, t, about));
    if (more > 0)
        gw_free(frame);
}

void dlv_send(const struct dlv_taken *t)
{
    const struct dlv_route *r = &dlv_own.conf->route[t->route];
    char token[DLV_SMSC_ID_MAX], box[BOX_ID_MAX + 1];
    uint8_t uuid[DLV_UUID_OCTETS];
    struct dlv_msg_about about = {
        .route = r,
        .network = network_of(t->m),
        .key = &t->key,
        .sender = t->sender,
        .smsc_id = waits_for_reply(t) ? token : r->smsc_id,
        .uuid = uuid,
        .edit = t->edit,
    };

    dlv_uuid_write(uuid, t->id);
    if (waits_for_reply(t))
        dlv_token_write(token, r->smsc_id, t->id, t->secret);
    put_frame(t, &about);
    stat_inc(STAT_dlv_out);
    if (t->report)
        stat_inc(STAT_dlv_report_out);
    box_route_name(t->box, box);
    dlv_log_sent(&t->key, box);
}

/* What cannot be read is answered at once. */
static bool read_tpdu(struct dlv_taken *t)
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
static void refuse_report(const struct dlv_taken *t)
{
    const struct map_err answer = { .code = MAP_ERR_FACILITY_NOT_SUPPORTED,
                                    .cause = -1 };

    stat_inc(STAT_dlv_status_report);
    ss7_verdict(t->m->id, VERDICT_PERMFAIL, answer);
    tell_taken(t, VERDICT_PERMFAIL, "its route takes no status reports");
}

/* The border may still have some when delivery has stopped. */
static void refuse_stopped(const struct dlv_taken *t)
{
    ss7_verdict(t->m->id, VERDICT_TEMPFAIL, dlv_err_of(NULL, VERDICT_TEMPFAIL));
    tell_taken(t, VERDICT_TEMPFAIL, "stopped");
}

/* By its route. True: it must be sent. */
static bool take_by_route(struct dlv_taken *t)
{
    bool has_route = dlv_route_choose(t);

    if (t->report && (!has_route || !dlv_own.conf->route[t->route].reports)) {
        refuse_report(t);
        return false;
    }
    if (!has_route) {
        refuse(t, STAT_dlv_no_route);
        return false;
    }
    return take(t);
}

void dlv_take(const struct ss7_sms *m)
{
    struct dlv_taken t = { .m = m, .route = HLR_ROUTE_NONE };
    bool out = false;

    cdr_open(m);
    if (!read_tpdu(&t))
        return;
    cdr_tpdu(m->id, &t.tpdu, t.report);
    pthread_mutex_lock(&dlv_own.lock);
    if (dlv_own.tab != NULL)
        out = take_by_route(&t);
    else
        refuse_stopped(&t);
    pthread_mutex_unlock(&dlv_own.lock);
    if (out)
        dlv_send(&t);
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_srv.c - the MAP server: what comes from SCCP, and what is done about it
 *
 *     Begin     -> may this dialogue be? (map_open) -> turn
 *     Continue  -> its dialogue                     -> turn
 *     End, Abort, notice -> its dialogue is over
 *     all of these       -> map_client, if we began it
 *     verdict, deadline  -> mt_dlg -> map_reply
 *
 * A turn (map_turn.c) is what is done about the components of one message.
 */

#include "map_turn.h"

#include "gw/stat.h"
#include "map_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- mt_dlg's neighbours ---- */

static struct map_trans *dlg_of(struct mt_dlg *mt)
{
    return (void *)((char *)mt - offsetof(struct map_trans, mt));
}

static void close_dlg(struct map_trans *d)
{
    tcap_dlg_close(d->srv->tab, &d->tcap);
}

static struct map_err on_ask(struct mt_dlg *mt, struct map_sms_ind *ind)
{
    struct map_trans *d = dlg_of(mt);

    ind->network = d->talk.peer.network;
    ind->from = &d->talk.peer.addr;
    return d->srv->ops->sms(d->srv->ctx, ind);
}

static void on_answer(struct mt_dlg *mt, int8_t invoke, const struct map_err *e,
                      bool last)
{
    struct map_trans *d = dlg_of(mt);
    struct map_comps c;

    map_comps_init(&c);
    if (e != NULL)
        map_comps_error(&c, invoke, *e, d->talk.version);
    else if (d->question)
        map_comps_answer(&c, invoke, &d->sri, d->talk.version);
    else
        map_comps_result(&c, invoke);
    if (last) {
        map_send_end(d->srv, &d->talk, &c);
        close_dlg(d);
    } else {
        map_send_continue(d, &c);
    }
}

static void on_abort(struct mt_dlg *mt)
{
    struct map_trans *d = dlg_of(mt);
    struct map_srv *m = d->srv;

    if (!m->stopping)
        stat_inc(STAT_map_more_timeout);
    map_send_abort(m, &d->talk,
                   m->stopping ? MAP_WHY_STOPPING : MAP_WHY_NO_MESSAGE);
    close_dlg(d);
}

/* The address in its one form; of an odd one, the title it came from. */
static void on_sender(struct mt_dlg *mt, const struct map_addr *sc,
                      char name[QUOTA_NAME_MAX + 1])
{
    const struct map_trans *d = dlg_of(mt);
    const struct tcap_peer *peer = &d->talk.peer;

    if (!num_international(&d->srv->conf.net[peer->network].plan,
                           map_addr_noa(sc), sc->digits, name))
        snprintf(name, QUOTA_NAME_MAX + 1, "%.*s", QUOTA_NAME_MAX,
                 peer->addr.gt.digits);
}

static void on_refused(struct mt_dlg *mt, struct map_sms_ind *ind,
                       const struct map_err *e)
{
    struct map_trans *d = dlg_of(mt);
    struct map_srv *m = d->srv;

    if (m->ops->refused == NULL)
        return;
    ind->network = d->talk.peer.network;
    ind->from = &d->talk.peer.addr;
    m->ops->refused(m->ctx, ind, e);
}

static void on_gone(struct mt_dlg *mt, uint64_t id, enum map_gone why)
{
    struct map_srv *m = dlg_of(mt)->srv;

    m->ops->gone(m->ctx, id, why);
}

static const struct mt_dlg_ops mt_ops = {
    .ask = on_ask,
    .answer = on_answer,
    .abort = on_abort,
    .sender = on_sender,
    .refused = on_refused,
    .gone = on_gone,
};

/* ---- life ---- */

static void init_own(struct map_srv *m)
{
    for (unsigned i = 0; i < MAP_NETWORKS; i++) {
        const char *hlr = m->conf.net[i].hlr_gt, *msc = m->conf.net[i].msc_gt;

        if (hlr[0] != '\0')
            m->own[i][0] = sccp_addr_e164(hlr, SCCP_SSN_HLR);
        if (msc[0] != '\0')
            m->own[i][1] = sccp_addr_e164(msc, SCCP_SSN_MSC);
    }
}

/* What one of several networks may have of the smaller slab. */
static uint32_t share_of(const struct map_srv_conf *conf)
{
    uint32_t least = conf->max_dialogues;

    if (conf->max_held < least)
        least = conf->max_held;
    return least - least / 4;
}

struct map_srv *map_srv_new(const struct map_srv_conf *conf,
                            struct timer_wheel *wheel,
                            const struct map_srv_ops *ops, void *ctx)
{
    struct map_srv *m = calloc(1, sizeof(*m));

    if (m == NULL)
        return NULL;
    m->conf = *conf;
    m->roles =
        (conf->hlr ? MAP_ROLE_HLR : 0u) | (conf->msc ? MAP_ROLE_MSC : 0u);
    m->wheel = wheel;
    m->ops = ops;
    m->ctx = ctx;
    m->tab = tcap_tab_new(conf->max_dialogues, sizeof(struct map_trans),
                          conf->tid_first, conf->tid_last);
    m->mt = (struct mt_env){
        .wheel = wheel,
        .pending = pending_new(conf->max_held),
        .ops = &mt_ops,
        .hold_ms = conf->hold_ms,
        .more_ms = conf->more_ms,
        .overload = conf->overload,
    };
    if (conf->max_held_per_sc > 0)
        m->mt.quota = quota_new(conf->max_held, conf->max_held_per_sc);
    if (m->tab == NULL || m->mt.pending == NULL ||
        (m->mt.quota == NULL && conf->max_held_per_sc > 0)) {
        map_srv_free(m);
        return NULL;
    }
    if (conf->networks > 1)
        tcap_tab_limit(m->tab, share_of(conf));
    map_client_init(m);
    init_own(m);
    return m;
}

static void forget(void *item)
{
    struct map_trans *d = item;

    if (d->ours)
        map_alert_dlg_fini(&d->alert);
    else
        mt_dlg_fini(&d->mt);
}

void map_srv_free(struct map_srv *m)
{
    if (m == NULL)
        return;
    if (m->tab != NULL)
        tcap_dlg_each(m->tab, forget);
    tcap_tab_free(m->tab);
    pending_free(m->mt.pending);
    quota_free(m->mt.quota);
    free(m);
}

static void stop(void *item)
{
    struct map_trans *d = item;

    if (d->ours)
        map_alert_dlg_stop(&d->alert);
    else
        mt_dlg_stop(&d->mt);
}

void map_srv_stop(struct map_srv *m)
{
    m->stopping = m->mt.draining = true;
    tcap_dlg_each(m->tab, stop);
}

bool map_srv_verdict(struct map_srv *m, uint64_t id, enum verdict v,
                     struct map_err err)
{
    if (v == VERDICT_OK)
        return mt_dlg_verdict(&m->mt, id, NULL);
    if (err.code == MAP_ERR_NONE)
        err = map_err_of_verdict(v);
    return mt_dlg_verdict(&m->mt, id, &err);
}

void map_srv_drain(struct map_srv *m)
{
    m->mt.draining = true;
}

uint32_t map_srv_held(const struct map_srv *m)
{
    return pending_count(m->mt.pending);
}

bool map_srv_idle(const struct map_srv *m)
{
    return m->mt.draining && map_srv_held(m) == m->mt.questions;
}

/* ---- from SCCP ---- */

/* The peer has ended it, or can no longer be reached. */
static void lose(struct map_trans *d)
{
    if (d->ours) {
        map_client_lost(d);
        return;
    }
    mt_dlg_gone(&d->mt);
    close_dlg(d);
}

static struct map_trans *find(const struct map_srv *m, uint8_t network,
                              const struct tcap_tid *tid)
{
    struct map_trans *d = tcap_dlg_find(m->tab, tid);

    return d != NULL && d->talk.peer.network == network ? d : NULL;
}

static void p_abort(struct map_srv *m, uint8_t network,
                    const struct sccp_ind *ind, const struct tcap_tid *otid,
                    enum tcap_p_abort cause)
{
    struct tcap_peer peer = { .network = network };

    map_peer_init(m, ind, otid, 0, &peer);
    map_send_p_abort(m, &peer, cause);
}

static void log_other_peer(struct map_trans *d, const struct sccp_ind *ind)
{
    struct map_srv *m = d->srv;
    char was[80], is[80];
    uint32_t hidden;

    if (slog_may(&m->rate_peer, m->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.tcap",
             "A dialogue of %s is continued by %s (%u more like this).",
             sccp_addr_str(&d->talk.peer.addr, was, sizeof(was)),
             sccp_addr_str(&ind->calling, is, sizeof(is)), (unsigned)hidden);
}

/*
 * Q.774 does not ask who sends a message of a dialogue. We do, and tell: an
 * id is hard to guess, but not for somebody who can listen. False: it shall
 * not touch the dialogue.
 */
static bool may_touch(struct map_trans *d, const struct sccp_ind *ind,
                      const struct tcap_msg *msg)
{
    struct tcap_peer *p = &d->talk.peer;

    if (p->open)
        tcap_peer_fix(p, &msg->otid, &ind->calling);
    if (tcap_peer_is(p, &ind->calling)) {
        p->back_pc = ind->opc;
        p->back_assoc = ind->assoc;
        return true;
    }
    if (d->srv->conf.guard == MAP_GUARD_OFF)
        return true;
    stat_inc(STAT_tcap_other_peer);
    log_other_peer(d, ind);
    return d->srv->conf.guard != MAP_GUARD_DENY;
}

/*
 * The transaction portion is broken: P-Abort, if there is somebody to send it
 * to, and the end of the transaction, if there is one (Q.774 3.3.3.2).
 */
static void bad_message(struct map_srv *m, uint8_t network,
                        const struct sccp_ind *ind, const struct tcap_msg *msg,
                        int cause)
{
    struct map_trans *d = find(m, network, &msg->dtid);
    char addr[80];
    uint32_t hidden;

    stat_inc(STAT_tcap_bad);
    if (slog_may(&m->rate_bad, m->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.tcap",
             "Broken TCAP message from %s, cause %d (%u more like this).",
             sccp_addr_str(&ind->calling, addr, sizeof(addr)), cause,
             (unsigned)hidden);
    if (d != NULL && may_touch(d, ind, msg))
        lose(d);
    if (msg->otid.len > 0 && msg->type != TCAP_END && msg->type != TCAP_ABORT)
        p_abort(m, network, ind, &msg->otid, (enum tcap_p_abort)cause);
}

void map_srv_unitdata(struct map_srv *m, uint8_t network,
                      const struct sccp_ind *ind)
{
    struct rd_err err;
    struct rd r = rd_init(ind->data, ind->data_len, &err);
    struct tcap_msg msg;
    int cause = tcap_msg_read(&r, &msg);
    struct map_trans *d;

    stat_inc(STAT_tcap_in);
    if (network >= MAP_NETWORKS)
        return;
    if (cause >= 0) {
        bad_message(m, network, ind, &msg, cause);
        return;
    }
    if (msg.type == TCAP_BEGIN) {
        map_turn_begin(m, network, ind, &msg);
        return;
    }
    if (msg.type == TCAP_UNIDIRECTIONAL) {
        stat_inc(STAT_tcap_ignored);
        return;
    }
    d = find(m, network, &msg.dtid);
    if (d == NULL) {
        stat_inc(STAT_tcap_unknown_tid);
        if (msg.type == TCAP_CONTINUE)
            p_abort(m, network, ind, &msg.otid, TCAP_P_UNRECOGNIZED_TID);
        return;
    }
    if (!may_touch(d, ind, &msg))
        return;
    if (d->ours)
        map_client_message(d, &msg);
    else if (msg.type == TCAP_CONTINUE)
        map_turn_continue(d, &msg);
    else
        lose(d);
}

static bool same_tid(const struct tcap_tid *a, const struct tcap_tid *b)
{
    return a->len == b->len && memcmp(a->octet, b->octet, a->len) == 0;
}

void map_srv_notice(struct map_srv *m, uint8_t network, uint8_t cause,
                    const struct sccp_addr *called, const uint8_t *data,
                    size_t data_len)
{
    struct rd_err err;
    struct rd r = rd_init(data, data_len, &err);
    struct tcap_msg msg;
    struct map_trans *d;
    char addr[80];
    uint32_t hidden;

    stat_inc(STAT_tcap_notice);
    if (slog_may(&m->rate_notice, m->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.tcap",
             "A message to %s came back: %s (%u more like this).",
             sccp_addr_str(called, addr, sizeof(addr)), sccp_cause_str(cause),
             (unsigned)hidden);
    /* it may be cut short: what matters stands at its beginning */
    (void)tcap_msg_read(&r, &msg);
    d = find(m, network, &msg.otid);
    if (d != NULL && same_tid(&d->talk.peer.tid, &msg.dtid))
        lose(d);
}

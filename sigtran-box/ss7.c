/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7.c - the SS7 thread: its loop, and the layers joined in it
 *
 *     mtpd's link -> mtp_net -> sccp -> map_srv -> register, border
 *     verdicts from the border -> map_srv -> sccp -> mtp_net -> link
 *
 * Everything in this file runs in that thread, and nothing in it waits but
 * poll(). The other side of the border is ss7_queue.c.
 */

#include "ss7.h"

#include "gw/stat.h"
#include "mtp_net.h"
#include "ss7_feed.h"
#include "ss7_hlr.h"
#include "ss7_net.h"
#include "ss7_queue.h"
#include "ss7_wait.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    DOWN_TAKEN = 256,    /* verdicts a turn, so that the links get theirs */
    DOWN_STOP_MS = 3000, /* for ASPIA and ASPDN */
    PC_MAX = 0x3fff,     /* 14 bits */
};

struct net {
    const struct ss7_network *conf;
    uint8_t index;
    struct gtt *gtt;
    struct gtt *old_gtt; /* waits for room in the queue up */
    struct mtp_net *mtp;
    struct sccp *sccp;
    uint32_t stale_from, stale_to; /* point codes to tell SCCP about: learn() */
    struct slog_rate status_rate, assoc_rate[MTP_ASSOC_MAX];
    bool lost_told; /* SS7_LINK_LOST of the present link was pushed */
};

static const struct ss7_conf *conf;
static struct net net[SS7_NETWORKS];
static struct timer_wheel wheel;
static struct map_srv *map;
static struct hlr_table *retired; /* waits for room in the queue up */
static struct ss7_sri question;   /* the one that is being answered */
static bool draining, idle_told, stopping;
static uint64_t stop_at_ms;

static uint64_t clock_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- what SCCP knows of point codes; ctx is the struct net ---- */

/*
 * SCCP knows one state of a point code: whether any association leads there.
 * What one of two STPs cannot reach, the other may.
 */
static void on_dest(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    struct net *n = ctx;
    uint32_t wild = mask < 14 ? (1u << mask) - 1 : PC_MAX;
    uint32_t first = pc & ~wild;

    (void)assoc;
    if (first <= PC_MAX && first < n->stale_from)
        n->stale_from = first;
    if (first <= PC_MAX && (first | wild) > n->stale_to)
        n->stale_to = first | wild;
}

/* Before SCCP decides about anything, and so once for many of the above. */
static void learn(struct net *n)
{
    for (uint32_t i = n->stale_from; i <= n->stale_to; i++)
        if (mtp_net_reaches(n->mtp, i))
            sccp_mtp_resume(n->sccp, i, 0);
        else
            sccp_mtp_pause(n->sccp, i, 0);
    n->stale_from = PC_MAX + 1;
    n->stale_to = 0;
}

static bool tell_waiting(const struct ss7_waiting *w)
{
    struct ss7_event ev = { .what = SS7_WAITING, .waiting = *w };

    if (ss7_up(&ev) == 0)
        return true;
    stat_inc(STAT_mw_lost);
    return false;
}

/* ---- records: what is told of each answer, with ss7_conf.records ---- */

static void record(const struct ss7_event *ev)
{
    if (ss7_up_record(ev) < 0)
        stat_inc(STAT_record_lost);
}

static void record_question(void)
{
    struct ss7_event ev = { .what = SS7_SRI_DONE, .sri = question };

    if (conf->records)
        record(&ev);
}

static void record_refused(struct ss7_event *ev, const struct map_sms_ind *ind,
                           struct map_err err)
{
    if (!conf->records)
        return;
    ev->what = SS7_REFUSED;
    ev->refused.err = err;
    ev->refused.sms.id = 0;
    ev->refused.sms.version = ind->version;
    ev->refused.sms.tpdu_len = ind->arg->tpdu_len;
    memcpy(ev->refused.sms.tpdu, ind->arg->tpdu, ind->arg->tpdu_len);
    record(ev);
}

static void on_refused(void *ctx, const struct map_sms_ind *ind,
                       const struct map_err *e)
{
    struct ss7_event ev = { .what = SS7_REFUSED };

    (void)ctx;
    if (!conf->records)
        return;
    ss7_hlr_who(ind, &ev.refused.sms);
    record_refused(&ev, ind, *e);
}

static void record_answer(uint64_t id, enum verdict v, struct map_err err)
{
    struct ss7_event ev = { .what = SS7_ANSWERED, .answered = { id, v, err } };

    if (!conf->records)
        return;
    if (v != VERDICT_OK && err.code == MAP_ERR_NONE)
        ev.answered.err = map_err_of_verdict(v);
    record(&ev);
}

/* ---- the register and the border, as map_srv asks them ---- */

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    bool told = conf->ask_sri || conf->records;
    struct ss7_waiting w;

    (void)ctx;
    if (ss7_hlr_sri(ind, rsp, &w, told ? &question : NULL) && !tell_waiting(&w))
        ss7_wait_not_listed(rsp);
    if (!told)
        return;
    question.err = rsp->err;
    memcpy(question.imsi, rsp->imsi, sizeof(question.imsi));
    memcpy(question.node, rsp->node, sizeof(question.node));
    rsp->hold = conf->ask_sri && !rsp->relay;
    if (!rsp->hold && !rsp->relay)
        record_question();
}

static bool on_held(void *ctx, uint64_t id)
{
    struct ss7_event ev = { .what = SS7_SRI, .sri = question };

    (void)ctx;
    ev.sri.id = id;
    if (id != 0) {
        if (ss7_up(&ev) == 0)
            return true;
        stat_inc(STAT_sri_border_full);
    }
    question.err =
        (struct map_err){ .code = MAP_ERR_SYSTEM_FAILURE, .cause = -1 };
    record_question();
    return false;
}

static void on_report(void *ctx, const struct map_report_ind *ind,
                      struct map_report_rsp *rsp)
{
    struct ss7_waiting w;

    (void)ctx;
    if (conf->alert && ss7_wait_report(ind, rsp, &w) && !tell_waiting(&w))
        rsp->err =
            (struct map_err){ .code = MAP_ERR_SYSTEM_FAILURE, .cause = -1 };
}

static void on_alerted(void *ctx, uint64_t ref, enum verdict v)
{
    struct ss7_event ev = { .what = SS7_ALERTED, .alerted = { ref, v } };

    (void)ctx;
    if (ss7_up(&ev) < 0)
        stat_inc(STAT_mw_lost);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    struct ss7_event ev = { .what = SS7_SMS };
    struct ss7_sms *s = &ev.sms;
    struct map_err err = ss7_hlr_sms(ind, s);

    (void)ctx;
    if (err.code == MAP_ERR_NONE) {
        s->id = ind->id;
        s->version = ind->version;
        s->repeated = ind->repeated;
        s->more = ind->arg->more;
        s->tpdu_len = ind->arg->tpdu_len;
        memcpy(s->tpdu, ind->arg->tpdu, s->tpdu_len);
        if (ss7_up(&ev) == 0)
            return err;
        stat_inc(STAT_sms_border_full);
        err = (struct map_err){ .code = conf->map.overload, .cause = -1 };
        if (err.code == MAP_ERR_NONE)
            err.code = MAP_ERR_SYSTEM_FAILURE;
    }
    record_refused(&ev, ind, err);
    return err;
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    struct ss7_event ev = { .what = SS7_GONE, .gone = { id, why } };

    (void)ctx;
    stat_inc(why == MAP_GONE_DEADLINE ? STAT_sms_deadline : STAT_sms_aborted);
    if (ss7_up(&ev) < 0)
        stat_inc(STAT_gone_lost);
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    (void)ctx;
    learn(&net[network]);
    return sccp_unitdata_req(net[network].sccp, req, cause);
}

static struct map_err on_relay(void *ctx, uint8_t network,
                               const struct sccp_ind *ind)
{
    struct map_err err = { .code = MAP_ERR_NONE, .cause = -1 };
    struct sccp_req req;
    uint8_t cause;

    if (ind == NULL) {
        stat_inc(STAT_sri_relay_failed);
        err.code = MAP_ERR_SYSTEM_FAILURE;
    } else if (!ss7_hlr_relay(network, ind, wheel.now_ms, &req)) {
        stat_inc(STAT_sri_relay_loop);
        err.code = MAP_ERR_UNKNOWN_SUBSCRIBER;
    } else if (on_send(ctx, network, &req, &cause) < 0) {
        stat_inc(STAT_sri_relay_failed);
        err.code = MAP_ERR_SYSTEM_FAILURE;
    } else {
        stat_inc(STAT_sri_relayed);
    }
    question.relayed = err.code == MAP_ERR_NONE;
    question.err = err;
    record_question();
    return err;
}

static const struct map_srv_ops map_ops = {
    .sri = on_sri,
    .held = on_held,
    .relay = on_relay,
    .report = on_report,
    .sms = on_sms,
    .refused = on_refused,
    .gone = on_gone,
    .alerted = on_alerted,
    .send = on_send,
};

/* ---- MTP and SCCP of one network; ctx is its struct net ---- */

static void on_transfer(void *ctx, const struct mtp_transfer *t)
{
    struct net *n = ctx;

    learn(n);
    sccp_mtp_transfer(n->sccp, t);
}

static void on_status(void *ctx, uint8_t assoc, uint32_t pc,
                      enum mtp_status status, int level)
{
    struct net *n = ctx;
    uint32_t hidden;

    if (!slog_may(&n->status_rate, wheel.now_ms, &hidden))
        return;
    slog(SLOG_INFO, "ss7.mtp",
         "Network <%s>: point code %u %s (%s, level %d; %u more like this).",
         n->conf->id, pc,
         status == MTP_STATUS_CONGESTED ? "is congested" : "has no SCCP",
         n->conf->mtp.assoc[assoc].id, level, hidden);
}

static void tell_state(struct net *n, uint8_t assoc, enum mtp_assoc_state state)
{
    static const char *const word[] = { "down", "inactive", "active" };
    enum slog_level level =
        state == MTP_ASSOC_ACTIVE ? SLOG_INFO : SLOG_WARNING;
    uint32_t hidden;

    if (!slog_may(&n->assoc_rate[assoc], wheel.now_ms, &hidden))
        return;
    if (hidden > 0)
        slog(level, "ss7.mtp",
             "Network <%s>: association <%s> is %s (%u changes not shown).",
             n->conf->id, n->conf->mtp.assoc[assoc].id, word[state], hidden);
    else
        slog(level, "ss7.mtp", "Network <%s>: association <%s> is %s.",
             n->conf->id, n->conf->mtp.assoc[assoc].id, word[state]);
}

static void on_assoc(void *ctx, uint8_t assoc, enum mtp_assoc_state state)
{
    struct net *n = ctx;
    struct ss7_event ev = {
        .what = SS7_ASSOC,
        .assoc = { n->index, assoc, state },
    };

    tell_state(n, assoc, state);
    on_dest(n, assoc, 0, 14); /* what it said about destinations is void */
    if (state == MTP_ASSOC_ACTIVE && n->conf->n_concerned > 0) {
        learn(n);
        sccp_mtp_ready(n->sccp);
    }
    ss7_up(&ev);
}

static const struct mtp_user mtp_up = {
    .transfer = on_transfer,
    .pause = on_dest,
    .resume = on_dest,
    .status = on_status,
    .assoc = on_assoc,
};

static void on_unitdata(void *ctx, const struct sccp_ind *ind)
{
    const struct net *n = ctx;

    map_srv_unitdata(map, n->index, ind);
}

static void on_notice(void *ctx, uint8_t cause, const struct sccp_addr *called,
                      const struct sccp_addr *calling, const uint8_t *data,
                      size_t data_len)
{
    const struct net *n = ctx;

    (void)calling;
    map_srv_notice(map, n->index, cause, called, data, data_len);
}

static const struct sccp_user sccp_up = {
    .unitdata = on_unitdata,
    .notice = on_notice,
};

/* ---- start ---- */

static int net_init(struct net *n, unsigned i)
{
    struct sccp_conf c;

    n->conf = &conf->network[i];
    n->index = (uint8_t)i;
    n->lost_told = true; /* there is no link yet to be lost */
    n->gtt = ss7_gtt_new(n->conf);
    n->mtp = mtp_net_new(n->conf->id, &n->conf->mtp, &wheel, &mtp_up, n);
    if (n->mtp == NULL)
        return -1;
    ss7_sccp_conf(conf, n->conf, n->gtt, &c);
    n->sccp = sccp_new(&c, &wheel, mtp_net_provider(n->mtp), &sccp_up, n);
    return n->sccp == NULL ? -1 : 0;
}

int ss7_init(const struct ss7_conf *conf_)
{
    struct map_srv_conf m = conf_->map;

    conf = conf_;
    ss7_wait_init(conf);
    draining = idle_told = stopping = false;
    if (ss7_queue_init(conf->map.max_held) < 0)
        return -1;
    timer_wheel_init(&wheel, clock_ms(CLOCK_MONOTONIC));
    m.networks = conf->n_networks;
    for (unsigned i = 0; i < conf->n_networks; i++) {
        memcpy(m.net[i].hlr_gt, conf->network[i].hlr_gt, NUM_MAX + 1);
        memcpy(m.net[i].msc_gt, conf->network[i].msc_gt, NUM_MAX + 1);
        m.net[i].hlr_ssn = conf->network[i].hlr_ssn;
        m.net[i].plan = conf->network[i].plan;
    }
    map = map_srv_new(&m, &wheel, &map_ops, NULL);
    if (map == NULL || ss7_hlr_init(conf) < 0)
        return -1;
    for (unsigned i = 0; i < conf->n_networks; i++)
        if (net_init(&net[i], i) < 0)
            return -1;
    return 0;
}

void ss7_fini(void)
{
    ss7_queue_fini();
    for (unsigned i = 0; i < SS7_NETWORKS; i++) {
        sccp_free(net[i].sccp);
        mtp_net_free(net[i].mtp);
        gtt_free(net[i].gtt);
        gtt_free(net[i].old_gtt);
        net[i] = (struct net){ 0 };
    }
    map_srv_free(map);
    ss7_hlr_fini();
    ss7_feed_fini();
    hlr_table_free(retired);
    map = NULL;
    retired = NULL;
}

/* ---- the loop ---- */

static void table_swap(struct hlr_table *t)
{
    /* at most one waits: the loader publishes again when it got this back */
    hlr_table_free(retired);
    retired = hlr_srv_swap(ss7_hlr_srv(), t);
}

static void gtt_swap(struct net *n, struct gtt *g)
{
    gtt_free(n->old_gtt); /* as above */
    n->old_gtt = n->gtt;
    n->gtt = g;
    sccp_set_gtt(n->sccp, g, !gtt_has_local(g));
}

/* Concerned nodes are told, so that they need not find out by themselves. */
static void say_goodbye(struct net *n)
{
    if (n->conf->n_concerned == 0)
        return;
    learn(n);
    if (conf->map.hlr)
        sccp_set_ssn(n->sccp, n->conf->hlr_ssn, false);
    if (conf->map.msc)
        sccp_set_ssn(n->sccp, n->conf->msc_ssn, false);
}

static void stop_begin(void)
{
    stopping = true;
    stop_at_ms = wheel.now_ms + DOWN_STOP_MS;
    map_srv_stop(map);
    for (unsigned i = 0; i < conf->n_networks; i++) {
        say_goodbye(&net[i]);
        mtp_net_down(net[i].mtp);
    }
}

static void alert(const struct ss7_down *d)
{
    struct map_alert_arg arg = {
        .msisdn.nai_npi = MAP_E164_INTERNATIONAL,
        .sc_addr.nai_npi = MAP_E164_INTERNATIONAL,
    };

    memcpy(arg.msisdn.digits, d->alert.msisdn, sizeof(d->alert.msisdn));
    memcpy(arg.sc_addr.digits, d->alert.sc, sizeof(d->alert.sc));
    if (!map_srv_alert(map, d->alert.network, &arg, d->alert.ref))
        on_alerted(NULL, d->alert.ref, VERDICT_TEMPFAIL);
}

static void down_take(const struct ss7_down *d)
{
    switch (d->what) {
    case DOWN_VERDICT:
        if (map_srv_verdict(map, d->verdict.id, d->verdict.v, d->verdict.err))
            record_answer(d->verdict.id, d->verdict.v, d->verdict.err);
        else
            stat_inc(STAT_verdict_late);
        break;
    case DOWN_TABLE:
        table_swap(d->table);
        break;
    case DOWN_BATCH:
        ss7_feed_take(d->batch);
        break;
    case DOWN_NODES:
        hlr_srv_set_nodes(ss7_hlr_srv(), d->nodes);
        free(d->nodes);
        break;
    case DOWN_KEYS:
        hlr_srv_set_keys(ss7_hlr_srv(), d->keys);
        free(d->keys);
        break;
    case DOWN_GTT:
        gtt_swap(&net[d->gtt.network], d->gtt.gtt);
        break;
    case DOWN_ALERT:
        alert(d);
        break;
    case DOWN_AWAY:
        ss7_wait_away(d->away.route, d->away.is);
        break;
    case DOWN_FULL:
        ss7_wait_full(d->full);
        break;
    case DOWN_LINK:
        net[d->link.network].lost_told = false;
        mtp_net_link(net[d->link.network].mtp, d->link.fd);
        break;
    case DOWN_DRAIN:
        draining = true;
        hlr_srv_drain(ss7_hlr_srv());
        map_srv_drain(map);
        break;
    case DOWN_STOP:
        stop_begin();
        break;
    }
}

static void give_batches_back(void)
{
    struct hlr_batch *b;

    while ((b = ss7_feed_done()) != NULL) {
        struct ss7_event ev = { .what = SS7_BATCH, .batch = b };

        if (ss7_up(&ev) < 0) {
            ss7_feed_keep(b);
            return;
        }
    }
}

/* What must reach the other side, even if its queue is full just now. */
static void tell_up(void)
{
    struct ss7_event ev = { .what = SS7_RETIRED, .table = retired };

    if (retired != NULL && ss7_up(&ev) == 0)
        retired = NULL;
    give_batches_back();
    for (unsigned i = 0; i < conf->n_networks; i++) {
        ev = (struct ss7_event){ .what = SS7_GTT_RETIRED,
                                 .gtt = net[i].old_gtt };
        if (net[i].old_gtt != NULL && ss7_up(&ev) == 0)
            net[i].old_gtt = NULL;
        if (net[i].lost_told || mtp_net_fd(net[i].mtp) >= 0)
            continue;
        ev = (struct ss7_event){ .what = SS7_LINK_LOST, .network = (uint8_t)i };
        net[i].lost_told = ss7_up(&ev) == 0;
    }
    if (draining && !idle_told && map_srv_idle(map)) {
        ev = (struct ss7_event){ .what = SS7_IDLE };
        idle_told = ss7_up(&ev) == 0;
    }
}

static bool all_down(void)
{
    for (unsigned i = 0; i < conf->n_networks; i++)
        if (mtp_net_fd(net[i].mtp) >= 0)
            return false;
    return true;
}

/* One turn: wait, then everybody gets a bounded share. */
static void turn(void)
{
    struct pollfd p[SS7_NETWORKS + 1];
    struct ss7_down d[DOWN_TAKEN];
    unsigned n = conf->n_networks;
    int wait_ms = timer_next_ms(&wheel);
    size_t taken;

    for (unsigned i = 0; i < n; i++)
        p[i] = (struct pollfd){
            .fd = mtp_net_fd(net[i].mtp), /* -1 is passed over by poll() */
            .events =
                (short)(POLLIN | (mtp_net_want_out(net[i].mtp) ? POLLOUT : 0)),
        };
    p[n] = (struct pollfd){ .fd = ss7_down_fd(), .events = POLLIN };
    if (wait_ms < 0 || wait_ms > 1000)
        wait_ms = 1000;
    if (ss7_feed_busy())
        wait_ms = 0;
    if (poll(p, n + 1, wait_ms) < 0)
        return;
    timer_run(&wheel, clock_ms(CLOCK_MONOTONIC));
    for (unsigned i = 0; i < n; i++)
        if (p[i].revents != 0)
            mtp_net_io(net[i].mtp);
    if (p[n].revents != 0) {
        taken = ss7_down_take(d, DOWN_TAKEN);
        for (size_t i = 0; i < taken; i++)
            down_take(&d[i]);
    }
    ss7_feed_turn(hlr_srv_table(ss7_hlr_srv()));
    for (unsigned i = 0; i < n; i++) {
        if (net[i].conf->n_concerned > 0)
            learn(&net[i]); /* who is back has to be told */
        mtp_net_flush(net[i].mtp);
    }
    tell_up();
}

void ss7_run(void)
{
    slog_set(ss7_up_log, conf->log_least);
    while (!stopping || (!all_down() && wheel.now_ms < stop_at_ms))
        turn();
    slog_set(NULL, SLOG_INFO);
    ss7_up_last();
}

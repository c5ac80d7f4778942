/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7.c - the SS7 thread: its loop, and the layers joined in it
 *
 *     mtpd's link -> mtp_net -> sccp -> map_srv -> register, border
 *     verdicts from the border -> map_srv -> sccp -> mtp_net -> link
 *
 * Everything in this file except the functions named in the last part of
 * ss7.h runs in that thread, and nothing in it waits but poll().
 */

#include "ss7.h"

#include "gw/stat.h"
#include "mtp_net.h"
#include "ss7_feed.h"
#include "ss7_hlr.h"
#include "ss7_net.h"
#include "ss7_wait.h"
#include "xq.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    UP_SPARE = 1024, /* events beside messages: log lines, states */
    DOWN_SPARE = 1024,
    UP_LINES = 512,       /* log lines on their way: messages must find room */
    DOWN_TAKEN = 256,     /* verdicts a turn, so that the links get theirs */
    DOWN_STOP_MS = 3000,  /* for ASPIA and ASPDN */
    PC_MAX = 0x3fff,      /* 14 bits */
    STOPPED_TRIES = 5000, /* moments, so that SS7_STOPPED finds room */
};

struct down {
    enum {
        DOWN_VERDICT,
        DOWN_TABLE,
        DOWN_BATCH,
        DOWN_NODES,
        DOWN_KEYS,
        DOWN_GTT,
        DOWN_ALERT,
        DOWN_AWAY,
        DOWN_FULL,
        DOWN_LINK,
        DOWN_DRAIN,
        DOWN_STOP
    } what;
    union {
        struct {
            uint64_t id;
            enum verdict v;
            struct map_err err;
        } verdict;
        struct hlr_table *table;
        struct hlr_batch *batch;
        struct hlr_nodes *nodes; /* a copy of ours */
        struct corr_keys *keys;  /* also */
        struct {
            uint8_t network;
            struct gtt *gtt;
        } gtt;
        struct {
            uint16_t route;
            bool is;
        } away;
        bool full;
        struct {
            uint8_t network;
            char msisdn[HLR_MSISDN_MAX + 1], sc[NUM_MAX + 1];
            uint64_t ref;
        } alert;
        struct {
            uint8_t network;
            int fd;
        } link;
    };
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
static struct xq *up, *down;
static bool draining, idle_told, stopping;
static atomic_uint lines;   /* in `up' */
static atomic_bool stopped; /* nobody takes from `down' any more */
static uint64_t stop_at_ms;
/* Between two looks at a queue that is full. */
static const struct timespec moment = { .tv_nsec = 200000 };

static uint64_t clock_ms(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void log_up(enum slog_level level, const char *place, const char *line)
{
    struct ss7_event ev = { .what = SS7_LOG, .log.level = level };

    strncpy(ev.log.place, place, sizeof(ev.log.place) - 1);
    strncpy(ev.log.line, line, sizeof(ev.log.line) - 1);
    if (atomic_fetch_add(&lines, 1) < UP_LINES && xq_push(up, &ev) == 0)
        return;
    atomic_fetch_sub(&lines, 1);
    stat_inc(STAT_log_lost);
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

/* ---- the register and the border, as map_srv asks them ---- */

static bool tell_waiting(const struct ss7_waiting *w)
{
    struct ss7_event ev = { .what = SS7_WAITING, .waiting = *w };

    if (xq_push(up, &ev) == 0)
        return true;
    stat_inc(STAT_mw_lost);
    return false;
}

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    struct ss7_waiting w;

    (void)ctx;
    if (ss7_hlr_sri(ind, rsp, &w) && !tell_waiting(&w))
        ss7_wait_not_listed(rsp);
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
    if (xq_push(up, &ev) < 0)
        stat_inc(STAT_mw_lost);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    struct ss7_event ev = { .what = SS7_SMS };
    struct ss7_sms *s = &ev.sms;
    struct map_err err = ss7_hlr_sms(ind, s);

    (void)ctx;
    if (err.code != MAP_ERR_NONE)
        return err;
    s->id = ind->id;
    s->version = ind->version;
    s->repeated = ind->repeated;
    s->more = ind->arg->more;
    s->tpdu_len = ind->arg->tpdu_len;
    memcpy(s->tpdu, ind->arg->tpdu, s->tpdu_len);
    if (xq_push(up, &ev) < 0) {
        stat_inc(STAT_sms_border_full);
        err = (struct map_err){ .code = conf->map.overload, .cause = -1 };
        if (err.code == MAP_ERR_NONE)
            err.code = MAP_ERR_SYSTEM_FAILURE;
    }
    return err;
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    struct ss7_event ev = { .what = SS7_GONE, .gone = { id, why } };

    (void)ctx;
    stat_inc(why == MAP_GONE_DEADLINE ? STAT_sms_deadline : STAT_sms_aborted);
    if (xq_push(up, &ev) < 0)
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

    if (!ss7_hlr_relay(network, ind, wheel.now_ms, &req)) {
        stat_inc(STAT_sri_relay_loop);
        err.code = MAP_ERR_UNKNOWN_SUBSCRIBER;
    } else if (on_send(ctx, network, &req, &cause) < 0) {
        stat_inc(STAT_sri_relay_failed);
        err.code = MAP_ERR_SYSTEM_FAILURE;
    } else {
        stat_inc(STAT_sri_relayed);
    }
    return err;
}

static const struct map_srv_ops map_ops = {
    .sri = on_sri,
    .relay = on_relay,
    .report = on_report,
    .sms = on_sms,
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
    xq_push(up, &ev);
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
    atomic_store(&stopped, false);
    atomic_store(&lines, 0);
    up = xq_new(conf->map.max_held + UP_SPARE, sizeof(struct ss7_event));
    down = xq_new(conf->map.max_held + DOWN_SPARE, sizeof(struct down));
    if (up == NULL || down == NULL)
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

/* What was on its way across the border when its taker went. */
static void empty_queues(void)
{
    struct down d;
    struct ss7_event ev;

    while (down != NULL && xq_take(down, &d, 1) == 1) {
        if (d.what == DOWN_TABLE)
            hlr_table_free(d.table);
        else if (d.what == DOWN_BATCH)
            hlr_batch_free(d.batch);
        else if (d.what == DOWN_NODES)
            free(d.nodes);
        else if (d.what == DOWN_KEYS)
            free(d.keys);
        else if (d.what == DOWN_GTT)
            gtt_free(d.gtt.gtt);
        else if (d.what == DOWN_LINK)
            close(d.link.fd);
    }
    while (up != NULL && xq_take(up, &ev, 1) == 1)
        if (ev.what == SS7_RETIRED)
            hlr_table_free(ev.table);
        else if (ev.what == SS7_BATCH)
            hlr_batch_free(ev.batch);
        else if (ev.what == SS7_GTT_RETIRED)
            gtt_free(ev.gtt);
}

void ss7_fini(void)
{
    empty_queues();
    for (unsigned i = 0; i < SS7_NETWORKS; i++) {
        sccp_free(net[i].sccp);
        mtp_net_free(net[i].mtp);
        gtt_free(net[i].gtt);
        gtt_free(net[i].old_gtt);
        net[i] = (struct net){ 0 };
    }
    map_srv_free(map);
    xq_free(up);
    xq_free(down);
    ss7_hlr_fini();
    ss7_feed_fini();
    hlr_table_free(retired);
    map = NULL;
    up = down = NULL;
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

static void alert(const struct down *d)
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

static void down_take(const struct down *d)
{
    switch (d->what) {
    case DOWN_VERDICT:
        if (!map_srv_verdict(map, d->verdict.id, d->verdict.v, d->verdict.err))
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

        if (xq_push(up, &ev) < 0) {
            ss7_feed_keep(b);
            return;
        }
    }
}

/* What must reach the other side, even if its queue is full just now. */
static void tell_up(void)
{
    struct ss7_event ev = { .what = SS7_RETIRED, .table = retired };

    if (retired != NULL && xq_push(up, &ev) == 0)
        retired = NULL;
    give_batches_back();
    for (unsigned i = 0; i < conf->n_networks; i++) {
        ev = (struct ss7_event){ .what = SS7_GTT_RETIRED,
                                 .gtt = net[i].old_gtt };
        if (net[i].old_gtt != NULL && xq_push(up, &ev) == 0)
            net[i].old_gtt = NULL;
        if (net[i].lost_told || mtp_net_fd(net[i].mtp) >= 0)
            continue;
        ev = (struct ss7_event){ .what = SS7_LINK_LOST, .network = (uint8_t)i };
        net[i].lost_told = xq_push(up, &ev) == 0;
    }
    if (draining && !idle_told && map_srv_idle(map)) {
        ev = (struct ss7_event){ .what = SS7_IDLE };
        idle_told = xq_push(up, &ev) == 0;
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
    struct down d[DOWN_TAKEN];
    unsigned n = conf->n_networks;
    int wait_ms = timer_next_ms(&wheel);
    size_t taken;

    for (unsigned i = 0; i < n; i++)
        p[i] = (struct pollfd){
            .fd = mtp_net_fd(net[i].mtp), /* -1 is passed over by poll() */
            .events =
                (short)(POLLIN | (mtp_net_want_out(net[i].mtp) ? POLLOUT : 0)),
        };
    p[n] = (struct pollfd){ .fd = xq_fd(down), .events = POLLIN };
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
        taken = xq_take(down, d, DOWN_TAKEN);
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
    struct ss7_event ev = { .what = SS7_STOPPED };

    slog_set(log_up, conf->log_least);
    while (!stopping || (!all_down() && wheel.now_ms < stop_at_ms))
        turn();
    slog_set(NULL, SLOG_INFO);
    atomic_store(&stopped, true);
    for (int i = 0; i < STOPPED_TRIES && xq_push(up, &ev) < 0; i++)
        nanosleep(&moment, NULL);
}

/* ---- the other side ---- */

static size_t take(struct ss7_event *ev, size_t max)
{
    size_t n = xq_take(up, ev, max);
    unsigned was_lines = 0;

    for (size_t i = 0; i < n; i++)
        was_lines += ev[i].what == SS7_LOG;
    atomic_fetch_sub(&lines, was_lines);
    return n;
}

size_t ss7_take(struct ss7_event *ev, size_t max, int timeout_ms)
{
    size_t n = take(ev, max);

    if (n > 0 || timeout_ms == 0)
        return n;
    xq_wait(up, timeout_ms);
    return take(ev, max);
}

/* The SS7 thread always takes, so a full queue empties within a turn. */
static void push_down(const struct down *d)
{
    while (xq_push(down, d) < 0 && !atomic_load(&stopped))
        nanosleep(&moment, NULL);
}

void ss7_verdict(uint64_t id, enum verdict v, struct map_err err)
{
    struct down d = { .what = DOWN_VERDICT, .verdict = { id, v, err } };

    push_down(&d);
}

bool ss7_table(struct hlr_table *t)
{
    struct down d = { .what = DOWN_TABLE, .table = t };

    return xq_push(down, &d) == 0;
}

bool ss7_gtt(uint8_t network, struct gtt *g)
{
    struct down d = { .what = DOWN_GTT, .gtt = { network, g } };

    return xq_push(down, &d) == 0;
}

bool ss7_batch(struct hlr_batch *b)
{
    struct down d = { .what = DOWN_BATCH, .batch = b };

    return xq_push(down, &d) == 0;
}

static void *copy_of(const void *value, size_t size)
{
    void *copy = malloc(size);

    if (copy == NULL)
        abort();
    return memcpy(copy, value, size);
}

bool ss7_nodes(const struct hlr_nodes *nodes)
{
    struct down d = { .what = DOWN_NODES };

    d.nodes = copy_of(nodes, sizeof(*nodes));
    if (xq_push(down, &d) == 0)
        return true;
    free(d.nodes);
    return false;
}

bool ss7_keys(const struct corr_keys *keys)
{
    struct down d = { .what = DOWN_KEYS };

    d.keys = copy_of(keys, sizeof(*keys));
    if (xq_push(down, &d) == 0)
        return true;
    free(d.keys);
    return false;
}

bool ss7_alert(uint8_t network, const char *sc, const char *msisdn,
               uint64_t ref)
{
    struct down d = { .what = DOWN_ALERT, .alert = { .network = network } };

    d.alert.ref = ref;
    memcpy(d.alert.msisdn, msisdn, strnlen(msisdn, HLR_MSISDN_MAX));
    memcpy(d.alert.sc, sc, strnlen(sc, NUM_MAX));
    return xq_push(down, &d) == 0;
}

void ss7_away(uint16_t route, bool is)
{
    struct down d = { .what = DOWN_AWAY, .away = { route, is } };

    push_down(&d);
}

void ss7_waiting_full(bool is)
{
    struct down d = { .what = DOWN_FULL, .full = is };

    push_down(&d);
}

void ss7_link(uint8_t network, int fd)
{
    struct down d = { .what = DOWN_LINK, .link = { network, fd } };

    push_down(&d);
}

void ss7_drain(void)
{
    struct down d = { .what = DOWN_DRAIN };

    push_down(&d);
}

void ss7_stop(void)
{
    struct down d = { .what = DOWN_STOP };

    push_down(&d);
}

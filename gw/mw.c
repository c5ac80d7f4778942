/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw.c - message waiting: service centres are told when an application is back
 *
 * The thread turns ten times a second. It looks whether the boxes of a route
 * came or went; once a second, and when they did, it tells the other nodes
 * and asks for theirs. What came for the list meanwhile is written in order,
 * many at once, and leaves the queue when it is committed: what is written
 * twice does no harm.
 */

#include "mw.h"

#include "box_route.h"
#include "mw_part.h"
#include "mw_rate.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum {
    AT_ONCE = 256, /* written in one transaction */
    BEAT_MS = 1000,
    AGAIN_MS = 1000, /* after the database failed */
    /* Nobody could beat while it was away: the others get so long to do it. */
    BACK_MS = 5000,
};

static const struct mw_conf *conf;
static const struct dlv_conf *routes;
static const struct hlr_conf *hlr;
static const char *node; /* our name in the register */
static long thread = -1;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of these: */
static bool running, draining;
static bool known;                 /* others were asked */
static bool full;                  /* the list */
static bool elsewhere[SS7_ROUTES]; /* another node has an application */
static struct {
    struct ss7_waiting at[MW_QUEUE];
    unsigned first, n;
} queue;

/* the thread's */
static struct reg *reg;
static bool own[SS7_ROUTES], away[SS7_ROUTES];
static struct reg_route others[SS7_ROUTES]; /* by name */
static unsigned n_others;
static bool leads;
static uint64_t beat_at_ms, try_at_ms;
static bool failed;            /* the database, when it was asked last */
static uint64_t hold_until_ms; /* it has come back */

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool flag(const bool *f)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = *f;
    pthread_mutex_unlock(&lock);
    return is;
}

static bool is_alert(unsigned route)
{
    return route < routes->n_routes && routes->route[route].alert;
}

/* ---- the queue; any thread ---- */

/* Locked. False: it is full. */
static bool push(const struct ss7_waiting *w)
{
    if (queue.n == MW_QUEUE)
        return false;
    queue.at[(queue.first + queue.n++) % MW_QUEUE] = *w;
    return true;
}

static unsigned peek(struct ss7_waiting *w, unsigned max)
{
    unsigned n = 0;

    pthread_mutex_lock(&lock);
    for (; n < max && n < queue.n; n++)
        w[n] = queue.at[(queue.first + n) % MW_QUEUE];
    pthread_mutex_unlock(&lock);
    return n;
}

static void drop(unsigned n)
{
    pthread_mutex_lock(&lock);
    queue.first = (queue.first + n) % MW_QUEUE;
    queue.n -= n;
    pthread_mutex_unlock(&lock);
}

static uint8_t outcome(void)
{
    return conf->err.code == MAP_ERR_SM_DELIVERY_FAILURE
               ? MAP_OUTCOME_MEMORY_FULL
               : MAP_OUTCOME_ABSENT;
}

static bool has_place(const struct ss7_waiting *w)
{
    size_t len = strlen(w->sc);
    bool has = !full && len > 0 && len <= REG_SC_MAX && push(w);

    if (!has)
        stat_inc(STAT_mw_full);
    return has;
}

bool mw_absent(uint16_t route, const struct ss7_sms *m, struct map_err *err)
{
    struct ss7_waiting w = { .network = m->network, .route = route };
    bool absent;

    pthread_mutex_lock(&lock);
    absent =
        running && !draining && is_alert(route) && known && !elsewhere[route];
    if (absent) {
        w.outcome = outcome();
        memcpy(w.msisdn, m->vmn, sizeof(w.msisdn));
        memcpy(w.sc, m->sc, sizeof(w.sc));
        absent = has_place(&w);
    }
    pthread_mutex_unlock(&lock);
    if (!absent)
        return false;
    stat_inc(STAT_dlv_away);
    *err = conf->err;
    return true;
}

void mw_waiting(const struct ss7_waiting *w)
{
    pthread_mutex_lock(&lock);
    if (!running)
        ;
    else if (w->outcome != MAP_OUTCOME_SUCCESS)
        has_place(w);
    else if (!push(w))
        stat_inc(STAT_mw_full);
    pthread_mutex_unlock(&lock);
}

void mw_alerted(uint64_t ref, enum verdict v)
{
    if (flag(&running))
        mw_send_alerted(ref, v);
}

/* ---- what is to go on the list ---- */

/* Numbers of a route that no node alerts for are forgotten. */
static bool is_alert_name(const char *id)
{
    for (unsigned i = 0; i < routes->n_routes; i++)
        if (is_alert(i) && strcmp(routes->route[i].id, id) == 0)
            return true;
    for (unsigned i = 0; i < n_others; i++)
        if (strcmp(others[i].id, id) == 0)
            return true;
    return false;
}

/* A box that takes no messages does not know the routes of numbers: the
 * register does. */
static enum db_rc route_of(const struct ss7_waiting *w,
                           char route[REG_NAME_MAX + 1])
{
    enum db_rc rc = DB_OK;

    route[0] = '\0';
    if (!conf->msc)
        rc = reg_mw_route(reg, w->msisdn, route);
    if (route[0] == '\0' && w->route < routes->n_routes)
        snprintf(route, REG_NAME_MAX + 1, "%s", routes->route[w->route].id);
    return rc;
}

static enum db_rc to_row(const struct ss7_waiting *w, struct reg_waiting *row)
{
    enum db_rc rc = route_of(w, row->route);

    snprintf(row->network, sizeof(row->network), "%s",
             hlr->network_id[w->network]);
    memcpy(row->msisdn, w->msisdn, sizeof(row->msisdn));
    snprintf(row->sc, sizeof(row->sc), "%.*s", REG_SC_MAX, w->sc);
    row->reason = w->outcome;
    return rc;
}

static enum db_rc put(const struct reg_waiting *row, unsigned n, int64_t now)
{
    unsigned refused = 0;
    enum db_rc rc = DB_OK;

    if (n > 0)
        rc = reg_mw_put(reg, row, n, conf->max, now, &refused);
    if (rc != DB_OK)
        return rc;
    stat_add(STAT_mw_put, n - refused);
    stat_add(STAT_mw_full, refused);
    return DB_OK;
}

/* In order: who delivers may wait again, and the other way round. */
static enum db_rc write_list(const struct ss7_waiting *w, unsigned n,
                             int64_t now)
{
    struct reg_waiting row[AT_ONCE];
    unsigned rows = 0;
    enum db_rc rc = DB_OK;

    for (unsigned i = 0; i < n && rc == DB_OK; i++) {
        struct reg_waiting *to = &row[rows], delivered;

        *to = (struct reg_waiting){ .tries = 0 };
        rc = to_row(&w[i], to);
        if (rc != DB_OK || !is_alert_name(to->route))
            continue;
        if (w[i].outcome != MAP_OUTCOME_SUCCESS) {
            rows++;
            continue;
        }
        delivered = *to;
        rc = put(row, rows, now);
        if (rc == DB_OK)
            rc = reg_mw_delivered(reg, &delivered, now);
        if (rc == DB_OK)
            stat_inc(STAT_mw_delivered);
        rows = 0;
    }
    return rc == DB_OK ? put(row, rows, now) : rc;
}

static bool write_queue(int64_t now)
{
    struct ss7_waiting w[AT_ONCE];
    unsigned n;

    while ((n = peek(w, AT_ONCE)) > 0) {
        if (write_list(w, n, now) != DB_OK)
            return false;
        drop(n);
    }
    return true;
}

/* ---- applications, here and elsewhere ---- */

/* True: something changed. */
static bool look_at_boxes(void)
{
    bool gone = flag(&draining), changed = false;

    for (unsigned i = 0; conf->msc && i < routes->n_routes; i++) {
        const struct dlv_route *r = &routes->route[i];
        bool is = r->alert && !gone && box_route_takes(r->box_id);

        changed |= is != own[i];
        own[i] = is;
    }
    return changed;
}

static void tell_route(unsigned i, bool is_away)
{
    if (is_away)
        warning(0,
                "Route <%s>: no application is there, on any node: its "
                "numbers are absent, and who asks will be alerted.",
                routes->route[i].id);
    else
        info(0, "Route <%s>: an application is there.", routes->route[i].id);
}

static bool is_up_elsewhere(unsigned route)
{
    for (unsigned i = 0; i < n_others; i++)
        if (strcmp(others[i].id, routes->route[route].id) == 0)
            return others[i].up;
    return false;
}

/* Ours change also while the database is away. */
static void tell_away(void)
{
    for (unsigned i = 0; i < routes->n_routes; i++) {
        bool is = is_alert(i) && !own[i] && !is_up_elsewhere(i);

        if (is == away[i])
            continue;
        if (!flag(&draining))
            tell_route(i, is);
        away[i] = is;
        ss7_away((uint16_t)i, is);
    }
}

static void publish(bool is_full)
{
    bool was_full;

    pthread_mutex_lock(&lock);
    was_full = full;
    known = true;
    full = is_full;
    for (unsigned i = 0; i < routes->n_routes; i++)
        elsewhere[i] = is_up_elsewhere(i);
    pthread_mutex_unlock(&lock);
    if (is_full != was_full)
        ss7_waiting_full(is_full);
    tell_away();
}

static unsigned own_routes(struct reg_route *to)
{
    unsigned n = 0;

    for (unsigned i = 0; i < routes->n_routes; i++) {
        if (!is_alert(i))
            continue;
        snprintf(to[n].id, sizeof(to[n].id), "%s", routes->route[i].id);
        to[n++].up = own[i];
    }
    return n;
}

struct heard {
    struct reg_route at[SS7_ROUTES];
    unsigned n;
};

static bool hear(void *ctx, const struct reg_route *r)
{
    struct heard *h = ctx;

    h->at[h->n++] = *r;
    return h->n < SS7_ROUTES;
}

/* While the others may not have beaten yet, what they said last holds. */
static enum db_rc ask_others(int64_t now, uint64_t mono)
{
    static struct heard h;
    enum db_rc rc;

    h.n = 0;
    rc = reg_route_others(reg, node, now, hear, &h);
    if (rc != DB_OK || (flag(&known) && mono < hold_until_ms))
        return rc;
    n_others = h.n;
    memcpy(others, h.at, h.n * sizeof(others[0]));
    return DB_OK;
}

static enum db_rc lead(int64_t now)
{
    bool was = leads;

    leads = false;
    if (!conf->hlr)
        return DB_OK;
    if (flag(&draining))
        return was ? reg_mw_lead_no_more(reg, node) : DB_OK;
    return reg_mw_lead(reg, node, now, &leads);
}

static bool beat(int64_t now, uint64_t mono)
{
    static struct reg_route mine[SS7_ROUTES];
    enum db_rc rc = DB_OK;
    int64_t n = 0;

    if (conf->msc)
        rc = reg_route_beat(reg, node, mine, own_routes(mine), now);
    if (rc == DB_OK)
        rc = ask_others(now, mono);
    if (rc == DB_OK)
        rc = reg_mw_count(reg, &n);
    if (rc == DB_OK)
        rc = lead(now);
    if (rc != DB_OK)
        return false;
    publish(n >= conf->max);
    beat_at_ms = mono + BEAT_MS;
    return true;
}

/* ---- the thread ---- */

/* All routes that are up somewhere. */
static bool send_due(int64_t now, uint64_t mono)
{
    static struct reg_route all[2 * SS7_ROUTES];
    unsigned n = own_routes(all), mine = n;

    for (unsigned i = 0; i < n_others; i++) {
        unsigned at = 0;

        while (at < mine && strcmp(all[at].id, others[i].id) != 0)
            at++;
        if (at < mine)
            all[at].up |= others[i].up;
        else
            all[n++] = others[i];
    }
    return mw_send_due(reg, node, all, n, now, mono);
}

static bool open_reg(void)
{
    char why[300];
    struct db *db;

    if (reg != NULL)
        return true;
    db = db_open(&hlr->db, false, why, sizeof(why));
    if (db != NULL)
        reg = reg_new(db, why, sizeof(why));
    if (reg == NULL)
        debug("mw", 0, "Message waiting: %s", why); /* the loader tells why */
    return reg != NULL;
}

static bool work(bool beats, uint64_t mono)
{
    int64_t now;

    if (!open_reg())
        return false;
    if (reg_mw_now(reg, &now) == DB_OK) {
        if (failed)
            hold_until_ms = mono + BACK_MS;
        failed = false;
        if ((!beats || beat(now, mono)) && write_queue(now) &&
            mw_send_results(reg, node, now, mono) &&
            (!leads || send_due(now, mono)))
            return true;
    }
    debug("mw", 0, "Message waiting: %s", reg_why(reg));
    return false;
}

static void tick(void)
{
    uint64_t mono = now_ms();
    bool changed = look_at_boxes(), beats = changed || mono >= beat_at_ms;
    struct ss7_waiting w;

    if (changed && flag(&known))
        tell_away();
    if (beats)
        beat_at_ms = 0; /* until it was told */
    if (mono < try_at_ms || (!beats && peek(&w, 1) == 0 && !mw_send_busy(mono)))
        return;
    if (work(beats, mono))
        return;
    failed = true;
    leads = false;
    try_at_ms = mono + AGAIN_MS;
}

static void run(void *arg)
{
    (void)arg;
    while (flag(&running)) {
        tick();
        gwthread_sleep(MW_TURN_MS / 1000.0);
    }
    try_at_ms = 0;
    tick();
    if (reg == NULL)
        return;
    if (conf->msc)
        reg_route_beat(reg, node, NULL, 0, 0);
    reg_free(reg);
    reg = NULL;
}

static bool any_alert(void)
{
    for (unsigned i = 0; i < routes->n_routes; i++)
        if (is_alert(i))
            return true;
    return false;
}

int mw_start(const struct mw_conf *c, const struct dlv_conf *d,
             const struct hlr_conf *h)
{
    conf = c;
    routes = d;
    hlr = h;
    node = c->node_id[0] != '\0' ? c->node_id : "-";
    if (!any_alert())
        return 0;
    if (mw_send_start(c, h) == -1)
        return -1;
    memset(own, 0, sizeof(own));
    memset(away, 0, sizeof(away));
    known = full = draining = leads = false;
    queue.first = queue.n = n_others = 0;
    failed = false;
    beat_at_ms = try_at_ms = hold_until_ms = 0;
    running = true;
    thread = gwthread_create(run, NULL);
    if (thread >= 0)
        return 0;
    running = false;
    mw_send_stop();
    return -1;
}

void mw_drain(void)
{
    pthread_mutex_lock(&lock);
    draining = true;
    pthread_mutex_unlock(&lock);
}

void mw_stop(void)
{
    if (thread < 0)
        return;
    mw_drain();
    /* Under the lock: the thread must not have ended when it is woken. */
    pthread_mutex_lock(&lock);
    running = false;
    gwthread_wakeup(thread);
    pthread_mutex_unlock(&lock);
    gwthread_join(thread);
    thread = -1;
    mw_send_stop();
}

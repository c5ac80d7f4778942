/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_beat.c - this node among the others
 */

#include "hlr_beat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum {
    BEAT_MS = 1000,
    DEAD_MS = 5000, /* without a beat for so long */
    /* Nobody could beat while the database was away: those who live get so
     * long to show it. */
    BACK_MS = 5000,
    PRUNE_MS = 10000,
    KEEP_MS = 2 * 3600 * 1000, /* of the journal */
};

static const struct hlr_conf *conf;
static const struct hlr_out *out;
static const atomic_bool *stop;
static long thread = -1;
static void *backend;
static struct hlr_nodes nodes; /* as handed over last */
static bool nodes_known;
static struct corr_keys keys;
static bool keys_handed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of keys */
static bool lost; /* the database did not answer the last time */
static uint64_t hold_until_ms;
static uint64_t prune_at_ms;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- nodes ---- */

static struct hlr_node *node_of(struct hlr_nodes *all, const char *id)
{
    struct hlr_node *n;

    for (unsigned i = 0; i < all->n; i++)
        if (strcmp(all->node[i].id, id) == 0)
            return &all->node[i];
    if (all->n == HLR_NODES)
        return NULL;
    n = &all->node[all->n++];
    snprintf(n->id, sizeof(n->id), "%s", id);
    return n;
}

static bool see_node(void *ctx, const struct reg_node *r)
{
    struct hlr_node *n = node_of(ctx, r->id);

    if (n == NULL)
        return true;
    n->weight = r->weight;
    n->drain = r->drain;
    n->alive = (r->beat_age_ms >= 0 && r->beat_age_ms < DEAD_MS) ||
               strcmp(r->id, conf->node[0].id) == 0;
    for (unsigned i = 0; i < conf->networks; i++)
        if (strcmp(conf->network_id[i], r->network) == 0)
            snprintf(n->msc_gt[i], sizeof(n->msc_gt[i]), "%s", r->msc_gt);
    return true;
}

static bool see_nodes(struct reg *r)
{
    struct hlr_nodes all;

    memset(&all, 0, sizeof(all)); /* it is compared as octets */
    if (reg_node_list(r, see_node, &all) != DB_OK)
        return false;
    if (nodes_known && now_ms() < hold_until_ms)
        return true;
    if (nodes_known && memcmp(&all, &nodes, sizeof(all)) == 0)
        return true;
    if (!out->nodes(&all))
        return true;
    nodes = all;
    nodes_known = true;
    return true;
}

/* ---- keys ---- */

static bool see_keys(struct reg *r)
{
    struct reg_key k[CORR_KEYS];
    struct corr_keys all;
    unsigned n = 0;
    bool same;

    memset(&all, 0, sizeof(all));
    if (reg_key_list(r, k, CORR_KEYS, &n) != DB_OK)
        return false;
    for (; all.n < n; all.n++)
        memcpy(all.key[all.n].octet, k[all.n].octet, sizeof(k[0].octet));
    pthread_mutex_lock(&lock);
    same = memcmp(&all, &keys, sizeof(all)) == 0;
    keys = all;
    pthread_mutex_unlock(&lock);
    if (!same || !keys_handed)
        keys_handed = out->keys(&all);
    explicit_bzero(&all, sizeof(all));
    explicit_bzero(k, sizeof(k));
    return true;
}

void beat_keys(struct corr_keys *to)
{
    pthread_mutex_lock(&lock);
    *to = keys;
    pthread_mutex_unlock(&lock);
}

/* ---- the thread ---- */

static bool beat(struct reg *r)
{
    if (conf->node[0].id[0] == '\0')
        return true;
    return reg_node_beat(r, conf->node, conf->node_networks) == DB_OK &&
           see_nodes(r);
}

/* Other nodes do the same: who meets them leaves it to them. */
static void prune(struct reg *r)
{
    enum db_rc rc;

    if (now_ms() < prune_at_ms)
        return;
    prune_at_ms = now_ms() + PRUNE_MS;
    rc = reg_prune(r, KEEP_MS);
    if (rc == DB_FAILED)
        warning(0, "Register: old rows of the journal stay: %s", reg_why(r));
}

/* False: there is nothing to do here, ever. */
static bool turn(void)
{
    char why[300];
    struct reg *r;
    bool wait;

    if (backend == NULL)
        backend = conf->backend->open(conf, &wait, why, sizeof(why));
    if (backend == NULL)
        return true; /* the loader tells why */
    r = conf->backend->reg(backend);
    if (r == NULL)
        return false;
    if (lost)
        hold_until_ms = now_ms() + BACK_MS;
    if (!beat(r) || !see_keys(r)) {
        if (!lost)
            debug("hlr", 0, "Register: no beat: %s", reg_why(r));
        lost = true;
        return true;
    }
    lost = false;
    prune(r);
    return true;
}

static void run(void *arg)
{
    (void)arg;
    while (!atomic_load(stop) && turn())
        if (!atomic_load(stop))
            gwthread_sleep(BEAT_MS / 1000.0);
    if (backend != NULL)
        conf->backend->close(backend);
    backend = NULL;
}

int beat_start(const struct hlr_conf *c, const struct hlr_out *o,
               const atomic_bool *s, const struct corr_keys *known)
{
    conf = c;
    out = o;
    stop = s;
    keys = *known;
    nodes_known = keys_handed = false;
    lost = false;
    hold_until_ms = 0;
    prune_at_ms = now_ms() + PRUNE_MS;
    thread = gwthread_create(run, NULL);
    return thread < 0 ? -1 : 0;
}

void beat_wake(void)
{
    if (thread >= 0)
        gwthread_wakeup(thread);
}

void beat_stop(void)
{
    if (thread >= 0) {
        gwthread_wakeup(thread);
        gwthread_join(thread);
    }
    thread = -1;
    explicit_bzero(&keys, sizeof(keys));
}

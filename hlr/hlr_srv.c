/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_srv.c - what the register answers, to SRI-SM and to mt-ForwardSM
 */

#include "hlr_srv.h"

#include "gw/stat.h"
#include "hlr_rate.h"

#include <stdlib.h>
#include <string.h>

enum {
    RATE_SLOTS = 65536,
    WEIGHT = 100,
    LIFE_S = 72 * 3600,
    MAKE_AFTER_S = 10, /* every node has read a new key by then */
    MCCMNC_MIN = 5,
};

/* What there is to one network beside its configuration. */
struct net {
    struct hlr_srv *h;
    struct corr *corr; /* NULL: it cannot have correlation IMSIs */
    bool correlates;   /* some number of it has them */
    /* What a probe is told: MCC and MNC, then zeros; nines if that is an IMSI
     * of a number. Neither is ever made, nor reads, for anybody else. */
    char probe[2][HLR_IMSI_MAX + 1];
};

struct hlr_srv {
    struct hlr_srv_conf conf;
    struct net net[HLR_NETWORKS];
    struct hlr_table *table;
    struct hlr_nodes nodes; /* with our own */
    struct hlr_rate *rate;
    bool draining;
    struct corr_keys keys;
    uint8_t maker[32];    /* the key that makes */
    bool switching;       /* it is not the newest one, ... */
    uint64_t switch_at_s; /* ... until then, unless the clock was set back; 0:
                             not set yet */
};

static struct map_err error(enum map_error code)
{
    return (struct map_err){ .code = code, .cause = -1 };
}

/* ---- IMSIs that are made ---- */

static bool is_probe(const struct net *n, const char *imsi)
{
    return strcmp(n->probe[0], imsi) == 0 || strcmp(n->probe[1], imsi) == 0;
}

static bool is_taken(void *ctx, const char *imsi)
{
    const struct net *n = ctx;
    struct hlr_entry e;

    return is_probe(n, imsi) || hlr_find_imsi(n->h->table, imsi, &e);
}

static void init_probe(struct net *n, const char *mccmnc)
{
    size_t len = strlen(mccmnc);

    if (len < MCCMNC_MIN)
        return;
    for (unsigned i = 0; i < 2; i++) {
        memset(n->probe[i], i == 0 ? '0' : '9', HLR_IMSI_MAX);
        memcpy(n->probe[i], mccmnc, len);
    }
}

/* False: no memory. */
static bool init_net(struct hlr_srv *h, unsigned i)
{
    const struct hlr_srv_net *c = &h->conf.net[i];
    const char *prefix = c->corr_prefix[0] != '\0' ? c->corr_prefix : c->mccmnc;
    struct net *n = &h->net[i];

    n->h = h;
    init_probe(n, c->mccmnc);
    if (prefix[0] == '\0')
        return true;
    n->corr = corr_new(prefix, c->corr_life_s > 0 ? c->corr_life_s : LIFE_S,
                       c->corr_bind);
    if (n->corr == NULL)
        return false;
    corr_set_taken(n->corr, is_taken, n);
    return true;
}

/* ---- nodes ---- */

static struct hlr_node *find_own(struct hlr_srv *h)
{
    struct hlr_nodes *all = &h->nodes;
    struct hlr_node *n;

    for (unsigned i = 0; i < all->n; i++)
        if (strcmp(all->node[i].id, h->conf.node_id) == 0)
            return &all->node[i];
    n = &all->node[all->n < HLR_NODES ? all->n++ : HLR_NODES - 1];
    *n = (struct hlr_node){ .weight = h->conf.node_weight };
    memcpy(n->id, h->conf.node_id, sizeof(n->id));
    return n;
}

static void update_own(struct hlr_srv *h)
{
    struct hlr_node *n = find_own(h);

    n->alive = true;
    n->drain |= h->draining;
    for (unsigned i = 0; i < h->conf.networks; i++)
        memcpy(n->msc_gt[i], h->conf.net[i].msc_gt, sizeof(n->msc_gt[i]));
}

void hlr_srv_set_nodes(struct hlr_srv *h, const struct hlr_nodes *nodes)
{
    h->nodes = *nodes;
    update_own(h);
}

void hlr_srv_drain(struct hlr_srv *h)
{
    h->draining = true;
    update_own(h);
}

/* The title that messages for this number shall go to; "": there is none. */
static const char *node_for(const struct hlr_srv *h, uint8_t network,
                            const char *msisdn)
{
    const struct hlr_srv_net *c = &h->conf.net[network];
    const struct hlr_node *n;

    if (c->node_gt[0] != '\0')
        return c->node_gt;
    if (h->draining && c->drain_node_gt[0] != '\0')
        return c->drain_node_gt;
    n = hlr_node_choose(&h->nodes, network, msisdn);
    return n != NULL ? n->msc_gt[network] : "";
}

/* ---- keys ---- */

static void use_key(struct hlr_srv *h, unsigned key)
{
    memcpy(h->maker, h->keys.key[key].octet, sizeof(h->maker));
    for (unsigned i = 0; i < h->conf.networks; i++)
        if (h->net[i].corr != NULL)
            corr_set_maker(h->net[i].corr, key);
}

void hlr_srv_set_keys(struct hlr_srv *h, const struct corr_keys *keys)
{
    /* at a start the newest may be as new to the others */
    unsigned maker = h->keys.n > 0 ? keys->n : keys->n > 1;

    for (unsigned i = 0; i < keys->n && maker == keys->n; i++)
        if (memcmp(keys->key[i].octet, h->maker, sizeof(h->maker)) == 0)
            maker = i;
    if (maker == keys->n)
        maker = 0; /* it is gone, or there was none */
    h->keys = *keys;
    for (unsigned i = 0; i < h->conf.networks; i++)
        if (h->net[i].corr != NULL)
            corr_set_keys(h->net[i].corr, keys);
    use_key(h, maker);
    h->switching = maker != 0;
    h->switch_at_s = 0;
}

static void switch_key(struct hlr_srv *h, uint64_t now_s)
{
    if (h->switch_at_s == 0 || h->switch_at_s > now_s + MAKE_AFTER_S)
        h->switch_at_s = now_s + MAKE_AFTER_S;
    if (now_s < h->switch_at_s)
        return;
    use_key(h, 0);
    h->switching = false;
}

/* ---- life ---- */

struct hlr_srv *hlr_srv_new(const struct hlr_srv_conf *conf)
{
    struct hlr_srv *h = calloc(1, sizeof(*h));
    bool good = h != NULL;

    if (h == NULL)
        return NULL;
    h->conf = *conf;
    if (h->conf.node_weight == 0)
        h->conf.node_weight = WEIGHT;
    h->rate =
        hlr_rate_new(conf->rate_slots > 0 ? conf->rate_slots : RATE_SLOTS);
    for (unsigned i = 0; i < conf->networks; i++)
        good = init_net(h, i) && good;
    update_own(h);
    if (good && h->rate != NULL)
        return h;
    hlr_srv_free(h);
    return NULL;
}

void hlr_srv_free(struct hlr_srv *h)
{
    if (h == NULL)
        return;
    for (unsigned i = 0; i < HLR_NETWORKS; i++)
        corr_free(h->net[i].corr);
    hlr_rate_free(h->rate);
    explicit_bzero(&h->keys, sizeof(h->keys));
    explicit_bzero(h->maker, sizeof(h->maker));
    free(h);
}

struct hlr_table *hlr_srv_swap(struct hlr_srv *h, struct hlr_table *t)
{
    struct hlr_table *old = h->table;

    h->table = t;
    return old;
}

struct hlr_table *hlr_srv_table(struct hlr_srv *h)
{
    return h->table;
}

static bool is_complete(const struct hlr_srv *h)
{
    return h->table != NULL && hlr_table_complete(h->table);
}

/* What cannot be used may be of any network. */
static bool is_of(const struct hlr_entry *e, uint8_t network)
{
    return e->network == network || e->status == HLR_UNUSABLE;
}

static bool is_valid(const struct hlr_entry *e, uint64_t now_ms)
{
    uint64_t now_s = now_ms / 1000;

    return e->status == HLR_UNUSABLE ||
           (now_s >= e->from_s && (e->to_s == 0 || now_s < e->to_s));
}

/* ---- SRI-SM ---- */

static void refuse(struct hlr_answer *a, enum map_error code, const char *why)
{
    a->err = error(code);
    a->why = why;
}

static void not_ours(const struct hlr_srv *h, uint8_t network, const char *why,
                     struct hlr_answer *a)
{
    if (!is_complete(h)) {
        stat_inc(STAT_sri_loading);
        refuse(a, MAP_ERR_SYSTEM_FAILURE, "the register is still being loaded");
    } else if (h->conf.net[network].relay) {
        a->relay = true;
        refuse(a, MAP_ERR_SYSTEM_FAILURE, why);
    } else {
        refuse(a, MAP_ERR_UNKNOWN_SUBSCRIBER, why);
    }
}

/* What a number's status means to somebody who asks where to send. */
static bool status_allows(struct hlr_answer *a)
{
    switch (a->entry.status) {
    case HLR_ACTIVE:
        return true;
    case HLR_BARRED:
        refuse(a, MAP_ERR_CALL_BARRED, "the number is barred");
        return false;
    case HLR_ABSENT:
        refuse(a, MAP_ERR_ABSENT_SUBSCRIBER_SM, "the number is absent");
        return false;
    case HLR_NO_SMS:
        refuse(a, MAP_ERR_TELESERVICE_NOT_PROVISIONED,
               "the number has no short messages");
        return false;
    default:
        refuse(a, MAP_ERR_SYSTEM_FAILURE,
               "the number's row in the register cannot be used");
        return false;
    }
}

/* The MCC and MNC of an IMSI that no message will be taken for. */
static bool probe_imsi(struct hlr_srv *h, uint8_t network, struct hlr_answer *a)
{
    struct net *n = &h->net[network];
    struct hlr_entry e;

    for (unsigned i = 0; i < 2; i++) {
        memcpy(a->imsi, n->probe[i], sizeof(a->imsi));
        if (a->imsi[0] != '\0' && !hlr_find_imsi(h->table, a->imsi, &e))
            return true;
    }
    refuse(a, MAP_ERR_SYSTEM_FAILURE, "the network has no IMSI for a probe");
    return false;
}

static bool made_imsi(struct hlr_srv *h, const struct hlr_question *q,
                      struct hlr_answer *a)
{
    struct net *n = &h->net[q->network];
    uint64_t now_s = q->now_ms / 1000;

    n->correlates = true;
    if (h->switching)
        switch_key(h, now_s);
    if (n->corr != NULL &&
        corr_make(n->corr, a->entry.cid, q->sc, now_s, a->imsi)) {
        stat_inc(STAT_sri_correlation);
        return true;
    }
    refuse(a, MAP_ERR_SYSTEM_FAILURE,
           "no correlation IMSI can be made: no prefix, no key, or the "
           "number's correlation number is too high for the prefix");
    return false;
}

static bool find_imsi(struct hlr_srv *h, const struct hlr_question *q,
                      struct hlr_answer *a)
{
    if (q->probe)
        return probe_imsi(h, q->network, a);
    if (a->entry.correlation)
        return made_imsi(h, q, a);
    memcpy(a->imsi, a->entry.imsi, sizeof(a->imsi));
    return true;
}

static bool rate_allows(struct hlr_srv *h, const struct hlr_question *q,
                        struct hlr_answer *a)
{
    if (a->entry.rate == 0 ||
        hlr_rate_may(h->rate, a->entry.msisdn, a->entry.rate, q->now_ms / 1000))
        return true;
    stat_inc(STAT_sri_rate);
    refuse(a, MAP_ERR_SYSTEM_FAILURE,
           "the number was asked for more often than its rate");
    return false;
}

static bool find_node(struct hlr_srv *h, const struct hlr_question *q,
                      struct hlr_answer *a)
{
    const char *node = node_for(h, q->network, a->entry.msisdn);

    memcpy(a->node, node, strlen(node) + 1);
    if (node[0] != '\0')
        return true;
    stat_inc(STAT_sri_no_node);
    refuse(a, MAP_ERR_SYSTEM_FAILURE,
           "no node is alive and not drained that takes messages");
    return false;
}

void hlr_srv_sri(struct hlr_srv *h, const struct hlr_question *q,
                 struct hlr_answer *a)
{
    *a = (struct hlr_answer){ .err = error(MAP_ERR_NONE) };
    if (q->probe)
        stat_inc(STAT_sri_probe);
    if (h->table != NULL && hlr_find_msisdn(h->table, q->msisdn, &a->entry))
        a->found = is_of(&a->entry, q->network);
    if (!a->found)
        not_ours(h, q->network, "the number is not in the register", a);
    else if (!is_valid(&a->entry, q->now_ms))
        not_ours(h, q->network, "the number is not valid at this time", a);
    else if (status_allows(a) && rate_allows(h, q, a) && find_node(h, q, a) &&
             find_imsi(h, q, a))
        a->why = q->probe ? "a probe: only MCC and MNC are told"
                          : "the number is active";
}

/* ---- mt-ForwardSM ---- */

static void refuse_sms(struct hlr_sms_answer *a, enum map_error code,
                       const char *why)
{
    a->err = error(code);
    a->why = why;
}

static void nobody(const struct hlr_srv *h, struct hlr_sms_answer *a,
                   const char *why)
{
    if (is_complete(h))
        refuse_sms(a, MAP_ERR_UNIDENTIFIED_SUBSCRIBER, why);
    else
        refuse_sms(a, MAP_ERR_SYSTEM_FAILURE,
                   "the register is still being loaded");
}

static bool find_cid(struct hlr_srv *h, uint8_t network, uint64_t cid,
                     struct hlr_entry *e)
{
    return hlr_find_cid(h->table, cid, e) && is_of(e, network);
}

/*
 * One that does not read: foreign, or once made here? It is, if the network
 * makes any, or if one of our keys makes a number of ours of it.
 */
static bool was_made(struct hlr_srv *h, uint8_t network, const char *imsi)
{
    struct net *n = &h->net[network];
    uint64_t cid[CORR_KEYS];
    unsigned keys = corr_stale(n->corr, imsi, cid);
    struct hlr_entry e;

    for (unsigned i = 0; i < keys && !n->correlates; i++)
        n->correlates = find_cid(h, network, cid[i], &e);
    return n->correlates;
}

static bool read_imsi(struct hlr_srv *h, uint8_t network, const char *imsi,
                      const char *sc, uint64_t now_ms, struct hlr_sms_answer *a)
{
    struct net *n = &h->net[network];
    enum corr_is is = CORR_FOREIGN;
    uint64_t cid;

    if (n->corr != NULL && !is_probe(n, imsi))
        is = corr_read(n->corr, imsi, sc, now_ms / 1000, &cid);
    if (is == CORR_READ && find_cid(h, network, cid, &a->entry)) {
        n->correlates = true;
        stat_inc(STAT_sms_correlation);
        return true;
    }
    if (is != CORR_FOREIGN && was_made(h, network, imsi)) {
        stat_inc(STAT_sms_corr_stale);
        refuse_sms(a, MAP_ERR_SYSTEM_FAILURE,
                   "a correlation IMSI that has expired, is of another "
                   "service centre, or of nobody");
    } else {
        nobody(h, a, "the IMSI is nobody's");
    }
    return false;
}

/* What it means to somebody who sends: callBarred is no error there. */
static void check_status(struct hlr_sms_answer *a)
{
    switch (a->entry.status) {
    case HLR_ACTIVE:
        a->why = "the number is active";
        break;
    case HLR_ABSENT:
        refuse_sms(a, MAP_ERR_ABSENT_SUBSCRIBER_SM, "the number is absent");
        break;
    case HLR_BARRED:
    case HLR_NO_SMS:
        refuse_sms(a, MAP_ERR_ILLEGAL_SUBSCRIBER,
                   "the number is barred or has no short messages");
        break;
    default:
        refuse_sms(a, MAP_ERR_SYSTEM_FAILURE,
                   "the number's row in the register cannot be used");
    }
}

void hlr_srv_sms(struct hlr_srv *h, uint8_t network, const char *imsi,
                 const char *sc, uint64_t now_ms, struct hlr_sms_answer *a)
{
    *a = (struct hlr_sms_answer){ .err = error(MAP_ERR_NONE) };
    if (h->table == NULL) {
        nobody(h, a, "");
        return;
    }
    if (!(hlr_find_imsi(h->table, imsi, &a->entry) &&
          is_of(&a->entry, network)) &&
        !read_imsi(h, network, imsi, sc, now_ms, a))
        return;
    if (is_valid(&a->entry, now_ms))
        check_status(a);
    else
        nobody(h, a, "the number is not valid at this time");
}

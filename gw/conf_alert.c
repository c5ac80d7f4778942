/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_alert.c - message waiting: which routes alert, what is answered, rates
 */

#include "conf_part.h"

enum { RATE_MAX = 10000, WAITING_MAX = 10000000 };

static const struct conf_word error_words[] = {
    { "absentSubscriberSM", MAP_ERR_ABSENT_SUBSCRIBER_SM },
    { "memoryCapacityExceeded", MAP_ERR_SM_DELIVERY_FAILURE },
    { NULL, 0 },
};

void conf_read_route_alert(struct conf_group *g, const struct conf *c,
                           struct dlv_route *r)
{
    if (conf_get_bool(g, "alert", &r->alert) && r->alert &&
        c->hlr.backend == &hlr_static)
        conf_bad(g, "alert",
                 "needs a register in a database (register-type = sqlite or "
                 "mysql): who is to be alerted is kept there");
}

static bool any_alert(const struct conf *c)
{
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        if (c->dlv.route[i].alert)
            return true;
    return false;
}

/* Delivery finds the route of a number by them, and SRI-SM must too. */
static void copy_prefixes(struct conf *c)
{
    char(*prefix)[HLR_MSISDN_MAX + 1] =
        gw_malloc(c->dlv.n_routes * sizeof(*prefix));

    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        memcpy(prefix[i], c->dlv.route[i].prefix, sizeof(*prefix));
    c->ss7.n_routes = c->dlv.n_routes;
    c->ss7.route_prefix = (const char(*)[HLR_MSISDN_MAX + 1]) prefix;
}

void conf_read_alert(struct conf_in *in, struct conf *c)
{
    static const char *const keys[] = { "alert-rate", "alert-rate-per-sc",
                                        "alert-error", "alert-sri",
                                        "max-waiting" };
    struct conf_group g = conf_single(in, "sigtran-box");
    struct mw_conf *m = &c->mw;
    int error = MAP_ERR_ABSENT_SUBSCRIBER_SM;

    *m = (struct mw_conf){ .rate = 50, .rate_sc = 10, .max = 100000 };
    m->hlr = c->ss7.map.hlr;
    m->msc = c->ss7.map.msc;
    memcpy(m->node_id, c->ss7.node_id, sizeof(m->node_id));
    conf_get_uint(&g, keys[0], &m->rate, 1, RATE_MAX);
    conf_get_uint(&g, keys[1], &m->rate_sc, 1, RATE_MAX);
    conf_get_word(&g, keys[2], error_words, &error);
    conf_get_bool(&g, keys[3], &c->ss7.alert_sri);
    conf_get_uint(&g, keys[4], &m->max, 1, WAITING_MAX);
    m->err = (struct map_err){ .code = (enum map_error)error, .cause = -1 };
    if (error == MAP_ERR_SM_DELIVERY_FAILURE)
        m->err.cause = MAP_SM_MEMORY_CAPACITY_EXCEEDED;
    c->ss7.alert = any_alert(c);
    copy_prefixes(c);
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_has(&g, keys[i]) && !c->ss7.alert)
            conf_bad(&g, keys[i],
                     "is of use with a group = route with alert = yes only");
}

/* Answers go back where the question came from; an alert is no answer. */
static bool has_way_out(const struct ss7_network *n, const struct gtt *g)
{
    for (unsigned i = 0; i < n->mtp.n_assoc; i++)
        if (n->mtp.assoc[i].has_peer_pc)
            return true;
    for (unsigned i = 0; i < n->n_gtt; i++)
        if (n->gtt[i].action != GTT_LOCAL)
            return true;
    return g != NULL;
}

void conf_tell_ways(const struct conf *c, unsigned network)
{
    const struct ss7_network *n = &c->ss7.network[network];

    if (c->ss7.alert && c->ss7.map.hlr && !has_way_out(n, c->gtt[network]))
        warning(0,
                "network %s: alerts cannot be sent: it has neither a "
                "peer-point-code nor a group = gtt with to-point-code",
                n->id);
}

void conf_tell_alert(const struct conf *c, const struct dlv_route *r)
{
    info(0,
         "route %s: while no box is there for it, on any node, messages are "
         "answered %s, and %s",
         r->id,
         c->mw.err.code == MAP_ERR_ABSENT_SUBSCRIBER_SM
             ? "absentSubscriberSM"
             : "memoryCapacityExceeded",
         c->ss7.map.hlr ? "who sent them is alerted when one is"
                        : "a node with role hlr alerts who sent them");
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_wait.c - numbers whose application is away, as the network is told
 */

#include "ss7_wait.h"

#include "gw/stat.h"
#include "ss7_hlr.h"

#include <string.h>

static const struct ss7_conf *conf;
static bool away[SS7_ROUTES], full;

void ss7_wait_init(const struct ss7_conf *c)
{
    conf = c;
    memset(away, 0, sizeof(away));
    full = false;
}

void ss7_wait_away(uint16_t route, bool is)
{
    if (route < SS7_ROUTES)
        away[route] = is;
}

void ss7_wait_full(bool is)
{
    full = is;
}

/* As delivery finds it: that of the number, else by the longest prefix. */
static uint16_t route_of(const struct hlr_entry *e)
{
    uint16_t best = HLR_ROUTE_NONE;
    size_t best_len = 0;

    if (e->route < conf->n_routes)
        return e->route;
    for (unsigned i = 0; i < conf->n_routes; i++) {
        size_t len = strlen(conf->route_prefix[i]);

        if (strncmp(e->msisdn, conf->route_prefix[i], len) != 0 ||
            (best != HLR_ROUTE_NONE && len <= best_len))
            continue;
        best = (uint16_t)i;
        best_len = len;
    }
    return best;
}

/* The number as the register has it, if the peer wrote it in another way: by
 * it the peer will be alerted. */
static bool is_stored(const struct map_addr *asked, const char *msisdn,
                      struct map_addr *stored)
{
    *stored = (struct map_addr){ .nai_npi = MAP_E164_INTERNATIONAL };
    memcpy(stored->digits, msisdn, strlen(msisdn) + 1);
    return asked->nai_npi != MAP_E164_INTERNATIONAL ||
           strcmp(asked->digits, msisdn) != 0;
}

static void fill(struct ss7_waiting *w, uint8_t network,
                 const struct hlr_entry *e, const char *sc, uint8_t outcome)
{
    *w = (struct ss7_waiting){ .network = network,
                               .route = route_of(e),
                               .outcome = outcome };
    memcpy(w->msisdn, e->msisdn, sizeof(w->msisdn));
    memcpy(w->sc, sc, strlen(sc) + 1);
}

bool ss7_wait_sri(const struct map_sri_ind *ind, const struct hlr_entry *e,
                  const char *sc, struct map_sri_rsp *rsp,
                  struct ss7_waiting *w)
{
    struct map_inform_arg *inform = &rsp->inform;
    uint16_t route;

    if (!conf->alert_sri || ind->arg->priority)
        return false;
    route = route_of(e);
    if (route == HLR_ROUTE_NONE || !away[route])
        return false;
    stat_inc(STAT_sri_away);
    rsp->err =
        (struct map_err){ .code = MAP_ERR_ABSENT_SUBSCRIBER_SM, .cause = -1 };
    rsp->has_inform = true;
    *inform = (struct map_inform_arg){ .mw_bits = MAP_MW_BITS,
                                       .mw = MAP_MW_NOT_REACHABLE,
                                       .diagnostic = -1 };
    inform->has_stored =
        is_stored(&ind->arg->msisdn, e->msisdn, &inform->stored);
    fill(w, ind->network, e, sc, MAP_OUTCOME_ABSENT);
    if (sc[0] != '\0' && !full)
        return true;
    ss7_wait_not_listed(rsp);
    return false;
}

void ss7_wait_not_listed(struct map_sri_rsp *rsp)
{
    rsp->inform.mw |= MAP_MW_SC_NOT_INCLUDED;
}

static void refuse(struct map_report_rsp *rsp, enum map_error code)
{
    rsp->err = (struct map_err){ .code = code, .cause = -1 };
}

/* A number that is not active has no application to wait for; one that is
 * another HLR's is taken and forgotten. */
static bool find(const struct map_report_ind *ind, struct map_report_rsp *rsp,
                 const char *number, struct hlr_entry *e)
{
    const struct hlr_table *t = hlr_srv_table(ss7_hlr_srv());

    if (t == NULL || !hlr_find_msisdn(t, number, e) ||
        e->network != ind->network) {
        if (t == NULL || !hlr_table_complete(t))
            refuse(rsp, MAP_ERR_SYSTEM_FAILURE);
        else if (!conf->network[ind->network].relay)
            refuse(rsp, MAP_ERR_UNKNOWN_SUBSCRIBER);
        return false;
    }
    rsp->res.has_stored =
        is_stored(&ind->arg->msisdn, e->msisdn, &rsp->res.stored);
    return e->status == HLR_ACTIVE;
}

bool ss7_wait_report(const struct map_report_ind *ind,
                     struct map_report_rsp *rsp, struct ss7_waiting *w)
{
    const struct num_plan *plan = &conf->network[ind->network].plan;
    const struct map_status_arg *arg = ind->arg;
    /* version 1 knows of no other outcome than that nobody was there */
    uint8_t outcome = arg->has_outcome ? arg->outcome : MAP_OUTCOME_ABSENT;
    char number[NUM_MAX + 1], sc[NUM_MAX + 1];
    struct hlr_entry e;

    num_international(plan, map_addr_noa(&arg->msisdn), arg->msisdn.digits,
                      number);
    if (!num_international(plan, map_addr_noa(&arg->sc_addr),
                           arg->sc_addr.digits, sc)) {
        refuse(rsp, MAP_ERR_UNEXPECTED_DATA_VALUE);
        return false;
    }
    if (!find(ind, rsp, number, &e))
        return false;
    if (outcome != MAP_OUTCOME_SUCCESS && full) {
        stat_inc(STAT_report_full);
        refuse(rsp, MAP_ERR_MESSAGE_WAITING_LIST_FULL);
        return false;
    }
    fill(w, ind->network, &e, sc, outcome);
    return true;
}

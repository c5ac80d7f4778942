/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_hlr.c - what MAP asks of the register, put into its terms and back
 */

#include "ss7_hlr.h"

#include "gw/stat.h"
#include "ss7_wait.h"

#include <string.h>
#include <time.h>

enum {
    RELAYED = 4096,     /* questions remembered, a power of two */
    RELAYED_MS = 10000, /* one that comes again so soon is the same one */
};

static const struct ss7_conf *conf;
static struct hlr_srv *srv;
static struct {
    uint64_t hash, until_ms;
} relayed[RELAYED];

static uint64_t utc_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The configuration refuses titles that would not fit. */
static void copy(char *out, size_t size, const char *digits)
{
    size_t len = strnlen(digits, size - 1);

    memcpy(out, digits, len);
    out[len] = '\0';
}

void ss7_hlr_conf(const struct ss7_conf *c, struct hlr_srv_conf *out)
{
    *out = (struct hlr_srv_conf){ .networks = c->n_networks };
    for (unsigned i = 0; i < c->n_networks; i++) {
        const struct ss7_network *n = &c->network[i];
        struct hlr_srv_net *to = &out->net[i];

        copy(to->mccmnc, sizeof(to->mccmnc), n->mccmnc);
        copy(to->node_gt, sizeof(to->node_gt), n->node_gt);
        if (c->map.msc)
            copy(to->msc_gt, sizeof(to->msc_gt), n->msc_gt);
        else if (n->node_gt[0] == '\0')
            copy(to->node_gt, sizeof(to->node_gt), n->msc_gt);
        copy(to->drain_node_gt, sizeof(to->drain_node_gt), n->drain_node_gt);
        memcpy(to->corr_prefix, n->corr_prefix, sizeof(to->corr_prefix));
        to->corr_life_s = n->corr_life_s;
        to->corr_bind = n->corr_bind;
        to->relay = n->relay;
    }
    memcpy(out->node_id, c->node_id, sizeof(out->node_id));
    out->node_weight = c->node_weight;
}

int ss7_hlr_init(const struct ss7_conf *conf_)
{
    struct hlr_srv_conf c;

    conf = conf_;
    memset(relayed, 0, sizeof(relayed));
    ss7_hlr_conf(conf, &c);
    srv = hlr_srv_new(&c);
    return srv == NULL ? -1 : 0;
}

void ss7_hlr_fini(void)
{
    if (srv == NULL)
        return;
    hlr_table_free(hlr_srv_swap(srv, NULL));
    hlr_srv_free(srv);
    srv = NULL;
}

struct hlr_srv *ss7_hlr_srv(void)
{
    return srv;
}

/* Digits of the calling party's title; a national one is made international,
 * so that it can be compared with other numbers (Q.713 3.4.2.3). */
static void title_of(const struct num_plan *plan, const struct sccp_addr *a,
                     char out[SCCP_GT_DIGITS + 1])
{
    enum { E164 = 1, NATIONAL = 3 };
    char number[NUM_MAX + 1];

    memcpy(out, a->gt.digits, SCCP_GT_DIGITS + 1);
    if (a->gt.np == E164 && a->gt.nai == NATIONAL &&
        num_international(plan, MAP_NOA_NATIONAL, out, number))
        memcpy(out, number, sizeof(number));
}

/* As it is told: the answer is filled in when it is known. */
static void fill(struct ss7_sri *out, const struct map_sri_ind *ind,
                 const struct hlr_question *q, const struct hlr_answer *a)
{
    *out = (struct ss7_sri){
        .received_ms = q->now_ms,
        .network = ind->network,
        .version = ind->version,
        .probe = q->probe,
        .owner = a->found ? a->entry.owner : 0,
        .smsc_gt_np = ind->from->gt.np,
    };
    copy(out->msisdn, sizeof(out->msisdn), q->msisdn);
    copy(out->sc, sizeof(out->sc), q->sc);
    title_of(&conf->network[ind->network].plan, ind->from, out->smsc_gt);
}

bool ss7_hlr_sri(const struct map_sri_ind *ind, struct map_sri_rsp *rsp,
                 struct ss7_waiting *w, struct ss7_sri *told)
{
    const struct num_plan *plan = &conf->network[ind->network].plan;
    const struct map_addr *msisdn = &ind->arg->msisdn;
    const struct map_addr *sc_addr = &ind->arg->sc_addr;
    char number[NUM_MAX + 1], sc[NUM_MAX + 1];
    struct hlr_question q = {
        .network = ind->network,
        .msisdn = number,
        .sc = sc,
        .probe = ind->arg->delivery_not_intended,
        .now_ms = utc_ms(),
    };
    struct hlr_answer a;
    bool wait = false;

    stat_inc(STAT_sri_in);
    num_international(plan, map_addr_noa(msisdn), msisdn->digits, number);
    num_international(plan, map_addr_noa(sc_addr), sc_addr->digits, sc);
    hlr_srv_sri(srv, &q, &a);
    if (told != NULL)
        fill(told, ind, &q, &a);
    rsp->err = a.err;
    rsp->relay = a.relay;
    if (a.relay)
        return false;
    if (a.err.code == MAP_ERR_NONE && !q.probe)
        wait = ss7_wait_sri(ind, &a.entry, sc, rsp, w);
    if (rsp->err.code != MAP_ERR_NONE) {
        stat_inc(STAT_sri_error);
        return wait;
    }
    stat_inc(STAT_sri_ok);
    memcpy(rsp->imsi, a.imsi, sizeof(a.imsi));
    memcpy(rsp->node, a.node, sizeof(a.node));
    return false;
}

/*
 * FNV-1a of what stays the same however often it is passed on: who asks, as
 * he stands in what is passed on, and what.
 */
static uint64_t hash(const struct sccp_ind *ind, const struct sccp_addr *asker)
{
    uint64_t h = 0xcbf29ce484222325u;

    if (asker->has_pc)
        h = (h ^ asker->pc) * 0x100000001b3u;
    for (const char *p = asker->gt.digits; *p != '\0'; p++)
        h = (h ^ (uint8_t)*p) * 0x100000001b3u;
    for (size_t i = 0; i < ind->data_len; i++)
        h = (h ^ ind->data[i]) * 0x100000001b3u;
    return h;
}

/*
 * A UDT has no hop counter: two HLRs that each take the other for the one
 * that knows would pass a question to and fro for ever. Whoever asks again
 * does it with another transaction id.
 */
static bool is_back(const struct sccp_ind *ind, const struct sccp_addr *asker,
                    uint64_t now_ms)
{
    uint64_t h = hash(ind, asker);
    unsigned at = (unsigned)(h >> 32) % RELAYED;

    if (relayed[at].hash == h && now_ms < relayed[at].until_ms)
        return true;
    relayed[at].hash = h;
    relayed[at].until_ms = now_ms + RELAYED_MS;
    return false;
}

/* The title's digits change, and what says how to read them. */
static void set_title(struct sccp_addr *a, const char *digits)
{
    size_t len = strnlen(digits, NUM_MAX);

    if (a->gt.gti == 0) {
        *a = sccp_addr_e164(digits, SCCP_SSN_HLR);
        return;
    }
    memcpy(a->gt.digits, digits, len);
    a->gt.digits[len] = '\0';
    a->gt.es = len % 2 == 1 ? 1 : 2;
    a->gt.np = 1;
    a->gt.nai = 4;
    a->on_ssn = a->has_pc = false;
    a->has_ssn = true;
    a->ssn = SCCP_SSN_HLR;
    a->wire_len = 0;
}

bool ss7_hlr_relay(uint8_t network, const struct sccp_ind *ind, uint64_t now_ms,
                   struct sccp_req *req)
{
    *req = (struct sccp_req){
        .called = ind->called,
        .calling = ind->calling,
        .pclass = ind->pclass,
        .return_opt = ind->return_opt,
        .data = ind->data,
        .data_len = ind->data_len,
        .sls = ind->sls,
    };
    set_title(&req->called, conf->network[network].relay_gt);
    if (req->calling.on_ssn && !req->calling.has_pc) {
        /* it meant the OPC, which will be ours */
        req->calling.has_pc = true;
        req->calling.pc = (uint16_t)ind->opc;
        req->calling.wire_len = 0;
    }
    return !is_back(ind, &req->calling, now_ms);
}

void ss7_hlr_who(const struct map_sms_ind *ind, struct ss7_sms *s)
{
    const struct num_plan *plan = &conf->network[ind->network].plan;

    s->received_ms = utc_ms();
    s->network = ind->network;
    s->route = HLR_ROUTE_NONE;
    if (ind->sc_addr != NULL)
        num_international(plan, map_addr_noa(ind->sc_addr),
                          ind->sc_addr->digits, s->sc);
    if (ind->imsi != NULL)
        copy(s->imsi, sizeof(s->imsi), ind->imsi);
    title_of(plan, ind->from, s->smsc_gt);
    s->smsc_gt_np = ind->from->gt.np;
}

struct map_err ss7_hlr_sms(const struct map_sms_ind *ind, struct ss7_sms *s)
{
    struct hlr_sms_answer a;

    stat_inc(STAT_sms_in);
    ss7_hlr_who(ind, s);
    hlr_srv_sms(srv, ind->network, ind->imsi, s->sc, s->received_ms, &a);
    if (a.err.code != MAP_ERR_NONE) {
        stat_inc(STAT_sms_refused);
        return a.err;
    }
    s->route = a.entry.route;
    s->owner = a.entry.owner;
    memcpy(s->vmn, a.entry.msisdn, sizeof(s->vmn));
    return a.err;
}

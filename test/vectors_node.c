/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_node.c - a whole node for one vector: SCCP, TCAP, MAP
 */

#include "vectors_node.h"

#include <stdlib.h>
#include <string.h>

#include "tpdu.h"

enum { OUR_PC = 2, STP_PC = 1 };

#define SMSC_GT   "447700900321"
#define NODE_GT   "447700900777"
#define VMN_HEAD  "44770090"
#define IMSI_HEAD "23415"

static int record(void *self, const struct mtp_transfer *t)
{
    struct node *n = self;
    struct node_out *out = &n->out[n->n_out];

    if (n->n_out == NODE_OUTS || t->len > sizeof(out->octet))
        return -1;
    memcpy(out->octet, t->data, t->len);
    out->len = t->len;
    n->n_out++;
    return 0;
}

static void on_unitdata(void *ctx, const struct sccp_ind *ind)
{
    struct node *n = ctx;

    n->n_unitdata++;
    map_srv_unitdata(n->map, 0, ind);
}

static void on_notice(void *ctx, uint8_t cause, const struct sccp_addr *called,
                      const struct sccp_addr *calling, const uint8_t *data,
                      size_t data_len)
{
    struct node *n = ctx;

    (void)calling;
    map_srv_notice(n->map, 0, cause, called, data, data_len);
}

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    (void)ctx;
    *rsp = (struct map_sri_rsp){ .err = { .code = MAP_ERR_UNKNOWN_SUBSCRIBER,
                                          .cause = -1 } };
    if (strncmp(ind->arg->msisdn.digits, VMN_HEAD, 8) != 0)
        return;
    rsp->err.code = MAP_ERR_NONE;
    strcpy(rsp->imsi, IMSI_HEAD "9000000001");
    strcpy(rsp->node, NODE_GT);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    struct map_err e = { .code = MAP_ERR_UNIDENTIFIED_SUBSCRIBER, .cause = -1 };
    struct node *n = ctx;
    struct node_sms *sms = &n->sms[n->n_sms];
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init(ind->arg->tpdu, ind->arg->tpdu_len, &err);
    enum tpdu_mti mti;

    if (strncmp(ind->imsi, IMSI_HEAD, 5) != 0)
        return e;
    if (!tpdu_mt_read(&r, &mti, &d) || mti != TPDU_DELIVER)
        return map_err_of_verdict(VERDICT_PERMFAIL);
    if (n->n_sms == NODE_SMS)
        return map_err_of_verdict(VERDICT_TEMPFAIL);
    sms->id = ind->id;
    tpdu_text(&d, sms->text, sizeof(sms->text));
    n->n_sms++;
    return map_err_of_verdict(VERDICT_OK);
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    (void)ctx;
    (void)id;
    (void)why;
}

static void on_alerted(void *ctx, uint64_t ref, enum verdict v)
{
    (void)ctx;
    (void)ref;
    (void)v;
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    struct node *n = ctx;

    (void)network;
    return sccp_unitdata_req(n->sccp, req, cause);
}

static const struct sccp_user sccp_ops = { .unitdata = on_unitdata,
                                           .notice = on_notice };
static const struct map_srv_ops map_ops = {
    .sri = on_sri,
    .sms = on_sms,
    .gone = on_gone,
    .alerted = on_alerted,
    .send = on_send,
};

static void add_rules(struct gtt *g)
{
    static const struct gtt_rule rules[] = {
        { .prefix = "447700",
          .tt = GTT_ANY,
          .np = 1,
          .nai = GTT_ANY,
          .action = GTT_LOCAL },
        { .prefix = SMSC_GT,
          .tt = GTT_ANY,
          .np = GTT_ANY,
          .nai = GTT_ANY,
          .action = GTT_PC,
          .pc = STP_PC },
    };

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        gtt_add(g, &rules[i]);
}

static bool start(struct node *n)
{
    struct sccp_conf sccp = {
        .pc = { OUR_PC },
        .n_pc = 1,
        .ni = 2,
        .gtt = n->gtt,
        .default_pc = { STP_PC },
        .n_default_pc = 1,
        .ssn = { SCCP_SSN_HLR, SCCP_SSN_MSC },
        .n_ssn = 2,
        .reasm_ms = NODE_REASM_MS,
        .udt_max = 268,
    };
    struct map_srv_conf map = {
        .max_dialogues = 64,
        .max_held = 64,
        .hold_ms = 25000,
        .more_ms = 10000,
        .hlr = true,
        .msc = true,
        .net = { [0] = { .hlr_gt = NODE_GT, .msc_gt = NODE_GT } },
    };

    add_rules(n->gtt);
    n->sccp = sccp_new(&sccp, &n->wheel, &n->mtp, &sccp_ops, n);
    n->map = map_srv_new(&map, &n->wheel, &map_ops, n);
    return n->sccp != NULL && n->map != NULL;
}

struct node *node_new(void)
{
    struct node *n = calloc(1, sizeof(*n));

    if (n == NULL)
        return NULL;
    timer_wheel_init(&n->wheel, 1000);
    n->mtp = (struct mtp_provider){ .send = record, .self = n };
    n->gtt = gtt_new();
    if (n->gtt != NULL && start(n))
        return n;
    node_free(n);
    return NULL;
}

void node_free(struct node *n)
{
    if (n == NULL)
        return;
    map_srv_free(n->map);
    sccp_free(n->sccp);
    gtt_free(n->gtt);
    free(n);
}

void node_sccp(struct node *n, const uint8_t *p, size_t len)
{
    struct mtp_transfer t = {
        .opc = STP_PC,
        .dpc = OUR_PC,
        .ni = 2,
        .si = MTP_SI_SCCP,
        .sls = 5,
        .len = (uint16_t)len,
        .data = p,
    };

    sccp_mtp_transfer(n->sccp, &t);
}

void node_tcap(struct node *n, uint8_t ssn, const uint8_t *p, size_t len)
{
    struct sccp_msg m = {
        .type = len > 230 ? SCCP_LUDT : SCCP_UDT,
        .hops = 15,
        .called = sccp_addr_e164(NODE_GT, ssn),
        .calling = sccp_addr_e164(SMSC_GT, SCCP_SSN_MSC),
        .data = p,
        .data_len = len,
        .importance = -1,
    };
    uint8_t buf[VEC_OCTETS];
    struct wr w = wr_init(buf, sizeof(buf));

    sccp_msg_write(&w, &m);
    node_sccp(n, buf, w.len);
}

void node_answer(struct node *n, unsigned i, enum verdict verdict)
{
    map_srv_verdict(n->map, n->sms[i].id, verdict,
                    (struct map_err){ .code = MAP_ERR_NONE, .cause = -1 });
}

bool node_alert(struct node *n)
{
    static const struct map_alert_arg arg = {
        .msisdn = { .nai_npi = 0x91, .digits = VMN_HEAD "0123" },
        .sc_addr = { .nai_npi = 0x91, .digits = SMSC_GT },
    };

    return map_srv_alert(n->map, 0, &arg, 1);
}

void node_wait(struct node *n, uint64_t ms)
{
    timer_run(&n->wheel, n->wheel.now_ms + ms);
}

json_t *node_out_json(struct vec *v, const struct node *n, unsigned i)
{
    const struct node_out *out = &n->out[i];
    json_t *sccp = vec_sccp_json(v, out->octet, out->len);
    json_t *o = json_object();
    uint8_t octet[VEC_OCTETS];
    int len;

    if (sccp == NULL)
        return o;
    json_object_set_new(o, "sccp", sccp);
    len = vec_unhex(vec_str(sccp, "data"), octet, sizeof(octet));
    if (len > 0) {
        json_t *tcap = vec_tcap_json(v, octet, (size_t)len, NULL, 0);

        if (tcap != NULL)
            json_object_set_new(o, "tcap", tcap);
    }
    return o;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_react.c - negative vectors: how a node reacts to broken input
 *
 * The node has no transaction open. Its application confirms what it gets.
 * The vector names one reaction, or several of which any will do.
 */

#include "vectors_node.h"

#include <stdlib.h>
#include <string.h>

#include "map_alert.h"
#include "map_inform.h"
#include "map_op.h"
#include "map_ready.h"
#include "tcap_msg.h"

/* What came of it: all that the node sent, and what it was fed. */
struct result {
    struct node *node;
    json_t *out; /* list of node_out_json() */
};

/* The value of `key', or one of its list; true if it is not asked for. */
static bool allowed(const json_t *expect, const char *key, json_t *got)
{
    json_t *want = json_object_get(expect, key);
    bool ok = want == NULL || json_equal(want, got);

    for (size_t i = 0; !ok && i < json_array_size(want); i++)
        ok = json_equal(json_array_get(want, i), got);
    return ok;
}

static bool allowed_int(const json_t *expect, const char *key, int got)
{
    json_t *value = json_integer(got);
    bool ok = allowed(expect, key, value);

    json_decref(value);
    return ok;
}

static bool is_type(const json_t *o, const char *type)
{
    return strcmp(vec_str(o, "type"), type) == 0;
}

static bool is_service(const json_t *expect, const json_t *out,
                       const char *type)
{
    json_t *sccp = json_object_get(out, "sccp");

    return is_type(sccp, type) &&
           allowed(expect, "return_cause",
                   json_object_get(sccp, "return-cause"));
}

static bool is_p_abort(const json_t *expect, const json_t *tcap)
{
    json_t *cause = json_object_get(tcap, "p-abort");

    return is_type(tcap, "abort") && cause != NULL &&
           allowed(expect, "p_abort", cause);
}

static bool is_aare(const json_t *want, const json_t *dialogue)
{
    return want == NULL ||
           (strcmp(vec_str(dialogue, "pdu"), "AARE") == 0 &&
            vec_int(dialogue, "result", -1) == vec_int(want, "result", 0) &&
            vec_int(dialogue, "diag", -1) == vec_int(want, "diag", 0) &&
            strcmp(vec_str(dialogue, "diag-source"), vec_str(want, "source")) ==
                0);
}

static bool is_provider_abort(const json_t *want, const json_t *dialogue)
{
    static const char *const reasons[] = { "abnormalDialogue", "invalidPDU" };
    json_t *info =
        json_array_get(json_object_get(dialogue, "user-information"), 0);
    json_t *abort =
        json_object_get(json_object_get(info, "map"), "map-providerAbort");
    json_int_t reason = json_integer_value(want);

    return want == NULL || strcmp(vec_str(abort, "map-ProviderAbortReason"),
                                  reasons[reason & 1]) == 0;
}

static bool is_u_abort(const json_t *expect, const json_t *tcap)
{
    json_t *dialogue = json_object_get(tcap, "dialogue");

    return is_type(tcap, "abort") && json_object_get(tcap, "p-abort") == NULL &&
           is_aare(json_object_get(expect, "aare"), dialogue) &&
           allowed(expect, "abrt_source",
                   json_object_get(dialogue, "abort-source")) &&
           is_provider_abort(json_object_get(expect, "map_provider_abort"),
                             dialogue);
}

static bool is_reject(const json_t *expect, const json_t *component)
{
    json_t *problem = json_object_get(component, "problem");

    return is_type(component, "reject") &&
           allowed(expect, "problem", json_object_get(problem, "class")) &&
           allowed(expect, "code", json_object_get(problem, "code"));
}

/* sm-DeliveryFailure: the cause in its parameter. */
static int delivery_failure(const json_t *component)
{
    uint8_t octet[256];
    struct map_err e;
    struct rd_err err;
    int n = vec_unhex(vec_str(component, "param"), octet, sizeof(octet));
    struct rd r = rd_init(octet, n > 0 ? (size_t)n : 0, &err);

    map_err_read(&r, MAP_ERR_SM_DELIVERY_FAILURE, 3, &e);
    return rd_ok(&r) ? e.cause : -1;
}

static bool is_error(const json_t *expect, const json_t *component)
{
    return is_type(component, "error") &&
           allowed(expect, "error", json_object_get(component, "error")) &&
           (vec_int(component, "error", 0) != MAP_ERR_SM_DELIVERY_FAILURE ||
            allowed_int(expect, "sm_delivery_failure",
                        delivery_failure(component)));
}

static bool any_component(const json_t *expect, const json_t *tcap,
                          bool (*is)(const json_t *, const json_t *))
{
    json_t *list = json_object_get(tcap, "components");

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *c = json_array_get(list, i);

        if (is(expect, c) &&
            allowed(expect, "invoke_id", json_object_get(c, "invoke-id")))
            return true;
    }
    return false;
}

static bool is_result(const json_t *expect, const json_t *component)
{
    (void)expect;
    return is_type(component, "result-last");
}

/* The dialogue is taken, and nothing said about what is in it. */
static bool is_acceptance(const json_t *tcap)
{
    const json_t *dialogue = json_object_get(tcap, "dialogue");

    return is_type(tcap, "continue") && vec_int(dialogue, "result", -1) == 0 &&
           json_object_get(tcap, "components") == NULL;
}

/* One message that was sent is the reaction asked for. */
static bool is_reaction(const char *reaction, const json_t *expect,
                        const json_t *out)
{
    json_t *tcap = json_object_get(out, "tcap");

    if (strcmp(reaction, "udts") == 0)
        return is_service(expect, out, "UDTS");
    if (strcmp(reaction, "xudts") == 0)
        return is_service(expect, out, "XUDTS");
    if (!allowed(expect, "dtid", json_object_get(tcap, "dtid")))
        return false;
    if (strcmp(reaction, "p-abort") == 0)
        return is_p_abort(expect, tcap);
    if (strcmp(reaction, "u-abort") == 0)
        return is_u_abort(expect, tcap);
    if (strcmp(reaction, "reject") == 0)
        return any_component(expect, tcap, is_reject);
    if (strcmp(reaction, "error") == 0)
        return any_component(expect, tcap, is_error);
    if (strcmp(reaction, "accept") == 0)
        return is_acceptance(tcap) || any_component(expect, tcap, is_result);
    return false;
}

/* What SCCP did with it, whatever the layers above say. */
static bool sccp_took(const struct vec *v, const struct node *node)
{
    return strcmp(v->layer, "sccp") == 0 && node->n_unitdata > 0;
}

static bool reacted(struct vec *v, const struct result *r, const char *reaction)
{
    const json_t *expect = json_object_get(v->line, "expect");
    size_t n = json_array_size(r->out);

    if (strcmp(reaction, "discard") == 0)
        return n == 0 && r->node->n_sms == 0 && !sccp_took(v, r->node);
    if (strcmp(reaction, "accept") == 0 && sccp_took(v, r->node))
        return n == 0;
    for (size_t i = 0; i < n; i++)
        if (is_reaction(reaction, expect, json_array_get(r->out, i)))
            return true;
    return false;
}

static bool judge(struct vec *v, const struct result *r)
{
    json_t *want =
        json_object_get(json_object_get(v->line, "expect"), "reaction");
    char *text;

    if (json_is_string(want) && reacted(v, r, json_string_value(want)))
        return true;
    for (size_t i = 0; i < json_array_size(want); i++)
        if (reacted(v, r, json_string_value(json_array_get(want, i))))
            return true;
    text = json_dumps(r->out, JSON_COMPACT);
    vec_fail(v, "reacts with %.350s", text);
    free(text);
    return false;
}

/* The subsystem a Begin is for: by its context, else by its operation. */
static uint8_t ssn_for(const uint8_t *p, size_t n)
{
    struct tcap_msg m;
    struct tcap_comp c;
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    uint8_t ac = MAP_AC_NONE;

    if (tcap_msg_read(&r, &m) < 0) {
        ac = m.dlg.acn.ac;
        if (ac == MAP_AC_NONE && tcap_comp_next(&m.components, &c) == 1 &&
            c.op == MAP_OP_FORWARD_SM)
            ac = MAP_AC_SHORT_MSG_RELAY;
    }
    return ac == MAP_AC_SHORT_MSG_RELAY || ac == MAP_AC_SHORT_MSG_MT_RELAY
               ? SCCP_SSN_MSC
               : SCCP_SSN_HLR;
}

static uint8_t ac_of(int op, int version)
{
    switch (op) {
    case MAP_OP_SRI_SM:
    case MAP_OP_REPORT_STATUS:
    case MAP_OP_INFORM_SC:
        return MAP_AC_SHORT_MSG_GATEWAY;
    case MAP_OP_ALERT_SC:
    case MAP_OP_ALERT_SC_WITHOUT_RESULT:
        return MAP_AC_SHORT_MSG_ALERT;
    case MAP_OP_READY_FOR_SM:
    case MAP_OP_NOTE_PRESENT:
        return MAP_AC_MWD_MNGT;
    case MAP_OP_MT_FORWARD_SM:
        return MAP_AC_SHORT_MSG_MT_RELAY;
    default:
        return version == 2 ? MAP_AC_SHORT_MSG_MT_RELAY
                            : MAP_AC_SHORT_MSG_RELAY;
    }
}

/* A parameter in a Begin of its own. */
static void feed_param(struct node *node, int op, int version,
                       const uint8_t *param, size_t n)
{
    static const struct tcap_tid otid = { .len = 4, .octet = { 1, 2, 3, 4 } };
    static const struct tcap_tid none = { .len = 0 };
    struct tcap_dialogue aarq = { .pdu = TCAP_DLG_AARQ,
                                  .has_version = true,
                                  .version1 = true };
    uint8_t buf[VEC_OCTETS];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t message = tcap_open(&w, TCAP_BEGIN, &otid, &none);
    size_t comps;

    aarq.acn = tcap_acn_map(ac_of(op, version), (uint8_t)version);
    if (version > 1)
        tcap_dialogue_write(&w, &aarq);
    comps = tcap_comps_open(&w);
    tcap_invoke_write(&w, 1, op, param, n);
    tcap_comps_close(&w, comps);
    tcap_close(&w, message);
    node_tcap(node, ssn_for(buf, w.len), buf, w.len);
}

static void feed_tpdu(struct node *node, const uint8_t *tpdu, size_t n)
{
    struct map_mt_sm_arg arg = { .da = MAP_DA_IMSI,
                                 .imsi = "234159000000001",
                                 .oa = MAP_OA_SERVICE_CENTRE };
    uint8_t buf[512];
    struct wr w = wr_init(buf, sizeof(buf));

    arg.oa_addr =
        (struct map_addr){ .nai_npi = 0x91, .digits = "447700900321" };
    if (n > sizeof(arg.tpdu))
        n = sizeof(arg.tpdu);
    memcpy(arg.tpdu, tpdu, n);
    arg.tpdu_len = (uint8_t)n;
    map_mt_sm_arg_write(&w, 3, &arg);
    feed_param(node, MAP_OP_MT_FORWARD_SM, 3, buf, w.len);
}

static void feed(struct vec *v, struct node *node)
{
    const json_t *context = json_object_get(v->line, "context");

    if (strcmp(v->layer, "tpdu") == 0)
        feed_tpdu(node, v->octet, v->len);
    else if (strcmp(v->layer, "map") == 0)
        feed_param(node, vec_int(context, "opcode", 0),
                   vec_int(context, "version", 3), v->octet, v->len);
    else if (strcmp(v->layer, "tcap") == 0)
        node_tcap(node, ssn_for(v->octet, v->len), v->octet, v->len);
    else
        node_sccp(node, v->octet, v->len);
}

/* A parameter of a context that this node does not serve: mo-forwardSM. */
static bool served(struct vec *v)
{
    const json_t *context = json_object_get(v->line, "context");
    int op = vec_int(context, "opcode", -1);
    int version = vec_int(context, "version", 3);
    const struct map_op *row =
        map_op_find(op, ac_of(op, version), (uint8_t)version);

    return strcmp(v->layer, "map") != 0 ||
           (row != NULL && row->serve != MAP_SERVE_NOT);
}

/* Its reader must refuse it; who serves it would reject the invoke. */
static bool refused(struct vec *v)
{
    const json_t *context = json_object_get(v->line, "context");
    struct vec_map m = { .component = vec_str(context, "component"),
                         .code = vec_int(context, "opcode", -1),
                         .version = vec_int(context, "version", 3) };
    struct rd_err err;

    if (vec_map_refused(v, &m, rd_init(v->octet, v->len, &err)))
        return true;
    return v->why[0] == '\0' ? vec_fail(v, "it is accepted") : false;
}

bool vec_negative(struct vec *v)
{
    const json_t *context = json_object_get(v->line, "context");
    struct result r = { .node = node_new(), .out = json_array() };
    bool ok;

    if (strcmp(v->layer, "tpdu") == 0 &&
        strcmp(vec_str(context, "direction"), "mo") == 0)
        ok = vec_tpdu_refused(v); /* nothing of this node reads those */
    else if (!served(v))
        ok = refused(v);
    else if (r.node == NULL)
        ok = vec_fail(v, "no node");
    else {
        feed(v, r.node);
        for (unsigned i = 0; i < r.node->n_sms; i++)
            node_answer(r.node, i, VERDICT_OK);
        for (unsigned i = 0; i < r.node->n_out; i++)
            json_array_append_new(r.out, node_out_json(v, r.node, i));
        ok = judge(v, &r);
    }
    json_decref(r.out);
    node_free(r.node);
    return ok;
}

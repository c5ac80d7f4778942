/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_map.c - MAP vectors: the structs of map_*.h to JSON
 *
 * A parameter is dumped with all its elements first (vectors_asn1.c); then
 * each element that has a place in a struct of the product is replaced by
 * what the product's reader put there, or removed if it put nothing.
 */

#include "vectors.h"

#include <string.h>

#include "map_alert.h"
#include "map_err.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_ready.h"
#include "map_sri_sm.h"
#include "map_status.h"

static bool is(const struct vec_map *m, const char *component)
{
    return strcmp(m->component, component) == 0;
}

static const char *op_name(int code, int version)
{
    switch (code) {
    case MAP_OP_MT_FORWARD_SM:
        return "mt-forwardSM";
    case MAP_OP_SRI_SM:
        return "sendRoutingInfoForSM";
    case MAP_OP_FORWARD_SM:
        return version >= 3 ? "mo-forwardSM" : "forwardSM";
    case MAP_OP_REPORT_STATUS:
        return "reportSM-DeliveryStatus";
    case MAP_OP_NOTE_PRESENT:
        return "noteSubscriberPresent";
    case MAP_OP_ALERT_SC_WITHOUT_RESULT:
        return "alertServiceCentreWithoutResult";
    case MAP_OP_INFORM_SC:
        return "informServiceCentre";
    case MAP_OP_ALERT_SC:
        return "alertServiceCentre";
    case MAP_OP_READY_FOR_SM:
        return "readyForSM";
    default:
        return NULL;
    }
}

const char *vec_map_name(const struct vec_map *m)
{
    const char *name;

    if (!is(m, "error"))
        return op_name(m->code, m->version);
    if (m->code == 51)
        return "resourceLimitation";
    name = map_err_str((enum map_error)m->code);
    return strncmp(name, "unknown error", 13) == 0 ? NULL : name;
}

/* What the product knows of an element, or that it knows nothing of it. */
static void put(json_t *o, const char *key, json_t *value)
{
    if (value != NULL)
        json_object_set_new(o, key, value);
    else
        json_object_del(o, key);
}

static json_t *null_json(bool present)
{
    return present ? json_integer(0) : NULL;
}

json_t *vec_addr(const struct map_addr *a)
{
    uint8_t buf[32];
    struct wr w = wr_init(buf, sizeof(buf));

    map_addr_write(&w, 0x04, a);
    return json_pack("{s:o, s:i, s:i, s:i, s:s}", "hex",
                     vec_hex(buf + 2, w.len - 2), "ext", a->nai_npi >> 7, "noa",
                     map_addr_noa(a), "npi", a->nai_npi & 15, "digits",
                     a->digits);
}

static bool sri_arg(struct vec *v, const struct vec_map *m, struct rd *r,
                    json_t *o, struct wr *w)
{
    static const char *const intents[] = { "onlyIMSI-requested",
                                           "onlyMCC-MNC-requested" };
    struct map_sri_sm_arg arg;

    map_sri_sm_arg_read(r, (uint8_t)m->version, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "msisdn", vec_addr(&arg.msisdn));
    put(o, "sm-RP-PRI", json_boolean(arg.priority));
    put(o, "serviceCentreAddress", vec_addr(&arg.sc_addr));
    put(o, "gprsSupportIndicator", null_json(arg.gprs_support));
    put(o, "sm-deliveryNotIntended",
        arg.delivery_not_intended ? json_string(intents[arg.not_intended & 1])
                                  : NULL);
    map_sri_sm_arg_write(w, (uint8_t)m->version, &arg);
    return true;
}

static bool sri_res(struct vec *v, const struct vec_map *m, struct rd *r,
                    json_t *o, struct wr *w)
{
    struct map_sri_sm_res res;
    json_t *loc = json_object_get(o, "locationInfoWithLMSI");
    json_t *choice = json_object_get(loc, "locationInfo");
    const char *which = "msc-Number";

    map_sri_sm_res_read(r, (uint8_t)m->version, &res);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "imsi", json_string(res.imsi));
    if (json_object_get(choice, "roamingNumber") != NULL)
        which = "roamingNumber";
    if (m->version >= 3)
        put(loc, "networkNode-Number", vec_addr(&res.node));
    else
        put(choice, which, vec_addr(&res.node));
    put(loc, "lmsi", res.lmsi_len > 0 ? vec_hex(res.lmsi, 4) : NULL);
    if (res.lmsi_len == 0)
        map_sri_sm_res_write(w, (uint8_t)m->version, &res);
    return true;
}

static json_t *da_json(const struct map_mt_sm_arg *arg)
{
    switch (arg->da) {
    case MAP_DA_IMSI:
        return json_pack("{s:s}", "imsi", arg->imsi);
    case MAP_DA_LMSI:
        return json_pack("{s:o}", "lmsi", vec_hex(arg->lmsi, 4));
    case MAP_DA_ROAMING:
        return json_pack("{s:o}", "roamingNumber", vec_addr(&arg->da_addr));
    case MAP_DA_SERVICE_CENTRE:
        return json_pack("{s:o}", "serviceCentreAddressDA",
                         vec_addr(&arg->da_addr));
    case MAP_DA_NONE:
        break;
    }
    return json_pack("{s:i}", "noSM-RP-DA", 0);
}

static json_t *oa_json(const struct map_mt_sm_arg *arg)
{
    switch (arg->oa) {
    case MAP_OA_MSISDN:
        return json_pack("{s:o}", "msisdn", vec_addr(&arg->oa_addr));
    case MAP_OA_SERVICE_CENTRE:
        return json_pack("{s:o}", "serviceCentreAddressOA",
                         vec_addr(&arg->oa_addr));
    case MAP_OA_NONE:
        break;
    }
    return json_pack("{s:i}", "noSM-RP-OA", 0);
}

static bool fsm_arg(struct vec *v, const struct vec_map *m, struct rd *r,
                    json_t *o, struct wr *w)
{
    struct map_mt_sm_arg arg;

    map_mt_sm_arg_read(r, (uint8_t)m->version, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "sm-RP-DA", da_json(&arg));
    put(o, "sm-RP-OA", oa_json(&arg));
    put(o, "sm-RP-UI", vec_hex(arg.tpdu, arg.tpdu_len));
    put(o, "moreMessagesToSend", null_json(arg.more));
    put(o, "smDeliveryTimer",
        arg.delivery_timer_s > 0 ? json_integer(arg.delivery_timer_s) : NULL);
    map_mt_sm_arg_write(w, (uint8_t)m->version, &arg);
    return true;
}

static json_t *diagnostic_json(int16_t diagnostic)
{
    return diagnostic >= 0 ? json_integer(diagnostic) : NULL;
}

static bool status_arg(struct vec *v, const struct vec_map *m, struct rd *r,
                       json_t *o, struct wr *w)
{
    static const char *const outcomes[] = { "memoryCapacityExceeded",
                                            "absentSubscriber",
                                            "successfulTransfer" };
    struct map_status_arg arg;

    map_status_arg_read(r, (uint8_t)m->version, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "msisdn", vec_addr(&arg.msisdn));
    put(o, "serviceCentreAddress", vec_addr(&arg.sc_addr));
    put(o, "sm-DeliveryOutcome",
        arg.has_outcome ? json_string(outcomes[arg.outcome]) : NULL);
    put(o, "absentSubscriberDiagnosticSM", diagnostic_json(arg.diagnostic));
    map_status_arg_write(w, (uint8_t)m->version, &arg);
    return true;
}

static bool status_res(struct vec *v, const struct vec_map *m, struct rd *r,
                       json_t *o, struct wr *w)
{
    struct map_status_res res;

    map_status_res_read(r, (uint8_t)m->version, &res);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "storedMSISDN", res.has_stored ? vec_addr(&res.stored) : NULL);
    map_status_res_write(w, (uint8_t)m->version, &res);
    return true;
}

static bool alert_arg(struct vec *v, struct rd *r, json_t *o, struct wr *w)
{
    struct map_alert_arg arg;

    map_alert_arg_read(r, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "msisdn", vec_addr(&arg.msisdn));
    put(o, "serviceCentreAddress", vec_addr(&arg.sc_addr));
    map_alert_arg_write(w, &arg);
    return true;
}

static json_t *mw_json(const struct map_inform_arg *arg)
{
    char s[17] = "";

    if (arg->mw_bits == 0)
        return NULL;
    for (unsigned i = 0; i < arg->mw_bits; i++)
        s[i] = arg->mw << i & 0x8000 ? '1' : '0';
    return json_pack("{s:s}", "bits", s);
}

static bool inform_arg(struct vec *v, const struct vec_map *m, struct rd *r,
                       json_t *o, struct wr *w)
{
    struct map_inform_arg arg;

    map_inform_arg_read(r, (uint8_t)m->version, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "storedMSISDN", arg.has_stored ? vec_addr(&arg.stored) : NULL);
    put(o, "mw-Status", mw_json(&arg));
    put(o, "absentSubscriberDiagnosticSM", diagnostic_json(arg.diagnostic));
    map_inform_arg_write(w, (uint8_t)m->version, &arg);
    return true;
}

static bool ready_arg(struct vec *v, struct rd *r, json_t *o, struct wr *w)
{
    static const char *const reasons[] = { "ms-Present", "memoryAvailable" };
    struct map_ready_arg arg;

    map_ready_arg_read(r, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "imsi", json_string(arg.imsi));
    put(o, "alertReason", json_string(reasons[arg.reason]));
    map_ready_arg_write(w, &arg);
    return true;
}

static bool note_arg(struct vec *v, struct rd *r, json_t *o, struct wr *w)
{
    struct map_ready_arg arg;

    map_note_arg_read(r, &arg);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    put(o, "imsi", json_string(arg.imsi));
    map_note_arg_write(w, &arg);
    return true;
}

/* Results of which the product keeps nothing. */
static bool empty_res(struct vec *v, const struct vec_map *m, struct rd *r)
{
    if (m->code == MAP_OP_READY_FOR_SM)
        map_ready_res_read(r, (uint8_t)m->version);
    else if (m->code == MAP_OP_ALERT_SC)
        map_alert_res_read(r);
    else
        map_mt_sm_res_read(r, (uint8_t)m->version);
    return rd_ok(r) || vec_fail(v, "%s refused", r->err->what);
}

static json_t *cause_json(const struct map_err *e)
{
    static const char *const barring[] = { "barringServiceActive",
                                           "operatorBarring" };
    static const char *const delivery[] = {
        "memoryCapacityExceeded",
        "equipmentProtocolError",
        "equipmentNotSM-Equipped",
        "unknownServiceCentre",
        "sc-Congestion",
        "invalidSME-Address",
        "subscriberNotSC-Subscriber",
    };
    static const char *const resource[] = {
        "plmn", "hlr", "vlr", "pvlr", "controllingMSC", "vmsc", "eir", "rss",
    };

    if (e->cause < 0)
        return NULL;
    if (e->code == MAP_ERR_CALL_BARRED && e->cause < 2)
        return json_string(barring[e->cause]);
    if (e->code == MAP_ERR_SM_DELIVERY_FAILURE && e->cause < 7)
        return json_string(delivery[e->cause]);
    if (e->code == MAP_ERR_SYSTEM_FAILURE && e->cause < 8)
        return json_string(resource[e->cause]);
    return json_integer(e->cause);
}

/* Where the cause stands: in `o', or in the SEQUENCE that `wrap' names. */
static void put_cause(json_t *o, const char *wrap, const char *key,
                      const struct map_err *e)
{
    json_t *inner = wrap != NULL ? json_object_get(o, wrap) : NULL;

    put(inner != NULL ? inner : o, key, cause_json(e));
}

static bool error(struct vec *v, const struct vec_map *m, struct rd *r,
                  json_t *o, struct wr *w)
{
    struct map_err e;

    map_err_read(r, (enum map_error)m->code, (uint8_t)m->version, &e);
    if (!rd_ok(r))
        return vec_fail(v, "%s refused", r->err->what);
    switch (m->code) {
    case MAP_ERR_ABSENT_SUBSCRIBER_SM:
        put_cause(o, NULL, "absentSubscriberDiagnosticSM", &e);
        break;
    case MAP_ERR_CALL_BARRED:
        put_cause(o, "extensibleCallBarredParam", "callBarringCause", &e);
        break;
    case MAP_ERR_SM_DELIVERY_FAILURE:
        put_cause(o, "sm-DeliveryFailureCauseWithDiagnostic",
                  "sm-EnumeratedDeliveryFailureCause", &e);
        return true; /* diagnosticInfo is written by our own rule */
    case MAP_ERR_SYSTEM_FAILURE:
        put_cause(o, "extensibleSystemFailureParam", "networkResource", &e);
        break;
    default:
        break;
    }
    /* a bare cause in version 3 is read, but never written */
    if (m->version < 3 || r->start[0] != 0x0a)
        map_err_write(w, &e, (uint8_t)m->version);
    return true;
}

static bool overlay(struct vec *v, const struct vec_map *m, struct rd *r,
                    json_t *o, struct wr *w)
{
    bool invoke = is(m, "invoke");

    if (is(m, "error"))
        return error(v, m, r, o, w);
    switch (m->code) {
    case MAP_OP_SRI_SM:
        return invoke ? sri_arg(v, m, r, o, w) : sri_res(v, m, r, o, w);
    case MAP_OP_MT_FORWARD_SM:
    case MAP_OP_FORWARD_SM:
        return invoke ? fsm_arg(v, m, r, o, w) : empty_res(v, m, r);
    case MAP_OP_REPORT_STATUS:
        return invoke ? status_arg(v, m, r, o, w) : status_res(v, m, r, o, w);
    case MAP_OP_ALERT_SC:
    case MAP_OP_ALERT_SC_WITHOUT_RESULT:
        return invoke ? alert_arg(v, r, o, w) : empty_res(v, m, r);
    case MAP_OP_INFORM_SC:
        return inform_arg(v, m, r, o, w);
    case MAP_OP_READY_FOR_SM:
        return invoke ? ready_arg(v, r, o, w) : empty_res(v, m, r);
    case MAP_OP_NOTE_PRESENT:
        return note_arg(v, r, o, w);
    default:
        return vec_fail(v, "operation %d is not implemented", m->code);
    }
}

/* Elements that one operation has a place for, and another skips. */
static bool carried_here(const struct vec_map *m, const char *key)
{
    bool ready =
        m->code == MAP_OP_READY_FOR_SM || m->code == MAP_OP_NOTE_PRESENT;

    if (strcmp(key, "imsi") == 0)
        return ready || is(m, "result");
    if (strcmp(key, "sm-DeliveryOutcome") == 0)
        return m->code == MAP_OP_REPORT_STATUS;
    return strcmp(key, "gprsSupportIndicator") == 0 && m->code == MAP_OP_SRI_SM;
}

/* False if the struct has no place for all that the octets say. */
static bool carried(const struct vec_map *m, json_t *o)
{
    static const char *const elements[] = {
        "msisdn",
        "sm-RP-PRI",
        "serviceCentreAddress",
        "sm-deliveryNotIntended",
        "locationInfoWithLMSI",
        "sm-RP-DA",
        "sm-RP-OA",
        "sm-RP-UI",
        "moreMessagesToSend",
        "smDeliveryTimer",
        "absentSubscriberDiagnosticSM",
        "callBarringCause",
        "networkResource",
        "networkNode-Number",
        "locationInfo",
        "storedMSISDN",
        "mw-Status",
        "alertReason",
    };
    const char *key;
    json_t *value;

    json_object_foreach(o, key, value)
    {
        bool known = carried_here(m, key);

        for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
            known |= strcmp(key, elements[i]) == 0;
        if (strcmp(key, "extensibleCallBarredParam") == 0 ||
            strcmp(key, "extensibleSystemFailureParam") == 0)
            known = carried(m, value);
        if (!known)
            return false;
        if (strcmp(key, "locationInfoWithLMSI") == 0 && !carried(m, value))
            return false;
    }
    return true;
}

json_t *vec_map_json(struct vec *v, const struct vec_map *m, struct rd param)
{
    uint8_t buf[1024];
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    size_t n = rd_left(&param);
    struct rd r = rd_init(param.p, n, &err);
    json_t *o;

    if (vec_map_name(m) == NULL && !is(m, "error")) {
        vec_fail(v, "operation %d is not implemented", m->code);
        return NULL;
    }
    o = vec_asn1(v, m, param);
    /* optional elements that say nothing are left out by our writers */
    if (o != NULL && overlay(v, m, &r, o, &w) &&
        (w.len == 0 || !carried(m, o) || vec_written(v, &w, param.p, n)))
        return o;
    json_decref(o);
    return NULL;
}

bool vec_map_refused(struct vec *v, const struct vec_map *m, struct rd param)
{
    uint8_t buf[1024];
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r = rd_init(param.p, rd_left(&param), &err);
    json_t *o = json_object();
    bool refused = !overlay(v, m, &r, o, &w) && err.what != NULL;

    json_decref(o);
    return refused;
}

bool vec_map(struct vec *v)
{
    const json_t *want = json_object_get(v->line, "decoded");
    const json_t *context = json_object_get(v->line, "context");
    struct vec_map m = { .component = vec_str(context, "component"),
                         .version = vec_int(context, "version", 3) };
    struct rd_err err;
    json_t *got;
    bool ok;

    if (is(&m, "dialogue"))
        return vec_dialogue(v);
    m.code = vec_int(context, is(&m, "error") ? "error" : "opcode", -1);
    got = vec_map_json(v, &m, rd_init(v->octet, v->len, &err));
    ok = got != NULL && vec_same(v, want, got);
    json_decref(got);
    return ok;
}

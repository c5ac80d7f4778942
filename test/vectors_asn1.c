/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_asn1.c - all elements of a MAP parameter, named as in its ASN.1
 *
 * Driven by tables made from the modules MAP-SM-DataTypes and
 * MAP-ER-DataTypes of TS 29.002 and their version 2 of ETS 300 599. Serves vectors_run to check what the product skips; the product's own
 * readers do not use it.
 */

#include "vectors.h"

#include <string.h>

#include "ber.h"

enum kind {
    OCTETS, /* also TBCD that nobody takes apart */
    ADDRESS,
    TBCD,
    BOOL,
    INTEGER,
    ENUM,
    BITS,
    NOTHING, /* NULL */
    SEQ,
    CHOICE,
    EXTENSION, /* ExtensionContainer */
};

/* A CHOICE stands in a SEQUENCE without a tag of its own. */
enum { UNTAGGED = 0 };

struct type;

struct field {
    uint32_t tag;
    const char *name; /* NULL: end of the list */
    const struct type *type;
};

struct type {
    enum kind kind;
    const struct field *fields;
    const char *const *names; /* of an ENUM, up to NULL */
};

#define LIST(...)                                                              \
    (const struct field[])                                                     \
    {                                                                          \
        __VA_ARGS__,                                                           \
        {                                                                      \
            0, NULL, NULL                                                      \
        }                                                                      \
    }
#define NAMES(...)                                                             \
    (const char *const[])                                                      \
    {                                                                          \
        __VA_ARGS__, NULL                                                      \
    }
#define IS_SEQ(...)                                                            \
    {                                                                          \
        .kind = SEQ, .fields = LIST(__VA_ARGS__)                               \
    }
#define IS_CHOICE(...)                                                         \
    {                                                                          \
        .kind = CHOICE, .fields = LIST(__VA_ARGS__)                            \
    }
#define IS_ENUM(...)                                                           \
    {                                                                          \
        .kind = ENUM, .names = NAMES(__VA_ARGS__)                              \
    }

static const struct type octets = { .kind = OCTETS };
static const struct type address = { .kind = ADDRESS };
static const struct type tbcd = { .kind = TBCD };
static const struct type boolean = { .kind = BOOL };
static const struct type integer = { .kind = INTEGER };
static const struct type bits = { .kind = BITS };
static const struct type nothing = { .kind = NOTHING };
static const struct type extension = { .kind = EXTENSION };

/* clang-format off */
static const struct type correlation = IS_SEQ(
    { 0x80, "hlr-id", &tbcd },
    { 0x81, "sip-uri-A", &octets },
    { 0x82, "sip-uri-B", &octets });

static const struct type diameter = IS_SEQ(
    { 0x80, "diameter-Name", &octets },
    { 0x81, "diameter-Realm", &octets });

static const struct type not_intended = IS_ENUM("onlyIMSI-requested",
                                                "onlyMCC-MNC-requested");

static const struct type sri_arg = IS_SEQ(
    { 0x80, "msisdn", &address },
    { 0x81, "sm-RP-PRI", &boolean },
    { 0x82, "serviceCentreAddress", &address },
    { 0x85, "teleservice", &octets }, /* version 1 */
    { 0xa6, "extensionContainer", &extension },
    { 0x87, "gprsSupportIndicator", &nothing },
    { 0x88, "sm-RP-MTI", &integer },
    { 0x89, "sm-RP-SMEA", &octets },
    { 0x8a, "sm-deliveryNotIntended", &not_intended },
    { 0x8b, "ip-sm-gwGuidanceIndicator", &nothing },
    { 0x8c, "imsi", &tbcd },
    { 0x8e, "t4-Trigger-Indicator", &nothing },
    { 0x8d, "singleAttemptDelivery", &nothing },
    { 0xaf, "correlationID", &correlation },
    { 0x90, "smsf-supportIndicator", &nothing });

static const struct type guidance = IS_SEQ(
    { 0x02, "minimumDeliveryTimeValue", &integer },
    { 0x02, "recommendedDeliveryTimeValue", &integer },
    { 0x30, "extensionContainer", &extension });

static const struct type additional = IS_CHOICE(
    { 0x80, "msc-Number", &address },
    { 0x81, "sgsn-Number", &address });

static const struct type additional_wrapped = IS_SEQ(
    { UNTAGGED, "", &additional });

static const struct type location_v3 = IS_SEQ(
    { 0x81, "networkNode-Number", &address },
    { 0x04, "lmsi", &octets },
    { 0x30, "extensionContainer", &extension },
    { 0x85, "gprsNodeIndicator", &nothing },
    { 0xa6, "additional-Number", &additional_wrapped },
    { 0xa7, "networkNodeDiameterAddress", &diameter },
    { 0xa8, "additionalNetworkNodeDiameterAddress", &diameter },
    { 0xa9, "thirdNumber", &additional_wrapped },
    { 0xaa, "thirdNetworkNodeDiameterAddress", &diameter },
    { 0x8b, "imsNodeIndicator", &nothing },
    { 0x8c, "smsf-3gpp-Number", &address },
    { 0xad, "smsf-3gpp-DiameterAddress", &diameter },
    { 0x8e, "smsf-non-3gpp-Number", &address },
    { 0xaf, "smsf-non-3gpp-DiameterAddress", &diameter },
    { 0x90, "smsf-3gpp-address-indicator", &nothing },
    { 0x91, "smsf-non-3gpp-address-indicator", &nothing });

static const struct type sri_res_v3 = IS_SEQ(
    { 0x04, "imsi", &tbcd },
    { 0xa0, "locationInfoWithLMSI", &location_v3 },
    { 0xa4, "extensionContainer", &extension },
    { 0xa5, "ip-sm-gwGuidance", &guidance });

static const struct type location_info = IS_CHOICE(
    { 0x80, "roamingNumber", &address },
    { 0x81, "msc-Number", &address });

static const struct type location_v2 = IS_SEQ(
    { UNTAGGED, "locationInfo", &location_info },
    { 0x04, "lmsi", &octets });

static const struct type sri_res_v2 = IS_SEQ(
    { 0x04, "imsi", &tbcd },
    { 0xa0, "locationInfoWithLMSI", &location_v2 },
    { 0x82, "mwd-Set", &boolean });

static const struct type rp_da = IS_CHOICE(
    { 0x80, "imsi", &tbcd },
    { 0x81, "lmsi", &octets },
    { 0x83, "roamingNumber", &address },
    { 0x84, "serviceCentreAddressDA", &address },
    { 0x85, "noSM-RP-DA", &nothing });

static const struct type rp_oa = IS_CHOICE(
    { 0x82, "msisdn", &address },
    { 0x84, "serviceCentreAddressOA", &address },
    { 0x85, "noSM-RP-OA", &nothing });

static const struct type outcome = IS_ENUM(
    "memoryCapacityExceeded", "absentSubscriber", "successfulTransfer");

static const struct type fsm_arg = IS_SEQ(
    { UNTAGGED, "sm-RP-DA", &rp_da },
    { UNTAGGED, "sm-RP-OA", &rp_oa },
    { 0x04, "sm-RP-UI", &octets },
    { 0x05, "moreMessagesToSend", &nothing });

static const struct type mt_arg_v3 = IS_SEQ(
    { UNTAGGED, "sm-RP-DA", &rp_da },
    { UNTAGGED, "sm-RP-OA", &rp_oa },
    { 0x04, "sm-RP-UI", &octets },
    { 0x05, "moreMessagesToSend", &nothing },
    { 0x30, "extensionContainer", &extension },
    { 0x02, "smDeliveryTimer", &integer },
    { 0x04, "smDeliveryStartTime", &octets },
    { 0x80, "smsOverIP-OnlyIndicator", &nothing },
    { 0xa1, "correlationID", &correlation },
    { 0x82, "maximumRetransmissionTime", &octets },
    { 0x83, "smsGmscAddress", &address },
    { 0xa4, "smsGmscDiameterAddress", &diameter });

static const struct type mo_arg_v3 = IS_SEQ(
    { UNTAGGED, "sm-RP-DA", &rp_da },
    { UNTAGGED, "sm-RP-OA", &rp_oa },
    { 0x04, "sm-RP-UI", &octets },
    { 0x30, "extensionContainer", &extension },
    { 0x04, "imsi", &tbcd },
    { 0xa0, "correlationID", &correlation },
    { 0x81, "sm-DeliveryOutcome", &outcome });

static const struct type status_arg = IS_SEQ(
    { 0x04, "msisdn", &address },
    { 0x04, "serviceCentreAddress", &address },
    { 0x0a, "sm-DeliveryOutcome", &outcome },
    { 0x80, "absentSubscriberDiagnosticSM", &integer },
    { 0xa1, "extensionContainer", &extension },
    { 0x82, "gprsSupportIndicator", &nothing },
    { 0x83, "deliveryOutcomeIndicator", &nothing },
    { 0x84, "additionalSM-DeliveryOutcome", &outcome },
    { 0x85, "additionalAbsentSubscriberDiagnosticSM", &integer },
    { 0x86, "ip-sm-gw-Indicator", &nothing },
    { 0x87, "ip-sm-gw-sm-deliveryOutcome", &outcome },
    { 0x88, "ip-sm-gw-absentSubscriberDiagnosticSM", &integer },
    { 0x89, "imsi", &tbcd },
    { 0x8a, "singleAttemptDelivery", &nothing },
    { 0xab, "correlationID", &correlation },
    { 0x8c, "smsf-3gpp-deliveryOutcomeIndicator", &nothing },
    { 0x8d, "smsf-3gpp-deliveryOutcome", &outcome },
    { 0x8e, "smsf-3gpp-absentSubscriberDiagSM", &integer },
    { 0x8f, "smsf-non-3gpp-deliveryOutcomeIndicator", &nothing },
    { 0x90, "smsf-non-3gpp-deliveryOutcome", &outcome },
    { 0x91, "smsf-non-3gpp-absentSubscriberDiagSM", &integer });

static const struct type status_res_v3 = IS_SEQ(
    { 0x04, "storedMSISDN", &address },
    { 0x30, "extensionContainer", &extension });

static const struct type status_res_v2 = IS_CHOICE(
    { 0x04, "storedMSISDN", &address });

static const struct type alert_event = IS_ENUM("msAvailableForMtSms",
                                               "msUnderNewServingNode");

static const struct type alert_arg = IS_SEQ(
    { 0x04, "msisdn", &address },
    { 0x04, "serviceCentreAddress", &address },
    { 0x04, "imsi", &tbcd },
    { 0x30, "correlationID", &correlation },
    { 0x80, "maximumUeAvailabilityTime", &octets },
    { 0x81, "smsGmscAlertEvent", &alert_event },
    { 0xa2, "smsGmscDiameterAddress", &diameter },
    { 0x83, "newSGSNNumber", &address },
    { 0xa4, "newSGSNDiameterAddress", &diameter },
    { 0x85, "newMMENumber", &address },
    { 0xa6, "newMMEDiameterAddress", &diameter },
    { 0x87, "newMSCNumber", &address });

static const struct type inform_arg = IS_SEQ(
    { 0x04, "storedMSISDN", &address },
    { 0x03, "mw-Status", &bits },
    { 0x30, "extensionContainer", &extension },
    { 0x02, "absentSubscriberDiagnosticSM", &integer },
    { 0x80, "additionalAbsentSubscriberDiagnosticSM", &integer },
    { 0x81, "smsf3gppAbsentSubscriberDiagnosticSM", &integer },
    { 0x82, "smsfNon3gppAbsentSubscriberDiagnosticSM", &integer });

static const struct type alert_reason = IS_ENUM("ms-Present",
                                                "memoryAvailable");

static const struct type ready_arg = IS_SEQ(
    { 0x80, "imsi", &tbcd },
    { 0x0a, "alertReason", &alert_reason },
    { 0x05, "alertReasonIndicator", &nothing },
    { 0x30, "extensionContainer", &extension },
    { 0x81, "additionalAlertReasonIndicator", &nothing },
    { 0x04, "maximumUeAvailabilityTime", &octets });

static const struct type ready_res = IS_SEQ(
    { 0x30, "extensionContainer", &extension });

static const struct type note_arg = IS_CHOICE({ 0x04, "imsi", &tbcd });

static const struct type fsm_res = IS_SEQ(
    { 0x04, "sm-RP-UI", &octets },
    { 0x30, "extensionContainer", &extension });

static const struct type barring = IS_ENUM("barringServiceActive",
                                           "operatorBarring");

static const struct type barred = IS_SEQ(
    { 0x0a, "callBarringCause", &barring },
    { 0x30, "extensionContainer", &extension },
    { 0x81, "unauthorisedMessageOriginator", &nothing },
    { 0x82, "anonymousCallRejection", &nothing });

static const struct type call_barred = IS_CHOICE(
    { 0x0a, "callBarringCause", &barring },
    { 0x30, "extensibleCallBarredParam", &barred });

static const struct type resource = IS_ENUM(
    "plmn", "hlr", "vlr", "pvlr", "controllingMSC", "vmsc", "eir", "rss");

static const struct type more_resource = IS_ENUM(
    "sgsn", "ggsn", "gmlc", "gsmSCF", "nplr", "auc", "ue", "mme");

static const struct type failure_cause = IS_ENUM(
    "limitReachedOnNumberOfConcurrentLocationRequests");

static const struct type failure = IS_SEQ(
    { 0x0a, "networkResource", &resource },
    { 0x30, "extensionContainer", &extension },
    { 0x80, "additionalNetworkResource", &more_resource },
    { 0x81, "failureCauseParam", &failure_cause });

static const struct type system_failure = IS_CHOICE(
    { 0x0a, "networkResource", &resource },
    { 0x30, "extensibleSystemFailureParam", &failure });

static const struct type sm_cause = IS_ENUM(
    "memoryCapacityExceeded", "equipmentProtocolError",
    "equipmentNotSM-Equipped", "unknownServiceCentre", "sc-Congestion",
    "invalidSME-Address", "subscriberNotSC-Subscriber");

static const struct type delivery_failure = IS_SEQ(
    { 0x0a, "sm-EnumeratedDeliveryFailureCause", &sm_cause },
    { 0x04, "diagnosticInfo", &octets },
    { 0x30, "extensionContainer", &extension });

static const struct type delivery_failure_v2 = IS_CHOICE(
    { 0x0a, "sm-EnumeratedDeliveryFailureCause", &sm_cause },
    { 0x30, "sm-DeliveryFailureCauseWithDiagnostic", &delivery_failure });

static const struct type absent_sm = IS_SEQ(
    { 0x02, "absentSubscriberDiagnosticSM", &integer },
    { 0x30, "extensionContainer", &extension },
    { 0x80, "additionalAbsentSubscriberDiagnosticSM", &integer },
    { 0x81, "imsi", &tbcd },
    { 0x82, "requestedRetransmissionTime", &octets },
    { 0x83, "userIdentifierAlert", &tbcd });

static const struct type unknown_diagnostic = IS_ENUM(
    "imsiUnknown", "gprs-eps-SubscriptionUnknown", "npdbMismatch");

static const struct type absent_reason = IS_ENUM(
    "imsiDetach", "restrictedArea", "noPageResponse", "purgedMS",
    "mtRoamingRetry", "busySubscriber");

static const struct type mwd_set = IS_CHOICE({ 0x01, "mwd-Set", &boolean });

/* The errors whose parameter is a SEQUENCE, taken together. */
static const struct type other_error = IS_SEQ(
    { 0x30, "extensionContainer", &extension },
    { 0x0a, "unknownSubscriberDiagnostic", &unknown_diagnostic },
    { 0x05, "gprsConnectionSuspended", &nothing });

static const struct type absent = IS_SEQ(
    { 0x30, "extensionContainer", &extension },
    { 0x80, "absentSubscriberReason", &absent_reason });

static const struct type unexpected = IS_SEQ(
    { 0x30, "extensionContainer", &extension },
    { 0x80, "unexpectedSubscriber", &nothing });

static const struct type not_supported = IS_SEQ(
    { 0x30, "extensionContainer", &extension },
    { 0x80, "shapeOfLocationEstimateNotSupported", &nothing },
    { 0x81, "neededLcsCapabilityNotSupportedInServingNode", &nothing });
/* clang-format on */

/* A string that came in pieces is joined; nobody nests them deeper. */
static void join(struct ber_el *el, uint8_t *room, size_t size)
{
    struct wr w = wr_init(room, size);
    struct ber_el piece;

    if (!(el->tag & 0x20))
        return;
    while (ber_next(&el->body, &piece))
        wr_bytes(&w, piece.body.p, rd_left(&piece.body));
    el->body.p = room;
    el->body.end = room + w.len;
}

static void tbcd_str(const uint8_t *p, size_t n, char *out, size_t size)
{
    static const char digit[] = "0123456789*#abc";
    size_t len = 0;

    for (size_t i = 0; i < 2 * n && len + 1 < size; i++) {
        unsigned d = i & 1 ? p[i / 2] >> 4 : p[i / 2] & 15U;

        if (d < 15)
            out[len++] = digit[d];
    }
    out[len] = '\0';
}

static json_t *tbcd_json(const struct ber_el *el)
{
    char digits[64];

    tbcd_str(el->body.p, rd_left(&el->body), digits, sizeof(digits));
    return json_string(digits);
}

static json_t *address_json(const struct ber_el *el)
{
    size_t n = rd_left(&el->body);
    const uint8_t *p = el->body.p;
    char digits[64];

    if (n == 0)
        return json_null();
    tbcd_str(p + 1, n - 1, digits, sizeof(digits));
    return json_pack("{s:o, s:i, s:i, s:i, s:s}", "hex", vec_hex(p, n), "ext",
                     p[0] >> 7, "noa", p[0] >> 4 & 7, "npi", p[0] & 15,
                     "digits", digits);
}

static json_t *enum_json(struct ber_el *el, const char *const *names)
{
    int32_t v = ber_int(&el->body, "ENUMERATED");

    for (int32_t i = 0; names[i] != NULL; i++)
        if (i == v)
            return json_string(names[i]);
    return json_integer(v);
}

static json_t *bits_json(const struct ber_el *el)
{
    size_t n = 8 * rd_left(&el->body);
    const uint8_t *p = el->body.p;
    char s[200] = "";

    if (n < 8 || n - 8 < p[0])
        return json_null();
    n -= 8u + p[0];
    for (size_t i = 0; i < n && i + 1 < sizeof(s); i++)
        s[i] = p[1 + i / 8] << i % 8 & 0x80 ? '1' : '0';
    return json_pack("{s:s}", "bits", s);
}

json_t *vec_oid(const uint8_t *p, size_t n)
{
    char s[200] = "";
    size_t len = 0;
    unsigned long v = 0;

    for (size_t i = 0; i < n && len < sizeof(s) - 30; i++) {
        v = v << 7 | (p[i] & 0x7f);
        if (p[i] & 0x80)
            continue;
        if (len == 0) {
            unsigned long root = v < 80 ? v / 40 : 2;

            len += (size_t)snprintf(s, sizeof(s), "%lu", root);
            v -= root * 40;
        }
        len += (size_t)snprintf(s + len, sizeof(s) - len, ".%lu", v);
        v = 0;
    }
    return json_string(s);
}

/* A private extension: its identifier and, unparsed, what follows it. */
static json_t *private_json(struct rd body)
{
    json_t *o = json_object();
    struct ber_el el;

    while (ber_next(&body, &el)) {
        char name[20];

        if (el.tag == 0x06) {
            json_object_set_new(o, "extId",
                                vec_oid(el.body.p, rd_left(&el.body)));
            continue;
        }
        /* class, constructed or not, number */
        snprintf(name, sizeof(name), "_unk_%u%u%u", el.tag >> 6 & 3,
                 el.tag >> 5 & 1, el.tag & 31);
        json_object_set_new(
            o, "extType",
            json_pack("{s:o}", name, vec_hex(el.body.p, rd_left(&el.body))));
    }
    return o;
}

/* It may hold what is not BER: its own errors stay in it. */
static json_t *extension_json(const struct ber_el *container)
{
    struct rd_err err;
    struct rd body =
        rd_init(container->body.p, rd_left(&container->body), &err);
    json_t *o = json_object();
    json_t *list = NULL;
    struct ber_el el, item;

    while (ber_next(&body, &el)) {
        if (el.tag == 0xa1)
            json_object_set_new(o, "pcs-Extensions", json_object());
        if (el.tag != 0xa0)
            continue;
        list = json_array();
        while (ber_next(&el.body, &item))
            json_array_append_new(list, private_json(item.body));
        json_object_set_new(o, "privateExtensionList", list);
    }
    return o;
}

static json_t *dump(struct ber_el *el, const struct type *t);

static bool same_tag(uint32_t have, uint32_t want)
{
    /* a string in pieces has the constructed form of its tag */
    return have == want || have == (want | 0x20);
}

static const struct field *choose(const struct type *t, uint32_t tag)
{
    const struct field *f = t->fields;

    while (f->name != NULL && !same_tag(tag, f->tag))
        f++;
    return f->name != NULL ? f : NULL;
}

static json_t *choice_json(struct ber_el *el, const struct type *t)
{
    const struct field *f = choose(t, el->tag);

    return f != NULL ? json_pack("{s:o}", f->name, dump(el, f->type)) : NULL;
}

static bool fits(const struct field *f, uint32_t tag)
{
    if (f->tag == UNTAGGED)
        return choose(f->type, tag) != NULL;
    return same_tag(tag, f->tag);
}

/* Elements come in the order of the type; unknown ones are stepped over. */
static json_t *seq_json(struct ber_el *seq, const struct type *t)
{
    const struct field *at = t->fields;
    json_t *o = json_object();
    struct ber_el el;

    while (ber_next(&seq->body, &el)) {
        const struct field *f = at;

        while (f->name != NULL && !fits(f, el.tag))
            f++;
        if (f->name == NULL)
            continue;
        at = f + 1;
        if (f->tag == UNTAGGED && f->name[0] == '\0') {
            json_decref(o);
            return choice_json(&el, f->type);
        }
        json_object_set_new(o, f->name, dump(&el, f->type));
    }
    return o;
}

static json_t *string_json(struct ber_el *el, enum kind kind)
{
    uint8_t room[1024];

    join(el, room, sizeof(room));
    if (kind == ADDRESS)
        return address_json(el);
    if (kind == TBCD)
        return tbcd_json(el);
    return vec_hex(el->body.p, rd_left(&el->body));
}

static json_t *dump(struct ber_el *el, const struct type *t)
{
    switch (t->kind) {
    case OCTETS:
    case ADDRESS:
    case TBCD:
        return string_json(el, t->kind);
    case BOOL:
        return json_boolean(rd_u8(&el->body, "BOOLEAN"));
    case INTEGER:
        return json_integer(ber_int(&el->body, "INTEGER"));
    case ENUM:
        return enum_json(el, t->names);
    case BITS:
        return bits_json(el);
    case NOTHING:
        return json_integer(0);
    case SEQ:
        return seq_json(el, t);
    case CHOICE:
        return choice_json(el, t);
    case EXTENSION:
        break;
    }
    return extension_json(el);
}

static const struct type *error_type(int code, int version)
{
    switch (code) {
    case 6:
        return &absent_sm;
    case 13:
        return &call_barred;
    case 21:
        return &not_supported;
    case 27:
        return version == 1 ? &mwd_set : &absent;
    case 32:
        return version >= 3 ? &delivery_failure : &delivery_failure_v2;
    case 34:
        return &system_failure;
    case 36:
        return &unexpected;
    default:
        return &other_error;
    }
}

static const struct type *op_type(int code, int version, bool invoke)
{
    switch (code) {
    case 44:
        return invoke ? &mt_arg_v3 : &fsm_res;
    case 45:
        if (invoke)
            return &sri_arg;
        return version >= 3 ? &sri_res_v3 : &sri_res_v2;
    case 46:
        if (!invoke)
            return &fsm_res;
        return version >= 3 ? &mo_arg_v3 : &fsm_arg;
    case 47:
        if (invoke)
            return &status_arg;
        return version >= 3 ? &status_res_v3 : &status_res_v2;
    case 48:
        return &note_arg;
    case 49:
    case 64:
        return &alert_arg;
    case 63:
        return &inform_arg;
    case 66:
        return invoke ? &ready_arg : &ready_res;
    default:
        return NULL;
    }
}

json_t *vec_asn1(struct vec *v, const struct vec_map *m, struct rd param)
{
    const struct type *t;
    struct rd_err err;
    struct rd r = rd_init(param.p, rd_left(&param), &err);
    struct ber_el el;
    json_t *o = NULL;

    if (strcmp(m->component, "error") == 0)
        t = error_type(m->code, m->version);
    else
        t = op_type(m->code, m->version, strcmp(m->component, "invoke") == 0);
    if (t == NULL) {
        vec_fail(v, "operation %d is not implemented", m->code);
        return NULL;
    }
    if (rd_left(&r) == 0)
        return json_object();
    if (ber_next(&r, &el))
        o = dump(&el, t);
    if (rd_ok(&r) && o != NULL)
        return o;
    vec_fail(v, "not as in its ASN.1: %s",
             err.what != NULL ? err.what : "no such element");
    json_decref(o);
    return NULL;
}

json_t *vec_extension(struct rd body)
{
    struct rd_err err;
    struct rd r = rd_init(body.p, rd_left(&body), &err);
    struct ber_el el;

    while (ber_next(&r, &el))
        if (el.tag == 0x30)
            return extension_json(&el);
    return NULL;
}

static void shortest(struct wr *w, struct rd r)
{
    struct ber_el el;
    size_t mark;

    while (ber_next(&r, &el)) {
        if (!(el.tag & 0x20)) {
            ber_put(w, el.tag, el.body.p, rd_left(&el.body));
            continue;
        }
        mark = ber_open(w, el.tag);
        shortest(w, el.body);
        ber_close(w, mark);
    }
}

bool vec_ber_shortest(struct wr *w, struct rd r)
{
    struct rd_err err;

    r = rd_init(r.p, rd_left(&r), &err);
    shortest(w, r);
    return rd_ok(&r) && wr_ok(w);
}

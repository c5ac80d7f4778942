/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_err.c - MAP errors and what they mean (TS 29.002 17.6.6, 17.7.7)
 *
 * In version 3 nearly every error has an optional SEQUENCE as its parameter;
 * the older versions (ETS 300 599) have a bare value or none. What is
 * optional and would say nothing is left out.
 */

#include "map_err.h"

#include <string.h>

#include "map_ber.h"

const char *map_err_str(enum map_error code)
{
    switch (code) {
    case MAP_ERR_NONE:
        return "none";
    case MAP_ERR_UNKNOWN_SUBSCRIBER:
        return "unknownSubscriber";
    case MAP_ERR_UNIDENTIFIED_SUBSCRIBER:
        return "unidentifiedSubscriber";
    case MAP_ERR_ABSENT_SUBSCRIBER_SM:
        return "absentSubscriberSM";
    case MAP_ERR_ILLEGAL_SUBSCRIBER:
        return "illegalSubscriber";
    case MAP_ERR_TELESERVICE_NOT_PROVISIONED:
        return "teleserviceNotProvisioned";
    case MAP_ERR_ILLEGAL_EQUIPMENT:
        return "illegalEquipment";
    case MAP_ERR_CALL_BARRED:
        return "callBarred";
    case MAP_ERR_FACILITY_NOT_SUPPORTED:
        return "facilityNotSupported";
    case MAP_ERR_ABSENT_SUBSCRIBER:
        return "absentSubscriber";
    case MAP_ERR_SUBSCRIBER_BUSY:
        return "subscriberBusyForMT-SMS";
    case MAP_ERR_SM_DELIVERY_FAILURE:
        return "sm-DeliveryFailure";
    case MAP_ERR_MESSAGE_WAITING_LIST_FULL:
        return "messageWaitingListFull";
    case MAP_ERR_SYSTEM_FAILURE:
        return "systemFailure";
    case MAP_ERR_DATA_MISSING:
        return "dataMissing";
    case MAP_ERR_UNEXPECTED_DATA_VALUE:
        return "unexpectedDataValue";
    }
    return "unknown error";
}

/* Which operation may say it. */
enum { OF_SRI = 1, OF_MT = 2, OF_BOTH = OF_SRI | OF_MT };

static const struct {
    const char *name;
    unsigned of;
    struct map_err err;
} named[] = {
    { "systemFailure", OF_BOTH, { MAP_ERR_SYSTEM_FAILURE, -1 } },
    { "unknownSubscriber", OF_SRI, { MAP_ERR_UNKNOWN_SUBSCRIBER, -1 } },
    { "callBarred", OF_SRI, { MAP_ERR_CALL_BARRED, -1 } },
    { "teleserviceNotProvisioned",
      OF_SRI,
      { MAP_ERR_TELESERVICE_NOT_PROVISIONED, -1 } },
    { "memoryCapacityExceeded",
      OF_MT,
      { MAP_ERR_SM_DELIVERY_FAILURE, MAP_SM_MEMORY_CAPACITY_EXCEEDED } },
    { "equipmentProtocolError",
      OF_MT,
      { MAP_ERR_SM_DELIVERY_FAILURE, MAP_SM_EQUIPMENT_PROTOCOL_ERROR } },
    { "equipmentNotSM-Equipped",
      OF_MT,
      { MAP_ERR_SM_DELIVERY_FAILURE, MAP_SM_EQUIPMENT_NOT_SM_EQUIPPED } },
    { "absentSubscriber", OF_BOTH, { MAP_ERR_ABSENT_SUBSCRIBER_SM, -1 } },
    { "subscriberBusy", OF_MT, { MAP_ERR_SUBSCRIBER_BUSY, -1 } },
    { "unidentifiedSubscriber",
      OF_MT,
      { MAP_ERR_UNIDENTIFIED_SUBSCRIBER, -1 } },
    { "illegalSubscriber", OF_MT, { MAP_ERR_ILLEGAL_SUBSCRIBER, -1 } },
    { "illegalEquipment", OF_MT, { MAP_ERR_ILLEGAL_EQUIPMENT, -1 } },
    { "facilityNotSupported", OF_BOTH, { MAP_ERR_FACILITY_NOT_SUPPORTED, -1 } },
    { "unexpectedDataValue", OF_BOTH, { MAP_ERR_UNEXPECTED_DATA_VALUE, -1 } },
};
enum { NAMED = sizeof(named) / sizeof(named[0]) };

const char *map_err_name(unsigned i, bool sri)
{
    unsigned of = sri ? OF_SRI : OF_MT;

    for (unsigned n = 0; n < NAMED; n++)
        if ((named[n].of & of) != 0 && i-- == 0)
            return named[n].name;
    return NULL;
}

bool map_err_named(const char *name, bool sri, struct map_err *err)
{
    unsigned of = sri ? OF_SRI : OF_MT;

    for (unsigned n = 0; n < NAMED; n++)
        if ((named[n].of & of) != 0 && strcmp(named[n].name, name) == 0) {
            *err = named[n].err;
            return true;
        }
    return false;
}

struct map_err map_err_for_version(struct map_err e, uint8_t version)
{
    static const struct {
        enum map_error code;
        uint8_t from, to; /* versions in which it is said otherwise */
        enum map_error instead;
    } others[] = {
        { MAP_ERR_ABSENT_SUBSCRIBER_SM, 1, 2, MAP_ERR_ABSENT_SUBSCRIBER },
        { MAP_ERR_ABSENT_SUBSCRIBER, 3, 3, MAP_ERR_ABSENT_SUBSCRIBER_SM },
        { MAP_ERR_ILLEGAL_EQUIPMENT, 1, 1, MAP_ERR_ILLEGAL_SUBSCRIBER },
        { MAP_ERR_SUBSCRIBER_BUSY, 1, 1, MAP_ERR_SYSTEM_FAILURE },
        { MAP_ERR_DATA_MISSING, 1, 1, MAP_ERR_UNEXPECTED_DATA_VALUE },
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (e.code == others[i].code && version >= others[i].from &&
            version <= others[i].to)
            return (struct map_err){ .code = others[i].instead, .cause = -1 };
    }
    return e;
}

struct map_err map_err_of_verdict(enum verdict v)
{
    switch (v) {
    case VERDICT_OK:
        return (struct map_err){ .code = MAP_ERR_NONE, .cause = -1 };
    case VERDICT_PERMFAIL:
        return (struct map_err){ .code = MAP_ERR_SM_DELIVERY_FAILURE,
                                 .cause = MAP_SM_EQUIPMENT_PROTOCOL_ERROR };
    case VERDICT_TEMPFAIL:
        break;
    }
    return (struct map_err){ .code = MAP_ERR_SYSTEM_FAILURE, .cause = -1 };
}

/*
 * diagnosticInfo: the SMS-DELIVER-REPORT for RP-ERROR (TS 23.040 9.2.2.1a)
 * that a mobile would have sent, TP-FCS and an empty TP-PI. Causes that a
 * mobile does not report have none.
 */
static void write_deliver_report(struct wr *w, int16_t cause)
{
    enum { FCS_MEMORY_EXCEEDED = 0xd3, FCS_UNSPECIFIED = 0xff };
    uint8_t report[] = { 0x00, FCS_UNSPECIFIED, 0x00 };

    if (cause == MAP_SM_MEMORY_CAPACITY_EXCEEDED)
        report[1] = FCS_MEMORY_EXCEEDED;
    else if (cause != MAP_SM_EQUIPMENT_PROTOCOL_ERROR)
        return;
    ber_put(w, 0x04, report, sizeof(report));
}

/*
 * SM-DeliveryFailureCause ::= SEQUENCE {
 *     sm-EnumeratedDeliveryFailureCause SM-EnumeratedDeliveryFailureCause,
 *     diagnosticInfo                    SignalInfo OPTIONAL, ... }
 *
 * In version 1 the cause stands alone.
 */
static void write_sm_cause(struct wr *w, int16_t cause, uint8_t version)
{
    size_t seq;

    if (cause < 0)
        cause = MAP_SM_EQUIPMENT_PROTOCOL_ERROR; /* it is mandatory */
    if (version < 2) {
        ber_put_int(w, 0x0a, cause);
        return;
    }
    seq = ber_open(w, 0x30);
    ber_put_int(w, 0x0a, cause);
    write_deliver_report(w, cause);
    ber_close(w, seq);
}

void map_err_write(struct wr *w, const struct map_err *e, uint8_t version)
{
    bool absent = e->code == MAP_ERR_ABSENT_SUBSCRIBER_SM;
    size_t seq;

    if (e->code == MAP_ERR_SM_DELIVERY_FAILURE) {
        write_sm_cause(w, e->cause, version);
        return;
    }
    if (e->cause < 0 || (!absent && e->code != MAP_ERR_CALL_BARRED &&
                         e->code != MAP_ERR_SYSTEM_FAILURE))
        return;
    if (version >= 3) {
        seq = ber_open(w, 0x30);
        ber_put_int(w, absent ? 0x02 : 0x0a, e->cause);
        ber_close(w, seq);
    } else if (!absent) {
        ber_put_int(w, 0x0a, e->cause);
    }
}

/* The cause at the front of `r', if that is what stands there. */
static void read_cause(struct rd *r, uint32_t tag, struct map_err *e)
{
    struct rd body;
    int32_t v;

    if (!ber_opt(r, tag, &body))
        return;
    v = ber_int(&body, "error cause");
    if (v < 0 || v > 0xff)
        rd_fail(r, "error cause range");
    else
        e->cause = (int16_t)v;
}

void map_err_read(struct rd *r, enum map_error code, uint8_t version,
                  struct map_err *e)
{
    uint32_t tag = 0x0a;
    struct rd seq;

    *e = (struct map_err){ .code = code, .cause = -1 };
    switch (code) {
    case MAP_ERR_ABSENT_SUBSCRIBER_SM:
        tag = 0x02;
        break;
    case MAP_ERR_CALL_BARRED:
    case MAP_ERR_SM_DELIVERY_FAILURE:
    case MAP_ERR_SYSTEM_FAILURE:
        break;
    default:
        map_skip_rest(r); /* whatever it says, the code says enough */
        return;
    }
    if (ber_opt(r, 0x30, &seq)) {
        read_cause(&seq, tag, e);
        map_skip_rest(&seq);
    } else {
        /* version 3 forbids it to senders; some send it all the same */
        read_cause(r, tag, e);
    }
    if (code == MAP_ERR_SM_DELIVERY_FAILURE && e->cause < 0)
        rd_fail(r, "sm-EnumeratedDeliveryFailureCause");
    (void)version;
    rd_end(r, "error parameter");
}

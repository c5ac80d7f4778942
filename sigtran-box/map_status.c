/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_status.c - MAP reportSM-DeliveryStatus, operation code 47
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes); ETS 300 599 for versions 1 and 2. An
 * SMSC tells the HLR that a message could not be delivered, and wants to be
 * alerted when it is worth trying again.
 */

#include "map_status.h"

#include "map_ber.h"

#include <string.h>

static void read_outcome(struct rd body, struct map_status_arg *arg)
{
    int32_t v = ber_int(&body, "sm-DeliveryOutcome");

    if (v < MAP_OUTCOME_MEMORY_FULL || v > MAP_OUTCOME_SUCCESS)
        rd_fail(&body, "sm-DeliveryOutcome value");
    arg->has_outcome = true;
    arg->outcome = (uint8_t)v;
}

static void read_diagnostic(struct rd body, struct map_status_arg *arg)
{
    int32_t v = ber_int(&body, "absentSubscriberDiagnosticSM");

    if (v >= 0 && v <= 0xff)
        arg->diagnostic = (int16_t)v;
}

/*
 * ReportSM-DeliveryStatusArg ::= SEQUENCE {
 *     msisdn                       ISDN-AddressString,
 *     serviceCentreAddress         AddressString,
 *     sm-DeliveryOutcome           SM-DeliveryOutcome,
 *     absentSubscriberDiagnosticSM [0] AbsentSubscriberDiagnosticSM OPTIONAL,
 *     extensionContainer           [1] ExtensionContainer OPTIONAL,
 *     ... }
 *
 * What follows tells of GPRS, IMS and SMSF, which this node has none of.
 * Version 1 has the first two alone.
 */
void map_status_arg_read(struct rd *r, uint8_t version,
                         struct map_status_arg *arg)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "ReportSM-DeliveryStatusArg");
    struct rd body;

    memset(arg, 0, sizeof(*arg));
    arg->diagnostic = -1;
    body = map_str_req(&seq, 0x04, "msisdn", &room);
    map_addr_read(&body, &arg->msisdn);
    body = map_str_req(&seq, 0x04, "serviceCentreAddress", &room);
    map_addr_read(&body, &arg->sc_addr);
    if (version >= 3)
        read_outcome(ber_req(&seq, 0x0a, "sm-DeliveryOutcome"), arg);
    else if (version == 2 && ber_opt(&seq, 0x0a, &body))
        read_outcome(body, arg);
    if (version >= 3 && ber_opt(&seq, 0x80, &body))
        read_diagnostic(body, arg);
    map_skip_rest(&seq);
}

void map_status_arg_write(struct wr *w, uint8_t version,
                          const struct map_status_arg *arg)
{
    size_t seq = ber_open(w, 0x30);

    map_addr_write(w, 0x04, &arg->msisdn);
    map_addr_write(w, 0x04, &arg->sc_addr);
    if (version >= 2 && arg->has_outcome)
        ber_put_int(w, 0x0a, arg->outcome);
    if (version >= 3 && arg->diagnostic >= 0)
        ber_put_int(w, 0x80, arg->diagnostic);
    ber_close(w, seq);
}

/*
 * ReportSM-DeliveryStatusRes ::= SEQUENCE {
 *     storedMSISDN       ISDN-AddressString OPTIONAL,
 *     extensionContainer ExtensionContainer OPTIONAL, ... }
 *
 * In version 2 the storedMSISDN stands alone, in version 1 there is nothing.
 */
void map_status_res_read(struct rd *r, uint8_t version,
                         struct map_status_res *res)
{
    struct map_str room;
    struct rd seq = *r;
    struct rd body;

    memset(res, 0, sizeof(*res));
    if (rd_left(r) == 0)
        return;
    if (version >= 3)
        seq = ber_req(r, 0x30, "ReportSM-DeliveryStatusRes");
    res->has_stored = version >= 2 && map_str_opt(&seq, 0x04, &body, &room);
    if (res->has_stored)
        map_addr_read(&body, &res->stored);
    map_skip_rest(&seq);
}

void map_status_res_write(struct wr *w, uint8_t version,
                          const struct map_status_res *res)
{
    size_t seq;

    if (version < 2 || !res->has_stored)
        return;
    if (version == 2) {
        map_addr_write(w, 0x04, &res->stored);
        return;
    }
    seq = ber_open(w, 0x30);
    map_addr_write(w, 0x04, &res->stored);
    ber_close(w, seq);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert.c - MAP alertServiceCentre and alertServiceCentreWithoutResult
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes); ETS 300 599 for version 1, whose
 * operation has another code and no answer, but the same argument. The HLR
 * tells an SMSC that it is worth trying again.
 */

#include "map_alert.h"

#include "map_ber.h"

#include <string.h>

/*
 * AlertServiceCentreArg ::= SEQUENCE {
 *     msisdn               ISDN-AddressString,
 *     serviceCentreAddress AddressString, ... }
 */
void map_alert_arg_read(struct rd *r, struct map_alert_arg *arg)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "AlertServiceCentreArg");
    struct rd body;

    memset(arg, 0, sizeof(*arg));
    body = map_str_req(&seq, 0x04, "msisdn", &room);
    map_addr_read(&body, &arg->msisdn);
    body = map_str_req(&seq, 0x04, "serviceCentreAddress", &room);
    map_addr_read(&body, &arg->sc_addr);
    map_skip_rest(&seq);
}

void map_alert_arg_write(struct wr *w, const struct map_alert_arg *arg)
{
    size_t seq = ber_open(w, 0x30);

    map_addr_write(w, 0x04, &arg->msisdn);
    map_addr_write(w, 0x04, &arg->sc_addr);
    ber_close(w, seq);
}

void map_alert_res_read(struct rd *r)
{
    map_skip_rest(r);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_sri_sm.c - MAP sendRoutingInfoForSM, operation code 45
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes). An SMSC asks where to send a short
 * message; the HLR answers with an IMSI and the number of the node that takes
 * it. Both directions of the operation live in this file.
 */

#include "map_sri_sm.h"

#include "map_ber.h"

#include <string.h>

/* One element behind the extension marker, or a version 1 one before it. */
static void read_option(struct ber_el *el, uint8_t version,
                        struct map_sri_sm_arg *arg)
{
    int32_t v;

    switch (el->tag) {
    case 0x87:
        arg->gprs_support = version >= 2;
        break;
    case 0x8a:
        v = ber_int(&el->body, "sm-deliveryNotIntended");
        /* an ENUMERATED that may grow: values of later versions say nothing */
        arg->delivery_not_intended = version >= 3 && (v == 0 || v == 1);
        arg->not_intended = arg->delivery_not_intended ? (uint8_t)v : 0;
        break;
    default:
        map_skip(el);
    }
}

/*
 * RoutingInfoForSM-Arg ::= SEQUENCE {
 *     msisdn                 [0] ISDN-AddressString,
 *     sm-RP-PRI              [1] BOOLEAN,
 *     serviceCentreAddress   [2] AddressString,
 *     extensionContainer     [6] ExtensionContainer OPTIONAL,
 *     ... ,
 *     gprsSupportIndicator   [7] NULL OPTIONAL,
 *     sm-deliveryNotIntended [10] SM-DeliveryNotIntended OPTIONAL, ... }
 *
 * In version 1 a teleservice [5] may follow the three.
 */
void map_sri_sm_arg_read(struct rd *r, uint8_t version,
                         struct map_sri_sm_arg *arg)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "RoutingInfoForSM-Arg");
    struct rd body;
    struct ber_el el;

    memset(arg, 0, sizeof(*arg));
    body = map_str_req(&seq, 0x80, "msisdn", &room);
    map_addr_read(&body, &arg->msisdn);
    body = ber_req(&seq, 0x81, "sm-RP-PRI");
    arg->priority = rd_u8(&body, "sm-RP-PRI") != 0;
    body = map_str_req(&seq, 0x82, "serviceCentreAddress", &room);
    map_addr_read(&body, &arg->sc_addr);
    while (ber_next(&seq, &el))
        read_option(&el, version, arg);
}

void map_sri_sm_arg_write(struct wr *w, uint8_t version,
                          const struct map_sri_sm_arg *arg)
{
    const uint8_t priority = arg->priority ? 0xff : 0;
    size_t seq = ber_open(w, 0x30);

    map_addr_write(w, 0x80, &arg->msisdn);
    ber_put(w, 0x81, &priority, 1);
    map_addr_write(w, 0x82, &arg->sc_addr);
    if (version >= 2 && arg->gprs_support)
        ber_put(w, 0x87, NULL, 0);
    if (version >= 3 && arg->delivery_not_intended)
        ber_put_int(w, 0x8a, arg->not_intended);
    ber_close(w, seq);
}

/*
 * LocationInfoWithLMSI ::= SEQUENCE {
 *     networkNode-Number [1] ISDN-AddressString,
 *     lmsi               LMSI OPTIONAL, ... }
 *
 * Versions 1 and 2 have a CHOICE in front, of which msc-Number [1] is the
 * same on the wire; the other, roamingNumber [0], is for version 1 only.
 */
static void read_location(struct rd loc, uint8_t version,
                          struct map_sri_sm_res *res)
{
    struct map_str room;
    struct ber_el el = { .body = loc };

    if (ber_next(&loc, &el))
        map_str_join(&el, &room);
    if (el.tag != 0x81 && !(el.tag == 0x80 && version == 1))
        rd_fail(&loc, "networkNode-Number");
    map_addr_read(&el.body, &res->node);

    for (bool first = true; ber_next(&loc, &el); first = false) {
        if (!first || (el.tag != 0x04 && el.tag != 0x24)) {
            map_skip(&el);
            continue;
        }
        map_str_join(&el, &room);
        if (rd_left(&el.body) != sizeof(res->lmsi)) {
            rd_fail(&loc, "lmsi size");
            return;
        }
        memcpy(res->lmsi, el.body.p, sizeof(res->lmsi));
        res->lmsi_len = sizeof(res->lmsi);
    }
}

/*
 * RoutingInfoForSM-Res ::= SEQUENCE {
 *     imsi                 IMSI,
 *     locationInfoWithLMSI [0] LocationInfoWithLMSI,
 *     extensionContainer   [4] ExtensionContainer OPTIONAL, ... }
 */
void map_sri_sm_res_read(struct rd *r, uint8_t version,
                         struct map_sri_sm_res *res)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "RoutingInfoForSM-Res");
    struct rd imsi = map_str_req(&seq, 0x04, "imsi", &room);

    memset(res, 0, sizeof(*res));
    map_imsi_read(&imsi, res->imsi);
    read_location(ber_req(&seq, 0xa0, "locationInfoWithLMSI"), version, res);
    map_skip_rest(&seq);
}

void map_sri_sm_res_write(struct wr *w, uint8_t version,
                          const struct map_sri_sm_res *res)
{
    size_t seq = ber_open(w, 0x30);
    size_t loc;

    (void)version; /* the same octets in all of them */
    map_imsi_write(w, 0x04, res->imsi);
    loc = ber_open(w, 0xa0);
    map_addr_write(w, 0x81, &res->node);
    ber_close(w, loc);
    ber_close(w, seq);
}

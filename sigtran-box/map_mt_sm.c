/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_mt_sm.c - MAP mt-ForwardSM (44, v3) and forwardSM (46, v1 and v2)
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes); ETS 300 599 for versions 1 and 2. The
 * argument of mo-ForwardSM (46, v3) begins with the same three elements, so
 * that one is read here too: SM-RP-DA tells which it is.
 */

#include "map_mt_sm.h"

#include "map_ber.h"

#include <string.h>

/*
 * SM-RP-DA ::= CHOICE {
 *     imsi                   [0] IMSI,
 *     lmsi                   [1] LMSI,
 *     roamingNumber          [3] ISDN-AddressString, -- version 1 only
 *     serviceCentreAddressDA [4] AddressString,
 *     noSM-RP-DA             [5] NULL }
 */
static void read_da(struct rd *seq, uint8_t version, struct map_mt_sm_arg *arg)
{
    struct map_str room;
    struct ber_el el = { .body = *seq };

    if (ber_next(seq, &el))
        map_str_join(&el, &room);
    switch (el.tag) {
    case 0x80:
        arg->da = MAP_DA_IMSI;
        map_imsi_read(&el.body, arg->imsi);
        return;
    case 0x81:
        arg->da = MAP_DA_LMSI;
        if (rd_left(&el.body) == sizeof(arg->lmsi))
            memcpy(arg->lmsi, el.body.p, sizeof(arg->lmsi));
        else
            rd_fail(&el.body, "lmsi size");
        return;
    case 0x84:
        arg->da = MAP_DA_SERVICE_CENTRE;
        map_addr_read(&el.body, &arg->da_addr);
        return;
    case 0x85:
        arg->da = MAP_DA_NONE;
        return;
    case 0x83:
        if (version == 1) {
            arg->da = MAP_DA_ROAMING;
            map_addr_read(&el.body, &arg->da_addr);
            return;
        }
    }
    rd_fail(seq, "sm-RP-DA");
}

/*
 * SM-RP-OA ::= CHOICE {
 *     msisdn                 [2] ISDN-AddressString,
 *     serviceCentreAddressOA [4] AddressString,
 *     noSM-RP-OA             [5] NULL }
 */
static void read_oa(struct rd *seq, struct map_mt_sm_arg *arg)
{
    struct map_str room;
    struct ber_el el = { .body = *seq };

    if (ber_next(seq, &el))
        map_str_join(&el, &room);
    switch (el.tag) {
    case 0x82:
        arg->oa = MAP_OA_MSISDN;
        map_addr_read(&el.body, &arg->oa_addr);
        break;
    case 0x84:
        arg->oa = MAP_OA_SERVICE_CENTRE;
        map_addr_read(&el.body, &arg->oa_addr);
        break;
    case 0x85:
        arg->oa = MAP_OA_NONE;
        break;
    default:
        rd_fail(seq, "sm-RP-OA");
    }
}

static void read_tpdu(struct rd *seq, struct map_mt_sm_arg *arg)
{
    struct map_str room;
    struct rd ui = map_str_req(seq, 0x04, "sm-RP-UI", &room);
    size_t n = rd_left(&ui);

    if (n < 1 || n > sizeof(arg->tpdu)) {
        rd_fail(&ui, "sm-RP-UI size");
        return;
    }
    memcpy(arg->tpdu, ui.p, n);
    arg->tpdu_len = (uint8_t)n;
}

/*
 * MT-ForwardSM-Arg ::= SEQUENCE {
 *     sm-RP-DA            SM-RP-DA,
 *     sm-RP-OA            SM-RP-OA,
 *     sm-RP-UI            SignalInfo,
 *     moreMessagesToSend  NULL OPTIONAL,
 *     extensionContainer  ExtensionContainer OPTIONAL,
 *     ...,
 *     smDeliveryTimer     SM-DeliveryTimerValue OPTIONAL,
 *     smDeliveryStartTime Time OPTIONAL, ... }
 *
 * The tags of DA and OA overlap, and OCTET STRINGs follow sm-RP-UI: only the
 * order tells which element is which.
 */
void map_mt_sm_arg_read(struct rd *r, uint8_t version,
                        struct map_mt_sm_arg *arg)
{
    struct rd seq = ber_req(r, 0x30, "MT-ForwardSM-Arg");
    struct ber_el ext = { .tag = 0x30 };
    struct rd body;
    int32_t seconds;

    memset(arg, 0, offsetof(struct map_mt_sm_arg, tpdu));
    read_da(&seq, version, arg);
    read_oa(&seq, arg);
    read_tpdu(&seq, arg);
    arg->more = version >= 2 && ber_opt(&seq, 0x05, &body);
    if (ber_opt(&seq, ext.tag, &ext.body))
        map_skip(&ext);
    if (version >= 3 && ber_opt(&seq, 0x02, &body)) {
        seconds = ber_int(&body, "smDeliveryTimer");
        arg->delivery_timer_s = seconds > 0 ? (uint32_t)seconds : 0;
    }
    map_skip_rest(&seq);
}

static void write_da(struct wr *w, const struct map_mt_sm_arg *arg)
{
    switch (arg->da) {
    case MAP_DA_IMSI:
        map_imsi_write(w, 0x80, arg->imsi);
        break;
    case MAP_DA_LMSI:
        ber_put(w, 0x81, arg->lmsi, sizeof(arg->lmsi));
        break;
    case MAP_DA_ROAMING:
        map_addr_write(w, 0x83, &arg->da_addr);
        break;
    case MAP_DA_SERVICE_CENTRE:
        map_addr_write(w, 0x84, &arg->da_addr);
        break;
    case MAP_DA_NONE:
        ber_put(w, 0x85, NULL, 0);
        break;
    }
}

static void write_oa(struct wr *w, const struct map_mt_sm_arg *arg)
{
    switch (arg->oa) {
    case MAP_OA_MSISDN:
        map_addr_write(w, 0x82, &arg->oa_addr);
        break;
    case MAP_OA_SERVICE_CENTRE:
        map_addr_write(w, 0x84, &arg->oa_addr);
        break;
    case MAP_OA_NONE:
        ber_put(w, 0x85, NULL, 0);
        break;
    }
}

void map_mt_sm_arg_write(struct wr *w, uint8_t version,
                         const struct map_mt_sm_arg *arg)
{
    size_t seq = ber_open(w, 0x30);

    write_da(w, arg);
    write_oa(w, arg);
    ber_put(w, 0x04, arg->tpdu, arg->tpdu_len);
    if (version >= 2 && arg->more)
        ber_put(w, 0x05, NULL, 0);
    if (version >= 3 && arg->delivery_timer_s > 0)
        ber_put_int(w, 0x02, (int32_t)arg->delivery_timer_s);
    ber_close(w, seq);
}

/*
 * MT-ForwardSM-Res ::= SEQUENCE {
 *     sm-RP-UI           SignalInfo OPTIONAL,
 *     extensionContainer ExtensionContainer OPTIONAL, ... }
 *
 * Versions 1 and 2 define none; one that comes all the same does no harm.
 */
void map_mt_sm_res_read(struct rd *r, uint8_t version)
{
    struct rd seq;

    if (rd_left(r) == 0)
        return;
    if (version < 3) {
        map_skip_rest(r);
        return;
    }
    seq = ber_req(r, 0x30, "MT-ForwardSM-Res");
    map_skip_rest(&seq);
}

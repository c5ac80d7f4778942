/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_inform.c - MAP informServiceCentre, operation code 63
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes); ETS 300 599 for version 2. It goes
 * from the HLR to the SMSC in the answer to sendRoutingInfoForSM, and tells
 * what the HLR knows about messages that wait.
 */

#include "map_inform.h"

#include "map_ber.h"

#include <string.h>

enum { MW_BITS_MAX = 16 };

/*
 * BIT STRING: how many bits of the last octet are unused, then the octets. Its
 * bits are named, so an encoder may leave out trailing zeros (X.680 22.7):
 * missing bits are 0.
 */
static void read_status(struct rd body, struct map_inform_arg *arg)
{
    uint8_t unused = rd_u8(&body, "mw-Status");
    size_t n = rd_left(&body);
    const uint8_t *p = rd_take(&body, n, "mw-Status");

    if (!rd_ok(&body) || n > 2 || unused > 7 || 8 * n < unused) {
        rd_fail(&body, "mw-Status size");
        return;
    }
    arg->mw_bits = (uint8_t)(8 * n - unused);
    arg->mw = (uint16_t)((n > 0 ? p[0] << 8 : 0) | (n > 1 ? p[1] : 0));
    arg->mw &= (uint16_t)(0xffffu << (MW_BITS_MAX - arg->mw_bits));
    if (arg->mw_bits < MAP_MW_BITS)
        arg->mw_bits = MAP_MW_BITS;
}

static void write_status(struct wr *w, uint16_t mw, uint8_t bits)
{
    uint8_t n = bits > 8 ? 2 : 1;
    uint8_t octets[] = { (uint8_t)(8 * n - bits), (uint8_t)(mw >> 8),
                         (uint8_t)mw };

    ber_put(w, 0x03, octets, 1u + n);
}

/*
 * InformServiceCentreArg ::= SEQUENCE {
 *     storedMSISDN                 ISDN-AddressString OPTIONAL,
 *     mw-Status                    MW-Status OPTIONAL,
 *     extensionContainer           ExtensionContainer OPTIONAL,
 *     ...,
 *     absentSubscriberDiagnosticSM AbsentSubscriberDiagnosticSM OPTIONAL, ... }
 */
void map_inform_arg_read(struct rd *r, uint8_t version,
                         struct map_inform_arg *arg)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "InformServiceCentreArg");
    struct ber_el ext = { .tag = 0x30 };
    struct rd body;
    int32_t v;

    memset(arg, 0, sizeof(*arg));
    arg->diagnostic = -1;
    arg->has_stored = map_str_opt(&seq, 0x04, &body, &room);
    if (arg->has_stored)
        map_addr_read(&body, &arg->stored);
    if (ber_opt(&seq, 0x03, &body))
        read_status(body, arg);
    if (ber_opt(&seq, ext.tag, &ext.body))
        map_skip(&ext);
    if (version >= 3 && ber_opt(&seq, 0x02, &body)) {
        v = ber_int(&body, "absentSubscriberDiagnosticSM");
        arg->diagnostic = v >= 0 && v <= 0xff ? (int16_t)v : -1;
    }
    map_skip_rest(&seq);
}

void map_inform_arg_write(struct wr *w, uint8_t version,
                          const struct map_inform_arg *arg)
{
    size_t seq = ber_open(w, 0x30);

    if (arg->has_stored)
        map_addr_write(w, 0x04, &arg->stored);
    if (arg->mw_bits > 0)
        write_status(w, arg->mw, arg->mw_bits);
    if (version >= 3 && arg->diagnostic >= 0)
        ber_put_int(w, 0x02, arg->diagnostic);
    ber_close(w, seq);
}

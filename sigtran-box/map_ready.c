/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_ready.c - MAP readyForSM and noteSubscriberPresent
 *
 * TS 29.002 17.7.6 (MAP-SM-DataTypes); ETS 300 599 for versions 1 and 2. A
 * VLR or SGSN tells the HLR that a mobile can take messages again.
 */

#include "map_ready.h"

#include "map_ber.h"

#include <string.h>

/*
 * ReadyForSM-Arg ::= SEQUENCE {
 *     imsi                 [0] IMSI,
 *     alertReason          AlertReason,
 *     alertReasonIndicator NULL OPTIONAL,
 *     extensionContainer   ExtensionContainer OPTIONAL, ... }
 */
void map_ready_arg_read(struct rd *r, struct map_ready_arg *arg)
{
    struct map_str room;
    struct rd seq = ber_req(r, 0x30, "ReadyForSM-Arg");
    struct rd body;
    int32_t v;

    memset(arg, 0, sizeof(*arg));
    body = map_str_req(&seq, 0x80, "imsi", &room);
    map_imsi_read(&body, arg->imsi);
    body = ber_req(&seq, 0x0a, "alertReason");
    v = ber_int(&body, "alertReason");
    if (v < MAP_READY_PRESENT || v > MAP_READY_MEMORY)
        rd_fail(&body, "alertReason value");
    arg->reason = (uint8_t)v;
    map_skip_rest(&seq);
}

void map_ready_arg_write(struct wr *w, const struct map_ready_arg *arg)
{
    size_t seq = ber_open(w, 0x30);

    map_imsi_write(w, 0x80, arg->imsi);
    ber_put_int(w, 0x0a, arg->reason);
    ber_close(w, seq);
}

/* The argument of noteSubscriberPresent is an IMSI alone. */
void map_note_arg_read(struct rd *r, struct map_ready_arg *arg)
{
    struct map_str room;
    struct rd body = map_str_req(r, 0x04, "imsi", &room);

    memset(arg, 0, sizeof(*arg));
    map_imsi_read(&body, arg->imsi);
}

void map_note_arg_write(struct wr *w, const struct map_ready_arg *arg)
{
    map_imsi_write(w, 0x04, arg->imsi);
}

/*
 * ReadyForSM-Res ::= SEQUENCE {
 *     extensionContainer ExtensionContainer OPTIONAL, ... }
 *
 * Version 2 defines none; one that comes all the same does no harm.
 */
void map_ready_res_read(struct rd *r, uint8_t version)
{
    struct rd seq = *r;

    if (rd_left(r) == 0)
        return;
    if (version >= 3)
        seq = ber_req(r, 0x30, "ReadyForSM-Res");
    map_skip_rest(&seq);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_dlg.c - MAP dialogue PDUs (TS 29.002, MAP-DialogueInformation)
 */

#include "map_dlg.h"

#include "map_ber.h"

#include <string.h>

/*
 * MAP-OpenInfo ::= SEQUENCE {
 *     destinationReference [0] AddressString OPTIONAL,
 *     originationReference [1] AddressString OPTIONAL, ... }
 */
static void read_open(struct rd *r, struct map_dlg *d)
{
    struct rd body;

    d->has_dest = ber_opt(r, 0x80, &body);
    if (d->has_dest)
        map_addr_read(&body, &d->dest);
    d->has_orig = ber_opt(r, 0x81, &body);
    if (d->has_orig)
        map_addr_read(&body, &d->orig);
}

/* map-UserAbortChoice: two of the four are NULL, the others ENUMERATED. */
static void read_user_abort(struct rd *r, struct map_dlg *d)
{
    struct ber_el el;

    if (!ber_next(r, &el) || el.tag < MAP_ABORT_USER_SPECIFIC ||
        el.tag > MAP_ABORT_PROCEDURE_CANCELLED) {
        rd_fail(r, "map-UserAbortChoice");
        return;
    }
    d->abort = (enum map_user_abort)el.tag;
    if (el.tag >= MAP_ABORT_RESOURCE_UNAVAILABLE)
        d->reason = (uint8_t)ber_int(&el.body, "map-UserAbortChoice");
}

/* ENUMERATED in front of map-refuse and map-providerAbort */
static void read_reason(struct rd *r, struct map_dlg *d)
{
    struct rd body = ber_req(r, 0x0a, "reason");

    d->reason = (uint8_t)ber_int(&body, "reason");
}

/*
 * MAP-RefuseInfo ::= SEQUENCE {
 *     reason                        Reason, ...,
 *     extensionContainer            ExtensionContainer OPTIONAL,
 *     alternativeApplicationContext OBJECT IDENTIFIER OPTIONAL }
 */
static void read_refuse(struct rd *r, struct map_dlg *d)
{
    struct ber_el el;

    read_reason(r, d);
    while (ber_next(r, &el)) {
        size_t n = rd_left(&el.body);

        map_skip(&el);
        if (el.tag != 0x06 || n > sizeof(d->alternative))
            continue;
        memcpy(d->alternative, el.body.p, n);
        d->alternative_len = (uint8_t)n;
    }
}

bool map_dlg_read(struct rd r, struct map_dlg *d)
{
    struct rd_err err = { 0 };
    struct ber_el pdu;

    *d = (struct map_dlg){ 0 };
    r.err = &err; /* what is wrong here does not spoil the message */
    if (!ber_next(&r, &pdu) || pdu.tag < MAP_DLG_OPEN ||
        pdu.tag > MAP_DLG_PROVIDER_ABORT)
        return false;
    d->type = (enum map_dlg_type)pdu.tag;
    switch (d->type) {
    case MAP_DLG_OPEN:
        read_open(&pdu.body, d);
        break;
    case MAP_DLG_USER_ABORT:
        read_user_abort(&pdu.body, d);
        break;
    case MAP_DLG_REFUSE:
        read_refuse(&pdu.body, d);
        break;
    case MAP_DLG_PROVIDER_ABORT:
        read_reason(&pdu.body, d);
        break;
    case MAP_DLG_ACCEPT:
    case MAP_DLG_CLOSE:
        break;
    }
    map_skip_rest(&pdu.body);
    return rd_ok(&r);
}

void map_dlg_write(struct wr *w, const struct map_dlg *d)
{
    size_t pdu = ber_open(w, d->type);

    switch (d->type) {
    case MAP_DLG_OPEN:
        if (d->has_dest)
            map_addr_write(w, 0x80, &d->dest);
        if (d->has_orig)
            map_addr_write(w, 0x81, &d->orig);
        break;
    case MAP_DLG_USER_ABORT:
        if (d->abort >= MAP_ABORT_RESOURCE_UNAVAILABLE)
            ber_put_int(w, d->abort, d->reason);
        else
            ber_put(w, d->abort, NULL, 0);
        break;
    case MAP_DLG_REFUSE:
        ber_put_int(w, 0x0a, d->reason);
        if (d->alternative_len > 0)
            ber_put(w, 0x06, d->alternative, d->alternative_len);
        break;
    case MAP_DLG_PROVIDER_ABORT:
        ber_put_int(w, 0x0a, d->reason);
        break;
    case MAP_DLG_ACCEPT:
    case MAP_DLG_CLOSE:
        break;
    }
    ber_close(w, pdu);
}

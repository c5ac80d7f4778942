/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_ber.c - what MAP parameters have in common beyond BER itself
 */

#include "map_ber.h"

#include <string.h>

enum { CONSTRUCTED = 0x20 };

static bool constructed(uint32_t tag)
{
    while (tag > 0xff)
        tag >>= 8;
    return tag & CONSTRUCTED;
}

void map_str_join(struct ber_el *el, struct map_str *room)
{
    struct rd pieces = el->body;
    struct ber_el piece;
    size_t len = 0;

    if (el->tag > 0xff || !constructed(el->tag))
        return;
    while (ber_next(&pieces, &piece)) {
        size_t n = rd_left(&piece.body);

        if (piece.tag != 0x04 || n > sizeof(room->octet) - len) {
            rd_fail(&pieces, "OCTET STRING in pieces");
            break;
        }
        memcpy(room->octet + len, piece.body.p, n);
        len += n;
    }
    el->tag ^= CONSTRUCTED;
    el->body.p = el->body.start = room->octet;
    el->body.end = room->octet + len;
}

struct rd map_str_req(struct rd *r, uint32_t tag, const char *what,
                      struct map_str *room)
{
    struct ber_el el = { .body = *r };

    if (ber_next(r, &el) && el.tag == (tag | CONSTRUCTED))
        map_str_join(&el, room);
    if (el.tag != tag)
        rd_fail(r, what);
    return el.body;
}

bool map_str_opt(struct rd *r, uint32_t tag, struct rd *body,
                 struct map_str *room)
{
    struct ber_el el = { .tag = tag };

    if (ber_opt(r, tag, body))
        return true;
    el.tag |= CONSTRUCTED;
    if (!ber_opt(r, el.tag, &el.body))
        return false;
    map_str_join(&el, room);
    *body = el.body;
    return true;
}

void map_skip(const struct ber_el *el)
{
    struct rd body = el->body;
    struct ber_el inner;

    if (!constructed(el->tag))
        return;
    while (ber_next(&body, &inner))
        ; /* a failure is kept in the message's rd_err */
}

void map_skip_rest(struct rd *r)
{
    struct ber_el el;

    while (ber_next(r, &el))
        map_skip(&el);
}

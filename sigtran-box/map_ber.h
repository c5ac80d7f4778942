/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_ber.h - what MAP parameters have in common beyond BER itself
 *
 * TS 29.002 17.1 has strings primitive and lengths definite, and lets every
 * SEQUENCE grow at its end. Peers keep to the first more or less.
 */

#ifndef MAP_BER_H
#define MAP_BER_H

#include "ber.h"

enum { MAP_STR_MAX = 256 };

/* Where a string that came in pieces is put together. */
struct map_str {
    uint8_t octet[MAP_STR_MAX];
};

/*
 * If `el' is an OCTET STRING cut into pieces (X.690 8.7), make one string
 * of it: el->body becomes a window on *room, el->tag the primitive tag. A
 * primitive element is left alone.
 */
void map_str_join(struct ber_el *el, struct map_str *room);

/* ber_req() for an OCTET STRING, in one piece or several. */
struct rd map_str_req(struct rd *r, uint32_t tag, const char *what,
                      struct map_str *room);

/* ber_opt() for an OCTET STRING, in one piece or several. */
bool map_str_opt(struct rd *r, uint32_t tag, struct rd *body,
                 struct map_str *room);

/*
 * Skip one element that we do not use. If it is constructed its own elements
 * must fit into it; what they hold is not looked at, because private
 * extensions in the wild are not always BER.
 */
void map_skip(const struct ber_el *el);

/* Skip all of `r' so. */
void map_skip_rest(struct rd *r);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_text.c - from a text to the short messages that carry it
 */

#include "tpdu_text.h"

#include <string.h>

#include "utf8.h"

enum { ESC = 0x1b, UNIT_OCTETS = 2 /* of UCS-2 */ };

/* Information elements, 9.2.3.24. */
enum { IE_CONCAT_8 = 0x00, IE_CONCAT_16 = 0x08 };
enum { CONCAT_8_OCTETS = 5, CONCAT_16_OCTETS = 6 };

/* ---- text to units ---- */

static bool to_gsm7(struct tpdu_parts *p, const char *utf8)
{
    int n = gsm7_from_utf8(utf8, p->unit, sizeof(p->unit));

    p->alphabet = TPDU_GSM7;
    p->units = n > 0 ? (size_t)n : 0;
    return n >= 0;
}

static void put_ucs2(struct tpdu_parts *p, uint32_t unit)
{
    p->unit[p->units++] = (uint8_t)(unit >> 8);
    p->unit[p->units++] = (uint8_t)unit;
}

/* Above U+FFFF in two surrogates, as phones do it. */
static bool to_ucs2(struct tpdu_parts *p, const char *utf8)
{
    uint32_t ch;

    p->alphabet = TPDU_UCS2;
    p->units = 0;
    while (*utf8 != '\0') {
        utf8 = utf8_get(utf8, &ch);
        if (utf8 == NULL || p->units + 2 * UNIT_OCTETS > sizeof(p->unit))
            return false;
        if (ch > 0xffff) {
            put_ucs2(p, 0xd800 + ((ch - 0x10000) >> 10));
            ch = 0xdc00 + (ch & 0x3ff);
        }
        put_ucs2(p, ch);
    }
    return true;
}

static bool to_octets(struct tpdu_parts *p, enum tpdu_alphabet alphabet,
                      const void *octets, size_t n)
{
    p->alphabet = alphabet;
    p->units = n;
    if (n > sizeof(p->unit))
        return false;
    memcpy(p->unit, octets, n);
    return true;
}

/* ---- units to parts ---- */

/* Units of a message behind a header of so many octets (9.2.3.16). */
static size_t room_behind(enum tpdu_alphabet alphabet, size_t header)
{
    size_t octets = header < TPDU_UD_OCTETS ? TPDU_UD_OCTETS - header : 0;

    if (alphabet == TPDU_GSM7)
        return octets * 8 / 7;
    return alphabet == TPDU_UCS2 ? octets & ~(size_t)1 : octets;
}

static size_t concat_octets(const struct tpdu_parts *p)
{
    return p->ref16 ? CONCAT_16_OCTETS : CONCAT_8_OCTETS;
}

/* How many of the next units make a part that ends at a character. */
static size_t part_units(const struct tpdu_parts *p)
{
    size_t room = p->room;
    const uint8_t *end;

    if (p->units - p->at <= room)
        return p->units - p->at;
    end = p->unit + p->at + room;
    if (p->alphabet == TPDU_GSM7 && end[-1] == ESC)
        return room - 1;
    if (p->alphabet == TPDU_UCS2 && (end[-UNIT_OCTETS] & 0xfc) == 0xd8)
        return room - UNIT_OCTETS;
    return room;
}

static unsigned cut(struct tpdu_parts *p)
{
    size_t header = p->ie_octets > 0 ? p->ie_octets + 1U : 0;

    p->n = p->next = 0;
    p->at = 0;
    p->room = room_behind(p->alphabet, header);
    if (p->units > p->room)
        p->room =
            room_behind(p->alphabet, p->ie_octets + 1U + concat_octets(p));
    /* room for the longest character, a surrogate pair, at least */
    if (header > TPDU_UD_OCTETS ||
        (p->units > p->room && p->room < 2 * UNIT_OCTETS))
        return 0;
    do {
        p->at += part_units(p);
        p->n++;
    } while (p->at < p->units);
    p->at = 0;
    if (p->n > TPDU_PARTS_MAX)
        p->n = 0;
    return p->n;
}

unsigned tpdu_text_cut(struct tpdu_parts *p, const char *utf8, int alphabet)
{
    bool ok;

    if (alphabet == TPDU_8BIT)
        ok = to_octets(p, TPDU_8BIT, utf8, strlen(utf8));
    else if (alphabet == TPDU_GSM7)
        ok = to_gsm7(p, utf8);
    else if (alphabet == TPDU_UCS2)
        ok = to_ucs2(p, utf8);
    else
        ok = to_gsm7(p, utf8) || to_ucs2(p, utf8);
    p->n = p->next = 0;
    return ok ? cut(p) : 0;
}

unsigned tpdu_octets_cut(struct tpdu_parts *p, enum tpdu_alphabet alphabet,
                         const uint8_t *octets, size_t n)
{
    p->n = p->next = 0;
    return to_octets(p, alphabet, octets, n) ? cut(p) : 0;
}

static void put_concat(struct wr *w, const struct tpdu_parts *p)
{
    wr_u8(w, p->ref16 ? IE_CONCAT_16 : IE_CONCAT_8);
    wr_u8(w, (uint8_t)(concat_octets(p) - 2));
    if (p->ref16)
        wr_u16be(w, p->ref);
    else
        wr_u8(w, (uint8_t)p->ref);
    wr_u8(w, (uint8_t)p->n);
    wr_u8(w, (uint8_t)(p->next + 1));
}

static void put_header(const struct tpdu_parts *p, struct tpdu_deliver *d)
{
    struct wr w = wr_init(d->udh, sizeof(d->udh));
    size_t concat = p->n > 1 ? concat_octets(p) : 0;

    wr_u8(&w, (uint8_t)(p->ie_octets + concat));
    wr_bytes(&w, p->ie, p->ie_octets);
    if (concat > 0)
        put_concat(&w, p);
    d->udh_len = (uint8_t)(w.len > 1 ? w.len : 0);
    d->concat = (struct tpdu_concat){ .present = concat > 0 };
    if (concat == 0)
        return;
    d->concat.ref = p->ref16 ? p->ref : (uint8_t)p->ref;
    d->concat.ref16 = p->ref16;
    d->concat.max = (uint8_t)p->n;
    d->concat.seq = (uint8_t)(p->next + 1);
}

bool tpdu_text_next(struct tpdu_parts *p, struct tpdu_deliver *d)
{
    static const uint8_t dcs_of[] = {
        [TPDU_GSM7] = 0x00,
        [TPDU_8BIT] = 0x04,
        [TPDU_UCS2] = 0x08,
    };

    if (p->next >= p->n)
        return false;
    d->dcs = dcs_of[p->alphabet];
    tpdu_dcs_read(d->dcs, &d->enc);
    put_header(p, d);
    d->ud_len = (uint16_t)part_units(p);
    memcpy(d->ud, p->unit + p->at, d->ud_len);
    p->at += d->ud_len;
    p->next++;
    return true;
}

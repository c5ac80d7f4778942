/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_addr.c - addresses of a TPDU (TS 23.040 9.1.2.5)
 */

#include "tpdu_addr.h"

#include <string.h>

#include "gsm7.h"

enum { ADDR_SEMI_OCTETS = 20 }; /* 10 octets of address value */

static void addr_digits(const uint8_t *p, size_t len, char *text)
{
    static const char digit[] = "0123456789*#abc";
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned nibble = i & 1 ? p[i / 2] >> 4 : p[i / 2] & 0x0f;

        if (nibble == 0x0f) /* an end mark before the end */
            break;
        text[n++] = digit[nibble];
    }
    text[n] = '\0';
}

void tpdu_addr_read(struct rd *r, struct tpdu_addr *a)
{
    uint8_t septets[ADDR_SEMI_OCTETS * 4 / 7];
    const uint8_t *p;
    uint8_t type;

    a->len = rd_u8(r, "address length");
    type = rd_u8(r, "type of address");
    a->ton = type >> 4 & 7;
    a->npi = type & 0x0f;
    if (a->len > ADDR_SEMI_OCTETS)
        rd_fail(r, "address length");
    p = rd_take(r, (a->len + 1U) / 2, "address");
    if (p == NULL)
        return;
    if (a->ton == TPDU_TON_ALPHANUMERIC) {
        size_t n = a->len * 4U / 7;

        gsm7_unpack(p, 0, n, septets);
        gsm7_to_utf8(septets, n, a->text, sizeof(a->text));
    } else {
        addr_digits(p, a->len, a->text);
    }
}

static uint8_t nibble_of(char digit)
{
    switch (digit) {
    case '*':
        return 0x0a;
    case '#':
        return 0x0b;
    case 'a':
    case 'b':
    case 'c':
        return (uint8_t)(digit - 'a' + 0x0c);
    default:
        return (uint8_t)(digit - '0') & 0x0f;
    }
}

static void addr_write_alphanumeric(struct wr *w, const struct tpdu_addr *a)
{
    uint8_t septets[ADDR_SEMI_OCTETS * 4 / 7];
    uint8_t packed[ADDR_SEMI_OCTETS / 2] = { 0 };
    int n = gsm7_from_utf8(a->text, septets, sizeof(septets));
    size_t len;

    if (n < 0) {
        w->full = true;
        return;
    }
    /* What it came with, where the text still is that long. */
    len = a->len * 4U / 7 == (size_t)n ? a->len : ((size_t)n * 7 + 3) / 4;
    gsm7_pack(septets, (size_t)n, 0, packed);
    wr_u8(w, (uint8_t)len);
    wr_u8(w, (uint8_t)(0x80 | a->ton << 4 | a->npi));
    wr_bytes(w, packed, (len + 1) / 2);
}

void tpdu_addr_write(struct wr *w, const struct tpdu_addr *a)
{
    size_t len = strlen(a->text);

    if (a->ton == TPDU_TON_ALPHANUMERIC) {
        addr_write_alphanumeric(w, a);
        return;
    }
    if (len > ADDR_SEMI_OCTETS) {
        w->full = true;
        return;
    }
    wr_u8(w, (uint8_t)len);
    wr_u8(w, (uint8_t)(0x80 | (a->ton & 7) << 4 | (a->npi & 15)));
    for (size_t i = 0; i < len; i += 2) {
        unsigned high = i + 1 < len ? nibble_of(a->text[i + 1]) : 0x0fU;

        wr_u8(w, (uint8_t)(high << 4 | nibble_of(a->text[i])));
    }
}

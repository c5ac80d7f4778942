/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_addr.c - MAP address strings, IMSI, and the number plan of a network
 *
 * AddressString and TBCD-STRING of TS 29.002 17.7.8. Letters are kept as
 * they are read: whether a number may have some is for the caller to say.
 */

#include "map_addr.h"

#include "ber.h"

#include <string.h>

enum { FILLER = 0x0f };

/* The filler is the NUL behind the last letter. */
static const char tbcd[16] = "0123456789*#abc";

uint8_t map_addr_noa(const struct map_addr *a)
{
    return a->nai_npi >> 4 & 0x07;
}

/* Digits of `n' octets; nothing but filler may follow the first filler. */
static bool tbcd_read(const uint8_t *p, size_t n, char *digits)
{
    char *end = digits;

    for (; n > 0; n--, p++) {
        *end++ = tbcd[*p & 0x0f];
        *end++ = tbcd[*p >> 4];
    }
    *end = '\0';
    for (const char *d = digits + strlen(digits); d < end; d++)
        if (*d != '\0')
            return false;
    return true;
}

/* The value of a digit, or more than any if it is none. */
static uint8_t tbcd_value(char c)
{
    const char *at;

    if (c >= '0' && c <= '9')
        return (uint8_t)(c - '0');
    at = c != '\0' ? strchr(tbcd, c) : NULL;
    return at != NULL ? (uint8_t)(at - tbcd) : 0xff;
}

static void tbcd_write(struct wr *w, const char *d)
{
    while (*d != '\0') {
        uint8_t lo = tbcd_value(d[0]);
        uint8_t hi = d[1] != '\0' ? tbcd_value(d[1]) : FILLER;

        if (lo > FILLER || hi > FILLER) {
            w->full = true; /* cannot be said: what is written is no use */
            return;
        }
        wr_u8(w, (uint8_t)(hi << 4 | lo));
        d += d[1] != '\0' ? 2 : 1;
    }
}

void map_addr_read(struct rd *r, struct map_addr *a)
{
    size_t n = rd_left(r);
    const uint8_t *p = rd_take(r, n, "AddressString");

    *a = (struct map_addr){ 0 };
    if (p == NULL || n < 1 || n > 20) {
        rd_fail(r, "AddressString size");
        return;
    }
    a->nai_npi = p[0];
    if (!tbcd_read(p + 1, n - 1, a->digits))
        rd_fail(r, "AddressString filler inside");
}

void map_addr_write(struct wr *w, uint32_t tag, const struct map_addr *a)
{
    size_t mark = ber_open(w, tag);

    wr_u8(w, a->nai_npi);
    tbcd_write(w, a->digits);
    ber_close(w, mark);
}

void map_imsi_read(struct rd *r, char digits[MAP_IMSI_DIGITS + 1])
{
    size_t n = rd_left(r);
    const uint8_t *p = rd_take(r, n, "IMSI");

    digits[0] = '\0';
    if (p == NULL || n < 3 || n > MAP_IMSI_DIGITS / 2)
        rd_fail(r, "IMSI size");
    else if (!tbcd_read(p, n, digits))
        rd_fail(r, "IMSI filler inside");
}

void map_imsi_write(struct wr *w, uint32_t tag, const char *digits)
{
    size_t mark = ber_open(w, tag);

    tbcd_write(w, digits);
    ber_close(w, mark);
}

/* `digits' behind `prefix', or NULL if it does not begin so. */
static const char *behind(const char *digits, const char *prefix)
{
    size_t n = strlen(prefix);

    return n > 0 && strncmp(digits, prefix, n) == 0 ? digits + n : NULL;
}

bool num_international(const struct num_plan *p, uint8_t noa,
                       const char *digits, char out[NUM_MAX + 1])
{
    const char *rest;
    const char *cc = "";
    size_t cc_len, len;

    if ((rest = behind(digits, "+")) != NULL) {
        digits = rest;
    } else if (noa == MAP_NOA_NATIONAL) {
        cc = p->cc;
    } else if (noa != MAP_NOA_INTERNATIONAL) {
        if ((rest = behind(digits, p->intl)) != NULL) {
            digits = rest;
        } else if ((rest = behind(digits, p->natl)) != NULL) {
            digits = rest;
            cc = p->cc;
        }
    }

    out[0] = '\0';
    cc_len = strlen(cc);
    len = strlen(digits);
    if (len == 0 || cc_len + len > NUM_MAX ||
        strspn(digits, "0123456789") != len)
        return false;
    memcpy(out, cc, cc_len);
    memcpy(out + cc_len, digits, len + 1);
    return true;
}

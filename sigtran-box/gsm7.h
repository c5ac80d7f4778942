/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gsm7.h - GSM 7 bit text: packing and alphabets (TS 23.038 6.1.2, 6.2.1)
 */

#ifndef GSM7_H
#define GSM7_H

#include "octets.h"

/*
 * `n' septets packed at `p', the first one `fill' bits (0..6) into the first
 * octet, one septet an octet to out. The caller has checked the sizes:
 * (fill + 7 * n + 7) / 8 octets at `p'.
 */
void gsm7_unpack(const uint8_t *p, unsigned fill, size_t n, uint8_t *out);
/* The reverse; returns the octets used, fill bits included. */
size_t gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out);

/*
 * Septets to UTF-8 with a NUL; its length. Cut at a character if too long.
 * ESC before what has no extension shows the default-table character; ESC at
 * the end, or twice, a space (6.2.1.1).
 */
size_t gsm7_to_utf8(const uint8_t *septets, size_t n, char *out, size_t size);

/* Septets and the national languages they were written with. */
struct gsm7_text {
    const uint8_t *septets;
    size_t n;
    uint8_t locking, single; /* enum gsm7_language; reserved: default */
};

/*
 * The same with the tables of these languages (6.2.1.2). ESC before what is
 * not in the single shift table shows the character of the locking one.
 */
size_t gsm7_national_to_utf8(const struct gsm7_text *text, char *out,
                             size_t size);

/*
 * UTF-8 to septets (escapes take two). Septets written, or -1: a character
 * is not in the alphabet, or there is no room.
 */
int gsm7_from_utf8(const char *utf8, uint8_t *septets, size_t size);

#endif

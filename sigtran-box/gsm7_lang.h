/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gsm7_lang.h - the national language tables (TS 23.038 Annex A)
 *
 * What differs from the GSM 7 bit default alphabet and its extension, for
 * gsm7.c, which knows those two. Tables only; nothing is allocated.
 */

#ifndef GSM7_LANG_H
#define GSM7_LANG_H

#include <stdint.h>

/* National language identifiers (TS 23.038 6.2.1.2.4). */
enum gsm7_language {
    GSM7_DEFAULT = 0,
    GSM7_TURKISH = 1,
    GSM7_SPANISH = 2, /* single shift only */
    GSM7_PORTUGUESE = 3,
    GSM7_BENGALI = 4,
    GSM7_GUJARATI = 5,
    GSM7_HINDI = 6,
    GSM7_KANNADA = 7,
    GSM7_MALAYALAM = 8,
    GSM7_ORIYA = 9,
    GSM7_PUNJABI = 10,
    GSM7_TAMIL = 11,
    GSM7_TELUGU = 12,
    GSM7_URDU = 13,
};

/*
 * The character of a septet in the locking shift table of language `id'; an
 * empty place is a space. 0: as in the default alphabet, which is all that
 * can be said of a reserved `id'.
 */
uint16_t gsm7_lang_locking(uint8_t id, uint8_t septet);

/* The same behind ESC in its single shift table; 0: as in the extension. */
uint16_t gsm7_lang_single(uint8_t id, uint8_t septet);

#endif

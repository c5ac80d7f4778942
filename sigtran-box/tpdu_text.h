/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_text.h - from a text to the short messages that carry it
 *
 * The alphabet is the GSM 7 bit default one with its extension if that has
 * every character, else UCS-2: nothing is lost. What fits into one message
 * (160 septets, 70 units of UCS-2, less if there is a header) is one; what
 * does not is cut into concatenated parts (TS 23.040 9.2.3.24.1 and .8), never
 * within an escape sequence or a surrogate pair.
 *
 *     n = tpdu_text_cut(&parts, text, -1);
 *     while (tpdu_text_next(&parts, &submit.sm))
 *         tpdu_submit_write(&w, &submit);
 *
 * Allocates nothing; any thread, each with its own struct.
 */

#ifndef TPDU_TEXT_H
#define TPDU_TEXT_H

#include "tpdu.h"

enum {
    TPDU_PARTS_MAX = 255,
    TPDU_UNITS_MAX = TPDU_PARTS_MAX * 153, /* septets behind 8-bit headers */
};

struct tpdu_parts {
    /* The caller's. Parts of one text are known by the reference: another
     * text to the same number ought to have another one, best at random. */
    uint16_t ref;
    bool ref16;        /* 16 bits of it; else the lower 8 */
    const uint8_t *ie; /* other elements for every header; may be NULL */
    uint8_t ie_octets;

    /* tpdu_text_cut()'s. */
    enum tpdu_alphabet alphabet;
    unsigned n, next;
    size_t room;      /* units of one part */
    size_t units, at; /* septets or octets, and how many are done with */
    uint8_t unit[TPDU_UNITS_MAX];
};

/*
 * Cut UTF-8 into parts, in this alphabet (TPDU_8BIT: the octets as they are)
 * or, with -1, in the one it needs. How many parts; 0: it is not UTF-8, has a
 * character that the alphabet has not, or needs more than 255.
 */
unsigned tpdu_text_cut(struct tpdu_parts *p, const char *utf8, int alphabet);

/* The same of user data that is octets already: TPDU_8BIT or TPDU_UCS2. */
unsigned tpdu_octets_cut(struct tpdu_parts *p, enum tpdu_alphabet alphabet,
                         const uint8_t *octets, size_t n);

/*
 * The next part: dcs, enc, the header with its concatenation, and the data of
 * `d' are set, all else is left alone. False: there is none.
 */
bool tpdu_text_next(struct tpdu_parts *p, struct tpdu_deliver *d);

#endif

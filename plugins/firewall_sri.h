/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_sri.h - the questions where to send, for as long as their answers
 *                  may be in use
 *
 * Service centres keep an answer and use it for hours. So a question is
 * remembered for the whole window, once for each operator that asks for a
 * number (and for each IMSI that it got).
 *
 * What was not seen proves nothing while the memory may have holes: for a time
 * after the start, after a question had to be forgotten early because there
 * was no place, and for a number that too many ask for. Then the memory says
 * that it is not sure, and nobody may be blamed.
 */

#ifndef FIREWALL_SRI_H
#define FIREWALL_SRI_H

#include "firewall_book.h"

struct sri;

enum {
    SRI_OF_NUMBER = 16, /* questions remembered for one number */
};

/* One question; all values. */
struct sri_ask {
    uint64_t vmn, imsi, gt_key; /* tab_key(); imsi 0: none */
    struct num sc, gt;          /* none: not comparable */
};

/* What is known about a message. */
struct sri_found {
    bool any;          /* there was a question */
    bool sure;         /* there was none that is not remembered */
    bool by_imsi;      /* one got the IMSI that the message came with */
    struct num sc, gt; /* of the question that fits best */
    enum same sc_same, gt_same;
    bool credit;     /* the first message since that question ... */
    uint64_t gt_key; /* ... of this title */
};

struct sri *sri_new(uint32_t max, uint64_t window_us, uint64_t sure_from_us);
void sri_free(struct sri *s);

/* Remember it. False: another one, still of use, was forgotten for it. */
bool sri_put(struct sri *s, const struct book *b, const struct sri_ask *a,
             uint64_t now_us);
/* Is there an answer to this question that was not used yet? */
bool sri_waits(const struct sri *s, const struct book *b,
               const struct sri_ask *a, uint64_t now_us);
/* The question that goes best with this message, which then counts as used. */
void sri_match(struct sri *s, const struct book *b, const struct sri_ask *a,
               uint64_t now_us, struct sri_found *f);

#endif

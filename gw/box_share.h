/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_share.h - boxes that share the messages of a rule, by their weights
 *
 * Of those that can take the message one is chosen so that each gets a part
 * of all as its weight says, and that the same draw gives the same box as
 * long as that one can take it, whatever the others do (rendezvous hashing).
 * So the parts of a long message, which draw alike, stay together, and a box
 * that goes leaves its messages to the others and changes nothing else.
 *
 * Plain; values; any thread.
 */

#ifndef BOX_SHARE_H
#define BOX_SHARE_H

#include <stdbool.h>
#include <stdint.h>

enum { BOX_SHARE_MAX = 16, BOX_SHARE_WEIGHT_MAX = 1000 };

struct box_weight {
    char id[64]; /* boxc-id */
    uint32_t weight;
};

struct box_share {
    unsigned n; /* at most BOX_SHARE_MAX; 0: none are named */
    struct box_weight *box;
};

/* Spreads numbers that are near each other; never 0. */
uint64_t box_share_draw(uint64_t n);

/* Which of those whose bit is set in `able'; -1: none is. */
int box_share_choose(const struct box_share *s, uint32_t able, uint64_t draw);

#endif

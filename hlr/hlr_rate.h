/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_rate.h - how often a number was asked for in this minute
 *
 * A table of fixed size: numbers that were counted in another minute make
 * room. If a place is full of this minute's, the one asked for least is
 * forgotten, and may have its allowance once more; which numbers share a place
 * is different in each table, so that nobody can choose them to that end.
 * Minutes are those of the clock, so two allowances can follow each other
 * closely.
 */

#ifndef HLR_RATE_H
#define HLR_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct hlr_rate;

/* NULL: no memory. */
struct hlr_rate *hlr_rate_new(uint32_t slots);
void hlr_rate_free(struct hlr_rate *r);

/* Count this question; false: it is above `a_minute'. */
bool hlr_rate_may(struct hlr_rate *r, const char *msisdn, uint16_t a_minute,
                  uint64_t now_s);

#endif

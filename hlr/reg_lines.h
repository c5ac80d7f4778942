/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_lines.h - the numbers and IMSIs of an import, line by line
 *
 * Finds what cannot stand beside each other: numbers twice, ranges that
 * overlap, IMSIs that are two numbers'. Memory only, 24 octets a number. Digits
 * are reg_key()s; ranges and IMSIs of one length are next to each other then.
 */

#ifndef REG_LINES_H
#define REG_LINES_H

#include "hlr_table.h"

struct line_number {
    int64_t number, imsi; /* imsi 0: it has none */
    unsigned line;
};

struct line_range {
    int64_t first, last, imsi;
    unsigned line; /* 0: not of the import, of the register */
};

struct lines {
    struct line_number *number;
    struct line_range *range;
    size_t numbers, ranges, number_room, range_room;
};

/* One line that cannot be. */
struct lines_tell {
    void (*tell)(void *ctx, unsigned line, const char *why);
    void *ctx;
    uint64_t n; /* how many were told */
};

void lines_fini(struct lines *l);
void lines_add(struct lines *l, const struct hlr_row *row, unsigned line);

/* The import with itself; sorts it. */
void lines_check(struct lines *l, struct lines_tell *t);
/* The import with the ranges of the register; sorts both. replace: the same
 * range in both is no fault. */
void lines_meet(struct lines *l, struct lines *reg, bool replace,
                struct lines_tell *t);

#endif

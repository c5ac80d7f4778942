/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_regex.h - regular expressions that end in time
 *
 * PCRE2 on UTF-8. The memory of one match is bounded by PCRE2's own limits, and
 * the work of all matches since regex_begin() by the processor time of the
 * thread: what a peer sends cannot keep it busy. One thread at a time.
 */

#ifndef REWRITE_REGEX_H
#define REWRITE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "plug_buf.h"

enum {
    REGEX_BUDGET_MS = 100,      /* for one message */
    REGEX_MATCH_LIMIT = 100000, /* for one match: some milliseconds */
    REGEX_HEAP_KIB = 4096,
};

/* What all matches share: memory, limits and the clock. */
struct regex_room;
struct regex_room *regex_room_new(void); /* NULL: no memory */
void regex_room_free(struct regex_room *r);
void regex_begin(struct regex_room *r);

struct regex;

/* flags: of i, m, s, x as in Perl, and g: replace all, not the first one.
 * NULL and why[]: it is none. */
struct regex *regex_new(const char *pattern, size_t len, const char *flags,
                        char *why, size_t why_len);
void regex_free(struct regex *r);

/* May `with' be put for what is found? $0 to $99, ${name} and $$ in it. */
bool regex_takes(const struct regex *r, const char *with, char *why,
                 size_t why_len);

enum regex_result {
    REGEX_NO,
    REGEX_YES,
    REGEX_LIMIT /* it would take too long, or become too large */
};

enum regex_result regex_match(struct regex_room *room, const struct regex *r,
                              const char *p, size_t len);
/* REGEX_YES: `out', emptied first, has the result. */
enum regex_result regex_replace(struct regex_room *room, const struct regex *r,
                                const char *p, size_t len, const char *with,
                                struct plug_buf *out);

#endif

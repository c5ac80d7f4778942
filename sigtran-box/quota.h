/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quota.h - how many of a thing each party has, and no more than it may
 *
 * The MAP server counts with it the messages that each service centre lets us
 * hold. A party is remembered only while it has something, so memory is that
 * of the most things there can be at once, taken at start; names cannot be
 * chosen so that looking one up gets slow. SS7 thread only.
 */

#ifndef QUOTA_H
#define QUOTA_H

#include <stdint.h>

enum { QUOTA_NAME_MAX = 31 /* characters of a name; the rest is not seen */ };

struct quota;

/* For `things' at once, each party at most `most'. NULL: no memory. */
struct quota *quota_new(uint32_t things, uint32_t most);
void quota_free(struct quota *q);

/* One more for the party: what to give back. 0: it has `most' already, or
 * all things are in use. */
uint32_t quota_take(struct quota *q, const char *name);

/* One less; 0 is ignored. */
void quota_give(struct quota *q, uint32_t taken);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_feed.h - changes of the register, taken some a turn
 *
 * Batches wait here in the order they came, are applied to the table of the
 * register, and wait to be given back. SS7 thread only.
 */

#ifndef SS7_FEED_H
#define SS7_FEED_H

#include "hlr/hlr_batch.h"

#include <stdbool.h>

void ss7_feed_take(struct hlr_batch *b);
/* A bounded number of steps; a batch that is not larger than that is never
 * seen half applied. t may be NULL: there is nothing to change. */
void ss7_feed_turn(struct hlr_table *t);
/* There is more to do at once. */
bool ss7_feed_busy(void);

/* The first that is done with, NULL: none. It is the caller's, who may find
 * that it cannot be given back just now. */
struct hlr_batch *ss7_feed_done(void);
void ss7_feed_keep(struct hlr_batch *b);

void ss7_feed_fini(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_feed.h - the loader's hand on the table that the SS7 thread has
 *
 * It gathers changes into batches, hands them over, looks after the room of
 * the table, and keeps the rows that did not fit: they are tried again once,
 * and with later changes, because what was in their way may have gone. Changes
 * between two flushes take effect in one turn of the SS7 thread if they are
 * not very many; deletions come first. Loader thread only, but for what comes
 * back. Functions return false once the loader is being stopped.
 */

#ifndef HLR_FEED_H
#define HLR_FEED_H

#include "hlr.h"

#include <stdatomic.h>

void feed_open(const struct hlr_out *out, const atomic_bool *stop);
void feed_close(void);

/* Hand over another table, once all batches of the last are back. */
bool feed_table(struct hlr_table *t);

bool feed_put(const struct hlr_row *row);
bool feed_del(const char *first, const char *last);
/* Send what was gathered, with what did not fit before. */
bool feed_flush(bool complete);

/* Wait until the table is nobody's to change; NULL: stopping, or there is
 * none. It may be read until the next change. */
const struct hlr_table *feed_read(void);
/* Nothing is on its way. */
bool feed_is_quiet(void);

/* Free what came back, and tell of rows that did not fit. */
void feed_turn(void);

/* A row was not entered as it is, into a table of the loader's own. */
void feed_odd(const struct hlr_row *row, const char *why);
void feed_forget_odd(void);

#endif

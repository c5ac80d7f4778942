/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_batch.h - changes of the table on their way to its owner
 *
 * The loader makes a batch, the SS7 thread takes its steps in order, some a
 * turn, and gives it back. Each batch has one owner at a time.
 */

#ifndef HLR_BATCH_H
#define HLR_BATCH_H

#include "hlr_table.h"

enum { HLR_BATCH = 1024 };

struct hlr_batch {
    unsigned n, done;
    unsigned failed;        /* steps with why set */
    bool complete;          /* afterwards the table is complete */
    struct hlr_batch *next; /* for whoever holds it */
    struct hlr_step {
        bool del;
        struct hlr_row row;
        const char *why; /* out: it was entered as HLR_UNUSABLE, or not */
    } step[HLR_BATCH];
};

struct hlr_batch *hlr_batch_new(void); /* empty */
void hlr_batch_free(struct hlr_batch *b);

/* Take the next steps, `max' at most; how many. A row that does not fit is
 * entered as HLR_UNUSABLE. */
unsigned hlr_batch_apply(struct hlr_batch *b, struct hlr_table *t,
                         unsigned max);
bool hlr_batch_applied(const struct hlr_batch *b);

/* One put as a batch does it; NULL, or why it was not entered as it is. */
const char *hlr_put(struct hlr_table *t, const struct hlr_row *row);

#endif

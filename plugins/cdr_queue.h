/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_queue.h - records that wait for a table: copies, in their order, bounded
 *
 * One lock. The thread that writes takes a batch, which stays at the front
 * until cdr_queue_drop() says that it is done.
 */

#ifndef CDR_QUEUE_H
#define CDR_QUEUE_H

#include "plug_record.h"

struct cdr_queue;

/* A copy, with texts of its own. */
struct cdr_item {
    struct cdr_item *next;
    uint64_t since_ms; /* monotonic */
    size_t octets;
    struct plug_record record;
    struct plug_cdr cdr;
    char boot[PLUG_BOOT_SIZE];
    char texts[];
};

struct cdr_batch {
    const struct cdr_item *first; /* and `n' of them by `next' */
    unsigned n;
};

struct cdr_queue *cdr_queue_new(unsigned records, unsigned batch,
                                unsigned batch_ms);
void cdr_queue_free(struct cdr_queue *q);

/* False: it is full, or there is no memory. */
bool cdr_queue_put(struct cdr_queue *q, const struct plug_record *r);

/* Waits until there is a whole batch, or part of one for long enough. n = 0:
 * the queue has been closed, and is empty. */
struct cdr_batch cdr_queue_get(struct cdr_queue *q);
void cdr_queue_drop(struct cdr_queue *q, unsigned n);

/* Sleep so long, or until the queue is closed. */
void cdr_queue_pause(struct cdr_queue *q, unsigned ms);
/* No more records; a batch is what there is. */
void cdr_queue_close(struct cdr_queue *q);
bool cdr_queue_closed(struct cdr_queue *q);
unsigned cdr_queue_waiting(struct cdr_queue *q);

uint64_t cdr_now_ms(void); /* monotonic */

#endif

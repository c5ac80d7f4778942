/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xq.h - the queue across the border: bounded, fixed slots, one eventfd
 *
 * Values are copied in and copied out; nothing in them may point into the
 * other side's objects. Any number of threads may push, one takes. A full
 * queue refuses at once: the caller answers TEMPFAIL. The mutex inside is the
 * only one in sigtran-box/ and is held for a memcpy, and for the wake-up when
 * the queue was empty.
 */

#ifndef XQ_H
#define XQ_H

#include <stddef.h>

struct xq;

/* `slots' values of `size' octets each. NULL: no memory or no eventfd. */
struct xq *xq_new(size_t slots, size_t size);
void xq_free(struct xq *q);

/* Copy one value in. -1: the queue is full. */
int xq_push(struct xq *q, const void *value);

/* Copy up to `max' values out, oldest first; how many. Never waits. */
size_t xq_take(struct xq *q, void *values, size_t max);

/* Readable while the queue may hold something; for poll() only. */
int xq_fd(const struct xq *q);

/* Wait until there is something to take, `timeout_ms' at most (-1: ever). */
void xq_wait(struct xq *q, int timeout_ms);

size_t xq_len(struct xq *q);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xq.c - the queue across the border: bounded, fixed slots, one eventfd
 *
 * A ring under a mutex. The eventfd is written only by the push that finds
 * the ring empty, so that a busy queue costs no system call an item.
 */

#include "xq.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct xq {
    pthread_mutex_t lock;
    int fd;
    size_t slots, size;
    size_t head, len; /* of the ring: oldest, and how many */
    unsigned char *ring;
};

struct xq *xq_new(size_t slots, size_t size)
{
    struct xq *q = calloc(1, sizeof(*q));

    if (q == NULL)
        return NULL;
    q->slots = slots;
    q->size = size;
    q->ring = calloc(slots, size);
    q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&q->lock, NULL);
    if (q->ring == NULL || q->fd < 0) {
        xq_free(q);
        return NULL;
    }
    return q;
}

void xq_free(struct xq *q)
{
    if (q == NULL)
        return;
    if (q->fd >= 0)
        close(q->fd);
    pthread_mutex_destroy(&q->lock);
    free(q->ring);
    free(q);
}

int xq_push(struct xq *q, const void *value)
{
    static const uint64_t one = 1;
    size_t at, len;

    pthread_mutex_lock(&q->lock);
    len = q->len;
    if (len < q->slots) {
        at = q->head + len;
        if (at >= q->slots)
            at -= q->slots;
        memcpy(q->ring + at * q->size, value, q->size);
        q->len++;
    }
    /* Within the lock: later, the value may be gone by then, and who waits
     * for the next one is woken for nothing. It cannot overflow: whoever
     * empties the ring resets it. */
    if (len == 0 && write(q->fd, &one, sizeof(one)) < 0)
        abort();
    pthread_mutex_unlock(&q->lock);
    return len < q->slots ? 0 : -1;
}

size_t xq_take(struct xq *q, void *values, size_t max)
{
    unsigned char *to = values;
    uint64_t count;
    size_t n = 0;

    pthread_mutex_lock(&q->lock);
    while (n < max && q->len > 0) {
        memcpy(to + n++ * q->size, q->ring + q->head * q->size, q->size);
        if (++q->head == q->slots)
            q->head = 0;
        q->len--;
    }
    /* emptied: whoever pushes next will write the eventfd again */
    if (n > 0 && q->len == 0 && read(q->fd, &count, sizeof(count)) < 0)
        count = 0;
    pthread_mutex_unlock(&q->lock);
    return n;
}

int xq_fd(const struct xq *q)
{
    return q->fd;
}

void xq_wait(struct xq *q, int timeout_ms)
{
    struct pollfd p = { .fd = q->fd, .events = POLLIN };

    poll(&p, 1, timeout_ms);
}

size_t xq_len(struct xq *q)
{
    size_t n;

    pthread_mutex_lock(&q->lock);
    n = q->len;
    pthread_mutex_unlock(&q->lock);
    return n;
}

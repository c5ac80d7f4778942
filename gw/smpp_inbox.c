/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_inbox.c - what others have for the ESMEs' thread
 */

#include "smpp_inbox.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { FIRST = 65536, ALIGN = 8 };

struct buf {
    uint8_t *p;
    size_t len, cap;
};

struct smpp_inbox {
    int fd;
    pthread_mutex_t lock;
    struct buf in;  /* under the lock */
    struct buf out; /* of the thread that takes */
};

struct smpp_inbox *smpp_inbox_new(void)
{
    struct smpp_inbox *q = calloc(1, sizeof(*q));

    if (q == NULL)
        abort();
    q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (q->fd < 0) {
        free(q);
        return NULL;
    }
    pthread_mutex_init(&q->lock, NULL);
    return q;
}

void smpp_inbox_free(struct smpp_inbox *q)
{
    if (q == NULL)
        return;
    close(q->fd);
    pthread_mutex_destroy(&q->lock);
    free(q->in.p);
    free(q->out.p);
    free(q);
}

static size_t aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static uint8_t *room(struct buf *b, size_t n)
{
    size_t cap = b->cap == 0 ? FIRST : b->cap;

    while (cap - b->len < n)
        cap *= 2;
    if (cap != b->cap) {
        b->p = realloc(b->p, cap);
        if (b->p == NULL)
            abort();
        b->cap = cap;
    }
    return b->p + b->len;
}

bool smpp_inbox_put(struct smpp_inbox *q, const struct smpp_item *item,
                    const void *frame)
{
    const size_t head = aligned(sizeof(*item)), n = head + aligned(item->n);
    bool fits;
    uint8_t *p;

    pthread_mutex_lock(&q->lock);
    fits = item->kind >= SMPP_ITEM_LOST || q->in.len + n <= SMPP_INBOX_MAX;
    if (fits) {
        p = room(&q->in, n);
        memcpy(p, item, sizeof(*item));
        if (item->n > 0)
            memcpy(p + head, frame, item->n);
        q->in.len += n;
    }
    pthread_mutex_unlock(&q->lock);
    return fits;
}

void smpp_inbox_wake(struct smpp_inbox *q)
{
    uint64_t one = 1;
    ssize_t did = write(q->fd, &one, sizeof(one));

    (void)did; /* full: it is awake already */
}

int smpp_inbox_fd(const struct smpp_inbox *q)
{
    return q->fd;
}

const uint8_t *smpp_inbox_take(struct smpp_inbox *q, size_t *n)
{
    struct buf empty = q->out;
    uint64_t woken;
    ssize_t did = read(q->fd, &woken, sizeof(woken));

    (void)did; /* nothing: somebody looks without being woken */
    empty.len = 0;
    pthread_mutex_lock(&q->lock);
    q->out = q->in;
    q->in = empty;
    pthread_mutex_unlock(&q->lock);
    *n = q->out.len;
    return q->out.p;
}

const uint8_t *smpp_inbox_next(const uint8_t *p, struct smpp_item *item,
                               const uint8_t **frame)
{
    memcpy(item, p, sizeof(*item));
    *frame = p + aligned(sizeof(*item));
    return *frame + aligned(item->n);
}

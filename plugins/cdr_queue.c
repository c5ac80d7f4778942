/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cdr_queue.c - records that wait for a table
 */

#include "cdr_queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    /* With their texts they may be large: a bound beside their number, and one
     * for a statement, below what servers take by default. */
    QUEUE_OCTETS = 64 * 1024 * 1024,
    BATCH_OCTETS = 256 * 1024
};

struct cdr_queue {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct cdr_item *first, **last;
    unsigned n, max, batch, batch_ms;
    size_t octets;
    bool closed;
};

uint64_t cdr_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct cdr_queue *cdr_queue_new(unsigned records, unsigned batch,
                                unsigned batch_ms)
{
    struct cdr_queue *q = calloc(1, sizeof(*q));
    pthread_condattr_t attr;

    if (q == NULL)
        return NULL;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->moved, &attr);
    pthread_condattr_destroy(&attr);
    q->last = &q->first;
    q->max = records;
    q->batch = batch;
    q->batch_ms = batch_ms;
    return q;
}

void cdr_queue_free(struct cdr_queue *q)
{
    if (q == NULL)
        return;
    cdr_queue_drop(q, q->n);
    pthread_cond_destroy(&q->moved);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

/* ---- copies ---- */

/* Where the texts of a CDR are. */
static const char **text_of(struct plug_cdr *cdr, unsigned i)
{
    const char **const at[] = { &cdr->id,     &cdr->network, &cdr->sc,
                                &cdr->gt,     &cdr->imsi,    &cdr->receiver,
                                &cdr->sender, &cdr->node,    &cdr->route,
                                &cdr->box,    &cdr->why,     &cdr->notes,
                                &cdr->text };

    return i < sizeof(at) / sizeof(at[0]) ? at[i] : NULL;
}

static struct cdr_item *copy(const struct plug_record *r)
{
    struct plug_cdr cdr = *r->cdr;
    struct cdr_item *item;
    size_t octets = 0;
    const char **text;
    char *p;

    for (unsigned i = 0; (text = text_of(&cdr, i)) != NULL; i++)
        octets += *text != NULL ? strlen(*text) + 1 : 0;
    item = malloc(sizeof(*item) + octets);
    if (item == NULL)
        return NULL;
    p = item->texts;
    for (unsigned i = 0; (text = text_of(&cdr, i)) != NULL; i++) {
        size_t len = *text != NULL ? strlen(*text) + 1 : 0;

        if (*text == NULL)
            continue;
        memcpy(p, *text, len);
        *text = p;
        p += len;
    }
    item->next = NULL;
    item->since_ms = cdr_now_ms();
    item->octets = sizeof(*item) + octets;
    item->cdr = cdr;
    memcpy(item->boot, r->boot, sizeof(item->boot));
    item->record = *r; /* the node's name outlives us */
    item->record.boot = item->boot;
    item->record.cdr = &item->cdr;
    return item;
}

/* ---- the queue ---- */

bool cdr_queue_put(struct cdr_queue *q, const struct plug_record *r)
{
    struct cdr_item *item = copy(r);
    bool put;

    if (item == NULL)
        return false;
    pthread_mutex_lock(&q->lock);
    put =
        !q->closed && q->n < q->max && q->octets + item->octets <= QUEUE_OCTETS;
    if (put) {
        *q->last = item;
        q->last = &item->next;
        q->octets += item->octets;
        q->n++;
        /* the first one sets the clock, a whole batch ends the wait */
        if (q->n == 1 || q->n == q->batch)
            pthread_cond_signal(&q->moved);
    }
    pthread_mutex_unlock(&q->lock);
    if (!put)
        free(item);
    return put;
}

/* The lock is held. */
static void wait_until(struct cdr_queue *q, uint64_t ms)
{
    struct timespec t = { .tv_sec = (time_t)(ms / 1000),
                          .tv_nsec = (long)(ms % 1000) * 1000000 };

    pthread_cond_timedwait(&q->moved, &q->lock, &t);
}

static struct cdr_batch front(const struct cdr_queue *q)
{
    struct cdr_batch b = { .first = q->first };
    size_t octets = 0;

    for (const struct cdr_item *i = q->first; i != NULL && b.n < q->batch;
         i = i->next) {
        octets += i->octets;
        if (b.n > 0 && octets > BATCH_OCTETS)
            break;
        b.n++;
    }
    return b;
}

struct cdr_batch cdr_queue_get(struct cdr_queue *q)
{
    struct cdr_batch b;

    pthread_mutex_lock(&q->lock);
    while (!q->closed && q->n < q->batch) {
        if (q->first == NULL)
            pthread_cond_wait(&q->moved, &q->lock);
        else if (cdr_now_ms() >= q->first->since_ms + q->batch_ms)
            break;
        else
            wait_until(q, q->first->since_ms + q->batch_ms);
    }
    b = front(q);
    pthread_mutex_unlock(&q->lock);
    return b;
}

void cdr_queue_drop(struct cdr_queue *q, unsigned n)
{
    struct cdr_item *item;

    for (; n > 0; n--) {
        pthread_mutex_lock(&q->lock);
        item = q->first;
        q->first = item->next;
        if (q->first == NULL)
            q->last = &q->first;
        q->octets -= item->octets;
        q->n--;
        pthread_mutex_unlock(&q->lock);
        free(item);
    }
}

void cdr_queue_pause(struct cdr_queue *q, unsigned ms)
{
    uint64_t until = cdr_now_ms() + ms;

    pthread_mutex_lock(&q->lock);
    while (!q->closed && cdr_now_ms() < until)
        wait_until(q, until);
    pthread_mutex_unlock(&q->lock);
}

void cdr_queue_close(struct cdr_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->closed = true;
    pthread_cond_broadcast(&q->moved);
    pthread_mutex_unlock(&q->lock);
}

bool cdr_queue_closed(struct cdr_queue *q)
{
    bool closed;

    pthread_mutex_lock(&q->lock);
    closed = q->closed;
    pthread_mutex_unlock(&q->lock);
    return closed;
}

unsigned cdr_queue_waiting(struct cdr_queue *q)
{
    unsigned n;

    pthread_mutex_lock(&q->lock);
    n = q->n;
    pthread_mutex_unlock(&q->lock);
    return n;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_feed.c - changes of the register, taken some a turn
 */

#include "ss7_feed.h"

#include <stddef.h>

enum { STEPS = 256 /* a turn: some tens of microseconds */ };

struct list {
    struct hlr_batch *first, **end;
};

static struct list waiting, done;

static void append(struct list *l, struct hlr_batch *b)
{
    if (l->first == NULL)
        l->end = &l->first;
    b->next = NULL;
    *l->end = b;
    l->end = &b->next;
}

static struct hlr_batch *pop(struct list *l)
{
    struct hlr_batch *b = l->first;

    l->first = b->next;
    return b;
}

void ss7_feed_take(struct hlr_batch *b)
{
    append(&waiting, b);
}

bool ss7_feed_busy(void)
{
    return waiting.first != NULL;
}

void ss7_feed_turn(struct hlr_table *t)
{
    unsigned left = STEPS;

    while (waiting.first != NULL && left > 0) {
        struct hlr_batch *b = waiting.first;

        if (b->n <= STEPS && b->n > left)
            return;
        if (t != NULL)
            left -= hlr_batch_apply(b, t, left);
        else
            b->done = b->n;
        if (hlr_batch_applied(b))
            append(&done, pop(&waiting));
    }
}

struct hlr_batch *ss7_feed_done(void)
{
    return done.first != NULL ? pop(&done) : NULL;
}

void ss7_feed_keep(struct hlr_batch *b)
{
    if (done.first == NULL)
        done.end = &b->next;
    b->next = done.first;
    done.first = b;
}

void ss7_feed_fini(void)
{
    while (waiting.first != NULL)
        hlr_batch_free(pop(&waiting));
    while (done.first != NULL)
        hlr_batch_free(pop(&done));
}

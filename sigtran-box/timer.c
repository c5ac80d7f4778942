/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer.c - a timer wheel whose clock is a parameter
 *
 * A slot holds the timers of every tick that falls on it, this turn's and
 * later ones; those of a later turn are passed over when their slot comes up.
 * The bitmap of slots in use lets the clock jump over the empty ones.
 */

#include "timer.h"

#include <string.h>

static uint64_t tick_of(uint64_t ms)
{
    return ms / TIMER_TICK_MS;
}

void timer_wheel_init(struct timer_wheel *w, uint64_t now_ms)
{
    memset(w, 0, sizeof(*w));
    w->now_ms = now_ms;
    w->tick = tick_of(now_ms);
}

/* Put `t', which is in no list, in front of one. */
static void push(struct timer **list, struct timer *t)
{
    t->next = *list;
    t->prev = list;
    if (t->next != NULL)
        t->next->prev = &t->next;
    *list = t;
}

static void take_out(struct timer *t)
{
    *t->prev = t->next;
    if (t->next != NULL)
        t->next->prev = t->prev;
    t->prev = NULL;
}

static void link_in(struct timer_wheel *w, struct timer *t)
{
    unsigned i = tick_of(t->at_ms) % TIMER_SLOTS;

    push(&w->slot[i], t);
    w->used[i / 64] |= UINT64_C(1) << i % 64;
    w->running++;
}

void timer_set(struct timer_wheel *w, struct timer *t, uint64_t ms)
{
    timer_clear(w, t);
    /* rounded up to the next tick: never early, and never in a slot that
     * timer_run() is walking through */
    t->at_ms = (tick_of(w->now_ms + ms) + 1) * TIMER_TICK_MS;
    link_in(w, t);
}

void timer_clear(struct timer_wheel *w, struct timer *t)
{
    unsigned i = tick_of(t->at_ms) % TIMER_SLOTS;

    if (!timer_running(t))
        return;
    take_out(t);
    w->running--;
    if (w->slot[i] == NULL)
        w->used[i / 64] &= ~(UINT64_C(1) << i % 64);
}

bool timer_running(const struct timer *t)
{
    return t->prev != NULL;
}

/*
 * Fire what is due in one slot. A timer that fires may clear any other, so
 * all that are due move to a list of their own first: the walk is over by
 * then, and the slot is passed through once.
 */
static void run_slot(struct timer_wheel *w, unsigned i)
{
    struct timer *due = NULL, *next;

    for (struct timer *t = w->slot[i]; t != NULL; t = next) {
        next = t->next;
        if (t->at_ms > w->now_ms)
            continue;
        take_out(t);
        push(&due, t);
    }
    while (due != NULL) {
        struct timer *t = due;

        timer_clear(w, t);
        t->fire(t);
    }
}

void timer_run(struct timer_wheel *w, uint64_t now_ms)
{
    uint64_t last = tick_of(now_ms), from = w->tick + 1;

    if (now_ms <= w->now_ms)
        return;
    w->now_ms = now_ms;
    if (last < from)
        return;
    w->tick = last;
    if (last - from >= TIMER_SLOTS) /* a turn or more: each slot once */
        from = last - TIMER_SLOTS + 1;
    for (; from <= last && w->running > 0; from++) {
        unsigned i = from % TIMER_SLOTS;

        if (w->used[i / 64] & UINT64_C(1) << i % 64)
            run_slot(w, i);
    }
}

int timer_next_ms(const struct timer_wheel *w)
{
    uint64_t tick = w->tick + 1;

    if (w->running == 0)
        return -1;
    while (tick < w->tick + TIMER_SLOTS) {
        unsigned i = tick % TIMER_SLOTS;
        uint64_t rest = w->used[i / 64] >> i % 64;

        if (rest != 0) {
            tick += (unsigned)__builtin_ctzll(rest);
            break;
        }
        tick += 64 - i % 64;
    }
    return (int)(tick * TIMER_TICK_MS - w->now_ms);
}

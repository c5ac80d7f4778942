/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer.h - a timer wheel whose clock is a parameter
 *
 * Timers live inside the objects they belong to. Setting, clearing and
 * firing cost the same however many there are. Time is milliseconds of any
 * clock that never goes back; tests move it by hand.
 *
 * Allocates nothing; one thread.
 */

#ifndef TIMER_H
#define TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMER_TICK_MS = 8, TIMER_SLOTS = 1024 }; /* a turn is 8.2 s */

struct timer {
    struct timer *next, **prev; /* in a slot; prev NULL: not running */
    uint64_t at_ms;
    void (*fire)(struct timer *t); /* the owner sets it once */
};

struct timer_wheel {
    uint64_t now_ms;
    uint64_t tick; /* the last one that was run */
    uint32_t running;
    uint64_t used[TIMER_SLOTS / 64]; /* slots that are not empty */
    struct timer *slot[TIMER_SLOTS];
};

void timer_wheel_init(struct timer_wheel *w, uint64_t now_ms);

/* (Re)start `t': it fires once, not before `ms' from the wheel's now. */
void timer_set(struct timer_wheel *w, struct timer *t, uint64_t ms);

/* No effect on a timer that is not running. */
void timer_clear(struct timer_wheel *w, struct timer *t);

bool timer_running(const struct timer *t);

/*
 * Move the clock and fire what is due. A timer may set or clear itself and
 * any other while it fires.
 */
void timer_run(struct timer_wheel *w, uint64_t now_ms);

/* Milliseconds until timer_run() may have work; -1: no timer is running. */
int timer_next_ms(const struct timer_wheel *w);

/* The owner of a timer: timer_of(t, struct mt_dlg, guard). */
#define timer_of(t, type, field)                                               \
    ((type *)(void *)((char *)(t)-offsetof(type, field)))

#endif

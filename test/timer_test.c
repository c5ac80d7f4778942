/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer_test.c - timer.c on a clock moved by hand
 */

#include "timer.h"

#include "check.h"

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

enum { MANY = 5000 };

struct alarm {
    struct timer t;
    uint64_t due_ms, fired_ms;
    unsigned times;
    unsigned again_ms;  /* set itself once more */
    struct alarm *kill; /* clear another while it fires */
};

static struct timer_wheel w;

static void fire(struct timer *t)
{
    struct alarm *a = timer_of(t, struct alarm, t);

    a->fired_ms = w.now_ms;
    a->times++;
    if (a->again_ms != 0)
        timer_set(&w, t, a->again_ms);
    if (a->kill != NULL)
        timer_clear(&w, &a->kill->t);
}

static void set(struct alarm *a, uint64_t ms)
{
    a->t.fire = fire;
    a->due_ms = w.now_ms + ms;
    timer_set(&w, &a->t, ms);
}

static void fires_once_and_never_early(void)
{
    struct alarm a = { 0 };

    timer_wheel_init(&w, 1000);
    set(&a, 50);
    for (uint64_t now = 1000; now < 1050; now++) {
        timer_run(&w, now);
        CHECK(a.times == 0);
    }
    timer_run(&w, 1050 + 2 * TIMER_TICK_MS);
    CHECK(a.times == 1);
    timer_run(&w, 100000);
    CHECK(a.times == 1);
    CHECK(timer_next_ms(&w) == -1);
}

static void waits_for_later_turns_of_the_wheel(void)
{
    struct alarm a = { 0 };

    timer_wheel_init(&w, 0);
    set(&a, 25000); /* three turns */
    for (uint64_t now = 0; now < 25000; now += 7)
        timer_run(&w, now);
    CHECK(a.times == 0);
    timer_run(&w, 25000 + 2 * TIMER_TICK_MS);
    CHECK(a.times == 1);
}

static void a_jump_of_the_clock_loses_nothing(void)
{
    static struct alarm a[MANY];

    timer_wheel_init(&w, 77);
    for (unsigned i = 0; i < MANY; i++)
        set(&a[i], 13 * i);
    timer_run(&w, 77 + 13 * MANY + 100);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(a[i].times == 1);
    CHECK(w.running == 0);
}

static void random_timers_are_at_most_two_ticks_late(void)
{
    static struct alarm a[MANY];
    uint64_t now = 5;

    memset(a, 0, sizeof(a));
    timer_wheel_init(&w, now);
    for (unsigned i = 0; i < MANY; i++)
        set(&a[i], (unsigned)rand() % 30000);
    for (; now < 31000; now += (unsigned)rand() % 5) {
        int next = timer_next_ms(&w);

        CHECK(next == -1 || next > 0);
        timer_run(&w, now);
    }
    for (unsigned i = 0; i < MANY; i++) {
        CHECK(a[i].times == 1);
        CHECK(a[i].fired_ms >= a[i].due_ms);
        CHECK(a[i].fired_ms <= a[i].due_ms + 2 * TIMER_TICK_MS + 5);
    }
}

static void a_timer_may_set_itself_and_clear_others(void)
{
    struct alarm a = { .again_ms = 20 }, b = { 0 };

    timer_wheel_init(&w, 0);
    set(&b, 100);
    set(&a, 10);
    a.kill = &b;
    for (uint64_t now = 0; now < 300; now++)
        timer_run(&w, now);
    CHECK(a.times >= 8 && a.times <= 15);
    CHECK(b.times == 0);
    timer_clear(&w, &a.t);
    timer_clear(&w, &a.t);
    CHECK(w.running == 0);
}

static void sleeping_as_told_misses_nothing(void)
{
    struct alarm a = { 0 };
    uint64_t now = 3;
    unsigned naps = 0;

    timer_wheel_init(&w, now);
    set(&a, 20000);
    while (a.times == 0 && naps++ < 100) {
        now += (uint64_t)timer_next_ms(&w);
        timer_run(&w, now);
    }
    CHECK(a.times == 1);
    CHECK(naps < 10);
}

/* A turn of the wheel ago as many were set as are due now, in one slot. */
static void a_crowded_slot_is_passed_through_once(void)
{
    enum { CROWD = 50000, TURN_MS = TIMER_TICK_MS * TIMER_SLOTS };
    struct alarm *a = calloc(2 * CROWD, sizeof(*a));
    clock_t began;
    unsigned fired = 0;

    CHECK(a != NULL);
    timer_wheel_init(&w, 0);
    for (unsigned i = 0; i < CROWD; i++)
        set(&a[i], 100);
    for (unsigned i = CROWD; i < 2 * CROWD; i++)
        set(&a[i], 100 + TURN_MS);
    began = clock();
    timer_run(&w, 150);
    CHECK(clock() - began < CLOCKS_PER_SEC / 2);
    for (unsigned i = 0; i < CROWD; i++)
        fired += a[i].times;
    CHECK(fired == CROWD && w.running == CROWD);
    timer_run(&w, 150 + TURN_MS);
    CHECK(w.running == 0);
    free(a);
}

/* Both are due: the first to fire decides about the other. */
static void a_timer_that_is_due_may_be_cleared_or_set_by_another(void)
{
    struct alarm a = { 0 }, b = { 0 };

    timer_wheel_init(&w, 0);
    set(&a, 10);
    set(&b, 10);
    a.kill = &b;
    b.kill = &a;
    timer_run(&w, 100);
    CHECK(a.times + b.times == 1 && w.running == 0);
    CHECK(timer_next_ms(&w) == -1);
}

int main(void)
{
    fires_once_and_never_early();
    waits_for_later_turns_of_the_wheel();
    a_jump_of_the_clock_loses_nothing();
    random_timers_are_at_most_two_ticks_late();
    a_timer_may_set_itself_and_clear_others();
    sleeping_as_told_misses_nothing();
    a_crowded_slot_is_passed_through_once();
    a_timer_that_is_due_may_be_cleared_or_set_by_another();
    return CHECK_DONE();
}

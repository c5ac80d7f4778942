/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_tab_test.c - open deliveries, their boxes, and who waits for them
 */

#include "gw/dlv_tab.h"

#include "check.h"

static const struct box_ref box1 = { .slot = 1, .epoch = 7 };
static const struct box_ref box2 = { .slot = 2, .epoch = 7 };

static int wait_for(struct dlv_tab *t, struct dlv *d, uint64_t id,
                    uint64_t at_ms)
{
    struct dlv_waiter w = { .ss7_id = id, .at_ms = at_ms };

    return dlv_wait(t, d, &w);
}

static void ids_of_the_past_find_nothing(void)
{
    struct dlv_tab *t = dlv_tab_new(2);
    struct dlv *d = dlv_new(t, box1);
    uint64_t old = d->id;

    CHECK(old != 0 && dlv_find(t, old) == d);
    dlv_del(t, d);
    CHECK(dlv_find(t, old) == NULL);
    d = dlv_new(t, box1);
    CHECK(d->id != old && (uint32_t)d->id == (uint32_t)old);
    CHECK(dlv_find(t, old) == NULL && dlv_find(t, d->id) == d);
    CHECK(dlv_find(t, 0) == NULL && dlv_find(t, UINT64_MAX) == NULL);
    dlv_tab_free(t);
}

static void is_full_when_all_are_taken(void)
{
    struct dlv_tab *t = dlv_tab_new(2);
    struct dlv *a = dlv_new(t, box1);

    CHECK(dlv_new(t, box1) != NULL);
    CHECK(dlv_new(t, box1) == NULL);
    CHECK(dlv_count(t) == 2);
    dlv_del(t, a);
    CHECK(dlv_new(t, box1) != NULL);
    dlv_tab_free(t);
}

static void lists_by_age_and_by_box(void)
{
    struct dlv_tab *t = dlv_tab_new(8);
    struct dlv *a = dlv_new(t, box1), *b = dlv_new(t, box2);
    struct dlv *c = dlv_new(t, box1);

    CHECK(dlv_first(t) == a && dlv_next(t, a) == b && dlv_next(t, b) == c);
    CHECK(dlv_next(t, c) == NULL);
    CHECK(dlv_first_of_box(t, 1) == a && dlv_next_of_box(t, a) == c);
    CHECK(dlv_first_of_box(t, 2) == b && dlv_next_of_box(t, b) == NULL);
    CHECK(dlv_first_of_box(t, 3) == NULL);
    dlv_del(t, a);
    CHECK(dlv_first(t) == b && dlv_first_of_box(t, 1) == c);
    a = dlv_new(t, box1);
    CHECK(dlv_next(t, c) == a && dlv_next_of_box(t, c) == a);
    dlv_del(t, c);
    CHECK(dlv_next(t, b) == a && dlv_first_of_box(t, 1) == a);
    dlv_del(t, a);
    dlv_del(t, b);
    CHECK(dlv_first(t) == NULL && dlv_first_of_box(t, 1) == NULL);
    CHECK(dlv_count(t) == 0);
    dlv_tab_free(t);
}

static void what_was_with_no_box_goes_to_one(void)
{
    struct dlv_tab *t = dlv_tab_new(8);
    struct dlv *a = dlv_new(t, DLV_NO_BOX), *b = dlv_new(t, box1);

    CHECK(dlv_first(t) == a && dlv_first_of_box(t, 1) == b);
    dlv_set_box(t, a, box1);
    CHECK(dlv_first(t) == a && dlv_next(t, a) == b);
    CHECK(dlv_first_of_box(t, 1) == b && dlv_next_of_box(t, b) == a);
    dlv_del(t, b);
    CHECK(dlv_first_of_box(t, 1) == a);
    dlv_del(t, a);
    a = dlv_new(t, DLV_NO_BOX);
    dlv_del(t, a);
    CHECK(dlv_first(t) == NULL && dlv_first_of_box(t, 1) == NULL);
    dlv_tab_free(t);
}

static void answers_who_waits_oldest_first(void)
{
    struct dlv_tab *t = dlv_tab_new(8);
    struct dlv *d = dlv_new(t, box1);
    struct dlv_waiter w;
    uint64_t i;

    for (i = 0; i < 200; i++) /* more than there was room for at first */
        CHECK(wait_for(t, d, (i + 1) << 32 | i, 0) == 0);
    CHECK(dlv_wait_drop(t, (uint64_t)101 << 32 | 100, &w) == d);
    CHECK(dlv_wait_drop(t, (uint64_t)101 << 32 | 100, &w) == NULL);
    CHECK(dlv_wait_drop(t, (uint64_t)999 << 32 | 5, &w) == NULL);
    for (i = 0; i < 200; i++) {
        if (i == 100)
            continue;
        CHECK(dlv_wait_take(t, d, &w) && w.ss7_id == ((i + 1) << 32 | i));
    }
    CHECK(!dlv_wait_take(t, d, &w));
    dlv_tab_free(t);
}

static void a_slot_used_again_was_given_up_before(void)
{
    struct dlv_tab *t = dlv_tab_new(8);
    struct dlv *a = dlv_new(t, box1), *b = dlv_new(t, box1);
    uint64_t first = (uint64_t)1 << 32 | 3, second = (uint64_t)2 << 32 | 3;
    struct dlv_waiter w;

    CHECK(wait_for(t, a, first, 0) == 0);
    CHECK(wait_for(t, b, second, 0) == 0);
    CHECK(!dlv_wait_take(t, a, &w));
    CHECK(dlv_wait_drop(t, first, &w) == NULL);
    CHECK(dlv_wait_drop(t, second, &w) == b);
    CHECK(wait_for(t, a, (uint64_t)1 << 32 | 0xffffffff, 0) == -1);
    dlv_tab_free(t);
}

static void takes_those_whose_time_has_come(void)
{
    struct dlv_tab *t = dlv_tab_new(8);
    struct dlv *d = dlv_new(t, box1);
    struct dlv_waiter w;

    wait_for(t, d, (uint64_t)1 << 32 | 1, 0);
    wait_for(t, d, (uint64_t)1 << 32 | 2, 100);
    wait_for(t, d, (uint64_t)1 << 32 | 3, 200);
    CHECK(!dlv_wait_take_late(t, d, 99, &w));
    CHECK(dlv_wait_take_late(t, d, 100, &w) && (uint32_t)w.ss7_id == 2);
    CHECK(!dlv_wait_take_late(t, d, 100, &w));
    CHECK(dlv_wait_take_late(t, d, 1000, &w) && (uint32_t)w.ss7_id == 3);
    CHECK(!dlv_wait_take_late(t, d, UINT64_MAX, &w));
    CHECK(dlv_wait_take(t, d, &w) && (uint32_t)w.ss7_id == 1);
    dlv_tab_free(t);
}

int main(void)
{
    ids_of_the_past_find_nothing();
    is_full_when_all_are_taken();
    lists_by_age_and_by_box();
    what_was_with_no_box_goes_to_one();
    answers_who_waits_oldest_first();
    a_slot_used_again_was_given_up_before();
    takes_those_whose_time_has_come();
    return CHECK_DONE();
}

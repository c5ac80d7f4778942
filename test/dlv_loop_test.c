/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_loop_test.c - whom nothing may be sent automatically, for a while
 */

#include "gw/dlv_loop.h"

#include "check.h"

static struct dlv_loop loop;

static void stops_the_answer_to_a_machine(void)
{
    memset(&loop, 0, sizeof(loop));
    CHECK(!dlv_loop_closes(&loop, "", "", 5));
    dlv_loop_add(&loop, "+447700900001", "447700900123", 5);
    CHECK(dlv_loop_closes(&loop, "+447700900123", "+447700900001", 5));
    CHECK(dlv_loop_closes(&loop, "447700900123", "447700900001", 5));
    /* from another number, to another number, and the other way round */
    CHECK(!dlv_loop_closes(&loop, "+447700900124", "+447700900001", 5));
    CHECK(!dlv_loop_closes(&loop, "+447700900123", "+447700900002", 5));
    CHECK(!dlv_loop_closes(&loop, "+447700900001", "+447700900123", 5));
}

static void forgets_after_its_time(void)
{
    memset(&loop, 0, sizeof(loop));
    dlv_loop_add(&loop, "+1", "2", 1000);
    CHECK(dlv_loop_closes(&loop, "2", "1", 1000 + DLV_LOOP_MS - 1));
    CHECK(!dlv_loop_closes(&loop, "2", "1", 1000 + DLV_LOOP_MS));
    dlv_loop_add(&loop, "+1", "2", 1000 + DLV_LOOP_MS);
    CHECK(dlv_loop_closes(&loop, "2", "1", 1000 + DLV_LOOP_MS));
}

static void is_bounded_and_drops_the_oldest(void)
{
    char from[20];

    memset(&loop, 0, sizeof(loop));
    for (unsigned i = 0; i <= DLV_LOOP_MAX; i++) {
        snprintf(from, sizeof(from), "+%u", i);
        dlv_loop_add(&loop, from, "99", 10);
    }
    CHECK(!dlv_loop_closes(&loop, "99", "0", 10));
    CHECK(dlv_loop_closes(&loop, "99", "1", 10));
    CHECK(dlv_loop_closes(&loop, "99", from, 10));
}

static void the_longest_sender_fits(void)
{
    char longest[DLV_LOOP_NUMBER + 10];

    memset(&loop, 0, sizeof(loop));
    memset(longest, 'x', sizeof(longest));
    longest[DLV_LOOP_NUMBER - 1] = '\0';
    dlv_loop_add(&loop, longest, "99", 10);
    CHECK(dlv_loop_closes(&loop, "99", longest, 10));
    longest[DLV_LOOP_NUMBER - 1] = 'x';
    longest[sizeof(longest) - 1] = '\0';
    dlv_loop_add(&loop, longest, "99", 10); /* cut, and no harm done */
}

int main(void)
{
    SHOWS("TP-14", stops_the_answer_to_a_machine);
    SHOWS("TP-14", forgets_after_its_time);
    is_bounded_and_drops_the_oldest();
    the_longest_sender_fits();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quota_test.c - no party has more than it may, none is remembered for ever
 */

#include "check.h"
#include "quota.h"

static void no_more_than_allowed(void)
{
    struct quota *q = quota_new(10, 2);
    uint32_t first = quota_take(q, "447700900321");

    CHECK(first != 0 && quota_take(q, "447700900321") != 0);
    CHECK(quota_take(q, "447700900321") == 0);
    CHECK(quota_take(q, "46700") != 0); /* another is not disturbed */
    quota_give(q, first);
    CHECK(quota_take(q, "447700900321") != 0);
    CHECK(quota_take(q, "447700900321") == 0);
    quota_free(q);
}

static void no_more_than_there_are(void)
{
    struct quota *q = quota_new(2, 2);
    uint32_t a = quota_take(q, "a");

    CHECK(a != 0 && quota_take(q, "b") != 0 && quota_take(q, "c") == 0);
    quota_give(q, 0);
    CHECK(quota_take(q, "c") == 0);
    quota_give(q, a);
    CHECK(quota_take(q, "c") != 0);
    quota_free(q);
    quota_free(NULL);
}

static void a_name_may_be_anything(void)
{
    struct quota *q = quota_new(10, 1);
    char name[2][QUOTA_NAME_MAX + 10] = { "" };

    CHECK(quota_take(q, "") != 0 && quota_take(q, "") == 0);
    memset(name[0], '7', sizeof(name[0]) - 1);
    memset(name[1], '7', sizeof(name[1]) - 1);
    name[1][QUOTA_NAME_MAX] = '8'; /* not seen any more */
    CHECK(quota_take(q, name[0]) != 0 && quota_take(q, name[1]) == 0);
    quota_free(q);
}

/* Counted beside it, many parties coming and going. */
static void counts_right_for_a_long_time(void)
{
    enum { THINGS = 64, PARTIES = 24, MOST = 5, STEPS = 200000 };
    struct quota *q = quota_new(THINGS, MOST);
    struct {
        uint32_t taken;
        unsigned party;
    } held[THINGS];
    unsigned n = 0, count[PARTIES] = { 0 }, wrong = 0;
    uint32_t random = 1;

    for (int i = 0; i < STEPS; i++) {
        unsigned party, which;
        char name[16];
        uint32_t taken;

        random = random * 1664525 + 1013904223;
        party = (random >> 8) % PARTIES;
        if (n > 0 && (random >> 24) % 2 == 0) {
            which = (random >> 8) % n;
            quota_give(q, held[which].taken);
            count[held[which].party]--;
            held[which] = held[--n];
            continue;
        }
        snprintf(name, sizeof(name), "4477009%05u", party);
        taken = quota_take(q, name);
        wrong += (taken != 0) != (n < THINGS && count[party] < MOST);
        if (taken == 0)
            continue;
        held[n].taken = taken;
        held[n++].party = party;
        count[party]++;
    }
    CHECK(wrong == 0);
    quota_free(q);
}

int main(void)
{
    SHOWS("FM-12", no_more_than_allowed);
    no_more_than_there_are();
    a_name_may_be_anything();
    counts_right_for_a_long_time();
    return CHECK_DONE();
}

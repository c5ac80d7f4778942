/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_seq_test.c - numbers of the journal that come late, or never
 */

#include "check.h"
#include "hlr/reg_seq.h"

enum { GRACE = 2000 };

static struct seq_track t;

static bool missing(int64_t from, int64_t to)
{
    int64_t a = 0, b = 0;

    return seq_missing(&t, &a, &b) && a == from && b == to;
}

static bool nothing_missing(void)
{
    int64_t a, b;

    return !seq_missing(&t, &a, &b);
}

static void takes_numbers_as_they_come(void)
{
    seq_init(&t, 10);
    CHECK(!seq_saw(&t, 10, 0) && !seq_saw(&t, 3, 0));
    CHECK(seq_saw(&t, 11, 0) && seq_saw(&t, 12, 0));
    CHECK(!seq_saw(&t, 11, 0) && !seq_saw(&t, 12, 0));
    CHECK(nothing_missing() && t.high == 12);
    seq_fini(&t);
}

static void takes_a_number_that_was_committed_late(void)
{
    seq_init(&t, 0);
    CHECK(seq_saw(&t, 5, 100));
    CHECK(missing(1, 4));
    CHECK(seq_saw(&t, 3, 200) && !seq_saw(&t, 3, 200));
    CHECK(missing(1, 4) && t.gaps == 2);
    CHECK(seq_saw(&t, 1, 300) && missing(2, 4));
    CHECK(seq_saw(&t, 4, 300) && missing(2, 2));
    CHECK(seq_saw(&t, 2, 300) && nothing_missing());
    seq_fini(&t);
}

static void gives_each_gap_its_own_grace(void)
{
    seq_init(&t, 0);
    seq_saw(&t, 2, 1000); /* 1 is missed */
    seq_saw(&t, 4, 2500); /* 3 is missed */
    seq_give_up(&t, 2999, GRACE);
    CHECK(missing(1, 3));
    seq_give_up(&t, 3000, GRACE);
    CHECK(missing(3, 3));
    CHECK(!seq_saw(&t, 1, 3000)); /* too late */
    CHECK(seq_saw(&t, 3, 4499));
    seq_give_up(&t, 4500, GRACE);
    CHECK(nothing_missing());
    seq_fini(&t);
}

static void a_part_of_a_gap_keeps_its_stamp(void)
{
    seq_init(&t, 0);
    seq_saw(&t, 100, 1000);
    for (int64_t n = 10; n < 100; n += 10)
        CHECK(seq_saw(&t, n, 2000));
    CHECK(t.gaps == 10);
    seq_give_up(&t, 3000, GRACE);
    CHECK(nothing_missing());
    seq_fini(&t);
}

/* Three nodes: 1, 4, 7, ... and 2, 5, 8, ... and 3, 6, 9, ... */
static void lives_with_the_steps_of_a_cluster(void)
{
    size_t most = 0;

    seq_init(&t, 0);
    for (int64_t n = 1; n < 30000; n += 3) {
        CHECK(seq_saw(&t, n, (uint64_t)n));
        if (n % 9 == 1)
            CHECK(seq_saw(&t, n + 1, (uint64_t)n));
        seq_give_up(&t, (uint64_t)n, GRACE);
        if (t.gaps > most)
            most = t.gaps;
    }
    CHECK(most <= GRACE / 3 + 1); /* what is of the grace, and no more */
    CHECK(seq_saw(&t, 29990, 30000) || t.gap[0].from > 29990 - GRACE);
    seq_fini(&t);
}

/* Every number once, in any order that a grace allows, against a list. */
static void agrees_with_a_list_of_what_was_seen(void)
{
    enum { N = 20000, LATE = 50 };
    static bool seen[N + 1];
    unsigned random = 1;

    seq_init(&t, 0);
    for (int i = 1; i < 5 * N; i++) {
        int64_t n;

        random = random * 1103515245 + 12345;
        n = i / 5 + 1 + (int)((random >> 16) % LATE);
        if (n > N)
            continue;
        CHECK(seq_saw(&t, n, (uint64_t)i) == !seen[n]);
        seen[n] = true;
    }
    for (size_t i = 0; i < t.gaps; i++) {
        CHECK(t.gap[i].from <= t.gap[i].to);
        CHECK(i == 0 || t.gap[i - 1].to + 1 < t.gap[i].from);
        for (int64_t n = t.gap[i].from; n <= t.gap[i].to; n++)
            CHECK(!seen[n]);
    }
    seq_fini(&t);
}

int main(void)
{
    takes_numbers_as_they_come();
    takes_a_number_that_was_committed_late();
    gives_each_gap_its_own_grace();
    a_part_of_a_gap_keeps_its_stamp();
    lives_with_the_steps_of_a_cluster();
    agrees_with_a_list_of_what_was_seen();
    return CHECK_DONE();
}

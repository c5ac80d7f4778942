/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dedup_test.c - retries meet what became of the first try
 */

#include "gw/dedup.h"

#include "check.h"

#include <string.h>

static struct dedup_key key(uint32_t n)
{
    struct dedup_key k = { { 0 } };

    memcpy(k.octet, &n, sizeof(n));
    return k;
}

/* What is known of key `n'; *id or *v as dedup_find(). */
static enum dedup_is find(struct dedup *d, uint32_t n, uint64_t now_ms,
                          uint64_t *id, enum verdict *v)
{
    struct dedup_key k = key(n);

    return dedup_find(d, &k, now_ms, id, v);
}

static void out(struct dedup *d, uint32_t n, uint64_t id)
{
    struct dedup_key k = key(n);

    CHECK(dedup_out(d, &k, id) == 0);
}

static void decide(struct dedup *d, uint32_t n, uint64_t id, enum verdict v,
                   uint64_t now_ms)
{
    struct dedup_key k = key(n);

    dedup_decide(d, &k, id, v, now_ms);
}

static void keeps_ok_and_permfail_for_their_time(void)
{
    struct dedup *d = dedup_new(10, 10, 1000, 7);
    enum verdict v = VERDICT_TEMPFAIL;
    uint64_t id = 0;

    CHECK(find(d, 1, 0, &id, &v) == DEDUP_UNKNOWN);
    out(d, 1, 100);
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_OUT && id == 100);
    decide(d, 1, 100, VERDICT_OK, 500);
    CHECK(find(d, 1, 1499, &id, &v) == DEDUP_DECIDED && v == VERDICT_OK);
    CHECK(find(d, 1, 1500, &id, &v) == DEDUP_UNKNOWN);
    out(d, 2, 101);
    decide(d, 2, 101, VERDICT_PERMFAIL, 1500);
    CHECK(find(d, 2, 1600, &id, &v) == DEDUP_DECIDED && v == VERDICT_PERMFAIL);
    dedup_free(d);
}

static void forgets_tempfail(void)
{
    struct dedup *d = dedup_new(10, 10, 1000, 7);
    enum verdict v;
    uint64_t id;

    out(d, 1, 100);
    decide(d, 1, 100, VERDICT_TEMPFAIL, 0);
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_UNKNOWN);
    CHECK(dedup_count(d) == 0);
    dedup_free(d);
}

static void a_repeated_message_replaces_the_decided_one(void)
{
    struct dedup *d = dedup_new(10, 10, 1000, 7);
    enum verdict v = VERDICT_TEMPFAIL;
    uint64_t id = 0;

    out(d, 1, 100);
    decide(d, 1, 100, VERDICT_OK, 0);
    out(d, 1, 200);
    CHECK(dedup_count(d) == 0);
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_OUT && id == 200);
    decide(d, 1, 100, VERDICT_OK, 0); /* of the old delivery: no effect */
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_OUT && id == 200);
    decide(d, 1, 200, VERDICT_PERMFAIL, 0);
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_DECIDED && v == VERDICT_PERMFAIL);
    dedup_free(d);
}

static void the_oldest_decided_go_first(void)
{
    struct dedup *d = dedup_new(3, 2, 1000000, 7);
    enum verdict v;
    uint64_t id;
    uint32_t i;

    out(d, 99, 99); /* stays out through it all */
    for (i = 1; i <= 5; i++) {
        out(d, i, i);
        decide(d, i, i, VERDICT_OK, i);
    }
    CHECK(dedup_count(d) == 3);
    CHECK(find(d, 1, 5, &id, &v) == DEDUP_UNKNOWN);
    CHECK(find(d, 2, 5, &id, &v) == DEDUP_UNKNOWN);
    CHECK(find(d, 3, 5, &id, &v) == DEDUP_DECIDED);
    CHECK(find(d, 5, 5, &id, &v) == DEDUP_DECIDED);
    CHECK(find(d, 99, 5, &id, &v) == DEDUP_OUT);
    dedup_free(d);
}

static void refuses_more_out_than_it_has_room_for(void)
{
    struct dedup *d = dedup_new(3, 2, 1000, 7);
    struct dedup_key k = key(3);

    out(d, 1, 1);
    out(d, 2, 2);
    CHECK(dedup_out(d, &k, 3) == -1);
    out(d, 2, 4); /* known: no more room needed */
    decide(d, 1, 1, VERDICT_TEMPFAIL, 0);
    CHECK(dedup_out(d, &k, 3) == 0);
    dedup_free(d);
}

static void keeps_nothing_if_it_may_keep_nothing(void)
{
    struct dedup *d = dedup_new(0, 2, 1000, 7);
    enum verdict v;
    uint64_t id;

    out(d, 1, 1);
    decide(d, 1, 1, VERDICT_OK, 0);
    CHECK(find(d, 1, 0, &id, &v) == DEDUP_UNKNOWN);
    dedup_free(d);
}

/* Against a model that is too simple to be wrong. */
static void agrees_with_a_plain_table(void)
{
    enum { KEYS = 50, OUT_MAX = 60, STEPS = 200000, TTL = 40 };
    struct dedup *d = dedup_new(1000, OUT_MAX, TTL, 99);
    struct {
        enum dedup_is is;
        uint64_t id, until;
    } model[KEYS] = { { DEDUP_UNKNOWN, 0, 0 } };
    uint64_t now = 1, id = 0, seed = 1;
    enum verdict v = VERDICT_OK;
    int i, bad = 0;

    for (i = 1; i <= STEPS; i++) {
        uint32_t n;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        n = (uint32_t)(seed >> 33) % KEYS;
        now += seed >> 62 == 0;
        if (model[n].is == DEDUP_DECIDED && model[n].until <= now)
            model[n].is = DEDUP_UNKNOWN;
        bad += find(d, n, now, &id, &v) != model[n].is;
        if (model[n].is == DEDUP_OUT) {
            bad += id != model[n].id;
            v = (seed >> 40) % 2 ? VERDICT_OK : VERDICT_TEMPFAIL;
            decide(d, n, model[n].id, v, now);
            model[n].is = v == VERDICT_OK ? DEDUP_DECIDED : DEDUP_UNKNOWN;
            model[n].until = now + TTL;
        } else {
            out(d, n, (uint64_t)i);
            model[n].is = DEDUP_OUT;
            model[n].id = (uint64_t)i;
        }
    }
    CHECK(bad == 0);
    dedup_free(d);
}

int main(void)
{
    keeps_ok_and_permfail_for_their_time();
    forgets_tempfail();
    a_repeated_message_replaces_the_decided_one();
    the_oldest_decided_go_first();
    refuses_more_out_than_it_has_room_for();
    keeps_nothing_if_it_may_keep_nothing();
    agrees_with_a_plain_table();
    return CHECK_DONE();
}

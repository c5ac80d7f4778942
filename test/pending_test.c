/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pending_test.c - ids find their owner, and only while they are wanted
 */

#include "check.h"
#include "pending.h"

static void finds_the_owner(void)
{
    struct pending *p = pending_new(2);
    int a, b;
    uint64_t ia = pending_add(p, &a), ib = pending_add(p, &b);

    CHECK(ia != 0 && ib != 0 && ia != ib);
    CHECK(pending_find(p, ia) == &a && pending_find(p, ib) == &b);
    CHECK(pending_count(p) == 2);
    pending_free(p);
}

static void refuses_when_full(void)
{
    struct pending *p = pending_new(2);
    int a;
    uint64_t id = pending_add(p, &a);

    pending_add(p, &a);
    CHECK(pending_add(p, &a) == 0);
    pending_del(p, id);
    CHECK(pending_add(p, &a) != 0);
    CHECK(pending_add(p, &a) == 0);
    pending_free(p);
}

static void misses_a_stale_id(void)
{
    struct pending *p = pending_new(1);
    int a, b;
    uint64_t old = pending_add(p, &a), new;

    pending_del(p, old);
    CHECK(pending_find(p, old) == NULL);
    new = pending_add(p, &b);
    CHECK((uint32_t) new == (uint32_t)old &&new != old);
    CHECK(pending_find(p, old) == NULL && pending_find(p, new) == &b);
    pending_del(p, old);
    CHECK(pending_find(p, new) == &b && pending_count(p) == 1);
    pending_free(p);
}

static void misses_what_was_never_given_out(void)
{
    struct pending *p = pending_new(4);
    int a;
    uint64_t id = pending_add(p, &a);

    CHECK(pending_find(p, 0) == NULL);
    CHECK(pending_find(p, id + 1) == NULL);
    CHECK(pending_find(p, id + ((uint64_t)1 << 32)) == NULL);
    CHECK(pending_find(p, UINT64_MAX) == NULL);
    pending_del(p, UINT64_MAX);
    pending_del(p, 0);
    CHECK(pending_count(p) == 1);
    pending_free(p);
    pending_free(NULL);
}

int main(void)
{
    finds_the_owner();
    refuses_when_full();
    misses_a_stale_id();
    misses_what_was_never_given_out();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xq_test.c - xq.c: nothing is lost, doubled or reordered across threads
 */

#include "xq.h"

#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <stdint.h>

enum { WRITERS = 3, EACH = 100000 };

static struct xq *q;

static void full_is_refused_and_order_is_kept(void)
{
    uint32_t v[8];

    q = xq_new(4, sizeof(uint32_t));
    for (uint32_t i = 0; i < 4; i++)
        CHECK(xq_push(q, &i) == 0);
    CHECK(xq_push(q, v) == -1);
    CHECK(xq_len(q) == 4);
    CHECK(xq_take(q, v, 3) == 3 && v[0] == 0 && v[2] == 2);
    CHECK(xq_push(q, &v[2]) == 0);
    CHECK(xq_take(q, v, 8) == 2 && v[0] == 3 && v[1] == 2);
    CHECK(xq_take(q, v, 8) == 0);
    xq_free(q);
}

static void the_descriptor_tells_when_there_is_something(void)
{
    uint32_t v = 1;
    struct pollfd p;

    q = xq_new(4, sizeof(v));
    p = (struct pollfd){ .fd = xq_fd(q), .events = POLLIN };
    CHECK(poll(&p, 1, 0) == 0);
    xq_push(q, &v);
    xq_push(q, &v);
    CHECK(poll(&p, 1, 0) == 1);
    xq_take(q, &v, 1);
    CHECK(poll(&p, 1, 0) == 1);
    xq_take(q, &v, 1);
    CHECK(poll(&p, 1, 0) == 0);
    xq_free(q);
}

static void *writer(void *arg)
{
    uint32_t who = *(uint32_t *)arg;

    for (uint32_t i = 0; i < EACH; i++) {
        uint32_t v[2] = { who, i };

        while (xq_push(q, v) < 0)
            sched_yield();
    }
    return NULL;
}

static void many_writers_one_reader(void)
{
    pthread_t t[WRITERS];
    uint32_t who[WRITERS], next[WRITERS] = { 0 }, v[16][2];
    size_t got = 0;

    q = xq_new(64, sizeof(v[0]));
    for (uint32_t i = 0; i < WRITERS; i++) {
        who[i] = i;
        pthread_create(&t[i], NULL, writer, &who[i]);
    }
    while (got < (size_t)WRITERS * EACH) {
        size_t n = xq_take(q, v, 16);

        if (n == 0) {
            xq_wait(q, 5000); /* a lost wake-up would show as a hang */
            n = xq_take(q, v, 16);
            CHECK(n > 0); /* and it wakes nobody for nothing */
        }
        for (size_t i = 0; i < n; i++)
            CHECK(v[i][1] == next[v[i][0]]++);
        got += n;
    }
    for (uint32_t i = 0; i < WRITERS; i++) {
        pthread_join(t[i], NULL);
        CHECK(next[i] == EACH);
    }
    xq_free(q);
}

int main(void)
{
    full_is_refused_and_order_is_kept();
    the_descriptor_tells_when_there_is_something();
    many_writers_one_reader();
    return CHECK_DONE();
}

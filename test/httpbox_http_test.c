/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_http_test.c - HTTP requests by the thousand, in one thread
 */

#include "gw/httpbox_http.h"

#include "check.h"
#include "fake_http.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { CALLS = 400, LONG_MS = 10000 };

static struct http *http;
static pthread_t thread;
static struct http_target target;
static struct http_call call[CALLS];
static char url[CALLS][80];
static int port;
static atomic_uint n_done, n_turns;
static struct http_call *order[2 * CALLS];

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void on_done(void *ctx, struct http_call *c)
{
    (void)ctx;
    order[atomic_load(&n_done)] = c;
    atomic_fetch_add(&n_done, 1);
}

static void on_turn(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&n_turns, 1);
}

static const struct http_ops ops = { on_done, on_turn };

static void *run(void *arg)
{
    (void)arg;
    http_run(http);
    return NULL;
}

static void start(uint32_t max_calls)
{
    memset(&target, 0, sizeof(target));
    memset(call, 0, sizeof(call));
    target.connect_ms = 1000;
    target.max_calls = max_calls;
    atomic_store(&n_done, 0);
    atomic_store(&n_turns, 0);
    port = fake_http_start();
    http = http_new(&ops, NULL, 100);
    CHECK(http != NULL);
    pthread_create(&thread, NULL, run, NULL);
}

static void stop(void)
{
    http_stop(http);
    pthread_join(thread, NULL);
    http_free(http);
    fake_http_stop();
}

static struct http_call *make(unsigned i, const char *path, unsigned due_ms)
{
    snprintf(url[i], sizeof(url[i]), "http://127.0.0.1:%d%s", port, path);
    call[i].target = &target;
    call[i].url = url[i];
    call[i].due_ms = now_ms() + due_ms;
    return &call[i];
}

static void put(unsigned i, const char *path, unsigned due_ms)
{
    http_put(http, make(i, path, due_ms));
}

static bool wait_done(unsigned n)
{
    for (int ms = 0; ms < LONG_MS; ms++) {
        if (atomic_load(&n_done) >= n)
            return true;
        poll(NULL, 0, 1);
    }
    return false;
}

static void asks_and_tells_the_answer(void)
{
    static char header[] = "X-Test: yes", type[] = "Content-Type: a/b";
    char seen[FAKE_HTTP_REQUEST];
    struct http_call *c;

    start(10);
    c = make(0, "/status/201", LONG_MS);
    c->n_headers = 1;
    c->header[0] = header;
    http_put(http, c);
    CHECK(wait_done(1) && c->status == 201 && c->reply == NULL);
    fake_http_last(seen);
    CHECK(strncmp(seen, "GET /status/201 HTTP/1.1\r\n", 26) == 0);
    CHECK(strstr(seen, "X-Test: yes\r\n") != NULL);
    c = make(1, "/ok/", LONG_MS);
    c->post = c->want_reply = true;
    c->body = "a body";
    c->body_len = 6;
    c->n_headers = 1;
    c->header[0] = type;
    http_put(http, c);
    CHECK(wait_done(2) && c->status == 200);
    CHECK(c->reply_len == 9 && strcmp(c->reply, "thank you") == 0);
    CHECK(strcmp(c->type, "text/plain") == 0);
    http_call_clear(c);
    fake_http_last(seen);
    CHECK(strncmp(seen, "POST /ok/ HTTP/1.1\r\n", 20) == 0);
    CHECK(strstr(seen, "Content-Type: a/b\r\n") != NULL);
    CHECK(strstr(seen, "X-Test") == NULL); /* of the call before */
    CHECK(strcmp(strstr(seen, "\r\n\r\n"), "\r\n\r\na body") == 0);
    put(2, "/status/503?after=7", LONG_MS);
    CHECK(wait_done(3) && call[2].status == 503);
    CHECK(call[2].retry_after_s == 7);
    CHECK(fake_http_connections() == 1);
    CHECK(atomic_load(&n_turns) == 3);
    stop();
}

static void no_answer_is_told_with_its_cause(void)
{
    start(10);
    put(0, "/drop/", LONG_MS);
    CHECK(wait_done(1) && call[0].status == 0 && call[0].why[0] != '\0');
    put(1, "/sleep/500", 100);
    CHECK(wait_done(2) && call[1].status == 0);
    CHECK(strstr(call[1].why, "timed out") != NULL);
    make(2, "/ok/", LONG_MS)->url = "http://127.0.0.1:1/";
    http_put(http, &call[2]);
    CHECK(wait_done(3) && call[2].status == 0);
    put(3, "/ok/", LONG_MS);
    CHECK(wait_done(4) && call[3].status == 200);
    stop();
}

/* A server that ends a kept connection must not cost a request. */
static void a_closed_connection_is_replaced(void)
{
    start(10);
    for (unsigned i = 0; i < 5; i++) {
        put(i, "/close/", LONG_MS);
        CHECK(wait_done(i + 1) && call[i].status == 200);
        poll(NULL, 0, 5); /* its end comes while nobody uses it */
    }
    CHECK(fake_http_connections() == 5);
    stop();
}

static void no_more_at_a_time_than_allowed(void)
{
    struct http_call *first = NULL;

    start(4);
    for (unsigned i = CALLS; i-- > 0;) {
        make(i, "/sleep/2", LONG_MS);
        call[i].next = first;
        first = &call[i];
    }
    http_put(http, first);
    CHECK(wait_done(CALLS));
    for (unsigned i = 0; i < CALLS; i++)
        CHECK(call[i].status == 200);
    CHECK(fake_http_most() <= 4 && fake_http_count() == CALLS);
    CHECK(fake_http_connections() <= 4);
    stop();
}

static void what_waits_for_its_turn_ends_at_its_time(void)
{
    uint64_t began;

    start(1);
    put(0, "/sleep/1000", LONG_MS);
    began = now_ms();
    put(1, "/ok/", LONG_MS);
    put(2, "/ok/", 200);
    put(3, "/ok/", 100);
    CHECK(wait_done(2));
    CHECK(now_ms() - began < 600);
    CHECK(order[0] == &call[3] && order[1] == &call[2]);
    CHECK(call[2].status == 0 && call[3].status == 0);
    CHECK(wait_done(4) && call[0].status == 200 && call[1].status == 200);
    CHECK(fake_http_count() == 2);
    stop();
}

static void all_that_is_left_fails_at_the_end(void)
{
    start(2);
    for (unsigned i = 0; i < 6; i++)
        put(i, "/sleep/300", LONG_MS);
    poll(NULL, 0, 50);
    http_stop(http);
    pthread_join(thread, NULL);
    put(6, "/ok/", LONG_MS); /* too late for the thread */
    http_run(http);
    CHECK(atomic_load(&n_done) == 7);
    for (unsigned i = 0; i < 7; i++)
        CHECK(call[i].status == 0 && strstr(call[i].why, "stopping") != NULL);
    http_free(http);
    fake_http_stop();
}

int main(void)
{
    asks_and_tells_the_answer();
    no_answer_is_told_with_its_cause();
    a_closed_connection_is_replaced();
    no_more_at_a_time_than_allowed();
    what_waits_for_its_turn_ends_at_its_time();
    all_that_is_left_fails_at_the_end();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_curl.c - requests to one service, in a thread of its own
 *
 * All requests have the same patience: those on the way end before one that
 * waits is late, so it always gets a turn, if only to be told so.
 */

#include "http_curl.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { POLL_MS = 10000 };

/* A handle of libcurl, used again and again. */
struct slot {
    CURL *easy;
    struct slot *next; /* idle ones */
    struct http_ask *ask;
    bool too_long;
    struct curl_slist header[HTTP_HEADERS];
    char error[CURL_ERROR_SIZE];
};

struct http_curl {
    struct http_conf conf;
    void (*done)(void *ctx, struct http_ask *a);
    void *ctx;
    CURLM *multi;
    pthread_t thread;
    bool running;
    struct slot *slots, *idle;

    pthread_mutex_t lock; /* of what follows */
    bool stop;
    unsigned waiting;
    struct http_ask *first, **last;
};

uint64_t http_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool http_url_is_good(const char *url)
{
    CURLU *u = curl_url();
    char *scheme = NULL;
    bool good = u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == 0 &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == 0 &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);

    curl_free(scheme);
    curl_url_cleanup(u);
    return good;
}

struct http_ask *http_ask_new(void)
{
    return calloc(1, sizeof(struct http_ask));
}

void http_ask_free(struct http_ask *a)
{
    if (a == NULL)
        return;
    free(a->url);
    free(a->was);
    free(a->body);
    free(a->reply);
    free(a);
}

void http_ask_header(struct http_ask *a, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (a->n_headers == HTTP_HEADERS)
        return;
    va_start(ap, fmt);
    n = vsnprintf(a->header[a->n_headers], HTTP_HEADER_MAX, fmt, ap);
    va_end(ap);
    if (n > 0 && n < HTTP_HEADER_MAX)
        a->n_headers++;
}

/* ---- what libcurl tells ---- */

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct slot *slot = arg;
    struct http_ask *a = slot->ask;
    char *grown;

    (void)size; /* is 1 */
    slot->too_long = n > HTTP_REPLY_MAX - a->reply_len;
    grown = slot->too_long ? NULL : realloc(a->reply, a->reply_len + n + 1);
    if (grown == NULL)
        return 0; /* that ends it */
    memcpy(grown + a->reply_len, p, n);
    a->reply = grown;
    a->reply_len += n;
    grown[a->reply_len] = '\0';
    return n;
}

/* ---- slots ---- */

static void set_tls(CURL *easy, const struct http_conf *c)
{
    if (c->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (c->cert_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, c->cert_file);
        curl_easy_setopt(easy, CURLOPT_SSLKEY,
                         c->key_file != NULL ? c->key_file : c->cert_file);
    }
    if (c->no_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

/* What is the same for all requests. A resolver that is not done by the time a
 * request has failed is left behind, not waited for. */
static void set_options(struct slot *slot, const struct http_conf *c)
{
    CURL *easy = slot->easy;

    curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* none of the environment */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set_tls(easy, c);
}

static bool make_slots(struct http_curl *h)
{
    h->slots = calloc(h->conf.max_calls, sizeof(*h->slots));
    if (h->slots == NULL)
        return false;
    for (unsigned i = 0; i < h->conf.max_calls; i++) {
        struct slot *slot = &h->slots[i];

        slot->easy = curl_easy_init();
        if (slot->easy == NULL)
            return false;
        set_options(slot, &h->conf);
        slot->next = h->idle;
        h->idle = slot;
    }
    return true;
}

static void set_ask(struct slot *slot, struct http_ask *a, uint64_t now)
{
    CURL *easy = slot->easy;

    for (unsigned i = 0; i < a->n_headers; i++) {
        slot->header[i].data = a->header[i];
        slot->header[i].next =
            i + 1 < a->n_headers ? &slot->header[i + 1] : NULL;
    }
    slot->error[0] = '\0';
    slot->too_long = false;
    slot->ask = a;
    curl_easy_setopt(easy, CURLOPT_URL, a->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER,
                     a->n_headers > 0 ? slot->header : NULL);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(a->due_ms - now));
    if (a->body == NULL) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)a->body_len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, a->body);
}

/* ---- requests ---- */

static void fail(struct http_curl *h, struct http_ask *a, const char *why)
{
    a->status = 0;
    snprintf(a->why, sizeof(a->why), "%s", why);
    h->done(h->ctx, a);
}

static void start(struct http_curl *h, struct http_ask *a, uint64_t now)
{
    struct slot *slot = h->idle;

    set_ask(slot, a, now);
    if (curl_multi_add_handle(h->multi, slot->easy) == CURLM_OK) {
        h->idle = slot->next;
        return;
    }
    slot->ask = NULL; /* it is idle still */
    fail(h, a, "libcurl does not take the request");
}

/* The next one whose turn it is; NULL: none. */
static struct http_ask *take(struct http_curl *h)
{
    struct http_ask *a;

    pthread_mutex_lock(&h->lock);
    a = h->first;
    if (a != NULL && (h->idle != NULL || h->stop)) {
        h->first = a->next;
        if (h->first == NULL)
            h->last = &h->first;
        h->waiting--;
    } else {
        a = NULL;
    }
    pthread_mutex_unlock(&h->lock);
    return a;
}

static void start_waiting(struct http_curl *h)
{
    struct http_ask *a;
    uint64_t now = http_now_ms();

    while ((a = take(h)) != NULL) {
        if (a->due_ms <= now)
            fail(h, a, "its time was over before its turn came");
        else
            start(h, a, now);
    }
}

/* The request of a slot, which is idle from now on. */
static struct http_ask *give(struct http_curl *h, struct slot *slot)
{
    struct http_ask *a = slot->ask;

    curl_multi_remove_handle(h->multi, slot->easy);
    slot->ask = NULL;
    slot->next = h->idle;
    h->idle = slot;
    return a;
}

static void collect(struct http_curl *h)
{
    struct slot *slot;
    struct http_ask *a;
    CURLMsg *msg;
    CURLcode result;
    long status;
    int left;

    while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
        result = msg->data.result;
        status = 0;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &slot);
        curl_easy_getinfo(msg->easy_handle, CURLINFO_RESPONSE_CODE, &status);
        a = give(h, slot);
        a->status = (int)status;
        if (result == CURLE_OK)
            h->done(h->ctx, a);
        else if (slot->too_long)
            fail(h, a, "the answer is too long");
        else
            fail(h, a,
                 slot->error[0] != '\0' ? slot->error
                                        : curl_easy_strerror(result));
    }
}

/* ---- the thread ---- */

static bool is_stopping(struct http_curl *h)
{
    bool stop;

    pthread_mutex_lock(&h->lock);
    stop = h->stop;
    pthread_mutex_unlock(&h->lock);
    return stop;
}

static void end(struct http_curl *h)
{
    static const char why[] = "the box is stopping";
    struct http_ask *a;

    for (unsigned i = 0; i < h->conf.max_calls; i++)
        if (h->slots[i].ask != NULL)
            fail(h, give(h, &h->slots[i]), why);
    while ((a = take(h)) != NULL)
        fail(h, a, why);
}

static void *run(void *arg)
{
    struct http_curl *h = arg;
    int running;

    while (!is_stopping(h)) {
        curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL);
        curl_multi_perform(h->multi, &running);
        collect(h);
        start_waiting(h);
    }
    end(h);
    return NULL;
}

bool http_curl_put(struct http_curl *h, struct http_ask *a)
{
    bool was_empty, room;

    a->next = NULL;
    pthread_mutex_lock(&h->lock);
    room = h->waiting < h->conf.max_waiting && !h->stop;
    was_empty = h->first == NULL;
    if (room) {
        *h->last = a;
        h->last = &a->next;
        h->waiting++;
    }
    pthread_mutex_unlock(&h->lock);
    if (room && was_empty)
        curl_multi_wakeup(h->multi);
    return room;
}

/* ---- start and end ---- */

/* The signals of the box are not for this thread. */
static bool start_thread(struct http_curl *h)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    h->running = pthread_create(&h->thread, NULL, run, h) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return h->running;
}

struct http_curl *http_curl_new(const struct http_conf *conf,
                                void (*done)(void *ctx, struct http_ask *a),
                                void *ctx)
{
    struct http_curl *h = calloc(1, sizeof(*h));

    if (h == NULL)
        return NULL;
    h->conf = *conf;
    h->done = done;
    h->ctx = ctx;
    h->last = &h->first;
    pthread_mutex_init(&h->lock, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    h->multi = curl_multi_init();
    if (h->multi != NULL && make_slots(h)) {
        curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
                          (long)conf->max_calls);
        if (start_thread(h))
            return h;
    }
    http_curl_free(h);
    return NULL;
}

void http_curl_free(struct http_curl *h)
{
    if (h == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_mutex_unlock(&h->lock);
    if (h->running) {
        curl_multi_wakeup(h->multi);
        pthread_join(h->thread, NULL);
    }
    for (unsigned i = 0; h->slots != NULL && i < h->conf.max_calls; i++)
        curl_easy_cleanup(h->slots[i].easy);
    free(h->slots);
    curl_multi_cleanup(h->multi);
    curl_global_cleanup();
    pthread_mutex_destroy(&h->lock);
    free(h);
}

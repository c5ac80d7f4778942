/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_curl.h - requests to one service, in a thread of its own
 *
 * libcurl: connections are kept, names are resolved by other threads, so many
 * requests are on the way at a time and the others wait for their turn here.
 * Each ends at its time, waiting or on the way, and gets to done() once, in
 * that thread.
 */

#ifndef HTTP_CURL_H
#define HTTP_CURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http_answer.h"

enum {
    HTTP_HEADERS = 8,
    HTTP_HEADER_MAX = 512,
    HTTP_REPLY_MAX = 1024 * 1024, /* a longer answer is none */
    HTTP_WHY_MAX = 256,
};

struct http_conf {
    const char *ca_file; /* NULL: the system's; so with the others */
    const char *cert_file, *key_file;
    bool no_verify;
    unsigned max_calls;
    unsigned max_waiting;
};

/* One request. The maker's, lent from http_curl_put() until done(). */
struct http_ask {
    struct http_ask *next;
    uint64_t id; /* of the message */
    bool sri, binary, probe;
    uint64_t due_ms; /* CLOCK_MONOTONIC */
    char *url;
    char *was; /* values of before that may be put back; owned, as url is */
    size_t was_len[HTTP_ANSWER_FIELDS];
    char *body; /* NULL: GET; owned */
    size_t body_len;
    unsigned n_headers;
    char header[HTTP_HEADERS][HTTP_HEADER_MAX];

    /* The answer. status 0: there was none, and `why' tells it. */
    int status;
    char why[HTTP_WHY_MAX];
    char *reply; /* NULL: empty; with a NUL behind */
    size_t reply_len;
};

struct http_ask *http_ask_new(void);
void http_ask_free(struct http_ask *a);
/* printf() of one more; left out if it is too long. */
void http_ask_header(struct http_ask *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

uint64_t http_now_ms(void);

/* Is it an URL that can be asked? */
bool http_url_is_good(const char *url);

struct http_curl;
/* With its thread; NULL: the library or the kernel has not what it needs. */
struct http_curl *http_curl_new(const struct http_conf *conf,
                                void (*done)(void *ctx, struct http_ask *a),
                                void *ctx);
/* All that is left fails, and the thread ends. */
void http_curl_free(struct http_curl *h);

/* Any thread; false: too many wait, and it stays the caller's. */
bool http_curl_put(struct http_curl *h, struct http_ask *a);

#endif

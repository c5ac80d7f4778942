/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_http.h - HTTP requests by the thousand, in one thread
 *
 * libcurl's multi interface on epoll: connections are kept and used again,
 * HTTP/2 is spoken where TLS has agreed on it, names are resolved without
 * blocking. Each target (a service of the configuration) has a bounded number
 * of requests on the way; more wait for their turn here, and every one ends
 * at its time, waiting or on the way.
 *
 * Plain code: nothing of gwlib. A call is the caller's memory, lent from
 * http_put() until op done gets it back; every call gets there once.
 */

#ifndef HTTPBOX_HTTP_H
#define HTTPBOX_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HTTP_HEADERS = 40,      /* of a request */
    HTTP_REPLY_MAX = 65536, /* octets of a body; of a longer one none is kept */
    HTTP_TYPE_MAX = 128,
    HTTP_WHY_MAX = 256,
};

struct http_call;

/* How to reach an application. Must outlive its calls; the last part is the
 * thread's, zero before the first call. */
struct http_target {
    char ca_file[256];   /* "": the system's */
    char cert_file[256]; /* "": none is shown */
    char key_file[256];
    bool no_verify;
    bool only_http1; /* else HTTP/2 where TLS agrees on it */
    uint32_t connect_ms;
    uint32_t max_calls; /* on the way at a time */

    uint64_t serial;
    uint32_t calls;
    struct http_call *first, **last; /* those that wait for their turn */
    struct http_target *next;        /* of those where some wait */
};

struct http_call {
    struct http_call *next;
    struct http_target *target;
    const char *url;
    bool post;
    bool want_reply; /* keep the body of the answer */
    const void *body;
    size_t body_len;
    unsigned n_headers;
    char *header[HTTP_HEADERS]; /* "Name: value" */
    uint64_t due_ms;            /* CLOCK_MONOTONIC; then it fails */

    /* The answer. status 0: there was none, and `why' tells it. */
    int status;
    uint32_t retry_after_s; /* 0: none asked for */
    char why[HTTP_WHY_MAX];
    char type[HTTP_TYPE_MAX]; /* Content-Type; "": none */
    char *reply;              /* NULL: none; see http_call_clear() */
    size_t reply_len;
};

struct http_ops {
    /* The call is the caller's again. It may be put again, not from here. */
    void (*done)(void *ctx, struct http_call *call);
    /* All that one turn has ended was told: pass it on in one go. */
    void (*turn)(void *ctx);
};

/* Free what an answer has left in a call. */
void http_call_clear(struct http_call *call);

struct http;

/* per_host: connections to one host, whatever targets it has. NULL: the
 * library or the kernel has not what is needed. Before there are threads. */
struct http *http_new(const struct http_ops *ops, void *ctx, uint32_t per_host);
void http_free(struct http *h);

/* Hand over calls, linked by next. Any thread. */
void http_put(struct http *h, struct http_call *first);

/* The thread's body, until http_stop(): then all that is left fails. */
void http_run(struct http *h);
void http_stop(struct http *h);

#endif

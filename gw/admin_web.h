/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_web.h - an HTTP server in one thread, on libmicrohttpd
 *
 * gwlib's own server knows neither PUT nor DELETE, and reads a body of any
 * size. This one has no thread of its own: its user waits on web_fd() and
 * calls web_run(). Nothing here waits, so a client that sends slowly, or
 * reads slowly, keeps nobody else.
 *
 * Bounded are connections, connections of one address, the size of a head,
 * of a body, of all bodies together, and the time a request may take to come
 * and an answer to be read.
 *
 * A request is shown twice: its head, when it can be refused or put off
 * without reading the rest, and the whole. It is answered once, then or later,
 * by its id: of a client that has gone meanwhile nobody knows, and the answer
 * is dropped.
 *
 * Plain; all functions are for one thread.
 */

#ifndef ADMIN_WEB_H
#define ADMIN_WEB_H

#include "admin_text.h"

enum {
    WEB_CONNS = 64,
    WEB_CONNS_PER_IP = 32,
    WEB_HEAD_MAX = 16384, /* octets of a connection's memory */
    WEB_REQUEST_MS = 30000,
    WEB_UPLOAD_MS = 300000,     /* for bodies above WEB_SMALL */
    WEB_SMALL = 65536,          /* octets */
    WEB_BODIES_MAX = 128 << 20, /* octets of all bodies together */
    WEB_IP = 46,
};

struct web_conf {
    char interface[WEB_IP]; /* IPv4 */
    uint16_t port;
    bool tls;
    char cert_file[256], key_file[256]; /* PEM, if tls */
};

/* Lent until it is answered. */
struct web_req {
    uint64_t id;
    const char *method, *uri;                  /* as they came, "/path?query" */
    const char *authorization, *type, *accept; /* headers; NULL: none */
    char ip[WEB_IP];
    int64_t length; /* of the body, as announced; -1: it was not */
    /* the user's */
    size_t body_max; /* set by head(), if the body is wanted */
    int tag;
    /* the whole request */
    const char *body; /* with a 0 behind its end */
    size_t body_len;
    bool too_large; /* than body_max: body is not all */
    bool no_room;   /* WEB_BODIES_MAX is used up: body is not all */
};

enum web_head {
    WEB_TAKE,    /* go on */
    WEB_LATER,   /* show it again at *until_ms */
    WEB_ANSWERED /* it was answered: the rest is not wanted */
};

struct web_ops {
    /* May this address connect at all? */
    bool (*allowed)(void *ctx, const char *ip);
    enum web_head (*head)(void *ctx, struct web_req *r, uint64_t now_ms,
                          uint64_t *until_ms);
    /* The whole of it; answered here or later. */
    void (*whole)(void *ctx, struct web_req *r, uint64_t now_ms);
};

struct web;

/* Listens. conf and ops are lent for life. NULL, and *why, if that fails. */
struct web *web_new(const struct web_conf *conf, const struct web_ops *ops,
                    void *ctx, char *why, size_t size);
/* Open requests are answered 503. */
void web_free(struct web *w);

/* Readable when web_run() has work; at the latest after web_wait_ms(). */
int web_fd(const struct web *w);
unsigned web_wait_ms(struct web *w, uint64_t now_ms);
void web_run(struct web *w, uint64_t now_ms);

enum { WEB_HEADERS = 2 };
struct web_reply {
    unsigned status;
    const char *type; /* a literal */
    struct {
        const char *name; /* a literal; NULL: no more */
        char value[128];
    } header[WEB_HEADERS];
    struct text body; /* taken over */
};
/* In head() or whole() or later. */
void web_answer(struct web *w, uint64_t id, struct web_reply *reply);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_web.c - an HTTP server in one thread, on libmicrohttpd
 *
 * libmicrohttpd calls access_in() with the head of a request, then with each
 * piece of its body, then with nothing; and again, the same way as the last
 * time, after a connection was suspended and resumed.
 */

#include "admin_web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64, PEM_MAX = 1 << 20, LOOK_MS = 1000 };

struct request {
    struct web_req q;
    struct web *web;
    struct MHD_Connection *conn;
    struct request *prev, *next;
    char *uri;
    char *body;
    size_t cap;
    bool headed, shown; /* head() said TAKE; whole() was called */
    bool suspended;
    uint64_t until_ms; /* of WEB_LATER; 0: it waits for its answer */
    bool answered, queued;
    struct web_reply reply;
};

/* One connection, for its time limit. */
struct conn {
    struct MHD_Connection *conn;
    struct conn *prev, *next;
    uint64_t since_ms; /* the present request, or the wait for it, began */
    bool busy;         /* it is we who let it wait */
    bool upload, hung_up;
};

struct web {
    const struct web_conf *conf;
    const struct web_ops *ops;
    void *ctx;
    struct MHD_Daemon *daemon;
    int listener, epoll;
    uint64_t next_id, now_ms;
    bool stopping; /* whatever still comes is answered 503 */
    struct request *first;
    struct conn *conns;
    size_t bodies;
    char *cert, *key;
};

static void *must(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

/* ---- connections ---- */

static struct conn *conn_of(struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *i =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return i != NULL ? i->socket_context : NULL;
}

static void conn_in(void *ctx, struct MHD_Connection *mhd, void **socket_ctx,
                    enum MHD_ConnectionNotificationCode what)
{
    struct web *w = ctx;
    struct conn *c = *socket_ctx;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        c = must(calloc(1, sizeof(*c)));
        *c = (struct conn){ .conn = mhd, .since_ms = w->now_ms };
        c->next = w->conns;
        if (c->next != NULL)
            c->next->prev = c;
        w->conns = c;
        *socket_ctx = c;
        return;
    }
    if (c == NULL)
        return;
    if (c->next != NULL)
        c->next->prev = c->prev;
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        w->conns = c->next;
    *socket_ctx = NULL;
    free(c);
}

/* Slow ones lose their socket; libmicrohttpd then finds the connection at its
 * end, as if the client had hung up. */
static void hang_up_slow(struct web *w)
{
    for (struct conn *c = w->conns; c != NULL; c = c->next) {
        uint64_t limit_ms = c->upload ? WEB_UPLOAD_MS : WEB_REQUEST_MS;
        const union MHD_ConnectionInfo *i;

        if (c->busy || c->hung_up || w->now_ms - c->since_ms < limit_ms)
            continue;
        i = MHD_get_connection_info(c->conn, MHD_CONNECTION_INFO_CONNECTION_FD);
        if (i != NULL)
            shutdown(i->connect_fd, SHUT_RDWR);
        c->hung_up = true;
    }
}

static enum MHD_Result accept_in(void *ctx, const struct sockaddr *addr,
                                 socklen_t len)
{
    struct web *w = ctx;
    struct sockaddr_in in;
    char ip[WEB_IP];

    if (w->stopping || len < sizeof(in) || addr->sa_family != AF_INET)
        return MHD_NO;
    memcpy(&in, addr, sizeof(in));
    if (inet_ntop(AF_INET, &in.sin_addr, ip, sizeof(ip)) == NULL)
        return MHD_NO;
    return w->ops->allowed(w->ctx, ip) ? MHD_YES : MHD_NO;
}

/* ---- requests ---- */

static void *uri_in(void *ctx, const char *uri, struct MHD_Connection *c)
{
    struct web *w = ctx;
    struct request *r = must(calloc(1, sizeof(*r)));
    struct conn *k = conn_of(c);

    r->web = w;
    r->conn = c;
    r->uri = must(strdup(uri));
    r->q.id = ++w->next_id;
    r->q.uri = r->uri;
    r->q.length = -1;
    r->next = w->first;
    if (r->next != NULL)
        r->next->prev = r;
    w->first = r;
    if (k != NULL)
        k->upload = false;
    return r;
}

static void completed_in(void *ctx, struct MHD_Connection *c, void **con,
                         enum MHD_RequestTerminationCode why)
{
    struct web *w = ctx;
    struct request *r = *con;
    struct conn *k = conn_of(c);

    (void)why;
    if (k != NULL) {
        k->since_ms = w->now_ms;
        k->busy = k->upload = false;
    }
    if (r == NULL)
        return;
    *con = NULL;
    if (r->next != NULL)
        r->next->prev = r->prev;
    if (r->prev != NULL)
        r->prev->next = r->next;
    else
        w->first = r->next;
    w->bodies -= r->cap;
    text_free(&r->reply.body);
    free(r->body);
    free(r->uri);
    free(r);
}

static void busy(struct request *r, bool is)
{
    struct conn *k = conn_of(r->conn);

    if (k == NULL)
        return;
    k->busy = is;
    k->since_ms = r->web->now_ms;
}

static void suspend(struct request *r, uint64_t until_ms)
{
    r->until_ms = until_ms;
    r->suspended = true;
    busy(r, true);
    MHD_suspend_connection(r->conn);
}

static void resume(struct request *r)
{
    r->suspended = false;
    busy(r, false);
    MHD_resume_connection(r->conn);
}

static enum MHD_Result queue_reply(struct request *r)
{
    struct web_reply *a = &r->reply;
    struct MHD_Response *m;
    enum MHD_Result ok;

    r->queued = true;
    /* freed together with the request, which ends after its response */
    m = MHD_create_response_from_buffer(a->body.len, a->body.p,
                                        MHD_RESPMEM_PERSISTENT);
    if (m == NULL)
        return MHD_NO;
    if (a->type != NULL)
        MHD_add_response_header(m, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
    MHD_add_response_header(m, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    for (int i = 0; i < WEB_HEADERS && a->header[i].name != NULL; i++)
        MHD_add_response_header(m, a->header[i].name, a->header[i].value);
    ok = MHD_queue_response(r->conn, a->status, m);
    MHD_destroy_response(m);
    return ok;
}

static const char *header(struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->conn, MHD_HEADER_KIND, name);
}

static void read_head(struct request *r, const char *method)
{
    const union MHD_ConnectionInfo *i =
        MHD_get_connection_info(r->conn, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const char *length = header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);
    struct sockaddr_in in;

    r->q.method = method;
    r->q.authorization = header(r, MHD_HTTP_HEADER_AUTHORIZATION);
    r->q.type = header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
    r->q.accept = header(r, MHD_HTTP_HEADER_ACCEPT);
    if (length != NULL)
        r->q.length = strtoll(length, NULL, 10);
    else if (header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING) == NULL)
        r->q.length = 0;
    if (i == NULL || i->client_addr == NULL ||
        i->client_addr->sa_family != AF_INET)
        return;
    memcpy(&in, i->client_addr, sizeof(in));
    inet_ntop(AF_INET, &in.sin_addr, r->q.ip, sizeof(r->q.ip));
}

static enum MHD_Result head_in(struct request *r)
{
    struct web *w = r->web;
    struct conn *k = conn_of(r->conn);
    uint64_t until_ms = w->now_ms + LOOK_MS;

    switch (w->ops->head(w->ctx, &r->q, w->now_ms, &until_ms)) {
    case WEB_LATER:
        suspend(r, until_ms);
        return MHD_YES;
    case WEB_ANSWERED:
        return queue_reply(r);
    case WEB_TAKE:
        break;
    }
    r->headed = true;
    if (k != NULL)
        k->upload = r->q.body_max > WEB_SMALL;
    return MHD_YES;
}

/* What is too much is read and dropped: libmicrohttpd can answer before a body
 * or behind it. */
static void body_in(struct request *r, const char *p, size_t n)
{
    struct web *w = r->web;
    size_t cap = r->cap == 0 ? 1024 : r->cap;

    if (n > r->q.body_max - r->q.body_len)
        r->q.too_large = true;
    if (r->q.too_large || r->q.no_room)
        return;
    while (cap - r->q.body_len <= n)
        cap *= 2;
    if (cap > r->q.body_max + 1)
        cap = r->q.body_max + 1;
    if (cap - r->cap > WEB_BODIES_MAX - w->bodies) {
        r->q.no_room = true;
        return;
    }
    if (cap != r->cap) {
        r->body = must(realloc(r->body, cap));
        w->bodies += cap - r->cap;
        r->cap = cap;
    }
    memcpy(r->body + r->q.body_len, p, n);
    r->q.body_len += n;
    r->body[r->q.body_len] = '\0';
    r->q.body = r->body;
}

static enum MHD_Result whole_in(struct request *r)
{
    struct web *w = r->web;

    r->shown = true;
    if (r->q.body == NULL)
        r->q.body = "";
    w->ops->whole(w->ctx, &r->q, w->now_ms);
    if (r->answered)
        return queue_reply(r);
    suspend(r, 0);
    return MHD_YES;
}

static void answer_503(struct request *r)
{
    r->reply = (struct web_reply){ .status = 503 };
    r->answered = true;
}

static enum MHD_Result access_in(void *ctx, struct MHD_Connection *c,
                                 const char *url, const char *method,
                                 const char *version, const char *upload,
                                 size_t *upload_len, void **con)
{
    struct request *r = *con;

    (void)ctx, (void)c, (void)url, (void)version;
    if (r == NULL)
        return MHD_NO;
    if (r->web->stopping && !r->answered)
        answer_503(r);
    if (r->answered)
        return r->queued ? MHD_YES : queue_reply(r);
    if (r->q.method == NULL)
        read_head(r, method);
    if (!r->headed)
        return head_in(r);
    if (*upload_len > 0) {
        body_in(r, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    return r->shown ? MHD_YES : whole_in(r);
}

void web_answer(struct web *w, uint64_t id, struct web_reply *reply)
{
    struct request *r = w->first;

    while (r != NULL && r->q.id != id)
        r = r->next;
    if (r == NULL || r->answered) {
        text_free(&reply->body);
        return;
    }
    r->reply = *reply;
    r->answered = true;
    reply->body = (struct text){ 0 };
    if (r->suspended)
        resume(r);
}

/* ---- the server ---- */

static char *read_pem(const char *file, char *why, size_t size)
{
    FILE *f = fopen(file, "r");
    char *p = must(malloc(PEM_MAX));
    size_t n = f != NULL ? fread(p, 1, PEM_MAX - 1, f) : 0;

    if (f != NULL)
        fclose(f);
    p[n] = '\0';
    if (n > 0)
        return p;
    snprintf(why, size, "cannot read <%s>", file);
    free(p);
    return NULL;
}

static int listen_on(const struct web_conf *c, char *why, size_t size)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_port = htons(c->port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;

    if (inet_pton(AF_INET, c->interface, &in.sin_addr) != 1)
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (const struct sockaddr *)&in, sizeof(in)) == 0 &&
        listen(fd, BACKLOG) == 0)
        return fd;
    snprintf(why, size, "cannot listen on <%s:%u>: %s", c->interface,
             (unsigned)c->port, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static struct MHD_Daemon *daemon_start(struct web *w)
{
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, w->cert },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, w->key },
        { MHD_OPTION_END, 0, NULL },
    };
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;

    if (w->conf->tls)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags, w->conf->port, accept_in, w, access_in, w,
        MHD_OPTION_LISTEN_SOCKET, w->listener, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)WEB_CONNS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)WEB_CONNS_PER_IP, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)WEB_HEAD_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)WEB_REQUEST_MS / 1000, MHD_OPTION_NOTIFY_COMPLETED,
        completed_in, w, MHD_OPTION_NOTIFY_CONNECTION, conn_in, w,
        MHD_OPTION_URI_LOG_CALLBACK, uri_in, w,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
}

static int start(struct web *w, char *why, size_t size)
{
    const union MHD_DaemonInfo *i;

    if (w->conf->tls) {
        w->cert = read_pem(w->conf->cert_file, why, size);
        w->key =
            w->cert != NULL ? read_pem(w->conf->key_file, why, size) : NULL;
        if (w->key == NULL)
            return -1;
    }
    w->listener = listen_on(w->conf, why, size);
    if (w->listener < 0)
        return -1;
    w->daemon = daemon_start(w);
    i = w->daemon != NULL
            ? MHD_get_daemon_info(w->daemon, MHD_DAEMON_INFO_EPOLL_FD)
            : NULL;
    if (i == NULL) {
        snprintf(why, size, "libmicrohttpd does not start%s",
                 w->conf->tls ? ", it may not know TLS" : "");
        return -1;
    }
    w->epoll = i->epoll_fd;
    return 0;
}

struct web *web_new(const struct web_conf *conf, const struct web_ops *ops,
                    void *ctx, char *why, size_t size)
{
    struct web *w = must(calloc(1, sizeof(*w)));

    w->conf = conf;
    w->ops = ops;
    w->ctx = ctx;
    w->listener = -1;
    if (start(w, why, size) == 0)
        return w;
    web_free(w);
    return NULL;
}

/* Suspended ones must be resumed before the end, and no other be suspended
 * then: what came meanwhile is read here, too. */
static void answer_all(struct web *w)
{
    w->stopping = true;
    for (struct request *r = w->first; r != NULL; r = r->next) {
        if (!r->answered)
            answer_503(r);
        if (r->suspended)
            resume(r);
    }
    MHD_run(w->daemon);
    MHD_run(w->daemon);
}

void web_free(struct web *w)
{
    if (w == NULL)
        return;
    if (w->daemon != NULL) {
        answer_all(w);
        MHD_stop_daemon(w->daemon); /* closes the listener */
    } else if (w->listener >= 0) {
        close(w->listener);
    }
    free(w->cert);
    free(w->key);
    free(w);
}

int web_fd(const struct web *w)
{
    return w->epoll;
}

unsigned web_wait_ms(struct web *w, uint64_t now_ms)
{
    MHD_UNSIGNED_LONG_LONG mhd_ms;
    uint64_t wait_ms = LOOK_MS;

    if (MHD_get_timeout(w->daemon, &mhd_ms) == MHD_YES && mhd_ms < wait_ms)
        wait_ms = mhd_ms;
    for (const struct request *r = w->first; r != NULL; r = r->next) {
        if (!r->suspended || r->until_ms == 0)
            continue;
        if (r->until_ms <= now_ms)
            return 0;
        if (r->until_ms - now_ms < wait_ms)
            wait_ms = r->until_ms - now_ms;
    }
    return (unsigned)wait_ms;
}

void web_run(struct web *w, uint64_t now_ms)
{
    struct request *r, *next;

    w->now_ms = now_ms;
    for (r = w->first; r != NULL; r = next) {
        next = r->next;
        if (r->suspended && r->until_ms != 0 && r->until_ms <= now_ms)
            resume(r);
    }
    hang_up_slow(w);
    MHD_run(w->daemon);
}

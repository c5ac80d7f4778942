/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_http.c - HTTP requests by the thousand, in one thread
 *
 * curl_multi_socket_action() on our own epoll: the cost of a turn is that of
 * the sockets that have something to say, not of all that are open. An easy
 * handle (a slot) is used again for the next call, with all its options if
 * that has the same target.
 */

#include "httpbox_http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, CHECK_MS = 50 };

/* What epoll has of a socket: its events, and whose it is. */
enum {
    EVENTS_OF = EPOLLIN | EPOLLOUT,
    OURS = 1 << 29, /* made and closed by us */
    IDLE = 1 << 30, /* libcurl does not wait for it now */
};

struct slot {
    struct slot *next; /* idle ones */
    struct slot *next_all;
    CURL *easy;
    struct http *http;
    uint64_t serial; /* of the target its options are for */
    struct http_call *call;
    struct curl_slist header[HTTP_HEADERS];
    char error[CURL_ERROR_SIZE];
};

struct http {
    const struct http_ops *ops;
    void *ctx;
    CURLM *multi;
    int epoll_fd, wake_fd;
    uint64_t timer_ms; /* when libcurl wants to be called; 0: never */
    uint64_t serials;
    uint64_t check_ms;
    struct slot *slots, *idle;
    struct http_target *waiting; /* targets where calls wait */
    bool told;                   /* something was done in this turn */
    uint32_t *interest; /* events that epoll watches a socket for; 0: not */
    size_t n_interest;
    atomic_bool stop;

    pthread_mutex_t lock; /* of the calls handed over */
    struct http_call *first, **last;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void must(const void *p)
{
    if (p == NULL)
        abort(); /* no memory */
}

/* ---- what libcurl tells ---- */

/* What epoll knows of a socket. */
static uint32_t *interest(struct http *h, int fd)
{
    size_t n = (size_t)fd;

    if (n >= h->n_interest) {
        h->interest = realloc(h->interest, 2 * (n + 1) * sizeof(uint32_t));
        must(h->interest);
        memset(h->interest + h->n_interest, 0,
               (2 * (n + 1) - h->n_interest) * sizeof(uint32_t));
        h->n_interest = 2 * (n + 1);
    }
    return &h->interest[n];
}

/*
 * A kept connection stays in epoll while nobody uses it: the next request
 * would put it there again. Should the peer close it meanwhile, see act().
 * Only for sockets whose end we are told: others are taken out.
 */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
                     void *known)
{
    struct http *h = arg;
    struct epoll_event ev = { .data.fd = fd };
    uint32_t *has = interest(h, fd), ours = *has & OURS, old = *has & EVENTS_OF;

    (void)easy, (void)known;
    if (what == CURL_POLL_REMOVE) {
        if (ours == 0)
            epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        *has = ours != 0 ? *has | IDLE : 0;
        return 0;
    }
    if (what != CURL_POLL_OUT)
        ev.events |= EPOLLIN;
    if (what != CURL_POLL_IN)
        ev.events |= EPOLLOUT;
    *has = ours | ev.events;
    if (old != ev.events)
        epoll_ctl(h->epoll_fd, old == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd,
                  &ev);
    return 0;
}

static curl_socket_t on_open(void *arg, curlsocktype purpose,
                             struct curl_sockaddr *to)
{
    struct http *h = arg;
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

    (void)purpose;
    if (fd < 0)
        return CURL_SOCKET_BAD;
    *interest(h, fd) = OURS;
    return fd;
}

static int on_close(void *arg, curl_socket_t fd)
{
    struct http *h = arg;

    *interest(h, fd) = 0;
    return close(fd);
}

static int on_timer(CURLM *multi, long wait_ms, void *arg)
{
    struct http *h = arg;

    (void)multi;
    h->timer_ms = wait_ms < 0 ? 0 : now_ms() + (uint64_t)wait_ms;
    return 0;
}

void http_call_clear(struct http_call *call)
{
    free(call->reply);
    call->reply = NULL;
    call->reply_len = 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    struct slot *slot = arg;
    struct http_call *call = slot->call;
    char *grown;

    (void)size; /* is 1 */
    if (!call->want_reply)
        return n;
    if (n > HTTP_REPLY_MAX - call->reply_len) {
        http_call_clear(call);
        call->want_reply = false;
        return n;
    }
    grown = realloc(call->reply, call->reply_len + n + 1);
    must(grown);
    memcpy(grown + call->reply_len, p, n);
    call->reply = grown;
    call->reply_len += n;
    grown[call->reply_len] = '\0';
    return n;
}

/* ---- slots ---- */

static void set_tls(CURL *easy, const struct http_target *t)
{
    if (t->ca_file[0] != '\0') {
        curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (t->cert_file[0] != '\0') {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, t->cert_file);
        curl_easy_setopt(easy, CURLOPT_SSLKEY, t->key_file);
    }
    if (t->no_verify) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (t->only_http1) {
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                         (long)CURL_HTTP_VERSION_1_1);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
}

static void set_options(struct slot *slot, const struct http_target *t)
{
    CURL *easy = slot->easy;

    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, slot->http);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, slot->http);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* a name server that is silent must not hold up all others */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* none of the environment */
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_ms);
    set_tls(easy, t);
    slot->serial = t->serial;
}

static struct slot *slot_new(struct http *h)
{
    struct slot *slot = calloc(1, sizeof(*slot));

    must(slot);
    slot->http = h;
    slot->easy = curl_easy_init();
    must(slot->easy);
    slot->next_all = h->slots;
    h->slots = slot;
    return slot;
}

static struct slot *slot_take(struct http *h, struct http_target *t)
{
    struct slot *slot = h->idle;

    if (slot == NULL)
        slot = slot_new(h);
    else
        h->idle = slot->next;
    if (t->serial == 0)
        t->serial = ++h->serials;
    if (slot->serial != t->serial)
        set_options(slot, t);
    return slot;
}

static void set_call(struct slot *slot, struct http_call *call, uint64_t now)
{
    CURL *easy = slot->easy;
    unsigned i;

    for (i = 0; i < call->n_headers; i++) {
        slot->header[i].data = call->header[i];
        slot->header[i].next = &slot->header[i + 1];
    }
    if (i > 0)
        slot->header[i - 1].next = NULL;
    slot->error[0] = '\0';
    slot->call = call;
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    /* Rather one more stream than one more connection; but without TLS there
     * is no HTTP/2, and a second request would wait for the first answer. */
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT,
                     strncasecmp(call->url, "https:", 6) == 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, i > 0 ? slot->header : NULL);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(call->due_ms - now));
    if (!call->post) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)call->body_len);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                     call->body_len > 0 ? call->body : "");
}

/* ---- calls ---- */

static void done(struct http *h, struct http_call *call)
{
    h->told = true;
    h->ops->done(h->ctx, call);
}

static void fail(struct http *h, struct http_call *call, const char *why)
{
    call->status = 0;
    snprintf(call->why, sizeof(call->why), "%s", why);
    done(h, call);
}

/* Start it, or it has failed. */
static void call_start(struct http *h, struct http_call *call)
{
    uint64_t now = now_ms();
    struct slot *slot;

    if (call->due_ms <= now) {
        fail(h, call, "its time was over before its turn came");
        return;
    }
    slot = slot_take(h, call->target);
    set_call(slot, call, now);
    call->target->calls++;
    if (curl_multi_add_handle(h->multi, slot->easy) == CURLM_OK)
        return;
    call->target->calls--;
    slot->next = h->idle;
    h->idle = slot;
    fail(h, call, "libcurl does not take it");
}

/* ---- calls that wait for their turn ---- */

static void unlink_target(struct http *h, const struct http_target *t)
{
    struct http_target **p = &h->waiting;

    while (*p != t)
        p = &(*p)->next;
    *p = t->next;
}

/*
 * A target's next calls whose turn it is. With its last call it may go away:
 * after that, nothing here looks at it.
 */
static void start_waiting(struct http *h, struct http_target *t)
{
    struct http_call *call;
    bool more = t->first != NULL;

    while (more && t->calls < t->max_calls) {
        call = t->first;
        t->first = call->next;
        more = t->first != NULL;
        if (!more)
            unlink_target(h, t);
        call_start(h, call);
    }
}

static void wait_turn(struct http *h, struct http_call *call)
{
    struct http_target *t = call->target;

    if (t->first == NULL) {
        t->last = &t->first;
        t->next = h->waiting;
        h->waiting = t;
    }
    call->next = NULL;
    *t->last = call;
    t->last = &call->next;
}

/* Take from a target's calls those that are due; they go before `out'. */
static struct http_call *take_due(struct http_target *t, uint64_t now,
                                  struct http_call *out)
{
    struct http_call **p = &t->first, *call;

    while ((call = *p) != NULL) {
        if (call->due_ms > now) {
            p = &call->next;
            continue;
        }
        *p = call->next;
        call->next = out;
        out = call;
    }
    t->last = p;
    return out;
}

static void fail_due(struct http *h, uint64_t now, const char *why)
{
    struct http_target **p = &h->waiting, *t;
    struct http_call *call = NULL, *next;

    while ((t = *p) != NULL) {
        call = take_due(t, now, call);
        if (t->first == NULL)
            *p = t->next;
        else
            p = &t->next;
    }
    for (; call != NULL; call = next) {
        next = call->next;
        fail(h, call, why);
    }
}

/* Every so often is enough. */
static void expire(struct http *h)
{
    uint64_t now = now_ms();

    if (h->waiting == NULL || now < h->check_ms)
        return;
    h->check_ms = now + CHECK_MS;
    fail_due(h, now, "its time was over before its turn came");
}

/* ---- calls come and go ---- */

static struct http_call *take_new(struct http *h)
{
    struct http_call *call;

    pthread_mutex_lock(&h->lock);
    call = h->first;
    h->first = NULL;
    h->last = &h->first;
    pthread_mutex_unlock(&h->lock);
    return call;
}

static void take_calls(struct http *h)
{
    struct http_call *call, *next;
    uint64_t n;

    if (read(h->wake_fd, &n, sizeof(n)) < 0)
        return;
    for (call = take_new(h); call != NULL; call = next) {
        next = call->next;
        if (call->target->calls < call->target->max_calls)
            call_start(h, call);
        else
            wait_turn(h, call);
    }
}

static void keep_answer(struct slot *slot, CURLcode result)
{
    struct http_call *call = slot->call;
    curl_off_t after = 0;
    char *type = NULL;
    long status = 0;

    if (result != CURLE_OK) {
        snprintf(call->why, sizeof(call->why), "%s",
                 slot->error[0] != '\0' ? slot->error
                                        : curl_easy_strerror(result));
        http_call_clear(call);
        return;
    }
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    call->status = (int)status;
    if (status >= 300) {
        curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &after);
        call->retry_after_s = after > 0 && after < 86400 ? (uint32_t)after : 0;
    }
    if (call->reply == NULL)
        return;
    curl_easy_getinfo(slot->easy, CURLINFO_CONTENT_TYPE, &type);
    snprintf(call->type, sizeof(call->type), "%s", type != NULL ? type : "");
}

/* The call of a slot, which is idle from now on. */
static struct http_call *slot_give(struct http *h, struct slot *slot)
{
    struct http_call *call = slot->call;

    curl_multi_remove_handle(h->multi, slot->easy);
    slot->call = NULL;
    slot->next = h->idle;
    h->idle = slot;
    call->target->calls--;
    return call;
}

static void collect(struct http *h)
{
    struct http_call *call;
    struct slot *slot;
    CURLMsg *msg;
    CURLcode result;
    int left;

    while ((msg = curl_multi_info_read(h->multi, &left)) != NULL) {
        result = msg->data.result;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &slot);
        keep_answer(slot, result);
        call = slot_give(h, slot);
        start_waiting(h, call->target);
        done(h, call);
    }
}

/* ---- the thread ---- */

/* Until what is due next; -1: nothing is. */
static int patience(const struct http *h)
{
    uint64_t now = now_ms(), until = h->timer_ms;

    if (h->waiting != NULL && (until == 0 || h->check_ms < until))
        until = h->check_ms > 0 ? h->check_ms : now;
    if (until == 0)
        return -1;
    return until > now ? (int)(until - now) : 0;
}

static void act(struct http *h, const struct epoll_event *ev)
{
    uint32_t *has = interest(h, ev->data.fd);
    int running, mask = 0;

    if (ev->data.fd == h->wake_fd) {
        take_calls(h);
        return;
    }
    if ((*has & IDLE) != 0) { /* its peer ends it: libcurl finds out later */
        epoll_ctl(h->epoll_fd, EPOLL_CTL_DEL, ev->data.fd, NULL);
        *has = OURS;
        return;
    }
    if ((ev->events & (EPOLLIN | EPOLLHUP)) != 0)
        mask |= CURL_CSELECT_IN;
    if ((ev->events & EPOLLOUT) != 0)
        mask |= CURL_CSELECT_OUT;
    if ((ev->events & EPOLLERR) != 0)
        mask |= CURL_CSELECT_ERR;
    curl_multi_socket_action(h->multi, ev->data.fd, mask, &running);
}

static void turn(struct http *h)
{
    struct epoll_event ev[EVENTS];
    int n = epoll_wait(h->epoll_fd, ev, EVENTS, patience(h)), running;

    for (int i = 0; i < n; i++)
        act(h, &ev[i]);
    if (h->timer_ms != 0 && now_ms() >= h->timer_ms) {
        h->timer_ms = 0;
        curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    collect(h);
    expire(h);
    if (h->told)
        h->ops->turn(h->ctx);
    h->told = false;
}

/* Everything that is left fails. */
static void end(struct http *h)
{
    static const char why[] = "the box is stopping";
    struct http_call *call, *next;

    for (struct slot *s = h->slots; s != NULL; s = s->next_all) {
        if (s->call == NULL)
            continue;
        call = slot_give(h, s);
        http_call_clear(call);
        fail(h, call, why);
    }
    fail_due(h, UINT64_MAX, why);
    for (call = take_new(h); call != NULL; call = next) {
        next = call->next;
        fail(h, call, why);
    }
    h->ops->turn(h->ctx);
}

void http_run(struct http *h)
{
    while (!atomic_load(&h->stop))
        turn(h);
    end(h);
}

static void wake(struct http *h)
{
    uint64_t one = 1;
    ssize_t did = write(h->wake_fd, &one, sizeof(one));

    (void)did; /* full: it is awake already */
}

void http_stop(struct http *h)
{
    atomic_store(&h->stop, true);
    wake(h);
}

void http_put(struct http *h, struct http_call *first)
{
    struct http_call *last = first;
    bool was_empty;

    while (last->next != NULL)
        last = last->next;
    pthread_mutex_lock(&h->lock);
    was_empty = h->first == NULL;
    *h->last = first;
    h->last = &last->next;
    pthread_mutex_unlock(&h->lock);
    if (was_empty)
        wake(h);
}

/* ---- start and end ---- */

static bool open_multi(struct http *h, uint32_t per_host)
{
    struct epoll_event ev = { .events = EPOLLIN };

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return false;
    h->multi = curl_multi_init();
    h->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    h->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    ev.data.fd = h->wake_fd;
    if (h->multi == NULL || h->epoll_fd < 0 || h->wake_fd < 0 ||
        epoll_ctl(h->epoll_fd, EPOLL_CTL_ADD, h->wake_fd, &ev) != 0)
        return false;
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)per_host);
    return true;
}

struct http *http_new(const struct http_ops *ops, void *ctx, uint32_t per_host)
{
    struct http *h = calloc(1, sizeof(*h));

    must(h);
    h->ops = ops;
    h->ctx = ctx;
    h->last = &h->first;
    h->epoll_fd = h->wake_fd = -1;
    pthread_mutex_init(&h->lock, NULL);
    if (open_multi(h, per_host))
        return h;
    http_free(h);
    return NULL;
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void http_free(struct http *h)
{
    struct slot *s;

    if (h == NULL)
        return;
    while ((s = h->slots) != NULL) {
        h->slots = s->next_all;
        curl_easy_cleanup(s->easy);
        free(s);
    }
    curl_multi_cleanup(h->multi);
    free(h->interest);
    close_fd(h->epoll_fd);
    close_fd(h->wake_fd);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_net.c - the thread of the ESMEs: their sockets, and one loop
 */

#include "smpp_net.h"

#include "box_sock.h"
#include "slog.h"
#include "smpp_conn.h"
#include "stat.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 128,
    WORK = 65536,
    BACKLOG = 128,
    DEAD_MS = 60000,
    ACCEPT_PAUSE_MS = 500, /* after there was no descriptor */
    PART_MS = 2000,        /* for the answers to unbind, at the end */
};

struct listener {
    int fd; /* -1: none */
    struct box_tls_ctx *tls;
};

enum phase { RUNNING, DRAINING, PARTING };

struct smpp_net {
    const struct smpp_net_conf *conf;
    const struct smpp_box_ops *ops;
    void *ctx;
    struct smpp_inbox *inbox;
    struct smpp_node *node;
    struct timer_wheel wheel;
    int epoll_fd;
    struct listener plain, tls;
    struct timer accept_again;
    struct smpp_conn *conns, *dead, *dirty;
    struct smpp_conn *again; /* TLS has more of them; they count as dirty */
    uint32_t n_conns;
    bool flush[SMPP_BOXES], any_flush;
    enum phase phase;
    uint64_t phase_until_ms;
    atomic_bool stop;
    uint8_t work[WORK];
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- what the node asks for ---- */

static void to_flush(struct smpp_net *n, uint8_t box)
{
    n->flush[box] = n->any_flush = true;
}

static void node_ack(void *ctx, uint8_t box, const struct box_key *key,
                     enum verdict v)
{
    struct smpp_net *n = ctx;

    n->ops->ack(n->ctx, box, key, v);
    to_flush(n, box);
}

static uint32_t node_sms(void *ctx, uint8_t box, const struct box_frame *f)
{
    struct smpp_net *n = ctx;

    to_flush(n, box);
    return n->ops->sms(n->ctx, box, f);
}

static void node_suspend(void *ctx, uint8_t box, bool suspended)
{
    struct smpp_net *n = ctx;

    n->ops->suspend(n->ctx, box, suspended);
}

static bool node_check(void *ctx, uint64_t id, const char *hash,
                       const char *password)
{
    struct smpp_net *n = ctx;

    return n->ops->check(n->ctx, id, hash, password);
}

static int64_t node_now_s(void *ctx)
{
    (void)ctx;
    return (int64_t)time(NULL);
}

static void node_dirty(void *ctx, struct smpp_sess *s)
{
    struct smpp_net *n = ctx;
    struct smpp_conn *c = s->conn;

    if (c == NULL || c->dirty || c->dead)
        return;
    c->dirty = true;
    c->next_dirty = n->dirty;
    n->dirty = c;
}

static const struct smpp_node_ops node_ops = { node_ack,     node_sms,
                                               node_suspend, node_check,
                                               node_now_s,   node_dirty };

/* ---- connections ---- */

static void link_in(struct smpp_conn **list, struct smpp_conn *c)
{
    c->prev = NULL;
    c->next = *list;
    if (c->next != NULL)
        c->next->prev = c;
    *list = c;
}

static void bury(struct smpp_net *n, struct smpp_conn *c)
{
    if (c->dead)
        return;
    if (c->prev != NULL)
        c->prev->next = c->next;
    else
        n->conns = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    n->n_conns--;
    c->dead = true;
    /* Its messages go to others in this turn; its memory goes with the
     * turn, for events may still name it. */
    smpp_sess_end(c->sess, "connection lost");
    epoll_ctl(n->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    link_in(&n->dead, c);
}

static void flush_dirty(struct smpp_net *n)
{
    struct smpp_conn *c;

    while ((c = n->dirty) != NULL) {
        n->dirty = c->next_dirty;
        c->dirty = false;
        if (c->dead)
            continue;
        if (!smpp_conn_write(c)) {
            bury(n, c);
        } else if (c->more && smpp_sess_may_read(c->sess)) {
            c->dirty = true;
            c->next_dirty = n->again;
            n->again = c;
        }
    }
}

/* What TLS holds from the turn before; no event will tell of it. */
static void read_again(struct smpp_net *n)
{
    struct smpp_conn *c, *next;

    c = n->again;
    n->again = NULL;
    for (; c != NULL; c = next) {
        next = c->next_dirty;
        c->dirty = false;
        if (c->dead)
            continue;
        smpp_conn_read(c, n->work, sizeof(n->work));
        node_dirty(n, c->sess);
    }
}

static void free_dead(struct smpp_net *n)
{
    struct smpp_conn *c, *next, *keep = NULL;

    for (c = n->dead; c != NULL; c = next) {
        next = c->next;
        if (c->dirty) /* read_again() will look at it */
            link_in(&keep, c);
        else
            smpp_conn_free(c);
    }
    n->dead = keep;
}

/* The one that has waited longest without a bind makes room; NULL: all are
 * bound. New ones stand in front. */
static struct smpp_conn *least_wanted(struct smpp_net *n)
{
    struct smpp_conn *c, *last = NULL;

    for (c = n->conns; c != NULL; c = c->next)
        if (c->sess->state < SMPP_BOUND || c->sess->state >= SMPP_OVER)
            last = c;
    return last;
}

static bool make_room(struct smpp_net *n)
{
    struct smpp_conn *c;

    if (n->n_conns < n->conf->max_sessions)
        return true;
    stat_inc(STAT_smpp_denied);
    c = least_wanted(n);
    if (c != NULL)
        bury(n, c);
    return c != NULL;
}

static void peer_text(const struct sockaddr *sa, socklen_t len, char out[48])
{
    static const char mapped[] = "::ffff:";

    if (getnameinfo(sa, len, out, 48, NULL, 0, NI_NUMERICHOST) != 0)
        strcpy(out, "unknown");
    if (strncmp(out, mapped, sizeof(mapped) - 1) == 0)
        memmove(out, out + sizeof(mapped) - 1,
                strlen(out) - sizeof(mapped) + 2);
}

static void welcome(struct smpp_net *n, const struct listener *l, int fd,
                    const char *peer)
{
    struct smpp_conn *c;

    if (!make_room(n)) {
        close(fd);
        return;
    }
    box_sock_tune(fd, DEAD_MS);
    c = smpp_conn_new(fd, n->epoll_fd, l->tls,
                      smpp_node_session(n->node, peer));
    if (c == NULL)
        return;
    stat_inc(STAT_smpp_connected);
    link_in(&n->conns, c);
    n->n_conns++;
}

static void listen_to(struct smpp_net *n, struct listener *l, bool on)
{
    struct epoll_event ev = { .events = on ? EPOLLIN : 0, .data.ptr = l };

    if (l->fd >= 0)
        epoll_ctl(n->epoll_fd, EPOLL_CTL_MOD, l->fd, &ev);
}

static void accept_again(struct timer *t)
{
    struct smpp_net *n = timer_of(t, struct smpp_net, accept_again);

    listen_to(n, &n->plain, true);
    listen_to(n, &n->tls, true);
}

static void accept_all(struct smpp_net *n, struct listener *l)
{
    struct sockaddr_storage sa;
    char peer[48];
    int fd = 0;

    for (int i = 0; i < EVENTS; i++) {
        socklen_t len = sizeof(sa);

        fd = accept(l->fd, (struct sockaddr *)&sa, &len);
        if (fd < 0)
            break;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        peer_text((const struct sockaddr *)&sa, len, peer);
        welcome(n, l, fd, peer);
    }
    if (fd >= 0 || errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
        return;
    slog(SLOG_ERROR, "smpp", "No ESME can be accepted: %s.", strerror(errno));
    listen_to(n, &n->plain, false);
    listen_to(n, &n->tls, false);
    timer_set(&n->wheel, &n->accept_again, ACCEPT_PAUSE_MS);
}

/* ---- the box server, and what is found out of accounts ---- */

static void accounts_in(struct smpp_net *n, const uint8_t *p, size_t len)
{
    struct smpp_acct_conf *acct = malloc(len + 1);

    if (acct == NULL)
        abort();
    memcpy(acct, p, len);
    smpp_node_accounts(n->node, acct, (unsigned)(len / sizeof(*acct)));
    free(acct);
}

static void item_in(struct smpp_net *n, const struct smpp_item *item,
                    const uint8_t *frame)
{
    struct box_frame f;

    switch (item->kind) {
    case SMPP_ITEM_SMS:
        if (box_frame_read(frame, item->n, &f))
            smpp_node_sms(n->node, item->box, &item->key, &f);
        break;
    case SMPP_ITEM_ACK:
        smpp_node_ack(n->node, item->box, item->key.id, item->nack);
        break;
    case SMPP_ITEM_LOST:
        smpp_node_box_lost(n->node, item->box, item->key.epoch);
        break;
    case SMPP_ITEM_CHECKED:
        smpp_node_checked(n->node, item->number, item->yes);
        break;
    case SMPP_ITEM_ACCOUNTS:
        accounts_in(n, frame, item->n);
        break;
    case SMPP_ITEM_SURE:
        smpp_node_sure(n->node, item->yes);
        break;
    }
}

static void inbox_in(struct smpp_net *n)
{
    size_t len;
    const uint8_t *p = smpp_inbox_take(n->inbox, &len), *end, *frame;
    struct smpp_item item;

    if (len == 0) /* woken to stop */
        return;
    for (end = p + len; p < end;) {
        p = smpp_inbox_next(p, &item, &frame);
        item_in(n, &item, frame);
    }
}

static void flush_boxes(struct smpp_net *n)
{
    if (!n->any_flush)
        return;
    n->any_flush = false;
    for (unsigned i = 0; i < SMPP_BOXES; i++) {
        if (n->flush[i])
            n->ops->flush(n->ctx, (uint8_t)i);
        n->flush[i] = false;
    }
}

/* ---- the loop ---- */

static void event(struct smpp_net *n, const struct epoll_event *ev)
{
    struct smpp_conn *c = ev->data.ptr;

    if (ev->data.ptr == n->inbox) {
        inbox_in(n);
    } else if (ev->data.ptr == &n->plain || ev->data.ptr == &n->tls) {
        accept_all(n, ev->data.ptr);
    } else if (!c->dead) {
        if ((ev->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 || c->greeting)
            smpp_conn_read(c, n->work, sizeof(n->work));
        node_dirty(n, c->sess);
    }
}

static void close_listener(struct smpp_net *n, struct listener *l)
{
    if (l->fd < 0)
        return;
    epoll_ctl(n->epoll_fd, EPOLL_CTL_DEL, l->fd, NULL);
    close(l->fd);
    l->fd = -1;
}

static void begin_drain(struct smpp_net *n)
{
    n->phase = DRAINING;
    n->phase_until_ms = n->wheel.now_ms + n->conf->drain_ms;
    close_listener(n, &n->plain);
    close_listener(n, &n->tls);
    smpp_node_drain(n->node);
}

static void begin_parting(struct smpp_net *n)
{
    struct smpp_conn *c;

    n->phase = PARTING;
    n->phase_until_ms = n->wheel.now_ms + PART_MS;
    smpp_node_fail_all(n->node);
    for (c = n->conns; c != NULL; c = c->next)
        smpp_sess_unbind(c->sess, "the server stops");
    flush_dirty(n);
}

/* False: all is done. */
static bool goes_on(struct smpp_net *n)
{
    bool late = n->wheel.now_ms >= n->phase_until_ms;

    switch (n->phase) {
    case RUNNING:
        if (atomic_load(&n->stop))
            begin_drain(n);
        break;
    case DRAINING:
        if (late || smpp_node_held(n->node) == 0)
            begin_parting(n);
        break;
    case PARTING:
        return !late && n->conns != NULL;
    }
    return true;
}

static int patience_ms(struct smpp_net *n)
{
    enum { STOPPING_MS = 50 };
    int ms = timer_next_ms(&n->wheel);

    if (n->again != NULL)
        return 0;
    if (n->phase == RUNNING && !atomic_load(&n->stop))
        return ms;
    return ms < 0 || ms > STOPPING_MS ? STOPPING_MS : ms;
}

void smpp_net_run(struct smpp_net *n)
{
    struct epoll_event ev[EVENTS];
    int got;

    while (goes_on(n)) {
        got = epoll_wait(n->epoll_fd, ev, EVENTS, patience_ms(n));
        timer_run(&n->wheel, now_ms());
        read_again(n);
        for (int i = 0; i < got; i++)
            event(n, &ev[i]);
        flush_dirty(n);
        flush_boxes(n);
        free_dead(n);
    }
}

void smpp_net_stop(struct smpp_net *n)
{
    atomic_store(&n->stop, true);
    smpp_inbox_wake(n->inbox);
}

/* ---- start and end ---- */

static int open_port(const char *host, uint16_t port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_NUMERICHOST };
    struct addrinfo *a = NULL;
    char service[8];
    int fd = -1, one = 1;

    snprintf(service, sizeof(service), "%u", (unsigned)port);
    if (getaddrinfo(host[0] != '\0' ? host : NULL, service, &hints, &a) == 0) {
        fd =
            socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
        if (fd >= 0 && (bind(fd, a->ai_addr, a->ai_addrlen) != 0 ||
                        listen(fd, BACKLOG) != 0)) {
            close(fd);
            fd = -1;
        }
        freeaddrinfo(a);
    }
    if (fd < 0)
        slog(SLOG_ERROR, "smpp", "Cannot listen on <%s> port %u: %s.", host,
             (unsigned)port, strerror(errno));
    return fd;
}

static bool add(struct smpp_net *n, int fd, void *ptr)
{
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = ptr };

    return epoll_ctl(n->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static bool open_listener(struct smpp_net *n, struct listener *l, uint16_t port)
{
    if (port == 0)
        return true;
    l->fd = open_port(n->conf->interface, port);
    return l->fd >= 0 && add(n, l->fd, l);
}

static bool open_tls(struct smpp_net *n)
{
    const struct smpp_net_conf *c = n->conf;
    char why[BOX_TLS_WHY];

    if (c->tls_port == 0)
        return true;
    n->tls.tls = box_tls_ctx_new_server(c->ca, c->cert, c->key, why);
    if (n->tls.tls != NULL)
        return open_listener(n, &n->tls, c->tls_port);
    slog(SLOG_ERROR, "smpp", "No TLS for ESMEs: %s.", why);
    return false;
}

struct smpp_net *smpp_net_new(const struct smpp_net_conf *conf,
                              const struct smpp_box_ops *ops, void *ctx,
                              struct smpp_inbox *inbox)
{
    struct smpp_net *n = calloc(1, sizeof(*n));

    if (n == NULL)
        abort();
    n->conf = conf;
    n->ops = ops;
    n->ctx = ctx;
    n->inbox = inbox;
    n->plain.fd = n->tls.fd = -1;
    n->accept_again.fire = accept_again;
    timer_wheel_init(&n->wheel, now_ms());
    n->node = smpp_node_new(&conf->node, &node_ops, n, &n->wheel);
    n->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (n->epoll_fd >= 0 && add(n, smpp_inbox_fd(inbox), inbox) &&
        open_listener(n, &n->plain, conf->port) && open_tls(n))
        return n;
    smpp_net_free(n);
    return NULL;
}

void smpp_net_free(struct smpp_net *n)
{
    if (n == NULL)
        return;
    close_listener(n, &n->plain);
    close_listener(n, &n->tls);
    while (n->conns != NULL)
        bury(n, n->conns);
    read_again(n);
    free_dead(n);
    smpp_node_free(n->node);
    box_tls_ctx_free(n->tls.tls);
    if (n->epoll_fd >= 0)
        close(n->epoll_fd);
    free(n);
}

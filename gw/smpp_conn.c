/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_conn.c - the socket of a session, with or without TLS
 */

#include "smpp_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READS = 4 /* in a turn; others want theirs */ };

struct smpp_conn *smpp_conn_new(int fd, int epoll_fd, struct box_tls_ctx *tls,
                                struct smpp_sess *sess)
{
    struct smpp_conn *c = calloc(1, sizeof(*c));
    struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };

    if (c == NULL)
        abort();
    c->fd = fd;
    c->epoll_fd = epoll_fd;
    c->events = EPOLLIN;
    c->sess = sess;
    sess->conn = c;
    if (tls != NULL) {
        c->tls = box_tls_new(tls, fd, NULL);
        c->greeting = true;
    }
    if ((tls == NULL || c->tls != NULL) &&
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0)
        return c;
    smpp_conn_free(c);
    return NULL;
}

void smpp_conn_free(struct smpp_conn *c)
{
    if (c == NULL)
        return;
    c->sess->conn = NULL;
    smpp_sess_free(c->sess);
    box_tls_free(c->tls);
    close(c->fd);
    free(c);
}

/* Octets; below 1 as enum box_tls_want. */
static long sock_read(struct smpp_conn *c, uint8_t *p, size_t n)
{
    ssize_t did;

    if (c->tls != NULL)
        return box_tls_read(c->tls, p, n);
    did = recv(c->fd, p, n, MSG_DONTWAIT);
    if (did < 0 && (errno == EAGAIN || errno == EINTR))
        return BOX_TLS_WANT_READ;
    return did > 0 ? did : BOX_TLS_GONE;
}

static long sock_write(struct smpp_conn *c, const uint8_t *p, size_t n)
{
    ssize_t did;

    if (c->tls != NULL)
        return box_tls_write(c->tls, p, n);
    did = send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (did < 0 && (errno == EAGAIN || errno == EINTR))
        return BOX_TLS_WANT_WRITE;
    return did > 0 ? did : BOX_TLS_GONE;
}

/* False: not yet, or never. */
static bool greet(struct smpp_conn *c)
{
    char why[BOX_TLS_WHY];
    int did = box_tls_handshake(c->tls, why);

    c->wants_write = did == BOX_TLS_WANT_WRITE;
    c->greeting = did != 1;
    c->gone = did == BOX_TLS_GONE;
    return did == 1;
}

/* Of a session that is over: wait for the other end to close. */
static bool wants(const struct smpp_conn *c)
{
    return c->sess->state >= SMPP_OVER || smpp_sess_may_read(c->sess);
}

void smpp_conn_read(struct smpp_conn *c, uint8_t *work, size_t size)
{
    long did = 1;

    if (c->greeting && !greet(c))
        return;
    for (int i = 0; i < READS && wants(c); i++) {
        did = sock_read(c, work, size);
        if (did < 1)
            break;
        smpp_sess_in(c->sess, work, (size_t)did);
        if (c->tls == NULL && (size_t)did < size)
            return;
    }
    c->more = c->tls != NULL && did > 0;
    c->gone = did == BOX_TLS_GONE;
}

/* False: the socket takes no more for now. */
static bool drain(struct smpp_conn *c)
{
    struct smpp_buf *out = &c->sess->out;
    long did;

    while (out->len > out->at) {
        did = sock_write(c, out->p + out->at, out->len - out->at);
        if (did < 1) {
            c->gone = c->gone || did == BOX_TLS_GONE;
            return false;
        }
        smpp_sess_wrote(c->sess, (size_t)did);
    }
    return true;
}

static void wait_for(struct smpp_conn *c, uint32_t events)
{
    struct epoll_event ev = { .events = events, .data.ptr = c };

    if (events == c->events)
        return;
    c->events = events;
    epoll_ctl(c->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
}

bool smpp_conn_write(struct smpp_conn *c)
{
    bool left = c->greeting ? c->wants_write : !drain(c);

    if (c->gone || c->sess->state == SMPP_GONE ||
        (c->greeting && c->sess->state >= SMPP_OVER))
        return false;
    if (c->sess->state == SMPP_OVER && !left && !c->shut) {
        /* A socket that is closed with octets unread takes back what was sent
         * last: say that no more comes, and wait for the other end. */
        c->shut = true;
        shutdown(c->fd, SHUT_WR);
    }
    wait_for(c, (wants(c) ? EPOLLIN : 0u) | (left ? EPOLLOUT : 0u));
    return true;
}

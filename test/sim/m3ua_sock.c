/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua_sock.c - the sockets of M3UA: one-to-one SCTP, or TCP instead
 */

#define _GNU_SOURCE

#include "m3ua_sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sctp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PPID_M3UA = 3, STREAMS = 17, BATCH = 32, MESSAGE_MAX = 4096 };

static int failed(int fd, const char *what, char *why, size_t size)
{
    const char *reason = strerror(errno);

    if (strcmp(what, "connect") == 0)
        snprintf(why, size, "%s", reason);
    else
        snprintf(why, size, "%s: %s", what, reason);
    if (errno == EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT)
        snprintf(why, size, "this kernel has no SCTP (M3UA over TCP: --tcp)");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The numbers behind a host and a port; NULL and a reason. */
static struct addrinfo *resolve(const struct m3ua_host *h, bool passive,
                                char *why, size_t size)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *ai = NULL;
    int rc;

    hints.ai_flags = passive ? AI_PASSIVE : 0;
    if (h->host == NULL)
        hints.ai_family = AF_INET;
    rc = getaddrinfo(h->host, h->port, &hints, &ai);
    if (rc != 0) {
        snprintf(why, size, "%s port %s: %s", h->host ? h->host : "any",
                 h->port ? h->port : "any", gai_strerror(rc));
        return NULL;
    }
    return ai;
}

static void tune(bool tcp, int fd)
{
    const int one = 1;
    const struct sctp_initmsg streams = {
        .sinit_num_ostreams = STREAMS,
        .sinit_max_instreams = STREAMS,
    };

    if (tcp) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        return;
    }
    setsockopt(fd, IPPROTO_SCTP, SCTP_INITMSG, &streams, sizeof(streams));
    setsockopt(fd, IPPROTO_SCTP, SCTP_NODELAY, &one, sizeof(one));
}

static int new_socket(bool tcp, int family)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    tcp ? IPPROTO_TCP : IPPROTO_SCTP);

    if (fd >= 0)
        tune(tcp, fd);
    return fd;
}

static int bind_to(int fd, const struct addrinfo *ai)
{
    const int one = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    return bind(fd, ai->ai_addr, ai->ai_addrlen);
}

int m3ua_sock_listen(bool tcp, const struct m3ua_host *at, char *why,
                     size_t size)
{
    struct addrinfo *ai = resolve(at, true, why, size);
    int fd;

    if (ai == NULL)
        return -1;
    fd = new_socket(tcp, ai->ai_family);
    if (fd < 0)
        failed(fd, "socket", why, size);
    else if (bind_to(fd, ai) < 0)
        fd = failed(fd, "bind", why, size);
    else if (listen(fd, M3UA_CONNS) < 0)
        fd = failed(fd, "listen", why, size);
    freeaddrinfo(ai);
    return fd;
}

static int bind_local(int fd, const struct m3ua_host *from, char *why,
                      size_t size)
{
    struct addrinfo *ai;
    int rc;

    if (from->host == NULL)
        return 0;
    ai = resolve(from, true, why, size);
    if (ai == NULL) {
        close(fd);
        return -1;
    }
    rc = bind_to(fd, ai);
    freeaddrinfo(ai);
    return rc < 0 ? failed(fd, "bind", why, size) : 0;
}

int m3ua_sock_dial(bool tcp, const struct m3ua_host *to,
                   const struct m3ua_host *from, char *why, size_t size)
{
    struct addrinfo *ai = resolve(to, false, why, size);
    int fd;

    if (ai == NULL)
        return -2;
    fd = new_socket(tcp, ai->ai_family);
    if (fd < 0)
        fd = failed(fd, "socket", why, size) - 1;
    else if (bind_local(fd, from, why, size) < 0)
        fd = -2;
    else if (connect(fd, ai->ai_addr, ai->ai_addrlen) < 0 &&
             errno != EINPROGRESS)
        fd = failed(fd, "connect", why, size);
    freeaddrinfo(ai);
    return fd;
}

int m3ua_sock_accept(bool tcp, int fd)
{
    int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (peer >= 0)
        tune(tcp, peer);
    return peer;
}

int m3ua_sock_error(int fd)
{
    int err = 0;
    socklen_t len = sizeof(err);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
        return errno;
    return err;
}

static bool not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* One SCTP message with its stream and payload protocol (RFC 6458 5.3.2). */
struct out_message {
    struct iovec iov;
    union {
        struct cmsghdr align;
        uint8_t octet[CMSG_SPACE(sizeof(struct sctp_sndrcvinfo))];
    } control;
};

static void fill_message(struct out_message *o, struct msghdr *h,
                         const uint8_t *p, size_t len)
{
    struct cmsghdr *c = &o->control.align;
    struct sctp_sndrcvinfo info = {
        .sinfo_stream = p[2] == M3UA_DATA >> 8 ? 1 : 0,
        .sinfo_ppid = htonl(PPID_M3UA),
    };

    /* sendmmsg() only reads, but its type is shared with receiving */
    o->iov.iov_base = (void *)(uintptr_t)p;
    o->iov.iov_len = len;
    *h = (struct msghdr){
        .msg_iov = &o->iov,
        .msg_iovlen = 1,
        .msg_control = o->control.octet,
        .msg_controllen = sizeof(o->control.octet),
    };
    c->cmsg_level = IPPROTO_SCTP;
    c->cmsg_type = SCTP_SNDRCV;
    c->cmsg_len = CMSG_LEN(sizeof(info));
    memcpy(CMSG_DATA(c), &info, sizeof(info));
}

static long write_sctp(int fd, const uint8_t *p, size_t n)
{
    struct mmsghdr h[BATCH];
    struct out_message o[BATCH];
    unsigned count = 0;
    size_t at = 0;
    int len, sent;

    while (count < BATCH) {
        len = m3ua_length(p + at, n - at);
        if (len <= 0 || (size_t)len > n - at)
            break;
        fill_message(&o[count], &h[count].msg_hdr, p + at, (size_t)len);
        at += (size_t)len;
        count++;
    }
    sent = sendmmsg(fd, h, count, MSG_NOSIGNAL);
    if (sent < 0)
        return not_now() ? 0 : -1;
    for (at = 0; sent > 0; sent--)
        at += (size_t)m3ua_length(p + at, n - at);
    return (long)at;
}

long m3ua_sock_write(bool tcp, int fd, const uint8_t *p, size_t n)
{
    ssize_t sent;

    if (!tcp)
        return write_sctp(fd, p, n);
    sent = send(fd, p, n, MSG_NOSIGNAL);
    if (sent < 0)
        return not_now() ? 0 : -1;
    return sent;
}

/* Notifications are off by default; a message in pieces is not for us. */
static long read_sctp(int fd, uint8_t *p, size_t n)
{
    struct iovec iov;
    struct msghdr h;
    size_t got = 0;
    ssize_t len;

    while (n - got >= MESSAGE_MAX) {
        iov = (struct iovec){ .iov_base = p + got, .iov_len = MESSAGE_MAX };
        h = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
        len = recvmsg(fd, &h, 0);
        if (len > 0 && (h.msg_flags & MSG_EOR)) {
            got += (size_t)len;
            continue;
        }
        if (len < 0 && not_now())
            break;
        shutdown(fd, SHUT_RDWR); /* the next read ends it */
        return got > 0 ? (long)got : -1;
    }
    return (long)got;
}

long m3ua_sock_read(bool tcp, int fd, uint8_t *p, size_t n)
{
    ssize_t len;

    if (!tcp)
        return read_sctp(fd, p, n);
    len = recv(fd, p, n, 0);
    if (len < 0)
        return not_now() ? 0 : -1;
    return len == 0 ? -1 : len;
}

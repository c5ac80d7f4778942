/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_sock.c - TCP as boxes want it
 */

#include "box_sock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void set(int fd, int level, int option, int value)
{
    setsockopt(fd, level, option, &value, sizeof(value));
}

void box_sock_tune(int fd, int dead_ms)
{
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(fd, IPPROTO_TCP, TCP_KEEPIDLE, dead_ms / 1000 / 2);
    set(fd, IPPROTO_TCP, TCP_KEEPINTVL, dead_ms / 1000 / 6);
    set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, dead_ms);
}

/* Wait for a connect() under way. Its error, 0: connected. */
static int connected(int fd, int wake_fd, int wait_ms)
{
    struct pollfd p[2] = {
        { .fd = fd, .events = POLLOUT },
        { .fd = wake_fd, .events = POLLIN },
    };
    int err = 0;
    socklen_t len = sizeof(err);

    if (poll(p, 2, wait_ms) <= 0)
        return ETIMEDOUT;
    if (p[0].revents == 0)
        return EINTR;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
        return errno;
    return err;
}

static int connect_one(const struct addrinfo *a, int wake_fd, int wait_ms,
                       const char **why)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    a->ai_protocol);
    int err;

    if (fd < 0) {
        *why = strerror(errno);
        return -1;
    }
    err = connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
    if (err == EINPROGRESS)
        err = connected(fd, wake_fd, wait_ms);
    if (err == 0)
        return fd;
    *why = strerror(err);
    close(fd);
    return -1;
}

int box_sock_connect(const char *host, uint16_t port, int wake_fd, int wait_ms,
                     int dead_ms, const char **why)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL, *a;
    char service[8];
    int err, fd = -1;

    snprintf(service, sizeof(service), "%u", (unsigned)port);
    err = getaddrinfo(host, service, &hints, &list);
    if (err != 0) {
        *why = gai_strerror(err);
        return -1;
    }
    *why = "no address";
    for (a = list; a != NULL && fd < 0; a = a->ai_next)
        fd = connect_one(a, wake_fd, wait_ms, why);
    freeaddrinfo(list);
    if (fd >= 0)
        box_sock_tune(fd, dead_ms);
    return fd;
}

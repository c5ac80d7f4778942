/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3uatcp.c - a preload library: M3UA over TCP where the kernel has no SCTP
 *
 *     cc -O2 -shared -fPIC -o m3uatcp.so m3uatcp.c -ldl
 *     LD_PRELOAD=$PWD/m3uatcp.so osmo-stp -c ...
 *
 * For tests, benchmarks and the demo, never for a network. A one-to-one SCTP
 * socket that the kernel refuses becomes a TCP socket (all do if
 * M3UATCP_FORCE is set). M3UA messages carry their length, so they follow
 * each other without any framing of ours: "M3UA over TCP" as other programs
 * know it. Streams and the payload protocol identifier are made up on
 * receipt; of several addresses the first is used.
 *
 * A program may ask m3uatcp_in_use(), to tell its user.
 *
 * Nothing waits for a peer that sends half a message: what came is put
 * aside, the low water mark of the socket is set to what is missing, and the
 * reader is given a notification that readers of SCTP ignore.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD = 8, MESSAGE_MAX = 65536, FDS = 65536, WAIT_MS = 5000 };

static struct {
    uint8_t *part;  /* of a message that has not come whole */
    uint32_t have;  /* octets in `part' */
    uint32_t rest;  /* of a message longer than the reader's buffer */
    uint32_t water; /* the low water mark that is set */
    bool ours;
} state[FDS];

static bool used;

int m3uatcp_in_use(void);
int m3uatcp_in_use(void)
{
    return used;
}

static bool ours(int fd)
{
    return fd >= 0 && fd < FDS && state[fd].ours;
}

/* NOLINTBEGIN(readability-*,bugprone-macro-parentheses): libc's prototypes */

/* The definition that would have been called without this library. */
#define NEXT(name)                                                             \
    static __typeof__(&name) next;                                             \
    if (!next)                                                                 \
    *(void **)&next = dlsym(RTLD_NEXT, #name)

static void low_water(int fd, uint32_t n)
{
    int v = (int)n;

    if (state[fd].water == n)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, &v, sizeof(v));
    state[fd].water = n;
}

static void forget(int fd)
{
    if (fd < 0 || fd >= FDS)
        return;
    free(state[fd].part);
    memset(&state[fd], 0, sizeof(state[fd]));
}

static void adopt(int fd)
{
    if (fd < 0 || fd >= FDS)
        return;
    used = true;
    forget(fd);
    state[fd].ours = true;
    low_water(fd, HEAD);
}

int socket(int domain, int type, int protocol)
{
    NEXT(socket);
    int on = 1;
    int fd;

    if (protocol != IPPROTO_SCTP)
        return next(domain, type, protocol);
    if (!getenv("M3UATCP_FORCE")) {
        fd = next(domain, type, protocol);
        if (fd >= 0 || errno != EPROTONOSUPPORT)
            return fd;
    }
    fd = next(domain, type, IPPROTO_TCP);
    adopt(fd);
    if (fd >= 0) /* a port of ours may still be in TIME_WAIT */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    return fd;
}

int close(int fd)
{
    NEXT(close);

    forget(fd);
    return next(fd);
}

int accept(int fd, struct sockaddr *addr, socklen_t *len)
{
    /* Its prototype has a transparent union: no __typeof__. */
    static int (*next)(int, struct sockaddr *, socklen_t *);
    int n;

    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "accept");
    n = next(fd, addr, len);
    if (n >= 0 && ours(fd))
        adopt(n);
    return n;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t len)
{
    NEXT(setsockopt);

    if (level != IPPROTO_SCTP || !ours(fd))
        return next(fd, level, option, value, len);
    if (option == SCTP_NODELAY)
        return next(fd, IPPROTO_TCP, TCP_NODELAY, value, len);
    return 0;
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *len)
{
    NEXT(getsockopt);

    if (level != IPPROTO_SCTP || !ours(fd))
        return next(fd, level, option, value, len);
    if (option != SCTP_EVENTS) {
        errno = ENOPROTOOPT;
        return -1;
    }
    if (*len > sizeof(struct sctp_event_subscribe))
        *len = sizeof(struct sctp_event_subscribe);
    memset(value, 0, *len);
    return 0;
}

static socklen_t length_of(const struct sockaddr *a)
{
    return a->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                    : sizeof(struct sockaddr_in);
}

int sctp_bindx(int fd, struct sockaddr *addrs, int n, int flags)
{
    NEXT(sctp_bindx);

    return ours(fd) ? bind(fd, addrs, length_of(addrs))
                    : next(fd, addrs, n, flags);
}

int sctp_connectx(int fd, struct sockaddr *addrs, int n, sctp_assoc_t *id)
{
    NEXT(sctp_connectx);

    return ours(fd) ? connect(fd, addrs, length_of(addrs))
                    : next(fd, addrs, n, id);
}

static bool room(int fd, int ms)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };

    return poll(&p, 1, ms) == 1 && (p.revents & (POLLOUT | POLLERR | POLLHUP));
}

/* A message leaves whole, not at all, or with it the association. */
int sctp_send(int fd, const void *msg, size_t len,
              const struct sctp_sndrcvinfo *info, int flags)
{
    NEXT(sctp_send);
    const char *p = msg;
    size_t done = 0;

    if (!ours(fd))
        return next(fd, msg, len, info, flags);
    /* Writable means that a third of the buffer is free: it will fit. */
    if ((flags & MSG_DONTWAIT) && !room(fd, 0)) {
        errno = EAGAIN;
        return -1;
    }
    while (done < len) {
        ssize_t n = send(fd, p + done, len - done, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n > 0)
            done += (size_t)n;
        else if (errno == EAGAIN && (done == 0 || !room(fd, WAIT_MS)))
            break;
        else if (errno != EAGAIN && errno != EINTR)
            return -1;
    }
    if (done > 0 && done < len) {
        shutdown(fd, SHUT_RDWR);
        errno = EPIPE;
    }
    return done == len ? (int)len : -1;
}

static int nothing_yet(int fd, uint32_t missing, void *msg, int *flags)
{
    struct {
        uint16_t type, flags;
        uint32_t length;
    } head = { .type = SCTP_SENDER_DRY_EVENT, .length = sizeof(head) };

    low_water(fd, missing);
    if (!flags) {
        errno = EAGAIN;
        return -1;
    }
    memcpy(msg, &head, sizeof(head));
    *flags = MSG_NOTIFICATION | MSG_EOR;
    return (int)sizeof(head);
}

static void describe(const uint8_t *msg, struct sctp_sndrcvinfo *info)
{
    if (!info)
        return;
    memset(info, 0, sizeof(*info));
    info->sinfo_stream = msg[2] == 1; /* the class of DATA */
    info->sinfo_ppid = htonl(3);
}

static uint32_t length_in(const uint8_t *head)
{
    uint32_t be;

    memcpy(&be, head + 4, sizeof(be));
    return ntohl(be);
}

/*
 * Read on until `msg' holds *have octets that are a whole message, or `len'
 * of a longer one. 1: done; 0: the end; -1: errno, and EAGAIN if it is only
 * a part so far. What was read is not left in the socket: the kernel would
 * not open the window again while a large segment is half read.
 */
static int fill(int fd, uint8_t *msg, size_t len, uint32_t *have)
{
    for (;;) {
        uint32_t total = *have < HEAD ? HEAD : length_in(msg);
        uint32_t need = total < len ? total : (uint32_t)len;
        ssize_t n;

        if (total < HEAD || total > MESSAGE_MAX) {
            errno = EPROTO; /* where would the next one start? */
            return -1;
        }
        if (*have >= HEAD && *have == need)
            return 1;
        n = recv(fd, msg + *have, need - *have, MSG_DONTWAIT);
        if (n <= 0)
            return (int)n;
        *have += (uint32_t)n;
    }
}

static int put_aside(int fd, uint8_t *msg, size_t len, uint32_t have,
                     int *flags)
{
    uint32_t total = have < HEAD ? HEAD : length_in(msg);
    uint32_t need = total < len ? total : (uint32_t)len;

    if (have > 0 && !state[fd].part)
        state[fd].part = malloc(len);
    if (have > 0 && !state[fd].part)
        return -1;
    if (have > 0)
        memcpy(state[fd].part, msg, have);
    state[fd].have = have;
    return nothing_yet(fd, need - have, msg, flags);
}

static int rest_of_message(int fd, void *msg, size_t len, int *flags)
{
    size_t want = state[fd].rest < len ? state[fd].rest : len;
    ssize_t n = recv(fd, msg, want, MSG_DONTWAIT);

    if (n < 0 && errno == EAGAIN)
        return nothing_yet(fd, 1, msg, flags);
    if (n <= 0)
        return (int)n;
    state[fd].rest -= (uint32_t)n;
    if (flags)
        *flags = state[fd].rest == 0 ? MSG_EOR : 0;
    return (int)n;
}

/* `len' is the same in all calls for a descriptor. */
int sctp_recvmsg(int fd, void *msg, size_t len, struct sockaddr *from,
                 socklen_t *from_len, struct sctp_sndrcvinfo *info, int *flags)
{
    NEXT(sctp_recvmsg);
    uint32_t have;
    int rc;

    if (!ours(fd))
        return next(fd, msg, len, from, from_len, info, flags);
    if (state[fd].rest > 0)
        return rest_of_message(fd, msg, len, flags);
    have = state[fd].have;
    if (have > len) {
        errno = EMSGSIZE;
        return -1;
    }
    if (have > 0)
        memcpy(msg, state[fd].part, have);
    rc = fill(fd, msg, len, &have);
    if (rc < 0 && errno == EAGAIN)
        return put_aside(fd, msg, len, have, flags);
    if (rc <= 0)
        return rc;
    state[fd].have = 0;
    state[fd].rest = length_in(msg) - have;
    low_water(fd, HEAD);
    describe(msg, info);
    if (flags)
        *flags = state[fd].rest == 0 ? MSG_EOR : 0;
    return (int)have;
}

/* NOLINTEND(readability-*,bugprone-macro-parentheses) */

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_sink.c - an ESME that confirms every message at once, to be measured
 * against
 *
 * usage: smpp_sink [--host ADDRESS] [--port PORT] [--id SYSTEM_ID]
 *                  [--password PASSWORD] [--binds N] [--count N]
 *
 * Binds N times as receiver (1 is the default), says "bound", and answers each
 * deliver_sm with status 0 and each enquire_link. What one read brought is
 * answered with one write. Ends after COUNT messages (0, the default: never),
 * at SIGTERM, or when the server closes a connection, and prints what it saw.
 */

#include "gw/smpp_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BINDS_MAX = 64, IN_MAX = 2 * SMPP_PDU_MAX, VERSION = 0x34 };

struct bind {
    int fd;
    size_t in_len, out_len;
    uint8_t in[IN_MAX];
    uint8_t out[2 * IN_MAX]; /* an answer is shorter than a message */
};

static struct bind binds[BINDS_MAX];
static struct pollfd polled[BINDS_MAX];
static unsigned long long messages, reads;
static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
    (void)sig;
    stopped = 1;
}

static int dial(const char *host, uint16_t port)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

    if (fd < 0 || inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
        connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
        fprintf(stderr, "smpp_sink: cannot connect to %s port %u: %s\n", host,
                (unsigned)port, strerror(errno));
        exit(2);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

static void put(struct bind *b, uint32_t command, uint32_t sequence,
                const void *body, size_t n)
{
    struct smpp_head h = { (uint32_t)(SMPP_HEAD + n), command, 0, sequence };

    smpp_head_write(b->out + b->out_len, &h);
    memcpy(b->out + b->out_len + SMPP_HEAD, body, n);
    b->out_len += h.length;
}

static bool send_out(struct bind *b)
{
    size_t at = 0;

    while (at < b->out_len) {
        ssize_t n = send(b->fd, b->out + at, b->out_len - at, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    b->out_len = 0;
    return true;
}

static void bind_it(struct bind *b, const char *id, const char *password)
{
    uint8_t body[64];
    struct wr w = wr_init(body, sizeof(body));

    wr_bytes(&w, id, strlen(id) + 1);
    wr_bytes(&w, password, strlen(password) + 1);
    wr_u8(&w, 0); /* system_type */
    wr_u8(&w, VERSION);
    wr_u16be(&w, 0); /* addr_ton, addr_npi */
    wr_u8(&w, 0);    /* address_range */
    put(b, SMPP_BIND_RX, 1, body, w.len);
    if (!wr_ok(&w) || !send_out(b))
        exit(2);
}

/* False: the bind was refused. */
static bool pdu_in(struct bind *b, const struct smpp_head *h)
{
    switch (h->command) {
    case SMPP_DELIVER_SM:
        messages++;
        put(b, SMPP_DELIVER_SM | SMPP_RESP, h->sequence, "", 1);
        return true;
    case SMPP_ENQUIRE_LINK:
        put(b, SMPP_ENQUIRE_LINK | SMPP_RESP, h->sequence, "", 0);
        return true;
    case SMPP_BIND_RX | SMPP_RESP:
        printf(h->status == 0 ? "bound\n" : "refused\n");
        fflush(stdout);
        return h->status == 0;
    default:
        return true;
    }
}

/* False: it is over. */
static bool read_in(struct bind *b)
{
    ssize_t did = read(b->fd, b->in + b->in_len, IN_MAX - b->in_len);
    struct smpp_head h;
    size_t at = 0;

    if (did <= 0)
        return false;
    reads++;
    b->in_len += (size_t)did;
    while (b->in_len - at >= SMPP_HEAD) {
        h = smpp_head_read(b->in + at);
        if (h.length < SMPP_HEAD || h.length > SMPP_PDU_MAX)
            return false;
        if (b->in_len - at < h.length)
            break;
        if (!pdu_in(b, &h))
            return false;
        at += h.length;
    }
    memmove(b->in, b->in + at, b->in_len - at);
    b->in_len -= at;
    return send_out(b);
}

static void serve(unsigned n, unsigned long long count)
{
    bool ok = true;

    while (ok && !stopped && (count == 0 || messages < count)) {
        if (poll(polled, n, -1) < 0)
            continue;
        for (unsigned i = 0; ok && i < n; i++)
            if (polled[i].revents != 0)
                ok = read_in(&binds[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "host", required_argument, NULL, 'h' },
        { "port", required_argument, NULL, 'p' },
        { "id", required_argument, NULL, 'i' },
        { "password", required_argument, NULL, 'w' },
        { "binds", required_argument, NULL, 'b' },
        { "count", required_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 },
    };
    const char *host = "127.0.0.1", *id = "app", *password = "secret";
    struct sigaction a = { .sa_handler = on_signal };
    unsigned long n = 1, port = 2775;
    unsigned long long count = 0;
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'h')
            host = optarg;
        else if (o == 'p')
            port = strtoul(optarg, NULL, 10);
        else if (o == 'i')
            id = optarg;
        else if (o == 'w')
            password = optarg;
        else if (o == 'b')
            n = strtoul(optarg, NULL, 10);
        else if (o == 'c')
            count = strtoull(optarg, NULL, 10);
        else
            return 2;
    }
    if (n < 1 || n > BINDS_MAX || strlen(id) > 15 || strlen(password) > 8)
        return 2;
    sigaction(SIGTERM, &a, NULL);
    for (unsigned i = 0; i < n; i++) {
        binds[i].fd = dial(host, (uint16_t)port);
        polled[i] = (struct pollfd){ .fd = binds[i].fd, .events = POLLIN };
        bind_it(&binds[i], id, password);
    }
    serve((unsigned)n, count);
    printf("smpp_sink: %llu messages in %llu reads\n", messages, reads);
    return 0;
}

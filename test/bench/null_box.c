/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * null_box.c - a box that acknowledges every message at once, to be measured
 * against
 *
 * usage: null_box [--host ADDRESS] [--port PORT] [--id NAME] [--count N]
 *
 * Connects to a smsbox-port, identifies itself, and answers each sms with
 * ack_success. What one read brought is answered with one write. Ends after N
 * messages (0, the default: never), at SIGTERM, or when the server closes the
 * connection, and prints what it saw.
 */

#include "gw/box_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CMD_IDENTIFY = 3, ACK_SUCCESS = 0 }; /* gw/msg.h of Kannel */
enum { IN_MAX = 2 * BOX_FRAME_MAX };

struct box {
    int fd;
    unsigned long long sms, acks, other, reads, octets, count;
    size_t in_len, out_len;
    uint8_t in[IN_MAX];
    uint8_t out[IN_MAX]; /* an ack is shorter than any sms */
};

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
        fprintf(stderr, "null_box: cannot connect to %s port %u: %s\n", host,
                (unsigned)port, strerror(errno));
        exit(2);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

/* False: the server is gone. */
static bool send_out(struct box *b)
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

static bool take_frame(struct box *b, const uint8_t *p, size_t n)
{
    struct box_frame f;

    if (!box_frame_read(p, n, &f))
        return false;
    if (f.type == BOX_SMS) {
        b->sms++;
        b->out_len += box_frame_ack(b->out + b->out_len, ACK_SUCCESS, 0, f.id);
        b->acks++;
    } else {
        b->other++;
    }
    return true;
}

/* All whole frames of what was read. */
static bool take_frames(struct box *b)
{
    size_t at = 0;
    long len;

    while ((len = box_frame_length(b->in + at, b->in_len - at)) > 0 &&
           (size_t)len <= b->in_len - at) {
        if (!take_frame(b, b->in + at, (size_t)len))
            return false;
        at += (size_t)len;
    }
    memmove(b->in, b->in + at, b->in_len - at);
    b->in_len -= at;
    return len >= 0;
}

/* 0: ended as asked; 1: the server sent what cannot be read. */
static int serve(struct box *b)
{
    while (!stopped && (b->count == 0 || b->sms < b->count)) {
        ssize_t n = read(b->fd, b->in + b->in_len, IN_MAX - b->in_len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        b->reads++;
        b->octets += (unsigned long long)n;
        b->in_len += (size_t)n;
        if (!take_frames(b))
            return 1;
        if (!send_out(b))
            return 0;
    }
    return 0;
}

static void catch_signals(void)
{
    struct sigaction a = { .sa_handler = on_signal };

    sigaction(SIGTERM, &a, NULL);
    sigaction(SIGINT, &a, NULL);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "host", required_argument, NULL, 'h' },
        { "port", required_argument, NULL, 'p' },
        { "id", required_argument, NULL, 'i' },
        { "count", required_argument, NULL, 'c' },
        { NULL, 0, NULL, 0 },
    };
    static struct box b;
    const char *host = "127.0.0.1", *id = "null";
    uint16_t port = 13011;
    int o, status;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'h')
            host = optarg;
        else if (o == 'p')
            port = (uint16_t)strtoul(optarg, NULL, 10);
        else if (o == 'i')
            id = optarg;
        else if (o == 'c')
            b.count = strtoull(optarg, NULL, 10);
        else
            return 2;
    }
    catch_signals();
    b.fd = dial(host, port);
    b.out_len = box_frame_admin(b.out, CMD_IDENTIFY, id);
    status = send_out(&b) ? serve(&b) : 1;
    printf("null_box: %llu sms, %llu acks, %llu other frames, %llu octets in "
           "%llu reads%s\n",
           b.sms, b.acks, b.other, b.octets, b.reads,
           status ? "; the last frame could not be read" : "");
    return status;
}

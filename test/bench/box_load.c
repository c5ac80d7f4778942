/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_load.c - a server that gives a box many messages, to measure the box
 *
 * usage: box_load [--host ADDRESS] [--port PORT] [--count N] [--warmup N]
 *                 [--window N] [--text TEXT]
 *
 * Listens as bearerbox does, waits for one box that identifies itself, sends
 * it WARMUP and then COUNT messages, never more than WINDOW without an ack,
 * and prints one line of JSON: acks of each kind, messages a second, and the
 * times to their acks. What a box sends by itself is acknowledged and counted.
 * Between the two it prints "warm" and waits for a line on standard input.
 */

#include "gw/box_frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CMD_IDENTIFY = 3, KINDS = 4 }; /* gw/msg.h of Kannel */
enum { IN_MAX = 2 * BOX_FRAME_MAX, OUT_MAX = 1 << 20, MO = 0 };

struct load {
    int fd;
    bool identified;
    uint64_t sent, acked, kind[KINDS], other;
    uint64_t *began_ns; /* of each message */
    uint32_t *took_us;
    size_t in_len, out_len, out_at;
    uint8_t in[IN_MAX];
    uint8_t out[OUT_MAX];
};

static const char *text = "hello world";

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "box_load: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int accept_box(const char *host, uint16_t port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, box;

    inet_pton(AF_INET, host, &at.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 1) != 0)
        die("cannot listen");
    box = accept(fd, NULL, NULL);
    if (box < 0)
        die("no box");
    close(fd);
    setsockopt(box, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return box;
}

static void set_text(struct box_frame *f, int field, const char *value)
{
    f->field[field].num = (int32_t)strlen(value);
    f->field[field].p = (const uint8_t *)value;
}

/* Message no. `n': its number stands in its id. */
static void put_sms(struct load *l, uint64_t n)
{
    struct box_frame f;
    char foreign[33];

    memset(&f, 0, sizeof(f));
    f.type = BOX_SMS;
    for (int i = 0; i < BOX_FIELDS; i++)
        f.field[i].num = -1;
    memset(f.id, 0x5a, sizeof(f.id));
    memcpy(f.id, &n, sizeof(n));
    snprintf(foreign, sizeof(foreign), "%032llx", (unsigned long long)n);
    set_text(&f, BOX_SMS_SENDER, "+447700900001");
    set_text(&f, BOX_SMS_RECEIVER, "+447700900123");
    set_text(&f, BOX_SMS_SMSC_ID, "ss7");
    set_text(&f, BOX_SMS_FOREIGN_ID, foreign);
    set_text(&f, BOX_SMS_MSGDATA, text);
    set_text(&f, BOX_SMS_META_DATA,
             "?sigtran?imsi=234157700900123&sc=447700900002&network=home&");
    f.field[BOX_SMS_TIME].num = (int32_t)time(NULL);
    f.field[BOX_SMS_TYPE].num = MO;
    f.field[BOX_SMS_CODING].num = 0;
    f.field[BOX_SMS_PID].num = 0;
    l->out_len +=
        box_frame_write(l->out + l->out_len, OUT_MAX - l->out_len, &f);
    l->began_ns[n] = now_ns();
}

static void ack_in(struct load *l, const struct box_frame *f)
{
    int32_t nack = f->field[BOX_ACK_NACK].num;
    uint64_t n;

    memcpy(&n, f->id, sizeof(n));
    if (n >= l->sent || l->began_ns[n] == 0)
        return;
    l->took_us[n] = (uint32_t)((now_ns() - l->began_ns[n]) / 1000);
    l->began_ns[n] = 0;
    l->acked++;
    if (nack >= 0 && nack < KINDS)
        l->kind[nack]++;
}

static void frame_in(struct load *l, const uint8_t *p, size_t n)
{
    struct box_frame f;

    if (!box_frame_read(p, n, &f))
        die("a bad frame");
    if (f.type == BOX_ADMIN)
        l->identified |= f.field[BOX_ADMIN_COMMAND].num == CMD_IDENTIFY;
    else if (f.type == BOX_ACK)
        ack_in(l, &f);
    else if (f.type == BOX_SMS) {
        l->other++;
        l->out_len += box_frame_ack(l->out + l->out_len, 0,
                                    f.field[BOX_SMS_TIME].num, f.id);
    }
}

static void read_in(struct load *l)
{
    ssize_t did = read(l->fd, l->in + l->in_len, IN_MAX - l->in_len);
    size_t at = 0;
    long n;

    if (did <= 0)
        die("the box is gone");
    l->in_len += (size_t)did;
    while ((n = box_frame_length(l->in + at, l->in_len - at)) > 0 &&
           (size_t)n <= l->in_len - at) {
        frame_in(l, l->in + at, (size_t)n);
        at += (size_t)n;
    }
    memmove(l->in, l->in + at, l->in_len - at);
    l->in_len -= at;
}

static void write_out(struct load *l)
{
    ssize_t did;

    if (l->out_at == l->out_len)
        return;
    did = send(l->fd, l->out + l->out_at, l->out_len - l->out_at,
               MSG_NOSIGNAL | MSG_DONTWAIT);
    if (did < 0 && errno != EAGAIN)
        die("the box is gone");
    l->out_at += did > 0 ? (size_t)did : 0;
    if (l->out_at == l->out_len)
        l->out_at = l->out_len = 0;
}

/* Send until `until' messages are sent and acknowledged. */
static void go(struct load *l, uint64_t until, uint64_t window)
{
    while (l->acked < until) {
        struct pollfd p = { .fd = l->fd, .events = POLLIN };

        while (l->identified && l->sent < until &&
               l->sent - l->acked < window && OUT_MAX - l->out_len > 4096)
            put_sms(l, l->sent++);
        write_out(l);
        if (l->out_at < l->out_len)
            p.events |= POLLOUT;
        if (poll(&p, 1, 60000) == 0)
            die("no ack for a minute");
        if ((p.revents & (POLLIN | POLLHUP)) != 0)
            read_in(l);
    }
}

static int by_time(const void *a, const void *b)
{
    uint32_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x < y ? -1 : x > y;
}

static void tell(struct load *l, uint64_t first, uint64_t count, uint64_t ns)
{
    uint32_t *took = l->took_us + first;

    qsort(took, count, sizeof(*took), by_time);
    printf("{\"acked\": %llu, \"ok\": %llu, \"failed\": %llu, \"tmp\": %llu, "
           "\"replies\": %llu, \"seconds\": %.3f, \"per_second\": %.0f, "
           "\"p50_us\": %u, \"p99_us\": %u}\n",
           (unsigned long long)count, (unsigned long long)l->kind[0],
           (unsigned long long)l->kind[1], (unsigned long long)l->kind[2],
           (unsigned long long)l->other, (double)ns / 1e9,
           (double)count * 1e9 / (double)ns, took[count / 2],
           took[count * 99 / 100]);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "host", required_argument, NULL, 'h' },
        { "port", required_argument, NULL, 'p' },
        { "count", required_argument, NULL, 'c' },
        { "warmup", required_argument, NULL, 'u' },
        { "window", required_argument, NULL, 'w' },
        { "text", required_argument, NULL, 't' },
        { NULL, 0, NULL, 0 },
    };
    uint64_t count = 10000, warmup = 1000, window = 100, began;
    const char *host = "127.0.0.1";
    uint16_t port = 13001;
    static struct load l;
    char line[16];
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'h')
            host = optarg;
        else if (o == 'p')
            port = (uint16_t)strtoul(optarg, NULL, 10);
        else if (o == 'c')
            count = strtoull(optarg, NULL, 10);
        else if (o == 'u')
            warmup = strtoull(optarg, NULL, 10);
        else if (o == 'w')
            window = strtoull(optarg, NULL, 10);
        else if (o == 't')
            text = optarg;
        else
            return 2;
    }
    l.began_ns = calloc(count + warmup, sizeof(*l.began_ns));
    l.took_us = calloc(count + warmup, sizeof(*l.took_us));
    if (l.began_ns == NULL || l.took_us == NULL || count == 0)
        die("no memory for so many");
    l.fd = accept_box(host, port);
    go(&l, warmup, window);
    printf("warm\n");
    fflush(stdout);
    if (fgets(line, sizeof(line), stdin) == NULL)
        return 0;
    memset(l.kind, 0, sizeof(l.kind));
    began = now_ns();
    go(&l, warmup + count, window);
    tell(&l, warmup, count, now_ns() - began);
    fflush(stdout);
    if (fgets(line, sizeof(line), stdin) == NULL)
        return 0;
    return 0;
}

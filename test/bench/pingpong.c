/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pingpong.c - TCP questions and answers on loopback: the yardstick
 *
 * usage: pingpong [--window N] [--count N] [--warmup N] [--question OCTETS]
 *                 [--answer OCTETS] [--name NAME] [--single]
 *
 * Two processes, one connection, no protocol: what the machine can do with
 * messages of these sizes and nothing else. Both sides work as a good server
 * does: one read takes what is there, one write answers all of it; --single:
 * a write for each. Prints round trips a second, their times, and the CPU time of the answering side,
 * as lines for test/bench/run.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 18, MESSAGE_MAX = 2048, WINDOW_MAX = 10000 };

static unsigned long window = 50, count = 100000, warmup = 10000;
static unsigned long question = 148, answer = 156;
static const char *name = "pingpong";
static bool single;
static uint8_t buf[BUFFER], zero[BUFFER];

static void die(const char *what)
{
    fprintf(stderr, "pingpong: %s: %s\n", what, strerror(errno));
    exit(2);
}

static double now_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool send_octets(int fd, size_t n)
{
    size_t at = 0;

    while (at < n) {
        ssize_t rc = send(fd, zero, n - at, MSG_NOSIGNAL);

        if (rc <= 0)
            return false;
        at += (size_t)rc;
    }
    return true;
}

static bool send_all(int fd, unsigned long n, unsigned long size)
{
    if (!single)
        return send_octets(fd, n * size);
    for (; n > 0; n--)
        if (!send_octets(fd, size))
            return false;
    return true;
}

/* Whole messages that one read completes; `part' is kept between calls. */
static unsigned long read_some(int fd, unsigned long size, unsigned long *part)
{
    ssize_t n = read(fd, buf, sizeof(buf));
    unsigned long whole;

    if (n <= 0)
        return 0;
    *part += (unsigned long)n;
    whole = *part / size;
    *part %= size;
    return whole == 0 ? read_some(fd, size, part) : whole;
}

/* The answering process: its CPU time after the warm-up goes to `report'. */
static void respond(int fd, int report)
{
    unsigned long done = 0, part = 0, n;
    double cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
    bool warm = warmup == 0;

    while ((n = read_some(fd, question, &part)) > 0) {
        if (!send_all(fd, n, answer))
            break;
        done += n;
        if (!warm && done >= warmup) {
            warm = true;
            cpu = now_us(CLOCK_PROCESS_CPUTIME_ID);
        }
    }
    cpu = now_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (write(report, &cpu, sizeof(cpu)) != (ssize_t)sizeof(cpu))
        exit(1);
    exit(0);
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return x < y ? -1 : x > y;
}

/* Ask, in order; us[] becomes the times of what was measured. */
static double ask(int fd, float *us)
{
    static double sent_at[WINDOW_MAX];
    unsigned long total = warmup + count, sent = 0, done = 0, part = 0, n;
    double start = now_us(CLOCK_MONOTONIC), now = start;

    while (done < total) {
        n = total - sent < window - (sent - done) ? total - sent
                                                  : window - (sent - done);
        for (unsigned long i = 0; i < n; i++)
            sent_at[sent++ % window] = now;
        if (!send_all(fd, n, question))
            die("send");
        n = read_some(fd, answer, &part);
        if (n == 0)
            die("read");
        now = now_us(CLOCK_MONOTONIC);
        for (; n > 0; n--, done++) {
            if (done == warmup)
                start = now;
            if (done >= warmup)
                us[done - warmup] = (float)(now - sent_at[done % window]);
        }
    }
    return now - start;
}

static int listen_here(struct sockaddr_in *at)
{
    socklen_t len = sizeof(*at);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    *at = (struct sockaddr_in){ .sin_family = AF_INET };
    at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (const struct sockaddr *)at, sizeof(*at)) < 0 ||
        listen(fd, 1) < 0 || getsockname(fd, (struct sockaddr *)at, &len) < 0)
        die("listen");
    return fd;
}

static void nodelay(int fd)
{
    int one = 1;

    if (fd < 0)
        die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void print_line(const char *what, double value, const char *unit)
{
    printf("bench %s-%s %.2f %s target none\n", name, what, value, unit);
}

static void measure(void)
{
    struct sockaddr_in at;
    float *us = calloc(count, sizeof(*us));
    int ear = listen_here(&at), report[2], fd, status;
    double took, cpu;
    pid_t child;

    if (us == NULL || pipe(report) < 0)
        die("start");
    child = fork();
    if (child < 0)
        die("fork");
    if (child == 0) {
        fd = accept(ear, NULL, NULL);
        nodelay(fd);
        respond(fd, report[1]);
    }
    fd = socket(AF_INET, SOCK_STREAM, 0);
    nodelay(fd);
    if (connect(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
        die("connect");
    took = ask(fd, us);
    close(fd);
    if (read(report[0], &cpu, sizeof(cpu)) != (ssize_t)sizeof(cpu))
        die("report");
    waitpid(child, &status, 0);
    qsort(us, count, sizeof(*us), compare);
    print_line("rate", (double)count / took * 1e6, "1/s");
    print_line("p50", (double)us[count / 2], "us");
    print_line("p99", (double)us[count / 100 * 99], "us");
    print_line("cpu", cpu / (double)count, "us");
    free(us);
}

static unsigned long number(const char *text, unsigned long max)
{
    unsigned long n = strtoul(text, NULL, 10);

    if (n > max) {
        fprintf(stderr, "pingpong: %s is too much\n", text);
        exit(2);
    }
    return n;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "window", required_argument, NULL, 'w' },
        { "count", required_argument, NULL, 'c' },
        { "warmup", required_argument, NULL, 'u' },
        { "question", required_argument, NULL, 'q' },
        { "answer", required_argument, NULL, 'a' },
        { "name", required_argument, NULL, 'n' },
        { "single", no_argument, NULL, 's' },
        { NULL, 0, NULL, 0 },
    };
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (o) {
        case 'w':
            window = number(optarg, 100);
            break;
        case 'c':
            count = number(optarg, 100000000);
            break;
        case 'u':
            warmup = number(optarg, 100000000);
            break;
        case 'q':
            question = number(optarg, MESSAGE_MAX);
            break;
        case 'a':
            answer = number(optarg, MESSAGE_MAX);
            break;
        case 'n':
            name = optarg;
            break;
        case 's':
            single = true;
            break;
        default:
            return 2;
        }
    }
    if (window == 0 || count < 100 || question == 0 || answer == 0) {
        fprintf(stderr, "pingpong: nothing to measure\n");
        return 2;
    }
    measure();
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_world.h - a RabbitMQ of our own, and the amqp plug-in before it
 */

#ifndef AMQP_WORLD_H
#define AMQP_WORLD_H

#include "check.h"
#include "plug_stub.h"

#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char world_dir[] = "/tmp/plug_amqp_test.XXXXXX";
static int world_port;

static inline void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

static inline uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static inline int shell(const char *cmd)
{
    int status;

    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* test/rabbitmq WHAT, with MORE behind the port. */
static inline int broker_with(const char *what, const char *more)
{
    const char *srcdir = getenv("srcdir");
    char cmd[600];

    snprintf(cmd, sizeof(cmd), "TLS_DIR=%s %s/test/rabbitmq %s %s/rmq %d %s",
             access(world_dir, F_OK) == 0 && getenv("WORLD_TLS") != NULL
                 ? world_dir
                 : "",
             srcdir != NULL ? srcdir : ".", what, world_dir, world_port, more);
    return shell(cmd);
}

static inline int broker(const char *what)
{
    return broker_with(what, "");
}

/* test/sim/amqp_drain declare or bound. */
static inline void make_queue(const char *how, const char *queue_and_binding)
{
    char cmd[300];

    snprintf(cmd, sizeof(cmd), "test/sim/amqp_drain %s %d %s", how, world_port,
             queue_and_binding);
    CHECK(shell(cmd) == 0);
}

/* What is in a queue, a line for each; it is taken. */
static inline FILE *drained(const char *queue)
{
    char cmd[300];

    snprintf(cmd, sizeof(cmd), "test/sim/amqp_drain drain %d %s", world_port,
             queue);
    fflush(stdout);
    return popen(cmd, "r");
}

static inline unsigned count_drained(const char *queue)
{
    FILE *in = drained(queue);
    unsigned n = 0;
    int ch;

    while ((ch = getc(in)) != EOF)
        n += ch == '\n';
    pclose(in);
    return n;
}

#endif

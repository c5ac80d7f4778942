/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_stack.c - M3UA and SCCP of a tool's own, and the loop they run in
 */

#include "drive_stack.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive_pcap.h"

enum { REASM_MS = 15000, UDT_MAX = 268 };

struct stack {
    const struct stack_conf *conf;
    const struct stack_ops *ops;
    void *ctx;
    struct timer_wheel wheel;
    struct m3ua *m3ua;
    struct gtt *gtt;
    struct sccp *sccp;
    struct mtp_provider provider;
    FILE *pcap;
};

uint64_t stack_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* From SCCP down. */
static int send_down(void *self, const struct mtp_transfer *t)
{
    struct stack *s = self;

    if (m3ua_send(s->m3ua, t) < 0)
        return -1;
    if (s->pcap != NULL)
        pcap_write(s->pcap, t);
    return 0;
}

/* From M3UA up. */
static void take_data(void *ctx, const struct mtp_transfer *t)
{
    struct stack *s = ctx;

    if (s->pcap != NULL)
        pcap_write(s->pcap, t);
    if (t->si == MTP_SI_SCCP)
        sccp_mtp_transfer(s->sccp, t);
}

static void take_active(void *ctx, unsigned conn, bool active)
{
    struct stack *s = ctx;

    s->ops->active(s->ctx, conn, active);
}

static void take_note(void *ctx, unsigned conn, bool trouble, const char *line)
{
    struct stack *s = ctx;

    s->ops->note(s->ctx, conn, trouble, line);
}

static const struct m3ua_ops from_m3ua = {
    .data = take_data,
    .active = take_active,
    .note = take_note,
};

/* Titles of ours are for the subsystem they name; all others go to the DPC. */
static int add_titles(struct stack *s)
{
    struct gtt_rule rule = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = GTT_LOCAL,
    };

    for (unsigned i = 0; i < s->conf->n_gt; i++) {
        snprintf(rule.prefix, sizeof(rule.prefix), "%s", s->conf->gt[i]);
        if (gtt_add(s->gtt, &rule) < 0)
            return -1;
    }
    return 0;
}

static struct sccp *new_sccp(struct stack *s, const struct sccp_user *user,
                             void *user_ctx)
{
    struct sccp_conf c = {
        .pc = { s->conf->opc },
        .n_pc = 1,
        .ni = s->conf->ni,
        .gtt = s->gtt,
        .default_pc = { s->conf->dpc },
        .n_default_pc = 1,
        .n_ssn = s->conf->n_ssn,
        .reasm_ms = REASM_MS,
        .udt_max = UDT_MAX,
    };

    memcpy(c.ssn, s->conf->ssn, sizeof(s->conf->ssn));
    s->provider = (struct mtp_provider){ .send = send_down, .self = s };
    return sccp_new(&c, &s->wheel, &s->provider, user, user_ctx);
}

struct stack *stack_new(const struct stack_conf *conf,
                        const struct sccp_user *user, void *user_ctx,
                        const struct stack_ops *ops, void *ctx)
{
    struct stack *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->conf = conf;
    s->ops = ops;
    s->ctx = ctx;
    timer_wheel_init(&s->wheel, stack_now_us() / 1000);
    s->m3ua = m3ua_new(&conf->m3ua, &s->wheel, &from_m3ua, s);
    s->gtt = gtt_new();
    if (s->m3ua != NULL && s->gtt != NULL && add_titles(s) == 0)
        s->sccp = new_sccp(s, user, user_ctx);
    if (s->sccp == NULL)
        fprintf(stderr, "no memory, or bad digits in a global title\n");
    if (conf->pcap != NULL)
        s->pcap = pcap_open(conf->pcap);
    if (conf->pcap != NULL && s->pcap == NULL)
        fprintf(stderr, "%s: %s\n", conf->pcap, strerror(errno));
    if (s->sccp == NULL || (conf->pcap != NULL && s->pcap == NULL)) {
        stack_free(s);
        return NULL;
    }
    return s;
}

void stack_free(struct stack *s)
{
    if (s == NULL)
        return;
    sccp_free(s->sccp);
    gtt_free(s->gtt);
    m3ua_free(s->m3ua);
    if (s->pcap != NULL)
        fclose(s->pcap);
    free(s);
}

struct timer_wheel *stack_wheel(struct stack *s)
{
    return &s->wheel;
}

struct sccp *stack_sccp(struct stack *s)
{
    return s->sccp;
}

int stack_start(struct stack *s)
{
    return m3ua_start(s->m3ua);
}

bool stack_ready(const struct stack *s)
{
    return m3ua_ready(s->m3ua);
}

void stack_turn(struct stack *s, int max_ms)
{
    struct pollfd fds[M3UA_FDS];
    int wait = timer_next_ms(&s->wheel);
    unsigned n;

    m3ua_flush(s->m3ua);
    n = m3ua_poll(s->m3ua, fds);
    if (wait < 0 || wait > max_ms)
        wait = max_ms;
    if (poll(fds, n, wait) > 0)
        m3ua_io(s->m3ua, fds, n);
    timer_run(&s->wheel, stack_now_us() / 1000);
}

void stack_stop(struct stack *s)
{
    m3ua_flush(s->m3ua);
    m3ua_stop(s->m3ua);
}

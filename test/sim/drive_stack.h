/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_stack.h - M3UA and SCCP of a tool's own, and the loop they run in
 *
 * What drive_map and null_node stand on: the tools' M3UA endpoint below, the
 * product's SCCP above it, one timer wheel, and a packet capture of what
 * passed between the two.
 */

#ifndef DRIVE_STACK_H
#define DRIVE_STACK_H

#include "m3ua.h"
#include "sccp.h"

enum { STACK_GTS = 8 };

struct stack_conf {
    struct m3ua_conf m3ua;
    uint32_t opc, dpc;
    uint8_t ni;
    const char *gt[STACK_GTS]; /* prefixes of titles that are ours */
    unsigned n_gt;
    uint8_t ssn[4]; /* subsystems that are ours */
    uint8_t n_ssn;
    const char *pcap; /* file to write, or NULL */
};

/* Who is told about associations. */
struct stack_ops {
    void (*active)(void *ctx, unsigned conn, bool active);
    void (*note)(void *ctx, unsigned conn, bool trouble, const char *line);
};

struct stack;

/* All is lent for life. NULL: why was told on standard error. */
struct stack *stack_new(const struct stack_conf *conf,
                        const struct sccp_user *user, void *user_ctx,
                        const struct stack_ops *ops, void *ctx);
void stack_free(struct stack *s);

struct timer_wheel *stack_wheel(struct stack *s);
struct sccp *stack_sccp(struct stack *s);

/* Listen or dial. -1: it cannot work, why was told by note(). */
int stack_start(struct stack *s);
bool stack_ready(const struct stack *s);

/*
 * One turn: send what is gathered, wait up to `max_ms' for the peers or a
 * timer, serve both. A signal ends the wait.
 */
void stack_turn(struct stack *s, int max_ms);

/* Take leave of the peers. */
void stack_stop(struct stack *s);

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t stack_now_us(void);

#endif

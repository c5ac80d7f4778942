/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_check.h - a thread that looks at passwords
 *
 * It takes some 30 ms to compare one with its hash, which is on purpose, and
 * the thread of the ESMEs has better things to do. One at a time, in order.
 *
 * Plain; put: one thread.
 */

#ifndef SMPP_CHECK_H
#define SMPP_CHECK_H

#include <stdbool.h>
#include <stdint.h>

enum { SMPP_CHECK_MAX = 64 /* that wait */ };

struct smpp_check;

/* done() is called by the thread. NULL: there is none. */
struct smpp_check *smpp_check_start(void (*done)(void *ctx, uint64_t id,
                                                 bool right),
                                    void *ctx);
/* Those that wait are forgotten. */
void smpp_check_stop(struct smpp_check *c);

/* False: too many wait. */
bool smpp_check_put(struct smpp_check *c, uint64_t id, const char *hash,
                    const char *password);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_loop.h - whom nothing may be sent automatically, for a while
 *
 * TP-LP (TS 23.040 9.2.3.28) says that a message was itself forwarded, or
 * made by a machine because of another one: nothing may be forwarded or made
 * because of it, or two machines would answer each other for ever. So of each
 * such message is kept who sent it to which number. The table is bounded: the
 * oldest entry makes room, and after DLV_LOOP_MS none counts.
 *
 * Plain; for delivery, under its lock. Time is the caller's.
 */

#ifndef DLV_LOOP_H
#define DLV_LOOP_H

#include <stdbool.h>
#include <stdint.h>

enum { DLV_LOOP_MAX = 1024, DLV_LOOP_MS = 120000, DLV_LOOP_NUMBER = 47 };

struct dlv_loop {
    uint32_t next; /* the oldest, which goes first */
    struct {
        uint64_t until_ms; /* 0: free */
        char from[DLV_LOOP_NUMBER], to[DLV_LOOP_NUMBER];
    } entry[DLV_LOOP_MAX];
};

/* A message with TP-LP goes out from this sender to this number. */
void dlv_loop_add(struct dlv_loop *l, const char *from, const char *to,
                  uint64_t now_ms);

/* Would a message from `from' to `to' answer one of these? A "+" in front
 * makes no difference. */
bool dlv_loop_closes(const struct dlv_loop *l, const char *from, const char *to,
                     uint64_t now_ms);

#endif

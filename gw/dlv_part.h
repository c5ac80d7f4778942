/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_part.h - what the parts of delivery share: dlv.c, where a delivery ends,
 * dlv_take.c, where it begins, and dlv_box.c, what boxes say about it
 *
 * All of it is used under the lock; but conf is set before any other thread
 * runs, and the first half of the UUIDs too.
 */

#ifndef DLV_PART_H
#define DLV_PART_H

#include "dlv.h"
#include "dlv_loop.h"

#include <pthread.h>

enum { DLV_UUID_OCTETS = 16 };

struct dlv_own {
    pthread_mutex_t lock;
    const struct dlv_conf *conf;
    struct dlv_tab *tab; /* NULL: not started, or stopped */
    struct dedup *dedup; /* NULL: dedup = none */
    uint8_t process[8];  /* first half of our UUIDs */
    struct dlv_loop loop;
};
extern struct dlv_own dlv_own;

uint64_t dlv_now_ms(void); /* CLOCK_MONOTONIC; no lock needed */

/* Octets nobody can foresee, fetched from the kernel many at a time. */
void dlv_random_octets(uint8_t *out, size_t n);

/* The UUID of a delivery, in its sms and in the ack; false: not of ours. */
void dlv_uuid_write(uint8_t uuid[DLV_UUID_OCTETS], uint64_t id);
bool dlv_uuid_read(const uint8_t uuid[DLV_UUID_OCTETS], uint64_t *id);

/* What the route answers with; NULL: the defaults. */
struct map_err dlv_err_of(const struct dlv_route *r, enum verdict v);

/* Decide `d', answer all who wait, and forget it unless its ack is due. */
void dlv_settle(struct dlv *d, enum verdict v, const char *how);

/* Its box will not acknowledge it any more: TEMPFAIL, unless decided. */
void dlv_give_up(struct dlv *d, const char *how);

/* Forget `d' if it is decided and acknowledged. */
void dlv_release(struct dlv *d);

/* The network's or the route's deadline came before the answer. */
void dlv_missed(struct dlv *d);

/* The log line of one who waited. */
void dlv_tell_waiter(const struct dlv *d, const struct dlv_waiter *w,
                     enum verdict v, const char *how);

#endif

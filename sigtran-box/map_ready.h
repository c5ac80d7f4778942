/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_ready.h - MAP readyForSM (66, v2 and later) and noteSubscriberPresent
 * (48, v1)
 */

#ifndef MAP_READY_H
#define MAP_READY_H

#include "map_addr.h"

enum { MAP_OP_NOTE_PRESENT = 48, MAP_OP_READY_FOR_SM = 66 };

enum map_ready { MAP_READY_PRESENT = 0, MAP_READY_MEMORY = 1 };

struct map_ready_arg {
    char imsi[MAP_IMSI_DIGITS + 1];
    uint8_t reason; /* enum map_ready; noteSubscriberPresent: present */
};

/* The same octets in all versions. Meaningful if rd_ok(r) afterwards. */
void map_ready_arg_read(struct rd *r, struct map_ready_arg *arg);
void map_ready_arg_write(struct wr *w, const struct map_ready_arg *arg);

/* noteSubscriberPresent, of class 4: nobody answers it. */
void map_note_arg_read(struct rd *r, struct map_ready_arg *arg);
void map_note_arg_write(struct wr *w, const struct map_ready_arg *arg);

/* The result has no parameter of ours; one that comes is well formed or not. */
void map_ready_res_read(struct rd *r, uint8_t version);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_queue.h - the two queues of the border, as the SS7 thread sees them
 *
 * What the rest of the program calls is in ss7.h; here is the other end.
 */

#ifndef SS7_QUEUE_H
#define SS7_QUEUE_H

#include "ss7.h"

/* What comes down. What it points to is the taker's. */
struct ss7_down {
    enum {
        DOWN_VERDICT,
        DOWN_TABLE,
        DOWN_BATCH,
        DOWN_NODES,
        DOWN_KEYS,
        DOWN_GTT,
        DOWN_ALERT,
        DOWN_AWAY,
        DOWN_FULL,
        DOWN_LINK,
        DOWN_DRAIN,
        DOWN_STOP
    } what;
    union {
        struct {
            uint64_t id;
            enum verdict v;
            struct map_err err;
        } verdict;
        struct hlr_table *table;
        struct hlr_batch *batch;
        struct hlr_nodes *nodes; /* a copy of ours */
        struct corr_keys *keys;  /* also */
        struct {
            uint8_t network;
            struct gtt *gtt;
        } gtt;
        struct {
            uint16_t route;
            bool is;
        } away;
        bool full;
        struct {
            uint8_t network;
            char msisdn[HLR_MSISDN_MAX + 1], sc[NUM_MAX + 1];
            uint64_t ref;
        } alert;
        struct {
            uint8_t network;
            int fd;
        } link;
    };
};

/* With room for that many messages on their way. -1: no memory. */
int ss7_queue_init(uint32_t max_held);
/* With what is still in them. */
void ss7_queue_fini(void);

/* ---- SS7 thread ---- */

int ss7_up(const struct ss7_event *ev); /* -1: full */
/* One of those with ss7_conf.records, which have a room of their own. */
int ss7_up_record(const struct ss7_event *ev);
slog_sink ss7_up_log;
/* SS7_STOPPED: from now on nobody waits for room down here. */
void ss7_up_last(void);

int ss7_down_fd(void); /* readable: there is something */
size_t ss7_down_take(struct ss7_down *d, size_t max);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_route.h - which of the connected boxes gets a message
 *
 * Every connection takes a slot, and with it an epoch, so that nobody takes
 * a new connection in an old slot for the one he meant. A box may be chosen
 * once it has identified itself or sent a message (as bearerbox has it), is
 * not suspended, and has less than `smsbox-max-pending' messages out. Of the
 * boxes with the asked boxc-id (or of all) the one with the fewest out is
 * taken, in turn among equals; but parts of one message, which `stick'
 * together, go to the same one while that is there and has room. Where several
 * boxc-ids share, weights choose among those that can take it (box_share.h).
 *
 * Any gwlib thread; a lock of its own, taken inside that of delivery, and it
 * never waits.
 */

#ifndef BOX_ROUTE_H
#define BOX_ROUTE_H

#include "box_frame.h"
#include "box_share.h"
#include "dlv_tab.h"

struct box_conn;

enum box_pick {
    BOX_PICKED,
    BOX_NONE, /* no such box is connected */
    BOX_FULL, /* all of them have their window full */
};

void box_route_init(uint32_t max_pending);

/* A slot for a new connection. False: all DLV_BOXES are taken. */
bool box_route_add(struct box_conn *c, struct box_ref *ref);
/* No message goes there from now on. */
void box_route_close(struct box_ref ref);
/* The slot is free again; c is not used by others after this. */
void box_route_del(struct box_ref ref);

/* It is ready for messages, under this boxc-id ("": it gave none). */
void box_route_ready(struct box_ref ref, const char *box_id);
void box_route_suspend(struct box_ref ref, bool suspended);

/*
 * On BOX_PICKED one more message counts as out to *ref. `stick': 0, or the same
 * number for what should go to the same box.
 */
enum box_pick box_route_pick(const char *box_id, uint64_t stick,
                             struct box_ref *ref);
/* The same among the boxes of a share; of the next one if none of it can take
 * the message. */
enum box_pick box_route_pick_share(const struct box_share *share, unsigned n,
                                   uint64_t stick, struct box_ref *ref);
/* One message less is out to it. */
void box_route_release(struct box_ref ref);

/* Queue whole frames for it; lost if it is gone. Flush sends them. */
void box_route_put(struct box_ref ref, const void *frames, size_t n);
void box_route_flush(void);
void box_route_flush_one(struct box_ref ref);

/* Is there one that takes messages, if its window has room? */
bool box_route_takes(const char *box_id);

/* For each connection, under the lock. */
void box_route_each(void (*fn)(struct box_conn *c));

/* boxc-id or address, for the log. */
void box_route_name(struct box_ref ref, char out[BOX_ID_MAX + 1]);
unsigned box_route_ready_count(void);

/* For status pages: what is connected now, copied. How many are. */
struct box_info {
    char id[BOX_ID_MAX + 1]; /* "": it gave none */
    char ip[64];
    bool ready, suspended, tls;
    uint32_t out;      /* messages it has and has not acknowledged */
    uint64_t since_ms; /* CLOCK_MONOTONIC */
};
unsigned box_route_list(struct box_info box[DLV_BOXES]);

#endif

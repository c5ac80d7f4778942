/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_uplink.h - what a box sends goes on to bearerbox, and back
 *
 * One uplink per connected box, which looks to bearerbox like that very box:
 * it identifies with the box's boxc-id, sends heartbeats, and connects again
 * (after 1 s, doubling to 30 s) when it is lost. Frames are relayed as they
 * are, both ways, so bearerbox routes MO and delivery reports to their box as
 * it always did. A message that was relayed and has no ack when the uplink is
 * lost is acknowledged to the box as failed for now: somebody waits for it.
 *
 * bearerbox's cmd_shutdown and cmd_restart end the uplink, not the box: SS7
 * works without bearerbox. Between cmd_suspend and cmd_resume messages are
 * refused for now.
 */

#ifndef BOX_UPLINK_H
#define BOX_UPLINK_H

#include "box_route.h"
#include "dlv.h"

enum { BOX_UPLINK_OPEN = 1024 }; /* messages without ack, then refused */

struct box_uplink;

/* For `box', which identified as box_id ("": not at all). NULL: no thread. */
struct box_uplink *box_uplink_start(const struct box_conf *conf,
                                    struct box_ref box, const char *box_id);
void box_uplink_stop(struct box_uplink *u); /* waits for its thread */

/* Relay a message. False: not now (the box is to be told so). */
bool box_uplink_sms(struct box_uplink *u, const uint8_t *frame, size_t n,
                    const struct box_frame *f);
/* Relay an ack of the box for what bearerbox sent. */
void box_uplink_ack(struct box_uplink *u, const uint8_t *frame, size_t n);
#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_conn.h - the connection of one box
 *
 * A thread reads it: frames are checked, acks and replies go to delivery,
 * what is meant for the network goes to the uplink, and everything a box
 * sends gets its ack. A bad frame ends this connection and nothing else.
 *
 * Others may queue frames at any time; nothing here waits for a box to read:
 * what does not fit into the socket is sent by the reading thread, and a box
 * that lets more than BOX_OUT_MAX pile up is dropped.
 */

#ifndef BOX_CONN_H
#define BOX_CONN_H

#include "box_route.h"
#include "dlv.h"

enum { BOX_OUT_MAX = 8 << 20, BOX_DEAD_MS = 60000 };
/* smsbox identifies itself as soon as it is connected. */
enum { BOX_IDENTIFY_MS = 30000 };

struct box_conn;

/*
 * Take the accepted socket over, and start its thread. `ip' is for the log.
 * conf is lent for life. -1: no slot or no thread; fd is closed.
 */
int box_conn_start(const struct box_conf *conf, int fd, const char *ip,
                   bool tls);

/*
 * No delay for small frames, and a peer that vanished without a word is found
 * out within BOX_DEAD_MS, idle or not: what it had open waits for that.
 */
void box_conn_tune(int fd);

/* Wait until every connection's thread has gone. */
void box_conn_join(void);

/* The rest is for box_route.c, under its lock. */

/* End it now; its thread goes away. */
void box_conn_kill(struct box_conn *c);

/* Queue whole frames. */
void box_conn_put(struct box_conn *c, const void *frames, size_t n);
/* Write what was queued, as far as the socket takes it. */
void box_conn_flush(struct box_conn *c);

const char *box_conn_ip(const struct box_conn *c);
bool box_conn_tls(const struct box_conn *c);

#endif

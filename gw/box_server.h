/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_server.h - the port that Kannel boxes connect to
 *
 * To smsbox and its kin this box looks like bearerbox: it reads identify,
 * heartbeats, acks and messages, and sends messages and admin commands. A
 * thread per connection reads; frames are checked before msg_unpack() sees
 * them; a bad one closes that connection only.
 */

#ifndef BOX_SERVER_H
#define BOX_SERVER_H

#include "dlv.h"

/* Ignores SIGPIPE for the whole process. -1 after a logged error. */
int box_server_start(const struct box_conf *conf);

/*
 * Stop accepting, close. Boxes are not told to shut down: a stock smsbox ends
 * at cmd_shutdown, but comes back by itself after a lost connection.
 */
void box_server_stop(void);

/* Boxes that have identified and are not suspended. */
unsigned box_server_count(void);

#endif

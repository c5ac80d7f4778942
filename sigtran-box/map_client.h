/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_client.h - the dialogues that this node begins
 *
 * Inside the MAP server only. So far all of them are alerts.
 */

#ifndef MAP_CLIENT_H
#define MAP_CLIENT_H

#include "map_talk.h"

void map_client_init(struct map_srv *m);

/* A Continue, End or Abort of a dialogue of ours. It may be over afterwards. */
void map_client_message(struct map_trans *d, const struct tcap_msg *msg);

/* It can no longer be reached. */
void map_client_lost(struct map_trans *d);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_turn.h - what is done about the components of one message
 *
 * Inside the MAP server only. One operation is served in a message, the
 * first; whatever else asks for an answer gets a Reject. A second operation
 * hidden behind an innocent first one is a known way past screening.
 */

#ifndef MAP_TURN_H
#define MAP_TURN_H

#include "map_talk.h"

/* A Begin: is such a dialogue possible, and what does it ask? */
void map_turn_begin(struct map_srv *m, uint8_t network,
                    const struct sccp_ind *ind, const struct tcap_msg *msg);

/* A Continue of a dialogue of ours. It may be over afterwards. */
void map_turn_continue(struct map_trans *d, const struct tcap_msg *msg);

#endif

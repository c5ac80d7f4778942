/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_beat.h - this node among the others
 *
 * A thread with a connection of its own, so that neither a long load nor many
 * changes make the others think that this node is dead. Once a second it
 * beats, and hands over nodes and keys if they changed; now and then it
 * removes old rows of the journal. While the database is away what was handed
 * over last holds.
 */

#ifndef HLR_BEAT_H
#define HLR_BEAT_H

#include "hlr.h"

#include <stdatomic.h>

/* All below: loader thread. `known': keys of a snapshot. -1: no thread. */
int beat_start(const struct hlr_conf *conf, const struct hlr_out *out,
               const atomic_bool *stop, const struct corr_keys *known);
void beat_stop(void); /* after *stop was set */

/* Nodes or keys changed: look at once. */
void beat_wake(void);

/* The keys known last. */
void beat_keys(struct corr_keys *keys);

#endif

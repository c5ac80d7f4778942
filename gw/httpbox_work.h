/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_work.h - the way of a message through httpbox
 *
 *   box_client's thread: frame -> job        (over a bound: TEMPFAIL at once)
 *   worker:              job -> request      (urltrans; may be slow)
 *   HTTP thread:         request -> answer -> verdict -> ack, at once
 *   worker:              the reply, if one is wanted; requests to be repeated
 *
 * Jobs go from thread to thread in lists, a lock is held for a list's length
 * of nothing. Acks leave in one piece per turn of a thread. What is here when
 * the time for stopping is over is answered TEMPFAIL.
 */

#ifndef HTTPBOX_WORK_H
#define HTTPBOX_WORK_H

#include "httpbox_conf.h"

/* conf is lent for life, but its set is taken over. -1: logged. */
int http_work_start(struct http_conf *conf);

/* Messages that come from now on are treated by this set. */
void http_work_reload(struct http_set *set);

/* Take no more, wait up to drain_ms for what is here; a call of
 * http_work_hurry() ends the waiting. Then all threads end. */
void http_work_stop(uint32_t drain_ms);
void http_work_hurry(void);

/* The server told the box to shut down. */
bool http_work_told_to_stop(void);

/* Messages that have no answer yet. */
unsigned http_work_pending(void);

#endif

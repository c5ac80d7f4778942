/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_seg.h - segmentation and reassembly of user data (Q.714 4.1.1)
 *
 * A cut takes one long message apart into XUDT segments of equal size, the
 * last one shorter. A reassembly puts segments together that arrive in
 * sequence, keyed by calling address and reference; anything out of sequence
 * ends the set. The number of sets, the octets of each and the time it may
 * take are bounded; when all sets are taken a new one is refused.
 *
 * All memory is taken in sccp_reasm_new(). Logs nothing. SS7 thread only.
 */

#ifndef SCCP_SEG_H
#define SCCP_SEG_H

#include "sccp_msg.h"
#include "timer.h"

enum { SCCP_SEG_MAX = 16 }; /* segments of one message */

/* A message being cut. */
struct sccp_cut {
    struct sccp_msg seg;  /* the next segment */
    const uint8_t *whole; /* lent */
    size_t whole_len, at, chunk;
};

/*
 * Prepare to cut `m', whose data may be of any length and whose seg_class1
 * and return_opt are what the user asked for, into XUDTs of at most
 * `max_octets' each with reference `ref'. Only the first one asks for the
 * return of the message. False: more than 16 segments would be needed.
 */
bool sccp_cut_start(struct sccp_cut *c, const struct sccp_msg *m,
                    size_t max_octets, const uint8_t ref[3]);

/* The next segment, or NULL after the last. Lent until the next call. */
const struct sccp_msg *sccp_cut_next(struct sccp_cut *c);

enum sccp_reasm_result {
    SCCP_REASM_WHOLE,    /* `m' is the whole message now */
    SCCP_REASM_MORE,     /* taken; segments are missing */
    SCCP_REASM_SEQUENCE, /* out of sequence; `m' is what to return */
    SCCP_REASM_LONG,     /* more than 3952 octets; `m' is what to return */
    SCCP_REASM_FULL,     /* no set is free; `m' is as it was */
    SCCP_REASM_STRAY,    /* there is no set for it; `m' is as it was */
};

struct sccp_reasm;

/*
 * `expired' is told when a set is given up after `timeout_ms': nothing is
 * returned then, the peer learns of it by its own timers.
 */
struct sccp_reasm *sccp_reasm_new(struct timer_wheel *wheel, uint32_t sets,
                                  uint32_t timeout_ms, void (*expired)(void));
void sccp_reasm_free(struct sccp_reasm *r);

/*
 * Take a message that has a segmentation parameter and came from `opc',
 * which counts where the calling address itself names no node. On WHOLE,
 * SEQUENCE and LONG the data and options of `m' are replaced: by those of
 * the whole message, else of its first segment (what a service message
 * carries); its data is lent until the next call.
 */
enum sccp_reasm_result sccp_reasm_take(struct sccp_reasm *r, struct sccp_msg *m,
                                       uint32_t opc);

/* Sets in use. */
uint32_t sccp_reasm_open(const struct sccp_reasm *r);

#endif

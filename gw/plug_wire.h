/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_wire.h - the socket between the box and the process of a plug-in
 *
 * An AF_UNIX SOCK_STREAM pair, since a message may be larger than a packet can
 * be without privileges:
 *
 *      0      4      5      13
 *     +------+------+------+----------------+
 *     | len  | type | id   | body, len octets|   numbers big-endian
 *     +------+------+------+----------------+
 *
 * The box sends LOAD, then OPEN, each answered once; then calls of hooks, each
 * answered by one DID when the hook has returned, in order. A filter's verdict
 * is a frame of its own, before its DID or, of a message that is held, any
 * time later. `id' is that of a message, chosen by the box; its lower half is
 * a slot below plug_wire_open.slots. plug_frame.h has the bodies.
 *
 * Both ends use this module and nothing else on the socket, and neither trusts
 * the other. Nothing here waits, locks or logs. What is put is gathered until
 * plug_wire_flush(); to put and flush is one thread's at a time, to read and
 * take another's.
 */

#ifndef PLUG_WIRE_H
#define PLUG_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLUG_WIRE_VERSION = 1,
    PLUG_WIRE_HEAD = 13,
    PLUG_WIRE_MAX = 512 * 1024, /* octets of a body; a field has 128 K */
};

enum plug_wire_type {
    /* from the box */
    PLUG_WIRE_LOAD = 1,
    PLUG_WIRE_OPEN,
    PLUG_WIRE_SRI, /* these are the hooks */
    PLUG_WIRE_SMS,
    PLUG_WIRE_DONE,
    PLUG_WIRE_CDR,
    PLUG_WIRE_RELOAD,
    PLUG_WIRE_TICK,
    /* to the box */
    PLUG_WIRE_LOADED,
    PLUG_WIRE_OPENED,
    PLUG_WIRE_REFUSED, /* LOAD or OPEN */
    PLUG_WIRE_VERDICT,
    PLUG_WIRE_DID,
    PLUG_WIRE_LOG,
    PLUG_WIRE_COUNT,
    PLUG_WIRE_TYPES
};

struct plug_frame {
    uint8_t type;
    uint64_t id;
    uint32_t len;
    const uint8_t *body; /* lent until the next plug_wire_read() */
};

struct plug_wire;

/* Takes `fd' over; at most out_max octets are kept for sending. NULL: no
 * memory. */
struct plug_wire *plug_wire_new(int fd, size_t out_max);
void plug_wire_free(struct plug_wire *w);
int plug_wire_fd(const struct plug_wire *w);

/* Gather one frame: begin, octets of its body, end. plug_wire_end(), false: it
 * did not fit, and nothing of it is kept. */
void plug_wire_begin(struct plug_wire *w, uint8_t type, uint64_t id);
void plug_wire_add(struct plug_wire *w, const void *p, size_t n);
bool plug_wire_end(struct plug_wire *w);

/* Send what is gathered. 0: all gone; 1: wait for POLLOUT; -1: peer is gone. */
int plug_wire_flush(struct plug_wire *w);
size_t plug_wire_unsent(const struct plug_wire *w);
/* No more will be sent; the peer sees the end behind what was. */
void plug_wire_shut(struct plug_wire *w);

/* Read some. 1: frames may be taken; 0: nothing there; -1: the end. */
int plug_wire_read(struct plug_wire *w);
/* Next whole frame. 0: no more; -1: of no type, or too long. */
int plug_wire_next(struct plug_wire *w, struct plug_frame *f);

#endif

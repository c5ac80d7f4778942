/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_dlg.h - the transactions of a node (Q.774 3.3)
 *
 * A slab of fixed size whose items are the caller's: each begins with a
 * struct tcap_dlg. Transaction ids are four octets drawn at random from the
 * node's range, so that nobody can guess one and a restarted node does not
 * meet its own past. Finding one costs the same however many there are.
 *
 * Whom a dialogue talks to is fixed by its Begin (struct tcap_peer), or, if we
 * began it, by the first message that comes back: no later message moves it. SS7 thread only; allocates at the start and never again.
 */

#ifndef TCAP_DLG_H
#define TCAP_DLG_H

#include "sccp.h"
#include "tcap_msg.h"

/* The other end, and how our messages get there. */
struct tcap_peer {
    struct tcap_tid tid; /* its transaction id, as received */
    bool open; /* we began, nothing came back: `tid' is empty, `addr' a guess */
    uint8_t network;
    uint8_t pclass;
    uint8_t sls;
    uint8_t back_assoc;
    uint32_t back_pc;       /* OPC of its last message */
    struct sccp_addr addr;  /* its calling party address, octet for octet */
    struct sccp_addr local; /* ours */
};

/* Head of an item of the slab; all of it belongs to tcap_dlg.c. */
struct tcap_dlg {
    uint32_t tid;  /* ours, while `live' */
    uint32_t next; /* slot + 1 of the next in the bucket or free list */
    uint8_t network;
    bool live;
};

enum { TCAP_NETWORKS = 16 };

struct tcap_tab;

/*
 * `max' items of `size' octets, ids from tid_first to tid_last (both 0: all).
 * NULL: no memory, or the range is not at least twice as large as `max'.
 */
struct tcap_tab *tcap_tab_new(uint32_t max, size_t size, uint32_t tid_first,
                              uint32_t tid_last);
void tcap_tab_free(struct tcap_tab *t);

/* No network may have more than `most' items: a flood in one must leave room
 * for the others. */
void tcap_tab_limit(struct tcap_tab *t, uint32_t most);

/*
 * An item with an id of its own; the rest of it is as it was left. NULL: all
 * are in use, or all that `network' may have (P-Abort resourceLimitation), or
 * there is no randomness.
 */
void *tcap_dlg_open(struct tcap_tab *t, uint8_t network);
void tcap_dlg_close(struct tcap_tab *t, struct tcap_dlg *d);

/* Another id for an item in use: messages for the one it had are unknown
 * from now on. False: there is no randomness, nothing is changed. */
bool tcap_dlg_renew(struct tcap_tab *t, struct tcap_dlg *d);

/* The item with this id, or NULL. */
void *tcap_dlg_find(const struct tcap_tab *t, const struct tcap_tid *tid);

uint32_t tcap_dlg_count(const struct tcap_tab *t);

/* Call f() for every item in use; it may close the one it is given. */
void tcap_dlg_each(struct tcap_tab *t, void (*f)(void *item));

/* An id of ours as it stands on the wire. */
struct tcap_tid tcap_tid_of(uint32_t tid);

/* The first message came back, from `from', with `tid' or none. */
void tcap_peer_fix(struct tcap_peer *p, const struct tcap_tid *tid,
                   const struct sccp_addr *from);

/* False: a message from `from' is not from where the dialogue was begun. */
bool tcap_peer_is(const struct tcap_peer *p, const struct sccp_addr *from);

#endif

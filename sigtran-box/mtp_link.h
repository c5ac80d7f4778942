/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_link.h - the link between mtpd and the box: packets of frames
 *
 * An AF_UNIX SOCK_SEQPACKET pair, one per network. A packet is at most 64 KiB
 * and holds whole frames:
 *
 *      0      2      3       4
 *     +------+------+-------+----------------+
 *     | len  | type | assoc | body, len octets|   numbers little-endian
 *     +------+------+-------+----------------+
 *
 * Both ends use this module and nothing else on the socket. Frames are
 * gathered until link_flush(); on EAGAIN they are kept, and when too many
 * are kept TRANSFER frames are refused (the caller counts and drops), control
 * frames never. Reading checks every length; a frame that breaks the rules
 * ends the link. Plain code, one thread, no logging.
 */

#ifndef MTP_LINK_H
#define MTP_LINK_H

#include "mtp_conf.h"

enum { LINK_VERSION = 2, LINK_PACKET_MAX = 65536, LINK_KEEP_FRAMES = 4096 };
enum { LINK_SNDBUF = 1 << 20 }; /* asked for at both ends: mtpd_run() */
/* More than this unsent, and the peer is as good as gone: link_flush(). */
enum { LINK_KEEP_OCTETS = 16 << 20 };

/* Of the build, set by configure; both ends should be of the same. */
#ifndef LINK_BUILD_ID
#define LINK_BUILD_ID "unknown"
#endif

enum link_type {
    LINK_HELLO = 1, /* version u16, build id text; both ways, first */
    LINK_CONFIG,    /* box to mtpd: link_conf_write() */
    LINK_TRANSFER,  /* opc dpc u32, ni si mp sls u8, data; both ways */
    LINK_PAUSE,     /* mtpd to box from here: pc u32, mask u8 */
    LINK_RESUME,
    LINK_STATUS,   /* pc u32, enum mtp_status u8, level u8 */
    LINK_ASSOC,    /* enum mtp_assoc_state u8 */
    LINK_LOG,      /* enum slog_level u8, text */
    LINK_COUNTERS, /* u64 each, in the order of LINK_COUNTER_LIST; each s */
    LINK_DOWN,     /* box to mtpd: ASPIA, ASPDN, then end */
};

/* What mtpd counts, since its start. */
#define LINK_COUNTER_LIST(X)                                                   \
    X(rx_data, "DATA received from peers and handed to the box")               \
    X(tx_data, "DATA sent to peers")                                           \
    X(tx_stale, "DATA thrown away: its association was lost or not active")    \
    X(tx_full, "DATA refused: the association's queue is full")                \
    X(rx_full, "DATA dropped: the box did not read the link")                  \
    X(rx_bad, "messages refused by the guard")                                 \
    X(rx_foreign, "DATA for another point code or user, dropped")              \
    X(errs_sent, "ERR sent")                                                   \
    X(errs_received, "ERR received")

struct link_counters {
#define X(name, help) uint64_t name;
    LINK_COUNTER_LIST(X)
#undef X
};

struct link_frame {
    uint8_t type, assoc;
    uint16_t len;
    const uint8_t *body; /* lent until the next link_read() */
};

struct mtp_link;

/* Takes `fd' over and makes it non-blocking. NULL: no memory. */
struct mtp_link *link_new(int fd);
void link_free(struct mtp_link *l);
int link_fd(const struct mtp_link *l);

/* Gather one frame. -1: a TRANSFER was refused, the queue is full. */
int link_put(struct mtp_link *l, uint8_t type, uint8_t assoc, const void *body,
             size_t len);
int link_put_transfer(struct mtp_link *l, const struct mtp_transfer *t);

/* The frames that open the link: HELLO; and what a HELLO says. */
void link_put_hello(struct mtp_link *l);
int link_hello_read(const struct link_frame *f, uint16_t *version, char *build,
                    size_t size);

/* True if there is nothing left to send. */
bool link_idle(const struct mtp_link *l);

/* Send what is gathered. 0: all gone; 1: wait for POLLOUT; -1: peer is gone. */
int link_flush(struct mtp_link *l);

/* Read one packet. 1: frames may be taken; 0: nothing there; -1: the end. */
int link_read(struct mtp_link *l);
/* Next frame of that packet. 0: no more; -1: malformed, close the link. */
int link_next(struct mtp_link *l, struct link_frame *f);

/* For a link that is gone: the next packet that was never sent becomes the one
 * that link_next() reads. False: there is none. */
bool link_unsent(struct mtp_link *l);

/* Body of a TRANSFER; data is lent by the frame. -1: malformed. */
int link_transfer_read(const struct link_frame *f, struct mtp_transfer *t);

/* CONFIG body; the size written, or -1. */
int link_conf_write(const struct mtp_conf *c, uint8_t *out, size_t size);
int link_conf_read(const uint8_t *p, size_t n, struct mtp_conf *c);

void link_put_counters(struct mtp_link *l, const struct link_counters *c);
int link_counters_read(const struct link_frame *f, struct link_counters *c);

/* Bodies of PAUSE and RESUME, and of STATUS; -1: malformed. */
struct link_dest {
    uint32_t pc;
    uint8_t mask;           /* PAUSE, RESUME */
    enum mtp_status status; /* STATUS */
    uint8_t level;
};
void link_put_dest(struct mtp_link *l, uint8_t type, uint8_t assoc,
                   const struct link_dest *d);
int link_dest_read(const struct link_frame *f, struct link_dest *d);

#endif

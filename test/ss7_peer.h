/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_peer.h - mtpd and the SMSC behind it, for tests of the SS7 thread
 *
 * The other end of the link: it greets, reports its one association active,
 * sends what an SMSC sends and takes apart what comes back, with the codecs'
 * other direction. The numbers 447700900100 to 447700900199 are registered.
 */

#ifndef SS7_PEER_H
#define SS7_PEER_H

#include "mtp_link.h"
#include "ss7.h"
#include "tcap_dlg.h"

enum { PEER_HOLD_MS = 200 };

/* One network, one association, roles hlr and msc. */
void peer_conf(struct ss7_conf *c);

/* The register; an exact row for 447700900150 that is barred. */
struct hlr_table *peer_table(void);

struct peer {
    struct mtp_link *link;
    bool in_packet;          /* link_next() may have more */
    bool down;               /* the box asked for ASPIA and ASPDN */
    uint64_t sent, received; /* TRANSFERs */
    /* If set, what is sent goes here instead of to the link. */
    int (*send)(const struct mtp_transfer *t);
};

/* A new link to the box, as after a start of mtpd: greeted and active. */
void peer_open(struct peer *p);
/* Greeted only; the association stays down until peer_active(). */
void peer_open_down(struct peer *p);
void peer_active(struct peer *p);
/* mtpd is killed: what is in the socket is lost. */
void peer_kill(struct peer *p);
/* The link ends, but nothing that the box has sent by now is lost. */
void peer_shut(struct peer *p);

/* What an SMSC sends. */
struct peer_msg {
    uint8_t version;
    int8_t invoke;
    bool more;
    uint32_t otid;
    struct tcap_tid dtid; /* len 0: it begins a dialogue */
    uint32_t tag;         /* the last octets of the TPDU */
    const char *number;   /* MSISDN of an SRI-SM, IMSI of a message */
};

void peer_sri(struct peer *p, const struct peer_msg *m);
void peer_fsm(struct peer *p, const struct peer_msg *m);
void peer_handshake(struct peer *p, const struct peer_msg *m); /* no invoke */
void peer_abort(struct peer *p, const struct tcap_tid *dtid);
/* Nothing is sent before this; false: the box has closed the link. */
bool peer_flush(struct peer *p);

/* The tag of a message that came out at the border. */
uint32_t peer_tag(const struct ss7_sms *sms);

/* What comes back. */
struct peer_answer {
    uint8_t type;         /* enum tcap_type */
    uint32_t dtid;        /* the SMSC's own */
    struct tcap_tid otid; /* the box's, of a Continue */
    uint8_t comp;         /* enum tcap_comp_type; 0: none */
    unsigned comps;       /* how many there are */
    int8_t invoke;
    int32_t error;             /* of a TCAP_ERROR */
    struct map_sri_sm_res sri; /* of a result with a parameter */
    char from[SCCP_GT_DIGITS + 1];
};

/* What a message of the box says; type 0: it cannot be read. */
void peer_read(const struct mtp_transfer *t, struct peer_answer *a);

/* 1: *a is filled; 0: nothing came in time; -1: the box closed the link. */
int peer_take(struct peer *p, struct peer_answer *a, int timeout_ms);

#endif

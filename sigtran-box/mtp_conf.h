/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_conf.h - the associations of one network, as mtpd is told them
 *
 * A value: it crosses the link in a CONFIG frame, field by field.
 */

#ifndef MTP_CONF_H
#define MTP_CONF_H

#include "mtp.h"

enum { MTP_HOSTS = 4 };
enum { MTP_AUDIT = 64 /* destinations asked about: one DAUD holds them */ };

enum mtp_mode {
    MTP_MODE_NONE,
    MTP_MODE_OVERRIDE,
    MTP_MODE_LOADSHARE,
    MTP_MODE_BROADCAST
};

/* One group = ss7-association (RFC 4666). */
struct mtp_assoc_conf {
    char id[32];
    bool server;               /* the peer dials in */
    char local[MTP_HOSTS][46]; /* addresses, n_local of them */
    uint8_t n_local;
    uint16_t local_port;        /* 0: any (client only) */
    char remote[MTP_HOSTS][46]; /* a server accepts only these, if any */
    uint8_t n_remote;
    uint16_t remote_port; /* 2905; server: 0 = any */
    bool has_asp_id;
    uint32_t asp_id;
    bool has_rc; /* else none in ASPAC and DATA */
    uint32_t rc;
    enum mtp_mode mode; /* NONE: no Traffic Mode Type parameter */
    bool has_na;        /* network appearance */
    uint32_t na;
    uint32_t beat_ms;      /* own BEAT; 0: none */
    uint32_t reconnect_ms; /* client, after a lost association */
    bool has_peer_pc;      /* the STP or SMSC at the other end */
    uint32_t peer_pc;
};

struct mtp_conf {
    uint32_t pc[4]; /* own: DATA for any other DPC is dropped and counted */
    uint8_t n_pc;
    uint8_t ni;
    /* What the network's messages go to: an association that becomes active
     * is asked whether it leads there (RFC 4666 4.5.2). */
    uint32_t audit[MTP_AUDIT];
    uint8_t n_audit;
    uint8_t n_assoc;
    struct mtp_assoc_conf assoc[MTP_ASSOC_MAX];
};

#endif

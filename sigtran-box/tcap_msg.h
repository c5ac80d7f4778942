/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tcap_msg.h - TCAP messages and their dialogue portion (Q.773)
 *
 * Reading fills a struct whose windows lie in the octets given; writing is
 * done piece by piece, in the order of the wire.
 */

#ifndef TCAP_MSG_H
#define TCAP_MSG_H

#include "tcap_comp.h"

enum tcap_type {
    TCAP_UNIDIRECTIONAL = 0x61,
    TCAP_BEGIN = 0x62,
    TCAP_END = 0x64,
    TCAP_CONTINUE = 0x65,
    TCAP_ABORT = 0x67,
};

/* P-Abort causes. */
enum tcap_p_abort {
    TCAP_P_UNRECOGNIZED_MESSAGE = 0,
    TCAP_P_UNRECOGNIZED_TID = 1,
    TCAP_P_BADLY_FORMATTED = 2,
    TCAP_P_INCORRECT = 3,
    TCAP_P_RESOURCES = 4,
};

/* Transaction id: the octets count, leading zeros too. */
struct tcap_tid {
    uint8_t len; /* 1..4; 0: there is none */
    uint8_t octet[4];
};

enum tcap_dlg_pdu {
    TCAP_DLG_NONE,
    TCAP_DLG_AARQ,
    TCAP_DLG_AARE,
    TCAP_DLG_ABRT,
    TCAP_DLG_OTHER, /* AUDT, or no dialogue PDU but user information alone */
};

/* An application context 0.4.0.0.1.0.AC.VERSION, or ac 0 for any other. */
struct tcap_acn {
    uint8_t ac, version;
    uint8_t oid_len; /* as received, to be echoed */
    uint8_t oid[16]; /* content octets of the OBJECT IDENTIFIER */
};

enum { TCAP_DIAG_USER = 1, TCAP_DIAG_PROVIDER = 2 };

struct tcap_dialogue {
    enum tcap_dlg_pdu pdu;
    bool unidirectional; /* TCAP_DLG_OTHER: it is an AUDT, laid out as AARQ */
    bool has_version;    /* protocol-version present */
    bool version1;       /* its bit 0, or absent (the default) */
    struct tcap_acn acn;
    uint8_t result;            /* AARE: 0 accepted, 1 reject */
    uint8_t diag_source, diag; /* AARE: user 1 or provider 2; value */
    uint8_t abort_source;      /* ABRT: 0 user, 1 provider */
    bool has_user_info;
    bool map_dialogue;   /* it is of the MAP dialogue AS; first such if many */
    struct rd user_info; /* its content: a map-open .. map-providerAbort */
};

struct tcap_msg {
    uint8_t type; /* enum tcap_type */
    struct tcap_tid otid, dtid;
    bool has_p_abort;
    uint8_t p_abort;
    struct tcap_dialogue dlg;
    bool has_components;
    struct rd components;
};

/*
 * Read a message. Returns -1 if it is well formed up to its components,
 * which are looked at only by tcap_comp_next(). Else a P-Abort cause, and
 * m->otid.len tells whether there is somebody to send it to; a message that
 * is longer than its octets, a broken End or Abort, or one without otid, has
 * none and is dropped. Octets behind the message are ignored.
 *
 * That the dialogue PDU suits the type of message is for the caller to check.
 */
int tcap_msg_read(struct rd *r, struct tcap_msg *m);

/*
 * Writing: tcap_open() writes tag and transaction ids and returns a mark for
 * tcap_close(); between them at most one dialogue portion, then components
 * between tcap_comps_open() and tcap_comps_close().
 */
size_t tcap_open(struct wr *w, uint8_t type, const struct tcap_tid *otid,
                 const struct tcap_tid *dtid);
void tcap_close(struct wr *w, size_t mark);
void tcap_p_abort_write(struct wr *w, uint8_t cause);

/*
 * AARQ, AARE, ABRT or AUDT by d->pdu; user information, always of the MAP
 * dialogue AS, from d->user_info if d->has_user_info.
 */
void tcap_dialogue_write(struct wr *w, const struct tcap_dialogue *d);

size_t tcap_comps_open(struct wr *w);
void tcap_comps_close(struct wr *w, size_t mark);

/* The application context 0.4.0.0.1.0.ac.version. */
struct tcap_acn tcap_acn_map(uint8_t ac, uint8_t version);

#endif

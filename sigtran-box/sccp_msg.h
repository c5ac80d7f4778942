/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_msg.h - the connectionless SCCP messages (Q.713 4.10 to 4.21)
 *
 * One struct for UDT, XUDT, LUDT and their service messages, both ways.
 * Pointers are followed as they stand; what they point at may overlap or
 * leave gaps but never leaves the message.
 */

#ifndef SCCP_MSG_H
#define SCCP_MSG_H

#include "sccp_addr.h"

enum sccp_type {
    SCCP_UDT = 0x09,
    SCCP_UDTS = 0x0a,
    SCCP_XUDT = 0x11,
    SCCP_XUDTS = 0x12,
    SCCP_LUDT = 0x13,
    SCCP_LUDTS = 0x14,
};

/* Return causes, Q.713 3.12. */
enum sccp_cause {
    SCCP_CAUSE_NO_TRANSLATION_NATURE = 0,
    SCCP_CAUSE_NO_TRANSLATION = 1,
    SCCP_CAUSE_SUBSYSTEM_CONGESTION = 2,
    SCCP_CAUSE_SUBSYSTEM_FAILURE = 3,
    SCCP_CAUSE_UNEQUIPPED_USER = 4,
    SCCP_CAUSE_MTP_FAILURE = 5,
    SCCP_CAUSE_NETWORK_CONGESTION = 6,
    SCCP_CAUSE_UNQUALIFIED = 7,
    SCCP_CAUSE_TRANSPORT_ERROR = 8,
    SCCP_CAUSE_LOCAL_PROCESSING = 9,
    SCCP_CAUSE_NO_REASSEMBLY = 10,
    SCCP_CAUSE_SCCP_FAILURE = 11,
    SCCP_CAUSE_HOP_COUNTER = 12,
    SCCP_CAUSE_NO_SEGMENTATION = 13,
    SCCP_CAUSE_SEGMENTATION = 14,
};

struct sccp_msg {
    enum sccp_type type;
    uint8_t pclass;  /* protocol class 0 or 1; 0 in service messages */
    bool return_opt; /* return message on error */
    uint8_t cause;   /* service messages: enum sccp_cause */
    uint8_t hops;    /* XUDT(S), LUDT(S): 1..15 */
    struct sccp_addr called, calling;
    const uint8_t *data; /* lent by the octets it was read from */
    size_t data_len;
    bool has_seg; /* segmentation parameter, Q.713 3.17 */
    bool seg_first;
    bool seg_class1;  /* the user asked for class 1 */
    uint8_t seg_left; /* remaining segments, 0..15 */
    uint8_t seg_ref[3];
    int8_t importance; /* -1: none */
    /*
     * The optional part as received, without its end; lent. Not NULL: it is
     * written instead of the fields above, so that what is passed on keeps
     * parameters not known here.
     */
    const uint8_t *opt;
    size_t opt_len;
};

/* UDTS, XUDTS or LUDTS: never answered. */
bool sccp_msg_is_service(const struct sccp_msg *m);

/* What a message is called in a log line: "XUDT". */
const char *sccp_type_str(uint8_t type);
const char *sccp_cause_str(uint8_t cause);

/*
 * Read one message. False: it is not one of the six types, or its octets are
 * not well formed (rd_ok(r) tells the two apart). Then the only answer is to
 * drop and count it.
 */
bool sccp_msg_read(struct rd *r, struct sccp_msg *m);

/* Write one message in canonical order. wr_ok(w) is false if it does not fit. */
void sccp_msg_write(struct wr *w, const struct sccp_msg *m);

#endif

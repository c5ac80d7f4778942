/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_wire.h - SMPP 3.4 PDUs as octets
 *
 * The few PDUs that a server for application boxes needs. What is read is
 * checked as it is read: a string ends within its field, a TLV within the
 * PDU. Whoever cuts PDUs out of a stream has checked command_length.
 *
 * Allocates nothing, logs nothing; any thread.
 */

#ifndef SMPP_WIRE_H
#define SMPP_WIRE_H

#include "octets.h"

enum {
    SMPP_HEAD = 16,
    SMPP_PDU_MAX = 65536,
    SMPP_SHORT_MAX = 254,
    SMPP_SEQUENCE_MAX = 0x7fffffff,
};

enum smpp_command {
    SMPP_BIND_RX = 0x01,
    SMPP_BIND_TX = 0x02,
    SMPP_QUERY_SM = 0x03,
    SMPP_SUBMIT_SM = 0x04,
    SMPP_DELIVER_SM = 0x05,
    SMPP_UNBIND = 0x06,
    SMPP_REPLACE_SM = 0x07,
    SMPP_CANCEL_SM = 0x08,
    SMPP_BIND_TRX = 0x09,
    SMPP_ENQUIRE_LINK = 0x15,
    SMPP_SUBMIT_MULTI = 0x21,
    SMPP_DATA_SM = 0x103,
};
#define SMPP_RESP         0x80000000u /* a request's id or this is its answer's */
#define SMPP_GENERIC_NACK 0x80000000u

enum {
    SMPP_ESM_RECEIPT = 0x04,
    SMPP_ESM_UDHI = 0x40,
    SMPP_ESM_REPLY_PATH = 0x80,
};

/* Tags that are known here (5.3.2). */
enum {
    SMPP_TLV_RECEIPTED_ID = 0x001e,
    SMPP_TLV_REFERENCE = 0x0204, /* user_message_reference */
    SMPP_TLV_SAR_REF = 0x020c,
    SMPP_TLV_SAR_TOTAL = 0x020e,
    SMPP_TLV_SAR_PART = 0x020f,
    SMPP_TLV_SC_VERSION = 0x0210,
    SMPP_TLV_PAYLOAD = 0x0424,
    SMPP_TLV_STATE = 0x0427, /* message_state */
    SMPP_TLV_VENDOR_FIRST = 0x1400,
    SMPP_TLV_VENDOR_LAST = 0x3fff,
};

struct smpp_head {
    uint32_t length, command, status, sequence;
};

struct smpp_head smpp_head_read(const uint8_t p[SMPP_HEAD]);
void smpp_head_write(uint8_t p[SMPP_HEAD], const struct smpp_head *h);

/* bind_receiver, bind_transmitter, bind_transceiver (4.1). */
struct smpp_bind {
    char system_id[16], password[9], system_type[13];
    uint8_t version, ton, npi;
    char range[41];
};

/* False: a string is too long, or the PDU is short. */
bool smpp_bind_read(const uint8_t *p, size_t n, struct smpp_bind *b);

struct smpp_addr {
    uint8_t ton, npi;
    char digits[21];
};

struct smpp_tlv {
    uint16_t tag, n;
    const uint8_t *p;
};
enum { SMPP_TLVS = 8 };

struct smpp_sar {
    uint16_t ref;
    uint8_t total, part; /* total 0: there are no sar_* */
};

/* submit_sm and deliver_sm: they have the same fields (4.4, 4.6); data_sm has
 * some of them (4.7). */
struct smpp_sm {
    bool data; /* it is a data_sm */
    char service[6];
    struct smpp_addr source, dest;
    uint8_t esm_class, pid, priority;
    char schedule[17], validity[17];
    uint8_t registered, replace, data_coding, default_id;
    /* short_message, or message_payload if `payload'; lent */
    const uint8_t *text;
    size_t text_len;
    bool payload;
    struct smpp_sar sar;
    uint8_t n_tlvs;
    struct smpp_tlv tlv[SMPP_TLVS]; /* others: written, not read */
};

/*
 * The body of a submit_sm. SMPP_ROK, or the status to answer with; fields
 * that are read by then are good, strings end.
 */
uint32_t smpp_sm_read(const uint8_t *p, size_t n, struct smpp_sm *sm);
/* The same of a data_sm. */
uint32_t smpp_data_read(const uint8_t *p, size_t n, struct smpp_sm *sm);

/* The same as a body; its octets, 0: there is no room. */
size_t smpp_sm_write(uint8_t *out, size_t size, const struct smpp_sm *sm);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_msg.h - a Kannel sms as a deliver_sm, and a submit_sm as a Kannel sms
 *
 *     deliver_sm       from the sms                      (account's key)
 *     source_addr      sender; "+...": TON 1, NPI 1;     source-addr-ton, -npi
 *                      digits: 0, 1; else: 5, 0
 *     destination_addr receiver, in the same way         dest-addr-ton, -npi
 *     esm_class        0x40 with a header, 0x80 with rpi, 0x04 for a receipt
 *     protocol_id      pid
 *     data_coding      coding, mclass, mwi, compress, alt_dcs
 *     short_message    header and text, or message_payload if longer than 254
 *                      octets                            message-payload
 *     sar_*            instead of a header that is nothing but concatenation
 *                                                        concatenation
 *     0x1400 0x1401    SC address, IMSI                  tlvs, tlv-sc, tlv-imsi
 *     0x1402           stable id: foreign_id, 32 digits  tlv-id
 *     user_message_reference  16 bits of the stable id, the same at each try
 *
 * Text of the 7 bit alphabet is UTF-8 in the sms. What the account's charset
 * does not have goes as UCS-2, data_coding 8.
 *
 * Plain; allocates nothing. A work area belongs to one thread.
 */

#ifndef SMPP_MSG_H
#define SMPP_MSG_H

#include "box_frame.h"
#include "smpp_wire.h"

/* sms.sms_type */
enum { SMPP_MO = 0, SMPP_MT_PUSH = 2, SMPP_REPORT_MO = 3 };

/* How text of the 7 bit alphabet is handed over, and what data_coding 0 is. */
enum smpp_charset {
    SMPP_GSM7,           /* 0: GSM 03.38, an octet a character */
    SMPP_LATIN1,         /* 3: ISO 8859-1; 0: as SMPP_GSM7 */
    SMPP_DEFAULT_LATIN1, /* 0: ISO 8859-1 */
    SMPP_DEFAULT_UTF8,   /* 0: UTF-8 */
    SMPP_UCS2,           /* 8: UTF-16BE; 0: as SMPP_GSM7 */
};

enum { SMPP_WITH_SC = 1, SMPP_WITH_IMSI = 2, SMPP_WITH_ID = 4 };
enum { SMPP_WITH_REFERENCE = 8, SMPP_WITH_ALL = 15 };
enum { SMPP_BY_NUMBER = -1 };

/* An account's wishes. */
struct smpp_style {
    enum smpp_charset charset;
    bool sar;     /* sar_* instead of a header */
    bool payload; /* message_payload always */
    uint8_t with; /* TLVs, SMPP_WITH_... */
    uint16_t tag_sc, tag_imsi, tag_id;
    /* of addresses; SMPP_BY_NUMBER: as the number looks */
    int16_t source_ton, source_npi, dest_ton, dest_npi;
};

/* Room for what is converted, lent until the next use. */
struct smpp_work {
    char utf8[3 * SMPP_PDU_MAX];
    uint8_t text[SMPP_PDU_MAX];
};

/*
 * The body of a deliver_sm; its octets, 0: it is too long for a PDU. `f' is a
 * BOX_SMS, a report (SMPP_REPORT_MO) too: its text is the receipt, or if
 * `receipt' is not NULL that.
 */
struct smpp_receipt {
    const char *text, *id; /* the receipt, receipted_message_id */
};
size_t smpp_msg_deliver(uint8_t *out, size_t size, const struct box_frame *f,
                        const struct smpp_style *style,
                        const struct smpp_receipt *receipt,
                        struct smpp_work *work);

/* Parts of one concatenated message have the same; 0: it is none. */
uint32_t smpp_msg_concat(const struct box_frame *f);

/* A field's text; NULL: there is none. n may be 0 then. */
const uint8_t *smpp_msg_text(const struct box_frame *f, int field, size_t *n);

/* What a submit_sm becomes; `f' points into the rest and into the sm. */
struct smpp_mt {
    struct box_frame f;
    char sender[24], receiver[24];
    uint8_t udh[7];
};

/*
 * SMPP_ROK, or the status to refuse it with. Type, id, time, account, service,
 * smsc-id and dlr_url are the caller's. now_s for its times.
 */
uint32_t smpp_msg_submit(const struct smpp_sm *sm,
                         const struct smpp_style *style, int64_t now_s,
                         struct smpp_mt *mt, struct smpp_work *work);

#endif

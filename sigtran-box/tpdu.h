/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu.h - SMS-DELIVER as it comes in a MAP message (TS 23.040 9.2.2.1)
 *
 * Values in fixed arrays, so that they can be lent across threads by copy.
 */

#ifndef TPDU_H
#define TPDU_H

#include "gsm7.h"
#include "octets.h"
#include "tpdu_addr.h"
#include "tpdu_dcs.h"
#include "tpdu_time.h"

enum {
    TPDU_UD_OCTETS = 140,
    TPDU_UD_SEPTETS = 160,
    TPDU_REPORT_UD_OCTETS = 159, /* TP-UD of the longest report, 9.2.2.1a */
};

struct tpdu_concat {
    bool present;
    uint16_t ref;
    bool ref16;
    uint8_t max, seq;
};

/*
 * SMS-DELIVER. The other TPDUs keep in one of these what they have in common
 * with it (TP-DA and TP-RA in `oa'), so that all user data is alike.
 */
struct tpdu_deliver {
    bool more; /* TP-MMS clear: more messages wait at the SC */
    bool lp;   /* loop prevention */
    bool sri;  /* status report indication */
    bool rp;   /* reply path */
    struct tpdu_addr oa;
    uint8_t pid, dcs;
    struct tpdu_dcs enc;
    struct tpdu_scts scts;
    uint8_t udl;     /* as on the wire */
    uint8_t udh_len; /* octets of the header with its UDHL; 0: none */
    uint8_t udh[TPDU_UD_OCTETS];
    struct tpdu_concat concat;
    /* National language ids (gsm7_lang.h), 0: default. */
    uint8_t lock_shift, single_shift;
    /* What is behind the header: septets one an octet (TPDU_GSM7, not
     * compressed), else octets. */
    uint16_t ud_len;
    uint8_t ud[TPDU_UD_SEPTETS];
};

enum tpdu_mti { TPDU_DELIVER, TPDU_STATUS_REPORT };

/*
 * Read the TPDU of an MT message. MTI 3 counts as DELIVER (9.2.3.1).
 * TPDU_STATUS_REPORT is recognised only; *d is not filled. False: malformed,
 * r's error says what and where. Reserved TP-DCS is read as GSM 7 bit.
 */
bool tpdu_mt_read(struct rd *r, enum tpdu_mti *mti, struct tpdu_deliver *d);

/* Septets are packed in TP-UD, and what TP-UDL counts. */
bool tpdu_has_septets(const struct tpdu_deliver *d);

/*
 * The text as UTF-8 with a NUL; its length. Cut at a character if too long.
 * GSM 7 bit by the tables of its languages (see gsm7_national_to_utf8()).
 * UCS-2 as UTF-16BE with surrogates: half a pair or half a unit is U+FFFD,
 * so parts of a long message are better joined before they are decoded. It
 * may contain a NUL of its own. 8-bit and compressed data are no text: they
 * are copied as they are.
 */
size_t tpdu_text(const struct tpdu_deliver *d, char *out, size_t size);

/*
 * The other way, for our SMSC: encode header fields, d->udh and d->ud as
 * tpdu_mt_read() would give them; udl is computed.
 */
void tpdu_deliver_write(struct wr *w, const struct tpdu_deliver *d);

#endif

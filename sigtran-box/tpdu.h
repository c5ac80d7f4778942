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

enum tpdu_alphabet { TPDU_GSM7, TPDU_8BIT, TPDU_UCS2 };

/* TP-DCS taken apart (TS 23.038 4). */
struct tpdu_dcs {
    enum tpdu_alphabet alphabet;
    bool compressed;  /* then the octets are passed on as they are */
    int8_t mclass;    /* message class 0..3; -1: none */
    int8_t mwi;       /* message waiting: 0..3 voice fax mail other; -1 */
    bool mwi_active;  /* indication on; else off */
    bool mwi_discard; /* 1100: the text may be thrown away */
    bool auto_delete; /* 01xx */
};

enum tpdu_ton {
    TPDU_TON_UNKNOWN = 0,
    TPDU_TON_INTERNATIONAL = 1,
    TPDU_TON_NATIONAL = 2,
    TPDU_TON_NETWORK = 3,
    TPDU_TON_SUBSCRIBER = 4,
    TPDU_TON_ALPHANUMERIC = 5,
    TPDU_TON_ABBREVIATED = 6,
};

/* TP-OA (TS 23.040 9.1.2.5). */
struct tpdu_addr {
    uint8_t len; /* useful semi-octets, as on the wire */
    uint8_t ton, npi;
    char text[45]; /* digits "0..9*#abc"; alphanumeric: UTF-8; NUL */
};

/* TP-SCTS (9.2.3.11), as on the wire and what it says. */
struct tpdu_scts {
    uint8_t octet[7];
    bool valid; /* digits and ranges are those of a date */
    uint16_t year;
    uint8_t month, day, hour, minute, second;
    int8_t tz_quarters; /* east of UTC, quarters of an hour */
};

struct tpdu_concat {
    bool present;
    uint16_t ref;
    bool ref16;
    uint8_t max, seq;
};

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
    uint8_t udh[140];
    struct tpdu_concat concat;
    /* National language ids, 0: default. Kept for who knows their tables;
     * the text here is always by the default ones. */
    uint8_t lock_shift, single_shift;
    /* What is behind the header: septets one an octet (TPDU_GSM7, not
     * compressed), else octets. */
    uint16_t ud_len;
    uint8_t ud[160];
};

enum tpdu_mti { TPDU_DELIVER, TPDU_STATUS_REPORT };

/*
 * Read the TPDU of an MT message. MTI 3 counts as DELIVER (9.2.3.1).
 * TPDU_STATUS_REPORT is recognised only; *d is not filled. False: malformed,
 * r's error says what and where. Reserved TP-DCS is read as GSM 7 bit.
 */
bool tpdu_mt_read(struct rd *r, enum tpdu_mti *mti, struct tpdu_deliver *d);

void tpdu_dcs_read(uint8_t dcs, struct tpdu_dcs *enc);

/*
 * The text as UTF-8 with a NUL; its length. Cut at a character if too long.
 * GSM 7 bit by the default table and its extension (see gsm7_to_utf8()).
 * UCS-2 as UTF-16BE with surrogates: half a pair or half a unit is U+FFFD,
 * so parts of a long message are better joined before they are decoded. It
 * may contain a NUL of its own. 8-bit and compressed data are no text: they
 * are copied as they are.
 */
size_t tpdu_text(const struct tpdu_deliver *d, char *out, size_t size);

/* Seconds since 1970 of the time stamp, or -1 if it is not valid. */
int64_t tpdu_scts_unix(const struct tpdu_scts *t);

/*
 * The other way, for our SMSC: encode header fields, d->udh and d->ud as
 * tpdu_mt_read() would give them; udl is computed.
 */
void tpdu_deliver_write(struct wr *w, const struct tpdu_deliver *d);

#endif

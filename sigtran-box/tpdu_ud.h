/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_ud.h - what the TPDUs have in common behind their own fields
 *
 * TP-UD with its header (TS 23.040 9.2.3.24), and TP-PI (9.2.3.27), which
 * says in a report whether TP-PID, TP-DCS and TP-UD follow at all. For the
 * tpdu_*.c files; who has a TPDU reads and writes it with their functions.
 */

#ifndef TPDU_UD_H
#define TPDU_UD_H

#include "tpdu.h"

/* First octet of a TPDU, 9.2.3.1 to 9.2.3.26. */
enum {
    TPDU_BIT_MTI = 0x03,
    TPDU_BIT_MMS = 0x04, /* from the SC */
    TPDU_BIT_RD = 0x04,  /* SMS-SUBMIT */
    TPDU_BIT_LP = 0x08,  /* from the SC */
    TPDU_BIT_SRI = 0x20, /* SMS-DELIVER; TP-SRR and TP-SRQ in others */
    TPDU_BIT_UDHI = 0x40,
    TPDU_BIT_RP = 0x80,
};

enum { TPDU_PI_PID = 0x01, TPDU_PI_DCS = 0x02, TPDU_PI_UDL = 0x04 };

/* The first octet, which must have this TP-MTI. */
uint8_t tpdu_first_read(struct rd *r, uint8_t mti);

/*
 * TP-UDL and TP-UD by d->enc, at most `max' octets of it, and of a report as
 * of a message at most 160 septets and 140 octets of header. A header that
 * is longer than the data fails; one whose elements do not fit is kept, and
 * none of them counts.
 */
void tpdu_ud_read(struct rd *r, bool udhi, size_t max, struct tpdu_deliver *d);
void tpdu_ud_write(struct wr *w, size_t max, const struct tpdu_deliver *d);

/* Octets behind the first one of TP-PI are for later releases: skipped. */
uint8_t tpdu_pi_read(struct rd *r);

/* What TP-PI announced. Without TP-DCS, TP-UD is in the default alphabet. */
void tpdu_announced_read(struct rd *r, uint8_t pi, bool udhi,
                         struct tpdu_deliver *d);
void tpdu_announced_write(struct wr *w, uint8_t pi,
                          const struct tpdu_deliver *d);

/* TPDU_BIT_UDHI, if tpdu_announced_write() will write a header. */
uint8_t tpdu_announced_udhi(uint8_t pi, const struct tpdu_deliver *d);

#endif

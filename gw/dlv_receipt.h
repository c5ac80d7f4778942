/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_receipt.h - an SMS-STATUS-REPORT in the words that boxes know
 *
 * What became of a message is one of three things to a Kannel box, the bits
 * of sms.dlr_mask, and a text in the form of SMPP's delivery receipts. TP-ST
 * (TS 23.040 9.2.3.15) gives both:
 *
 *     TP-ST      the service centre            mask   stat
 *     00 to 02   is done with it                 1    DELIVRD
 *     10 to 1F   the same, in its own words      1    DELIVRD
 *     20 to 25   goes on trying                  4    ENROUTE
 *     30 to 3F   the same, in its own words      4    ENROUTE
 *     46         gave up at the end of TP-VP     2    EXPIRED
 *     47, 48     deleted it                      2    DELETED
 *     63         gave up: service rejected       2    REJECTD
 *     reserved   as 63                           2    REJECTD
 *     others     gave up                         2    UNDELIV
 *
 * Plain; any thread.
 */

#ifndef DLV_RECEIPT_H
#define DLV_RECEIPT_H

#include "sigtran-box/tpdu_status.h"

enum {
    DLV_RECEIPT_DELIVERED = 1,
    DLV_RECEIPT_FAILED = 2,
    DLV_RECEIPT_BUFFERED = 4,
};
enum { DLV_RECEIPT_MAX = 128 };

/* One of the three. */
int dlv_receipt_mask(uint8_t st);

/*
 * "id:7 sub:001 dlvrd:001 submit date:2601020304 done date:2601020305
 * stat:DELIVRD err:000 text:" on one line, with a NUL. The id is TP-MR, the
 * error TP-ST, the dates TP-SCTS and TP-DT in UTC, zeroes if they are none.
 */
void dlv_receipt_text(const struct tpdu_status *s, char out[DLV_RECEIPT_MAX]);

#endif

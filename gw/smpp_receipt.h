/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_receipt.h - delivery receipts for what an ESME has submitted
 *
 * Nothing is stored here: all that a receipt needs to find its way back
 * travels with the message as its dlr_url, which the gateway keeps and gives
 * back with each report:
 *
 *     smppbox:MESSAGE_ID:SECONDS:SYSTEM_ID
 *
 * Plain; allocates nothing, any thread.
 */

#ifndef SMPP_RECEIPT_H
#define SMPP_RECEIPT_H

#include "box_frame.h"
#include "smpp_submit.h"

enum { SMPP_URL_OCTETS = 96, SMPP_RECEIPT_OCTETS = 160 };

struct smpp_ref {
    char id[SMPP_ID_OCTETS], system_id[16];
    int64_t when_s; /* it was submitted */
};

void smpp_receipt_url(const struct smpp_ref *ref, char out[SMPP_URL_OCTETS]);

/* False: the report is about something that was not submitted here. */
bool smpp_receipt_read(const struct box_frame *f, struct smpp_ref *ref);

/*
 * The receipt's text as in SMPP 3.4 appendix B, times in UTC. What became of
 * the message is dlr_mask; more is told by the text of the SMSC's receipt, if
 * the gateway has passed that on.
 */
void smpp_receipt_text(const struct box_frame *f, const struct smpp_ref *ref,
                       int64_t now_s, char out[SMPP_RECEIPT_OCTETS]);

#endif

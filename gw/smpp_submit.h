/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_submit.h - submit_sm and data_sm that wait for the ack of the box server
 *
 * A table of fixed size. The UUID of the sms is its entry: 8 octets of this
 * process and generation << 32 | slot, so that an ack finds it without a
 * search and one of an earlier life finds nothing. In hexadecimal it is the
 * message_id that the ESME gets.
 *
 * Plain; one thread. Time is the wheel's.
 */

#ifndef SMPP_SUBMIT_H
#define SMPP_SUBMIT_H

#include "smpp_sess.h"

enum { SMPP_ID_OCTETS = 33 }; /* message_id, with its NUL */

struct smpp_submits;

/* Entries that get no ack within `ms' are answered ESME_RSYSERR. */
struct smpp_submits *smpp_submits_new(uint32_t max, uint32_t ms,
                                      uint64_t secret,
                                      struct timer_wheel *wheel);
void smpp_submits_free(struct smpp_submits *t);

/* data: it is a data_sm. False: the table is full. */
bool smpp_submits_add(struct smpp_submits *t, struct smpp_sess *s, bool data,
                      uint32_t sequence, uint8_t box, uint8_t uuid[16]);
/* It went by this connection; 0: it did not, and the entry is gone. */
void smpp_submits_sent(struct smpp_submits *t, const uint8_t uuid[16],
                       uint32_t epoch);

/* The ack: answered with this status. False: none of ours. */
bool smpp_submits_ack(struct smpp_submits *t, uint8_t box,
                      const uint8_t uuid[16], uint32_t status);
/* Nobody knows what became of those: ESME_RSYSERR. */
void smpp_submits_box_lost(struct smpp_submits *t, uint8_t box, uint32_t epoch);
/* Acks for its submit_sm have nobody to go to. */
void smpp_submits_ended(struct smpp_submits *t, const struct smpp_sess *s);

void smpp_submits_id(const uint8_t uuid[16], char out[SMPP_ID_OCTETS]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_inbox.h - what others have for the ESMEs' thread
 *
 * The threads of the connections to the box server put frames in, those of
 * accounts what they found, and the one thread of the ESMEs takes all of it at
 * once. Bounded: a message that does not fit is refused, news never are.
 *
 * Plain. Put: any thread; take: one.
 */

#ifndef SMPP_INBOX_H
#define SMPP_INBOX_H

#include "box_client.h"

enum { SMPP_INBOX_MAX = 16 << 20 };

enum smpp_item_kind {
    SMPP_ITEM_SMS,
    SMPP_ITEM_ACK,
    SMPP_ITEM_LOST,
    SMPP_ITEM_CHECKED,  /* the password of bind no. `number': is `yes' */
    SMPP_ITEM_ACCOUNTS, /* the frame is all of them, as struct smpp_acct_conf */
    SMPP_ITEM_SURE,     /* they are all there are: `yes', or not any more */
};

struct smpp_item {
    enum smpp_item_kind kind;
    uint8_t box;
    struct box_key key; /* of an sms; id of an ack; epoch of what is lost */
    int32_t nack;
    uint64_t number;
    bool yes;
    uint32_t n; /* octets of the frame, which follow; aligned to 8 */
};

struct smpp_inbox;

struct smpp_inbox *smpp_inbox_new(void); /* NULL: no eventfd */
void smpp_inbox_free(struct smpp_inbox *q);

/* False: it is full. Nobody is woken up. */
bool smpp_inbox_put(struct smpp_inbox *q, const struct smpp_item *item,
                    const void *frame);
void smpp_inbox_wake(struct smpp_inbox *q);

/* Readable after a wake-up, until the next take. */
int smpp_inbox_fd(const struct smpp_inbox *q);

/* All there is, lent until the next take; *n octets. */
const uint8_t *smpp_inbox_take(struct smpp_inbox *q, size_t *n);
/* The item there, its frame, and where the next one begins. */
const uint8_t *smpp_inbox_next(const uint8_t *p, struct smpp_item *item,
                               const uint8_t **frame);

#endif

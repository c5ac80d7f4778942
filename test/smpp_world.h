/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_world.h - the SMPP side of smppbox with nothing real around it
 *
 * Two accounts, "app" and "two" (of connection 1 to the box server), both with
 * the password "secret"; ESMEs are sessions without sockets, and the box
 * server is a record of what it was told. Time moves by hand.
 */

#ifndef SMPP_WORLD_H
#define SMPP_WORLD_H

#include "gw/smpp_node.h"

enum { WORLD_ACKS = 256, WORLD_PDU_MAX = 4096, WORLD_SMS_MAX = 4096 };

struct world {
    struct timer_wheel wheel;
    struct smpp_acct_conf acct[2];
    struct smpp_node_conf conf;
    struct smpp_node *node;
    /* what the box server was told */
    unsigned acks;
    struct {
        uint8_t mark; /* of the message: its id is 16 of these */
        enum verdict v;
    } ack[WORLD_ACKS];
    bool suspended[SMPP_BOXES];
    unsigned checks; /* passwords to be looked at, and the last one */
    struct {
        uint64_t id;
        char hash[CRYPTO_PASSWORD_TEXT], password[9];
    } check;
    unsigned sms; /* messages for it, and the last one */
    uint8_t frame[WORLD_SMS_MAX];
    struct box_frame f;
    uint32_t epoch; /* its connection; 0: lost */
};

/* Defaults; change w->acct and w->conf before world_start(). */
void world_init(struct world *w);
void world_start(struct world *w);
void world_stop(struct world *w);
void world_pass(struct world *w, uint64_t ms);

/* A PDU of an ESME. */
void esme_put(struct smpp_sess *s, uint32_t command, uint32_t status,
              uint32_t sequence, const void *body, size_t n);
void esme_bind(struct smpp_sess *s, uint32_t command, const char *system_id,
               const char *password);
/* Connected, and bound as transceiver of "app", its answers read. */
struct smpp_sess *esme_bound(struct world *w);
/* Confirm, or not, what has this number. */
void esme_resp(struct smpp_sess *s, uint32_t sequence, uint32_t status);

struct pdu {
    struct smpp_head h;
    uint8_t body[WORLD_PDU_MAX];
    size_t n;
};

/* The next PDU that the session has for its ESME. False: there is none. */
bool esme_get(struct smpp_sess *s, struct pdu *p);
/* The next one is this: command and status. */
bool esme_got(struct smpp_sess *s, uint32_t command, uint32_t status);
/* The next one is a deliver_sm; its sequence number, 0: it is not. */
uint32_t esme_deliver(struct smpp_sess *s, struct smpp_sm *sm);

/* A message of the network: its id is 16 times `mark'. */
void world_sms(struct world *w, uint8_t mark, const char *text);
/* The same with these octets as header, of `box'. */
void world_sms_udh(struct world *w, uint8_t mark, const void *udh, size_t n);
void world_frame(struct world *w, uint8_t box, uint8_t mark,
                 struct box_frame *f);
/* An sms with all but id, as sigtran-box makes it. */
void world_blank(struct box_frame *f, const char *text);
void field_text(struct box_frame *f, int field, const char *text);
bool field_is(const struct box_frame *f, int field, const char *text);

/* What became of the message; -1: nothing yet. */
int world_verdict(const struct world *w, uint8_t mark);

#endif

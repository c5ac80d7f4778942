/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp.h - the MTP service as SCCP sees it (Q.701 8, RFC 4666 1.4.5)
 *
 * struct mtp_user is who is told, struct mtp_provider is who is asked: mtpd's
 * link in the box, a recorder in tests, an M3UA socket of its own in tools.
 * All calls are made in the SS7 thread and none waits.
 */

#ifndef MTP_H
#define MTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MTP_SI_SCCP = 3, MTP_DATA_MAX = 1400 /* octets we send */ };
enum { MTP_RX_MAX = 1900 /* octets of one message we accept */ };
enum { MTP_ASSOC_MAX = 16 /* associations of one network */ };

struct mtp_transfer {
    uint32_t opc, dpc; /* 14 bit */
    uint8_t ni, si, mp, sls;
    uint8_t assoc; /* in: the association it came by; out: see provider */
    uint16_t len;
    const uint8_t *data; /* user data after the routing label; lent */
};

enum mtp_status {
    MTP_STATUS_CONGESTED,        /* SCON, or the local link is full */
    MTP_STATUS_USER_UNAVAILABLE, /* DUPU */
};

enum mtp_assoc_state {
    MTP_ASSOC_DOWN,     /* no association, or ASP-DOWN */
    MTP_ASSOC_INACTIVE, /* ASP-INACTIVE */
    MTP_ASSOC_ACTIVE,   /* ASP-ACTIVE: DATA may flow */
};

struct mtp_user {
    void (*transfer)(void *ctx, const struct mtp_transfer *t);
    /* `pc' with the `mask' low bits unspecified (RFC 4666 3.4.1) */
    void (*pause)(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask);
    void (*resume)(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask);
    void (*status)(void *ctx, uint8_t assoc, uint32_t pc, enum mtp_status s,
                   int level);
    void (*assoc)(void *ctx, uint8_t assoc, enum mtp_assoc_state s);
};

struct mtp_provider {
    /*
     * Send now or soon. The provider chooses an association by `dpc', `sls'
     * and state, constant for one SLS while the states are; `assoc' of the
     * argument is only the first choice if the destination has no route
     * (0xff: none). -1: none can take it, or the queue is full; the caller
     * counts and drops.
     */
    int (*send)(void *self, const struct mtp_transfer *t);
    void *self;
};

#endif

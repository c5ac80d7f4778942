/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_addr.h - addresses of a TPDU (TS 23.040 9.1.2.5)
 */

#ifndef TPDU_ADDR_H
#define TPDU_ADDR_H

#include "octets.h"

enum tpdu_ton {
    TPDU_TON_UNKNOWN = 0,
    TPDU_TON_INTERNATIONAL = 1,
    TPDU_TON_NATIONAL = 2,
    TPDU_TON_NETWORK = 3,
    TPDU_TON_SUBSCRIBER = 4,
    TPDU_TON_ALPHANUMERIC = 5,
    TPDU_TON_ABBREVIATED = 6,
};

/* TP-OA, TP-DA or TP-RA. */
struct tpdu_addr {
    uint8_t len; /* useful semi-octets, as on the wire */
    uint8_t ton, npi;
    char text[45]; /* digits "0..9*#abc"; alphanumeric: UTF-8; NUL */
};

/* More than 20 semi-octets fail; digits end at an end mark before that. */
void tpdu_addr_read(struct rd *r, struct tpdu_addr *a);

/*
 * `text' decides the length. An alphanumeric one keeps `len' where that
 * means as many septets. Text that cannot be written makes w full.
 */
void tpdu_addr_write(struct wr *w, const struct tpdu_addr *a);

#endif

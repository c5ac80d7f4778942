/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_status.h - SMS-STATUS-REPORT, what became of a message that a mobile
 * sent (TS 23.040 9.2.2.3)
 */

#ifndef TPDU_STATUS_H
#define TPDU_STATUS_H

#include "tpdu.h"

struct tpdu_status {
    bool srq; /* it reports on an SMS-COMMAND */
    uint8_t mr;
    struct tpdu_scts dt; /* discharge time */
    uint8_t st;          /* TP-ST, 9.2.3.15 */
    bool has_pi;
    uint8_t pi;             /* which of pid, dcs and data there are */
    struct tpdu_deliver sm; /* more, lp, oa (here TP-RA), scts, and those */
};

/* False: malformed; r's error says what and where. */
bool tpdu_status_read(struct rd *r, struct tpdu_status *s);

/* s->sm as for tpdu_deliver_write(). */
void tpdu_status_write(struct wr *w, const struct tpdu_status *s);

#endif

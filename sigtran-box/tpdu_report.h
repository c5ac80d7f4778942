/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_report.h - SMS-DELIVER-REPORT and SMS-SUBMIT-REPORT, the answers to
 * messages (TS 23.040 9.2.2.1a and 9.2.2.2a)
 *
 * Each has two forms. Octets do not tell which one it is: what carries them
 * does. A result (RP-ACK) has the one without TP-FCS, an sm-DeliveryFailure
 * (RP-ERROR) the other one.
 */

#ifndef TPDU_REPORT_H
#define TPDU_REPORT_H

#include "tpdu.h"

struct tpdu_report {
    bool error;  /* which form */
    uint8_t fcs; /* TP-FCS if error, 9.2.3.22 */
    bool has_pi; /* a positive SMS-DELIVER-REPORT may end before TP-PI */
    uint8_t pi;  /* which of pid, dcs and data there are */
    struct tpdu_deliver sm; /* those; in SMS-SUBMIT-REPORT scts as well */
};

/* False: malformed; r's error says what and where. */
bool tpdu_deliver_report_read(struct rd *r, bool error, struct tpdu_report *p);
bool tpdu_submit_report_read(struct rd *r, bool error, struct tpdu_report *p);

/* p->sm as for tpdu_deliver_write(). */
void tpdu_deliver_report_write(struct wr *w, const struct tpdu_report *p);
void tpdu_submit_report_write(struct wr *w, const struct tpdu_report *p);

#endif

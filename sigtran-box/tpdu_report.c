/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_report.c - SMS-DELIVER-REPORT and SMS-SUBMIT-REPORT (TS 23.040
 * 9.2.2.1a and 9.2.2.2a)
 */

#include "tpdu_report.h"

#include "tpdu_ud.h"

/* As far as both are alike; the first octet. */
static uint8_t begin(struct rd *r, uint8_t mti, bool error,
                     struct tpdu_report *p)
{
    uint8_t first = tpdu_first_read(r, mti);

    *p = (struct tpdu_report){ .error = error };
    if (error)
        p->fcs = rd_u8(r, "TP-FCS");
    return first;
}

bool tpdu_deliver_report_read(struct rd *r, bool error, struct tpdu_report *p)
{
    uint8_t first = begin(r, 0, error, p);

    p->has_pi = error || rd_left(r) > 0;
    if (p->has_pi)
        p->pi = tpdu_pi_read(r);
    tpdu_announced_read(r, p->pi, first & TPDU_BIT_UDHI, &p->sm);
    return rd_ok(r);
}

bool tpdu_submit_report_read(struct rd *r, bool error, struct tpdu_report *p)
{
    uint8_t first = begin(r, 1, error, p);

    p->has_pi = true;
    p->pi = tpdu_pi_read(r);
    tpdu_scts_read(r, &p->sm.scts);
    tpdu_announced_read(r, p->pi, first & TPDU_BIT_UDHI, &p->sm);
    return rd_ok(r);
}

/* As far as both are alike; the TP-PI written, 0: none. */
static uint8_t write_begin(struct wr *w, uint8_t mti,
                           const struct tpdu_report *p)
{
    uint8_t pi = p->has_pi ? p->pi : 0;

    wr_u8(w, (uint8_t)(mti | tpdu_announced_udhi(pi, &p->sm)));
    if (p->error)
        wr_u8(w, p->fcs);
    if (p->has_pi)
        wr_u8(w, pi);
    return pi;
}

void tpdu_deliver_report_write(struct wr *w, const struct tpdu_report *p)
{
    uint8_t pi = write_begin(w, 0, p);

    tpdu_announced_write(w, pi, &p->sm);
}

void tpdu_submit_report_write(struct wr *w, const struct tpdu_report *p)
{
    uint8_t pi = write_begin(w, 1, p);

    wr_bytes(w, p->sm.scts.octet, sizeof(p->sm.scts.octet));
    tpdu_announced_write(w, pi, &p->sm);
}

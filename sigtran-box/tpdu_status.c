/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_status.c - SMS-STATUS-REPORT (TS 23.040 9.2.2.3)
 */

#include "tpdu_status.h"

#include "tpdu_ud.h"

bool tpdu_status_read(struct rd *r, struct tpdu_status *s)
{
    uint8_t first = tpdu_first_read(r, 2);

    *s = (struct tpdu_status){ .srq = first & TPDU_BIT_SRI,
                               .sm.more = !(first & TPDU_BIT_MMS),
                               .sm.lp = first & TPDU_BIT_LP };
    s->mr = rd_u8(r, "TP-MR");
    tpdu_addr_read(r, &s->sm.oa);
    tpdu_scts_read(r, &s->sm.scts);
    tpdu_scts_read(r, &s->dt);
    s->st = rd_u8(r, "TP-ST");
    s->has_pi = rd_left(r) > 0;
    if (s->has_pi)
        s->pi = tpdu_pi_read(r);
    tpdu_announced_read(r, s->pi, first & TPDU_BIT_UDHI, &s->sm);
    return rd_ok(r);
}

void tpdu_status_write(struct wr *w, const struct tpdu_status *s)
{
    uint8_t pi = s->has_pi ? s->pi : 0;
    uint8_t first =
        (uint8_t)(2 | (s->sm.more ? 0 : TPDU_BIT_MMS) |
                  (s->sm.lp ? TPDU_BIT_LP : 0) | (s->srq ? TPDU_BIT_SRI : 0) |
                  tpdu_announced_udhi(pi, &s->sm));

    wr_u8(w, first);
    wr_u8(w, s->mr);
    tpdu_addr_write(w, &s->sm.oa);
    wr_bytes(w, s->sm.scts.octet, sizeof(s->sm.scts.octet));
    wr_bytes(w, s->dt.octet, sizeof(s->dt.octet));
    wr_u8(w, s->st);
    if (s->has_pi)
        wr_u8(w, pi);
    tpdu_announced_write(w, pi, &s->sm);
}

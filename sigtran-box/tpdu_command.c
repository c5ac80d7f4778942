/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_command.c - SMS-COMMAND (TS 23.040 9.2.2.4)
 */

#include "tpdu_command.h"

#include <string.h>

#include "tpdu_ud.h"

bool tpdu_command_read(struct rd *r, struct tpdu_command *c)
{
    uint8_t first = tpdu_first_read(r, 2);
    const uint8_t *cd;

    *c = (struct tpdu_command){ .udhi = first & TPDU_BIT_UDHI,
                                .srr = first & TPDU_BIT_SRI };
    c->mr = rd_u8(r, "TP-MR");
    c->pid = rd_u8(r, "TP-PID");
    c->ct = rd_u8(r, "TP-CT");
    c->mn = rd_u8(r, "TP-MN");
    tpdu_addr_read(r, &c->da);
    c->cdl = rd_u8(r, "TP-CDL");
    cd = rd_take(r, c->cdl, "TP-CD");
    if (cd != NULL)
        memcpy(c->cd, cd, c->cdl);
    return rd_ok(r);
}

void tpdu_command_write(struct wr *w, const struct tpdu_command *c)
{
    wr_u8(w, (uint8_t)(2 | (c->srr ? TPDU_BIT_SRI : 0) |
                       (c->udhi ? TPDU_BIT_UDHI : 0)));
    wr_u8(w, c->mr);
    wr_u8(w, c->pid);
    wr_u8(w, c->ct);
    wr_u8(w, c->mn);
    tpdu_addr_write(w, &c->da);
    wr_u8(w, c->cdl);
    wr_bytes(w, c->cd, c->cdl);
}

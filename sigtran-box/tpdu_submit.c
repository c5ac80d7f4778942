/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_submit.c - SMS-SUBMIT, a message from a mobile (TS 23.040 9.2.2.2)
 */

#include "tpdu_submit.h"

#include <string.h>

#include "tpdu_ud.h"

enum { VPF_SHIFT = 3, MINUTE = 60, HOUR = 3600, DAY = 86400 };

/* Enhanced format, 9.2.3.12.3: the low bits of its first octet, and more. */
enum { VPI_RELATIVE = 1, VPI_SECONDS = 2, VPI_CLOCK = 3 };
enum { VPI = 0x07, VPI_EXTENSION = 0x80 };

static size_t vp_octets(enum tpdu_vpf vpf)
{
    static const uint8_t octets[4] = { 0, 7, 1, 7 };

    return octets[vpf & 3];
}

bool tpdu_submit_read(struct rd *r, struct tpdu_submit *s)
{
    uint8_t first = tpdu_first_read(r, 1);
    const uint8_t *vp;

    *s = (struct tpdu_submit){ .rd = first & TPDU_BIT_RD,
                               .srr = first & TPDU_BIT_SRI,
                               .vpf = (enum tpdu_vpf)(first >> VPF_SHIFT & 3),
                               .sm.rp = first & TPDU_BIT_RP };
    s->mr = rd_u8(r, "TP-MR");
    tpdu_addr_read(r, &s->sm.oa);
    s->sm.pid = rd_u8(r, "TP-PID");
    s->sm.dcs = rd_u8(r, "TP-DCS");
    tpdu_dcs_read(s->sm.dcs, &s->sm.enc);
    vp = rd_take(r, vp_octets(s->vpf), "TP-VP");
    if (vp != NULL)
        memcpy(s->vp, vp, vp_octets(s->vpf));
    tpdu_ud_read(r, first & TPDU_BIT_UDHI, TPDU_UD_OCTETS, &s->sm);
    return rd_ok(r);
}

void tpdu_submit_write(struct wr *w, const struct tpdu_submit *s)
{
    uint8_t first =
        (uint8_t)(1 | (s->rd ? TPDU_BIT_RD : 0) | (s->vpf & 3) << VPF_SHIFT |
                  (s->srr ? TPDU_BIT_SRI : 0) |
                  (s->sm.udh_len > 0 ? TPDU_BIT_UDHI : 0) |
                  (s->sm.rp ? TPDU_BIT_RP : 0));

    wr_u8(w, first);
    wr_u8(w, s->mr);
    tpdu_addr_write(w, &s->sm.oa);
    wr_u8(w, s->sm.pid);
    wr_u8(w, s->sm.dcs);
    wr_bytes(w, s->vp, vp_octets(s->vpf));
    tpdu_ud_write(w, TPDU_UD_OCTETS, &s->sm);
}

/* 9.2.3.12.1: steps of 5 minutes, half an hour, a day, a week. */
static int32_t relative_seconds(uint8_t vp)
{
    if (vp <= 143)
        return (vp + 1) * 5 * MINUTE;
    if (vp <= 167)
        return 12 * HOUR + (vp - 143) * 30 * MINUTE;
    if (vp <= 196)
        return (vp - 166) * DAY;
    return (vp - 192) * 7 * DAY;
}

/* Hours, minutes and seconds as swapped digits. */
static int32_t clock_seconds(const uint8_t *p)
{
    int32_t v[3];

    for (size_t i = 0; i < 3; i++) {
        if ((p[i] & 0x0f) > 9 || p[i] >> 4 > 9)
            return -1;
        v[i] = (p[i] & 0x0f) * 10 + (p[i] >> 4);
    }
    return v[0] * HOUR + v[1] * MINUTE + v[2];
}

static int32_t enhanced_seconds(const uint8_t vp[7])
{
    const uint8_t *value = vp + 1;

    if (vp[0] & VPI_EXTENSION) /* a second octet, of which none is defined */
        value++;
    switch (vp[0] & VPI) {
    case VPI_RELATIVE:
        return relative_seconds(value[0]);
    case VPI_SECONDS:
        return value[0] > 0 ? value[0] : -1;
    case VPI_CLOCK:
        return clock_seconds(value);
    default:
        return -1;
    }
}

int32_t tpdu_submit_seconds(const struct tpdu_submit *s)
{
    if (s->vpf == TPDU_VP_RELATIVE)
        return relative_seconds(s->vp[0]);
    if (s->vpf == TPDU_VP_ENHANCED)
        return enhanced_seconds(s->vp);
    return -1;
}

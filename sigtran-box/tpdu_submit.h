/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_submit.h - SMS-SUBMIT, a message from a mobile (TS 23.040 9.2.2.2)
 */

#ifndef TPDU_SUBMIT_H
#define TPDU_SUBMIT_H

#include "tpdu.h"

/* TP-VPF (9.2.3.3). */
enum tpdu_vpf {
    TPDU_VP_NONE = 0,
    TPDU_VP_ENHANCED = 1, /* 7 octets */
    TPDU_VP_RELATIVE = 2, /* 1 octet */
    TPDU_VP_ABSOLUTE = 3, /* 7 octets, a time stamp */
};

struct tpdu_submit {
    bool rd;  /* reject duplicates */
    bool srr; /* status report request */
    uint8_t mr;
    enum tpdu_vpf vpf;
    uint8_t vp[7];
    struct tpdu_deliver sm; /* rp, oa (here TP-DA), pid, dcs, enc, data */
};

/* False: malformed; r's error says what and where. */
bool tpdu_submit_read(struct rd *r, struct tpdu_submit *s);

/* s->sm as for tpdu_deliver_write(). */
void tpdu_submit_write(struct wr *w, const struct tpdu_submit *s);

/*
 * Seconds from the time the message is received until it expires, -1: no
 * period is given, or it is an absolute or a reserved one (9.2.3.12).
 */
int32_t tpdu_submit_seconds(const struct tpdu_submit *s);

#endif

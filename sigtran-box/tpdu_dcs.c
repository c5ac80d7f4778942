/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_dcs.c - TP-DCS taken apart (TS 23.038 4)
 */

#include "tpdu_dcs.h"

/* 00xx and 01xx: general data coding. */
static void dcs_general(uint8_t dcs, struct tpdu_dcs *enc)
{
    static const enum tpdu_alphabet alphabet[4] = {
        TPDU_GSM7, TPDU_8BIT, TPDU_UCS2, TPDU_GSM7 /* reserved */
    };

    enc->alphabet = alphabet[dcs >> 2 & 3];
    enc->compressed = dcs & 0x20;
    enc->auto_delete = dcs & 0x40;
    if (dcs & 0x10)
        enc->mclass = dcs & 3;
}

void tpdu_dcs_read(uint8_t dcs, struct tpdu_dcs *enc)
{
    *enc = (struct tpdu_dcs){ .alphabet = TPDU_GSM7, .mclass = -1, .mwi = -1 };
    switch (dcs >> 4) {
    case 0xc:
    case 0xd:
    case 0xe:
        enc->mwi = dcs & 3;
        enc->mwi_active = dcs & 8;
        enc->mwi_discard = dcs >> 4 == 0xc;
        if (dcs >> 4 == 0xe)
            enc->alphabet = TPDU_UCS2;
        break;
    case 0xf:
        enc->mclass = dcs & 3;
        if (dcs & 4)
            enc->alphabet = TPDU_8BIT;
        break;
    default:
        /* 1000 to 1011 are reserved: the default alphabet (23.038 4). */
        if (!(dcs & 0x80))
            dcs_general(dcs, enc);
    }
}

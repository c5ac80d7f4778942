/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_dcs.h - TP-DCS taken apart (TS 23.038 4)
 */

#ifndef TPDU_DCS_H
#define TPDU_DCS_H

#include <stdbool.h>
#include <stdint.h>

enum tpdu_alphabet { TPDU_GSM7, TPDU_8BIT, TPDU_UCS2 };

struct tpdu_dcs {
    enum tpdu_alphabet alphabet;
    bool compressed;  /* then the octets are passed on as they are */
    int8_t mclass;    /* message class 0..3; -1: none */
    int8_t mwi;       /* message waiting: 0..3 voice fax mail other; -1 */
    bool mwi_active;  /* indication on; else off */
    bool mwi_discard; /* 1100: the text may be thrown away */
    bool auto_delete; /* 01xx */
};

/* Any octet has a meaning: what is reserved is the default alphabet. */
void tpdu_dcs_read(uint8_t dcs, struct tpdu_dcs *enc);

#endif

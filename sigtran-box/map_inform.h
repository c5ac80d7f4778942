/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_inform.h - MAP informServiceCentre, operation code 63 (v2 and later)
 */

#ifndef MAP_INFORM_H
#define MAP_INFORM_H

#include "map_addr.h"

enum { MAP_OP_INFORM_SC = 63 };

/* Bits of MW-Status, bit 0 of the BIT STRING being the highest. */
enum map_mw {
    MAP_MW_SC_NOT_INCLUDED = 0x8000, /* the SMSC is not on the list */
    MAP_MW_NOT_REACHABLE = 0x4000,   /* mnrf-Set */
    MAP_MW_MEMORY_FULL = 0x2000,     /* mcef-Set */
};

enum { MAP_MW_BITS = 6 }; /* all that version 2 has; version 3: up to 16 */

struct map_inform_arg {
    bool has_stored;
    struct map_addr stored; /* storedMSISDN */
    uint8_t mw_bits;        /* MW-Status has so many; 0: there is none */
    uint16_t mw;            /* enum map_mw, and bits that are not ours */
    int16_t diagnostic;     /* absentSubscriberDiagnosticSM, v3; -1: none */
};

/* Meaningful if rd_ok(r) afterwards. Class 4: nobody answers it. */
void map_inform_arg_read(struct rd *r, uint8_t version,
                         struct map_inform_arg *arg);
void map_inform_arg_write(struct wr *w, uint8_t version,
                          const struct map_inform_arg *arg);

#endif

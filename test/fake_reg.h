/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_reg.h - a register in an array, for tests of what asks one
 */

#ifndef FAKE_REG_H
#define FAKE_REG_H

#include "hlr/reg.h"

enum { FAKE_ROWS = 64 };

extern struct fake {
    struct hlr_stored row[FAKE_ROWS];
    unsigned rows;
    char owner[8][REG_NAME_MAX + 1], owner_note[8][REG_NOTE_MAX + 1];
    unsigned owners;
    struct reg_node node[8];
    unsigned nodes;
    char who[128]; /* of the last change */
    unsigned changes;
    enum db_rc fails; /* what is asked next fails so; DB_OK: it does not */
    char why[200];
} fake;

#endif

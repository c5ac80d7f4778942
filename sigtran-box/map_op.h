/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_op.h - the table of MAP operations that this node serves
 *
 * One row per operation: the application context it belongs to in each
 * version (TS 29.002 17.3, ETS 300 599). What is not in the table is refused,
 * whoever asks. Read only; any thread.
 */

#ifndef MAP_OP_H
#define MAP_OP_H

#include <stdbool.h>
#include <stdint.h>

enum { MAP_VERSION_MAX = 3 };

/* Application contexts 0.4.0.0.1.0.AC.version. */
enum map_ac {
    MAP_AC_NONE = 0,
    MAP_AC_SHORT_MSG_GATEWAY = 20,
    MAP_AC_SHORT_MSG_RELAY = 21, /* v1: both directions; later: MO */
    MAP_AC_SHORT_MSG_MT_RELAY = 25,
};

enum map_role {
    MAP_ROLE_HLR = 1,
    MAP_ROLE_MSC = 2,
};

/* What is done about an operation. */
enum map_serve {
    MAP_SERVE_SRI, /* answered at once */
    MAP_SERVE_FSM, /* asked, answered later */
};

struct map_op {
    const char *name;
    uint8_t code;
    enum map_role role;
    enum map_serve serve;
    uint8_t ac[MAP_VERSION_MAX + 1]; /* by version; 0: not in that version */
};

/* The operation in that context and version, or NULL. */
const struct map_op *map_op_find(int32_t code, uint8_t ac, uint8_t version);

/* The operation if version 1 has it, whose context follows from it. */
const struct map_op *map_op_find_v1(int32_t code);

/* A role of ours (enum map_role, added up) that has this context; 0: none. */
unsigned map_ac_role(uint8_t ac, uint8_t version, unsigned roles);

/* The highest version of `ac' below `version' that a dialogue portion may
 * name and we serve; 0: none. */
uint8_t map_ac_lower(uint8_t ac, uint8_t version, unsigned roles);

#endif

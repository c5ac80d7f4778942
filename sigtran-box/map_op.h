/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_op.h - the table of MAP operations for short messages
 *
 * One row per operation: the application context it belongs to in each
 * version (TS 29.002 17.3, ETS 300 599), and who serves it. What is not in
 * the table, or for another role than ours, is refused, whoever asks. Read
 * only; any thread.
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
    MAP_AC_SHORT_MSG_ALERT = 23,
    MAP_AC_MWD_MNGT = 24,
    MAP_AC_SHORT_MSG_MT_RELAY = 25,
};

enum map_role {
    MAP_ROLE_HLR = 1,
    MAP_ROLE_MSC = 2,
    MAP_ROLE_SC = 4, /* the way to a service centre: never ours */
};

/* What is done about an operation. */
enum map_serve {
    MAP_SERVE_NOT,    /* only named: it is not for us */
    MAP_SERVE_SRI,    /* answered at once */
    MAP_SERVE_REPORT, /* answered at once */
    MAP_SERVE_FSM,    /* asked, answered later */
    MAP_SERVE_READY,  /* facilityNotSupported: no VLR has our mobiles */
    MAP_SERVE_IGNORE, /* of class 4: counted, nothing is said */
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

/* An operation, or a context, for short messages in some version? If not,
 * who asks for it here is up to something else (FS.11 category 1). */
bool map_op_known(int32_t code);
bool map_ac_known(uint8_t ac);

/* A role of ours (enum map_role, added up) that has this context; 0: none. */
unsigned map_ac_role(uint8_t ac, uint8_t version, unsigned roles);

/* The highest version of `ac' below `version' that a dialogue portion may
 * name and we serve; 0: none. */
uint8_t map_ac_lower(uint8_t ac, uint8_t version, unsigned roles);

#endif

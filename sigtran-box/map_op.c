/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_op.c - the table of MAP operations that this node serves
 */

#include "map_op.h"

#include "map_mt_sm.h"
#include "map_sri_sm.h"

/* clang-format off */
static const struct map_op ops[] = {
    { .name = "sendRoutingInfoForSM", .code = MAP_OP_SRI_SM,
      .role = MAP_ROLE_HLR, .serve = MAP_SERVE_SRI,
      .ac = { [1] = MAP_AC_SHORT_MSG_GATEWAY,
              [2] = MAP_AC_SHORT_MSG_GATEWAY,
              [3] = MAP_AC_SHORT_MSG_GATEWAY } },
    { .name = "forwardSM", .code = MAP_OP_FORWARD_SM,
      .role = MAP_ROLE_MSC, .serve = MAP_SERVE_FSM,
      .ac = { [1] = MAP_AC_SHORT_MSG_RELAY,
              [2] = MAP_AC_SHORT_MSG_MT_RELAY } },
    { .name = "mt-forwardSM", .code = MAP_OP_MT_FORWARD_SM,
      .role = MAP_ROLE_MSC, .serve = MAP_SERVE_FSM,
      .ac = { [3] = MAP_AC_SHORT_MSG_MT_RELAY } },
};
/* clang-format on */

enum { OPS = sizeof(ops) / sizeof(ops[0]) };

const struct map_op *map_op_find(int32_t code, uint8_t ac, uint8_t version)
{
    if (version > MAP_VERSION_MAX || ac == MAP_AC_NONE)
        return NULL;
    for (unsigned i = 0; i < OPS; i++)
        if (ops[i].code == code && ops[i].ac[version] == ac)
            return &ops[i];
    return NULL;
}

const struct map_op *map_op_find_v1(int32_t code)
{
    for (unsigned i = 0; i < OPS; i++)
        if (ops[i].code == code && ops[i].ac[1] != MAP_AC_NONE)
            return &ops[i];
    return NULL;
}

unsigned map_ac_role(uint8_t ac, uint8_t version, unsigned roles)
{
    if (version > MAP_VERSION_MAX || ac == MAP_AC_NONE)
        return 0;
    for (unsigned i = 0; i < OPS; i++)
        if (ops[i].ac[version] == ac && (ops[i].role & roles) != 0)
            return ops[i].role;
    return 0;
}

uint8_t map_ac_lower(uint8_t ac, uint8_t version, unsigned roles)
{
    uint8_t v = version > MAP_VERSION_MAX ? MAP_VERSION_MAX + 1 : version;

    while (v > 2) /* version 1 is never named in a dialogue portion */
        if (map_ac_role(ac, --v, roles) != 0)
            return v;
    return 0;
}

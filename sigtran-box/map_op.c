/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_op.c - the table of MAP operations for short messages
 */

#include "map_op.h"

#include "map_alert.h"
#include "map_inform.h"
#include "map_mt_sm.h"
#include "map_ready.h"
#include "map_sri_sm.h"
#include "map_status.h"

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
    { .name = "reportSM-DeliveryStatus", .code = MAP_OP_REPORT_STATUS,
      .role = MAP_ROLE_HLR, .serve = MAP_SERVE_REPORT,
      .ac = { [1] = MAP_AC_SHORT_MSG_GATEWAY,
              [2] = MAP_AC_SHORT_MSG_GATEWAY,
              [3] = MAP_AC_SHORT_MSG_GATEWAY } },
    { .name = "informServiceCentre", .code = MAP_OP_INFORM_SC,
      .role = MAP_ROLE_HLR, .serve = MAP_SERVE_IGNORE,
      .ac = { [2] = MAP_AC_SHORT_MSG_GATEWAY,
              [3] = MAP_AC_SHORT_MSG_GATEWAY } },
    { .name = "readyForSM", .code = MAP_OP_READY_FOR_SM,
      .role = MAP_ROLE_HLR, .serve = MAP_SERVE_READY,
      .ac = { [2] = MAP_AC_MWD_MNGT, [3] = MAP_AC_MWD_MNGT } },
    { .name = "noteSubscriberPresent", .code = MAP_OP_NOTE_PRESENT,
      .role = MAP_ROLE_HLR, .serve = MAP_SERVE_IGNORE,
      .ac = { [1] = MAP_AC_MWD_MNGT } },
    { .name = "mo-forwardSM", .code = MAP_OP_FORWARD_SM,
      .role = MAP_ROLE_SC, .serve = MAP_SERVE_NOT,
      .ac = { [2] = MAP_AC_SHORT_MSG_RELAY, [3] = MAP_AC_SHORT_MSG_RELAY } },
    { .name = "alertServiceCentre", .code = MAP_OP_ALERT_SC,
      .role = MAP_ROLE_SC, .serve = MAP_SERVE_NOT,
      .ac = { [2] = MAP_AC_SHORT_MSG_ALERT } },
    { .name = "alertServiceCentreWithoutResult",
      .code = MAP_OP_ALERT_SC_WITHOUT_RESULT,
      .role = MAP_ROLE_SC, .serve = MAP_SERVE_NOT,
      .ac = { [1] = MAP_AC_SHORT_MSG_ALERT } },
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

bool map_op_known(int32_t code)
{
    for (unsigned i = 0; i < OPS; i++)
        if (ops[i].code == code)
            return true;
    return false;
}

bool map_ac_known(uint8_t ac)
{
    for (unsigned i = 0; i < OPS; i++)
        for (unsigned v = 1; v <= MAP_VERSION_MAX; v++)
            if (ac != MAP_AC_NONE && ops[i].ac[v] == ac)
                return true;
    return false;
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

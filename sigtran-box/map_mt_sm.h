/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_mt_sm.h - MAP mt-ForwardSM (44, v3) and forwardSM (46, v1 and v2)
 */

#ifndef MAP_MT_SM_H
#define MAP_MT_SM_H

#include "map_addr.h"

enum { MAP_OP_MT_FORWARD_SM = 44, MAP_OP_FORWARD_SM = 46 };
enum { MAP_TPDU_MAX = 232 }; /* octets of sm-RP-UI kept; 164 fill an SMS */

enum map_da {
    MAP_DA_IMSI,
    MAP_DA_LMSI,
    MAP_DA_ROAMING,        /* v1 roamingNumber */
    MAP_DA_SERVICE_CENTRE, /* it is a mobile originated message */
    MAP_DA_NONE,           /* noSM-RP-DA: as in the message before */
};

enum map_oa { MAP_OA_MSISDN, MAP_OA_SERVICE_CENTRE, MAP_OA_NONE };

struct map_mt_sm_arg {
    enum map_da da;
    char imsi[MAP_IMSI_DIGITS + 1]; /* MAP_DA_IMSI */
    struct map_addr da_addr;        /* MAP_DA_ROAMING, _SERVICE_CENTRE */
    uint8_t lmsi[4];                /* MAP_DA_LMSI */
    enum map_oa oa;
    struct map_addr oa_addr;   /* MAP_OA_MSISDN, _SERVICE_CENTRE */
    bool more;                 /* moreMessagesToSend */
    uint32_t delivery_timer_s; /* smDeliveryTimer, v3; 0: absent */
    uint8_t tpdu_len;
    uint8_t tpdu[MAP_TPDU_MAX];
};

void map_mt_sm_arg_read(struct rd *r, uint8_t version,
                        struct map_mt_sm_arg *arg);
void map_mt_sm_arg_write(struct wr *w, uint8_t version,
                         const struct map_mt_sm_arg *arg);

/* The result has no parameter of ours; one that comes is well formed or not. */
void map_mt_sm_res_read(struct rd *r, uint8_t version);

#endif

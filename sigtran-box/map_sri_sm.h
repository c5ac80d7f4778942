/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_sri_sm.h - MAP sendRoutingInfoForSM, operation code 45
 */

#ifndef MAP_SRI_SM_H
#define MAP_SRI_SM_H

#include "map_addr.h"

enum { MAP_OP_SRI_SM = 45 };

struct map_sri_sm_arg {
    struct map_addr msisdn;  /* whom the message is for */
    struct map_addr sc_addr; /* the SMSC that asks */
    bool priority;
    bool gprs_support;          /* v2 and later */
    bool delivery_not_intended; /* SM-DeliveryNotIntended present */
    uint8_t not_intended;       /* 0 onlyIMSI, 1 onlyMCC-MNC */
};

struct map_sri_sm_res {
    char imsi[MAP_IMSI_DIGITS + 1];
    struct map_addr node; /* E.164 of the MSC that takes the message */
    uint8_t lmsi_len;     /* read only: we never hand one out */
    uint8_t lmsi[4];
};

/*
 * `r' stands at the parameter with its tag. Only meaningful if rd_ok(r)
 * afterwards; else the invoke is rejected as mistyped.
 */
void map_sri_sm_arg_read(struct rd *r, uint8_t version,
                         struct map_sri_sm_arg *arg);
void map_sri_sm_arg_write(struct wr *w, uint8_t version,
                          const struct map_sri_sm_arg *arg);
void map_sri_sm_res_read(struct rd *r, uint8_t version,
                         struct map_sri_sm_res *res);
/* The minimal result, the same octets in v2 and v3 (FACTS 8), legal in v1. */
void map_sri_sm_res_write(struct wr *w, uint8_t version,
                          const struct map_sri_sm_res *res);

#endif

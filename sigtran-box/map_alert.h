/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert.h - MAP alertServiceCentre (64, v2 and later) and
 * alertServiceCentreWithoutResult (49, v1)
 */

#ifndef MAP_ALERT_H
#define MAP_ALERT_H

#include "map_addr.h"

enum { MAP_OP_ALERT_SC_WITHOUT_RESULT = 49, MAP_OP_ALERT_SC = 64 };

struct map_alert_arg {
    struct map_addr msisdn;  /* who can be reached again */
    struct map_addr sc_addr; /* the SMSC that is told */
};

/* The same octets in all versions. Meaningful if rd_ok(r) afterwards. */
void map_alert_arg_read(struct rd *r, struct map_alert_arg *arg);
void map_alert_arg_write(struct wr *w, const struct map_alert_arg *arg);

/* The result has no parameter; one that comes is well formed or not. */
void map_alert_res_read(struct rd *r);

#endif

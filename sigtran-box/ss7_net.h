/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_net.h - what SCCP is told of a network
 */

#ifndef SS7_NET_H
#define SS7_NET_H

#include "ss7.h"

/* gtt is lent. */
void ss7_sccp_conf(const struct ss7_conf *conf, const struct ss7_network *s,
                   struct gtt *gtt, struct sccp_conf *c);

#endif

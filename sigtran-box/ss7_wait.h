/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_wait.h - numbers whose application is away, as the network is told
 *
 * Whether an application is there, and whether one more service centre can be
 * put on the list, is found out elsewhere and told by the border; what is told
 * of a number goes to the list by it. SS7 thread only.
 */

#ifndef SS7_WAIT_H
#define SS7_WAIT_H

#include "hlr/hlr_srv.h"
#include "ss7.h"

void ss7_wait_init(const struct ss7_conf *conf);
void ss7_wait_away(uint16_t route, bool is);
void ss7_wait_full(bool is);

/*
 * An SRI-SM from `sc' whose answer would be a route to number `e'. True: it is
 * absent instead, and `w' is to go on the list; if it cannot, say so by
 * ss7_wait_not_listed().
 */
bool ss7_wait_sri(const struct map_sri_ind *ind, const struct hlr_entry *e,
                  const char *sc, struct map_sri_rsp *rsp,
                  struct ss7_waiting *w);
void ss7_wait_not_listed(struct map_sri_rsp *rsp);

/* True: rsp is the result, and `w' is to go to the list. */
bool ss7_wait_report(const struct map_report_ind *ind,
                     struct map_report_rsp *rsp, struct ss7_waiting *w);

#endif

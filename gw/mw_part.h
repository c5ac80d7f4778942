/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_part.h - what the parts of message waiting share: mw.c, which hears of
 * everything, and mw_send.c, which sends alerts
 */

#ifndef MW_PART_H
#define MW_PART_H

#include "hlr/reg_mw.h"
#include "mw.h"

/*
 * All below: mw.c's thread, but mw_send_alerted(). `now' is the database's.
 * False: the database failed.
 */

/* -1: no memory. */
int mw_send_start(const struct mw_conf *conf, const struct hlr_conf *reg);
void mw_send_stop(void);

/* Any thread. */
void mw_send_alerted(uint64_t ref, enum verdict v);
/* Are there answers to be told to the database, or rows left that are due? */
bool mw_send_busy(uint64_t mono_ms);
/* What came of alerts. */
bool mw_send_results(struct reg *r, const char *node, int64_t now,
                     uint64_t mono_ms);
/* New ones, to numbers of these routes; if this node leads. */
bool mw_send_due(struct reg *r, const char *node, const struct reg_route *route,
                 unsigned n, int64_t now, uint64_t mono_ms);

#endif

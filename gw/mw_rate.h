/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw_rate.h - how many alerts may go now: in all, and to one service centre
 *
 * Alerts bring messages: a recovery must not flood the application that has
 * just come back. What is above the rate of all stays due; what is above that
 * of its service centre gets a time of its own, so that it is not looked at
 * over and over. Also when a failed alert is tried again. Plain; time is the
 * caller's.
 */

#ifndef MW_RATE_H
#define MW_RATE_H

#include "hlr/reg_mw.h"

enum {
    MW_TURN_MS = 100, /* who asks later than due by so much loses nothing */
    MW_TRIES = 10,    /* alerts of one row: about five hours */
    MW_AGAIN_MS = 30000,
    MW_AGAIN_MAX_MS = 3600000,
};

struct mw_rate;

/* Alerts a second. */
struct mw_rate *mw_rate_new(uint32_t all, uint32_t per_sc);
void mw_rate_free(struct mw_rate *m);

/* Rows that are due: which are to be claimed now, which come later (at_ms). */
void mw_rate_decide(struct mw_rate *m, struct reg_mw_do *todo, unsigned n,
                    int64_t now_ms);

/* After an alert failed for now. False: it was the last one. */
bool mw_again(uint32_t tries, int64_t now_ms, int64_t *at_ms);

#endif

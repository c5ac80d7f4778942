/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_rate.h - how often something may come, for each of many
 *
 * A bucket of N tokens that fills at N per period, kept as the time when it
 * will be full again. Who was not heard of longest is forgotten when there are
 * too many; he has a full bucket then.
 */

#ifndef FIREWALL_RATE_H
#define FIREWALL_RATE_H

#include "firewall_tab.h"

struct rate {
    uint32_t n; /* 0: no bound */
    uint64_t period_us;
    struct tab *of; /* NULL: no bound */
};

enum { RATE_MAX = 65536 };

/* "100/1s"; false: it is nothing of the kind. */
bool rate_read(struct rate *r, const char *text);
/* -1: no memory. */
int rate_open(struct rate *r);
void rate_close(struct rate *r);

/* Take one. False: there is none left, and none was taken. */
bool rate_take(struct rate *r, uint64_t key, uint64_t now_us);
/* Give one back. */
void rate_return(struct rate *r, uint64_t key, uint64_t now_us);

/* "90s", "24h", "7d", "500ms", a number of seconds; 0 is allowed. */
bool rate_period(const char *text, uint64_t *us);

#endif

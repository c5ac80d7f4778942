/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stat.h - counters of the box
 *
 * One line in stat.def makes a counter. They only grow, any thread may add,
 * and nobody decides anything by them.
 */

#ifndef STAT_H
#define STAT_H

#include <stdint.h>

enum stat_id {
#define X(name, help) STAT_##name,
#include "stat.def"
#undef X
    STAT_COUNT
};

void stat_add(enum stat_id s, uint64_t n);
#define stat_inc(s) stat_add((s), 1)
uint64_t stat_get(enum stat_id s);
const char *stat_name(enum stat_id s); /* "sccp_bad_message" */
const char *stat_help(enum stat_id s);

#endif

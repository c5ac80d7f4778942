/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stat.c - counters of the box
 */

#include "stat.h"

#include <stdatomic.h>

static _Atomic uint64_t counter[STAT_COUNT];

static const struct {
    const char *name, *help;
} text[STAT_COUNT] = {
#define X(name, help) [STAT_##name] = { #name, help },
#include "stat.def"
#undef X
};

void stat_add(enum stat_id s, uint64_t n)
{
    atomic_fetch_add_explicit(&counter[s], n, memory_order_relaxed);
}

uint64_t stat_get(enum stat_id s)
{
    return atomic_load_explicit(&counter[s], memory_order_relaxed);
}

const char *stat_name(enum stat_id s)
{
    return text[s].name;
}

const char *stat_help(enum stat_id s)
{
    return text[s].help;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain.h - what the box would do with a question and a message for a number
 *
 * From the called title to the box that gets the message: the same gtt table,
 * the same answers of the register, the same choice of node and of route as in
 * the box, over a table that holds just the rows of this number. It changes
 * nothing. May wait for the register; not for the SS7 thread. The routes must
 * have been started (dlv_route_start()).
 */

#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "conf.h"

struct explain_ask {
    const struct conf *conf;
    struct reg *reg;
    const char *number;  /* international digits */
    const char *network; /* id; "": that of the number, else the first */
    const char *sc;      /* service centre that asks, "": none */
    uint64_t now_ms;     /* UTC */
};

/*
 * One step after the other: `key' is a literal ("gtt", "answer", "imsi", ...),
 * the value one line, both lent for the call. DB_FAILED and *why: no such
 * network; other failures are the register's.
 */
enum db_rc explain(const struct explain_ask *a,
                   void (*step)(void *ctx, const char *key, const char *value),
                   void *ctx, char *why, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_run.h - rules applied to a message
 *
 * All rules see what those before them have made of it, and the message itself
 * is changed when all are through, or not at all. One thread.
 */

#ifndef REWRITE_RUN_H
#define REWRITE_RUN_H

#include "rewrite_rules.h"

struct rewrite_run;
struct rewrite_run *rewrite_run_new(const struct plug_host *host,
                                    const struct plug_conf *conf);
void rewrite_run_free(struct rewrite_run *r);

/* False: it would take too long (that is logged), and nothing is changed. */
bool rewrite_run(struct rewrite_run *r, struct rules *rules,
                 struct plug_msg *m);

#endif

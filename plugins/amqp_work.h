/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_work.h - the thread that publishes: connects, again and again
 */

#ifndef AMQP_WORK_H
#define AMQP_WORK_H

#include "amqp_link.h"

struct amqp_work;

/* Everything is lent until stop. NULL: no thread. */
struct amqp_work *amqp_work_start(const struct amqp_link_conf *c,
                                  struct amqp_jobs *jobs,
                                  const struct plug_host *host,
                                  const struct plug_conf *conf);
/* What waits or is out may still be confirmed, within two seconds. */
void amqp_work_stop(struct amqp_work *w);

#endif

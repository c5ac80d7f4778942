/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_db.h - requests that need the register's database, one after another
 *
 * A thread with a connection of its own: a slow database keeps nobody waiting
 * but those who ask for it. At most ADMIN_DB_WAITING are taken on.
 */

#ifndef ADMIN_DB_H
#define ADMIN_DB_H

#include "conf.h"
#include "rest.h"

enum { ADMIN_DB_WAITING = 32 };

struct admin_job {
    uint64_t id;         /* of the web's request */
    bool text;           /* a command's: its answer is a line */
    struct rest_ask ask; /* its body is lent until the answer */
    struct rest_reply reply;
};

/* done() is called in that thread when a job can be taken. -1: no thread. */
int admin_db_start(const struct conf *conf, void (*done)(void));
/* Waits for the job that is being done; others are dropped. */
void admin_db_stop(void);

/* Copied. False: too many wait. */
bool admin_db_put(const struct admin_job *job);
/* One that is done; its reply is the caller's now. False: none. */
bool admin_db_take(struct admin_job *job);

#endif

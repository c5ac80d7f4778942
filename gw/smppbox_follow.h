/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_follow.h - the accounts of the register, as they are now
 *
 * A thread with a handle of its own looks each second whether something was
 * changed, and if so reads all accounts: they are few, and their names are in
 * memory then. While the database is away those that are known go on, and who
 * is not known is refused for now.
 */

#ifndef SMPPBOX_FOLLOW_H
#define SMPPBOX_FOLLOW_H

#include "smppbox_conf.h"

/*
 * conf is the thread's until it was stopped: boxes of new accounts are added to
 * it, and begin() is called for each, before its accounts are told of; false:
 * that box cannot be. -1: no thread.
 */
int smppbox_follow_start(struct smppbox_conf *conf, struct smpp_inbox *inbox,
                         bool (*begin)(uint8_t no));
void smppbox_follow_stop(void);

#endif

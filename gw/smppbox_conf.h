/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_conf.h - smppbox.conf: Kannel's syntax, groups of ours
 *
 * See smppbox.conf(5). Main thread.
 */

#ifndef SMPPBOX_CONF_H
#define SMPPBOX_CONF_H

#include "smpp_net.h"

struct smppbox_conf {
    char log_file[256];
    long log_level; /* gwlib's */
    /* One for each boxc-id that an account names; box of an account is the
     * place of its own. */
    struct box_client_conf client[SMPP_BOXES];
    unsigned n_accts;
    struct smpp_acct_conf *acct;
    struct smpp_net_conf net;
};

/* The configuration, or NULL after at least one logged error. */
struct smppbox_conf *smppbox_conf_load(const char *file);
void smppbox_conf_free(struct smppbox_conf *c);

/* --check and the start: what each account gets and what it may. */
void smppbox_conf_tell(const struct smppbox_conf *c);

#endif

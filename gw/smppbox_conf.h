/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_conf.h - smppbox.conf: Kannel's syntax, groups of ours
 *
 * See smppbox.conf(5). Main thread.
 */

#ifndef SMPPBOX_CONF_H
#define SMPPBOX_CONF_H

#include "smpp_net.h"
#include "smppbox_acct.h"

struct smppbox_conf {
    char log_file[256];
    long log_level; /* gwlib's */
    /* One for each boxc-id that an account names; box of an account is the
     * place of its own. */
    unsigned n_boxes;
    struct box_client_conf client[SMPP_BOXES];
    struct smppbox_tags tags;
    bool database; /* where the accounts are */
    struct db_conf db;
    unsigned n_accts; /* of the file */
    struct smpp_acct_conf *acct;
    struct smpp_net_conf net;
};

/* The configuration, or NULL after at least one logged error. */
struct smppbox_conf *smppbox_conf_load(const char *file);
void smppbox_conf_free(struct smppbox_conf *c);

/* The place of that boxc-id, a new one if need be; -1: there are too many. */
int smppbox_conf_box(struct smppbox_conf *c, const char *boxc_id);

/* --check and the start: what each account gets and what it may. */
void smppbox_conf_tell(const struct smppbox_conf *c);

#endif

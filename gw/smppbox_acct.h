/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox_acct.h - what an account of smppbox says
 *
 * It is a group smpp-account of smppbox.conf, or a row of the register with
 * the same keys; whoever puts in such a row looks first whether it is good.
 */

#ifndef SMPPBOX_ACCT_H
#define SMPPBOX_ACCT_H

#include "conf_get.h"
#include "hlr/reg_smpp.h"
#include "smpp_acct.h"

/* Of the TLVs, which all accounts have in common. */
struct smppbox_tags {
    uint16_t sc, imsi, id;
};
#define SMPPBOX_TAGS                                                           \
    {                                                                          \
        SMPP_TLV_VENDOR_FIRST, SMPP_TLV_VENDOR_FIRST + 1,                      \
            SMPP_TLV_VENDOR_FIRST + 2                                          \
    }

/*
 * All but the password, with defaults for what is not said; box_id: for an
 * account without smsbox-id. a->box stays 0. What is wrong counts in
 * g->in->errors.
 */
void smppbox_acct_read(struct conf_group *g, const struct smppbox_tags *tags,
                       const char *box_id, struct smpp_acct_conf *a);

/* The same of a row, with its password. False: tell() was told why. */
bool smppbox_acct_row(const struct reg_smpp *r, const struct smppbox_tags *tags,
                      const char *box_id, struct smpp_acct_conf *a,
                      void (*tell)(void *ctx, const char *line), void *ctx);

#endif

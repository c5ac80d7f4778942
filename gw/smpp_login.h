/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_login.h - may this ESME bind?
 *
 * Nobody learns which accounts there are: a wrong name is answered as a wrong
 * password is, and what else is wrong is told to those only who know it.
 * Plain; allocates nothing, logs nothing.
 */

#ifndef SMPP_LOGIN_H
#define SMPP_LOGIN_H

#include "smpp_acct.h"

/*
 * acct NULL: there is none of that name. NULL and SMPP_ROK, or why it may
 * not and the status that says so.
 */
const char *smpp_login(const struct smpp_acct_conf *acct, const char *ip,
                       const struct smpp_bind *b, enum smpp_mode mode,
                       uint32_t *status);

/* Is the address on the list? Parts may be "*"; an empty list has all. */
bool smpp_login_ip(const char *list, const char *ip);

#endif

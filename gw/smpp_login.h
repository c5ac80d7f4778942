/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_login.h - may this ESME bind?
 *
 * Nobody learns which accounts there are: a wrong name is answered as a wrong
 * password is, after as long a time, and what else is wrong is told to those
 * only who know it.
 *
 * A password of which only a hash is kept is looked at by another thread. Binds
 * that wait for that stand in a table; no address has more than a few of them,
 * so that nobody keeps others out. A password that was right is remembered by a
 * digest with a key of this process, so that who comes again does not wait.
 * Plain; allocates nothing, logs nothing; one thread.
 */

#ifndef SMPP_LOGIN_H
#define SMPP_LOGIN_H

#include "crypto.h"
#include "smpp_acct.h"

enum { SMPP_ASKS = 64, SMPP_ASKS_OF_PEER = 4 };

/* A password that was right; all zero: none yet. */
struct smpp_known {
    bool is;
    uint8_t digest[CRYPTO_SHA256_OCTETS];
};

/* A bind that waits. */
struct smpp_ask {
    uint64_t id;
    struct smpp_sess *s; /* NULL: none */
    struct smpp_bind bind;
    char hash[CRYPTO_PASSWORD_TEXT];
};

struct smpp_logins {
    uint8_t key[SMPP_LOGIN_KEY]; /* random */
    uint64_t last;
    struct smpp_ask ask[SMPP_ASKS];
};

/*
 * acct NULL: there is none of that name. right: its password was. NULL and
 * SMPP_ROK, or why it may not and the status that says so.
 */
const char *smpp_login(const struct smpp_acct_conf *acct, bool right,
                       const char *ip, const struct smpp_bind *b,
                       enum smpp_mode mode, uint32_t *status);
/* Is it the password of an account that is kept as it is? */
bool smpp_login_is(const struct smpp_acct_conf *acct,
                   const struct smpp_bind *b);

bool smpp_known_is(const struct smpp_logins *l, const struct smpp_known *k,
                   const struct smpp_bind *b);
void smpp_known_set(const struct smpp_logins *l, struct smpp_known *k,
                    const struct smpp_bind *b);

/* hash: that of its account, NULL: there is none. NULL: too many wait. */
const struct smpp_ask *smpp_logins_add(struct smpp_logins *l,
                                       struct smpp_sess *s,
                                       const struct smpp_bind *b,
                                       const char *hash);
/* It waits no more. False: its session has gone. */
bool smpp_logins_take(struct smpp_logins *l, uint64_t id, struct smpp_ask *out);
void smpp_logins_forget(struct smpp_logins *l, const struct smpp_sess *s);

/* Is the address on the list? Parts may be "*"; an empty list has all. */
bool smpp_login_ip(const char *list, const char *ip);

#endif

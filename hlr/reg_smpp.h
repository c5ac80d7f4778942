/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_smpp.h - accounts of SMPP applications in the register
 *
 * An account is what a group smpp-account of smppbox.conf says, in text; its
 * password is kept as crypto_password() writes it. Here only the form is
 * checked; what values mean is gw/smppbox_acct.h's. smppbox follows the number
 * of changes, which triggers count, whoever makes them. As reg.h.
 */

#ifndef REG_SMPP_H
#define REG_SMPP_H

#include "reg.h"

enum {
    REG_SMPP_ID_MAX = 15,
    REG_SMPP_PASSWORD_MAX = 127,
    REG_SMPP_SETTINGS = 23,
    REG_SMPP_VALUE_MAX = 511,
};

/* Keys of the group, but system-id and password. Columns are called the same,
 * with "_" for "-". */
extern const char *const reg_smpp_setting[REG_SMPP_SETTINGS];

struct reg_smpp {
    char system_id[REG_SMPP_ID_MAX + 1];
    char password[REG_SMPP_PASSWORD_MAX + 1];
    char value[REG_SMPP_SETTINGS][REG_SMPP_VALUE_MAX + 1]; /* "": not said */
    uint64_t changed_ms;
};

/* The setting of that name (n characters of it); -1: there is none. */
int reg_smpp_find(const char *name, size_t n);

enum db_rc reg_smpp_put(struct reg *r, const struct reg_smpp *a,
                        enum reg_how how, const char *who);
/* DB_OK and *n = 0: it is not there. */
enum db_rc reg_smpp_del(struct reg *r, const char *system_id, const char *who,
                        int64_t *n);
/* By system_id; only: this one, "": all of them. False ends it. */
enum db_rc reg_smpp_list(struct reg *r, const char *only,
                         bool (*account)(void *ctx, const struct reg_smpp *a),
                         void *ctx);
/* Another number than before: something may be different. */
enum db_rc reg_smpp_changes(struct reg *r, int64_t *count);

#endif

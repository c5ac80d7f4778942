/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_login.c - may this ESME bind?
 */

#include "smpp_login.h"

#include <string.h>

/* How long it takes tells nothing of where they differ. */
static bool same_secret(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t differs = 0;

    for (size_t i = 0; i < n; i++)
        differs |= (uint8_t)(x[i] ^ y[i]);
    return differs == 0;
}

/* A pattern of the list: "*" is any run of hexadecimal digits. */
static bool matches(const char *p, size_t n, const char *ip)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    for (; n > 0; p++, n--) {
        if (*p == '*')
            ip += strspn(ip, digits);
        else if (*p != *ip++)
            return false;
    }
    return *ip == '\0';
}

bool smpp_login_ip(const char *list, const char *ip)
{
    static const char between[] = "; ,";
    size_t n;

    if (list[0] == '\0')
        return true;
    for (list += strspn(list, between); *list != '\0';
         list += n, list += strspn(list, between)) {
        n = strcspn(list, between);
        if (matches(list, n, ip))
            return true;
    }
    return false;
}

/* Of those who know the password. */
static const char *limits(const struct smpp_acct_conf *c, const char *ip,
                          const struct smpp_bind *b, enum smpp_mode mode,
                          uint32_t *status)
{
    *status = SMPP_RBINDFAIL;
    if (!smpp_login_ip(c->allow_ip, ip))
        return "not from this address";
    if ((mode & c->modes) != mode)
        return "not in this mode";
    *status = SMPP_RINVSYSTYP;
    if (c->system_type[0] != '\0' &&
        strcmp(c->system_type, b->system_type) != 0)
        return "not with this system_type";
    *status = SMPP_ROK;
    return NULL;
}

const char *smpp_login(const struct smpp_acct_conf *acct, const char *ip,
                       const struct smpp_bind *b, enum smpp_mode mode,
                       uint32_t *status)
{
    static const char nothing[sizeof(b->password)];
    const char *password = acct != NULL ? acct->password : nothing;
    bool same = same_secret(password, b->password, sizeof(b->password));

    *status = SMPP_RINVPASWD;
    if (acct == NULL)
        return "there is no such account";
    return same ? limits(acct, ip, b, mode, status) : "wrong password";
}

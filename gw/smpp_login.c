/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_login.c - may this ESME bind?
 */

#include "smpp_login.h"

#include <stdio.h>
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

bool smpp_login_is(const struct smpp_acct_conf *acct, const struct smpp_bind *b)
{
    static const char nothing[sizeof(b->password)];
    const char *password = acct != NULL ? acct->password : nothing;

    return same_secret(password, b->password, sizeof(b->password)) &&
           acct != NULL;
}

const char *smpp_login(const struct smpp_acct_conf *acct, bool right,
                       const char *ip, const struct smpp_bind *b,
                       enum smpp_mode mode, uint32_t *status)
{
    *status = SMPP_RINVPASWD;
    if (acct == NULL)
        return "there is no such account";
    return right ? limits(acct, ip, b, mode, status) : "wrong password";
}

/* ---- what was right before ---- */

static bool digest(const struct smpp_logins *l, const struct smpp_bind *b,
                   uint8_t out[CRYPTO_SHA256_OCTETS])
{
    return crypto_hmac_sha256(l->key, sizeof(l->key), b->password,
                              strlen(b->password), out);
}

bool smpp_known_is(const struct smpp_logins *l, const struct smpp_known *k,
                   const struct smpp_bind *b)
{
    uint8_t now[CRYPTO_SHA256_OCTETS];

    return digest(l, b, now) && same_secret(now, k->digest, sizeof(now)) &&
           k->is;
}

void smpp_known_set(const struct smpp_logins *l, struct smpp_known *k,
                    const struct smpp_bind *b)
{
    k->is = digest(l, b, k->digest);
}

/* ---- binds that wait ---- */

static struct smpp_ask *slot_of(struct smpp_logins *l, uint64_t id)
{
    return &l->ask[id % SMPP_ASKS];
}

/* One that is free, unless this address has enough of them. */
static struct smpp_ask *find_free(struct smpp_logins *l, const char *peer)
{
    struct smpp_ask *free_one = NULL;
    unsigned same = 0;

    for (unsigned i = 0; i < SMPP_ASKS; i++)
        if (l->ask[i].s == NULL)
            free_one = &l->ask[i];
        else if (strcmp(l->ask[i].s->peer, peer) == 0)
            same++;
    return same < SMPP_ASKS_OF_PEER ? free_one : NULL;
}

const struct smpp_ask *smpp_logins_add(struct smpp_logins *l,
                                       struct smpp_sess *s,
                                       const struct smpp_bind *b,
                                       const char *hash)
{
    /* of no password, and as dear to look at as those of accounts */
    static const char nobody[] = "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA"
                                 "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    struct smpp_ask *a = find_free(l, s->peer);

    if (a == NULL)
        return NULL;
    l->last += SMPP_ASKS;
    *a = (struct smpp_ask){ .id = l->last + (uint64_t)(a - l->ask),
                            .s = s,
                            .bind = *b };
    snprintf(a->hash, sizeof(a->hash), "%s", hash != NULL ? hash : nobody);
    return a;
}

static void clear(struct smpp_ask *a)
{
    explicit_bzero(a, sizeof(*a));
}

bool smpp_logins_take(struct smpp_logins *l, uint64_t id, struct smpp_ask *out)
{
    struct smpp_ask *a = slot_of(l, id);

    if (a->s == NULL || a->id != id)
        return false;
    *out = *a;
    clear(a);
    return true;
}

void smpp_logins_forget(struct smpp_logins *l, const struct smpp_sess *s)
{
    for (unsigned i = 0; i < SMPP_ASKS; i++)
        if (l->ask[i].s == s)
            clear(&l->ask[i]);
}

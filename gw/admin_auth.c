/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_auth.c - who may ask the admin port, and how fast he may guess
 */

#include "admin_auth.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool auth_is(const char *given, const char *secret)
{
    size_t n = given != NULL ? strlen(given) : 0, m = strlen(secret);
    volatile unsigned char differ = 0;

    /* as many steps as were given, wherever the first difference is */
    for (size_t i = 0; i < n; i++)
        differ |= (unsigned char)(given[i] ^ secret[i < m ? i : m]);
    return n == m && m > 0 && differ == 0;
}

const char *auth_whose(const struct auth_token *token, unsigned n,
                       const char *given)
{
    const char *name = NULL;

    for (unsigned i = 0; i < n; i++)
        if (auth_is(given, token[i].token))
            name = token[i].name;
    return name;
}

static bool is_name(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)p[i]) && strchr("-_.", p[i]) == NULL)
            return false;
    return n > 0 && n <= AUTH_NAME_MAX;
}

/* RFC 6750 2.1: what may stand behind "Bearer". */
static bool is_token(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)p[i]) && strchr("-._~+/=", p[i]) == NULL)
            return false;
    return n >= AUTH_TOKEN_MIN && n <= AUTH_TOKEN_MAX;
}

static const char *one(const char *p, size_t n, struct auth_token *token,
                       unsigned *have)
{
    const char *colon = memchr(p, ':', n);
    size_t name_len = colon != NULL ? (size_t)(colon - p) : 0;
    struct auth_token *t = &token[*have];

    if (*have == AUTH_TOKENS)
        return "there may be at most 16 tokens";
    if (!is_name(p, name_len))
        return "each must be NAME:TOKEN, the name 1 to 31 letters, digits or "
               "\"-\", \"_\", \".\"";
    if (!is_token(colon + 1, n - name_len - 1))
        return "a token must be 16 to 127 letters, digits or \"-\", \".\", "
               "\"_\", \"~\", \"+\", \"/\", \"=\"";
    *t = (struct auth_token){ .name = "" };
    memcpy(t->name, p, name_len);
    memcpy(t->token, colon + 1, n - name_len - 1);
    for (unsigned i = 0; i < *have; i++)
        if (strcmp(token[i].name, t->name) == 0 ||
            strcmp(token[i].token, t->token) == 0)
            return "two have the same name or the same token";
    (*have)++;
    return NULL;
}

const char *auth_tokens_read(const char *list, struct auth_token *token,
                             unsigned *n)
{
    static const char between[] = "; ,\t";
    const char *why = NULL;

    *n = 0;
    while (why == NULL && *(list += strspn(list, between)) != '\0') {
        size_t len = strcspn(list, between);

        why = one(list, len, token, n);
        list += len;
    }
    return why;
}

static const struct auth_guess *find(const struct auth_guesses *g,
                                     const char *ip)
{
    for (size_t i = 0; i < AUTH_ADDRESSES; i++)
        if (strcmp(g->of[i].ip, ip) == 0)
            return &g->of[i];
    return NULL;
}

uint64_t auth_until(const struct auth_guesses *g, const char *ip)
{
    const struct auth_guess *a = find(g, ip);

    return a != NULL && ip[0] != '\0' ? a->until_ms : 0;
}

/* Its entry, or a free one, or that of who has waited longest. */
static struct auth_guess *entry(struct auth_guesses *g, const char *ip,
                                uint64_t now_ms)
{
    struct auth_guess *best = &g->of[0];

    for (size_t i = 0; i < AUTH_ADDRESSES; i++) {
        struct auth_guess *a = &g->of[i];

        if (strcmp(a->ip, ip) == 0) {
            best = a;
            break;
        }
        if (a->until_ms < best->until_ms)
            best = a;
    }
    if (strcmp(best->ip, ip) != 0 || now_ms > best->until_ms + AUTH_FORGET_MS) {
        *best = (struct auth_guess){ .wrong = 0 };
        snprintf(best->ip, sizeof(best->ip), "%s", ip);
    }
    return best;
}

uint64_t auth_wrong(struct auth_guesses *g, const char *ip, uint64_t now_ms)
{
    struct auth_guess *a = entry(g, ip, now_ms);
    uint64_t wait_ms = AUTH_FIRST_MS + (uint64_t)a->wrong * AUTH_STEP_MS;

    a->wrong++;
    a->until_ms = now_ms + (wait_ms < AUTH_MOST_MS ? wait_ms : AUTH_MOST_MS);
    return a->until_ms;
}

void auth_right(struct auth_guesses *g, const char *ip)
{
    for (size_t i = 0; i < AUTH_ADDRESSES; i++)
        if (strcmp(g->of[i].ip, ip) == 0)
            g->of[i] = (struct auth_guess){ .wrong = 0 };
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_auth.h - who may ask the admin port, and how fast he may guess
 *
 * As in Kannel a wrong password is answered late, each time a second later
 * than before, and the right one ends that. Kannel keeps everybody waiting
 * meanwhile; here it is the address that guessed. Until its time has come
 * nothing it asks is looked at: otherwise it could guess over many connections
 * and take the one that answers at once.
 *
 * Secrets are compared in a time that tells nothing about them. Plain; the
 * admin thread only.
 */

#ifndef ADMIN_AUTH_H
#define ADMIN_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AUTH_TOKENS = 16,
    AUTH_NAME_MAX = 31,
    AUTH_TOKEN_MIN = 16,
    AUTH_TOKEN_MAX = 127,
    AUTH_IP_MAX = 45,
    AUTH_ADDRESSES = 256,    /* that guess at once; the oldest is forgotten */
    AUTH_FIRST_MS = 10,      /* the first wrong one may be a slip */
    AUTH_STEP_MS = 1000,     /* and each one more */
    AUTH_MOST_MS = 60000,    /* but not more than that */
    AUTH_FORGET_MS = 600000, /* without a further one */
};

struct auth_token {
    char name[AUTH_NAME_MAX + 1];
    char token[AUTH_TOKEN_MAX + 1];
};

/* Is `given' (NULL: nothing) the secret? An empty secret is nobody's. */
bool auth_is(const char *given, const char *secret);

/* Whose token it is; NULL: nobody's. All are looked at. */
const char *auth_whose(const struct auth_token *token, unsigned n,
                       const char *given);

/*
 * A list "name:token; name:token" of the configuration. NULL, or what is wrong
 * with it: the text quotes names only.
 */
const char *auth_tokens_read(const char *list, struct auth_token *token,
                             unsigned *n);

struct auth_guess {
    char ip[AUTH_IP_MAX + 1];
    unsigned wrong;
    uint64_t until_ms;
};
/* Zeroes: nobody has guessed. */
struct auth_guesses {
    struct auth_guess of[AUTH_ADDRESSES];
};

/* When this address may ask again; not after now_ms: now. */
uint64_t auth_until(const struct auth_guesses *g, const char *ip);
/* It was wrong; the answer is due at the time returned. */
uint64_t auth_wrong(struct auth_guesses *g, const char *ip, uint64_t now_ms);
void auth_right(struct auth_guesses *g, const char *ip);

#endif

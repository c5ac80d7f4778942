/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_key.h - values of a plug-in's keys, checked
 *
 * The first error stands in why[], for open(), and sets `failed', which is
 * sticky: read all keys, then look once.
 */

#ifndef PLUG_KEY_H
#define PLUG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sigtran-plugin.h"

struct plug_key {
    const struct plug_host *host;
    const struct plug_conf *conf;
    char *why;
    size_t why_len;
    bool failed;
};

/* The value as it is; NULL: it is not there, or it is empty, which is an
 * error. */
const char *plug_key_text(struct plug_key *k, const char *key);
/* The same for one that must be there; "" then, and failed. */
const char *plug_key_need(struct plug_key *k, const char *key);

uint32_t plug_key_number(struct plug_key *k, const char *key, uint32_t without,
                         uint32_t min, uint32_t max);
bool plug_key_yes(struct plug_key *k, const char *key, bool without);
/* Which of these words, NULL at the end, it is. */
int plug_key_word(struct plug_key *k, const char *key, int without,
                  const char *const *words);

/* The name of a file, which must be readable; NULL: the key is not there. */
const char *plug_key_file(struct plug_key *k, const char *key);

/* Say that a value is wrong: "`key' must be ...". */
void plug_key_bad(struct plug_key *k, const char *key, const char *must);

#endif

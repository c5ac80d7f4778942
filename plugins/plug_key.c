/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_key.c - values of a plug-in's keys, checked
 */

#include "plug_key.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

void plug_key_bad(struct plug_key *k, const char *key, const char *must)
{
    if (!k->failed)
        snprintf(k->why, k->why_len, "`%s' must be %s", key, must);
    k->failed = true;
}

const char *plug_key_text(struct plug_key *k, const char *key)
{
    const char *value = k->host->value(k->conf, key);

    if (value == NULL || value[0] != '\0')
        return value;
    if (!k->failed)
        snprintf(k->why, k->why_len, "`%s' has no value", key);
    k->failed = true;
    return NULL;
}

const char *plug_key_need(struct plug_key *k, const char *key)
{
    const char *value = plug_key_text(k, key);

    if (value != NULL)
        return value;
    plug_key_bad(k, key, "there");
    return "";
}

uint32_t plug_key_number(struct plug_key *k, const char *key, uint32_t without,
                         uint32_t min, uint32_t max)
{
    const char *value = plug_key_text(k, key);
    unsigned long long n;
    char must[64];

    if (value == NULL)
        return without;
    n = strtoull(value, NULL, 10);
    if (strspn(value, "0123456789") == strlen(value) && strlen(value) < 12 &&
        n >= min && n <= max)
        return (uint32_t)n;
    snprintf(must, sizeof(must), "a number from %u to %u", min, max);
    plug_key_bad(k, key, must);
    return without;
}

bool plug_key_yes(struct plug_key *k, const char *key, bool without)
{
    const char *value = plug_key_text(k, key);

    if (value == NULL)
        return without;
    /* as the box reads its own */
    if (strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0 ||
        strcasecmp(value, "on") == 0 || strcmp(value, "1") == 0)
        return true;
    if (strcasecmp(value, "no") != 0 && strcasecmp(value, "false") != 0 &&
        strcasecmp(value, "off") != 0 && strcmp(value, "0") != 0)
        plug_key_bad(k, key, "yes or no");
    return false;
}

const char *plug_key_file(struct plug_key *k, const char *key)
{
    const char *file = plug_key_text(k, key);
    char must[100];

    if (file == NULL || access(file, R_OK) == 0)
        return file;
    snprintf(must, sizeof(must), "a file that can be read (%s)",
             strerror(errno));
    plug_key_bad(k, key, must);
    return file;
}

int plug_key_word(struct plug_key *k, const char *key, int without,
                  const char *const *words)
{
    const char *value = plug_key_text(k, key);
    char must[128] = "one of";
    size_t len;

    if (value == NULL)
        return without;
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    for (int i = 0; words[i] != NULL; i++) {
        len = strlen(must);
        snprintf(must + len, sizeof(must) - len, "%s%s", i > 0 ? ", " : " ",
                 words[i]);
    }
    plug_key_bad(k, key, must);
    return without;
}

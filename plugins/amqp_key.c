/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_key.c - routing keys made of a message
 */

#include "amqp_key.h"

#include <string.h>

bool amqp_key_valid(const char *template, const char *letters)
{
    if (strlen(template) >= AMQP_KEY_SIZE)
        return false;
    for (const char *p = template; *p != '\0'; p++) {
        if (*p != '%')
            continue;
        p++;
        if (*p == '\0' || (*p != '%' && strchr(letters, *p) == NULL))
            return false;
    }
    return true;
}

static bool stays(char ch)
{
    return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
           (ch >= 'A' && ch <= 'Z') || ch == '-' || ch == '_';
}

static void put(char out[AMQP_KEY_SIZE], size_t *n, char ch)
{
    if (*n + 1 < AMQP_KEY_SIZE)
        out[(*n)++] = ch;
}

static void put_word(char out[AMQP_KEY_SIZE], size_t *n, const char *word,
                     size_t len)
{
    if (len > 0 && word[0] == '+') {
        word++;
        len--;
    }
    if (len == 0)
        put(out, n, '-');
    for (size_t i = 0; i < len; i++)
        put(out, n, stays(word[i]) ? word[i] : '_');
}

void amqp_key_make(char out[AMQP_KEY_SIZE], const char *template,
                   const char *(*value)(const void *of, char letter,
                                        size_t *len),
                   const void *of)
{
    size_t n = 0, len;

    for (const char *p = template; *p != '\0'; p++) {
        if (*p != '%' || p[1] == '\0') {
            put(out, &n, *p);
            continue;
        }
        p++;
        if (*p == '%') {
            put(out, &n, '%');
        } else {
            const char *word = value(of, *p, &len);

            put_word(out, &n, word, len);
        }
    }
    out[n] = '\0';
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_lines.c - read a file line by line, and tell where it is wrong
 */

#include "firewall_lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lines_error(struct lines *l, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(l->why, l->why_len, "%s:%u: ", l->file, l->line);

    if (n < 0 || (size_t)n >= l->why_len)
        return -1;
    va_start(ap, fmt);
    vsnprintf(l->why + n, l->why_len - (size_t)n, fmt, ap);
    va_end(ap);
    return -1;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int one(struct lines *l,
               int (*take)(void *ctx, struct lines *l, char *text, size_t len),
               void *ctx, char *p, size_t len)
{
    while (len > 0 && is_blank(p[len - 1]))
        len--;
    p[len] = '\0';
    while (len > 0 && is_blank(*p)) {
        p++;
        len--;
    }
    return len == 0 || *p == '#' ? 0 : take(ctx, l, p, len);
}

int lines_read(struct lines *l,
               int (*take)(void *ctx, struct lines *l, char *text, size_t len),
               void *ctx)
{
    FILE *f = fopen(l->file, "re");
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    int rc = 0;

    if (f == NULL) {
        snprintf(l->why, l->why_len, "%s: %s", l->file, strerror(errno));
        return -1;
    }
    errno = 0;
    for (l->line = 1; rc == 0 && (len = getline(&text, &size, f)) > 0;
         l->line++)
        rc = one(l, take, ctx, text, (size_t)len);
    if (rc == 0 && ferror(f)) {
        snprintf(l->why, l->why_len, "%s: %s", l->file, strerror(errno));
        rc = -1;
    }
    free(text);
    fclose(f);
    return rc;
}

size_t lines_word(char **p, char **word)
{
    static const char between[] = " \t,";
    size_t len;

    *word = *p + strspn(*p, between);
    len = strcspn(*word, between);
    *p = *word + len;
    return len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_text.c - text that grows, and how text stands in JSON and XML
 */

#include "admin_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST = 512 };

static void room(struct text *t, size_t n)
{
    size_t cap = t->cap == 0 ? FIRST : t->cap;

    while (cap - t->len <= n)
        cap *= 2;
    if (cap == t->cap)
        return;
    t->p = realloc(t->p, cap);
    if (t->p == NULL)
        abort();
    t->cap = cap;
}

void text_add(struct text *t, const void *p, size_t n)
{
    room(t, n);
    if (n > 0)
        memcpy(t->p + t->len, p, n);
    t->len += n;
    t->p[t->len] = '\0';
}

void text_put(struct text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

void text_fmt(struct text *t, const char *fmt, ...)
{
    va_list ap;
    size_t have;
    int n;

    room(t, 1);
    have = t->cap - t->len;
    va_start(ap, fmt);
    n = vsnprintf(t->p + t->len, have, fmt, ap);
    va_end(ap);
    if (n > 0 && (size_t)n >= have) {
        room(t, (size_t)n);
        va_start(ap, fmt);
        vsnprintf(t->p + t->len, (size_t)n + 1, fmt, ap);
        va_end(ap);
    }
    if (n > 0)
        t->len += (size_t)n;
}

void text_free(struct text *t)
{
    free(t->p);
    *t = (struct text){ 0 };
}

const char *text_str(const struct text *t)
{
    return t->p != NULL ? t->p : "";
}

/* Octets of the UTF-8 character at `s' (RFC 3629), 0 if it is none. */
static size_t utf8_len(const unsigned char *s)
{
    size_t n = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

    if (s[0] < 0x80)
        return 1;
    if (n == 0 || s[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    /* written longer than need be, surrogates, above U+10FFFF */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void text_json(struct text *t, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;

    text_put(t, "\"");
    while (*u != '\0') {
        size_t n = utf8_len(u);

        if (n == 0)
            text_put(t, "\xef\xbf\xbd");
        else if (*u == '"' || *u == '\\')
            text_fmt(t, "\\%c", *u);
        else if (*u < 0x20 || *u == 0x7f)
            text_fmt(t, "\\u%04x", *u);
        else
            text_add(t, u, n);
        u += n == 0 ? 1 : n;
    }
    text_put(t, "\"");
}

/* U+FFFE, U+FFFF: UTF-8, but nothing of XML. */
static bool is_noncharacter(const unsigned char *u)
{
    return u[0] == 0xef && u[1] == 0xbf && u[2] >= 0xbe;
}

static const char *xml_entity(unsigned char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return c == '\n' || (c >= 0x20 && c != 0x7f) ? NULL : "?";
    }
}

void text_xml(struct text *t, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;

    while (*u != '\0') {
        size_t n = utf8_len(u);
        const char *entity =
            n == 0 || is_noncharacter(u) ? "?" : xml_entity(*u);

        if (entity != NULL)
            text_put(t, entity);
        else
            text_add(t, u, n);
        u += n == 0 ? 1 : n;
    }
}

void text_label(struct text *t, const char *s)
{
    for (; *s != '\0'; s++)
        if (*s == '\n')
            text_put(t, "\\n");
        else
            text_fmt(t, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
}

const char *text_time(char out[TEXT_TIME], uint64_t ms)
{
    time_t s = (time_t)(ms / 1000);
    struct tm tm;
    size_t n;

    if (gmtime_r(&s, &tm) == NULL)
        tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
    n = strftime(out, TEXT_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
    if (n == 0)
        out[0] = '\0';
    if (ms % 1000 != 0)
        snprintf(out + n, TEXT_TIME - n, ".%03uZ", (unsigned)(ms % 1000));
    else
        snprintf(out + n, TEXT_TIME - n, "Z");
    return out;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_text.c - text between UTF-8 and what SMPP carries
 */

#include "smpp_text.h"

#include "gsm7.h"
#include "utf8.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

enum { REPLACEMENT = 0xfffd };

long smpp_text_to_latin1(const char *utf8, uint8_t *out, size_t size)
{
    size_t n = 0;
    uint32_t ch;

    while (*utf8 != '\0') {
        utf8 = utf8_get(utf8, &ch);
        if (utf8 == NULL || ch > 0xff || n == size)
            return -1;
        out[n++] = (uint8_t)ch;
    }
    return (long)n;
}

static size_t put16(uint8_t *out, uint32_t unit)
{
    out[0] = (uint8_t)(unit >> 8);
    out[1] = (uint8_t)unit;
    return 2;
}

long smpp_text_to_ucs2(const char *utf8, uint8_t *out, size_t size)
{
    const char *next;
    size_t n = 0;
    uint32_t ch;

    for (; *utf8 != '\0'; utf8 = next) {
        next = utf8_get(utf8, &ch);
        if (next == NULL) {
            next = utf8 + 1;
            ch = REPLACEMENT;
        }
        if (size - n < 4)
            return -1;
        if (ch > 0xffff) {
            n += put16(out + n, 0xd7c0 + (ch >> 10));
            ch = 0xdc00 | (ch & 0x3ff);
        }
        n += put16(out + n, ch);
    }
    return (long)n;
}

size_t smpp_text_from_latin1(const uint8_t *p, size_t n, char *out, size_t size)
{
    size_t at = 0, did = 1;

    for (size_t i = 0; i < n && did > 0; i++) {
        did = utf8_put(out, at, size, p[i]);
        at += did;
    }
    out[at] = '\0';
    return at;
}

size_t smpp_text_from_gsm7(uint8_t *p, size_t n, char *out, size_t size)
{
    for (size_t i = 0; i < n; i++)
        p[i] &= 0x7f;
    return gsm7_to_utf8(p, n, out, size);
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* "YYMMDDhhmmsstnnp": tenths, quarters of an hour from UTC and their sign, or
 * R for a time from now. */
bool smpp_time_read(const char *text, int64_t now_s, int64_t *when)
{
    enum { DIGITS = 15, DAY = 86400, QUARTER = 900 };
    struct tm tm;
    int i, zone;

    *when = -1;
    if (text[0] == '\0')
        return true;
    for (i = 0; i < DIGITS; i++)
        if (!isdigit((unsigned char)text[i]))
            return false;
    zone = two(text + 13) * QUARTER;
    tm = (struct tm){ .tm_year = two(text) + 100,
                      .tm_mon = two(text + 2) - 1,
                      .tm_mday = two(text + 4),
                      .tm_hour = two(text + 6),
                      .tm_min = two(text + 8),
                      .tm_sec = two(text + 10) };
    switch (text[DIGITS]) {
    case 'R':
        *when = now_s +
                ((tm.tm_year - 100) * 365 + (tm.tm_mon + 1) * 30 + tm.tm_mday) *
                    (int64_t)DAY +
                tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
        return true;
    case '+':
        zone = -zone; /* local time is ahead of UTC */
        break;
    case '-':
        break;
    default:
        return false;
    }
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31)
        return false;
    *when = (int64_t)timegm(&tm) + zone;
    return true;
}

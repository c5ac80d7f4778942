/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8.c - characters to UTF-8 and back (RFC 3629)
 */

#include "utf8.h"

enum { REPLACEMENT = 0xfffd };

static int is_character(uint32_t ch)
{
    return ch < 0xd800 || (ch > 0xdfff && ch <= 0x10ffff);
}

/* Octets that `ch' takes. */
static size_t width(uint32_t ch)
{
    if (ch < 0x80)
        return 1;
    if (ch < 0x800)
        return 2;
    return ch < 0x10000 ? 3 : 4;
}

size_t utf8_put(char *out, size_t at, size_t size, uint32_t ch)
{
    static const uint8_t lead[5] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t n;

    if (!is_character(ch))
        ch = REPLACEMENT;
    n = width(ch);
    if (size < n + 1 || at > size - n - 1)
        return 0;
    for (size_t i = n - 1; i > 0; i--) {
        out[at + i] = (char)(0x80 | (ch & 0x3f));
        ch >>= 6;
    }
    out[at] = (char)(lead[n] | ch);
    return n;
}

const char *utf8_get(const char *s, uint32_t *ch)
{
    const uint8_t *p = (const uint8_t *)s;
    size_t n;

    if (p[0] < 0x80)
        n = 1;
    else if (p[0] < 0xc2 || p[0] > 0xf4)
        return NULL;
    else if (p[0] < 0xe0)
        n = 2;
    else
        n = p[0] < 0xf0 ? 3 : 4;
    *ch = n == 1 ? p[0] : p[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return NULL;
        *ch = *ch << 6 | (p[i] & 0x3f);
    }
    return is_character(*ch) && width(*ch) == n ? s + n : NULL;
}

static uint16_t unit(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

size_t utf8_of_utf16(const uint8_t *p, size_t n, char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i += 2) {
        uint32_t ch = i + 1 < n ? unit(p + i) : 0xfffdU;
        size_t was = len;

        if (ch >> 10 == 0x36 && i + 3 < n && unit(p + i + 2) >> 10 == 0x37) {
            ch = 0x10000 + ((ch & 0x3ff) << 10 | (unit(p + i + 2) & 0x3ff));
            i += 2;
        }
        len += utf8_put(out, len, size, ch);
        if (len == was)
            break;
    }
    if (size > 0)
        out[len] = '\0';
    return len;
}

static size_t put_unit(uint8_t *out, size_t at, uint32_t unit)
{
    out[at] = (uint8_t)(unit >> 8);
    out[at + 1] = (uint8_t)unit;
    return 2;
}

size_t utf8_to_utf16(const char *s, size_t n, uint8_t *out, size_t size)
{
    enum { PAIR = 4 };
    const char *end = s + n;
    size_t len = 0;
    uint32_t ch;

    while (s < end && size - len >= PAIR) {
        const char *next = utf8_get(s, &ch);

        if (next == NULL || next > end) {
            next = s + 1;
            ch = REPLACEMENT;
        }
        if (ch >= 0x10000) {
            len += put_unit(out, len, 0xd800 + ((ch - 0x10000) >> 10));
            ch = 0xdc00 + ((ch - 0x10000) & 0x3ff);
        }
        len += put_unit(out, len, ch);
        s = next;
    }
    return len;
}

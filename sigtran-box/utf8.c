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

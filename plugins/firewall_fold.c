/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_fold.c - what a reader does not see, or sees as the same
 */

#include "firewall_fold.h"

#include <stdint.h>

/* The code point at p, in *n its octets; 0: it is none, or has four, and is
 * passed by octet. */
static uint32_t code_point(const char *p, size_t left, size_t *n)
{
    const unsigned char *u = (const unsigned char *)p;

    *n = 1;
    if (u[0] < 0x80)
        return u[0];
    if (left >= 2 && u[0] >= 0xc2 && u[0] < 0xe0 && (u[1] & 0xc0) == 0x80) {
        *n = 2;
        return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
    }
    if (left >= 3 && (u[0] & 0xf0) == 0xe0 && (u[1] & 0xc0) == 0x80 &&
        (u[2] & 0xc0) == 0x80) {
        *n = 3;
        return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
    }
    return 0;
}

/* Soft hyphen, zero-width spaces and joiners, marks of direction, word joiner
 * and invisible operators, byte order mark. */
static bool is_invisible(uint32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xa0 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

static bool is_ascii_sign(char c)
{
    return c > ' ' && (unsigned char)c < 0x80;
}

bool fold_is_plain(const char *p, size_t len)
{
    unsigned char all = 0;

    for (size_t i = 0; i < len; i++)
        all |= (unsigned char)p[i];
    return all < 0x80;
}

size_t fold_signs(char *out, const char *p, size_t len)
{
    size_t used = 0, n;

    for (size_t i = 0; i < len; i += n) {
        uint32_t c = code_point(p + i, len - i, &n);

        if (is_invisible(c))
            continue;
        if (c >= 0xff01 && c <= 0xff5e) {
            out[used++] = (char)(c - 0xff01 + '!');
            continue;
        }
        for (size_t k = 0; k < n; k++)
            out[used++] = p[i + k];
    }
    return used;
}

size_t fold_blanks(char *out, const char *p, size_t len)
{
    size_t used = 0, n;
    bool blank = false;

    for (size_t i = 0; i < len; i += n) {
        bool before = blank;

        if (is_ascii_sign(p[i])) { /* nearly always */
            out[used++] = p[i];
            blank = false;
            n = 1;
            continue;
        }
        blank = is_blank(code_point(p + i, len - i, &n));
        if (blank) {
            if (!before)
                out[used++] = ' ';
            continue;
        }
        for (size_t k = 0; k < n; k++)
            out[used++] = p[i + k];
    }
    return used;
}

size_t fold_trim(const char **p, size_t len)
{
    if (len > 0 && **p == ' ') {
        ++*p;
        len--;
    }
    return len > 0 && (*p)[len - 1] == ' ' ? len - 1 : len;
}

void fold_case(char *out, const char *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];

        out[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
}

size_t fold_dot(const char *p, size_t left)
{
    size_t n;
    uint32_t c = code_point(p, left, &n);

    return c == 0x3002 || c == 0xff61 ? n : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unhex.h - octets as tests and traces write them
 */

#ifndef UNHEX_H
#define UNHEX_H

#include <stddef.h>
#include <stdint.h>

static inline int unhex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Octets of the hexadecimal digits in `text', at most `cap' of them. */
static inline size_t unhex(const char *text, uint8_t *to, size_t cap)
{
    size_t n = 0;

    for (; n < cap && unhex_digit(text[0]) >= 0; text += 2) {
        if (unhex_digit(text[1]) < 0)
            break;
        to[n++] = (uint8_t)(unhex_digit(text[0]) << 4 | unhex_digit(text[1]));
    }
    return n;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8.h - characters to UTF-8 and back (RFC 3629)
 */

#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Append character `ch' at out[at] of a buffer of `size' octets, and leave
 * one octet for a NUL. What is not a character (a surrogate, or above
 * 10FFFF) becomes U+FFFD. Returns the octets written, 0: there is no room.
 */
size_t utf8_put(char *out, size_t at, size_t size, uint32_t ch);

/*
 * The character at `s', which is not at its NUL. Returns what follows it;
 * NULL: it is not UTF-8.
 */
const char *utf8_get(const char *s, uint32_t *ch);

#endif

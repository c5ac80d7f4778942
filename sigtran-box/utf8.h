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

/*
 * UTF-16BE as UTF-8 with a NUL; its length. Cut at a character if too long;
 * half a pair or half a unit is U+FFFD.
 */
size_t utf8_of_utf16(const uint8_t *p, size_t n, char *out, size_t size);

/* The other way; what is not UTF-8 is U+FFFD. A NUL stands at s[n]. Two octets
 * for each of UTF-8, and two more, are room enough. */
size_t utf8_to_utf16(const char *s, size_t n, uint8_t *out, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_text.h - text between UTF-8 and what SMPP carries
 *
 * Plain; allocates nothing, any thread.
 */

#ifndef SMPP_TEXT_H
#define SMPP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * UTF-8 with a NUL to octets; their number, or -1: a character is not in the
 * alphabet, or there is no room. UTF-16BE has all of them: what is not UTF-8
 * is U+FFFD there, an octet each.
 */
long smpp_text_to_latin1(const char *utf8, uint8_t *out, size_t size);
long smpp_text_to_ucs2(const char *utf8, uint8_t *out, size_t size);

/* ISO 8859-1 to UTF-8 with a NUL; its length. Cut at a character. */
size_t smpp_text_from_latin1(const uint8_t *p, size_t n, char *out,
                             size_t size);
/* The same of GSM 03.38, an octet a character. `p' loses its eighth bits. */
size_t smpp_text_from_gsm7(uint8_t *p, size_t n, char *out, size_t size);

/*
 * A time of SMPP (7.1.1), relative or absolute, in seconds since 1970.
 * False: it is none. "" is no time: *when is -1.
 */
bool smpp_time_read(const char *text, int64_t now_s, int64_t *when);

#endif

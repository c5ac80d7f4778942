/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_buf.h - text that grows, for plug-ins that write records
 *
 * A struct plug_buf of zeros is an empty one. No memory is sticky: `failed' is
 * set, what was to be added is left out, and the caller looks once by the end.
 */

#ifndef PLUG_BUF_H
#define PLUG_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plug_buf {
    char *p; /* no NUL at its end */
    size_t len, size;
    bool failed;
};

/* Room for so many octets behind `len', to be written by the caller. */
bool plug_buf_room(struct plug_buf *b, size_t more);
void plug_buf_add(struct plug_buf *b, const void *p, size_t len);
void plug_buf_text(struct plug_buf *b, const char *text);
void plug_buf_char(struct plug_buf *b, char ch);
void plug_buf_number(struct plug_buf *b, int64_t n);
void plug_buf_hex(struct plug_buf *b, const void *p, size_t len);
void plug_buf_base64(struct plug_buf *b, const void *p, size_t len);

/* UTC in milliseconds since 1970 as RFC 3339: 2026-11-24T13:04:05.678Z */
enum { PLUG_TIME_SIZE = 32 };
void plug_buf_time(struct plug_buf *b, uint64_t ms);

/* Empty it, and keep its memory. */
void plug_buf_clear(struct plug_buf *b);
void plug_buf_free(struct plug_buf *b);

/*
 * How many octets at p are one character of well-formed UTF-8 (no surrogates,
 * nothing overlong, nothing above U+10FFFF); 0: none. len > 0.
 */
size_t plug_utf8(const char *p, size_t len);

#endif

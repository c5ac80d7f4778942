/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_buf.c - text that grows, for plug-ins that write records
 */

#include "plug_buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FIRST_SIZE = 512 };

bool plug_buf_room(struct plug_buf *b, size_t more)
{
    size_t size = b->size != 0 ? b->size : FIRST_SIZE;
    char *p;

    if (b->failed || more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
        return false;
    while (size - b->len < more)
        size *= 2;
    if (size == b->size)
        return true;
    p = realloc(b->p, size);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->size = size;
    return true;
}

void plug_buf_add(struct plug_buf *b, const void *p, size_t len)
{
    if (len == 0 || !plug_buf_room(b, len))
        return;
    memcpy(b->p + b->len, p, len);
    b->len += len;
}

void plug_buf_text(struct plug_buf *b, const char *text)
{
    plug_buf_add(b, text, strlen(text));
}

void plug_buf_char(struct plug_buf *b, char ch)
{
    if (b->len < b->size && !b->failed)
        b->p[b->len++] = ch;
    else
        plug_buf_add(b, &ch, 1);
}

void plug_buf_number(struct plug_buf *b, int64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, n);
    plug_buf_text(b, text);
}

void plug_buf_hex(struct plug_buf *b, const void *p, size_t len)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *in = p;

    for (size_t i = 0; i < len; i++) {
        plug_buf_char(b, digit[in[i] >> 4]);
        plug_buf_char(b, digit[in[i] & 15]);
    }
}

/* RFC 4648, 4 */
void plug_buf_base64(struct plug_buf *b, const void *p, size_t len)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = p;

    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)in[i] << 16;

        if (n > 1)
            bits |= (uint32_t)in[i + 1] << 8;
        if (n > 2)
            bits |= in[i + 2];
        plug_buf_char(b, digit[bits >> 18]);
        plug_buf_char(b, digit[bits >> 12 & 63]);
        plug_buf_char(b, n > 1 ? digit[bits >> 6 & 63] : '=');
        plug_buf_char(b, n > 2 ? digit[bits & 63] : '=');
    }
}

void plug_buf_time(struct plug_buf *b, uint64_t ms)
{
    time_t s = (time_t)(ms / 1000);
    char text[PLUG_TIME_SIZE];
    struct tm tm;

    if (gmtime_r(&s, &tm) == NULL)
        return;
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    plug_buf_text(b, text);
    snprintf(text, sizeof(text), ".%03uZ", (unsigned)(ms % 1000));
    plug_buf_text(b, text);
}

void plug_buf_clear(struct plug_buf *b)
{
    b->len = 0;
    b->failed = false;
}

void plug_buf_free(struct plug_buf *b)
{
    free(b->p);
    *b = (struct plug_buf){ .p = NULL };
}

/* The octets after the first one, and the least and the largest value that the
 * second one may have: the table of well-formed sequences of the Unicode
 * Standard, 3.9. */
static size_t follows(unsigned char first, unsigned char *low,
                      unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf)
        return 1;
    if (first >= 0xe0 && first <= 0xef) {
        *low = first == 0xe0 ? 0xa0 : 0x80;
        *high = first == 0xed ? 0x9f : 0xbf;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *low = first == 0xf0 ? 0x90 : 0x80;
        *high = first == 0xf4 ? 0x8f : 0xbf;
        return 3;
    }
    return 0;
}

size_t plug_utf8(const char *p, size_t len)
{
    unsigned char low, high;
    size_t more;

    if ((unsigned char)p[0] < 0x80)
        return 1;
    more = follows((unsigned char)p[0], &low, &high);
    if (more == 0 || more >= len)
        return 0;
    for (size_t i = 1; i <= more; i++) {
        unsigned char ch = (unsigned char)p[i];

        if (ch < low || ch > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return 1 + more;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gsm7.c - GSM 7 bit text: packing and alphabets (TS 23.038 6.1.2, 6.2.1)
 */

#include "gsm7.h"

#include "gsm7_lang.h"
#include "utf8.h"

enum { ESC = 0x1b };

/* TS 23.038 6.2.1; ESC itself shows as a space where it shows at all. */
/* clang-format off */
static const uint16_t default_table[128] = {
    '@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec,
    0xf2, 0xc7, '\n', 0xd8, 0xf8, '\r', 0xc5, 0xe5,
    0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8,
    0x3a3, 0x398, 0x39e, ' ', 0xc6, 0xe6, 0xdf, 0xc9,
    ' ', '!', '"', '#', 0xa4, '%', '&', '\'',
    '(', ')', '*', '+', ',', '-', '.', '/',
    '0', '1', '2', '3', '4', '5', '6', '7',
    '8', '9', ':', ';', '<', '=', '>', '?',
    0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G',
    'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1, 0xdc, 0xa7,
    0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g',
    'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w',
    'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
};
/* clang-format on */

/* TS 23.038 6.2.1.1. A second ESC is kept for a further table: a space. */
static const struct {
    uint8_t septet;
    uint16_t ch;
} extension[] = {
    { 0x0a, '\f' }, { 0x14, '^' },  { 0x1b, ' ' },    { 0x28, '{' },
    { 0x29, '}' },  { 0x2f, '\\' }, { 0x3c, '[' },    { 0x3d, '~' },
    { 0x3e, ']' },  { 0x40, '|' },  { 0x65, 0x20ac },
};

enum { EXTENSIONS = sizeof(extension) / sizeof(extension[0]) };

void gsm7_unpack(const uint8_t *p, unsigned fill, size_t n, uint8_t *out)
{
    unsigned acc = 0;
    unsigned bits = 0;

    if (n > 0 && fill > 0) {
        acc = (unsigned)*p++ >> fill;
        bits = 8 - fill;
    }
    for (size_t i = 0; i < n; i++) {
        if (bits < 7) {
            acc |= (unsigned)*p++ << bits;
            bits += 8;
        }
        out[i] = acc & 0x7f;
        acc >>= 7;
        bits -= 7;
    }
}

size_t gsm7_pack(const uint8_t *septets, size_t n, unsigned fill, uint8_t *out)
{
    uint8_t *start = out;
    unsigned acc = 0;
    unsigned bits = fill;

    for (size_t i = 0; i < n; i++) {
        acc |= (unsigned)(septets[i] & 0x7f) << bits;
        bits += 7;
        if (bits >= 8) {
            *out++ = (uint8_t)acc;
            acc >>= 8;
            bits -= 8;
        }
    }
    if (bits > 0)
        *out++ = (uint8_t)acc;
    return (size_t)(out - start);
}

static uint16_t plain(uint8_t locking, uint8_t septet)
{
    uint16_t ch = 0;

    if (locking != GSM7_DEFAULT)
        ch = gsm7_lang_locking(locking, septet);
    return ch != 0 ? ch : default_table[septet];
}

/* What ESC and `septet' show; an unknown one shows as without the ESC. */
static uint16_t extended(uint8_t locking, uint8_t single, uint8_t septet)
{
    uint16_t ch = 0;

    if (single != GSM7_DEFAULT)
        ch = gsm7_lang_single(single, septet);
    if (ch != 0)
        return ch;
    for (size_t i = 0; i < EXTENSIONS; i++)
        if (extension[i].septet == septet)
            return extension[i].ch;
    return plain(locking, septet);
}

size_t gsm7_national_to_utf8(const struct gsm7_text *text, char *out,
                             size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < text->n; i++) {
        uint8_t septet = text->septets[i] & 0x7f;
        size_t was = len;
        uint16_t ch;

        if (septet == ESC && i + 1 < text->n)
            ch = extended(text->locking, text->single,
                          text->septets[++i] & 0x7f);
        else
            ch = plain(text->locking, septet);
        len += utf8_put(out, len, size, ch);
        if (len == was)
            break;
    }
    if (size > 0)
        out[len] = '\0';
    return len;
}

size_t gsm7_to_utf8(const uint8_t *septets, size_t n, char *out, size_t size)
{
    struct gsm7_text text = { .septets = septets, .n = n };

    return gsm7_national_to_utf8(&text, out, size);
}

/* The septets of `ch', 1 or 2; 0: it is not in the alphabet. */
static int septets_of(uint32_t ch, uint8_t out[2])
{
    /* letters, digits and more stand where ASCII has them */
    if (ch < 128 && default_table[ch] == ch && ch != ESC) {
        out[0] = (uint8_t)ch;
        return 1;
    }
    for (size_t i = 0; i < EXTENSIONS; i++) {
        if (extension[i].ch == ch && ch != ' ') {
            out[0] = ESC;
            out[1] = extension[i].septet;
            return 2;
        }
    }
    for (uint8_t i = 0; i < 128; i++) {
        if (default_table[i] == ch && i != ESC) {
            out[0] = i;
            return 1;
        }
    }
    return 0;
}

int gsm7_from_utf8(const char *utf8, uint8_t *septets, size_t size)
{
    size_t n = 0;

    while (*utf8 != '\0') {
        uint8_t s[2];
        uint32_t ch;
        int k = 0;

        utf8 = utf8_get(utf8, &ch);
        if (utf8 != NULL)
            k = septets_of(ch, s);
        if (k == 0 || (size_t)k > size - n)
            return -1;
        for (int i = 0; i < k; i++)
            septets[n++] = s[i];
    }
    return (int)n;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_gsm7.c - any octets at all as packed septets, as septets of any
 * language, as UTF-8 and as TP-DCS
 *
 * The first three octets are fill bits and languages. Text must be UTF-8 and,
 * however little room there is, the beginning of the whole; what the default
 * alphabet can say must come back from septets as it was.
 */

#include "gsm7.h"
#include "gsm7_lang.h"
#include "tpdu_dcs.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { OCTETS = 300, SEPTETS = OCTETS * 8 / 7 + 1 };
enum { TEXT = 3 * SEPTETS + 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool so)
{
    if (!so)
        abort();
}

static void must_be_utf8(const char *s, size_t n)
{
    const char *end = s + n;
    uint32_t ch;

    must(*end == '\0');
    while (s != NULL && s < end)
        s = utf8_get(s, &ch);
    must(s == end);
}

static void packed(const uint8_t *p, size_t n, unsigned fill)
{
    uint8_t septets[SEPTETS], again[SEPTETS], octets[OCTETS + 1];
    size_t count = n * 8 > fill ? (n * 8 - fill) / 7 : 0, len;

    gsm7_unpack(p, fill, count, septets);
    for (size_t i = 0; i < count; i++)
        must(septets[i] < 0x80);
    len = gsm7_pack(septets, count, fill, octets);
    must(len == (fill + 7 * count + 7) / 8 || count == 0);
    gsm7_unpack(octets, fill, count, again);
    must(memcmp(septets, again, count) == 0);
}

/* The same with less room, down to none. */
static void cut(const struct gsm7_text *t, const char *whole, size_t n)
{
    char text[TEXT];

    for (size_t room = 1; room <= n; room += 1 + room / 8) {
        size_t some = gsm7_national_to_utf8(t, text, room);

        must(some < room && memcmp(text, whole, some) == 0);
        must(some + 4 >= room); /* a character has three octets at most */
        must_be_utf8(text, some);
    }
}

static void septets(const uint8_t *p, size_t n, uint8_t locking, uint8_t single)
{
    uint8_t s[OCTETS], back[2 * OCTETS];
    struct gsm7_text t = { s, n, locking, single };
    char text[TEXT], again[TEXT];
    size_t len;
    int count;

    for (size_t i = 0; i < n; i++)
        s[i] = p[i] & 0x7f;
    len = gsm7_national_to_utf8(&t, text, sizeof(text));
    must_be_utf8(text, len);
    cut(&t, text, len);
    len = gsm7_to_utf8(s, n, text, sizeof(text));
    must_be_utf8(text, len);
    if (strlen(text) != len)
        return; /* no text has a NUL of its own, but be sure */
    count = gsm7_from_utf8(text, back, sizeof(back));
    must(count >= 0);
    must(gsm7_to_utf8(back, (size_t)count, again, sizeof(again)) == len);
    must(memcmp(text, again, len) == 0);
}

static void utf8(const uint8_t *p, size_t n)
{
    char s[OCTETS + 1], out[8];
    uint8_t back[OCTETS];
    const char *at = s, *next;
    uint32_t ch;

    memcpy(s, p, n);
    s[n] = '\0';
    while (*at != '\0' && (next = utf8_get(at, &ch)) != NULL) {
        size_t len = (size_t)(next - at);

        must(next <= s + n && ch <= 0x10ffff);
        must(utf8_put(out, 0, sizeof(out), ch) == len);
        must(memcmp(out, at, len) == 0); /* one form for each */
        must(utf8_put(out, 0, len, ch) == 0);
        at = next;
    }
    gsm7_from_utf8(s, back, n % sizeof(back));
}

static void dcs(const uint8_t *p, size_t n)
{
    struct tpdu_dcs d;

    for (size_t i = 0; i < n; i++) {
        tpdu_dcs_read(p[i], &d);
        must(d.alphabet <= TPDU_UCS2 && d.mclass >= -1 && d.mclass <= 3);
        must(d.mwi >= -1 && d.mwi <= 3 && (d.mwi >= 0 || !d.mwi_active));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > OCTETS)
        return 0;
    packed(data + 3, size - 3, data[0] % 7);
    septets(data + 3, size - 3, data[1], data[2]);
    utf8(data + 3, size - 3);
    dcs(data, size);
    return 0;
}

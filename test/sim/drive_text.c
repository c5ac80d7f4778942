/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_text.c - from a text to the SMS-DELIVERs that carry it
 */

#include "drive_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "tpdu_text.h"

enum { IE_MAX = 100 };

int text_hex(const char *hex, uint8_t *out, size_t size)
{
    size_t n = 0;
    char pair[3] = "";

    while (*hex != '\0') {
        if (*hex == ' ') {
            hex++;
            continue;
        }
        if (!isxdigit((unsigned char)hex[0]) ||
            !isxdigit((unsigned char)hex[1]) || n == size)
            return -1;
        memcpy(pair, hex, 2);
        out[n++] = (uint8_t)strtoul(pair, NULL, 16);
        hex += 2;
    }
    return (int)n;
}

static uint8_t swapped(int v)
{
    return (uint8_t)(v % 10 << 4 | v / 10 % 10);
}

int text_scts(const char *when, uint8_t scts[7])
{
    time_t now = time(NULL);
    struct tm t;
    char end;

    if (when != NULL && strlen(when) == 14)
        return text_hex(when, scts, 7) == 7 ? 0 : -1;
    gmtime_r(&now, &t);
    if (when != NULL) {
        /* NOLINTNEXTLINE(cert-err34-c): the ranges are checked below */
        if (sscanf(when, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d%c", &t.tm_year,
                   &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min, &t.tm_sec,
                   &end) != 6 ||
            t.tm_year < 1970 || t.tm_mon < 1 || t.tm_mon > 12)
            return -1;
        t.tm_mon--;
        t.tm_year -= 1900;
    }
    scts[0] = swapped(t.tm_year);
    scts[1] = swapped(t.tm_mon + 1);
    scts[2] = swapped(t.tm_mday);
    scts[3] = swapped(t.tm_hour);
    scts[4] = swapped(t.tm_min);
    scts[5] = swapped(t.tm_sec);
    scts[6] = 0;
    return 0;
}

void text_number(const char *text, uint64_t n, char *out, size_t size)
{
    const char *at = strstr(text, "{n}");

    if (at == NULL)
        snprintf(out, size, "%s", text);
    else
        snprintf(out, size, "%.*s%llu%s", (int)(at - text), text,
                 (unsigned long long)n, at + 3);
}

static bool set_oa(const char *from, struct tpdu_addr *oa)
{
    uint8_t septets[12];
    const char *digits = from + (from[0] == '+');
    size_t n = strspn(digits, "0123456789");
    int len;

    *oa = (struct tpdu_addr){ .npi = 1 };
    snprintf(oa->text, sizeof(oa->text), "%s", digits);
    if (n > 0 && digits[n] == '\0') {
        oa->ton = from[0] == '+' ? TPDU_TON_INTERNATIONAL : TPDU_TON_UNKNOWN;
        oa->len = (uint8_t)n;
        return n <= 20;
    }
    len = gsm7_from_utf8(from, septets, 11);
    snprintf(oa->text, sizeof(oa->text), "%s", from);
    oa->ton = TPDU_TON_ALPHANUMERIC;
    oa->npi = 0;
    oa->len = (uint8_t)(len < 0 ? 0 : (len * 7 + 3) / 4);
    return len >= 0;
}

static bool put_part(const struct tpdu_deliver *d, struct text_part *part)
{
    struct wr w = wr_init(part->tpdu, sizeof(part->tpdu));

    tpdu_deliver_write(&w, d);
    part->len = (uint8_t)w.len;
    return wr_ok(&w);
}

/* The fields all parts have in common. */
static bool set_common(const struct text_conf *c, struct tpdu_deliver *d)
{
    *d = (struct tpdu_deliver){ .lp = c->lp, .pid = c->pid };
    memcpy(d->scts.octet, c->scts, sizeof(c->scts));
    return set_oa(c->from, &d->oa);
}

static const char *cut_text(const struct text_conf *c, struct tpdu_parts *p)
{
    if (tpdu_text_cut(p, c->text, c->alphabet) > 0)
        return NULL;
    if (c->alphabet == TPDU_GSM7)
        return "text is too long, or has a character that GSM 7 bit has not";
    return c->alphabet == TPDU_8BIT ? "text is too long"
                                    : "text is too long, or not UTF-8";
}

static const char *cut_octets(const struct text_conf *c, struct tpdu_parts *p)
{
    static uint8_t octets[TPDU_UNITS_MAX];
    int n = text_hex(c->ud_hex, octets, sizeof(octets));
    enum tpdu_alphabet alphabet =
        c->alphabet < 0 ? TPDU_8BIT : (enum tpdu_alphabet)c->alphabet;

    if (alphabet == TPDU_GSM7)
        return "octets need --alphabet 8bit or ucs2";
    if (n < 0 || tpdu_octets_cut(p, alphabet, octets, (size_t)n) == 0)
        return "user data is not hexadecimal, or too long";
    return NULL;
}

static uint16_t any_ref(void)
{
    uint16_t ref = 0;

    if (getrandom(&ref, sizeof(ref), 0) != (ssize_t)sizeof(ref))
        ref = (uint16_t)time(NULL);
    return ref;
}

static int put_parts(const struct text_conf *c, struct tpdu_parts *p, bool more,
                     struct text_part *parts, const char **why)
{
    struct tpdu_deliver d;

    *why = "sender is neither a number nor up to 11 letters of GSM 7 bit";
    if (!set_common(c, &d))
        return -1;
    *why = "text does not fit the data coding scheme";
    for (unsigned i = 0; tpdu_text_next(p, &d); i++) {
        d.more = more && i + 1 < p->n;
        if (c->dcs >= 0) {
            d.dcs = (uint8_t)c->dcs;
            tpdu_dcs_read(d.dcs, &d.enc);
        }
        if (!put_part(&d, &parts[i]))
            return -1;
    }
    return (int)p->n;
}

int text_parts(const struct text_conf *c, bool more, struct text_part *parts,
               const char **why)
{
    static struct tpdu_parts p;
    uint8_t ie[IE_MAX];
    int n;

    if (c->tpdu_hex != NULL) {
        n = text_hex(c->tpdu_hex, parts[0].tpdu, sizeof(parts[0].tpdu));
        *why = "TPDU is not hexadecimal, or too long";
        parts[0].len = (uint8_t)(n < 0 ? 0 : n);
        return n <= 0 ? -1 : 1;
    }
    n = c->udh_hex != NULL ? text_hex(c->udh_hex, ie, sizeof(ie)) : 0;
    *why = "the header is not hexadecimal, or too long";
    if (n < 0)
        return -1;
    p.ie = ie;
    p.ie_octets = (uint8_t)n;
    p.ref16 = c->ref16;
    *why = c->ud_hex != NULL ? cut_octets(c, &p) : cut_text(c, &p);
    if (*why != NULL)
        return -1;
    if (p.n > 1)
        p.ref = c->ref < 0 ? any_ref() : (uint16_t)c->ref;
    return put_parts(c, &p, more, parts, why);
}

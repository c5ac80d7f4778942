/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_text.c - from a text to the SMS-DELIVERs that carry it
 */

#include "drive_text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "utf8.h"

enum { UD_OCTETS = 140, ESC = 0x1b, CONCAT_IE = 5, IE_CONCAT_8BIT = 0x00 };
enum { UNITS_MAX = TEXT_PARTS_MAX * 153 };

/* What is to be sent: septets one an octet, or octets. */
struct units {
    enum tpdu_alphabet alphabet;
    size_t n;
    uint8_t u[UNITS_MAX];
};

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

/* UTF-16, most significant octet first. False: not UTF-8, or too long. */
static bool to_ucs2(const char *text, struct units *u)
{
    uint32_t ch;
    uint16_t half[2];
    int n;

    u->n = 0;
    while (*text != '\0') {
        text = utf8_get(text, &ch);
        if (text == NULL || u->n > sizeof(u->u) - 4)
            return false;
        n = ch > 0xffff ? 2 : 1;
        half[n - 1] = (uint16_t)ch;
        if (n == 2) {
            half[0] = (uint16_t)(0xd800 + ((ch - 0x10000) >> 10));
            half[1] = (uint16_t)(0xdc00 + (ch & 0x3ff));
        }
        for (int i = 0; i < n; i++) {
            u->u[u->n++] = (uint8_t)(half[i] >> 8);
            u->u[u->n++] = (uint8_t)half[i];
        }
    }
    return true;
}

static bool to_gsm7(const char *text, struct units *u)
{
    int n = gsm7_from_utf8(text, u->u, sizeof(u->u));

    u->n = n > 0 ? (size_t)n : 0;
    return n >= 0;
}

static bool to_octets(const char *text, struct units *u)
{
    u->n = strlen(text);
    if (u->n > sizeof(u->u))
        return false;
    memcpy(u->u, text, u->n);
    return true;
}

static const char *units_of_text(const struct text_conf *c, struct units *u)
{
    u->alphabet = TPDU_GSM7;
    if (c->alphabet >= 0)
        u->alphabet = (enum tpdu_alphabet)c->alphabet;
    else if (!to_gsm7(c->text, u))
        u->alphabet = TPDU_UCS2;

    switch (u->alphabet) {
    case TPDU_GSM7:
        return to_gsm7(c->text, u) ? NULL
                                   : "text is too long, or has a character "
                                     "that GSM 7 bit has not";
    case TPDU_UCS2:
        return to_ucs2(c->text, u) ? NULL : "text is too long, or not UTF-8";
    case TPDU_8BIT:
        break;
    }
    return to_octets(c->text, u) ? NULL : "text is too long";
}

static const char *units_of_hex(const struct text_conf *c, struct units *u)
{
    int n = text_hex(c->ud_hex, u->u, sizeof(u->u));

    u->alphabet = TPDU_8BIT;
    if (c->alphabet >= 0)
        u->alphabet = (enum tpdu_alphabet)c->alphabet;
    if (n < 0)
        return "user data is not hexadecimal, or too long";
    u->n = (size_t)n;
    return u->alphabet == TPDU_GSM7 ? "octets need --alphabet 8bit or ucs2"
                                    : NULL;
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

/* Units that go into a message behind `header' octets (TS 23.040 9.2.3.16). */
static size_t room_behind(enum tpdu_alphabet a, size_t header)
{
    size_t octets = UD_OCTETS - header;

    if (a == TPDU_GSM7)
        return octets * 8 / 7;
    return a == TPDU_UCS2 ? octets & ~(size_t)1 : octets;
}

/* How many of the next `room' units to take without cutting a character. */
static size_t cut(const struct units *u, size_t at, size_t room)
{
    size_t n = u->n - at;

    if (n <= room)
        return n;
    if (u->alphabet == TPDU_GSM7 && u->u[at + room - 1] == ESC)
        return room - 1;
    if (u->alphabet == TPDU_UCS2 && (u->u[at + room - 2] & 0xfc) == 0xd8)
        return room - 2;
    return room;
}

static int count_parts(const struct units *u, size_t room)
{
    int n = 0;
    size_t at = 0;

    do {
        at += cut(u, at, room);
        n++;
    } while (at < u->n);
    return n;
}

/* The header: what was asked for, then the concatenation if there are parts. */
static void set_udh(struct tpdu_deliver *d, const uint8_t *more, size_t n_more,
                    const struct tpdu_concat *concat)
{
    struct wr w = wr_init(d->udh, sizeof(d->udh));
    const uint8_t ie[CONCAT_IE] = { IE_CONCAT_8BIT, 3, (uint8_t)concat->ref,
                                    concat->max, concat->seq };
    size_t n = n_more + (concat->present ? CONCAT_IE : 0);

    d->udh_len = 0;
    if (n == 0)
        return;
    wr_u8(&w, (uint8_t)n);
    wr_bytes(&w, more, n_more);
    if (concat->present)
        wr_bytes(&w, ie, sizeof(ie));
    d->udh_len = (uint8_t)w.len;
}

static bool put_part(const struct tpdu_deliver *d, struct text_part *part)
{
    struct wr w = wr_init(part->tpdu, sizeof(part->tpdu));

    tpdu_deliver_write(&w, d);
    part->len = (uint8_t)w.len;
    return wr_ok(&w);
}

/* The fields all parts have in common. */
static bool set_common(const struct text_conf *c, enum tpdu_alphabet a,
                       struct tpdu_deliver *d)
{
    static const uint8_t dcs_of[] = {
        [TPDU_GSM7] = 0x00,
        [TPDU_8BIT] = 0x04,
        [TPDU_UCS2] = 0x08,
    };

    d->more = false;
    d->lp = d->sri = d->rp = false;
    d->pid = c->pid;
    d->dcs = c->dcs >= 0 ? (uint8_t)c->dcs : dcs_of[a];
    tpdu_dcs_read(d->dcs, &d->enc);
    memcpy(d->scts.octet, c->scts, sizeof(c->scts));
    return set_oa(c->from, &d->oa);
}

static int cut_parts(const struct text_conf *c, const struct units *u,
                     bool more, struct text_part *parts, const char **why)
{
    uint8_t ies[UD_OCTETS];
    int n_ies = c->udh_hex ? text_hex(c->udh_hex, ies, 100) : 0;
    struct tpdu_concat concat = { .ref = c->ref };
    struct tpdu_deliver d;
    size_t at = 0, room;
    int n;

    *why = "the header is not hexadecimal, or too long";
    if (n_ies < 0)
        return -1;
    *why = "sender is neither a number nor up to 11 letters of GSM 7 bit";
    if (!set_common(c, u->alphabet, &d))
        return -1;
    room = room_behind(u->alphabet, n_ies > 0 ? (size_t)n_ies + 1 : 0);
    concat.present = u->n > room;
    if (concat.present)
        room = room_behind(u->alphabet, (size_t)n_ies + 1 + CONCAT_IE);
    n = count_parts(u, room);
    *why = "text needs too many parts";
    if (n > TEXT_PARTS_MAX)
        return -1;
    concat.max = (uint8_t)n;
    *why = "text does not fit the data coding scheme";
    for (int i = 0; i < n; i++) {
        concat.seq = (uint8_t)(i + 1);
        set_udh(&d, ies, (size_t)n_ies, &concat);
        d.ud_len = (uint16_t)cut(u, at, room);
        memcpy(d.ud, u->u + at, d.ud_len);
        at += d.ud_len;
        d.more = more && i + 1 < n;
        if (!put_part(&d, &parts[i]))
            return -1;
    }
    return n;
}

int text_parts(const struct text_conf *c, bool more, struct text_part *parts,
               const char **why)
{
    static struct units u;
    int n;

    if (c->tpdu_hex != NULL) {
        n = text_hex(c->tpdu_hex, parts[0].tpdu, sizeof(parts[0].tpdu));
        *why = "TPDU is not hexadecimal, or too long";
        parts[0].len = (uint8_t)(n < 0 ? 0 : n);
        return n <= 0 ? -1 : 1;
    }
    *why = c->ud_hex ? units_of_hex(c, &u) : units_of_text(c, &u);
    if (*why != NULL)
        return -1;
    return cut_parts(c, &u, more, parts, why);
}

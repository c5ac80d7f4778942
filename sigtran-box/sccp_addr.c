/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_addr.c - called and calling party addresses (Q.713 3.4, 3.5)
 */

#include "sccp_addr.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The address indicator, Q.713 3.4.1. */
enum {
    AI_PC = 0x01,
    AI_SSN = 0x02,
    AI_GTI_SHIFT = 2,
    AI_ON_SSN = 0x40,
    AI_NATIONAL = 0x80,
};

enum { ES_ODD = 1, ES_EVEN = 2 };

/* Semi-octets, low one first; `odd' tells that the last one is a filler. */
static void read_digits(struct rd *r, bool odd, char *digits)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = rd_left(r);
    const uint8_t *p = rd_take(r, n, "global title digits");
    size_t len = 2 * n - odd;

    if (p == NULL || (odd && n == 0) || len > SCCP_GT_DIGITS) {
        rd_fail(r, "global title digits");
        return;
    }
    for (size_t i = 0; i < len; i++)
        digits[i] = hex[(i & 1) ? p[i / 2] >> 4 : p[i / 2] & 0x0f];
    digits[len] = '\0';
}

/* Global title by its indicator, Q.713 3.4.2.3.1 to 3.4.2.3.4. */
static void read_gt(struct rd *r, struct sccp_gt *gt)
{
    uint8_t o;

    switch (gt->gti) {
    case 0: /* whatever may follow is not ours to judge */
        return;
    case 1:
        o = rd_u8(r, "nature of address");
        gt->nai = o & 0x7f;
        gt->es = o & 0x80 ? ES_ODD : ES_EVEN;
        break;
    case 2: /* the encoding belongs to the translation type: digits mostly */
        gt->tt = rd_u8(r, "translation type");
        break;
    case 3:
    case 4:
        gt->tt = rd_u8(r, "translation type");
        o = rd_u8(r, "numbering plan");
        gt->np = o >> 4;
        gt->es = o & 0x0f;
        if (gt->gti == 4)
            gt->nai = rd_u8(r, "nature of address") & 0x7f;
        break;
    default:
        rd_fail(r, "global title indicator");
        return;
    }
    read_digits(r, gt->es == ES_ODD, gt->digits);
}

void sccp_addr_read(struct rd *r, struct sccp_addr *a)
{
    struct rd whole = *r;
    size_t n = rd_left(r);
    uint8_t ai = rd_u8(r, "address indicator");

    *a = (struct sccp_addr){
        .on_ssn = ai & AI_ON_SSN,
        .national = ai & AI_NATIONAL,
        .has_pc = ai & AI_PC,
        .has_ssn = ai & AI_SSN,
        .gt.gti = (ai >> AI_GTI_SHIFT) & 0x0f,
    };
    if (n > sizeof(a->wire)) {
        rd_fail(r, "address too long");
        return;
    }
    if (a->has_pc) {
        a->pc = rd_u8(r, "point code");
        a->pc |= (uint16_t)((rd_u8(r, "point code") & 0x3f) << 8);
    }
    if (a->has_ssn)
        a->ssn = rd_u8(r, "subsystem number");
    read_gt(r, &a->gt);
    if (!rd_ok(r))
        return;
    memcpy(a->wire, whole.p, n);
    a->wire_len = (uint8_t)n;
}

static uint8_t digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (uint8_t)(c - '0');
    return (uint8_t)((c - 'a' + 10) & 0x0f);
}

static void write_gt(struct wr *w, const struct sccp_gt *gt)
{
    size_t len = strnlen(gt->digits, SCCP_GT_DIGITS);
    uint8_t odd = len & 1;

    switch (gt->gti) {
    case 0:
        return;
    case 1:
        wr_u8(w, (uint8_t)(odd << 7 | (gt->nai & 0x7f)));
        break;
    case 2:
        wr_u8(w, gt->tt);
        break;
    default:
        wr_u8(w, gt->tt);
        wr_u8(w, (uint8_t)(gt->np << 4 | (odd ? ES_ODD : ES_EVEN)));
        if (gt->gti == 4)
            wr_u8(w, gt->nai & 0x7f);
        break;
    }
    for (size_t i = 0; i < len; i += 2) {
        uint8_t hi = i + 1 < len ? digit_value(gt->digits[i + 1]) : 0;

        wr_u8(w, (uint8_t)(hi << 4 | digit_value(gt->digits[i])));
    }
}

void sccp_addr_write(struct wr *w, const struct sccp_addr *a)
{
    size_t at = w->len;

    wr_u8(w, a->wire_len);
    if (a->wire_len > 0) {
        wr_bytes(w, a->wire, a->wire_len);
        return;
    }
    wr_u8(w, (uint8_t)((a->has_pc ? AI_PC : 0) | (a->has_ssn ? AI_SSN : 0) |
                       (a->on_ssn ? AI_ON_SSN : 0) |
                       (a->national ? AI_NATIONAL : 0) |
                       (a->gt.gti & 0x0f) << AI_GTI_SHIFT));
    if (a->has_pc) {
        wr_u8(w, (uint8_t)a->pc);
        wr_u8(w, (a->pc >> 8) & 0x3f);
    }
    if (a->has_ssn)
        wr_u8(w, a->ssn);
    write_gt(w, &a->gt);
    if (wr_ok(w))
        w->buf[at] = (uint8_t)(w->len - at - 1);
}

struct sccp_addr sccp_addr_e164(const char *digits, uint8_t ssn)
{
    struct sccp_addr a = {
        .has_ssn = true,
        .ssn = ssn,
        .gt = { .gti = 4, .np = 1, .nai = 4 },
    };
    size_t len = strnlen(digits, SCCP_GT_DIGITS);

    memcpy(a.gt.digits, digits, len);
    a.gt.es = len & 1 ? ES_ODD : ES_EVEN;
    return a;
}

/* Append to the string in buf; what does not fit is cut. */
static void add(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *buf, size_t size, const char *fmt, ...)
{
    size_t len = strnlen(buf, size);
    va_list args;

    va_start(args, fmt);
    vsnprintf(buf + len, size - len, fmt, args);
    va_end(args);
}

const char *sccp_addr_str(const struct sccp_addr *a, char *buf, size_t size)
{
    if (size == 0)
        return "";
    buf[0] = '\0';
    if (a->gt.gti != 0)
        add(buf, size, " GT %s", a->gt.digits);
    if (a->has_pc)
        add(buf, size, " PC %d-%d-%d", a->pc >> 11, (a->pc >> 3) & 0xff,
            a->pc & 7);
    if (a->has_ssn)
        add(buf, size, " SSN %d", a->ssn);
    if (buf[0] == '\0')
        add(buf, size, " nothing");
    memmove(buf, buf + 1, strnlen(buf, size));
    return buf;
}

bool sccp_addr_equal(const struct sccp_addr *a, const struct sccp_addr *b)
{
    if (a->on_ssn != b->on_ssn || a->has_pc != b->has_pc ||
        a->has_ssn != b->has_ssn || a->gt.gti != b->gt.gti)
        return false;
    if (a->has_pc && a->pc != b->pc)
        return false;
    if (a->has_ssn && a->ssn != b->ssn)
        return false;
    return a->gt.tt == b->gt.tt && a->gt.np == b->gt.np &&
           a->gt.nai == b->gt.nai && strcmp(a->gt.digits, b->gt.digits) == 0;
}

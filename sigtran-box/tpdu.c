/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu.c - SMS-DELIVER as it comes in a MAP message (TS 23.040 9.2.2.1)
 */

#include "tpdu.h"

#include <string.h>

#include "utf8.h"

enum { ADDR_SEMI_OCTETS = 20 }; /* 9.1.2.5: 10 octets of address value */
enum { UD_OCTETS = 140, UD_SEPTETS = 160 };

/* First octet, 9.2.3.1 to 9.2.3.23. */
enum { MTI = 0x03, MMS = 0x04, LP = 0x08, SRI = 0x20, UDHI = 0x40, RP = 0x80 };

/* Information element identifiers, 9.2.3.24. */
enum {
    IE_CONCAT_8 = 0x00,
    IE_CONCAT_16 = 0x08,
    IE_SINGLE_SHIFT = 0x24,
    IE_LOCKING_SHIFT = 0x25,
};

/* 00xx and 01xx: general data coding. */
static void dcs_general(uint8_t dcs, struct tpdu_dcs *enc)
{
    static const enum tpdu_alphabet alphabet[4] = {
        TPDU_GSM7, TPDU_8BIT, TPDU_UCS2, TPDU_GSM7 /* reserved */
    };

    enc->alphabet = alphabet[dcs >> 2 & 3];
    enc->compressed = dcs & 0x20;
    enc->auto_delete = dcs & 0x40;
    if (dcs & 0x10)
        enc->mclass = dcs & 3;
}

void tpdu_dcs_read(uint8_t dcs, struct tpdu_dcs *enc)
{
    *enc = (struct tpdu_dcs){ .alphabet = TPDU_GSM7, .mclass = -1, .mwi = -1 };
    switch (dcs >> 4) {
    case 0xc:
    case 0xd:
    case 0xe:
        enc->mwi = dcs & 3;
        enc->mwi_active = dcs & 8;
        enc->mwi_discard = dcs >> 4 == 0xc;
        if (dcs >> 4 == 0xe)
            enc->alphabet = TPDU_UCS2;
        break;
    case 0xf:
        enc->mclass = dcs & 3;
        if (dcs & 4)
            enc->alphabet = TPDU_8BIT;
        break;
    default:
        /* 1000 to 1011 are reserved: the default alphabet (23.038 4). */
        if (!(dcs & 0x80))
            dcs_general(dcs, enc);
    }
}

static void addr_digits(const uint8_t *p, size_t len, char *text)
{
    static const char digit[] = "0123456789*#abc";
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned nibble = i & 1 ? p[i / 2] >> 4 : p[i / 2] & 0x0f;

        if (nibble == 0x0f) /* an end mark before the end */
            break;
        text[n++] = digit[nibble];
    }
    text[n] = '\0';
}

static void addr_read(struct rd *r, struct tpdu_addr *a)
{
    uint8_t septets[ADDR_SEMI_OCTETS * 4 / 7];
    const uint8_t *p;
    uint8_t type;

    a->len = rd_u8(r, "TP-OA length");
    type = rd_u8(r, "TP-OA type");
    a->ton = type >> 4 & 7;
    a->npi = type & 0x0f;
    if (a->len > ADDR_SEMI_OCTETS)
        rd_fail(r, "TP-OA length");
    p = rd_take(r, (a->len + 1U) / 2, "TP-OA");
    if (p == NULL)
        return;
    if (a->ton == TPDU_TON_ALPHANUMERIC) {
        size_t n = a->len * 4U / 7;

        gsm7_unpack(p, 0, n, septets);
        gsm7_to_utf8(septets, n, a->text, sizeof(a->text));
    } else {
        addr_digits(p, a->len, a->text);
    }
}

static bool leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned month_days(unsigned year, unsigned month)
{
    static const uint8_t days[13] = { 0,  31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31 };

    if (month > 12)
        return 0;
    return days[month] + (month == 2 && leap(year) ? 1U : 0U);
}

static void scts_read(struct rd *r, struct tpdu_scts *t)
{
    const uint8_t *p = rd_take(r, sizeof(t->octet), "TP-SCTS");
    uint8_t v[7];
    bool bcd = true;

    if (p == NULL)
        return;
    memcpy(t->octet, p, sizeof(t->octet));
    for (size_t i = 0; i < 7; i++) {
        /* In the last one, bit 3 is the sign (9.2.3.11). */
        unsigned tens = p[i] & (i < 6 ? 0x0f : 0x07);

        if (tens > 9 || p[i] >> 4 > 9)
            bcd = false;
        v[i] = (uint8_t)(tens * 10 + (p[i] >> 4));
    }
    t->year = (uint16_t)(2000 + v[0]);
    t->month = v[1];
    t->day = v[2];
    t->hour = v[3];
    t->minute = v[4];
    t->second = v[5];
    t->tz_quarters = (int8_t)(p[6] & 8 ? -v[6] : v[6]);
    t->valid = bcd && v[2] >= 1 && v[2] <= month_days(t->year, v[1]) &&
               v[3] < 24 && v[4] < 60 && v[5] < 60;
}

static void concat_ie(struct tpdu_deliver *d, uint16_t ref, bool ref16,
                      const uint8_t *max_seq)
{
    uint8_t max = max_seq[0], seq = max_seq[1];

    /* 9.2.3.24.1: what makes no sense is as if it were not there. */
    if (max == 0 || seq == 0 || seq > max)
        return;
    d->concat = (struct tpdu_concat){
        .present = true, .ref = ref, .ref16 = ref16, .max = max, .seq = seq
    };
}

static void ie_read(struct tpdu_deliver *d, uint8_t iei, const uint8_t *p,
                    uint8_t len)
{
    if (iei == IE_CONCAT_8 && len == 3)
        concat_ie(d, p[0], false, p + 1);
    else if (iei == IE_CONCAT_16 && len == 4)
        concat_ie(d, (uint16_t)(p[0] << 8 | p[1]), true, p + 2);
    else if (iei == IE_SINGLE_SHIFT && len == 1)
        d->single_shift = p[0];
    else if (iei == IE_LOCKING_SHIFT && len == 1)
        d->lock_shift = p[0];
}

/*
 * Go through the elements of the header; the last one of a kind counts. If
 * the last one does not fit, none of them counts (9.2.3.24).
 */
static void udh_read(struct tpdu_deliver *d)
{
    struct rd_err err;
    struct rd r = rd_init(d->udh + 1, d->udh_len - 1U, &err);

    while (rd_left(&r) > 0) {
        uint8_t iei = rd_u8(&r, "IEI");
        uint8_t len = rd_u8(&r, "IEDL");
        const uint8_t *p = rd_take(&r, len, "IED");

        if (p != NULL)
            ie_read(d, iei, p, len);
    }
    if (rd_ok(&r))
        return;
    d->concat = (struct tpdu_concat){ .present = false };
    d->single_shift = d->lock_shift = 0;
}

static bool septets_in(const struct tpdu_deliver *d)
{
    return d->enc.alphabet == TPDU_GSM7 && !d->enc.compressed;
}

/* Septets that `octets' of user data header take, fill bits included. */
static size_t header_septets(size_t octets)
{
    return (octets * 8 + 6) / 7;
}

static unsigned header_fill(size_t octets)
{
    return (unsigned)(header_septets(octets) * 7 - octets * 8);
}

static void ud_read(struct rd *r, bool udhi, struct tpdu_deliver *d)
{
    bool septets = septets_in(d);
    size_t octets = septets ? (d->udl * 7U + 7) / 8 : d->udl;
    size_t skip = 0;
    const uint8_t *p;

    if (d->udl > (septets ? UD_SEPTETS : UD_OCTETS)) {
        rd_fail(r, "TP-UDL");
        return;
    }
    p = rd_take(r, octets, "TP-UD");
    if (p == NULL)
        return;
    if (udhi) {
        if (octets == 0 || p[0] + 1U > octets) {
            rd_fail(r, "TP-UDHL");
            return;
        }
        d->udh_len = (uint8_t)(p[0] + 1);
        memcpy(d->udh, p, d->udh_len);
        udh_read(d);
        skip = septets ? header_septets(d->udh_len) : d->udh_len;
    }
    d->ud_len = (uint16_t)(skip < d->udl ? d->udl - skip : 0);
    p += d->udh_len;
    if (septets)
        gsm7_unpack(p, header_fill(d->udh_len), d->ud_len, d->ud);
    else
        memcpy(d->ud, p, d->ud_len);
}

bool tpdu_mt_read(struct rd *r, enum tpdu_mti *mti, struct tpdu_deliver *d)
{
    uint8_t first = rd_u8(r, "TP-MTI");

    *mti = TPDU_DELIVER;
    if ((first & MTI) == 2) {
        *mti = TPDU_STATUS_REPORT;
        return rd_ok(r);
    }
    if ((first & MTI) == 1) /* SMS-SUBMIT-REPORT answers nothing of ours */
        rd_fail(r, "TP-MTI");
    *d = (struct tpdu_deliver){ .more = !(first & MMS),
                                .lp = first & LP,
                                .sri = first & SRI,
                                .rp = first & RP };
    addr_read(r, &d->oa);
    d->pid = rd_u8(r, "TP-PID");
    d->dcs = rd_u8(r, "TP-DCS");
    tpdu_dcs_read(d->dcs, &d->enc);
    scts_read(r, &d->scts);
    d->udl = rd_u8(r, "TP-UDL");
    ud_read(r, first & UDHI, d);
    return rd_ok(r);
}

static uint16_t unit(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* UTF-16BE; a surrogate without its partner, or half a unit, is U+FFFD. */
static size_t ucs2_to_utf8(const uint8_t *p, size_t n, char *out, size_t size)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i += 2) {
        uint32_t ch = i + 1 < n ? unit(p + i) : 0xfffdU;
        size_t was = len;

        if (ch >> 10 == 0x36 && i + 3 < n && unit(p + i + 2) >> 10 == 0x37) {
            ch = 0x10000 + ((ch & 0x3ff) << 10 | (unit(p + i + 2) & 0x3ff));
            i += 2;
        }
        len += utf8_put(out, len, size, ch);
        if (len == was)
            break;
    }
    if (size > 0)
        out[len] = '\0';
    return len;
}

size_t tpdu_text(const struct tpdu_deliver *d, char *out, size_t size)
{
    size_t n = d->ud_len;

    if (septets_in(d))
        return gsm7_to_utf8(d->ud, n, out, size);
    if (d->enc.alphabet == TPDU_UCS2 && !d->enc.compressed)
        return ucs2_to_utf8(d->ud, n, out, size);
    if (size == 0)
        return 0;
    if (n > size - 1)
        n = size - 1;
    memcpy(out, d->ud, n);
    out[n] = '\0';
    return n;
}

int64_t tpdu_scts_unix(const struct tpdu_scts *t)
{
    int64_t days;

    if (!t->valid)
        return -1;
    days = (t->year - 1970) * 365LL + (t->year - 1969) / 4;
    for (unsigned m = 1; m < t->month; m++)
        days += month_days(t->year, m);
    days += t->day - 1;
    return ((days * 24 + t->hour) * 60 + t->minute - t->tz_quarters * 15) * 60 +
           t->second;
}

static uint8_t nibble_of(char digit)
{
    switch (digit) {
    case '*':
        return 0x0a;
    case '#':
        return 0x0b;
    case 'a':
    case 'b':
    case 'c':
        return (uint8_t)(digit - 'a' + 0x0c);
    default:
        return (uint8_t)(digit - '0') & 0x0f;
    }
}

static void addr_write_alphanumeric(struct wr *w, const struct tpdu_addr *a)
{
    uint8_t septets[ADDR_SEMI_OCTETS * 4 / 7];
    uint8_t packed[ADDR_SEMI_OCTETS / 2] = { 0 };
    int n = gsm7_from_utf8(a->text, septets, sizeof(septets));
    size_t len;

    if (n < 0) {
        w->full = true;
        return;
    }
    /* What it came with, where the text still is that long. */
    len = a->len * 4U / 7 == (size_t)n ? a->len : ((size_t)n * 7 + 3) / 4;
    gsm7_pack(septets, (size_t)n, 0, packed);
    wr_u8(w, (uint8_t)len);
    wr_u8(w, (uint8_t)(0x80 | a->ton << 4 | a->npi));
    wr_bytes(w, packed, (len + 1) / 2);
}

static void addr_write(struct wr *w, const struct tpdu_addr *a)
{
    size_t len = strlen(a->text);

    if (a->ton == TPDU_TON_ALPHANUMERIC) {
        addr_write_alphanumeric(w, a);
        return;
    }
    if (len > ADDR_SEMI_OCTETS) {
        w->full = true;
        return;
    }
    wr_u8(w, (uint8_t)len);
    wr_u8(w, (uint8_t)(0x80 | (a->ton & 7) << 4 | (a->npi & 15)));
    for (size_t i = 0; i < len; i += 2) {
        unsigned high = i + 1 < len ? nibble_of(a->text[i + 1]) : 0x0fU;

        wr_u8(w, (uint8_t)(high << 4 | nibble_of(a->text[i])));
    }
}

static void ud_write(struct wr *w, const struct tpdu_deliver *d)
{
    uint8_t packed[UD_OCTETS];
    size_t header = d->udh_len;
    size_t room = UD_OCTETS - header;

    if (septets_in(d)) {
        size_t udl = header_septets(header) + d->ud_len;

        if (header > UD_OCTETS || udl > UD_SEPTETS) {
            w->full = true;
            return;
        }
        wr_u8(w, (uint8_t)udl);
        wr_bytes(w, d->udh, header);
        wr_bytes(w, packed,
                 gsm7_pack(d->ud, d->ud_len, header_fill(header), packed));
        return;
    }
    if (header > UD_OCTETS || d->ud_len > room) {
        w->full = true;
        return;
    }
    wr_u8(w, (uint8_t)(header + d->ud_len));
    wr_bytes(w, d->udh, header);
    wr_bytes(w, d->ud, d->ud_len);
}

void tpdu_deliver_write(struct wr *w, const struct tpdu_deliver *d)
{
    wr_u8(w, (uint8_t)((d->more ? 0 : MMS) | (d->lp ? LP : 0) |
                       (d->sri ? SRI : 0) | (d->udh_len > 0 ? UDHI : 0) |
                       (d->rp ? RP : 0)));
    addr_write(w, &d->oa);
    wr_u8(w, d->pid);
    wr_u8(w, d->dcs);
    wr_bytes(w, d->scts.octet, sizeof(d->scts.octet));
    ud_write(w, d);
}

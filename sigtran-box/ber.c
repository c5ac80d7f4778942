/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ber.c - the part of BER (ITU-T X.690) that TCAP and MAP are written in
 */

#include "ber.h"

#include <string.h>

#define CONSTRUCTED 0x20u
#define INDEFINITE  SIZE_MAX

static bool next_el(struct rd *r, struct ber_el *el, unsigned depth);

/* Identifier octets, X.690 8.1.2: tag numbers up to 16383. */
static uint32_t read_tag(struct rd *r, bool *constructed)
{
    uint32_t tag = rd_u8(r, "BER tag");
    uint8_t more = 0x80;

    *constructed = tag & CONSTRUCTED;
    if ((tag & 0x1f) != 0x1f)
        return tag;
    while ((more & 0x80) && rd_ok(r)) {
        if (tag > 0xffff)
            rd_fail(r, "BER tag too long");
        more = rd_u8(r, "BER tag");
        tag = tag << 8 | more;
    }
    return tag;
}

/* Length octets, X.690 8.1.3: up to 4 of them in the long form. */
static size_t read_len(struct rd *r)
{
    uint8_t first = rd_u8(r, "BER length");
    size_t len = 0;

    if (first < 0x80)
        return first;
    if (first == 0x80)
        return INDEFINITE;
    if (first > 0x84)
        rd_fail(r, "BER length too long");
    while ((first-- & 0x7f) && rd_ok(r))
        len = len << 8 | rd_u8(r, "BER length");
    return len;
}

/* Content up to the matching end-of-contents octets, X.690 8.1.5. */
static struct rd read_to_eoc(struct rd *r, unsigned depth)
{
    struct rd body = *r;
    struct ber_el inner;

    while (rd_left(r) < 2 || r->p[0] != 0 || r->p[1] != 0) {
        if (!next_el(r, &inner, depth)) {
            rd_fail(r, "BER end-of-contents missing");
            return body;
        }
    }
    body.end = r->p;
    rd_take(r, 2, "BER end-of-contents");
    return body;
}

static bool next_el(struct rd *r, struct ber_el *el, unsigned depth)
{
    bool constructed;
    size_t len;

    if (rd_left(r) == 0)
        return false;
    el->tag = read_tag(r, &constructed);
    len = read_len(r);
    if (el->tag == 0)
        rd_fail(r, "BER tag 0");
    else if (len == INDEFINITE && (!constructed || depth == 0))
        rd_fail(r, "BER indefinite length");

    if (len == INDEFINITE)
        el->body = read_to_eoc(r, depth - 1);
    else
        el->body = rd_sub(r, len, "BER content");
    return rd_ok(r);
}

bool ber_next(struct rd *r, struct ber_el *el)
{
    return next_el(r, el, BER_DEPTH);
}

bool ber_opt(struct rd *r, uint32_t tag, struct rd *body)
{
    struct rd ahead = *r;
    struct ber_el el;

    if (!ber_next(&ahead, &el) || el.tag != tag)
        return false;
    *r = ahead;
    *body = el.body;
    return true;
}

struct rd ber_req(struct rd *r, uint32_t tag, const char *what)
{
    struct rd body = *r;

    if (!ber_opt(r, tag, &body))
        rd_fail(r, what);
    return body;
}

int32_t ber_int(struct rd *body, const char *what)
{
    size_t n = rd_left(body);
    const uint8_t *p = rd_take(body, n, what);
    uint32_t v;

    if (p == NULL || n < 1 || n > 4) {
        rd_fail(body, what);
        return 0;
    }
    v = p[0] & 0x80 ? UINT32_MAX : 0;
    while (n-- > 0)
        v = v << 8 | *p++;
    return (int32_t)v;
}

static void write_tag(struct wr *w, uint32_t tag)
{
    int shift = tag > 0xffff ? 16 : tag > 0xff ? 8 : 0;

    for (; shift >= 0; shift -= 8)
        wr_u8(w, (uint8_t)(tag >> shift));
}

size_t ber_open(struct wr *w, uint32_t tag)
{
    write_tag(w, tag);
    wr_u8(w, 0); /* the length, once it is known */
    return w->len;
}

void ber_close(struct wr *w, size_t mark)
{
    static const uint8_t room[2];
    size_t len = w->len - mark;
    size_t extra = len < 0x80 ? 0 : len < 0x100 ? 1 : 2;

    wr_bytes(w, room, extra);
    if (len > 0xffff)
        w->full = true;
    if (w->full)
        return;

    memmove(w->buf + mark + extra, w->buf + mark, len);
    if (extra == 0) {
        w->buf[mark - 1] = (uint8_t)len;
        return;
    }
    w->buf[mark - 1] = (uint8_t)(0x80 | extra);
    for (; extra > 0; extra--, len >>= 8)
        w->buf[mark - 1 + extra] = (uint8_t)len;
}

void ber_put(struct wr *w, uint32_t tag, const void *p, size_t n)
{
    size_t mark = ber_open(w, tag);

    wr_bytes(w, p, n);
    ber_close(w, mark);
}

void ber_put_int(struct wr *w, uint32_t tag, int32_t v)
{
    const uint8_t o[] = {
        (uint8_t)(v >> 24),
        (uint8_t)(v >> 16),
        (uint8_t)(v >> 8),
        (uint8_t)v,
    };
    size_t skip = 0;

    /* drop leading octets that only repeat the sign, X.690 8.3.2 */
    while (skip < 3 && o[skip] == (v < 0 ? 0xff : 0) &&
           (o[skip] & 0x80) == (o[skip + 1] & 0x80))
        skip++;
    ber_put(w, tag, o + skip, sizeof(o) - skip);
}

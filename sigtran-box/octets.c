/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * octets.c - read and write octet strings without ever leaving them
 */

#include "octets.h"

#include <string.h>

struct rd rd_init(const void *p, size_t n, struct rd_err *err)
{
    static const uint8_t none[1];
    const uint8_t *start = p != NULL ? p : none;

    *err = (struct rd_err){ 0 };
    return (struct rd){
        .p = start,
        .end = start + n,
        .start = start,
        .err = err,
    };
}

size_t rd_left(const struct rd *r)
{
    return rd_ok(r) ? (size_t)(r->end - r->p) : 0;
}

bool rd_ok(const struct rd *r)
{
    return r->err->what == NULL;
}

void rd_fail(struct rd *r, const char *what)
{
    if (!rd_ok(r))
        return;
    r->err->what = what;
    r->err->at = (size_t)(r->p - r->start);
}

const uint8_t *rd_take(struct rd *r, size_t n, const char *what)
{
    const uint8_t *p = r->p;

    if (n > rd_left(r)) {
        rd_fail(r, what);
        return NULL;
    }
    r->p += n;
    return p;
}

struct rd rd_sub(struct rd *r, size_t n, const char *what)
{
    struct rd sub = *r;

    sub.end = rd_take(r, n, what) ? r->p : sub.p;
    return sub;
}

uint8_t rd_u8(struct rd *r, const char *what)
{
    const uint8_t *p = rd_take(r, 1, what);

    return p != NULL ? p[0] : 0;
}

uint16_t rd_u16be(struct rd *r, const char *what)
{
    const uint8_t *p = rd_take(r, 2, what);

    if (p == NULL)
        return 0;
    return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t rd_u32be(struct rd *r, const char *what)
{
    const uint8_t *p = rd_take(r, 4, what);

    if (p == NULL)
        return 0;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

void rd_end(struct rd *r, const char *what)
{
    if (rd_left(r) > 0)
        rd_fail(r, what);
}

struct wr wr_init(void *buf, size_t cap)
{
    return (struct wr){ .buf = buf, .cap = cap };
}

bool wr_ok(const struct wr *w)
{
    return !w->full;
}

void wr_bytes(struct wr *w, const void *p, size_t n)
{
    if (w->full || n > w->cap - w->len) {
        w->full = true;
        return;
    }
    if (n > 0)
        memcpy(w->buf + w->len, p, n);
    w->len += n;
}

void wr_u8(struct wr *w, uint8_t v)
{
    wr_bytes(w, &v, 1);
}

void wr_u16be(struct wr *w, uint16_t v)
{
    const uint8_t o[] = { (uint8_t)(v >> 8), (uint8_t)v };

    wr_bytes(w, o, sizeof(o));
}

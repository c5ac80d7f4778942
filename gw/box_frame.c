/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_frame.c - one frame of the protocol that Kannel boxes speak
 */

#include "box_frame.h"

#include <string.h>

enum { UUID_TEXT = 36 };

/* i: integer, s: string, u: UUID; in the order of gw/msg-decl.h of 1.4.5. */
static const char *const layout[] = {
    [BOX_HEARTBEAT] = "i",
    [BOX_ADMIN] = "is",
    [BOX_SMS] = "ssssi"
                "sssss"
                "uiiiiiiii"
                "siii"
                "sss"
                "iiii"
                "s",
    [BOX_ACK] = "iiu",
    [BOX_WDP] = "sisis",
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
    return p + 4;
}

long box_frame_length(const uint8_t *p, size_t n)
{
    uint32_t len;

    if (n < 4)
        return 0;
    len = get32(p);
    if (len < 4 || len > BOX_FRAME_MAX - 4)
        return -1;
    return (long)len + 4;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_dash(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

static bool uuid_read(const uint8_t *p, int32_t n, uint8_t id[16])
{
    size_t at = 0, i = 0;
    int hi, lo;

    if (n != UUID_TEXT)
        return false;
    while (at < UUID_TEXT) {
        if (is_dash(at)) {
            if (p[at++] != '-')
                return false;
            continue;
        }
        hi = hex_digit(p[at]);
        lo = hex_digit(p[at + 1]);
        if (hi < 0 || lo < 0)
            return false;
        id[i++] = (uint8_t)(hi << 4 | lo);
        at += 2;
    }
    return true;
}

static uint8_t *uuid_write(uint8_t *p, const uint8_t id[16])
{
    static const char hex[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        *p++ = (uint8_t)hex[id[i] >> 4];
        *p++ = (uint8_t)hex[id[i] & 15];
    }
    return p;
}

/* One field; the octets it took, or 0 if it is not all there. */
static size_t field_read(char kind, const uint8_t *p, size_t n,
                         struct box_field *f)
{
    if (n < 4)
        return 0;
    f->num = (int32_t)get32(p);
    f->p = p + 4;
    if (kind == 'i')
        return 4;
    if (f->num < -1 || (f->num > 0 && (size_t)f->num > n - 4))
        return 0;
    return f->num > 0 ? 4 + (size_t)f->num : 4;
}

bool box_frame_read(const uint8_t *p, size_t n, struct box_frame *f)
{
    const uint8_t *end = p + n;
    const char *kind;
    struct box_field *field = f->field;
    uint32_t type;
    size_t took;

    if (n < 8 || box_frame_length(p, n) != (long)n)
        return false;
    type = get32(p + 4);
    if (type >= sizeof(layout) / sizeof(layout[0]))
        return false;
    f->type = (enum box_type)type;
    p += 8;
    for (kind = layout[type]; *kind != '\0'; kind++, field++) {
        took = field_read(*kind, p, (size_t)(end - p), field);
        if (took == 0)
            return false;
        if (*kind == 'u' && !uuid_read(field->p, field->num, f->id))
            return false;
        p += took;
    }
    return p == end;
}

/* Octets of a field behind its number. */
static size_t string_octets(char kind, const struct box_field *f)
{
    if (kind == 'u')
        return UUID_TEXT;
    return kind == 's' && f->num > 0 ? (size_t)f->num : 0;
}

size_t box_frame_write(uint8_t *out, size_t size, const struct box_frame *f)
{
    const struct box_field *field = f->field;
    const char *kind;
    size_t at = 8, n;

    for (kind = layout[f->type]; *kind != '\0'; kind++, field++) {
        n = string_octets(*kind, field);
        if (size < at + 4 || size - at - 4 < n)
            return 0;
        put32(out + at, *kind == 'u' ? UUID_TEXT : (uint32_t)field->num);
        at += 4;
        if (*kind == 'u')
            uuid_write(out + at, f->id);
        else if (n > 0)
            memcpy(out + at, field->p, n);
        at += n;
    }
    put32(put32(out, (uint32_t)(at - 4)), f->type);
    return at;
}

size_t box_frame_ack(uint8_t out[BOX_ACK_OCTETS], int32_t nack, int32_t when,
                     const uint8_t id[16])
{
    uint8_t *p = put32(out, BOX_ACK_OCTETS - 4);

    p = put32(p, BOX_ACK);
    p = put32(p, (uint32_t)nack);
    p = put32(p, (uint32_t)when);
    p = put32(p, UUID_TEXT);
    p = uuid_write(p, id);
    return (size_t)(p - out);
}

size_t box_frame_heartbeat(uint8_t out[BOX_HEARTBEAT_OCTETS], int32_t load)
{
    put32(put32(put32(out, 8), BOX_HEARTBEAT), (uint32_t)load);
    return BOX_HEARTBEAT_OCTETS;
}

size_t box_frame_admin(uint8_t out[BOX_ADMIN_OCTETS], int32_t command,
                       const char *boxc_id)
{
    size_t n = boxc_id == NULL ? 0 : strnlen(boxc_id, BOX_ID_MAX);
    uint8_t *p = put32(out, (uint32_t)(12 + n));

    p = put32(p, BOX_ADMIN);
    p = put32(p, (uint32_t)command);
    p = put32(p, boxc_id == NULL ? 0xffffffff : (uint32_t)n);
    if (n > 0)
        memcpy(p, boxc_id, n);
    return 16 + n;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_msg.c - what a plug-in sees of a message: its fields
 *
 * A message is one piece of memory with room for its fields behind it, so that
 * one is made, copied and freed at once. What does not fit there has memory of
 * its own. A field never moves because another one is set.
 */

#include "plug_msg.h"

#include "map_err.h"
#include "utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROOM = 768,         /* all fields of a usual message */
    SPARE = 128,        /* of a copy, for what is changed in it */
    NUMBER_DIGITS = 20, /* TS 23.040 9.1.2.5 */
    NAME_CHARACTERS = 11,
    ROUTE_OCTETS = 31,
    META_OCTETS = 1024,
};

struct octets {
    char *p;
    uint32_t len;
    uint32_t size; /* of the memory at p, 0: p is a constant */
    bool own;      /* p is from malloc() */
};

struct plug_msg {
    uint64_t id;
    uint32_t changed; /* a bit for each field */
    uint32_t used, size;
    struct octets field[PLUG_NFIELDS];
    char notes[PLUG_NOTES_MAX];
    char room[];
};

static bool is_field(enum plug_field f)
{
    return (unsigned)f < PLUG_NFIELDS;
}

static struct plug_msg *make(size_t room)
{
    struct plug_msg *m = malloc(sizeof(*m) + room);
    static char nothing[1];

    if (m == NULL)
        return NULL;
    m->id = 0;
    m->changed = 0;
    m->used = 0;
    m->size = (uint32_t)room;
    m->notes[0] = '\0';
    for (int f = 0; f < PLUG_NFIELDS; f++)
        m->field[f] = (struct octets){ .p = nothing };
    return m;
}

struct plug_msg *plug_msg_new(void)
{
    return make(ROOM);
}

struct plug_msg *plug_msg_clone(const struct plug_msg *m)
{
    struct plug_msg *c;
    size_t room = SPARE;

    for (int f = 0; f < PLUG_NFIELDS; f++)
        room += m->field[f].len + 1;
    c = make(room);
    if (c == NULL)
        return NULL;
    for (int f = 0; f < PLUG_NFIELDS; f++)
        if (m->field[f].len > 0)
            plug_msg_put(c, (enum plug_field)f, m->field[f].p, m->field[f].len);
    c->id = m->id;
    c->changed = m->changed;
    memcpy(c->notes, m->notes, strlen(m->notes) + 1);
    return c;
}

void plug_msg_free(struct plug_msg *m)
{
    if (m == NULL)
        return;
    for (int f = 0; f < PLUG_NFIELDS; f++)
        if (m->field[f].own)
            free(m->field[f].p);
    free(m);
}

/* Memory for `size' octets, behind the message or of its own. */
static bool find_room(struct plug_msg *m, uint32_t size, struct octets *o)
{
    *o = (struct octets){ .size = size };
    if (size <= m->size - m->used) {
        o->p = m->room + m->used;
        m->used += size;
        return true;
    }
    o->own = true;
    o->p = malloc(size);
    return o->p != NULL;
}

bool plug_msg_put(struct plug_msg *m, enum plug_field f, const void *p,
                  size_t len)
{
    struct octets *o, new;

    if (!is_field(f) || len > PLUG_FIELD_MAX)
        return false;
    o = &m->field[f];
    if (len + 1 > o->size) {
        if (!find_room(m, (uint32_t)len + 1, &new))
            return false;
        if (len > 0)
            memcpy(new.p, p, len);
        if (o->own)
            free(o->p);
        *o = new;
    } else if (len > 0) {
        memmove(o->p, p, len); /* it may be a part of itself */
    }
    o->len = (uint32_t)len;
    o->p[len] = '\0';
    return true;
}

bool plug_msg_put_text(struct plug_msg *m, enum plug_field f, const char *text)
{
    return plug_msg_put(m, f, text, strlen(text));
}

bool plug_msg_put_number(struct plug_msg *m, enum plug_field f, unsigned n)
{
    char text[12];

    if (n == 0)
        return true;
    snprintf(text, sizeof(text), "%u", n);
    return plug_msg_put_text(m, f, text);
}

bool plug_msg_put_plus(struct plug_msg *m, enum plug_field f,
                       const char *digits)
{
    char text[NUMBER_DIGITS + 2];

    if (digits[0] == '\0')
        return true;
    snprintf(text, sizeof(text), "+%.*s", NUMBER_DIGITS, digits);
    return plug_msg_put_text(m, f, text);
}

const void *plug_msg_get(const struct plug_msg *m, enum plug_field f,
                         size_t *len)
{
    *len = is_field(f) ? m->field[f].len : 0;
    return is_field(f) ? m->field[f].p : "";
}

const char *plug_msg_text(const struct plug_msg *m, enum plug_field f)
{
    return is_field(f) ? m->field[f].p : "";
}

bool plug_msg_changed(const struct plug_msg *m, enum plug_field f)
{
    return is_field(f) && (m->changed & 1u << f) != 0;
}

static bool is_question(const struct plug_msg *m)
{
    return strcmp(m->field[PLUG_KIND].p, "sri") == 0;
}

static bool is_number(const char *p, size_t len, const char *digits)
{
    if (len > 0 && *p == '+') {
        p++;
        len--;
    }
    for (size_t i = 0; i < len; i++)
        if (p[i] == '\0' || strchr(digits, p[i]) == NULL)
            return false;
    return len > 0 && len <= NUMBER_DIGITS;
}

/* How many characters of UTF-8; -1: it is none, or holds a NUL. The octet at
 * p[len] is NUL. */
static long characters(const char *p, size_t len, bool control)
{
    const char *end = p + len;
    uint32_t ch;
    long n = 0;

    for (; p != NULL && p < end; n++) {
        if (*p == '\0')
            return -1;
        p = utf8_get(p, &ch);
        if (p != NULL && !control && (ch < 0x20 || (ch >= 0x7f && ch < 0xa0)))
            return -1;
    }
    return p == end ? n : -1;
}

static bool is_name(const char *p, size_t len)
{
    long n = characters(p, len, false);

    return n >= 1 && n <= NAME_CHARACTERS;
}

static bool is_word(const char *p, size_t len, const char *more)
{
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)p[i]) &&
            (p[i] == '\0' || strchr(more, p[i]) == NULL))
            return false;
    return len > 0;
}

/* key=value&..., as it stands between "?group?" and the next group: what is
 * no letter or digit is written as %XX, or stands for itself if it does not
 * divide anything. */
static bool is_meta(const char *p, size_t len)
{
    const char *end = p + len;

    if (len > META_OCTETS)
        return false;
    while (p < end) {
        const char *amp = memchr(p, '&', (size_t)(end - p));
        const char *stop = amp != NULL ? amp : end;
        const char *is = memchr(p, '=', (size_t)(stop - p));

        if (is == NULL || !is_word(p, (size_t)(is - p), "-_."))
            return false;
        for (p = is + 1; p < stop; p++)
            if (*p <= ' ' || *p >= 0x7f || *p == '?' || *p == '=')
                return false;
        p = amp != NULL ? amp + 1 : end;
    }
    return true;
}

/* May a plug-in write this into field f? p[len] is NUL. */
static bool is_good(const struct plug_msg *m, enum plug_field f, const char *p,
                    size_t len)
{
    struct map_err err;

    switch (f) {
    case PLUG_SENDER:
        return is_number(p, len, "0123456789*#abcABC") || is_name(p, len);
    case PLUG_RECEIVER:
        return is_number(p, len, "0123456789");
    case PLUG_TEXT:
        return strcmp(m->field[PLUG_CODING].p, "1") == 0 ||
               characters(p, len, true) >= 0;
    case PLUG_ROUTE:
        return is_word(p, len, "-_.:") && len <= ROUTE_OCTETS;
    case PLUG_META:
        return is_meta(p, len);
    case PLUG_ERROR:
        return len == 0 ||
               (strlen(p) == len && map_err_named(p, is_question(m), &err));
    default:
        return false;
    }
}

static bool may_set(const struct plug_msg *m, enum plug_field f)
{
    switch (f) {
    case PLUG_SENDER:
    case PLUG_RECEIVER:
    case PLUG_TEXT:
    case PLUG_ROUTE:
    case PLUG_META:
        return !is_question(m);
    case PLUG_ERROR:
        return true;
    default:
        return false;
    }
}

bool plug_msg_set(struct plug_msg *m, enum plug_field f, const void *p,
                  size_t len)
{
    char *copy; /* of ours: with a NUL, and nobody changes it meanwhile */
    bool ok;

    if (!is_field(f) || !may_set(m, f) || len > PLUG_FIELD_MAX)
        return false;
    if (m->field[f].len == len &&
        (len == 0 || memcmp(m->field[f].p, p, len) == 0))
        return true;
    copy = malloc(len + 1);
    if (copy == NULL)
        return false;
    if (len > 0)
        memcpy(copy, p, len);
    copy[len] = '\0';
    ok = is_good(m, f, copy, len) && plug_msg_put(m, f, copy, len);
    if (ok)
        m->changed |= 1u << f;
    free(copy);
    return ok;
}

void plug_msg_note(struct plug_msg *m, const char *text)
{
    size_t at = strlen(m->notes);

    if (text[0] == '\0')
        return;
    if (at > 0 && at < sizeof(m->notes) - 3) {
        memcpy(m->notes + at, "; ", 3);
        at += 2;
    }
    for (; *text != '\0' && at < sizeof(m->notes) - 1; text++)
        m->notes[at++] = iscntrl((unsigned char)*text) ? '?' : *text;
    /* a character is there as a whole, or not */
    if (*text != '\0' && (*text & 0xc0) == 0x80) {
        while (at > 0 && (m->notes[at - 1] & 0xc0) == 0x80)
            at--;
        at -= at > 0;
    }
    m->notes[at] = '\0';
}

const char *plug_msg_notes(const struct plug_msg *m)
{
    return m->notes;
}

uint64_t plug_msg_id(const struct plug_msg *m)
{
    return m->id;
}

void plug_msg_set_id(struct plug_msg *m, uint64_t id)
{
    m->id = id;
}

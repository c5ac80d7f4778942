/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_frame.c - what the frames of a plug-in's process say
 *
 * A text goes with its NUL, and is refused if it has another: so it may be
 * used where it stands.
 */

#include "plug_frame.h"

#include "octets.h"

#include <string.h>

enum { TEXT_MAX = PLUG_FIELD_MAX, CDR_TEXTS = 12 };

/* ---- numbers and texts ---- */

static void put_u(struct plug_wire *w, uint64_t v, unsigned n)
{
    uint8_t b[8];

    for (unsigned i = n; i > 0; i--) {
        b[i - 1] = (uint8_t)v;
        v >>= 8;
    }
    plug_wire_add(w, b, n);
}

static void put_octets(struct plug_wire *w, const void *p, size_t n)
{
    put_u(w, n, 4);
    plug_wire_add(w, p, n);
}

static void put_str(struct plug_wire *w, const char *s)
{
    put_octets(w, s, strlen(s) + 1);
}

static uint64_t get_u(struct rd *r, unsigned n)
{
    const uint8_t *p = rd_take(r, n, "number");
    uint64_t v = 0;

    for (unsigned i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static uint8_t get_up_to(struct rd *r, uint8_t most)
{
    uint8_t v = rd_u8(r, "number");

    if (v > most)
        rd_fail(r, "number");
    return v;
}

static const char *get_str(struct rd *r, size_t most)
{
    size_t n = (size_t)get_u(r, 4);
    const uint8_t *p = rd_take(r, n, "text");

    if (p != NULL && n > 0 && n - 1 <= most && memchr(p, '\0', n) == p + n - 1)
        return (const char *)p;
    rd_fail(r, "text");
    return "";
}

static bool whole(struct rd *r)
{
    rd_end(r, "end");
    return rd_ok(r);
}

/* ---- frames ---- */

bool plug_frame_put(struct plug_wire *w, uint8_t type)
{
    plug_wire_begin(w, type, 0);
    return plug_wire_end(w);
}

bool plug_frame_get(const struct plug_frame *f)
{
    return f->len == 0;
}

bool plug_frame_put_load(struct plug_wire *w, const struct plug_frame_load *l)
{
    plug_wire_begin(w, PLUG_WIRE_LOAD, 0);
    put_u(w, PLUG_WIRE_VERSION, 2);
    put_u(w, PLUG_ABI_MAJOR, 2);
    put_u(w, PLUG_ABI_MINOR, 2);
    put_str(w, l->id);
    put_str(w, l->path);
    return plug_wire_end(w);
}

bool plug_frame_get_load(const struct plug_frame *f, struct plug_frame_load *l)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    if (get_u(&r, 2) != PLUG_WIRE_VERSION || get_u(&r, 2) != PLUG_ABI_MAJOR ||
        get_u(&r, 2) != PLUG_ABI_MINOR)
        return false;
    l->id = get_str(&r, PLUG_FRAME_NAME);
    l->path = get_str(&r, TEXT_MAX);
    return whole(&r);
}

bool plug_frame_put_loaded(struct plug_wire *w,
                           const struct plug_frame_loaded *l)
{
    plug_wire_begin(w, PLUG_WIRE_LOADED, 0);
    put_u(w, PLUG_WIRE_VERSION, 2);
    put_str(w, l->name);
    put_str(w, l->version);
    put_u(w, l->hooks, 1);
    put_u(w, l->n_keys, 1);
    for (unsigned i = 0; i < l->n_keys; i++)
        put_str(w, l->key[i]);
    return plug_wire_end(w);
}

bool plug_frame_get_loaded(const struct plug_frame *f,
                           struct plug_frame_loaded *l)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    if (get_u(&r, 2) != PLUG_WIRE_VERSION)
        return false;
    l->name = get_str(&r, PLUG_FRAME_NAME);
    l->version = get_str(&r, PLUG_FRAME_NAME);
    l->hooks = rd_u8(&r, "hooks");
    l->n_keys = get_up_to(&r, PLUG_FRAME_KEYS);
    for (unsigned i = 0; i < l->n_keys && rd_ok(&r); i++)
        l->key[i] = get_str(&r, PLUG_FRAME_KEY);
    return whole(&r);
}

bool plug_frame_put_open(struct plug_wire *w, const struct plug_frame_open *o)
{
    plug_wire_begin(w, PLUG_WIRE_OPEN, 0);
    put_u(w, o->check, 1);
    put_u(w, o->slots, 4);
    put_u(w, o->n_keys, 1);
    for (unsigned i = 0; i < o->n_keys; i++) {
        put_str(w, o->key[i].key);
        put_str(w, o->key[i].value);
    }
    return plug_wire_end(w);
}

bool plug_frame_get_open(const struct plug_frame *f, struct plug_frame_open *o)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    o->check = get_up_to(&r, 1) == 1;
    o->slots = (uint32_t)get_u(&r, 4);
    if (o->slots == 0 || o->slots > PLUG_FRAME_SLOTS)
        rd_fail(&r, "slots");
    o->n_keys = get_up_to(&r, PLUG_FRAME_KEYS);
    for (unsigned i = 0; i < o->n_keys && rd_ok(&r); i++) {
        o->key[i].key = get_str(&r, PLUG_FRAME_KEY);
        o->key[i].value = get_str(&r, TEXT_MAX);
    }
    return whole(&r);
}

bool plug_frame_put_msg(struct plug_wire *w, uint8_t type, uint64_t id,
                        uint64_t until_ms, const struct plug_msg *m)
{
    plug_wire_begin(w, type, id);
    put_u(w, until_ms, 8);
    for (uint8_t f = 0; f < PLUG_NFIELDS; f++) {
        size_t n;
        const void *p = plug_msg_get(m, f, &n);

        if (n == 0)
            continue;
        put_u(w, f, 1);
        put_octets(w, p, n);
    }
    return plug_wire_end(w);
}

bool plug_frame_get_msg(const struct plug_frame *f, uint64_t *until_ms,
                        struct plug_msg *m)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    *until_ms = get_u(&r, 8);
    while (rd_left(&r) > 0) {
        uint8_t field = get_up_to(&r, PLUG_NFIELDS - 1);
        size_t n = (size_t)get_u(&r, 4);
        const uint8_t *p = rd_take(&r, n, "field");

        if (p != NULL && !plug_msg_put(m, field, p, n))
            rd_fail(&r, "field");
    }
    return rd_ok(&r);
}

bool plug_frame_put_verdict(struct plug_wire *w, uint64_t id, uint8_t v,
                            const struct plug_msg *m)
{
    plug_wire_begin(w, PLUG_WIRE_VERDICT, id);
    put_u(w, v, 1);
    put_str(w, plug_msg_notes(m));
    for (uint8_t f = 0; f < PLUG_NFIELDS; f++) {
        size_t n;
        const void *p = plug_msg_get(m, f, &n);

        if (!plug_msg_changed(m, f))
            continue;
        put_u(w, f, 1);
        put_octets(w, p, n);
    }
    return plug_wire_end(w);
}

bool plug_frame_get_verdict(const struct plug_frame *f,
                            struct plug_frame_verdict *v)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    v->v = rd_u8(&r, "verdict");
    if (v->v > PLUG_PERMFAIL && v->v != PLUG_FRAME_FAILED)
        rd_fail(&r, "verdict");
    v->notes = get_str(&r, PLUG_NOTES_MAX - 1);
    for (v->n = 0; rd_left(&r) > 0; v->n++) {
        if (v->n == PLUG_NFIELDS) {
            rd_fail(&r, "fields");
            break;
        }
        v->change[v->n].field = get_up_to(&r, PLUG_NFIELDS - 1);
        v->change[v->n].len = (uint32_t)get_u(&r, 4);
        if (v->change[v->n].len > PLUG_FIELD_MAX)
            rd_fail(&r, "field");
        v->change[v->n].p = rd_take(&r, v->change[v->n].len, "field");
    }
    return rd_ok(&r);
}

bool plug_frame_put_text(struct plug_wire *w, uint8_t type, uint64_t n,
                         const char *text)
{
    plug_wire_begin(w, type, 0);
    put_u(w, n, 8);
    put_str(w, text);
    return plug_wire_end(w);
}

bool plug_frame_get_text(const struct plug_frame *f, uint64_t *n,
                         const char **text)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    *n = get_u(&r, 8);
    *text = get_str(&r, PLUG_FRAME_LINE);
    if (f->type == PLUG_WIRE_LOG && *n > PLUG_LOG_ERROR)
        rd_fail(&r, "level");
    if (f->type == PLUG_WIRE_DONE && (*n < PLUG_DONE || *n > PLUG_PERMFAIL))
        rd_fail(&r, "verdict");
    return whole(&r);
}

/* ---- the record ---- */

static const size_t cdr_text[CDR_TEXTS] = {
    offsetof(struct plug_cdr, id),     offsetof(struct plug_cdr, network),
    offsetof(struct plug_cdr, sc),     offsetof(struct plug_cdr, gt),
    offsetof(struct plug_cdr, imsi),   offsetof(struct plug_cdr, receiver),
    offsetof(struct plug_cdr, sender), offsetof(struct plug_cdr, node),
    offsetof(struct plug_cdr, route),  offsetof(struct plug_cdr, box),
    offsetof(struct plug_cdr, why),    offsetof(struct plug_cdr, notes),
};

bool plug_frame_put_cdr(struct plug_wire *w, const struct plug_cdr *c)
{
    const uint8_t octets[] = {
        c->kind,  c->version, c->report, c->duplicate, c->answered, c->verdict,
        c->parts, c->part,    c->coding, c->dcs,       c->pid,
    };

    plug_wire_begin(w, PLUG_WIRE_CDR, 0);
    plug_wire_add(w, octets, sizeof(octets));
    put_u(w, c->ref, 2);
    put_u(w, c->octets, 2);
    put_u(w, (uint16_t)c->error, 2);
    put_u(w, (uint16_t)c->cause, 2);
    put_u(w, c->dialogue, 8);
    put_u(w, c->received_ms, 8);
    put_u(w, c->filtered_ms, 8);
    put_u(w, c->sent_ms, 8);
    put_u(w, c->decided_ms, 8);
    put_u(w, c->answered_ms, 8);
    for (int i = 0; i < CDR_TEXTS; i++) {
        const char *s;

        memcpy(&s, (const char *)c + cdr_text[i], sizeof(s));
        put_str(w, s);
    }
    put_u(w, c->text != NULL, 1);
    if (c->text != NULL)
        put_str(w, c->text);
    return plug_wire_end(w);
}

static void get_cdr_octets(struct rd *r, struct plug_cdr *c)
{
    c->kind = get_up_to(r, PLUG_CDR_SMS);
    c->version = rd_u8(r, "version");
    c->report = get_up_to(r, 1);
    c->duplicate = get_up_to(r, PLUG_CDR_REPEATED);
    c->answered = get_up_to(r, 1);
    c->verdict = get_up_to(r, PLUG_PERMFAIL);
    c->parts = rd_u8(r, "parts");
    c->part = rd_u8(r, "part");
    c->coding = rd_u8(r, "coding");
    c->dcs = rd_u8(r, "dcs");
    c->pid = rd_u8(r, "pid");
}

bool plug_frame_get_cdr(const struct plug_frame *f, struct plug_cdr *c)
{
    struct rd_err err;
    struct rd r = rd_init(f->body, f->len, &err);

    memset(c, 0, sizeof(*c));
    c->size = sizeof(*c);
    get_cdr_octets(&r, c);
    c->ref = (uint16_t)get_u(&r, 2);
    c->octets = (uint16_t)get_u(&r, 2);
    c->error = (int16_t)get_u(&r, 2);
    c->cause = (int16_t)get_u(&r, 2);
    c->dialogue = get_u(&r, 8);
    c->received_ms = get_u(&r, 8);
    c->filtered_ms = get_u(&r, 8);
    c->sent_ms = get_u(&r, 8);
    c->decided_ms = get_u(&r, 8);
    c->answered_ms = get_u(&r, 8);
    for (int i = 0; i < CDR_TEXTS; i++) {
        const char *s = get_str(&r, TEXT_MAX);

        memcpy((char *)c + cdr_text[i], &s, sizeof(s));
    }
    if (get_up_to(&r, 1) == 1)
        c->text = get_str(&r, TEXT_MAX);
    return whole(&r);
}

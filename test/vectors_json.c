/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_json.c - hexadecimal, and comparing what was read with what is
 * wanted
 */

#include "vectors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool vec_fail(struct vec *v, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(v->why, sizeof(v->why), fmt, ap);
    va_end(ap);
    return false;
}

json_t *vec_hex(const void *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const uint8_t *octet = p;
    char s[2 * VEC_OCTETS];

    if (n > VEC_OCTETS)
        n = VEC_OCTETS;
    for (size_t i = 0; i < n; i++) {
        s[2 * i] = digit[octet[i] >> 4];
        s[2 * i + 1] = digit[octet[i] & 15];
    }
    return json_stringn(s, 2 * n);
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int vec_unhex(const char *hex, uint8_t *out, size_t size)
{
    size_t n = strlen(hex);

    if (n % 2 != 0 || n / 2 > size)
        return -1;
    for (size_t i = 0; i < n / 2; i++) {
        int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return (int)(n / 2);
}

const char *vec_str(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s != NULL ? s : "";
}

int vec_int(const json_t *o, const char *key, int otherwise)
{
    const json_t *i = json_object_get(o, key);

    return json_is_integer(i) ? (int)json_integer_value(i) : otherwise;
}

/* Where in the structure we are, for messages. */
struct path {
    const struct path *up;
    const char *key;
    bool loose; /* vec_has() */
};

static void path_str(const struct path *p, char *s, size_t size)
{
    if (p->up == NULL) {
        s[0] = '\0';
        return;
    }
    path_str(p->up, s, size);
    snprintf(s + strlen(s), size - strlen(s), ".%s", p->key);
}

static bool differ(struct vec *v, const struct path *at, const json_t *want,
                   const json_t *got)
{
    char where[120];
    char *a = json_dumps(want, JSON_ENCODE_ANY | JSON_COMPACT);
    char *b = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);

    path_str(at, where, sizeof(where));
    vec_fail(v, "%s: want %.120s, got %.120s", where, a != NULL ? a : "nothing",
             b != NULL ? b : "nothing");
    free(a);
    free(b);
    return false;
}

/* Remarks of the makers of the vectors. */
static bool remark(const char *key)
{
    static const char *const keys[] = { "text-oracle", "map-decoded-as",
                                        "map_error" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

/* What need not be said: it can be derived from what is said. */
static bool derived(const char *key)
{
    static const char *const keys[] = { "param", "map", "name",
                                        "tpdu",  "hex", "map-version" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

static bool same(struct vec *v, const struct path *at, const json_t *want,
                 const json_t *got);

static bool same_object(struct vec *v, const struct path *at,
                        const json_t *want, const json_t *got)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)want, key, value)
    {
        struct path here = { .up = at, .key = key, .loose = at->loose };

        if (!remark(key) && !same(v, &here, value, json_object_get(got, key)))
            return false;
    }
    if (at->loose)
        return true;
    json_object_foreach((json_t *)(uintptr_t)got, key, value)
    {
        struct path here = { .up = at, .key = key };

        if (json_object_get(want, key) == NULL && !derived(key))
            return differ(v, &here, NULL, value);
    }
    return true;
}

static bool same_array(struct vec *v, const struct path *at, const json_t *want,
                       const json_t *got)
{
    if (!json_is_array(got) ||
        (!at->loose && json_array_size(want) != json_array_size(got)))
        return differ(v, at, want, got);
    for (size_t i = 0; i < json_array_size(want); i++) {
        char index[24];
        struct path here = { .up = at, .key = index, .loose = at->loose };

        snprintf(index, sizeof(index), "%zu", i);
        if (!same(v, &here, json_array_get(want, i), json_array_get(got, i)))
            return false;
    }
    return true;
}

/* A list where one value is natural: any of them. */
static bool any_of(const json_t *want, const json_t *got)
{
    for (size_t i = 0; i < json_array_size(want); i++)
        if (json_equal(json_array_get(want, i), got))
            return true;
    return false;
}

static bool same(struct vec *v, const struct path *at, const json_t *want,
                 const json_t *got)
{
    /* "opaque": there is something, skipped unparsed */
    if (json_is_string(want) && got != NULL &&
        strcmp(json_string_value(want), "opaque") == 0)
        return true;
    if (json_is_object(want) && json_is_object(got))
        return same_object(v, at, want, got);
    if (json_is_array(want) && json_is_array(got))
        return same_array(v, at, want, got);
    if (at->loose && json_is_null(want) && (got == NULL || json_is_null(got)))
        return true;
    if (at->loose && json_is_array(want) && any_of(want, got))
        return true;
    return json_equal(want, got) || differ(v, at, want, got);
}

bool vec_same(struct vec *v, const json_t *want, const json_t *got)
{
    struct path top = { .up = NULL };

    return same(v, &top, want, got);
}

bool vec_has(struct vec *v, const json_t *want, const json_t *got)
{
    struct path top = { .up = NULL, .loose = true };

    return same(v, &top, want, got);
}

bool vec_written(struct vec *v, const struct wr *w, const uint8_t *p, size_t n)
{
    json_t *octets;

    if (!v->canonical)
        return true;
    v->reencoded++;
    if (wr_ok(w) && w->len == n && memcmp(w->buf, p, n) == 0)
        return true;
    octets = vec_hex(w->buf, w->len);
    vec_fail(v, "written again: %s%.300s", wr_ok(w) ? "" : "no room after ",
             json_string_value(octets));
    json_decref(octets);
    return false;
}

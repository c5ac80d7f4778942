/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_json.h - a JSON object, member by member
 *
 * The one user of jansson in the box. Members are strings, integers, booleans
 * or null; objects and lists inside are refused. Plain, reads memory only.
 */

#ifndef REST_JSON_H
#define REST_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_value {
    enum { JSON_IS_NULL, JSON_IS_TEXT, JSON_IS_INT, JSON_IS_BOOL } type;
    const char *text; /* without a 0 inside */
    int64_t n;
    bool yes;
};

enum { JSON_NAME_MAX = 31, JSON_WHY_MAX = 200 };

struct json_bad {
    bool syntax;                   /* it is no JSON object at all */
    char field[JSON_NAME_MAX + 1]; /* ""; of the object */
    char why[JSON_WHY_MAX + 1];
};

/* member() returns NULL, or why it does not take this one. -1: *bad. */
int json_each(const char *p, size_t n,
              const char *(*member)(void *ctx, const char *name,
                                    const struct json_value *v),
              void *ctx, struct json_bad *bad);

#endif

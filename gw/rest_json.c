/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_json.c - a JSON object, member by member
 */

#include "rest_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *value_of(const json_t *j, struct json_value *v)
{
    *v = (struct json_value){ .type = JSON_IS_NULL };
    switch (json_typeof(j)) {
    case JSON_NULL:
        return NULL;
    case JSON_STRING:
        v->type = JSON_IS_TEXT;
        v->text = json_string_value(j);
        return NULL; /* jansson refuses U+0000 */
    case JSON_INTEGER:
        v->type = JSON_IS_INT;
        v->n = json_integer_value(j);
        return NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        v->type = JSON_IS_BOOL;
        v->yes = json_is_true(j);
        return NULL;
    default:
        return "must be a string, an integer, true, false or null";
    }
}

static int each(json_t *object,
                const char *(*member)(void *ctx, const char *name,
                                      const struct json_value *v),
                void *ctx, struct json_bad *bad)
{
    struct json_value v;
    const char *name, *why;
    json_t *j;

    json_object_foreach(object, name, j)
    {
        why = value_of(j, &v);
        if (why == NULL)
            why = member(ctx, name, &v);
        if (why == NULL)
            continue;
        snprintf(bad->field, sizeof(bad->field), "%s", name);
        snprintf(bad->why, sizeof(bad->why), "%s", why);
        return -1;
    }
    return 0;
}

int json_each(const char *p, size_t n,
              const char *(*member)(void *ctx, const char *name,
                                    const struct json_value *v),
              void *ctx, struct json_bad *bad)
{
    json_error_t error;
    json_t *j = json_loadb(p, n, JSON_REJECT_DUPLICATES, &error);
    int rc = -1;

    *bad = (struct json_bad){ .syntax = true };
    if (j == NULL) {
        snprintf(bad->why, sizeof(bad->why), "no JSON: line %d, column %d: %s",
                 error.line, error.column, error.text);
    } else if (!json_is_object(j)) {
        snprintf(bad->why, sizeof(bad->why), "must be a JSON object");
    } else {
        bad->syntax = false;
        rc = each(j, member, ctx, bad);
    }
    json_decref(j);
    return rc;
}

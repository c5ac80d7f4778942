/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_answer.c - the verdict of a service: an object of JSON
 */

#include "http_answer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

const enum plug_field http_answer_field[HTTP_ANSWER_FIELDS] = {
    PLUG_ERROR, PLUG_ROUTE, PLUG_SENDER, PLUG_TEXT, PLUG_RECEIVER, PLUG_META,
};

static const char *const names[HTTP_ANSWER_FIELDS] = {
    "error", "route", "sender", "text", "receiver", "meta",
};

/* A member that is there must be a text. */
static bool text_of(const json_t *root, const char *name, const char **p,
                    size_t *len)
{
    const json_t *v = json_object_get(root, name);

    *p = json_string_value(v);
    *len = *p != NULL ? json_string_length(v) : 0;
    return v == NULL || json_is_null(v) || *p != NULL;
}

static bool read_verdict(struct http_answer *a, const json_t *root, bool sri,
                         char *why, size_t why_len)
{
    static const char *const name[] = { "next", "done", "tempfail",
                                        "permfail" };
    const char *p;
    size_t len;

    a->verdict = PLUG_NEXT;
    if (!text_of(root, "verdict", &p, &len)) {
        snprintf(why, why_len, "its verdict is no text");
        return false;
    }
    if (p == NULL)
        return true;
    for (int i = 0; i < 4; i++)
        if (strcmp(p, name[i]) == 0 && (i != PLUG_DONE || !sri)) {
            a->verdict = (enum plug_verdict)i;
            return true;
        }
    snprintf(why, why_len, "<%.20s> is no verdict", p);
    return false;
}

static bool read_fields(struct http_answer *a, const json_t *root, bool sri,
                        char *why, size_t why_len)
{
    const char *p;
    size_t len;

    for (int i = 0; i < HTTP_ANSWER_FIELDS; i++) {
        if (!text_of(root, names[i], &p, &len)) {
            snprintf(why, why_len, "its %s is no text", names[i]);
            return false;
        }
        if (p == NULL || (sri && http_answer_field[i] != PLUG_ERROR))
            continue;
        a->field[a->n_fields].name = names[i];
        a->field[a->n_fields].field = http_answer_field[i];
        a->field[a->n_fields].p = p;
        a->field[a->n_fields++].len = len;
    }
    if (text_of(root, "note", &a->note, &len))
        return true;
    snprintf(why, why_len, "its note is no text");
    return false;
}

bool http_answer_read(struct http_answer *a, const char *p, size_t len,
                      bool sri, char *why, size_t why_len)
{
    json_t *root = json_loadb(p, len, JSON_REJECT_DUPLICATES, NULL);

    memset(a, 0, sizeof(*a));
    if (!json_is_object(root)) {
        snprintf(why, why_len, "it is no JSON object");
    } else if (read_verdict(a, root, sri, why, why_len) &&
               read_fields(a, root, sri, why, why_len)) {
        a->json = root;
        return true;
    }
    json_decref(root);
    return false;
}

void http_answer_free(struct http_answer *a)
{
    json_decref(a->json);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest.c - /api/v1: which request it is
 */

#include "rest.h"

#include <stdio.h>
#include <string.h>

const struct rest_route rest_routes[] = {
    { "GET", "/vmns", REST_VMN_LIST },
    { "POST", "/vmns", REST_VMN_ADD },
    { "GET", "/vmns/{number}", REST_VMN_GET },
    { "PUT", "/vmns/{number}", REST_VMN_PUT },
    { "PATCH", "/vmns/{number}", REST_VMN_PATCH },
    { "DELETE", "/vmns/{number}", REST_VMN_DELETE },
    { "GET", "/vmns/{first}-{last}", REST_VMN_GET },
    { "PUT", "/vmns/{first}-{last}", REST_VMN_PUT },
    { "PATCH", "/vmns/{first}-{last}", REST_VMN_PATCH },
    { "DELETE", "/vmns/{first}-{last}", REST_VMN_DELETE },
    { "GET", "/owners", REST_OWNER_LIST },
    { "POST", "/owners", REST_OWNER_ADD },
    { "GET", "/owners/{name}", REST_OWNER_GET },
    { "PUT", "/owners/{name}", REST_OWNER_PUT },
    { "DELETE", "/owners/{name}", REST_OWNER_DELETE },
    { "GET", "/nodes", REST_NODE_LIST },
    { "GET", "/nodes/{id}", REST_NODE_GET },
    { "PATCH", "/nodes/{id}", REST_NODE_PATCH },
    { "DELETE", "/nodes/{id}", REST_NODE_DELETE },
    { "POST", "/import", REST_IMPORT },
    { "GET", "/explain/{number}", REST_EXPLAIN },
};
const unsigned rest_n_routes = sizeof(rest_routes) / sizeof(rest_routes[0]);

enum { PREFIX = 7 /* of "/api/v1" */ };

void rest_refuse(struct rest_reply *r, unsigned status, const char *field,
                 const char *why)
{
    text_free(&r->body);
    r->status = status;
    r->type = "application/json";
    text_put(&r->body, "{\"error\": ");
    text_json(&r->body, why);
    text_put(&r->body, ", \"field\": ");
    if (field != NULL)
        text_json(&r->body, field);
    else
        text_put(&r->body, "null");
    text_put(&r->body, "}\n");
}

/* `path' behind the prefix against a route's: what stands for its last segment
 * if that is in braces, "" if it is equal, NULL: another one. */
static const char *match(const struct rest_route *route, const char *path)
{
    const char *brace = strchr(route->path, '{');
    size_t n = brace != NULL ? (size_t)(brace - route->path) : 0;
    const char *rest = path + n;

    if (brace == NULL)
        return strcmp(route->path, path) == 0 ? "" : NULL;
    if (strncmp(route->path, path, n) != 0 || *rest == '\0')
        return NULL;
    /* an owner's name may be any text, and nothing lies below owners */
    if (strstr(route->path, "{name}") == NULL && strchr(rest, '/') != NULL)
        return NULL;
    /* a node's name may have "-" in it, a number not */
    if (strstr(route->path, "{number}") != NULL && strchr(rest, '-') != NULL)
        return NULL;
    if (strstr(route->path, "}-{") != NULL && strchr(rest, '-') == NULL)
        return NULL;
    return rest;
}

static const char *read_numbers(const char *text, struct hlr_row *row)
{
    char first[24];
    size_t n = strcspn(text, "-");
    const char *why;

    if (n >= sizeof(first))
        return "a number has at most 15 digits";
    memcpy(first, text, n);
    first[n] = '\0';
    why = row_set_number(row->first, first);
    if (why == NULL)
        why = row_set_number(row->last, text[n] == '-' ? text + n + 1 : first);
    return why;
}

/* What the path names. NULL, or what is wrong with it. */
static const char *read_segment(const struct rest_route *route,
                                const char *text, struct rest_ask *ask)
{
    if (strchr(route->path, '{') == NULL)
        return NULL;
    if (strstr(route->path, "{number}") != NULL ||
        strstr(route->path, "{first}") != NULL)
        return read_numbers(text, &ask->row.row);
    if (strstr(route->path, "{name}") != NULL)
        return row_set_text(ask->name, sizeof(ask->name), text);
    return row_set_name(ask->name, text);
}

static void allow(struct rest_reply *reply, const char *method)
{
    size_t n = strlen(reply->allow);

    snprintf(reply->allow + n, sizeof(reply->allow) - n, "%s%s",
             n > 0 ? ", " : "", method);
}

int rest_find(const char *method, const struct uri *u, struct rest_ask *ask,
              struct rest_reply *reply)
{
    const char *path = u->path + PREFIX, *segment, *why;

    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (unsigned i = 0; i < rest_n_routes; i++) {
        const struct rest_route *route = &rest_routes[i];

        segment = match(route, path);
        if (segment == NULL)
            continue;
        if (strcmp(route->method, method) != 0) {
            allow(reply, route->method);
            continue;
        }
        reply->allow[0] = '\0';
        ask->what = route->what;
        why = read_segment(route, segment, ask);
        if (why == NULL)
            return 0;
        rest_refuse(reply, 422, NULL, why);
        return -1;
    }
    if (reply->allow[0] != '\0')
        rest_refuse(reply, 405, NULL, "there is no such method here");
    else
        rest_refuse(reply, 404, NULL, "there is no such resource");
    return -1;
}

size_t rest_body_max(enum rest_what what)
{
    switch (what) {
    case REST_VMN_ADD:
    case REST_VMN_PUT:
    case REST_VMN_PATCH:
    case REST_OWNER_ADD:
    case REST_OWNER_PUT:
    case REST_NODE_PATCH:
        return REST_BODY_MAX;
    case REST_IMPORT:
        return REST_IMPORT_MAX;
    default:
        return 0;
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_read.c - /api/v1: the arguments and the body of a request
 */

#include "rest.h"

#include "hlr/hlr_build.h"
#include "rest_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WEIGHT_MAX = 65535 };

static int refuse(struct rest_reply *r, const char *field, const char *why)
{
    rest_refuse(r, 422, field, why);
    return -1;
}

/* ---- bodies ---- */

static const char *row_value(struct hlr_stored *row, enum row_column column,
                             const struct json_value *v)
{
    char text[24];

    if (v->type == JSON_IS_NULL)
        return row_set(row, column, "");
    if (column == ROW_RATE) {
        if (v->type != JSON_IS_INT)
            return "must be an integer or null";
        snprintf(text, sizeof(text), "%lld", (long long)v->n);
        return row_set(row, column, text);
    }
    if (v->type != JSON_IS_TEXT)
        return "must be a string or null";
    return row_set(row, column, v->text);
}

static const char *row_member(void *ctx, const char *name,
                              const struct json_value *v)
{
    struct rest_ask *ask = ctx;
    enum row_column c = ROW_FIRST;
    const char *why;

    if (strcmp(name, "changed") == 0)
        return NULL; /* whoever sends back what he got */
    if (strcmp(name, "number") == 0) {
        if (ask->columns & (1u << ROW_FIRST | 1u << ROW_LAST))
            return "must not stand beside first and last";
        ask->columns |= 1u << ROW_LAST;
        why = row_value(&ask->row, ROW_FIRST, v);
        memcpy(ask->row.row.last, ask->row.row.first, HLR_MSISDN_MAX + 1);
    } else {
        while (c < ROW_COLUMNS && strcmp(row_column_name[c], name) != 0)
            c++;
        if (c == ROW_COLUMNS)
            return "there is no such member";
        if (ask->columns & 1u << c)
            return "must not stand beside number";
        why = row_value(&ask->row, c, v);
    }
    ask->columns |= 1u << c;
    return why;
}

static const char *owner_member(void *ctx, const char *name,
                                const struct json_value *v)
{
    struct rest_ask *ask = ctx;

    if (strcmp(name, "id") == 0)
        return NULL; /* whoever sends back what he got */
    if (strcmp(name, "note") == 0)
        return row_value(&ask->row, ROW_NOTE, v);
    if (strcmp(name, "name") != 0)
        return "there is no such member";
    if (v->type != JSON_IS_TEXT || v->text[0] == '\0')
        return "must be a string, and not empty";
    return row_set_text(ask->row.owner, sizeof(ask->row.owner), v->text);
}

static const char *node_member(void *ctx, const char *name,
                               const struct json_value *v)
{
    struct rest_ask *ask = ctx;

    if (strcmp(name, "drain") == 0) {
        ask->has_drain = true;
        ask->drain = v->yes;
        return v->type == JSON_IS_BOOL ? NULL : "must be true or false";
    }
    if (strcmp(name, "weight") != 0)
        return "only drain and weight can be changed";
    if (v->type != JSON_IS_INT || v->n < 0 || v->n > WEIGHT_MAX)
        return "must be an integer from 0 to 65535";
    ask->has_weight = true;
    ask->weight = (uint16_t)v->n;
    return NULL;
}

static bool is_type(const char *type, const char *word)
{
    size_t n = strlen(word);

    return type != NULL && strncasecmp(type, word, n) == 0 &&
           (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

static int read_json(const char *type, const char *body, size_t len,
                     struct rest_ask *ask, struct rest_reply *reply)
{
    const char *(*member)(void *, const char *, const struct json_value *) =
        ask->what == REST_NODE_PATCH ? node_member
        : ask->what == REST_OWNER_ADD || ask->what == REST_OWNER_PUT
            ? owner_member
            : row_member;
    struct json_bad bad;

    if (!is_type(type, "application/json") &&
        !is_type(type, "application/merge-patch+json")) {
        rest_refuse(reply, 415, NULL, "Content-Type must be application/json");
        return -1;
    }
    if (json_each(body, len, member, ask, &bad) == 0)
        return 0;
    rest_refuse(reply, bad.syntax ? 400 : 422,
                bad.field[0] != '\0' ? bad.field : NULL, bad.why);
    return -1;
}

/* ---- what there must be, and what must fit ---- */

static int check_names(const struct hlr_conf *conf, const struct hlr_stored *s,
                       struct rest_reply *reply)
{
    bool found = s->network[0] == '\0';

    for (unsigned i = 0; i < conf->networks && !found; i++)
        found = strcmp(conf->network_id[i], s->network) == 0;
    if (!found)
        return refuse(reply, "network", "there is no such network");
    found = s->route[0] == '\0' || conf->routes == 0;
    for (unsigned i = 0; i < conf->routes && !found; i++)
        found = strcmp(conf->route_id[i], s->route) == 0;
    if (!found)
        return refuse(reply, "route", "there is no such route");
    return 0;
}

/* A body may name the numbers of its path, but no others. */
static int read_row(const struct hlr_conf *conf, const char *type,
                    const char *body, size_t len, struct rest_ask *ask,
                    struct rest_reply *reply)
{
    struct hlr_row path = ask->row.row;
    const struct hlr_row *row = &ask->row.row;
    const char *why;

    ask->row = row_new();
    memcpy(ask->row.row.first, path.first, sizeof(path.first));
    if (read_json(type, body, len, ask, reply) != 0)
        return -1;
    if (path.first[0] == '\0') {
        why = row_check(&ask->row);
        if (why != NULL)
            return refuse(reply, row->first[0] == '\0' ? "first" : NULL, why);
    } else {
        if (strcmp(row->first, path.first) != 0)
            return refuse(reply, "first", "is another one than in the path");
        if (row->last[0] != '\0' && strcmp(row->last, path.last) != 0)
            return refuse(reply, "last", "is another one than in the path");
        memcpy(ask->row.row.last, path.last, sizeof(path.last));
        why = ask->what == REST_VMN_PATCH ? NULL : row_check(&ask->row);
        if (why != NULL)
            return refuse(reply, NULL, why);
    }
    return check_names(conf, &ask->row, reply);
}

static int read_owner(const char *type, const char *body, size_t len,
                      struct rest_ask *ask, struct rest_reply *reply)
{
    ask->row = row_new();
    if (read_json(type, body, len, ask, reply) != 0)
        return -1;
    if (ask->name[0] == '\0' && ask->row.owner[0] == '\0')
        return refuse(reply, "name", "is missing");
    if (ask->name[0] != '\0' && ask->row.owner[0] != '\0' &&
        strcmp(ask->name, ask->row.owner) != 0)
        return refuse(reply, "name", "is another one than in the path");
    if (ask->name[0] == '\0')
        memcpy(ask->name, ask->row.owner, sizeof(ask->name));
    return 0;
}

static int read_node(const char *type, const char *body, size_t len,
                     struct rest_ask *ask, struct rest_reply *reply)
{
    if (read_json(type, body, len, ask, reply) != 0)
        return -1;
    if (!ask->has_drain && !ask->has_weight)
        return refuse(reply, NULL, "there must be drain or weight");
    return 0;
}

/* ---- arguments ---- */

/* The last one given by a list's "next": a number, or first-last. */
static const char *read_after(struct reg_filter *f, const char *text)
{
    char first[24];
    size_t n = strcspn(text, "-");
    const char *why;

    if (n >= sizeof(first))
        return "must be the next of the page before";
    memcpy(first, text, n);
    first[n] = '\0';
    why = row_set_number(f->after, first);
    if (why == NULL && text[n] == '-')
        why = row_set_number(f->after_last, text + n + 1);
    return why;
}

static const char *read_prefix(struct reg_filter *f, const char *text)
{
    size_t n;

    text += *text == '+' || *text == ' ';
    n = strlen(text);
    if (n == 0 || n > HLR_MSISDN_MAX ||
        text[strspn(text, "0123456789")] != '\0')
        return "must be 1 to 15 decimal digits";
    memcpy(f->prefix, text, n + 1);
    return NULL;
}

static const char *read_limit(struct rest_ask *ask, const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n < 1 ||
        n > REST_LIMIT_MAX)
        return "must be a number from 1 to 1000";
    ask->limit = (unsigned)n;
    return NULL;
}

/* A "+" that was not encoded came as a blank. */
static const char *number(char out[HLR_MSISDN_MAX + 1], const char *text)
{
    return row_set_number(out, text + (*text == ' '));
}

static const char *read_arg(struct rest_ask *ask, const char *name,
                            const char *value)
{
    struct reg_filter *f = &ask->filter;
    struct hlr_stored s = row_new();
    const char *why;

    if (strcmp(name, "limit") == 0)
        return read_limit(ask, value);
    if (strcmp(name, "after") == 0)
        return read_after(f, value);
    if (strcmp(name, "prefix") == 0)
        return read_prefix(f, value);
    if (strcmp(name, "number") == 0)
        return number(f->number, value);
    if (strcmp(name, "network") == 0)
        return row_set_name(f->network, value);
    if (strcmp(name, "route") == 0)
        return row_set_name(f->route, value);
    if (strcmp(name, "owner") == 0)
        return row_set_text(f->owner, sizeof(f->owner), value);
    if (strcmp(name, "imsi") == 0) {
        why = row_set_imsi(&s, value);
        memcpy(f->imsi, s.row.imsi, sizeof(f->imsi));
        return why;
    }
    if (strcmp(name, "status") == 0) {
        why = row_set_status(&s, value);
        f->status = s.row.status;
        return why;
    }
    return "there is no such argument";
}

static int read_list(const struct uri *u, struct rest_ask *ask,
                     struct rest_reply *reply)
{
    ask->limit = REST_LIMIT;
    for (unsigned i = 0; i < u->args; i++) {
        const char *name = u->arg[i].name, *why;

        if (strcmp(name, "password") == 0)
            continue;
        why = read_arg(ask, name, u->arg[i].value);
        if (why != NULL)
            return refuse(reply, name, why);
    }
    return 0;
}

static int read_explain(const struct uri *u, struct rest_ask *ask,
                        struct rest_reply *reply)
{
    const char *sc = uri_arg(u, "sc"), *network = uri_arg(u, "network");
    const char *why = sc != NULL ? number(ask->sc, sc) : NULL;

    if (why != NULL)
        return refuse(reply, "sc", why);
    if (network != NULL)
        why = row_set_name(ask->filter.network, network);
    return why != NULL ? refuse(reply, "network", why) : 0;
}

static int read_import(const struct uri *u, const char *type, const char *body,
                       size_t len, struct rest_ask *ask,
                       struct rest_reply *reply)
{
    if (!is_type(type, "text/csv")) {
        rest_refuse(reply, 415, NULL, "Content-Type must be text/csv");
        return -1;
    }
    for (unsigned i = 0; i < u->args; i++)
        if (strcmp(u->arg[i].name, "dry-run") != 0 &&
            strcmp(u->arg[i].name, "replace") != 0 &&
            strcmp(u->arg[i].name, "password") != 0)
            return refuse(reply, u->arg[i].name, "there is no such argument");
    if (uri_flag(u, "dry-run", &ask->dry_run) != 0)
        return refuse(reply, "dry-run", "must be 1 or 0");
    if (uri_flag(u, "replace", &ask->replace) != 0)
        return refuse(reply, "replace", "must be 1 or 0");
    ask->body = body;
    ask->body_len = len;
    return 0;
}

int rest_read(const struct hlr_conf *conf, const struct uri *u,
              const char *type, const char *body, size_t len,
              struct rest_ask *ask, struct rest_reply *reply)
{
    switch (ask->what) {
    case REST_VMN_LIST:
        return read_list(u, ask, reply);
    case REST_VMN_ADD:
    case REST_VMN_PUT:
    case REST_VMN_PATCH:
        return read_row(conf, type, body, len, ask, reply);
    case REST_OWNER_ADD:
    case REST_OWNER_PUT:
        return read_owner(type, body, len, ask, reply);
    case REST_NODE_PATCH:
        return read_node(type, body, len, ask, reply);
    case REST_EXPLAIN:
        return read_explain(u, ask, reply);
    case REST_IMPORT:
        return read_import(u, type, body, len, ask, reply);
    default:
        return 0;
    }
}

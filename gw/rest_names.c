/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_names.c - /api/v1: owners and nodes
 */

#include "rest_part.h"

#include <stdio.h>
#include <string.h>

enum { ALIVE_MS = 5000 /* since the last beat */ };

/* ---- owners ---- */

struct owners {
    struct text *out; /* NULL: not written */
    const char *want; /* NULL: all */
    unsigned n;
};

static bool owner_row(void *ctx, uint32_t id, const char *name,
                      const char *note)
{
    struct owners *o = ctx;

    if (o->want != NULL && strcmp(o->want, name) != 0)
        return true;
    if (o->out != NULL) {
        if (o->want == NULL)
            text_put(o->out, o->n > 0 ? ",\n  " : "\n  ");
        text_fmt(o->out, "{\"id\": %u, ", (unsigned)id);
        rest_member(o->out, "name", name);
        text_put(o->out, ", ");
        rest_member(o->out, "note", note);
        text_put(o->out, "}");
    }
    o->n++;
    return o->want == NULL;
}

enum db_rc rest_owner_is(struct reg *r, const char *name, bool *is)
{
    struct owners o = { .want = name };
    enum db_rc rc = reg_owner_list(r, owner_row, &o);

    *is = o.n > 0;
    return rc;
}

static void owner_list(struct reg *r, struct rest_reply *reply)
{
    struct owners o = { .out = &reply->body };
    enum db_rc rc;

    text_put(&reply->body, "{\"owners\": [");
    rc = reg_owner_list(r, owner_row, &o);
    if (rc != DB_OK) {
        rest_failed(reply, r, rc);
        return;
    }
    text_put(&reply->body, "]}");
    rest_done(reply, 200);
}

static void owner_get(struct reg *r, const char *name, unsigned status,
                      struct rest_reply *reply)
{
    struct owners o = { .out = &reply->body, .want = name };
    enum db_rc rc = reg_owner_list(r, owner_row, &o);

    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    else if (o.n == 0)
        rest_refuse(reply, 404, NULL, "there is no such owner");
    else
        rest_done(reply, status);
}

static void owner_put(struct reg *r, const struct rest_ask *ask,
                      struct rest_reply *reply)
{
    bool is = false;
    enum db_rc rc = rest_owner_is(r, ask->name, &is);

    if (rc == DB_OK && is && ask->what == REST_OWNER_ADD) {
        rest_refuse(reply, 409, "name", "this owner is there already");
        return;
    }
    if (rc == DB_OK)
        rc = reg_owner_put(r, ask->name, ask->row.note, ask->who);
    if (rc == DB_OK)
        owner_get(r, ask->name, is ? 200 : 201, reply);
    else
        rest_failed(reply, r, rc);
}

static void owner_delete(struct reg *r, const struct rest_ask *ask,
                         struct rest_reply *reply)
{
    int64_t n;
    enum db_rc rc = reg_owner_del(r, ask->name, ask->who, &n);

    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    else if (n == 0)
        rest_refuse(reply, 404, NULL, "there is no such owner");
    else
        rest_done(reply, 204);
}

/* ---- nodes ---- */

struct nodes {
    struct text *out;
    const char *want;          /* NULL: all */
    char id[REG_NAME_MAX + 1]; /* that is being written */
    unsigned n, nets;
};

/* There is an entry for each network, those of a node side by side. */
static bool node_row(void *ctx, const struct reg_node *node)
{
    struct nodes *o = ctx;

    if (o->want != NULL && strcmp(o->want, node->id) != 0)
        return true;
    if (o->n == 0 || strcmp(o->id, node->id) != 0) {
        text_put(o->out, o->n > 0 ? "]},\n  " : o->want == NULL ? "\n  " : "");
        text_put(o->out, "{");
        rest_member(o->out, "id", node->id);
        text_fmt(o->out,
                 ", \"weight\": %u, \"drain\": %s, \"alive\": %s, "
                 "\"beat-age-ms\": ",
                 (unsigned)node->weight, node->drain ? "true" : "false",
                 node->beat_age_ms >= 0 && node->beat_age_ms < ALIVE_MS
                     ? "true"
                     : "false");
        if (node->beat_age_ms >= 0)
            text_fmt(o->out, "%lld", (long long)node->beat_age_ms);
        else
            text_put(o->out, "null");
        text_put(o->out, ", \"networks\": [");
        snprintf(o->id, sizeof(o->id), "%s", node->id);
        o->n++;
        o->nets = 0;
    }
    if (node->network[0] == '\0')
        return true;
    text_put(o->out, o->nets++ > 0 ? ", {" : "{");
    rest_member(o->out, "network", node->network);
    text_fmt(o->out, ", \"point-code\": %u, ", (unsigned)node->point_code);
    rest_member(o->out, "msc-gt", node->msc_gt);
    text_put(o->out, "}");
    return true;
}

static void node_list(struct reg *r, struct rest_reply *reply)
{
    struct nodes o = { .out = &reply->body };
    enum db_rc rc;

    text_put(&reply->body, "{\"nodes\": [");
    rc = reg_node_list(r, node_row, &o);
    if (rc != DB_OK) {
        rest_failed(reply, r, rc);
        return;
    }
    text_put(&reply->body, o.n > 0 ? "]}]}" : "]}");
    rest_done(reply, 200);
}

static void no_node(struct rest_reply *reply)
{
    rest_refuse(reply, 404, NULL, "there is no such node");
}

static void node_get(struct reg *r, const char *id, struct rest_reply *reply)
{
    struct nodes o = { .out = &reply->body, .want = id };
    enum db_rc rc = reg_node_list(r, node_row, &o);

    if (rc != DB_OK) {
        rest_failed(reply, r, rc);
    } else if (o.n == 0) {
        no_node(reply);
    } else {
        text_put(&reply->body, "]}");
        rest_done(reply, 200);
    }
}

static void node_patch(struct reg *r, const struct rest_ask *ask,
                       struct rest_reply *reply)
{
    enum db_rc rc = DB_OK;
    int64_t n = 1;

    if (ask->has_weight)
        rc = reg_node_weight(r, ask->name, ask->weight, ask->who, &n);
    if (rc == DB_OK && n > 0 && ask->has_drain)
        rc = reg_node_drain(r, ask->name, ask->drain, ask->who, &n);
    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    else if (n == 0)
        no_node(reply);
    else
        node_get(r, ask->name, reply);
}

static void node_delete(struct reg *r, const struct rest_ask *ask,
                        struct rest_reply *reply)
{
    int64_t n;
    enum db_rc rc = reg_node_del(r, ask->name, ask->who, &n);

    if (rc != DB_OK)
        rest_failed(reply, r, rc);
    else if (n == 0)
        no_node(reply);
    else
        rest_done(reply, 204);
}

void rest_run_names(struct reg *r, const struct rest_ask *ask,
                    struct rest_reply *reply)
{
    switch (ask->what) {
    case REST_OWNER_LIST:
        owner_list(r, reply);
        break;
    case REST_OWNER_GET:
        owner_get(r, ask->name, 200, reply);
        break;
    case REST_OWNER_ADD:
    case REST_OWNER_PUT:
        owner_put(r, ask, reply);
        break;
    case REST_OWNER_DELETE:
        owner_delete(r, ask, reply);
        break;
    case REST_NODE_LIST:
        node_list(r, reply);
        break;
    case REST_NODE_GET:
        node_get(r, ask->name, reply);
        break;
    case REST_NODE_PATCH:
        node_patch(r, ask, reply);
        break;
    case REST_NODE_DELETE:
        node_delete(r, ask, reply);
        break;
    default:
        rest_refuse(reply, 404, NULL, "there is no such resource");
        break;
    }
}

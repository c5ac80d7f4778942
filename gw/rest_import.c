/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_import.c - /api/v1/import: many rows, all or none
 *
 * The text is read once before the database is asked for anything: if a line
 * is wrong the rest is only tried, so that all that is wrong is told at once.
 */

#include "rest_part.h"

#include "hlr/csv.h"

#include <stdio.h>
#include <string.h>

struct import {
    const struct hlr_conf *conf;
    struct csv csv;
    bool telling; /* lines that cannot be read: in the first pass only */
    unsigned told;
    uint64_t wrong;
    struct text errors; /* members of a JSON list */
};

static void tell(void *ctx, unsigned line, const char *why)
{
    struct import *in = ctx;

    in->wrong++;
    if (in->told == REST_TOLD_MAX)
        return;
    text_fmt(&in->errors,
             "%s{\"line\": %u, \"error\": ", in->told++ > 0 ? ",\n  " : "\n  ",
             line);
    text_json(&in->errors, why);
    text_put(&in->errors, "}");
}

static void tell_csv(struct import *in)
{
    char why[400];

    if (in->csv.field[0] != '\0')
        snprintf(why, sizeof(why), "%s: <%s>", in->csv.why, in->csv.field);
    else
        snprintf(why, sizeof(why), "%s", in->csv.why);
    tell(in, in->csv.line, why);
}

/* Names that this box does not have would make the number fail. */
static const char *odd_name(const struct hlr_conf *c,
                            const struct hlr_stored *s)
{
    bool found = s->network[0] == '\0';

    for (unsigned i = 0; i < c->networks && !found; i++)
        found = strcmp(c->network_id[i], s->network) == 0;
    if (!found)
        return "there is no such network";
    found = s->route[0] == '\0' || c->routes == 0;
    for (unsigned i = 0; i < c->routes && !found; i++)
        found = strcmp(c->route_id[i], s->route) == 0;
    return found ? NULL : "there is no such route";
}

static bool next(void *ctx, struct hlr_stored *s, unsigned *line)
{
    struct import *in = ctx;
    int rc;

    while ((rc = csv_next(&in->csv, s)) != 0) {
        const char *why = rc > 0 ? odd_name(in->conf, s) : NULL;

        *line = in->csv.line;
        if (rc > 0 && why == NULL)
            return true;
        if (!in->telling)
            continue;
        if (why != NULL)
            tell(in, *line, why);
        else
            tell_csv(in);
    }
    return false;
}

static bool open_csv(struct import *in, const struct rest_ask *ask)
{
    if (csv_open(&in->csv, ask->body, ask->body_len) == 0)
        return true;
    tell_csv(in);
    return false;
}

static void refuse(struct import *in, struct rest_reply *reply)
{
    reply->status = 422;
    reply->type = "application/json";
    text_fmt(&reply->body,
             "{\"error\": \"%llu line(s) wrong, nothing was changed\", "
             "\"field\": null, \"wrong\": %llu, \"errors\": [%s]}\n",
             (unsigned long long)in->wrong, (unsigned long long)in->wrong,
             text_str(&in->errors));
}

static void run(struct import *in, struct reg *r, const struct rest_ask *ask,
                struct rest_reply *reply)
{
    struct reg_import i = {
        .next = next,
        .tell = tell,
        .ctx = in,
        .replace = ask->replace,
        .dry_run = ask->dry_run || in->wrong > 0,
    };
    enum db_rc rc = reg_import(r, &i, ask->who);

    if (in->wrong > 0) {
        refuse(in, reply);
        return;
    }
    if (rc != DB_OK) {
        rest_failed(reply, r, rc);
        return;
    }
    text_fmt(&reply->body,
             "{\"rows\": %llu, \"replaced\": %llu, \"dry-run\": %s}",
             (unsigned long long)i.rows, (unsigned long long)i.replaced,
             ask->dry_run ? "true" : "false");
    rest_done(reply, 200);
}

void rest_import(const struct hlr_conf *conf, struct reg *r,
                 const struct rest_ask *ask, struct rest_reply *reply)
{
    struct import in = { .conf = conf, .telling = true };
    struct hlr_stored row;
    unsigned line;

    if (!open_csv(&in, ask)) {
        refuse(&in, reply);
    } else {
        while (next(&in, &row, &line))
            ;
        in.telling = false;
        open_csv(&in, ask);
        run(&in, r, ask, reply);
    }
    text_free(&in.errors);
}

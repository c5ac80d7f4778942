/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_explain.c - /api/v1/explain: what this box would do with a number
 */

#include "admin_explain.h"

#include "explain.h"
#include "rest_part.h"
#include "sigtran-box/gtt.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

struct steps {
    struct text *out;
    unsigned n;
};

static void put_step(void *ctx, const char *key, const char *value)
{
    struct steps *s = ctx;

    text_fmt(s->out,
             "%s{\"step\": \"%s\", \"is\": ", s->n++ > 0 ? ",\n  " : "\n  ",
             key);
    text_json(s->out, value);
    text_put(s->out, "}");
}

static void ask_it(const struct explain_ask *a, struct rest_reply *reply)
{
    struct steps s = { .out = &reply->body };
    char why[500];
    enum db_rc rc;

    text_fmt(&reply->body, "{\"number\": \"%s\", \"steps\": [", a->number);
    rc = explain(a, put_step, &s, why, sizeof(why));
    if (rc == DB_FAILED) {
        rest_refuse(reply, 422, NULL, why);
    } else if (rc != DB_OK) {
        rest_failed(reply, a->reg, rc);
    } else {
        text_put(&reply->body, "]}");
        rest_done(reply, 200);
    }
}

void admin_explain(const struct conf *conf, struct reg *r,
                   const struct rest_ask *ask, struct rest_reply *reply)
{
    struct conf *c = gw_malloc(sizeof(*c));
    struct explain_ask a = {
        .conf = c,
        .reg = r,
        .number = ask->row.row.first,
        .network = ask->filter.network,
        .sc = ask->sc,
        .now_ms = (uint64_t)time(NULL) * 1000,
    };

    *reply = (struct rest_reply){ .status = 500 };
    /* the tables of gtt-files are the SS7 thread's now */
    memcpy(c, conf, sizeof(*c));
    for (unsigned i = 0; i < c->ss7.n_networks; i++)
        c->gtt[i] = c->ss7.network[i].gtt_file[0] != '\0'
                        ? conf_gtt_read(&c->ss7.network[i])
                        : NULL;
    ask_it(&a, reply);
    for (unsigned i = 0; i < c->ss7.n_networks; i++)
        gtt_free(c->gtt[i]);
    gw_free(c);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_build.c - from stored rows to the table in memory
 */

#include "hlr_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 300, ROW_STR = 40 };

struct hlr_build {
    const struct hlr_conf *conf;
    struct hlr_table *table;
    uint16_t *route; /* indexes, sorted by name */
    hlr_tell *tell;
    void *ctx;
    size_t wrong;
};

static const char *const status_words[] = {
    [HLR_ACTIVE] = "active",
    [HLR_BARRED] = "barred",
    [HLR_ABSENT] = "absent",
    [HLR_NO_SMS] = "no-sms",
};

const char *hlr_status_str(uint8_t status)
{
    if (status >= sizeof(status_words) / sizeof(status_words[0]))
        return NULL;
    return status_words[status];
}

uint8_t hlr_status_of(const char *word)
{
    for (unsigned i = HLR_ACTIVE; i <= HLR_NO_SMS; i++)
        if (strcmp(status_words[i], word) == 0)
            return (uint8_t)i;
    return 0;
}

const char *hlr_row_str(const struct hlr_row *row, char *buf, size_t size)
{
    if (strcmp(row->first, row->last) == 0)
        snprintf(buf, size, "%s", row->first);
    else
        snprintf(buf, size, "%s to %s", row->first, row->last);
    return buf;
}

/* How many routes, in the order of their names, come before `name'. */
static unsigned routes_before(const struct hlr_build *b, unsigned n,
                              const char *name)
{
    unsigned low = 0, high = n;

    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (strcmp(b->conf->route_id[b->route[mid]], name) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static void sort_routes(struct hlr_build *b)
{
    const struct hlr_conf *c = b->conf;

    b->route = calloc(c->routes + 1, sizeof(*b->route));
    if (b->route == NULL)
        abort();
    for (unsigned i = 0; i < c->routes; i++) {
        unsigned at = routes_before(b, i, c->route_id[i]);

        memmove(&b->route[at + 1], &b->route[at], (i - at) * sizeof(*b->route));
        b->route[at] = (uint16_t)i;
    }
}

struct hlr_build *hlr_build_new(const struct hlr_conf *conf, hlr_tell *tell,
                                void *ctx)
{
    struct hlr_build *b = calloc(1, sizeof(*b));

    if (b == NULL)
        abort();
    b->conf = conf;
    b->tell = tell;
    b->ctx = ctx;
    b->table = hlr_table_new(conf->mccmnc, conf->networks);
    sort_routes(b);
    return b;
}

static int find_network(const struct hlr_build *b, const char *name,
                        uint8_t *out)
{
    *out = 0;
    if (name[0] == '\0')
        return b->conf->networks > 0 ? 0 : -1;
    for (unsigned i = 0; i < b->conf->networks; i++)
        if (strcmp(b->conf->network_id[i], name) == 0) {
            *out = (uint8_t)i;
            return 0;
        }
    return -1;
}

static int find_route(const struct hlr_build *b, const char *name,
                      uint16_t *out)
{
    unsigned at;

    *out = HLR_ROUTE_NONE;
    if (name[0] == '\0' || b->conf->routes == 0)
        return 0;
    at = routes_before(b, b->conf->routes, name);
    if (at == b->conf->routes ||
        strcmp(b->conf->route_id[b->route[at]], name) != 0)
        return -1;
    *out = b->route[at];
    return 0;
}

static int wrong(struct hlr_build *b, const struct hlr_stored *s,
                 const char *where, const char *why, const char *value)
{
    char line[LINE_MAX_OCTETS], row[ROW_STR];

    if (b->wrong++ >= HLR_TOLD_MAX)
        return -1;
    snprintf(line, sizeof(line), "%s: %s: %s%s%s%s", where,
             hlr_row_str(&s->row, row, sizeof(row)), why,
             value[0] != '\0' ? " <" : "", value, value[0] != '\0' ? ">" : "");
    b->tell(b->ctx, line);
    return -1;
}

int hlr_build_add(struct hlr_build *b, const struct hlr_stored *s,
                  const char *where)
{
    struct hlr_row row = s->row;
    const char *why = "";

    if (find_network(b, s->network, &row.network) == -1)
        return wrong(b, s, where, "there is no such network", s->network);
    if (find_route(b, s->route, &row.route) == -1)
        return wrong(b, s, where, "there is no such route", s->route);
    if (hlr_table_add(b->table, &row, &why) == -1)
        return wrong(b, s, where, why, row.imsi);
    return 0;
}

static bool take_row(void *ctx, const struct hlr_stored *row)
{
    hlr_build_add(ctx, row, "row");
    return true;
}

int hlr_build_load(struct hlr_build *b, const struct hlr_backend *backend,
                   void *self, char *why, size_t size)
{
    return backend->load(self, take_row, b, why, size);
}

struct hlr_table *hlr_build_end(struct hlr_build *b, char *why, size_t size)
{
    struct hlr_table *t = b->table;
    const char *text = "";
    size_t n = b->wrong;

    if (n == 0 && hlr_table_finish(t, &text) == -1) {
        b->tell(b->ctx, text);
        n = 1;
    }
    free(b->route);
    free(b);
    if (n == 0)
        return t;
    hlr_table_free(t);
    snprintf(why, size, "%zu row%s of the register cannot be used", n,
             n == 1 ? "" : "s");
    return NULL;
}

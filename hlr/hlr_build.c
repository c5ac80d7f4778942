/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_build.c - from rows as they are stored to rows of the table
 */

#include "hlr_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hlr_build {
    const struct hlr_conf *conf;
    uint16_t *route; /* indexes, sorted by name */
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

struct hlr_build *hlr_build_new(const struct hlr_conf *conf)
{
    struct hlr_build *b = calloc(1, sizeof(*b));

    if (b == NULL)
        abort();
    b->conf = conf;
    sort_routes(b);
    return b;
}

void hlr_build_free(struct hlr_build *b)
{
    if (b == NULL)
        return;
    free(b->route);
    free(b);
}

static uint8_t find_network(const struct hlr_build *b, const char *name)
{
    if (name[0] == '\0')
        return b->conf->networks > 0 ? 0 : HLR_NETWORK_NONE;
    for (unsigned i = 0; i < b->conf->networks; i++)
        if (strcmp(b->conf->network_id[i], name) == 0)
            return (uint8_t)i;
    return HLR_NETWORK_NONE;
}

uint16_t hlr_build_route(const struct hlr_build *b, const char *name)
{
    unsigned at = routes_before(b, b->conf->routes, name);

    if (at == b->conf->routes ||
        strcmp(b->conf->route_id[b->route[at]], name) != 0)
        return HLR_ROUTE_NONE;
    return b->route[at];
}

const char *hlr_build_row(const struct hlr_build *b, const struct hlr_stored *s,
                          struct hlr_row *row)
{
    const char *why = NULL;

    *row = s->row;
    row->network = find_network(b, s->network);
    row->route = HLR_ROUTE_NONE;
    if (b->conf->routes > 0 && s->route[0] != '\0') {
        row->route = hlr_build_route(b, s->route);
        if (row->route == HLR_ROUTE_NONE)
            why = "there is no such route";
    }
    if (row->network == HLR_NETWORK_NONE)
        why = "there is no such network";
    if (row->status == 0 || row->status >= HLR_UNUSABLE)
        why = "there is no such status";
    if (why != NULL)
        row->status = HLR_UNUSABLE;
    return why;
}

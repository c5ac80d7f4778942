/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_number.c - group = vmn-range
 */

#include "conf_part.h"

#include <string.h>

static const struct conf_word status_words[] = {
    { "active", HLR_ACTIVE },
    { "barred", HLR_BARRED },
    { "absent", HLR_ABSENT },
    { "no-sms", HLR_NO_SMS },
    { NULL, 0 },
};

static void read_numbers(struct conf_group *g, struct hlr_row *r)
{
    bool number = conf_has(g, "number");

    if (number && (conf_has(g, "first") || conf_has(g, "last"))) {
        conf_wrong(g, "it has number and also first or last: either number, "
                      "or first and last");
        return;
    }
    if (number) {
        if (conf_get_digits(g, "number", r->first, CONF_GT_MIN, HLR_MSISDN_MAX))
            conf_copy(r->last, sizeof(r->last), r->first);
        return;
    }
    if (!conf_has(g, "first"))
        conf_missing(g, "first", "either number, or first and last");
    if (!conf_has(g, "last"))
        conf_missing(g, "last", "either number, or first and last");
    if (!conf_get_digits(g, "first", r->first, CONF_GT_MIN, HLR_MSISDN_MAX) ||
        !conf_get_digits(g, "last", r->last, CONF_GT_MIN, HLR_MSISDN_MAX))
        return;
    if (strlen(r->first) != strlen(r->last) || strcmp(r->first, r->last) > 0)
        conf_bad(g, "last", "must be as long as first and not less: %s",
                 r->first);
}

static void check_route(struct conf_group *g, const struct conf *c,
                        const char *id)
{
    if (!c->ss7.map.msc)
        return;
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        if (strcmp(c->dlv.route[i].id, id) == 0)
            return;
    conf_bad(g, "route", "there is no group = route with this id");
}

static void read_range(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct ss7_network *n = conf_network(g, c);
    struct hlr_stored row = { .network = "" };
    struct hlr_stored *range;
    int status = HLR_ACTIVE;
    char where[400];

    conf_register_str(&c->hlr, where, sizeof(where));
    if (c->hlr.backend != &hlr_static && g->no == 0)
        conf_wrong(g,
                   "it counts with register-type = static only; this box "
                   "keeps its numbers in <%s>",
                   where);
    if (c->hlr.ranges == CONF_RANGES) {
        conf_wrong(g,
                   "there may be at most %d groups vmn-range; use "
                   "register-type = sqlite or mysql",
                   CONF_RANGES);
        return;
    }
    read_numbers(g, &row.row);
    conf_get_digits(g, "imsi", row.row.imsi, 6, HLR_IMSI_MAX);
    if (n != NULL && !conf_has(g, "imsi") && n->mccmnc[0] == '\0')
        conf_missing(g, "imsi", "its network has no mcc-mnc to make one of");
    conf_get_word(g, "status", status_words, &status);
    row.row.status = (uint8_t)status;
    if (conf_get_name(g, "route", row.route, sizeof(row.route)))
        check_route(g, c, row.route);
    if (n != NULL)
        conf_copy(row.network, sizeof(row.network), n->id);
    range = conf_append(&c->hlr.range, &c->hlr.ranges, sizeof(row));
    *range = row;
}

void conf_read_ranges(struct conf_in *in, struct conf *c)
{
    conf_each(in, "vmn-range", read_range, c);
    if (c->hlr.backend == &hlr_static && c->hlr.ranges == 0) {
        struct conf_group g = conf_single(in, "sigtran-box");

        conf_bad(&g, "register-type", "needs at least one group = vmn-range");
    }
}

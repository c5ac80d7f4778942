/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_number.c - group = gtt and group = vmn-range
 */

#include "conf_part.h"

#include <ctype.h>
#include <string.h>

static const struct conf_word route_on_words[] = {
    { "gt", GTT_PC },
    { "ssn", GTT_PC_SSN },
    { NULL, 0 },
};

static const struct conf_word status_words[] = {
    { "active", HLR_ACTIVE },
    { "barred", HLR_BARRED },
    { "absent", HLR_ABSENT },
    { "no-sms", HLR_NO_SMS },
    { NULL, 0 },
};

static void read_prefix(struct conf_group *g, char *out)
{
    char text[SCCP_GT_DIGITS + 1];

    if (!conf_has(g, "prefix")) {
        conf_missing(g, "prefix", "leading digits, or \"\" for every number");
        return;
    }
    if (!conf_get_text(g, "prefix", text, sizeof(text)))
        return;
    if (text[strspn(text, "0123456789abcdefABCDEF")] != '\0') {
        conf_bad(g, "prefix", "must be decimal or hexadecimal digits");
        return;
    }
    for (char *p = text; *p != '\0'; p++)
        *out++ = (char)tolower((unsigned char)*p);
}

static void read_selector(struct conf_group *g, const char *key, int16_t *out,
                          uint32_t max)
{
    uint32_t n;

    *out = GTT_ANY;
    if (conf_get_uint(g, key, &n, 0, max))
        *out = (int16_t)n;
}

static const struct conf_word share_words[] = {
    { "backup", false },
    { "load", true },
    { NULL, 0 },
};

static void read_nodes(struct conf_group *g, const struct ss7_network *n,
                       struct gtt_rule *r)
{
    uint32_t pc[1 + GTT_MORE];
    uint8_t n_pc;
    int share = false;

    conf_get_word(g, "share", share_words, &share);
    r->share = share != 0;
    if (!conf_get_pcs(g, "to-point-code", pc, &n_pc, 1 + GTT_MORE))
        return;
    if (n_pc == 1 && conf_has(g, "share"))
        conf_bad(g, "share", "is of use with several point codes only");
    r->pc = pc[0];
    r->n_more = n_pc - 1;
    for (unsigned i = 0; i < r->n_more; i++)
        r->more[i] = (uint16_t)pc[i + 1];
    for (unsigned i = 0; n != NULL && i < n->n_pc; i++)
        for (unsigned k = 0; k < n_pc; k++)
            if (n->pc[i] == pc[k])
                conf_bad(g, "to-point-code",
                         "is this node's own; for a local subsystem leave it "
                         "out");
}

/* What only a rule that sends elsewhere can have. */
static void refuse_elsewhere(struct conf_group *g)
{
    static const char *const keys[] = {
        "share",
        "route-on",
        "strip-digits",
        "prepend-digits",
        "set-translation-type",
        "set-numbering-plan",
        "set-nature-of-address",
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (conf_has(g, keys[i]))
            conf_bad(g, keys[i], "is of use with to-point-code only");
}

static void read_change(struct conf_group *g, struct gtt_change *c)
{
    conf_get_u8(g, "strip-digits", &c->strip, 0, SCCP_GT_DIGITS);
    conf_get_digits(g, "prepend-digits", c->prepend, 1, GTT_PREPEND);
    c->set_tt = conf_get_u8(g, "set-translation-type", &c->tt, 0, 255);
    c->set_np = conf_get_u8(g, "set-numbering-plan", &c->np, 0, 15);
    c->set_nai = conf_get_u8(g, "set-nature-of-address", &c->nai, 0, 127);
}

static void read_action(struct conf_group *g, const struct ss7_network *n,
                        struct gtt_rule *r)
{
    int action = GTT_PC;

    conf_get_u8(g, "to-ssn", &r->ssn, 2, 254);
    if (!conf_has(g, "to-point-code")) {
        r->action = GTT_LOCAL;
        refuse_elsewhere(g);
        return;
    }
    conf_get_word(g, "route-on", route_on_words, &action);
    r->action = (enum gtt_action)action;
    if (r->action == GTT_PC_SSN && !conf_has(g, "to-ssn"))
        conf_missing(g, "to-ssn", "route-on = ssn needs it");
    read_nodes(g, n, r);
    read_change(g, &r->change);
}

static bool same_match(const struct gtt_rule *a, const struct gtt_rule *b)
{
    return a->tt == b->tt && a->np == b->np && a->nai == b->nai &&
           strcmp(a->prefix, b->prefix) == 0;
}

static bool is_there(const struct ss7_network *n, const struct gtt_rule *r)
{
    for (unsigned i = 0; i < n->n_gtt; i++)
        if (same_match(&n->gtt[i], r))
            return true;
    return false;
}

static void read_rule(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct ss7_network *n = conf_network(g, c);
    struct gtt_rule rule = { .action = GTT_LOCAL };
    unsigned before = g->in->errors;

    read_prefix(g, rule.prefix);
    read_selector(g, "translation-type", &rule.tt, 255);
    read_selector(g, "numbering-plan", &rule.np, 15);
    read_selector(g, "nature-of-address", &rule.nai, 127);
    read_action(g, n, &rule);
    if (n == NULL || g->in->errors != before)
        return;
    if (is_there(n, &rule))
        conf_wrong(g,
                   "another gtt group of network %s has the same prefix, "
                   "translation type, numbering plan and nature",
                   n->id);
    else if (n->n_gtt == SS7_GTT_RULES)
        conf_wrong(g, "network %s may have at most %d gtt groups", n->id,
                   SS7_GTT_RULES);
    else
        memcpy(conf_append(&n->gtt, &n->n_gtt, sizeof(rule)), &rule,
               sizeof(rule));
}

void conf_read_gtt(struct conf_in *in, struct conf *c)
{
    conf_each(in, "gtt", read_rule, c);
}

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

    if (c->hlr.backend != &hlr_static && g->no == 0)
        conf_wrong(g,
                   "it counts with register-type = static only; this box "
                   "keeps its numbers in <%s>",
                   c->hlr.file);
    if (c->hlr.ranges == CONF_RANGES) {
        conf_wrong(g,
                   "there may be at most %d groups vmn-range; use "
                   "register-type = sqlite",
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

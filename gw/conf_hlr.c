/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_hlr.c - how the register is answered for: this node among others, the
 * IMSIs that are made, titles of partners, what is not in the register
 */

#include "conf_part.h"

#include <string.h>

enum { WEIGHT_MAX = 1000, MONTH_S = 30 * 24 * 3600 };
enum { PREFIX_MIN = 5, PREFIX_MAX = 8 /* of correlation IMSIs */ };

static const struct conf_word unknown_words[] = {
    { "error", false },
    { "relay", true },
    { NULL, 0 },
};

static bool has_database(const struct conf *c)
{
    return c->hlr.backend != &hlr_static;
}

void conf_read_node(struct conf_group *g, struct conf *c)
{
    uint32_t weight = 100;

    conf_get_name(g, "node-id", c->ss7.node_id, sizeof(c->ss7.node_id));
    conf_get_uint(g, "node-weight", &weight, 1, WEIGHT_MAX);
    c->ss7.node_weight = (uint16_t)weight;
    if (conf_has(g, "node-weight") && !conf_has(g, "node-id"))
        conf_missing(g, "node-id", "node-weight is of use with it only");
    if (conf_has(g, "node-id") && !has_database(c))
        conf_bad(g, "node-id",
                 "is of use with a register in a database only: there the "
                 "nodes find each other");
}

static void read_mccmnc(struct conf_group *g, struct ss7_network *n)
{
    char text[16], digits[16];
    size_t len = 0;

    if (!conf_get_text(g, "mcc-mnc", text, sizeof(text)))
        return;
    for (const char *p = text; *p != '\0'; p++)
        if (p != text + 3 || *p != '-')
            digits[len++] = *p;
    digits[len] = '\0';
    if (strspn(digits, "0123456789") != len || len < 5 || len > 6)
        conf_bad(g, "mcc-mnc", "must be MCC and MNC, as 23415 or 234-15");
    else
        conf_copy(n->mccmnc, sizeof(n->mccmnc), digits);
}

static void read_correlation(struct conf_group *g, const struct conf *c,
                             struct ss7_network *n)
{
    static const char *const keys[] = {
        "correlation-prefix",
        "correlation-life",
        "correlation-bind",
    };

    n->corr_life_s = 72 * 3600;
    n->corr_bind = true;
    conf_get_digits(g, keys[0], n->corr_prefix, PREFIX_MIN, PREFIX_MAX);
    conf_get_uint(g, keys[1], &n->corr_life_s, 60, MONTH_S);
    conf_get_bool(g, keys[2], &n->corr_bind);
    if (strncmp(n->corr_prefix, n->mccmnc,
                n->corr_prefix[0] != '\0' ? strlen(n->mccmnc) : 0) != 0)
        conf_bad(g, keys[0], "must begin with mcc-mnc = %s", n->mccmnc);
    for (unsigned i = 0; i < 3; i++)
        if (conf_has(g, keys[i]) && !has_database(c))
            conf_bad(g, keys[i],
                     "is of use with a register in a database only: the keys "
                     "of correlation IMSIs are kept there");
}

/* A title of this network that is ours. */
static bool is_own(const struct ss7_network *n, const char *gt)
{
    return strcmp(n->hlr_gt, gt) == 0 || strcmp(n->msc_gt, gt) == 0;
}

static void read_alias(struct conf_group *g, const struct conf *c,
                       struct ss7_network *n)
{
    if (!conf_get_titles(g, "alias-gt", n->alias_gt, &n->n_alias, SS7_ALIASES))
        return;
    if (!c->ss7.map.msc)
        conf_bad(g, "alias-gt", "is of use with role msc only");
    for (unsigned i = 0; i < n->n_alias; i++)
        if (is_own(n, n->alias_gt[i]))
            conf_bad(g, "alias-gt", "%s is this box's own title",
                     n->alias_gt[i]);
}

static void read_unknown(struct conf_group *g, const struct conf *c,
                         struct ss7_network *n)
{
    int relay = false;

    conf_get_word(g, "unknown", unknown_words, &relay);
    n->relay = relay != 0;
    conf_get_digits(g, "relay-gt", n->relay_gt, CONF_GT_MIN, CONF_GT_MAX);
    if (n->relay && !conf_has(g, "relay-gt"))
        conf_missing(g, "relay-gt",
                     "unknown = relay passes questions on to it");
    if (!n->relay && conf_has(g, "relay-gt"))
        conf_bad(g, "relay-gt", "is of use with unknown = relay only");
    if (n->relay && !c->ss7.map.hlr)
        conf_bad(g, "unknown", "is of use with role hlr only");
    if (n->relay_gt[0] != '\0' && is_own(n, n->relay_gt))
        conf_bad(g, "relay-gt", "is this box's own title");
    for (unsigned i = 0; i < n->n_alias; i++)
        if (strcmp(n->alias_gt[i], n->relay_gt) == 0)
            conf_bad(g, "relay-gt", "is in alias-gt");
}

void conf_read_answers(struct conf_group *g, const struct conf *c,
                       struct ss7_network *n)
{
    read_mccmnc(g, n);
    read_correlation(g, c, n);
    read_alias(g, c, n);
    read_unknown(g, c, n);
}

/* What the others are to know of this node. */
void conf_spread_node(struct conf *c)
{
    const struct ss7_conf *s = &c->ss7;

    if (s->node_id[0] == '\0')
        return;
    for (unsigned i = 0; i < s->n_networks; i++) {
        const struct ss7_network *n = &s->network[i];
        struct reg_node *to = &c->hlr.node[c->hlr.node_networks++];

        conf_copy(to->id, sizeof(to->id), s->node_id);
        to->weight = s->node_weight;
        conf_copy(to->network, sizeof(to->network), n->id);
        to->point_code = n->pc[0];
        if (s->map.msc)
            conf_copy(to->msc_gt, sizeof(to->msc_gt), n->msc_gt);
    }
}

/* ---- what comes of it ---- */

static void tell_correlation(const struct ss7_network *n)
{
    const char *prefix = n->corr_prefix[0] != '\0' ? n->corr_prefix : n->mccmnc;
    unsigned long long numbers = 1;

    if (prefix[0] == '\0') {
        info(0,
             "network %s: it has neither mcc-mnc nor correlation-prefix, so "
             "questions for numbers with correlation IMSIs fail",
             n->id);
        return;
    }
    for (size_t i = strlen(prefix); i < HLR_IMSI_MAX; i++)
        numbers *= 10;
    info(0,
         "network %s: correlation IMSIs begin with %s, for up to %llu numbers, "
         "and are good for %u to %u seconds%s",
         n->id, prefix, numbers / CORR_TAGS - 1, n->corr_life_s,
         2 * n->corr_life_s,
         n->corr_bind ? ", from the service centre that asked" : "");
}

/* A title that a gtt rule brings here leads nowhere else. */
static bool leads_here(const struct ss7_network *n, const char *gt)
{
    size_t longest = 0;
    bool here = false;

    for (unsigned i = 0; i < n->n_gtt; i++) {
        const struct gtt_rule *r = &n->gtt[i];
        size_t len = strlen(r->prefix);

        if (strncmp(r->prefix, gt, len) == 0 && len >= longest) {
            longest = len;
            here = r->action == GTT_LOCAL;
        }
    }
    return here;
}

void conf_tell_answers(const struct conf *c, const struct ss7_network *n)
{
    for (unsigned i = 0; i < n->n_alias; i++)
        info(0, "network %s: messages to %s, another MSC's title, are taken",
             n->id, n->alias_gt[i]);
    if (c->ss7.map.hlr && has_database(c))
        tell_correlation(n);
    if (!n->relay)
        return;
    info(0,
         "network %s: questions for numbers that are not in the register "
         "are passed on to %s",
         n->id, n->relay_gt);
    if (leads_here(n, n->relay_gt))
        warning(0,
                "network %s: a gtt rule leads relay-gt = %s to this box, so "
                "nothing can be passed on: it needs one with to-point-code",
                n->id, n->relay_gt);
}

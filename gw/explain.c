/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain.c - what the box would do with a question and a message for a number
 */

#include "explain.h"

#include "dlv_route.h"
#include "hlr/hlr_build.h"
#include "hlr/hlr_srv.h"
#include "sigtran-box/gtt.h"
#include "sigtran-box/map_err.h"
#include "sigtran-box/ss7_hlr.h"

#include <gwlib/gwlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 8, RULES = 20, ALIVE_MS = 5000, VALUE_MAX = 300 };

struct explaining {
    const struct explain_ask *ask;
    void (*step)(void *ctx, const char *key, const char *value);
    void *ctx;
    unsigned network;
    struct hlr_stored row[ROWS]; /* a range, and the number itself */
    unsigned rows;
    struct hlr_nodes nodes;
    struct hlr_srv *srv;
};

static void tell(const struct explaining *e, const char *key, const char *fmt,
                 ...) __attribute__((format(printf, 3, 4)));

static void tell(const struct explaining *e, const char *key, const char *fmt,
                 ...)
{
    char value[VALUE_MAX];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(value, sizeof(value), fmt, ap);
    va_end(ap);
    e->step(e->ctx, key, value);
}

static const struct ss7_network *net_of(const struct explaining *e)
{
    return &e->ask->conf->ss7.network[e->network];
}

/* ---- what there is ---- */

static bool take_row(void *ctx, const struct hlr_stored *s)
{
    struct explaining *e = ctx;

    e->row[e->rows++] = *s;
    return e->rows < ROWS;
}

static bool take_node(void *ctx, const struct reg_node *r)
{
    struct explaining *e = ctx;
    const struct ss7_conf *c = &e->ask->conf->ss7;
    struct hlr_nodes *all = &e->nodes;
    struct hlr_node *n;

    if (all->n == 0 || strcmp(all->node[all->n - 1].id, r->id) != 0) {
        if (all->n == HLR_NODES)
            return false;
        n = &all->node[all->n++];
        memcpy(n->id, r->id, sizeof(n->id));
    }
    n = &all->node[all->n - 1];
    n->weight = r->weight;
    n->drain = r->drain;
    n->alive = r->beat_age_ms >= 0 && r->beat_age_ms < ALIVE_MS;
    for (unsigned i = 0; i < c->n_networks; i++)
        if (strcmp(c->network[i].id, r->network) == 0)
            memcpy(n->msc_gt[i], r->msc_gt, sizeof(n->msc_gt[i]));
    return true;
}

/* None is made if there is none: that is the box's business. */
static enum db_rc take_keys(struct explaining *e)
{
    struct reg_key k[CORR_KEYS];
    struct corr_keys keys = { .n = 0 };
    int64_t there;
    unsigned n = 0;
    enum db_rc rc;

    rc = db_ask_int(reg_db(e->ask->reg), "SELECT count(*) FROM corr_key", NULL,
                    0, 0, &there);
    if (rc == DB_OK && there > 0)
        rc = reg_key_list(e->ask->reg, k, CORR_KEYS, &n);
    for (; rc == DB_OK && keys.n < n; keys.n++)
        memcpy(keys.key[keys.n].octet, k[keys.n].octet, sizeof(k[0].octet));
    if (rc == DB_OK)
        hlr_srv_set_keys(e->srv, &keys);
    explicit_bzero(k, sizeof(k));
    explicit_bzero(&keys, sizeof(keys));
    return rc;
}

/* As the loader does it. */
static void fill(struct explaining *e, struct hlr_table *t)
{
    struct hlr_build *b = hlr_build_new(&e->ask->conf->hlr);
    char text[40], owner[20];

    for (unsigned i = 0; i < e->rows; i++) {
        struct hlr_row row;
        const char *why = hlr_build_row(b, &e->row[i], &row);

        hlr_row_str(&e->row[i].row, text, sizeof(text));
        if (why == NULL)
            why = hlr_put(t, &row);
        else
            hlr_put(t, &row);
        snprintf(owner, sizeof(owner), " no. %u", (unsigned)row.owner);
        tell(e, "row",
             "%s: network <%s>, status %s, route <%s>, owner <%s>%s%s%s", text,
             e->row[i].network, hlr_status_str(e->row[i].row.status),
             e->row[i].route, e->row[i].owner, row.owner != 0 ? owner : "",
             why != NULL ? "; it cannot be used: " : "",
             why != NULL ? why : "");
    }
    hlr_build_free(b);
    hlr_table_set_complete(t, true);
}

/* ---- the question's way to us ---- */

/* How many digits are enough for the same rule. */
static unsigned prefix_of(const struct gtt *g, const struct sccp_gt *gt,
                          const struct gtt_rule *rule)
{
    struct sccp_gt part = *gt;
    unsigned n = 0;
    bool nature;

    for (; n < strlen(gt->digits); n++) {
        memcpy(part.digits, gt->digits, n);
        part.digits[n] = '\0';
        if (gtt_find(g, &part, &nature) == rule)
            break;
    }
    return n;
}

/* True: it comes to us. */
static bool tell_gtt(const struct explaining *e, const char *what,
                     const char *digits, uint8_t ssn)
{
    const struct conf *c = e->ask->conf;
    struct gtt *own =
        c->gtt[e->network] == NULL ? ss7_gtt_new(net_of(e)) : NULL;
    const struct gtt *g = own != NULL ? own : c->gtt[e->network];
    struct sccp_addr a = sccp_addr_e164(digits, ssn);
    bool nature, here = false;
    const struct gtt_rule *r = gtt_find(g, &a.gt, &nature);
    char prefix[SCCP_GT_DIGITS + 1] = "";

    if (r != NULL)
        memcpy(prefix, a.gt.digits, prefix_of(g, &a.gt, r));
    if (r == NULL && gtt_has_local(g))
        tell(e, what, "%s: no rule, it is refused", digits);
    else if (r == NULL)
        tell(e, what, "%s: no rule, and none leads here: taken by SSN %u",
             digits, (unsigned)ssn);
    else if (r->action == GTT_LOCAL)
        tell(e, what, "%s: rule for <%s>, to SSN %u of this box", digits,
             prefix, (unsigned)(r->ssn != 0 ? r->ssn : ssn));
    else
        tell(e, what, "%s: rule for <%s>, on to point code %u-%u-%u%s", digits,
             prefix, (unsigned)(r->pc >> 11 & 7), (unsigned)(r->pc >> 3 & 0xff),
             (unsigned)(r->pc & 7),
             r->n_more > 0 ? " or another of the rule" : "");
    here = r == NULL ? !gtt_has_local(g) : r->action == GTT_LOCAL;
    gtt_free(own);
    return here;
}

/* ---- the answer ---- */

static void tell_node(const struct explaining *e, const char *gt)
{
    for (unsigned i = 0; i < e->nodes.n; i++)
        if (strcmp(e->nodes.node[i].msc_gt[e->network], gt) == 0) {
            tell(e, "node", "%s, title %s, weight %u", e->nodes.node[i].id, gt,
                 e->nodes.node[i].weight);
            return;
        }
    tell(e, "node", "title %s, by the configuration", gt);
}

static bool tell_answer(struct explaining *e, struct hlr_answer *a)
{
    struct hlr_question q = {
        .network = (uint8_t)e->network,
        .msisdn = e->ask->number,
        .sc = e->ask->sc,
        .now_ms = e->ask->now_ms,
    };

    hlr_srv_sri(e->srv, &q, a);
    if (a->relay) {
        tell(e, "answer", "asked of %s: %s", net_of(e)->relay_gt, a->why);
        return false;
    }
    if (a->err.code != MAP_ERR_NONE) {
        tell(e, "answer", "%s: %s", map_err_str(a->err.code), a->why);
        return false;
    }
    tell(e, "answer", "IMSI and node: %s", a->why);
    tell(e, "imsi", "%s%s", a->imsi,
         a->entry.correlation ? ", made for this question" : "");
    tell_node(e, a->node);
    return true;
}

/* ---- the message ---- */

/* One that may get the message: it depends on what its sender writes. */
static void tell_rule(const struct explaining *e, const struct dlv_rule *r)
{
    char about[VALUE_MAX], boxes[VALUE_MAX];

    dlv_rule_str(r, about, sizeof(about));
    dlv_rule_boxes_str(r, boxes, sizeof(boxes));
    tell(e, "rule", "%s, if %s: route %s%s%s", r->id, about,
         r->route < 0 ? "as below" : e->ask->conf->dlv.route[r->route].id,
         boxes[0] != '\0' ? ", boxes " : "", boxes);
}

/* All that come before the one that surely takes it; that one, or NULL. */
static const struct dlv_rule *tell_rules(const struct explaining *e,
                                         const struct hlr_entry *entry, int own)
{
    const struct dlv_conf *c = &e->ask->conf->dlv;
    const struct dlv_rule_about about = {
        .vmn = entry->msisdn,
        .sc = e->ask->sc[0] != '\0' ? e->ask->sc : NULL,
        .smsc_id = own < 0 ? "" : c->route[own].smsc_id,
        .owner = entry->owner,
        .network = (uint8_t)e->network,
    };
    const struct dlv_rule *sure = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < c->n_rules && sure == NULL; i++) {
        const struct dlv_rule *r = &c->rule[i];
        enum dlv_rule_fits fits = dlv_rule_fits(r, &about);

        if (fits == DLV_RULE_FITS)
            sure = r;
        else if (fits == DLV_RULE_MAY_FIT && n++ < RULES)
            tell_rule(e, r);
    }
    if (n > RULES)
        tell(e, "rule", "and %u more may get it", n - RULES);
    return sure;
}

static void tell_boxes(const struct explaining *e, const struct dlv_rule *rule,
                       const struct dlv_route *route)
{
    char boxes[VALUE_MAX];

    if (rule != NULL && rule->boxes[0].n > 0) {
        dlv_rule_boxes_str(rule, boxes, sizeof(boxes));
        tell(e, "box", "%s, by box-route %s", boxes, rule->id);
    } else if (route->box_id[0] != '\0') {
        tell(e, "box", "the one with boxc-id %s", route->box_id);
    } else {
        tell(e, "box", "any that is connected");
    }
}

static void tell_route(const struct explaining *e,
                       const struct hlr_entry *entry)
{
    const struct dlv_conf *c = &e->ask->conf->dlv;
    struct ss7_sms sms = { .route = entry->route };
    const struct dlv_rule *rule;
    int at;

    memcpy(sms.vmn, entry->msisdn, sizeof(sms.vmn));
    at = dlv_route_of(&sms);
    rule = tell_rules(e, entry, at);
    if (rule != NULL && rule->route >= 0) {
        at = rule->route;
        tell(e, "route", "%s, by box-route %s", c->route[at].id, rule->id);
    } else if (at == -1) {
        tell(e, "route", "none: the message is answered systemFailure");
        return;
    } else {
        tell(e, "route", "%s, %s", c->route[at].id,
             entry->route != HLR_ROUTE_NONE   ? "named by the number"
             : c->route[at].prefix[0] != '\0' ? "by its vmn-prefix"
                                              : "which takes any number");
    }
    tell_boxes(e, rule, &c->route[at]);
}

static void tell_message(struct explaining *e, const struct hlr_answer *q)
{
    struct hlr_sms_answer a;

    hlr_srv_sms(e->srv, (uint8_t)e->network, q->imsi, e->ask->sc,
                e->ask->now_ms, &a);
    if (a.err.code != MAP_ERR_NONE) {
        tell(e, "message", "%s: %s", map_err_str(a.err.code), a.why);
        return;
    }
    tell(e, "message", "for %s", a.entry.msisdn);
    tell_route(e, &a.entry);
}

static void tell_all(struct explaining *e)
{
    struct hlr_answer a;

    tell(e, "network", "%s", net_of(e)->id);
    if (tell_gtt(e, "gtt", e->ask->number, net_of(e)->hlr_ssn) &&
        tell_answer(e, &a))
        tell_message(e, &a);
}

/* ---- all of it ---- */

static int find_network(const struct ss7_conf *c, const char *id)
{
    for (unsigned i = 0; i < c->n_networks; i++)
        if (strcmp(c->network[i].id, id) == 0)
            return (int)i;
    return -1;
}

static enum db_rc choose_network(struct explaining *e, char *why, size_t size)
{
    const struct explain_ask *a = e->ask;
    const char *id = a->network;
    int at;

    if (id[0] == '\0' && e->rows > 0)
        id = e->row[e->rows - 1].network;
    at = id[0] != '\0' ? find_network(&a->conf->ss7, id) : 0;
    if (at == -1 && a->network[0] != '\0') {
        snprintf(why, size, "there is no network <%s>", a->network);
        return DB_FAILED;
    }
    e->network = at == -1 ? 0 : (unsigned)at;
    return DB_OK;
}

static enum db_rc ask_register(struct explaining *e, char *why, size_t size)
{
    struct reg_filter f = { .status = 0 };
    enum db_rc rc;

    snprintf(f.number, sizeof(f.number), "%s", e->ask->number);
    rc = reg_list(e->ask->reg, &f, take_row, e);
    if (rc == DB_OK)
        rc = reg_node_list(e->ask->reg, take_node, e);
    if (rc == DB_OK)
        rc = take_keys(e);
    if (rc == DB_OK)
        return choose_network(e, why, size);
    snprintf(why, size, "%s", reg_why(e->ask->reg));
    return rc;
}

enum db_rc explain(const struct explain_ask *a,
                   void (*step)(void *ctx, const char *key, const char *value),
                   void *ctx, char *why, size_t size)
{
    struct explaining *e = gw_malloc(sizeof(*e));
    struct hlr_srv_conf c;
    struct hlr_table *t;
    enum db_rc rc;

    memset(e, 0, sizeof(*e));
    e->ask = a;
    e->step = step;
    e->ctx = ctx;
    ss7_hlr_conf(&a->conf->ss7, &c);
    e->srv = hlr_srv_new(&c);
    if (e->srv == NULL)
        panic(0, "No memory for an explanation.");
    rc = ask_register(e, why, size);
    if (rc == DB_OK) {
        t = hlr_table_new(a->conf->hlr.mccmnc, a->conf->hlr.networks, ROWS);
        hlr_srv_set_nodes(e->srv, &e->nodes);
        fill(e, t);
        hlr_table_free(hlr_srv_swap(e->srv, t));
        tell_all(e);
    }
    hlr_table_free(hlr_srv_swap(e->srv, NULL));
    hlr_srv_free(e->srv);
    gw_free(e);
    return rc;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_box_route.c - group = box-route: rules that choose route and boxes
 */

#include "conf_part.h"

#include <ctype.h>
#include <string.h>

enum {
    LIST_MAX = 500, /* octets of a list */
    PRIORITY = 100,
    PRIORITY_MAX = 1000000,
    OPEN_MAX = 2000000,
};

static bool is_prefix(const char *word)
{
    size_t n = strlen(word);

    return n <= HLR_MSISDN_MAX && strspn(word, "0123456789") == n;
}

static bool is_short(const char *word)
{
    return strlen(word) <= DLV_SENDER_MAX;
}

static bool is_keyword(const char *word)
{
    return strlen(word) <= DLV_WORD_MAX;
}

static bool is_name(const char *word)
{
    size_t n = strlen(word);

    return n < sizeof(((struct dlv_route *)0)->smsc_id);
}

/* Keys whose values are lists. */
struct list {
    const char *key, *separators, *must;
    bool (*good)(const char *word);
    bool plus; /* a leading "+" is dropped */
};

static const struct list vmn_list = {
    "vmn-prefix", ",; \t", "must be digits, 1 to 15, \";\" between",
    is_prefix,    true,
};
static const struct list sc_list = {
    "sc-prefix", ",; \t", "must be digits, 1 to 15, \";\" between",
    is_prefix,   true,
};
/* names may have blanks and commas in them */
static const struct list sender_list = {
    "sender", ";",   "must be numbers or names of senders, \";\" between",
    is_short, false,
};
static const struct list smsc_list = {
    "smsc-id", ",; \t", "must be names, \";\" between", is_name, false,
};
static const struct list keyword_list = {
    "keyword",  ",; \t", "must be words of at most 63 octets, \";\" between",
    is_keyword, false,
};

static char *trim(char *word)
{
    size_t n;

    word += strspn(word, " \t");
    for (n = strlen(word); n > 0 && strchr(" \t", word[n - 1]) != NULL; n--)
        word[n - 1] = '\0';
    return word;
}

/* As struct dlv_rule has them; NULL: there is no such key, or it is wrong. */
static const char *read_list(struct conf_group *g, const struct list *l)
{
    char text[LIST_MAX], *list, *save = NULL;
    size_t n = 0;

    if (!conf_get_text(g, l->key, text, sizeof(text)))
        return NULL;
    /* words, their separators as NULs, and one more */
    list = gw_malloc(strlen(text) + 2);
    for (char *p = strtok_r(text, l->separators, &save); p != NULL;
         p = strtok_r(NULL, l->separators, &save)) {
        const char *word = trim(p) + (l->plus && *trim(p) == '+');

        if (!l->good(word)) {
            n = 0;
            break;
        }
        if (*word == '\0')
            continue;
        memcpy(list + n, word, strlen(word) + 1);
        n += strlen(word) + 1;
    }
    list[n] = '\0';
    if (n > 0)
        return list;
    conf_bad(g, l->key, "%s", l->must);
    gw_free(list);
    return NULL;
}

static void read_range(struct conf_group *g, struct dlv_rule *r)
{
    bool first = conf_has(g, "vmn-first"), last = conf_has(g, "vmn-last");

    if (!first && !last)
        return;
    if (!first)
        conf_missing(g, "vmn-first", "a range has two ends");
    if (!last)
        conf_missing(g, "vmn-last", "a range has two ends");
    if (!conf_get_digits(g, "vmn-first", r->first, CONF_GT_MIN,
                         HLR_MSISDN_MAX) ||
        !conf_get_digits(g, "vmn-last", r->last, CONF_GT_MIN, HLR_MSISDN_MAX))
        return;
    if (strlen(r->first) != strlen(r->last) || strcmp(r->first, r->last) > 0)
        conf_bad(g, "vmn-last", "must be as long as vmn-first and not less: %s",
                 r->first);
}

static void read_network(struct conf_group *g, const struct conf *c,
                         struct dlv_rule *r)
{
    char id[32];

    r->network = HLR_NETWORK_NONE;
    if (!conf_get_name(g, "network", id, sizeof(id)))
        return;
    for (unsigned i = 0; i < c->ss7.n_networks; i++)
        if (strcmp(c->ss7.network[i].id, id) == 0) {
            r->network = (uint8_t)i;
            r->network_id = c->ss7.network[i].id;
            return;
        }
    conf_bad(g, "network", "there is no group = ss7-network with this id");
}

/* All of them, and "+" belongs to a sender: it is what boxes see. */
static void read_conditions(struct conf_group *g, const struct conf *c,
                            struct dlv_rule *r)
{
    r->vmn_prefix = read_list(g, &vmn_list);
    read_range(g, r);
    conf_get_uint(g, "owner", &r->owner, 1, UINT32_MAX);
    read_network(g, c, r);
    r->sc_prefix = read_list(g, &sc_list);
    r->sender = read_list(g, &sender_list);
    r->smsc_id = read_list(g, &smsc_list);
    r->keyword = read_list(g, &keyword_list);
}

static void check_smsc_ids(struct conf_group *g, const struct conf *c,
                           const char *list)
{
    for (; list != NULL && *list != '\0'; list += strlen(list) + 1) {
        unsigned i = 0;

        while (i < c->dlv.n_routes &&
               strcmp(c->dlv.route[i].smsc_id, list) != 0)
            i++;
        if (i == c->dlv.n_routes)
            conf_bad(g, "smsc-id", "no group = route has the smsc-id <%s>",
                     list);
    }
}

/* "name" or "name:weight". */
static bool read_box(char *word, struct box_weight *b)
{
    char *colon = strrchr(word, ':');

    b->weight = 1;
    if (colon != NULL && colon[1] != '\0' &&
        colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
        if (strlen(colon + 1) > 4)
            return false;
        b->weight = (uint32_t)strtoul(colon + 1, NULL, 10);
        *colon = '\0';
    }
    if (word[0] == '\0' || strlen(word) >= sizeof(b->id))
        return false;
    for (const char *p = word; *p != '\0'; p++)
        if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
            return false;
    strcpy(b->id, word);
    return b->weight > 0 && b->weight <= BOX_SHARE_WEIGHT_MAX;
}

static bool is_named(const struct box_share *s, const char *id)
{
    for (unsigned i = 0; i < s->n; i++)
        if (strcmp(s->box[i].id, id) == 0)
            return true;
    return false;
}

static void read_share(struct conf_group *g, const char *key,
                       struct box_share *s)
{
    char text[LIST_MAX], *save = NULL;

    if (!conf_get_text(g, key, text, sizeof(text)))
        return;
    for (char *p = strtok_r(text, ",; \t", &save); p != NULL;
         p = strtok_r(NULL, ",; \t", &save)) {
        struct box_weight b;

        if (!read_box(p, &b) || s->n == BOX_SHARE_MAX) {
            s->n = 0;
            break;
        }
        if (is_named(s, b.id))
            conf_bad(g, key, "names box <%s> twice", b.id);
        *(struct box_weight *)conf_append(&s->box, &s->n, sizeof(b)) = b;
    }
    if (s->n == 0)
        conf_bad(g, key,
                 "must be 1 to %d names of boxes, each with \":\" and a weight "
                 "from 1 to %d or without",
                 (int)BOX_SHARE_MAX, (int)BOX_SHARE_WEIGHT_MAX);
}

static void read_route(struct conf_group *g, const struct conf *c,
                       struct dlv_rule *r)
{
    char id[32];

    r->route = -1;
    if (!conf_get_name(g, "route", id, sizeof(id)))
        return;
    for (unsigned i = 0; i < c->dlv.n_routes; i++)
        if (strcmp(c->dlv.route[i].id, id) == 0)
            r->route = (int)i;
    if (r->route < 0)
        conf_bad(g, "route", "there is no group = route with this id");
}

static void read_id(struct conf_group *g, const struct conf *c,
                    struct dlv_rule *r)
{
    if (!conf_has(g, "id")) {
        conf_missing(g, "id", "the status page names it by that");
        return;
    }
    if (!conf_get_name(g, "id", r->id, sizeof(r->id)))
        return;
    for (unsigned i = 0; i < c->dlv.n_rules; i++)
        if (&c->dlv.rule[i] != r && strcmp(c->dlv.rule[i].id, r->id) == 0)
            conf_bad(g, "id", "there is another box-route with this id");
}

static void read_rule(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct dlv_rule *r;

    if (c->dlv.n_rules == DLV_RULES_MAX) {
        conf_wrong(g, "there may be at most %d groups box-route",
                   (int)DLV_RULES_MAX);
        return;
    }
    r = conf_append(&c->dlv.rule, &c->dlv.n_rules, sizeof(*r));
    r->order = c->dlv.n_rules;
    r->priority = PRIORITY;
    read_id(g, c, r);
    conf_get_uint(g, "priority", &r->priority, 0, PRIORITY_MAX);
    read_conditions(g, c, r);
    check_smsc_ids(g, c, r->smsc_id);
    read_route(g, c, r);
    read_share(g, "boxes", &r->boxes[0]);
    read_share(g, "fallback-boxes", &r->boxes[1]);
    if (conf_has(g, "fallback-boxes") && !conf_has(g, "boxes"))
        conf_bad(g, "fallback-boxes", "is of use with boxes only");
    conf_get_uint(g, "max-open", &r->max_open, 1, OPEN_MAX);
    conf_get_overload(g, &r->overload);
}

static int by_priority(const void *a, const void *b)
{
    const struct dlv_rule *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void conf_read_rules(struct conf_in *in, struct conf *c)
{
    conf_each(in, "box-route", read_rule, c);
    if (c->dlv.n_rules > 0)
        qsort(c->dlv.rule, c->dlv.n_rules, sizeof(*c->dlv.rule), by_priority);
}

static void free_list(const char *list)
{
    gw_free((void *)(uintptr_t)list);
}

void conf_free_rules(struct conf *c)
{
    for (unsigned i = 0; i < c->dlv.n_rules; i++) {
        struct dlv_rule *r = &c->dlv.rule[i];

        free_list(r->vmn_prefix);
        free_list(r->sc_prefix);
        free_list(r->sender);
        free_list(r->smsc_id);
        free_list(r->keyword);
        gw_free(r->boxes[0].box);
        gw_free(r->boxes[1].box);
    }
    gw_free(c->dlv.rule);
}

/* ---- what they promise ---- */

enum { TOLD = 50 };

static void tell_rule(const struct conf *c, const struct dlv_rule *r)
{
    char about[1200], boxes[600];

    dlv_rule_str(r, about, sizeof(about));
    dlv_rule_boxes_str(r, boxes, sizeof(boxes));
    info(0, "box-route %s: %s: %s%s, to %s", r->id, about,
         r->route < 0 ? "the number's own route" : "route ",
         r->route < 0 ? "" : c->dlv.route[r->route].id,
         boxes[0] != '\0' ? boxes : "its box");
    if (r->max_open > 0)
        info(0, "box-route %s: at most %u of its messages are out at once",
             r->id, (unsigned)r->max_open);
}

static bool takes_all(const struct dlv_rule *r)
{
    return r->vmn_prefix == NULL && r->first[0] == '\0' && r->owner == 0 &&
           r->network == HLR_NETWORK_NONE && r->sc_prefix == NULL &&
           r->sender == NULL && r->smsc_id == NULL && r->keyword == NULL;
}

void conf_tell_rules(const struct conf *c)
{
    const struct dlv_conf *d = &c->dlv;
    bool boxes = false;

    for (unsigned i = 0; i < d->n_rules; i++) {
        boxes |= d->rule[i].boxes[0].n > 0;
        if (i < TOLD)
            tell_rule(c, &d->rule[i]);
        if (takes_all(&d->rule[i]) && i + 1 < d->n_rules) {
            warning(0,
                    "box-route %s: it takes every message, so the %u behind it "
                    "are never reached",
                    d->rule[i].id, d->n_rules - i - 1);
            break;
        }
    }
    if (d->n_rules > TOLD)
        info(0, "box-route: and %u more", d->n_rules - TOLD);
    if (boxes && c->ss7.alert)
        warning(0, "box-route: whether a route with alert = yes has a box is "
                   "seen by its smsbox-id; a message whose box-route has no "
                   "box fails for now, and nobody is alerted");
}

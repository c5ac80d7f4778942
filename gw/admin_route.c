/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_route.c - routes and rules on the pages of the status
 */

#include "admin_route.h"

#include <inttypes.h>

enum { RULES_SHOWN = 200, CONDITIONS = 300 };

static const char *confirm_str(enum dlv_confirm c)
{
    return c == DLV_CONFIRM_APP   ? "app"
           : c == DLV_CONFIRM_BOX ? "box"
                                  : "reply";
}

/* ---- for people ---- */

static void text_count(struct text *t, const struct dlv_count *c, uint32_t max)
{
    text_fmt(t, "%" PRIu32 " out", c->out);
    if (max > 0)
        text_fmt(t, " of at most %" PRIu32, max);
    text_fmt(t, ", %" PRIu64 " so far", c->taken);
}

static void text_rules(const struct status *s, struct text *t)
{
    char about[CONDITIONS];

    if (s->rules == 0)
        return;
    text_put(t, "\nBox routes:\n");
    for (unsigned i = 0; i < s->rules && i < RULES_SHOWN; i++) {
        dlv_rule_str(&s->rule[i], about, sizeof(about));
        text_fmt(t, "    %s: ", s->rule[i].id);
        text_count(t, &s->rule_count[i], s->rule[i].max_open);
        text_fmt(t, " (%s)\n", about);
    }
    if (s->rules > RULES_SHOWN)
        text_fmt(t, "    and %u more\n", s->rules - RULES_SHOWN);
}

void status_routes_text(const struct status *s, struct text *t)
{
    text_put(t, "\nRoutes:\n");
    for (unsigned i = 0; i < s->routes; i++) {
        const struct dlv_route *r = &s->route[i];

        text_fmt(t, "    %s: numbers %s* to %s%s, confirm = %s, ", r->id,
                 r->prefix, r->box_id[0] != '\0' ? "box " : "any box",
                 r->box_id, confirm_str(r->confirm));
        text_count(t, &s->route_count[i], r->max_open);
        text_put(t, "\n");
    }
    text_rules(s, t);
}

/* ---- for programs ---- */

static void doc_count(struct doc *d, const struct dlv_count *c, uint32_t max)
{
    doc_num(d, "out", c->out);
    doc_num(d, "max-open", max);
    doc_num(d, "taken", c->taken);
}

static void doc_rules(struct doc *d, const struct status *s)
{
    char about[CONDITIONS], boxes[CONDITIONS];

    doc_list(d, "box-routes");
    for (unsigned i = 0; i < s->rules; i++) {
        const struct dlv_rule *r = &s->rule[i];

        dlv_rule_str(r, about, sizeof(about));
        dlv_rule_boxes_str(r, boxes, sizeof(boxes));
        doc_open(d, "box-route");
        doc_str(d, "id", r->id);
        doc_str(d, "conditions", about);
        doc_str(d, "route", r->route < 0 ? "" : s->route[r->route].id);
        doc_str(d, "boxes", boxes);
        doc_count(d, &s->rule_count[i], r->max_open);
        doc_close(d);
    }
    doc_close(d);
}

void status_routes_doc(struct doc *d, const struct status *s)
{
    doc_list(d, "routes");
    for (unsigned i = 0; i < s->routes; i++) {
        const struct dlv_route *r = &s->route[i];

        doc_open(d, "route");
        doc_str(d, "id", r->id);
        doc_str(d, "vmn-prefix", r->prefix);
        doc_str(d, "smsbox-id", r->box_id);
        doc_str(d, "confirm", confirm_str(r->confirm));
        doc_count(d, &s->route_count[i], r->max_open);
        doc_close(d);
    }
    doc_close(d);
    doc_rules(d, s);
}

/* ---- figures ---- */

static void head(struct text *t, const char *name, const char *help,
                 const char *type)
{
    text_fmt(t, "# HELP sigtran_box_%s %s\n# TYPE sigtran_box_%s %s\n", name,
             help, name, type);
}

static void sample(struct text *t, const char *name, const char *label,
                   const char *id, uint64_t value)
{
    text_fmt(t, "sigtran_box_%s{%s=\"", name, label);
    text_label(t, id);
    text_fmt(t, "\"} %" PRIu64 "\n", value);
}

/* Rules may be many: those that had a message. */
void status_routes_metrics(const struct status *s, struct text *t)
{
    head(t, "route_out", "messages of this route that are with boxes", "gauge");
    for (unsigned i = 0; i < s->routes; i++)
        sample(t, "route_out", "route", s->route[i].id, s->route_count[i].out);
    head(t, "route_taken_total", "messages of this route given to boxes",
         "counter");
    for (unsigned i = 0; i < s->routes; i++)
        sample(t, "route_taken_total", "route", s->route[i].id,
               s->route_count[i].taken);
    head(t, "rule_out", "messages of this box-route that are with boxes",
         "gauge");
    for (unsigned i = 0; i < s->rules; i++)
        if (s->rule_count[i].taken > 0)
            sample(t, "rule_out", "rule", s->rule[i].id, s->rule_count[i].out);
    head(t, "rule_taken_total", "messages of this box-route given to boxes",
         "counter");
    for (unsigned i = 0; i < s->rules; i++)
        if (s->rule_count[i].taken > 0)
            sample(t, "rule_taken_total", "rule", s->rule[i].id,
                   s->rule_count[i].taken);
}

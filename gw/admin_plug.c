/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_plug.c - plug-ins on the pages of the status
 */

#include "admin_plug.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *state_str(const struct plug_info *p)
{
    if (p->isolated)
        return p->up ? "running in its process" : "its process is not there";
    return p->up ? "running" : "does not come back from its hook";
}

void status_plugs_text(const struct status *s, struct text *t)
{
    if (s->plugs == 0)
        return;
    text_put(t, "\nPlug-ins:\n");
    for (unsigned i = 0; i < s->plugs; i++) {
        const struct plug_info *p = &s->plug[i];

        text_fmt(t,
                 "    %s: %s %s, %s, %u waiting, %u held, asked %" PRIu64
                 ", failed %" PRIu64 ", of these late %" PRIu64 "\n",
                 p->id, p->name, p->version, state_str(p), p->waiting, p->held,
                 p->asked, p->failed, p->late);
    }
}

void status_plugs_doc(struct doc *d, const struct status *s)
{
    if (s->plugs == 0)
        return;
    doc_list(d, "plugins");
    for (unsigned i = 0; i < s->plugs; i++) {
        const struct plug_info *p = &s->plug[i];

        doc_open(d, "plugin");
        doc_str(d, "id", p->id);
        doc_str(d, "name", p->name);
        doc_str(d, "version", p->version);
        doc_bool(d, "isolated", p->isolated);
        doc_bool(d, "up", p->up);
        doc_num(d, "waiting", p->waiting);
        doc_num(d, "held", p->held);
        doc_num(d, "asked", p->asked);
        doc_num(d, "failed", p->failed);
        doc_num(d, "late", p->late);
        doc_close(d);
    }
    doc_close(d);
}

/* ---- figures ---- */

static uint64_t up(const struct plug_info *p)
{
    return p->up;
}

static uint64_t waiting(const struct plug_info *p)
{
    return p->waiting;
}

static uint64_t held(const struct plug_info *p)
{
    return p->held;
}

static uint64_t asked(const struct plug_info *p)
{
    return p->asked;
}

static uint64_t failed(const struct plug_info *p)
{
    return p->failed;
}

static uint64_t late(const struct plug_info *p)
{
    return p->late;
}

static const struct family {
    const char *name, *type, *help;
    uint64_t (*value)(const struct plug_info *p);
} families[] = {
    { "up", "gauge", "0: its process is not there, or it hangs", up },
    { "waiting", "gauge", "messages that wait for the plug-in", waiting },
    { "held", "gauge", "messages that the plug-in holds", held },
    { "asked_total", "counter", "messages and questions it was asked about",
      asked },
    { "failed_total", "counter", "of these, dealt with as on-failure says",
      failed },
    { "late_total", "counter", "of these, without a verdict in time", late },
};

static void metrics_own(const struct status *s, struct text *t)
{
    if (s->plug_counts == 0)
        return;
    text_put(t, "# HELP sigtran_plugin_counter what plug-ins count\n"
                "# TYPE sigtran_plugin_counter counter\n");
    for (unsigned i = 0; i < s->plug_counts; i++) {
        text_put(t, "sigtran_plugin_counter{plugin=\"");
        text_label(t, s->plug_count[i].id);
        text_put(t, "\",name=\"");
        text_label(t, s->plug_count[i].name);
        text_fmt(t, "\"} %" PRIu64 "\n", s->plug_count[i].value);
    }
}

void status_plugs_metrics(const struct status *s, struct text *t)
{
    if (s->plugs == 0)
        return;
    for (size_t k = 0; k < sizeof(families) / sizeof(families[0]); k++) {
        const struct family *f = &families[k];

        text_fmt(t,
                 "# HELP sigtran_box_plugin_%s %s\n"
                 "# TYPE sigtran_box_plugin_%s %s\n",
                 f->name, f->help, f->name, f->type);
        for (unsigned i = 0; i < s->plugs; i++) {
            text_fmt(t, "sigtran_box_plugin_%s{plugin=\"", f->name);
            text_label(t, s->plug[i].id);
            text_fmt(t, "\"} %" PRIu64 "\n", f->value(&s->plug[i]));
        }
    }
    metrics_own(s, t);
}

/* ---- where it comes from ---- */

static void take_count(void *ctx, const char *id, const char *name,
                       uint64_t value)
{
    struct status *s = ctx;
    struct status_count *more, *c;

    /* doubled at each power of two */
    if ((s->plug_counts & (s->plug_counts - 1)) == 0) {
        size_t n = s->plug_counts == 0 ? 1 : 2 * (size_t)s->plug_counts;

        more = realloc(s->plug_count, n * sizeof(*more));
        if (more == NULL)
            return;
        s->plug_count = more;
    }
    c = &s->plug_count[s->plug_counts++];
    snprintf(c->id, sizeof(c->id), "%s", id);
    snprintf(c->name, sizeof(c->name), "%s", name);
    c->value = value;
}

void status_plugs_fill(struct status *s)
{
    s->plug_count = NULL;
    s->plug_counts = 0;
    s->plugs = plug_list(s->plug);
    plug_counts(take_count, s);
}

void status_plugs_free(struct status *s)
{
    free(s->plug_count);
}

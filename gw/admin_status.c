/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_status.c - what the box is doing, told to people and to programs
 */

#include "admin_status.h"

#include "admin_doc.h"
#include "admin_plug.h"
#include "admin_route.h"
#include "stat.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 48, PC_STR = 24 };

static const char *state_str(enum status_state s)
{
    static const char *const word[] = { "running", "suspended",
                                        "shutting down" };

    return word[s];
}

static const char *assoc_str(enum mtp_assoc_state s)
{
    /* the middle one is up, and the peer has not let traffic begin */
    static const char *const word[] = { "disconnected", "inactive", "online" };

    return word[s];
}

static const char *box_str(const struct box_info *b)
{
    return !b->ready ? "connecting" : b->suspended ? "suspended" : "on-line";
}

static const char *lasting(uint64_t from_ms, uint64_t to_ms, char out[WORDS])
{
    uint64_t s = to_ms > from_ms ? (to_ms - from_ms) / 1000 : 0;

    snprintf(out, WORDS, "%" PRIu64 "d %uh %um %us", s / 86400,
             (unsigned)(s / 3600 % 24), (unsigned)(s / 60 % 60),
             (unsigned)(s % 60));
    return out;
}

static const char *pc_str(uint32_t pc, char out[PC_STR])
{
    snprintf(out, PC_STR, "%u-%u-%u", pc >> 11 & 7, pc >> 3 & 0xff, pc & 7);
    return out;
}

static const char *rate_str(const struct status_rate *r, char out[WORDS])
{
    snprintf(out, WORDS, "%.2f,%.2f,%.2f", r->minute, r->five, r->all);
    return out;
}

/* ---- for people ---- */

static void text_sms(const struct status *s, struct text *t)
{
    char in[WORDS], ok[WORDS];

    text_fmt(t,
             "\nSMS: received %" PRIu64 " (%u queued), confirmed %" PRIu64
             ", failed for now %" PRIu64 ", refused %" PRIu64 "\n",
             stat_get(STAT_sms_in), s->open, stat_get(STAT_dlv_ok),
             stat_get(STAT_dlv_tempfail), stat_get(STAT_dlv_permfail));
    text_fmt(t, "SMS: inbound (%s) msg/sec, confirmed (%s) msg/sec\n",
             rate_str(&s->in, in), rate_str(&s->ok, ok));
    text_fmt(t,
             "\nSRI: received %" PRIu64 ", answered with a route %" PRIu64
             ", with an error %" PRIu64 "\n",
             stat_get(STAT_sri_in), stat_get(STAT_sri_ok),
             stat_get(STAT_sri_error));
}

static void text_register(const struct status *s, struct text *t)
{
    const struct hlr_state *h = &s->hlr;

    text_fmt(t, "\nRegister: %s, ", s->register_name);
    if (h->complete)
        text_fmt(t, "complete, %" PRIu64 " rows", h->rows);
    else
        text_fmt(t, "loading, %" PRIu64 " of %" PRIu64 " rows", h->rows, h->of);
    text_fmt(t, " (%" PRIu64 " unusable), %" PRIu64 " changes taken\n",
             h->unusable, h->changes);
    if (!h->database)
        text_fmt(t,
                 "Register: the database does not answer since %" PRIu64 " s\n",
                 h->behind_ms / 1000);
}

static void text_nodes(const struct status *s, struct text *t)
{
    if (s->nodes.n == 0)
        return;
    text_put(t, "\nNodes:\n");
    for (unsigned i = 0; i < s->nodes.n; i++) {
        const struct hlr_node *n = &s->nodes.node[i];

        text_fmt(t, "    %s, weight %u, %s%s%s\n", n->id, (unsigned)n->weight,
                 n->alive ? "alive" : "dead", n->drain ? ", drained" : "",
                 strcmp(n->id, s->node_id) == 0 ? ", this one" : "");
    }
}

static void text_boxes(const struct status *s, struct text *t)
{
    char on[WORDS];

    text_put(t, "\nBox connections:\n");
    for (unsigned i = 0; i < s->boxes; i++) {
        const struct box_info *b = &s->box[i];

        text_fmt(t, "    smsbox:%s, IP %s (%u queued), (%s %s)%s\n",
                 b->id[0] != '\0' ? b->id : "(none)", b->ip, (unsigned)b->out,
                 box_str(b), lasting(b->since_ms, s->now_ms, on),
                 b->tls ? " using SSL" : "");
    }
    if (s->boxes == 0)
        text_put(t, "    none\n");
}

static void text_networks(const struct status *s, struct text *t)
{
    char pc[PC_STR], on[WORDS];

    text_put(t, "\nNetworks:\n");
    for (unsigned i = 0; i < s->ss7->n_networks; i++) {
        const struct ss7_network *n = &s->ss7->network[i];

        text_fmt(t, "    %s: point code %s, ", n->id, pc_str(n->pc[0], pc));
        if (s->mtpd[i] > 0)
            text_fmt(t, "mtpd %ld\n", s->mtpd[i]);
        else
            text_put(t, "mtpd is being started\n");
        for (unsigned k = 0; k < n->mtp.n_assoc; k++)
            text_fmt(t, "        %s (%s %s)\n", n->mtp.assoc[k].id,
                     assoc_str(s->assoc[i][k].state),
                     lasting(s->assoc[i][k].since_ms, s->now_ms, on));
    }
}

static void print_text(const struct status *s, struct text *t)
{
    char on[WORDS];

    text_fmt(t, "sigtran-box version `%s'.\n", s->version);
    text_fmt(t, "\nStatus: %s, uptime %s\n", state_str(s->state),
             lasting(s->start_ms, s->now_ms, on));
    text_sms(s, t);
    text_register(s, t);
    text_nodes(s, t);
    text_boxes(s, t);
    text_networks(s, t);
    status_routes_text(s, t);
    status_plugs_text(s, t);
}

/* The same lines; an empty one begins a paragraph. */
static void print_html(const struct status *s, struct text *t)
{
    struct text lines = { 0 };
    char *line, *next;

    print_text(s, &lines);
    text_put(t, "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\">"
                "<title>sigtran-box</title></head>\n<body>\n<p>");
    for (line = lines.p; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (*line == '\0') {
            text_put(t, "</p>\n<p>");
            continue;
        }
        for (; *line == ' '; line++)
            text_put(t, "&nbsp;");
        text_xml(t, line);
        text_put(t, "<br>\n");
    }
    text_put(t, "</p>\n</body>\n</html>\n");
    text_free(&lines);
}

/* ---- for programs ---- */

static void doc_total(struct doc *d, const char *name, uint64_t total,
                      uint64_t queued)
{
    doc_open(d, name);
    doc_num(d, "total", total);
    doc_num(d, "queued", queued);
    doc_close(d);
}

static void doc_sms(struct doc *d, const struct status *s)
{
    char rate[WORDS];

    doc_open(d, "sms");
    doc_total(d, "received", stat_get(STAT_sms_in), s->open);
    doc_total(d, "sent", 0, 0); /* this box sends none of its own */
    doc_num(d, "confirmed", stat_get(STAT_dlv_ok));
    doc_num(d, "tempfail", stat_get(STAT_dlv_tempfail));
    doc_num(d, "permfail", stat_get(STAT_dlv_permfail));
    doc_str(d, "inbound", rate_str(&s->in, rate));
    doc_str(d, "delivered", rate_str(&s->ok, rate));
    doc_close(d);
    doc_open(d, "sri");
    doc_num(d, "received", stat_get(STAT_sri_in));
    doc_num(d, "answered", stat_get(STAT_sri_ok));
    doc_num(d, "error", stat_get(STAT_sri_error));
    doc_close(d);
}

static void doc_register(struct doc *d, const struct status *s)
{
    const struct hlr_state *h = &s->hlr;

    doc_open(d, "register");
    doc_str(d, "type", s->register_name);
    doc_bool(d, "complete", h->complete);
    doc_bool(d, "database", h->database);
    doc_num(d, "rows", h->rows);
    doc_num(d, "of", h->of);
    doc_num(d, "unusable", h->unusable);
    doc_num(d, "changes", h->changes);
    doc_num(d, "behind-ms", h->behind_ms);
    doc_close(d);
}

static void doc_nodes(struct doc *d, const struct status *s)
{
    doc_str(d, "node-id", s->node_id);
    doc_list(d, "nodes");
    for (unsigned i = 0; i < s->nodes.n; i++) {
        const struct hlr_node *n = &s->nodes.node[i];

        doc_open(d, "node");
        doc_str(d, "id", n->id);
        doc_num(d, "weight", n->weight);
        doc_bool(d, "alive", n->alive);
        doc_bool(d, "drained", n->drain);
        doc_close(d);
    }
    doc_close(d);
}

static void doc_boxes(struct doc *d, const struct status *s)
{
    char on[WORDS], state[2 * WORDS];

    doc_list(d, "boxes");
    for (unsigned i = 0; i < s->boxes; i++) {
        const struct box_info *b = &s->box[i];

        snprintf(state, sizeof(state), "%s %s", box_str(b),
                 lasting(b->since_ms, s->now_ms, on));
        doc_open(d, "box");
        doc_str(d, "type", "smsbox");
        doc_str(d, "id", b->id);
        doc_str(d, "IP", b->ip);
        doc_num(d, "queue", b->out);
        doc_str(d, "status", state);
        doc_bool(d, "ssl", b->tls);
        doc_close(d);
    }
    doc_close(d);
}

static void doc_assocs(struct doc *d, const struct status *s, unsigned i)
{
    const struct ss7_network *n = &s->ss7->network[i];
    char on[WORDS], state[2 * WORDS];

    doc_list(d, "associations");
    for (unsigned k = 0; k < n->mtp.n_assoc; k++) {
        const struct status_assoc *a = &s->assoc[i][k];

        snprintf(state, sizeof(state), "%s %s", assoc_str(a->state),
                 lasting(a->since_ms, s->now_ms, on));
        doc_open(d, "association");
        doc_str(d, "id", n->mtp.assoc[k].id);
        doc_str(d, "status", state);
        doc_bool(d, "active", a->state == MTP_ASSOC_ACTIVE);
        doc_close(d);
    }
    doc_close(d);
}

static void doc_networks(struct doc *d, const struct status *s)
{
    char pc[PC_STR];

    doc_list(d, "networks");
    for (unsigned i = 0; i < s->ss7->n_networks; i++) {
        const struct ss7_network *n = &s->ss7->network[i];

        doc_open(d, "network");
        doc_str(d, "id", n->id);
        doc_str(d, "point-code", pc_str(n->pc[0], pc));
        doc_num(d, "mtpd", (uint64_t)(s->mtpd[i] > 0 ? s->mtpd[i] : 0));
        doc_assocs(d, s, i);
        doc_close(d);
    }
    doc_close(d);
}

static void print_doc(const struct status *s, enum doc_form form,
                      struct text *out)
{
    char on[WORDS], state[2 * WORDS];
    struct doc d;

    doc_begin(&d, form, "gateway");
    snprintf(state, sizeof(state), "sigtran-box version `%s'.", s->version);
    doc_str(&d, "version", state);
    snprintf(state, sizeof(state), "%s, uptime %s", state_str(s->state),
             lasting(s->start_ms, s->now_ms, on));
    doc_str(&d, "status", state);
    doc_num(&d, "uptime", (s->now_ms - s->start_ms) / 1000);
    doc_sms(&d, s);
    doc_register(&d, s);
    doc_nodes(&d, s);
    doc_boxes(&d, s);
    doc_networks(&d, s);
    status_routes_doc(&d, s);
    status_plugs_doc(&d, s);
    doc_end(&d);
    *out = d.out;
}

void status_print(const struct status *s, enum status_form form,
                  struct text *out)
{
    switch (form) {
    case STATUS_TEXT:
        print_text(s, out);
        break;
    case STATUS_HTML:
        print_html(s, out);
        break;
    case STATUS_XML:
        print_doc(s, DOC_XML, out);
        break;
    case STATUS_JSON:
        print_doc(s, DOC_JSON, out);
        break;
    }
}

/* ---- figures ---- */

static void head(struct text *t, const char *name, const char *help,
                 const char *type)
{
    text_fmt(t, "# HELP sigtran_box_%s %s\n# TYPE sigtran_box_%s %s\n", name,
             help, name, type);
}

static void gauge(struct text *t, const char *name, const char *help,
                  uint64_t value)
{
    head(t, name, help, "gauge");
    text_fmt(t, "sigtran_box_%s %" PRIu64 "\n", name, value);
}

static void metrics_counters(struct text *t)
{
    char name[64];

    for (unsigned i = 0; i < STAT_COUNT; i++) {
        snprintf(name, sizeof(name), "%s_total", stat_name(i));
        head(t, name, stat_help(i), "counter");
        text_fmt(t, "sigtran_box_%s %" PRIu64 "\n", name, stat_get(i));
    }
}

static void metrics_assocs(const struct status *s, struct text *t)
{
    head(t, "association_active", "1: traffic may flow over the association",
         "gauge");
    for (unsigned i = 0; i < s->ss7->n_networks; i++) {
        const struct ss7_network *n = &s->ss7->network[i];

        for (unsigned k = 0; k < n->mtp.n_assoc; k++) {
            text_put(t, "sigtran_box_association_active{network=\"");
            text_label(t, n->id);
            text_put(t, "\",association=\"");
            text_label(t, n->mtp.assoc[k].id);
            text_fmt(t, "\"} %d\n",
                     s->assoc[i][k].state == MTP_ASSOC_ACTIVE ? 1 : 0);
        }
    }
}

/* By boxc-id: two boxes may have the same, and a series has one value. */
static void metrics_boxes(const struct status *s, struct text *t)
{
    head(t, "box_queue",
         "messages that boxes of this boxc-id have not "
         "acknowledged",
         "gauge");
    for (unsigned i = 0; i < s->boxes; i++) {
        uint64_t out = 0;
        unsigned first = 0;

        while (strcmp(s->box[first].id, s->box[i].id) != 0)
            first++;
        if (first != i)
            continue;
        for (unsigned k = i; k < s->boxes; k++)
            if (strcmp(s->box[k].id, s->box[i].id) == 0)
                out += s->box[k].out;
        text_put(t, "sigtran_box_box_queue{box=\"");
        text_label(t, s->box[i].id);
        text_fmt(t, "\"} %" PRIu64 "\n", out);
    }
}

void status_metrics(const struct status *s, struct text *t)
{
    const struct hlr_state *h = &s->hlr;
    unsigned ready = 0;

    for (unsigned i = 0; i < s->boxes; i++)
        ready += s->box[i].ready && !s->box[i].suspended;
    metrics_counters(t);
    head(t, "build_info", "always 1; the version is its label", "gauge");
    text_put(t, "sigtran_box_build_info{version=\"");
    text_label(t, s->version);
    text_put(t, "\"} 1\n");
    gauge(t, "uptime_seconds", "since the start",
          (s->now_ms - s->start_ms) / 1000);
    gauge(t, "running", "0: suspended, or shutting down",
          s->state == STATUS_RUNNING);
    gauge(t, "deliveries_open", "messages that are with a box", s->open);
    gauge(t, "boxes_ready", "boxes that take messages", ready);
    gauge(t, "register_complete", "0: numbers not loaded yet fail for now",
          h->complete);
    gauge(t, "register_database_up", "the register's database answers",
          h->database);
    gauge(t, "register_rows", "numbers and ranges in memory", h->rows);
    gauge(t, "register_rows_unusable", "of these, answered systemFailure",
          h->unusable);
    gauge(t, "register_behind_milliseconds",
          "since the register's database answered", h->behind_ms);
    head(t, "register_changes_total", "changes of the register taken",
         "counter");
    text_fmt(t, "sigtran_box_register_changes_total %" PRIu64 "\n", h->changes);
    metrics_boxes(s, t);
    status_routes_metrics(s, t);
    status_plugs_metrics(s, t);
    metrics_assocs(s, t);
}

static bool any_active(const struct status *s)
{
    for (unsigned i = 0; i < s->ss7->n_networks; i++)
        for (unsigned k = 0; k < s->ss7->network[i].mtp.n_assoc; k++)
            if (s->assoc[i][k].state == MTP_ASSOC_ACTIVE)
                return true;
    return false;
}

bool status_health(const struct status *s, struct text *out)
{
    const char *why = NULL;

    if (s->state != STATUS_RUNNING)
        why = state_str(s->state);
    else if (!s->hlr.complete)
        why = "the register is not loaded";
    else if (!any_active(s))
        why = "no association is active";
    text_put(out, "{\"status\": ");
    text_json(out, why == NULL ? "ok" : why);
    text_put(out, "}\n");
    return why == NULL;
}

/* ---- rates ---- */

void status_look(struct status_looks *l, uint64_t now_ms, uint64_t sum)
{
    unsigned at = l->n % STATUS_LOOKS;

    if (l->n > 0 &&
        now_ms - l->at_ms[(l->n - 1) % STATUS_LOOKS] < STATUS_LOOK_MS)
        return;
    l->at_ms[at] = now_ms;
    l->sum[at] = sum;
    l->n++;
}

static double since(const struct status_looks *l, uint64_t now_ms, uint64_t sum,
                    unsigned back)
{
    unsigned have = l->n < STATUS_LOOKS ? l->n : STATUS_LOOKS;
    unsigned at;

    if (have == 0)
        return 0;
    at = (l->n - (back < have ? back : have)) % STATUS_LOOKS;
    if (now_ms <= l->at_ms[at])
        return 0;
    return (double)(sum - l->sum[at]) * 1000 / (double)(now_ms - l->at_ms[at]);
}

struct status_rate status_rate(const struct status_looks *l, uint64_t start_ms,
                               uint64_t now_ms, uint64_t sum)
{
    struct status_rate r = {
        .minute = since(l, now_ms, sum, 60000 / STATUS_LOOK_MS),
        .five = since(l, now_ms, sum, STATUS_LOOKS),
    };

    if (now_ms > start_ms)
        r.all = (double)sum * 1000 / (double)(now_ms - start_ms);
    return r;
}

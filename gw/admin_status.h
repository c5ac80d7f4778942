/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_status.h - what the box is doing, told to people and to programs
 *
 * The pages of bearerbox as its admins and their tools know them (the same
 * elements of XML where there is the same thing to tell), and figures for
 * Prometheus. What is told is a copy; nothing here asks anybody. Plain.
 */

#ifndef ADMIN_STATUS_H
#define ADMIN_STATUS_H

#include "admin_text.h"
#include "box_route.h"
#include "dlv.h"
#include "hlr/hlr.h"
#include "plug.h"

enum status_state { STATUS_RUNNING, STATUS_SUSPENDED, STATUS_STOPPING };

struct status_assoc {
    enum mtp_assoc_state state;
    uint64_t since_ms;
};

/* Messages a second of the last minute, five minutes, and all the time. */
struct status_rate {
    double minute, five, all;
};

/* What a plug-in counts. */
struct status_count {
    char id[32], name[48];
    uint64_t value;
};

struct status {
    const char *version, *register_name, *node_id; /* node_id "": none */
    enum status_state state;
    uint64_t now_ms, start_ms; /* CLOCK_MONOTONIC, as the others below */
    unsigned open;             /* deliveries */
    struct status_rate in, ok; /* taken from the network, confirmed */
    const struct ss7_conf *ss7;
    struct status_assoc assoc[SS7_NETWORKS][MTP_ASSOC_MAX];
    long mtpd[SS7_NETWORKS]; /* process; 0: it is being started again */
    unsigned routes;
    const struct dlv_route *route;
    unsigned rules;
    const struct dlv_rule *rule;
    struct dlv_count *route_count, *rule_count; /* of each, lent */
    unsigned boxes;
    struct box_info box[DLV_BOXES];
    struct hlr_state hlr;
    struct hlr_nodes nodes;
    unsigned plugs, plug_counts;
    struct plug_info plug[PLUG_INSTANCES];
    struct status_count *plug_count;
};

enum status_form { STATUS_TEXT, STATUS_HTML, STATUS_XML, STATUS_JSON };

void status_print(const struct status *s, enum status_form form,
                  struct text *out);

/* Every counter of stat.def and some gauges, in Prometheus' text form 0.0.4. */
void status_metrics(const struct status *s, struct text *out);

/* Whether traffic may be sent here; a line of JSON says why not. */
bool status_health(const struct status *s, struct text *out);

/* Sums of a counter over time, looked at every STATUS_LOOK_MS. */
enum { STATUS_LOOK_MS = 5000, STATUS_LOOKS = 61 };
struct status_looks {
    uint64_t at_ms[STATUS_LOOKS], sum[STATUS_LOOKS];
    unsigned n; /* looks so far */
};
void status_look(struct status_looks *l, uint64_t now_ms, uint64_t sum);
struct status_rate status_rate(const struct status_looks *l, uint64_t start_ms,
                               uint64_t now_ms, uint64_t sum);

#endif

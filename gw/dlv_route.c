/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_route.c - the route of a number, and what is learned about routes
 */

#include "dlv_route.h"

#include <gwlib/gwlib.h>
#include <string.h>

struct learned {
    uint32_t held;     /* out and without a reply */
    uint32_t silent;   /* deadlines since the last reply */
    uint64_t probe_ms; /* silent: when the next message may pass */
};

static const struct dlv_conf *conf;
static struct learned *learned;

void dlv_route_start(const struct dlv_conf *c)
{
    size_t size = (c->n_routes + 1) * sizeof(*learned);

    conf = c;
    learned = gw_malloc(size);
    memset(learned, 0, size);
}

void dlv_route_stop(void)
{
    gw_free(learned);
    learned = NULL;
}

int dlv_route_of(const struct ss7_sms *m)
{
    size_t best_len = 0;
    int best = -1;
    unsigned i;

    if (m->route < conf->n_routes)
        return m->route;
    for (i = 0; i < conf->n_routes; i++) {
        size_t len = strlen(conf->route[i].prefix);

        if (strncmp(m->vmn, conf->route[i].prefix, len) != 0)
            continue;
        if (best < 0 || len > best_len) {
            best = (int)i;
            best_len = len;
        }
    }
    return best;
}

bool dlv_route_by_reply(uint16_t route)
{
    return conf->route[route].confirm == DLV_CONFIRM_REPLY;
}

void dlv_route_held(uint16_t route, int change)
{
    learned[route].held += (uint32_t)change;
}

bool dlv_route_may_hold(uint16_t route)
{
    return !dlv_route_by_reply(route) ||
           learned[route].held < conf->route[route].reply_max_held;
}

bool dlv_route_is_silent(uint16_t route, uint64_t now_ms)
{
    struct learned *l = &learned[route];

    if (l->silent < DLV_SILENT_MAX)
        return false;
    if (now_ms < l->probe_ms)
        return true;
    l->probe_ms = now_ms + DLV_PROBE_MS;
    return false;
}

void dlv_route_missed(uint16_t route, uint64_t now_ms)
{
    struct learned *l = &learned[route];

    if (++l->silent != DLV_SILENT_MAX)
        return;
    l->probe_ms = now_ms + DLV_PROBE_MS;
    error(0,
          "Route <%s>: %d messages in a row had no reply from smsbox in time. "
          "It is stopped, and tried once a minute. Check the application, and "
          "in smsbox: the sms-service matches (accepted-smsc-regex, not "
          "accepted-smsc: the smsc-id is <%s/TOKEN>), max-messages >= 1, "
          "omit-empty = false, and no X-Kannel-SMSC or <smsc> in answers.",
          conf->route[route].id, (int)DLV_SILENT_MAX,
          conf->route[route].smsc_id);
}

void dlv_route_heard(uint16_t route)
{
    struct learned *l = &learned[route];

    if (l->silent >= DLV_SILENT_MAX)
        warning(0, "Route <%s>: smsbox replies again.", conf->route[route].id);
    l->silent = 0;
}

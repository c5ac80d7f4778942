/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_route.h - the route of a number, and what is learned about routes
 *
 * A route that confirms by reply depends on settings of smsbox that this box
 * cannot see. If DLV_SILENT_MAX messages in a row reach their deadline and
 * not one reply came, it stops: every message would be delivered again and
 * again. One message in DLV_PROBE_MS may pass then, and the first reply opens
 * the route again.
 *
 * For delivery, under its lock; `route' is an index of the configuration.
 */

#ifndef DLV_ROUTE_H
#define DLV_ROUTE_H

#include "dlv.h"

void dlv_route_start(const struct dlv_conf *conf);
void dlv_route_stop(void);

/* That of the number, else the longest prefix of it; -1: there is none. */
int dlv_route_of(const struct ss7_sms *m);
bool dlv_route_by_reply(uint16_t route);

/* Messages that are out and have no reply yet. */
void dlv_route_held(uint16_t route, int change);
bool dlv_route_may_hold(uint16_t route);

/* The next message must not pass. Asking lets a probe pass. */
bool dlv_route_is_silent(uint16_t route, uint64_t now_ms);
void dlv_route_missed(uint16_t route, uint64_t now_ms); /* a deadline */
void dlv_route_heard(uint16_t route);                   /* a reply */

#endif

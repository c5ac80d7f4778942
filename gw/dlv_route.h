/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_route.h - the route of a message, its boxes, and what is learned of both
 *
 * A number has a route: the register's, or the one with the longest prefix.
 * The first rule (group = box-route) that fits the message may choose another
 * one, and boxes of its own. Routes and rules count what is out, and may have
 * a bound.
 *
 * A route that confirms by reply depends on settings of smsbox that this box
 * cannot see. If DLV_SILENT_MAX messages in a row reach their deadline and
 * not one reply came, it stops: every message would be delivered again and
 * again. One message in DLV_PROBE_MS may pass then, and the first reply opens
 * the route again.
 *
 * For delivery, under its lock, but for dlv_route_of(), which needs none;
 * `route' is an index of the configuration, `rule' is one from 1, or 0: none.
 */

#ifndef DLV_ROUTE_H
#define DLV_ROUTE_H

#include "box_route.h"
#include "dlv_part.h"

void dlv_route_start(const struct dlv_conf *conf);
void dlv_route_stop(void);

/* The number's own; -1: there is none. */
int dlv_route_of(const struct ss7_sms *m);

/*
 * Sets the route and the rule of a message that has been read. Whoever takes
 * another route for it afterwards sets t->rule to 0, or the rule's boxes still
 * get it. False: it has no route.
 */
bool dlv_route_choose(struct dlv_taken *t);
bool dlv_route_by_reply(uint16_t route);

/* Its box, into t->box; as box_route_pick(). */
enum box_pick dlv_route_pick(struct dlv_taken *t);
/* Its rule names boxes: whether those of the route are there does not count. */
bool dlv_route_has_boxes(uint16_t rule);

/* One more is out, or one less. */
void dlv_route_out(uint16_t route, uint16_t rule, int change);
/* Which bound does not let one more out; STAT_COUNT: none. */
enum stat_id dlv_route_full(uint16_t route, uint16_t rule);
/* What is answered over a bound. */
struct map_err dlv_route_overload(uint16_t route, uint16_t rule);

/* Messages that are out and have no reply yet. */
void dlv_route_held(uint16_t route, int change);
bool dlv_route_may_hold(uint16_t route);

/* The next message must not pass. Asking lets a probe pass. */
bool dlv_route_is_silent(uint16_t route, uint64_t now_ms);
void dlv_route_missed(uint16_t route, uint64_t now_ms); /* a deadline */
void dlv_route_heard(uint16_t route);                   /* a reply */

/* For status pages, without the lock: all routes, and all rules; zeroes if they
 * are not started. */
void dlv_route_counts(struct dlv_count *route, unsigned n_routes,
                      struct dlv_count *rule, unsigned n_rules);

#endif

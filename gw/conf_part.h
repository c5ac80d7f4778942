/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_part.h - the parts of conf_load(), one per file
 *
 * Groups are read in this order: box, routes, networks, associations, gtt,
 * ranges; later ones name earlier ones. Each part checks what it can see;
 * conf_check() what needs all of them.
 */

#ifndef CONF_PART_H
#define CONF_PART_H

#include "conf.h"
#include "conf_get.h"

enum { CONF_ROUTES = SS7_ROUTES, CONF_RANGES = 100000, CONF_GT_MIN = 3 };
enum { CONF_GT_MAX = 15 /* digits of an E.164 number */ };

/* conf_box.c: group = sigtran-box */
void conf_read_box(struct conf_in *in, struct conf *c);
/* Kannel's lists: IPv4 addresses with "*", ";" between. */
void conf_ip_list(struct conf_group *g, const char *key, char *out,
                  size_t size);

/* conf_admin.c: the same group, its admin port */
void conf_read_admin(struct conf_in *in, struct conf *c);

/* conf_db.c: register-* of group = sigtran-box, group = mysql-connection */
void conf_read_register(struct conf_group *g, struct hlr_conf *h);

/* conf_store.c: dedup*, concat*, store-file of group = sigtran-box; the key
 * concat of a route too; and what comes of it */
void conf_read_store(struct conf_group *g, struct dlv_conf *d);
void conf_find_store(struct conf_group *g, struct conf *c); /* by register-* */
void conf_get_concat(struct conf_group *g, const struct dlv_conf *d,
                     bool *join);
void conf_tell_store(const struct dlv_conf *d);

/* conf_route.c: group = route; and what each promises */
void conf_read_routes(struct conf_in *in, struct conf *c);
/* The key overload-error, of several groups. */
void conf_get_overload(struct conf_group *g, struct map_err *err);

/* conf_box_route.c: group = box-route, behind routes and networks */
void conf_read_rules(struct conf_in *in, struct conf *c);
void conf_free_rules(struct conf *c);
void conf_tell_rules(const struct conf *c);

/* conf_plugin.c: group = plugin, behind routes */
void conf_read_plugins(struct conf_in *in, struct conf *c);
void conf_free_plugins(struct plugs_conf *p);
void conf_tell_plugins(const struct plugs_conf *p);

/* conf_alert.c: message waiting. A route's key; then those of group =
 * sigtran-box, behind all routes */
void conf_read_route_alert(struct conf_group *g, const struct conf *c,
                           struct dlv_route *r);
void conf_read_alert(struct conf_in *in, struct conf *c);
void conf_tell_alert(const struct conf *c, const struct dlv_route *r);
void conf_tell_ways(const struct conf *c, unsigned network);

/* conf_ss7.c: group = ss7-network, ss7-association; */
void conf_read_networks(struct conf_in *in, struct conf *c);
void conf_read_assocs(struct conf_in *in, struct conf *c);
/* Behind the translations: which destinations mtpd shall ask about. */
void conf_find_audit(struct conf *c);

/* conf_hlr.c: keys of group = sigtran-box and ss7-network about nodes and what
 * the register answers; the last gives the loader this node */
void conf_read_node(struct conf_group *g, struct conf *c);
void conf_read_answers(struct conf_group *g, const struct conf *c,
                       struct ss7_network *n);
void conf_spread_node(struct conf *c);
void conf_tell_answers(const struct conf *c, const struct ss7_network *n);

/* conf_gtt.c: group = gtt, and the files of networks */
void conf_read_gtt(struct conf_in *in, struct conf *c);

/* conf_number.c: group = vmn-range */
void conf_read_ranges(struct conf_in *in, struct conf *c);

/*
 * conf_tls.c: certificate and key of a server, from the keys that every group
 * with a TLS port has. What cannot be read stays as it was; without the keys
 * the error says why they are needed; and the two must belong together.
 */
void conf_get_tls(struct conf_group *g, char cert[256], char key[256]);
void conf_need_tls(struct conf_group *g, const char *why);
void conf_check_tls(struct conf_group *g, const char *cert, const char *key);

/*
 * The network a group belongs to by its key "network"; without the key the
 * only one. NULL: the error is counted.
 */
struct ss7_network *conf_network(struct conf_group *g, struct conf *c);

/* Append to an array of gwlib's memory; the new element, zeroed. */
void *conf_append(void *array_p, unsigned *n, size_t size);

#endif

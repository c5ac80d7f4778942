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

enum { CONF_ROUTES = 1024, CONF_RANGES = 100000, CONF_GT_MIN = 3 };
enum { CONF_GT_MAX = 15 /* digits of an E.164 number */ };

/* conf_box.c: group = sigtran-box */
void conf_read_box(struct conf_in *in, struct conf *c);

/* conf_route.c: group = route; and what each promises */
void conf_read_routes(struct conf_in *in, struct conf *c);

/* conf_ss7.c: group = ss7-network, ss7-association; */
void conf_read_networks(struct conf_in *in, struct conf *c);
void conf_read_assocs(struct conf_in *in, struct conf *c);
/* Behind the translations: which destinations mtpd shall ask about. */
void conf_find_audit(struct conf *c);

/* conf_gtt.c: group = gtt, and the files of networks */
void conf_read_gtt(struct conf_in *in, struct conf *c);

/* conf_number.c: group = vmn-range */
void conf_read_ranges(struct conf_in *in, struct conf *c);

/*
 * The network a group belongs to by its key "network"; without the key the
 * only one. NULL: the error is counted.
 */
struct ss7_network *conf_network(struct conf_group *g, struct conf *c);

/* Append to an array of gwlib's memory; the new element, zeroed. */
void *conf_append(void *array_p, unsigned *n, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_route.h - routes and rules on the pages of the status. Plain.
 */

#ifndef ADMIN_ROUTE_H
#define ADMIN_ROUTE_H

#include "admin_doc.h"
#include "admin_status.h"

/* On the page for people; the pages for programs; and for Prometheus. */
void status_routes_text(const struct status *s, struct text *t);
void status_routes_doc(struct doc *d, const struct status *s);
void status_routes_metrics(const struct status *s, struct text *t);

#endif

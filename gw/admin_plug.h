/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_plug.h - plug-ins on the pages of the status. Plain.
 */

#ifndef ADMIN_PLUG_H
#define ADMIN_PLUG_H

#include "admin_doc.h"
#include "admin_status.h"

/* On the page for people; the pages for programs; and for Prometheus. */
void status_plugs_text(const struct status *s, struct text *t);
void status_plugs_doc(struct doc *d, const struct status *s);
void status_plugs_metrics(const struct status *s, struct text *t);

/* What the plug-ins counted, copied; freed by status_plugs_free(). */
void status_plugs_fill(struct status *s);
void status_plugs_free(struct status *s);

#endif

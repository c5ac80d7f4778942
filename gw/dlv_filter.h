/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_filter.h - delivery: a message on its way through the plug-ins
 */

#ifndef DLV_FILTER_H
#define DLV_FILTER_H

#include "plug.h"

/* plug_ops.decided() of a message; any gwlib thread, takes the lock. */
void dlv_filtered(uint64_t id, enum plug_verdict v, struct plug_msg *m);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sri_filter.h - questions where to send a message, on their way through the
 * plug-ins
 */

#ifndef SRI_FILTER_H
#define SRI_FILTER_H

#include "plug.h"
#include "sigtran-box/ss7.h"

/* `network' is lent for life. */
void sri_filter_start(const struct ss7_network *network, unsigned n_networks);

/* SS7_SRI: an ss7_verdict() with its id follows. Events thread. */
void sri_filter_ask(const struct ss7_sri *q);

/* plug_ops.decided() of a question; any gwlib thread. */
void sri_filter_decided(uint64_t id, enum plug_verdict v, struct plug_msg *m);

#endif

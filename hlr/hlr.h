/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr.h - the register as the box uses it: load, watch, hand over
 *
 * A loader thread reads the backend into a struct hlr_table, hands it to the
 * border with publish(), and builds a new one whenever the backend says that
 * it changed (asked every hlr_conf.poll_ms). A backend that fails later
 * leaves the last table in force and logs once. Old tables come back through
 * hlr_retired() and are freed by the loader.
 */

#ifndef HLR_H
#define HLR_H

#include "hlr_backend.h"

struct hlr_conf {
    const struct hlr_backend *backend;
    char file[256];   /* sqlite */
    uint32_t poll_ms; /* 500 */
    unsigned networks;
    char network_id[16][32];
    char mccmnc[16][7];
    unsigned routes;
    const char (*route_id)[32];     /* `routes' of them; lent for life */
    unsigned ranges;                /* static */
    const struct hlr_stored *range; /* lent for life */
};

/*
 * Load once, in the caller's thread: the table, or NULL and *why. Rows that
 * cannot be used (unknown network, overlap, bad digits) are each logged and
 * make it fail: a register half loaded would answer unknownSubscriber.
 */
struct hlr_table *hlr_load(const struct hlr_conf *conf, char *why, size_t size);

/*
 * Start the loader. publish() is called in its thread with every new table;
 * false: the border is full, it is tried again.
 */
int hlr_start(const struct hlr_conf *conf, bool (*publish)(struct hlr_table *t),
              char *why, size_t size);
void hlr_stop(void);

/* The SS7 thread has let go of `t'. Any thread. */
void hlr_retired(struct hlr_table *t);

#endif

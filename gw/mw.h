/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mw.h - message waiting: service centres are told when an application is back
 *
 * While no node has an application for a route with alert = yes, messages for
 * its numbers are answered as absent (or as a full memory would be), and who
 * sent them goes on the list in the register; so does who says of such a
 * number that it could not be reached. When an application is there again, one
 * of the nodes alerts all of them, at a bounded rate (hlr/reg_mw.h).
 *
 * A thread of its own asks the database, and looks at the boxes; while the
 * database is away, what it said last of other nodes holds, and what is to go
 * on the list waits. A message that cannot wait fails as if there were no
 * list: its service centre tries again by itself.
 */

#ifndef MW_H
#define MW_H

#include "dlv.h"
#include "hlr/hlr.h"

enum {
    MW_QUEUE = 10000, /* for the list, while the database is away or slow */
    MW_OUT = 1024,    /* alerts without an answer */
};

struct mw_conf {
    bool hlr; /* this box may send alerts */
    bool msc; /* boxes connect to it */
    char node_id[32];
    struct map_err err;     /* what a message is answered */
    uint32_t rate, rate_sc; /* alerts a second, of all nodes */
    uint32_t max;           /* rows of the list */
};

/* Does nothing if no route has alert = yes. All is lent for life. -1: no memory
 * or no thread. */
int mw_start(const struct mw_conf *conf, const struct dlv_conf *routes,
             const struct hlr_conf *reg);
/* This node has no applications from now on, and sends no more alerts. */
void mw_drain(void);
void mw_stop(void);

/*
 * No box can take this message. True: its sender goes on the list, and *err is
 * the answer. Never waits; delivery's lock may be held.
 */
bool mw_absent(uint16_t route, const struct ss7_sms *m, struct map_err *err);

/* From the thread that takes SS7 events. */
void mw_waiting(const struct ss7_waiting *w);
void mw_alerted(uint64_t ref, enum verdict v);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_mw.h - message waiting data: which service centres wait for which
 * numbers, and which applications are there
 *
 * A number waits with its route. Nodes tell which of their routes have an
 * application (with a time, as beats of the heart); a service centre is
 * alerted once some node has one. One node at a time leads: only it sends, so
 * that rates hold for all nodes together. It claims a row before it sends;
 * what a node claimed and left is due again by itself.
 *
 * Times are the database's: the caller asks for it once and passes it on.
 * Failures are told by reg_why().
 */

#ifndef REG_MW_H
#define REG_MW_H

#include "reg.h"

enum {
    REG_SC_MAX = 15,          /* digits of a service centre: E.164 */
    REG_ROUTE_DEAD_MS = 5000, /* without a beat */
    REG_MW_SETTLE_MS = 5000,  /* no alert sooner after a message failed */
    REG_MW_CLAIM_MS = 30000,  /* then somebody else may send it */
    REG_MW_LEASE_MS = 10000,  /* the same of leading */
};

struct reg_waiting {
    char network[REG_NAME_MAX + 1];
    char msisdn[HLR_MSISDN_MAX + 1];
    char sc[REG_SC_MAX + 1];
    char route[REG_NAME_MAX + 1];
    uint8_t reason; /* enum map_outcome */
    uint32_t tries; /* alerts that failed */
    int64_t set_ms, next_ms;
    char claimed_by[REG_NAME_MAX + 1]; /* "": nobody */
};

enum db_rc reg_mw_now(struct reg *r, int64_t *now);

/* ---- applications ---- */

struct reg_route {
    char id[REG_NAME_MAX + 1];
    bool up;
};
/* What this node has; n 0: it has gone. */
enum db_rc reg_route_beat(struct reg *r, const char *node,
                          const struct reg_route *route, unsigned n,
                          int64_t now);
/* Of all nodes but this one, each route once. */
enum db_rc reg_route_others(struct reg *r, const char *node, int64_t now,
                            bool (*route)(void *ctx,
                                          const struct reg_route *route),
                            void *ctx);

/* ---- the list ---- */

/* Those of n that are new while `max' rows are there are left out and counted
 * in *full; rows that are there begin anew. */
enum db_rc reg_mw_put(struct reg *r, const struct reg_waiting *w, unsigned n,
                      uint32_t max, int64_t now, unsigned *full);
/* The service centre delivered its message: it waits no more, and the others
 * that wait for the number may be told at once. */
enum db_rc reg_mw_delivered(struct reg *r, const struct reg_waiting *w,
                            int64_t now);
enum db_rc reg_mw_count(struct reg *r, int64_t *n);
/* The route of a number as the register has it; "": none. */
enum db_rc reg_mw_route(struct reg *r, const char *msisdn,
                        char route[REG_NAME_MAX + 1]);

/* For people. "": any; ordered by network, number and service centre. */
struct reg_mw_filter {
    char msisdn[HLR_MSISDN_MAX + 1], sc[REG_SC_MAX + 1];
    char route[REG_NAME_MAX + 1];
    unsigned limit; /* 0: none */
};
enum db_rc reg_mw_list(struct reg *r, const struct reg_mw_filter *f,
                       bool (*row)(void *ctx, const struct reg_waiting *w),
                       void *ctx);
/* All that the filter names, without an alert; its limit does not count. */
enum db_rc reg_mw_del(struct reg *r, const struct reg_mw_filter *f,
                      const char *who, int64_t *n);

/* ---- sending ---- */

/* May this node send, and for the next REG_MW_LEASE_MS nobody else? */
enum db_rc reg_mw_lead(struct reg *r, const char *node, int64_t now,
                       bool *leads);
enum db_rc reg_mw_lead_no_more(struct reg *r, const char *node);

/* What is done about a row. */
enum reg_mw_what {
    REG_MW_LEAVE, /* nothing */
    REG_MW_CLAIM, /* ours to send; becomes LEAVE if it is not */
    REG_MW_LATER, /* due again at at_ms */
    REG_MW_AGAIN, /* ours, the alert failed: the same, and counted */
    REG_MW_DONE,  /* ours: taken off, unless it was put on again */
};
struct reg_mw_do {
    struct reg_waiting w;
    enum reg_mw_what what;
    int64_t at_ms;
};
/* Rows of a route that are due, the longest first. */
enum db_rc reg_mw_due(struct reg *r, const char *route, int64_t now,
                      struct reg_mw_do *todo, unsigned max, unsigned *n);
enum db_rc reg_mw_apply(struct reg *r, const char *node, struct reg_mw_do *todo,
                        unsigned n, int64_t now);

/* Nobody waits for ever. */
enum db_rc reg_mw_prune(struct reg *r, int64_t before_ms, int64_t *n);

#endif

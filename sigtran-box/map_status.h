/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_status.h - MAP reportSM-DeliveryStatus, operation code 47
 */

#ifndef MAP_STATUS_H
#define MAP_STATUS_H

#include "map_addr.h"

enum { MAP_OP_REPORT_STATUS = 47 };

/* SM-DeliveryOutcome: what became of the message. */
enum map_outcome {
    MAP_OUTCOME_MEMORY_FULL = 0,
    MAP_OUTCOME_ABSENT = 1,
    MAP_OUTCOME_SUCCESS = 2,
};

struct map_status_arg {
    struct map_addr msisdn;  /* whom the message was for */
    struct map_addr sc_addr; /* the SMSC that has it */
    bool has_outcome;        /* never in v1, always in v3 */
    uint8_t outcome;         /* enum map_outcome */
    int16_t diagnostic;      /* absentSubscriberDiagnosticSM, v3; -1: none */
};

struct map_status_res {
    bool has_stored; /* storedMSISDN: never in v1 */
    struct map_addr stored;
};

/*
 * `r' stands at the parameter with its tag. Only meaningful if rd_ok(r)
 * afterwards; else the invoke is rejected as mistyped. Version 2 without an
 * outcome is well formed, but lacks data (35).
 */
void map_status_arg_read(struct rd *r, uint8_t version,
                         struct map_status_arg *arg);
void map_status_arg_write(struct wr *w, uint8_t version,
                          const struct map_status_arg *arg);
/* The parameter is optional: `r' may be empty. */
void map_status_res_read(struct rd *r, uint8_t version,
                         struct map_status_res *res);
/* Writes nothing if there is nothing to say. */
void map_status_res_write(struct wr *w, uint8_t version,
                          const struct map_status_res *res);

#endif

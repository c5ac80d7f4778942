/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_map.h - what the parts of drive_map share
 */

#ifndef DRIVE_MAP_H
#define DRIVE_MAP_H

#include "drive_conf.h"
#include "drive_out.h"

struct drive {
    struct drive_conf conf;
    struct out out;
    struct stack *stack;
    struct smsc *smsc;
    uint32_t alerts;         /* that came */
    smsc_answered *answered; /* who takes answers, and with what */
    void *ctx;
};

/* True once SIGINT or SIGTERM came. */
bool drive_stopped(void);

/* Message by message, told and checked. The exit status. */
int drive_run(struct drive *d);

/* Many of them, counted and timed. The exit status. */
int drive_load(struct drive *d);

/* The called party for `digits', by the configuration. */
struct sccp_addr drive_called(const struct drive_conf *c, const char *digits,
                              uint8_t ssn);

/* The called party and argument of an SRI-SM for a number; `n' of the
 * message, here and below. */
struct sccp_addr drive_sri_to(const struct drive_conf *c, const char *msisdn);
void drive_sri_arg(const struct drive_conf *c, uint64_t n, const char *msisdn,
                   struct map_sri_sm_arg *arg);
void drive_report_arg(const struct drive_conf *c, uint64_t n,
                      const char *msisdn, struct map_status_arg *arg);

/* The argument of a message, with its MMS flag: the first of its dialogue ... */
void drive_fsm_arg(const struct drive_conf *c, uint64_t n, const char *imsi,
                   const struct text_part *part, bool more,
                   struct map_mt_sm_arg *arg);
/* ... or not. */
void drive_fsm_later(struct map_mt_sm_arg *arg);

#endif

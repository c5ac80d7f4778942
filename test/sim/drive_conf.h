/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_conf.h - what drive_map was asked to do
 *
 * Filled from the command line once, then only read. Strings are lent by
 * argv.
 */

#ifndef DRIVE_CONF_H
#define DRIVE_CONF_H

#include "drive_smsc.h"
#include "drive_text.h"

enum { DRIVE_RANGES = 64, DRIVE_DIGITS = 18 };

/* Numbers from first on, `count' of them, each as long as the first. */
struct number_range {
    const char *first;
    size_t digits;
    uint64_t value, count;
};

enum drive_role { DRIVE_ROLE_USUAL, DRIVE_ROLE_ASP, DRIVE_ROLE_SG };

enum drive_kind { DRIVE_SRI, DRIVE_FSM, DRIVE_BOTH, DRIVE_REPORT };

/* What a message must come to. */
struct expectation {
    bool any, set;
    enum smsc_what what;
    int code;                     /* MAP error or UDTS cause; -1: any */
    int cause;                    /* of a MAP error; -1: any */
    uint32_t after_ms, before_ms; /* of the FSM's answer; 0: no matter */
};

struct drive_conf {
    struct stack_conf stack;
    struct smsc_conf smsc;
    struct text_conf text;
    struct expectation expect;

    /* addresses */
    const char *gt, *hlr_gt, *msc, *imsi;
    const char *sri_gt, *sri_sc; /* in SRI-SM; NULL: as in messages */
    uint8_t ssn, hlr_ssn, msc_ssn;
    uint8_t tt, np, nai;   /* of called titles */
    uint8_t gt_np, gt_nai; /* of our own */
    uint8_t number_nai;    /* nature and plan of MSISDNs in MAP */
    uint8_t sc_nai;        /* and of service centres */
    bool route_on_ssn;
    struct number_range numbers[DRIVE_RANGES];
    unsigned n_numbers;
    uint64_t n_total;
    struct number_range imsis; /* of --imsi FIRST..LAST */
    struct number_range scs;   /* of --sc FIRST..LAST */
    const char *titles;        /* that are ours beside --gt; NULL: none */

    /* messages */
    enum drive_kind kind;
    bool priority, gprs, not_intended;
    uint8_t not_intended_value;
    bool more;
    uint32_t delivery_timer_s;
    int outcome;     /* of DRIVE_REPORT, enum map_outcome */
    uint32_t alerts; /* that must come */
    uint32_t repeat, retries, retry_delay_ms, more_delay_ms, abort_after_ms;
    uint32_t retry_delay_max_ms; /* 0: it does not grow */
    uint32_t final_error;        /* MAP error not tried again; 0: none */
    uint32_t lose_percent;       /* of results */

    /* load */
    uint64_t load, warmup;
    uint32_t window, rate;

    uint32_t connect_ms, seconds;
    const char *json;
    bool quiet;

    /* as given, until they are completed */
    const char *scts;
    uint32_t role; /* enum drive_role */
    int mode;      /* 0: no Traffic Mode Type */
};

/* 0: go on; else exit with *status (help was asked for, or an error told). */
int drive_conf_read(struct drive_conf *c, int argc, char **argv, int *status);

/* The number `i' of all ranges together, modulo their sum; digits. */
void drive_number(const struct drive_conf *c, uint64_t i,
                  char out[DRIVE_DIGITS + 1]);
/* The service centre of message `i', of --sc. */
void drive_sc(const struct drive_conf *c, uint64_t i,
              char out[DRIVE_DIGITS + 1]);
/* The IMSI for message `i', of --imsi. */
void drive_imsi(const struct drive_conf *c, uint64_t i,
                char out[DRIVE_DIGITS + 1]);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_opts.h - the table of drive_map's options, for drive_conf.c
 */

#ifndef DRIVE_OPTS_H
#define DRIVE_OPTS_H

#include "drive_conf.h"

/* An option, or a heading of --help: name NULL. */
struct drive_opt {
    const char *name; /* without its dashes */
    const char *arg;  /* what its value is called; NULL: takes none */
    const char *help; /* NULL: end of the table */
    int (*set)(struct drive_conf *c, const struct drive_opt *o, char *value);
    size_t offset; /* of the field in struct drive_conf */
    uint64_t min, max;
};

extern const struct drive_opt drive_opts[];

/* Print what there is, on standard output. */
void drive_help(void);

typedef int drive_setter(struct drive_conf *c, const struct drive_opt *o,
                         char *value);

drive_setter drive_opt_number, drive_opt_imsi, drive_opt_peer, drive_opt_pc,
    drive_opt_u8, drive_opt_u32, drive_opt_u64, drive_opt_int, drive_opt_maybe,
    drive_opt_str, drive_opt_flag, drive_opt_kind, drive_opt_const,
    drive_opt_sc, drive_opt_report, drive_opt_word, drive_opt_not_intended,
    drive_opt_expect;

#endif

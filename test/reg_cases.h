/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_cases.h - what a register must do in every database
 */

#ifndef REG_CASES_H
#define REG_CASES_H

#include "hlr/reg.h"

/* open_db() opens one more handle of the same empty register. How many checks
 * failed. */
int reg_cases(struct db *(*open_db)(void));
/* reg_import_cases.c */
int reg_import_cases(struct db *(*open_db)(void));
/* reg_mw_cases.c */
int reg_mw_cases(struct db *(*open_db)(void));
/* reg_smpp_cases.c */
int reg_smpp_cases(struct db *(*open_db)(void));

struct reg *reg_case_open(struct db *(*open_db)(void));
/* No rows of anything, but of the journal. */
void reg_case_empty(struct reg *r);
/* "447700900100-447700900199", or one number */
struct hlr_stored reg_case_row(const char *numbers);
int64_t reg_case_count(struct reg *r, const char *sql);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_cases.h - what every database that a register is kept in must do
 */

#ifndef DB_CASES_H
#define DB_CASES_H

#include "hlr/db.h"

/* Opens a handle; the database has its schema, and may have rows. How many
 * checks failed. */
int db_cases(struct db *(*open_db)(void));

/* One number, or -1: it is not told, or it is that. */
int64_t db_number(struct db *db, const char *sql);
/* Without values; must succeed. */
bool db_does(struct db *db, const char *sql);

#endif

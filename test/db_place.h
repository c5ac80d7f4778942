/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_place.h - databases of a test's own: a file, and a MariaDB if there is one
 */

#ifndef DB_PLACE_H
#define DB_PLACE_H

#include "hlr/db.h"

/* A folder of its own; an SQLite file in it that is not there yet. */
void place_file(struct db_conf *conf);

/* A MariaDB, started once (test/mariadb), with the schema and empty tables;
 * false: there is none here. */
bool place_server(struct db_conf *conf);
/* test/mariadb COMMAND: stop, start, kill, freeze, thaw. */
bool place_tell(const char *command);

/* All of it is removed. */
void place_end(void);

/* SQL that gives a number; -1: it fails. */
int64_t place_number(const struct db_conf *conf, const char *sql);
bool place_does(const struct db_conf *conf, const char *sql);

#endif

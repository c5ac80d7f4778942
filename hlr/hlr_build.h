/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_build.h - from stored rows to the table in memory
 *
 * Resolves the names of networks and routes and reports every row that
 * cannot be used. The loader and vmnctl use the same code, so that what one
 * accepts the other does too. Plain; logs nothing itself.
 */

#ifndef HLR_BUILD_H
#define HLR_BUILD_H

#include "hlr.h"

/* One line about one row. */
typedef void hlr_tell(void *ctx, const char *line);

enum { HLR_TOLD_MAX = 100 /* rows; of more only the number is told */ };

struct hlr_build;

/* conf is lent until the end. conf->routes = 0: routes are of no interest
 * here (role hlr alone), any name will do. */
struct hlr_build *hlr_build_new(const struct hlr_conf *conf, hlr_tell *tell,
                                void *ctx);

/* `where' begins the line if the row is wrong ("line 12", "row"). -1: it was
 * told. */
int hlr_build_add(struct hlr_build *b, const struct hlr_stored *s,
                  const char *where);

/* All rows of an open backend. -1 and *why if it could not be read; rows that
 * are wrong are told and counted. */
int hlr_build_load(struct hlr_build *b, const struct hlr_backend *backend,
                   void *self, char *why, size_t size);

/* Frees b. The table, or NULL and *why if a row was wrong. */
struct hlr_table *hlr_build_end(struct hlr_build *b, char *why, size_t size);

/* "4477..." or "4477... to 4477..."; returns buf. */
const char *hlr_row_str(const struct hlr_row *row, char *buf, size_t size);

/* "active" and its kin; NULL or 0: unknown. */
const char *hlr_status_str(uint8_t status);
uint8_t hlr_status_of(const char *word);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_build.h - from rows as they are stored to rows of the table
 *
 * The names of networks and routes become indexes. The loader and vmnctl use
 * the same code, so that one tells what the other does. Plain; logs nothing.
 */

#ifndef HLR_BUILD_H
#define HLR_BUILD_H

#include "hlr.h"

struct hlr_build;

/* conf is lent until the end. conf->routes = 0: routes are of no interest
 * here (role hlr alone), any name will do. */
struct hlr_build *hlr_build_new(const struct hlr_conf *conf);
void hlr_build_free(struct hlr_build *b);

/* NULL, or why the row cannot be used (a literal), and it is HLR_UNUSABLE. */
const char *hlr_build_row(const struct hlr_build *b, const struct hlr_stored *s,
                          struct hlr_row *row);

/* HLR_ROUTE_NONE: there is none of this name. */
uint16_t hlr_build_route(const struct hlr_build *b, const char *name);

/* "4477..." or "4477... to 4477..."; returns buf. */
const char *hlr_row_str(const struct hlr_row *row, char *buf, size_t size);

/* "active" and its kin; NULL or 0: unknown. */
const char *hlr_status_str(uint8_t status);
uint8_t hlr_status_of(const char *word);

#endif

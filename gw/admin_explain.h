/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_explain.h - /api/v1/explain: what this box would do with a number
 *
 * The steps of explain.h as JSON. Of a network with a gtt-file the file is
 * read for it, so it tells what that says now. The database's thread only.
 */

#ifndef ADMIN_EXPLAIN_H
#define ADMIN_EXPLAIN_H

#include "conf.h"
#include "rest.h"

void admin_explain(const struct conf *conf, struct reg *r,
                   const struct rest_ask *ask, struct rest_reply *reply);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rest_part.h - the parts of rest_run(), one per file
 */

#ifndef REST_PART_H
#define REST_PART_H

#include "rest.h"

/* rest_run.c: answers they share */
void rest_failed(struct rest_reply *reply, struct reg *r, enum db_rc rc);
/* The body is complete but for its last line end. */
void rest_done(struct rest_reply *reply, unsigned status);
/* "name": "value", null for "" */
void rest_member(struct text *t, const char *name, const char *value);

/* rest_names.c: owners and nodes */
void rest_run_names(struct reg *r, const struct rest_ask *ask,
                    struct rest_reply *reply);
enum db_rc rest_owner_is(struct reg *r, const char *name, bool *is);

/* rest_import.c */
void rest_import(const struct hlr_conf *conf, struct reg *r,
                 const struct rest_ask *ask, struct rest_reply *reply);

#endif

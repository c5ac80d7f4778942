/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_db.h - the SQLite register: what vmnctl does with it
 *
 * The same file as the backend's (hlr_sqlite), open for reading and writing. One process may write while
 * others read (WAL). Functions return -1 with the cause in hlr_db_why().
 */

#ifndef HLR_DB_H
#define HLR_DB_H

#include "hlr_backend.h"

enum { HLR_SCHEMA = 1 /* version this program makes and understands */ };

struct hlr_db;

/* create: made with its schema if it is not there. */
struct hlr_db *hlr_db_open(const char *file, bool create, char *why,
                           size_t size);
void hlr_db_close(struct hlr_db *db);
const char *hlr_db_why(const struct hlr_db *db);

/* Only one process is between begin and end; others wait, 5 s at most. */
int hlr_db_begin(struct hlr_db *db);
int hlr_db_end(struct hlr_db *db, bool commit);

int hlr_db_insert(struct hlr_db *db, const struct hlr_stored *s);
/* How many were there (0 or 1), or -1. */
int hlr_db_delete(struct hlr_db *db, const char *first, const char *last);

/* Empty strings, 0: no such condition. */
struct hlr_filter {
    char prefix[HLR_MSISDN_MAX + 1];
    char network[32], route[32];
    uint8_t status;
    char number[HLR_MSISDN_MAX + 1]; /* the rows that this number is in */
};

/* Ranges first, each kind in the order of its digits. Ends early, with 0, if
 * row() says false. */
int hlr_db_list(struct hlr_db *db, const struct hlr_filter *filter,
                bool (*row)(void *ctx, const struct hlr_stored *row),
                void *ctx);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_feed.h - rows as the octets that LOAD DATA reads
 *
 * Fields end with a tabulator, rows with a newline; those two, backslash and
 * NUL are written with a backslash in front, NULL as \N. The octets are made as
 * they are asked for: there is no file.
 */

#ifndef DB_FEED_H
#define DB_FEED_H

#include "db.h"

struct db_feed {
    db_next *next;
    void *ctx;
    unsigned n;    /* values in a row */
    uint64_t rows; /* out: so many so far */
    char *buf;
    size_t len, at, size;
    bool end;
};

/* Zeroed but for next, ctx and n. 0: no more. */
size_t db_feed_read(struct db_feed *f, char *out, size_t size);
void db_feed_fini(struct db_feed *f);

#endif

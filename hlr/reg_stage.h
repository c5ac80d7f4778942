/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_stage.h - an import in the database: who has it, and how far it is
 *
 * One import at a time, for all nodes. What it is stands in the table counter,
 * in rows "import..."; its lines in the table stage, under the number of its
 * job, and what it replaced under the negative number.
 *
 *     none -> STAGING -> MERGING -> CLEANING -> none
 *                |          `-> UNDOING -> CLEANING
 *                `-> CLEANING
 *
 * Until MERGING nothing was changed, and whoever comes later may throw it away
 * once it shows no sign of life. From there on only resuming and aborting
 * lead on. SQLite goes through all of it in one transaction.
 */

#ifndef REG_STAGE_H
#define REG_STAGE_H

#include "reg_in.h"

enum import_phase {
    IMPORT_STAGING = 1,
    IMPORT_MERGING = 2,
    IMPORT_CLEANING = 3,
    IMPORT_UNDOING = 4,
};

enum {
    IMPORT_CHUNK = 20000,    /* rows of a transaction */
    IMPORT_ALIVE_MS = 15000, /* since its last sign of life */
};

struct job {
    int64_t id; /* 0: none */
    int64_t phase, replace;
    int64_t correlation; /* a line wants a correlation number */
    int64_t ms;          /* its last sign of life */
    int64_t rows, done;  /* to merge, merged */
    int64_t at;          /* reg_key() of the number merged last */
    int64_t now_ms;      /* the database's clock */
};

enum db_rc job_read(struct reg *r, struct job *j);
/*
 * The tables check their columns, again and again; what an import brings has
 * been looked at (row_check()). Only MariaDB can leave that out; where it
 * cannot be done nothing is said.
 */
void stage_checks(struct reg *r, bool on);

/* In a transaction: all of it is written, with a sign of life. */
enum db_rc job_write(struct reg *r, const struct job *j);
bool job_alive(const struct job *j);

/*
 * In a transaction: is it still ours, and in this phase, or in the next one,
 * because the end of a try was lost? It is read again.
 */
enum db_rc job_hold(struct reg *r, struct job *j, enum import_phase phase,
                    enum import_phase next);

/* Rows from behind `after' to `to', about IMPORT_CHUNK. n 0: there are none. */
struct chunk {
    char after[HLR_MSISDN_MAX + 1]; /* in */
    char first[HLR_MSISDN_MAX + 1], to[HLR_MSISDN_MAX + 1];
    bool any;
};
/* A db_row: ctx is char[HLR_MSISDN_MAX + 1] for a number. */
bool stage_first_row(void *ctx, const struct db_val *col, unsigned n);
enum db_rc stage_chunk(struct reg *r, int64_t job, struct chunk *c);

#define STAGE_IN_CHUNK " s.job = ? AND s.first > ? AND s.first <= ? "
/* "JOIN", from left to right whatever the database thinks of the sizes. */
const char *stage_join(const struct reg *r);
/* The correlation numbers that lines of a chunk want: job, after, to. */
enum db_rc stage_cids(struct reg *r, const struct db_val *chunk, int64_t *n);
/* All lines, of any job. */
enum db_rc stage_empty(struct reg *r);

/* Merge what is left, then clean up. progress() of in. */
enum db_rc stage_merge(struct reg *r, struct job *j, struct reg_import *in,
                       const char *who);
/* Throw the lines away; there is no import any more. */
enum db_rc stage_clean(struct reg *r, struct job *j);

void stage_progress(const struct reg_import *in, const char *what,
                    uint64_t done, uint64_t of);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg.h - the register in its database: numbers, owners, nodes, keys
 *
 * What vmnctl, the REST interface and the loader do with the tables of
 * schema.c. Every change is checked here, whoever makes it, and is one
 * transaction: the box never meets half of it. Triggers write the journal, so
 * that a change made with SQL by hand is seen as well. `who' goes to the
 * audit table. Functions return DB_OK or a failure told in reg_why().
 */

#ifndef REG_H
#define REG_H

#include "db.h"
#include "hlr_table.h"

enum { REG_NAME_MAX = 31, REG_NOTE_MAX = 255, REG_NODES = 64 };

/* A row as it is stored: names instead of indexes. */
struct hlr_stored {
    struct hlr_row row; /* network and route are not set; owner, when read */
    char network[REG_NAME_MAX + 1]; /* "": the first one */
    char route[REG_NAME_MAX + 1];   /* "": by prefix */
    char owner[REG_NAME_MAX + 1];   /* "": none */
    char note[REG_NOTE_MAX + 1];    /* UTF-8, for people */
    uint64_t changed_ms;
};

struct reg;

/* Takes the handle over; its schema must be DB_SCHEMA, else NULL and *why
 * with the command that migrates it. */
struct reg *reg_new(struct db *db, char *why, size_t size);
void reg_free(struct reg *r);
struct db *reg_db(struct reg *r);
const char *reg_why(const struct reg *r);

/* ---- numbers ---- */

enum reg_how {
    REG_ADD,     /* refused if it is there */
    REG_REPLACE, /* added, or put in its place */
    REG_CHANGE,  /* refused if it is not there */
};

/*
 * DB_TAKEN: overlaps another range, or an IMSI is another number's: reg_why()
 * names the row. DB_FAILED for unknown owner and everything else.
 * row.cid is chosen here when row.correlation.
 */
enum db_rc reg_put(struct reg *r, const struct hlr_stored *s, enum reg_how how,
                   const char *who);
/* DB_OK and *n = 0: it is not there. */
enum db_rc reg_del(struct reg *r, const char *first, const char *last,
                   const char *who, int64_t *n);

/* Empty strings, 0: no such condition. */
struct reg_filter {
    char prefix[HLR_MSISDN_MAX + 1];
    /* For pages, behind the row with this first and last; without the last,
     * behind all with this first. */
    char after[HLR_MSISDN_MAX + 1], after_last[HLR_MSISDN_MAX + 1];
    char network[REG_NAME_MAX + 1], route[REG_NAME_MAX + 1];
    char owner[REG_NAME_MAX + 1];
    uint8_t status;
    char number[HLR_MSISDN_MAX + 1]; /* the rows that this number is in */
    char imsi[HLR_IMSI_MAX + 1];     /* the rows that name it or count to it */
    unsigned limit;                  /* 0: none */
};

typedef bool reg_row(void *ctx, const struct hlr_stored *s);
/* Ordered by first, then last; for a number or an IMSI: the range that holds it
 * before the row of its own, which counts. Read in pages, so row() may take its
 * time; it must not use the handle; false ends it. */
enum db_rc reg_list(struct reg *r, const struct reg_filter *f, reg_row *row,
                    void *ctx);
enum db_rc reg_count(struct reg *r, int64_t *n);

/*
 * Import: all rows or nothing. next() gives rows that passed row_check(); it
 * counts lines that did not in `wrong' itself, and any makes the import fail.
 * tell() is told of each row that does not fit, by the `line' that next() gave.
 *
 * SQLite: one transaction. MySQL: staged and checked there, then merged in
 * chunks, each a transaction with one row of the journal; who writes other
 * numbers meanwhile is refused only what meets a staged row. If a merge is
 * broken off (DB_LOST, a kill) other imports are refused until it is resumed or
 * aborted.
 */
struct reg_import {
    bool (*next)(void *ctx, struct hlr_stored *s, unsigned *line);
    void (*tell)(void *ctx, unsigned line, const char *why);
    /* May be NULL. of 0: it is not known. */
    void (*progress)(void *ctx, const char *what, uint64_t done, uint64_t of);
    void *ctx;
    bool replace, dry_run;
    uint64_t rows, replaced, wrong; /* out */
};
enum db_rc reg_import(struct reg *r, struct reg_import *in, const char *who);

/* An import that has not ended. */
struct reg_import_state {
    bool any,
        merging;  /* not merging: nothing was changed, it may be forgotten */
    bool alive;   /* it gave a sign of life a moment ago */
    bool undoing; /* an abort was broken off */
    uint64_t done, of; /* rows merged */
};
enum db_rc reg_import_state(struct reg *r, struct reg_import_state *s);
/* The rest of it. Only progress() and ctx of `in' are used; rows are told. */
enum db_rc reg_import_resume(struct reg *r, struct reg_import *in,
                             const char *who);
/* What it merged is taken out again, what it replaced put back. */
enum db_rc reg_import_abort(struct reg *r, struct reg_import *in,
                            const char *who);

/* ---- owners ---- */

enum db_rc reg_owner_put(struct reg *r, const char *name, const char *note,
                         const char *who);
/* DB_TAKEN: numbers are still his. */
enum db_rc reg_owner_del(struct reg *r, const char *name, const char *who,
                         int64_t *n);
enum db_rc reg_owner_list(struct reg *r,
                          bool (*owner)(void *ctx, uint32_t id,
                                        const char *name, const char *note),
                          void *ctx);

/* ---- nodes ---- */

struct reg_node {
    char id[REG_NAME_MAX + 1];
    uint16_t weight;
    bool drain;
    int64_t beat_age_ms;            /* by the database's clock; -1: never */
    char network[REG_NAME_MAX + 1]; /* one entry per node and network */
    uint32_t point_code;
    char msc_gt[HLR_MSISDN_MAX + 1];
};

/* Own row made or renewed, with its networks: at start, then every second. */
enum db_rc reg_node_beat(struct reg *r, const struct reg_node *per_network,
                         unsigned n);
enum db_rc reg_node_list(struct reg *r,
                         bool (*node)(void *ctx, const struct reg_node *node),
                         void *ctx);
enum db_rc reg_node_drain(struct reg *r, const char *id, bool drain,
                          const char *who, int64_t *n);
enum db_rc reg_node_weight(struct reg *r, const char *id, uint16_t weight,
                           const char *who, int64_t *n);
enum db_rc reg_node_del(struct reg *r, const char *id, const char *who,
                        int64_t *n);

/* ---- keys of correlation IMSIs (corr.h) ---- */

struct reg_key {
    uint32_t id; /* the highest is in use for new IMSIs */
    uint8_t octet[32];
    uint64_t created_ms;
};

/* Newest first. One is made if there is none. */
enum db_rc reg_key_list(struct reg *r, struct reg_key *key, unsigned max,
                        unsigned *n);
/* A new one; those older than the two before it are forgotten. */
enum db_rc reg_key_roll(struct reg *r, const char *who);

/* ---- changes ---- */

enum reg_change_what {
    REG_CHANGED_ROW,   /* first, last: read it again; it may be gone */
    REG_CHANGED_BLOCK, /* rows with first <= row.first <= last: read again;
                           none of them is gone */
    REG_CHANGED_ALL,   /* read everything */
    REG_CHANGED_SMALL, /* owners, nodes or keys */
};

struct reg_change {
    enum reg_change_what what;
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
};

/*
 * Where the journal stands, taken before everything is read. From then on
 * reg_changes() tells of every change once or more often, never less: numbers
 * of the journal are given in order but committed in any, so one that is
 * missing is waited for, for REG_GRACE_MS since it was first missed.
 */
enum { REG_GRACE_MS = 2000 };
enum db_rc reg_mark(struct reg *r, uint64_t now_ms);
enum db_rc reg_changes(struct reg *r, uint64_t now_ms,
                       void (*change)(void *ctx, const struct reg_change *c),
                       void *ctx);
/* One row, or those of a block, as they are now. */
enum db_rc reg_read(struct reg *r, const struct reg_change *c, reg_row *row,
                    void *ctx);
/* Journal rows and audit rows older than that are deleted, some at a time. */
enum db_rc reg_prune(struct reg *r, uint64_t older_ms);

#endif

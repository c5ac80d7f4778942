/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_in.h - what the parts of reg share
 */

#ifndef REG_IN_H
#define REG_IN_H

#include "reg.h"
#include "reg_seq.h"

struct reg {
    struct db *db;
    char why[500]; /* "": db_why() tells */
    /* the journal (reg_journal.c) */
    struct seq_track seq;
    int64_t anchor; /* the row that was gone, since then; 0: none */
    uint64_t anchor_ms;
    bool marked;
    /* the last beat (reg_node.c) */
    struct reg_node beat[REG_NODES];
    unsigned beats;
    int64_t boot;
};

/* ---- reg.c ---- */

/* Both give rc back. The first is for a failure that the database did not
 * make, or that it cannot explain. */
enum db_rc reg_fail(struct reg *r, enum db_rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A transaction of which fn() may be run again; ctx begins with a struct
 * reg *. */
enum db_rc reg_transaction(struct reg *r, bool twice,
                           enum db_rc (*fn)(struct db *db, void *ctx),
                           void *ctx);

int64_t reg_int(const struct db_val *v);
void reg_text(char *out, size_t size, const struct db_val *v);
/* "447700900100 to 447700900199", or one number; returns buf. */
enum { REG_SPAN_STR = 40 };
const char *reg_span_str(const char *first, const char *last,
                         char buf[REG_SPAN_STR]);

/* The columns of a row for reg_take(), of `vmn v LEFT JOIN owner o'. */
#define REG_COLUMNS                                                            \
    "v.first, v.last, v.imsi, v.imsi_mode, v.cid, v.network, v.status,"        \
    " v.route, v.owner, o.name, v.valid_from_ms, v.valid_to_ms, v.rate,"       \
    " v.note, v.changed_ms"
#define REG_FROM " FROM vmn v LEFT JOIN owner o ON o.id = v.owner "
void reg_take(struct hlr_stored *s, const struct db_val *col);

enum db_rc reg_audit(struct reg *r, const char *who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* 0: there is no such owner. */
enum db_rc reg_owner_id(struct reg *r, const char *name, int64_t *id);

/* ---- reg_lock.c: how writers of numbers meet; all in a transaction ---- */

/* Writers of ranges and imports keep everybody out, others only them. *import:
 * the one that is under way, 0: none. *now_ms: the database's clock. */
enum db_rc reg_lock(struct reg *r, bool alone, int64_t *import,
                    int64_t *now_ms);
enum db_rc reg_counter(struct reg *r, const char *name, int64_t *value);
enum db_rc reg_counter_set(struct reg *r, const char *name, int64_t value);
/* n correlation numbers in a row, from *first. */
enum db_rc reg_cids(struct reg *r, uint64_t n, int64_t *first);
/* DB_FAILED: there are not so many. */
enum db_rc reg_cids_room(struct reg *r, uint64_t n);

/* ---- reg_put.c: rows whose IMSIs meet those of this one, which is left out:
 * ranges, and single numbers; row() gets first, last and IMSI ---- */

enum db_rc reg_imsi_ranges(struct reg *r, const char *first, const char *last,
                           const char *imsi, db_row *row, void *ctx);
enum db_rc reg_imsi_numbers(struct reg *r, const char *first, const char *last,
                            const char *imsi, db_row *row, void *ctx);

/* ---- digits as numbers: with a 1 before them, so that they keep their order
 * and their length ---- */

int64_t reg_key(const char *digits);
void reg_digits(char out[HLR_MSISDN_MAX + 1], int64_t key);

#endif

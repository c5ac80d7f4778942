/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_driver.h - what db.c wants of a database
 *
 * A driver is a struct of functions; its handle begins with a struct db. Rules:
 * 1) Every function that fails MUST leave text and result by db_fail().
 * 2) ready() MUST give a connection that can be used, or fail; it is called
 *    before each use outside of transactions, so that nothing connects anew
 *    while one is open.
 * 3) A driver that drops its connection MUST call db_forget().
 */

#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db.h"

struct db_driver {
    enum db_kind kind;
    const char *begin_write;
    const char *const *begin_read; /* statements, ends with NULL */
    enum db_rc (*ready)(struct db *db);
    /* One statement without values and without rows, as it is. */
    enum db_rc (*exec)(struct db *db, const char *sql);
    void *(*prepare)(struct db *db, const char *sql);
    void (*unprepare)(void *stmt);
    enum db_rc (*run)(struct db *db, void *stmt, const struct db_val *arg,
                      unsigned n);
    enum db_rc (*ask)(struct db *db, void *stmt, const struct db_val *arg,
                      unsigned n, db_row *row, void *ctx);
    /* In a transaction. NULL: db.c inserts row by row; it does so too after a
     * failure with db->no_bulk set before next() was asked. */
    enum db_rc (*bulk)(struct db *db, const char *table, const char *columns,
                       unsigned n, db_next *next, void *ctx);
    void (*close)(struct db *db);
};

enum { DB_STMTS = 64, DB_WHY = 400, DB_TABLE_MAX = 64 };

struct db {
    const struct db_driver *driver;
    char name[320]; /* file or host, for why */
    char why[DB_WHY];
    enum db_rc rc; /* of the last failure */
    int64_t changes;
    uint32_t limit_ms; /* how long a transaction is tried again */
    bool open;         /* a transaction, for writing or for reading */
    enum db_rc broken; /* what ended it before its time */
    bool quiet;        /* the journal is off (db_journal()) */
    bool no_bulk;      /* the server does not want it */
    uint64_t uses;
    struct {
        char *sql;
        void *stmt;
        uint64_t used;
    } stmt[DB_STMTS];
};

/* The new handle, in front of the driver's own; or NULL and `why'. */
enum db_rc db_sqlite_open(const struct db_conf *conf, bool create,
                          struct db **db, char *why, size_t size);
enum db_rc db_mysql_open(const struct db_conf *conf, struct db **db, char *why,
                         size_t size);

/* Gives rc back; "register <name>: " stands before the text. */
enum db_rc db_fail(struct db *db, enum db_rc rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* All prepared statements. */
void db_forget(struct db *db);
uint64_t db_now_ms(void); /* monotonic */

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db.h - the database that the register is kept in, whichever it is
 *
 * One handle, used by one thread at a time; every thread that asks a database
 * opens its own. SQL is written once, in what SQLite and MySQL have in
 * common, with "?" for values; statements are prepared once per handle and
 * text. Where the two differ, db_sql() picks. Times are UTC milliseconds in
 * 64-bit integers, digits are text compared by octet, nothing is ENUM.
 *
 * A handle of MySQL has several hosts: the one in use is left when the
 * connection is lost, when it is shut down, when it is no synced node of its
 * Galera cluster, or when it is read-only and there are others, and the next use connects to another (with back-off
 * once all have failed). Nothing here waits longer than the time-outs of its
 * configuration. May wait: never call it in the SS7 thread.
 */

#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum db_kind { DB_SQLITE, DB_MYSQL };

enum db_rc {
    DB_OK = 0,
    DB_TAKEN = -1, /* a unique key has that value already */
    DB_AGAIN = -2, /* deadlock, lock wait, lost certification: whole
                      transaction again */
    DB_LOST = -3,  /* no connection, or none any more; what was being
                      committed may or may not be */
    DB_FAILED = -4 /* anything else: see db_why() */
};

enum { DB_HOSTS = 8, DB_COLUMNS = 32 };

struct db_host {
    char name[128]; /* "": the socket; both "": the library's socket */
    uint16_t port;
    char socket[108];
};

enum db_tls {
    DB_TLS_OFF,
    DB_TLS_ON,    /* encrypted */
    DB_TLS_VERIFY /* and the server's certificate and name are checked */
};

/* Secrets inside: never logged. */
struct db_conf {
    enum db_kind kind;
    char file[256]; /* SQLite */
    /* MySQL: group = mysql-connection */
    unsigned hosts;
    struct db_host host[DB_HOSTS]; /* tried in this order */
    char user[64], password[128], database[64];
    enum db_tls tls;
    char tls_ca[256], tls_cert[256], tls_key[256];
    uint32_t connect_ms, query_ms; /* 3000, 10000 */
    bool sync_reads; /* Galera: read what any node has committed */
};

struct db;

/*
 * conf is lent. MySQL: connects; SQLite: `create' makes the file. NULL and
 * *why (with file or host, never the password) if that fails.
 */
struct db *db_open(const struct db_conf *conf, bool create, char *why,
                   size_t size);
/* The same; DB_LOST: nobody there, or no synced node, which waiting may mend.
 * DB_FAILED: refused, or not usable (password, database, file, ...). */
enum db_rc db_try_open(const struct db_conf *conf, bool create, struct db **db,
                       char *why, size_t size);
void db_close(struct db *db);
/* Of the last failure, one line; what it was about comes first. */
const char *db_why(const struct db *db);
enum db_kind db_kind(const struct db *db);
/* The one of two texts that this database understands. */
const char *db_sql(const struct db *db, const char *sqlite, const char *mysql);
/* An SQL expression: the database's clock, UTC milliseconds. */
const char *db_clock(const struct db *db);

struct db_val {
    enum { DB_NULL, DB_INT, DB_TEXT, DB_BLOB } type;
    int64_t n;
    const char *p; /* TEXT and BLOB; a column's text ends with 0 */
    size_t len;
};

struct db_val db_int(int64_t n);
struct db_val db_text(const char *s); /* NULL: DB_NULL */
struct db_val db_blob(const void *p, size_t len);

/* A statement that gives no rows. */
enum db_rc db_run(struct db *db, const char *sql, const struct db_val *arg,
                  unsigned n);
/* Rows that the last db_run() inserted, deleted, or found to update. Not of
 * use after an upsert, which the two count in different ways. */
int64_t db_changes(const struct db *db);

/* Rows are streamed, not stored. False ends it early (DB_OK), but MySQL sends
 * what is left: use LIMIT. The values are lent for the call. row() must not use
 * the handle. */
typedef bool db_row(void *ctx, const struct db_val *col, unsigned n);
enum db_rc db_ask(struct db *db, const char *sql, const struct db_val *arg,
                  unsigned n, db_row *row, void *ctx);
/* The first column of the first row as a number; `none' if there is none. */
enum db_rc db_ask_int(struct db *db, const char *sql, const struct db_val *arg,
                      unsigned n, int64_t none, int64_t *out);

/*
 * fn() in a transaction that is for writing from its beginning; its result
 * other than DB_OK undoes it and is returned. After DB_AGAIN, and after
 * DB_LOST if `twice' says that doing it twice does no harm, it is run again
 * on a fresh transaction, a bounded number of times, no longer than query_ms.
 * Each statement sees what was committed before it began. In a transaction
 * that is open fn() joins it. After DB_AGAIN and DB_LOST nothing more is done
 * in a transaction, whatever fn() makes of it.
 */
enum db_rc db_transaction(struct db *db, bool twice,
                          enum db_rc (*fn)(struct db *db, void *ctx),
                          void *ctx);

/* Reads between the two see one state of the database. */
enum db_rc db_read_begin(struct db *db);
void db_read_end(struct db *db);

/*
 * Many rows into a table, the fastest way there is (LOAD DATA LOCAL, prepared
 * inserts). next() fills the values of one row, false: no more. A row that
 * the table does not take as it is makes it DB_FAILED (or DB_TAKEN), never a
 * warning. Columns: "a, b, c". In a transaction, or all rows or none by itself;
 * after DB_AGAIN the rows are to be given again.
 */
typedef bool db_next(void *ctx, struct db_val *val);
enum db_rc db_bulk(struct db *db, const char *table, const char *columns,
                   unsigned n, db_next *next, void *ctx);

/* ---- the schema (schema.c) ---- */

enum { DB_SCHEMA = 3 /* this program makes and understands */ };

/*
 * Not for the eye of a reader of SQL alone:
 * vmn.span: 0 for an exact number, else the length of its digits, indexed with
 * first: `WHERE span > 0 AND span = ? AND first <= ? ORDER BY first DESC LIMIT
 * 1' finds the one range that a number of that length can be in, if its last is
 * not below.
 * journal.kind: row, block, all (first and last say which); owner, node, key.
 */

/* Its version, 0: an empty database, -1: see db_why(). */
int db_schema(struct db *db);
/*
 * Bring it to DB_SCHEMA, step by step, each told by `tell' (may be NULL). An
 * empty SQLite file is given its schema by db_open(create) already.
 */
enum db_rc db_migrate(struct db *db, void (*tell)(void *ctx, const char *line),
                      void *ctx);
/*
 * In a transaction: the triggers of vmn do not write the journal (false), or do
 * again, as they do by themselves once it ends. Who switches them off writes
 * the journal himself.
 */
enum db_rc db_journal(struct db *db, bool on);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db.c - the database that the register is kept in: what both kinds share
 *
 * Prepared statements by their text, transactions that are tried again, and
 * the rule that nothing is done in a transaction that has already failed: after
 * a deadlock MySQL would commit the rest of it statement by statement.
 */

#include "db.h"
#include "db_driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 20, PAUSE_MAX_MS = 250 };

uint64_t db_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

enum db_rc db_fail(struct db *db, enum db_rc rc, const char *fmt, ...)
{
    va_list ap;
    int n;

    n = snprintf(db->why, sizeof(db->why), "register <%s>: ", db->name);
    va_start(ap, fmt);
    vsnprintf(db->why + n, sizeof(db->why) - (size_t)n, fmt, ap);
    va_end(ap);
    for (char *p = db->why; *p != '\0'; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    db->rc = rc;
    return rc;
}

/* ---- the handle ---- */

enum db_rc db_try_open(const struct db_conf *conf, bool create, struct db **db,
                       char *why, size_t size)
{
    enum db_rc rc;

    *db = NULL;
    if (conf->kind == DB_MYSQL)
        return db_mysql_open(conf, db, why, size);
    rc = db_sqlite_open(conf, create, db, why, size);
    if (rc != DB_OK || !create || db_schema(*db) != 0)
        return rc;
    rc = db_migrate(*db, NULL, NULL);
    if (rc == DB_OK)
        return DB_OK;
    snprintf(why, size, "%s", db_why(*db));
    db_close(*db);
    *db = NULL;
    return rc;
}

struct db *db_open(const struct db_conf *conf, bool create, char *why,
                   size_t size)
{
    struct db *db;

    db_try_open(conf, create, &db, why, size);
    return db;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_forget(db);
    db->driver->close(db);
}

const char *db_why(const struct db *db)
{
    return db->why;
}

enum db_kind db_kind(const struct db *db)
{
    return db->driver->kind;
}

const char *db_sql(const struct db *db, const char *sqlite, const char *mysql)
{
    return db->driver->kind == DB_SQLITE ? sqlite : mysql;
}

const char *db_clock(const struct db *db)
{
    /* NOW() counts in the session's time zone, UNIX_TIMESTAMP() does not. */
    return db_sql(db,
                  "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
                  "(UNIX_TIMESTAMP() * 1000 + MICROSECOND(NOW(3)) DIV 1000)");
}

/* ---- values ---- */

struct db_val db_int(int64_t n)
{
    return (struct db_val){ .type = DB_INT, .n = n };
}

struct db_val db_text(const char *s)
{
    if (s == NULL)
        return (struct db_val){ .type = DB_NULL };
    return (struct db_val){ .type = DB_TEXT, .p = s, .len = strlen(s) };
}

struct db_val db_blob(const void *p, size_t len)
{
    return (struct db_val){ .type = DB_BLOB, .p = p, .len = len };
}

/* ---- prepared statements ---- */

static void unprepare(struct db *db, unsigned i)
{
    if (db->stmt[i].sql == NULL)
        return;
    db->driver->unprepare(db->stmt[i].stmt);
    free(db->stmt[i].sql);
    db->stmt[i].sql = NULL;
}

void db_forget(struct db *db)
{
    for (unsigned i = 0; i < DB_STMTS; i++)
        unprepare(db, i);
}

/* The statement of that text; the one unused for longest makes room. */
static void *statement(struct db *db, const char *sql)
{
    unsigned oldest = 0;
    void *stmt;

    for (unsigned i = 0; i < DB_STMTS; i++) {
        if (db->stmt[i].sql == NULL) {
            oldest = i;
            break;
        }
        if (strcmp(db->stmt[i].sql, sql) == 0) {
            db->stmt[i].used = ++db->uses;
            return db->stmt[i].stmt;
        }
        if (db->stmt[i].used < db->stmt[oldest].used)
            oldest = i;
    }
    stmt = db->driver->prepare(db, sql);
    if (stmt == NULL)
        return NULL;
    unprepare(db, oldest);
    db->stmt[oldest].sql = strdup(sql);
    if (db->stmt[oldest].sql == NULL)
        abort();
    db->stmt[oldest].stmt = stmt;
    db->stmt[oldest].used = ++db->uses;
    return stmt;
}

/* ---- statements ---- */

/* A failed transaction is dead, whatever its function makes of the failure. */
static enum db_rc ended(struct db *db, enum db_rc rc)
{
    if (db->open && (rc == DB_AGAIN || rc == DB_LOST))
        db->broken = rc;
    return rc;
}

static enum db_rc usable(struct db *db)
{
    return db->open ? db->broken : db->driver->ready(db);
}

struct tries {
    uint64_t since_ms;
    unsigned n;
};

/* True, after a pause, if what failed is to be tried once more. The pauses
 * differ, so that two that met do not meet again; a lost connection is worth
 * all the time there is. */
static bool once_more(struct db *db, struct tries *t, enum db_rc rc)
{
    uint64_t now = db_now_ms();
    uint64_t pause;
    struct timespec ts;

    if (t->n == 0)
        t->since_ms = now;
    t->n++;
    if ((rc == DB_AGAIN && t->n > TRIES) || now - t->since_ms >= db->limit_ms)
        return false;
    pause = t->n < 8 ? 1ull << t->n : PAUSE_MAX_MS;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    pause = 1 + (uint64_t)ts.tv_nsec / 1000 % pause;
    ts = (struct timespec){ .tv_nsec = (long)pause * 1000000 };
    nanosleep(&ts, NULL);
    return true;
}

static enum db_rc run_once(struct db *db, const char *sql,
                           const struct db_val *arg, unsigned n)
{
    enum db_rc rc = usable(db);
    void *stmt;

    if (rc != DB_OK)
        return rc;
    stmt = statement(db, sql);
    rc = stmt == NULL ? db->rc : db->driver->run(db, stmt, arg, n);
    return ended(db, rc);
}

enum db_rc db_run(struct db *db, const char *sql, const struct db_val *arg,
                  unsigned n)
{
    struct tries tries = { .n = 0 };
    enum db_rc rc;

    /* Outside of a transaction the statement is one. */
    do
        rc = run_once(db, sql, arg, n);
    while (rc == DB_AGAIN && !db->open && once_more(db, &tries, rc));
    return rc;
}

int64_t db_changes(const struct db *db)
{
    return db->changes;
}

struct asking {
    db_row *row;
    void *ctx;
    bool given;
};

static bool pass_row(void *ctx, const struct db_val *col, unsigned n)
{
    struct asking *a = ctx;

    a->given = true;
    return a->row(a->ctx, col, n);
}

static enum db_rc ask_once(struct db *db, const char *sql,
                           const struct db_val *arg, unsigned n,
                           struct asking *a)
{
    enum db_rc rc = usable(db);
    void *stmt;

    if (rc != DB_OK)
        return rc;
    stmt = statement(db, sql);
    rc = stmt == NULL ? db->rc : db->driver->ask(db, stmt, arg, n, pass_row, a);
    return ended(db, rc);
}

enum db_rc db_ask(struct db *db, const char *sql, const struct db_val *arg,
                  unsigned n, db_row *row, void *ctx)
{
    struct asking a = { .row = row, .ctx = ctx };
    enum db_rc rc = ask_once(db, sql, arg, n, &a);

    /* Nobody is hurt by asking again: the connection was idle, and had gone. */
    if (rc == DB_LOST && !db->open && !a.given)
        rc = ask_once(db, sql, arg, n, &a);
    return rc;
}

static bool take_int(void *ctx, const struct db_val *col, unsigned n)
{
    int64_t *out = ctx;

    (void)n;
    if (col[0].type == DB_INT)
        *out = col[0].n;
    else if (col[0].type == DB_TEXT)
        *out = strtoll(col[0].p, NULL, 10);
    return false;
}

enum db_rc db_ask_int(struct db *db, const char *sql, const struct db_val *arg,
                      unsigned n, int64_t none, int64_t *out)
{
    *out = none;
    return db_ask(db, sql, arg, n, take_int, out);
}

/* ---- transactions ---- */

static enum db_rc begin_write(struct db *db)
{
    enum db_rc rc = db->driver->ready(db);

    if (rc == DB_OK)
        rc = db->driver->exec(db, db->driver->begin_write);
    if (rc != DB_OK)
        return rc;
    db->open = true;
    db->broken = DB_OK;
    db->quiet = false;
    return DB_OK;
}

/* The reason of the failure is worth more than that of the ROLLBACK. */
static void undo(struct db *db)
{
    char why[DB_WHY];
    enum db_rc rc = db->rc;

    memcpy(why, db->why, sizeof(why));
    if (db->quiet)
        db_journal(db, true);
    db->driver->exec(db, "ROLLBACK");
    memcpy(db->why, why, sizeof(why));
    db->rc = rc;
}

static enum db_rc finish(struct db *db, enum db_rc rc)
{
    if (rc == DB_OK && db->quiet)
        rc = db_journal(db, true);
    if (rc == DB_OK)
        rc = db->broken;
    if (rc == DB_OK)
        rc = db->driver->exec(db, "COMMIT");
    if (rc != DB_OK)
        undo(db);
    db->open = false;
    return rc;
}

enum db_rc db_transaction(struct db *db, bool twice,
                          enum db_rc (*fn)(struct db *db, void *ctx), void *ctx)
{
    struct tries tries = { .n = 0 };
    enum db_rc rc;

    if (db->open)
        return fn(db, ctx);
    do {
        rc = begin_write(db);
        if (rc == DB_OK)
            rc = finish(db, fn(db, ctx));
    } while ((rc == DB_AGAIN || (rc == DB_LOST && twice)) &&
             once_more(db, &tries, rc));
    return rc;
}

enum db_rc db_read_begin(struct db *db)
{
    enum db_rc rc;

    if (db->open)
        return db_fail(db, DB_FAILED, "a transaction is open already");
    rc = db->driver->ready(db);
    for (const char *const *s = db->driver->begin_read;
         rc == DB_OK && *s != NULL; s++)
        rc = db->driver->exec(db, *s);
    db->open = rc == DB_OK;
    db->broken = DB_OK;
    return rc;
}

void db_read_end(struct db *db)
{
    if (db->open)
        undo(db);
    db->open = false;
}

/* ---- many rows ---- */

struct bulk {
    const char *table, *columns;
    unsigned n;
    db_next *next;
    void *ctx;
    bool taken; /* next() was asked: there is no second time */
};

static bool next_row(void *ctx, struct db_val *val)
{
    struct bulk *b = ctx;

    b->taken = true;
    return b->next(b->ctx, val);
}

static enum db_rc insert_rows(struct db *db, struct bulk *b)
{
    struct db_val val[DB_COLUMNS];
    char sql[1000];
    enum db_rc rc = DB_OK;
    int at;

    at = snprintf(sql, sizeof(sql), "INSERT INTO %s (%s) VALUES (?", b->table,
                  b->columns);
    for (unsigned i = 1; i < b->n; i++)
        at += snprintf(sql + at, sizeof(sql) - (size_t)at, ", ?");
    snprintf(sql + at, sizeof(sql) - (size_t)at, ")");
    while (rc == DB_OK && b->next(b->ctx, val))
        rc = db_run(db, sql, val, b->n);
    return rc;
}

static enum db_rc bulk_rows(struct db *db, struct bulk *b)
{
    enum db_rc rc = db->broken;

    if (rc == DB_OK && db->driver->bulk != NULL && !db->no_bulk) {
        rc = db->driver->bulk(db, b->table, b->columns, b->n, next_row, b);
        if (rc == DB_OK || !db->no_bulk || b->taken)
            return ended(db, rc);
        rc = DB_OK;
    }
    return rc == DB_OK ? insert_rows(db, b) : rc;
}

enum db_rc db_bulk(struct db *db, const char *table, const char *columns,
                   unsigned n, db_next *next, void *ctx)
{
    struct bulk b = { table, columns, n, next, ctx, false };
    struct tries tries = { .n = 0 };
    enum db_rc rc;

    if (n == 0 || n > DB_COLUMNS || strlen(table) > DB_TABLE_MAX ||
        strlen(columns) > 700)
        return db_fail(db, DB_FAILED, "bad table or columns");
    if (db->open)
        return bulk_rows(db, &b);
    do {
        rc = begin_write(db);
        if (rc == DB_OK)
            rc = finish(db, bulk_rows(db, &b));
    } while (rc == DB_AGAIN && !b.taken && once_more(db, &tries, rc));
    return rc;
}

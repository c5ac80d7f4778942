/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_sqlite.c - the register in an SQLite file
 *
 * WAL, so that the loader reads one state while vmnctl writes. One process
 * writes at a time; others wait for it, so long as the time-out says.
 */

#include "db.h"
#include "db_driver.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 5000, PAUSE_MS = 10 };

struct lite {
    struct db db;
    sqlite3 *sql;
};

static struct lite *lite_of(struct db *db)
{
    return (struct lite *)db;
}

static enum db_rc failed(struct db *db, int code)
{
    struct lite *l = lite_of(db);
    enum db_rc rc = DB_FAILED;

    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        rc = DB_AGAIN;
        break;
    case SQLITE_CONSTRAINT:
        if (code == SQLITE_CONSTRAINT_UNIQUE ||
            code == SQLITE_CONSTRAINT_PRIMARYKEY ||
            code == SQLITE_CONSTRAINT_ROWID)
            rc = DB_TAKEN;
        break;
    default:
        break;
    }
    db_fail(db, rc, "%s", sqlite3_errmsg(l->sql));
    /* a full disk and the like undo all of it */
    if (db->open && sqlite3_get_autocommit(l->sql))
        db->broken = rc;
    return rc;
}

static enum db_rc lite_ready(struct db *db)
{
    (void)db;
    return DB_OK;
}

static enum db_rc lite_exec(struct db *db, const char *sql)
{
    struct lite *l = lite_of(db);
    int code = sqlite3_exec(l->sql, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? DB_OK : failed(db, code);
}

static void *lite_prepare(struct db *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(lite_of(db)->sql, sql, -1,
                                  SQLITE_PREPARE_PERSISTENT, &stmt, NULL);

    if (code != SQLITE_OK)
        failed(db, code);
    else if (stmt == NULL)
        db_fail(db, DB_FAILED, "an empty statement");
    return stmt;
}

static void lite_unprepare(void *stmt)
{
    sqlite3_finalize(stmt);
}

static enum db_rc bind(struct db *db, sqlite3_stmt *stmt,
                       const struct db_val *arg, unsigned n)
{
    int code = SQLITE_OK;

    if ((unsigned)sqlite3_bind_parameter_count(stmt) != n)
        return db_fail(db, DB_FAILED, "%u values for %d places in: %s", n,
                       sqlite3_bind_parameter_count(stmt), sqlite3_sql(stmt));
    for (int i = 0; i < (int)n && code == SQLITE_OK; i++)
        switch (arg[i].type) {
        case DB_NULL:
            code = sqlite3_bind_null(stmt, i + 1);
            break;
        case DB_INT:
            code = sqlite3_bind_int64(stmt, i + 1, arg[i].n);
            break;
        case DB_TEXT:
            code = sqlite3_bind_text(stmt, i + 1, arg[i].p, (int)arg[i].len,
                                     SQLITE_STATIC);
            break;
        case DB_BLOB:
            /* SQLite makes NULL of a blob at NULL */
            code =
                sqlite3_bind_blob(stmt, i + 1, arg[i].len > 0 ? arg[i].p : "",
                                  (int)arg[i].len, SQLITE_STATIC);
            break;
        }
    return code == SQLITE_OK ? DB_OK : failed(db, code);
}

/* What failed is told before the statement lets go of it. */
static enum db_rc done(struct db *db, sqlite3_stmt *stmt, int code)
{
    enum db_rc rc = DB_OK;

    if (code != SQLITE_DONE && code != SQLITE_ROW && code != SQLITE_OK)
        rc = failed(db, sqlite3_extended_errcode(lite_of(db)->sql));
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc;
}

static enum db_rc lite_run(struct db *db, void *stmt, const struct db_val *arg,
                           unsigned n)
{
    enum db_rc rc = bind(db, stmt, arg, n);
    int code = SQLITE_OK;

    if (rc == DB_OK) {
        do
            code = sqlite3_step(stmt);
        while (code == SQLITE_ROW);
        rc = done(db, stmt, code);
    } else {
        done(db, stmt, SQLITE_OK);
    }
    if (rc == DB_OK)
        db->changes = sqlite3_changes(lite_of(db)->sql);
    return rc;
}

static struct db_val column(sqlite3_stmt *stmt, int i)
{
    struct db_val v = { .type = DB_NULL };

    switch (sqlite3_column_type(stmt, i)) {
    case SQLITE_NULL:
        break;
    case SQLITE_INTEGER:
        v.type = DB_INT;
        v.n = sqlite3_column_int64(stmt, i);
        break;
    case SQLITE_BLOB:
        v.type = DB_BLOB;
        v.p = sqlite3_column_blob(stmt, i);
        v.len = (size_t)sqlite3_column_bytes(stmt, i);
        break;
    default:
        v.type = DB_TEXT;
        v.p = (const char *)sqlite3_column_text(stmt, i);
        v.len = (size_t)sqlite3_column_bytes(stmt, i);
        break;
    }
    return v;
}

static enum db_rc lite_ask(struct db *db, void *stmt, const struct db_val *arg,
                           unsigned n, db_row *row, void *ctx)
{
    struct db_val col[DB_COLUMNS];
    enum db_rc rc = bind(db, stmt, arg, n);
    int code = SQLITE_OK;
    unsigned columns = (unsigned)sqlite3_column_count(stmt);

    if (rc == DB_OK && columns > DB_COLUMNS)
        rc = db_fail(db, DB_FAILED, "too many columns");
    if (rc != DB_OK) {
        done(db, stmt, SQLITE_OK);
        return rc;
    }
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (unsigned i = 0; i < columns; i++)
            col[i] = column(stmt, (int)i);
        if (!row(ctx, col, columns))
            break;
    }
    return done(db, stmt, code);
}

static void lite_close(struct db *db)
{
    sqlite3_close(lite_of(db)->sql);
    free(db);
}

static const char *const begin_read[] = { "BEGIN", NULL };

static const struct db_driver driver = {
    .kind = DB_SQLITE,
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = begin_read,
    .ready = lite_ready,
    .exec = lite_exec,
    .prepare = lite_prepare,
    .unprepare = lite_unprepare,
    .run = lite_run,
    .ask = lite_ask,
    .close = lite_close,
};

/* It holds keys and who has which number: not for everybody to read. SQLite
 * gives its other files the same permissions. */
static void make_file(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660);

    if (fd != -1)
        close(fd);
}

/* Two who make the file at once are in each other's way, and SQLite does not
 * wait there. */
static enum db_rc use_wal(struct lite *l)
{
    uint64_t since = db_now_ms();
    enum db_rc rc;

    do
        rc = lite_exec(&l->db, "PRAGMA journal_mode = WAL");
    while (rc == DB_AGAIN && db_now_ms() - since < l->db.limit_ms &&
           sqlite3_sleep(PAUSE_MS) > 0);
    return rc;
}

static enum db_rc open_file(struct lite *l, const struct db_conf *conf,
                            bool create)
{
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

    if (create)
        make_file(conf->file);
    if (sqlite3_open_v2(conf->file, &l->sql, flags, NULL) != SQLITE_OK)
        return db_fail(&l->db, DB_FAILED, "cannot %s: %s",
                       create ? "make it (its directory must exist and be "
                                "writable)"
                              : "open it",
                       sqlite3_errmsg(l->sql));
    sqlite3_extended_result_codes(l->sql, 1);
    /* before anything that may have to wait */
    sqlite3_busy_timeout(l->sql, (int)l->db.limit_ms);
    return use_wal(l);
}

enum db_rc db_sqlite_open(const struct db_conf *conf, bool create,
                          struct db **db, char *why, size_t size)
{
    struct lite *l = calloc(1, sizeof(*l));
    enum db_rc rc;

    if (l == NULL)
        abort();
    l->db.driver = &driver;
    l->db.limit_ms = conf->query_ms > 0 ? conf->query_ms : BUSY_MS;
    snprintf(l->db.name, sizeof(l->db.name), "%s", conf->file);
    rc = open_file(l, conf, create);
    if (rc == DB_OK) {
        *db = &l->db;
        return DB_OK;
    }
    snprintf(why, size, "%s", l->db.why);
    lite_close(&l->db);
    return rc;
}

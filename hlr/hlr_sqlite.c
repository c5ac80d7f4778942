/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_sqlite.c - the register in an SQLite file
 *
 * WAL, so that the loader reads a snapshot while vmnctl writes; data_version
 * tells the loader's connection that another one has committed. Digits are
 * text: numbers are compared only with numbers of the same length, which is
 * then their order too.
 */

#include "hlr.h"
#include "hlr_build.h"
#include "hlr_db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUSY_MS = 5000 };

/* An earlier schema would be brought up to date here, one step a version. */
static const char schema[] =
    "CREATE TABLE schema_version (version INTEGER NOT NULL);"
    "INSERT INTO schema_version VALUES (1);"
    "CREATE TABLE vmn ("
    " first TEXT NOT NULL"
    "  CHECK (length(first) BETWEEN 1 AND 15 AND first NOT GLOB '*[^0-9]*'),"
    " last TEXT NOT NULL"
    "  CHECK (length(last) = length(first) AND last NOT GLOB '*[^0-9]*'"
    "   AND last >= first),"
    " imsi TEXT UNIQUE"
    "  CHECK (length(imsi) BETWEEN 6 AND 15 AND imsi NOT GLOB '*[^0-9]*'),"
    " network TEXT NOT NULL DEFAULT '' CHECK (length(network) < 32),"
    " status TEXT NOT NULL DEFAULT 'active'"
    "  CHECK (status IN ('active', 'barred', 'absent', 'no-sms')),"
    " route TEXT NOT NULL DEFAULT '' CHECK (length(route) < 32),"
    " changed_ms INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (first, last)"
    ") WITHOUT ROWID;"
    "CREATE INDEX vmn_range ON vmn (first) WHERE first <> last;";

static const char insert_sql[] =
    "INSERT INTO vmn (first, last, imsi, network, status, route, changed_ms)"
    " VALUES (?1, ?2, nullif(?3, ''), ?4, ?5, ?6, ?7)";

static const char delete_sql[] =
    "DELETE FROM vmn WHERE first = ?1 AND last = ?2";

struct hlr_db {
    sqlite3 *sql;
    sqlite3_stmt *insert, *del;
    char *file;
    int64_t version; /* data_version when it was last loaded */
    char why[300];
};

static int failed(struct hlr_db *db, const char *what)
{
    snprintf(db->why, sizeof(db->why), "register <%s>: cannot %s: %s", db->file,
             what, db->sql != NULL ? sqlite3_errmsg(db->sql) : "no memory");
    return -1;
}

static int run(struct hlr_db *db, const char *sql, const char *what)
{
    if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) != SQLITE_OK)
        return failed(db, what);
    return 0;
}

/* The first column of the first row; `none' if there is no row, -1: failed. */
static int64_t ask(struct hlr_db *db, const char *sql, int64_t none)
{
    sqlite3_stmt *q = NULL;
    int64_t n = none;
    int rc;

    if (sqlite3_prepare_v2(db->sql, sql, -1, &q, NULL) != SQLITE_OK)
        return -1;
    rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        n = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? n : -1;
}

static int check_schema(struct hlr_db *db)
{
    int64_t tables = ask(db,
                         "SELECT count(*) FROM sqlite_master"
                         " WHERE name IN ('schema_version', 'vmn')",
                         -1);
    int64_t version;

    if (tables == 0)
        return run(db, schema, "make the schema");
    if (tables != 2)
        return failed(db, "read the schema");
    version = ask(db, "SELECT max(version) FROM schema_version", -1);
    if (version == HLR_SCHEMA)
        return 0;
    snprintf(db->why, sizeof(db->why),
             "register <%s>: it has schema %lld, this program understands %d",
             db->file, (long long)version, HLR_SCHEMA);
    return -1;
}

static int make_schema(struct hlr_db *db)
{
    int rc;

    if (run(db, "BEGIN IMMEDIATE", "begin") == -1)
        return -1;
    rc = check_schema(db);
    if (rc == 0)
        return run(db, "COMMIT", "make the schema");
    sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static int open_file(struct hlr_db *db, bool create)
{
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

    if (sqlite3_open_v2(db->file, &db->sql, flags, NULL) != SQLITE_OK)
        return failed(db, create ? "make it (its directory must exist and be "
                                   "writable)"
                                 : "open it");
    sqlite3_busy_timeout(db->sql, BUSY_MS);
    if (run(db, "PRAGMA journal_mode = WAL", "use WAL") == -1 ||
        make_schema(db) == -1)
        return -1;
    db->version = -1;
    return 0;
}

struct hlr_db *hlr_db_open(const char *file, bool create, char *why,
                           size_t size)
{
    struct hlr_db *db = calloc(1, sizeof(*db));

    if (db == NULL || (db->file = strdup(file)) == NULL)
        abort();
    if (open_file(db, create) == 0)
        return db;
    snprintf(why, size, "%s", db->why);
    hlr_db_close(db);
    return NULL;
}

void hlr_db_close(struct hlr_db *db)
{
    if (db == NULL)
        return;
    sqlite3_finalize(db->insert);
    sqlite3_finalize(db->del);
    sqlite3_close(db->sql);
    free(db->file);
    free(db);
}

const char *hlr_db_why(const struct hlr_db *db)
{
    return db->why;
}

int hlr_db_begin(struct hlr_db *db)
{
    return run(db, "BEGIN IMMEDIATE", "begin");
}

int hlr_db_end(struct hlr_db *db, bool commit)
{
    return run(db, commit ? "COMMIT" : "ROLLBACK", commit ? "commit" : "undo");
}

static int prepare(struct hlr_db *db, sqlite3_stmt **q, const char *sql)
{
    if (*q != NULL)
        return 0;
    if (sqlite3_prepare_v3(db->sql, sql, -1, SQLITE_PREPARE_PERSISTENT, q,
                           NULL) != SQLITE_OK)
        return failed(db, "prepare");
    return 0;
}

static void bind(sqlite3_stmt *q, int i, const char *text)
{
    sqlite3_bind_text(q, i, text, -1, SQLITE_STATIC);
}

static int step(struct hlr_db *db, sqlite3_stmt *q, const char *what)
{
    int rc = sqlite3_step(q);
    int failure = rc == SQLITE_DONE ? 0 : failed(db, what);

    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return failure;
}

int hlr_db_insert(struct hlr_db *db, const struct hlr_stored *s)
{
    struct timespec now;

    if (prepare(db, &db->insert, insert_sql) == -1)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    bind(db->insert, 1, s->row.first);
    bind(db->insert, 2, s->row.last);
    bind(db->insert, 3, s->row.imsi);
    bind(db->insert, 4, s->network);
    bind(db->insert, 5, hlr_status_str(s->row.status));
    bind(db->insert, 6, s->route);
    sqlite3_bind_int64(db->insert, 7,
                       (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return step(db, db->insert, "insert");
}

int hlr_db_delete(struct hlr_db *db, const char *first, const char *last)
{
    if (prepare(db, &db->del, delete_sql) == -1)
        return -1;
    bind(db->del, 1, first);
    bind(db->del, 2, last);
    if (step(db, db->del, "delete") == -1)
        return -1;
    return sqlite3_changes(db->sql);
}

static void column(sqlite3_stmt *q, int i, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(q, i);

    snprintf(out, size, "%s", text != NULL ? (const char *)text : "");
}

static void read_row(sqlite3_stmt *q, struct hlr_stored *s)
{
    char status[16];

    *s = (struct hlr_stored){ .row = { .route = HLR_ROUTE_NONE } };
    column(q, 0, s->row.first, sizeof(s->row.first));
    column(q, 1, s->row.last, sizeof(s->row.last));
    column(q, 2, s->row.imsi, sizeof(s->row.imsi));
    column(q, 3, s->network, sizeof(s->network));
    column(q, 4, status, sizeof(status));
    column(q, 5, s->route, sizeof(s->route));
    s->row.status = hlr_status_of(status);
}

/*
 * Conditions that are not asked for are left out, so that SQLite can use the
 * primary key and the index of ranges for the others. ":" follows "9".
 */
static void list_sql(const struct hlr_filter *f, bool ranges, char *sql,
                     size_t size)
{
    snprintf(sql, size,
             "SELECT first, last, imsi, network, status, route FROM vmn"
             " WHERE first %s last%s%s%s%s%s ORDER BY first, last",
             ranges ? "<>" : "=",
             f->prefix[0] != '\0' ? " AND first >= ?1 AND first < ?1 || ':'"
                                  : "",
             f->network[0] != '\0' ? " AND network = ?2" : "",
             f->route[0] != '\0' ? " AND route = ?3" : "",
             f->status != 0 ? " AND status = ?4" : "",
             f->number[0] == '\0' ? ""
             : ranges             ? " AND first <= ?5 AND last >= ?5"
                                    " AND length(first) = length(?5)"
                                  : " AND first = ?5");
}

/* 1: row() wants no more. */
static int list_kind(struct hlr_db *db, const struct hlr_filter *f, bool ranges,
                     bool (*row)(void *ctx, const struct hlr_stored *row),
                     void *ctx)
{
    sqlite3_stmt *q = NULL;
    struct hlr_stored s;
    char sql[400];
    int rc;

    list_sql(f, ranges, sql, sizeof(sql));
    if (prepare(db, &q, sql) == -1)
        return -1;
    bind(q, 1, f->prefix);
    bind(q, 2, f->network);
    bind(q, 3, f->route);
    bind(q, 4, f->status != 0 ? hlr_status_str(f->status) : "");
    bind(q, 5, f->number);
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        read_row(q, &s);
        if (!row(ctx, &s))
            break;
    }
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        failed(db, "read");
    sqlite3_finalize(q);
    return rc == SQLITE_DONE ? 0 : rc == SQLITE_ROW ? 1 : -1;
}

int hlr_db_list(struct hlr_db *db, const struct hlr_filter *f,
                bool (*row)(void *ctx, const struct hlr_stored *row), void *ctx)
{
    int rc = list_kind(db, f, true, row, ctx);

    if (rc == 0)
        rc = list_kind(db, f, false, row, ctx);
    return rc == -1 ? -1 : 0;
}

/* ---- the backend ---- */

static void *sqlite_open(const struct hlr_conf *conf, char *why, size_t size)
{
    return hlr_db_open(conf->file, true, why, size);
}

static void sqlite_close(void *self)
{
    hlr_db_close(self);
}

static bool sqlite_changed(void *self)
{
    struct hlr_db *db = self;

    return ask(db, "PRAGMA data_version", -1) != db->version;
}

static int sqlite_load(void *self,
                       bool (*row)(void *ctx, const struct hlr_stored *row),
                       void *ctx, char *why, size_t size)
{
    static const struct hlr_filter all = { .status = 0 };
    struct hlr_db *db = self;
    int rc;

    /* Asked before the snapshot is taken: a commit between the two costs one
     * load more, never a change. */
    db->version = ask(db, "PRAGMA data_version", -1);
    rc = run(db, "BEGIN", "begin");
    if (rc == 0) {
        rc = hlr_db_list(db, &all, row, ctx);
        sqlite3_exec(db->sql, "COMMIT", NULL, NULL, NULL);
    }
    if (rc == -1)
        snprintf(why, size, "%s", db->why);
    return rc;
}

const struct hlr_backend hlr_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .load = sqlite_load,
    .changed = sqlite_changed,
};

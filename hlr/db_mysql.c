/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_mysql.c - the register in MySQL or MariaDB, one or a Galera cluster
 *
 * Written for what MariaDB's Connector/C and Oracle's libmysqlclient have in
 * common. A connection is one of several hosts; it is looked at before it is
 * used, when that was some time ago: is it there, and is it a synced node of
 * its cluster, if it is of one, or else writable, if there are others? What fails in a way that another host may mend
 * drops it, and the next use tries the others in turn.
 */

#include "db.h"
#include "db_driver.h"
#include "db_feed.h"
#include "db_turn.h"

#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 2000,
    CELL = 64,      /* octets of a column, to begin with */
    SLOW_S = 600,   /* how long the server waits for our rows() */
    LOCK_MAX_S = 5, /* wait for a lock, then begin again */
    GALERA_SYNCED = 4
};

/* Servers that take no LOAD DATA LOCAL say one of these. */
enum {
    NOT_ALLOWED = 1148,
    NO_LOCAL_FILES = 3948,
    NO_LOCAL_LOAD = 4166,
    LOCAL_REJECTED = 2068,
};

/* my_bool in MariaDB's headers, bool in Oracle's. */
typedef __typeof__(*((MYSQL_BIND *)NULL)->is_null) flag;

struct my {
    struct db db;
    struct db_conf conf;
    MYSQL *sql; /* NULL: no connection */
    bool used;  /* there was one, to the host whose turn it is */
    struct db_turn turn;
    bool galera;
    uint64_t looked_ms;
    struct db_feed *feed; /* a bulk is going on */
};

struct cell {
    char *p; /* NULL: n */
    size_t size;
    unsigned long len;
    long long n;
    flag null, cut;
    bool blob;
};

struct stmt {
    MYSQL_STMT *s;
    unsigned columns;
    MYSQL_BIND *bind;
    struct cell *cell;
};

static struct my *my_of(struct db *db)
{
    return (struct my *)db;
}

static void *need(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

/* ---- threads ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t ends;
static _Thread_local bool begun;

static void thread_ends(void *unused)
{
    (void)unused;
    mysql_thread_end();
}

static void library(void)
{
    if (mysql_library_init(0, NULL, NULL) != 0 ||
        pthread_key_create(&ends, thread_ends) != 0)
        abort();
}

/* Whichever thread it is, and whoever opened the handle. */
static void thread_begins(void)
{
    static char mark;

    if (begun)
        return;
    pthread_once(&once, library);
    if (mysql_thread_init() != 0 || pthread_setspecific(ends, &mark) != 0)
        abort();
    begun = true;
}

/* ---- failures ---- */

static void drop(struct my *m)
{
    if (m->sql == NULL)
        return;
    /* First, so that the statements do not go there to say good-bye. */
    mysql_close(m->sql);
    m->sql = NULL;
    db_forget(&m->db);
}

static enum db_rc failed_with(struct my *m, unsigned code, const char *text)
{
    enum db_rc rc = db_mysql_rc(code);

    db_fail(&m->db, rc, "%s (%u)", text, code);
    if (rc == DB_LOST)
        drop(m);
    return rc;
}

static enum db_rc failed(struct my *m)
{
    return failed_with(m, mysql_errno(m->sql), mysql_error(m->sql));
}

static enum db_rc stmt_failed(struct my *m, MYSQL_STMT *s)
{
    return failed_with(m, mysql_stmt_errno(s), mysql_stmt_error(s));
}

/* ---- connections ---- */

static enum db_rc my_exec(struct db *db, const char *sql)
{
    struct my *m = my_of(db);
    MYSQL_RES *res;

    if (m->sql == NULL)
        return db_fail(db, DB_LOST, "no connection");
    if (mysql_query(m->sql, sql) != 0)
        return failed(m);
    res = mysql_store_result(m->sql);
    mysql_free_result(res);
    return DB_OK;
}

/* The second column of the one row of a SHOW, "" if there is none. */
static bool show(struct my *m, const char *sql, char *out, size_t size)
{
    MYSQL_RES *res;
    MYSQL_ROW row;

    out[0] = '\0';
    if (mysql_query(m->sql, sql) != 0 ||
        (res = mysql_store_result(m->sql)) == NULL)
        return false;
    row = mysql_fetch_row(res);
    if (row != NULL && mysql_num_fields(res) > 1 && row[1] != NULL)
        snprintf(out, size, "%s", row[1]);
    mysql_free_result(res);
    return true;
}

/* Of several that are no cluster one is the primary; what was that before may
 * be there still, read-only, and behind. */
static enum db_rc look_writable(struct my *m)
{
    char read_only[32];

    if (!show(m, "SHOW GLOBAL VARIABLES LIKE 'read_only'", read_only,
              sizeof(read_only)))
        return failed(m);
    return strcmp(read_only, "OFF") == 0
               ? DB_OK
               : db_fail(&m->db, DB_LOST, "it is read-only");
}

/* Is it there, and may it be asked? */
static enum db_rc look(struct my *m)
{
    char state[32];

    m->looked_ms = db_now_ms();
    if (!m->galera)
        return m->conf.hosts > 1         ? look_writable(m)
               : mysql_ping(m->sql) == 0 ? DB_OK
                                         : failed(m);
    if (!show(m, "SHOW GLOBAL STATUS LIKE 'wsrep_local_state'", state,
              sizeof(state)))
        return failed(m);
    if (atoi(state) == GALERA_SYNCED)
        return DB_OK;
    return db_fail(&m->db, DB_LOST,
                   "it is not a synced node of its cluster (wsrep_local_state "
                   "%s)",
                   state);
}

static unsigned seconds(uint32_t ms)
{
    return ms <= 1000 ? 1 : (ms + 999) / 1000;
}

#ifdef MARIADB_PACKAGE_VERSION
static void set_tls_mode(MYSQL *sql, enum db_tls tls)
{
    flag on = tls != DB_TLS_OFF, verify = tls == DB_TLS_VERIFY;

    mysql_options(sql, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_options(sql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}
#else
static void set_tls_mode(MYSQL *sql, enum db_tls tls)
{
    unsigned mode = tls == DB_TLS_OFF  ? SSL_MODE_DISABLED
                    : tls == DB_TLS_ON ? SSL_MODE_REQUIRED
                                       : SSL_MODE_VERIFY_IDENTITY;

    mysql_options(sql, MYSQL_OPT_SSL_MODE, &mode);
}
#endif

static void set_tls(MYSQL *sql, const struct db_conf *c)
{
    if (c->tls != DB_TLS_OFF && c->tls_ca[0] != '\0')
        mysql_options(sql, MYSQL_OPT_SSL_CA, c->tls_ca);
    if (c->tls != DB_TLS_OFF && c->tls_cert[0] != '\0')
        mysql_options(sql, MYSQL_OPT_SSL_CERT, c->tls_cert);
    if (c->tls != DB_TLS_OFF && c->tls_key[0] != '\0')
        mysql_options(sql, MYSQL_OPT_SSL_KEY, c->tls_key);
    set_tls_mode(sql, c->tls);
}

static void set_options(struct my *m, const struct db_host *h)
{
    unsigned connect_s = seconds(m->conf.connect_ms);
    unsigned query_s = seconds(m->conf.query_ms);
    unsigned yes = 1, protocol = MYSQL_PROTOCOL_TCP;

    mysql_options(m->sql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_s);
    mysql_options(m->sql, MYSQL_OPT_READ_TIMEOUT, &query_s);
    mysql_options(m->sql, MYSQL_OPT_WRITE_TIMEOUT, &query_s);
    mysql_options(m->sql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    /* What is sent is made by db_feed_read(), whichever file a server asks for. */
    mysql_options(m->sql, MYSQL_OPT_LOCAL_INFILE, &yes);
    /* The name "localhost" would mean the socket. */
    if (h->name[0] != '\0')
        mysql_options(m->sql, MYSQL_OPT_PROTOCOL, &protocol);
    set_tls(m->sql, &m->conf);
}

/*
 * Waits until the node has all that was committed in its cluster before. What
 * was seen on another node, a row of the journal say, must not be older here.
 */
static enum db_rc catch_up(struct my *m)
{
    enum db_rc rc = my_exec(&m->db, "SET SESSION wsrep_sync_wait = 1");

    if (rc == DB_OK)
        rc = my_exec(&m->db, "SELECT 1");
    if (rc == DB_OK)
        rc = my_exec(&m->db, "SET SESSION wsrep_sync_wait = 0");
    return rc;
}

/*
 * Bad values are errors; times are UTC. READ COMMITTED, so that who waited for
 * a row sees what the other did before he came.
 */
static enum db_rc set_session(struct my *m)
{
    unsigned lock_s = seconds(m->conf.query_ms) / 2;
    char sql[400], on[32];
    enum db_rc rc;

    if (lock_s < 1)
        lock_s = 1;
    snprintf(sql, sizeof(sql),
             "SET SESSION sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,"
             "NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO',"
             " SESSION time_zone = '+00:00', SESSION autocommit = 1,"
             " SESSION net_write_timeout = %d, SESSION net_read_timeout = %d,"
             " SESSION innodb_lock_wait_timeout = %u",
             SLOW_S, SLOW_S, lock_s < LOCK_MAX_S ? lock_s : LOCK_MAX_S);
    rc = my_exec(&m->db, sql);
    if (rc == DB_OK)
        rc = my_exec(&m->db,
                     "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    if (rc != DB_OK)
        return rc;
    if (!show(m, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'", on, sizeof(on)))
        return failed(m);
    m->galera = strcmp(on, "ON") == 0;
    rc = look(m);
    if (rc == DB_OK && m->galera)
        rc = catch_up(m);
    if (rc == DB_OK && m->galera && m->conf.sync_reads)
        rc = my_exec(&m->db, "SET SESSION wsrep_sync_wait = 1");
    return rc;
}

static int feed_open(void **self, const char *name, void *my);
static int feed_read(void *self, char *buf, unsigned size);
static void feed_end(void *self);
static int feed_error(void *self, char *text, unsigned size);

static enum db_rc login(struct my *m, const struct db_host *h)
{
    const struct db_conf *c = &m->conf;
    /* without a path it is the library's own */
    const char *socket = h->socket[0] != '\0' ? h->socket : NULL;

    m->sql = need(mysql_init(NULL));
    set_options(m, h);
    if (mysql_real_connect(m->sql, h->name[0] != '\0' ? h->name : NULL, c->user,
                           c->password, c->database, h->port,
                           h->name[0] != '\0' ? NULL : socket,
                           CLIENT_FOUND_ROWS) == NULL)
        return db_fail(&m->db, db_mysql_rc(mysql_errno(m->sql)), "%s (%u)",
                       mysql_error(m->sql), mysql_errno(m->sql));
    if (c->tls != DB_TLS_OFF && mysql_get_ssl_cipher(m->sql) == NULL)
        return db_fail(&m->db, DB_FAILED, "it does not speak TLS");
    mysql_set_local_infile_handler(m->sql, feed_open, feed_read, feed_end,
                                   feed_error, m);
    return set_session(m);
}

static void host_str(const struct db_host *h, char *out, size_t size)
{
    if (h->name[0] == '\0')
        snprintf(out, size, "%s",
                 h->socket[0] != '\0' ? h->socket : "localhost");
    else
        snprintf(out, size, "%s:%u", h->name, h->port);
}

/* True: connected, or there is no other to try. */
static bool try_host(struct my *m)
{
    const struct db_host *h = &m->conf.host[m->turn.host];
    char host[sizeof(h->name) + 8];
    enum db_rc rc;

    host_str(h, host, sizeof(host));
    snprintf(m->db.name, sizeof(m->db.name), "%s at %s", m->conf.database,
             host);
    rc = login(m, h);
    if (rc == DB_OK) {
        db_turn_works(&m->turn);
        m->used = true;
        return true;
    }
    drop(m);
    return db_turn_failed(&m->turn, db_now_ms(), rc, host,
                          strstr(m->db.why, ">: ") + 3);
}

/* Host by host, so long as it may take; the next call goes on from there. */
static enum db_rc connect_any(struct my *m)
{
    uint64_t since = db_now_ms();

    if (m->used)
        db_turn_leave(&m->turn);
    m->used = false;
    if (db_turn_may(&m->turn, since))
        while (!try_host(m) && db_now_ms() - since < m->conf.connect_ms)
            continue;
    if (m->sql != NULL)
        return DB_OK;
    snprintf(m->db.name, sizeof(m->db.name), "%s", m->conf.database);
    return db_fail(&m->db, m->turn.refused ? DB_FAILED : DB_LOST,
                   "cannot connect to %s", m->turn.said);
}

static enum db_rc my_ready(struct db *db)
{
    struct my *m = my_of(db);

    thread_begins();
    if (m->sql != NULL &&
        (db_now_ms() - m->looked_ms < LOOK_MS || look(m) == DB_OK))
        return DB_OK;
    drop(m);
    return connect_any(m);
}

/* ---- statements ---- */

static void my_unprepare(void *p)
{
    struct stmt *st = p;

    thread_begins();
    mysql_stmt_close(st->s);
    for (unsigned i = 0; i < st->columns; i++)
        free(st->cell[i].p);
    free(st->cell);
    free(st->bind);
    free(st);
}

static bool is_number(enum enum_field_types type)
{
    switch (type) {
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: /* sum() */
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        return true;
    default:
        return false;
    }
}

static void bind_cell(MYSQL_BIND *b, struct cell *c)
{
    *b = (MYSQL_BIND){
        .buffer_type = MYSQL_TYPE_LONGLONG,
        .buffer = &c->n,
        .buffer_length = sizeof(c->n),
        .length = &c->len,
        .is_null = &c->null,
        .error = &c->cut,
    };
    if (c->p == NULL)
        return;
    b->buffer_type = c->blob ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
    b->buffer = c->p;
    b->buffer_length = (unsigned long)c->size - 1; /* room for a 0 */
}

static void make_cells(struct stmt *st, MYSQL_RES *meta)
{
    enum { BINARY_CHARSET = 63 };
    const MYSQL_FIELD *field = mysql_fetch_fields(meta);

    st->cell = need(calloc(st->columns, sizeof(*st->cell)));
    st->bind = need(calloc(st->columns, sizeof(*st->bind)));
    for (unsigned i = 0; i < st->columns; i++) {
        struct cell *c = &st->cell[i];

        if (!is_number(field[i].type)) {
            c->size = CELL;
            c->p = need(malloc(c->size));
            c->blob = field[i].charsetnr == BINARY_CHARSET;
        }
        bind_cell(&st->bind[i], c);
    }
}

static void *my_prepare(struct db *db, const char *sql)
{
    struct my *m = my_of(db);
    MYSQL_STMT *s = need(mysql_stmt_init(m->sql));
    struct stmt *st;
    MYSQL_RES *meta;

    if (mysql_stmt_prepare(s, sql, strlen(sql)) != 0) {
        unsigned code = mysql_stmt_errno(s);
        char text[DB_WHY];

        snprintf(text, sizeof(text), "%s", mysql_stmt_error(s));
        mysql_stmt_close(s);
        failed_with(m, code, text);
        return NULL;
    }
    st = need(calloc(1, sizeof(*st)));
    st->s = s;
    meta = mysql_stmt_result_metadata(s);
    if (meta != NULL) {
        st->columns = mysql_num_fields(meta);
        make_cells(st, meta);
        mysql_free_result(meta);
    }
    return st;
}

static enum db_rc execute(struct my *m, struct stmt *st,
                          const struct db_val *arg, unsigned n)
{
    MYSQL_BIND bind[DB_COLUMNS] = { { .buffer = NULL } };
    unsigned long len[DB_COLUMNS];
    long long num[DB_COLUMNS];

    if (n > DB_COLUMNS || mysql_stmt_param_count(st->s) != n)
        return db_fail(&m->db, DB_FAILED, "%u values for %lu places", n,
                       mysql_stmt_param_count(st->s));
    for (unsigned i = 0; i < n; i++) {
        switch (arg[i].type) {
        case DB_NULL:
            bind[i].buffer_type = MYSQL_TYPE_NULL;
            continue;
        case DB_INT:
            num[i] = arg[i].n;
            bind[i].buffer_type = MYSQL_TYPE_LONGLONG;
            bind[i].buffer = &num[i];
            continue;
        case DB_TEXT:
            bind[i].buffer_type = MYSQL_TYPE_STRING;
            break;
        case DB_BLOB:
            bind[i].buffer_type = MYSQL_TYPE_BLOB;
            break;
        }
        len[i] = (unsigned long)arg[i].len;
        bind[i].buffer = (void *)(uintptr_t)arg[i].p;
        bind[i].buffer_length = len[i];
        bind[i].length = &len[i];
    }
    if ((n > 0 && mysql_stmt_bind_param(st->s, bind)) ||
        mysql_stmt_execute(st->s) != 0)
        return stmt_failed(m, st->s);
    return DB_OK;
}

static enum db_rc my_run(struct db *db, void *p, const struct db_val *arg,
                         unsigned n)
{
    struct my *m = my_of(db);
    struct stmt *st = p;
    enum db_rc rc = execute(m, st, arg, n);

    if (rc != DB_OK)
        return rc;
    if (st->columns > 0)
        mysql_stmt_free_result(st->s);
    else
        db->changes = (int64_t)mysql_stmt_affected_rows(st->s);
    return DB_OK;
}

/* A value that was longer than any before it. */
static bool fetch_rest(struct stmt *st, unsigned i)
{
    struct cell *c = &st->cell[i];

    c->size = c->len + 1;
    c->p = need(realloc(c->p, c->size));
    bind_cell(&st->bind[i], c);
    return mysql_stmt_fetch_column(st->s, &st->bind[i], i, 0) == 0;
}

static bool read_cells(struct stmt *st, struct db_val *col, bool *grown)
{
    for (unsigned i = 0; i < st->columns; i++) {
        struct cell *c = &st->cell[i];

        col[i] = (struct db_val){ .type = DB_NULL };
        if (c->null)
            continue;
        if (c->p == NULL) {
            col[i] = db_int(c->n);
            continue;
        }
        if (c->len >= c->size) {
            if (!fetch_rest(st, i))
                return false;
            *grown = true;
        }
        c->p[c->len] = '\0';
        col[i].type = c->blob ? DB_BLOB : DB_TEXT;
        col[i].p = c->p;
        col[i].len = c->len;
    }
    return true;
}

static enum db_rc fetch(struct my *m, struct stmt *st, db_row *row, void *ctx)
{
    struct db_val col[DB_COLUMNS];
    bool grown = false;
    int got;

    if (mysql_stmt_bind_result(st->s, st->bind))
        return stmt_failed(m, st->s);
    while ((got = mysql_stmt_fetch(st->s)) == 0 ||
           got == MYSQL_DATA_TRUNCATED) {
        if (!read_cells(st, col, &grown))
            return stmt_failed(m, st->s);
        if (!row(ctx, col, st->columns))
            break;
        if (grown && mysql_stmt_bind_result(st->s, st->bind))
            return stmt_failed(m, st->s);
        grown = false;
    }
    if (got == 1)
        return stmt_failed(m, st->s);
    return mysql_stmt_free_result(st->s) ? stmt_failed(m, st->s) : DB_OK;
}

static enum db_rc my_ask(struct db *db, void *p, const struct db_val *arg,
                         unsigned n, db_row *row, void *ctx)
{
    struct my *m = my_of(db);
    struct stmt *st = p;
    enum db_rc rc;

    if (st->columns == 0 || st->columns > DB_COLUMNS)
        return db_fail(db, DB_FAILED, "no columns, or too many");
    rc = execute(m, st, arg, n);
    return rc == DB_OK ? fetch(m, st, row, ctx) : rc;
}

/* ---- many rows: LOAD DATA LOCAL, of a file that is none ---- */

static int feed_open(void **self, const char *name, void *my)
{
    struct my *m = my;

    (void)name;
    *self = m->feed;
    return m->feed == NULL;
}

static int feed_read(void *self, char *buf, unsigned size)
{
    return (int)db_feed_read(self, buf, size);
}

static void feed_end(void *self)
{
    (void)self;
}

static int feed_error(void *self, char *text, unsigned size)
{
    (void)self;
    snprintf(text, size, "no file is sent");
    return 1;
}

/* With LOCAL, rows that do not fit are left out, or changed until they do, and
 * only a warning tells. */
static enum db_rc all_taken(struct my *m, uint64_t rows)
{
    uint64_t taken = mysql_affected_rows(m->sql);
    unsigned warnings = mysql_warning_count(m->sql);
    unsigned code = 0;
    char text[200] = "some rows are missing";
    MYSQL_RES *res;
    MYSQL_ROW row;

    if (taken == rows && warnings == 0)
        return DB_OK;
    if (mysql_query(m->sql, "SHOW WARNINGS LIMIT 1") != 0 ||
        (res = mysql_store_result(m->sql)) == NULL)
        return failed(m);
    row = mysql_fetch_row(res);
    if (row != NULL) {
        code = (unsigned)strtoul(row[1], NULL, 10);
        snprintf(text, sizeof(text), "%s", row[2]);
    }
    mysql_free_result(res);
    return db_fail(&m->db, db_mysql_rc(code) == DB_TAKEN ? DB_TAKEN : DB_FAILED,
                   "%llu of %llu rows, %u warnings: %s (%u)",
                   (unsigned long long)taken, (unsigned long long)rows,
                   warnings, text, code);
}

static enum db_rc my_bulk(struct db *db, const char *table, const char *columns,
                          unsigned n, db_next *next, void *ctx)
{
    struct my *m = my_of(db);
    struct db_feed f = { .next = next, .ctx = ctx, .n = n };
    char sql[1000];
    unsigned code;

    if (m->sql == NULL)
        return db_fail(db, DB_LOST, "no connection");
    snprintf(sql, sizeof(sql),
             "LOAD DATA LOCAL INFILE 'rows' INTO TABLE %s CHARACTER SET binary"
             " FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\'"
             " LINES TERMINATED BY '\\n' (%s)",
             table, columns);
    m->feed = &f;
    code = mysql_query(m->sql, sql) != 0 ? mysql_errno(m->sql) : 0;
    m->feed = NULL;
    db_feed_fini(&f);
    db->no_bulk = code == NOT_ALLOWED || code == NO_LOCAL_FILES ||
                  code == NO_LOCAL_LOAD || code == LOCAL_REJECTED;
    return code != 0 ? failed(m) : all_taken(m, f.rows);
}

/* ---- */

static void my_close(struct db *db)
{
    struct my *m = my_of(db);

    thread_begins();
    if (m->sql != NULL)
        mysql_close(m->sql);
    explicit_bzero(m->conf.password, sizeof(m->conf.password));
    free(m);
}

static const char *const begin_read[] = {
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    NULL,
};

static const struct db_driver driver = {
    .kind = DB_MYSQL,
    .begin_write = "START TRANSACTION",
    .begin_read = begin_read,
    .ready = my_ready,
    .exec = my_exec,
    .prepare = my_prepare,
    .unprepare = my_unprepare,
    .run = my_run,
    .ask = my_ask,
    .bulk = my_bulk,
    .close = my_close,
};

enum db_rc db_mysql_open(const struct db_conf *conf, struct db **db, char *why,
                         size_t size)
{
    struct my *m = need(calloc(1, sizeof(*m)));
    enum db_rc rc;

    m->db.driver = &driver;
    m->conf = *conf;
    m->turn.hosts = conf->hosts;
    if (m->conf.connect_ms == 0)
        m->conf.connect_ms = 3000;
    if (m->conf.query_ms == 0)
        m->conf.query_ms = 10000;
    m->db.limit_ms = m->conf.query_ms;
    thread_begins();
    do
        rc = m->conf.hosts == 0
                 ? db_fail(&m->db, DB_FAILED, "no host is configured")
                 : connect_any(m);
    while (rc == DB_LOST && m->turn.failed < m->conf.hosts);
    if (rc == DB_OK) {
        *db = &m->db;
        return DB_OK;
    }
    snprintf(why, size, "%s", m->db.why);
    my_close(&m->db);
    return rc;
}

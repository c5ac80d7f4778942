/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_cases.c - what every database that a register is kept in must do
 */

#include "db_cases.h"

#include "check.h"

#include <pthread.h>

static struct db *(*open_db)(void);
static struct db *db; /* most cases need one */

int64_t db_number(struct db *d, const char *sql)
{
    int64_t n = -1;
    enum db_rc rc = db_ask_int(d, sql, NULL, 0, -1, &n);

    if (rc == DB_OK)
        return n;
    printf("%s: %s\n", sql, db_why(d));
    return -1;
}

bool db_does(struct db *d, const char *sql)
{
    enum db_rc rc = db_run(d, sql, NULL, 0);

    if (rc != DB_OK)
        printf("%s: %s\n", sql, db_why(d));
    return rc == DB_OK;
}

/* ---- values ---- */

struct seen {
    unsigned rows, stop_after, columns;
    struct db_val col[8];
    char copy[8][6000];
};

static bool see(void *ctx, const struct db_val *col, unsigned n)
{
    struct seen *s = ctx;

    s->columns = n;
    for (unsigned i = 0; i < n && i < 8; i++) {
        s->col[i] = col[i];
        if (col[i].p != NULL && col[i].len < sizeof(s->copy[i])) {
            memcpy(s->copy[i], col[i].p, col[i].len + 1);
            s->col[i].p = s->copy[i];
        }
    }
    s->rows++;
    return s->rows != s->stop_after;
}

static bool same(const struct db_val *a, const struct db_val *b)
{
    if (a->type != b->type)
        return false;
    if (a->type == DB_INT)
        return a->n == b->n;
    return a->type == DB_NULL ||
           (a->len == b->len &&
            (a->len == 0 || memcmp(a->p, b->p, a->len) == 0));
}

static void gives_back_every_kind_of_value(void)
{
    static struct seen s;
    static char all[256], big[5000], text[301];
    struct db_val rows[][3] = {
        { db_int(0), db_text(""), db_blob("", 0) },
        { db_int(INT64_MAX), db_text("\xc3\xa4\xf0\x9f\x98\x80 \\ ' \""),
          db_blob(all, sizeof(all)) },
        { db_int(INT64_MIN), db_text(text), db_blob(big, sizeof(big)) },
        { db_text(NULL), db_text(NULL), db_text(NULL) },
        { db_int(-1), db_text("x"), db_blob("\0", 1) },
    };

    for (unsigned i = 0; i < 256; i++)
        all[i] = (char)i;
    memset(big, 'b', sizeof(big));
    memset(text, 't', sizeof(text) - 1);
    rows[2][1] = db_text(text);
    CHECK(db_does(
        db, db_sql(db,
                   "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT, s TEXT,"
                   " b BLOB)",
                   "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT,"
                   " s VARCHAR(300) CHARACTER SET utf8mb4, b BLOB)")));
    for (unsigned i = 0; i < 5; i++) {
        struct db_val id = db_int(i);
        struct db_val arg[4] = { id, rows[i][0], rows[i][1], rows[i][2] };

        CHECK(db_run(db, "INSERT INTO t (id, n, s, b) VALUES (?, ?, ?, ?)", arg,
                     4) == DB_OK);
        memset(&s, 0, sizeof(s));
        CHECK(db_ask(db, "SELECT n, s, b FROM t WHERE id = ?", &id, 1, see,
                     &s) == DB_OK);
        CHECK(s.rows == 1 && s.columns == 3);
        CHECK(same(&s.col[0], &arg[1]));
        CHECK(same(&s.col[1], &arg[2]));
        CHECK(same(&s.col[2], &arg[3]));
        CHECK(s.col[1].p == NULL || s.col[1].p[s.col[1].len] == '\0');
    }
    s.rows = 0;
    CHECK(db_ask(db, "SELECT s, b FROM t ORDER BY id", NULL, 0, see, &s) ==
          DB_OK);
    CHECK(s.rows == 5 && strcmp(s.copy[0], "x") == 0);
    s = (struct seen){ .stop_after = 2 };
    CHECK(db_ask(db, "SELECT id FROM t ORDER BY id", NULL, 0, see, &s) ==
          DB_OK);
    CHECK(s.rows == 2 && s.col[0].n == 1);
    CHECK(db_number(db, "SELECT count(*) FROM t WHERE n IS NULL") == 1);
    CHECK(db_number(db, "SELECT sum(id) FROM t") == 10);
    CHECK(db_number(db, "SELECT n FROM t WHERE id = 77") == -1);
}

static void tells_what_is_taken_and_what_is_wrong(void)
{
    static const char put[] = "INSERT INTO t (id, n) VALUES (?, ?)";
    struct db_val arg[2] = { db_int(0), db_int(1) };

    CHECK(db_run(db, put, arg, 2) == DB_TAKEN);
    CHECK(strncmp(db_why(db), "register <", 10) == 0);
    CHECK(db_run(db, put, arg, 1) == DB_FAILED);
    CHECK(db_run(db, "INSERT INTO nowhere VALUES (1)", NULL, 0) == DB_FAILED);
    CHECK(strstr(db_why(db), "nowhere") != NULL);
    CHECK(db_run(db, "this is no SQL", NULL, 0) == DB_FAILED);
    arg[0] = db_int(100);
    CHECK(db_run(db, put, arg, 2) == DB_OK && db_changes(db) == 1);
    CHECK(db_run(db, "UPDATE t SET n = ? WHERE id = 100", arg + 1, 1) == DB_OK);
    CHECK(db_changes(db) == 1); /* found, though it was that before */
    CHECK(db_run(db, "DELETE FROM t WHERE id = ?", arg, 1) == DB_OK);
    CHECK(db_changes(db) == 1);
    CHECK(db_run(db, "DELETE FROM t WHERE id = ?", arg, 1) == DB_OK);
    CHECK(db_changes(db) == 0);
}

static void makes_room_among_its_statements(void)
{
    char sql[60];

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 200; i++) {
            snprintf(sql, sizeof(sql), "SELECT %d FROM t WHERE id = 0", i);
            if (db_number(db, sql) != i)
                CHECK(false);
        }
}

/* ---- transactions ---- */

static unsigned runs;

static enum db_rc fails_after_a_row(struct db *d, void *ctx)
{
    enum db_rc *rc = ctx;

    runs++;
    CHECK(db_does(d, "INSERT INTO t (id, n) VALUES (50, 50)"));
    CHECK(db_number(d, "SELECT n FROM t WHERE id = 50") == 50);
    if (*rc == DB_TAKEN) /* which is no reason to give up */
        CHECK(db_run(d, "INSERT INTO t (id) VALUES (50)", NULL, 0) == DB_TAKEN);
    return *rc == DB_TAKEN ? DB_OK : *rc;
}

static enum db_rc holds_another(struct db *d, void *ctx)
{
    CHECK(db_does(d, "INSERT INTO t (id, n) VALUES (51, 51)"));
    return db_transaction(d, false, fails_after_a_row, ctx);
}

static void undoes_what_failed(void)
{
    enum db_rc rc = DB_FAILED;

    runs = 0;
    CHECK(db_transaction(db, true, fails_after_a_row, &rc) == DB_FAILED);
    CHECK(runs == 1);
    CHECK(db_transaction(db, true, holds_another, &rc) == DB_FAILED);
    CHECK(db_number(db, "SELECT count(*) FROM t WHERE id >= 50") == 0);
    runs = 0;
    rc = DB_AGAIN;
    CHECK(db_transaction(db, false, fails_after_a_row, &rc) == DB_AGAIN);
    CHECK(runs > 5 && runs < 100);
    CHECK(db_number(db, "SELECT count(*) FROM t WHERE id >= 50") == 0);
    rc = DB_TAKEN;
    CHECK(db_transaction(db, false, holds_another, &rc) == DB_OK);
    CHECK(db_number(db, "SELECT count(*) FROM t WHERE id >= 50") == 2);
    CHECK(db_does(db, "DELETE FROM t WHERE id >= 50"));
}

/* Two that take two rows in opposite orders, with time to meet. */
static pthread_barrier_t met;

struct crossing {
    struct db *db;
    int first, second;
    unsigned runs;
    enum db_rc rc;
};

static enum db_rc cross(struct db *d, void *ctx)
{
    struct crossing *c = ctx;
    struct db_val v = db_int(c->first);
    enum db_rc rc;

    c->runs++;
    rc = db_run(d, "UPDATE t SET n = n + 1 WHERE id = ?", &v, 1);
    if (rc != DB_OK)
        return rc;
    if (c->runs == 1 && db_kind(d) == DB_MYSQL)
        pthread_barrier_wait(&met);
    v = db_int(c->second);
    db_run(d, "UPDATE t SET n = n + 1 WHERE id = ?", &v, 1);
    /* Nothing is done in a dead transaction, and it is not forgotten. */
    v = db_int(4);
    db_run(d, "UPDATE t SET n = n + 1 WHERE id = ?", &v, 1);
    return DB_OK;
}

static void *crosses(void *ctx)
{
    struct crossing *c = ctx;

    c->rc = db_transaction(c->db, false, cross, c);
    return NULL;
}

static void repeats_the_one_that_lost_a_deadlock(void)
{
    struct crossing c[2] = { { open_db(), 60, 61, 0, DB_FAILED },
                             { open_db(), 61, 60, 0, DB_FAILED } };
    pthread_t t[2];

    CHECK(db_does(db, "INSERT INTO t (id, n) VALUES (60, 0), (61, 0)"));
    CHECK(db_does(db, "UPDATE t SET n = 0 WHERE id = 4"));
    pthread_barrier_init(&met, NULL, 2);
    /* opened here, used there */
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, crosses, &c[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    CHECK(c[0].rc == DB_OK && c[1].rc == DB_OK);
    CHECK(c[0].runs + c[1].runs == (db_kind(db) == DB_MYSQL ? 3u : 2u));
    CHECK(db_number(db, "SELECT n FROM t WHERE id = 60") == 2);
    CHECK(db_number(db, "SELECT n FROM t WHERE id = 61") == 2);
    CHECK(db_number(db, "SELECT n FROM t WHERE id = 4") == 2);
    pthread_barrier_destroy(&met);
    db_close(c[0].db);
    db_close(c[1].db);
}

static void reads_one_state(void)
{
    static const char count[] = "SELECT count(*) FROM t";
    struct db *other = open_db();
    int64_t before;

    CHECK(db_read_begin(db) == DB_OK);
    before = db_number(db, count);
    CHECK(db_does(other, "INSERT INTO t (id) VALUES (70)"));
    CHECK(db_number(db, count) == before);
    CHECK(db_number(other, count) == before + 1);
    db_read_end(db);
    CHECK(db_number(db, count) == before + 1);
    db_close(other);
}

static enum db_rc see_the_other(struct db *d, void *ctx)
{
    struct db *other = ctx;

    CHECK(db_number(d, "SELECT count(*) FROM t WHERE id = 71") == 0);
    if (db_kind(d) == DB_SQLITE) /* it is for writing from its beginning */
        return DB_OK;
    CHECK(db_does(other, "INSERT INTO t (id) VALUES (71)"));
    CHECK(db_number(d, "SELECT count(*) FROM t WHERE id = 71") == 1);
    return DB_OK;
}

static void a_writer_sees_what_was_committed_before_each_statement(void)
{
    struct db *other = open_db();

    CHECK(db_transaction(db, false, see_the_other, other) == DB_OK);
    db_close(other);
}

/* ---- many rows ---- */

struct rows {
    int64_t n, of, bad; /* bad: that one is not as it should be */
    enum torn { TORN_DIGITS, TORN_LENGTH, TWICE, LONG } how;
    char first[16], note[400];
};

static bool next_row(void *ctx, struct db_val *v)
{
    struct rows *r = ctx;
    bool bad = r->n == r->bad;

    if (r->n == r->of)
        return false;
    snprintf(r->first, sizeof(r->first), "44770%06lld",
             (long long)(bad && r->how == TWICE ? r->n - 1 : r->n));
    v[0] = db_text(r->first);
    v[1] = db_text(r->first);
    v[2] = r->n % 2 == 0 ? db_text(NULL) : db_int(r->n + 1);
    snprintf(r->note, sizeof(r->note), "\\N\t%lld\n'\\ \xc3\xa4 ;",
             (long long)r->n);
    v[3] = db_text(r->note);
    if (bad && r->how == TORN_DIGITS)
        r->first[5] = 'x';
    if (bad && r->how == TORN_LENGTH)
        v[1] = db_text("1");
    if (bad && r->how == LONG)
        v[0] = v[1] = db_text("4477012345678901");
    r->n++;
    return true;
}

static const char columns[] = "first, last, cid, note";

static void takes_many_rows_as_they_are(void)
{
    struct rows r = { .of = 100000, .bad = -1 };
    static struct seen s;

    CHECK(db_does(db, "DELETE FROM vmn"));
    CHECK(db_bulk(db, "vmn", columns, 4, next_row, &r) == DB_OK);
    CHECK(r.n == 100000);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 100000);
    CHECK(db_number(db, "SELECT count(*) FROM vmn WHERE cid IS NULL") == 50000);
    CHECK(db_number(db, "SELECT max(cid) FROM vmn") == 100000);
    CHECK(db_ask(db, "SELECT note, status FROM vmn WHERE first = '44770000777'",
                 NULL, 0, see, &s) == DB_OK);
    CHECK(s.rows == 1 && strcmp(s.copy[1], "active") == 0);
    CHECK(strcmp(s.copy[0], "\\N\t777\n'\\ \xc3\xa4 ;") == 0);
    CHECK(db_does(db, "DELETE FROM vmn"));
}

static void refuses_many_rows_with_one_that_is_torn(void)
{
    for (int how = TORN_DIGITS; how <= LONG; how++) {
        struct rows r = { .of = 1000, .bad = 900, .how = (enum torn)how };
        enum db_rc rc = db_bulk(db, "vmn", columns, 4, next_row, &r);

        CHECK(rc == (how == TWICE ? DB_TAKEN : DB_FAILED));
        CHECK(db_number(db, "SELECT count(*) FROM vmn") == 0);
    }
}

static enum db_rc bulk_and_fail(struct db *d, void *ctx)
{
    struct rows r = { .of = 1000, .bad = -1 };

    (void)ctx;
    CHECK(db_bulk(d, "vmn", columns, 4, next_row, &r) == DB_OK);
    CHECK(db_number(d, "SELECT count(*) FROM vmn") == 1000);
    return DB_FAILED;
}

static void many_rows_are_part_of_their_transaction(void)
{
    struct rows none = { .of = 0 };

    CHECK(db_transaction(db, false, bulk_and_fail, NULL) == DB_FAILED);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 0);
    CHECK(db_bulk(db, "vmn", columns, 4, next_row, &none) == DB_OK);
    CHECK(db_bulk(db, "nowhere", columns, 4, next_row, &none) == DB_FAILED ||
          db_kind(db) == DB_SQLITE);
}

/* ---- the schema ---- */

/* What the journal has got since the last time, "row 1 2, owner": kinds with
 * their keys, in order. */
static bool add_change(void *ctx, const struct db_val *col, unsigned n)
{
    char *out = ctx;
    size_t at = strlen(out);

    (void)n;
    snprintf(out + at, 1000 - at, "%s%s%s%s%s%s", at > 0 ? ", " : "", col[0].p,
             col[1].len > 0 ? " " : "", col[1].p, col[1].len > 0 ? " " : "",
             col[2].p);
    return true;
}

static const char *changes(void)
{
    static char out[1000];

    out[0] = '\0';
    CHECK(db_ask(db, "SELECT kind, first, last FROM journal ORDER BY seq", NULL,
                 0, add_change, out) == DB_OK);
    CHECK(db_does(db, "DELETE FROM journal"));
    return out;
}

static void sql_by_hand_is_in_the_journal(void)
{
    char sql[200];

    db_does(db, "DELETE FROM vmn");
    changes();
    db_does(db, "INSERT INTO vmn (first, last) VALUES ('4477', '4479'),"
                " ('48', '48')");
    CHECK(strcmp(changes(), "row 4477 4479, row 48 48") == 0);
    db_does(db, "UPDATE vmn SET status = 'barred' WHERE first = '48'");
    CHECK(strcmp(changes(), "row 48 48") == 0);
    db_does(db, "UPDATE vmn SET first = '49', last = '49' WHERE first = '48'");
    CHECK(strcmp(changes(), "row 49 49, row 48 48") == 0);
    db_does(db, "DELETE FROM vmn WHERE first = '49'");
    CHECK(strcmp(changes(), "row 49 49") == 0);
    db_does(db, "INSERT INTO owner (name) VALUES ('acme')");
    db_does(db, "UPDATE owner SET note = 'x'");
    db_does(db, "DELETE FROM owner");
    CHECK(strcmp(changes(), "owner, owner, owner") == 0);
    db_does(db, "INSERT INTO node (id) VALUES ('a')");
    db_does(db, "INSERT INTO node_net (node, network) VALUES ('a', 'n')");
    CHECK(strcmp(changes(), "node, node") == 0);
    db_does(db, "UPDATE node SET beat_ms = 77");
    db_does(db, "UPDATE node_net SET msc_gt = ''");
    CHECK(strcmp(changes(), "") == 0);
    db_does(db, "UPDATE node SET drain = 1");
    db_does(db, "UPDATE node SET weight = 1");
    db_does(db, "UPDATE node_net SET msc_gt = '44'");
    db_does(db, "DELETE FROM node_net");
    db_does(db, "DELETE FROM node");
    CHECK(strcmp(changes(), "node, node, node, node, node") == 0);
    snprintf(sql, sizeof(sql), "INSERT INTO corr_key (octets) VALUES (%s)",
             db_sql(db, "zeroblob(32)", "repeat('k', 32)"));
    db_does(db, sql);
    db_does(db, "DELETE FROM corr_key");
    CHECK(strcmp(changes(), "key, key") == 0);
    snprintf(sql, sizeof(sql),
             "SELECT abs(%s - unix.ms) < 60000 FROM (%s) unix", db_clock(db),
             db_sql(db, "SELECT strftime('%s', 'now') * 1000 AS ms",
                    "SELECT UNIX_TIMESTAMP() * 1000 AS ms"));
    CHECK(db_number(db, sql) == 1);
    db_does(db, "INSERT INTO vmn (first, last) VALUES ('1', '1')");
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM journal WHERE abs(at_ms - %s) < 60000",
             db_clock(db));
    CHECK(db_number(db, sql) == 1);
}

static enum db_rc quietly(struct db *d, void *ctx)
{
    enum db_rc *rc = ctx;

    CHECK(db_journal(d, false) == DB_OK);
    db_does(d, "INSERT INTO vmn (first, last) VALUES ('5', '5')");
    return *rc;
}

static void the_journal_can_be_off_for_a_transaction(void)
{
    enum db_rc rc = DB_FAILED;

    changes();
    CHECK(db_transaction(db, false, quietly, &rc) == DB_FAILED);
    db_does(db, "INSERT INTO vmn (first, last) VALUES ('6', '6')");
    CHECK(strcmp(changes(), "row 6 6") == 0);
    rc = DB_OK;
    CHECK(db_transaction(db, false, quietly, &rc) == DB_OK);
    CHECK(strcmp(changes(), "") == 0);
    db_does(db, "INSERT INTO vmn (first, last) VALUES ('7', '7')");
    CHECK(strcmp(changes(), "row 7 7") == 0);
    CHECK(db_number(db, "SELECT count(*) FROM vmn WHERE first = '5'") == 1);
}

static void the_schema_refuses_bad_rows(void)
{
    static const char *const bad[] = {
        "'', '', NULL",
        "'44x', '44x', NULL",
        "'4477', '447', NULL",
        "'4478', '4477', NULL",
        "'4478', '447y', NULL",
        "'4479', '4479', '12345'",
        "'4479', '4479', '12345x'",
        "'4477', '4477', '001010000000009'",
        "'4480', '4480', '001010000000001'",
        "'4477012345678901', '4477012345678901', NULL",
    };
    char sql[200];

    db_does(db, "DELETE FROM vmn");
    CHECK(db_does(db, "INSERT INTO vmn (first, last, imsi) VALUES"
                      " ('4477', '4477', '001010000000001')"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(sql, sizeof(sql),
                 "INSERT INTO vmn (first, last, imsi) VALUES (%s)", bad[i]);
        CHECK(db_run(db, sql, NULL, 0) ==
              (i == 7 || i == 8 ? DB_TAKEN : DB_FAILED));
    }
    CHECK(db_run(db, "UPDATE vmn SET status = 'gone'", NULL, 0) == DB_FAILED);
    CHECK(db_run(db, "UPDATE vmn SET rate = 65536", NULL, 0) == DB_FAILED);
    CHECK(db_run(db, "UPDATE vmn SET imsi_mode = 'x'", NULL, 0) == DB_FAILED);
    CHECK(db_number(db, "SELECT span FROM vmn") == 0);
    CHECK(db_does(db, "UPDATE vmn SET last = '4499'"));
    CHECK(db_number(db, "SELECT span FROM vmn") == 4);
    CHECK(db_does(db, "DELETE FROM vmn"));
}

static void refuses_a_schema_from_the_future(void)
{
    CHECK(db_schema(db) == DB_SCHEMA);
    CHECK(db_migrate(db, NULL, NULL) == DB_OK);
    CHECK(db_does(db, "INSERT INTO schema_version (version) VALUES (99)"));
    CHECK(db_schema(db) == 99);
    CHECK(db_migrate(db, NULL, NULL) == DB_FAILED);
    CHECK(strstr(db_why(db), "schema 99") != NULL);
    CHECK(db_does(db, "DELETE FROM schema_version WHERE version = 99"));
    CHECK(db_schema(db) == DB_SCHEMA);
}

int db_cases(struct db *(*opens)(void))
{
    open_db = opens;
    db = open_db();
    if (db == NULL)
        return 1;
    gives_back_every_kind_of_value();
    tells_what_is_taken_and_what_is_wrong();
    makes_room_among_its_statements();
    undoes_what_failed();
    repeats_the_one_that_lost_a_deadlock();
    reads_one_state();
    a_writer_sees_what_was_committed_before_each_statement();
    takes_many_rows_as_they_are();
    refuses_many_rows_with_one_that_is_torn();
    many_rows_are_part_of_their_transaction();
    sql_by_hand_is_in_the_journal();
    the_journal_can_be_off_for_a_transaction();
    the_schema_refuses_bad_rows();
    refuses_a_schema_from_the_future();
    db_close(db);
    return check_failures;
}

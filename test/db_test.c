/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_test.c - the register's database: SQLite, rows for LOAD DATA, hosts in turn
 */

#include "check.h"
#include "db_cases.h"
#include "hlr/db_feed.h"
#include "hlr/db_turn.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/db_test.XXXXXX";
static char why[400];
static struct db_conf conf = { .kind = DB_SQLITE };

static void use_file(const char *name)
{
    snprintf(conf.file, sizeof(conf.file), "%s/%s", dir, name);
}

static struct db *open_file(void)
{
    struct db *db = db_open(&conf, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

/* ---- SQLite ---- */

static void says_what_is_wrong_with_a_file(void)
{
    struct db *db;
    FILE *f;

    use_file("no/such/directory/x.db");
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_FAILED);
    CHECK(db == NULL);
    CHECK(strstr(why, "no/such/directory/x.db") && strstr(why, "directory"));
    use_file("nothing.db");
    CHECK(db_open(&conf, false, why, sizeof(why)) == NULL);
    CHECK(access(conf.file, F_OK) == -1);
    use_file("text.db");
    f = fopen(conf.file, "w");
    for (int i = 0; i < 500; i++)
        fputs("this is not a database\n", f);
    fclose(f);
    CHECK(db_open(&conf, true, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "text.db") && strstr(why, "not a database"));
}

/* Keys are in it. Its neighbours get the same permissions. */
static void makes_files_that_not_everybody_can_read(void)
{
    mode_t mask = umask(022);
    char wal[300];
    struct stat st;
    struct db *db;

    use_file("secret.db");
    db = open_file();
    CHECK(stat(conf.file, &st) == 0 && (st.st_mode & 0777) == 0640);
    snprintf(wal, sizeof(wal), "%s-wal", conf.file);
    CHECK(stat(wal, &st) == 0 && (st.st_mode & 0777) == 0640);
    db_close(db);
    umask(mask);
}

enum { MAKERS = 4 };
static pthread_barrier_t together;

static void *makes_it(void *ctx)
{
    struct db **db = ctx;

    pthread_barrier_wait(&together);
    *db = open_file();
    return NULL;
}

/* As the threads of a box do when there is no file yet. */
static void several_may_make_a_file_at_once(void)
{
    struct db *db[MAKERS];
    pthread_t t[MAKERS];
    char name[20];

    pthread_barrier_init(&together, NULL, MAKERS);
    for (int round = 0; round < 50; round++) {
        snprintf(name, sizeof(name), "race%d.db", round);
        use_file(name);
        for (int i = 0; i < MAKERS; i++)
            pthread_create(&t[i], NULL, makes_it, &db[i]);
        for (int i = 0; i < MAKERS; i++) {
            pthread_join(t[i], NULL);
            CHECK(db[i] != NULL && db_schema(db[i]) == DB_SCHEMA);
            db_close(db[i]);
        }
    }
    pthread_barrier_destroy(&together);
}

static enum db_rc fills_the_disk(struct db *db, void *ctx)
{
    char sql[100];

    (void)ctx;
    CHECK(db_does(db, "INSERT INTO owner (name) VALUES ('first')"));
    for (int i = 0; i < 1000; i++) {
        snprintf(sql, sizeof(sql),
                 "INSERT INTO x VALUES (%d, zeroblob(100000))", i);
        if (db_run(db, sql, NULL, 0) != DB_OK)
            break;
    }
    /* whatever became of that: it is not to be written alone */
    db_run(db, "INSERT INTO owner (name) VALUES ('last')", NULL, 0);
    return DB_OK;
}

static void a_full_disk_undoes_all_of_a_transaction(void)
{
    struct db *db;
    int64_t pages;
    char sql[60];

    use_file("full.db");
    db = open_file();
    CHECK(db_does(db, "CREATE TABLE x (id INT, b BLOB)"));
    pages = db_number(db, "PRAGMA page_count");
    snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %lld",
             (long long)pages + 100);
    CHECK(db_number(db, sql) == pages + 100);
    CHECK(db_transaction(db, false, fills_the_disk, NULL) == DB_FAILED);
    CHECK(db_number(db, "SELECT count(*) FROM owner") == 0);
    CHECK(db_number(db, "SELECT count(*) FROM x") == 0);
    CHECK(db_does(db, "INSERT INTO owner (name) VALUES ('next')"));
    db_close(db);
}

static void waits_for_another_writer_only_so_long(void)
{
    struct db *a, *b;

    use_file("busy.db");
    a = open_file();
    conf.query_ms = 200;
    b = open_file();
    conf.query_ms = 0;
    CHECK(db_does(a, "BEGIN IMMEDIATE"));
    CHECK(db_run(b, "DELETE FROM vmn", NULL, 0) == DB_AGAIN);
    CHECK(db_does(a, "ROLLBACK"));
    CHECK(db_run(b, "DELETE FROM vmn", NULL, 0) == DB_OK);
    db_close(a);
    db_close(b);
}

/* As the program before this one made it. */
static void make_version_1(void)
{
    static const char *const sql[] = {
        "CREATE TABLE schema_version (version INTEGER NOT NULL)",
        "INSERT INTO schema_version VALUES (1)",
        "CREATE TABLE vmn ("
        " first TEXT NOT NULL"
        "  CHECK (length(first) BETWEEN 1 AND 15 AND first NOT GLOB "
        "'*[^0-9]*'),"
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
        ") WITHOUT ROWID",
        "CREATE INDEX vmn_range ON vmn (first) WHERE first <> last",
        "INSERT INTO vmn VALUES ('4477', '4479', '001010000000001', 'home',"
        " 'barred', 'shop', 1234567890123), ('48', '48', NULL, '', 'active',"
        " '', 0)",
    };
    struct db *db;

    fclose(fopen(conf.file, "w"));
    db = db_open(&conf, false, why, sizeof(why));
    CHECK(db_schema(db) == 0);
    for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
        CHECK(db_does(db, sql[i]));
    db_close(db);
}

static char told[400];

static void tell(void *ctx, const char *line)
{
    (void)ctx;
    strcat(strcat(told, line), "\n");
}

static void brings_a_file_of_version_1_up_to_date(void)
{
    struct db *db;

    use_file("old.db");
    make_version_1();
    db = open_file();
    CHECK(db_schema(db) == 1); /* not by itself */
    CHECK(db_migrate(db, tell, NULL) == DB_OK);
    CHECK(strncmp(told, "schema 2: ", 10) == 0);
    CHECK(db_schema(db) == DB_SCHEMA);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 2);
    CHECK(db_number(db, "SELECT changed_ms FROM vmn WHERE first = '4477'"
                        " AND last = '4479' AND imsi = '001010000000001' AND"
                        " network = 'home' AND status = 'barred' AND"
                        " route = 'shop' AND span = 4 AND owner = 0 AND"
                        " cid IS NULL") == 1234567890123);
    CHECK(db_number(db, "SELECT count(*) FROM vmn WHERE first = '48' AND"
                        " imsi IS NULL AND span = 0") == 1);
    CHECK(db_number(db, "SELECT count(*) FROM journal") == 0);
    CHECK(db_does(db, "DELETE FROM vmn"));
    CHECK(db_number(db, "SELECT count(*) FROM journal") == 2);
    db_close(db);
}

/* With numbers in it, as the program before this one left it. */
static void brings_a_file_of_version_2_up_to_date(void)
{
    struct db *db;

    use_file("two.db");
    db = db_open(&conf, true, why, sizeof(why));
    CHECK(db_does(db, "DROP TABLE smpp_account"));
    CHECK(db_does(db, "DELETE FROM counter WHERE name = 'smpp'"));
    CHECK(db_does(db, "DELETE FROM schema_version WHERE version = 3"));
    CHECK(db_does(db, "INSERT INTO vmn (first, last) VALUES ('4477', '4477')"));
    CHECK(db_schema(db) == 2);
    told[0] = '\0';
    CHECK(db_migrate(db, tell, NULL) == DB_OK);
    CHECK(strcmp(told, "schema 3: accounts of SMPP applications\n") == 0);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 1);
    CHECK(db_number(db, "SELECT next FROM counter WHERE name = 'smpp'") == 1);
    CHECK(db_does(db, "INSERT INTO smpp_account (system_id, password)"
                      " VALUES ('app', 'x')"));
    CHECK(db_does(db, "UPDATE smpp_account SET `window` = 7"));
    CHECK(db_does(db, "DELETE FROM smpp_account"));
    CHECK(db_number(db, "SELECT next FROM counter WHERE name = 'smpp'") == 4);
    db_close(db);
}

static void a_migration_that_fails_leaves_the_file_as_it_was(void)
{
    struct db *db;

    use_file("half.db");
    make_version_1();
    db = open_file();
    CHECK(db_does(db, "CREATE VIEW owner AS SELECT 1 AS id"));
    CHECK(db_migrate(db, NULL, NULL) == DB_FAILED);
    CHECK(db_schema(db) == 1);
    CHECK(db_number(db, "SELECT count(*) FROM vmn WHERE network = 'home'") ==
          1);
    CHECK(db_does(db, "DROP VIEW owner"));
    CHECK(db_migrate(db, NULL, NULL) == DB_OK);
    CHECK(db_schema(db) == DB_SCHEMA);
    db_close(db);
}

static void takes_no_foreign_file_for_a_register(void)
{
    struct db *db;

    use_file("foreign.db");
    fclose(fopen(conf.file, "w"));
    db = db_open(&conf, false, why, sizeof(why));
    CHECK(db_does(db, "CREATE TABLE vmn (x)"));
    CHECK(db_schema(db) == -1);
    CHECK(strstr(db_why(db), "no schema_version") != NULL);
    CHECK(db_migrate(db, NULL, NULL) == DB_FAILED);
    db_close(db);
}

static bool take_plan(void *ctx, const struct db_val *col, unsigned n)
{
    snprintf(ctx, 200, "%s", col[n - 1].p);
    return true;
}

static void finds_the_range_of_a_number_by_its_index(void)
{
    struct db_val arg[2] = { db_int(12), db_text("447700900123") };
    char plan[200] = "";
    struct db *db;

    use_file("span.db");
    db = open_file();
    CHECK(db_ask(db,
                 "EXPLAIN QUERY PLAN SELECT last FROM vmn WHERE span = ? AND"
                 " span > 0 AND first <= ? ORDER BY first DESC LIMIT 1",
                 arg, 2, take_plan, plan) == DB_OK);
    CHECK(strstr(plan, "INDEX vmn_span (span=? AND first<?)") != NULL);
    db_close(db);
}

/* ---- rows for LOAD DATA ---- */

struct few {
    unsigned n;
    struct db_val row[2][3];
};

static bool next_of_few(void *ctx, struct db_val *val)
{
    struct few *f = ctx;

    if (f->n == 2)
        return false;
    memcpy(val, f->row[f->n++], sizeof(f->row[0]));
    return true;
}

static void writes_rows_as_load_data_reads_them(void)
{
    static const char expected[] = "-5\ta\\tb\\nc\\\\d\t\\N\n"
                                   "9223372036854775807\t\t\\0\\0x\n";
    struct few few = { 0,
                       { { db_int(-5), db_text("a\tb\nc\\d"), db_text(NULL) },
                         { db_int(INT64_MAX), db_text(""),
                           db_blob("\0\0x", 3) } } };
    char out[100];

    /* however few octets are asked for */
    for (size_t size = 1; size < 60; size++) {
        struct db_feed f = { .next = next_of_few, .ctx = &few, .n = 3 };
        size_t n, at = 0;

        few.n = 0;
        while ((n = db_feed_read(&f, out + at, size)) > 0)
            at += n;
        out[at] = '\0';
        CHECK(strcmp(out, expected) == 0);
        CHECK(f.rows == 2);
        db_feed_fini(&f);
    }
}

/* ---- hosts in turn ---- */

static void tries_hosts_in_turn_and_then_waits(void)
{
    struct db_turn t = { .hosts = 2 };
    uint64_t now = 1000;

    CHECK(db_turn_may(&t, now) && t.host == 0);
    CHECK(!db_turn_failed(&t, now, DB_LOST, "a:1", "refused"));
    CHECK(db_turn_may(&t, now) && t.host == 1);
    CHECK(db_turn_failed(&t, now, DB_FAILED, "b:2", "bad password"));
    CHECK(strcmp(t.said, "a:1: refused; b:2: bad password") == 0);
    CHECK(!t.refused); /* the first may come back */
    CHECK(!db_turn_may(&t, now + DB_PAUSE_MIN_MS - 1));
    now += DB_PAUSE_MIN_MS;
    CHECK(db_turn_may(&t, now) && t.host == 0);
    CHECK(!db_turn_failed(&t, now, DB_FAILED, "a:1", "bad password"));
    CHECK(strcmp(t.said, "a:1: bad password") == 0);
    db_turn_failed(&t, now, DB_FAILED, "b:2", "bad password");
    CHECK(t.refused);
    CHECK(!db_turn_may(&t, now + 2 * DB_PAUSE_MIN_MS - 1));
    for (int i = 0; i < 40; i++)
        db_turn_failed(&t, now, DB_LOST, "a:1", "refused");
    CHECK(!db_turn_may(&t, now + DB_PAUSE_MAX_MS - 1));
    CHECK(db_turn_may(&t, now + DB_PAUSE_MAX_MS));
    db_turn_works(&t);
    CHECK(db_turn_may(&t, now) && t.host == 0);
    db_turn_leave(&t);
    CHECK(t.host == 1);
    db_turn_failed(&t, now, DB_LOST, "b:2", "refused");
    db_turn_failed(&t, now, DB_LOST, "a:1", "refused");
    CHECK(!db_turn_may(&t, now + DB_PAUSE_MIN_MS - 1));
    CHECK(db_turn_may(&t, now + DB_PAUSE_MIN_MS));
}

static void knows_what_error_codes_mean(void)
{
    static const unsigned lost[] = { 1047, 1180, 2002, 2003, 2006,
                                     2013, 1053, 1290, 1836, 1243 };

    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
        CHECK(db_mysql_rc(lost[i]) == DB_LOST);
    CHECK(db_mysql_rc(1213) == DB_AGAIN && db_mysql_rc(1205) == DB_AGAIN);
    CHECK(db_mysql_rc(1062) == DB_TAKEN);
    CHECK(db_mysql_rc(1045) == DB_FAILED && db_mysql_rc(1049) == DB_FAILED);
}

int main(void)
{
    char cmd[64];

    if (mkdtemp(dir) == NULL)
        return 1;
    use_file("cases.db");
    CHECK(db_cases(open_file) == 0);
    says_what_is_wrong_with_a_file();
    makes_files_that_not_everybody_can_read();
    several_may_make_a_file_at_once();
    a_full_disk_undoes_all_of_a_transaction();
    waits_for_another_writer_only_so_long();
    brings_a_file_of_version_1_up_to_date();
    brings_a_file_of_version_2_up_to_date();
    a_migration_that_fails_leaves_the_file_as_it_was();
    takes_no_foreign_file_for_a_register();
    finds_the_range_of_a_number_by_its_index();
    writes_rows_as_load_data_reads_them();
    tries_hosts_in_turn_and_then_waits();
    knows_what_error_codes_mean();
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    return CHECK_DONE();
}

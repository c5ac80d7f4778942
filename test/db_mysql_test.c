/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * db_mysql_test.c - the register in MariaDB: a server of our own, ill-treated
 */

#include "check.h"
#include "db_cases.h"
#include "hlr/db_driver.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 13396, DEAD_PORT = 13395 };

static char dir[] = "/tmp/db_mysql_test.XXXXXX";
static char why[400];
static struct db_conf conf;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* test/mariadb WHAT, or with options for the server. Its exit status. */
static int server_with(const char *what, const char *args)
{
    const char *srcdir = getenv("srcdir");
    char cmd[600];
    int status;

    snprintf(cmd, sizeof(cmd), "MARIADB_ARGS='%s' %s/test/mariadb %s %s/my %d",
             args, srcdir != NULL ? srcdir : ".", what, dir, PORT);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int server(const char *what)
{
    return server_with(what, "");
}

/* SQL as root, over the socket. */
static bool as_root(const char *sql)
{
    char cmd[600];

    snprintf(cmd, sizeof(cmd),
             "mariadb --no-defaults -uroot -S %s/my/sock -e \"%s\"", dir, sql);
    return system(cmd) == 0;
}

static void use_server(void)
{
    conf = (struct db_conf){
        .kind = DB_MYSQL,
        .hosts = 1,
        .host = { { .name = "127.0.0.1", .port = PORT } },
        .user = "sigtran",
        .password = "secret",
        .database = "sigtran",
        .connect_ms = 1000,
        .query_ms = 4000,
    };
}

static struct db *open_server(void)
{
    struct db *db = db_open(&conf, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

/* ---- who may come in ---- */

static void says_what_it_cannot_connect_to(void)
{
    struct db *db;

    use_server();
    strcpy(conf.password, "hunter2");
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_FAILED);
    CHECK(strstr(why, "127.0.0.1:13396") && strstr(why, "Access denied"));
    CHECK(strstr(why, "hunter2") == NULL && strstr(why, "sigtran") != NULL);
    use_server();
    strcpy(conf.database, "elsewhere");
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_FAILED);
    CHECK(strstr(why, "register <elsewhere>") != NULL);
    use_server();
    conf.host[0].port = DEAD_PORT;
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_LOST);
    CHECK(strstr(why, "127.0.0.1:13395") != NULL);
    use_server();
    strcpy(conf.host[0].name, "no-such-host.invalid");
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) != DB_OK);
    CHECK(strstr(why, "no-such-host.invalid") != NULL);
    use_server();
    conf.host[0] = (struct db_host){ .socket = "/nowhere/sock" };
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_LOST);
    CHECK(strstr(why, "/nowhere/sock") != NULL);
    use_server();
    conf.host[0] = (struct db_host){ .port = 0 };
    db_close(db_open(&conf, true, why, sizeof(why)));
    CHECK(strstr(why, "localhost") != NULL);
    CHECK(strstr(why, "socket ''") == NULL);
    use_server();
    conf.hosts = 0;
    CHECK(db_open(&conf, true, why, sizeof(why)) == NULL);
    use_server();
}

static void takes_the_next_of_several_hosts(void)
{
    struct db *db;

    use_server();
    conf.hosts = 3;
    conf.host[0].port = DEAD_PORT;
    conf.host[1] = (struct db_host){ .name = "" };
    snprintf(conf.host[1].socket, sizeof(conf.host[1].socket), "%s/my/sock",
             dir);
    conf.host[2] = (struct db_host){ .name = "127.0.0.1", .port = PORT };
    db = open_server();
    CHECK(db != NULL && db_number(db, "SELECT 77") == 77);
    CHECK(db_run(db, "x", NULL, 0) == DB_FAILED);
    CHECK(strstr(db_why(db), "/my/sock>: ") != NULL);
    db_close(db);
    use_server();
}

/* It became a replica: what took its place is asked. */
static void leaves_a_host_that_is_read_only(void)
{
    struct db *db, *alone;
    int64_t n;

    conf.hosts = 2;
    conf.host[1] = (struct db_host){ .name = "" };
    snprintf(conf.host[1].socket, sizeof(conf.host[1].socket), "%s/my/sock",
             dir);
    db = open_server();
    CHECK(as_root("SET GLOBAL read_only = 1"));
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    CHECK(strstr(db_why(db), "read-only") != NULL);
    CHECK(as_root("SET GLOBAL read_only = 0"));
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_OK);
    CHECK(db_run(db, "x", NULL, 0) == DB_FAILED);
    CHECK(strstr(db_why(db), "/my/sock>: ") != NULL);
    /* who only reads leaves it as well, if there is another */
    CHECK(as_root("SET GLOBAL read_only = 1"));
    usleep(2100000);
    CHECK(db_ask_int(db, "SELECT 1", NULL, 0, 0, &n) == DB_LOST);
    CHECK(strstr(db_why(db), "it is read-only") != NULL);
    conf.hosts = 1;
    alone = open_server();
    CHECK(alone != NULL && db_number(alone, "SELECT 77") == 77);
    CHECK(as_root("SET GLOBAL read_only = 0"));
    usleep(300000);
    CHECK(db_number(db, "SELECT 77") == 77);
    db_close(alone);
    db_close(db);
    use_server();
}

static void makes_the_schema_when_it_is_told_to(void)
{
    struct db *db = open_server();

    CHECK(db_schema(db) == 0); /* not by itself */
    CHECK(db_migrate(db, NULL, NULL) == DB_OK);
    CHECK(db_schema(db) == DB_SCHEMA);
    db_close(db);
}

static void finishes_a_migration_that_was_broken_off(void)
{
    struct db *db = open_server();

    CHECK(db_does(db, "DELETE FROM schema_version WHERE version > 1"));
    CHECK(db_does(db, "DROP TRIGGER node_au"));
    CHECK(db_does(db, "DROP TABLE stage"));
    CHECK(db_does(db, "DROP TABLE smpp_account"));
    CHECK(db_schema(db) == 1);
    CHECK(db_migrate(db, NULL, NULL) == DB_OK);
    CHECK(db_number(db, "SELECT count(*) FROM stage") == 0);
    CHECK(db_number(db, "SELECT count(*) FROM smpp_account") == 0);
    CHECK(db_number(db, "SELECT count(*) FROM information_schema.triggers"
                        " WHERE trigger_schema = 'sigtran'") == 18);
    CHECK(db_number(db, "SELECT count(*) FROM counter") == 3);
    db_close(db);
}

/* ---- connections that end ---- */

static void survives_a_connection_that_is_killed(void)
{
    struct db *db = open_server(), *other = open_server();
    char sql[60];

    for (int i = 0; i < 2; i++) {
        snprintf(sql, sizeof(sql), "KILL CONNECTION %lld",
                 (long long)db_number(db, "SELECT connection_id()"));
        CHECK(db_does(other, sql));
        if (i == 0) /* who only reads does not notice */
            CHECK(db_number(db, "SELECT 77") == 77);
        else
            CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    }
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_OK);
    db_close(db);
    db_close(other);
}

static void looks_at_a_connection_that_was_idle(void)
{
    struct db *db = open_server(), *other = open_server();
    char sql[60];

    snprintf(sql, sizeof(sql), "KILL CONNECTION %lld",
             (long long)db_number(db, "SELECT connection_id()"));
    CHECK(db_does(other, sql));
    usleep(2100000);
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_OK);
    db_close(db);
    db_close(other);
}

static void comes_back_after_the_server_did(void)
{
    struct db *db = open_server();
    uint64_t since;

    CHECK(db_does(db, "INSERT INTO vmn (first, last) VALUES ('1', '1')"));
    CHECK(server("kill") == 0);
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    since = now_ms();
    for (int i = 0; i < 1000; i++) /* does not hammer on a closed door */
        CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    CHECK(now_ms() - since < 1500);
    CHECK(strstr(db_why(db), "127.0.0.1:13396") != NULL);
    CHECK(server("start") == 0);
    since = now_ms();
    while (db_ask_int(db, "SELECT 1", NULL, 0, 0, &(int64_t){ 0 }) != DB_OK &&
           now_ms() - since < 5000)
        usleep(10000);
    CHECK(now_ms() - since < 2500);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 1);
    CHECK(db_does(db, "DELETE FROM vmn"));
    db_close(db);
}

struct losing {
    const char *how;
    unsigned runs;
    enum db_rc second;
};

static void *start_later(void *unused)
{
    (void)unused;
    usleep(300000);
    CHECK(server("start") == 0);
    return NULL;
}

static enum db_rc loses_its_server(struct db *db, void *ctx)
{
    struct losing *l = ctx;
    enum db_rc rc;

    rc = db_run(db, "INSERT INTO vmn (first, last) VALUES ('1', '1')", NULL, 0);
    if (rc != DB_OK)
        return rc;
    if (l->runs++ == 0)
        CHECK(server(l->how) == 0);
    l->second =
        db_run(db, "INSERT INTO vmn (first, last) VALUES ('2', '2')", NULL, 0);
    if (l->runs == 1) {
        int64_t n;

        /* no new connection in the middle */
        CHECK(l->second == DB_LOST);
        CHECK(db_ask_int(db, "SELECT 1", NULL, 0, 0, &n) == DB_LOST);
    }
    return DB_OK;
}

static void a_transaction_that_lost_its_server_is_run_again(void)
{
    static const char *const how[] = { "kill", "stop" };
    struct db *db = open_server();
    pthread_t t;

    for (int i = 0; i < 2; i++) {
        struct losing l = { .how = how[i] };

        CHECK(db_does(db, "DELETE FROM vmn"));
        CHECK(db_transaction(db, false, loses_its_server, &l) == DB_LOST);
        CHECK(l.runs == 1 && server("start") == 0);
        l.runs = 0;
        while (db_run(db, "DELETE FROM vmn", NULL, 0) != DB_OK)
            usleep(10000);
        pthread_create(&t, NULL, start_later, NULL);
        CHECK(db_transaction(db, true, loses_its_server, &l) == DB_OK);
        pthread_join(t, NULL);
        CHECK(l.runs == 2);
        CHECK(db_number(db, "SELECT count(*) FROM vmn") == 2);
    }
    CHECK(db_does(db, "DELETE FROM vmn"));
    db_close(db);
}

static void waits_no_longer_than_it_is_told(void)
{
    struct db *db, *other;
    uint64_t since;

    conf.query_ms = 1000;
    db = open_server();
    CHECK(server("freeze") == 0);
    since = now_ms();
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    CHECK(now_ms() - since >= 900 && now_ms() - since < 2000);
    since = now_ms();
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_LOST);
    CHECK(now_ms() - since < 2500);
    since = now_ms();
    CHECK(db_try_open(&conf, true, &other, why, sizeof(why)) == DB_LOST);
    CHECK(now_ms() - since < 2500);
    CHECK(server("thaw") == 0);
    usleep(300000);
    CHECK(db_run(db, "DELETE FROM vmn", NULL, 0) == DB_OK);
    db_close(db);
    use_server();
}

static enum db_rc holds_a_row(struct db *db, void *ctx)
{
    struct db *other = ctx;
    uint64_t since = now_ms();

    CHECK(db_does(db, "UPDATE counter SET next = 1 WHERE name = 'cid'"));
    /* the lock's time-out is shorter than the connection's */
    CHECK(db_run(other, "UPDATE counter SET next = 2 WHERE name = 'cid'", NULL,
                 0) == DB_AGAIN);
    CHECK(now_ms() - since < 3500);
    return DB_OK;
}

static void gives_up_a_row_that_another_holds(void)
{
    struct db *db, *other;

    conf.query_ms = 2000;
    db = open_server();
    other = open_server();
    CHECK(db_transaction(db, false, holds_a_row, other) == DB_OK);
    CHECK(db_number(other, "SELECT next FROM counter WHERE name = 'cid'") == 1);
    db_close(db);
    db_close(other);
    use_server();
}

/* ---- rows from a file that is none ---- */

static bool one_row(void *ctx, struct db_val *v)
{
    int *left = ctx;

    v[0] = v[1] = db_text(*left == 2 ? "1" : "2");
    return (*left)-- > 0;
}

static void inserts_where_the_server_takes_no_files(void)
{
    struct db *db = open_server();
    int left = 2;

    CHECK(as_root("SET GLOBAL local_infile = 0"));
    CHECK(db_bulk(db, "vmn", "first, last", 2, one_row, &left) == DB_OK);
    CHECK(db_number(db, "SELECT count(*) FROM vmn") == 2);
    CHECK(as_root("SET GLOBAL local_infile = 1"));
    CHECK(db_does(db, "DELETE FROM vmn"));
    db_close(db);
}

static void sends_no_file_that_a_server_asks_for(void)
{
    struct db *db = open_server();

    CHECK(db->driver->exec(db, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO"
                               " TABLE audit (what)") == DB_FAILED);
    CHECK(strstr(db_why(db), "no file is sent") != NULL);
    CHECK(db_number(db, "SELECT count(*) FROM audit") == 0);
    db_close(db);
}

/* ---- digits ---- */

static int64_t rows_read(struct db *db)
{
    return db_number(
        db, "SELECT sum(variable_value) FROM information_schema.session_status"
            " WHERE variable_name IN ('Handler_read_next', 'Handler_read_prev',"
            " 'Handler_read_rnd_next')");
}

static void finds_numbers_by_their_indexes(void)
{
    static const char *const by[][2] = {
        { "first = ?", "44770000500" },
        { "span > 0 AND span = 11 AND first <= ? ORDER BY first DESC LIMIT 1",
          "44770000500" },
        { "imsi = ?", "001010000000001" },
        { "first > ? ORDER BY first LIMIT 3", "44770000500" },
    };
    struct db *db = open_server();
    char sql[300];

    CHECK(db_does(db, "INSERT INTO vmn (first, last) SELECT 44770000000 + seq,"
                      " 44770000000 + seq FROM seq_1_to_3000"));
    CHECK(db_does(db, "INSERT INTO vmn (first, last) VALUES"
                      " ('44770000400', '44770000600')"));
    for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
        struct db_val v = db_text(by[i][1]);
        int64_t n, before;

        before = rows_read(db);
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM (SELECT first FROM vmn"
                 " WHERE %s) x",
                 by[i][0]);
        CHECK(db_ask_int(db, sql, &v, 1, 0, &n) == DB_OK);
        n = rows_read(db) - before;
        CHECK(n >= 0 && n < 100);
        if (n >= 100)
            printf("%s: %lld rows read\n", sql, (long long)n);
    }
    CHECK(db_does(db, "DELETE FROM vmn"));
    db_close(db);
}

/* ---- TLS ---- */

/* A certificate for localhost that is its own authority. */
static void make_certificate(void)
{
    char cmd[500];

    snprintf(cmd, sizeof(cmd),
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj"
             " /CN=localhost -addext subjectAltName=DNS:localhost"
             " -keyout %s/my/key.pem -out %s/my/cert.pem 2>%s/my/openssl.log",
             dir, dir, dir);
    CHECK(system(cmd) == 0);
}

static void is_encrypted_if_it_is_told_to(void)
{
    char args[600];
    struct db *db;

    conf.tls = DB_TLS_ON;
    CHECK(db_try_open(&conf, true, &db, why, sizeof(why)) == DB_FAILED);
    CHECK(strstr(why, "TLS") != NULL || strstr(why, "SSL") != NULL);
    make_certificate();
    snprintf(args, sizeof(args),
             "--ssl-cert=%s/my/cert.pem --ssl-key=%s/my/key.pem", dir, dir);
    CHECK(server("stop") == 0 && server_with("start", args) == 0);
    db = open_server();
    CHECK(db != NULL && db_number(db, "SELECT length(variable_value) > 0 FROM"
                                      " information_schema.session_status WHERE"
                                      " variable_name = 'Ssl_cipher'") == 1);
    db_close(db);
    conf.tls = DB_TLS_VERIFY; /* signed by nobody that is trusted */
    strcpy(conf.host[0].name, "localhost");
    CHECK(db_open(&conf, true, why, sizeof(why)) == NULL);
    snprintf(conf.tls_ca, sizeof(conf.tls_ca), "%s/my/cert.pem", dir);
    db = open_server();
    CHECK(db != NULL && db_number(db, "SELECT 77") == 77);
    db_close(db);
    strcpy(conf.host[0].name, "127.0.0.1"); /* another name */
    CHECK(db_open(&conf, true, why, sizeof(why)) == NULL);
    conf.tls = DB_TLS_OFF;
    db = open_server();
    CHECK(db != NULL);
    db_close(db);
    use_server();
}

int main(void)
{
    int status;

    if (mkdtemp(dir) == NULL)
        return 1;
    status = server("start");
    if (status != 0) {
        server("away");
        rmdir(dir);
        return status == 77 ? 77 : 1;
    }
    says_what_it_cannot_connect_to();
    makes_the_schema_when_it_is_told_to();
    finishes_a_migration_that_was_broken_off();
    CHECK(db_cases(open_server) == 0);
    takes_the_next_of_several_hosts();
    leaves_a_host_that_is_read_only();
    survives_a_connection_that_is_killed();
    looks_at_a_connection_that_was_idle();
    comes_back_after_the_server_did();
    a_transaction_that_lost_its_server_is_run_again();
    waits_no_longer_than_it_is_told();
    gives_up_a_row_that_another_holds();
    inserts_where_the_server_takes_no_files();
    sends_no_file_that_a_server_asks_for();
    finds_numbers_by_their_indexes();
    is_encrypted_if_it_is_told_to();
    CHECK(server("away") == 0);
    CHECK(rmdir(dir) == 0);
    return CHECK_DONE();
}

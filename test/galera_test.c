/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * galera_test.c - the register in a Galera cluster whose nodes are ill-treated
 *
 * Two writers write while nodes are killed, stopped and frozen: each moves on
 * to another node, what it was told is written is on every node, once.
 */

#include "check.h"
#include "db_cases.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { NODES = 3, PORT = 13410, WRITERS = 2 };

static char dir[] = "/tmp/galera_test.XXXXXX";
static char why[400];

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int cluster(const char *what, int node)
{
    const char *srcdir = getenv("srcdir");
    char cmd[300];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/galera %s %s/g %d",
             srcdir != NULL ? srcdir : ".", what, dir, node);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* All nodes or, with only, that one; `first' is the first to be asked. */
static struct db_conf conf_of(int first, bool only)
{
    struct db_conf c = {
        .kind = DB_MYSQL,
        .user = "sigtran",
        .password = "secret",
        .database = "sigtran",
        .connect_ms = 1000,
        .query_ms = 8000,
        .hosts = only ? 1 : NODES,
    };

    for (int i = 0; i < NODES; i++) {
        strcpy(c.host[i].name, "127.0.0.1");
        c.host[i].port = (uint16_t)(PORT + 1 + (first - 1 + i) % NODES);
    }
    return c;
}

static struct db *open_node(int first, bool only)
{
    struct db_conf conf = conf_of(first, only);
    struct db *db = db_open(&conf, true, why, sizeof(why));

    if (db == NULL)
        printf("%s\n", why);
    return db;
}

/* ---- writers ---- */

struct writer {
    pthread_t thread;
    int no;
    struct db *db;
    int64_t id;      /* of the row that is written now */
    unsigned taken;  /* the try before had committed after all */
    unsigned lost;   /* of no avail, for all the time there was */
    uint64_t gap_ms; /* the longest between two rows */
};

static atomic_bool enough;
static atomic_long written;

/* Own rows, known keys: twice does no harm. */
static enum db_rc write_row(struct db *db, void *ctx)
{
    struct writer *w = ctx;
    struct db_val v[2] = { db_int(w->no), db_int(w->id) };
    enum db_rc rc;

    rc = db_run(db, "INSERT INTO log (writer, id) VALUES (?, ?)", v, 2);
    if (rc == DB_TAKEN) {
        w->taken++;
        return DB_OK;
    }
    if (rc == DB_OK)
        rc = db_run(db, "UPDATE total SET n = n + 1 WHERE writer = ?", v, 1);
    return rc;
}

static void *writes(void *ctx)
{
    struct writer *w = ctx;
    uint64_t last = now_ms(), now;
    enum db_rc rc;

    while (!atomic_load(&enough)) {
        rc = db_transaction(w->db, true, write_row, w);
        if (rc == DB_OK) {
            now = now_ms();
            if (now - last > w->gap_ms)
                w->gap_ms = now - last;
            last = now;
            w->id++;
            atomic_fetch_add(&written, 1);
        } else if (rc == DB_LOST) {
            w->lost++;
        } else {
            printf("%s\n", db_why(w->db));
            CHECK(rc == DB_OK);
            break;
        }
        usleep(1000);
    }
    return NULL;
}

/* That many more rows, from both of them together. */
static bool go_on(long more)
{
    long until = atomic_load(&written) + more;
    uint64_t since = now_ms();

    while (atomic_load(&written) < until && now_ms() - since < 30000)
        usleep(10000);
    return atomic_load(&written) >= until;
}

/* Every node has the same, and exactly what the writers were told. */
static void check_nodes(const struct writer *w)
{
    char sql[100];

    for (int node = 1; node <= NODES; node++) {
        struct db *db = open_node(node, true);

        CHECK(db != NULL);
        if (db == NULL)
            continue;
        CHECK(db_does(db, "SET wsrep_sync_wait = 1"));
        for (int i = 0; i < WRITERS; i++) {
            snprintf(sql, sizeof(sql),
                     "SELECT count(*) FROM log WHERE writer = %d", i);
            CHECK(db_number(db, sql) == w[i].id);
            snprintf(sql, sizeof(sql),
                     "SELECT max(id) + 1 FROM log WHERE writer = %d", i);
            CHECK(db_number(db, sql) == w[i].id);
            snprintf(sql, sizeof(sql), "SELECT n FROM total WHERE writer = %d",
                     i);
            CHECK(db_number(db, sql) == w[i].id);
        }
        db_close(db);
    }
}

/* The others follow a moment later. */
static void wait_for_tables(void)
{
    for (int node = 1; node <= NODES; node++) {
        struct db *db = open_node(node, true);

        CHECK(db != NULL && db_does(db, "SET wsrep_sync_wait = 1"));
        CHECK(db_number(db, "SELECT count(*) FROM total") == WRITERS);
        CHECK(db_number(db, "SELECT count(*) FROM log") == 0);
        db_close(db);
    }
}

static void loses_and_doubles_nothing_while_nodes_come_and_go(void)
{
    struct writer w[WRITERS] = { { .no = 0 }, { .no = 1 } };

    for (int i = 0; i < WRITERS; i++) {
        w[i].db = open_node(i + 1, false);
        CHECK(w[i].db != NULL);
        pthread_create(&w[i].thread, NULL, writes, &w[i]);
    }
    CHECK(go_on(300));
    CHECK(cluster("kill", 1) == 0);
    CHECK(go_on(300));
    CHECK(cluster("node", 1) == 0);
    CHECK(go_on(100));
    CHECK(cluster("term", 2) == 0);
    CHECK(go_on(300));
    CHECK(cluster("node", 2) == 0);
    CHECK(go_on(100));
    CHECK(cluster("freeze", 3) == 0);
    CHECK(go_on(300));
    CHECK(cluster("thaw", 3) == 0);
    CHECK(go_on(300));
    atomic_store(&enough, true);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(w[i].thread, NULL);
    for (int i = 0; i < 300 && cluster("whole", 0) != 0; i++)
        usleep(100000);
    check_nodes(w);
    for (int i = 0; i < WRITERS; i++) {
        CHECK(w[i].gap_ms < 15000);
        if (getenv("VERBOSE") != NULL)
            printf("writer %d: %lld rows, longest gap %llu ms, %u were there "
                   "after a lost commit, %u times in vain\n",
                   i, (long long)w[i].id, (unsigned long long)w[i].gap_ms,
                   w[i].taken, w[i].lost);
        db_close(w[i].db);
    }
}

/* ---- one row on two nodes ---- */

struct adder {
    struct db *db;
    unsigned runs, done;
};

static enum db_rc add_one(struct db *db, void *ctx)
{
    struct adder *a = ctx;

    a->runs++;
    return db_run(db, "UPDATE total SET n = n + 1 WHERE writer = 77", NULL, 0);
}

static void *adds(void *ctx)
{
    struct adder *a = ctx;

    for (int i = 0; i < 200; i++)
        if (db_transaction(a->db, false, add_one, a) == DB_OK)
            a->done++;
        else
            printf("%s\n", db_why(a->db));
    return NULL;
}

static void two_nodes_may_change_the_same_row(void)
{
    struct adder a[2] = { { .db = open_node(1, true) },
                          { .db = open_node(2, true) } };
    pthread_t t[2];

    CHECK(db_does(a[0].db, "INSERT INTO total (writer, n) VALUES (77, 0)"));
    CHECK(db_does(a[1].db, "SET wsrep_sync_wait = 3"));
    CHECK(db_number(a[1].db, "SELECT n FROM total WHERE writer = 77") == 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, adds, &a[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    CHECK(a[0].done == 200 && a[1].done == 200);
    CHECK(db_number(a[1].db, "SELECT n FROM total WHERE writer = 77") == 400);
    if (getenv("VERBOSE") != NULL)
        printf("one row, two nodes: 400 times in %u runs\n",
               a[0].runs + a[1].runs);
    CHECK(a[0].runs + a[1].runs > 400); /* they did meet */
    db_close(a[0].db);
    db_close(a[1].db);
}

/* ---- a node that is behind ---- */

/* Who moves on to it must not see less than he saw before. */
static void a_new_connection_sees_what_another_node_committed(void)
{
    enum { ROWS = 300000 };
    struct db *db = open_node(1, true), *other;

    CHECK(db_does(db, "INSERT INTO log (writer, id)"
                      " SELECT 88, seq FROM seq_1_to_300000"));
    other = open_node(2, true);
    CHECK(other != NULL);
    CHECK(db_number(other, "SELECT count(*) FROM log WHERE writer = 88") ==
          ROWS);
    db_close(db);
    db_close(other);
}

/* ---- no quorum ---- */

static void a_node_without_its_cluster_is_not_asked(void)
{
    struct db *db = open_node(3, true);
    struct db_conf conf = conf_of(1, false);
    struct db *other;
    uint64_t since = now_ms();
    int64_t n;
    enum db_rc rc;

    CHECK(db_number(db, "SELECT 77") == 77);
    CHECK(cluster("kill", 1) == 0 && cluster("kill", 2) == 0);
    /* It has to notice first. */
    do {
        usleep(100000);
        rc = db_ask_int(db, "SELECT count(*) FROM total", NULL, 0, 0, &n);
    } while (rc == DB_OK && now_ms() - since < 15000);
    CHECK(rc == DB_LOST);
    CHECK(db_run(db, "DELETE FROM total", NULL, 0) == DB_LOST);
    CHECK(db_try_open(&conf, true, &other, why, sizeof(why)) == DB_LOST);
    CHECK(strstr(why, "not a synced node") != NULL);
    db_close(db);
}

int main(void)
{
    struct db *db;
    int status;

    if (mkdtemp(dir) == NULL || chmod(dir, 0755) == -1)
        return 1;
    status = cluster("start", 0);
    if (status != 0) {
        cluster("away", 0);
        rmdir(dir);
        return status == 77 ? 77 : 1;
    }
    db = open_node(1, false);
    CHECK(db != NULL && db_migrate(db, NULL, NULL) == DB_OK);
    CHECK(db_schema(db) == DB_SCHEMA);
    CHECK(db_does(db, "CREATE TABLE log (writer INT, id BIGINT,"
                      " PRIMARY KEY (writer, id))"));
    CHECK(db_does(db, "CREATE TABLE total (writer INT PRIMARY KEY, n BIGINT)"));
    CHECK(db_does(db, "INSERT INTO total VALUES (0, 0), (1, 0)"));
    db_close(db);
    wait_for_tables();
    loses_and_doubles_nothing_while_nodes_come_and_go();
    two_nodes_may_change_the_same_row();
    a_new_connection_sees_what_another_node_committed();
    a_node_without_its_cluster_is_not_asked();
    CHECK(cluster("away", 0) == 0);
    CHECK(rmdir(dir) == 0);
    return CHECK_DONE();
}

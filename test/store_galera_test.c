/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_galera_test.c - two nodes of ours on two nodes of a Galera cluster
 *
 * Each is a process with the store's modules and no thread of the store: its
 * jobs are done at once. What one has written the other finds with its next
 * question, and of the parts that both take at the same time each message is
 * joined by one of them, once.
 */

#include "gw/concat_store.h"

#include "check.h"
#include "gw/dedup_store.h"
#include "gw/dlv.h"
#include "gw/dlv_msg.h"

#include <gwlib/gwlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 60, TOTAL = 3, KEYS = 100, PORT = 13410 };

static char dir[] = "/tmp/store_galera_test.XXXXXX";
static struct dlv_conf conf = { .dedup = DLV_DEDUP_STORE,
                                .concat_timeout_s = 3600 };
static struct db *db;
static unsigned joined, refused;
static bool known;

static int cluster(const char *what)
{
    const char *srcdir = getenv("srcdir");
    char cmd[300];
    int status;

    snprintf(cmd, sizeof(cmd), "%s/test/galera %s %s/g",
             srcdir != NULL ? srcdir : ".", what, dir);
    fflush(stdout);
    status = system(cmd);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct db *open_node(int node)
{
    struct db_conf c = { .kind = DB_MYSQL,
                         .hosts = 1,
                         .user = "sigtran",
                         .password = "secret",
                         .database = "sigtran",
                         .connect_ms = 2000,
                         .query_ms = 10000,
                         .sync_reads = true };
    char why[400];
    struct db *of;

    strcpy(c.host[0].name, "127.0.0.1");
    c.host[0].port = (uint16_t)(PORT + node);
    of = db_open(&c, true, why, sizeof(why));
    if (of == NULL)
        printf("%s\n", why);
    return of;
}

/* ---- the store, without its thread ---- */

static struct store_job *waiting[8];
static unsigned jobs;

bool store_put(struct store_job *j)
{
    waiting[jobs++] = j;
    return true;
}

static enum db_rc run_job(struct db *of, void *ctx)
{
    struct store_job *j = ctx;

    j->next = NULL;
    return j->kind->run(of, j);
}

static void do_jobs(void)
{
    while (jobs > 0) {
        struct store_job *j = waiting[--jobs];
        bool done = db_transaction(db, true, run_job, j) == DB_OK;

        if (!done)
            printf("%s\n", db_why(db));
        j->kind->end(j, done ? STORE_DONE : STORE_FAILED);
    }
}

static void added(uint64_t id, enum concat_added how, struct concat_set *set)
{
    refused += how != CONCAT_STORED && how != CONCAT_JOIN;
    if (how != CONCAT_JOIN)
        return;
    joined++;
    concat_store_end(set, CONCAT_END_ALL, VERDICT_OK, NULL, id);
}

static void due(struct concat_set *set)
{
    (void)set;
    CHECK(false);
}

static void ended(uint64_t id, enum store_end how, struct concat_set *set)
{
    (void)id, (void)set;
    CHECK(how == STORE_DONE);
}

static void found(uint64_t id, enum dedup_says says, enum verdict v)
{
    (void)id;
    known = says == DEDUP_SAYS_KNOWN && v == VERDICT_PERMFAIL;
}

static void kept(uint64_t id, enum store_end how)
{
    (void)id;
    CHECK(how == STORE_DONE);
}

static const struct concat_store_ops concat_ops = { .added = added,
                                                    .due = due,
                                                    .ended = ended };
static const struct dedup_store_ops dedup_ops = { .found = found,
                                                  .kept = kept };

/* ---- one of the two ---- */

static void add_part(unsigned m, unsigned no)
{
    struct tpdu_deliver d = {
        .oa = { .len = 12, .ton = 1, .npi = 1, .text = "447700900001" },
        .udh_len = 6,
        .udh = { 5, 0, 3, (uint8_t)m, TOTAL, (uint8_t)no },
    };
    struct concat_part p = { .m = { .vmn = "447700900123",
                                    .route = HLR_ROUTE_NONE } };
    struct wr w = wr_init(p.m.tpdu, sizeof(p.m.tpdu));
    struct dedup_key set_key;
    enum tpdu_mti mti;
    struct rd_err err;
    struct rd r;

    d.ud_len = (uint16_t)gsm7_from_utf8("part", d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    p.m.tpdu_len = (uint8_t)w.len;
    r = rd_init(p.m.tpdu, w.len, &err);
    CHECK(tpdu_mt_read(&r, &mti, &p.tpdu));
    dlv_msg_key(&p.m, true, &p.key);
    dlv_msg_set_key(&p.m, &p.tpdu, true, &set_key);
    concat_store_add(&p, &set_key, 0);
    do_jobs();
}

/* Node 1 takes parts 1 and, of every other message, 2; node 2 the rest. How
 * many it joined, or 255. */
static unsigned node(int no)
{
    db = open_node(no);
    if (db == NULL)
        return 255;
    for (unsigned m = 0; m < MESSAGES; m++)
        for (unsigned i = 1; i <= TOTAL; i++)
            if ((i == 1 || (i == 2 && m % 2 == 0)) == (no == 1))
                add_part(m, i);
    db_close(db);
    return refused > 0 || check_failures > 0 ? 255 : joined;
}

static void a_message_is_joined_by_one_of_two_nodes(void)
{
    pid_t child[2];
    int status;
    int64_t n;

    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        child[i] = fork();
        if (child[i] == 0)
            _exit((int)node(i + 1));
    }
    joined = 0;
    for (int i = 0; i < 2; i++) {
        CHECK(waitpid(child[i], &status, 0) == child[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) != 255);
        joined += (unsigned)WEXITSTATUS(status);
    }
    CHECK(joined == MESSAGES);
    db = open_node(3);
    CHECK(db_ask_int(db, "SELECT count(*) FROM part", NULL, 0, -1, &n) ==
              DB_OK &&
          n == 0);
    CHECK(db_ask_int(db, "SELECT count(*) FROM dedup", NULL, 0, -1, &n) ==
              DB_OK &&
          n == (int64_t)MESSAGES * TOTAL);
    db_close(db);
}

static void what_one_node_has_written_the_other_finds(void)
{
    struct db *one = open_node(1), *two = open_node(2);

    for (unsigned i = 0; i < KEYS; i++) {
        struct dedup_key key = { { 1, (uint8_t)i } };

        db = i % 2 == 0 ? one : two;
        dedup_store_keep(&key, VERDICT_PERMFAIL, 0);
        do_jobs();
        db = i % 2 == 0 ? two : one;
        known = false;
        dedup_store_find(&key, 0);
        do_jobs();
        CHECK(known);
    }
    db_close(one);
    db_close(two);
}

int main(void)
{
    int status;

    gwlib_init();
    log_set_output_level(GW_PANIC);
    if (mkdtemp(dir) == NULL || chmod(dir, 0755) != 0)
        return 1;
    status = cluster("start");
    if (status == 0) {
        db = open_node(1);
        CHECK(db != NULL && db_migrate(db, NULL, NULL) == DB_OK);
        db_close(db);
        dedup_store_init(&dedup_ops, 3600);
        concat_store_init(&concat_ops, &conf, NULL);
        SHOWS("TP-08", a_message_is_joined_by_one_of_two_nodes);
        SHOWS("FM-06", what_one_node_has_written_the_other_finds);
    }
    cluster("away");
    rmdir(dir);
    gwlib_shutdown();
    if (status == 77)
        printf("skip  over Galera: there is none here\n");
    return status != 0 ? status : CHECK_DONE();
}

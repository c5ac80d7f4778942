/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_test.c - the store's queue, its batches and its one thread
 */

#include "gw/store.h"

#include "check.h"
#include "db_place.h"

#include <gwlib/gwlib.h>
#include <poll.h>
#include <stdatomic.h>

enum { MANY = 30 };

struct
try {
    struct store_job job;
    unsigned no;
};

static struct store_conf conf;
static struct try try[STORE_QUEUE + 1];
static atomic_uint done, failed, late, runs, ticks;
static atomic_bool hold, held;
static unsigned bad; /* the number of one that the database does not take */

static enum db_rc insert_all(struct db *db, struct store_job *jobs)
{
    enum db_rc rc = DB_OK;

    atomic_fetch_add(&runs, 1);
    for (; jobs != NULL && rc == DB_OK; jobs = jobs->next) {
        const struct try *t = (const struct try *)jobs;
        uint8_t key[16] = { (uint8_t)(t->no >> 8), (uint8_t)t->no };
        struct db_val arg[] = { db_blob(key, sizeof(key)) };

        rc = db_run(db,
                    t->no == bad ? "INSERT INTO nowhere (k) VALUES (?)"
                                 : "INSERT INTO dedup (k) VALUES (?)",
                    arg, 1);
    }
    return rc;
}

static void end(struct store_job *job, enum store_end how)
{
    (void)job;
    atomic_fetch_add(how == STORE_DONE   ? &done
                     : how == STORE_LATE ? &late
                                         : &failed,
                     1);
}

static enum db_rc wait_here(struct db *db, struct store_job *jobs)
{
    (void)db, (void)jobs;
    atomic_store(&held, true);
    while (atomic_load(&hold))
        poll(NULL, 0, 1);
    return DB_OK;
}

static bool tick(struct db *db)
{
    (void)db;
    atomic_fetch_add(&ticks, 1);
    return false;
}

static const struct store_kind inserts = { .run = insert_all, .end = end };
static const struct store_kind patient = { .run = insert_all,
                                           .end = end,
                                           .waits = true };
static const struct store_kind holds = { .run = wait_here, .end = end };

static void begin(void)
{
    char why[400];

    done = failed = late = runs = ticks = 0;
    bad = UINT32_MAX;
    if (store_start(&conf, why, sizeof(why)) != 0)
        panic(0, "%s", why);
}

/* Its thread is busy until let_go(). */
static void keep_busy(void)
{
    static struct try busy;

    busy.job.kind = &holds;
    atomic_store(&hold, true);
    atomic_store(&held, false);
    CHECK(store_put(&busy.job));
    while (!atomic_load(&held))
        poll(NULL, 0, 1);
}

static bool put(const struct store_kind *kind, unsigned no)
{
    try[no].no = no;
    try[no].job.kind = kind;
    return store_put(&try[no].job);
}

static bool wait_for(atomic_uint *what, unsigned n)
{
    for (int ms = 0; ms < 20000 && atomic_load(what) != n; ms++)
        poll(NULL, 0, 1);
    return atomic_load(what) == n;
}

static int64_t rows(void)
{
    return place_number(&conf.db, "SELECT count(*) FROM dedup");
}

static void what_comes_meanwhile_is_one_transaction(void)
{
    begin();
    keep_busy();
    for (unsigned i = 0; i < MANY; i++)
        CHECK(put(&inserts, i));
    CHECK(atomic_load(&ticks) == 1); /* before the first */
    atomic_store(&hold, false);
    CHECK(wait_for(&done, MANY + 1));
    CHECK(atomic_load(&runs) == 1);
    CHECK(rows() == MANY);
    store_stop();
    CHECK(!put(&inserts, 0)); /* nobody would do it */
}

static void a_bad_one_is_not_the_end_of_the_others(void)
{
    begin();
    bad = 105;
    keep_busy();
    for (unsigned i = 100; i < 100 + MANY; i++)
        CHECK(put(&inserts, i));
    atomic_store(&hold, false);
    CHECK(wait_for(&done, MANY));
    CHECK(wait_for(&failed, 1));
    CHECK(rows() == 2 * MANY - 1);
    store_stop();
}

static void refuses_more_than_its_queue_holds(void)
{
    unsigned i;

    begin();
    keep_busy();
    for (i = 0; i <= STORE_QUEUE && put(&holds, i); i++)
        ;
    CHECK(i == STORE_QUEUE);
    atomic_store(&hold, false);
    CHECK(wait_for(&done, STORE_QUEUE + 1));
    store_stop();
}

static void a_batch_that_hangs_counts_as_away(void)
{
    begin();
    CHECK(!store_is_away());
    keep_busy();
    poll(NULL, 0, STORE_SLOW_MS + 100);
    CHECK(store_is_away());
    CHECK(!put(&inserts, 200));
    CHECK(put(&patient, 201));
    atomic_store(&hold, false);
    CHECK(wait_for(&done, 2));
    CHECK(!store_is_away());
    store_stop();
}

/* Of a file that another process has locked. */
static void who_can_wait_does(void)
{
    char why[400];
    struct db *other = db_open(&conf.db, true, why, sizeof(why));
    int64_t before = rows();

    begin();
    CHECK(db_run(other, "BEGIN IMMEDIATE", NULL, 0) == DB_OK);
    CHECK(put(&patient, 300) && put(&patient, 301) && put(&inserts, 302));
    CHECK(wait_for(&late, 2) && wait_for(&failed, 1));
    CHECK(store_is_away() && !put(&inserts, 303));
    CHECK(put(&patient, 304)); /* behind the others */
    CHECK(db_run(other, "ROLLBACK", NULL, 0) == DB_OK);
    CHECK(wait_for(&done, 3));
    CHECK(rows() == before + 3);
    CHECK(atomic_load(&late) == 2);
    store_stop();
    db_close(other);
}

static void what_is_queued_is_done_before_it_stops(void)
{
    int64_t before = rows();

    begin();
    for (unsigned i = 400; i < 400 + MANY; i++)
        CHECK(put(&inserts, i));
    store_stop();
    CHECK(atomic_load(&done) == MANY);
    CHECK(rows() == before + MANY);
}

static void says_why_it_cannot_start(void)
{
    struct store_conf c = { .db = { .kind = DB_SQLITE,
                                    .file = "/nowhere/at/all.db" } };
    char why[400] = "";

    CHECK(store_start(&c, why, sizeof(why)) == -1);
    CHECK(strstr(why, "/nowhere/at/all.db") != NULL);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    place_file(&conf.db);
    conf.db.query_ms = 300;
    conf.tick = tick;
    says_why_it_cannot_start();
    what_comes_meanwhile_is_one_transaction();
    a_bad_one_is_not_the_end_of_the_others();
    refuses_more_than_its_queue_holds();
    a_batch_that_hangs_counts_as_away();
    who_can_wait_does();
    what_is_queued_is_done_before_it_stops();
    place_end();
    gwlib_shutdown();
    return CHECK_DONE();
}

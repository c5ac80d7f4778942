/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.c - what must outlive the process: a database, and its one thread
 *
 *     queue --> batch --> committed: DONE
 *       ^         |  \--> one of them is wrong: each alone, DONE or FAILED
 *       |         v
 *     waiting <-- away -> FAILED, or LATE and back into the queue
 */

#include "store.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { KINDS = 8, PATIENCE_MS = 3000, COMPLAIN_MS = 10000 };

struct jobs {
    struct store_job *first, **last;
    unsigned n;
};

/* Jobs of one kind, as run() gets them. */
struct group {
    const struct store_kind *kind;
    struct jobs jobs;
};

struct batch {
    unsigned kinds;
    struct group group[KINDS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
static struct jobs queue; /* under the lock */
static bool running, stopping;

static _Atomic uint64_t busy_ms; /* since when a batch is being done */
static atomic_bool away;

/* The thread's own. */
static struct store_conf conf;
static struct db *db;
static uint64_t tick_ms, retry_ms, complained_ms;
static long thread = -1;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- lists ---- */

static void jobs_init(struct jobs *j)
{
    j->first = NULL;
    j->last = &j->first;
    j->n = 0;
}

static void jobs_add(struct jobs *j, struct store_job *job)
{
    job->next = NULL;
    *j->last = job;
    j->last = &job->next;
    j->n++;
}

static struct store_job *jobs_take(struct jobs *j)
{
    struct store_job *job = j->first;

    if (job == NULL)
        return NULL;
    j->first = job->next;
    if (j->first == NULL)
        j->last = &j->first;
    j->n--;
    job->next = NULL;
    return job;
}

/* ---- the queue ---- */

bool store_is_away(void)
{
    uint64_t since = atomic_load(&busy_ms);

    return atomic_load(&away) ||
           (since != 0 && now_ms() - since > STORE_SLOW_MS);
}

bool store_put(struct store_job *job)
{
    bool waits = job->kind->waits, taken = false;
    unsigned room = waits ? STORE_WAITING : STORE_QUEUE;

    if (!waits && store_is_away())
        return false;
    job->late = false;
    pthread_mutex_lock(&lock);
    if (running && (queue.n < room || job->kind->always)) {
        jobs_add(&queue, job);
        if (queue.n == 1)
            pthread_cond_signal(&wake);
        taken = true;
    }
    pthread_mutex_unlock(&lock);
    return taken;
}

/* Those go first that waited for the database. */
static void put_back(struct jobs *waiting)
{
    if (waiting->n == 0)
        return;
    pthread_mutex_lock(&lock);
    *waiting->last = queue.first;
    if (queue.n > 0)
        waiting->last = queue.last;
    waiting->n += queue.n;
    queue = *waiting;
    pthread_mutex_unlock(&lock);
}

static bool add_to_group(struct batch *b, struct store_job *job)
{
    unsigned i = 0;

    while (i < b->kinds && b->group[i].kind != job->kind)
        i++;
    if (i == KINDS)
        return false;
    if (i == b->kinds) {
        b->group[b->kinds++].kind = job->kind;
        jobs_init(&b->group[i].jobs);
    }
    jobs_add(&b->group[i].jobs, job);
    return true;
}

/* Wait for requests until it is time for something else. */
static void wait_for_jobs(uint64_t until_ms)
{
    struct timespec t = { .tv_sec = (time_t)(until_ms / 1000),
                          .tv_nsec = (long)(until_ms % 1000) * 1000000 };

    while (!stopping && (queue.n == 0 || atomic_load(&away)))
        if (pthread_cond_timedwait(&wake, &lock, &t) != 0)
            break;
}

static unsigned take_batch(struct batch *b, uint64_t until_ms)
{
    struct store_job *job;
    unsigned n = 0;

    b->kinds = 0;
    pthread_mutex_lock(&lock);
    wait_for_jobs(until_ms);
    if (!atomic_load(&away) || stopping)
        for (; n < STORE_BATCH && (job = queue.first) != NULL; n++) {
            struct store_job *next = job->next;

            if (!add_to_group(b, job))
                break;
            queue.first = next;
            if (next == NULL)
                queue.last = &queue.first;
            queue.n--;
        }
    pthread_mutex_unlock(&lock);
    return n;
}

/* ---- the database ---- */

static void complain(const char *why)
{
    uint64_t now = now_ms();

    if (complained_ms != 0 && now - complained_ms < COMPLAIN_MS)
        return;
    complained_ms = now;
    error(0, "Store: %s", why);
}

static void is_away(const char *why)
{
    retry_ms = now_ms() + STORE_RETRY_MS;
    if (!atomic_exchange(&away, true)) {
        complained_ms = 0;
        complain(why);
    }
}

/* Is it there again? */
static void try_again(void)
{
    char why[400];
    int64_t n;

    if (now_ms() < retry_ms)
        return;
    if (db == NULL &&
        db_try_open(&conf.db, true, &db, why, sizeof(why)) != DB_OK) {
        db = NULL;
        is_away(why);
        complain(why);
        return;
    }
    if (db_ask_int(db, "SELECT max(version) FROM schema_version", NULL, 0, 0,
                   &n) != DB_OK ||
        n != DB_SCHEMA) {
        is_away(db_why(db));
        return;
    }
    atomic_store(&away, false);
    warning(0, "Store: the database is there again.");
}

static enum db_rc run_groups(struct db *to, void *ctx)
{
    struct batch *b = ctx;
    enum db_rc rc = DB_OK;

    for (unsigned i = 0; i < b->kinds && rc == DB_OK; i++)
        rc = b->group[i].kind->run(to, b->group[i].jobs.first);
    return rc;
}

static void end_all(struct batch *b, enum store_end how)
{
    for (unsigned i = 0; i < b->kinds; i++) {
        struct store_job *job;

        while ((job = jobs_take(&b->group[i].jobs)) != NULL)
            b->group[i].kind->end(job, how);
    }
}

/* The database is away: who can wait does. */
static void end_or_wait(struct batch *b)
{
    struct jobs waiting;

    jobs_init(&waiting);
    for (unsigned i = 0; i < b->kinds; i++) {
        const struct store_kind *kind = b->group[i].kind;
        struct store_job *job;

        while ((job = jobs_take(&b->group[i].jobs)) != NULL) {
            bool first = !job->late;

            if (!kind->waits) {
                kind->end(job, STORE_FAILED);
                continue;
            }
            job->late = true;
            if (first)
                kind->end(job, STORE_LATE);
            jobs_add(&waiting, job);
        }
    }
    put_back(&waiting);
}

/* One of them cannot be done, and must not be the others' end. */
static void each_alone(struct batch *b)
{
    for (unsigned i = 0; i < b->kinds; i++) {
        struct store_job *job;

        while ((job = jobs_take(&b->group[i].jobs)) != NULL) {
            struct batch one = { .kinds = 0 };
            enum db_rc rc;

            add_to_group(&one, job);
            rc = db_transaction(db, true, run_groups, &one);
            if (rc == DB_LOST || rc == DB_AGAIN) {
                end_or_wait(&one);
                continue;
            }
            if (rc != DB_OK)
                complain(db_why(db));
            end_all(&one, rc == DB_OK ? STORE_DONE : STORE_FAILED);
        }
    }
}

static void do_batch(struct batch *b)
{
    enum db_rc rc = DB_LOST;

    if (db != NULL)
        rc = db_transaction(db, true, run_groups, b);
    switch (rc) {
    case DB_OK:
        end_all(b, STORE_DONE);
        break;
    case DB_LOST:
    case DB_AGAIN:
        if (db != NULL)
            is_away(db_why(db));
        end_or_wait(b);
        break;
    default:
        each_alone(b);
        break;
    }
}

/* ---- the thread ---- */

static void tick(void)
{
    uint64_t now = now_ms();

    if (atomic_load(&away))
        try_again();
    if (atomic_load(&away) || conf.tick == NULL || now < tick_ms)
        return;
    tick_ms = conf.tick(db) ? now : now + STORE_TICK_MS;
}

static void give_up(void)
{
    struct store_job *job;
    struct jobs left;

    pthread_mutex_lock(&lock);
    running = false;
    left = queue;
    jobs_init(&queue);
    pthread_mutex_unlock(&lock);
    if (left.n > 0)
        error(0, "Store: %u requests are given up.", left.n);
    while ((job = jobs_take(&left)) != NULL)
        job->kind->end(job, STORE_FAILED);
}

/* False: all is done, or it takes too long. */
static bool go_on(uint64_t *stop_ms)
{
    bool stops, empty;

    pthread_mutex_lock(&lock);
    stops = stopping;
    empty = queue.n == 0;
    pthread_mutex_unlock(&lock);
    if (!stops)
        return true;
    if (*stop_ms == 0)
        *stop_ms = now_ms() + STORE_STOP_MS;
    return !empty && !atomic_load(&away) && now_ms() < *stop_ms;
}

static void run(void *arg)
{
    uint64_t stop_ms = 0;
    struct batch b;

    (void)arg;
    tick();
    while (go_on(&stop_ms)) {
        uint64_t until = atomic_load(&away) ? retry_ms : tick_ms;
        unsigned n = take_batch(&b, until);

        atomic_store(&busy_ms, now_ms());
        if (n > 0)
            do_batch(&b);
        tick();
        atomic_store(&busy_ms, 0);
        if (conf.after != NULL)
            conf.after();
    }
    give_up();
    if (conf.after != NULL)
        conf.after();
    db_close(db);
    db = NULL;
}

/* ---- start and stop ---- */

static int open_db(char *why, size_t size)
{
    enum db_rc rc = db_try_open(&conf.db, true, &db, why, size);
    int version;

    if (rc == DB_LOST) {
        db = NULL;
        is_away(why);
        return 0;
    }
    if (rc != DB_OK)
        return -1;
    version = db_schema(db);
    if (version == DB_SCHEMA)
        return 0;
    if (version < 0)
        snprintf(why, size, "%s", db_why(db));
    else
        snprintf(why, size,
                 "the database has schema %d, and this program needs %d "
                 "(vmnctl migrate)",
                 version, DB_SCHEMA);
    db_close(db);
    db = NULL;
    return -1;
}

int store_start(const struct store_conf *c, char *why, size_t size)
{
    pthread_condattr_t attr;

    conf = *c;
    if (conf.db.query_ms == 0 || conf.db.query_ms > PATIENCE_MS)
        conf.db.query_ms = PATIENCE_MS;
    conf.db.sync_reads = true;
    atomic_store(&away, false);
    atomic_store(&busy_ms, 0);
    tick_ms = 0;
    if (open_db(why, size) < 0)
        return -1;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&wake, &attr);
    pthread_condattr_destroy(&attr);
    jobs_init(&queue);
    stopping = false;
    running = true;
    thread = gwthread_create(run, NULL);
    if (thread >= 0)
        return 0;
    running = false;
    db_close(db);
    db = NULL;
    snprintf(why, size, "cannot start a thread");
    return -1;
}

void store_stop(void)
{
    if (thread < 0)
        return;
    pthread_mutex_lock(&lock);
    stopping = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    gwthread_join(thread);
    thread = -1;
    pthread_cond_destroy(&wake);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_db.c - requests that need the register's database, one after another
 */

#include "admin_db.h"

#include "admin_explain.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

enum { AGAIN_S = 1 /* after a failure it is not tried for so long */ };

static const struct conf *conf;
static void (*done)(void);
static List *asked, *answered; /* of struct admin_job */
static struct reg *reg;        /* the thread's; NULL: not open */
static time_t try_at;          /* CLOCK_MONOTONIC */
static long thread = -1;

static time_t now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

/* -1: `reply' says why. */
static int open_reg(struct rest_reply *reply)
{
    char why[256];
    struct db *db;

    if (reg != NULL)
        return 0;
    if (now_s() >= try_at) {
        db = db_open(&conf->hlr.db, false, why, sizeof(why));
        reg = db != NULL ? reg_new(db, why, sizeof(why)) : NULL;
        if (reg != NULL)
            return 0;
        error(0, "Admin port: register: %s", why);
        try_at = now_s() + AGAIN_S;
    }
    rest_refuse(reply, 503, NULL, "the register's database cannot be reached");
    return -1;
}

static void run(struct admin_job *job)
{
    if (job->ask.what == REST_EXPLAIN)
        admin_explain(conf, reg, &job->ask, &job->reply);
    else
        rest_run(&conf->hlr, reg, &job->ask, &job->reply);
}

static void work(void *arg)
{
    struct admin_job *job;

    (void)arg;
    while ((job = gwlist_consume(asked)) != NULL) {
        if (open_reg(&job->reply) == 0)
            run(job);
        if (job->reply.status == 500)
            error(0, "Admin port: register: %.*s",
                  (int)strcspn(text_str(&job->reply.body), "\n"),
                  text_str(&job->reply.body));
        gwlist_append(answered, job);
        done();
    }
    reg_free(reg);
    reg = NULL;
}

int admin_db_start(const struct conf *c, void (*fn)(void))
{
    conf = c;
    done = fn;
    asked = gwlist_create();
    answered = gwlist_create();
    gwlist_add_producer(asked);
    thread = gwthread_create(work, NULL);
    return thread == -1 ? -1 : 0;
}

bool admin_db_put(const struct admin_job *job)
{
    struct admin_job *copy;

    if (gwlist_len(asked) >= ADMIN_DB_WAITING)
        return false;
    copy = gw_malloc(sizeof(*copy));
    *copy = *job;
    gwlist_append(asked, copy);
    return true;
}

bool admin_db_take(struct admin_job *job)
{
    struct admin_job *first = gwlist_extract_first(answered);

    if (first == NULL)
        return false;
    *job = *first;
    gw_free(first);
    return true;
}

static void drop_all(List *list)
{
    struct admin_job *job;

    while ((job = gwlist_extract_first(list)) != NULL) {
        text_free(&job->reply.body);
        gw_free(job);
    }
    gwlist_destroy(list, NULL);
}

void admin_db_stop(void)
{
    struct admin_job *job;

    if (asked == NULL)
        return;
    while ((job = gwlist_extract_first(asked)) != NULL)
        gw_free(job);
    gwlist_remove_producer(asked);
    if (thread != -1)
        gwthread_join(thread);
    thread = -1;
    drop_all(asked);
    drop_all(answered);
    asked = answered = NULL;
}

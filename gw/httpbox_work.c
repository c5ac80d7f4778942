/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_work.c - the way of a message through httpbox
 */

#include "httpbox_work.h"

#include "box_client.h"
#include "dlv_log.h"
#include "httpbox_reply.h"
#include "httpbox_req.h"
#include "sigtran-box/slog.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { NUMBER_SHOWN = 48, FLUSH_MS = 1000 };

struct jobs {
    struct http_job *first, **last;
};

static struct http_conf *conf;
static struct box_client *client;
static struct http *http;
static long worker_thread, http_thread;
static atomic_uint pending;
static atomic_bool stopping, hurry, told_to_stop;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of these: */
static pthread_cond_t more;
static struct jobs queue;
static struct http_set *set;
static bool worker_sleeps, worker_ends;

static struct jobs coming;     /* the client's thread: of this turn */
static struct jobs finished;   /* the HTTP thread: of this turn */
static struct http_job *later; /* the worker: to repeat, in order of time */
static struct http_job *later_end;

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
}

static void jobs_add(struct jobs *j, struct http_job *job)
{
    job->next = NULL;
    *j->last = job;
    j->last = &job->next;
}

/* Move all of `from' to the worker. */
static void to_worker(struct jobs *from)
{
    bool wake;

    if (from->first == NULL)
        return;
    pthread_mutex_lock(&lock);
    *queue.last = from->first;
    queue.last = from->last;
    wake = worker_sleeps;
    worker_sleeps = false;
    pthread_mutex_unlock(&lock);
    jobs_init(from);
    if (wake)
        pthread_cond_signal(&more);
}

/* ---- the end of a message ---- */

static const char *word_of(enum verdict v)
{
    static const char *const word[] = {
        [VERDICT_OK] = "ok",
        [VERDICT_TEMPFAIL] = "tempfail",
        [VERDICT_PERMFAIL] = "permfail",
    };

    return word[v];
}

static void shown(const Octstr *os, char out[NUMBER_SHOWN])
{
    snprintf(out, NUMBER_SHOWN, "%s", os != NULL ? octstr_get_cstr(os) : "");
    dlv_log_printable(out);
}

static void log_end(const struct http_job *job, enum verdict v, const char *how)
{
    char id[HTTP_ID_MAX], from[NUMBER_SHOWN], to[NUMBER_SHOWN];
    const Msg *msg = job->msg;
    bool swapped = msg->sms.sms_type == mt_reply;

    if (conf->log_level > GW_INFO)
        return;
    http_job_id(job, id);
    dlv_log_printable(id);
    shown(swapped ? msg->sms.receiver : msg->sms.sender, from);
    shown(swapped ? msg->sms.sender : msg->sms.receiver, to);
    info(0, "sms %s from <%s> to <%s>, service <%s>: %s, %s, %llu ms", id, from,
         to, job->service != NULL ? octstr_get_cstr(job->service->name) : "",
         word_of(v), how, (unsigned long long)(now_ms() - job->in_ms));
}

/* Its one answer. The job is only for its reply after that. */
static void answer(struct http_job *job, enum verdict v, const char *how)
{
    static const enum stat_id stat[] = {
        [VERDICT_OK] = STAT_http_ok,
        [VERDICT_TEMPFAIL] = STAT_http_tempfail,
        [VERDICT_PERMFAIL] = STAT_http_permfail,
    };

    if (!box_client_ack(client, &job->key, v))
        stat_inc(STAT_http_ack_lost);
    stat_inc(stat[v]);
    if (job->service != NULL)
        atomic_fetch_sub(&job->service->pending, 1);
    log_end(job, v, how);
    atomic_fetch_sub(&pending, 1);
}

/* ---- messages come ---- */

static void on_sms(void *ctx, const struct box_key *key,
                   const struct box_frame *f, const uint8_t *p, size_t n)
{
    struct http_job *job;
    struct http_set *to;

    (void)ctx, (void)p, (void)n;
    stat_inc(STAT_http_in);
    pthread_mutex_lock(&lock); /* also until start() knows the client */
    to = http_set_hold(set);
    pthread_mutex_unlock(&lock);
    if (atomic_load(&stopping) ||
        atomic_load(&pending) >= to->common.max_pending) {
        stat_inc(STAT_http_busy);
        box_client_ack(client, key, VERDICT_TEMPFAIL);
        http_set_drop(to);
        return;
    }
    atomic_fetch_add(&pending, 1);
    job = http_job_new(key, http_msg_of(f), to, now_ms());
    jobs_add(&coming, job);
}

static void on_turn(void *ctx)
{
    (void)ctx;
    to_worker(&coming);
}

static void on_command(void *ctx, enum box_command command)
{
    (void)ctx;
    if (command == BOX_CMD_SHUTDOWN) {
        info(0, "The server tells the box to shut down.");
        atomic_store(&told_to_stop, true);
    }
}

static const struct box_client_ops client_ops = {
    .sms = on_sms,
    .turn = on_turn,
    .command = on_command,
};

/* ---- requests come back ---- */

static void on_done(void *ctx, struct http_call *call)
{
    struct http_job *job = (struct http_job *)call;
    char how[32];
    enum verdict v = http_verdict(&job->service->verdicts, call->status);

    (void)ctx;
    if (!atomic_load(&stopping) &&
        http_may_repeat(v, call->retry_after_s, now_ms(), call->due_ms,
                        &job->again_ms)) {
        stat_inc(STAT_http_again);
        jobs_add(&finished, job);
        return;
    }
    snprintf(how, sizeof(how), "status %d", call->status);
    answer(job, v, call->status != 0 ? how : call->why);
    job->answered = true;
    if (v == VERDICT_OK && job->service->max_messages > 0 && !job->report)
        jobs_add(&finished, job);
    else
        http_job_free(job);
}

static void on_http_turn(void *ctx)
{
    (void)ctx;
    box_client_flush(client);
    to_worker(&finished);
}

static const struct http_ops http_ops = { on_done, on_http_turn };

static void http_thread_run(void *arg)
{
    (void)arg;
    http_run(http);
}

/* ---- the worker ---- */

/* True: the job's service has as many as it may. */
static bool is_full(struct http_job *job)
{
    struct http_service *s = job->service;

    return atomic_fetch_add(&s->pending, 1) >= s->max_pending;
}

static void warn_limited(const struct http_job *job, const char *why)
{
    static struct slog_rate rate;
    char from[NUMBER_SHOWN], to[NUMBER_SHOWN];
    uint32_t hidden;

    if (!slog_may(&rate, now_ms(), &hidden))
        return;
    shown(job->msg->sms.sender, from);
    shown(job->msg->sms.receiver, to);
    warning(0,
            "A message from <%s> to <%s> has failed: %s. %u more were not "
            "logged.",
            from, to, why, (unsigned)hidden);
}

static void build(struct http_job *job, struct http_call ***last)
{
    const char *why = "";
    enum http_built built = http_req_build(job, time(NULL), &why);

    if (job->service != NULL && is_full(job)) {
        stat_inc(STAT_http_busy);
        built = HTTP_BUILT_TEMPFAIL;
        why = "its service has max-pending of them";
    }
    switch (built) {
    case HTTP_BUILT_CALL:
        **last = &job->call;
        *last = &job->call.next;
        return;
    case HTTP_BUILT_REPLY:
        answer(job, VERDICT_OK, "text");
        if (job->service->max_messages > 0)
            http_reply_send(job, conf, client);
        break;
    case HTTP_BUILT_TEMPFAIL:
        warn_limited(job, why);
        answer(job, VERDICT_TEMPFAIL, why);
        break;
    case HTTP_BUILT_PERMFAIL:
        warn_limited(job, why);
        answer(job, VERDICT_PERMFAIL, why);
        break;
    }
    http_job_free(job);
}

/* Most are told to wait as long as the others: their place is the end. */
static void put_off(struct http_job *job)
{
    struct http_job **p = &later;

    if (later != NULL && later_end->again_ms <= job->again_ms)
        p = &later_end->next;
    while (*p != NULL && (*p)->again_ms <= job->again_ms)
        p = &(*p)->next;
    job->next = *p;
    *p = job;
    if (job->next == NULL)
        later_end = job;
}

/* What is due of them, or all if the box stops: those fail. */
static void take_due(struct http_call ***last)
{
    bool stop = atomic_load(&stopping);
    struct http_job *job;

    while ((job = later) != NULL && (stop || job->again_ms <= now_ms())) {
        later = job->next;
        if (stop) {
            answer(job, VERDICT_TEMPFAIL, "the box is stopping");
            http_job_free(job);
            continue;
        }
        http_req_again(job, time(NULL));
        **last = &job->call;
        *last = &job->call.next;
    }
}

static void work(struct http_job *job)
{
    struct http_call *first = NULL, **last = &first;
    struct http_job *next;

    for (; job != NULL; job = next) {
        next = job->next;
        if (job->answered) {
            http_reply_send(job, conf, client);
            http_job_free(job);
        } else if (job->again_ms != 0)
            put_off(job);
        else
            build(job, &last);
    }
    take_due(&last);
    *last = NULL;
    if (first != NULL)
        http_put(http, first);
    box_client_flush(client);
}

/* Wait under the lock until there is something to do. */
static void wait_for_work(void)
{
    struct timespec until;
    uint64_t ms;

    worker_sleeps = true;
    if (later == NULL) {
        pthread_cond_wait(&more, &lock);
    } else {
        ms = later->again_ms;
        until.tv_sec = (time_t)(ms / 1000);
        until.tv_nsec = (long)(ms % 1000 * 1000000);
        pthread_cond_timedwait(&more, &lock, &until);
    }
    worker_sleeps = false;
}

static bool due(void)
{
    return later != NULL &&
           (atomic_load(&stopping) || later->again_ms <= now_ms());
}

static void worker_run(void *arg)
{
    struct http_job *jobs;

    (void)arg;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (queue.first == NULL && !due() && !worker_ends)
            wait_for_work();
        jobs = queue.first;
        jobs_init(&queue);
        if (jobs == NULL && !due()) {
            pthread_mutex_unlock(&lock);
            return;
        }
        pthread_mutex_unlock(&lock);
        work(jobs);
    }
}

static void wake_worker(bool ends)
{
    pthread_mutex_lock(&lock);
    worker_ends = ends;
    pthread_mutex_unlock(&lock);
    pthread_cond_signal(&more);
}

/* ---- start and stop ---- */

static void init(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&more, &attr);
    pthread_condattr_destroy(&attr);
    jobs_init(&queue);
    jobs_init(&coming);
    jobs_init(&finished);
    later = NULL;
    worker_ends = worker_sleeps = false;
    atomic_store(&stopping, false);
    atomic_store(&hurry, false);
    atomic_store(&told_to_stop, false);
}

int http_work_start(struct http_conf *c)
{
    init();
    conf = c;
    set = c->set;
    c->set = NULL;
    http = http_new(&http_ops, NULL, c->per_host);
    if (http == NULL) {
        error(0, "libcurl cannot be started.");
        return -1;
    }
    worker_thread = gwthread_create(worker_run, NULL);
    http_thread = gwthread_create(http_thread_run, NULL);
    pthread_mutex_lock(&lock);
    client = box_client_start(&c->client, &client_ops, NULL);
    pthread_mutex_unlock(&lock);
    if (worker_thread == -1 || http_thread == -1 || client == NULL) {
        error(0, "Cannot start threads.");
        return -1;
    }
    return 0;
}

void http_work_reload(struct http_set *to)
{
    struct http_set *old;

    pthread_mutex_lock(&lock);
    old = set;
    set = to;
    pthread_mutex_unlock(&lock);
    http_set_drop(old);
}

unsigned http_work_pending(void)
{
    return atomic_load(&pending);
}

bool http_work_told_to_stop(void)
{
    return atomic_load(&told_to_stop);
}

void http_work_hurry(void)
{
    atomic_store(&hurry, true);
}

void http_work_stop(uint32_t drain_ms)
{
    uint64_t until = now_ms() + drain_ms;
    struct http_job *job;

    box_client_suspend(client, true);
    atomic_store(&stopping, true);
    wake_worker(false); /* what waits to be repeated is given up */
    while (http_work_pending() > 0 && now_ms() < until && !atomic_load(&hurry))
        gwthread_sleep(0.02);
    http_stop(http);
    gwthread_join(http_thread);
    wake_worker(true);
    gwthread_join(worker_thread);
    http_run(http); /* fails what the worker has put since */
    while ((job = queue.first) != NULL) {
        queue.first = job->next;
        answer(job, VERDICT_TEMPFAIL, "the box is stopping");
        http_job_free(job);
    }
    box_client_stop(client, FLUSH_MS);
    http_free(http);
    http_set_drop(set);
    pthread_cond_destroy(&more);
}

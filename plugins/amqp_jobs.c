/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_jobs.c - what is to be published, and what the broker shall confirm
 */

#include "amqp_jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* With long texts they may be large: a bound beside their number, one for
 * messages and one for records. */
enum { QUEUE_OCTETS = 64 * 1024 * 1024 };

/* Messages go first, however many records wait: these have nobody who waits
 * for them. */
enum kind { MESSAGES, RECORDS, KINDS };

struct list {
    struct amqp_job *first, **last;
    unsigned n;
};

struct amqp_jobs {
    struct amqp_jobs_conf c;
    const struct plug_host *host;
    const struct plug_conf *conf;
    int wake_fd;

    pthread_mutex_t lock;
    struct list waiting[KINDS], out;
    size_t octets[KINDS]; /* waiting and out */
    bool up;
    uint64_t since_ms; /* up: the last confirmation; else: when it went away */
};

uint64_t amqp_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- lists ---- */

static void list_init(struct list *l)
{
    *l = (struct list){ .last = &l->first };
}

static enum kind kind_of(const struct amqp_job *job)
{
    return job->kind == AMQP_RECORD ? RECORDS : MESSAGES;
}

static void append(struct list *l, struct amqp_job *job)
{
    job->next = NULL;
    *l->last = job;
    l->last = &job->next;
    l->n++;
}

/* Out of the midst: `at' points to it. */
static struct amqp_job *unlink_at(struct list *l, struct amqp_job **at)
{
    struct amqp_job *job = *at;

    *at = job->next;
    if (job->next == NULL)
        l->last = at;
    l->n--;
    return job;
}

/* ---- the fate of a job; the lock is held ---- */

static void end(struct amqp_jobs *q, struct amqp_job *job)
{
    q->octets[kind_of(job)] -= job->len;
    free(job);
}

static void settle(struct amqp_jobs *q, struct amqp_job *job,
                   enum plug_verdict v, const char *why)
{
    if (job->kind != AMQP_HELD || job->settled)
        return;
    job->settled = true;
    if (v != PLUG_DONE)
        q->host->note_held(job->held, why);
    q->host->resume(job->held, v);
}

static void count(struct amqp_jobs *q, const char *name)
{
    q->host->count(q->conf, name, 1);
}

/* It is out no more, and the broker has it. */
static void taken_by_broker(struct amqp_jobs *q, struct amqp_job *job)
{
    if (job->returned) {
        count(q, "unroutable");
        settle(q, job, PLUG_TEMPFAIL, "amqp: no queue for it");
    } else {
        /* told TEMPFAIL before: the retry will have the same message id */
        count(q, job->settled ? "confirmed_late" : "confirmed");
        settle(q, job, PLUG_DONE, "");
    }
    end(q, job);
}

/* Not in the broker, as far as is known: who waits shall try again, and what
 * nobody waits for is tried again by us. */
static void not_taken(struct amqp_jobs *q, struct amqp_job *job,
                      const char *why, struct list again[KINDS])
{
    if (job->kind == AMQP_HELD) {
        settle(q, job, PLUG_TEMPFAIL, why);
        end(q, job);
        return;
    }
    job->returned = false;
    append(&again[kind_of(job)], job);
}

static void put_in_front(struct list *l, struct list *again)
{
    if (again->n == 0)
        return;
    *again->last = l->first;
    if (l->first == NULL)
        l->last = again->last;
    l->first = again->first;
    l->n += again->n;
}

static void put_again(struct amqp_jobs *q, struct list again[KINDS])
{
    for (int i = 0; i < KINDS; i++)
        put_in_front(&q->waiting[i], &again[i]);
}

static void list_init_all(struct list l[KINDS])
{
    for (int i = 0; i < KINDS; i++)
        list_init(&l[i]);
}

/* ---- from outside ---- */

struct amqp_jobs *amqp_jobs_new(const struct amqp_jobs_conf *c,
                                const struct plug_host *host,
                                const struct plug_conf *conf)
{
    struct amqp_jobs *q = calloc(1, sizeof(*q));

    if (q == NULL)
        return NULL;
    q->c = *c;
    q->host = host;
    q->conf = conf;
    list_init_all(q->waiting);
    list_init(&q->out);
    pthread_mutex_init(&q->lock, NULL);
    q->since_ms = amqp_now_ms();
    q->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (q->wake_fd >= 0)
        return q;
    amqp_jobs_free(q);
    return NULL;
}

static void give_up(struct amqp_jobs *q, struct list *l)
{
    while (l->first != NULL) {
        struct amqp_job *job = unlink_at(l, &l->first);

        if (job->kind != AMQP_HELD)
            count(q, "dropped");
        settle(q, job, PLUG_TEMPFAIL, "amqp: the plug-in is closed");
        end(q, job);
    }
}

void amqp_jobs_free(struct amqp_jobs *q)
{
    if (q == NULL)
        return;
    give_up(q, &q->out);
    for (int i = 0; i < KINDS; i++)
        give_up(q, &q->waiting[i]);
    if (q->wake_fd >= 0)
        close(q->wake_fd);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

struct amqp_job *amqp_job_new(const char *body, size_t len)
{
    struct amqp_job *job = calloc(1, sizeof(*job) + len);

    if (job == NULL)
        return NULL;
    job->len = len;
    memcpy(job->body, body, len);
    return job;
}

/* Has the broker been away, or silent, for so long that it would be in vain? */
static bool is_away(const struct amqp_jobs *q, uint64_t now)
{
    if (q->up && q->out.n == 0)
        return false;
    return now - q->since_ms > q->c.timeout_ms;
}

static const char *refusal(const struct amqp_jobs *q,
                           const struct amqp_job *job, uint64_t now)
{
    enum kind k = kind_of(job);

    if (q->octets[k] + job->len > QUEUE_OCTETS ||
        q->waiting[k].n >= (k == RECORDS ? q->c.records : q->c.queue))
        return "amqp: the queue is full";
    return job->kind == AMQP_HELD && is_away(q, now)
               ? "amqp: the broker is away"
               : NULL;
}

bool amqp_jobs_put(struct amqp_jobs *q, struct amqp_job *job, const char **why)
{
    uint64_t now = amqp_now_ms();
    bool first;

    pthread_mutex_lock(&q->lock);
    *why = refusal(q, job, now);
    if (*why != NULL) {
        pthread_mutex_unlock(&q->lock);
        return false;
    }
    first = q->waiting[MESSAGES].n == 0 && q->waiting[RECORDS].n == 0;
    job->deadline_ms = now + q->c.timeout_ms;
    append(&q->waiting[kind_of(job)], job);
    q->octets[kind_of(job)] += job->len;
    pthread_mutex_unlock(&q->lock);
    if (first)
        amqp_jobs_wake(q);
    return true;
}

const struct amqp_job *amqp_jobs_next(struct amqp_jobs *q, uint64_t tag)
{
    struct amqp_job *job = NULL;
    struct list *l;

    pthread_mutex_lock(&q->lock);
    l = &q->waiting[q->waiting[MESSAGES].n > 0 ? MESSAGES : RECORDS];
    if (l->n > 0 && q->out.n < q->c.window) {
        job = unlink_at(l, &l->first);
        job->tag = tag;
        if (q->out.n == 0)
            q->since_ms = amqp_now_ms();
        append(&q->out, job);
    }
    pthread_mutex_unlock(&q->lock);
    return job;
}

void amqp_jobs_confirmed(struct amqp_jobs *q, uint64_t tag, bool multiple,
                         bool taken)
{
    struct amqp_job **at = &q->out.first, *job;
    struct list again[KINDS];

    list_init_all(again);
    pthread_mutex_lock(&q->lock);
    q->since_ms = amqp_now_ms();
    /* they are out in the order of their tags */
    while (*at != NULL && (*at)->tag <= tag) {
        if (!multiple && (*at)->tag != tag) {
            at = &(*at)->next;
            continue;
        }
        job = unlink_at(&q->out, at);
        if (taken) {
            taken_by_broker(q, job);
        } else {
            count(q, "refused");
            not_taken(q, job, "amqp: the broker refused it", again);
        }
    }
    put_again(q, again);
    pthread_mutex_unlock(&q->lock);
}

void amqp_jobs_returned(struct amqp_jobs *q, const char *message_id)
{
    pthread_mutex_lock(&q->lock);
    for (struct amqp_job *job = q->out.first; job != NULL; job = job->next)
        if (strcmp(job->message_id, message_id) == 0)
            job->returned = true;
    pthread_mutex_unlock(&q->lock);
}

void amqp_jobs_lost(struct amqp_jobs *q)
{
    struct list again[KINDS];

    list_init_all(again);
    pthread_mutex_lock(&q->lock);
    while (q->out.first != NULL) {
        struct amqp_job *job = unlink_at(&q->out, &q->out.first);

        if (!job->settled)
            count(q, "lost");
        not_taken(q, job, "amqp: the connection was lost", again);
    }
    put_again(q, again);
    pthread_mutex_unlock(&q->lock);
}

void amqp_jobs_up(struct amqp_jobs *q, bool up)
{
    pthread_mutex_lock(&q->lock);
    if (q->up != up)
        q->since_ms = amqp_now_ms();
    q->up = up;
    pthread_mutex_unlock(&q->lock);
}

void amqp_jobs_tick(struct amqp_jobs *q)
{
    uint64_t now = amqp_now_ms();
    struct list *l = &q->waiting[MESSAGES];

    pthread_mutex_lock(&q->lock);
    /* an instance holds its messages or copies them: the first is due first */
    while (l->first != NULL && l->first->kind == AMQP_HELD &&
           now >= l->first->deadline_ms) {
        struct amqp_job *job = unlink_at(l, &l->first);

        count(q, "expired");
        settle(q, job, PLUG_TEMPFAIL, "amqp: it could not be published");
        end(q, job);
    }
    for (struct amqp_job *job = q->out.first; job != NULL; job = job->next) {
        if (job->kind != AMQP_HELD || job->settled || now < job->deadline_ms)
            continue;
        count(q, "expired");
        settle(q, job, PLUG_TEMPFAIL, "amqp: no confirmation");
    }
    pthread_mutex_unlock(&q->lock);
}

bool amqp_jobs_idle(struct amqp_jobs *q)
{
    bool idle;

    pthread_mutex_lock(&q->lock);
    idle = q->waiting[MESSAGES].n == 0 && q->waiting[RECORDS].n == 0 &&
           q->out.n == 0;
    pthread_mutex_unlock(&q->lock);
    return idle;
}

int amqp_jobs_fd(const struct amqp_jobs *q)
{
    return q->wake_fd;
}

void amqp_jobs_wake(struct amqp_jobs *q)
{
    uint64_t one = 1;

    if (write(q->wake_fd, &one, sizeof(one)) < 0)
        return; /* it is readable already */
}

void amqp_jobs_woken(struct amqp_jobs *q)
{
    uint64_t n;

    if (read(q->wake_fd, &n, sizeof(n)) < 0)
        return; /* it was not */
}

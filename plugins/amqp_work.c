/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_work.c - the thread that publishes
 *
 *     connect -> publish and listen -> lost -> pause, which doubles -> connect
 */

#include "amqp_work.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    BURST = 64,       /* published before confirmations are looked at */
    SLEEP_MS = 1000,  /* heartbeats and deadlines are looked at so often */
    REFUSED_MS = 100, /* a broker that refuses gets a rest */
    PAUSE_FIRST_MS = 200,
    PAUSE_MAX_MS = 5000,
    STOP_MS = 2000,
    COMPLAIN_MS = 60000
};

struct amqp_work {
    const struct amqp_link_conf *c;
    struct amqp_jobs *jobs;
    const struct plug_host *host;
    const struct plug_conf *conf;
    pthread_t thread;

    /* the thread's */
    struct amqp_link *link; /* NULL: none */
    uint64_t tag;
    bool blocked;
    uint64_t rest_until_ms;
    unsigned pause_ms;
    uint64_t complained_ms;

    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool has_ended, cut;
    uint64_t stop_ms; /* 0: go on; else until when */
    int fd;           /* of the connection, or -1 */
};

/* ---- stopping ---- */

static uint64_t stop_at(struct amqp_work *w)
{
    uint64_t ms;

    pthread_mutex_lock(&w->lock);
    ms = w->stop_ms;
    pthread_mutex_unlock(&w->lock);
    return ms;
}

static bool goes_on(struct amqp_work *w)
{
    uint64_t until = stop_at(w);

    return until == 0 || (w->link != NULL && !amqp_jobs_idle(w->jobs) &&
                          amqp_now_ms() < until);
}

static void publish_fd(void *self, int fd)
{
    struct amqp_work *w = self;

    pthread_mutex_lock(&w->lock);
    w->fd = fd;
    if (w->cut && fd >= 0)
        shutdown(fd, SHUT_RDWR);
    pthread_mutex_unlock(&w->lock);
}

/* ---- the connection ---- */

static void complain(struct amqp_work *w, const char *what, const char *why)
{
    uint64_t now = amqp_now_ms();

    w->host->count(w->conf, "failures", 1);
    if (w->complained_ms != 0 && now - w->complained_ms < COMPLAIN_MS)
        return;
    w->complained_ms = now;
    w->host->log(w->conf, PLUG_LOG_ERROR, "%s broker <%s:%u>, %s.", what,
                 w->c->host, w->c->port, why);
}

static void lost(struct amqp_work *w, const char *why)
{
    publish_fd(w, -1);
    amqp_link_close(w->link, false);
    w->link = NULL;
    w->blocked = false;
    amqp_jobs_up(w->jobs, false);
    amqp_jobs_lost(w->jobs);
    complain(w, "Lost", why);
}

static void connect_again(struct amqp_work *w)
{
    char why[256] = "";

    w->link = amqp_link_open(w->c, publish_fd, w, why, sizeof(why));
    if (w->link == NULL) {
        complain(w, "Cannot use", why);
        return;
    }
    w->tag = 0;
    w->rest_until_ms = 0;
    w->host->count(w->conf, "connected", 1);
    w->host->log(w->conf, PLUG_LOG_INFO, "Connected to broker <%s:%u>.",
                 w->c->host, w->c->port);
    amqp_jobs_up(w->jobs, true);
}

/* ---- at work ---- */

static void blocked(struct amqp_work *w, bool is, const char *why)
{
    w->blocked = is;
    amqp_jobs_up(w->jobs, !is);
    if (is)
        w->host->count(w->conf, "blocked", 1);
    w->host->log(w->conf, is ? PLUG_LOG_WARNING : PLUG_LOG_INFO,
                 is ? "The broker takes no messages: %s."
                    : "The broker takes messages again%s.",
                 why);
}

static void act_on(struct amqp_work *w, const struct amqp_event *e)
{
    switch (e->type) {
    case AMQP_EVENT_ACK:
        amqp_jobs_confirmed(w->jobs, e->tag, e->multiple, true);
        /* a broker that lets us in, and then takes nothing, is not well */
        w->pause_ms = PAUSE_FIRST_MS;
        w->complained_ms = 0;
        break;
    case AMQP_EVENT_NACK:
        amqp_jobs_confirmed(w->jobs, e->tag, e->multiple, false);
        w->rest_until_ms = amqp_now_ms() + REFUSED_MS;
        break;
    case AMQP_EVENT_RETURN:
        amqp_jobs_returned(w->jobs, e->message_id);
        complain(w, "Unroutable at", e->why);
        break;
    case AMQP_EVENT_BLOCKED:
        blocked(w, true, e->why);
        break;
    case AMQP_EVENT_UNBLOCKED:
        blocked(w, false, "");
        break;
    case AMQP_EVENT_LOST:
        lost(w, e->why);
        break;
    case AMQP_EVENT_NONE:
        break;
    }
}

/* False: the connection is lost. */
static bool listen_to_it(struct amqp_work *w)
{
    struct amqp_event e;

    do {
        e = amqp_link_next(w->link);
        act_on(w, &e);
    } while (e.type != AMQP_EVENT_NONE && e.type != AMQP_EVENT_LOST);
    return e.type != AMQP_EVENT_LOST;
}

/* How many; the connection may be lost then. */
static unsigned publish(struct amqp_work *w)
{
    const struct amqp_job *job;
    char why[200];
    unsigned n = 0;

    if (w->blocked || amqp_now_ms() < w->rest_until_ms)
        return 0;
    w->rest_until_ms = 0;
    while (n < BURST && (job = amqp_jobs_next(w->jobs, w->tag + 1)) != NULL) {
        w->tag++;
        n++;
        if (!amqp_link_publish(w->link, job, why, sizeof(why))) {
            lost(w, why);
            break;
        }
    }
    return n;
}

static void sleep_until_needed(struct amqp_work *w, int ms)
{
    struct pollfd p[2] = {
        { .fd = amqp_jobs_fd(w->jobs), .events = POLLIN },
        { .fd = w->link != NULL ? amqp_link_fd(w->link) : -1,
          .events = POLLIN },
    };

    if (poll(p, 2, ms) > 0 && p[0].revents != 0)
        amqp_jobs_woken(w->jobs);
}

static void turn(struct amqp_work *w)
{
    unsigned n;

    if (!listen_to_it(w))
        return;
    n = publish(w);
    amqp_jobs_tick(w->jobs);
    if (n == 0 && w->link != NULL)
        sleep_until_needed(w, w->rest_until_ms != 0 || stop_at(w) != 0
                                  ? REFUSED_MS
                                  : SLEEP_MS);
}

static void rest(struct amqp_work *w)
{
    uint64_t until = amqp_now_ms() + w->pause_ms, now;

    while (stop_at(w) == 0 && (now = amqp_now_ms()) < until) {
        sleep_until_needed(w, (int)(until - now));
        amqp_jobs_tick(w->jobs);
    }
    w->pause_ms *= 2;
    if (w->pause_ms > PAUSE_MAX_MS)
        w->pause_ms = PAUSE_MAX_MS;
}

static void *work(void *self)
{
    struct amqp_work *w = self;

    connect_again(w);
    while (goes_on(w)) {
        if (w->link != NULL) {
            turn(w);
            continue;
        }
        rest(w);
        if (stop_at(w) == 0)
            connect_again(w);
    }
    publish_fd(w, -1);
    amqp_link_close(w->link, amqp_jobs_idle(w->jobs));
    pthread_mutex_lock(&w->lock);
    w->has_ended = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

/* ---- from outside ---- */

static void init_lock(struct amqp_work *w)
{
    pthread_condattr_t attr;

    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&w->ended, &attr);
    pthread_condattr_destroy(&attr);
}

static void release(struct amqp_work *w)
{
    pthread_cond_destroy(&w->ended);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct amqp_work *amqp_work_start(const struct amqp_link_conf *c,
                                  struct amqp_jobs *jobs,
                                  const struct plug_host *host,
                                  const struct plug_conf *conf)
{
    struct amqp_work *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return NULL;
    *w = (struct amqp_work){ .c = c,
                             .jobs = jobs,
                             .host = host,
                             .conf = conf,
                             .fd = -1,
                             .pause_ms = PAUSE_FIRST_MS };
    init_lock(w);
    if (pthread_create(&w->thread, NULL, work, w) == 0)
        return w;
    release(w);
    return NULL;
}

void amqp_work_stop(struct amqp_work *w)
{
    uint64_t now = amqp_now_ms(), until = now + STOP_MS + STOP_MS / 4;
    struct timespec t = { .tv_sec = (time_t)(until / 1000),
                          .tv_nsec = (long)(until % 1000) * 1000000 };

    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop_ms = now + STOP_MS;
    amqp_jobs_wake(w->jobs);
    while (!w->has_ended &&
           pthread_cond_timedwait(&w->ended, &w->lock, &t) == 0)
        continue;
    /* a broker that does not read may hold it in the midst of a message */
    w->cut = true;
    if (w->fd >= 0)
        shutdown(w->fd, SHUT_RDWR);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    release(w);
}

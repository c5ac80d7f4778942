/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_work.c - the worker of an instance: its queue, its hooks
 *
 * Messages and reports take turns, so that neither waits for more than one
 * call of the other.
 */

#include "plug_part.h"

#include <gwlib/gwlib.h>
#include <time.h>

enum { TICK_MS = 1000, TOLD_TOGETHER = 32 };

enum work { END, RELOAD, TICK, FILTER, REPORT };

/* What the worker is about to do. */
struct turn {
    enum work work;
    enum plug_what what;
    struct plug_msg *m;
    struct plug_report report;
    unsigned untold; /* decided since .. */
    uint64_t since_ms;
};

static void wait_for_work(struct plug_inst *p)
{
    struct timespec t = { .tv_sec = (time_t)(p->tick_ms / 1000),
                          .tv_nsec = (long)(p->tick_ms % 1000) * 1000000 };

    plug_wake_now();
    p->sleeping = true;
    if (p->plug.on_tick != NULL)
        pthread_cond_timedwait(&p->wake, &plug_engine.lock, &t);
    else
        pthread_cond_wait(&p->wake, &plug_engine.lock);
    p->sleeping = false;
}

/* Lock held. False: there is nothing to do. */
static bool find_work(struct plug_inst *p, struct turn *t, enum work last)
{
    uint64_t now = plug_now_ms();

    if (plug_engine.abandoned) {
        t->work = END;
        return true;
    }
    if (p->reload && !plug_engine.ending) {
        p->reload = false;
        t->work = RELOAD;
        return true;
    }
    if (p->plug.on_tick != NULL && now >= p->tick_ms && !plug_engine.ending) {
        p->tick_ms = now + TICK_MS;
        t->work = TICK;
        return true;
    }
    if (last == FILTER && p->reports > 0) {
        t->report = plug_report_take(p);
        t->work = REPORT;
        return true;
    }
    t->m = plug_chain_next(p, &t->what);
    if (t->m != NULL) {
        p->called_ms = now;
        t->work = FILTER;
        return true;
    }
    if (p->reports > 0) {
        t->report = plug_report_take(p);
        t->work = REPORT;
        return true;
    }
    t->work = END;
    return plug_engine.ending;
}

/* Where many wait and the hook is quick, what is decided is told, and flushed
 * to the boxes, some at a time. */
static void call_filter(struct plug_inst *p, struct turn *t)
{
    enum plug_verdict v;
    bool more;

    if (t->untold == 0)
        t->since_ms = plug_now_ms();
    v = t->what == PLUG_WHAT_SRI ? p->plug.on_sri(p->self, t->m)
                                 : p->plug.on_sms(p->self, t->m);
    more = plug_chain_returned(p, t->m, v);
    if (more && ++t->untold < TOLD_TOGETHER && plug_now_ms() == t->since_ms)
        return;
    t->untold = 0;
    plug_chain_tell();
}

static void do_turn(struct plug_inst *p, struct turn *t)
{
    switch (t->work) {
    case RELOAD:
        p->plug.on_reload(p->self);
        break;
    case TICK:
        p->plug.on_tick(p->self);
        break;
    case FILTER:
        call_filter(p, t);
        break;
    case REPORT:
        plug_report_call(p, &t->report);
        break;
    case END:
        break;
    }
}

static void run(void *arg)
{
    struct plug_inst *p = arg;
    struct turn t = { .work = TICK };

    plug_host_thread(true);
    do {
        plug_lock();
        while (!find_work(p, &t, t.work))
            wait_for_work(p);
        plug_unlock();
        do_turn(p, &t);
    } while (t.work != END);
    plug_lock();
    p->running = false;
    pthread_cond_signal(&plug_engine.ended);
    plug_unlock();
}

bool plug_work_start(struct plug_inst *p)
{
    if (!plug_report_start(p))
        return false;
    p->tick_ms = plug_now_ms() + TICK_MS;
    p->running = true;
    p->thread = gwthread_create(run, p);
    if (p->thread < 0)
        p->running = false;
    return p->thread >= 0;
}

bool plug_work_any(void)
{
    for (unsigned i = 0; i < PLUG_INSTANCES; i++)
        if (plug_engine.inst[i].running)
            return true;
    return false;
}

bool plug_work_wait(uint64_t until_ms)
{
    struct timespec t = { .tv_sec = (time_t)(until_ms / 1000),
                          .tv_nsec = (long)(until_ms % 1000) * 1000000 };
    bool any;

    plug_lock();
    while ((any = plug_work_any()))
        if (pthread_cond_timedwait(&plug_engine.ended, &plug_engine.lock, &t) !=
            0)
            break;
    plug_unlock();
    return !any;
}

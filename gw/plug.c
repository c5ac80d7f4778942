/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug.c - plug-ins: their instances, from the start to the stop
 */

#include "plug_part.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

/* How long a worker may still take that was told to leave its reports. */
enum { ABANDONED_MS = 500 };

struct plug_engine plug_engine = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What any of them has; for those who ask at each message. */
static struct {
    atomic_bool sri, sms, done, cdr, text;
} has;
static bool stuck;

uint64_t plug_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the lock ---- */

void plug_lock(void)
{
    pthread_mutex_lock(&plug_engine.lock);
}

void plug_wake(struct plug_inst *p)
{
    if (p->sleeping)
        plug_engine.wakes |= UINT64_C(1) << (p - plug_engine.inst);
}

static void signal_all(uint64_t wakes)
{
    for (; wakes != 0; wakes &= wakes - 1)
        pthread_cond_signal(&plug_engine.inst[__builtin_ctzll(wakes)].wake);
}

void plug_wake_now(void)
{
    signal_all(plug_engine.wakes);
    plug_engine.wakes = 0;
}

/* Who is woken finds the lock free. */
void plug_unlock(void)
{
    uint64_t wakes = plug_engine.wakes;

    plug_engine.wakes = 0;
    pthread_mutex_unlock(&plug_engine.lock);
    signal_all(wakes);
}

static void wake_everybody(void)
{
    for (unsigned i = 0; i < plug_engine.n; i++)
        plug_wake(&plug_engine.inst[i]);
}

/* ---- what there is ---- */

bool plug_filters(enum plug_what what)
{
    return atomic_load_explicit(what == PLUG_WHAT_SRI ? &has.sri : &has.sms,
                                memory_order_relaxed);
}

bool plug_wants_done(void)
{
    return atomic_load_explicit(&has.done, memory_order_relaxed);
}

bool plug_wants_cdr(void)
{
    return atomic_load_explicit(&has.cdr, memory_order_relaxed);
}

bool plug_wants_text(void)
{
    return atomic_load_explicit(&has.text, memory_order_relaxed);
}

static void find_hooks(unsigned n)
{
    bool sri = false, sms = false, done = false, cdr = false, text = false;

    for (unsigned i = 0; i < n; i++) {
        const struct plug_inst *p = &plug_engine.inst[i];

        sri |= p->plug.on_sri != NULL;
        sms |= p->plug.on_sms != NULL;
        done |= p->plug.on_done != NULL;
        cdr |= p->plug.on_cdr != NULL;
        text |= p->plug.on_cdr != NULL && p->conf->text;
    }
    atomic_store(&has.sri, sri);
    atomic_store(&has.sms, sms);
    atomic_store(&has.done, done);
    atomic_store(&has.cdr, cdr);
    atomic_store(&has.text, text);
}

/* By priority; those of the same one as configured. */
static void put_in_order(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        struct plug_inst *p = &plug_engine.inst[i];
        unsigned at = i;

        for (; at > 0 &&
               plug_engine.order[at - 1]->conf->priority > p->conf->priority;
             at--)
            plug_engine.order[at] = plug_engine.order[at - 1];
        plug_engine.order[at] = p;
    }
}

/* ---- start and stop ---- */

static void inst_init(struct plug_inst *p)
{
    pthread_condattr_t attr;

    memset(p, 0, sizeof(*p));
    p->thread = -1;
    TAILQ_INIT(&p->queue);
    TAILQ_INIT(&p->open);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &attr);
    pthread_cond_init(&plug_engine.ended, &attr);
    pthread_condattr_destroy(&attr);
}

static bool load_all(const struct plugs_conf *conf, bool check)
{
    bool good = true;

    for (unsigned i = 0; i < conf->n; i++) {
        inst_init(&plug_engine.inst[i]);
        if (!plug_load(&plug_engine.inst[i], &conf->conf[i], check))
            good = false;
    }
    return good;
}

static void unload_all(unsigned n)
{
    for (unsigned i = n; i-- > 0;)
        plug_unload(&plug_engine.inst[i]);
}

static void tell(const struct plug_inst *p)
{
    info(0, "Plug-in <%s>: %s %s%s%s%s%s%s.", p->conf->id, p->plug.name,
         p->plug.version, p->conf->isolate ? ", in a process of its own" : "",
         p->plug.on_sri != NULL ? ", asked about questions" : "",
         p->plug.on_sms != NULL ? ", asked about messages" : "",
         p->plug.on_done != NULL ? ", told of outcomes" : "",
         p->plug.on_cdr != NULL ? ", told of records" : "");
}

static int run_all(unsigned n)
{
    bool good = plug_chain_start();

    for (unsigned i = 0; i < n && good; i++) {
        tell(&plug_engine.inst[i]);
        good = plug_work_start(&plug_engine.inst[i]);
    }
    put_in_order(n);
    plug_lock();
    plug_engine.n = n;
    plug_unlock();
    find_hooks(n);
    if (good)
        return 0;
    error(0, "No memory or no thread for plug-ins.");
    plug_stop();
    return -1;
}

int plug_start(const struct plugs_conf *conf, const struct plug_ops *ops,
               bool check)
{
    bool good, any;

    plug_lock();
    any = plug_work_any();
    plug_unlock();
    if (any) {
        error(0, "A plug-in of before is still in its hook.");
        return -1;
    }
    find_hooks(0);
    stuck = false;
    plug_engine.conf = conf;
    plug_engine.ops = ops;
    plug_engine.stopping = plug_engine.ending = plug_engine.abandoned = false;
    if (conf->n == 0)
        return 0;
    if (conf->n > PLUG_INSTANCES || !plug_help_start()) {
        error(0, "Cannot start a thread for plug-ins.");
        return -1;
    }
    plug_host_thread(true);
    good = load_all(conf, check);
    if (good && !check)
        return run_all(conf->n);
    unload_all(conf->n);
    plug_help_stop();
    return good ? 0 : -1;
}

/* Let workers finish what they have, for as long as they may. */
static void end_workers(void)
{
    uint64_t until_ms = plug_now_ms() + PLUG_STOP_MS;

    plug_lock();
    plug_engine.ending = true;
    wake_everybody();
    plug_unlock();
    if (plug_work_wait(until_ms))
        return;
    plug_lock();
    plug_engine.abandoned = true;
    wake_everybody();
    plug_unlock();
    plug_work_wait(until_ms + ABANDONED_MS);
}

static void end_instance(struct plug_inst *p, bool running)
{
    if (running) {
        stuck = true;
        error(0,
              "Plug-in <%s> does not come back from its hook: left as it is.",
              p->conf->id);
        return;
    }
    if (p->thread >= 0)
        gwthread_join(p->thread);
    plug_report_stop(p);
    plug_unload(p);
}

void plug_stop(void)
{
    unsigned n = plug_engine.n;
    bool running[PLUG_INSTANCES];

    if (n == 0)
        return;
    plug_lock();
    plug_engine.stopping = true;
    plug_unlock();
    plug_chain_end();
    plug_chain_tell();
    end_workers();
    plug_lock();
    for (unsigned i = 0; i < n; i++)
        running[i] = plug_engine.inst[i].running;
    plug_engine.n = 0;
    plug_unlock();
    for (unsigned i = n; i-- > 0;)
        end_instance(&plug_engine.inst[i], running[i]);
    plug_help_stop();
    plug_chain_stop();
}

bool plug_stuck(void)
{
    return stuck;
}

void plug_reload(void)
{
    plug_lock();
    for (unsigned i = 0; i < plug_engine.n; i++)
        if (plug_engine.inst[i].plug.on_reload != NULL) {
            plug_engine.inst[i].reload = true;
            plug_wake(&plug_engine.inst[i]);
        }
    plug_unlock();
}

/* ---- what is told ---- */

static struct plug_info info_of(const struct plug_inst *p, uint64_t now)
{
    struct plug_info i = {
        .isolated = p->conf->isolate,
        .up = p->called_ms == 0 || now - p->called_ms <= p->conf->timeout_ms,
        .waiting = p->waiting,
        .held = p->held,
        .asked = p->asked,
        .failed = p->failed,
        .late = p->late,
    };

    if (p->proxy != NULL)
        i.up = plug_proxy_up(p->proxy);
    snprintf(i.id, sizeof(i.id), "%s", p->conf->id);
    snprintf(i.name, sizeof(i.name), "%s", p->plug.name);
    snprintf(i.version, sizeof(i.version), "%s", p->plug.version);
    return i;
}

unsigned plug_list(struct plug_info info[PLUG_INSTANCES])
{
    uint64_t now = plug_now_ms();
    unsigned n;

    plug_lock();
    n = plug_engine.n;
    for (unsigned i = 0; i < n; i++)
        info[i] = info_of(&plug_engine.inst[i], now);
    plug_unlock();
    return n;
}

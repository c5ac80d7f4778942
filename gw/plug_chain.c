/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_chain.c - which filter a message is with, and what it said
 *
 *              +--------- next filter, a new id ---------+
 *              v                                         |
 *     ask -> WAITING -> CALLED -> HELD --- verdict ------+-> DECIDED -> told
 *              |          |         |                    ^
 *              +----------+---------+---- on-failure ----+
 *
 * A message leaves a filter once, by leave(); its id ends there. The hook
 * works on a copy, which becomes the message if the filter still has it when
 * the hook returns: one that hangs shares nothing with those that go on.
 */

#include "plug_part.h"
#include "stat.h"

#include <stdlib.h>
#include <string.h>

enum state { FREE, WAITING, CALLED, HELD, DECIDED };

struct plug_job {
    uint32_t generation; /* of its id; another one with each filter */
    enum state state;
    enum plug_what what;
    unsigned at; /* in order[] */
    uint64_t ref, until_ms;
    struct plug_msg *m;
    /* CALLED: what came before the hook returned */
    bool resumed;
    uint32_t patched; /* a bit for each field */
    struct plug_msg *patch;
    enum plug_verdict verdict; /* if resumed; and the last, if DECIDED */
    TAILQ_ENTRY(plug_job) open;
    TAILQ_ENTRY(plug_job) link; /* of a queue, of those decided or free */
};

static struct plug_job *slab;
static uint32_t used; /* of the slab; behind it nobody was ever */
static struct plug_jobs unused = TAILQ_HEAD_INITIALIZER(unused);
static struct plug_jobs decided = TAILQ_HEAD_INITIALIZER(decided);
static bool telling;

/* ---- the slab ---- */

bool plug_chain_start(void)
{
    struct plug_job *jobs = calloc(PLUG_JOBS, sizeof(*jobs));

    plug_lock();
    TAILQ_INIT(&unused);
    slab = jobs;
    plug_unlock();
    return jobs != NULL;
}

void plug_chain_stop(void)
{
    plug_lock();
    free(slab);
    slab = NULL;
    used = 0;
    plug_unlock();
}

static struct plug_job *job_new(void)
{
    struct plug_job *j = TAILQ_FIRST(&unused);

    if (j != NULL)
        TAILQ_REMOVE(&unused, j, link);
    else if (slab != NULL && used < PLUG_JOBS)
        j = &slab[used++];
    return j;
}

static void job_free(struct plug_job *j)
{
    j->state = FREE;
    j->m = NULL;
    TAILQ_INSERT_HEAD(&unused, j, link);
}

static uint64_t id_of(const struct plug_job *j)
{
    return (uint64_t)j->generation << 32 | (uint32_t)(j - slab);
}

/* Whose hook was called with this id and has it still. */
static struct plug_job *find(uint64_t id)
{
    struct plug_job *j;

    if ((uint32_t)id >= used)
        return NULL;
    j = &slab[(uint32_t)id];
    if (id_of(j) != id || (j->state != CALLED && j->state != HELD))
        return NULL;
    return j;
}

/* ---- from filter to filter ---- */

static bool wants(const struct plug_inst *p, const struct plug_job *j)
{
    const char *route;

    if (j->what == PLUG_WHAT_SRI)
        return p->plug.on_sri != NULL;
    if (p->plug.on_sms == NULL)
        return false;
    if (p->conf->n_routes == 0)
        return true;
    route = plug_msg_text(j->m, PLUG_ROUTE);
    for (unsigned i = 0; i < p->conf->n_routes; i++)
        if (strcmp(p->conf->route[i], route) == 0)
            return true;
    return false;
}

static void enter(struct plug_inst *p, struct plug_job *j)
{
    if (++j->generation == 0)
        j->generation = 1;
    j->state = WAITING;
    j->resumed = false;
    j->patched = 0;
    j->until_ms = plug_now_ms() + p->conf->timeout_ms;
    TAILQ_INSERT_TAIL(&p->queue, j, link);
    TAILQ_INSERT_TAIL(&p->open, j, open);
    p->waiting++;
    p->asked++;
    stat_inc(STAT_plug_asked);
    plug_wake(p);
}

static void leave(struct plug_inst *p, struct plug_job *j)
{
    TAILQ_REMOVE(&p->open, j, open);
    if (j->state == WAITING) {
        TAILQ_REMOVE(&p->queue, j, link);
        p->waiting--;
    }
    if (j->state == HELD)
        p->held--;
    plug_msg_free(j->patch);
    j->patch = NULL;
}

/* Only who refuses a message says with which error. */
static void forget_error(struct plug_job *j)
{
    if (plug_msg_text(j->m, PLUG_ERROR)[0] != '\0')
        plug_msg_put_text(j->m, PLUG_ERROR, "");
}

/* What its on-failure makes of it. */
static enum plug_verdict failure(struct plug_inst *p, struct plug_job *j)
{
    forget_error(j);
    p->failed++;
    stat_inc(STAT_plug_failed);
    return p->conf->bypass ? PLUG_NEXT : PLUG_TEMPFAIL;
}

static bool has_room(struct plug_inst *p)
{
    uint32_t hidden;

    if (p->waiting < p->conf->queue)
        return true;
    if (slog_may(&p->full, plug_now_ms(), &hidden))
        plug_say(p->conf, PLUG_LOG_WARNING,
                 "its queue of %u messages is full (and %u times more)",
                 p->conf->queue, hidden);
    return false;
}

/* To the first filter from j->at on that wants it; PLUG_HOLD: it is there. */
static enum plug_verdict advance(struct plug_job *j)
{
    for (; j->at < plug_engine.n; j->at++) {
        struct plug_inst *p = plug_engine.order[j->at];

        if (!wants(p, j))
            continue;
        if (has_room(p)) {
            enter(p, j);
            return PLUG_HOLD;
        }
        if (failure(p, j) != PLUG_NEXT)
            return PLUG_TEMPFAIL;
    }
    return PLUG_NEXT;
}

static void decide(struct plug_job *j, enum plug_verdict v)
{
    j->state = DECIDED;
    j->verdict = v;
    TAILQ_INSERT_TAIL(&decided, j, link);
}

/* It has left a filter, which said v. */
static void go_on(struct plug_job *j, enum plug_verdict v)
{
    if (v == PLUG_NEXT) {
        forget_error(j);
        j->at++;
        v = advance(j);
    }
    if (v != PLUG_HOLD)
        decide(j, v);
}

static bool makes_sense(const struct plug_job *j, enum plug_verdict v)
{
    switch (v) {
    case PLUG_NEXT:
    case PLUG_TEMPFAIL:
    case PLUG_PERMFAIL:
        return true;
    case PLUG_DONE:
        return j->what == PLUG_WHAT_SMS;
    default:
        return false;
    }
}

static void verdict(struct plug_inst *p, struct plug_job *j,
                    enum plug_verdict v)
{
    uint32_t hidden;

    leave(p, j);
    if (!makes_sense(j, v)) {
        if (slog_may(&p->nonsense, plug_now_ms(), &hidden))
            plug_say(p->conf, PLUG_LOG_ERROR,
                     "%d is no verdict on %s (and %u times more)", (int)v,
                     j->what == PLUG_WHAT_SRI ? "a question" : "a message",
                     hidden);
        v = failure(p, j);
    }
    go_on(j, v);
}

enum plug_verdict plug_ask(enum plug_what what, uint64_t ref,
                           struct plug_msg *m)
{
    enum plug_verdict v = PLUG_TEMPFAIL;
    struct plug_job *j = NULL;

    if (!plug_filters(what))
        return PLUG_NEXT;
    plug_lock();
    if (!plug_engine.stopping) {
        j = job_new();
        if (j == NULL)
            stat_inc(STAT_plug_full);
    }
    if (j != NULL) {
        j->what = what;
        j->ref = ref;
        j->m = m;
        j->at = 0;
        v = advance(j);
        if (v != PLUG_HOLD)
            job_free(j);
    }
    plug_unlock();
    return v;
}

/* ---- the worker ---- */

struct plug_msg *plug_chain_next(struct plug_inst *p, enum plug_what *what)
{
    struct plug_job *j;

    while ((j = TAILQ_FIRST(&p->queue)) != NULL) {
        struct plug_msg *copy = plug_msg_clone(j->m);

        if (copy == NULL) {
            leave(p, j);
            go_on(j, failure(p, j));
            plug_host_poke();
            continue;
        }
        TAILQ_REMOVE(&p->queue, j, link);
        p->waiting--;
        j->state = CALLED;
        plug_msg_set_id(copy, id_of(j));
        *what = j->what;
        return copy;
    }
    return NULL;
}

/* What set_held() and note_held() said while the hook was running. */
static void take_patch(struct plug_job *j)
{
    size_t len;

    if (j->patch == NULL)
        return;
    for (unsigned f = 0; f < PLUG_NFIELDS; f++)
        if ((j->patched & 1u << f) != 0) {
            const void *p = plug_msg_get(j->patch, (enum plug_field)f, &len);

            plug_msg_set(j->m, (enum plug_field)f, p, len);
        }
    plug_msg_note(j->m, plug_msg_notes(j->patch));
    plug_msg_free(j->patch);
    j->patch = NULL;
}

static void stale(void)
{
    stat_inc(STAT_plug_stale);
}

bool plug_chain_returned(struct plug_inst *p, struct plug_msg *m,
                         enum plug_verdict v)
{
    struct plug_job *j;
    bool more;

    plug_lock();
    p->called_ms = 0;
    more = p->waiting > 0;
    j = find(plug_msg_id(m));
    if (j == NULL) {
        stale();
        plug_unlock();
        plug_msg_free(m);
        return more;
    }
    plug_msg_free(j->m);
    j->m = m;
    take_patch(j);
    if (v == PLUG_HOLD && !j->resumed) {
        j->state = HELD;
        p->held++;
    } else if (v == PLUG_HOLD) {
        verdict(p, j, j->verdict);
    } else {
        if (j->resumed)
            stale();
        verdict(p, j, v);
    }
    plug_unlock();
    return more;
}

/* ---- what a plug-in says of a message that it holds ---- */

void plug_chain_resume(uint64_t id, enum plug_verdict v)
{
    struct plug_job *j;

    plug_lock();
    j = find(id);
    if (j == NULL || j->resumed) {
        stale();
    } else if (j->state == CALLED) {
        j->resumed = true;
        j->verdict = v;
    } else {
        verdict(plug_engine.order[j->at], j, v);
        if (!TAILQ_EMPTY(&decided))
            plug_host_poke();
    }
    plug_unlock();
}

/* Where it is written to until the hook gives its copy back. */
static struct plug_msg *patch_of(struct plug_job *j)
{
    if (j->patch != NULL)
        return j->patch;
    j->patch = plug_msg_new();
    if (j->patch != NULL) {
        /* by these set() judges */
        plug_msg_put_text(j->patch, PLUG_KIND, plug_msg_text(j->m, PLUG_KIND));
        plug_msg_put_text(j->patch, PLUG_CODING,
                          plug_msg_text(j->m, PLUG_CODING));
    }
    return j->patch;
}

static struct plug_msg *held_message(struct plug_job *j)
{
    if (j == NULL || j->resumed)
        return NULL;
    return j->state == HELD ? j->m : patch_of(j);
}

bool plug_chain_set(uint64_t id, enum plug_field f, const void *p, size_t len)
{
    struct plug_job *j;
    struct plug_msg *m;
    bool done;

    plug_lock();
    j = find(id);
    m = held_message(j);
    done = m != NULL && plug_msg_set(m, f, p, len);
    if (done && m == j->patch)
        j->patched |= 1u << f;
    plug_unlock();
    return done;
}

bool plug_chain_note(uint64_t id, const char *text)
{
    struct plug_msg *m;

    plug_lock();
    m = held_message(find(id));
    if (m != NULL)
        plug_msg_note(m, text);
    plug_unlock();
    return m != NULL;
}

/* ---- the helper ---- */

static void is_late(struct plug_inst *p, uint64_t now)
{
    uint32_t hidden;

    p->late++;
    stat_inc(STAT_plug_late);
    if (slog_may(&p->slow, now, &hidden))
        plug_say(p->conf, PLUG_LOG_WARNING,
                 "no verdict within %u ms (and %u times more)",
                 p->conf->timeout_ms, hidden);
}

static void sweep(struct plug_inst *p, uint64_t now, uint64_t *next)
{
    struct plug_job *j;

    while ((j = TAILQ_FIRST(&p->open)) != NULL && j->until_ms <= now) {
        leave(p, j);
        is_late(p, now);
        go_on(j, failure(p, j));
    }
    if (j != NULL && j->until_ms < *next)
        *next = j->until_ms;
}

uint64_t plug_chain_sweep(void)
{
    uint64_t now = plug_now_ms(), next = UINT64_MAX;

    plug_lock();
    /* what one lets pass goes to those behind it */
    for (unsigned i = 0; i < plug_engine.n; i++)
        sweep(plug_engine.order[i], now, &next);
    plug_unlock();
    return next;
}

void plug_chain_end(void)
{
    plug_lock();
    for (unsigned i = 0; i < plug_engine.n; i++) {
        struct plug_inst *p = &plug_engine.inst[i];
        struct plug_job *j;

        while ((j = TAILQ_FIRST(&p->open)) != NULL) {
            leave(p, j);
            forget_error(j);
            decide(j, PLUG_TEMPFAIL);
        }
    }
    plug_unlock();
}

/* One thread at a time, so that they stay in order; who comes meanwhile leaves
 * it to that one. */
void plug_chain_tell(void)
{
    const struct plug_ops *ops = plug_engine.ops;
    struct plug_job *j, told;
    bool any = false;

    plug_lock();
    if (telling) {
        plug_unlock();
        return;
    }
    telling = true;
    while ((j = TAILQ_FIRST(&decided)) != NULL) {
        TAILQ_REMOVE(&decided, j, link);
        told = *j;
        job_free(j);
        plug_unlock();
        ops->decided(told.what, told.ref, told.verdict, told.m);
        any = true;
        plug_lock();
    }
    telling = false;
    plug_unlock();
    if (any)
        ops->after();
}

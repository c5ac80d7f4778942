/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_reader.c - what the process of a plug-in says, and when it is lost
 *
 *          start at once, 0.5 s, 1 s ..
 *     AWAY ----------------------------> UP --- ended, hangs, makes no sense
 *       ^                                 |     what it held: PLUG_TEMPFAIL
 *       +---------------------------------+
 *
 * A message has one owner at any time: its slot. Whoever frees the slot, with
 * the lock held, calls resume(), without it; so a verdict that was lost and one
 * that was made up for it never meet.
 */

#include "plug_proxy_part.h"

#include "child_run.h"

#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,
    WORDS = 1000, /* lines and counts within a second, more is no sense */
    LINES = 100,  /* of them in the log */
};

/* ---- frames ---- */

/* Whose verdict this may be; -1: nobody waits for it any more. */
static int take_slot(struct plug_proxy *p, uint64_t id, struct plug_slot *s)
{
    uint32_t i = (uint32_t)id;
    int rc = -1;

    pthread_mutex_lock(&p->lock);
    if (i < p->n_slots && p->slot[i].used &&
        p->slot[i].generation == id >> 32) {
        *s = p->slot[i];
        plug_slot_free(p, i);
        rc = 0;
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

static bool may_change(bool sri, uint8_t field)
{
    switch (field) {
    case PLUG_ERROR:
        return true;
    case PLUG_SENDER:
    case PLUG_RECEIVER:
    case PLUG_TEXT:
    case PLUG_ROUTE:
    case PLUG_META:
        return !sri;
    default:
        return false;
    }
}

static bool changes_are_fair(const struct plug_frame_verdict *v, bool sri)
{
    for (unsigned i = 0; i < v->n; i++)
        if (!may_change(sri, v->change[i].field))
            return false;
    return true;
}

/*
 * The engine judges values by itself. One that it refuses was not looked at
 * in the process, or nobody waits for the message any more.
 */
static void decide(struct plug_proxy *p, const struct plug_slot *s,
                   const struct plug_frame_verdict *v)
{
    enum plug_verdict verdict = v->v;

    for (unsigned i = 0; i < v->n; i++)
        if (p->host->set_held(s->host_id, v->change[i].field, v->change[i].p,
                              v->change[i].len) < 0)
            verdict = PLUG_PROXY_FAILED;
    if (v->notes[0] != '\0')
        p->host->note_held(s->host_id, v->notes);
    p->host->resume(s->host_id, verdict);
}

static bool on_verdict(struct plug_proxy *p, const struct plug_frame *f)
{
    struct plug_frame_verdict v;
    struct plug_slot s;
    bool owed, fair;

    pthread_mutex_lock(&p->lock);
    owed = p->owed > 0;
    p->owed -= owed;
    pthread_mutex_unlock(&p->lock);
    if (!owed || !plug_frame_get_verdict(f, &v))
        return false;
    if (take_slot(p, f->id, &s) < 0)
        return true;
    fair = changes_are_fair(&v, s.sri);
    if (fair)
        decide(p, &s, &v);
    else
        p->host->resume(s.host_id, PLUG_TEMPFAIL);
    return fair;
}

static bool on_did(struct plug_proxy *p, const struct plug_frame *f)
{
    bool called;

    pthread_mutex_lock(&p->lock);
    called = p->calls > 0;
    p->calls -= called;
    p->progress_ms = plug_proxy_ms();
    pthread_mutex_unlock(&p->lock);
    return called && plug_frame_get(f);
}

static bool on_log(struct plug_proxy *p, const struct plug_frame *f)
{
    char line[PLUG_FRAME_LINE + 1];
    const char *text;
    uint64_t level;

    if (!plug_frame_get_text(f, &level, &text))
        return false;
    if (p->words > LINES)
        return true;
    snprintf(line, sizeof(line), "%s", text);
    for (char *c = line; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c))
            *c = '?';
    p->host->log(p->conf, (enum plug_level)level, "%s", line);
    return true;
}

static bool on_count(struct plug_proxy *p, const struct plug_frame *f)
{
    const char *name;
    uint64_t n;

    if (!plug_frame_get_text(f, &n, &name) || strlen(name) > PLUG_FRAME_NAME)
        return false;
    p->host->count(p->conf, name, n);
    return true;
}

static bool few_words(struct plug_proxy *p)
{
    uint64_t now = plug_proxy_ms();

    if (now - p->words_since_ms >= 1000) {
        p->words_since_ms = now;
        p->words = 0;
    }
    return ++p->words <= WORDS;
}

bool plug_reader_frame(struct plug_proxy *p, const struct plug_frame *f)
{
    switch (f->type) {
    case PLUG_WIRE_VERDICT:
        return on_verdict(p, f);
    case PLUG_WIRE_DID:
        return on_did(p, f);
    case PLUG_WIRE_LOG:
        return few_words(p) && on_log(p, f);
    case PLUG_WIRE_COUNT:
        return few_words(p) && on_count(p, f);
    default:
        return false;
    }
}

/* ---- when it is lost ---- */

/* What it has gets TEMPFAIL, or is forgotten if its time is over; how many. */
static unsigned let_go(struct plug_proxy *p, uint64_t now, bool all)
{
    unsigned n = 0;
    bool none;

    pthread_mutex_lock(&p->lock);
    none = p->used_slots == 0;
    pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < p->n_slots && !none; i++) {
        struct plug_slot s;
        bool mine;

        pthread_mutex_lock(&p->lock);
        s = p->slot[i];
        mine = s.used && (all || s.until_ms <= now);
        if (mine)
            plug_slot_free(p, i);
        pthread_mutex_unlock(&p->lock);
        if (!mine || s.until_ms <= now)
            continue;
        p->host->note_held(s.host_id, "the plug-in's process was lost");
        p->host->resume(s.host_id, PLUG_TEMPFAIL);
        n++;
    }
    return n;
}

static void start_later(struct plug_proxy *p)
{
    p->start_at_ms = plug_proxy_ms() + child_backoff_ms(p->starts);
    p->starts++;
}

/* `why': what it did that it had to be killed for; NULL: it ended. */
static void lost(struct plug_proxy *p, const char *why)
{
    pid_t pid = p->pid;
    char how[100];
    unsigned n;

    pthread_mutex_lock(&p->lock);
    p->up = false;
    pthread_mutex_unlock(&p->lock);
    plug_process_end(p, how, sizeof(how));
    n = let_go(p, plug_proxy_ms(), true);
    p->host->count(p->conf, "process_lost", 1);
    if (p->closing)
        return;
    if (plug_proxy_ms() - p->started_ms >= PLUG_PROXY_STEADY_MS)
        p->starts = 0;
    start_later(p);
    p->host->log(
        p->conf, PLUG_LOG_ERROR,
        "its process %d %s; messages that get a temporary failure: %u; "
        "new start in %u ms",
        (int)pid, why != NULL ? why : how, n, child_backoff_ms(p->starts - 1));
}

/* ---- the thread ---- */

static bool hangs(struct plug_proxy *p)
{
    uint64_t most = p->conf->timeout_ms > PLUG_PROXY_HOOK_MS
                        ? p->conf->timeout_ms
                        : PLUG_PROXY_HOOK_MS;
    bool late;

    pthread_mutex_lock(&p->lock);
    late = p->calls > 0 && plug_proxy_ms() - p->progress_ms > most;
    pthread_mutex_unlock(&p->lock);
    return late;
}

/* Send and wait for at most ms. True: something may be read. */
static bool wait_for_it(struct plug_proxy *p, uint64_t ms)
{
    struct pollfd fd[2] = { { .events = POLLIN },
                            { .fd = p->wake, .events = POLLIN } };

    fd[0].fd = p->wire != NULL ? plug_wire_fd(p->wire) : -1;
    if (p->wire != NULL) {
        pthread_mutex_lock(&p->lock);
        if (plug_wire_flush(p->wire) > 0)
            fd[0].events |= POLLOUT;
        pthread_mutex_unlock(&p->lock);
    }
    poll(fd, 2, (int)ms);
    if ((fd[1].revents & POLLIN) != 0)
        plug_wake_clear(p);
    return (fd[0].revents & ~POLLOUT) != 0;
}

enum state { FINE, ENDED, NONSENSE };

static enum state listen_to(struct plug_proxy *p)
{
    struct plug_frame f;
    int rc = plug_wire_read(p->wire);

    if (rc < 0)
        return ENDED;
    while ((rc = plug_wire_next(p->wire, &f)) > 0)
        if (!plug_reader_frame(p, &f))
            return NONSENSE;
    return rc < 0 ? NONSENSE : FINE;
}

static void turn(struct plug_proxy *p)
{
    uint64_t now;

    if (wait_for_it(p, LOOK_MS))
        switch (listen_to(p)) {
        case FINE:
            break;
        case ENDED:
            lost(p, NULL);
            return;
        case NONSENSE:
            lost(p, "made no sense and was killed");
            return;
        }
    now = plug_proxy_ms();
    if (now < p->ask_ms)
        return;
    p->ask_ms = now + LOOK_MS;
    let_go(p, now, false);
    if (hangs(p))
        lost(p, "did not return from a hook in time and was killed");
}

static void start_again(struct plug_proxy *p)
{
    char why[PLUG_PROCESS_WHY];
    uint64_t now = plug_proxy_ms();

    if (now < p->start_at_ms) {
        uint64_t ms = p->start_at_ms - now;

        wait_for_it(p, ms < LOOK_MS ? ms : LOOK_MS);
        return;
    }
    if (plug_process_start(p, why) && plug_process_open(p, false, why)) {
        p->host->log(p->conf, PLUG_LOG_INFO, "process %d was started",
                     (int)p->pid);
        return;
    }
    start_later(p);
    if (!p->closing)
        p->host->log(p->conf, PLUG_LOG_ERROR,
                     "its process was not started again, new attempt in %u ms: "
                     "%s",
                     child_backoff_ms(p->starts - 1), why);
}

void plug_reader_run(void *proxy)
{
    struct plug_proxy *p = proxy;

    while (!p->closing) {
        if (p->wire != NULL)
            turn(p);
        else
            start_again(p);
    }
    plug_reader_finish(p);
}

void plug_reader_finish(struct plug_proxy *p)
{
    uint64_t until = plug_proxy_ms() + PLUG_PROXY_CLOSE_MS, now;
    bool shut = false;
    char how[100];

    pthread_mutex_lock(&p->lock);
    p->up = false;
    pthread_mutex_unlock(&p->lock);
    while (p->wire != NULL && (now = plug_proxy_ms()) < until) {
        if (!shut && plug_wire_flush(p->wire) <= 0) {
            plug_wire_shut(p->wire);
            shut = true;
        }
        if (wait_for_it(p, until - now) && listen_to(p) != FINE)
            break;
    }
    if (p->wire != NULL && plug_proxy_ms() >= until)
        p->host->log(p->conf, PLUG_LOG_WARNING,
                     "its process did not end within %d s and was killed",
                     PLUG_PROXY_CLOSE_MS / 1000);
    plug_process_end(p, how, sizeof(how));
    let_go(p, plug_proxy_ms(), true);
}

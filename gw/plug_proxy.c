/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_proxy.c - a plug-in in a process of its own, as seen from the engine
 */

#include "plug_proxy_part.h"

#include <errno.h>
#include <gwlib/gwthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { REPORTS = 10000 }; /* calls without return, beside messages */

/* Main thread only. */
static struct plug_proxy *proxies;

uint64_t plug_proxy_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- what is sent; the lock is held ---- */

static void wake_reader(struct plug_proxy *p)
{
    uint64_t one = 1;

    if (write(p->wake, &one, sizeof(one)) < 0)
        return; /* it is full: the reader is awake */
}

void plug_wake_clear(struct plug_proxy *p)
{
    uint64_t n;

    if (read(p->wake, &n, sizeof(n)) < 0)
        return; /* it was clear */
}

/* A frame that calls a hook is there. An error is seen by the reader. */
static void called(struct plug_proxy *p)
{
    if (p->calls++ == 0)
        p->progress_ms = plug_proxy_ms();
    if (plug_wire_flush(p->wire) > 0)
        wake_reader(p);
}

static bool may_report(const struct plug_proxy *p)
{
    return p->up && p->calls < p->n_slots + REPORTS;
}

static void reported(struct plug_proxy *p, bool taken)
{
    if (taken)
        called(p);
    pthread_mutex_unlock(&p->lock);
    if (!taken)
        p->host->count(p->conf, "process_dropped", 1);
}

/* ---- slots ---- */

/* Which one, or n_slots. */
static uint32_t slot_new(struct plug_proxy *p, uint64_t host_id, bool sri)
{
    uint32_t i = p->free_slot;
    struct plug_slot *s = &p->slot[i];

    if (i == p->n_slots)
        return i;
    p->free_slot = s->next;
    p->used_slots++;
    s->generation++;
    s->used = true;
    s->sri = sri;
    s->host_id = host_id;
    s->until_ms = plug_proxy_ms() + p->conf->timeout_ms;
    return i;
}

void plug_slot_free(struct plug_proxy *p, uint32_t i)
{
    p->slot[i].used = false;
    p->slot[i].next = p->free_slot;
    p->free_slot = i;
    p->used_slots--;
}

static bool slots_make(struct plug_proxy *p)
{
    p->n_slots = p->conf->queue;
    if (p->n_slots == 0 || p->n_slots > PLUG_FRAME_SLOTS)
        return false;
    p->slot = calloc(p->n_slots, sizeof(*p->slot));
    for (uint32_t i = 0; p->slot != NULL && i < p->n_slots; i++)
        p->slot[i].next = i + 1;
    return p->slot != NULL;
}

/* ---- hooks ---- */

static bool ask_out(struct plug_proxy *p, uint8_t type, struct plug_msg *m)
{
    uint32_t i;
    uint64_t id;

    /* As many again may wait that nobody waits for any more. */
    if (!p->up || p->calls >= 2 * p->n_slots + REPORTS)
        return false;
    i = slot_new(p, p->host->id(m), type == PLUG_WIRE_SRI);
    if (i == p->n_slots)
        return false;
    id = (uint64_t)p->slot[i].generation << 32 | i;
    if (!plug_frame_put_msg(p->wire, type, id, p->slot[i].until_ms, m)) {
        plug_slot_free(p, i);
        return false;
    }
    p->owed++;
    called(p);
    return true;
}

static enum plug_verdict ask(struct plug_proxy *p, uint8_t type,
                             struct plug_msg *m)
{
    bool out;

    pthread_mutex_lock(&p->lock);
    out = ask_out(p, type, m);
    pthread_mutex_unlock(&p->lock);
    return out ? PLUG_HOLD : PLUG_PROXY_FAILED;
}

static enum plug_verdict on_sri(void *self, struct plug_msg *m)
{
    return ask(self, PLUG_WIRE_SRI, m);
}

static enum plug_verdict on_sms(void *self, struct plug_msg *m)
{
    return ask(self, PLUG_WIRE_SMS, m);
}

static void on_done(void *self, const char *id, enum plug_verdict v)
{
    struct plug_proxy *p = self;

    pthread_mutex_lock(&p->lock);
    reported(p, may_report(p) &&
                    plug_frame_put_text(p->wire, PLUG_WIRE_DONE, v, id));
}

static void on_cdr(void *self, const struct plug_cdr *cdr)
{
    struct plug_proxy *p = self;

    pthread_mutex_lock(&p->lock);
    reported(p, may_report(p) && plug_frame_put_cdr(p->wire, cdr));
}

/* One that is started later reads its files then. */
static void on_reload(void *self)
{
    struct plug_proxy *p = self;

    pthread_mutex_lock(&p->lock);
    if (p->up && plug_frame_put(p->wire, PLUG_WIRE_RELOAD))
        called(p);
    pthread_mutex_unlock(&p->lock);
}

/* One is enough if the process is busy. */
static void on_tick(void *self)
{
    struct plug_proxy *p = self;

    pthread_mutex_lock(&p->lock);
    if (p->up && p->calls < p->n_slots &&
        plug_frame_put(p->wire, PLUG_WIRE_TICK))
        called(p);
    pthread_mutex_unlock(&p->lock);
}

/* ---- open and close ---- */

static unsigned proxy_wants(void *self)
{
    const struct plug_proxy *p = self;

    return p->wants;
}

static void *proxy_open(const struct plug_host *host,
                        const struct plug_conf *conf, int check, char *why,
                        size_t why_len)
{
    char reason[PLUG_PROCESS_WHY] = "it was not loaded";
    struct plug_proxy *p = proxies;

    while (p != NULL && p->conf != conf)
        p = p->next;
    if (p != NULL)
        p->host = host;
    if (p == NULL || !plug_process_open(p, check != 0, reason)) {
        snprintf(why, why_len, "%s", reason);
        return NULL;
    }
    if (check == 0)
        p->thread = gwthread_create(plug_reader_run, p);
    if (check == 0 && p->thread < 0) {
        p->up = false;
        plug_process_end(p, reason, sizeof(reason));
        snprintf(why, why_len, "no thread");
        return NULL;
    }
    return p;
}

static void proxy_close(void *self)
{
    struct plug_proxy *p = self;

    p->closing = true;
    wake_reader(p);
    if (p->thread >= 0)
        gwthread_join(p->thread);
    else
        plug_reader_finish(p);
    p->thread = -1;
}

static void fill_in(struct plug_proxy *p, struct plug *plug)
{
    *plug = (struct plug){ PLUG_HEAD(p->name, p->version) };
    plug->keys = p->key;
    plug->open = proxy_open;
    plug->close = proxy_close;
    plug->wants = proxy_wants;
    plug->on_sri = (p->hooks & PLUG_FRAME_SRI) != 0 ? on_sri : NULL;
    plug->on_sms = (p->hooks & PLUG_FRAME_SMS) != 0 ? on_sms : NULL;
    plug->on_done = (p->hooks & PLUG_FRAME_DONE) != 0 ? on_done : NULL;
    plug->on_cdr = (p->hooks & PLUG_FRAME_CDR) != 0 ? on_cdr : NULL;
    plug->on_reload = (p->hooks & PLUG_FRAME_RELOAD) != 0 ? on_reload : NULL;
    plug->on_tick = on_tick;
}

struct plug_proxy *plug_proxy_load(const struct plug_conf *conf,
                                   struct plug *plug, char *why, size_t why_len)
{
    struct plug_proxy *p = calloc(1, sizeof(*p));
    char reason[PLUG_PROCESS_WHY] = "no memory";

    if (p == NULL) {
        snprintf(why, why_len, "%s", reason);
        return NULL;
    }
    p->conf = conf;
    p->thread = -1;
    p->next = proxies;
    proxies = p;
    pthread_mutex_init(&p->lock, NULL);
    p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* The process has another working directory. */
    if (realpath(conf->path, p->path) == NULL)
        snprintf(reason, sizeof(reason), "it cannot be loaded: %s: %s",
                 conf->path, strerror(errno));
    else if (p->wake >= 0 && slots_make(p) && plug_process_start(p, reason)) {
        fill_in(p, plug);
        return p;
    }
    snprintf(why, why_len, "%s", reason);
    plug_proxy_unload(p);
    return NULL;
}

void plug_proxy_unload(struct plug_proxy *p)
{
    struct plug_proxy **at = &proxies;
    char how[PLUG_PROCESS_WHY];

    if (p == NULL)
        return;
    plug_process_end(p, how, sizeof(how));
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    if (p->wake >= 0)
        close(p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p->slot);
    free(p->keys);
    free(p);
}

bool plug_proxy_up(const struct plug_proxy *p)
{
    return p->up;
}

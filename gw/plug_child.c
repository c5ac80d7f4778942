/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_child.c - the host's part in the process of an isolated plug-in
 */

#include "plug_child.h"

#include <ctype.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COUNTERS = 64, LINES_A_SECOND = 50 };

struct plug_conf {
    unsigned n_keys;
    struct {
        char *key, *value;
    } key[PLUG_FRAME_KEYS];
};

struct slot {
    struct plug_msg *m; /* NULL: free */
    bool asked;         /* its hook has not returned */
    bool decided;       /* ..and resume() was called before it did */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct plug_wire *wire;
static struct plug_conf conf;
static struct slot *slots;
static uint32_t n_slots;
static struct {
    char name[PLUG_FRAME_NAME + 1];
    uint64_t n;
} counter[COUNTERS];
static struct {
    uint64_t since_ms;
    unsigned shown, hidden;
} lines;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* All of it; the lock is held. If the box is gone, the main loop sees that. */
static void send_all(void)
{
    struct pollfd p = { .fd = plug_wire_fd(wire), .events = POLLOUT };

    while (plug_wire_flush(wire) > 0)
        poll(&p, 1, -1);
}

void plug_child_start(struct plug_wire *w)
{
    wire = w;
}

const struct plug_conf *plug_child_conf(const struct plug_frame_open *o)
{
    slots = calloc(o->slots, sizeof(*slots));
    if (slots == NULL)
        return NULL;
    n_slots = o->slots;
    for (unsigned i = 0; i < o->n_keys; i++) {
        conf.key[i].key = strdup(o->key[i].key);
        conf.key[i].value = strdup(o->key[i].value);
        if (conf.key[i].key == NULL || conf.key[i].value == NULL)
            return NULL;
        conf.n_keys = i + 1;
    }
    return &conf;
}

/* ---- the log, counters ---- */

static void put_line(enum plug_level level, const char *line)
{
    plug_frame_put_text(wire, PLUG_WIRE_LOG, level, line);
}

/* The lock is held. The box kills who logs without end. */
static bool may_log(void)
{
    uint64_t now = now_ms();
    char line[80];

    if (now - lines.since_ms >= 1000) {
        lines.since_ms = now;
        if (lines.hidden > 0) {
            snprintf(line, sizeof(line), "%u lines were left out",
                     lines.hidden);
            put_line(PLUG_LOG_WARNING, line);
        }
        lines.shown = lines.hidden = 0;
    }
    if (lines.shown < LINES_A_SECOND)
        lines.shown++;
    else
        lines.hidden++;
    return lines.hidden == 0;
}

static void __attribute__((format(printf, 3, 4)))
host_log(const struct plug_conf *c, enum plug_level level, const char *fmt, ...)
{
    char line[PLUG_FRAME_LINE + 1];
    va_list ap;

    (void)c;
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    pthread_mutex_lock(&lock);
    if (may_log())
        put_line(level <= PLUG_LOG_ERROR ? level : PLUG_LOG_ERROR, line);
    send_all();
    pthread_mutex_unlock(&lock);
}

static void host_count(const struct plug_conf *c, const char *name, uint64_t n)
{
    char word[PLUG_FRAME_NAME + 1];

    (void)c;
    snprintf(word, sizeof(word), "%s", name);
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < COUNTERS && word[0] != '\0'; i++) {
        if (counter[i].name[0] == '\0')
            memcpy(counter[i].name, word, sizeof(word));
        if (strcmp(counter[i].name, word) == 0) {
            counter[i].n += n;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

void plug_child_tell(void)
{
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < COUNTERS; i++) {
        if (counter[i].n == 0)
            continue;
        plug_frame_put_text(wire, PLUG_WIRE_COUNT, counter[i].n,
                            counter[i].name);
        counter[i].n = 0;
    }
    if (lines.hidden > 0)
        may_log();
    send_all();
    pthread_mutex_unlock(&lock);
}

static const char *host_value(const struct plug_conf *c, const char *key)
{
    for (unsigned i = 0; i < c->n_keys; i++)
        if (strcmp(c->key[i].key, key) == 0)
            return c->key[i].value;
    return NULL;
}

/* ---- messages ---- */

static const void *host_get(const struct plug_msg *m, enum plug_field f,
                            size_t *len)
{
    const void *p;

    pthread_mutex_lock(&lock);
    p = plug_msg_get(m, f, len);
    pthread_mutex_unlock(&lock);
    return p;
}

static int host_set(struct plug_msg *m, enum plug_field f, const void *p,
                    size_t len)
{
    bool ok;

    pthread_mutex_lock(&lock);
    ok = plug_msg_set(m, f, p, len);
    pthread_mutex_unlock(&lock);
    return ok ? 0 : -1;
}

static void host_note(struct plug_msg *m, const char *text)
{
    pthread_mutex_lock(&lock);
    plug_msg_note(m, text);
    pthread_mutex_unlock(&lock);
}

static uint64_t host_id(const struct plug_msg *m)
{
    return plug_msg_id(m);
}

/* One that is undecided, or NULL. The lock is held. */
static struct slot *find(uint64_t id)
{
    uint32_t i = (uint32_t)id;

    if (i >= n_slots || slots[i].m == NULL || slots[i].decided ||
        plug_msg_id(slots[i].m) != id)
        return NULL;
    return &slots[i];
}

static int host_set_held(uint64_t id, enum plug_field f, const void *p,
                         size_t len)
{
    struct slot *s;
    bool ok;

    pthread_mutex_lock(&lock);
    s = find(id);
    ok = s != NULL && plug_msg_set(s->m, f, p, len);
    pthread_mutex_unlock(&lock);
    return ok ? 0 : -1;
}

static int host_note_held(uint64_t id, const char *text)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    s = find(id);
    if (s != NULL)
        plug_msg_note(s->m, text);
    pthread_mutex_unlock(&lock);
    return s != NULL ? 0 : -1;
}

/* The lock is held. */
static void decide(struct slot *s, enum plug_verdict v)
{
    plug_frame_put_verdict(wire, plug_msg_id(s->m),
                           v <= PLUG_PERMFAIL ? (uint8_t)v : PLUG_FRAME_FAILED,
                           s->m);
    s->decided = true;
}

static void forget(struct slot *s)
{
    plug_msg_free(s->m);
    *s = (struct slot){ .m = NULL };
}

static void host_resume(uint64_t id, enum plug_verdict v)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    s = find(id);
    if (s != NULL) {
        decide(s, v);
        send_all();
        if (!s->asked)
            forget(s);
    }
    pthread_mutex_unlock(&lock);
}

const struct plug_host *plug_child_host(void)
{
    static const struct plug_host host = {
        .abi_major = PLUG_ABI_MAJOR,
        .abi_minor = PLUG_ABI_MINOR,
        .size = sizeof(host),
        .log = host_log,
        .count = host_count,
        .value = host_value,
        .get = host_get,
        .set = host_set,
        .note = host_note,
        .id = host_id,
        .set_held = host_set_held,
        .note_held = host_note_held,
        .resume = host_resume,
    };

    return &host;
}

/* One that is still in the slot was forgotten by the box. */
static struct slot *place(struct plug_msg *m)
{
    struct slot *s = &slots[(uint32_t)plug_msg_id(m)];

    pthread_mutex_lock(&lock);
    plug_msg_free(s->m);
    *s = (struct slot){ .m = m, .asked = true };
    pthread_mutex_unlock(&lock);
    return s;
}

bool plug_child_ask(const struct plug_frame *f,
                    enum plug_verdict (*hook)(void *self, struct plug_msg *m),
                    void *self)
{
    struct plug_msg *m = plug_msg_new();
    enum plug_verdict v;
    uint64_t until_ms;
    struct slot *s;

    if (m == NULL || (uint32_t)f->id >= n_slots ||
        !plug_frame_get_msg(f, &until_ms, m)) {
        plug_msg_free(m);
        return false;
    }
    plug_msg_set_id(m, f->id);
    if (now_ms() >= until_ms) {
        plug_msg_free(m);
        plug_child_did();
        return true;
    }
    s = place(m);
    v = hook(self, m);
    pthread_mutex_lock(&lock);
    s->asked = false;
    if (v != PLUG_HOLD && !s->decided)
        decide(s, v);
    if (s->decided)
        forget(s);
    plug_frame_put(wire, PLUG_WIRE_DID);
    send_all();
    pthread_mutex_unlock(&lock);
    return true;
}

/* ---- what else is told ---- */

void plug_child_did(void)
{
    pthread_mutex_lock(&lock);
    plug_frame_put(wire, PLUG_WIRE_DID);
    send_all();
    pthread_mutex_unlock(&lock);
}

void plug_child_loaded(const struct plug_frame_loaded *l)
{
    pthread_mutex_lock(&lock);
    plug_frame_put_loaded(wire, l);
    send_all();
    pthread_mutex_unlock(&lock);
}

void plug_child_opened(unsigned wants)
{
    pthread_mutex_lock(&lock);
    plug_frame_put_text(wire, PLUG_WIRE_OPENED, wants, "");
    send_all();
    pthread_mutex_unlock(&lock);
}

void plug_child_refused(const char *why)
{
    pthread_mutex_lock(&lock);
    plug_frame_put_text(wire, PLUG_WIRE_REFUSED, 0, why);
    send_all();
    pthread_mutex_unlock(&lock);
}

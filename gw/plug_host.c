/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_host.c - what a plug-in may call, from any thread
 *
 * gwlib does not know a plug-in's own threads. What they say is kept, and the
 * helper says it. Plain code, therefore.
 */

#include "plug_part.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES = 1000, LINE_OCTETS = 800 };

struct line {
    STAILQ_ENTRY(line) next;
    enum plug_level level;
    char text[];
};
STAILQ_HEAD(lines, line);

/* Under a lock of its own, which may be taken inside that of the engine. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
static struct lines lines = STAILQ_HEAD_INITIALIZER(lines);
static unsigned n_lines;
static bool lost, poked, ending;

static pthread_mutex_t count_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool ours;

void plug_host_thread(bool is_ours)
{
    ours = is_ours;
}

/* ---- the log ---- */

static void keep_line(enum plug_level level, const char *text)
{
    size_t n = strlen(text) + 1;
    struct line *l = malloc(sizeof(*l) + n);

    if (l != NULL) {
        l->level = level;
        memcpy(l->text, text, n);
    }
    pthread_mutex_lock(&lock);
    if (l != NULL && n_lines < LINES) {
        STAILQ_INSERT_TAIL(&lines, l, next);
        n_lines++;
        l = NULL;
    } else {
        lost = true;
    }
    poked = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
    free(l);
}

/* One line, without what would break it. */
static void make_line(char out[LINE_OCTETS], const struct plug_conf *conf,
                      const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));
static void make_line(char out[LINE_OCTETS], const struct plug_conf *conf,
                      const char *fmt, va_list ap)
{
    int n = snprintf(out, LINE_OCTETS, "Plug-in <%s>: ", conf->id);

    vsnprintf(out + n, LINE_OCTETS - (size_t)n, fmt, ap);
    for (char *p = out; *p != '\0'; p++)
        if (iscntrl((unsigned char)*p))
            *p = '?';
}

void plug_say(const struct plug_conf *conf, enum plug_level level,
              const char *fmt, ...)
{
    char text[LINE_OCTETS];
    va_list ap;

    va_start(ap, fmt);
    make_line(text, conf, fmt, ap);
    va_end(ap);
    keep_line(level, text);
}

static void host_log(const struct plug_conf *conf, enum plug_level level,
                     const char *fmt, ...)
{
    char text[LINE_OCTETS];
    va_list ap;

    va_start(ap, fmt);
    make_line(text, conf, fmt, ap);
    va_end(ap);
    if (ours)
        plug_write_line(level, text);
    else
        keep_line(level, text);
}

/* ---- counters ---- */

static struct plug_inst *inst_of(const struct plug_conf *conf)
{
    for (unsigned i = 0; i < PLUG_INSTANCES; i++)
        if (plug_engine.inst[i].conf == conf)
            return &plug_engine.inst[i];
    return NULL;
}

static bool is_counter(const char *name)
{
    size_t n = 0;

    for (; name[n] != '\0'; n++)
        if (n == PLUG_COUNTER_NAME - 1 ||
            (!isalnum((unsigned char)name[n]) && !strchr("_-.:", name[n])))
            return false;
    return n > 0;
}

/* NULL: no more room. */
static struct plug_counter *find_counter(struct plug_inst *p, const char *name)
{
    for (unsigned i = 0; i < p->counters; i++)
        if (strcmp(p->counter[i].name, name) == 0)
            return &p->counter[i];
    if (p->counter == NULL)
        p->counter = calloc(PLUG_COUNTERS, sizeof(*p->counter));
    if (p->counter == NULL || p->counters == PLUG_COUNTERS)
        return NULL;
    strcpy(p->counter[p->counters].name, name);
    return &p->counter[p->counters++];
}

static void host_count(const struct plug_conf *conf, const char *name,
                       uint64_t n)
{
    struct plug_inst *p = inst_of(conf);
    struct plug_counter *c;

    if (p == NULL || !is_counter(name))
        return;
    pthread_mutex_lock(&count_lock);
    c = find_counter(p, name);
    if (c != NULL)
        c->n += n;
    pthread_mutex_unlock(&count_lock);
}

void plug_counts(void (*fn)(void *ctx, const char *id, const char *name,
                            uint64_t value),
                 void *ctx)
{
    pthread_mutex_lock(&count_lock);
    for (unsigned i = 0; i < plug_engine.n; i++) {
        const struct plug_inst *p = &plug_engine.inst[i];

        for (unsigned k = 0; k < p->counters; k++)
            fn(ctx, p->conf->id, p->counter[k].name, p->counter[k].n);
    }
    pthread_mutex_unlock(&count_lock);
}

void plug_count_free(struct plug_inst *p)
{
    pthread_mutex_lock(&count_lock);
    free(p->counter);
    p->counter = NULL;
    p->counters = 0;
    pthread_mutex_unlock(&count_lock);
}

/* ---- the group, the message ---- */

static const char *host_value(const struct plug_conf *conf, const char *key)
{
    for (unsigned i = 0; i < conf->n_keys; i++)
        if (strcmp(conf->key[i].key, key) == 0)
            return conf->key[i].value;
    return NULL;
}

static const void *host_get(const struct plug_msg *m, enum plug_field f,
                            size_t *len)
{
    return plug_msg_get(m, f, len);
}

static int host_set(struct plug_msg *m, enum plug_field f, const void *p,
                    size_t len)
{
    return plug_msg_set(m, f, p, len) ? 0 : -1;
}

static int host_set_held(uint64_t id, enum plug_field f, const void *p,
                         size_t len)
{
    return plug_chain_set(id, f, p, len) ? 0 : -1;
}

static int host_note_held(uint64_t id, const char *text)
{
    return plug_chain_note(id, text) ? 0 : -1;
}

const struct plug_host plug_host = {
    .abi_major = PLUG_ABI_MAJOR,
    .abi_minor = PLUG_ABI_MINOR,
    .size = sizeof(struct plug_host),
    .log = host_log,
    .count = host_count,
    .value = host_value,
    .get = host_get,
    .set = host_set,
    .note = plug_msg_note,
    .id = plug_msg_id,
    .set_held = host_set_held,
    .note_held = host_note_held,
    .resume = plug_chain_resume,
};

/* ---- for the helper ---- */

void plug_host_poke(void)
{
    pthread_mutex_lock(&lock);
    poked = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
}

static void write_lines(struct lines *from, bool without)
{
    struct line *l;

    while ((l = STAILQ_FIRST(from)) != NULL) {
        STAILQ_REMOVE_HEAD(from, next);
        plug_write_line(l->level, l->text);
        free(l);
    }
    if (without)
        plug_write_line(PLUG_LOG_WARNING,
                        "Plug-ins: lines of theirs were lost, there were too "
                        "many.");
}

bool plug_host_wait(uint64_t until_ms)
{
    struct timespec t = { .tv_sec = (time_t)(until_ms / 1000),
                          .tv_nsec = (long)(until_ms % 1000) * 1000000 };
    struct lines some = STAILQ_HEAD_INITIALIZER(some);
    bool more, without;

    pthread_mutex_lock(&lock);
    while (!poked && !ending)
        if (pthread_cond_timedwait(&wake, &lock, &t) != 0)
            break;
    more = !ending;
    STAILQ_CONCAT(&some, &lines);
    without = lost;
    poked = lost = false;
    n_lines = 0;
    pthread_mutex_unlock(&lock);
    write_lines(&some, without);
    return more;
}

void plug_host_start(void)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&wake, &attr);
    pthread_condattr_destroy(&attr);
    ending = false;
}

void plug_host_end(void)
{
    pthread_mutex_lock(&lock);
    ending = true;
    pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
}

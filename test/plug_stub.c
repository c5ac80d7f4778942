/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_stub.c - a host for the test of one plug-in, without the box
 */

#include "plug_stub.h"

#include "gw/plug_so.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEYS = 64, COUNTERS = 256, CALLS = 4096, LINE = 1024 };

/* The plug-in's group is the stub itself. */
struct plug_conf {
    struct plug plug;
    void *self;
    unsigned n_keys;
    char *key[KEYS], *value[KEYS];
    unsigned n_counters;
    struct {
        char name[64];
        uint64_t n;
    } counter[COUNTERS];
    char *log;
    size_t log_len;
};

struct stub {
    struct plug_conf c;
};

/* The last messages that hooks were asked about; an id leads to its place. */
struct call {
    uint64_t id;
    struct stub *stub;
    struct plug_msg *m; /* NULL: decided */
    enum plug_verdict v;
};
static struct call call[CALLS];
static uint64_t last_id;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;

static void host_log(const struct plug_conf *conf, enum plug_level level,
                     const char *fmt, ...)
{
    struct plug_conf *c = (struct plug_conf *)(uintptr_t)conf;
    char line[LINE];
    char *more;
    va_list ap;
    size_t n;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line) - 1, fmt, ap);
    va_end(ap);
    n = strlen(line);
    line[n++] = '\n';
    if (getenv("STUB_LOG") != NULL)
        fprintf(stderr, "%s: %d: %.*s", c->plug.name, level, (int)n, line);
    pthread_mutex_lock(&lock);
    more = realloc(c->log, c->log_len + n + 1);
    if (more == NULL)
        abort();
    memcpy(more + c->log_len, line, n);
    c->log = more;
    c->log_len += n;
    more[c->log_len] = '\0';
    pthread_mutex_unlock(&lock);
}

static uint64_t *find_counter(struct plug_conf *c, const char *name)
{
    for (unsigned i = 0; i < c->n_counters; i++)
        if (strcmp(c->counter[i].name, name) == 0)
            return &c->counter[i].n;
    if (c->n_counters == COUNTERS)
        abort();
    snprintf(c->counter[c->n_counters].name, sizeof(c->counter[0].name), "%s",
             name);
    return &c->counter[c->n_counters++].n;
}

static void host_count(const struct plug_conf *conf, const char *name,
                       uint64_t n)
{
    pthread_mutex_lock(&lock);
    *find_counter((struct plug_conf *)(uintptr_t)conf, name) += n;
    pthread_mutex_unlock(&lock);
}

static const char *host_value(const struct plug_conf *c, const char *key)
{
    for (unsigned i = 0; i < c->n_keys; i++)
        if (strcmp(c->key[i], key) == 0)
            return c->value[i];
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

static void host_note(struct plug_msg *m, const char *text)
{
    plug_msg_note(m, text);
}

static uint64_t host_id(const struct plug_msg *m)
{
    return plug_msg_id(m);
}

/* The call of this id, if it is not decided. The lock is held. */
static struct call *find_call(uint64_t id)
{
    struct call *c = &call[id % CALLS];

    return id != 0 && c->id == id && c->m != NULL ? c : NULL;
}

static int host_set_held(uint64_t id, enum plug_field f, const void *p,
                         size_t len)
{
    struct call *c;
    int rc = -1;

    pthread_mutex_lock(&lock);
    c = find_call(id);
    if (c != NULL && plug_msg_set(c->m, f, p, len))
        rc = 0;
    pthread_mutex_unlock(&lock);
    return rc;
}

static int host_note_held(uint64_t id, const char *text)
{
    struct call *c;

    pthread_mutex_lock(&lock);
    c = find_call(id);
    if (c != NULL)
        plug_msg_note(c->m, text);
    pthread_mutex_unlock(&lock);
    return c != NULL ? 0 : -1;
}

static void host_resume(uint64_t id, enum plug_verdict v)
{
    struct call *c;

    pthread_mutex_lock(&lock);
    c = find_call(id);
    if (c != NULL) {
        c->m = NULL;
        c->v = v;
        pthread_cond_broadcast(&told);
    }
    pthread_mutex_unlock(&lock);
}

static const struct plug_host host = {
    .abi_major = PLUG_ABI_MAJOR,
    .abi_minor = PLUG_ABI_MINOR,
    .size = sizeof(struct plug_host),
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

static void free_stub(struct stub *s)
{
    for (unsigned i = 0; i < s->c.n_keys; i++) {
        free(s->c.key[i]);
        free(s->c.value[i]);
    }
    free(s->c.log);
    free(s);
}

/* False: a key is not the plug-in's; so says the box. */
static bool take_keys(struct plug_conf *c, const char *const *keys, char *why,
                      size_t why_len)
{
    for (; keys != NULL && *keys != NULL && c->n_keys < KEYS; keys++) {
        char *is = strchr(*keys, '=');

        if (is == NULL)
            abort();
        c->key[c->n_keys] = strndup(*keys, (size_t)(is - *keys));
        c->value[c->n_keys++] = strdup(is + 1);
        if (!plug_so_has_key(&c->plug, c->key[c->n_keys - 1])) {
            snprintf(why, why_len, "%s: there is no such key",
                     c->key[c->n_keys - 1]);
            return false;
        }
    }
    return true;
}

static struct stub *open_it(const char *name, const char *const *keys,
                            int check, char *why, size_t why_len)
{
    struct stub *s = calloc(1, sizeof(*s));
    const char *folder = getenv("PLUGINS");
    char path[512], unseen[256];

    if (s == NULL)
        abort();
    if (why == NULL) {
        why = unseen;
        why_len = sizeof(unseen);
    }
    why[0] = '\0';
    snprintf(path, sizeof(path), "%s/%s.so",
             folder != NULL ? folder : "./plugins", name);
    if (plug_so_load(path, &s->c.plug, why, why_len) &&
        take_keys(&s->c, keys, why, why_len))
        s->c.self = s->c.plug.open(&host, &s->c, check, why, why_len);
    if (s->c.self != NULL)
        return s;
    if (why == unseen || getenv("STUB_LOG") != NULL)
        printf("%s: %s\n", path, why);
    free_stub(s);
    return NULL;
}

struct stub *stub_open(const char *name, const char *const *keys, char *why,
                       size_t why_len)
{
    return open_it(name, keys, 0, why, why_len);
}

void stub_close(struct stub *s)
{
    if (s == NULL)
        return;
    s->c.plug.close(s->c.self);
    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < CALLS; i++)
        if (call[i].stub == s)
            call[i] = (struct call){ .id = 0 };
    pthread_mutex_unlock(&lock);
    free_stub(s);
}

bool stub_check(const char *name, const char *const *keys, char *why,
                size_t why_len)
{
    struct stub *s = open_it(name, keys, 1, why, why_len);

    stub_close(s);
    return s != NULL;
}

struct plug_msg *stub_msg(int field, const char *text, ...)
{
    struct plug_msg *m = plug_msg_new();
    va_list ap;

    va_start(ap, text);
    while (m != NULL && field >= 0) {
        if (!plug_msg_put_text(m, (enum plug_field)field, text))
            abort();
        field = va_arg(ap, int);
        if (field >= 0)
            text = va_arg(ap, const char *);
    }
    va_end(ap);
    return m;
}

static enum plug_verdict ask(struct stub *s, struct plug_msg *m,
                             const char *kind,
                             enum plug_verdict (*hook)(void *self,
                                                       struct plug_msg *m))
{
    enum plug_verdict v;
    struct call *c;
    uint64_t id;

    if (hook == NULL)
        return PLUG_NEXT;
    if (plug_msg_text(m, PLUG_KIND)[0] == '\0')
        plug_msg_put_text(m, PLUG_KIND, kind);
    pthread_mutex_lock(&lock);
    id = ++last_id;
    c = &call[id % CALLS];
    *c = (struct call){ .id = id, .stub = s, .m = m, .v = PLUG_HOLD };
    pthread_mutex_unlock(&lock);
    plug_msg_set_id(m, id);
    v = hook(s->c.self, m);
    if (v != PLUG_HOLD) {
        pthread_mutex_lock(&lock);
        c->m = NULL;
        pthread_mutex_unlock(&lock);
    }
    return v;
}

enum plug_verdict stub_sri(struct stub *s, struct plug_msg *m)
{
    return ask(s, m, "sri", s->c.plug.on_sri);
}

enum plug_verdict stub_sms(struct stub *s, struct plug_msg *m)
{
    return ask(s, m, "sms", s->c.plug.on_sms);
}

void stub_done(struct stub *s, const char *id, enum plug_verdict v)
{
    if (s->c.plug.on_done != NULL)
        s->c.plug.on_done(s->c.self, id, v);
}

void stub_cdr(struct stub *s, const struct plug_cdr *cdr)
{
    if (s->c.plug.on_cdr != NULL)
        s->c.plug.on_cdr(s->c.self, cdr);
}

void stub_reload(struct stub *s)
{
    if (s->c.plug.on_reload != NULL)
        s->c.plug.on_reload(s->c.self);
}

void stub_tick(struct stub *s)
{
    if (s->c.plug.on_tick != NULL)
        s->c.plug.on_tick(s->c.self);
}

enum plug_verdict stub_wait(struct stub *s, const struct plug_msg *m,
                            int wait_ms)
{
    uint64_t id = plug_msg_id(m);
    struct call *c = &call[id % CALLS];
    enum plug_verdict v;
    struct timespec t;

    (void)s;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += wait_ms / 1000;
    t.tv_nsec += wait_ms % 1000 * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_nsec -= 1000000000L;
        t.tv_sec++;
    }
    pthread_mutex_lock(&lock);
    while (c->id == id && c->m != NULL &&
           pthread_cond_timedwait(&told, &lock, &t) == 0)
        ;
    v = c->id == id ? c->v : PLUG_HOLD;
    pthread_mutex_unlock(&lock);
    return v;
}

uint64_t stub_counter(struct stub *s, const char *name)
{
    uint64_t n;

    pthread_mutex_lock(&lock);
    n = *find_counter(&s->c, name);
    pthread_mutex_unlock(&lock);
    return n;
}

bool stub_logged(struct stub *s, const char *text)
{
    bool found;

    pthread_mutex_lock(&lock);
    found = s->c.log != NULL && strstr(s->c.log, text) != NULL;
    pthread_mutex_unlock(&lock);
    return found;
}

struct plug_cdr stub_record(enum plug_cdr_kind kind)
{
    return (struct plug_cdr){
        .size = sizeof(struct plug_cdr),
        .kind = (uint8_t)kind,
        .version = 3,
        .answered = 1,
        .verdict = PLUG_DONE,
        .cause = -1,
        .id = "",
        .network = "",
        .sc = "",
        .gt = "",
        .imsi = "",
        .receiver = "",
        .sender = "",
        .node = "",
        .route = "",
        .box = "",
        .why = "",
        .notes = "",
    };
}

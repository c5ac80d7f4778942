/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_world.h - instances whose hooks are the test's, and what was decided
 *
 * Hooks are functions of the test, run by plugins/puppet.so in the workers of
 * real instances. Time is real here: threads wait for each other.
 */

#ifndef PLUG_WORLD_H
#define PLUG_WORLD_H

#include "check.h"
#include "conf_golden.h"
#include "gw/plug.h"
#include "gw/stat.h"
#include "puppet.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <unistd.h>

enum { MAX = 2000, WAIT_MS = 5000, SHORT_MS = 150 };

static struct plug_conf group[4];
static struct plugs_conf groups = { .conf = group };
static struct puppet puppet[4];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int times;
    enum plug_verdict v;
    struct plug_msg *m;
} outcome[MAX];
static unsigned order[MAX], decided, afters;

static inline void take(enum plug_what what, uint64_t ref, enum plug_verdict v,
                        struct plug_msg *m)
{
    (void)what;
    pthread_mutex_lock(&lock);
    plug_msg_free(outcome[ref].m);
    outcome[ref].times++;
    outcome[ref].v = v;
    outcome[ref].m = m;
    if (decided < MAX)
        order[decided] = (unsigned)ref;
    decided++;
    pthread_mutex_unlock(&lock);
}

static inline void after(void)
{
    pthread_mutex_lock(&lock);
    afters++;
    pthread_mutex_unlock(&lock);
}

static const struct plug_ops ops = { .decided = take, .after = after };

static inline int times(unsigned ref)
{
    int n;

    pthread_mutex_lock(&lock);
    n = outcome[ref].times;
    pthread_mutex_unlock(&lock);
    return n;
}

static const struct timespec a_while = { .tv_nsec = 2000000 };

/* Wait until `cond', at most WAIT_MS. */
#define UNTIL(cond)                                                            \
    do {                                                                       \
        for (int ms_ = 0; ms_ < WAIT_MS && !(cond); ms_ += 2)                  \
            nanosleep(&a_while, NULL);                                         \
        CHECK(cond);                                                           \
    } while (0)

static inline void sleep_ms(long ms)
{
    const struct timespec t = { .tv_sec = ms / 1000,
                                .tv_nsec = ms % 1000 * 1000000 };

    nanosleep(&t, NULL);
}

static inline enum plug_verdict wait_for(unsigned ref)
{
    UNTIL(times(ref) > 0);
    CHECK(times(ref) <= 1);
    return outcome[ref].v;
}

static inline void add_key(struct plug_conf *c, const char *key,
                           const char *value)
{
    c->key[c->n_keys].key = gw_strdup(key);
    c->key[c->n_keys].value = gw_strdup(value);
    c->key[c->n_keys++].line = 7;
}

/* n instances of puppet.so: a, b, c, d, with nothing special about them. */
static inline void world(unsigned n)
{
    char at[32];

    memset(puppet, 0, sizeof(puppet));
    memset(outcome, 0, sizeof(outcome));
    decided = afters = 0;
    groups.n = n;
    for (unsigned i = 0; i < n; i++) {
        group[i] = (struct plug_conf){ .id = { (char)('a' + i) },
                                       .file = "x.conf",
                                       .line = 5,
                                       .path = "test/plugins/puppet.so",
                                       .priority = 100,
                                       .timeout_ms = 3000,
                                       .queue = 100 };
        snprintf(at, sizeof(at), "%llx",
                 (unsigned long long)(uintptr_t)&puppet[i]);
        add_key(&group[i], "puppet", at);
    }
}

static inline void begin(void)
{
    bool up = plug_start(&groups, &ops, false) == 0;

    CHECK(up);
    if (!up)
        exit(1);
}

static inline void forget(void)
{
    for (unsigned i = 0; i < groups.n; i++)
        for (unsigned k = 0; k < group[i].n_keys; k++) {
            gw_free(group[i].key[k].key);
            gw_free(group[i].key[k].value);
        }
    for (unsigned i = 0; i < MAX; i++)
        plug_msg_free(outcome[i].m);
}

static inline void end(void)
{
    plug_stop();
    CHECK(!plug_stuck());
    for (unsigned i = 0; i < groups.n; i++)
        CHECK(puppet[i].closed == 1);
    for (unsigned i = 0; i < MAX; i++)
        CHECK(outcome[i].times <= 1);
    forget();
}

static inline struct plug_msg *message(const char *text)
{
    struct plug_msg *m = plug_msg_new();

    plug_msg_put_text(m, PLUG_KIND, "sms");
    plug_msg_put_text(m, PLUG_CODING, "0");
    plug_msg_put_text(m, PLUG_ROUTE, "shop");
    plug_msg_put_text(m, PLUG_TEXT, text);
    return m;
}

/* The verdict at once, or PLUG_HOLD; m is freed if it was not taken. */
static inline enum plug_verdict ask(unsigned ref, const char *text)
{
    struct plug_msg *m = message(text);
    enum plug_verdict v = plug_ask(PLUG_WHAT_SMS, ref, m);

    if (v != PLUG_HOLD)
        plug_msg_free(m);
    return v;
}

static inline enum plug_verdict ask_sri(unsigned ref)
{
    struct plug_msg *m = message("");
    enum plug_verdict v;

    plug_msg_put_text(m, PLUG_KIND, "sri");
    v = plug_ask(PLUG_WHAT_SRI, ref, m);
    if (v != PLUG_HOLD)
        plug_msg_free(m);
    return v;
}

static inline bool has_text(unsigned ref, const char *text)
{
    return outcome[ref].m != NULL &&
           strcmp(plug_msg_text(outcome[ref].m, PLUG_TEXT), text) == 0;
}

static inline struct plug_info info_of(unsigned i)
{
    struct plug_info info[PLUG_INSTANCES];

    CHECK(plug_list(info) > i);
    return info[i];
}

static inline void in_another_thread(void *(*fn)(void *), struct puppet *p)
{
    pthread_t t;

    CHECK(pthread_create(&t, NULL, fn, p) == 0);
    pthread_join(t, NULL);
}

/* ---- hooks ---- */

static inline enum plug_verdict say_hold(struct puppet *p, struct plug_msg *m)
{
    (void)p, (void)m;
    return PLUG_HOLD;
}

/* In its hook until it is let go. */
struct trap {
    atomic_bool in, out;
};

static inline enum plug_verdict hang(struct puppet *p, struct plug_msg *m)
{
    struct trap *t = p->ctx;

    t->in = true;
    while (!t->out)
        nanosleep(&a_while, NULL);
    p->host->set(m, PLUG_TEXT, "from the trap", 13);
    return PLUG_DONE;
}

#endif

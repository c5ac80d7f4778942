/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_check.c - a thread that looks at passwords
 */

#include "smpp_check.h"

#include "crypto.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
    uint64_t id;
    char hash[CRYPTO_PASSWORD_TEXT], password[16];
};

struct smpp_check {
    void (*done)(void *ctx, uint64_t id, bool right);
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    bool stop;
    unsigned first, n; /* a ring */
    struct job job[SMPP_CHECK_MAX];
};

/* The next one; false: there will be no more. */
static bool take(struct smpp_check *c, struct job *j)
{
    bool stop;

    pthread_mutex_lock(&c->lock);
    while (!c->stop && c->n == 0)
        pthread_cond_wait(&c->more, &c->lock);
    stop = c->stop;
    if (!stop) {
        *j = c->job[c->first];
        explicit_bzero(&c->job[c->first], sizeof(*j));
        c->first = (c->first + 1) % SMPP_CHECK_MAX;
        c->n--;
    }
    pthread_mutex_unlock(&c->lock);
    return !stop;
}

static void *run(void *arg)
{
    struct smpp_check *c = arg;
    struct job j;

    while (take(c, &j)) {
        c->done(c->ctx, j.id, crypto_password_is(j.hash, j.password));
        explicit_bzero(&j, sizeof(j));
    }
    return NULL;
}

struct smpp_check *smpp_check_start(void (*done)(void *ctx, uint64_t id,
                                                 bool right),
                                    void *ctx)
{
    struct smpp_check *c = calloc(1, sizeof(*c));

    if (c == NULL)
        abort();
    c->done = done;
    c->ctx = ctx;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->more, NULL);
    if (pthread_create(&c->thread, NULL, run, c) == 0)
        return c;
    pthread_cond_destroy(&c->more);
    pthread_mutex_destroy(&c->lock);
    free(c);
    return NULL;
}

void smpp_check_stop(struct smpp_check *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    pthread_cond_signal(&c->more);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->more);
    pthread_mutex_destroy(&c->lock);
    explicit_bzero(c, sizeof(*c));
    free(c);
}

bool smpp_check_put(struct smpp_check *c, uint64_t id, const char *hash,
                    const char *password)
{
    struct job *j;
    bool room;

    pthread_mutex_lock(&c->lock);
    room = c->n < SMPP_CHECK_MAX;
    if (room) {
        j = &c->job[(c->first + c->n++) % SMPP_CHECK_MAX];
        j->id = id;
        snprintf(j->hash, sizeof(j->hash), "%s", hash);
        snprintf(j->password, sizeof(j->password), "%s", password);
        pthread_cond_signal(&c->more);
    }
    pthread_mutex_unlock(&c->lock);
    return room;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_jobs.h - what is to be published, and what the broker shall confirm
 *
 *     put() -> waiting -> next() -> out -> confirmed() -> resume(DONE)
 *
 * A held message is resumed exactly once: DONE if the broker has confirmed it,
 * TEMPFAIL if it is refused, came back unroutable, has waited too long, or was
 * out when the connection was lost. Copies and records have nobody who waits:
 * those that were out go to the front again, and are published once more.
 *
 * Messages are published before records, however many of these wait.
 *
 * One lock; any thread. Only the thread of the connection takes and confirms.
 */

#ifndef AMQP_JOBS_H
#define AMQP_JOBS_H

#include "amqp_key.h"
#include "sigtran-plugin.h"

#include <stdint.h>

enum amqp_job_kind { AMQP_HELD, AMQP_COPY, AMQP_RECORD };

enum { AMQP_ID_SIZE = 64 };

struct amqp_job {
    enum amqp_job_kind kind;
    uint64_t held;               /* id of a held message */
    const char *exchange, *type; /* outlive it */
    char key[AMQP_KEY_SIZE];
    char message_id[AMQP_ID_SIZE];
    uint64_t time_s; /* UTC */

    /* amqp_jobs' own */
    struct amqp_job *next;
    uint64_t tag, deadline_ms;
    bool settled;  /* resumed, and yet out */
    bool returned; /* it came back; the confirmation follows */

    size_t len;
    char body[];
};

struct amqp_jobs_conf {
    unsigned queue;      /* messages that wait */
    unsigned records;    /* and records */
    unsigned window;     /* that are out */
    uint32_t timeout_ms; /* for a held one to be confirmed */
};

struct amqp_jobs;

/* The broker is taken for away until amqp_jobs_up(). */
struct amqp_jobs *amqp_jobs_new(const struct amqp_jobs_conf *c,
                                const struct plug_host *host,
                                const struct plug_conf *conf);
/* All that is left: held ones get TEMPFAIL, others are counted. */
void amqp_jobs_free(struct amqp_jobs *q);

/* NULL: no memory. free() it if it is not put. */
struct amqp_job *amqp_job_new(const char *body, size_t len);
/* False: not taken, and why, in words. */
bool amqp_jobs_put(struct amqp_jobs *q, struct amqp_job *job, const char **why);

/* The next to be published, lent until it is confirmed or lost; it is out now,
 * under this tag, which is one more at each call. NULL: none, or as many are
 * out as may be. */
const struct amqp_job *amqp_jobs_next(struct amqp_jobs *q, uint64_t tag);
void amqp_jobs_confirmed(struct amqp_jobs *q, uint64_t tag, bool multiple,
                         bool taken);
/* Every one with this id that is out. */
void amqp_jobs_returned(struct amqp_jobs *q, const char *message_id);
void amqp_jobs_lost(struct amqp_jobs *q);

/* Whether the broker takes what is published: connected, and not blocked. */
void amqp_jobs_up(struct amqp_jobs *q, bool up);
/* Those that have waited too long. */
void amqp_jobs_tick(struct amqp_jobs *q);
bool amqp_jobs_idle(struct amqp_jobs *q); /* nothing waits, nothing is out */

/* Becomes readable when something was put into an empty queue; taken back by
 * amqp_jobs_woken(). */
int amqp_jobs_fd(const struct amqp_jobs *q);
void amqp_jobs_wake(struct amqp_jobs *q);
void amqp_jobs_woken(struct amqp_jobs *q);

uint64_t amqp_now_ms(void); /* monotonic */

#endif

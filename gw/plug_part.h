/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_part.h - the parts of plug.h
 *
 *     plug_load   shared object or process -> struct plug, keys, open()
 *     plug_chain  jobs: which filter a message is with, and what it said
 *     plug_report what became of messages, in a queue of each instance
 *     plug_work   a worker for each instance: it calls the hooks
 *     plug_host   what a plug-in may call, from any thread
 *     plug_help   the helper: log lines and verdicts of such threads, deadlines
 *
 * One lock for all that is not said to be otherwise. No hook and nothing of
 * plug_ops is called with it held.
 */

#ifndef PLUG_PART_H
#define PLUG_PART_H

#include "plug.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "plug_proxy.h"
#include "sigtran-box/slog.h"

enum { PLUG_COUNTER_NAME = 48 /* with its NUL */ };

struct plug_job;
TAILQ_HEAD(plug_jobs, plug_job);

/* Lent to on_cdr of several instances; freed by the last of them. */
struct plug_record;

struct plug_report {
    struct plug_record *cdr; /* NULL: on_done */
    enum plug_verdict v;
    char id[36];
};

struct plug_counter {
    char name[PLUG_COUNTER_NAME];
    uint64_t n;
};

/* An instance. What stands above the line does not change while it runs. */
struct plug_inst {
    const struct plug_conf *conf;
    struct plug plug;
    struct plug_proxy *proxy; /* of an isolated one */
    void *self;
    long thread;
    /* ---- */
    pthread_cond_t wake; /* for the worker */
    bool running, sleeping, reload;
    uint64_t tick_ms;   /* when it is due */
    uint64_t called_ms; /* since when a filter is in its hook, 0: in none */
    struct plug_jobs queue,
        open; /* open: by their deadlines, all that it has */
    unsigned waiting, held;
    uint64_t asked, failed, late;
    struct plug_report *report; /* a ring of conf->queue */
    unsigned first_report, reports;
    struct slog_rate nonsense, full, slow;
    /* under count_lock */
    struct plug_counter *counter;
    unsigned counters;
};

struct plug_engine {
    pthread_mutex_t lock;
    pthread_cond_t ended; /* a worker has */
    const struct plugs_conf *conf;
    const struct plug_ops *ops;
    unsigned n;
    struct plug_inst inst[PLUG_INSTANCES];   /* as configured */
    struct plug_inst *order[PLUG_INSTANCES]; /* as they are asked */
    uint64_t wakes;                          /* a bit for each instance */
    bool stopping, ending, abandoned;
};
extern struct plug_engine plug_engine;

uint64_t plug_now_ms(void);
void plug_lock(void);
void plug_unlock(void);              /* and wake whom plug_wake() named */
void plug_wake(struct plug_inst *p); /* lock held */
void plug_wake_now(void);            /* the same, before a wait */

/* ---- plug_load.c, main thread. What is wrong has been logged; plug_unload()
 * all the same ---- */
bool plug_load(struct plug_inst *p, const struct plug_conf *conf, bool check);
void plug_unload(struct plug_inst *p);

/* ---- plug_chain.c ---- */
bool plug_chain_start(void);
void plug_chain_stop(void); /* frees what is left */

/* A message for the hook: the worker's until plug_chain_returned(), by its id.
 * NULL: there is none. Lock held. */
struct plug_msg *plug_chain_next(struct plug_inst *p, enum plug_what *what);
/* True: more wait for this hook. */
bool plug_chain_returned(struct plug_inst *p, struct plug_msg *m,
                         enum plug_verdict v);
void plug_chain_resume(uint64_t id, enum plug_verdict v);
bool plug_chain_set(uint64_t id, enum plug_field f, const void *p, size_t len);
bool plug_chain_note(uint64_t id, const char *text);

/* Deal with what is late; when to look again. */
uint64_t plug_chain_sweep(void);
/* Everything that is open gets TEMPFAIL. */
void plug_chain_end(void);
/* Tell of what is decided, in that order. gwlib threads, no lock held. */
void plug_chain_tell(void);

/* ---- plug_work.c ---- */
bool plug_work_start(struct plug_inst *p);
bool plug_work_any(void);
/* Wait until all have ended; false: not in time. */
bool plug_work_wait(uint64_t until_ms);

/* ---- plug_report.c, lock held but for the call ---- */
bool plug_report_start(struct plug_inst *p);
void plug_report_stop(struct plug_inst *p); /* what is left is dropped */
struct plug_report plug_report_take(struct plug_inst *p);
void plug_report_call(struct plug_inst *p, const struct plug_report *r);

/* ---- plug_help.c ---- */
bool plug_help_start(void);
void plug_help_stop(void);
/* gwlib threads. */
void plug_write_line(enum plug_level level, const char *text);

/* ---- plug_host.c ---- */
extern const struct plug_host plug_host;
void plug_host_start(void);
/* For the helper: wait for what others said or want, write their lines. False:
 * it is the end. */
bool plug_host_wait(uint64_t until_ms);
void plug_host_end(void);
/* This thread is gwlib's and may wait: it writes log lines by itself. */
void plug_host_thread(bool ours);
/* There is something to tell of, or a new deadline; lock may be held. */
void plug_host_poke(void);
/* About an instance; lock may be held. */
void plug_say(const struct plug_conf *conf, enum plug_level level,
              const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void plug_count_free(struct plug_inst *p);

#endif

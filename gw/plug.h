/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug.h - plug-ins: their instances, and the chain of filters
 *
 *     plug_ask(message) -> 1st filter -> 2nd .. -> ops->decided(), once
 *     plug_done(), plug_cdr() -> the queue of each instance that wants it
 *
 * Each instance has a worker, a gwlib thread, and a bounded queue. A filter
 * that is late, holds too long, answers nonsense or has its queue full is dealt
 * with by its `on-failure'; what it says afterwards is counted and dropped.
 * Filters are asked by ascending priority, then as configured. What a plug-in
 * does from threads of its own (log, resume) is taken over by a thread of
 * ours: gwlib does not know those.
 *
 * An isolated plug-in (plug_proxy.h) is, seen from here, another plug-in.
 */

#ifndef PLUG_H
#define PLUG_H

#include <stdio.h>

#include "plug_msg.h"

enum {
    PLUG_INSTANCES = 64,
    PLUG_ROUTES = 64,    /* that an instance names */
    PLUG_KEYS = 64,      /* of its own */
    PLUG_JOBS = 65536,   /* messages and questions with filters at once */
    PLUG_COUNTERS = 256, /* of an instance */
};

/* One group = plugin. */
struct plug_conf {
    char id[32];
    char file[256]; /* and line: where the group stands */
    unsigned line;
    char path[256]; /* of the shared object */
    int priority;
    uint32_t timeout_ms; /* for the verdict of one message */
    uint32_t queue;      /* messages that wait for the worker */
    bool bypass;         /* on-failure; else TEMPFAIL */
    bool isolate;
    char user[32]; /* of an isolated one; "": ours */
    bool text;     /* CDRs carry the text */
    /* on_sms: only messages of these routes (ids); none: of all */
    unsigned n_routes;
    char route[PLUG_ROUTES][32];
    unsigned n_keys; /* the plug-in's own, as they stand in the group */
    struct {
        char *key, *value; /* owned */
        char *file;        /* owned; NULL: as the group's */
        unsigned line;
    } key[PLUG_KEYS];
    char child_path[256]; /* program for isolated ones */
};

/* All of them, in the order of the file; owned by the configuration. */
struct plugs_conf {
    unsigned n;
    struct plug_conf *conf;
};

enum plug_what { PLUG_WHAT_SRI, PLUG_WHAT_SMS };

struct plug_ops {
    /*
     * The chain's verdict on what was asked with this ref: PLUG_NEXT if nobody
     * had anything against it, or DONE, TEMPFAIL, PERMFAIL. `m' is now the
     * callee's, as the filters changed it. From a gwlib thread, without a
     * lock held here.
     */
    void (*decided)(enum plug_what what, uint64_t ref, enum plug_verdict v,
                    struct plug_msg *m);
    /* After a few of these. */
    void (*after)(void);
};

/*
 * Load and open all. `check': see sigtran-plugin.h; nothing runs then, and all
 * are closed again. -1: what was wrong has been logged, each with its group.
 * conf and ops are lent until plug_stop().
 */
int plug_start(const struct plugs_conf *conf, const struct plug_ops *ops,
               bool check);
/* What is asked gets TEMPFAIL; reports that wait are still delivered, for
 * PLUG_STOP_MS at most; then all are closed. */
void plug_stop(void);
enum { PLUG_STOP_MS = 3000 };
/* After plug_stop(): a worker did not come back from its hook. It may do so at
 * any time: wait for no thread and free nothing, but leave by _exit(). */
bool plug_stuck(void);

/* Is there any instance with this hook? Known after plug_start(), free. */
bool plug_filters(enum plug_what what);
bool plug_wants_done(void);
bool plug_wants_cdr(void);
bool plug_wants_text(void); /* in CDRs */

/*
 * Ask the chain. PLUG_HOLD: ops->decided() follows once, `m' is taken. Else
 * this is the verdict already, at once, and `m' stays the caller's (no filter
 * for its route, queues full, no memory). Never calls ops->decided() itself;
 * any gwlib thread, locks may be held.
 */
enum plug_verdict plug_ask(enum plug_what what, uint64_t ref,
                           struct plug_msg *m);

/* Copied; dropped and counted where a queue is full. */
void plug_done(const char *id, enum plug_verdict v);
void plug_cdr(const struct plug_cdr *cdr);

void plug_reload(void); /* SIGHUP */

/* For the status page and for metrics, copied. */
struct plug_info {
    char id[32], name[32], version[32];
    bool isolated, up; /* up: it has a process, and that is well */
    unsigned waiting, held;
    uint64_t asked, failed, late;
};
unsigned plug_list(struct plug_info info[PLUG_INSTANCES]);
/* Counters of all instances. */
void plug_counts(void (*fn)(void *ctx, const char *id, const char *name,
                            uint64_t value),
                 void *ctx);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_proxy_part.h - the parts of plug_proxy.h
 *
 *     plug_proxy    the struct plug that the engine sees; slots
 *     plug_process  start a process, talk with it until it is open, end it
 *     plug_reader   the thread: what the process says, and when it is lost
 */

#ifndef PLUG_PROXY_PART_H
#define PLUG_PROXY_PART_H

#include "plug_frame.h"
#include "plug_proxy.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

/* A message that the process was asked about. */
struct plug_slot {
    uint64_t host_id, until_ms;
    uint32_t generation, next; /* next: free one */
    bool used, sri;
};

struct plug_proxy {
    const struct plug_conf *conf;
    const struct plug_host *host; /* NULL before open() */
    struct plug_proxy *next;      /* of those that open() may mean */
    char path[PATH_MAX];
    char name[PLUG_FRAME_NAME + 1], version[PLUG_FRAME_NAME + 1];
    uint8_t hooks;
    unsigned wants; /* enum plug_want, told by open() */
    char *keys;     /* NULL: there was no LOADED yet */
    const char *key[PLUG_FRAME_KEYS + 1];
    int wake; /* an eventfd: something is left to be sent, or closing */
    long thread;

    /* the reader's; the main thread's without one */
    pid_t pid; /* 0: none */
    unsigned starts;
    uint64_t started_ms, start_at_ms, ask_ms;
    uint64_t words_since_ms; /* lines and counts within a second */
    unsigned words;

    pthread_mutex_t lock;
    atomic_bool up, closing;
    struct plug_wire *wire; /* to put and flush if `up', else the reader's */
    struct plug_slot *slot;
    uint32_t free_slot, used_slots, n_slots; /* n_slots: none is free */
    unsigned calls;                          /* hooks that have not returned */
    uint64_t owed;                           /* verdicts that may come */
    uint64_t progress_ms; /* the last return, or the call if there was none */
};

uint64_t plug_proxy_ms(void);
void plug_wake_clear(struct plug_proxy *p);

/* Lock held: the message is decided, or forgotten. */
void plug_slot_free(struct plug_proxy *p, uint32_t i);

/* ---- plug_process.c; false: a sentence is in why, the process is ended ---- */
enum { PLUG_PROCESS_WHY = 400 };
bool plug_process_start(struct plug_proxy *p, char why[PLUG_PROCESS_WHY]);
bool plug_process_open(struct plug_proxy *p, bool check,
                       char why[PLUG_PROCESS_WHY]);
/* Kill it if it lives; in `how' what became of it. */
void plug_process_end(struct plug_proxy *p, char *how, size_t size);

/* ---- plug_reader.c ---- */
void plug_reader_run(void *proxy);
/* Close: let it do what it still has to, then end it. */
void plug_reader_finish(struct plug_proxy *p);
/* Any frame but the answers to LOAD and OPEN. False: it breaks the rules. */
bool plug_reader_frame(struct plug_proxy *p, const struct plug_frame *f);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile.c - a plug-in that does what its messages say, to try the host
 *
 * The text of a message is one of the words below. Its key `open' is what
 * open() does, and into `file' close() writes what was seen till then. What
 * it does to descriptor 3 makes sense in a process of its own only.
 */

#include "plugins/sigtran-plugin.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FD = 3, HEAD = 13, TYPE_VERDICT = 12, TYPE_DID = 13, TYPE_LOG = 14 };

static const struct plug_host *host;
static const struct plug_conf *conf;
static uint64_t held_id;
static unsigned done, cdrs, reloads, ticks;

static void hang(void)
{
    for (;;)
        pause();
}

static void crash(void)
{
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void *hostile_open(const struct plug_host *h, const struct plug_conf *c,
                          int check, char *why, size_t why_len)
{
    const char *what = h->value(c, "open");

    host = h;
    conf = c;
    if (what == NULL || (check && strcmp(what, "unless-check") == 0))
        what = "";
    if (strcmp(what, "crash") == 0)
        crash();
    if (strcmp(what, "hang") == 0)
        hang();
    if (strcmp(what, "exit") == 0)
        exit(7);
    if (strcmp(what, "refuse") == 0) {
        snprintf(why, why_len, "it does not want to");
        return NULL;
    }
    /* A second time it does not start: when its file is there. */
    if (strcmp(what, "once") == 0) {
        if (access(h->value(c, "file"), F_OK) == 0)
            exit(8);
        fclose(fopen(h->value(c, "file"), "w"));
    }
    h->log(c, PLUG_LOG_INFO, "open, check %d", check);
    return &held_id;
}

static void hostile_close(void *self)
{
    const char *name = host->value(conf, "file");
    FILE *f = name != NULL ? fopen(name, "w") : NULL;

    (void)self;
    if (f == NULL)
        return;
    fprintf(f, "done %u cdrs %u reloads %u", done, cdrs, reloads);
    fclose(f);
}

/* ---- frames of its own making ---- */

static void raw(uint32_t len, uint8_t type, uint64_t id, const void *body,
                size_t n)
{
    uint8_t b[1024] = { 0 };

    for (int i = 0; i < 4; i++)
        b[i] = (uint8_t)(len >> (24 - 8 * i));
    b[4] = type;
    for (int i = 0; i < 8; i++)
        b[5 + i] = (uint8_t)(id >> (56 - 8 * i));
    memcpy(b + HEAD, body, n);
    if (write(FD, b, HEAD + n) < 0)
        return;
}

static void raw_lines(void)
{
    static const uint8_t line[] = {
        0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 'x', 0
    };

    for (;;)
        raw(sizeof(line), TYPE_LOG, 0, line, sizeof(line));
}

static int on_raw(const char *what, uint64_t id)
{
    static const uint8_t next[] = { PLUG_NEXT, 0, 0, 0, 1, 0 };
    static const uint8_t hold[] = { PLUG_HOLD, 0, 0, 0, 1, 0 };
    static const uint8_t forbidden[] = { PLUG_NEXT, 0, 0, 0, 1, 0,
                                         PLUG_ID,   0, 0, 0, 1, 'x' };
    static const uint8_t bad_text[] = { PLUG_NEXT, 0,         0,   0, 1,
                                        0,         PLUG_TEXT, 0,   0, 0,
                                        2,         0xff,      0xfe };
    static const uint8_t beyond[] = { PLUG_NEXT, 0,    0,    0,    1,    0,
                                      PLUG_TEXT, 0x7f, 0xff, 0xff, 0xff, 'x' };

    if (strcmp(what, "garbage") == 0) {
        for (int i = 0; i < 100; i++)
            raw(0x12345678, 0xff, id, "garbage", 7);
        hang();
    } else if (strcmp(what, "huge") == 0) {
        raw(0xffffffff, TYPE_VERDICT, id, next, sizeof(next));
        hang();
    } else if (strcmp(what, "short") == 0) {
        raw(100, TYPE_VERDICT, id, next, sizeof(next));
        hang();
    } else if (strcmp(what, "foreign") == 0) {
        raw(sizeof(next), TYPE_VERDICT, id + 1, next, sizeof(next));
        raw(sizeof(next), TYPE_VERDICT, id, next, sizeof(next));
    } else if (strcmp(what, "stale") == 0) { /* who had the slot before */
        raw(sizeof(next), TYPE_VERDICT, id - (1ull << 32), next, sizeof(next));
        return 0;
    } else if (strcmp(what, "raw-hold") == 0) {
        raw(sizeof(hold), TYPE_VERDICT, id, hold, sizeof(hold));
    } else if (strcmp(what, "forbidden") == 0) {
        raw(sizeof(forbidden), TYPE_VERDICT, id, forbidden, sizeof(forbidden));
        hang();
    } else if (strcmp(what, "bad-text") == 0) {
        raw(sizeof(bad_text), TYPE_VERDICT, id, bad_text, sizeof(bad_text));
    } else if (strcmp(what, "beyond-frame") == 0) {
        raw(sizeof(beyond), TYPE_VERDICT, id, beyond, sizeof(beyond));
        hang();
    } else if (strcmp(what, "dids") == 0) {
        for (int i = 0; i < 10; i++)
            raw(0, TYPE_DID, 0, "", 0);
    } else if (strcmp(what, "raw-lines") == 0) {
        raw_lines();
    } else {
        return 0;
    }
    return 1;
}

/* ---- hooks ---- */

static void *resume_later(void *id)
{
    usleep(200 * 1000);
    host->set_held(*(uint64_t *)id, PLUG_TEXT, "later", 5);
    host->note_held(*(uint64_t *)id, "slept");
    host->resume(*(uint64_t *)id, PLUG_PERMFAIL);
    free(id);
    return NULL;
}

static enum plug_verdict hold_and(void *(*fn)(void *), uint64_t id)
{
    uint64_t *copy = malloc(sizeof(*copy));
    pthread_t t;

    *copy = id;
    if (pthread_create(&t, NULL, fn, copy) == 0)
        pthread_detach(t);
    return PLUG_HOLD;
}

/* It overwrites what is behind its memory until there is none. */
static void write_beyond(void)
{
    volatile char *p = malloc(16);

    for (size_t i = 0;; i++)
        p[i] = 'x';
}

static void log_much(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        host->log(conf, PLUG_LOG_WARNING, "line %u\n\033 of many", i);
}

static void crudely(const char *what)
{
    if (strcmp(what, "crash") == 0)
        crash();
    if (strcmp(what, "beyond") == 0)
        write_beyond();
    if (strcmp(what, "exit") == 0)
        exit(0);
    if (strcmp(what, "hang") == 0)
        hang();
    if (strcmp(what, "stop") == 0)
        raise(SIGSTOP);
    if (strcmp(what, "close") == 0) {
        close(FD);
        hang();
    }
    if (strcmp(what, "fork") == 0) { /* one lives on with the socket */
        if (fork() == 0) {
            usleep(3000 * 1000);
            _exit(0);
        }
        crash();
    }
    if (strcmp(what, "sleep") == 0)
        usleep(300 * 1000);
    if (strcmp(what, "lines") == 0)
        log_much(5000);
}

static enum plug_verdict on_sms(void *self, struct plug_msg *m)
{
    char what[32];
    size_t n;
    const char *text = host->get(m, PLUG_TEXT, &n);
    uint64_t id = host->id(m);

    (void)self;
    host->count(conf, "asked", 1);
    snprintf(what, sizeof(what), "%.*s", (int)(n < 31 ? n : 31), text);
    crudely(what);
    if (on_raw(what, id))
        return PLUG_NEXT;
    if (strcmp(what, "set") == 0) {
        host->set(m, PLUG_TEXT, "changed", 7);
        host->set(m, PLUG_META, "a=b", 3);
        host->note(m, "was\nchanged");
        return host->set(m, PLUG_ID, "x", 1) < 0 ? PLUG_NEXT : PLUG_DONE;
    }
    if (strcmp(what, "perm") == 0 || strcmp(what, "stale") == 0)
        return PLUG_PERMFAIL;
    if (strcmp(what, "nonsense") == 0)
        return (enum plug_verdict)77;
    if (strcmp(what, "hold") == 0) {
        held_id = id;
        return PLUG_HOLD;
    }
    if (strcmp(what, "resume") == 0)
        host->resume(held_id, PLUG_DONE);
    if (strcmp(what, "later") == 0)
        return hold_and(resume_later, id);
    if (strcmp(what, "twice") == 0) {
        host->resume(id, PLUG_TEMPFAIL);
        host->resume(id, PLUG_PERMFAIL);
        return host->set_held(id, PLUG_TEXT, "x", 1) < 0 ? PLUG_HOLD
                                                         : PLUG_DONE;
    }
    if (strcmp(what, "resume-next") == 0) {
        host->resume(id, PLUG_PERMFAIL);
        return PLUG_NEXT;
    }
    return PLUG_NEXT;
}

static enum plug_verdict on_sri(void *self, struct plug_msg *m)
{
    (void)self;
    if (host->set(m, PLUG_TEXT, "x", 1) == 0)
        return PLUG_DONE;
    return host->set(m, PLUG_ERROR, "absentSubscriber", 16) == 0
               ? PLUG_TEMPFAIL
               : PLUG_PERMFAIL;
}

static void on_done(void *self, const char *id, enum plug_verdict v)
{
    (void)self;
    done += strlen(id) == 32 && v == PLUG_PERMFAIL;
}

static void on_cdr(void *self, const struct plug_cdr *c)
{
    (void)self;
    cdrs += c->size == sizeof(*c) && c->error == -3 && c->cause == -1 &&
            c->dialogue == 1ull << 40 && strcmp(c->why, "because") == 0 &&
            (c->text == NULL || strcmp(c->text, "text") == 0);
    if (strcmp(c->why, "hang") == 0)
        hang();
}

static void on_reload(void *self)
{
    (void)self;
    reloads++;
}

static void on_tick(void *self)
{
    (void)self;
    ticks++;
}

static const char *const keys[] = { "open", "file", NULL };

const struct plug sigtran_plugin = {
    PLUG_HEAD("hostile", "1.0"), .keys = keys,     .open = hostile_open,
    .close = hostile_close,      .on_sri = on_sri, .on_sms = on_sms,
    .on_done = on_done,          .on_cdr = on_cdr, .on_reload = on_reload,
    .on_tick = on_tick,
};

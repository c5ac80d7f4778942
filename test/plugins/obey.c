/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * obey.c - a plug-in for tests that does what the message says
 *
 *     text = "sender=+4712;text=other;note=why;later=done"
 *
 * Words: sender receiver text meta route error note, with a value each; next,
 * done, temp, perm: the verdict; later=VERDICT: held, and resumed by a thread
 * of its own after 50 ms; hold: never resumed. Keys: `log', a file that gets a
 * line for each call; `sri', the same words for every question; `want = sms':
 * it has no use for questions.
 */

#include "plugins/sigtran-plugin.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LATER_MS = 50 };

struct obey {
    const struct plug_host *host;
    const char *sri;
    int no_sri;
    FILE *log;
};

struct later {
    const struct plug_host *host;
    uint64_t id;
    enum plug_verdict v;
};

static void *obey_open(const struct plug_host *host,
                       const struct plug_conf *conf, int check, char *why,
                       size_t why_len)
{
    struct obey *o = calloc(1, sizeof(*o));
    const char *file = host->value(conf, "log");

    if (o == NULL)
        return NULL;
    o->host = host;
    o->sri = host->value(conf, "sri");
    o->no_sri = host->value(conf, "want") != NULL;
    if (file == NULL || check)
        return o;
    o->log = fopen(file, "a");
    if (o->log == NULL) {
        snprintf(why, why_len, "cannot write <%s>", file);
        free(o);
        return NULL;
    }
    setvbuf(o->log, NULL, _IOLBF, 0);
    return o;
}

static void obey_close(void *self)
{
    struct obey *o = self;

    if (o->log != NULL)
        fclose(o->log);
    free(o);
}

static void *resume_later(void *arg)
{
    const struct timespec t = { .tv_nsec = LATER_MS * 1000000L };
    struct later *l = arg;

    nanosleep(&t, NULL);
    l->host->set_held(l->id, PLUG_META, "held=1", 6);
    l->host->note_held(l->id, "later");
    l->host->resume(l->id, l->v);
    free(l);
    return NULL;
}

static enum plug_verdict verdict(const char *word)
{
    static const char *const words[] = { "next", "done", "temp", "perm" };

    for (int i = 0; i < 4; i++)
        if (strcmp(word, words[i]) == 0)
            return (enum plug_verdict)i;
    return PLUG_HOLD;
}

static enum plug_verdict later(struct obey *o, const struct plug_msg *m,
                               const char *word)
{
    struct later *l = malloc(sizeof(*l));
    pthread_t t;

    if (l == NULL)
        return PLUG_TEMPFAIL;
    *l = (struct later){ o->host, o->host->id(m), verdict(word) };
    if (pthread_create(&t, NULL, resume_later, l) != 0)
        return PLUG_TEMPFAIL;
    pthread_detach(t);
    return PLUG_HOLD;
}

/* False: `name' is a verdict. */
static int set(struct obey *o, struct plug_msg *m, const char *name,
               const char *value)
{
    static const struct {
        const char *name;
        enum plug_field f;
    } fields[] = {
        { "sender", PLUG_SENDER }, { "receiver", PLUG_RECEIVER },
        { "text", PLUG_TEXT },     { "meta", PLUG_META },
        { "route", PLUG_ROUTE },   { "error", PLUG_ERROR },
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(name, fields[i].name) == 0) {
            if (o->host->set(m, fields[i].f, value, strlen(value)) != 0)
                o->host->note(m, "not set");
            return 1;
        }
    if (strcmp(name, "note") != 0)
        return 0;
    o->host->note(m, value);
    return 1;
}

static enum plug_verdict obey(struct obey *o, struct plug_msg *m, char *text)
{
    char *rest;

    for (char *word = strtok_r(text, ";", &rest); word != NULL;
         word = strtok_r(NULL, ";", &rest)) {
        char *value = strchr(word, '=');

        if (value != NULL)
            *value++ = '\0';
        if (value != NULL && strcmp(word, "later") == 0)
            return later(o, m, value);
        if (value == NULL || !set(o, m, word, value))
            return verdict(word);
    }
    return PLUG_NEXT;
}

static void put(const struct obey *o, const struct plug_msg *m,
                enum plug_field f)
{
    size_t len;
    const char *p = o->host->get(m, f, &len);

    fprintf(o->log, " %.*s", len > 0 ? (int)len : 1, len > 0 ? p : "-");
}

static void log_call(const struct obey *o, const struct plug_msg *m)
{
    static const enum plug_field fields[] = {
        PLUG_KIND, PLUG_NETWORK, PLUG_VERSION, PLUG_SENDER, PLUG_RECEIVER,
        PLUG_SC,   PLUG_GT,      PLUG_GT_PLAN, PLUG_CODING, PLUG_IMSI,
        PLUG_NODE, PLUG_ROUTE,   PLUG_ID,
    };

    if (o->log == NULL)
        return;
    fprintf(o->log, "asked");
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        put(o, m, fields[i]);
    fputc('\n', o->log);
}

static enum plug_verdict obey_on_sms(void *self, struct plug_msg *m)
{
    struct obey *o = self;
    char text[1000];
    size_t len;
    const char *p = o->host->get(m, PLUG_TEXT, &len);

    log_call(o, m);
    snprintf(text, sizeof(text), "%.*s", (int)len, p);
    if (strchr(text, ';') == NULL && strchr(text, '=') == NULL)
        return PLUG_NEXT;
    return obey(o, m, text);
}

static enum plug_verdict obey_on_sri(void *self, struct plug_msg *m)
{
    struct obey *o = self;
    char text[200];

    log_call(o, m);
    snprintf(text, sizeof(text), "%s", o->sri != NULL ? o->sri : "");
    return obey(o, m, text);
}

static void obey_on_done(void *self, const char *id, enum plug_verdict v)
{
    struct obey *o = self;

    if (o->log != NULL)
        fprintf(o->log, "done %s %d\n", id, (int)v);
}

static void obey_on_cdr(void *self, const struct plug_cdr *c)
{
    struct obey *o = self;

    if (o->log == NULL)
        return;
    fprintf(o->log,
            "cdr kind=%d verdict=%d error=%d cause=%d answered=%d dup=%d "
            "parts=%d/%d id=%s to=%s from=%s imsi=%s sc=%s route=%s box=%s "
            "times=%d%d%d%d%d why=%s notes=%s\n",
            c->kind, c->verdict, c->error, c->cause, c->answered, c->duplicate,
            c->part, c->parts, c->id, c->receiver, c->sender, c->imsi, c->sc,
            c->route, c->box, c->received_ms != 0, c->filtered_ms != 0,
            c->sent_ms != 0, c->decided_ms != 0, c->answered_ms != 0, c->why,
            c->notes);
}

static unsigned obey_wants(void *self)
{
    const struct obey *o = self;

    return o->no_sri ? ~(unsigned)PLUG_WANT_SRI : ~0u;
}

static const char *const keys[] = { "log", "sri", "want", NULL };

const struct plug sigtran_plugin = {
    PLUG_HEAD("obey", "1.0"), .keys = keys,          .open = obey_open,
    .close = obey_close,      .on_sri = obey_on_sri, .on_sms = obey_on_sms,
    .on_done = obey_on_done,  .on_cdr = obey_on_cdr, .wants = obey_wants,
};

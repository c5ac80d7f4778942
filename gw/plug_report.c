/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_report.c - what became of messages, on its way to the instances
 *
 * Called from anywhere, and never waits: an instance whose queue is full does
 * not get it. A record is copied once for all of them.
 */

#include "plug_part.h"

#include "stat.h"

#include <stdlib.h>
#include <string.h>

struct plug_record {
    atomic_uint users;
    struct plug_cdr cdr;
    char texts[];
};

/* ---- records ---- */

/* Texts of a CDR, one after the other behind it. */
static const char **text_of(struct plug_cdr *c, unsigned i)
{
    const char **const text[] = { &c->id,     &c->network, &c->sc,
                                  &c->gt,     &c->imsi,    &c->receiver,
                                  &c->sender, &c->node,    &c->route,
                                  &c->box,    &c->why,     &c->notes,
                                  &c->text };

    return i < sizeof(text) / sizeof(text[0]) ? text[i] : NULL;
}

static struct plug_record *record_new(const struct plug_cdr *cdr)
{
    struct plug_cdr copy = *cdr;
    struct plug_record *r;
    const char **text;
    size_t room = 0;
    char *at;

    for (unsigned i = 0; (text = text_of(&copy, i)) != NULL; i++)
        if (*text != NULL)
            room += strlen(*text) + 1;
    r = malloc(sizeof(*r) + room);
    if (r == NULL)
        return NULL;
    at = r->texts;
    for (unsigned i = 0; (text = text_of(&copy, i)) != NULL; i++)
        if (*text != NULL) {
            size_t n = strlen(*text) + 1;

            *text = memcpy(at, *text, n);
            at += n;
        }
    atomic_init(&r->users, 1);
    r->cdr = copy;
    r->cdr.size = sizeof(r->cdr);
    return r;
}

static void record_free(struct plug_record *r)
{
    if (r != NULL && atomic_fetch_sub(&r->users, 1) == 1)
        free(r);
}

/* ---- queues ---- */

/* Lock held. */
static void put_report(struct plug_inst *p, const struct plug_report *r)
{
    unsigned room = p->conf->queue;

    if (!p->running || p->reports == room) {
        stat_inc(STAT_plug_dropped);
        return;
    }
    p->report[(p->first_report + p->reports++) % room] = *r;
    if (r->cdr != NULL)
        atomic_fetch_add(&r->cdr->users, 1);
    plug_wake(p);
}

struct plug_report plug_report_take(struct plug_inst *p)
{
    struct plug_report r = p->report[p->first_report];

    p->first_report = (p->first_report + 1) % p->conf->queue;
    p->reports--;
    return r;
}

void plug_done(const char *id, enum plug_verdict v)
{
    struct plug_report r = { .v = v };

    if (!plug_wants_done())
        return;
    snprintf(r.id, sizeof(r.id), "%s", id);
    plug_lock();
    for (unsigned i = 0; i < plug_engine.n; i++)
        if (plug_engine.inst[i].plug.on_done != NULL)
            put_report(&plug_engine.inst[i], &r);
    plug_unlock();
}

void plug_cdr(const struct plug_cdr *cdr)
{
    struct plug_report r = { .cdr = NULL };

    if (!plug_wants_cdr())
        return;
    r.cdr = record_new(cdr);
    if (r.cdr == NULL) {
        stat_inc(STAT_plug_dropped);
        return;
    }
    plug_lock();
    for (unsigned i = 0; i < plug_engine.n; i++)
        if (plug_engine.inst[i].plug.on_cdr != NULL)
            put_report(&plug_engine.inst[i], &r);
    plug_unlock();
    record_free(r.cdr);
}

void plug_report_call(struct plug_inst *p, const struct plug_report *r)
{
    struct plug_cdr cdr;

    if (r->cdr == NULL) {
        p->plug.on_done(p->self, r->id, r->v);
        return;
    }
    cdr = r->cdr->cdr;
    if (!p->conf->text)
        cdr.text = NULL;
    p->plug.on_cdr(p->self, &cdr);
    record_free(r->cdr);
}

bool plug_report_start(struct plug_inst *p)
{
    p->report = calloc(p->conf->queue, sizeof(*p->report));
    return p->report != NULL;
}

void plug_report_stop(struct plug_inst *p)
{
    while (p->reports > 0) {
        stat_inc(STAT_plug_dropped);
        record_free(plug_report_take(p).cdr);
    }
    free(p->report);
    p->report = NULL;
}

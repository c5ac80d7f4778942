/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * puppet.c - a plug-in whose hooks are functions of the test
 */

#include "puppet.h"

#include <stdio.h>
#include <stdlib.h>

static void *puppet_open(const struct plug_host *host,
                         const struct plug_conf *conf, int check, char *why,
                         size_t why_len)
{
    const char *at = host->value(conf, "puppet");
    struct puppet *p;

    if (at == NULL) {
        snprintf(why, why_len, "puppet is missing");
        return NULL;
    }
    p = (struct puppet *)strtoull(at, NULL, 16);
    p->host = host;
    p->conf = conf;
    p->check = check;
    if (p->refusal != NULL) {
        snprintf(why, why_len, "%s", p->refusal);
        return NULL;
    }
    return p;
}

static void puppet_close(void *self)
{
    struct puppet *p = self;

    p->closed++;
}

static enum plug_verdict puppet_on_sri(void *self, struct plug_msg *m)
{
    struct puppet *p = self;

    p->id = p->host->id(m);
    p->asked++;
    return p->sri != NULL ? p->sri(p, m) : PLUG_NEXT;
}

static enum plug_verdict puppet_on_sms(void *self, struct plug_msg *m)
{
    struct puppet *p = self;

    p->id = p->host->id(m);
    p->asked++;
    return p->sms != NULL ? p->sms(p, m) : PLUG_NEXT;
}

static void puppet_on_done(void *self, const char *id, enum plug_verdict v)
{
    struct puppet *p = self;

    if (p->done != NULL)
        p->done(p, id, v);
    p->dones++;
}

static void puppet_on_cdr(void *self, const struct plug_cdr *cdr)
{
    struct puppet *p = self;

    if (p->cdr != NULL)
        p->cdr(p, cdr);
    p->cdrs++;
}

static void puppet_on_reload(void *self)
{
    struct puppet *p = self;

    p->reloads++;
}

static void puppet_on_tick(void *self)
{
    struct puppet *p = self;

    p->ticks++;
}

static const char *const keys[] = { "puppet", NULL };

const struct plug sigtran_plugin = {
    PLUG_HEAD("puppet", "1.0"),    .keys = keys,
    .open = puppet_open,           .close = puppet_close,
    .on_sri = puppet_on_sri,       .on_sms = puppet_on_sms,
    .on_done = puppet_on_done,     .on_cdr = puppet_on_cdr,
    .on_reload = puppet_on_reload, .on_tick = puppet_on_tick,
};

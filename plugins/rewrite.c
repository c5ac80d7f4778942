/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite.c - plug-in: numbers, texts and routes changed by rules of a file
 *
 *     group = plugin
 *     path = rewrite.so
 *     rules-file = "/etc/sigtran-box/rewrite.rules"
 */

#include "plug_key.h"
#include "rewrite_run.h"

#include <stdio.h>
#include <stdlib.h>

struct rewrite {
    const struct plug_host *host;
    const struct plug_conf *conf;
    const char *file;
    struct rules *rules;
    struct rewrite_run *run;
};

static void rewrite_close(void *self)
{
    struct rewrite *r = self;

    rules_free(r->rules);
    rewrite_run_free(r->run);
    free(r);
}

static void *rewrite_open(const struct plug_host *host,
                          const struct plug_conf *conf, int check, char *why,
                          size_t why_len)
{
    struct plug_key k = {
        .host = host, .conf = conf, .why = why, .why_len = why_len
    };
    struct rewrite *r = calloc(1, sizeof(*r));

    if (r == NULL)
        abort();
    r->host = host;
    r->conf = conf;
    r->file = plug_key_need(&k, "rules-file");
    r->run = rewrite_run_new(host, conf);
    if (r->run == NULL)
        plug_key_bad(&k, "rules-file", "read: no memory");
    if (!k.failed)
        r->rules = rules_read(r->file, why, why_len);
    if (r->rules == NULL) {
        rewrite_close(r);
        return NULL;
    }
    if (!check)
        host->log(conf, PLUG_LOG_INFO, "%u rules of %s", r->rules->n, r->file);
    return r;
}

/* What takes too long is for the group's on-failure. */
static enum plug_verdict rewrite_on_sms(void *self, struct plug_msg *m)
{
    static const enum plug_verdict failure = PLUG_HOLD + 1;
    struct rewrite *r = self;

    return rewrite_run(r->run, r->rules, m) ? PLUG_NEXT : failure;
}

static void rewrite_on_reload(void *self)
{
    struct rewrite *r = self;
    struct rules *rules;
    char why[512];

    rules = rules_read(r->file, why, sizeof(why));
    if (rules == NULL) {
        r->host->log(r->conf, PLUG_LOG_ERROR, "%s; the old rules stay", why);
        return;
    }
    rules_free(r->rules);
    r->rules = rules;
    r->host->log(r->conf, PLUG_LOG_INFO, "%u rules of %s", rules->n, r->file);
}

static const char *const keys[] = { "rules-file", NULL };

const struct plug sigtran_plugin = {
    PLUG_HEAD("rewrite", "1.0"), .keys = keys,
    .open = rewrite_open,        .close = rewrite_close,
    .on_sms = rewrite_on_sms,    .on_reload = rewrite_on_reload,
};

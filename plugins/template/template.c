/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * template.c - a plug-in to begin with: refuses messages that have a word
 *
 *     group = plugin
 *     id = no-lottery
 *     path = template.so
 *     word = lottery
 *
 * What a plug-in may rely on is told in sigtran-plugin.h and, at length, in
 * sigtran-plugin(3).
 */

#define _GNU_SOURCE /* memmem() */

#include <sigtran-plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One of these for each group; nothing is shared between them. */
struct filter {
    const struct plug_host *host;
    const struct plug_conf *conf; /* who we are, for log() and count() */
    const char *word;             /* valid until close() */
};

/* Main thread, before traffic. Whatever is wrong with the keys is told here:
 * the box does not start then. */
static void *template_open(const struct plug_host *host,
                           const struct plug_conf *conf, int check, char *why,
                           size_t why_len)
{
    struct filter *t;
    const char *word = host->value(conf, "word");

    /* with `check' nothing may be connected to or written */
    (void)check;
    if (word == NULL || word[0] == '\0') {
        snprintf(why, why_len, "word is missing");
        return NULL;
    }
    t = calloc(1, sizeof(*t));
    if (t == NULL) {
        snprintf(why, why_len, "out of memory");
        return NULL;
    }
    t->host = host;
    t->conf = conf;
    t->word = word;
    host->log(conf, PLUG_LOG_INFO, "looks for <%s>", word);
    return t;
}

static void template_close(void *self)
{
    free(self);
}

/* The worker's thread, one message at a time. The sender waits for us, up to
 * the group's `timeout'. */
static enum plug_verdict template_on_sms(void *self, struct plug_msg *m)
{
    struct filter *t = self;
    size_t len;
    const char *text = t->host->get(m, PLUG_TEXT, &len);

    /* text has no NUL at its end */
    if (memmem(text, len, t->word, strlen(t->word)) == NULL)
        return PLUG_NEXT;
    t->host->note(m, "it has the word"); /* for the records */
    t->host->count(t->conf, "refused", 1);
    return PLUG_PERMFAIL;
}

/* What became of a message, told by its PLUG_ID; nobody waits. */
static void template_on_done(void *self, const char *id, enum plug_verdict v)
{
    struct filter *t = self;

    t->host->log(t->conf, PLUG_LOG_DEBUG, "message %s: %s", id,
                 v == PLUG_DONE ? "delivered" : "not delivered");
}

/* Any other key of the group is an error. */
static const char *const keys[] = { "word", NULL };

/* Hooks that are left out cost nothing. */
const struct plug sigtran_plugin = {
    PLUG_HEAD("template", "1.0"), .keys = keys,
    .open = template_open,        .close = template_close,
    .on_sms = template_on_sms,    .on_done = template_on_done,
};

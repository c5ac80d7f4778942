/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_load.c - from a group of the configuration to an instance
 */

#include "plug_part.h"

#include "conf_get.h"
#include "plug_so.h"

#include <string.h>

enum { WHY = 400 };

static void bad(const struct plug_conf *conf, const char *file, unsigned line,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void bad(const struct plug_conf *conf, const char *file, unsigned line,
                const char *fmt, ...)
{
    char text[WHY + 300];
    va_list ap;
    int n = snprintf(text, sizeof(text), "group plugin %s: ", conf->id);

    va_start(ap, fmt);
    vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
    va_end(ap);
    conf_error(file != NULL ? file : conf->file, line, text);
}

static bool keys_are_known(const struct plug_inst *p)
{
    const struct plug_conf *conf = p->conf;
    bool known = true;

    for (unsigned i = 0; i < conf->n_keys; i++) {
        if (plug_so_has_key(&p->plug, conf->key[i].key))
            continue;
        known = false;
        bad(conf, conf->key[i].file, conf->key[i].line,
            "%s: there is no such key, and plug-in %s has none either",
            conf->key[i].key, p->plug.name);
    }
    return known;
}

static bool begins(const char *text, const char *with, const char *then)
{
    size_t n = strlen(with);

    return strncmp(text, with, n) == 0 &&
           strncmp(text + n, then, strlen(then)) == 0;
}

/* What open() says begins with the `key' that is wrong, or with the file that a
 * key names: then the key's line is where to look, not that of the group. */
static void tell_why(const struct plug_inst *p, const char *why)
{
    const struct plug_conf *conf = p->conf;

    for (unsigned i = 0; i < conf->n_keys; i++) {
        const char *key = conf->key[i].key, *value = conf->key[i].value;
        bool named = why[0] == '`' && begins(why + 1, key, "'");

        if (!named && (value[0] != '/' || !begins(why, value, ":")))
            continue;
        bad(conf, conf->key[i].file, conf->key[i].line,
            "%s does not start: %s%s%s", p->plug.name, named ? "" : key,
            named ? "" : ": ", why);
        return;
    }
    bad(conf, NULL, conf->line, "%s does not start: %s", p->plug.name,
        why[0] != '\0' ? why : "it does not say why");
}

/* Hooks that this instance has no use for cost nothing. */
static void leave_out(struct plug_inst *p)
{
    unsigned wants = p->plug.wants != NULL ? p->plug.wants(p->self) : ~0u;

    if ((wants & PLUG_WANT_SRI) == 0)
        p->plug.on_sri = NULL;
    if ((wants & PLUG_WANT_SMS) == 0)
        p->plug.on_sms = NULL;
    if ((wants & PLUG_WANT_DONE) == 0)
        p->plug.on_done = NULL;
    if ((wants & PLUG_WANT_CDR) == 0)
        p->plug.on_cdr = NULL;
}

bool plug_load(struct plug_inst *p, const struct plug_conf *conf, bool check)
{
    char why[WHY] = "";
    bool loaded;

    p->conf = conf;
    if (conf->isolate) {
        p->proxy = plug_proxy_load(conf, &p->plug, why, sizeof(why));
        loaded = p->proxy != NULL;
    } else {
        loaded = plug_so_load(conf->path, &p->plug, why, sizeof(why));
    }
    if (!loaded) {
        bad(conf, NULL, conf->line, "path = <%s>: %s", conf->path, why);
        return false;
    }
    if (!keys_are_known(p))
        return false;
    p->self = p->plug.open(&plug_host, conf, check, why, sizeof(why));
    if (p->self != NULL) {
        leave_out(p);
        return true;
    }
    why[sizeof(why) - 1] = '\0';
    tell_why(p, why);
    return false;
}

void plug_unload(struct plug_inst *p)
{
    if (p->self != NULL)
        p->plug.close(p->self);
    plug_proxy_unload(p->proxy);
    plug_count_free(p);
    memset(&p->plug, 0, sizeof(p->plug));
    p->conf = NULL;
    p->proxy = NULL;
    p->self = NULL;
}

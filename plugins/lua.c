/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua.c - plug-in: hooks in Lua
 *
 *     group = plugin
 *     path = lua.so
 *     script = "/etc/sigtran-box/rules.lua"
 */

#include "lua_script.h"
#include "plug_key.h"

#include <stdlib.h>

struct lua {
    struct lua_conf conf;
    struct lua_script *script;
};

static void lua_plug_close(void *self)
{
    struct lua *l = self;

    lua_script_free(l->script);
    free(l);
}

static void *lua_plug_open(const struct plug_host *host,
                           const struct plug_conf *conf, int check, char *why,
                           size_t why_len)
{
    struct plug_key k = {
        .host = host, .conf = conf, .why = why, .why_len = why_len
    };
    struct lua *l = calloc(1, sizeof(*l));
    struct lua_conf *c;

    if (l == NULL)
        abort();
    c = &l->conf;
    c->host = host;
    c->conf = conf;
    c->file = plug_key_need(&k, "script");
    c->args = plug_key_text(&k, "args");
    c->max_memory =
        (size_t)plug_key_number(&k, "max-memory", 16, 1, 4095) * 1024 * 1024;
    c->max_instructions =
        plug_key_number(&k, "max-instructions", 1000000, 1000, 2000000000);
    c->max_ms = plug_key_number(&k, "max-ms", 500, 1, 60000);
    if (!k.failed)
        l->script = lua_script_new(c, check != 0, why, why_len);
    if (l->script != NULL)
        return l;
    lua_plug_close(l);
    return NULL;
}

static enum plug_verdict lua_on_sri(void *self, struct plug_msg *m)
{
    struct lua *l = self;

    return lua_script_ask(l->script, true, m);
}

static enum plug_verdict lua_on_sms(void *self, struct plug_msg *m)
{
    struct lua *l = self;

    return lua_script_ask(l->script, false, m);
}

static void lua_on_done(void *self, const char *id, enum plug_verdict v)
{
    struct lua *l = self;

    lua_script_done(l->script, id, v);
}

static void lua_on_cdr(void *self, const struct plug_cdr *cdr)
{
    struct lua *l = self;

    lua_script_cdr(l->script, cdr);
}

static void lua_on_tick(void *self)
{
    struct lua *l = self;

    lua_script_tick(l->script);
}

static unsigned lua_wants(void *self)
{
    struct lua *l = self;

    return lua_script_wants(l->script);
}

static void lua_on_reload(void *self)
{
    struct lua *l = self;
    struct lua_script *script;
    char why[512];

    script = lua_script_new(&l->conf, false, why, sizeof(why));
    if (script == NULL) {
        l->conf.host->log(l->conf.conf, PLUG_LOG_ERROR,
                          "%s; the old script stays", why);
        return;
    }
    lua_script_free(l->script);
    l->script = script;
    l->conf.host->log(l->conf.conf, PLUG_LOG_INFO, "%s is loaded again",
                      l->conf.file);
}

static const char *const keys[] = {
    "script", "args", "max-memory", "max-instructions", "max-ms", NULL,
};

const struct plug sigtran_plugin = {
    PLUG_HEAD("lua", "1.0"), .keys = keys,         .open = lua_plug_open,
    .close = lua_plug_close, .on_sri = lua_on_sri, .on_sms = lua_on_sms,
    .on_done = lua_on_done,  .on_cdr = lua_on_cdr, .on_reload = lua_on_reload,
    .on_tick = lua_on_tick,  .wants = lua_wants,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_script.c - a script with its globals, and its hooks called
 */

#include "lua_script.h"

#include "lua_box.h"
#include "lua_msg.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct lua_script {
    struct lua_conf *conf;
    struct lua_box *box;
    bool quiet; /* it is only checked */
};

/* What one call of a hook is about. */
struct call {
    const char *name; /* of the function */
    const struct plug_cdr *cdr;
    const char *id;
    enum plug_verdict verdict;
    struct plug_msg *m;
    struct plug_msg **slot; /* the script's handle of m */
    bool sri;
    unsigned wants;
};

static const char *const verdicts[] = { "next", "done", "tempfail",
                                        "permfail" };
enum { N_VERDICTS = sizeof(verdicts) / sizeof(verdicts[0]) };

/* ---- functions for scripts: the script is their upvalue ---- */

static struct lua_script *script_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

/* log(text [, level]) */
static int do_log(lua_State *L)
{
    static const char *const levels[] = { "debug", "info", "warning", "error",
                                          NULL };
    struct lua_script *s = script_of(L);
    const char *text = luaL_checkstring(L, 1);
    int level = luaL_checkoption(L, 2, "info", levels);

    if (!s->quiet)
        s->conf->host->log(s->conf->conf, (enum plug_level)level, "%.500s",
                           text);
    return 0;
}

/* print(...): all of it, as texts, with blanks between */
static int do_print(lua_State *L)
{
    struct lua_script *s = script_of(L);
    int n = lua_gettop(L);
    luaL_Buffer b;

    luaL_buffinit(L, &b);
    for (int i = 1; i <= n; i++) {
        if (i > 1)
            luaL_addchar(&b, ' ');
        luaL_tolstring(L, i, NULL);
        luaL_addvalue(&b);
    }
    luaL_pushresult(&b);
    if (!s->quiet)
        s->conf->host->log(s->conf->conf, PLUG_LOG_INFO, "%.500s",
                           lua_tostring(L, -1));
    return 0;
}

static const char *counter(struct lua_conf *c, const char *name)
{
    for (unsigned i = 0; i < c->n_counters; i++)
        if (strcmp(c->counter[i], name) == 0)
            return c->counter[i];
    if (c->n_counters == LUA_COUNTERS)
        return NULL;
    return strcpy(c->counter[c->n_counters++], name);
}

/* count(name [, n]) */
static int do_count(lua_State *L)
{
    struct lua_script *s = script_of(L);
    const char *name = luaL_checkstring(L, 1), *kept;
    lua_Integer n = luaL_optinteger(L, 2, 1);
    size_t len = strlen(name);

    if (len == 0 || len >= LUA_COUNTER_MAX ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != len)
        return luaL_error(L, "<%s> cannot be the name of a counter", name);
    if (n < 0)
        return luaL_error(L, "counters only grow");
    kept = counter(s->conf, name);
    if (kept == NULL)
        return luaL_error(L, "more than %d counters", LUA_COUNTERS);
    if (!s->quiet)
        s->conf->host->count(s->conf->conf, kept, (uint64_t)n);
    return 0;
}

/* time(): seconds since 1970 */
static int do_time(lua_State *L)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    lua_pushnumber(L, (lua_Number)t.tv_sec + (lua_Number)t.tv_nsec / 1e9);
    return 1;
}

/* The words name=value of `args', as table conf. */
static void push_args(lua_State *L, const char *args)
{
    const char *is;
    size_t n;

    lua_newtable(L);
    while (args != NULL) {
        args += strspn(args, " \t");
        n = strcspn(args, " \t");
        if (n == 0)
            return;
        is = memchr(args, '=', n);
        if (is == NULL || is == args)
            luaL_error(L, "`args' must be words name=value");
        lua_pushlstring(L, args, (size_t)(is - args));
        lua_pushlstring(L, is + 1, n - (size_t)(is + 1 - args));
        lua_settable(L, -3);
        args += n;
    }
}

static void give_function(lua_State *L, struct lua_script *s, const char *name,
                          lua_CFunction fn)
{
    lua_pushlightuserdata(L, s);
    lua_pushcclosure(L, fn, 1);
    lua_setglobal(L, name);
}

static int furnish(lua_State *L)
{
    struct lua_script *s = lua_touserdata(L, 1);

    lua_msg_register(L, s->conf->host);
    give_function(L, s, "log", do_log);
    give_function(L, s, "print", do_print);
    give_function(L, s, "count", do_count);
    give_function(L, s, "time", do_time);
    push_args(L, s->conf->args);
    lua_setglobal(L, "conf");
    return 0;
}

/* ---- hooks ---- */

/* Push the script's function; false: it has none. */
static bool push_hook(lua_State *L, const char *name)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushstring(L, name);
    if (lua_rawget(L, -2) == LUA_TNIL)
        return false;
    if (lua_type(L, -1) != LUA_TFUNCTION)
        luaL_error(L, "%s is no function but a %s", name, luaL_typename(L, -1));
    return true;
}

static int call_filter(lua_State *L)
{
    struct call *c = lua_touserdata(L, 1);
    const char *word;

    if (!push_hook(L, c->name))
        return 0; /* PLUG_NEXT */
    lua_msg_push(L, c->m, &c->slot);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1))
        return 0;
    word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    for (int i = 0; i < N_VERDICTS; i++)
        if (strcmp(word, verdicts[i]) == 0 && (i != PLUG_DONE || !c->sri)) {
            c->verdict = (enum plug_verdict)i;
            return 0;
        }
    return luaL_error(L, "%s returned a %s that is no verdict", c->name,
                      luaL_typename(L, -1));
}

static int call_report(lua_State *L)
{
    const struct call *c = lua_touserdata(L, 1);

    if (!push_hook(L, c->name))
        return 0;
    if (c->cdr != NULL) {
        lua_cdr_push(L, c->cdr);
        lua_call(L, 1, 0);
    } else if (c->id != NULL) {
        lua_pushstring(L, c->id);
        lua_pushstring(L, verdicts[c->verdict]);
        lua_call(L, 2, 0);
    } else {
        lua_call(L, 0, 0);
    }
    return 0;
}

static bool call(struct lua_script *s, lua_CFunction fn, struct call *c)
{
    const struct lua_conf *k = s->conf;
    char why[512];
    bool ok = lua_box_call(s->box, fn, c, why, sizeof(why));

    if (c->slot != NULL)
        *c->slot = NULL;
    if (ok)
        return true;
    k->host->count(k->conf, "errors", 1);
    k->host->log(k->conf, PLUG_LOG_ERROR, "%s: %s", c->name, why);
    return false;
}

enum plug_verdict lua_script_ask(struct lua_script *s, bool sri,
                                 struct plug_msg *m)
{
    struct call c = { .name = sri ? "on_sri" : "on_sms",
                      .m = m,
                      .sri = sri,
                      .verdict = PLUG_NEXT };

    return call(s, call_filter, &c) ? c.verdict : PLUG_HOLD + 1;
}

static int find_hooks(lua_State *L)
{
    static const struct {
        const char *name;
        unsigned want;
    } hooks[] = {
        { "on_sri", PLUG_WANT_SRI },
        { "on_sms", PLUG_WANT_SMS },
        { "on_done", PLUG_WANT_DONE },
        { "on_cdr", PLUG_WANT_CDR },
    };
    struct call *c = lua_touserdata(L, 1);

    for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
        if (push_hook(L, hooks[i].name))
            c->wants |= hooks[i].want;
        lua_settop(L, 1);
    }
    return 0;
}

unsigned lua_script_wants(struct lua_script *s)
{
    struct call c = { .name = "hooks" };

    /* one that is no function must not go unnoticed */
    return call(s, find_hooks, &c) ? c.wants : ~0u;
}

void lua_script_done(struct lua_script *s, const char *id, enum plug_verdict v)
{
    struct call c = { .name = "on_done", .id = id, .verdict = v };

    if ((unsigned)v < N_VERDICTS)
        call(s, call_report, &c);
}

void lua_script_cdr(struct lua_script *s, const struct plug_cdr *cdr)
{
    struct call c = { .name = "on_cdr", .cdr = cdr };

    call(s, call_report, &c);
}

void lua_script_tick(struct lua_script *s)
{
    struct call c = { .name = "on_tick" };

    call(s, call_report, &c);
}

/* ---- the file ---- */

/* All of it, owned by the caller; NULL: why[]. */
static char *read_file(const char *file, size_t *len, char *why, size_t why_len)
{
    FILE *f = fopen(file, "re");
    char *text = f != NULL ? malloc(LUA_SCRIPT_OCTETS) : NULL;

    *len = text != NULL ? fread(text, 1, LUA_SCRIPT_OCTETS, f) : 0;
    if (text == NULL || ferror(f)) {
        snprintf(why, why_len, "%s: %s", file, strerror(errno));
    } else if (*len == LUA_SCRIPT_OCTETS) {
        snprintf(why, why_len, "%s: larger than %d octets", file,
                 LUA_SCRIPT_OCTETS - 1);
    } else {
        fclose(f);
        return text;
    }
    if (f != NULL)
        fclose(f);
    free(text);
    return NULL;
}

static bool load(struct lua_script *s, char *why, size_t why_len)
{
    char name[300], *text;
    size_t len;
    bool ok;

    text = read_file(s->conf->file, &len, why, why_len);
    if (text == NULL)
        return false;
    snprintf(name, sizeof(name), "@%s", s->conf->file);
    ok = lua_box_call(s->box, furnish, s, why, why_len) &&
         lua_box_load(s->box, text, len, name, why, why_len);
    free(text);
    return ok;
}

struct lua_script *lua_script_new(struct lua_conf *conf, bool check, char *why,
                                  size_t why_len)
{
    const struct lua_limits limits = {
        .max_memory = conf->max_memory,
        .max_instructions = conf->max_instructions,
        .max_ms = conf->max_ms,
    };
    struct lua_script *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->conf = conf;
    s->quiet = check;
    s->box = lua_box_new(&limits);
    if (s->box == NULL)
        snprintf(why, why_len, "max-memory is too little to start with");
    else if (load(s, why, why_len))
        return s;
    lua_script_free(s);
    return NULL;
}

void lua_script_free(struct lua_script *s)
{
    if (s == NULL)
        return;
    lua_box_free(s->box);
    free(s);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_box.c - Lua 5.4 without what reaches out, and with limits
 */

#include "lua_box.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    STEP = 100,      /* instructions between two looks at the limits */
    REP_OCTETS = 32, /* that string.rep writes in the time of one */
    SORT_COST = 20,  /* instructions that sorting costs for each element */
};

struct lua_box {
    lua_State *L;
    struct lua_limits limits;
    size_t used;
    int64_t left; /* instructions */
    uint64_t until_ns;
    bool over;
};

static struct lua_box *box_of(lua_State *L)
{
    struct lua_box **place = lua_getextraspace(L);

    return *place;
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- limits ---- */

static void *allocate(void *ud, void *p, size_t old, size_t size)
{
    struct lua_box *b = ud;
    void *new;

    if (p == NULL)
        old = 0; /* it is the type of what will be there */
    if (size == 0) {
        free(p);
        b->used -= old;
        return NULL;
    }
    if (size > old && size - old > b->limits.max_memory - b->used)
        return NULL;
    new = realloc(p, size);
    if (new != NULL)
        b->used += size - old;
    return new;
}

/* An error that no pcall catches. */
static int end_call(lua_State *L)
{
    struct lua_box *b = box_of(L);

    b->over = true;
    return luaL_error(L, b->left < 0 ? "too many instructions"
                                     : "it takes too long");
}

static void on_count(lua_State *L, lua_Debug *ar)
{
    struct lua_box *b = box_of(L);

    (void)ar;
    b->left -= b->over ? 0 : STEP;
    if (b->over || b->left < 0 || now_ns() > b->until_ns)
        end_call(L);
}

static void start_call(struct lua_box *b)
{
    b->over = false;
    b->left = b->limits.max_instructions;
    b->until_ns = now_ns() + b->limits.max_ms * 1000000ull;
    lua_sethook(b->L, on_count, LUA_MASKCOUNT, STEP);
}

static void charge(lua_State *L, double instructions)
{
    struct lua_box *b = box_of(L);

    if (instructions > (double)b->left) {
        b->left = -1;
        end_call(L);
    }
    b->left -= instructions > 0 ? (int64_t)instructions : 0;
    if (now_ns() > b->until_ns)
        end_call(L);
}

/* ---- functions of the library that count no instructions ---- */

/* The function in our upvalue, with the arguments we have. */
static int pass_on(lua_State *L)
{
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* Octets, and turns: string.rep("", n) has only these. */
static int rep(lua_State *L)
{
    size_t len, between = 0;

    luaL_checklstring(L, 1, &len);
    if (!lua_isnoneornil(L, 3))
        luaL_checklstring(L, 3, &between);
    charge(L, (double)luaL_checkinteger(L, 2) *
                  ((double)len + (double)between + 1) / REP_OCTETS);
    return pass_on(L);
}

/* Elements; a table may not say that it has more. */
static double length(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL)
        luaL_error(L, "a table with __len cannot be changed");
    return (double)lua_rawlen(L, 1);
}

static int insert(lua_State *L)
{
    charge(L, length(L));
    return pass_on(L);
}

static int sort(lua_State *L)
{
    charge(L, length(L) * SORT_COST);
    return pass_on(L);
}

static int concat(lua_State *L)
{
    double all = length(L);

    if (!lua_isnoneornil(L, 4))
        all =
            (double)luaL_checkinteger(L, 4) - (double)luaL_optinteger(L, 3, 1);
    charge(L, all);
    return pass_on(L);
}

static int move(lua_State *L)
{
    charge(L,
           (double)luaL_checkinteger(L, 3) - (double)luaL_checkinteger(L, 2));
    return pass_on(L);
}

/* ---- functions of the library that would get round the limits ---- */

static int no_gc(lua_State *L)
{
    if (lua_type(L, 2) == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L, "there is no __gc here");
        lua_pop(L, 1);
    }
    return pass_on(L);
}

/* pcall, but what is over is over. */
static int safe_pcall(lua_State *L)
{
    int status;

    luaL_checkany(L, 1);
    status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (box_of(L)->over)
        return status != LUA_OK ? lua_error(L) : end_call(L);
    luaL_checkstack(L, 1, "too many results");
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/* ---- the state ---- */

struct wrapped {
    const char *name;
    lua_CFunction fn; /* NULL: there is none */
};

/* Put these in the place of members of the table on the top. */
static void wrap(lua_State *L, const struct wrapped *w)
{
    for (; w->name != NULL; w++) {
        if (w->fn == NULL) {
            lua_pushnil(L);
        } else {
            lua_getfield(L, -1, w->name);
            lua_pushcclosure(L, w->fn, 1);
        }
        lua_setfield(L, -2, w->name);
    }
    lua_pop(L, 1);
}

static int open_libraries(lua_State *L)
{
    static const struct wrapped base[] = {
        { "collectgarbage", NULL }, { "dofile", NULL },
        { "load", NULL },           { "loadfile", NULL },
        { "print", NULL },          { "warn", NULL },
        { "xpcall", NULL },         { "pcall", safe_pcall },
        { "setmetatable", no_gc },  { NULL, NULL },
    };
    static const struct wrapped string[] = {
        { "dump", NULL },
        { "rep", rep },
        { NULL, NULL },
    };
    static const struct wrapped table[] = {
        { "concat", concat }, { "insert", insert }, { "move", move },
        { "remove", insert }, { "sort", sort },     { NULL, NULL },
    };

    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    wrap(L, base);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    wrap(L, string);
    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    wrap(L, table);
    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
    return 0;
}

struct lua_box *lua_box_new(const struct lua_limits *limits)
{
    struct lua_box *b = calloc(1, sizeof(*b)), **place;
    char why[64];

    if (b == NULL)
        return NULL;
    b->limits = *limits;
    b->L = lua_newstate(allocate, b);
    if (b->L != NULL) {
        place = lua_getextraspace(b->L);
        *place = b;
        if (lua_box_call(b, open_libraries, NULL, why, sizeof(why)))
            return b;
    }
    lua_box_free(b);
    return NULL;
}

void lua_box_free(struct lua_box *b)
{
    if (b == NULL)
        return;
    if (b->L != NULL)
        lua_close(b->L);
    free(b);
}

/* The error on the top, which is popped. */
static void say_why(lua_State *L, char *why, size_t why_len)
{
    if (lua_type(L, -1) == LUA_TSTRING)
        snprintf(why, why_len, "%s", lua_tostring(L, -1));
    else
        snprintf(why, why_len, "an error that is no text but a %s",
                 luaL_typename(L, -1));
    lua_pop(L, 1);
}

bool lua_box_call(struct lua_box *b, lua_CFunction fn, void *arg, char *why,
                  size_t why_len)
{
    bool ok;

    start_call(b);
    lua_pushcfunction(b->L, fn);
    lua_pushlightuserdata(b->L, arg);
    ok = lua_pcall(b->L, 1, 0, 0) == LUA_OK;
    if (!ok)
        say_why(b->L, why, why_len);
    return ok;
}

struct chunk {
    const char *text;
    size_t len;
    const char *name;
};

static int load_chunk(lua_State *L)
{
    const struct chunk *c = lua_touserdata(L, 1);

    if (luaL_loadbufferx(L, c->text, c->len, c->name, "t") != LUA_OK)
        return lua_error(L);
    lua_call(L, 0, 0);
    return 0;
}

bool lua_box_load(struct lua_box *b, const char *text, size_t len,
                  const char *name, char *why, size_t why_len)
{
    struct chunk c = { .text = text, .len = len, .name = name };

    return lua_box_call(b, load_chunk, &c, why, why_len);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_msg.c - a message and a CDR as a script sees them
 */

#include "lua_msg.h"

#include "plug_record.h"

#include <lauxlib.h>
#include <string.h>

static const char type_name[] = "message";

static const struct {
    const char *name;
    enum plug_field field;
} fields[] = {
    { "kind", PLUG_KIND },       { "id", PLUG_ID },
    { "network", PLUG_NETWORK }, { "version", PLUG_VERSION },
    { "sender", PLUG_SENDER },   { "receiver", PLUG_RECEIVER },
    { "owner", PLUG_OWNER },     { "sc", PLUG_SC },
    { "gt", PLUG_GT },           { "gt_plan", PLUG_GT_PLAN },
    { "imsi", PLUG_IMSI },       { "msc", PLUG_NODE },
    { "text", PLUG_TEXT },       { "udh", PLUG_UDH },
    { "coding", PLUG_CODING },   { "dcs", PLUG_DCS },
    { "pid", PLUG_PID },         { "route", PLUG_ROUTE },
    { "meta", PLUG_META },       { "error", PLUG_ERROR },
};

static const struct plug_host *host_of(lua_State *L)
{
    return lua_touserdata(L, lua_upvalueindex(1));
}

static struct plug_msg *check_msg(lua_State *L)
{
    struct plug_msg **m = luaL_checkudata(L, 1, type_name);

    if (*m == NULL)
        luaL_error(L, "the message is gone: its hook has returned");
    return *m;
}

/* PLUG_NFIELDS: there is no such. */
static enum plug_field field_named(const char *name)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].field;
    return PLUG_NFIELDS;
}

static void push_value(lua_State *L, enum plug_field f, const char *p,
                       size_t len)
{
    static const char *const coding[] = { "7bit", "8bit", "ucs2" };

    if (f == PLUG_CODING && len == 1 && *p >= '0' && *p <= '2')
        lua_pushstring(L, coding[*p - '0']);
    else if ((f == PLUG_DCS || f == PLUG_PID) && len == 1)
        lua_pushinteger(L, (unsigned char)*p);
    else
        lua_pushlstring(L, p, len);
}

static int get(lua_State *L)
{
    struct plug_msg *m = check_msg(L);
    const char *name = luaL_checkstring(L, 2);
    enum plug_field f = field_named(name);
    const char *p;
    size_t len;

    if (f == PLUG_NFIELDS) {
        lua_pushvalue(L, lua_upvalueindex(2)); /* methods */
        lua_pushvalue(L, 2);
        if (lua_rawget(L, -2) == LUA_TNIL)
            return luaL_error(L, "a message has no <%s>", name);
        return 1;
    }
    p = host_of(L)->get(m, f, &len);
    push_value(L, f, p, len);
    return 1;
}

/* m.field = text or number; nil empties it. */
static int set(lua_State *L)
{
    struct plug_msg *m = check_msg(L);
    const char *name = luaL_checkstring(L, 2), *p = "";
    enum plug_field f = field_named(name);
    size_t len = 0;

    if (!lua_isnil(L, 3))
        p = luaL_checklstring(L, 3, &len);
    if (f == PLUG_NFIELDS)
        return luaL_error(L, "a message has no <%s>", name);
    if (host_of(L)->set(m, f, p, len) != 0)
        return luaL_error(L, "<%s> cannot be set, or not to that", name);
    return 0;
}

static int note(lua_State *L)
{
    struct plug_msg *m = check_msg(L);

    host_of(L)->note(m, luaL_checkstring(L, 2));
    return 0;
}

/* A function of ours: the host and, if `methods', the table on the top are its
 * upvalues. */
static void set_function(lua_State *L, int table, const char *name,
                         lua_CFunction fn, const struct plug_host *host,
                         bool methods)
{
    void *p = (void *)(uintptr_t)host;
    int n = 1;

    lua_pushlightuserdata(L, p);
    if (methods) {
        lua_pushvalue(L, -2);
        n = 2;
    }
    lua_pushcclosure(L, fn, n);
    lua_setfield(L, table, name);
}

void lua_msg_register(lua_State *L, const struct plug_host *host)
{
    int meta;

    luaL_newmetatable(L, type_name);
    meta = lua_gettop(L);
    lua_pushboolean(L, 0);
    lua_setfield(L, meta, "__metatable"); /* not for scripts */
    lua_createtable(L, 0, 1);
    set_function(L, meta + 1, "note", note, host, false);
    set_function(L, meta, "__index", get, host, true);
    set_function(L, meta, "__newindex", set, host, false);
    lua_pop(L, 2);
}

void lua_msg_push(lua_State *L, struct plug_msg *m, struct plug_msg ***slot)
{
    struct plug_msg **p = lua_newuserdatauv(L, sizeof(struct plug_msg *), 0);

    *p = NULL;
    luaL_setmetatable(L, type_name);
    lua_pushvalue(L, -1); /* it must be there when the slot is cleared */
    lua_rawsetp(L, LUA_REGISTRYINDEX, type_name);
    *p = m;
    *slot = p;
}

void lua_cdr_push(lua_State *L, const struct plug_cdr *cdr)
{
    const struct plug_record r = { .node = "", .boot = "", .cdr = cdr };
    struct plug_value v;

    lua_createtable(L, 0, (int)plug_record_columns());
    for (unsigned i = 0; i < plug_record_columns(); i++) {
        if (strcmp(plug_record_name(i), "seq") == 0)
            continue; /* nobody counts them here */
        v = plug_record_value(&r, i);
        switch (v.type) {
        case PLUG_VALUE_TEXT:
        case PLUG_VALUE_OCTETS:
            lua_pushstring(L, v.text);
            break;
        case PLUG_VALUE_NUMBER:
            lua_pushinteger(L, (lua_Integer)v.n);
            break;
        case PLUG_VALUE_FLAG:
            lua_pushboolean(L, v.n != 0);
            break;
        case PLUG_VALUE_TIME:
            lua_pushnumber(L, (lua_Number)v.n / 1000);
            break;
        case PLUG_VALUE_NONE:
        default:
            continue;
        }
        lua_setfield(L, -2, plug_record_name(i));
    }
}

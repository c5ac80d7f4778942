/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_box.h - Lua 5.4 without what reaches out, and with limits
 *
 * The limits are those of one call: instructions (and what long-running
 * functions of the library do counts as such), time, and memory, which is that
 * of the whole state. Over the first two a call ends, whatever the script
 * catches; over the third Lua has no memory, as anywhere else.
 *
 * There are no coroutines (a count hook belongs to one of them), no __gc (hooks
 * do not run in it), no xpcall (nor in its handler), no load, no io, os, debug
 * or package. One thread.
 */

#ifndef LUA_BOX_H
#define LUA_BOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lua_limits {
    size_t max_memory;
    uint32_t max_instructions;
    uint32_t max_ms;
};

struct lua_box;
/* NULL: not even an empty state fits into the limit. */
struct lua_box *lua_box_new(const struct lua_limits *limits);
void lua_box_free(struct lua_box *b);

/* Does it read this text, and run it once? Else why[]. */
bool lua_box_load(struct lua_box *b, const char *text, size_t len,
                  const char *name, char *why, size_t why_len);

/*
 * Call fn with `arg' as its one argument, a light userdata, with all limits
 * anew; all that touches the state is done in there. False and why[]: an error
 * or a limit, and the state is as good as before.
 */
bool lua_box_call(struct lua_box *b, lua_CFunction fn, void *arg, char *why,
                  size_t why_len);

#endif

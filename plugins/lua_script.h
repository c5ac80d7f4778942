/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_script.h - a script with its globals, and its hooks called
 *
 * Plain: what is Lua's stays behind it. An error in a hook costs that call,
 * is logged, and the script goes on with the globals it has. One thread.
 */

#ifndef LUA_SCRIPT_H
#define LUA_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sigtran-plugin.h"

enum { LUA_COUNTERS = 64, LUA_COUNTER_MAX = 32, LUA_SCRIPT_OCTETS = 1 << 20 };

/* What stays if a script is loaded again. */
struct lua_conf {
    const struct plug_host *host;
    const struct plug_conf *conf;
    const char *file;
    const char *args; /* "name=value name=value", NULL: none */
    size_t max_memory;
    uint32_t max_instructions;
    uint32_t max_ms;

    unsigned n_counters; /* names that the host keeps */
    char counter[LUA_COUNTERS][LUA_COUNTER_MAX];
};

struct lua_script;
/* Read the file, and run it once. NULL: why[] says what is wrong. With `check'
 * what it logs and counts then is left out. */
struct lua_script *lua_script_new(struct lua_conf *conf, bool check, char *why,
                                  size_t why_len);
void lua_script_free(struct lua_script *s);

/* Hook on_sms or on_sri. PLUG_HOLD + 1: an error. */
enum plug_verdict lua_script_ask(struct lua_script *s, bool sri,
                                 struct plug_msg *m);
/* Which hooks it has, enum plug_want or-ed. */
unsigned lua_script_wants(struct lua_script *s);
void lua_script_done(struct lua_script *s, const char *id, enum plug_verdict v);
void lua_script_cdr(struct lua_script *s, const struct plug_cdr *cdr);
void lua_script_tick(struct lua_script *s);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua_msg.h - a message and a CDR as a script sees them
 *
 * A message is an object whose fields are read and set, by the names of
 * plug_json.h; a CDR is a table of the columns of plug_record.h.
 */

#ifndef LUA_MSG_H
#define LUA_MSG_H

#include <lua.h>

#include "sigtran-plugin.h"

/* Once in each state. */
void lua_msg_register(lua_State *L, const struct plug_host *host);

/* Push it; *slot is to be NULL before the hook returns: a script may keep the
 * object longer than that. */
void lua_msg_push(lua_State *L, struct plug_msg *m, struct plug_msg ***slot);

void lua_cdr_push(lua_State *L, const struct plug_cdr *cdr);

#endif

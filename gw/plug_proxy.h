/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_proxy.h - a plug-in in a process of its own, as seen from the engine
 *
 *     worker: on_sms() -> slot, frame -> [process plughost: the real hook]
 *     reader: frame -> slot -> host->set_held(), note_held(), resume()
 *
 * What plug_proxy_load() fills in is a struct plug like that of a shared
 * object. Its filters never wait: they answer PLUG_HOLD, or a verdict outside
 * the enum (the instance's on-failure decides) if there is no process now, if
 * `queue' messages are out, or if the message is not for the socket. Reports
 * that find no room are dropped and counted.
 *
 * THREADS. load, unload, open() and close() in the main thread. open() makes
 * one gwlib thread for the instance, the reader, unless `check'; close() ends
 * it. It reads what the process says, starts it again, and alone calls
 * struct plug_host: resume(), set_held(), note_held(), log() and count(), with
 * no lock held. (During open() and close() with `check' it is the main thread;
 * count() of what was dropped, that of the hook.) They must not wait for the
 * worker.
 *
 * TRUST. The process may say anything at any time. It can only decide what it
 * was asked, change what a filter may change, and log within bounds; whatever
 * else it says, it is killed. Killed also is one that stays in a hook for
 * longer than `timeout', at least PLUG_PROXY_HOOK_MS. When it is gone, what it
 * held gets PLUG_TEMPFAIL, and it is started again: at once, then after 0.5 s,
 * doubling to 30 s. A message that it holds for longer than `timeout' is
 * forgotten here without a word: the engine has given it up by itself.
 *
 * on_tick(), about once a second, is how a process that hangs is noticed even
 * if nobody asks it anything: call it.
 */

#ifndef PLUG_PROXY_H
#define PLUG_PROXY_H

#include "plug.h"

/* The verdict that is none; why has been logged, or counted. */
#define PLUG_PROXY_FAILED ((enum plug_verdict)255)

enum {
    PLUG_PROXY_START_MS = 10000, /* to load the plug-in, and for its open() */
    PLUG_PROXY_HOOK_MS = 1000,
    PLUG_PROXY_CLOSE_MS = 3000,   /* for what it still has to do at the end */
    PLUG_PROXY_STEADY_MS = 10000, /* lived that long: the next start is a first
                                     one */
};

struct plug_proxy;

/*
 * Start conf->child_path with the plug-in, and fill in *plug: its name,
 * version and keys, and the hooks that it has. *plug, its texts and conf must
 * stay until plug_proxy_unload(); plug->open() is called with this conf, no
 * other, and finds the keys in it. NULL: a sentence is in `why', and nothing is
 * left behind.
 */
struct plug_proxy *plug_proxy_load(const struct plug_conf *conf,
                                   struct plug *plug, char *why,
                                   size_t why_len);

/* Instead of open(), or after it failed, or after close(). Takes NULL. */
void plug_proxy_unload(struct plug_proxy *p);

/* Is its process there, and has it been opened? Any thread. */
bool plug_proxy_up(const struct plug_proxy *p);

#endif

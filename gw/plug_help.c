/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_help.c - the helper, a gwlib thread: lines for the log, verdicts that
 * came from others, deadlines
 */

#include "plug_part.h"

#include <gwlib/gwlib.h>

/* A deadline that is nearer than this is noticed so much too late at most. */
enum { IDLE_MS = 200 };

static long helper = -1;

void plug_write_line(enum plug_level level, const char *text)
{
    switch (level) {
    case PLUG_LOG_DEBUG:
        debug("plug", 0, "%s", text);
        break;
    case PLUG_LOG_WARNING:
        warning(0, "%s", text);
        break;
    case PLUG_LOG_ERROR:
        error(0, "%s", text);
        break;
    default:
        info(0, "%s", text);
        break;
    }
}

static void run(void *arg)
{
    uint64_t next_ms = 0;
    bool more;

    (void)arg;
    plug_host_thread(true);
    do {
        uint64_t idle_ms = plug_now_ms() + IDLE_MS;

        more = plug_host_wait(next_ms < idle_ms ? next_ms : idle_ms);
        next_ms = plug_chain_sweep();
        plug_chain_tell();
    } while (more);
}

bool plug_help_start(void)
{
    plug_host_start();
    helper = gwthread_create(run, NULL);
    return helper >= 0;
}

void plug_help_stop(void)
{
    if (helper < 0)
        return;
    plug_host_end();
    gwthread_join(helper);
    helper = -1;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmnctl_progress.c - how far a long command is, how fast, how long still
 */

#include "vmnctl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 20, TTY_MS = 200, PLAIN_MS = 10000 };

static const char *what; /* NULL: nothing was shown */
static uint64_t began_ms, began_done, shown_ms;
static bool on_line;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void put_bar(uint64_t done, uint64_t of)
{
    char bar[BAR + 1];
    unsigned n = (unsigned)(done * BAR / of);

    memset(bar, '#', n);
    memset(bar + n, '.', BAR - n);
    bar[BAR] = '\0';
    fprintf(stderr, "[%s] %3u %%, ", bar, (unsigned)(done * 100 / of));
}

static void put_figures(uint64_t now, uint64_t done, uint64_t of, bool tty)
{
    uint64_t ms = now > began_ms ? now - began_ms : 1;
    uint64_t rate = (done - began_done) * 1000 / ms;

    fprintf(stderr, "%svmnctl: %s ", tty ? "\r" : "", what);
    if (tty && of > 0)
        put_bar(done, of);
    fprintf(stderr, "%llu", (unsigned long long)done);
    if (of > 0)
        fprintf(stderr, " of %llu", (unsigned long long)of);
    fprintf(stderr, " rows, %llu/s", (unsigned long long)rate);
    if (of > 0 && rate > 0)
        fprintf(stderr, ", %llu s left",
                (unsigned long long)((of - done) / rate));
    fputs(tty ? "   " : "\n", stderr);
    fflush(stderr);
    on_line = tty;
}

void progress_tell(const char *now_what, uint64_t done, uint64_t of)
{
    bool tty = isatty(STDERR_FILENO) != 0;
    uint64_t now = now_ms();

    if (what == NULL || strcmp(what, now_what) != 0) {
        what = now_what;
        began_ms = shown_ms = now;
        began_done = done;
        return;
    }
    if (now - shown_ms < (uint64_t)(tty ? TTY_MS : PLAIN_MS))
        return;
    shown_ms = now;
    put_figures(now, done, of, tty);
}

void progress_end(void)
{
    if (on_line)
        fprintf(stderr, "\r%78s\r", "");
    on_line = false;
    what = NULL;
}

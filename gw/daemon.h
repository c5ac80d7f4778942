/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemon.h - what sigtran-box, httpbox and smppbox do alike: signals, options,
 * logs, counters
 *
 * TERM and INT stop in order, HUP opens the log files anew, USR1 logs the
 * counters. The signals are blocked before any thread exists, so that only
 * main gets them, by daemon_signal().
 */

#ifndef DAEMON_H
#define DAEMON_H

#include <signal.h>
#include <stdio.h>

#include "sigtran-box/slog.h"

enum { DAEMON_TICK_MS = 100 };

/* The four above; the caller may add others. */
void daemon_signals(sigset_t *set);

/* Waits up to a tick for one of `set': its number, -1 for none. What HUP and
 * USR1 mean to each program is done already. */
int daemon_signal(const sigset_t *set);

void daemon_tell_counters(void);

/*
 * --help, --version and --limits need nothing started: one of them, wherever it
 * stands, is all that is done. True: it was there.
 */
bool daemon_early_options(const char *program, void (*usage)(void),
                          void (*limits)(FILE *out), int argc, char **argv);

/* For get_and_set_debugs(): --check; and whether it was there. */
int daemon_option(int i, int argc, char **argv);
bool daemon_check_only(void);

/* file "": standard error only. */
void daemon_log_open(const char *file, long level);

/* A line of plain code (slog_set()) into gwlib's log. */
void daemon_log_line(enum slog_level level, const char *place,
                     const char *line);

#endif

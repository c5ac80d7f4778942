/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * daemon.c - what sigtran-box, httpbox and smppbox do alike: signals, options,
 * logs, counters
 */

#include "daemon.h"

#include "config.h"
#include "stat.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

static bool check_only;

void daemon_signals(sigset_t *set)
{
    static const int sig[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };

    sigemptyset(set);
    for (size_t i = 0; i < sizeof(sig) / sizeof(sig[0]); i++)
        sigaddset(set, sig[i]);
}

int daemon_signal(const sigset_t *set)
{
    static const struct timespec tick = { .tv_nsec =
                                              DAEMON_TICK_MS * 1000000L };
    int sig = sigtimedwait(set, NULL, &tick);

    if (sig == SIGHUP)
        log_reopen();
    else if (sig == SIGUSR1)
        daemon_tell_counters();
    return sig;
}

static bool early_option(const char *program, void (*usage)(void),
                         void (*limits)(FILE *out), const char *arg)
{
    if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0)
        usage();
    else if (strcmp(arg, "--version") == 0)
        printf("%s %s\n", program, SIGTRAN_BOX_VERSION);
    else if (strcmp(arg, "--limits") == 0)
        limits(stdout);
    else
        return false;
    return true;
}

bool daemon_early_options(const char *program, void (*usage)(void),
                          void (*limits)(FILE *out), int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (early_option(program, usage, limits, argv[i]))
            return true;
    return false;
}

int daemon_option(int i, int argc, char **argv)
{
    (void)argc;
    if (strcmp(argv[i], "--check") != 0)
        return -1;
    check_only = true;
    return 0;
}

bool daemon_check_only(void)
{
    return check_only;
}

void daemon_tell_counters(void)
{
    for (unsigned i = 0; i < STAT_COUNT; i++)
        if (stat_get(i) > 0)
            info(0, "count %s %llu (%s)", stat_name(i),
                 (unsigned long long)stat_get(i), stat_help(i));
}

void daemon_log_open(const char *file, long level)
{
    if (file[0] != '\0')
        log_open((char *)(uintptr_t)file, (int)level, GW_NON_EXCL);
}

void daemon_log_line(enum slog_level level, const char *place, const char *line)
{
    switch (level) {
    case SLOG_DEBUG:
        debug(place, 0, "%s", line);
        break;
    case SLOG_INFO:
        info(0, "%s: %s", place, line);
        break;
    case SLOG_WARNING:
        warning(0, "%s: %s", place, line);
        break;
    case SLOG_ERROR:
        error(0, "%s: %s", place, line);
        break;
    }
}

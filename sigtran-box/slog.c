/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slog.c - log lines of plain code
 */

#include "slog.h"

#include <stdio.h>
#include <string.h>

static slog_sink *sink;
static enum slog_level least = SLOG_INFO;

void slog_set(slog_sink *sink_, enum slog_level least_)
{
    sink = sink_;
    least = least_;
}

bool slog_on(enum slog_level level)
{
    return level >= least;
}

void slog(enum slog_level level, const char *place, const char *fmt, ...)
{
    static const char *const name[] = { "DEBUG", "INFO", "WARNING", "ERROR" };
    char line[SLOG_LINE_MAX];
    va_list ap;

    if (!slog_on(level))
        return;
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    if (sink != NULL)
        sink(level, place, line);
    else
        fprintf(stderr, "%s %s: %s\n", name[level], place, line);
}

bool slog_may(struct slog_rate *r, uint64_t now_ms, uint32_t *hidden)
{
    if (now_ms - r->since_ms >= SLOG_WINDOW_MS) {
        r->since_ms = now_ms;
        r->shown = 0;
    }
    if (r->shown >= SLOG_BURST) {
        r->hidden++;
        return false;
    }
    r->shown++;
    *hidden = r->hidden;
    r->hidden = 0;
    return true;
}

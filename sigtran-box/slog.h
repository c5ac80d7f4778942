/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slog.h - log lines of plain code
 *
 * Plain code knows no log file. It hands whole lines, without a newline, to
 * the sink of its process: gwlib's log in the box (through the border, so
 * that no file is written in the SS7 thread), the link in mtpd, standard
 * error in tests. Never log message text above SLOG_DEBUG.
 *
 * `place' is one of ss7.mtp, ss7.sccp, ss7.tcap, ss7.map, hlr.
 */

#ifndef SLOG_H
#define SLOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

enum { SLOG_LINE_MAX = 400 }; /* octets with the NUL; longer is cut */

enum slog_level { SLOG_DEBUG, SLOG_INFO, SLOG_WARNING, SLOG_ERROR };

typedef void slog_sink(enum slog_level level, const char *place,
                       const char *line);

/* Before any thread is started. NULL: standard error. */
void slog_set(slog_sink *sink, enum slog_level least);

/* False if a line of this level would be thrown away. */
bool slog_on(enum slog_level level);

void slog(enum slog_level level, const char *place, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * For what a peer can cause at will: true at most `SLOG_BURST' times in
 * SLOG_WINDOW_MS per `struct slog_rate'. *hidden is how many were held back since
 * the last one let through.
 */
struct slog_rate {
    uint64_t since_ms;
    uint32_t shown;
    uint32_t hidden;
};
enum { SLOG_BURST = 5, SLOG_WINDOW_MS = 10000 };
bool slog_may(struct slog_rate *r, uint64_t now_ms, uint32_t *hidden);

#endif

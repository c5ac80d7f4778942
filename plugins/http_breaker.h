/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_breaker.h - do not ask, for a while, who has failed again and again
 *
 *     closed --limit failures in a row--> open --pause--> one probe
 *       ^                                   ^               |
 *       +------------- success -------------+---- failure --+
 *
 * The caller has a lock, and the clock.
 */

#ifndef HTTP_BREAKER_H
#define HTTP_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct http_breaker {
    unsigned limit; /* 0: never open */
    uint32_t pause_ms;

    unsigned failures; /* in a row */
    bool open, probing;
    uint64_t until_ms;
};

/* May one be asked? *probe: it is the one that is tried. */
bool http_breaker_lets(struct http_breaker *b, uint64_t now_ms, bool *probe);

enum http_change { HTTP_SAME, HTTP_OPENED, HTTP_CLOSED };
enum http_change http_breaker_told(struct http_breaker *b, uint64_t now_ms,
                                   bool probe, bool ok);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_verdict.h - what an application's HTTP status means
 *
 * By default 2xx confirms; 400, 410, 413, 415 and 422 say that this very
 * message will never be taken; everything else, above all 401, 403, 404, 3xx
 * and no answer at all, is a fault that may pass: one bad deployment must not
 * destroy traffic.
 *
 * Plain values; logs nothing.
 */

#ifndef HTTPBOX_VERDICT_H
#define HTTPBOX_VERDICT_H

#include "sigtran-box/verdict.h"

#include <stdbool.h>
#include <stdint.h>

enum { HTTP_STATUS_MIN = 200, HTTP_STATUS_MAX = 599 };
/* An answer shall have that long, when a request is repeated. */
enum { HTTP_ANSWER_MS = 500 };

struct http_verdicts {
    uint8_t of[HTTP_STATUS_MAX + 1]; /* enum verdict */
};

void http_verdicts_init(struct http_verdicts *v);

/*
 * Statuses of a list such as "404 410 500-599" get a verdict; blanks, ",", or
 * ";" stand between. False: not such a list, and `v' may be changed.
 */
bool http_verdicts_set(struct http_verdicts *v, const char *list,
                       enum verdict verdict);

/* status 0, or one that HTTP does not have: TEMPFAIL. */
enum verdict http_verdict(const struct http_verdicts *v, int status);

/*
 * Retry-After (RFC 9110 10.2.3), 0: none. True: it is worth to wait, because
 * after it there is time for an answer before `due_ms'; *at_ms says when to
 * ask again.
 */
bool http_may_repeat(enum verdict verdict, uint32_t retry_after_s,
                     uint64_t now_ms, uint64_t due_ms, uint64_t *at_ms);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_breaker.c - do not ask, for a while, who has failed again and again
 */

#include "http_breaker.h"

bool http_breaker_lets(struct http_breaker *b, uint64_t now_ms, bool *probe)
{
    *probe = false;
    if (!b->open)
        return true;
    if (b->probing || now_ms < b->until_ms)
        return false;
    b->probing = true;
    *probe = true;
    return true;
}

enum http_change http_breaker_told(struct http_breaker *b, uint64_t now_ms,
                                   bool probe, bool ok)
{
    bool was_open = b->open;

    if (probe)
        b->probing = false;
    if (ok) {
        b->failures = 0;
        b->open = false;
        return was_open ? HTTP_CLOSED : HTTP_SAME;
    }
    b->failures++;
    if (b->limit == 0 || b->failures < b->limit || (was_open && !probe))
        return HTTP_SAME;
    b->open = true;
    b->until_ms = now_ms + b->pause_ms;
    return was_open ? HTTP_SAME : HTTP_OPENED;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_verdict.c - what an application's HTTP status means
 */

#include "httpbox_verdict.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char separators[] = " \t,;";

void http_verdicts_init(struct http_verdicts *v)
{
    memset(v->of, VERDICT_TEMPFAIL, sizeof(v->of));
    http_verdicts_set(v, "200-299", VERDICT_OK);
    http_verdicts_set(v, "400 410 413 415 422", VERDICT_PERMFAIL);
}

/* A status at *p, which moves behind it. 0: there is none. */
static unsigned status_at(const char **p)
{
    unsigned n = 0, digits = 0;

    for (; isdigit((unsigned char)**p); (*p)++, digits++)
        n = digits < 4 ? n * 10 + (unsigned)(**p - '0') : 0;
    return digits == 3 && n >= HTTP_STATUS_MIN && n <= HTTP_STATUS_MAX ? n : 0;
}

bool http_verdicts_set(struct http_verdicts *v, const char *list,
                       enum verdict verdict)
{
    const char *p = list + strspn(list, separators);
    unsigned first, last;

    if (*p == '\0')
        return false;
    while (*p != '\0') {
        first = last = status_at(&p);
        if (first != 0 && *p == '-') {
            p++;
            last = status_at(&p);
        }
        if (first == 0 || last < first)
            return false;
        if (*p != '\0' && strchr(separators, *p) == NULL)
            return false;
        memset(v->of + first, (int)verdict, last - first + 1);
        p += strspn(p, separators);
    }
    return true;
}

enum verdict http_verdict(const struct http_verdicts *v, int status)
{
    if (status < HTTP_STATUS_MIN || status > HTTP_STATUS_MAX)
        return VERDICT_TEMPFAIL;
    return (enum verdict)v->of[status];
}

bool http_may_repeat(enum verdict verdict, uint32_t retry_after_s,
                     uint64_t now_ms, uint64_t due_ms, uint64_t *at_ms)
{
    if (verdict != VERDICT_TEMPFAIL || retry_after_s == 0)
        return false;
    *at_ms = now_ms + (uint64_t)retry_after_s * 1000;
    return *at_ms + HTTP_ANSWER_MS <= due_ms;
}

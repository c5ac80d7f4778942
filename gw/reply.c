/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply.c - what smsbox's reply text says about its HTTP request
 */

#include "reply.h"

#include <stdbool.h>
#include <string.h>

static bool contains(const uint8_t *text, size_t n, const char *set,
                     const char *stock)
{
    const char *want = set != NULL && set[0] != '\0' ? set : stock;
    size_t len = strlen(want), at;

    for (at = 0; len <= n && at <= n - len; at++) {
        if (memcmp(text + at, want, len) == 0)
            return true;
    }
    return false;
}

enum reply_says reply_read(const struct reply_texts *t, const uint8_t *text,
                           size_t n)
{
    if (n == 0)
        return REPLY_EMPTY;
    /* Failures first: if two texts are set alike, nothing is lost. */
    if (contains(text, n, t->couldnotfetch, "Could not fetch content, sorry."))
        return REPLY_NOT_FETCHED;
    if (contains(text, n, t->requestfailed, "Request Failed"))
        return REPLY_NO_SERVICE;
    if (contains(text, n, t->couldnotrepresent,
                 "Result could not be represented as an SMS message."))
        return REPLY_OTHER_TYPE;
    if (contains(text, n, t->emptymessage,
                 "<Empty reply from service provider>"))
        return REPLY_EMPTY;
    return REPLY_TEXT;
}

enum verdict reply_verdict(enum reply_says says)
{
    switch (says) {
    case REPLY_TEXT:
    case REPLY_EMPTY:
    case REPLY_OTHER_TYPE:
        return VERDICT_OK;
    case REPLY_NOT_FETCHED:
    case REPLY_NO_SERVICE:
        break;
    }
    return VERDICT_TEMPFAIL;
}

const char *reply_str(enum reply_says says)
{
    switch (says) {
    case REPLY_TEXT:
        return "answered";
    case REPLY_EMPTY:
        return "answered with nothing";
    case REPLY_OTHER_TYPE:
        return "answered with another type";
    case REPLY_NOT_FETCHED:
        return "not fetched";
    case REPLY_NO_SERVICE:
        return "no service";
    }
    return "?";
}

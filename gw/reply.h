/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply.h - what smsbox's reply text says about its HTTP request
 *
 * Stock smsbox acknowledges a message when it starts the request. What came
 * of it can be read only from the text it then sends as a reply (1.4.5):
 *
 *     HTTP                      text of the reply           verdict
 *     200, 202 with text        the body                    OK
 *     200, 202 with nothing     reply-emptymessage          OK
 *     200, 202, another type    reply-couldnotrepresent     OK
 *     every other status (201   reply-couldnotfetch         TEMPFAIL
 *       and 204 too), refused,
 *       time-out
 *     no service, exec failed   reply-requestfailed         TEMPFAIL
 *
 * 201 and 204 are a success to everybody but smsbox, which calls them a
 * failed fetch: their text cannot be told from that of a 500, so they become
 * TEMPFAIL, and the application must answer 200 or 202. No service is a
 * mistake in smsbox's configuration: TEMPFAIL keeps the message at the SMSC
 * until it is mended.
 *
 * A service's header and footer stand around these texts, so a text counts
 * wherever it stands in the reply. An application whose own answer contains
 * smsbox's failure text is thereby taken to have failed: a message twice is
 * better than a message lost.
 */

#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "sigtran-box/verdict.h"

/* The texts of the smsbox group; NULL or "": smsbox's own. */
struct reply_texts {
    const char *couldnotfetch, *couldnotrepresent;
    const char *requestfailed, *emptymessage;
};

enum reply_says {
    REPLY_TEXT,
    REPLY_EMPTY,
    REPLY_OTHER_TYPE,
    REPLY_NOT_FETCHED,
    REPLY_NO_SERVICE,
};

/* `n' octets at `text'; NULL and 0 count as an empty body. */
enum reply_says reply_read(const struct reply_texts *t, const uint8_t *text,
                           size_t n);

enum verdict reply_verdict(enum reply_says says);

/* For the log: "answered", "not fetched", ... */
const char *reply_str(enum reply_says says);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply_test.c - every text smsbox 1.4.5 can reply with, and its verdict
 */

#include "gw/reply.h"

#include "check.h"

#include <string.h>

static const struct reply_texts stock;

static enum reply_says says(const struct reply_texts *t, const char *text)
{
    return reply_read(t, (const uint8_t *)text, strlen(text));
}

static void knows_the_stock_texts(void)
{
    CHECK(says(&stock, "thank you") == REPLY_TEXT);
    CHECK(says(&stock, "Could not fetch content, sorry.") == REPLY_NOT_FETCHED);
    CHECK(says(&stock, "Request Failed") == REPLY_NO_SERVICE);
    CHECK(says(&stock, "Result could not be represented as an SMS message.") ==
          REPLY_OTHER_TYPE);
    CHECK(says(&stock, "<Empty reply from service provider>") == REPLY_EMPTY);
    CHECK(reply_read(&stock, NULL, 0) == REPLY_EMPTY);
}

static void confirms_only_what_was_fetched(void)
{
    CHECK(reply_verdict(REPLY_TEXT) == VERDICT_OK);
    CHECK(reply_verdict(REPLY_EMPTY) == VERDICT_OK);
    CHECK(reply_verdict(REPLY_OTHER_TYPE) == VERDICT_OK);
    CHECK(reply_verdict(REPLY_NOT_FETCHED) == VERDICT_TEMPFAIL);
    CHECK(reply_verdict(REPLY_NO_SERVICE) == VERDICT_TEMPFAIL);
}

static void follows_the_texts_of_the_group(void)
{
    const struct reply_texts own = {
        .couldnotfetch = "nicht erreicht",
        .couldnotrepresent = "",
        .requestfailed = "nix",
        .emptymessage = "leer",
    };

    CHECK(says(&own, "nicht erreicht") == REPLY_NOT_FETCHED);
    CHECK(says(&own, "Could not fetch content, sorry.") == REPLY_TEXT);
    CHECK(says(&own, "nix") == REPLY_NO_SERVICE);
    CHECK(says(&own, "leer") == REPLY_EMPTY);
    CHECK(says(&own, "Result could not be represented as an SMS message.") ==
          REPLY_OTHER_TYPE);
}

static void finds_a_failure_between_header_and_footer(void)
{
    CHECK(says(&stock, "ACME: Could not fetch content, sorry. -- ACME") ==
          REPLY_NOT_FETCHED);
    CHECK(says(&stock, "Could not fetch content, sorry") == REPLY_TEXT);
    CHECK(says(&stock, "C") == REPLY_TEXT);
}

static void takes_the_failure_when_two_texts_are_alike(void)
{
    const struct reply_texts alike = {
        .couldnotfetch = "sorry",
        .couldnotrepresent = "sorry",
        .requestfailed = "sorry",
        .emptymessage = "sorry",
    };

    CHECK(reply_verdict(says(&alike, "sorry")) == VERDICT_TEMPFAIL);
}

int main(void)
{
    knows_the_stock_texts();
    confirms_only_what_was_fetched();
    follows_the_texts_of_the_group();
    finds_a_failure_between_header_and_footer();
    takes_the_failure_when_two_texts_are_alike();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_verdict_test.c - what an application's HTTP status means
 */

#include "gw/httpbox_verdict.h"

#include "check.h"

static void tells_apart_what_passes_and_what_does_not(void)
{
    static const int permanent[] = { 400, 410, 413, 415, 422 };
    struct http_verdicts v;
    enum verdict expected;

    http_verdicts_init(&v);
    for (int status = 200; status < 600; status++) {
        expected = status < 300 ? VERDICT_OK : VERDICT_TEMPFAIL;
        for (size_t i = 0; i < sizeof(permanent) / sizeof(permanent[0]); i++)
            if (status == permanent[i])
                expected = VERDICT_PERMFAIL;
        CHECK(http_verdict(&v, status) == expected);
    }
}

static void what_is_no_status_is_temporary(void)
{
    static const int odd[] = { 0, -1, 1, 99, 100, 199, 600, 999, 1 << 30 };
    struct http_verdicts v;

    http_verdicts_init(&v);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        CHECK(http_verdict(&v, odd[i]) == VERDICT_TEMPFAIL);
}

static void a_table_can_be_changed(void)
{
    struct http_verdicts v;

    http_verdicts_init(&v);
    CHECK(http_verdicts_set(&v, "404 500-502,599", VERDICT_PERMFAIL));
    CHECK(http_verdicts_set(&v, " 201;", VERDICT_TEMPFAIL));
    CHECK(http_verdict(&v, 404) == VERDICT_PERMFAIL);
    CHECK(http_verdict(&v, 499) == VERDICT_TEMPFAIL);
    CHECK(http_verdict(&v, 500) == VERDICT_PERMFAIL);
    CHECK(http_verdict(&v, 502) == VERDICT_PERMFAIL);
    CHECK(http_verdict(&v, 503) == VERDICT_TEMPFAIL);
    CHECK(http_verdict(&v, 599) == VERDICT_PERMFAIL);
    CHECK(http_verdict(&v, 200) == VERDICT_OK);
    CHECK(http_verdict(&v, 201) == VERDICT_TEMPFAIL);
}

static void refuses_what_is_no_list(void)
{
    static const char *const bad[] = {
        "",      " ",       "abc",         "20",   "2000",           "199",
        "600",   "500-400", "400-",        "-400", "400-600",        "400x",
        "4 0 4", "404,,x",  "404-405-406", "+404", "99999999999404",
    };
    struct http_verdicts v;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        http_verdicts_init(&v);
        CHECK(!http_verdicts_set(&v, bad[i], VERDICT_OK));
    }
}

static void repeats_only_what_fits(void)
{
    uint64_t at = 0;

    CHECK(http_may_repeat(VERDICT_TEMPFAIL, 2, 1000, 10000, &at));
    CHECK(at == 3000);
    CHECK(http_may_repeat(VERDICT_TEMPFAIL, 8, 1000, 9500, &at));
    CHECK(!http_may_repeat(VERDICT_TEMPFAIL, 8, 1000, 9499, &at));
    CHECK(!http_may_repeat(VERDICT_TEMPFAIL, 0, 1000, 10000, &at));
    CHECK(!http_may_repeat(VERDICT_OK, 1, 1000, 10000, &at));
    CHECK(!http_may_repeat(VERDICT_PERMFAIL, 1, 1000, 10000, &at));
    CHECK(!http_may_repeat(VERDICT_TEMPFAIL, UINT32_MAX, 1000, 10000, &at));
}

int main(void)
{
    SHOWS("KB-07", tells_apart_what_passes_and_what_does_not);
    what_is_no_status_is_temporary();
    a_table_can_be_changed();
    refuses_what_is_no_list();
    repeats_only_what_fits();
    return CHECK_DONE();
}

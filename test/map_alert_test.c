/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert_test.c - alertServiceCentre, with and without result
 */

#include "map_alert.h"

#include "check.h"
#include "unhex.h"

#define TWO "040791447700091032040791447700093012"

static bool read_arg(const char *hex, struct map_alert_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_alert_arg_read(&r, arg);
    return rd_ok(&r);
}

static bool read_res(const char *hex)
{
    uint8_t o[64];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_alert_res_read(&r);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const char hex[] = "3012" TWO;
    struct map_alert_arg arg;
    uint8_t want[64], buf[64];
    size_t n = unhex(hex, want, sizeof(want));
    struct wr w = wr_init(buf, sizeof(buf));

    CHECK(read_arg(hex, &arg));
    CHECK(strcmp(arg.msisdn.digits, "447700900123") == 0);
    CHECK(strcmp(arg.sc_addr.digits, "447700900321") == 0);
    map_alert_arg_write(&w, &arg);
    CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
}

static void skips_what_versions_add(void)
{
    static const char *const hex[] = {
        "301c" TWO "040832140599999999f9",
        "3014" TWO "3000",
        "301b" TWO "870791447700091032",
        "3080" TWO "0000",
    };
    struct map_alert_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CHECK(read_arg(hex[i], &arg));
    CHECK(read_arg("3016240b0403914477040400091032040791447700093012", &arg));
    CHECK(strcmp(arg.msisdn.digits, "447700900123") == 0);
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "3009040791447700091032",
        "a012" TWO,
        "3012800791447700091032820791447700093012",
        "3019" TWO "a605a009300206",
    };
    struct map_alert_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CHECK(!read_arg(hex[i], &arg));
}

static void takes_any_result_that_is_ber(void)
{
    CHECK(read_res("") && read_res("3000") && read_res("0500"));
    CHECK(!read_res("30020400ff") && !read_res("300204"));
}

int main(void)
{
    arguments_survive_the_round_trip();
    SHOWS("MA-04", skips_what_versions_add);
    SHOWS("MA-04", refuses_a_mistyped_argument);
    takes_any_result_that_is_ber();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_status_test.c - reportSM-DeliveryStatus, argument and result, v1 to v3
 */

#include "map_status.h"

#include "check.h"
#include "unhex.h"

/* msisdn, SC address */
#define TWO "040791447700091032040791447700093012"

static bool read_arg(const char *hex, uint8_t version,
                     struct map_status_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_status_arg_read(&r, version, arg);
    return rd_ok(&r);
}

static bool read_res(const char *hex, uint8_t version,
                     struct map_status_res *res)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_status_res_read(&r, version, res);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const struct {
        uint8_t version;
        const char *hex;
    } args[] = {
        { 1, "3012" TWO },
        { 2, "3015" TWO "0a0100" },
        { 2, "3015" TWO "0a0102" },
        { 3, "3015" TWO "0a0101" },
        { 3, "3018" TWO "0a0101800106" },
        { 3, "3019" TWO "0a0101800200ff" },
    };

    for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
        struct map_status_arg arg;
        uint8_t want[64], buf[64];
        size_t n = unhex(args[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_arg(args[i].hex, args[i].version, &arg));
        map_status_arg_write(&w, args[i].version, &arg);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_the_fields_of_an_argument(void)
{
    struct map_status_arg arg;

    CHECK(read_arg("3018" TWO "0a010180010d", 3, &arg));
    CHECK(strcmp(arg.msisdn.digits, "447700900123") == 0);
    CHECK(strcmp(arg.sc_addr.digits, "447700900321") == 0);
    CHECK(arg.has_outcome && arg.outcome == MAP_OUTCOME_ABSENT);
    CHECK(arg.diagnostic == 13);
    CHECK(read_arg("3015" TWO "0a0102", 2, &arg));
    CHECK(arg.outcome == MAP_OUTCOME_SUCCESS && arg.diagnostic == -1);
}

/* Version 2 has it OPTIONAL in its syntax, version 3 has not. */
static void outcome_is_as_the_version_says(void)
{
    struct map_status_arg arg;

    CHECK(read_arg("3012" TWO, 1, &arg) && !arg.has_outcome);
    CHECK(read_arg("3012" TWO, 2, &arg) && !arg.has_outcome);
    CHECK(!read_arg("3012" TWO, 3, &arg));
    CHECK(!read_arg("3015" TWO "0a0103", 2, &arg));
    CHECK(!read_arg("3015" TWO "0a0103", 3, &arg));
    CHECK(!read_arg("3015" TWO "0a01ff", 3, &arg));
    CHECK(!read_arg("3014" TWO "0a00", 3, &arg));
    /* an outcome in version 1 is of a later one */
    CHECK(read_arg("3015" TWO "0a0103", 1, &arg) && !arg.has_outcome);
}

static void skips_what_versions_add(void)
{
    static const char *const hex[] = {
        "3017" TWO "0a0101a100",
        "3017" TWO "0a01018200",
        "301c" TWO "0a0101a105a1031f2021",
        "301a" TWO "0a0101e203020101",
        "3018" TWO "0a0101bf7f00",
        "301a" TWO "0a01018003010101", /* diagnostic 65793 */
        "3018" TWO "0a01018001ff",     /* diagnostic -1 */
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_status_arg arg;

        CHECK(read_arg(hex[i], 3, &arg));
        CHECK(arg.outcome == MAP_OUTCOME_ABSENT && arg.diagnostic == -1);
    }
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "3009040791447700091032",
        "3112" TWO,                                 /* SET */
        "3012800791447700091032820791447700093012", /* tags of SRI-SM */
        "300b0400040791447700093012",               /* msisdn empty */
        "301c" TWO "0a0101a105a009300206",          /* broken extension */
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_status_arg arg;

        CHECK(!read_arg(hex[i], 3, &arg));
    }
}

static void results_survive_the_round_trip(void)
{
    static const struct {
        uint8_t version;
        const char *hex;
    } results[] = {
        { 1, "" },
        { 2, "" },
        { 2, "040791447700091032" },
        { 3, "" },
        { 3, "3009040791447700091032" },
    };

    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        struct map_status_res res;
        uint8_t want[64], buf[64];
        size_t n = unhex(results[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_res(results[i].hex, results[i].version, &res));
        CHECK(res.has_stored == (n > 0));
        map_status_res_write(&w, results[i].version, &res);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_odd_results(void)
{
    struct map_status_res res;

    CHECK(read_res("3000", 3, &res) && !res.has_stored);
    CHECK(read_res("30023000", 3, &res) && !res.has_stored);
    CHECK(read_res("300d24090403914477040200093000", 3, &res));
    CHECK(strcmp(res.stored.digits, "44770090") == 0);
    CHECK(!read_res("300d24090403914477040300093000", 3, &res));
    CHECK(read_res("040791447700091032", 1, &res) && !res.has_stored);
    CHECK(read_res("240b0403914477040400091032", 2, &res));
    CHECK(strcmp(res.stored.digits, "447700900123") == 0);
    CHECK(!read_res("040791447700091032", 3, &res));
    CHECK(!read_res("30020400", 3, &res));
}

int main(void)
{
    arguments_survive_the_round_trip();
    reads_the_fields_of_an_argument();
    SHOWS("MA-04", outcome_is_as_the_version_says);
    SHOWS("MA-04", skips_what_versions_add);
    SHOWS("MA-04", refuses_a_mistyped_argument);
    results_survive_the_round_trip();
    reads_odd_results();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_ready_test.c - readyForSM and noteSubscriberPresent
 */

#include "map_ready.h"

#include "check.h"
#include "unhex.h"

static bool read_ready(const char *hex, struct map_ready_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_ready_arg_read(&r, arg);
    return rd_ok(&r);
}

static bool read_note(const char *hex, struct map_ready_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_note_arg_read(&r, arg);
    return rd_ok(&r);
}

static bool read_res(const char *hex, uint8_t version)
{
    uint8_t o[64];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_ready_res_read(&r, version);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const char *const hex[] = {
        "300d800832140599999999f90a0100",
        "300d800872021532547698100a0101",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_ready_arg arg;
        uint8_t want[64], buf[64];
        size_t n = unhex(hex[i], want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_ready(hex[i], &arg) && arg.reason == i);
        map_ready_arg_write(&w, &arg);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void the_old_argument_survives_the_round_trip(void)
{
    static const char hex[] = "040832140599999999f9";
    struct map_ready_arg arg;
    uint8_t want[64], buf[64];
    size_t n = unhex(hex, want, sizeof(want));
    struct wr w = wr_init(buf, sizeof(buf));

    CHECK(read_note(hex, &arg) && arg.reason == MAP_READY_PRESENT);
    CHECK(strcmp(arg.imsi, "234150999999999") == 0);
    map_note_arg_write(&w, &arg);
    CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    CHECK(!read_note("", &arg) && !read_note("04021122", &arg));
    CHECK(!read_note("300d800832140599999999f90a0100", &arg));
}

static void skips_what_versions_add(void)
{
    static const char *const hex[] = {
        "300f800832140599999999f90a01000500",
        "300f800832140599999999f90a01003000",
        "3015800832140599999999f90a010081000404653f3c78",
        "3012800832140599999999f90a0100e203020101",
        "3080800832140599999999f90a01000000",
    };
    struct map_ready_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        CHECK(read_ready(hex[i], &arg));
        CHECK(strcmp(arg.imsi, "234150999999999") == 0);
    }
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "300a800832140599999999f9",
        "30030a0100",
        "300d040832140599999999f90a0100",
        "300d800832140599999999f90a0102",
        "300d800832140599999999f90a01ff",
        "300c800832140599999999f90a00",
    };
    struct map_ready_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CHECK(!read_ready(hex[i], &arg));
}

static void results_say_nothing(void)
{
    CHECK(read_res("", 2) && read_res("", 3) && read_res("3000", 3));
    CHECK(read_res("0500", 2) && !read_res("0500", 3));
    CHECK(read_res("30053003040100", 3) && !read_res("30033003", 3));
}

int main(void)
{
    arguments_survive_the_round_trip();
    the_old_argument_survives_the_round_trip();
    SHOWS("MA-04", skips_what_versions_add);
    SHOWS("MA-04", refuses_a_mistyped_argument);
    results_say_nothing();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_err_test.c - MAP errors, their parameters by version, and verdicts
 */

#include "map_err.h"

#include "check.h"
#include "unhex.h"

static bool writes(enum map_error code, int16_t cause, uint8_t version,
                   const char *hex)
{
    const struct map_err e = { .code = code, .cause = cause };
    uint8_t want[32], buf[32];
    size_t n = unhex(hex, want, sizeof(want));
    struct wr w = wr_init(buf, sizeof(buf));

    map_err_write(&w, &e, version);
    return wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0;
}

/* The cause read, or -2 if the parameter is refused. */
static int reads(enum map_error code, uint8_t version, const char *hex)
{
    uint8_t o[64];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);
    struct map_err e;

    map_err_read(&r, code, version, &e);
    CHECK(e.code == code);
    return rd_ok(&r) ? e.cause : -2;
}

static void writes_each_error_as_its_version_has_it(void)
{
    static const enum map_error bare[] = {
        MAP_ERR_UNKNOWN_SUBSCRIBER,        MAP_ERR_UNIDENTIFIED_SUBSCRIBER,
        MAP_ERR_ILLEGAL_SUBSCRIBER,        MAP_ERR_TELESERVICE_NOT_PROVISIONED,
        MAP_ERR_ILLEGAL_EQUIPMENT,         MAP_ERR_FACILITY_NOT_SUPPORTED,
        MAP_ERR_ABSENT_SUBSCRIBER,         MAP_ERR_SUBSCRIBER_BUSY,
        MAP_ERR_MESSAGE_WAITING_LIST_FULL, MAP_ERR_DATA_MISSING,
        MAP_ERR_UNEXPECTED_DATA_VALUE,
    };

    for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
        for (uint8_t v = 1; v <= 3; v++)
            CHECK(writes(bare[i], -1, v, "") && writes(bare[i], 1, v, ""));

    CHECK(writes(MAP_ERR_SYSTEM_FAILURE, -1, 3, ""));
    CHECK(writes(MAP_ERR_SYSTEM_FAILURE, 5, 3, "30030a0105"));
    CHECK(writes(MAP_ERR_SYSTEM_FAILURE, 5, 2, "0a0105"));
    CHECK(writes(MAP_ERR_SYSTEM_FAILURE, 5, 1, "0a0105"));
    CHECK(writes(MAP_ERR_CALL_BARRED, 1, 3, "30030a0101"));
    CHECK(writes(MAP_ERR_CALL_BARRED, 1, 2, "0a0101"));
    CHECK(writes(MAP_ERR_CALL_BARRED, -1, 1, ""));
    CHECK(writes(MAP_ERR_ABSENT_SUBSCRIBER_SM, 6, 3, "3003020106"));
    CHECK(writes(MAP_ERR_ABSENT_SUBSCRIBER_SM, -1, 3, ""));
}

static void a_delivery_failure_always_tells_its_cause(void)
{
    enum map_error e = MAP_ERR_SM_DELIVERY_FAILURE;

    CHECK(
        writes(e, MAP_SM_EQUIPMENT_PROTOCOL_ERROR, 3, "30080a0101040300ff00"));
    CHECK(
        writes(e, MAP_SM_EQUIPMENT_PROTOCOL_ERROR, 2, "30080a0101040300ff00"));
    CHECK(writes(e, MAP_SM_EQUIPMENT_PROTOCOL_ERROR, 1, "0a0101"));
    CHECK(
        writes(e, MAP_SM_MEMORY_CAPACITY_EXCEEDED, 3, "30080a0100040300d300"));
    CHECK(writes(e, MAP_SM_MEMORY_CAPACITY_EXCEEDED, 1, "0a0100"));
    CHECK(writes(e, MAP_SM_SC_CONGESTION, 3, "30030a0104"));
    CHECK(writes(e, -1, 3, "30080a0101040300ff00"));
    CHECK(writes(e, -1, 1, "0a0101"));
}

static void reads_the_cause_in_any_form(void)
{
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "") == -1);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "3000") == -1);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "30030a0105") == 5);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "0a0105") == 5);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 1, "0a0105") == 5);
    CHECK(reads(MAP_ERR_CALL_BARRED, 2, "0a0100") == 0);
    CHECK(reads(MAP_ERR_CALL_BARRED, 3,
                "30140a0101300da00b300906072a86483e0101008100") == 1);
    CHECK(reads(MAP_ERR_ABSENT_SUBSCRIBER_SM, 3, "300302010d") == 13);
    CHECK(reads(MAP_ERR_SM_DELIVERY_FAILURE, 1, "0a0104") == 4);
    CHECK(reads(MAP_ERR_SM_DELIVERY_FAILURE, 2, "30080a0100040300d300") == 0);
    CHECK(reads(MAP_ERR_UNKNOWN_SUBSCRIBER, 3, "30030a0101") == -1);
    CHECK(reads(MAP_ERR_ABSENT_SUBSCRIBER, 1, "010100") == -1);
}

static void refuses_a_broken_parameter(void)
{
    CHECK(reads(MAP_ERR_SM_DELIVERY_FAILURE, 3, "") == -2);
    CHECK(reads(MAP_ERR_SM_DELIVERY_FAILURE, 3, "3000") == -2);
    CHECK(reads(MAP_ERR_SM_DELIVERY_FAILURE, 3, "30030a0501") == -2);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "0400") == -2);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "0a020105") == -2);
    CHECK(reads(MAP_ERR_SYSTEM_FAILURE, 3, "0a00") == -2);
    CHECK(reads(MAP_ERR_UNKNOWN_SUBSCRIBER, 3, "3005") == -2);
}

static bool becomes(enum map_error from, uint8_t version, enum map_error to)
{
    const struct map_err e = { .code = from, .cause = 1 };
    struct map_err got = map_err_for_version(e, version);

    return got.code == to && got.cause == (from == to ? 1 : -1);
}

static void says_the_nearest_that_a_version_has(void)
{
    CHECK(
        becomes(MAP_ERR_ABSENT_SUBSCRIBER_SM, 3, MAP_ERR_ABSENT_SUBSCRIBER_SM));
    CHECK(becomes(MAP_ERR_ABSENT_SUBSCRIBER_SM, 2, MAP_ERR_ABSENT_SUBSCRIBER));
    CHECK(becomes(MAP_ERR_ABSENT_SUBSCRIBER_SM, 1, MAP_ERR_ABSENT_SUBSCRIBER));
    CHECK(becomes(MAP_ERR_ABSENT_SUBSCRIBER, 3, MAP_ERR_ABSENT_SUBSCRIBER_SM));
    CHECK(becomes(MAP_ERR_ABSENT_SUBSCRIBER, 2, MAP_ERR_ABSENT_SUBSCRIBER));
    CHECK(becomes(MAP_ERR_ILLEGAL_EQUIPMENT, 2, MAP_ERR_ILLEGAL_EQUIPMENT));
    CHECK(becomes(MAP_ERR_ILLEGAL_EQUIPMENT, 1, MAP_ERR_ILLEGAL_SUBSCRIBER));
    CHECK(becomes(MAP_ERR_SUBSCRIBER_BUSY, 1, MAP_ERR_SYSTEM_FAILURE));
    CHECK(becomes(MAP_ERR_DATA_MISSING, 1, MAP_ERR_UNEXPECTED_DATA_VALUE));
    CHECK(becomes(MAP_ERR_DATA_MISSING, 2, MAP_ERR_DATA_MISSING));
    CHECK(becomes(MAP_ERR_SYSTEM_FAILURE, 1, MAP_ERR_SYSTEM_FAILURE));
    CHECK(becomes(MAP_ERR_NONE, 1, MAP_ERR_NONE));
}

static void every_verdict_has_its_error(void)
{
    struct map_err e = map_err_of_verdict(VERDICT_OK);

    CHECK(e.code == MAP_ERR_NONE);
    e = map_err_of_verdict(VERDICT_TEMPFAIL);
    CHECK(e.code == MAP_ERR_SYSTEM_FAILURE && e.cause == -1);
    e = map_err_of_verdict(VERDICT_PERMFAIL);
    CHECK(e.code == MAP_ERR_SM_DELIVERY_FAILURE);
    CHECK(e.cause == MAP_SM_EQUIPMENT_PROTOCOL_ERROR);
}

static void every_error_has_a_name(void)
{
    unsigned named = 0;

    for (int code = 1; code < 64; code++) {
        const char *name = map_err_str((enum map_error)code);

        named += strcmp(name, "unknown error") != 0;
        for (int other = 1; other < code; other++)
            CHECK(strcmp(name, "unknown error") == 0 ||
                  strcmp(name, map_err_str((enum map_error)other)) != 0);
    }
    CHECK(named == 15);
    CHECK(strcmp(map_err_str(MAP_ERR_SYSTEM_FAILURE), "systemFailure") == 0);
    CHECK(strcmp(map_err_str(MAP_ERR_NONE), "none") == 0);
    CHECK(strcmp(map_err_str((enum map_error)99), "unknown error") == 0);
}

int main(void)
{
    writes_each_error_as_its_version_has_it();
    SHOWS("FM-09", a_delivery_failure_always_tells_its_cause);
    SHOWS("FM-09", reads_the_cause_in_any_form);
    refuses_a_broken_parameter();
    SHOWS("FM-03", says_the_nearest_that_a_version_has);
    SHOWS("FM-03", every_verdict_has_its_error);
    every_error_has_a_name();
    return CHECK_DONE();
}

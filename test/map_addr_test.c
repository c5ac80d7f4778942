/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_addr_test.c - address strings, IMSI and numbers as networks dial them
 */

#include "map_addr.h"

#include "check.h"
#include "unhex.h"

static bool read_addr(const char *hex, struct map_addr *a)
{
    uint8_t o[32];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_addr_read(&r, a);
    return rd_ok(&r);
}

static bool read_imsi(const char *hex, char digits[MAP_IMSI_DIGITS + 1])
{
    uint8_t o[32];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_imsi_read(&r, digits);
    return rd_ok(&r);
}

static void reads_and_writes_addresses(void)
{
    static const struct {
        const char *hex;
        uint8_t noa;
        const char *digits;
    } as[] = {
        { "9144770009103200", 1, "44770090012300" },
        { "91447700091032", 1, "447700900123" },
        { "9194711060400050", 1, "49170106040005" },
        { "a1707021f3", 2, "0707123" },
        { "91", 1, "" },
        { "9111111111111111111111111111111111111111", 1,
          "11111111111111111111111111111111111111" },
    };

    for (size_t i = 0; i < sizeof(as) / sizeof(as[0]); i++) {
        struct map_addr a;
        uint8_t want[32], buf[32];
        size_t n = unhex(as[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_addr(as[i].hex, &a));
        CHECK(map_addr_noa(&a) == as[i].noa);
        CHECK(strcmp(a.digits, as[i].digits) == 0);
        map_addr_write(&w, 0x80, &a);
        CHECK(wr_ok(&w) && w.len == n + 2 && memcmp(buf + 2, want, n) == 0);
    }
}

static void keeps_letters_apart_from_digits(void)
{
    struct map_addr a;

    CHECK(read_addr("91badcfe", &a) && strcmp(a.digits, "*#abc") == 0);
}

static void refuses_what_is_no_address(void)
{
    struct map_addr a;

    CHECK(!read_addr("", &a));
    CHECK(!read_addr("91f144", &a));   /* a digit behind the filler */
    CHECK(!read_addr("911f4477", &a)); /* ... in the next octet */
    CHECK(!read_addr("911ff4", &a));
    CHECK(!read_addr("911111111111111111111111111111111111111111", &a));
    CHECK(read_addr("9144f7ff", &a) && strcmp(a.digits, "447") == 0);
}

static void reads_and_writes_imsi(void)
{
    static const char *const hex[] = {
        "32140599999999f9", "62021132547698f0", "001011",
        "0010113254",       "7202153254769810",
    };
    static const char *const digits[] = {
        "234150999999999", "262011234567890",  "000111",
        "0001112345",      "2720512345678901",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        char got[MAP_IMSI_DIGITS + 1];
        uint8_t want[8], buf[16];
        size_t n = unhex(hex[i], want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_imsi(hex[i], got));
        CHECK(strcmp(got, digits[i]) == 0);
        map_imsi_write(&w, 0x04, got);
        CHECK(wr_ok(&w) && w.len == n + 2 && memcmp(buf + 2, want, n) == 0);
    }
}

static void refuses_imsi_of_the_wrong_size(void)
{
    char digits[MAP_IMSI_DIGITS + 1];

    CHECK(!read_imsi("3214", digits) && digits[0] == '\0');
    CHECK(!read_imsi("32140599999999f9f9", digits) && digits[0] == '\0');
    CHECK(!read_imsi("3214f50599", digits));
}

static void writes_no_digit_that_does_not_exist(void)
{
    const struct map_addr a = { .nai_npi = 0x91, .digits = "44x" };
    uint8_t buf[16];
    struct wr w = wr_init(buf, sizeof(buf));

    map_addr_write(&w, 0x80, &a);
    CHECK(!wr_ok(&w));
    w = wr_init(buf, sizeof(buf));
    map_imsi_write(&w, 0x04, "23415+");
    CHECK(!wr_ok(&w));
}

static void makes_numbers_international(void)
{
    static const struct num_plan uk = { "44", "00", "0" };
    static const struct num_plan us = { "1", "011", "" };
    static const struct {
        const struct num_plan *plan;
        uint8_t noa;
        const char *digits, *want; /* NULL: it cannot be one */
    } ns[] = {
        { &uk, MAP_NOA_INTERNATIONAL, "447700900123", "447700900123" },
        { &uk, MAP_NOA_INTERNATIONAL, "00447700900123", "00447700900123" },
        { &uk, MAP_NOA_NATIONAL, "7700900123", "447700900123" },
        { &uk, MAP_NOA_UNKNOWN, "00491701234567", "491701234567" },
        { &uk, MAP_NOA_UNKNOWN, "07700900123", "447700900123" },
        { &uk, MAP_NOA_UNKNOWN, "447700900123", "447700900123" },
        { &uk, 3, "07700900123", "447700900123" },
        { &us, MAP_NOA_UNKNOWN, "011447700900123", "447700900123" },
        { &us, MAP_NOA_UNKNOWN, "12025550143", "12025550143" },
        { &us, MAP_NOA_NATIONAL, "2025550143", "12025550143" },
        { &uk, MAP_NOA_UNKNOWN, "+447700900123", "447700900123" },
        { &uk, MAP_NOA_NATIONAL, "+447700900123", "447700900123" },
        { &uk, MAP_NOA_INTERNATIONAL, "12345678901234567890",
          "12345678901234567890" },
        { &uk, MAP_NOA_INTERNATIONAL, "123456789012345678901", NULL },
        { &uk, MAP_NOA_NATIONAL, "1234567890123456789", NULL },
        { &uk, MAP_NOA_INTERNATIONAL, "44770a", NULL },
        { &uk, MAP_NOA_INTERNATIONAL, "44*1", NULL },
        { &uk, MAP_NOA_UNKNOWN, "4+4", NULL },
        { &uk, MAP_NOA_INTERNATIONAL, "", NULL },
        { &uk, MAP_NOA_NATIONAL, "", NULL },
        { &uk, MAP_NOA_UNKNOWN, "00", NULL },
        { &uk, MAP_NOA_UNKNOWN, "0", NULL },
        { &uk, MAP_NOA_UNKNOWN, "+", NULL },
    };

    for (size_t i = 0; i < sizeof(ns) / sizeof(ns[0]); i++) {
        char out[NUM_MAX + 1] = "untouched";
        bool is_one =
            num_international(ns[i].plan, ns[i].noa, ns[i].digits, out);
        const char *want = ns[i].want != NULL ? ns[i].want : "";

        CHECK(is_one == (ns[i].want != NULL));
        CHECK(strcmp(out, want) == 0);
    }
}

int main(void)
{
    SHOWS("MA-06", reads_and_writes_addresses);
    SHOWS("MA-06", keeps_letters_apart_from_digits);
    SHOWS("MA-06", refuses_what_is_no_address);
    SHOWS("MA-06", reads_and_writes_imsi);
    SHOWS("MA-06", refuses_imsi_of_the_wrong_size);
    writes_no_digit_that_does_not_exist();
    SHOWS("MA-06", makes_numbers_international);
    return CHECK_DONE();
}

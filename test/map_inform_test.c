/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_inform_test.c - informServiceCentre, v2 and v3
 */

#include "map_inform.h"

#include "check.h"
#include "unhex.h"

static bool read_arg(const char *hex, uint8_t version,
                     struct map_inform_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_inform_arg_read(&r, version, arg);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const struct {
        uint8_t version;
        const char *hex;
    } args[] = {
        { 2, "3000" },           { 2, "3009040791447700091032" },
        { 2, "300403020240" },   { 2, "300d040791447700091032030202e0" },
        { 3, "30050303066000" }, { 3, "30050303000001" },
        { 3, "300403020000" },   { 3, "300703020220020106" },
        { 3, "3003020100" },
    };

    for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
        struct map_inform_arg arg;
        uint8_t want[64], buf[64];
        size_t n = unhex(args[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_arg(args[i].hex, args[i].version, &arg));
        map_inform_arg_write(&w, args[i].version, &arg);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_the_fields(void)
{
    struct map_inform_arg arg;

    CHECK(read_arg("3010040791447700091032030202a0020105", 3, &arg));
    CHECK(arg.has_stored && strcmp(arg.stored.digits, "447700900123") == 0);
    CHECK(arg.mw_bits == 6 && arg.diagnostic == 5);
    CHECK(arg.mw == (MAP_MW_SC_NOT_INCLUDED | MAP_MW_MEMORY_FULL));
    CHECK(read_arg("3010040791447700091032030202a0020105", 2, &arg));
    CHECK(arg.diagnostic == -1); /* not of version 2: skipped */
    /* bits that are not counted say nothing */
    CHECK(read_arg("300403020243", 3, &arg) && arg.mw == MAP_MW_NOT_REACHABLE);
    CHECK(read_arg("3000", 3, &arg) && !arg.has_stored && arg.mw_bits == 0);
}

static void skips_what_versions_add(void)
{
    static const char *const hex[] = {
        "3006030202403000",   "300b030202403005a1031f2021",
        "300703020240800105", "30080302024002020100", /* diagnostic 256 */
        "3080030202400000",
    };
    struct map_inform_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        CHECK(read_arg(hex[i], 3, &arg));
        CHECK(arg.mw == MAP_MW_NOT_REACHABLE && arg.diagnostic == -1);
    }
}

/* X.680 22.7: trailing zeros of named bits may be left out. */
static void missing_bits_are_zero(void)
{
    struct map_inform_arg arg;

    CHECK(read_arg("3003030100", 2, &arg));
    CHECK(arg.mw == 0 && arg.mw_bits == MAP_MW_BITS);
    CHECK(read_arg("300403020340", 2, &arg));
    CHECK(arg.mw == 0x4000 && arg.mw_bits == MAP_MW_BITS);
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "0400",
        "30020400",         /* msisdn empty */
        "30020300",         /* BIT STRING without octets */
        "3003030101",       /* one bit unused of none */
        "300403020840",     /* eight unused */
        "3006030400112233", /* 24 bits */
        "3006030202403001", /* too short */
        "300b030202403005a009300206",
    };
    struct map_inform_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CHECK(!read_arg(hex[i], 3, &arg));
}

int main(void)
{
    arguments_survive_the_round_trip();
    reads_the_fields();
    SHOWS("MA-04", skips_what_versions_add);
    missing_bits_are_zero();
    SHOWS("MA-04", refuses_a_mistyped_argument);
    return CHECK_DONE();
}

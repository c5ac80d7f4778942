/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_sri_sm_test.c - sendRoutingInfoForSM, argument and result, v1 to v3
 */

#include "map_sri_sm.h"

#include "check.h"
#include "unhex.h"

/* msisdn, priority, SC address */
#define THREE "8007917951103254f68101ff820891328490507608f3"

static bool read_arg(const char *hex, uint8_t version,
                     struct map_sri_sm_arg *arg)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_sri_sm_arg_read(&r, version, arg);
    return rd_ok(&r);
}

static bool read_res(const char *hex, uint8_t version,
                     struct map_sri_sm_res *res)
{
    uint8_t o[256];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_sri_sm_res_read(&r, version, res);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const struct {
        uint8_t version;
        const char *hex;
    } args[] = {
        { 1, "30158007914477000910328101ff820791447700093012" },
        { 2, "3016800791447700091032810100820891683108108300f0" },
        { 3, "30188007917951103254f68101ff820891328490507608f38700" },
        { 3, "30198007917951103254f68101ff820891328490507608f38a0101" },
        { 3, "301b8007917951103254f68101ff820891328490507608f387008a0100" },
    };

    for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
        struct map_sri_sm_arg arg;
        uint8_t want[64], buf[64];
        size_t n = unhex(args[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_arg(args[i].hex, args[i].version, &arg));
        map_sri_sm_arg_write(&w, args[i].version, &arg);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_the_fields_of_an_argument(void)
{
    struct map_sri_sm_arg arg;

    CHECK(read_arg("301b8007a17951103254f68101ff820891328490507608f387008a0101",
                   3, &arg));
    CHECK(arg.msisdn.nai_npi == 0xa1);
    CHECK(strcmp(arg.msisdn.digits, "97150123456") == 0);
    CHECK(arg.sc_addr.nai_npi == 0x91);
    CHECK(strcmp(arg.sc_addr.digits, "2348090567803") == 0);
    CHECK(arg.priority && arg.gprs_support);
    CHECK(arg.delivery_not_intended && arg.not_intended == 1);
}

static void skips_what_versions_add(void)
{
    static const char *const hex[] = {
        /* teleservice of version 1 */
        "30198007914477000910328101ff820891683108108300f0850121",
        /* extension container, empty, opaque, or not BER at all inside */
        "3018" THREE "a600",
        "3029" THREE "a611a00f300d06082a8648867e0101000401aa",
        "301d" THREE "a605a1031f2021",
        /* unknown elements: context, private, tag of three octets */
        "30188007914477000910328101ff8207914477000930129e0100",
        "301a8007914477000910328101ff820791447700091032e203020101",
        "301d8007914477000910328101ff820791447700093012bf81010430020500",
        /* values of later versions: sm-RP-MTI 11, deliveryNotIntended 7 */
        "30188007914477000910328101ff82079144770009301288010b",
        "30188007914477000910328101ff8207914477000930128a0107",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_sri_sm_arg arg;

        for (uint8_t v = 1; v <= 3; v++) {
            CHECK(read_arg(hex[i], v, &arg));
            CHECK(arg.priority && !arg.gprs_support);
            CHECK(!arg.delivery_not_intended && arg.not_intended == 0);
        }
    }
}

static void takes_lengths_and_strings_in_every_form(void)
{
    static const char *const hex[] = {
        "30808007914477000910328101ff8207914477000930120000",
        "30811880810791447700091032818101ff82810791447700093012",
        "3082001b808200079144770009103281820001ff8282000791447700093012",
        "301ba00d040391447704030009100401328101ff820791447700093012",
        "301da080040391447704040009103200008101ffa209040791447700093012",
    };
    struct map_sri_sm_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        CHECK(read_arg(hex[i], 3, &arg));
        CHECK(strcmp(arg.msisdn.digits, "447700900123") == 0);
        CHECK(strcmp(arg.sc_addr.digits, "447700900321") == 0);
    }
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "300c8007914477000910328101ff",                   /* no SC */
        "30158101ff800791447700091032820791447700093012", /* order */
        "31158007914477000910328101ff820791447700093012", /* SET */
        "a0158007914477000910328101ff820791447700093012",
        "30150407914477000910328101ff820791447700093012", /* universal tag */
        "300e80008101ff820791447700093012",               /* msisdn empty */
        "30148007914477000910328100820791447700093012",   /* BOOLEAN empty */
        "301e8007914477000910328007914477000910328101ff820791447700093012",
        /* what is in the extension container does not fit into it */
        "301c8007914477000910328101ff820791447700093012a605a009300206",
        /* a string in pieces that are no strings, or too long in all */
        "3017a0090507914477000910328101ff820791447700093012",
    };

    struct map_sri_sm_arg arg;

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++)
        CHECK(!read_arg(hex[i], 3, &arg));
    /* SC address of 20 octets, and of 21 */
    CHECK(read_arg("30228007914477000910328101ff821491111111111111111111111111"
                   "11111111111111",
                   3, &arg));
    CHECK(!read_arg("30238007914477000910328101ff821591111111111111111111111111"
                    "1111111111111111",
                    3, &arg));
}

static void results_survive_the_round_trip(void)
{
    static const char *const hex[] = {
        "3015040832140599999999f9a009810791447700091032",
        "3014040722081132547698a0098107912120550541f3",
        "301504087202153254769810a0098107911497214365f7",
        "301304050001113254a00a810891683108108300f0",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_sri_sm_res res;
        uint8_t want[64], buf[64];
        size_t n = unhex(hex[i], want, sizeof(want));

        for (uint8_t v = 1; v <= 3; v++) {
            struct wr w = wr_init(buf, sizeof(buf));

            CHECK(read_res(hex[i], v, &res) && res.lmsi_len == 0);
            map_sri_sm_res_write(&w, v, &res);
            CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
        }
    }
}

static void reads_the_fields_of_a_result(void)
{
    struct map_sri_sm_res res;

    CHECK(read_res("301b040832140599999999f9a00f8107912120550541f30404a1b2c3d4",
                   2, &res));
    CHECK(strcmp(res.imsi, "234150999999999") == 0);
    CHECK(strcmp(res.node.digits, "12025550143") == 0);
    CHECK(res.lmsi_len == 4 && memcmp(res.lmsi, "\xa1\xb2\xc3\xd4", 4) == 0);
    /* an unknown string later is no LMSI */
    CHECK(read_res("301a040832140599999999f9a00e8107912120550541f385000401aa",
                   3, &res));
    CHECK(res.lmsi_len == 0);
}

static void roaming_number_is_for_version_1(void)
{
    static const char hex[] = "3018040832140599999999f9a009800791447700091032"
                              "820100";
    struct map_sri_sm_res res;

    CHECK(read_res(hex, 1, &res));
    CHECK(strcmp(res.node.digits, "447700900123") == 0);
    CHECK(!read_res(hex, 2, &res));
    CHECK(!read_res(hex, 3, &res));
}

static void refuses_a_mistyped_result(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "300a040832140599999999f9",
        "300ba009810791447700091032",
        "300c040832140599999999f9a000",
        "301004033f14f5a009810791447700091032",
        "301a040832140599999999f9a00e8107912120550541f30403a1b2c3",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_sri_sm_res res;

        CHECK(!read_res(hex[i], 3, &res));
    }
}

int main(void)
{
    SHOWS("HL-01", arguments_survive_the_round_trip);
    SHOWS("HL-01", reads_the_fields_of_an_argument);
    SHOWS("MA-04", skips_what_versions_add);
    SHOWS("TC-02", takes_lengths_and_strings_in_every_form);
    SHOWS("MA-04", refuses_a_mistyped_argument);
    SHOWS("HL-06", results_survive_the_round_trip);
    SHOWS("HL-01", reads_the_fields_of_a_result);
    roaming_number_is_for_version_1();
    refuses_a_mistyped_result();
    return CHECK_DONE();
}

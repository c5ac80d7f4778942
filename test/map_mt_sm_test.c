/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_mt_sm_test.c - mt-ForwardSM and forwardSM, v1 to v3
 */

#include "map_mt_sm.h"

#include "ber.h"
#include "check.h"
#include "unhex.h"

#define UI "0418040b916407000000f100004250712143650005c8329bfd06"

static bool read_arg(const char *hex, uint8_t version,
                     struct map_mt_sm_arg *arg)
{
    uint8_t o[400];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_mt_sm_arg_read(&r, version, arg);
    return rd_ok(&r);
}

static bool read_res(const char *hex, uint8_t version)
{
    uint8_t o[64];
    struct rd_err err;
    struct rd r = rd_init(o, unhex(hex, o, sizeof(o)), &err);

    map_mt_sm_res_read(&r, version);
    return rd_ok(&r);
}

static void arguments_survive_the_round_trip(void)
{
    static const struct {
        uint8_t version;
        const char *hex;
    } args[] = {
        { 3, "302d800832140599999999f98407917951103254f6" UI },
        { 3, "302f800832140599999999f98407917951103254f6" UI "0500" },
        { 3, "3030800832140599999999f98407917951103254f6" UI "02011e" },
        { 3, "3033800832140599999999f98407917951103254f6" UI "050002020258" },
        { 3, "301e85008500" UI },
        { 3, "302e840891945111325476f8840891683108108300f0" UI },
        { 3, "30158007640010325476988407919963655257f8040104" },
        { 2, "302f800826310021436587f98407919963655257f8" UI "0500" },
        { 1, "30298104000362318407917951103254f6" UI },
        { 1, "302c8307915383163254768407913316325476f8" UI },
        { 1, "30268407913316325476f8820791538316325476041201000b916407000000f1"
             "000005c8329bfd06" },
    };

    for (size_t i = 0; i < sizeof(args) / sizeof(args[0]); i++) {
        struct map_mt_sm_arg arg;
        uint8_t want[128], buf[128];
        size_t n = unhex(args[i].hex, want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_arg(args[i].hex, args[i].version, &arg));
        map_mt_sm_arg_write(&w, args[i].version, &arg);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_the_fields_of_an_argument(void)
{
    struct map_mt_sm_arg arg;

    CHECK(read_arg("3033800832140599999999f98407917951103254f6" UI
                   "050002020258",
                   3, &arg));
    CHECK(arg.da == MAP_DA_IMSI && strcmp(arg.imsi, "234150999999999") == 0);
    CHECK(arg.oa == MAP_OA_SERVICE_CENTRE);
    CHECK(strcmp(arg.oa_addr.digits, "97150123456") == 0);
    CHECK(arg.more && arg.delivery_timer_s == 600);
    CHECK(arg.tpdu_len == 24 && arg.tpdu[0] == 0x04 && arg.tpdu[23] == 0x06);
}

static void tells_da_from_oa_by_position(void)
{
    struct map_mt_sm_arg arg;

    CHECK(read_arg("302e840891945111325476f8840891683108108300f0" UI, 3, &arg));
    CHECK(arg.da == MAP_DA_SERVICE_CENTRE && arg.oa == MAP_OA_SERVICE_CENTRE);
    CHECK(strcmp(arg.da_addr.digits, "4915112345678") == 0);
    CHECK(strcmp(arg.oa_addr.digits, "8613800138000") == 0);
    CHECK(read_arg("302585008407912120550541f3" UI, 3, &arg));
    CHECK(arg.da == MAP_DA_NONE && arg.oa == MAP_OA_SERVICE_CENTRE);
    CHECK(read_arg("3026800832140599999999f98500" UI, 3, &arg));
    CHECK(arg.da == MAP_DA_IMSI && arg.oa == MAP_OA_NONE);
}

static void knows_what_follows_the_text_by_its_order(void)
{
    struct map_mt_sm_arg arg;

    /* more, extension, timer, start time: the last is no second text */
    CHECK(read_arg("3047800832140599999999f98407917951103254f6" UI
                   "0500300da00b300906072a86483e01010002011e0404653f3a20",
                   3, &arg));
    CHECK(arg.more && arg.delivery_timer_s == 30 && arg.tpdu_len == 24);
    /* mo-ForwardSM: an IMSI in the same place */
    CHECK(read_arg("3032840891945111325476f8820891683108108300f0041201000b9164"
                   "07000000f1000005c8329bfd06040832140599999999f9",
                   3, &arg));
    CHECK(arg.oa == MAP_OA_MSISDN && arg.tpdu_len == 18 && !arg.more);
    /* version 1 has no moreMessagesToSend */
    CHECK(read_arg("302f800832140599999999f98407917951103254f6" UI "0500", 1,
                   &arg));
    CHECK(!arg.more);
}

static void takes_what_does_no_harm(void)
{
    static const char *const hex[] = {
        /* private extension that is not BER inside, as seen */
        "3046800801803843546576f7840691111121222204070b16212c37424d0500"
        "3027a020300a06032a03040b0c0d0e0f300506032a0306300b06032a03051516171819"
        "1aa1031f2021",
        "3030800832140599999999f98407917951103254f6" UI "050100",
        "3030800832140599999999f98407917951103254f6" UI "02011d",
        "3031800832140599999999f98407917951103254f6" UI "02020259",
        "3035800832140599999999f98407917951103254f6" UI "bf81010430020500",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_mt_sm_arg arg;

        CHECK(read_arg(hex[i], 3, &arg));
    }
}

static void takes_strings_in_pieces(void)
{
    struct map_mt_sm_arg arg;

    CHECK(read_arg("3080a0800404321405990404999999f900008407917951103254f6240e"
                   "04010404090b916407000000f1000000",
                   3, &arg));
    CHECK(strcmp(arg.imsi, "234150999999999") == 0);
    CHECK(arg.tpdu_len == 10 && arg.tpdu[0] == 4 && arg.tpdu[9] == 0);
}

static void refuses_a_mistyped_argument(void)
{
    static const char *const hex[] = {
        "",
        "3000",
        "3023840791447700093012" UI,                      /* DA or OA missing */
        "3024800832140599999999f9" UI,                    /* OA missing */
        "3013800832140599999999f9840791447700093012",     /* text missing */
        "3015800832140599999999f98407914477000930120400", /* text empty */
        "3026800132840791447700093012" UI,                /* IMSI of 1 octet */
        "30288103010203840791447700093012" UI,            /* LMSI of 3 octets */
        "30288303914477840791447700093012" UI,            /* roamingNumber */
        "30258600840791447700093012" UI,                  /* DA unknown */
        "302d800832140599999999f98607917951103254f6" UI,  /* OA unknown */
        /* an extension container that runs over */
        "3032800832140599999999f98407917951103254f6" UI "3003a00530",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_mt_sm_arg arg;

        CHECK(!read_arg(hex[i], 3, &arg));
    }
}

static void refuses_more_text_than_there_is_room_for(void)
{
    static const uint8_t text[MAP_TPDU_MAX + 1];
    struct map_mt_sm_arg arg;
    uint8_t buf[300];

    for (size_t n = MAP_TPDU_MAX; n <= MAP_TPDU_MAX + 1; n++) {
        struct wr w = wr_init(buf, sizeof(buf));
        size_t seq = ber_open(&w, 0x30);
        struct rd_err err;
        struct rd r;

        ber_put(&w, 0x85, NULL, 0);
        ber_put(&w, 0x85, NULL, 0);
        ber_put(&w, 0x04, text, n);
        ber_close(&w, seq);
        r = rd_init(buf, w.len, &err);
        map_mt_sm_arg_read(&r, 3, &arg);
        CHECK(rd_ok(&r) == (n <= MAP_TPDU_MAX));
    }
}

static void is_never_right_when_cut_short(void)
{
    uint8_t o[64];
    size_t n = unhex("302f800832140599999999f98407917951103254f6" UI "0500", o,
                     sizeof(o));

    for (size_t cut = 0; cut < n; cut++) {
        struct map_mt_sm_arg arg;
        struct rd_err err;
        struct rd r = rd_init(o, cut, &err);

        map_mt_sm_arg_read(&r, 3, &arg);
        CHECK(!rd_ok(&r));
    }
}

static void takes_any_well_formed_result(void)
{
    for (uint8_t v = 1; v <= 3; v++) {
        CHECK(read_res("", v));
        CHECK(read_res("3000", v));
        CHECK(read_res("300d040b0007000006c8329bfd0e01", v));
        CHECK(!read_res("3003040b00", v));
    }
    CHECK(!read_res("0400", 3));
}

int main(void)
{
    SHOWS("FM-01", arguments_survive_the_round_trip);
    SHOWS("FM-01", reads_the_fields_of_an_argument);
    SHOWS("FM-01", tells_da_from_oa_by_position);
    SHOWS("MA-04 FM-01", knows_what_follows_the_text_by_its_order);
    takes_what_does_no_harm();
    SHOWS("TC-02", takes_strings_in_pieces);
    SHOWS("MA-04 FM-10", refuses_a_mistyped_argument);
    SHOWS("FM-10", refuses_more_text_than_there_is_room_for);
    SHOWS("FM-10", is_never_right_when_cut_short);
    takes_any_well_formed_result();
    return CHECK_DONE();
}

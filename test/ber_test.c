/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ber_test.c - ber.c against X.690 examples and hostile input
 */

#include "ber.h"
#include "check.h"

#define RD(octets, err) rd_init(octets, sizeof(octets) - 1, err)

static void reads_definite_and_indefinite_alike(void)
{
    static const struct {
        const char *octets;
        size_t len;
    } forms[] = {
        { "\x30\x05\x80\x01\x05\xa1\x00", 7 },
        { "\x30\x80\x80\x01\x05\xa1\x80\x00\x00\x00\x00", 11 },
        { "\x30\x81\x06\x80\x01\x05\xa1\x81\x00", 9 },
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct rd_err err;
        struct rd r = rd_init(forms[i].octets, forms[i].len, &err);
        struct rd seq = ber_req(&r, 0x30, "seq");
        struct rd five = ber_req(&seq, 0x80, "five");
        struct rd empty = ber_req(&seq, 0xa1, "empty");

        CHECK(ber_int(&five, "five") == 5);
        rd_end(&empty, "empty");
        rd_end(&seq, "seq");
        rd_end(&r, "message");
        CHECK(rd_ok(&r));
    }
}

static void tells_where_it_failed(void)
{
    struct rd_err err;
    struct rd r = RD("\x30\x05\x80\x04\x91\x44\x21", &err);
    struct rd seq = ber_req(&r, 0x30, "seq");
    struct rd body = ber_req(&seq, 0x80, "msisdn");

    CHECK(!rd_ok(&r));
    CHECK(rd_left(&body) == 0);
    CHECK(strcmp(err.what, "BER content") == 0);
    CHECK(err.at == 4);
}

static void refuses_endless_nesting(void)
{
    uint8_t deep[200];
    struct rd_err err;
    struct rd r;
    struct ber_el el;

    memset(deep, 0x80, sizeof(deep));
    for (size_t i = 0; i < sizeof(deep); i += 2)
        deep[i] = 0x30;
    r = rd_init(deep, sizeof(deep), &err);
    CHECK(!ber_next(&r, &el));
    CHECK(strcmp(err.what, "BER indefinite length") == 0);
}

static void writes_the_shortest_length(void)
{
    static const size_t sizes[] = { 0, 127, 128, 255, 256, 3000 };
    static const size_t heads[] = { 2, 2, 3, 3, 4, 4 };
    static const uint8_t fill[3000];
    uint8_t buf[3100];

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct wr w = wr_init(buf, sizeof(buf));
        struct rd_err err;
        struct rd r, body;

        ber_put(&w, 0x04, fill, sizes[i]);
        CHECK(wr_ok(&w) && w.len == heads[i] + sizes[i]);
        r = rd_init(buf, w.len, &err);
        body = ber_req(&r, 0x04, "fill");
        CHECK(rd_ok(&r) && rd_left(&body) == sizes[i]);
    }
}

static void integers_survive_the_round_trip(void)
{
    static const int32_t vs[] = { 0,      1,         -1,       127,
                                  128,    -128,      -129,     32767,
                                  -32769, INT32_MAX, INT32_MIN };
    uint8_t buf[16];

    for (size_t i = 0; i < sizeof(vs) / sizeof(vs[0]); i++) {
        struct wr w = wr_init(buf, sizeof(buf));
        struct rd_err err;
        struct rd r, body;

        ber_put_int(&w, 0x02, vs[i]);
        r = rd_init(buf, w.len, &err);
        body = ber_req(&r, 0x02, "int");
        CHECK(ber_int(&body, "int") == vs[i] && rd_ok(&r));
    }
}

static void a_full_buffer_is_not_overrun(void)
{
    uint8_t buf[8];
    struct wr w = wr_init(buf, 4);
    size_t seq = ber_open(&w, 0x30);

    memset(buf + 4, 0xee, 4);
    ber_put(&w, 0x04, "abcdef", 6);
    ber_close(&w, seq);
    CHECK(!wr_ok(&w));
    CHECK(buf[4] == 0xee && buf[7] == 0xee);
}

static void refuses_lengths_beyond_the_message(void)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *what;
    } bad[] = {
        { "\x30", 1, "BER length" },
        { "\x30\x01", 2, "BER content" },
        { "\x30\x84\xff\xff\xff\xff", 6, "BER content" },
        { "\x30\x85\x01\x01\x01\x01\x01", 7, "BER length too long" },
        { "\x30\x82\x01", 3, "BER length" },
        { "\x04\x80\x00\x00", 4, "BER indefinite length" },
        { "\x30\x80\x04\x00", 4, "BER end-of-contents missing" },
        { "\x00\x00", 2, "BER tag 0" },
        { "\x9f\x81\x82\x83\x04\x00", 6, "BER tag too long" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct rd_err err;
        struct rd r = rd_init(bad[i].octets, bad[i].len, &err);
        struct ber_el el;

        CHECK(!ber_next(&r, &el));
        CHECK(err.what != NULL && strcmp(err.what, bad[i].what) == 0);
        CHECK(err.at <= bad[i].len);
    }
}

static void optional_elements_stay_if_others_are_next(void)
{
    struct rd_err err;
    struct rd r = RD("\x81\x01\x07\x9f\x1f\x01\x08", &err);
    struct rd body;

    CHECK(!ber_opt(&r, 0x80, &body) && rd_ok(&r) && rd_left(&r) == 7);
    CHECK(ber_opt(&r, 0x81, &body) && ber_int(&body, "seven") == 7);
    CHECK(ber_opt(&r, 0x9f1f, &body) && ber_int(&body, "eight") == 8);
    CHECK(!ber_opt(&r, 0x81, &body) && rd_ok(&r));
    ber_req(&r, 0x82, "last");
    CHECK(!rd_ok(&r) && strcmp(err.what, "last") == 0);
}

static void refuses_integers_of_no_or_five_octets(void)
{
    struct rd_err err;
    struct rd r = RD("\x02\x00", &err);
    struct rd body = ber_req(&r, 0x02, "int");

    CHECK(ber_int(&body, "none") == 0 && !rd_ok(&r));
    r = RD("\x02\x05\x01\x02\x03\x04\x05", &err);
    body = ber_req(&r, 0x02, "int");
    CHECK(ber_int(&body, "five") == 0 && !rd_ok(&r));
}

static void writes_tags_of_up_to_three_octets(void)
{
    uint8_t buf[16];
    struct wr w = wr_init(buf, sizeof(buf));

    ber_put(&w, 0x04, "", 0);
    ber_put(&w, 0x9f1f, "", 0);
    ber_put(&w, 0x9f8101, "", 0);
    CHECK(w.len == 9);
    CHECK(memcmp(buf, "\x04\x00\x9f\x1f\x00\x9f\x81\x01\x00", 9) == 0);
}

int main(void)
{
    reads_definite_and_indefinite_alike();
    tells_where_it_failed();
    refuses_endless_nesting();
    writes_the_shortest_length();
    integers_survive_the_round_trip();
    a_full_buffer_is_not_overrun();
    refuses_lengths_beyond_the_message();
    optional_elements_stay_if_others_are_next();
    refuses_integers_of_no_or_five_octets();
    writes_tags_of_up_to_three_octets();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_status_test.c - SMS-STATUS-REPORT, both ways
 */

#include "tpdu_status.h"

#include "check.h"

/* TP-MR 0x5a to TP-DT */
#define ABOUT                                                                  \
    "\x5a\x0c\x91\x44\x77\x00\x09\x10\x32\x42\x50\x71\x21\x43\x65\x00"         \
    "\x42\x50\x71\x21\x53\x65\x80"

static bool read_n(const void *p, size_t n, struct tpdu_status *s)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    return tpdu_status_read(&r, s) && rd_left(&r) == 0;
}

#define READ(octets, s) read_n(octets, sizeof(octets) - 1, s)

static void reads_a_report(void)
{
    struct tpdu_status s;

    CHECK(READ("\x06" ABOUT "\x45", &s));
    CHECK(!s.srq && !s.sm.more && !s.sm.lp && s.mr == 0x5a && s.st == 0x45);
    CHECK(strcmp(s.sm.oa.text, "447700900123") == 0);
    CHECK(s.sm.scts.minute == 34 && s.dt.minute == 35);
    CHECK(s.dt.tz_quarters == 8 && !s.has_pi);
    CHECK(READ("\x2a" ABOUT "\x00\x00", &s));
    CHECK(s.srq && s.sm.more && s.sm.lp && s.has_pi && s.pi == 0);
}

static void reads_what_the_indicator_announces(void)
{
    struct tpdu_status s;
    char text[8];

    CHECK(READ("\x06" ABOUT "\x00\x07\x41\x00\x02\x6f\x37", &s));
    CHECK(s.pi == 7 && s.sm.pid == 0x41 && s.sm.dcs == 0);
    CHECK(tpdu_text(&s.sm, text, sizeof(text)) == 2);
    CHECK(strcmp(text, "on") == 0);
    CHECK(READ("\x06" ABOUT "\x00\x01\x41", &s));
    CHECK(s.sm.pid == 0x41 && s.sm.udl == 0);
    CHECK(READ("\x06" ABOUT "\x00\x02\x04", &s) && s.sm.dcs == 4);
    /* without TP-DCS the default alphabet; reserved bits mean nothing */
    CHECK(READ("\x06" ABOUT "\x00\x7c\x02\x6f\x37", &s));
    CHECK(s.sm.enc.alphabet == TPDU_GSM7 && s.sm.ud_len == 2);
    /* TP-PI of three octets */
    CHECK(READ("\x06" ABOUT "\x00\x81\x80\x00\x41", &s));
    CHECK(s.pi == 1 && s.sm.pid == 0x41);
    CHECK(READ("\x46" ABOUT "\x00\x06\x04\x03\x02\x70\x00", &s));
    CHECK(s.sm.udh_len == 3 && s.sm.ud_len == 0);
}

static void refuses_every_truncation(void)
{
    static const char whole[] =
        "\x46" ABOUT "\x00\x87\x00\x41\x00\x09\x05\x00\x03\x42\x02\x01\xd0\x69";
    size_t bare = sizeof("\x46" ABOUT "\x00") - 1;
    struct tpdu_status s;

    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        CHECK(read_n(whole, n, &s) == (n == bare));
    }
    CHECK(read_n(whole, sizeof(whole) - 1, &s));
    CHECK(!READ("\x05" ABOUT "\x00", &s) && !READ("\x04" ABOUT "\x00", &s));
}

static void writes_what_it_reads(void)
{
    static const struct {
        const char *octets;
        size_t len;
    } tpdu[] = {
#define T(s) { s, sizeof(s) - 1 }
        T("\x06" ABOUT "\x45"),
        T("\x2a" ABOUT "\x00\x00"),
        T("\x06" ABOUT "\x00\x07\x41\x00\x02\x6f\x37"),
        T("\x46" ABOUT "\x00\x06\x04\x03\x02\x70\x00"),
        T("\x26\x01\x07\xd0\xc2\xb0\x7b\x0d\xff\xff\xff\xff\xff\xff\xff"
          "\x00\x00\x00\x00\x00\x00\x00\x00"),
#undef T
    };

    for (size_t i = 0; i < sizeof(tpdu) / sizeof(tpdu[0]); i++) {
        struct tpdu_status s;
        uint8_t buf[200];
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_n(tpdu[i].octets, tpdu[i].len, &s));
        tpdu_status_write(&w, &s);
        CHECK(wr_ok(&w) && w.len == tpdu[i].len);
        CHECK(memcmp(buf, tpdu[i].octets, tpdu[i].len) == 0);
    }
}

int main(void)
{
    reads_a_report();
    reads_what_the_indicator_announces();
    refuses_every_truncation();
    writes_what_it_reads();
    return CHECK_DONE();
}

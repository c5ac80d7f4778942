/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_report_test.c - SMS-DELIVER-REPORT and SMS-SUBMIT-REPORT, both ways
 */

#include "tpdu_report.h"

#include "check.h"

#define AT "\x42\x50\x71\x21\x43\x65\x00"

static bool read_n(bool submit, bool error, const void *p, size_t n,
                   struct tpdu_report *report)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    bool ok = submit ? tpdu_submit_report_read(&r, error, report)
                     : tpdu_deliver_report_read(&r, error, report);

    return ok && rd_left(&r) == 0;
}

#define DELIVER(error, octets, p)                                              \
    read_n(false, error, octets, sizeof(octets) - 1, p)
#define SUBMIT(error, octets, p)                                               \
    read_n(true, error, octets, sizeof(octets) - 1, p)

static void reads_a_positive_answer(void)
{
    struct tpdu_report p;

    CHECK(DELIVER(false, "\x00\x00", &p) && p.has_pi && p.pi == 0);
    CHECK(DELIVER(false, "\x00", &p) && !p.has_pi && !p.error);
    CHECK(DELIVER(false, "\x40\x07\x7f\xf6\x05\x02\x70\x00\x01\x02", &p));
    CHECK(p.sm.pid == 0x7f && p.sm.enc.mclass == 2 && p.sm.udh_len == 3);
    CHECK(p.sm.ud_len == 2 && p.sm.ud[1] == 2);
    CHECK(SUBMIT(false, "\x01\x00" AT, &p));
    CHECK(p.sm.scts.valid && p.sm.scts.day == 17 && !p.error);
    CHECK(SUBMIT(false, "\x01\x07" AT "\x41\x00\x02\x6f\x37", &p));
    CHECK(p.sm.pid == 0x41 && p.sm.ud_len == 2);
}

static void reads_a_failure(void)
{
    struct tpdu_report p;

    CHECK(DELIVER(true, "\x00\xd3\x00", &p) && p.error && p.fcs == 0xd3);
    CHECK(DELIVER(true, "\x00\xd5\x07\x7f\xf6\x02\x09\x08", &p));
    CHECK(p.fcs == 0xd5 && p.sm.pid == 0x7f && p.sm.ud_len == 2);
    CHECK(SUBMIT(true, "\x01\xc0\x00" AT, &p) && p.fcs == 0xc0);
    CHECK(SUBMIT(true, "\x01\xc0\x02" AT "\x04", &p) && p.sm.dcs == 4);
    /* TP-FCS decides nothing: the carrier does */
    CHECK(!DELIVER(true, "\x00", &p) && !DELIVER(true, "\x00\xd3", &p));
}

static void takes_more_data_than_a_message_has(void)
{
    uint8_t t[200] = { 0x00, 0x06, 0x04, 159 };
    struct tpdu_report p;

    CHECK(read_n(false, false, t, 4 + 159, &p) && p.sm.ud_len == 159);
    t[3] = 160;
    CHECK(!read_n(false, false, t, 4 + 160, &p));
    t[2] = 0;
    CHECK(read_n(false, false, t, 4 + 140, &p) && p.sm.ud_len == 160);
    t[3] = 161;
    CHECK(!read_n(false, false, t, 4 + 141, &p));
    t[0] = 0x40;
    t[2] = 0x04;
    t[3] = 159;
    t[4] = 139;
    CHECK(read_n(false, false, t, 4 + 159, &p));
    CHECK(p.sm.udh_len == 140 && p.sm.ud_len == 19);
    t[4] = 140;
    CHECK(!read_n(false, false, t, 4 + 159, &p));
}

/* Nor may a struct that was not read lead the writer out of its arrays. */
static void will_not_write_what_does_not_fit(void)
{
    struct tpdu_report p = { .has_pi = true, .pi = 6, .sm.dcs = 4 };
    uint8_t buf[300];
    struct wr w = wr_init(buf, sizeof(buf));

    p.sm.enc.alphabet = TPDU_8BIT;
    p.sm.ud_len = 160;
    tpdu_deliver_report_write(&w, &p);
    CHECK(!wr_ok(&w));
    p.sm.ud_len = 0;
    p.sm.udh_len = 141;
    w = wr_init(buf, sizeof(buf));
    tpdu_deliver_report_write(&w, &p);
    CHECK(!wr_ok(&w));
    p.sm.enc.alphabet = TPDU_GSM7;
    p.sm.udh_len = 140;
    p.sm.ud_len = 1;
    w = wr_init(buf, sizeof(buf));
    tpdu_deliver_report_write(&w, &p);
    CHECK(!wr_ok(&w));
}

static void refuses_every_truncation(void)
{
    static const char deliver[] = "\x00\xd5\x07\x7f\xf6\x02\x09\x08";
    static const char submit[] = "\x01\xc0\x07" AT "\x7f\xf6\x02\x09\x08";
    struct tpdu_report p;

    for (size_t n = 0; n < sizeof(deliver) - 1; n++) {
        CHECK(!read_n(false, true, deliver, n, &p));
    }
    for (size_t n = 0; n < sizeof(submit) - 1; n++) {
        CHECK(!read_n(true, true, submit, n, &p));
    }
    CHECK(DELIVER(true, deliver, &p) && SUBMIT(true, submit, &p));
    CHECK(!DELIVER(false, "", &p) && !SUBMIT(false, "\x01", &p));
    CHECK(!DELIVER(false, "\x01\x00", &p) && !SUBMIT(false, "\0\0" AT, &p));
    CHECK(!DELIVER(false, "\x00\x80", &p)); /* TP-PI goes on */
}

static void writes_what_it_reads(void)
{
    static const struct {
        bool submit, error;
        const char *octets;
        size_t len;
    } tpdu[] = {
#define T(s) s, sizeof(s) - 1
        { false, false, T("\x00") },
        { false, false, T("\x00\x00") },
        { false, false, T("\x40\x07\x7f\xf6\x05\x02\x70\x00\x01\x02") },
        { false, true, T("\x00\xd3\x00") },
        { false, true, T("\x00\xd5\x06\x00\x02\x6f\x37") },
        { true, false, T("\x01\x07" AT "\x41\x00\x02\x6f\x37") },
        { true, true, T("\x01\xc0\x01" AT "\xab") },
#undef T
    };

    for (size_t i = 0; i < sizeof(tpdu) / sizeof(tpdu[0]); i++) {
        struct tpdu_report p;
        uint8_t buf[200];
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_n(tpdu[i].submit, tpdu[i].error, tpdu[i].octets, tpdu[i].len,
                     &p));
        if (tpdu[i].submit)
            tpdu_submit_report_write(&w, &p);
        else
            tpdu_deliver_report_write(&w, &p);
        CHECK(wr_ok(&w) && w.len == tpdu[i].len);
        CHECK(memcmp(buf, tpdu[i].octets, tpdu[i].len) == 0);
    }
}

int main(void)
{
    SHOWS("TP-12", reads_a_positive_answer);
    SHOWS("TP-12", reads_a_failure);
    SHOWS("TP-12", takes_more_data_than_a_message_has);
    SHOWS("TP-12", will_not_write_what_does_not_fit);
    SHOWS("TP-12", refuses_every_truncation);
    SHOWS("TP-12", writes_what_it_reads);
    return CHECK_DONE();
}

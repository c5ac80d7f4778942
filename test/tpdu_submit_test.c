/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_submit_test.c - SMS-SUBMIT, both ways
 */

#include "tpdu_submit.h"

#include "check.h"

#define TO "\x07\x0c\x91\x44\x77\x00\x09\x10\x32" /* TP-MR 7 */
#define ON "\x02\x6f\x37"

static bool read_n(const void *p, size_t n, struct tpdu_submit *s)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    return tpdu_submit_read(&r, s) && rd_left(&r) == 0;
}

#define READ(octets, s) read_n(octets, sizeof(octets) - 1, s)

static bool says(const struct tpdu_submit *s, const char *want)
{
    char text[600];

    tpdu_text(&s->sm, text, sizeof(text));
    return strcmp(text, want) == 0;
}

static void reads_a_plain_message(void)
{
    struct tpdu_submit s;

    CHECK(READ("\x01" TO "\x00\x00" ON, &s));
    CHECK(!s.rd && !s.srr && !s.sm.rp && s.vpf == TPDU_VP_NONE && s.mr == 7);
    CHECK(strcmp(s.sm.oa.text, "447700900123") == 0 && says(&s, "on"));
    CHECK(READ("\xa5" TO "\x41\x08\x02\x00\x61", &s));
    CHECK(s.rd && s.srr && s.sm.rp && s.sm.pid == 0x41 && says(&s, "a"));
    CHECK(READ("\x41" TO "\x00\x00\x09\x05\x00\x03\x42\x02\x01\xd0\x69", &s));
    CHECK(s.sm.concat.ref == 0x42 && s.sm.concat.seq == 1 && says(&s, "hi"));
    CHECK(tpdu_submit_seconds(&s) == -1);
}

static void knows_relative_validity(void)
{
    static const struct {
        uint8_t vp;
        int32_t seconds;
    } at[] = {
        { 0, 300 },      { 143, 43200 },   { 144, 45000 },   { 167, 86400 },
        { 168, 172800 }, { 196, 2592000 }, { 197, 3024000 }, { 255, 38102400 },
    };
    struct tpdu_submit s;

    CHECK(READ("\x11" TO "\x00\x00\xad" ON, &s));
    CHECK(s.vpf == TPDU_VP_RELATIVE && s.vp[0] == 0xad && says(&s, "on"));
    for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        s.vp[0] = at[i].vp;
        CHECK(tpdu_submit_seconds(&s) == at[i].seconds);
    }
}

#define ENHANCED(vp) "\x09" TO "\x00\x00" vp ON

static void knows_enhanced_validity(void)
{
    struct tpdu_submit s;

    CHECK(READ(ENHANCED("\0\0\0\0\0\0\0"), &s));
    CHECK(s.vpf == TPDU_VP_ENHANCED && tpdu_submit_seconds(&s) == -1);
    CHECK(READ(ENHANCED("\x01\x90\0\0\0\0\0"), &s));
    CHECK(tpdu_submit_seconds(&s) == 45000);
    CHECK(READ(ENHANCED("\x02\x3c\0\0\0\0\0"), &s));
    CHECK(tpdu_submit_seconds(&s) == 60);
    CHECK(READ(ENHANCED("\x02\0\0\0\0\0\0"), &s));
    CHECK(tpdu_submit_seconds(&s) == -1);                /* 0 is reserved */
    CHECK(READ(ENHANCED("\x43\x21\x40\x30\0\0\0"), &s)); /* single shot */
    CHECK(tpdu_submit_seconds(&s) == 12 * 3600 + 4 * 60 + 3);
    CHECK(READ(ENHANCED("\x03\xa1\x40\x30\0\0\0"), &s));
    CHECK(tpdu_submit_seconds(&s) == -1);            /* no digits */
    CHECK(READ(ENHANCED("\x82\0\x05\0\0\0\0"), &s)); /* one octet more */
    CHECK(tpdu_submit_seconds(&s) == 5 && says(&s, "on"));
    CHECK(READ(ENHANCED("\x07\1\1\1\1\1\1"), &s));
    CHECK(tpdu_submit_seconds(&s) == -1);
}

static void knows_absolute_validity(void)
{
    struct tpdu_submit s;

    CHECK(READ("\x19" TO "\x00\x00\x42\x50\x71\x21\x43\x65\x8a" ON, &s));
    CHECK(s.vpf == TPDU_VP_ABSOLUTE && tpdu_submit_seconds(&s) == -1);
    CHECK(memcmp(s.vp, "\x42\x50\x71\x21\x43\x65\x8a", 7) == 0);
    CHECK(says(&s, "on"));
}

static void refuses_every_truncation(void)
{
    static const char *const first[] = { "\x41", "\x49", "\x51", "\x59" };
    static const uint8_t vp[4] = { 0, 7, 1, 7 };

    for (size_t i = 0; i < 4; i++) {
        uint8_t t[60] = { 0 };
        size_t n = 12;
        struct tpdu_submit s;

        memcpy(t, "\x01" TO "\x00\x00", 12);
        t[0] = (uint8_t)first[i][0];
        n += vp[i];
        memcpy(t + n, "\x09\x05\x00\x03\x42\x02\x01\xd0\x69", 9);
        CHECK(read_n(t, n + 9, &s));
        for (size_t cut = 0; cut < n + 9; cut++) {
            CHECK(!read_n(t, cut, &s));
        }
    }
}

static void refuses_what_it_is_not(void)
{
    struct tpdu_submit s;

    CHECK(!READ("\x00" TO "\x00\x00" ON, &s));
    CHECK(!READ("\x02" TO "\x00\x00" ON, &s));
    CHECK(!READ("\x03" TO "\x00\x00" ON, &s));
}

static void writes_what_it_reads(void)
{
    static const struct {
        const char *octets;
        size_t len;
    } tpdu[] = {
#define T(s) { s, sizeof(s) - 1 }
        T("\x01" TO "\x00\x00" ON),
        T("\xa5" TO "\x41\x08\x02\x00\x61"),
        T("\x41" TO "\x00\x00\x09\x05\x00\x03\x42\x02\x01\xd0\x69"),
        T("\x11" TO "\x00\x00\xad" ON),
        T(ENHANCED("\x43\x21\x40\x30\0\0\0")),
        T("\x19" TO "\x00\x04\x42\x50\x71\x21\x43\x65\x8a\x01\xff"),
        T("\x01\x00\x03\xe3\x00\xf0\x02\x04\x00"),
#undef T
    };

    for (size_t i = 0; i < sizeof(tpdu) / sizeof(tpdu[0]); i++) {
        struct tpdu_submit s;
        uint8_t buf[200];
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_n(tpdu[i].octets, tpdu[i].len, &s));
        tpdu_submit_write(&w, &s);
        CHECK(wr_ok(&w) && w.len == tpdu[i].len);
        CHECK(memcmp(buf, tpdu[i].octets, tpdu[i].len) == 0);
    }
}

int main(void)
{
    reads_a_plain_message();
    knows_relative_validity();
    knows_enhanced_validity();
    knows_absolute_validity();
    refuses_every_truncation();
    refuses_what_it_is_not();
    writes_what_it_reads();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_test.c - SMS-DELIVER, both ways
 */

#include "tpdu.h"

#include "check.h"

/* From "0c91..." to the time stamp, as most TPDUs below begin. */
#define FROM "\x0c\x91\x44\x77\x00\x09\x10\x32"
#define AT   "\x42\x50\x71\x21\x43\x65\x00"

static bool read_n(const void *p, size_t n, struct tpdu_deliver *d)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);
    enum tpdu_mti mti;

    return tpdu_mt_read(&r, &mti, d) && mti == TPDU_DELIVER;
}

#define READ(octets, d) read_n(octets, sizeof(octets) - 1, d)

static const char *text_of(const struct tpdu_deliver *d)
{
    static char text[600];

    tpdu_text(d, text, sizeof(text));
    return text;
}

static void reads_a_plain_message(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x04" FROM "\x00\x00" AT "\x02\x6f\x37", &d));
    CHECK(!d.more && !d.lp && !d.sri && !d.rp);
    CHECK(d.oa.len == 12 && d.oa.ton == 1 && d.oa.npi == 1);
    CHECK(strcmp(d.oa.text, "447700900123") == 0);
    CHECK(d.udl == 2 && d.udh_len == 0 && d.ud_len == 2);
    CHECK(strcmp(text_of(&d), "on") == 0);
    CHECK(READ("\xa8" FROM "\x41\x00" AT "\x00", &d));
    CHECK(d.more && d.lp && d.sri && d.rp && d.pid == 0x41);
    CHECK(strcmp(text_of(&d), "") == 0);
}

static void tells_the_time(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x04" FROM "\x00\x00" AT "\x00", &d));
    CHECK(d.scts.valid && d.scts.year == 2024 && d.scts.month == 5);
    CHECK(tpdu_scts_unix(&d.scts) == 1715949296);
    /* two hours east, and nine and a half west */
    CHECK(READ("\x04" FROM "\x00\x00\x42\x50\x71\x21\x43\x65\x80\x00", &d));
    CHECK(d.scts.tz_quarters == 8);
    CHECK(tpdu_scts_unix(&d.scts) == 1715949296 - 7200);
    CHECK(READ("\x04" FROM "\x00\x00\x42\x50\x71\x21\x43\x65\x8b\x00", &d));
    CHECK(d.scts.tz_quarters == -38);
    CHECK(tpdu_scts_unix(&d.scts) == 1715949296 + 38 * 900);
    CHECK(READ("\x04" FROM "\x00\x00\x42\x20\x92\x32\x95\x95\x00\x00", &d));
    CHECK(tpdu_scts_unix(&d.scts) == 1709251199); /* 29 February */
}

static void keeps_a_message_with_a_bad_time(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x04" FROM "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", &d));
    CHECK(!d.scts.valid && tpdu_scts_unix(&d.scts) == -1);
    CHECK(READ("\x04" FROM "\x00\x00\xff\xff\xff\xff\xff\xff\xff\x00", &d));
    CHECK(!d.scts.valid && d.scts.tz_quarters == -85);
    CHECK(READ("\x04" FROM "\x00\x00\x32\x20\x92\x32\x95\x95\x00\x00", &d));
    CHECK(!d.scts.valid); /* no 29 February in 2023 */
}

/* One field of a good time stamp at a time. */
static void tells_a_time_from_no_time(void)
{
    static const struct {
        uint8_t at, octet;
        bool valid;
    } field[] = {
        { 0, 0x00, true },  { 0, 0x99, true },  { 0, 0x0a, false },
        { 0, 0xa0, false }, { 1, 0x10, true },  { 1, 0x21, true },
        { 1, 0x00, false }, { 1, 0x31, false }, { 2, 0x10, true },
        { 2, 0x13, true },  { 2, 0x00, false }, { 2, 0x23, false },
        { 3, 0x32, true },  { 3, 0x42, false }, { 4, 0x95, true },
        { 4, 0x06, false }, { 5, 0x95, true },  { 5, 0x06, false },
        { 6, 0x65, true },  { 6, 0x6d, true },  { 6, 0xa0, false },
        { 6, 0x97, true },  { 6, 0x9f, true },
    };

    for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
        uint8_t t[] = "\x04" FROM "\0\0" AT;
        struct tpdu_deliver d;

        t[11 + field[i].at] = field[i].octet;
        CHECK(read_n(t, sizeof(t), &d));
        CHECK(d.scts.valid == field[i].valid);
        CHECK(memcmp(d.scts.octet, t + 11, 7) == 0);
        CHECK((tpdu_scts_unix(&d.scts) >= 0) == field[i].valid);
    }
}

static void reads_an_alphanumeric_originator(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x04\x0e\xd0\x57\x74\x98\x3e\x0f\xc2\xe1\0\0" AT "\0", &d));
    CHECK(d.oa.ton == TPDU_TON_ALPHANUMERIC);
    CHECK(strcmp(d.oa.text, "WhatsApp") == 0);
    CHECK(READ("\x04\x0d\xd0\x41\xe1\x90\x58\x34\x02\x00\0\0" AT "\0", &d));
    CHECK(strcmp(d.oa.text, "ABCDEF@") == 0);
    CHECK(READ("\x04\x00\xd0\0\0" AT "\0", &d));
    CHECK(strcmp(d.oa.text, "") == 0);
}

/* Every length that counts half octets of 0 to 11 septets, both ways. */
static void reads_alphanumeric_originators_of_every_length(void)
{
    static const char letters[] = "ABCDEFGHIJK";
    static const uint8_t packed[] = { 0x41, 0xe1, 0x90, 0x58, 0x34,
                                      0x1e, 0x91, 0x49, 0xe5, 0x12 };

    for (uint8_t len = 0; len <= 20; len++) {
        uint8_t t[40] = { 0x04, len, 0xd0 }, buf[40];
        struct wr w = wr_init(buf, sizeof(buf));
        size_t septets = len * 4U / 7, octets = (len + 1U) / 2;
        struct tpdu_deliver d;

        memcpy(t + 3, packed, octets);
        memcpy(t + 3 + octets, "\0\0" AT "\0", 10);
        CHECK(read_n(t, octets + 13, &d) && d.oa.len == len);
        CHECK(strlen(d.oa.text) == septets);
        CHECK(strncmp(d.oa.text, letters, septets) == 0);
        tpdu_deliver_write(&w, &d);
        CHECK(wr_ok(&w) && w.len == octets + 13 && buf[1] == len);
        CHECK(read_n(buf, w.len, &d));
        CHECK(strncmp(d.oa.text, letters, septets) == 0);
    }
    CHECK(!READ("\x04\x15\xd0\1\1\1\1\1\1\1\1\1\1\1\0\0" AT "\0",
                &(struct tpdu_deliver){ .pid = 0 }));
}

static void keeps_every_type_of_number(void)
{
    for (unsigned type = 0x80; type < 0x100; type++) {
        uint8_t t[] = "\x04\x03\x91\x21\xf3\0\0" AT, buf[40];
        struct wr w = wr_init(buf, sizeof(buf));
        struct tpdu_deliver d;

        t[2] = (uint8_t)type;
        CHECK(read_n(t, sizeof(t), &d));
        CHECK(d.oa.ton == (type >> 4 & 7) && d.oa.npi == (type & 15));
        tpdu_deliver_write(&w, &d);
        CHECK(wr_ok(&w) && w.len == sizeof(t) && buf[2] == type);
        if (d.oa.ton != TPDU_TON_ALPHANUMERIC)
            CHECK(memcmp(buf, t, sizeof(t)) == 0);
    }
}

static void reads_an_originator_that_is_no_number(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x04\x06\x81\xba\xdc\x0e\0\0" AT "\0", &d));
    CHECK(strcmp(d.oa.text, "*#abc0") == 0);
    CHECK(READ("\x04\x04\x81\x21\xf3\0\0" AT "\0", &d));
    CHECK(strcmp(d.oa.text, "123") == 0); /* ends before its length */
    CHECK(!READ("\x04\x15\x91\1\1\1\1\1\1\1\1\1\1\1\0\0" AT "\0", &d));
}

/* Two septets "hi" behind a header of 6 octets. */
#define GSM7_UDH(h)                                                            \
    "\x44" FROM "\x00\x00" AT "\x09\x05" h "\xd0\x69" /* one fill bit */

static void the_last_good_concat_element_counts(void)
{
    struct tpdu_deliver d;

    CHECK(READ(GSM7_UDH("\x00\x03\x42\x02\x01"), &d));
    CHECK(d.concat.present && !d.concat.ref16 && d.concat.ref == 0x42);
    CHECK(d.concat.max == 2 && d.concat.seq == 1);
    CHECK(strcmp(text_of(&d), "hi") == 0);
    CHECK(READ(GSM7_UDH("\x00\x03\x42\x00\x01"), &d) && !d.concat.present);
    CHECK(READ(GSM7_UDH("\x00\x03\x42\x02\x00"), &d) && !d.concat.present);
    CHECK(READ(GSM7_UDH("\x00\x03\x42\x02\x03"), &d) && !d.concat.present);
    CHECK(READ("\x44" FROM "\x00\x04" AT "\x0c\x0b\x00\x03\x01\x02\x01"
               "\x08\x04\xab\xcd\x03\x02",
               &d));
    CHECK(d.concat.ref16 && d.concat.ref == 0xabcd && d.concat.seq == 2);
    /* a last one that makes no sense is not there */
    CHECK(READ("\x44" FROM "\x00\x04" AT "\x0b\x0a\x00\x03\x01\x02\x01"
               "\x00\x03\x02\x02\x05",
               &d));
    CHECK(d.concat.present && d.concat.ref == 1 && d.concat.seq == 1);
}

static void ignores_a_header_whose_elements_do_not_fit(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x44" FROM "\x00\x04" AT "\x0a\x08\x00\x03\x01\x02\x01"
               "\x24\x02\x01!",
               &d));
    CHECK(!d.concat.present && d.single_shift == 0 && d.udh_len == 9);
    CHECK(d.ud_len == 1 && d.ud[0] == '!');
}

/* Septets ESC A 0 ESC c behind these 7 octets of header: no fill bits. */
#define LANGUAGE_UDH(h)                                                        \
    "\x44" FROM "\x00\x00" AT "\x0d\x06" h "\x9b\x20\x6c\x33\x06"

static void reads_the_languages_of_a_text(void)
{
    struct tpdu_deliver d;

    CHECK(READ(LANGUAGE_UDH("\x24\x01\x02\x25\x01\x01"), &d));
    CHECK(d.lock_shift == 1 && d.single_shift == 2 && d.ud_len == 5);
    CHECK(strcmp(text_of(&d), "\xc3\x81"
                              "0c") == 0);
    CHECK(READ(LANGUAGE_UDH("\x25\x01\x01\x24\x01\x01"), &d));
    CHECK(strcmp(text_of(&d), "A0\xc3\xa7") == 0);
    CHECK(READ(LANGUAGE_UDH("\x25\x01\x04\x24\x01\x01"), &d));
    CHECK(strcmp(text_of(&d), "\xe0\xa6\xad"
                              "0\xc3\xa7") == 0);
    CHECK(READ(LANGUAGE_UDH("\x24\x01\x01\x24\x01\x02"), &d));
    CHECK(strcmp(text_of(&d), "\xc3\x81"
                              "0c") == 0); /* the last */
    CHECK(READ(LANGUAGE_UDH("\x24\x04\x01\x01\x01\x01"), &d));
    CHECK(d.single_shift == 0 && strcmp(text_of(&d), "A0c") == 0);
}

static void a_reserved_language_is_the_default(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x44" FROM "\x00\x00" AT "\x0a\x03\x25\x01\x63\x80\xb3\xc3\x69"
               "\x37",
               &d));
    CHECK(d.lock_shift == 0x63 && d.single_shift == 0);
    CHECK(strcmp(text_of(&d), "plain") == 0);
    CHECK(READ(LANGUAGE_UDH("\x25\x01\x02\x24\x01\xff"), &d));
    CHECK(strcmp(text_of(&d), "A0c") == 0);
}

static void languages_are_nothing_to_other_alphabets(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x44" FROM "\x00\x08" AT "\x06\x03\x25\x01\x0d\x00\x61", &d));
    CHECK(strcmp(text_of(&d), "a") == 0);
}

static void reads_ucs2_as_utf16(void)
{
    struct tpdu_deliver d;

#define UCS2(udl, ud) "\x04" FROM "\x00\x08" AT udl ud
    CHECK(READ(UCS2("\x06", "\x00\x61\xd8\x3d\xde\x00"), &d));
    CHECK(strcmp(text_of(&d), "a\xf0\x9f\x98\x80") == 0);
    CHECK(READ(UCS2("\x04", "\xd8\x3d\x00\x61"), &d)); /* high, alone */
    CHECK(strcmp(text_of(&d), "\xef\xbf\xbd"
                              "a") == 0);
    CHECK(READ(UCS2("\x02", "\xde\x00"), &d)); /* low, alone */
    CHECK(strcmp(text_of(&d), "\xef\xbf\xbd") == 0);
    CHECK(READ(UCS2("\x03", "\x00\x61\x00"), &d)); /* half a unit */
    CHECK(strcmp(text_of(&d), "a\xef\xbf\xbd") == 0);
    CHECK(READ(UCS2("\x03", "\xd8\x3d\xde"), &d));
    CHECK(strcmp(text_of(&d), "\xef\xbf\xbd\xef\xbf\xbd") == 0);
#undef UCS2
}

static void copies_what_is_no_text(void)
{
    struct tpdu_deliver d;
    char out[4];

    CHECK(READ("\x04" FROM "\x00\x04" AT "\x03\x00\xff\x80", &d));
    CHECK(tpdu_text(&d, out, sizeof(out)) == 3);
    CHECK(memcmp(out, "\x00\xff\x80", 4) == 0);
    CHECK(tpdu_text(&d, out, 2) == 1 && tpdu_text(&d, out, 0) == 0);
    CHECK(READ("\x04" FROM "\x00\x20" AT "\x03\x01\x02\x03", &d));
    CHECK(d.ud_len == 3 && tpdu_text(&d, out, sizeof(out)) == 3);
}

static void reads_a_reserved_type_as_deliver(void)
{
    struct tpdu_deliver d;

    CHECK(READ("\x07" FROM "\x00\x00" AT "\x02\x6f\x37", &d));
    CHECK(strcmp(text_of(&d), "on") == 0);
}

static void recognises_a_status_report(void)
{
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init("\x06\x01", 2, &err);
    enum tpdu_mti mti;

    CHECK(tpdu_mt_read(&r, &mti, &d) && mti == TPDU_STATUS_REPORT);
    CHECK(!READ("\x05" FROM "\x00\x00" AT "\x02\x6f\x37", &d));
}

static void refuses_every_truncation(void)
{
    static const char whole[] =
        "\x44" FROM "\x00\x00" AT "\x09\x05\x00\x03\x42\x02\x01\xd0\x69";
    struct tpdu_deliver d;

    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        CHECK(!read_n(whole, n, &d));
    }
    CHECK(read_n(whole, sizeof(whole) - 1, &d));
}

static void refuses_lengths_that_cannot_be(void)
{
    static const uint8_t much[200];
    uint8_t t[220] = "\x04" FROM "\x00\x00" AT "\xa1";
    struct tpdu_deliver d;

    memcpy(t + 19, much, sizeof(much));
    CHECK(!read_n(t, sizeof(t), &d)); /* 161 septets */
    t[18] = 0xa0;
    CHECK(read_n(t, sizeof(t), &d) && d.ud_len == 160);
    t[10] = 0x04;
    t[18] = 0x8d;
    CHECK(!read_n(t, sizeof(t), &d)); /* 141 octets */
    CHECK(!READ("\x44" FROM "\x00\x00" AT "\x00", &d));
    CHECK(!READ("\x44" FROM "\x00\x04" AT "\x03\x03\x70\x01", &d));
}

static void writes_what_it_reads(void)
{
    static const struct {
        const char *octets;
        size_t len;
    } tpdu[] = {
#define T(s) { s, sizeof(s) - 1 }
        T("\x04" FROM "\x00\x00" AT "\x02\x6f\x37"),
        T("\xe8" FROM "\x7f\x04" AT "\x05\x03\x06\x01\x01!"),
        T("\x44" FROM "\x00\x00" AT "\x07\x05\x00\x03\x42\x02\x01\x00"),
        T("\x44" FROM "\x00\x00" AT "\x09\x05\x00\x03\x42\x02\x01\xd0\x69"),
        T("\x04\x0d\xd0\x41\xe1\x90\x58\x34\x02\x00\x00\x00" AT "\x00"),
        T("\x04\x05\x81\x1a\x00\xfb\x00\x08" AT "\x02\x00\x61"),
#undef T
    };

    for (size_t i = 0; i < sizeof(tpdu) / sizeof(tpdu[0]); i++) {
        struct tpdu_deliver d;
        uint8_t buf[200];
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_n(tpdu[i].octets, tpdu[i].len, &d));
        tpdu_deliver_write(&w, &d);
        CHECK(wr_ok(&w) && w.len == tpdu[i].len);
        CHECK(memcmp(buf, tpdu[i].octets, tpdu[i].len) == 0);
    }
}

static void will_not_write_what_does_not_fit(void)
{
    struct tpdu_deliver d;
    uint8_t buf[200];
    struct wr w = wr_init(buf, sizeof(buf));

    CHECK(READ("\x04" FROM "\x00\x04" AT "\x00", &d));
    d.ud_len = 141;
    tpdu_deliver_write(&w, &d);
    CHECK(!wr_ok(&w));
    d.ud_len = 0;
    d.oa.ton = TPDU_TON_ALPHANUMERIC;
    strcpy(d.oa.text, "TwelveLetter");
    w = wr_init(buf, sizeof(buf));
    tpdu_deliver_write(&w, &d);
    CHECK(!wr_ok(&w));
}

int main(void)
{
    SHOWS("TP-01", reads_a_plain_message);
    SHOWS("TP-11", tells_the_time);
    SHOWS("TP-11", keeps_a_message_with_a_bad_time);
    SHOWS("TP-11", tells_a_time_from_no_time);
    SHOWS("TP-02", reads_an_alphanumeric_originator);
    SHOWS("TP-02", reads_alphanumeric_originators_of_every_length);
    SHOWS("TP-01 TP-02", keeps_every_type_of_number);
    SHOWS("TP-02", reads_an_originator_that_is_no_number);
    the_last_good_concat_element_counts();
    SHOWS("TP-05", ignores_a_header_whose_elements_do_not_fit);
    SHOWS("TP-09", reads_the_languages_of_a_text);
    SHOWS("TP-09", a_reserved_language_is_the_default);
    SHOWS("TP-09", languages_are_nothing_to_other_alphabets);
    SHOWS("TP-06", reads_ucs2_as_utf16);
    copies_what_is_no_text();
    reads_a_reserved_type_as_deliver();
    recognises_a_status_report();
    SHOWS("TP-01 TP-05", refuses_every_truncation);
    SHOWS("TP-05", refuses_lengths_that_cannot_be);
    SHOWS("TP-01", writes_what_it_reads);
    will_not_write_what_does_not_fit();
    return CHECK_DONE();
}

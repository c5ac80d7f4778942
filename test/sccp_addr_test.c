/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_addr_test.c - addresses as they are seen on the wire
 */

#include "check.h"
#include "sccp_addr.h"

struct octets {
    const char *o;
    size_t len;
};
#define O(literal)                                                             \
    {                                                                          \
        literal, sizeof(literal) - 1                                           \
    }

static bool read_addr(const struct octets *from, struct sccp_addr *a)
{
    struct rd_err err;
    struct rd r = rd_init(from->o, from->len, &err);

    sccp_addr_read(&r, a);
    return rd_ok(&r);
}

/* The octets without their length, or -1. */
static int written(const struct sccp_addr *a, uint8_t buf[64])
{
    uint8_t all[64];
    struct wr w = wr_init(all, sizeof(all));

    sccp_addr_write(&w, a);
    if (!wr_ok(&w) || all[0] != w.len - 1)
        return -1;
    memcpy(buf, all + 1, w.len - 1);
    return (int)w.len - 1;
}

static void reads_a_global_title_of_format_4(void)
{
    static const struct octets o =
        O("\x12\x06\x00\x12\x04\x44\x77\x00\x09\x10\x32");
    struct sccp_addr a;

    CHECK(read_addr(&o, &a));
    CHECK(!a.on_ssn && !a.national && !a.has_pc && a.has_ssn && a.ssn == 6);
    CHECK(a.gt.gti == 4 && a.gt.tt == 0 && a.gt.np == 1 && a.gt.nai == 4);
    CHECK(strcmp(a.gt.digits, "447700900123") == 0);
}

static void reads_a_point_code_of_14_bits(void)
{
    static const struct octets o = O("\x43\xff\xff\x08");
    struct sccp_addr a;

    CHECK(read_addr(&o, &a));
    CHECK(a.on_ssn && a.has_pc && a.pc == 0x3fff && a.ssn == 8);
}

static void reads_odd_hexadecimal_and_missing_parts(void)
{
    static const struct octets odd =
        O("\x12\x06\x00\x11\x04\x44\x77\x00\x09\x10\xf2");
    static const struct octets hex =
        O("\x12\x06\x00\x12\x04\x21\x43\x65\x87\x09\xba");
    static const struct octets no_ssn =
        O("\x10\x00\x12\x04\x44\x77\x00\x09\x10\x32");
    static const struct octets nothing = O("\x00");
    struct sccp_addr a;

    CHECK(read_addr(&odd, &a) && strcmp(a.gt.digits, "44770090012") == 0);
    CHECK(read_addr(&hex, &a) && strcmp(a.gt.digits, "1234567890ab") == 0);
    CHECK(read_addr(&no_ssn, &a) && !a.has_ssn && a.gt.gti == 4);
    CHECK(read_addr(&nothing, &a) && !a.has_ssn && a.gt.gti == 0);
}

static void reads_the_other_formats(void)
{
    static const struct octets f1 = O("\x06\x06\x84\x21\x43\x05");
    static const struct octets f2 = O("\x0a\x06\x09\x44\x77\x00");
    static const struct octets f3 = O("\x0e\x06\x02\x61\x21\x03");
    struct sccp_addr a;

    CHECK(read_addr(&f1, &a) && a.gt.gti == 1 && a.gt.nai == 4);
    CHECK(strcmp(a.gt.digits, "12345") == 0);
    CHECK(read_addr(&f2, &a) && a.gt.gti == 2 && a.gt.tt == 9);
    CHECK(strcmp(a.gt.digits, "447700") == 0);
    CHECK(read_addr(&f3, &a) && a.gt.gti == 3 && a.gt.tt == 2 && a.gt.np == 6);
    CHECK(strcmp(a.gt.digits, "123") == 0);
}

static void refuses_what_is_too_short_too_long_or_reserved(void)
{
    static const struct octets bad[] = {
        O(""),
        O("\x12\x06"),
        O("\x12\x06\x00\x12"),
        O("\x12\x06\x00\x11\x04"), /* odd, but no digit */
        O("\x43\x01"),
        O("\x42"),
        O("\x16\x06\x44\x77"), /* format 5 */
        O("\x3e\x06\x44\x77"), /* format 15 */
        O("\x12\x06\x00\x12\x04\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11\x11"
          "\x11\x11\x11\x11\x11\x11"), /* 34 digits */
        O("\x42\x06\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
          "\x10\x11\x12\x13\x14\x15\x16\x17\x18"), /* 25 octets */
    };
    struct sccp_addr a;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!read_addr(&bad[i], &a));
}

static void the_longest_address_keeps_its_octets(void)
{
    static const struct octets o =
        O("\x13\x01\x02\x06\x00\x12\x04\x11\x11\x11\x11\x11\x11\x11\x11\x11"
          "\x11\x11\x11\x11\x11\x11\x11");
    struct sccp_addr a;
    uint8_t buf[64];

    CHECK(read_addr(&o, &a) && strlen(a.gt.digits) == SCCP_GT_DIGITS);
    CHECK(written(&a, buf) == (int)o.len && memcmp(buf, o.o, o.len) == 0);
}

/* Filler F, encoding scheme 0, spare bits: as received, so it goes back. */
static void goes_back_octet_by_octet_until_it_is_changed(void)
{
    static const struct octets o =
        O("\x13\x01\xc0\x06\x00\x11\x84\x44\x77\x00\x09\x10\xf2");
    struct sccp_addr a;
    uint8_t buf[64];

    CHECK(read_addr(&o, &a));
    CHECK(written(&a, buf) == (int)o.len && memcmp(buf, o.o, o.len) == 0);
    a.ssn = 8;
    a.wire_len = 0;
    CHECK(written(&a, buf) == (int)o.len);
    CHECK(memcmp(buf, "\x13\x01\x00\x08\x00\x11\x04\x44\x77\x00\x09\x10\x02",
                 13) == 0);
}

static void fields_written_are_the_octets_read(void)
{
    static const struct octets all[] = {
        O("\x12\x06\x00\x12\x04\x44\x77\x00\x09\x10\x32"),
        O("\x10\x00\x12\x04\x44\x77\x00\x09\x10\x32"),
        O("\x06\x06\x84\x21\x43\x05"),
        O("\x0a\x06\x09\x44\x77\x00"),
        O("\x0e\x06\x02\x61\x21\x03"),
        O("\xd3\x34\x12\x07\x09\x72\x03\xba\xdc\xfe"),
        O("\x43\xff\x3f\x08"),
        O("\x00"),
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct sccp_addr a;
        uint8_t buf[64];

        CHECK(read_addr(&all[i], &a));
        a.wire_len = 0;
        CHECK(written(&a, buf) == (int)all[i].len);
        CHECK(memcmp(buf, all[i].o, all[i].len) == 0);
    }
}

static void makes_e164_addresses(void)
{
    struct sccp_addr a = sccp_addr_e164("44770090012", 8);
    uint8_t buf[64];

    CHECK(written(&a, buf) == 11);
    CHECK(memcmp(buf, "\x12\x08\x00\x11\x04\x44\x77\x00\x09\x10\x02", 11) == 0);
    a = sccp_addr_e164("0123456789012345678901234567890123456789", 8);
    CHECK(strlen(a.gt.digits) == SCCP_GT_DIGITS && written(&a, buf) == 21);
}

static void tells_equal_from_different(void)
{
    static const struct octets filler_f =
        O("\x12\x08\x00\x11\x04\x44\x77\x00\x09\x10\xf2");
    struct sccp_addr a, b = sccp_addr_e164("44770090012", 8);

    CHECK(read_addr(&filler_f, &a) && sccp_addr_equal(&a, &b));
    b.ssn = 6;
    CHECK(!sccp_addr_equal(&a, &b));
    b = sccp_addr_e164("44770090013", 8);
    CHECK(!sccp_addr_equal(&a, &b));
    b = a;
    b.gt.tt = 1;
    CHECK(!sccp_addr_equal(&a, &b));
    b = a;
    b.has_pc = true;
    CHECK(!sccp_addr_equal(&a, &b));
    b = a;
    b.on_ssn = true;
    CHECK(!sccp_addr_equal(&a, &b));
}

static void has_a_name_for_log_lines(void)
{
    struct sccp_addr a = sccp_addr_e164("447700900123", 6);
    char buf[64], small[8];

    CHECK(strcmp(sccp_addr_str(&a, buf, sizeof(buf)),
                 "GT 447700900123 SSN 6") == 0);
    a = (struct sccp_addr){
        .has_pc = true, .pc = 3 << 11 | 8 << 3 | 1, .has_ssn = true, .ssn = 8
    };
    CHECK(strcmp(sccp_addr_str(&a, buf, sizeof(buf)), "PC 3-8-1 SSN 8") == 0);
    a = (struct sccp_addr){ 0 };
    CHECK(strcmp(sccp_addr_str(&a, buf, sizeof(buf)), "nothing") == 0);
    a = sccp_addr_e164("447700900123", 6);
    CHECK(strcmp(sccp_addr_str(&a, small, sizeof(small)), "GT 447") == 0);
    CHECK(strcmp(sccp_addr_str(&a, small, 1), "") == 0);
}

int main(void)
{
    SHOWS("SC-02", reads_a_global_title_of_format_4);
    SHOWS("SC-02", reads_a_point_code_of_14_bits);
    SHOWS("SC-02 SC-03", reads_odd_hexadecimal_and_missing_parts);
    SHOWS("SC-02", reads_the_other_formats);
    SHOWS("SC-02 SC-03", refuses_what_is_too_short_too_long_or_reserved);
    SHOWS("SC-03", the_longest_address_keeps_its_octets);
    SHOWS("SC-02 SC-12", goes_back_octet_by_octet_until_it_is_changed);
    SHOWS("SC-02 SC-03", fields_written_are_the_octets_read);
    SHOWS("SC-02", makes_e164_addresses);
    tells_equal_from_different();
    has_a_name_for_log_lines();
    return CHECK_DONE();
}

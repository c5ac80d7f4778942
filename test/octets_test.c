/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * octets_test.c - the cursors: what fails, where, and what happens after
 */

#include "check.h"
#include "octets.h"

static void reads_what_is_there(void)
{
    static const uint8_t o[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct rd_err err;
    struct rd r = rd_init(o, sizeof(o), &err);

    CHECK(rd_u8(&r, "a") == 1);
    CHECK(rd_u16be(&r, "b") == 0x0203);
    CHECK(rd_u32be(&r, "c") == 0x04050607);
    CHECK(rd_left(&r) == 1 && rd_ok(&r));
    CHECK(*rd_take(&r, 1, "d") == 8);
    rd_end(&r, "end");
    CHECK(rd_ok(&r) && err.what == NULL);
}

static void the_first_failure_stays(void)
{
    static const uint8_t o[] = { 1, 2, 3 };
    struct rd_err err;
    struct rd r = rd_init(o, sizeof(o), &err);

    CHECK(rd_u8(&r, "one") == 1);
    CHECK(rd_u32be(&r, "four") == 0);
    CHECK(rd_take(&r, 9, "nine") == NULL);
    rd_fail(&r, "later");
    CHECK(strcmp(err.what, "four") == 0 && err.at == 1);
    CHECK(rd_left(&r) == 0 && rd_u8(&r, "x") == 0);
}

static void a_failure_empties_all_windows_of_the_message(void)
{
    static const uint8_t o[] = { 1, 2, 3, 4 };
    struct rd_err err;
    struct rd r = rd_init(o, sizeof(o), &err);
    struct rd sub = rd_sub(&r, 2, "sub");

    CHECK(rd_left(&sub) == 2 && rd_left(&r) == 2);
    rd_end(&sub, "sub too long");
    CHECK(!rd_ok(&r) && rd_left(&r) == 0 && rd_left(&sub) == 0);
    CHECK(err.at == 0);
    sub = rd_sub(&r, 1, "after");
    CHECK(rd_left(&sub) == 0);
}

static void a_window_ends_before_its_message(void)
{
    static const uint8_t o[] = { 1, 2, 3, 4 };
    struct rd_err err;
    struct rd r = rd_init(o, sizeof(o), &err);
    struct rd sub = rd_sub(&r, 1, "sub");

    CHECK(rd_u16be(&sub, "beyond") == 0 && !rd_ok(&r));
}

static void nothing_at_all_can_be_read(void)
{
    struct rd_err err;
    struct rd r = rd_init(NULL, 0, &err);

    CHECK(rd_left(&r) == 0 && rd_ok(&r));
    CHECK(rd_take(&r, 0, "none") != NULL && rd_ok(&r));
    rd_u8(&r, "one");
    CHECK(!rd_ok(&r) && err.at == 0);
}

static void writes_up_to_the_end_and_no_octet_further(void)
{
    uint8_t buf[6] = { 0, 0, 0, 0, 0, 0xee };
    struct wr w = wr_init(buf, 5);

    wr_u8(&w, 1);
    wr_u16be(&w, 0x0203);
    wr_bytes(&w, NULL, 0);
    wr_bytes(&w, "\x04\x05", 2);
    CHECK(wr_ok(&w) && w.len == 5);
    CHECK(memcmp(buf, "\x01\x02\x03\x04\x05", 5) == 0);
    wr_u8(&w, 6);
    CHECK(!wr_ok(&w) && w.len == 5 && buf[5] == 0xee);
}

static void what_does_not_fit_is_not_written_in_part(void)
{
    uint8_t buf[4] = { 9, 9, 9, 9 };
    struct wr w = wr_init(buf, sizeof(buf));

    wr_bytes(&w, "abcde", 5);
    CHECK(!wr_ok(&w) && w.len == 0 && buf[0] == 9);
    wr_u8(&w, 1);
    CHECK(!wr_ok(&w) && w.len == 0);
}

int main(void)
{
    reads_what_is_there();
    the_first_failure_stays();
    a_failure_empties_all_windows_of_the_message();
    a_window_ends_before_its_message();
    nothing_at_all_can_be_read();
    writes_up_to_the_end_and_no_octet_further();
    what_does_not_fit_is_not_written_in_part();
    return CHECK_DONE();
}

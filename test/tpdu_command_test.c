/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_command_test.c - SMS-COMMAND, both ways
 */

#include "tpdu_command.h"

#include "check.h"

static const char whole[] =
    "\x62\x01\x21\x02\x05\x0c\x91\x94\x51\x11\x32\x54\x76\x03\x02\x70\x00";

static bool read_n(const void *p, size_t n, struct tpdu_command *c)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    return tpdu_command_read(&r, c) && rd_left(&r) == 0;
}

static void reads_a_command(void)
{
    struct tpdu_command c;

    CHECK(read_n(whole, sizeof(whole) - 1, &c));
    CHECK(c.udhi && c.srr && c.mr == 1 && c.pid == 0x21 && c.ct == 2);
    CHECK(c.mn == 5 && strcmp(c.da.text, "491511234567") == 0);
    CHECK(c.cdl == 3 && memcmp(c.cd, "\x02\x70\x00", 3) == 0);
    CHECK(read_n("\x02\x01\x00\x00\x05\x00\x81\x00", 8, &c));
    CHECK(!c.udhi && !c.srr && c.cdl == 0 && c.da.text[0] == '\0');
}

static void refuses_every_truncation(void)
{
    struct tpdu_command c;

    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        CHECK(!read_n(whole, n, &c));
    }
    CHECK(!read_n("\x01\x01\x00\x00\x05\x00\x81\x00", 8, &c));
}

static void takes_as_much_data_as_can_be_counted(void)
{
    uint8_t t[8 + 255] = "\x02\x01\x00\x00\x05\x00\x81\xff";
    struct tpdu_command c;

    CHECK(!read_n(t, sizeof(t) - 1, &c));
    CHECK(read_n(t, sizeof(t), &c) && c.cdl == 255);
}

static void writes_what_it_reads(void)
{
    struct tpdu_command c;
    uint8_t buf[40];
    struct wr w = wr_init(buf, sizeof(buf));

    CHECK(read_n(whole, sizeof(whole) - 1, &c));
    tpdu_command_write(&w, &c);
    CHECK(wr_ok(&w) && w.len == sizeof(whole) - 1);
    CHECK(memcmp(buf, whole, w.len) == 0);
}

int main(void)
{
    reads_a_command();
    refuses_every_truncation();
    takes_as_much_data_as_can_be_counted();
    writes_what_it_reads();
    return CHECK_DONE();
}

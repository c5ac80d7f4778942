/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_dlg_test.c - MAP dialogue PDUs
 */

#include "map_dlg.h"

#include "check.h"
#include "unhex.h"

static uint8_t octets[64];
static struct rd_err err;

static bool read_pdu(const char *hex, struct map_dlg *d)
{
    size_t n = unhex(hex, octets, sizeof(octets));

    return map_dlg_read(rd_init(octets, n, &err), d);
}

static void pdus_survive_the_round_trip(void)
{
    static const char *const hex[] = {
        "a000",
        "a01480099632140599999999f9810791447700093012",
        "a009810791447700093012",
        "a100",
        "a200",
        "a3030a0102",
        "a30c0a0100060704000001001402",
        "a4028000",
        "a4028100",
        "a403820101",
        "a403830105",
        "a5030a0100",
        "a5030a0101",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_dlg d;
        uint8_t want[64], buf[64];
        size_t n = unhex(hex[i], want, sizeof(want));
        struct wr w = wr_init(buf, sizeof(buf));

        CHECK(read_pdu(hex[i], &d));
        map_dlg_write(&w, &d);
        CHECK(wr_ok(&w) && w.len == n && memcmp(buf, want, n) == 0);
    }
}

static void reads_the_references_of_map_open(void)
{
    struct map_dlg d;

    CHECK(read_pdu("a01480099632140599999999f9810791447700093012", &d));
    CHECK(d.type == MAP_DLG_OPEN && d.has_dest && d.has_orig);
    CHECK(d.dest.nai_npi == 0x96);
    CHECK(strcmp(d.dest.digits, "234150999999999") == 0);
    CHECK(strcmp(d.orig.digits, "447700900321") == 0);
    CHECK(read_pdu("a080300205000000", &d)); /* an extension alone */
    CHECK(!d.has_dest && !d.has_orig);
}

static void refuses_a_broken_pdu_and_spoils_nothing_else(void)
{
    static const char *const hex[] = {
        "",
        "a0058009910000", /* longer than map-open */
        "a0028000",       /* AddressString of no octet */
        "a005a009800191", /* longer than its parent */
        "a300",
        "a400",
        "a4028400",
        "a500",
        "a600",
        "3000",
    };

    for (size_t i = 0; i < sizeof(hex) / sizeof(hex[0]); i++) {
        struct map_dlg d;

        CHECK(!read_pdu(hex[i], &d));
        CHECK(err.what == NULL);
    }
}

int main(void)
{
    pdus_survive_the_round_trip();
    SHOWS("MA-08", reads_the_references_of_map_open);
    refuses_a_broken_pdu_and_spoils_nothing_else();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table_test.c - the register in memory against a slow model of it
 */

#include "check.h"
#include "hlr/hlr_table.h"

#include <stdlib.h>

static const char mccmnc[3][7] = { "23415", "310260", "" };
static const char *why;

static struct hlr_row row(const char *first, const char *last, const char *imsi)
{
    struct hlr_row r = { .network = 0, .status = HLR_ACTIVE, .route = 7 };

    strcpy(r.first, first);
    strcpy(r.last, last);
    strcpy(r.imsi, imsi);
    return r;
}

static int add(struct hlr_table *t, const char *first, const char *last,
               const char *imsi)
{
    struct hlr_row r = row(first, last, imsi);

    why = "";
    return hlr_table_add(t, &r, &why);
}

static bool refuses(struct hlr_table *t, const char *first, const char *last,
                    const char *imsi, const char *because)
{
    size_t before = hlr_table_rows(t);
    bool right = add(t, first, last, imsi) == -1 && strstr(why, because) &&
                 hlr_table_rows(t) == before;

    if (!right)
        printf("%s to %s: <%s>\n", first, last, why);
    return right;
}

static bool finish(struct hlr_table *t)
{
    return hlr_table_finish(t, &why) == 0;
}

static bool number_is(const struct hlr_table *t, const char *n,
                      const char *imsi)
{
    struct hlr_entry e;

    return hlr_find_msisdn(t, n, &e) && strcmp(e.msisdn, n) == 0 &&
           strcmp(e.imsi, imsi) == 0;
}

static bool imsi_is(const struct hlr_table *t, const char *imsi, const char *n)
{
    struct hlr_entry e;

    return hlr_find_imsi(t, imsi, &e) && strcmp(e.msisdn, n) == 0 &&
           strcmp(e.imsi, imsi) == 0;
}

static void finds_a_number_and_its_imsi(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_row r = row("447700900123", "447700900123", "234150000000017");
    struct hlr_entry e;

    r.network = 2;
    r.status = HLR_NO_SMS;
    r.route = HLR_ROUTE_NONE;
    CHECK(hlr_table_add(t, &r, &why) == 0 && finish(t));
    CHECK(hlr_find_msisdn(t, "447700900123", &e));
    CHECK(strcmp(e.imsi, "234150000000017") == 0);
    CHECK(e.network == 2 && e.status == HLR_NO_SMS);
    CHECK(e.route == HLR_ROUTE_NONE);
    CHECK(hlr_find_imsi(t, "234150000000017", &e));
    CHECK(strcmp(e.msisdn, "447700900123") == 0 && e.network == 2);
    CHECK(!hlr_find_msisdn(t, "447700900124", &e));
    CHECK(!hlr_find_msisdn(t, "44770090012", &e));
    CHECK(!hlr_find_msisdn(t, "4477009001230", &e));
    CHECK(!hlr_find_msisdn(t, "0447700900123", &e));
    CHECK(!hlr_find_imsi(t, "234150000000018", &e));
    hlr_table_free(t);
}

static void an_empty_table_finds_nothing(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_entry e;

    CHECK(finish(t) && hlr_table_rows(t) == 0);
    CHECK(!hlr_find_msisdn(t, "1", &e) && !hlr_find_imsi(t, "1", &e));
    hlr_table_free(t);
    hlr_table_free(NULL);
}

static void takes_no_digits_that_are_none(void)
{
    static const char *const bad[] = { "",     "44a",
                                       "+447", "1234567890123456",
                                       "44 7", "12345678901234567890123456" };
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_entry e;

    CHECK(add(t, "447", "447", "001010000000001") == 0 && finish(t));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!hlr_find_msisdn(t, bad[i], &e));
        CHECK(!hlr_find_imsi(t, bad[i], &e));
    }
    CHECK(imsi_is(t, "001010000000001", "447"));
    hlr_table_free(t);
}

static void a_range_counts_numbers_and_imsis_together(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_entry e;

    CHECK(add(t, "447700900100", "447700900299", "234150000000950") == 0);
    CHECK(finish(t));
    CHECK(number_is(t, "447700900100", "234150000000950"));
    CHECK(number_is(t, "447700900150", "234150000001000"));
    CHECK(number_is(t, "447700900299", "234150000001149"));
    CHECK(imsi_is(t, "234150000001149", "447700900299"));
    CHECK(imsi_is(t, "234150000000950", "447700900100"));
    CHECK(!hlr_find_msisdn(t, "447700900099", &e));
    CHECK(!hlr_find_msisdn(t, "447700900300", &e));
    CHECK(!hlr_find_imsi(t, "234150000000949", &e));
    CHECK(!hlr_find_imsi(t, "234150000001150", &e));
    hlr_table_free(t);
}

static void makes_imsis_of_the_last_digits(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_row r = row("15550001000", "15550001999", "");

    CHECK(add(t, "447700900123", "447700900123", "") == 0);
    CHECK(add(t, "447700901000", "447700901999", "") == 0);
    CHECK(add(t, "7301", "7305", "") == 0);
    r.network = 1;
    CHECK(hlr_table_add(t, &r, &why) == 0 && finish(t));
    CHECK(number_is(t, "447700900123", "234157700900123"));
    CHECK(imsi_is(t, "234157700900123", "447700900123"));
    CHECK(number_is(t, "447700901500", "234157700901500"));
    CHECK(imsi_is(t, "234157700901500", "447700901500"));
    CHECK(number_is(t, "7303", "234150000007303"));
    CHECK(imsi_is(t, "234150000007303", "7303"));
    CHECK(number_is(t, "15550001234", "310260550001234"));
    CHECK(imsi_is(t, "310260550001234", "15550001234"));
    hlr_table_free(t);
}

static void a_number_in_a_range_comes_first(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_row r = row("447700900150", "447700900150", "");
    struct hlr_entry e;

    r.status = HLR_BARRED;
    CHECK(add(t, "447700900100", "447700900199", "") == 0);
    CHECK(hlr_table_add(t, &r, &why) == 0);
    CHECK(add(t, "447700900160", "447700900160", "999990000000000") == 0);
    CHECK(finish(t));
    CHECK(hlr_find_msisdn(t, "447700900150", &e) && e.status == HLR_BARRED);
    CHECK(hlr_find_imsi(t, "234157700900150", &e) && e.status == HLR_BARRED);
    CHECK(hlr_find_msisdn(t, "447700900151", &e) && e.status == HLR_ACTIVE);
    CHECK(number_is(t, "447700900160", "999990000000000"));
    CHECK(imsi_is(t, "999990000000000", "447700900160"));
    /* what was handed out before it got an IMSI of its own */
    CHECK(imsi_is(t, "234157700900160", "447700900160"));
    hlr_table_free(t);
}

static void refuses_what_cannot_be(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_row r = row("4477", "4477", "");

    CHECK(refuses(t, "", "1", "", "15 decimal digits"));
    CHECK(refuses(t, "44x", "44x", "", "15 decimal digits"));
    CHECK(refuses(t, "1234567890123456", "1", "", "15 decimal digits"));
    CHECK(refuses(t, "447", "4477", "", "as long as"));
    CHECK(refuses(t, "4478", "4477", "", "as long as"));
    CHECK(refuses(t, "4477", "4477", "12345", "6 to 15"));
    CHECK(refuses(t, "4477", "4477", "23415x", "6 to 15"));
    CHECK(refuses(t, "4470", "4479", "999995", "run over"));
    CHECK(refuses(t, "449999999999", "450000000000", "", "run over"));
    r.network = 3;
    CHECK(hlr_table_add(t, &r, &why) == -1 && strstr(why, "network"));
    r.network = 2;
    CHECK(hlr_table_add(t, &r, &why) == -1 && strstr(why, "mcc-mnc"));
    r.network = 0;
    r.status = 0;
    CHECK(hlr_table_add(t, &r, &why) == -1 && strstr(why, "status"));
    r.status = 5;
    CHECK(hlr_table_add(t, &r, &why) == -1 && strstr(why, "status"));
    CHECK(finish(t));
    hlr_table_free(t);
}

static void refuses_what_is_there(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);

    CHECK(add(t, "447700900100", "447700900199", "234150000000100") == 0);
    CHECK(refuses(t, "447700900199", "447700900299", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900000", "447700900100", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900120", "447700900130", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900000", "447700900999", "234151000000000",
                  "overlaps another range"));
    CHECK(refuses(t, "447700900200", "447700900299", "234150000000199",
                  "IMSIs of the range"));
    CHECK(refuses(t, "447700900200", "447700900299", "234150000000001",
                  "IMSIs of the range"));
    CHECK(add(t, "447700900200", "447700900299", "234150000000000") == 0);
    CHECK(add(t, "447700900500", "447700900500", "234150000000200") == 0);
    CHECK(refuses(t, "447700900500", "447700900500", "234150000000201",
                  "there already"));
    CHECK(refuses(t, "447700900501", "447700900501", "234150000000200",
                  "another number's"));
    CHECK(refuses(t, "447700900502", "447700900502", "234150000000150",
                  "number in a range"));
    CHECK(add(t, "447700900150", "447700900150", "234150000000150") == 0);
    CHECK(finish(t));
    hlr_table_free(t);
}

static void sees_at_the_end_what_a_late_range_broke(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);

    CHECK(add(t, "447700900500", "447700900500", "234150000000150") == 0);
    CHECK(add(t, "447700900100", "447700900199", "234150000000100") == 0);
    CHECK(!finish(t));
    CHECK(strstr(why, "234150000000150") && strstr(why, "447700900500"));
    hlr_table_free(t);
}

/* ---- many rows, against arrays that are searched from end to end ---- */

enum { RANGES = 50, NUMBERS = 3000, SPAN = 100 };

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

static void agrees_with_a_slow_model(void)
{
    static char number[NUMBERS][16], imsi[NUMBERS][16];
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_entry e;
    unsigned n = 0;

    for (unsigned i = 0; i < RANGES; i++) {
        char first[16], last[16], from[16];
        /* out of order, so that each is put between others */
        unsigned at = (i * 37 % RANGES) * 1000;

        snprintf(first, sizeof(first), "4479%08u", at);
        snprintf(last, sizeof(last), "4479%08u", at + SPAN - 1);
        snprintf(from, sizeof(from), "20601%010u", (RANGES - i) * 500);
        CHECK(add(t, first, last, from) == 0);
    }
    while (n < NUMBERS) {
        snprintf(number[n], 16, "%0*u", 6 + (int)any(4), any(999999));
        snprintf(imsi[n], 16, "90170%010u", n * 7);
        if (add(t, number[n], number[n], imsi[n]) == 0)
            n++;
        else
            CHECK(strstr(why, "there already") != NULL);
    }
    CHECK(finish(t));
    CHECK(hlr_table_rows(t) == RANGES + NUMBERS);
    for (unsigned i = 0; i < n; i++) {
        CHECK(number_is(t, number[i], imsi[i]));
        CHECK(imsi_is(t, imsi[i], number[i]));
    }
    for (unsigned i = 0; i < RANGES * 1000; i += 3) {
        char text[16], from[16];
        unsigned at = i / 1000, k = 0;

        while (k * 37 % RANGES != at)
            k++;
        snprintf(text, sizeof(text), "4479%08u", i);
        snprintf(from, sizeof(from), "20601%010u",
                 (RANGES - k) * 500 + i % 1000);
        if (i % 1000 < SPAN)
            CHECK(number_is(t, text, from) && imsi_is(t, from, text));
        else
            CHECK(!hlr_find_msisdn(t, text, &e));
    }
    hlr_table_free(t);
}

static void a_million_numbers_are_small(void)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 3);
    struct hlr_row r = row("", "", "");
    unsigned failed = 0;

    for (unsigned i = 0; i < 1000000; i++) {
        snprintf(r.first, sizeof(r.first), "4477%08u", i * 7 % 10000000);
        strcpy(r.last, r.first);
        failed += hlr_table_add(t, &r, &why) != 0;
    }
    CHECK(failed == 0 && finish(t));
    CHECK(hlr_table_octets(t) < 40000000);
    CHECK(number_is(t, "447700000007", "234157700000007"));
    CHECK(imsi_is(t, "234157706999993", "447706999993"));
    hlr_table_free(t);
}

int main(void)
{
    SHOWS("HL-02", finds_a_number_and_its_imsi);
    an_empty_table_finds_nothing();
    takes_no_digits_that_are_none();
    a_range_counts_numbers_and_imsis_together();
    makes_imsis_of_the_last_digits();
    SHOWS("HL-02", a_number_in_a_range_comes_first);
    refuses_what_cannot_be();
    refuses_what_is_there();
    sees_at_the_end_what_a_late_range_broke();
    agrees_with_a_slow_model();
    a_million_numbers_are_small();
    return CHECK_DONE();
}

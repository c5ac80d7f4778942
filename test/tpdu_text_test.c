/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tpdu_text_test.c - a text in parts, written as SMS-SUBMIT and read back
 */

#include "tpdu_text.h"

#include "check.h"
#include "tpdu_submit.h"
#include "utf8.h"

enum { TEXT_MAX = TPDU_UNITS_MAX * 4 + 1 };

static struct tpdu_parts parts;
static char text[TEXT_MAX], joined[TEXT_MAX];

/* What the parts of one text have in common with each other. */
struct seen {
    unsigned n; /* parts read */
    uint8_t dcs;
    struct tpdu_concat concat; /* of the first */
    size_t units;              /* septets or octets of all */
};

static void submit_it(struct tpdu_submit *s)
{
    uint8_t octets[200];
    struct wr w = wr_init(octets, sizeof(octets));
    struct rd_err err;
    struct rd r;

    tpdu_submit_write(&w, s);
    CHECK(wr_ok(&w));
    r = rd_init(octets, w.len, &err);
    CHECK(tpdu_submit_read(&r, s) && rd_left(&r) == 0);
}

/* Every part is whole by itself: half a character would be U+FFFD or a space
 * in its text, and the sum would not be the text. */
static struct seen join(void)
{
    struct seen seen = { 0 };
    struct tpdu_submit s = { .mr = 7, .sm.oa = { .ton = 1, .npi = 1 } };
    size_t len = 0;

    strcpy(s.sm.oa.text, "447700900123");
    while (tpdu_text_next(&parts, &s.sm)) {
        struct tpdu_concat c = s.sm.concat;

        submit_it(&s);
        CHECK(c.present == s.sm.concat.present);
        CHECK(!c.present || memcmp(&c, &s.sm.concat, sizeof(c)) == 0);
        CHECK(!c.present || c.seq == seen.n + 1);
        CHECK(seen.n == 0 || s.sm.dcs == seen.dcs);
        if (seen.n++ == 0)
            seen.concat = c;
        seen.dcs = s.sm.dcs;
        seen.units += s.sm.ud_len;
        CHECK(s.sm.ud_len > 0 || text[0] == '\0');
        len += tpdu_text(&s.sm, joined + len, sizeof(joined) - len);
    }
    joined[len] = '\0';
    CHECK(seen.n == parts.n);
    CHECK(!seen.concat.present || seen.concat.max == seen.n);
    return seen;
}

static void repeat(const char *what, size_t n)
{
    size_t len = strlen(what);

    for (size_t i = 0; i < n; i++)
        memcpy(text + i * len, what, len);
    text[n * len] = '\0';
}

/* Number of parts of `n' times `what', which come out as they went in. */
static unsigned parts_of(const char *what, size_t n)
{
    repeat(what, n);
    if (tpdu_text_cut(&parts, text, -1) == 0)
        return 0;
    join();
    CHECK(strcmp(joined, text) == 0);
    return parts.n;
}

static void one_part_if_it_fits(void)
{
    struct seen seen;

    CHECK(parts_of("", 0) == 1 && parts.alphabet == TPDU_GSM7);
    CHECK(parts_of("a", 160) == 1 && parts_of("a", 161) == 2);
    CHECK(parts_of("\xe2\x82\xac", 80) == 1); /* the euro takes two septets */
    CHECK(parts_of("\xe2\x82\xac", 81) == 2);
    CHECK(parts_of("\xd0\x9f", 70) == 1 && parts_of("\xd0\x9f", 71) == 2);
    CHECK(parts_of("\xf0\x9f\x98\x80", 35) == 1); /* two units each */
    CHECK(parts_of("\xf0\x9f\x98\x80", 36) == 2);
    repeat("a", 160);
    CHECK(tpdu_text_cut(&parts, text, -1) == 1);
    seen = join();
    CHECK(!seen.concat.present && seen.units == 160 && seen.dcs == 0x00);
}

static void parts_hold_what_their_headers_leave(void)
{
    CHECK(parts_of("a", 306) == 2 && parts_of("a", 307) == 3);
    CHECK(parts_of("\xd0\x9f", 134) == 2 && parts_of("\xd0\x9f", 135) == 3);
    parts.ref16 = true;
    CHECK(parts_of("a", 304) == 2 && parts_of("a", 305) == 3);
    CHECK(parts_of("\xd0\x9f", 132) == 2 && parts_of("\xd0\x9f", 133) == 3);
    parts.ref16 = false;
}

static void cuts_at_characters(void)
{
    CHECK(parts_of("\xe2\x82\xac", 152) == 2); /* 76 of them in each part */
    CHECK(parts_of("\xe2\x82\xac", 153) == 3);
    CHECK(parts_of("\xf0\x9f\x98\x80", 66) == 2); /* 33: 67 units are odd */
    CHECK(parts_of("\xf0\x9f\x98\x80", 67) == 3);
    for (size_t i = 0; i < 8; i++) { /* every way to meet the end of a part */
        memset(text, 'x', i);
        strcpy(text + i, "");
        for (size_t k = 0; k < 300; k++)
            strcat(text, k % 3 == 0 ? "[" : "y");
        CHECK(tpdu_text_cut(&parts, text, -1) > 1);
        join();
        CHECK(strcmp(joined, text) == 0);
    }
}

static void tells_the_reference_of_the_caller(void)
{
    struct seen seen;

    parts.ref = 0x1234;
    repeat("a", 161);
    tpdu_text_cut(&parts, text, -1);
    seen = join();
    CHECK(!seen.concat.ref16 && seen.concat.ref == 0x34);
    parts.ref16 = true;
    tpdu_text_cut(&parts, text, -1);
    seen = join();
    CHECK(seen.concat.ref16 && seen.concat.ref == 0x1234);
    parts.ref16 = false;
}

static void loses_nothing_by_its_alphabet(void)
{
    CHECK(parts_of("5 \xc2\xa3 \xc3\xb1 \xe2\x82\xac {~}", 1) == 1);
    CHECK(parts.alphabet == TPDU_GSM7);
    CHECK(parts_of("5 \xc2\xa3 \xc3\xa1", 1) == 1); /* no a acute in GSM */
    CHECK(parts.alphabet == TPDU_UCS2);
    CHECK(parts_of("`", 1) == 1 && parts.alphabet == TPDU_UCS2);
    CHECK(parts_of("a\tb", 1) == 1 && parts.alphabet == TPDU_UCS2);
}

static void at_most_255_parts(void)
{
    CHECK(parts_of("a", TPDU_UNITS_MAX) == 255);
    CHECK(parts_of("a", TPDU_UNITS_MAX + 1) == 0);
    CHECK(!tpdu_text_next(&parts, &(struct tpdu_deliver){ 0 }));
    CHECK(parts_of("\xd0\x9f", 255 * 67) == 255);
    CHECK(parts_of("\xd0\x9f", 255 * 67 + 1) == 0);
    CHECK(parts_of("\xe2\x82\xac", 255 * 76) == 255); /* one is left over */
    CHECK(parts_of("\xe2\x82\xac", 255 * 76 + 1) == 0);
}

static void refuses_what_is_no_text(void)
{
    CHECK(tpdu_text_cut(&parts, "a\xff", -1) == 0);
    CHECK(tpdu_text_cut(&parts, "\xed\xa0\x80", -1) == 0); /* half a pair */
    CHECK(tpdu_text_cut(&parts, "\xe2\x82", -1) == 0);
    CHECK(tpdu_text_cut(&parts, "\xd0\x9f", TPDU_GSM7) == 0);
    CHECK(!tpdu_text_next(&parts, &(struct tpdu_deliver){ 0 }));
}

static void other_elements_stand_in_every_header(void)
{
    static const uint8_t ports[] = { 0x05, 0x04, 0x0b, 0x84, 0x23, 0xf0 };
    static const uint8_t many[200] = { 0x70, 198 };
    struct tpdu_deliver d = { 0 };

    parts.ie = ports;
    parts.ie_octets = sizeof(ports);
    repeat("a", 152);
    CHECK(tpdu_text_cut(&parts, text, -1) == 1);
    CHECK(tpdu_text_next(&parts, &d) && d.udh_len == 7 && !d.concat.present);
    repeat("a", 153);
    CHECK(tpdu_text_cut(&parts, text, -1) == 2);
    while (tpdu_text_next(&parts, &d))
        CHECK(d.udh_len == 12 && memcmp(d.udh + 1, ports, sizeof(ports)) == 0);
    parts.ie = many;
    for (size_t n = 120; n <= sizeof(many); n++) { /* until none has room */
        parts.ie_octets = (uint8_t)n;
        CHECK(tpdu_text_cut(&parts, text, -1) == 0 || n < 132);
    }
    CHECK(tpdu_text_cut(&parts, "", -1) == 0);
    parts.ie = NULL;
    parts.ie_octets = 0;
}

static void octets_are_cut_as_they_are(void)
{
    uint8_t octets[300];
    struct tpdu_deliver d = { 0 };
    size_t at = 0;

    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)i;
    CHECK(tpdu_octets_cut(&parts, TPDU_8BIT, octets, 140) == 1);
    CHECK(tpdu_octets_cut(&parts, TPDU_8BIT, octets, sizeof(octets)) == 3);
    while (tpdu_text_next(&parts, &d)) {
        CHECK(d.enc.alphabet == TPDU_8BIT && d.ud_len <= 134);
        CHECK(memcmp(d.ud, octets + at, d.ud_len) == 0);
        at += d.ud_len;
    }
    CHECK(at == sizeof(octets));
    CHECK(tpdu_octets_cut(&parts, TPDU_UCS2, octets, sizeof(octets)) == 3);
    CHECK(tpdu_octets_cut(&parts, TPDU_8BIT, octets, TPDU_UNITS_MAX + 1) == 0);
}

/* ---- a property, over texts by chance ---- */

static uint32_t chance_state = 20240131;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 1664525 + 1013904223;
    return (chance_state >> 8) % below;
}

/* Of the alphabet, of its extension, of the rest of Unicode. */
static uint32_t any_character(uint32_t kind)
{
    static const uint16_t escaped[] = { '[', ']', '{', '}', 0x20ac, '\\' };
    uint32_t ch;

    if (kind == 0 || chance(4) > 0)
        return ' ' + 1 + chance('Z' - ' ');
    if (kind == 1)
        return escaped[chance(6)];
    ch = 1 + chance(chance(2) > 0 ? 0xffff : 0x10ffff);
    return ch >= 0xd800 && ch < 0xe000 ? 0xfffd : ch;
}

static void every_text_comes_back_as_it_went(void)
{
    for (unsigned i = 0; i < 3000; i++) {
        uint32_t kind = chance(3), n = chance(i % 10 == 0 ? 3000 : 400);
        size_t len = 0, units;

        while (n-- > 0)
            len += utf8_put(text, len, sizeof(text), any_character(kind));
        text[len] = '\0';
        parts.ref16 = chance(2);
        parts.ref = (uint16_t)chance(65536);
        CHECK(tpdu_text_cut(&parts, text, -1) > 0);
        units = parts.units;
        CHECK(join().units == units);
        CHECK(strcmp(joined, text) == 0);
        CHECK(kind == 2 || parts.alphabet == TPDU_GSM7);
        /* not one part more than the units need, but for what is not cut */
        CHECK(parts.n == 1 || (parts.n - 1) * (parts.room - 2) < units);
    }
    parts.ref16 = false;
}

int main(void)
{
    SHOWS("TP-13", one_part_if_it_fits);
    SHOWS("TP-13", parts_hold_what_their_headers_leave);
    SHOWS("TP-13", cuts_at_characters);
    SHOWS("TP-13", tells_the_reference_of_the_caller);
    SHOWS("TP-13", loses_nothing_by_its_alphabet);
    SHOWS("TP-13", at_most_255_parts);
    refuses_what_is_no_text();
    other_elements_stand_in_every_header();
    octets_are_cut_as_they_are();
    SHOWS("TP-13", every_text_comes_back_as_it_went);
    return CHECK_DONE();
}

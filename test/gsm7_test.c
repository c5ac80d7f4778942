/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gsm7_test.c - septets, their packing, and UTF-8
 */

#include "gsm7.h"
#include "utf8.h"

#include "check.h"

static void packs_and_unpacks_behind_any_fill(void)
{
    uint8_t in[160], out[160], packed[160];

    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i * 37 & 0x7f);
    for (unsigned fill = 0; fill < 7; fill++) {
        for (size_t n = 0; n <= sizeof(in); n++) {
            size_t octets = gsm7_pack(in, n, fill, packed);

            CHECK(octets == (fill + 7 * n + 7) / 8);
            CHECK((packed[0] & ((1U << fill) - 1)) == 0 || octets == 0);
            gsm7_unpack(packed, fill, n, out);
            CHECK(memcmp(in, out, n) == 0);
        }
    }
}

static void knows_every_character(void)
{
    for (uint8_t i = 0; i < 128; i++) {
        uint8_t back[2];
        char text[5];

        if (i == 0x1b)
            continue;
        gsm7_to_utf8(&i, 1, text, sizeof(text));
        CHECK(gsm7_from_utf8(text, back, sizeof(back)) == 1);
        CHECK(back[0] == i);
    }
}

static void knows_the_extension(void)
{
    static const char text[] = "^{}\\[~]|\xe2\x82\xac\f";
    uint8_t s[20];
    char back[20];

    CHECK(gsm7_from_utf8(text, s, sizeof(s)) == 20);
    CHECK(s[0] == 0x1b && s[1] == 0x14);
    CHECK(gsm7_to_utf8(s, 20, back, sizeof(back)) == sizeof(text) - 1);
    CHECK(strcmp(back, text) == 0);
}

static void shows_what_esc_leaves_over(void)
{
    static const uint8_t unknown[] = { 'a', 0x1b, 'A' };
    static const uint8_t twice[] = { 0x1b, 0x1b, 'b' };
    static const uint8_t last[] = { 'a', 0x1b };
    char text[8];

    gsm7_to_utf8(unknown, 3, text, sizeof(text));
    CHECK(strcmp(text, "aA") == 0);
    gsm7_to_utf8(twice, 3, text, sizeof(text));
    CHECK(strcmp(text, " b") == 0);
    gsm7_to_utf8(last, 2, text, sizeof(text));
    CHECK(strcmp(text, "a ") == 0);
}

static void cuts_at_a_character(void)
{
    static const uint8_t pounds[] = { 1, 1, 1 };
    char text[6] = "xxxxx";

    CHECK(gsm7_to_utf8(pounds, 3, text, 6) == 4);
    CHECK(gsm7_to_utf8(pounds, 3, text, 5) == 4);
    CHECK(strcmp(text, "\xc2\xa3\xc2\xa3") == 0);
    CHECK(gsm7_to_utf8(pounds, 3, text, 2) == 0 && text[0] == '\0');
    CHECK(gsm7_to_utf8(pounds, 3, text, 1) == 0);
    CHECK(gsm7_to_utf8(pounds, 3, text, 0) == 0);
}

static void refuses_what_is_not_in_the_alphabet(void)
{
    uint8_t s[3];

    CHECK(gsm7_from_utf8("", s, 0) == 0);
    CHECK(gsm7_from_utf8("abcd", s, 3) == -1);
    CHECK(gsm7_from_utf8("ab{", s, 3) == -1);
    CHECK(gsm7_from_utf8("\xd0\xb6", s, 3) == -1);
    CHECK(gsm7_from_utf8("a\xc2", s, 3) == -1);
    CHECK(gsm7_from_utf8("\xff", s, 3) == -1);
    CHECK(gsm7_from_utf8("\xc1\x81", s, 3) == -1);     /* overlong A */
    CHECK(gsm7_from_utf8("\xe0\x81\x81", s, 3) == -1); /* and again */
}

static void reads_back_every_character_it_writes(void)
{
    for (uint32_t ch = 1; ch < 0x110000; ch++) {
        char s[5];
        uint32_t back = 0;
        size_t n = utf8_put(s, 0, sizeof(s), ch);

        if (n == 0 || n > 4) {
            CHECK(n > 0 && n <= 4);
            return;
        }
        s[n] = '\0';
        if (utf8_get(s, &back) != s + n ||
            back != (ch >= 0xd800 && ch < 0xe000 ? 0xfffd : ch)) {
            CHECK(back == ch);
            return;
        }
    }
}

int main(void)
{
    SHOWS("TP-04", packs_and_unpacks_behind_any_fill);
    SHOWS("TP-04", knows_every_character);
    SHOWS("TP-04", knows_the_extension);
    SHOWS("TP-04", shows_what_esc_leaves_over);
    SHOWS("TP-04", cuts_at_a_character);
    refuses_what_is_not_in_the_alphabet();
    reads_back_every_character_it_writes();
    return CHECK_DONE();
}

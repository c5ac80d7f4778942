/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gsm7_lang_test.c - the national language tables
 */

#include "gsm7_lang.h"

#include "gsm7.h"

#include "check.h"

/* Alphabets of their own: their block, and how many characters they have. */
static const struct {
    uint8_t id;
    uint16_t block, last;
    unsigned characters; /* in the locking table, the space among them */
    unsigned more;       /* of the block in the single shift table */
} scripts[] = {
    { GSM7_BENGALI, 0x0980, 0x09ff, 114, 24 },
    { GSM7_GUJARATI, 0x0a80, 0x0aff, 120, 10 },
    { GSM7_HINDI, 0x0900, 0x097f, 127, 30 },
    { GSM7_KANNADA, 0x0c80, 0x0cff, 120, 13 },
    { GSM7_MALAYALAM, 0x0d00, 0x0d7f, 120, 22 },
    { GSM7_ORIYA, 0x0b00, 0x0b7f, 116, 15 },
    { GSM7_PUNJABI, 0x0a00, 0x0a7f, 110, 16 },
    { GSM7_TAMIL, 0x0b80, 0x0bff, 102, 17 },
    { GSM7_TELUGU, 0x0c00, 0x0c7f, 120, 20 },
    { GSM7_URDU, 0x0600, 0x06ff, 127, 32 },
};

enum { SCRIPTS = sizeof(scripts) / sizeof(scripts[0]) };

/* How many different characters; space may come several times. */
static unsigned different(uint8_t id)
{
    unsigned n = 1;

    for (uint8_t s = 0; s < 128; s++) {
        uint16_t ch = gsm7_lang_locking(id, s);
        uint8_t before = 0;

        while (before < s && gsm7_lang_locking(id, before) != ch)
            before++;
        if (ch != ' ' && before == s)
            n++;
        CHECK(ch == ' ' || before == s);
    }
    return n;
}

static void each_alphabet_has_its_characters_once(void)
{
    for (size_t i = 0; i < SCRIPTS; i++) {
        CHECK(different(scripts[i].id) == scripts[i].characters);
        for (uint8_t s = 0; s < 128; s++) {
            uint16_t ch = gsm7_lang_locking(scripts[i].id, s);

            CHECK(ch < 0x80 ||
                  (ch >= scripts[i].block && ch <= scripts[i].last));
        }
    }
}

/* As in Unicode; the Arabic letters of Urdu are in an order of their own. */
static void each_indian_alphabet_is_in_order(void)
{
    for (size_t i = 0; i < SCRIPTS; i++) {
        uint16_t last = scripts[i].block;

        for (uint8_t s = 0; s < 128 && scripts[i].id != GSM7_URDU; s++) {
            uint16_t ch = gsm7_lang_locking(scripts[i].id, s);

            if (ch < 0x80)
                continue;
            CHECK(ch > last);
            last = ch;
        }
    }
}

static void each_alphabet_has_the_latin_letters_in_place(void)
{
    for (size_t i = 0; i < SCRIPTS; i++) {
        for (uint8_t s = '0'; s <= '9'; s++) {
            CHECK(gsm7_lang_locking(scripts[i].id, s) == s);
        }
        for (uint8_t s = 'a'; s <= 'z'; s++) {
            CHECK(gsm7_lang_locking(scripts[i].id, s) == s);
        }
        for (uint8_t s = 'A'; s <= 'Z'; s++) {
            CHECK(gsm7_lang_single(scripts[i].id, s) == s);
        }
        CHECK(gsm7_lang_locking(scripts[i].id, '\n') == '\n');
        CHECK(gsm7_lang_locking(scripts[i].id, 0x28) == ')');
        CHECK(gsm7_lang_locking(scripts[i].id, 0x29) == '(');
        CHECK(gsm7_lang_locking(scripts[i].id, 0x1b) == ' ');
        CHECK(gsm7_lang_single(scripts[i].id, 0x00) == '@');
        CHECK(gsm7_lang_single(scripts[i].id, 0x0a) == '\f');
        CHECK(gsm7_lang_single(scripts[i].id, 0x18) == '*');
        CHECK(gsm7_lang_single(scripts[i].id, 0x1b) == 0);
        CHECK(gsm7_lang_single(scripts[i].id, 0x7f) == 0);
    }
}

static void single_shift_has_the_rest_of_the_script(void)
{
    for (size_t i = 0; i < SCRIPTS; i++) {
        unsigned n = 0;

        for (uint8_t s = 0; s < 128; s++) {
            uint16_t ch = gsm7_lang_single(scripts[i].id, s);

            if (ch >= scripts[i].block && ch <= scripts[i].last)
                n++;
            else
                CHECK(ch < 0xc0 || ch == 0x964 || ch == 0x965);
        }
        CHECK(n == scripts[i].more);
    }
}

/* In a row, but the Bengali ones begin before ESC. */
static void single_shift_has_the_digits_of_the_script(void)
{
    static const uint16_t zero[SCRIPTS] = { 0x9e6, 0xae6, 0x966, 0xce6, 0xd66,
                                            0xb66, 0xa66, 0xbe6, 0xc66, 0x6f0 };

    CHECK(gsm7_lang_single(GSM7_BENGALI, 0x19) == zero[0]);
    CHECK(gsm7_lang_single(GSM7_BENGALI, 0x1a) == zero[0] + 1);
    for (size_t i = 0; i < SCRIPTS; i++) {
        uint8_t first = scripts[i].id == GSM7_BENGALI ? 2 : 0;

        for (uint8_t digit = first; digit < 10; digit++) {
            CHECK(gsm7_lang_single(scripts[i].id,
                                   (uint8_t)(0x1c + digit - first)) ==
                  zero[i] + digit);
        }
    }
}

static void knows_single_places(void)
{
    static const struct {
        uint8_t id, septet;
        uint16_t locking, single;
    } place[] = {
        { GSM7_TURKISH, 0x04, 0x20ac, 0 },
        { GSM7_TURKISH, 0x07, 0x0131, 0 },
        { GSM7_TURKISH, 0x40, 0x0130, 0 },
        { GSM7_TURKISH, 0x53, 0, 0x015e },
        { GSM7_TURKISH, 0x63, 0, 0x00e7 },
        { GSM7_SPANISH, 0x09, 0, 0x00e7 },
        { GSM7_SPANISH, 0x4f, 0, 0x00d3 },
        { GSM7_SPANISH, 0x75, 0, 0x00fa },
        { GSM7_PORTUGUESE, 0x05, 0, 0x00ea },
        { GSM7_PORTUGUESE, 0x15, 0x221e, 0x03a9 },
        { GSM7_PORTUGUESE, 0x1a, '|', 0 },
        { GSM7_PORTUGUESE, 0x24, 0x00ba, 0 },
        { GSM7_PORTUGUESE, 0x7d, '`', 0 },
        { GSM7_PORTUGUESE, 0x7f, 0, 0x00e2 },
        { GSM7_BENGALI, 0x24, 0x09a1, 0x09df },
        { GSM7_BENGALI, 0x4e, 0x09bc, 'N' },
        { GSM7_GUJARATI, 0x7f, 0x0af1, 0 },
        { GSM7_HINDI, 0x3c, 0x0929, 0 },
        { GSM7_HINDI, 0x30, '0', 0x095b },
        { GSM7_HINDI, 0x3a, ':', 0x0971 },
        { GSM7_KANNADA, 0x00, ' ', '@' },
        { GSM7_KANNADA, 0x24, 0x0ca1, 0x0cee },
        { GSM7_MALAYALAM, 0x7f, 0x0d79, 0 },
        { GSM7_MALAYALAM, 0x2e, '.', 0x0d7a },
        { GSM7_ORIYA, 0x20, ' ', 0x0b6a },
        { GSM7_ORIYA, 0x60, 0x0b56, 0 },
        { GSM7_PUNJABI, 0x5f, 0x0a4d, 0 },
        { GSM7_PUNJABI, 0x2d, 0x0a27, 0x0a75 },
        { GSM7_TAMIL, 0x3e, ' ', 0 },
        { GSM7_TAMIL, 0x2e, '.', 0x0bfa },
        { GSM7_TELUGU, 0x19, 0x0c19, 0 },
        { GSM7_TELUGU, 0x32, '2', 0x0c7f },
        { GSM7_URDU, 0x58, 0x0621, 'X' },
        { GSM7_URDU, 0x5c, 0x064d, 0 },
        { GSM7_URDU, 0x3f, '?', 0x06d4 },
    };

    for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++) {
        CHECK(gsm7_lang_locking(place[i].id, place[i].septet) ==
              place[i].locking);
        CHECK(gsm7_lang_single(place[i].id, place[i].septet) ==
              place[i].single);
    }
}

static void a_reserved_language_has_no_tables(void)
{
    for (unsigned id = 0; id < 256; id++) {
        if (id >= GSM7_TURKISH && id <= GSM7_URDU)
            continue;
        for (uint8_t s = 0; s < 128; s++) {
            CHECK(gsm7_lang_locking((uint8_t)id, s) == 0);
            CHECK(gsm7_lang_single((uint8_t)id, s) == 0);
        }
    }
}

static bool shows(uint8_t locking, uint8_t single, const char *septets,
                  const char *want)
{
    struct gsm7_text t = { .septets = (const uint8_t *)septets,
                           .n = strlen(septets),
                           .locking = locking,
                           .single = single };
    char text[40];
    size_t n = gsm7_national_to_utf8(&t, text, sizeof(text));

    return n == strlen(want) && strcmp(text, want) == 0;
}

static void falls_back_from_single_to_locking_shift(void)
{
    /* in the extension, which every single shift table contains */
    CHECK(shows(GSM7_HINDI, GSM7_TURKISH, "\x1b\x65", "\xe2\x82\xac"));
    CHECK(shows(GSM7_DEFAULT, GSM7_HINDI, "\x1b\x3c", "["));
    CHECK(shows(GSM7_HINDI, GSM7_DEFAULT, "\x1b\x28", "{"));
    /* in neither: the locking table, or the default alphabet */
    CHECK(shows(GSM7_HINDI, GSM7_HINDI, "\x1b\x60", "\xe0\xa5\x90"));
    CHECK(shows(GSM7_HINDI, GSM7_SPANISH, "\x1b\x41", "\xc3\x81"));
    CHECK(shows(GSM7_HINDI, GSM7_DEFAULT, "\x1b\x41", "\xe0\xa4\xad"));
    CHECK(shows(GSM7_SPANISH, GSM7_SPANISH, "\x1b\x60", "\xc2\xbf"));
    CHECK(shows(GSM7_TURKISH, GSM7_URDU, "\x1b\x60", "\xc3\xa7"));
    CHECK(shows(GSM7_TURKISH, GSM7_TURKISH, "\x1b\x0d", "\r"));
}

static void shows_a_space_for_an_esc_that_means_nothing(void)
{
    for (uint8_t id = 0; id < 20; id++) {
        CHECK(shows(id, id, "z\x1b", "z "));
        CHECK(shows(id, id, "\x1b\x1bz", " z"));
    }
    CHECK(shows(GSM7_TAMIL, 0, "z\x16z", "z z")); /* an empty place */
}

static void cuts_at_a_character(void)
{
    static const uint8_t ka[] = { 0x15, 0x15 };
    struct gsm7_text t = { .septets = ka, .n = 2, .locking = GSM7_TAMIL };
    char text[7];

    CHECK(gsm7_national_to_utf8(&t, text, 7) == 6);
    CHECK(gsm7_national_to_utf8(&t, text, 6) == 3);
    CHECK(strcmp(text, "\xe0\xae\x95") == 0);
    CHECK(gsm7_national_to_utf8(&t, text, 1) == 0 && text[0] == '\0');
    CHECK(gsm7_national_to_utf8(&t, text, 0) == 0);
}

int main(void)
{
    SHOWS("TP-09", each_alphabet_has_its_characters_once);
    SHOWS("TP-09", each_indian_alphabet_is_in_order);
    SHOWS("TP-09", each_alphabet_has_the_latin_letters_in_place);
    SHOWS("TP-09", single_shift_has_the_rest_of_the_script);
    SHOWS("TP-09", single_shift_has_the_digits_of_the_script);
    SHOWS("TP-09", knows_single_places);
    SHOWS("TP-09", a_reserved_language_has_no_tables);
    SHOWS("TP-09", falls_back_from_single_to_locking_shift);
    SHOWS("TP-09", shows_a_space_for_an_esc_that_means_nothing);
    SHOWS("TP-09", cuts_at_a_character);
    return CHECK_DONE();
}

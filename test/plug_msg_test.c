/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_msg_test.c - fields of a message: put, set, copied, noted
 */

#include "check.h"
#include "gw/plug_msg.h"

static bool set(struct plug_msg *m, enum plug_field f, const char *text)
{
    return plug_msg_set(m, f, text, strlen(text));
}

static bool has(const struct plug_msg *m, enum plug_field f, const char *text)
{
    size_t len;
    const void *p = plug_msg_get(m, f, &len);

    return len == strlen(text) && memcmp(p, text, len + 1) == 0;
}

static struct plug_msg *message(void)
{
    struct plug_msg *m = plug_msg_new();

    CHECK(plug_msg_put_text(m, PLUG_KIND, "sms"));
    CHECK(plug_msg_put_text(m, PLUG_CODING, "0"));
    CHECK(plug_msg_put_text(m, PLUG_SENDER, "+4477009001"));
    CHECK(plug_msg_put_text(m, PLUG_TEXT, "hello"));
    return m;
}

static void has_empty_fields_at_first(void)
{
    struct plug_msg *m = plug_msg_new();

    for (int f = 0; f < PLUG_NFIELDS; f++)
        CHECK(has(m, (enum plug_field)f, ""));
    CHECK(has(m, PLUG_NFIELDS, "") && has(m, (enum plug_field) - 1, ""));
    CHECK(!plug_msg_put_text(m, PLUG_NFIELDS, "x"));
    CHECK(plug_msg_notes(m)[0] == '\0' && plug_msg_id(m) == 0);
    plug_msg_free(m);
    plug_msg_free(NULL);
}

static void keeps_octets_of_any_kind(void)
{
    struct plug_msg *m = message();
    size_t len;

    CHECK(plug_msg_put(m, PLUG_DCS, "\0", 1));
    CHECK(memcmp(plug_msg_get(m, PLUG_DCS, &len), "\0", 1) == 0 && len == 1);
    CHECK(plug_msg_put_text(m, PLUG_DCS, ""));
    CHECK(has(m, PLUG_DCS, ""));
    plug_msg_free(m);
}

static void holds_a_long_text_and_refuses_a_longer_one(void)
{
    static char text[PLUG_FIELD_MAX + 1];
    struct plug_msg *m = message(), *copy;
    size_t len;

    memset(text, 'x', sizeof(text));
    CHECK(plug_msg_set(m, PLUG_TEXT, text, PLUG_FIELD_MAX));
    CHECK(!plug_msg_set(m, PLUG_TEXT, text, sizeof(text)));
    CHECK(!plug_msg_put(m, PLUG_TEXT, text, sizeof(text)));
    copy = plug_msg_clone(m);
    CHECK(memcmp(plug_msg_get(copy, PLUG_TEXT, &len), text, len) == 0);
    CHECK(len == PLUG_FIELD_MAX);
    CHECK(set(copy, PLUG_TEXT, "short") && has(copy, PLUG_TEXT, "short"));
    plug_msg_free(copy);
    plug_msg_free(m);
}

/* sigtran-plugin.h: what get() returns is valid until set() of that field. */
static void moves_no_field_because_of_another(void)
{
    struct plug_msg *m = message();
    const char *sender = plug_msg_text(m, PLUG_SENDER);
    char text[600];

    memset(text, 'y', sizeof(text));
    for (size_t n = 1; n < sizeof(text); n += 7)
        CHECK(plug_msg_set(m, PLUG_TEXT, text, n));
    CHECK(plug_msg_text(m, PLUG_SENDER) == sender);
    CHECK(strcmp(sender, "+4477009001") == 0);
    plug_msg_free(m);
}

static void takes_a_part_of_the_field_itself(void)
{
    struct plug_msg *m = message();

    CHECK(plug_msg_set(m, PLUG_TEXT, plug_msg_text(m, PLUG_TEXT) + 1, 3));
    CHECK(has(m, PLUG_TEXT, "ell"));
    plug_msg_free(m);
}

static void tells_what_was_changed(void)
{
    struct plug_msg *m = message(), *copy;

    CHECK(!plug_msg_changed(m, PLUG_TEXT));
    CHECK(set(m, PLUG_TEXT, "hello") && !plug_msg_changed(m, PLUG_TEXT));
    CHECK(set(m, PLUG_TEXT, "bye") && plug_msg_changed(m, PLUG_TEXT));
    CHECK(!plug_msg_changed(m, PLUG_SENDER));
    copy = plug_msg_clone(m);
    CHECK(plug_msg_changed(copy, PLUG_TEXT) && has(copy, PLUG_TEXT, "bye"));
    plug_msg_free(copy);
    plug_msg_free(m);
}

static void copies_share_nothing(void)
{
    struct plug_msg *m = message(), *copy;

    plug_msg_set_id(m, 0x100000007);
    plug_msg_note(m, "first");
    copy = plug_msg_clone(m);
    CHECK(plug_msg_id(copy) == 0x100000007);
    CHECK(strcmp(plug_msg_notes(copy), "first") == 0);
    CHECK(set(copy, PLUG_SENDER, "Bank"));
    plug_msg_note(copy, "second");
    CHECK(has(m, PLUG_SENDER, "+4477009001"));
    CHECK(strcmp(plug_msg_notes(m), "first") == 0);
    plug_msg_free(m);
    CHECK(has(copy, PLUG_SENDER, "Bank"));
    CHECK(strcmp(plug_msg_notes(copy), "first; second") == 0);
    plug_msg_free(copy);
}

static void lets_a_plugin_set_what_is_marked(void)
{
    static const enum plug_field writable[] = { PLUG_SENDER, PLUG_RECEIVER,
                                                PLUG_TEXT,   PLUG_ROUTE,
                                                PLUG_META,   PLUG_ERROR };
    struct plug_msg *m = message();

    for (int f = 0; f < PLUG_NFIELDS; f++) {
        bool may = false;

        for (size_t i = 0; i < sizeof(writable) / sizeof(writable[0]); i++)
            may |= (int)writable[i] == f;
        if (!may) {
            CHECK(!set(m, (enum plug_field)f, "1234"));
            CHECK(!set(m, (enum plug_field)f, "absentSubscriber"));
        }
    }
    CHECK(set(m, PLUG_SENDER, "1234") && set(m, PLUG_RECEIVER, "1234"));
    CHECK(set(m, PLUG_TEXT, "1234") && set(m, PLUG_ROUTE, "1234"));
    CHECK(set(m, PLUG_META, "a=1") && set(m, PLUG_ERROR, "absentSubscriber"));
    plug_msg_free(m);
}

static void lets_a_plugin_set_of_a_question_the_error_only(void)
{
    struct plug_msg *m = message();

    CHECK(plug_msg_put_text(m, PLUG_KIND, "sri"));
    CHECK(!set(m, PLUG_SENDER, "1") && !set(m, PLUG_RECEIVER, "1"));
    CHECK(!set(m, PLUG_TEXT, "1") && !set(m, PLUG_ROUTE, "1"));
    CHECK(!set(m, PLUG_META, "a=1"));
    CHECK(set(m, PLUG_ERROR, "systemFailure"));
    plug_msg_free(m);
}

static void refuses_what_no_sender_can_be(void)
{
    struct plug_msg *m = message();

    CHECK(set(m, PLUG_SENDER, "+12345678901234567890"));
    CHECK(set(m, PLUG_SENDER, "*100#"));
    CHECK(set(m, PLUG_SENDER, "My Bank"));
    CHECK(set(m, PLUG_SENDER,
              "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
              "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"));
    CHECK(!set(m, PLUG_SENDER, ""));
    CHECK(!set(m, PLUG_SENDER,
               "+"
               "123456789012345678901"));
    CHECK(!set(m, PLUG_SENDER, "twelve chars"));
    CHECK(!set(m, PLUG_SENDER, "a\nb"));
    CHECK(!set(m, PLUG_SENDER, "a\xc2\x85"));
    CHECK(!set(m, PLUG_SENDER, "\xff"));
    CHECK(!plug_msg_set(m, PLUG_SENDER, "1\0002", 3));
    CHECK(set(m, PLUG_RECEIVER, "+491700000001"));
    CHECK(!set(m, PLUG_RECEIVER, "Bank") && !set(m, PLUG_RECEIVER, "+"));
    CHECK(!set(m, PLUG_RECEIVER, "") && !set(m, PLUG_RECEIVER, "1+2"));
    plug_msg_free(m);
}

static void refuses_text_that_is_not_utf8(void)
{
    struct plug_msg *m = message();

    CHECK(set(m, PLUG_TEXT, "gr\xc3\xbc\xc3\x9f\x65\n\xf0\x9f\x99\x82"));
    CHECK(set(m, PLUG_TEXT, ""));
    CHECK(!set(m, PLUG_TEXT, "\xc3"));
    CHECK(!set(m, PLUG_TEXT, "a\xed\xa0\x80"));
    CHECK(!plug_msg_set(m, PLUG_TEXT, "a\0b", 3));
    CHECK(has(m, PLUG_TEXT, "") && plug_msg_changed(m, PLUG_TEXT));
    CHECK(plug_msg_put_text(m, PLUG_CODING, "1"));
    CHECK(plug_msg_set(m, PLUG_TEXT, "a\0\xff", 3));
    plug_msg_free(m);
}

static void refuses_names_of_routes_and_errors_that_none_has(void)
{
    struct plug_msg *m = message();

    CHECK(set(m, PLUG_ROUTE, "sales-1.a:b_c"));
    CHECK(!set(m, PLUG_ROUTE, "") && !set(m, PLUG_ROUTE, "a b"));
    CHECK(!set(m, PLUG_ROUTE, "abcdefghijabcdefghijabcdefghijab"));
    CHECK(!set(m, PLUG_ERROR, "noSuchError"));
    CHECK(!plug_msg_set(m, PLUG_ERROR, "systemFailure\0x", 15));
    CHECK(set(m, PLUG_ERROR, "systemFailure") && set(m, PLUG_ERROR, ""));
    plug_msg_free(m);
}

static void refuses_meta_data_that_would_begin_another_group(void)
{
    struct plug_msg *m = message();

    CHECK(set(m, PLUG_META, "score=7&class=a%20b"));
    CHECK(set(m, PLUG_META, "empty="));
    CHECK(!set(m, PLUG_META, "a=1?smpp?b=2"));
    CHECK(!set(m, PLUG_META, "a b=1") && !set(m, PLUG_META, "a=b c"));
    CHECK(!set(m, PLUG_META, "novalue") && !set(m, PLUG_META, "=1"));
    CHECK(!set(m, PLUG_META, "a=1&b") && !set(m, PLUG_META, "a=\xc3\xa4"));
    CHECK(set(m, PLUG_META, ""));
    plug_msg_free(m);
}

static void writes_notes_in_a_row_without_control_characters(void)
{
    struct plug_msg *m = message();

    plug_msg_note(m, "");
    plug_msg_note(m, "one\r\ntwo");
    plug_msg_note(m, "three");
    CHECK(strcmp(plug_msg_notes(m), "one??two; three") == 0);
    plug_msg_free(m);
}

static void cuts_notes_between_characters(void)
{
    struct plug_msg *m = message();

    for (int i = 0; i < 400; i++)
        plug_msg_note(m, "\xe2\x82\xac\xe2\x82\xac");
    CHECK(strlen(plug_msg_notes(m)) < PLUG_NOTES_MAX);
    CHECK(strlen(plug_msg_notes(m)) > PLUG_NOTES_MAX - 8);
    CHECK(plug_msg_set(m, PLUG_TEXT, plug_msg_notes(m),
                       strlen(plug_msg_notes(m))));
    plug_msg_free(m);
}

int main(void)
{
    has_empty_fields_at_first();
    keeps_octets_of_any_kind();
    holds_a_long_text_and_refuses_a_longer_one();
    moves_no_field_because_of_another();
    takes_a_part_of_the_field_itself();
    tells_what_was_changed();
    copies_share_nothing();
    lets_a_plugin_set_what_is_marked();
    lets_a_plugin_set_of_a_question_the_error_only();
    refuses_what_no_sender_can_be();
    refuses_text_that_is_not_utf8();
    refuses_names_of_routes_and_errors_that_none_has();
    refuses_meta_data_that_would_begin_another_group();
    writes_notes_in_a_row_without_control_characters();
    cuts_notes_between_characters();
    return CHECK_DONE();
}

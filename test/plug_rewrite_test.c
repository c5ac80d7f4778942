/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_rewrite_test.c - the plug-in rewrite: its rules, good and bad
 */

#include "plug_stub.h"

#include "check.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static char file[] = "/tmp/plug_rewrite_test.XXXXXX";
static char key[128];
static const char *const keys[] = { key, NULL };

static void write_rules(const char *text)
{
    FILE *f = fopen(file, "w");

    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

static struct stub *with(const char *rules)
{
    struct stub *s;

    write_rules(rules);
    s = stub_open("rewrite", keys, NULL, 0);
    if (s == NULL)
        abort();
    return s;
}

static struct plug_msg *sms(const char *sender, const char *receiver,
                            const char *text)
{
    return stub_msg(PLUG_KIND, "sms", PLUG_SENDER, sender, PLUG_RECEIVER,
                    receiver, PLUG_TEXT, text, PLUG_CODING, "0", PLUG_ROUTE,
                    "first", PLUG_SC, "447700900000", -1);
}

/* One message through one set of rules; free(), or -1 for the end of time. */
static char *field_after(const char *rules, const char *sender,
                         const char *text, enum plug_field f)
{
    struct stub *s = with(rules);
    struct plug_msg *m = sms(sender, "+447700900123", text);
    char *out;

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    out = strdup(plug_msg_text(m, f));
    plug_msg_free(m);
    stub_close(s);
    return out;
}

#define AFTER(rules, sender, text, f, want)                                    \
    do {                                                                       \
        char *got_ = field_after(rules, sender, text, f);                      \
        if (strcmp(got_, want) != 0)                                           \
            printf("%s: <%s>\n", rules, got_);                                 \
        CHECK(strcmp(got_, want) == 0);                                        \
        free(got_);                                                            \
    } while (0)

static void makes_numbers_international(void)
{
    static const char uk[] = "international sender 44\n";
    static const char es[] = "international sender 34 trunk \"\" min 9\n";
    static const char us[] = "international sender 1 trunk 1 idd 011\n";

    AFTER(uk, "07700900123", "x", PLUG_SENDER, "+447700900123");
    AFTER(uk, "00337700900123", "x", PLUG_SENDER, "+337700900123");
    AFTER(uk, "+337700900123", "x", PLUG_SENDER, "+337700900123");
    AFTER(uk, "60123", "x", PLUG_SENDER, "60123");
    AFTER(uk, "447700900123", "x", PLUG_SENDER, "447700900123");
    AFTER(uk, "MyBank", "x", PLUG_SENDER, "MyBank");
    AFTER(es, "600123456", "x", PLUG_SENDER, "+34600123456");
    AFTER(es, "60012345", "x", PLUG_SENDER, "60012345");
    AFTER(us, "12125550123", "x", PLUG_SENDER, "+12125550123");
    AFTER(us, "011447700900123", "x", PLUG_SENDER, "+447700900123");
}

static void strips_and_adds_and_sets(void)
{
    AFTER("strip sender +44", "+447700900", "x", PLUG_SENDER, "7700900");
    AFTER("strip sender +44", "+497700900", "x", PLUG_SENDER, "+497700900");
    AFTER("strip sender +44; add sender 0", "+44770", "x", PLUG_SENDER, "0770");
    AFTER("set sender \"A \\\"b\\\\\"", "1", "x", PLUG_SENDER, "A \"b\\");
    AFTER("set text \"\"", "1", "x", PLUG_TEXT, "");
    AFTER("set receiver +49123", "1", "x", PLUG_RECEIVER, "+49123");
    AFTER("set sender +44770; strip sender +44", "1", "x", PLUG_SENDER, "770");
}

static void masks_digits(void)
{
    AFTER("mask text 0 4", "1", "card 4111111111111111, pin 1234", PLUG_TEXT,
          "card ************1111, pin 1234");
    AFTER("mask text 2 2 \xe2\x80\xa2", "1", "12345", PLUG_TEXT,
          "12\xe2\x80\xa2"
          "45");
    AFTER("mask sender 5 0 0", "+447700900123", "x", PLUG_SENDER,
          "+447700000000");
}

static void leaves_short_runs_of_digits(void)
{
    AFTER("mask text 2 2", "1", "1234 12345", PLUG_TEXT, "1234 12*45");
}

static void replaces_by_expressions(void)
{
    AFTER("replace text /o/g 0", "1", "foo o", PLUG_TEXT, "f00 0");
    AFTER("replace text /o/ 0", "1", "foo o", PLUG_TEXT, "f0o o");
    AFTER("replace text /(\\w+) (?<b>\\w+)/ \"${b} $1 $$ $0\"", "1", "one two",
          PLUG_TEXT, "two one $ one two");
    AFTER("replace text /\\// \"\\\"\"", "1", "a/b", PLUG_TEXT, "a\"b");
    AFTER("replace sender /^0(?=\\d{10}$)/ +44", "07700900123", "x",
          PLUG_SENDER, "+447700900123");
    AFTER("replace text /(x)|(y)/g <$2>", "1", "xy", PLUG_TEXT, "<><y>");
}

static void reads_utf8_as_characters(void)
{
    AFTER("replace text /./g -", "1", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
          PLUG_TEXT, "---");
    AFTER("replace text /\xc3\x84/i x", "1", "\xc3\xa4", PLUG_TEXT, "x");
    AFTER("if keyword \xc3\x84rger then set route r", "1", "\xc3\xa4RGER nun",
          PLUG_ROUTE, "r");
}

static void routes_by_content(void)
{
    static const char rules[] =
        "# comment\n"
        "\n"
        "if keyword stop then set route optout; stop\r\n"
        "if text matches /^\\d{6}$/ and sc begins 4477 then set route codes\n"
        "  if sender begins +49 and not receiver is +1 then set route de\n"
        "if kind is report then set route reports\n"
        "if coding is 7bit and route is first then set route rest\n";

    AFTER(rules, "+1", "STOP it", PLUG_ROUTE, "optout");
    AFTER(rules, "+1", "  stop", PLUG_ROUTE, "optout");
    AFTER(rules, "+1", "stopping", PLUG_ROUTE, "rest");
    AFTER(rules, "+1", "123456", PLUG_ROUTE, "codes");
    AFTER(rules, "+49170", "hi", PLUG_ROUTE, "de");
    AFTER(rules, "+1", "hi", PLUG_ROUTE, "rest");
    AFTER("if keyword x.y then set route r", "1", "xzy", PLUG_ROUTE, "first");
}

static void knows_the_time_of_day(void)
{
    time_t before = time(NULL) - 120, after = time(NULL) + 120;
    char rule[128];
    struct tm b, a;

    localtime_r(&before, &b);
    localtime_r(&after, &a);
    snprintf(rule, sizeof(rule),
             "if time %02d:%02d-%02d:%02d then set route now", b.tm_hour,
             b.tm_min, a.tm_hour, a.tm_min);
    AFTER(rule, "1", "x", PLUG_ROUTE, "now");
    snprintf(rule, sizeof(rule),
             "if time %02d:%02d-%02d:%02d then set route now", a.tm_hour,
             a.tm_min, b.tm_hour, b.tm_min);
    AFTER(rule, "1", "x", PLUG_ROUTE, "first");
}

static void adds_and_replaces_meta_data(void)
{
    AFTER("meta a \"x & y=\xc3\xa4?\"", "1", "x", PLUG_META,
          "a=x%20%26%20y%3D%C3%A4%3F");
    AFTER("meta a 1; meta ab 2; meta a 3", "1", "x", PLUG_META, "ab=2&a=3");
}

static void notes_for_the_cdr(void)
{
    struct stub *s = with("note \"seen by a rule\"");
    struct plug_msg *m = sms("1", "2", "x");

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_notes(m), "seen by a rule") == 0);
    plug_msg_free(m);
    stub_close(s);
}

static void leaves_binary_texts_alone(void)
{
    struct stub *s = with("replace text /x/ y\nmask text 0 0\nset text z\n"
                          "if coding is 8bit then set route binary\n"
                          "if text matches /x/ then set route wrong\n");
    struct plug_msg *m = stub_msg(PLUG_TEXT, "x1", PLUG_CODING, "1", -1);

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "x1") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "binary") == 0);
    plug_msg_free(m);
    stub_close(s);
}

static void tells_what_cannot_be_set(void)
{
    struct stub *s = with("\nset receiver abc; set route r");
    struct plug_msg *m = sms("1", "+2", "x");

    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_RECEIVER), "+2") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "r") == 0);
    CHECK(stub_counter(s, "refused") == 1);
    CHECK(stub_logged(s, "line 2"));
    plug_msg_free(m);
    stub_close(s);
}

/* One rule, a hostile text: it fails soon, and nothing is changed. */
static void gives_up(const char *rule, const char *text)
{
    char rules[512];
    struct plug_msg *m = sms("1", "2", text);
    clock_t t = clock();
    struct stub *s;

    snprintf(rules, sizeof(rules), "set sender 99\n%s\n", rule);
    s = with(rules);
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(clock() - t < CLOCKS_PER_SEC);
    CHECK(strcmp(plug_msg_text(m, PLUG_SENDER), "1") == 0);
    CHECK(stub_counter(s, "limit") == 1);
    CHECK(stub_logged(s, "line 2"));
    plug_msg_free(m);
    stub_close(s);
}

static void gives_up_on_endless_patterns(void)
{
    static char text[100001];

    gives_up("if text matches /^(a+)+$/ then set route r",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab");
    gives_up("replace text /(x+x+)+[yz]/g z",
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    memset(text, 'a', sizeof(text) - 1);
    gives_up("replace text /a/g 12345678", text); /* larger than a field */
    gives_up("if text matches /^(?:a|(b))*$/ then set route r", text);
}

/* Cheap at each place, but there are many. */
static void gives_up_on_patterns_that_begin_anew(void)
{
    static char text[100001];

    memset(text, 'a', sizeof(text) - 1);
    gives_up("if text matches /a*[xy]/ then set route r", text);
    gives_up("replace text /a(?=a*[xy]|)/g b", text);
    text[4000] = '\0';
    gives_up("if text matches /(?:.a*[xy]|.)*[z1]/ then set route r", text);
}

static void bounds_all_rules_together(void)
{
    static char rules[2000 * 60], text[501];
    struct plug_msg *m;
    struct stub *s;
    clock_t t;

    for (int i = 0; i < 2000; i++)
        strcat(rules, "if text matches /a.*[xy]/ then set route r\n");
    memset(text, 'a', sizeof(text) - 1);
    s = with(rules);
    m = sms("1", "2", text);
    t = clock();
    CHECK(stub_sms(s, m) > PLUG_HOLD);
    CHECK(clock() - t < CLOCKS_PER_SEC / 2);
    plug_msg_free(m);
    stub_close(s);
    AFTER("if text matches /a.*[xy]/ then set route r", "1", text, PLUG_ROUTE,
          "first"); /* one of them is well */
}

/* The sentence must name file, line 2, and the word. */
static void is_refused(const char *line, const char *word)
{
    char rules[8192], why[512], place[64];

    snprintf(rules, sizeof(rules), "set route r\n%s\n", line);
    write_rules(rules);
    snprintf(place, sizeof(place), "%s:2: ", file);
    CHECK(stub_open("rewrite", keys, why, sizeof(why)) == NULL);
    if (strstr(why, word) == NULL || strncmp(why, place, strlen(place)) != 0)
        printf("%s: %s\n", line, why);
    CHECK(strncmp(why, place, strlen(place)) == 0);
    CHECK(strstr(why, word) != NULL);
    CHECK(!stub_check("rewrite", keys, why, sizeof(why)));
}

static void refuses_rules_that_are_wrong(void)
{
    char line[6000] = "set text ";

    is_refused("chop sender 1", "chop");
    is_refused("set", "field");
    is_refused("set sc 1", "sc");
    is_refused("set nothing 1", "nothing");
    is_refused("set sender", "missing");
    is_refused("set sender 1 2", "2");
    is_refused("set sender 1;", "action");
    is_refused("set sender \"1", "quotation");
    is_refused("if sender is 1 set route r", "then");
    is_refused("if sender 1 then stop", "begins");
    is_refused("if then stop", "then");
    is_refused("if text matches x then stop", "slashes");
    is_refused("if text matches /x then stop", "slash");
    is_refused("if text matches /(x/ then stop", "octet");
    is_refused("if text matches /x/q then stop", "flags");
    is_refused("if text matches /\\C/ then stop", "octet");
    is_refused("replace text /x/", "missing");
    is_refused("replace text /x/ $1", "$1");
    is_refused("replace text /(x)/ ${y}", "${y}");
    is_refused("replace text /x/ a$", "a$");
    is_refused("if time 25:00-1:00 then stop", "25:00");
    is_refused("if time 2200 then stop", "2200");
    is_refused("mask text x 4", "x");
    is_refused("mask text 1 4 **", "**");
    is_refused("international text 44", "sender");
    is_refused("international sender +44", "+44");
    is_refused("international sender 44 trunc 0", "trunc");
    is_refused("meta a=b c", "a=b");
    is_refused("set text \xff", "UTF-8");
    is_refused("stop;stop;stop;stop;stop;stop;stop;stop;stop", "more than 8");
    memset(line + strlen(line), 'x', 5000);
    is_refused(line, "octets");
}

static void refuses_a_file_that_is_not_there(void)
{
    char why[256];

    unlink(file);
    CHECK(stub_open("rewrite", keys, why, sizeof(why)) == NULL);
    CHECK(strstr(why, file) != NULL);
    CHECK(stub_open("rewrite", NULL, why, sizeof(why)) == NULL);
    CHECK(strstr(why, "rules-file") != NULL);
}

static void keeps_old_rules_if_new_ones_are_wrong(void)
{
    struct stub *s = with("set route old");
    struct plug_msg *m = sms("1", "2", "x");

    write_rules("\nset rout new\n");
    stub_reload(s);
    CHECK(stub_logged(s, ":2: "));
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "old") == 0);
    write_rules("set route new\n");
    stub_reload(s);
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_ROUTE), "new") == 0);
    plug_msg_free(m);
    stub_close(s);
}

static void takes_its_example(void)
{
    const char *srcdir = getenv("srcdir");
    char example[256];
    const char *const with_example[] = { example, NULL };
    struct plug_msg *m;
    struct stub *s;

    snprintf(example, sizeof(example),
             "rules-file=%s/doc/examples/rewrite.rules",
             srcdir != NULL ? srcdir : ".");
    s = stub_open("rewrite", with_example, NULL, 0);
    CHECK(s != NULL);
    if (s == NULL)
        return;
    m = sms("07700900123", "+44", "pay 4111 1111-1111 1111!");
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(strcmp(plug_msg_text(m, PLUG_SENDER), "+447700900123") == 0);
    CHECK(strcmp(plug_msg_text(m, PLUG_TEXT), "pay [card ...1]!") == 0);
    plug_msg_free(m);
    stub_close(s);
}

int main(void)
{
    int fd = mkstemp(file);

    if (fd < 0)
        return 1;
    close(fd);
    snprintf(key, sizeof(key), "rules-file=%s", file);
    makes_numbers_international();
    strips_and_adds_and_sets();
    masks_digits();
    leaves_short_runs_of_digits();
    replaces_by_expressions();
    reads_utf8_as_characters();
    routes_by_content();
    knows_the_time_of_day();
    adds_and_replaces_meta_data();
    notes_for_the_cdr();
    leaves_binary_texts_alone();
    tells_what_cannot_be_set();
    gives_up_on_endless_patterns();
    gives_up_on_patterns_that_begin_anew();
    bounds_all_rules_together();
    refuses_rules_that_are_wrong();
    keeps_old_rules_if_new_ones_are_wrong();
    refuses_a_file_that_is_not_there();
    takes_its_example();
    unlink(file);
    return CHECK_DONE();
}

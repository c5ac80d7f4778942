/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_firewall_rules_test.c - the plug-in firewall: its rules about
 * originators, words, links and text
 *
 * Seen from outside: which line of the file a message is told to be of.
 */

#include "plug_stub.h"

#include "check.h"

#include <ctype.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

static char file[] = "/tmp/plug_firewall_rules.XXXXXX";
static char key[64];
static const char *const keys[] = { key, "check-no-sri=off", NULL };

static void write_rules(const char *text, size_t len)
{
    FILE *f = fopen(file, "w");

    if (f == NULL || fwrite(text, 1, len, f) != len || fclose(f) != 0)
        abort();
}

static struct stub *with(const char *rules)
{
    struct stub *s;
    char why[300];

    write_rules(rules, strlen(rules));
    s = stub_open("firewall", keys, why, sizeof(why));
    if (s == NULL) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return s;
}

static char notes[PLUG_NOTES_MAX]; /* of the last message */

static enum plug_verdict ask_octets(struct stub *s, const char *sender,
                                    const char *text, size_t len)
{
    struct plug_msg *m = stub_msg(PLUG_RECEIVER, "+447700900001", PLUG_CODING,
                                  "0", PLUG_SENDER, sender, -1);
    enum plug_verdict v;

    plug_msg_put(m, PLUG_TEXT, text, len);
    v = stub_sms(s, m);
    snprintf(notes, sizeof(notes), "%s", plug_msg_notes(m));
    plug_msg_free(m);
    return v;
}

static enum plug_verdict ask(struct stub *s, const char *sender,
                             const char *text)
{
    return ask_octets(s, sender, text, strlen(text));
}

/* Which line denied it; 0: none. */
static unsigned denied(struct stub *s, const char *sender, const char *text)
{
    const char *line;

    if (ask(s, sender, text) == PLUG_NEXT)
        return 0;
    line = strstr(notes, "check-rules deny, ");
    line = line != NULL ? strstr(line, " of line ") : NULL;
    return line != NULL ? (unsigned)atoi(line + 9) : 9999;
}

static unsigned of_text(struct stub *s, const char *text)
{
    return denied(s, "x", text);
}

static void knows_originators(void)
{
    struct stub *s = with("# originators\n"
                          "deny sender PayPal\n"
                          "deny sender +88213*\n"
                          "deny sender My Bank\n"
                          "deny sender /^\\+4479\\d{3}$/\n"
                          "deny sender *100#1\n"
                          "deny sender K\xc3\xb6ln\n");

    CHECK(denied(s, "PayPal", "hi") == 2);
    CHECK(denied(s, "PAYPAL", "hi") == 2);
    CHECK(denied(s, "PayPal1", "hi") == 0);
    CHECK(denied(s, "Pay", "PayPal") == 0);
    CHECK(denied(s, "+882131234", "hi") == 3);
    CHECK(denied(s, "+88213", "hi") == 3);
    CHECK(denied(s, "+8821", "hi") == 0);
    CHECK(denied(s, "my bank", "hi") == 4);
    CHECK(denied(s, "+4479123", "hi") == 5);
    CHECK(denied(s, "+44791234", "hi") == 0);
    CHECK(denied(s, "*100#1", "hi") == 6);
    CHECK(denied(s, "K\xc3\xb6ln", "hi") == 7);
    CHECK(denied(s, "", "hi") == 0);
    stub_close(s);
}

static void knows_words(void)
{
    struct stub *s = with("deny keyword casino\n"
                          "deny keyword Fran\xc3\xa7"
                          "ais\n"
                          "deny keyword 777\n");

    CHECK(of_text(s, "casino") == 1);
    CHECK(of_text(s, "The CASINO, now!") == 1);
    CHECK(of_text(s, "(casino)") == 1);
    CHECK(of_text(s, "best-casino.example") == 1);
    CHECK(of_text(s, "\xe2\x80\x9c"
                     "casino\xe2\x80\x9d") == 1);
    CHECK(of_text(s, "a\xc2\xa0"
                     "casino\xe3\x80\x82") == 1);
    CHECK(of_text(s, "casinos cas ino xcasino") == 0);
    CHECK(of_text(s, "casino\xc3\xa9") == 0);
    CHECK(of_text(s, "en fran\xc3\xa7"
                     "ais?") == 2);
    CHECK(of_text(s, "777") == 3);
    CHECK(of_text(s, "7777") == 0);
    CHECK(of_text(s, "") == 0);
    stub_close(s);
}

static void knows_links(void)
{
    struct stub *s = with("deny url prizes.example\n"
                          "deny url *.Evil.Test\n"
                          "deny url .zip\n"
                          "deny url 192.0.2.7\n"
                          "deny url /login.*\\.php/i\n"
                          "deny url b\xc3\xbc"
                          "cher.example\n");

    CHECK(of_text(s, "see http://prizes.example/x") == 1);
    CHECK(of_text(s, "see https://www.PRIZES.example.") == 1);
    CHECK(of_text(s, "prizes.example:8080/") == 1);
    CHECK(of_text(s, "http://bank.example@prizes.example/") == 1);
    CHECK(of_text(s, "now(prizes.example)now") == 1);
    CHECK(of_text(s, "prizes.example.org notprizes.example prizes example") ==
          0);
    CHECK(of_text(s, "a.b.evil.test") == 2);
    CHECK(of_text(s, "evil.test") == 2);
    CHECK(of_text(s, "get x.zip") == 3);
    CHECK(of_text(s, "get zip .zip. zip") == 0);
    CHECK(of_text(s, "192.0.2.7") == 4);
    CHECK(of_text(s, "192.0.2.77 2.7") == 0);
    CHECK(of_text(s, "a.example/Login/x.php?1") == 5);
    CHECK(of_text(s, "login x.php") == 0);
    CHECK(of_text(s, "http://B\xc3\xbc"
                     "cher.example") == 6);
    CHECK(of_text(s, "..-..prizes.example-..") == 1);
    stub_close(s);
}

static void knows_text(void)
{
    struct stub *s = with("deny text claim your prize\n"
                          "deny text \" spaced \"\n"
                          "deny text aaaab\n"
                          "deny text /code:? ?\\d{6}\\b/i\n"
                          "deny text \"/etc/passwd\"\n"
                          "deny text /^exact$/\n");

    CHECK(of_text(s, "Please CLAIM YOUR PRIZE today") == 1);
    CHECK(of_text(s, "claim your priz") == 0);
    CHECK(of_text(s, "claimyour prize") == 0);
    CHECK(of_text(s, "a spaced b") == 2);
    CHECK(of_text(s, "spaced b") == 0);
    CHECK(of_text(s, "aaaaaaaaaaaab") == 3);
    CHECK(of_text(s, "your Code: 123456") == 4);
    CHECK(of_text(s, "your code 1234567") == 0);
    CHECK(of_text(s, "cat /etc/passwd") == 5);
    CHECK(of_text(s, "exact") == 6);
    CHECK(of_text(s, "Exact") == 0);
    stub_close(s);
}

/* ---- ways to write the same ---- */

#define ZWSP "\xe2\x80\x8b"
#define ZWNJ "\xe2\x80\x8c"
#define ZWJ  "\xe2\x80\x8d"
#define WJ   "\xe2\x81\xa0"
#define BOM  "\xef\xbb\xbf"
#define SHY  "\xc2\xad"
#define STOP "\xe3\x80\x82" /* U+3002, ideographic full stop */
#define HALF "\xef\xbd\xa1" /* U+FF61, the same of half width */
/* full-width forms of A, I, a, i, o and the full stop */
#define FW_A    "\xef\xbc\xa1"
#define FW_I    "\xef\xbc\xa9"
#define FW_a    "\xef\xbd\x81"
#define FW_o    "\xef\xbd\x8f"
#define FW_STOP "\xef\xbc\x8e"

static void sees_originators_as_a_reader_does(void)
{
    struct stub *s = with("deny sender PayPal\n"
                          "deny sender \" My  Bank\"\n"
                          "deny sender Post*\n"
                          "deny sender /^Amaz[o0]n$/\n");

    CHECK(denied(s, "PayPal ", "hi") == 1);
    CHECK(denied(s, "  PAYPAL", "hi") == 1);
    CHECK(denied(s, "\npaypal\t", "hi") == 1);
    CHECK(denied(s, "\xc2\xa0PayPal\xe3\x80\x80", "hi") == 1);
    CHECK(denied(s, "Pay" ZWSP "Pal" BOM, "hi") == 1);
    CHECK(denied(s, " " WJ "PayPal", "hi") == 1);
    CHECK(denied(s, "P" FW_a "yP" FW_A "l", "hi") == 1);
    CHECK(denied(s, "Pay Pal", "hi") == 0);
    CHECK(denied(s, "My\r\nBank ", "hi") == 2);
    CHECK(denied(s, "MyBank", "hi") == 0);
    CHECK(denied(s, " post 24", "hi") == 3);
    CHECK(denied(s, " Amaz0n ", "hi") == 4);
    CHECK(denied(s, "Am" SHY "azon", "hi") == 4);
    CHECK(denied(s, "   ", "hi") == 0);
    CHECK(denied(s, ZWSP, "hi") == 0);
    stub_close(s);
}

static void sees_words_and_text_as_a_reader_does(void)
{
    struct stub *s = with("deny keyword casino\n"
                          "deny text claim your prize\n"
                          "deny text \"  two  blanks  \"\n"
                          "deny text /verify.{1,9}account/i\n"
                          "deny keyword ge" SHY "winn\n"
                          "deny text \xe6\x81\xad\xe5\x96\x9c" STOP "\n"
                          "deny text /^a  b$/m\n");

    CHECK(of_text(s, "cas" ZWSP "ino") == 1);
    CHECK(of_text(s, "c" ZWNJ "a" ZWJ "s" WJ "i" BOM "n" SHY "o!") == 1);
    CHECK(of_text(s, "C" FW_A "S" FW_I "N" FW_o) == 1);
    CHECK(of_text(s, "casino" STOP "a") == 1);
    CHECK(of_text(s, "cas ino " FW_a "casino") == 0);
    CHECK(of_text(s, "claim  your\r\n \tprize") == 2);
    CHECK(of_text(s, "cl" ZWSP "aim\xc2\xa0" ZWSP " your\xe3\x80\x80prize") ==
          2);
    CHECK(of_text(s, "claimyour prize") == 0);
    CHECK(of_text(s, "so two\nblanks it") == 3);
    CHECK(of_text(s, "so two blanks") == 0);
    CHECK(of_text(s, "Ver" SHY "ify the acc" ZWSP "ount") == 4);
    CHECK(of_text(s, "Gewinn") == 5);
    CHECK(of_text(s, "\xe6\x81\xad\xe5\x96\x9c" STOP "OK") == 6);
    CHECK(of_text(s, "x\na  b\ny") == 7);
    CHECK(of_text(s, "x\na b\ny") == 0);
    /* where what is folded comes first and last, and nothing else */
    CHECK(of_text(s, ZWSP "casino" ZWSP) == 1);
    CHECK(of_text(s, ZWSP ZWSP) == 0);
    CHECK(of_text(s, "\n\n  ") == 0);
    stub_close(s);
}

static void sees_links_as_a_reader_does(void)
{
    struct stub *s = with("deny url prizes.example\n"
                          "deny url /^[a-z.]*\\/login/\n");

    CHECK(of_text(s, "see prizes" STOP "example") == 1);
    CHECK(of_text(s, "see www" HALF "prizes" STOP "example/x") == 1);
    CHECK(of_text(s, "see pr" FW_I "zes" FW_STOP "example now") == 1);
    CHECK(of_text(s, "see prizes" STOP "ex" FW_a "mple") == 1);
    CHECK(of_text(s, "see prizes.ex" ZWSP "ample") == 1);
    CHECK(of_text(s, "see\n\n\nprizes.example   x") == 1);
    /* behind a host it ends the sentence */
    CHECK(of_text(s, "prizes.example" STOP) == 1);
    CHECK(of_text(s, "prizes.example" STOP "\xe6\x81\xad\xe5\x96\x9c") == 1);
    CHECK(of_text(s, "\xe6\x81\xad" STOP "prizes.example" STOP) == 1);
    CHECK(of_text(s, "prizes.example" HALF) == 1);
    CHECK(of_text(s, "prizes" STOP " example") == 0);
    CHECK(of_text(s, "prizes" STOP "example.org") == 0);
    CHECK(of_text(s, "a" STOP "b" STOP "c  \n x.test/login") == 2);
    CHECK(of_text(s, ZWSP ZWSP "x.t" ZWSP "est/login") == 2);
    stub_close(s);
}

static void decides_by_the_first_rule_that_fits(void)
{
    struct stub *s = with("monitor keyword word\n"
                          "allow sender friend\n"
                          "deny text /regex/\n"
                          "monitor keyword word\n"
                          "deny text other text\n"
                          "deny keyword word\n"
                          "monitor keyword late\n"
                          "allow text /other/\n"
                          "allow keyword word\n");

    CHECK(of_text(s, "word") == 6);
    CHECK(strcmp(notes, "firewall: check-rules monitor, keyword rule of line "
                        "1; firewall: check-rules deny, keyword rule of line "
                        "6") == 0);
    CHECK(denied(s, "friend", "a regex, word") == 0);
    CHECK(strcmp(notes, "firewall: check-rules monitor, keyword rule of line "
                        "1") == 0);
    CHECK(of_text(s, "a regex and other text") == 3);
    CHECK(of_text(s, "other text, word") == 5);
    CHECK(of_text(s, "other text, late") == 5);
    CHECK(strstr(notes, "line 7") == NULL);
    CHECK(of_text(s, "late, other") == 0);
    CHECK(strstr(notes, "line 7") != NULL);
    CHECK(stub_counter(s, "check-rules-deny") == 4);
    CHECK(stub_counter(s, "check-rules-monitor") == 4);
    CHECK(stub_counter(s, "fs11-sms") == 4 + 4);
    stub_close(s);
}

static void only_watches_if_told_so(void)
{
    static const char *const monitor[] = { key, "check-no-sri=off",
                                           "check-rules=monitor", NULL };
    static const char *const off[] = { key, "check-no-sri=off",
                                       "check-rules=off", NULL };
    struct stub *s;

    write_rules("deny keyword casino\n", 20);
    s = stub_open("firewall", monitor, NULL, 0);
    CHECK(ask(s, "x", "casino") == PLUG_NEXT);
    CHECK(strstr(notes, "check-rules monitor, keyword rule of line 1") != NULL);
    stub_close(s);
    s = stub_open("firewall", off, NULL, 0);
    CHECK(ask(s, "x", "casino") == PLUG_NEXT && notes[0] == '\0');
    stub_close(s);
}

static void keeps_the_text_out_of_log_and_record(void)
{
    struct stub *s = with("deny keyword casino\n");

    ask(s, "x", "secret casino");
    CHECK(stub_logged(s, "check-rules deny"));
    CHECK(!stub_logged(s, "secret") && !stub_logged(s, "casino"));
    CHECK(strstr(notes, "secret") == NULL && strstr(notes, "casino") == NULL);
    stub_close(s);
}

/* ---- the file ---- */

static void tells_the_line_of_a_bad_rule(void)
{
    static const struct {
        const char *rule, *why;
    } bad[] = {
        { "block sender x", "<block> should be allow, monitor or deny" },
        { "deny from x", "<from> should be sender, keyword, url or text" },
        { "deny", "<> should be sender" },
        { "deny text", "the pattern is missing" },
        { "deny text \"\"", "the pattern is empty" },
        { "deny text \xe2\x80\x8b", "the pattern is empty" },
        { "deny sender \"  \"", "the pattern is empty" },
        { "deny text a   b", "a text has at least 4 octets" },
        { "deny text abc", "a text has at least 4 octets" },
        { "deny sender *", "a prefix has 1 to 63" },
        { "deny keyword two words", "a keyword is one word" },
        { "deny keyword c++", "a keyword is one word" },
        { "deny keyword /x/", "no regular expressions for keywords" },
        { "deny url http://x.example", "is not the name of a host" },
        { "deny url *.", "the name of a host has" },
        { "deny url x.", "the name of a host has" },
        { "deny text /abc", "ends with another /" },
        { "deny text /a(b/", "octet 3 of the pattern: missing closing" },
        { "deny text /ab/q", "the flags after the second /" },
        { "deny text /\\C/", "octet 2 of the pattern" },
        { "deny text /\xff/", "UTF-8 error" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char text[200], why[300] = "", should[200];

        snprintf(text, sizeof(text), "# first\n\ndeny keyword ok\n%s\n",
                 bad[i].rule);
        write_rules(text, strlen(text));
        CHECK(!stub_check("firewall", keys, why, sizeof(why)));
        snprintf(should, sizeof(should), "%s:4: ", file);
        CHECK(strstr(why, should) != NULL && strstr(why, bad[i].why) != NULL);
        if (strstr(why, bad[i].why) == NULL)
            printf("  %s: %s\n", bad[i].rule, why);
    }
}

static void refuses_too_many_and_too_long(void)
{
    static char text[200000];
    char why[300] = "";
    size_t n = 0;

    for (int i = 0; i < 257; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "deny text /x%d/\n",
                              i);
    write_rules(text, n);
    CHECK(!stub_check("firewall", keys, why, sizeof(why)));
    CHECK(strstr(why, ":257: more than 256 regular") != NULL);
    memset(text, 'a', sizeof(text));
    memcpy(text, "deny text ", 10);
    write_rules(text, 1011);
    CHECK(!stub_check("firewall", keys, why, sizeof(why)));
    CHECK(strstr(why, ":1: a pattern has at most 1000") != NULL);
    write_rules(text, 1010);
    CHECK(stub_check("firewall", keys, why, sizeof(why)));
}

static void keeps_the_old_rules_if_the_new_are_bad(void)
{
    struct stub *s = with("deny keyword old\n");

    write_rules("deny keyword new\nnonsense\n", 26);
    stub_reload(s);
    CHECK(stub_logged(s, ":2: <nonsense> should be"));
    CHECK(of_text(s, "old new") == 1);
    CHECK(of_text(s, "new") == 0);
    unlink(file);
    stub_reload(s);
    CHECK(stub_logged(s, "No such file"));
    CHECK(of_text(s, "old") == 1);
    write_rules("# gone\ndeny keyword new\n", 24);
    stub_reload(s);
    CHECK(stub_logged(s, "files read again, 1 rules"));
    CHECK(of_text(s, "old") == 0);
    CHECK(of_text(s, "new") == 2);
    stub_close(s);
}

/* ---- hostile ---- */

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void gives_up_on_expressions_that_explode(void)
{
    static char text[100000];
    static const size_t len[] = { 30, 160, 4000, sizeof(text) };
    struct stub *s = with("deny text /^(a+)+$/\n"
                          "deny text /(a|a)*(a|a)*(a|a)*b$/\n"
                          "deny text /((a*)*)*c/i\n"
                          "deny text /(.*)(.*)(.*)(.*)(.*)\\1\\2\\3z/s\n"
                          "deny text /((a*)(?1)?b)?x/\n"
                          "deny keyword last\n");
    double start = cpu_s();

    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < sizeof(len) / sizeof(*len); i++) {
        text[len[i] - 1] = '!';
        CHECK(ask_octets(s, "x", text, len[i]) == PLUG_NEXT);
        text[len[i] - 1] = 'a';
    }
    CHECK(stub_counter(s, "rules-gave-up") >= 2);
    CHECK(stub_logged(s, ":1: this regular expression takes too long") ||
          stub_logged(s, ":2: this regular expression takes too long"));
    CHECK(cpu_s() - start < 5);
    /* of a usual length they cost next to nothing */
    text[159] = '!';
    start = cpu_s();
    for (int i = 0; i < 50; i++)
        CHECK(ask_octets(s, "x", text, 160) == PLUG_NEXT);
    CHECK(cpu_s() - start < 0.3);
    /* the others still hold */
    memcpy(text + 200, " last", 5);
    CHECK(ask_octets(s, "x", text, 205) == PLUG_PERMFAIL);
    stub_close(s);
}

static void stands_any_octets(void)
{
    static const char odd[] =
        "\0\xff\xc2\xe2\x80\xe3\xf0\x9f\x98\x80.\xc0\x80-.a\0.b..-\x80\x80"
        "\xed\xa0\x80\xf4\x90\x80\x80 casino\0prizes.example\0claim your";
    struct stub *s = with("deny keyword casino\n"
                          "deny url prizes.example\n"
                          "deny text claim your\n"
                          "deny text /\\x{1F600}zz/\n"
                          "deny text /\\bver[i]fy\\b/\n"
                          "deny sender /^x+$/\n");
    size_t len = sizeof(odd) - 1;

    /* each beginning and each end of it */
    for (size_t i = 0; i <= len; i++) {
        char *copy = malloc(i + 1); /* to the octet, for a sanitizer */

        memcpy(copy, odd, i);
        ask_octets(s, "\xc3", copy, i);
        memcpy(copy, odd + len - i, i);
        ask_octets(s, "\xff\xfe", copy, i);
        free(copy);
    }
    CHECK(ask_octets(s, "a", odd, len) == PLUG_PERMFAIL);
    CHECK(strstr(notes, "line 1") != NULL);
    CHECK(ask_octets(s, "a", "a\0casino\0b", 10) == PLUG_PERMFAIL);
    CHECK(ask_octets(s, "a", "\0claim your\0", 12) == PLUG_PERMFAIL);
    CHECK(ask_octets(s, "a", "cas\0ino", 7) == PLUG_NEXT);
    CHECK(ask_octets(s, "a", "\xff\xc3 verify \xe2", 11) == PLUG_PERMFAIL);
    CHECK(stub_counter(s, "rules-gave-up") == 0);
    stub_close(s);
}

static void stands_huge_texts(void)
{
    static char text[PLUG_FIELD_MAX];
    struct stub *s = with("deny keyword casino\n"
                          "deny url prizes.example\n"
                          "deny text aaaaaaaab\n"
                          "deny url /zzz/\n");
    static const char fill[] = { 'a', '.', ' ', '-', '\xe2', '\0' };

    for (size_t i = 0; i < sizeof(fill); i++) {
        memset(text, fill[i], sizeof(text));
        CHECK(ask_octets(s, "x", text, sizeof(text)) == PLUG_NEXT);
        memcpy(text + sizeof(text) - 7, " casino", 7);
        CHECK(ask_octets(s, "x", text, sizeof(text)) == PLUG_PERMFAIL);
    }
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = i % 2 ? '.' : 'a';
    CHECK(ask_octets(s, "x", text, sizeof(text)) == PLUG_NEXT);
    stub_close(s);
}

/* ---- thousands of rules, against the plainest way to do it ---- */

enum { MANY = 3000, LETTERS = 4 };

static uint32_t seed = 7;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static struct {
    char scope; /* k, u, t, s */
    char action;
    char pattern[24];
} rule[MANY];

static void letters(char *out, unsigned least, unsigned most)
{
    unsigned n = least + pick(most - least + 1);

    while (n-- > 0)
        *out++ = "abXY"[pick(LETTERS)];
    *out = '\0';
}

static char *make_rules(void)
{
    static char text[MANY * 48];
    static const char *const action[] = { "deny", "monitor", "allow" };
    size_t n = 0;

    for (int i = 0; i < MANY; i++) {
        unsigned a = pick(20);

        a = a > 2 ? 0 : a;
        rule[i].scope = "kuts"[pick(4)];
        rule[i].action = action[a][0];
        letters(rule[i].pattern, rule[i].scope == 'k' ? 6 : 7, 12);
        if (rule[i].scope == 'u')
            memcpy(rule[i].pattern + 2 + pick(2), ".", 1);
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %s %s\n",
                              action[a],
                              rule[i].scope == 'k'   ? "keyword"
                              : rule[i].scope == 'u' ? "url"
                              : rule[i].scope == 't' ? "text"
                                                     : "sender",
                              rule[i].pattern);
    }
    return text;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || (c & 0x80) != 0;
}

/* Does it stand there, with nothing before and behind that belongs to it? */
static bool stands(const char *text, const char *p, char scope)
{
    size_t len = strlen(p);

    for (const char *at = text; *at != '\0'; at++) {
        char before = at == text ? ' ' : at[-1], behind;

        if (strncasecmp(at, p, len) != 0)
            continue;
        behind = at[len];
        if (scope == 't')
            return true;
        if (scope == 'k' && !is_letter(before) && !is_letter(behind))
            return true;
        /* dots behind are the sentence's, unless the host goes on */
        if (scope == 'u' && !is_letter(before) && before != '-' &&
            !is_letter(behind) && behind != '.')
            return true;
    }
    return false;
}

static unsigned plainly(const char *sender, const char *text)
{
    for (int i = 0; i < MANY; i++) {
        bool fits = rule[i].scope == 's'
                        ? strcasecmp(rule[i].pattern, sender) == 0
                        : stands(text, rule[i].pattern, rule[i].scope);

        if (fits && rule[i].action != 'm')
            return rule[i].action == 'd' ? (unsigned)i + 1 : 0;
    }
    return 0;
}

/* Half of it out of rules, so that they are met, or nearly. */
static void make_text(char *out)
{
    *out = '\0';
    for (int i = 0; i < 6; i++) {
        char word[24];

        if (pick(2) == 0)
            snprintf(word, sizeof(word), "%s", rule[pick(MANY)].pattern);
        else
            letters(word, 1, 12);
        if (pick(4) == 0)
            word[pick((unsigned)strlen(word))] = 'a';
        strcat(out, word);
        strcat(out, pick(8) == 0 ? "a" : pick(3) == 0 ? "/" : " ");
    }
}

static void finds_what_the_plainest_way_finds(void)
{
    struct stub *s = with(make_rules());
    unsigned found = 0;

    for (int i = 0; i < 3000; i++) {
        char text[200], sender[24];
        unsigned should, is;

        make_text(text);
        snprintf(sender, sizeof(sender), "%s",
                 pick(10) == 0 ? rule[pick(MANY)].pattern : "x");
        should = plainly(sender, text);
        is = denied(s, sender, text);
        found += should != 0;
        CHECK(is == should);
        if (is != should)
            printf("  <%s> by <%s>: line %u, should be %u, %c <%s>\n", text,
                   sender, is, should, should ? rule[should - 1].scope : ' ',
                   should ? rule[should - 1].pattern : "");
    }
    CHECK(found > 300 && found < 2900);
    stub_close(s);
}

/* ---- the examples ---- */

enum { EXAMPLE_KEYS = 40, KEY_OCTETS = 1000 };

/* The keys of the example's group that are the plug-in's own, with files that
 * are installed taken from here. */
static unsigned example_keys(const char *dir, char key_value[][KEY_OCTETS])
{
    static const char of_host[] = " group id path priority on-failure ";
    char path[300], line[300], word[320];
    unsigned n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/firewall.conf", dir);
    f = fopen(path, "r");
    CHECK(f != NULL);
    while (f != NULL && n < EXAMPLE_KEYS && fgets(line, sizeof(line), f)) {
        char *is = strstr(line, " = "), *v;

        if (line[0] == '#' || is == NULL)
            continue;
        *is = '\0';
        v = is + 3 + strspn(is + 3, "\"");
        v[strcspn(v, "\"\n")] = '\0';
        snprintf(word, sizeof(word), " %s ", line);
        if (strstr(of_host, word) != NULL)
            continue;
        if (strncmp(v, "/etc/sigtran-box/", 17) == 0)
            snprintf(key_value[n++], KEY_OCTETS, "%s=%s/%s", line, dir, v + 17);
        else
            snprintf(key_value[n++], KEY_OCTETS, "%s=%s", line, v);
    }
    if (f != NULL)
        fclose(f);
    return n;
}

static void takes_its_examples(void)
{
    static char key_value[EXAMPLE_KEYS][KEY_OCTETS];
    const char *example[EXAMPLE_KEYS + 1] = { NULL };
    const char *srcdir = getenv("srcdir");
    char dir[200], why[300] = "";
    struct stub *s;
    unsigned n;

    snprintf(dir, sizeof(dir), "%s/doc/examples", srcdir ? srcdir : ".");
    n = example_keys(dir, key_value);
    CHECK(n > 15);
    for (unsigned i = 0; i < n; i++)
        example[i] = key_value[i];
    s = stub_open("firewall", example, why, sizeof(why));
    CHECK(s != NULL);
    if (s == NULL) {
        printf("  %s\n", why);
        return;
    }
    CHECK(ask(s, "Ex4mple Bank", "hi") == PLUG_PERMFAIL);
    CHECK(strstr(notes, "line 6") != NULL);
    CHECK(ask(s, "x", "best casino") == PLUG_PERMFAIL);
    CHECK(ask(s, "x", "best casino, or stop") == PLUG_NEXT);
    stub_close(s);
}

int main(void)
{
    if (mkstemp(file) < 0)
        return 1;
    snprintf(key, sizeof(key), "rules-file=%s", file);
    knows_originators();
    knows_words();
    knows_links();
    knows_text();
    sees_originators_as_a_reader_does();
    sees_words_and_text_as_a_reader_does();
    sees_links_as_a_reader_does();
    decides_by_the_first_rule_that_fits();
    only_watches_if_told_so();
    keeps_the_text_out_of_log_and_record();
    tells_the_line_of_a_bad_rule();
    refuses_too_many_and_too_long();
    keeps_the_old_rules_if_the_new_are_bad();
    gives_up_on_expressions_that_explode();
    stands_any_octets();
    stands_huge_texts();
    finds_what_the_plainest_way_finds();
    takes_its_examples();
    unlink(file);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_rule_test.c - rules: conditions, order, words, weights, ten thousand
 */

#include "gw/dlv_rule.h"

#include "check.h"

#include <time.h>

#define LIST(words) words "\0" /* the literal's own NUL is the second one */

static const struct dlv_rule_about plain = {
    .vmn = "447700900123",
    .sc = "447785016005",
    .sender = "+447700900001",
    .smsc_id = "shop",
    .word = "Win",
    .owner = 7,
    .network = 1,
};

static struct dlv_rule any(void)
{
    return (struct dlv_rule){ .network = HLR_NETWORK_NONE, .route = -1 };
}

/* The one rule of a table. */
static bool takes(struct dlv_rule r, const struct dlv_rule_about *m)
{
    struct dlv_rules *rs = dlv_rules_new(&r, 1);
    uint16_t found = dlv_rules_find(rs, m);

    dlv_rules_free(rs);
    CHECK(found <= 1);
    CHECK((found == 1) == (dlv_rule_fits(&r, m) == DLV_RULE_FITS));
    return found == 1;
}

static bool takes_vmn(struct dlv_rule r, const char *vmn)
{
    struct dlv_rule_about m = plain;

    m.vmn = vmn;
    return takes(r, &m);
}

static void prefixes_of_numbers(void)
{
    struct dlv_rule r = any();

    CHECK(takes(r, &plain));
    r.vmn_prefix = LIST("4477");
    CHECK(takes(r, &plain) && takes_vmn(r, "4477"));
    CHECK(!takes_vmn(r, "447") && !takes_vmn(r, "4478") && !takes_vmn(r, "1"));
    r.vmn_prefix = LIST("1\0"
                        "447700900123");
    CHECK(takes(r, &plain) && takes_vmn(r, "15") && !takes_vmn(r, "44770"));
}

static void ranges_of_numbers(void)
{
    struct dlv_rule r = any();

    strcpy(r.first, "447700900050");
    strcpy(r.last, "447700900149");
    CHECK(takes_vmn(r, "447700900050") && takes_vmn(r, "447700900149"));
    CHECK(takes_vmn(r, "447700900100"));
    CHECK(!takes_vmn(r, "447700900049") && !takes_vmn(r, "447700900150"));
    CHECK(!takes_vmn(r, "44770090010") && !takes_vmn(r, "4477009001000"));
    strcpy(r.last, "447700900050");
    CHECK(takes_vmn(r, "447700900050") && !takes_vmn(r, "447700900051"));
    strcpy(r.first, "100");
    strcpy(r.last, "999");
    CHECK(takes_vmn(r, "500") && !takes_vmn(r, "5000"));
    r.vmn_prefix = LIST("5"); /* both must hold */
    CHECK(takes_vmn(r, "500") && !takes_vmn(r, "400"));
}

static void what_the_register_and_the_network_say(void)
{
    struct dlv_rule r = any();
    struct dlv_rule_about m = plain;

    r.owner = 7;
    CHECK(takes(r, &plain));
    m.owner = 0;
    CHECK(!takes(r, &m));
    r = any();
    r.network = 1;
    CHECK(takes(r, &plain));
    m.network = 0;
    CHECK(!takes(r, &m));
    r = any();
    r.sc_prefix = LIST("1\0"
                       "44778");
    CHECK(takes(r, &plain));
    m.sc = "";
    CHECK(!takes(r, &m));
    r = any();
    r.smsc_id = LIST("sho\0"
                     "shop");
    CHECK(takes(r, &plain));
    m.smsc_id = "shop2";
    CHECK(!takes(r, &m));
}

static bool takes_sender(const char *list, const char *sender, bool name)
{
    struct dlv_rule r = any();
    struct dlv_rule_about m = plain;

    r.sender = list;
    m.sender = sender;
    m.name = name;
    return takes(r, &m);
}

static void senders_are_numbers_or_names(void)
{
    CHECK(takes_sender(LIST("+44"), "+447700900001", false));
    CHECK(!takes_sender(LIST("44"), "+447700900001", false));
    CHECK(takes_sender(LIST("44"), "44123", false));
    CHECK(!takes_sender(LIST("+44"), "44123", false));
    CHECK(takes_sender(LIST("Bank"), "Bank", true));
    CHECK(!takes_sender(LIST("Bank"), "Bank24", true));
    CHECK(!takes_sender(LIST("Bank"), "bank", true));
    /* a name that looks like a number is none */
    CHECK(!takes_sender(LIST("44"), "4477", true));
    CHECK(!takes_sender(LIST("44"), "44", true));
    CHECK(takes_sender(LIST("+44\0"
                            "My Bank"),
                       "My Bank", true));
    CHECK(!takes_sender(LIST("*10"), "*100", false));
}

static bool takes_text(const char *list, const char *text)
{
    struct dlv_rule r = any();
    struct dlv_rule_about m = plain;
    char word[DLV_WORD_MAX + 1];

    r.keyword = list;
    dlv_rule_word(text, strlen(text), word);
    m.word = word;
    return takes(r, &m);
}

static void keywords_are_first_words(void)
{
    char text[200];

    CHECK(takes_text(LIST("win"), "win") && takes_text(LIST("WIN"), "Win it"));
    CHECK(takes_text(LIST("win"), " \r\n\twin\tit"));
    CHECK(!takes_text(LIST("win"), "winner") && !takes_text(LIST("win"), "wi"));
    CHECK(!takes_text(LIST("win"), "to win") && !takes_text(LIST("win"), ""));
    CHECK(!takes_text(LIST("win"), "   "));
    CHECK(takes_text(LIST("a\0"
                          "b\0"
                          "win"),
                     "win"));
    CHECK(takes_text(LIST("\xc3\xbc"
                          "ber"),
                     "\xc3\xbc"
                     "BER x"));
    /* the longest, and one more */
    memset(text, 'a', sizeof(text));
    text[DLV_WORD_MAX] = '\0';
    strcpy(text + 100, text);
    text[100 + DLV_WORD_MAX + 1] = '\0'; /* a list of it */
    CHECK(takes_text(text + 100, text));
    text[DLV_WORD_MAX] = 'a';
    text[DLV_WORD_MAX + 1] = '\0';
    CHECK(!takes_text(text + 100, text));
}

static void a_word_ends_where_the_text_does(void)
{
    char word[DLV_WORD_MAX + 1];

    dlv_rule_word("winner", 3, word);
    CHECK(strcmp(word, "win") == 0);
    dlv_rule_word("win\0ner", 7, word); /* UCS-2 may hold a NUL */
    CHECK(strcmp(word, "win") == 0);
    dlv_rule_word("  ", 2, word);
    CHECK(word[0] == '\0');
    dlv_rule_word("x", 0, word);
    CHECK(word[0] == '\0');
}

static void all_conditions_must_hold(void)
{
    struct dlv_rule r = any();
    struct dlv_rule_about m = plain;

    r.vmn_prefix = LIST("4477");
    r.sc_prefix = LIST("44");
    r.sender = LIST("+44");
    r.keyword = LIST("win");
    r.smsc_id = LIST("shop");
    r.owner = 7;
    r.network = 1;
    CHECK(takes(r, &plain));
    m.vmn = "49";
    CHECK(!takes(r, &m));
    m = plain;
    m.word = "";
    CHECK(!takes(r, &m));
    m = plain;
    m.sender = "+1";
    CHECK(!takes(r, &m));
}

static void the_first_that_fits_is_taken(void)
{
    struct dlv_rule r[5];
    struct dlv_rules *rs;
    struct dlv_rule_about m = plain;

    for (unsigned i = 0; i < 5; i++)
        r[i] = any();
    r[0].keyword = LIST("lose");
    r[1].vmn_prefix = LIST("447700900123");
    r[1].keyword = LIST("win");
    r[2].vmn_prefix = LIST("44"); /* the shorter one, but first */
    r[3].vmn_prefix = LIST("4477");
    rs = dlv_rules_new(r, 5);
    CHECK(dlv_rules_want_word(rs));
    CHECK(dlv_rules_find(rs, &m) == 2);
    m.word = "LOSE";
    CHECK(dlv_rules_find(rs, &m) == 1);
    m.word = "";
    CHECK(dlv_rules_find(rs, &m) == 3);
    m.vmn = "49";
    CHECK(dlv_rules_find(rs, &m) == 5);
    dlv_rules_free(rs);
    rs = dlv_rules_new(r, 4);
    CHECK(dlv_rules_find(rs, &m) == 0);
    dlv_rules_free(rs);
    rs = dlv_rules_new(r, 0);
    CHECK(dlv_rules_find(rs, &m) == 0 && !dlv_rules_want_word(rs));
    dlv_rules_free(rs);
}

/* Too many of both for the table to have each. */
static void many_numbers_and_many_words(void)
{
    struct dlv_rule r = any();
    struct dlv_rule_about m = plain;

    r.vmn_prefix = LIST("1\0"
                        "2\0"
                        "3\0"
                        "41\0"
                        "42\0"
                        "43\0"
                        "44\0"
                        "45\0"
                        "46");
    r.keyword = LIST("a\0"
                     "b\0"
                     "c\0"
                     "d\0"
                     "e\0"
                     "f\0"
                     "g\0"
                     "win");
    CHECK(takes(r, &m));
    m.word = "lose";
    CHECK(!takes(r, &m));
    m.word = "a";
    m.vmn = "47";
    CHECK(!takes(r, &m));
}

/* For explain: given the number alone. */
static void may_fit_what_is_not_known(void)
{
    static const struct dlv_rule_about number = {
        .vmn = "447700900123", .smsc_id = "shop", .owner = 7, .network = 1
    };
    struct dlv_rule r = any();

    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_FITS);
    r.vmn_prefix = LIST("44");
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_FITS);
    r.keyword = LIST("win");
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_MAY_FIT);
    r.owner = 8;
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_FITS_NOT);
    r = any();
    r.sc_prefix = LIST("44");
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_MAY_FIT);
    r = any();
    r.sender = LIST("+44");
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_MAY_FIT);
    r.smsc_id = LIST("other");
    CHECK(dlv_rule_fits(&r, &number) == DLV_RULE_FITS_NOT);
}

static void tells_itself(void)
{
    struct box_weight box[] = { { "a", 3 }, { "b", 1 }, { "c", 5 } };
    struct dlv_rule r = any();
    char text[300];

    dlv_rule_str(&r, text, sizeof(text));
    CHECK(strcmp(text, "every message") == 0);
    r.vmn_prefix = LIST("44\0"
                        "49");
    r.keyword = LIST("win");
    r.owner = 5;
    r.network = 0;
    r.network_id = "home";
    strcpy(r.first, "100");
    strcpy(r.last, "199");
    dlv_rule_str(&r, text, sizeof(text));
    CHECK(strcmp(text, "vmn-prefix 44 or 49, numbers 100 to 199, owner 5, "
                       "network home, keyword win") == 0);
    dlv_rule_str(&r, text, 12);
    CHECK(strcmp(text, "vmn-prefix ") == 0);
    dlv_rule_boxes_str(&r, text, sizeof(text));
    CHECK(text[0] == '\0');
    r.boxes[0] = (struct box_share){ 2, box };
    r.boxes[1] = (struct box_share){ 1, box + 2 };
    dlv_rule_boxes_str(&r, text, sizeof(text));
    CHECK(strcmp(text, "a (3 of 4), b (1 of 4), else c") == 0);
}

/* ---- parts ---- */

static void parts_follow_the_first_one(void)
{
    static struct dlv_rule_parts p;
    uint16_t rule = 9;

    CHECK(!dlv_rule_kept(&p, 5, 0, &rule) && rule == 9);
    dlv_rule_keep(&p, 5, 3, 1000);
    CHECK(dlv_rule_kept(&p, 5, 1000, &rule) && rule == 3);
    CHECK(!dlv_rule_kept(&p, 5 + DLV_RULE_PARTS, 1000, &rule));
    CHECK(!dlv_rule_kept(&p, 5, 1000 + DLV_RULE_PART_MS, &rule));
    dlv_rule_keep(&p, 5, 0, 1000); /* the reference is used again */
    CHECK(dlv_rule_kept(&p, 5, 1001, &rule) && rule == 0);
}

/* ---- weights ---- */

enum { DRAWS = 10000 };

static void shares(const struct box_share *s, uint32_t able, unsigned *got)
{
    memset(got, 0, s->n * sizeof(*got));
    for (uint64_t i = 0; i < DRAWS; i++) {
        int at = box_share_choose(s, able, box_share_draw(i));

        CHECK(at >= 0 && (able >> at & 1) != 0);
        got[at]++;
    }
}

/* Within two of a hundred of all that were drawn. */
static bool is_near(unsigned got, unsigned weight, unsigned of)
{
    int off = (int)got - (int)(DRAWS * weight / of);

    return off < DRAWS / 50 && off > -DRAWS / 50;
}

static void weights_are_kept(void)
{
    struct box_weight box[] = { { "a", 3 }, { "b", 1 }, { "c", 4 } };
    const struct box_share s = { 3, box };
    unsigned got[3];

    shares(&s, 7, got);
    CHECK(is_near(got[0], 3, 8) && is_near(got[1], 1, 8));
    CHECK(is_near(got[2], 4, 8));
    shares(&s, 3, got);
    CHECK(is_near(got[0], 3, 4) && is_near(got[1], 1, 4) && got[2] == 0);
    shares(&s, 2, got);
    CHECK(got[1] == DRAWS);
    CHECK(box_share_choose(&s, 0, 1) == -1);
}

/* One that goes leaves what is its own, and nothing else moves. */
static void others_keep_what_they_have(void)
{
    struct box_weight box[] = { { "a", 1 }, { "b", 1 }, { "c", 2 } };
    const struct box_share s = { 3, box };

    for (uint64_t i = 0; i < 1000; i++) {
        int with = box_share_choose(&s, 7, box_share_draw(i));
        int without = box_share_choose(&s, 5, box_share_draw(i));

        CHECK(with == 1 || with == without);
    }
}

/* ---- how many there may be ---- */

enum { MANY = 10000, LOOKUPS = 10000 };

static struct dlv_rule many[MANY];
static char words[MANY][24];

static double find_all(const char *vmn_of_rule)
{
    struct dlv_rules *rs = dlv_rules_new(many, MANY);
    struct dlv_rule_about m = plain;
    clock_t began = clock();
    unsigned wrong = 0;

    for (unsigned i = 0; i < LOOKUPS; i++) {
        char vmn[16];

        snprintf(vmn, sizeof(vmn), vmn_of_rule, i % MANY);
        m.vmn = vmn;
        m.word = many[0].keyword != NULL ? words[i % MANY] : "nothing";
        wrong += dlv_rules_find(rs, &m) != i % MANY + 1;
    }
    dlv_rules_free(rs);
    CHECK(wrong == 0);
    return (double)(clock() - began) / CLOCKS_PER_SEC * 1e9 / LOOKUPS;
}

static void tell(const char *what, double ns)
{
    printf("%u rules %s: %.0f ns a message\n", (unsigned)MANY, what, ns);
    CHECK(ns < 20000); /* one after the other it would be more */
}

static void ten_thousand_are_no_burden(void)
{
    for (unsigned i = 0; i < MANY; i++) {
        many[i] = any();
        snprintf(words[i], sizeof(words[i]), "44770090%04u", i);
        words[i][strlen(words[i]) + 1] = '\0';
        many[i].vmn_prefix = words[i];
    }
    tell("by number", find_all("44770090%04u"));
    for (unsigned i = 0; i < MANY; i++) {
        many[i].vmn_prefix = NULL;
        snprintf(many[i].first, sizeof(many[i].first), "447%07u50", i);
        snprintf(many[i].last, sizeof(many[i].last), "447%07u49", i + 1);
    }
    tell("by range", find_all("447%07u77"));
    for (unsigned i = 0; i < MANY; i++) {
        many[i] = any();
        snprintf(words[i], sizeof(words[i]), "Word%u", i);
        words[i][strlen(words[i]) + 1] = '\0';
        many[i].vmn_prefix = LIST("4477");
        many[i].keyword = words[i];
    }
    tell("by keyword of one number", find_all("44770090%04u"));
}

int main(void)
{
    prefixes_of_numbers();
    ranges_of_numbers();
    what_the_register_and_the_network_say();
    senders_are_numbers_or_names();
    keywords_are_first_words();
    a_word_ends_where_the_text_does();
    all_conditions_must_hold();
    the_first_that_fits_is_taken();
    many_numbers_and_many_words();
    may_fit_what_is_not_known();
    tells_itself();
    parts_follow_the_first_one();
    weights_are_kept();
    others_keep_what_they_have();
    ten_thousand_are_no_burden();
    return CHECK_DONE();
}

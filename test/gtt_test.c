/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt_test.c - which rule is found, against a plain search through all rules
 */

#include "check.h"
#include "gtt.h"

#include <stdlib.h>

static struct gtt_rule any(const char *prefix, uint32_t pc)
{
    struct gtt_rule r = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = GTT_PC,
        .pc = pc,
    };

    snprintf(r.prefix, sizeof(r.prefix), "%s", prefix);
    return r;
}

static struct sccp_gt title(const char *digits)
{
    return sccp_addr_e164(digits, 6).gt;
}

/* The point code of the rule found, or -1. */
static long found(const struct gtt *g, const struct sccp_gt *gt, bool *nature)
{
    const struct gtt_rule *r = gtt_find(g, gt, nature);

    return r != NULL ? (long)r->pc : -1;
}

static long pc_for(const struct gtt *g, const char *digits)
{
    struct sccp_gt gt = title(digits);
    bool nature;

    return found(g, &gt, &nature);
}

static void the_longest_prefix_wins(void)
{
    static const char *const prefixes[] = { "44", "4477", "447700900", "49",
                                            "447700900123" };
    struct gtt *g = gtt_new();

    for (unsigned i = 0; i < 5; i++) {
        struct gtt_rule r = any(prefixes[i], i);

        CHECK(gtt_add(g, &r) == 0);
    }
    CHECK(pc_for(g, "447700900123") == 4);
    CHECK(pc_for(g, "4477009001234") == 4);
    CHECK(pc_for(g, "447700900124") == 2);
    CHECK(pc_for(g, "44770090") == 1);
    CHECK(pc_for(g, "448") == 0);
    CHECK(pc_for(g, "4") == -1);
    CHECK(pc_for(g, "") == -1);
    CHECK(pc_for(g, "1") == -1);
    gtt_free(g);
}

static void the_empty_prefix_matches_every_title(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule all = any("", 7), uk = any("44", 8);
    struct sccp_gt none = { 0 };
    bool nature;

    CHECK(gtt_add(g, &all) == 0 && gtt_add(g, &uk) == 0);
    CHECK(pc_for(g, "") == 7 && pc_for(g, "4") == 7 && pc_for(g, "5") == 7);
    CHECK(pc_for(g, "441") == 8);
    CHECK(found(g, &none, &nature) == -1 && !nature);
    gtt_free(g);
}

static void digits_are_hexadecimal(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = any("44AbF", 1), same = any("44aBf", 2);

    CHECK(gtt_add(g, &r) == 0);
    CHECK(gtt_add(g, &same) == -1);
    CHECK(pc_for(g, "44abf0") == 1 && pc_for(g, "44ab0") == -1);
    gtt_free(g);
}

static void among_equals_the_rule_that_names_more_wins(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = any("44", 0);
    struct sccp_gt gt = title("4477");
    bool nature;

    CHECK(gtt_add(g, &r) == 0);
    r.pc = 2, r.np = 1, r.nai = 4;
    CHECK(gtt_add(g, &r) == 0);
    r.pc = 1, r.nai = GTT_ANY;
    CHECK(gtt_add(g, &r) == 0);
    r.pc = 3, r.nai = 4, r.tt = 0;
    CHECK(gtt_add(g, &r) == 0);
    CHECK(gtt_add(g, &r) == -1);

    CHECK(found(g, &gt, &nature) == 3);
    gt.tt = 9;
    CHECK(found(g, &gt, &nature) == 2);
    gt.nai = 3;
    CHECK(found(g, &gt, &nature) == 1);
    gt.np = 7;
    CHECK(found(g, &gt, &nature) == 0);
    gtt_free(g);
}

static void tells_that_only_the_nature_is_wrong(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = any("44", 1);
    struct sccp_gt gt = title("4477");
    bool nature;

    r.nai = 4;
    CHECK(gtt_add(g, &r) == 0);
    CHECK(found(g, &gt, &nature) == 1 && !nature);
    gt.nai = 3;
    CHECK(found(g, &gt, &nature) == -1 && nature);
    gt = title("49");
    CHECK(found(g, &gt, &nature) == -1 && !nature);
    gt = title("4477");
    gt.gti = 2; /* has no nature of address at all */
    CHECK(found(g, &gt, &nature) == -1 && nature);
    CHECK(found(NULL, &gt, &nature) == -1 && !nature);
    gtt_free(g);
}

static void a_longer_rule_that_does_not_apply_hides_nothing(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule uk = any("44", 1), mobile = any("447", 2);

    mobile.np = 7;
    CHECK(gtt_add(g, &uk) == 0 && gtt_add(g, &mobile) == 0);
    CHECK(pc_for(g, "4477") == 1);
    gtt_free(g);
}

static void refuses_what_is_no_prefix(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = any("44x", 1);

    CHECK(gtt_add(g, &r) == -1);
    r = any("+44", 1);
    CHECK(gtt_add(g, &r) == -1);
    memset(r.prefix, '1', sizeof(r.prefix));
    CHECK(gtt_add(g, &r) == -1);
    CHECK(pc_for(g, "44") == -1 && pc_for(g, "11111") == -1);
    gtt_free(g);
}

enum { MANY = 3000 };

/* Random prefixes of few different digits, so that they often meet. */
static void agrees_with_a_plain_search(void)
{
    static char prefix[MANY][8];
    struct gtt *g = gtt_new();
    uint32_t seed = 1;

    for (unsigned i = 0; i < MANY; i++) {
        struct gtt_rule r;

        seed = seed * 1664525 + 1013904223;
        snprintf(prefix[i], sizeof(prefix[i]), "%x", seed >> (8 + seed % 13));
        r = any(prefix[i], i);
        if (gtt_add(g, &r) < 0)
            prefix[i][0] = '\0';
    }
    for (unsigned i = 0; i < 2 * MANY; i++) {
        char digits[12];
        size_t best_len = 0;
        long best = -1;

        seed = seed * 1664525 + 1013904223;
        snprintf(digits, sizeof(digits), "%x", seed);
        for (unsigned j = 0; j < MANY; j++) {
            size_t len = strlen(prefix[j]);

            if (len > best_len && strncmp(digits, prefix[j], len) == 0) {
                best_len = len;
                best = j;
            }
        }
        CHECK(pc_for(g, digits) == best);
    }
    gtt_free(g);
}

static void a_rule_takes_the_place_of_an_own_title(void)
{
    struct gtt *g = gtt_new();
    struct gtt_rule r = any("447700970000", 7), named = r;
    struct sccp_gt gt = title("447700970000");
    const struct gtt_rule *found_rule;
    bool nature;

    gtt_add_own(g, "447700970000");
    CHECK(gtt_count(g) == 0 && !gtt_has_local(g));
    found_rule = gtt_find(g, &gt, &nature);
    CHECK(found_rule != NULL && found_rule->action == GTT_LOCAL);
    named.np = 1, named.pc = 8;
    CHECK(gtt_add(g, &named) == 0 && pc_for(g, gt.digits) == 8);
    gt.np = 6; /* the own title is still there for the others */
    CHECK(found(g, &gt, &nature) == 0);
    CHECK(gtt_add(g, &r) == 0 && found(g, &gt, &nature) == 7);
    CHECK(gtt_add(g, &r) == -1);
    gtt_add_own(g, "447700970000"); /* later it is no different */
    CHECK(found(g, &gt, &nature) == 7);
    CHECK(gtt_count(g) == 2 && !gtt_has_local(g));
    r = any("49", 0), r.action = GTT_LOCAL;
    CHECK(gtt_add(g, &r) == 0 && gtt_has_local(g));
    gtt_free(g);
}

static void prefixes_have_up_to_32_digits(void)
{
    static const char longest[] = "0123456789abcdef0123456789abcdef";
    struct gtt *g = gtt_new();
    char digits[SCCP_GT_DIGITS + 1];

    for (unsigned len = 0; len <= SCCP_GT_DIGITS; len++) {
        struct gtt_rule r;

        snprintf(digits, sizeof(digits), "%.*s", (int)len, longest);
        r = any(digits, len);
        CHECK(gtt_add(g, &r) == 0);
    }
    for (unsigned len = 0; len <= SCCP_GT_DIGITS; len++) {
        snprintf(digits, sizeof(digits), "%.*s", (int)len, longest);
        CHECK(pc_for(g, digits) == (long)len);
        if (len < SCCP_GT_DIGITS) { /* a digit that is in no rule */
            digits[len] = longest[len] == '1' ? '2' : '1';
            digits[len + 1] = '\0';
            CHECK(pc_for(g, digits) == (long)len);
        }
    }
    gtt_free(g);
}

/* Different ones are told apart, and the same ones cost no memory. */
static void keeps_once_what_rules_say(void)
{
    struct gtt *few = gtt_new(), *many = gtt_new();
    char digits[SCCP_GT_DIGITS];

    for (unsigned i = 0; i < 1000; i++) {
        struct gtt_rule r;

        snprintf(digits, sizeof(digits), "44%03u", i);
        r = any(digits, 7);
        CHECK(gtt_add(few, &r) == 0);
        snprintf(r.change.prepend, sizeof(r.change.prepend), "%u", i);
        CHECK(gtt_add(many, &r) == 0);
    }
    for (unsigned i = 0; i < 1000; i++) {
        struct sccp_gt gt;
        char prepend[8];
        bool nature;

        snprintf(digits, sizeof(digits), "44%03u", i);
        snprintf(prepend, sizeof(prepend), "%u", i);
        gt = title(digits);
        CHECK(strcmp(gtt_find(many, &gt, &nature)->change.prepend, prepend) ==
              0);
        CHECK(gtt_find(few, &gt, &nature)->change.prepend[0] == '\0');
    }
    CHECK(gtt_octets(many) > gtt_octets(few) + 50000);
    gtt_free(few);
    gtt_free(many);
}

/* A table of real size, and that the digits of each prefix find it again. */
static void carries_a_million_prefixes(void)
{
    enum { N = 1000000 };
    struct gtt *g = gtt_new();
    char digits[SCCP_GT_DIGITS];

    for (unsigned i = 0; i < N; i++) {
        struct gtt_rule r;

        snprintf(digits, sizeof(digits), "4477%08u", i * 977u % 100000000);
        r = any(digits, i);
        CHECK(gtt_add(g, &r) == 0);
    }
    for (unsigned i = 0; i < N; i++) {
        snprintf(digits, sizeof(digits), "4477%08u7", i * 977u % 100000000);
        CHECK(pc_for(g, digits) == (long)i);
    }
    CHECK(gtt_count(g) == N && gtt_octets(g) / N < 200);
    gtt_free(g);
}

static void changes_what_the_rule_says(void)
{
    struct gtt_rule r = any("", 1);
    struct sccp_gt gt = title("262011234567890"), same = gt;

    CHECK(gtt_modify(&r, &gt) && memcmp(&gt, &same, sizeof(gt)) == 0);
    r.change = (struct gtt_change){ .strip = 5, .prepend = "4917" };
    CHECK(gtt_modify(&r, &gt) && strcmp(gt.digits, "49171234567890") == 0);
    CHECK(gt.es == 2 && gt.np == 1 && gt.gti == 4); /* 14 digits: even */
    r.change = (struct gtt_change){ .strip = 1 };
    CHECK(gtt_modify(&r, &gt) && strcmp(gt.digits, "9171234567890") == 0);
    CHECK(gt.es == 1);
    r.change = (struct gtt_change){ .set_np = true, .np = 7, .set_tt = true };
    CHECK(gtt_modify(&r, &gt) && gt.np == 7 && gt.tt == 0 && gt.nai == 4);
    CHECK(strcmp(gt.digits, "9171234567890") == 0);
}

/* What is there stays, what is not there becomes E.164 international. */
static void completes_a_title_that_has_less(void)
{
    static const struct sccp_gt less[] = {
        { .gti = 1, .nai = 3, .digits = "12" },
        { .gti = 2, .tt = 9, .digits = "12" },
        { .gti = 3, .tt = 9, .np = 6, .digits = "12" },
    };
    struct gtt_rule r = any("", 1);
    struct sccp_gt gt = less[0];

    r.change = (struct gtt_change){ .set_tt = true, .tt = 5 };
    CHECK(gtt_modify(&r, &gt) && gt.gti == 4 && gt.tt == 5);
    CHECK(gt.np == 1 && gt.nai == 3);
    r.change = (struct gtt_change){ .set_nai = true, .nai = 2 };
    gt = less[1];
    CHECK(gtt_modify(&r, &gt) && gt.gti == 4 && gt.tt == 9);
    CHECK(gt.np == 1 && gt.nai == 2);
    r.change = (struct gtt_change){ .set_np = true, .np = 1 };
    gt = less[2];
    CHECK(gtt_modify(&r, &gt) && gt.gti == 4 && gt.tt == 9);
    CHECK(gt.np == 1 && gt.nai == 4);
    r.change = (struct gtt_change){ .strip = 1 };
    gt = less[1];
    CHECK(gtt_modify(&r, &gt) && gt.gti == 2 && strcmp(gt.digits, "2") == 0);
}

static void a_title_never_grows_too_long_or_empty(void)
{
    struct gtt_rule r = any("", 1);
    struct sccp_gt gt = title("12345678901234567"), same = gt;

    r.change = (struct gtt_change){ .prepend = "123456789012345" };
    CHECK(gtt_modify(&r, &gt) && strlen(gt.digits) == SCCP_GT_DIGITS);
    same = gt;
    CHECK(!gtt_modify(&r, &gt) && memcmp(&gt, &same, sizeof(gt)) == 0);
    r.change = (struct gtt_change){ .strip = SCCP_GT_DIGITS, .set_np = true };
    CHECK(!gtt_modify(&r, &gt) && memcmp(&gt, &same, sizeof(gt)) == 0);
    gt = title("12");
    r.change = (struct gtt_change){ .strip = 3, .prepend = "99" };
    CHECK(!gtt_modify(&r, &gt) && strcmp(gt.digits, "12") == 0);
    r.change.strip = 2;
    CHECK(gtt_modify(&r, &gt) && strcmp(gt.digits, "99") == 0);
}

int main(void)
{
    SHOWS("SC-04", the_longest_prefix_wins);
    SHOWS("SC-04", the_empty_prefix_matches_every_title);
    digits_are_hexadecimal();
    SHOWS("SC-04", among_equals_the_rule_that_names_more_wins);
    SHOWS("SC-04", tells_that_only_the_nature_is_wrong);
    SHOWS("SC-04", a_longer_rule_that_does_not_apply_hides_nothing);
    refuses_what_is_no_prefix();
    SHOWS("SC-04", agrees_with_a_plain_search);
    a_rule_takes_the_place_of_an_own_title();
    prefixes_have_up_to_32_digits();
    keeps_once_what_rules_say();
    SHOWS("SC-04", carries_a_million_prefixes);
    SHOWS("SC-18", changes_what_the_rule_says);
    SHOWS("SC-18", completes_a_title_that_has_less);
    SHOWS("SC-18", a_title_never_grows_too_long_or_empty);
    gtt_free(NULL);
    return CHECK_DONE();
}

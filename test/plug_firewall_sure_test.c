/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_firewall_sure_test.c - the plug-in firewall: what it may be sure of, ways
 * round its checks, and its keys
 */

#include "plug_stub.h"

#include "check.h"

#include <unistd.h>

/* Of two operators in Germany and one in Iceland. */
#define VMN   "+447700900001"
#define D1    "+491710760000"
#define D1_GT "491710760315"
#define D2    "+491722270333"
#define D2_GT "491722270333"
#define IS    "+3546999099"
#define IS_GT "3546999099"

static char notes[PLUG_NOTES_MAX]; /* of the last question or message */

static struct stub *fw(const char *const *keys)
{
    char why[300];
    struct stub *s = stub_open("firewall", keys, why, sizeof(why));

    if (s == NULL) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return s;
}

#define FW(...) fw((const char *const[]){ "warm-up=0", __VA_ARGS__, NULL })

struct way {
    const char *vmn, *sc, *gt, *plan, *imsi, *sender;
};

static enum plug_verdict send(struct stub *s, bool is_sri, struct way w)
{
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, w.vmn != NULL ? w.vmn : VMN, PLUG_SC, w.sc,
                 PLUG_GT, w.gt, PLUG_GT_PLAN, w.plan != NULL ? w.plan : "1",
                 PLUG_IMSI, w.imsi != NULL ? w.imsi : "234157700900001",
                 PLUG_SENDER, w.sender != NULL ? w.sender : "Bank", PLUG_TEXT,
                 "hello", PLUG_CODING, "0", -1);
    enum plug_verdict v = is_sri ? stub_sri(s, m) : stub_sms(s, m);

    snprintf(notes, sizeof(notes), "%s", plug_msg_notes(m));
    plug_msg_free(m);
    return v;
}

static enum plug_verdict sri(struct stub *s, const char *sc, const char *gt)
{
    return send(s, true, (struct way){ .sc = sc, .gt = gt });
}

static enum plug_verdict fsm(struct stub *s, const char *sc, const char *gt)
{
    return send(s, false, (struct way){ .sc = sc, .gt = gt });
}

static bool clean(enum plug_verdict v)
{
    return v == PLUG_NEXT && notes[0] == '\0';
}

/* ---- what is remembered ---- */

static void is_sure_after_a_scan_of_unknown_numbers(void)
{
    struct stub *s = FW("max-numbers=10", "check-no-sri=deny", "check-gt=deny");
    char vmn[16];

    CHECK(clean(sri(s, D1, D1_GT)));
    for (unsigned i = 0; i < 31; i++) {
        snprintf(vmn, sizeof(vmn), "+44770091%04u", i);
        CHECK(clean(send(
            s, true,
            (struct way){ .vmn = vmn, .sc = IS, .gt = IS_GT, .imsi = "" })));
    }
    CHECK(stub_counter(s, "sri-forgotten") == 0);
    CHECK(clean(fsm(s, D1, D1_GT)));
    CHECK(fsm(s, D1, IS_GT) == PLUG_PERMFAIL);
    CHECK(send(s, false,
               (struct way){ .vmn = "+447700900777", .sc = D1, .gt = D1_GT }) ==
          PLUG_PERMFAIL);
    CHECK(stub_counter(s, "check-no-sri-unsure") == 0);
    stub_close(s);
}

static void counts_questions_about_unknown_numbers_as_probing(void)
{
    struct stub *s = FW("check-probe=deny", "probe-limit=3/1h");
    struct way w = { .sc = D1, .gt = D1_GT, .imsi = "" };

    for (int i = 0; i < 3; i++)
        CHECK(clean(send(s, true, w)));
    CHECK(send(s, true, w) == PLUG_PERMFAIL);
    stub_close(s);
}

/* ---- other nodes ---- */

#define ALL_DENY                                                               \
    "check-gt=deny", "check-sc=deny", "check-no-sri=deny", "check-probe=deny", \
        "probe-limit=3/1h"

static void blames_nobody_for_what_another_node_was_asked(void)
{
    struct stub *s = FW(ALL_DENY, "others-answer=yes");
    struct way w = { .vmn = "+447700900002", .sc = D1, .gt = D1_GT };

    CHECK(clean(sri(s, IS, IS_GT)));
    CHECK(clean(fsm(s, D1, D1_GT))); /* which has asked another node */
    CHECK(stub_counter(s, "check-gt-unsure") == 1);
    CHECK(stub_counter(s, "check-sc-unsure") == 1);
    CHECK(clean(send(s, false, w)));
    CHECK(stub_counter(s, "check-no-sri-unsure") == 1);
    for (unsigned i = 0; i < 10; i++) {
        char vmn[16];

        snprintf(vmn, sizeof(vmn), "+44770092%04u", i);
        CHECK(clean(
            send(s, true, (struct way){ .vmn = vmn, .sc = D1, .gt = D1_GT })));
    }
    CHECK(stub_counter(s, "check-probe-unsure") == 7);
    CHECK(clean(fsm(s, IS, IS_GT)));
    CHECK(stub_counter(s, "check-gt-unsure") == 1);
    stub_close(s);
    /* alone it is sure */
    s = FW(ALL_DENY, "others-answer=no");
    sri(s, IS, IS_GT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_PERMFAIL);
    CHECK(send(s, false, w) == PLUG_PERMFAIL);
    stub_close(s);
}

static void is_sure_of_an_imsi_that_it_has_told_itself(void)
{
    struct stub *s =
        FW(ALL_DENY, "others-answer=yes", "correlation-prefix=2341599");
    struct way w = { .sc = IS, .gt = IS_GT, .imsi = "234159900000017" };

    CHECK(clean(send(s, true, w)));
    CHECK(clean(send(s, false, w)));
    w.sc = D1;
    w.gt = D1_GT;
    CHECK(send(s, false, w) == PLUG_PERMFAIL);
    CHECK(strstr(notes, "check-gt deny, SRI from +3546999099") != NULL);
    w.imsi = "234159900000018"; /* another node's */
    CHECK(clean(send(s, false, w)));
    /* an IMSI that everybody gets tells nothing */
    CHECK(clean(sri(s, IS, IS_GT)));
    CHECK(clean(fsm(s, D1, D1_GT)));
    CHECK(stub_counter(s, "check-gt-unsure") == 2);
    stub_close(s);
}

/* ---- lists ---- */

static void obeys_its_lists(void)
{
    struct stub *s = FW("check-sri-inside=deny", "check-fsm-inside=deny",
                        "check-no-sri=deny", "allow-sc=3546999",
                        "allow-gt=+49171076", "deny-sc=49172; 88",
                        "deny-gt=4917,354", "deny=tempfail", "check-probe=off");

    CHECK(sri(s, D2, D2_GT) == PLUG_TEMPFAIL);
    CHECK(strstr(notes, "check-list deny, SRI of SC +491722270333") != NULL);
    CHECK(fsm(s, "+88123456789", "4912345678") == PLUG_TEMPFAIL);
    CHECK(stub_counter(s, "fs11-cat1") == 2);
    /* the longest prefix of each counts; what is denied is not allowed by
     * the other address */
    CHECK(clean(fsm(s, D1, D1_GT)));
    CHECK(fsm(s, IS, IS_GT) == PLUG_TEMPFAIL);
    CHECK(clean(fsm(s, IS, "4670500")));
    stub_close(s);
}

static void knows_no_list_that_is_off(void)
{
    struct stub *s = FW("check-list=off", "deny-sc=49171", "check-no-sri=off");

    CHECK(clean(sri(s, D1, D1_GT)));
    CHECK(clean(fsm(s, D1, D1_GT)));
    CHECK(stub_counter(s, "fs11-cat1") == 0);
    CHECK(stub_counter(s, "") == 0);
    CHECK(!stub_logged(s, "check-list"));
    stub_close(s);
}

/* A prefix that is denied is looked at no less than if it stood in no list. */
static void checks_whom_a_list_only_watches(void)
{
    static const char *const mode[] = { "check-list=off",
                                        "check-list=monitor" };

    for (int i = 0; i < 2; i++) {
        struct stub *s =
            FW(mode[i], "deny-sc=49171", "check-sri-inside=deny",
               "check-probe=deny", "probe-limit=2/1h", "rate-sri-vmn=2/1h");
        struct way w = { .vmn = "+447700900002", .sc = D1, .gt = D1_GT };

        CHECK(sri(s, D1, IS_GT) == PLUG_PERMFAIL);
        CHECK(strstr(notes, "check-sri-inside deny") != NULL);
        CHECK((strstr(notes, "check-list monitor") != NULL) == (i == 1));
        CHECK(sri(s, D1, D1_GT) == PLUG_NEXT);
        CHECK(sri(s, D1, D1_GT) == PLUG_NEXT);
        CHECK(sri(s, D1, D1_GT) == PLUG_TEMPFAIL);
        CHECK(strstr(notes, "rate-sri-vmn exceeded") != NULL);
        CHECK(send(s, true, w) == PLUG_NEXT);
        w.vmn = "+447700900003";
        CHECK(send(s, true, w) == PLUG_PERMFAIL);
        CHECK(strstr(notes, "check-probe deny") != NULL);
        stub_close(s);
    }
}

/* ---- titles of E.214 ---- */

static void compares_titles_of_e214_by_their_country(void)
{
    static const char at_home[] = "491711234567890", also[] = "491729876543210",
                      abroad[] = "354011234567890", hub[] = "467050012345678";
    char group[] = "/tmp/plug_firewall_sure.XXXXXX", key[64];
    struct stub *s;
    struct way w = { .sc = D1, .gt = abroad, .plan = "7" };
    FILE *f = fdopen(mkstemp(group), "w");

    if (f == NULL || fputs("hub: any 4670500\n", f) < 0 || fclose(f) != 0)
        abort();
    snprintf(key, sizeof(key), "group-file=%s", group);
    s = FW(key, "check-gt=deny", "check-fsm-inside=deny",
           "check-sri-inside=deny", "compare-digits=3");
    CHECK(send(s, true, w) == PLUG_PERMFAIL);
    CHECK(strstr(notes, "SRI of SC +491710760000 from 354011234567890"));
    w.gt = hub;
    CHECK(clean(send(s, true, w)));
    w.gt = at_home;
    CHECK(clean(send(s, true, w)));
    CHECK(stub_counter(s, "check-sri-inside-skipped") == 1);
    w.gt = also; /* the digits behind the country tell nothing */
    CHECK(clean(send(s, false, w)));
    CHECK(stub_counter(s, "check-fsm-inside-skipped") == 1);
    CHECK(stub_counter(s, "check-gt-skipped") == 1);
    CHECK(clean(fsm(s, D1, D1_GT)));
    w.gt = abroad;
    CHECK(send(s, false, w) == PLUG_PERMFAIL);
    CHECK(strstr(notes, "check-gt deny") != NULL);
    w.plan = "6"; /* of any other plan they are not compared at all */
    CHECK(clean(send(s, false, w)));
    stub_close(s);
    unlink(group);
}

/* Titles of E.214 may have digits for each subscriber. */
static void remembers_one_question_of_many_titles_of_e214(void)
{
    struct stub *s = FW("check-no-sri=deny", "max-numbers=2");
    char gt[20];

    for (unsigned i = 0; i < 40; i++) {
        snprintf(gt, sizeof(gt), "49171%010u", i * 1000);
        CHECK(send(s, true, (struct way){ .sc = D1, .gt = gt, .plan = "7" }) ==
              PLUG_NEXT);
    }
    CHECK(stub_counter(s, "sri-forgotten") == 0);
    CHECK(send(s, false,
               (struct way){ .vmn = "+447700900009", .sc = D1, .gt = D1_GT }) ==
          PLUG_PERMFAIL);
    stub_close(s);
}

/* ---- own numbers ---- */

static enum plug_verdict from(struct stub *s, const char *sender)
{
    return send(s, false,
                (struct way){ .sc = D1, .gt = D1_GT, .sender = sender });
}

static void knows_own_numbers_however_they_are_written(void)
{
    static const char *const own[] = { "+447700900123", "447700900123",
                                       "00447700900123", "07700900123" };
    static const char *const others[] = {
        "447900900123",
        "07900900123",
        "00497700900123",
        "7700900123",
        "4477009",
        "0",
        "00",
        "077009x0123",
        "Bank",
        "",
    };
    struct stub *s =
        FW("own-prefixes=44770090", "country-code=44", "check-own=deny",
           "check-no-sri=off", "check-country=off");

    for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
        CHECK(from(s, own[i]) == PLUG_PERMFAIL);
        CHECK(strstr(notes, "own number +447700900123 by SC") != NULL);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        CHECK(clean(from(s, others[i])));
    CHECK(clean(send(s, false,
                     (struct way){ .sc = "+447785016005",
                                   .gt = "447785016005",
                                   .sender = "07700900123" })));
    stub_close(s);
    /* at whose home it would be is not known */
    s = FW("own-prefixes=44770090", "check-own=deny", "check-no-sri=off");
    CHECK(from(s, own[0]) == PLUG_PERMFAIL);
    for (size_t i = 1; i < sizeof(own) / sizeof(*own); i++)
        CHECK(clean(from(s, own[i])));
    stub_close(s);
}

/* ---- its group ---- */

static void tells_what_is_wrong_in_its_group(void)
{
    static const struct {
        const char *key, *why;
    } bad[] = {
        { "check-gt=yes", "`check-gt' must be one of off, monitor, deny" },
        { "sri-window=soon", "`sri-window' must be a time" },
        { "sri-window=1w", "`sri-window' must be a time" },
        { "max-numbers=0", "`max-numbers' must be a number from 1" },
        { "compare-digits=11", "`compare-digits' must be a number from 0" },
        { "rate-sc=100", "`rate-sc' must be N/PERIOD" },
        { "rate-vmn=0/1s", "`rate-vmn' must be" },
        { "rate-owner=1/0s", "`rate-owner' must be" },
        { "probe-limit=1/1x", "`probe-limit' must be" },
        { "deny=drop", "`deny' must be one of permfail, tempfail" },
        { "deny-error=unknownSubscriber", "`deny-error' must be a MAP error" },
        { "deny-sri-error=illegalSubscriber", "`deny-sri-error' must be" },
        { "allow-sc=49171 +4x", "`allow-sc': <+4x> is no prefix" },
        { "deny-gt=1234567890123456", "`deny-gt': <1234567890123456>" },
        { "own-prefixes=Bank", "`own-prefixes': <Bank>" },
        { "country-code=+49", "`country-code' must be 1 to 3 digits" },
        { "country-code=4912", "`country-code' must be 1 to 3 digits" },
        { "correlation-prefix=2341", "`correlation-prefix' must be 5 to 8" },
        { "others-answer=maybe", "`others-answer' must be yes or no" },
        { "check-gt=", "`check-gt' has no value" },
        { "sri-window=", "`sri-window' has no value" },
        { "max-numbers=", "`max-numbers' has no value" },
        { "others-answer=", "`others-answer' has no value" },
        { "deny-error=", "`deny-error' has no value" },
        { "allow-sc=", "`allow-sc' has no value" },
        { "rate-sc=", "`rate-sc' has no value" },
        { "rules-file=", "`rules-file' has no value" },
        { "operator-file=/nonexistent", "/nonexistent: No such file" },
        { "operator-file=/tmp", "/tmp: Is a directory" },
        { "group-file=/nonexistent", "/nonexistent: No such file" },
        { "rules-file=/nonexistent", "/nonexistent: No such file" },
        { "checks=deny", "checks: there is no such key" },
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const char *one[] = { bad[i].key, NULL };
        char why[300] = "";

        CHECK(!stub_check("firewall", one, why, sizeof(why)));
        CHECK(strstr(why, bad[i].why) != NULL);
        if (strstr(why, bad[i].why) == NULL)
            printf("  %s: %s\n", bad[i].key, why);
    }
}

int main(void)
{
    SHOWS("HL-12", is_sure_after_a_scan_of_unknown_numbers);
    counts_questions_about_unknown_numbers_as_probing();
    blames_nobody_for_what_another_node_was_asked();
    is_sure_of_an_imsi_that_it_has_told_itself();
    SHOWS("HL-11", obeys_its_lists);
    SHOWS("HL-11", knows_no_list_that_is_off);
    SHOWS("HL-11", checks_whom_a_list_only_watches);
    SHOWS("FM-05", compares_titles_of_e214_by_their_country);
    remembers_one_question_of_many_titles_of_e214();
    knows_own_numbers_however_they_are_written();
    tells_what_is_wrong_in_its_group();
    return CHECK_DONE();
}

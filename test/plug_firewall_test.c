/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_firewall_test.c - the plug-in firewall: faked messages, probing, rates
 *
 * The clock is this test's: the plug-in's clock_gettime() is the one below.
 */

#include "plug_stub.h"

#include "check.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_us = (uint64_t)1000 * 3600 * 1000000;

int clock_gettime(clockid_t id, struct timespec *t)
{
    (void)id;
    t->tv_sec = (time_t)(now_us / 1000000);
    t->tv_nsec = (long)(now_us % 1000000 * 1000);
    return 0;
}

static void wait_s(uint64_t s)
{
    now_us += s * 1000000;
}

static void wait_hours(uint64_t h)
{
    wait_s(h * 3600);
}

/* ---- one plug-in, its files, questions and messages ---- */

static char operator_key[64], group_key[64];
static char operator_file[] = "/tmp/plug_firewall_op.XXXXXX";
static char group_file[] = "/tmp/plug_firewall_group.XXXXXX";

static void write_file(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");

    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        abort();
}

/* Keys, NULL at the end; files and a memory without holes in any case. */
static struct stub *fw(const char *key, ...)
{
    const char *keys[32] = { operator_key, group_key, "warm-up=0" };
    struct stub *s;
    unsigned n = 3;
    char why[300];
    va_list ap;

    va_start(ap, key);
    for (; key != NULL; key = va_arg(ap, const char *))
        keys[n++] = key;
    va_end(ap);
    s = stub_open("firewall", keys, why, sizeof(why));
    if (s == NULL) {
        fprintf(stderr, "%s\n", why);
        abort();
    }
    return s;
}

#define VMN "+447700900001"

static char notes[PLUG_NOTES_MAX]; /* of the last question or message */
static char error[40];

static enum plug_verdict end(struct plug_msg *m, enum plug_verdict v)
{
    snprintf(notes, sizeof(notes), "%s", plug_msg_notes(m));
    snprintf(error, sizeof(error), "%s", plug_msg_text(m, PLUG_ERROR));
    plug_msg_free(m);
    return v;
}

static enum plug_verdict sri_of(struct stub *s, const char *vmn, const char *sc,
                                const char *gt, const char *imsi)
{
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, vmn, PLUG_SC, sc, PLUG_GT, gt, PLUG_GT_PLAN,
                 "1", PLUG_IMSI, imsi[0] != '\0' ? imsi : "234157700900001",
                 PLUG_OWNER, "7", -1);

    return end(m, stub_sri(s, m));
}

static enum plug_verdict fsm_of(struct stub *s, const char *vmn, const char *sc,
                                const char *gt, const char *imsi)
{
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, vmn, PLUG_SC, sc, PLUG_GT, gt, PLUG_GT_PLAN,
                 "1", PLUG_IMSI, imsi, PLUG_OWNER, "7", PLUG_SENDER, "Bank",
                 PLUG_TEXT, "hello", PLUG_CODING, "0", -1);

    return end(m, stub_sms(s, m));
}

static enum plug_verdict sri(struct stub *s, const char *sc, const char *gt)
{
    return sri_of(s, VMN, sc, gt, "234157700900001");
}

static enum plug_verdict fsm(struct stub *s, const char *sc, const char *gt)
{
    return fsm_of(s, VMN, sc, gt, "234157700900001");
}

static enum plug_verdict from(struct stub *s, const char *sender,
                              const char *sc, const char *gt)
{
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, VMN, PLUG_SC, sc, PLUG_GT, gt, PLUG_GT_PLAN,
                 "1", PLUG_SENDER, sender, PLUG_TEXT, "hi", -1);

    return end(m, stub_sms(s, m));
}

static bool noted(const char *text)
{
    return strstr(notes, text) != NULL;
}

/* Of two operators in Germany, one in Iceland, and a hub. */
#define D1       "+491710760000"
#define D1_GT    "491710760315"
#define D1_SPLIT "491755000001" /* the same operator by the file only */
#define D2       "+491722270333"
#define D2_GT    "491722270333"
#define IS       "+3546999099"
#define IS_GT    "3546999099"
#define HUB_GT   "46705008999"

static const char operators[] = "# prefix name\n"
                                "49171  Telekom\n"
                                "+49175, Telekom\n"
                                "\n"
                                "49172  Vodafone\n";
static const char groups[] = "hub: any 4670500\n"
                             "cluster: 3546999 467300\n";

/* ---- the five checks ---- */

struct attack {
    const char *check;
    const char *note;
    const char *sri_sc, *sri_gt; /* NULL: no question */
    const char *sms_sc, *sms_gt; /* NULL: no message */
    bool old; /* the question is as old as that no answer is used any more */
};

static const struct attack attack[] = {
    { "check-gt", "SRI from +491710760315, FSM from 3546999099", D1, D1_GT, D1,
      IS_GT, false },
    { "check-gt", "SRI from +491710760315, FSM from 491722270333", D1, D1_GT,
      D1, D2_GT, false },
    { "check-sc", "SRI of SC +3546999099, FSM of SC +491710760000", IS, IS_GT,
      D1, IS_GT, false },
    { "check-sri-inside", "SRI of SC +491710760000 from 3546999099", D1, IS_GT,
      NULL, NULL, false },
    { "check-sri-inside", "SRI of SC +491710760000 from 491722270333", D1,
      D2_GT, NULL, NULL, false },
    { "check-fsm-inside", "FSM of SC +491710760000 from 3546999099", D1, D1_GT,
      D1, IS_GT, false },
    { "check-no-sri", "FSM of SC +491710760000 from 491710760315 without SRI",
      NULL, NULL, D1, D1_GT, false },
    { "check-no-sri", "FSM of SC +491710760000 from 491710760315 without SRI",
      D1, D1_GT, D1, D1_GT, true },
};

static const char *const five[] = { "check-gt", "check-sc", "check-sri-inside",
                                    "check-fsm-inside", "check-no-sri" };
static const char *const mode_name[] = { "off", "monitor", "deny" };

/* All others are off: what is found is found by this one. */
static struct stub *only(const char *check, const char *mode)
{
    static char key[5][40];

    for (unsigned i = 0; i < 5; i++)
        snprintf(key[i], sizeof(key[i]), "%s=%s", five[i],
                 strcmp(five[i], check) == 0 ? mode : "off");
    return fw(key[0], key[1], key[2], key[3], key[4],
              "deny-error=illegalSubscriber",
              "deny-sri-error=unknownSubscriber", NULL);
}

static void attack_once(const struct attack *a, int mode)
{
    struct stub *s = only(a->check, mode_name[mode]);
    enum plug_verdict v = PLUG_NEXT;
    char counter[60], note[200];
    bool hit = mode > 0, deny = mode == 2;

    notes[0] = '\0';
    if (a->sri_sc != NULL)
        v = sri(s, a->sri_sc, a->sri_gt);
    if (a->old)
        wait_hours(25);
    if (a->sms_sc != NULL) {
        CHECK(v == PLUG_NEXT && notes[0] == '\0');
        v = fsm(s, a->sms_sc, a->sms_gt);
    }
    snprintf(note, sizeof(note), "firewall: %s %s, %s", a->check,
             mode_name[mode], a->note);
    CHECK(v == (deny ? PLUG_PERMFAIL : PLUG_NEXT));
    CHECK(hit ? strcmp(notes, note) == 0 : notes[0] == '\0');
    CHECK(strcmp(error, !deny               ? ""
                        : a->sms_sc == NULL ? "unknownSubscriber"
                                            : "illegalSubscriber") == 0);
    snprintf(counter, sizeof(counter), "%s-%s", a->check, mode_name[mode]);
    CHECK(stub_counter(s, counter) == hit);
    CHECK(stub_logged(s, a->check) == hit);
    CHECK(stub_counter(s, strstr(a->check, "inside") != NULL
                              ? "fs11-cat2"
                              : "fs11-cat3") == hit);
    stub_close(s);
}

static void finds_each_fake_in_each_mode(void)
{
    for (size_t i = 0; i < sizeof(attack) / sizeof(*attack); i++)
        for (int mode = 0; mode < 3; mode++)
            attack_once(&attack[i], mode);
}

static void lets_honest_traffic_pass_each_check_in_each_mode(void)
{
    for (unsigned i = 0; i < 5; i++)
        for (int mode = 0; mode < 3; mode++) {
            struct stub *s = only(five[i], mode_name[mode]);

            CHECK(sri(s, D1, D1_GT) == PLUG_NEXT && notes[0] == '\0');
            CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT && notes[0] == '\0');
            stub_close(s);
        }
}

static void only_watches_unless_told(void)
{
    struct stub *s = fw(NULL);

    CHECK(sri(s, D1, IS_GT) == PLUG_NEXT);
    CHECK(noted("check-sri-inside monitor"));
    CHECK(fsm(s, D2, D1_GT) == PLUG_NEXT);
    CHECK(
        noted("check-gt monitor, SRI from +3546999099, FSM from 491710760315"));
    CHECK(noted("check-sc monitor"));
    CHECK(noted("check-fsm-inside monitor"));
    CHECK(fsm_of(s, "+447700900002", D1, D1_GT, "") == PLUG_NEXT);
    CHECK(noted("check-no-sri monitor"));
    CHECK(error[0] == '\0');
    stub_close(s);
}

static void compares_with_the_question_that_fits_best(void)
{
    struct stub *s = fw("check-gt=deny", "check-sc=deny", NULL);

    sri(s, D1, D1_GT);
    sri(s, IS, IS_GT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(fsm(s, IS, IS_GT) == PLUG_NEXT);
    /* half of one and half of the other */
    CHECK(fsm(s, D1, IS_GT) == PLUG_PERMFAIL);
    stub_close(s);
}

static void tells_questions_apart_by_their_imsi(void)
{
    struct stub *s = fw("check-gt=deny", NULL);

    sri_of(s, VMN, D1, D1_GT, "234150000000001");
    sri_of(s, VMN, IS, IS_GT, "234150000000002");
    CHECK(fsm_of(s, VMN, D1, D1_GT, "234150000000001") == PLUG_NEXT);
    CHECK(fsm_of(s, VMN, D1, D1_GT, "234150000000002") == PLUG_PERMFAIL);
    stub_close(s);
}

/* ---- nobody honest is blamed ---- */

static struct stub *strict(void)
{
    return fw("check-gt=deny", "check-sc=deny", "check-sri-inside=deny",
              "check-fsm-inside=deny", "check-no-sri=deny",
              "check-country=deny", "check-own=deny", "own-prefixes=4477009",
              NULL);
}

static void expect_clean(struct stub *s, const char *sri_sc, const char *sri_gt,
                         const char *sc, const char *gt)
{
    CHECK(sri(s, sri_sc, sri_gt) == PLUG_NEXT);
    CHECK(notes[0] == '\0');
    wait_s(1);
    CHECK(fsm(s, sc, gt) == PLUG_NEXT);
    CHECK(notes[0] == '\0');
}

static void knows_what_belongs_together(void)
{
    struct stub *s = strict();

    expect_clean(s, D1, D1_GT, D1, D1_SPLIT); /* titles of one operator */
    expect_clean(s, D1, D1_SPLIT, D1, D1_GT);
    expect_clean(s, D1, HUB_GT, D1, HUB_GT); /* a hub, for many */
    expect_clean(s, D2, HUB_GT, D2, "46705008111");
    expect_clean(s, IS, IS_GT, "+46730000001", "46730000002"); /* a cluster */
    expect_clean(s, IS, "46730000001", IS, IS_GT);
    expect_clean(s, "+4366011", "4366012", "+4366013", "4366014"); /* country */
    stub_close(s);
}

static void needs_no_files(void)
{
    static const char *const keys[] = {
        "check-gt=deny",         "check-sc=deny", "check-sri-inside=deny",
        "check-fsm-inside=deny", "warm-up=0",     NULL
    };
    static const char *const digits[] = { "check-gt=deny", "compare-digits=3",
                                          "warm-up=0", NULL };
    struct stub *s = stub_open("firewall", keys, NULL, 0);

    expect_clean(s, D1, D1_GT, D2, D2_GT);
    CHECK(fsm(s, D1, IS_GT) == PLUG_PERMFAIL);
    stub_close(s);
    s = stub_open("firewall", digits, NULL, 0);
    sri(s, D1, D1_GT);
    CHECK(fsm(s, D1, "491719999999") == PLUG_NEXT);
    CHECK(fsm(s, D1, D2_GT) == PLUG_PERMFAIL);
    stub_close(s);
}

static void lets_answers_be_used_for_the_whole_window(void)
{
    struct stub *s = strict();

    sri(s, D1, D1_GT);
    wait_hours(23);
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT && notes[0] == '\0');
    wait_s(1800);
    CHECK(fsm(s, D1, D1_SPLIT) == PLUG_NEXT); /* a retry, from another node */
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    wait_hours(1);
    CHECK(fsm(s, D1, D1_GT) == PLUG_PERMFAIL);
    CHECK(noted("check-no-sri"));
    stub_close(s);
}

static enum plug_verdict with_plan(struct stub *s, bool is_sri, const char *sc,
                                   const char *gt, const char *plan)
{
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, VMN, PLUG_SC, sc, PLUG_GT, gt, PLUG_GT_PLAN,
                 plan, PLUG_SENDER, "Bank", PLUG_IMSI, "234157700900001", -1);

    return end(m, is_sri ? stub_sri(s, m) : stub_sms(s, m));
}

static void skips_what_cannot_be_compared(void)
{
    static const struct {
        const char *sc, *gt, *plan;
    } odd[] = {
        { D1, "491711234567890", "7" },
        { D1, "262011234567890", "6" },
        { D1, "", "" },
        { "+12345", D1_GT, "1" },
        { "22270", D1_GT, "1" },
        { "", D1_GT, "1" },
        { "", "", "" },
        { D1, "4917x", "1" },
        { D1, "49171", "1" },
    };
    struct stub *s = strict();
    uint64_t skipped = 0;

    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
        CHECK(with_plan(s, true, odd[i].sc, odd[i].gt, odd[i].plan) ==
              PLUG_NEXT);
        CHECK(notes[0] == '\0');
        CHECK(with_plan(s, false, odd[i].sc, odd[i].gt, odd[i].plan) ==
              PLUG_NEXT);
        CHECK(notes[0] == '\0');
        /* the answer to that is used by somebody who can be compared */
        CHECK(with_plan(s, false, D1, D1_GT, "1") == PLUG_NEXT);
    }
    CHECK(stub_counter(s, "check-sri-inside-skipped") == 9);
    CHECK(stub_counter(s, "check-fsm-inside-skipped") == 9);
    skipped = stub_counter(s, "check-gt-skipped") +
              stub_counter(s, "check-sc-skipped");
    CHECK(skipped > 9);
    stub_close(s);
}

static uint32_t seed = 1;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

enum { HUBS = 3 };
/* Honest senders: the titles and centres that it may use, in any mixture. */
static const struct {
    const char *sc[3], *gt[3], *e214;
} honest[] = {
    { { D1, D1, "+491750000001" },
      { D1_GT, D1_SPLIT, "491710000002" },
      "491711234567890" },
    { { D2, D2, "+491720000009" },
      { D2_GT, "491720000009", D2_GT },
      "491722222222222" },
    { { IS, "+46730000001", IS },
      { IS_GT, "46730000002", IS_GT },
      "354699912345678" },
    { { D1, D2, IS },
      { HUB_GT, "46705008111", "46705000000" },
      "467050012345678" },
    { { "+12015550100", "+12015550101", "+14165550100" },
      { "12015550100", "14165550100", "12015550102" },
      "140412345678901" },
};

static enum plug_verdict honest_ask(struct stub *s, bool is_sri, unsigned who,
                                    const char *vmn, const char *imsi,
                                    const char *plan)
{
    /* a hub has many centres, but each message one */
    unsigned sc = who == HUBS ? (unsigned)(vmn[12] - '0') % 3 : pick(3);
    struct plug_msg *m =
        stub_msg(PLUG_RECEIVER, vmn, PLUG_SC, honest[who].sc[sc], PLUG_GT,
                 plan[0] == '1'   ? honest[who].gt[pick(3)]
                 : plan[0] == '7' ? honest[who].e214
                                  : "262011234567890",
                 PLUG_GT_PLAN, plan, PLUG_IMSI, imsi, PLUG_SENDER, "Bank", -1);

    return end(m, is_sri ? stub_sri(s, m) : stub_sms(s, m));
}

/*
 * Everything set to deny, thousands of dialogues: answers kept for hours, split
 * titles, hubs, clusters, retries, E.214 and E.212; none is refused or noted.
 */
static void blames_nobody_in_a_week_of_honest_traffic(void)
{
    static const char *const plan[] = { "1", "1", "1", "1", "1", "7", "6" };
    struct stub *s = strict();
    unsigned bad = 0;

    for (int i = 0; i < 20000; i++) {
        unsigned who = pick(5), n = pick(4);
        char vmn[16], imsi[20];

        snprintf(vmn, sizeof(vmn), "+447700%06u", pick(3000));
        snprintf(imsi, sizeof(imsi), "23415%010u", pick(2) ? who : 77);
        bad += honest_ask(s, true, who, vmn, imsi, plan[pick(7)]) != PLUG_NEXT;
        bad += notes[0] != '\0';
        wait_s(pick(4));
        while (n-- > 0) {
            wait_s(pick(10) == 0 ? pick(3000) : 0);
            bad += honest_ask(s, false, who, vmn, imsi, plan[pick(7)]) !=
                   PLUG_NEXT;
            bad += notes[0] != '\0';
        }
    }
    CHECK(bad == 0);
    CHECK(stub_counter(s, "fs11-cat2") + stub_counter(s, "fs11-cat3") == 0);
    stub_close(s);
}

/* ---- what the memory may have forgotten ---- */

static void is_not_sure_before_it_has_warmed_up(void)
{
    static const char *const keys[] = { "check-no-sri=deny", "check-gt=deny",
                                        "sri-window=2h", NULL };
    struct stub *s = stub_open("firewall", keys, NULL, 0);

    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT && notes[0] == '\0');
    CHECK(stub_counter(s, "check-no-sri-unsure") == 1);
    sri(s, IS, IS_GT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT && !noted("check-gt"));
    CHECK(stub_counter(s, "check-gt-unsure") == 1);
    wait_hours(2);
    CHECK(fsm_of(s, "+447700900002", D1, D1_GT, "") == PLUG_PERMFAIL);
    stub_close(s);
}

static void does_not_blame_for_what_it_had_to_forget(void)
{
    struct stub *s = fw("check-no-sri=deny", "max-numbers=100", NULL);
    char vmn[16];

    for (unsigned i = 0; i < 1000; i++) {
        snprintf(vmn, sizeof(vmn), "+4477001%05u", i);
        sri_of(s, vmn, D1, D1_GT, "");
        wait_s(1);
    }
    CHECK(stub_counter(s, "sri-forgotten") == 900);
    CHECK(fsm_of(s, "+447700100000", D1, D1_GT, "") == PLUG_NEXT);
    CHECK(stub_counter(s, "check-no-sri-unsure") == 1);
    CHECK(fsm_of(s, "+447700100999", D1, D1_GT, "") == PLUG_NEXT);
    CHECK(stub_counter(s, "check-no-sri-unsure") == 1);
    wait_hours(25);
    CHECK(fsm_of(s, "+447700100000", D1, D1_GT, "") == PLUG_PERMFAIL);
    stub_close(s);
}

static void does_not_blame_where_too_many_ask_for_one_number(void)
{
    struct stub *s = fw("check-gt=deny", "check-sri-inside=off", NULL);
    char sc[20];

    for (unsigned i = 0; i < 40; i++) {
        snprintf(sc, sizeof(sc), "+%u11111111", 210 + i);
        sri(s, sc, sc + 1);
        wait_s(1);
    }
    CHECK(fsm(s, "+21011111111", "21011111111") == PLUG_NEXT);
    CHECK(stub_counter(s, "check-gt-unsure") == 1);
    CHECK(fsm(s, "+24911111111", "24911111111") == PLUG_NEXT);
    CHECK(stub_counter(s, "check-gt-unsure") == 1);
    stub_close(s);
}

static void stands_a_clock_that_goes_back(void)
{
    struct stub *s = fw("check-no-sri=deny", "rate-vmn=2/10s", NULL);

    sri(s, D1, D1_GT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_TEMPFAIL);
    now_us -= (uint64_t)3600 * 1000000;
    CHECK(fsm(s, D1, D1_GT) == PLUG_TEMPFAIL);
    wait_s(10); /* nobody waits for longer than an empty bucket needs */
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    stub_close(s);
}

/* ---- originators ---- */

static void compares_the_originators_country(void)
{
    struct stub *s = fw("check-country=deny", "check-no-sri=off", NULL);

    CHECK(from(s, "+491701234567", D1, D1_GT) == PLUG_NEXT);
    CHECK(from(s, "+3541234567", D1, D1_GT) == PLUG_PERMFAIL);
    CHECK(noted("check-country deny, sender +3541234567 by SC +491710760000"));
    CHECK(from(s, "Bank", D1, D1_GT) == PLUG_NEXT);
    CHECK(from(s, "12345", D1, D1_GT) == PLUG_NEXT);
    CHECK(from(s, "01701234567", D1, D1_GT) == PLUG_NEXT);
    CHECK(from(s, "+3541234567", "+46705000000", HUB_GT) == PLUG_NEXT);
    CHECK(from(s, "+3541234567", "22270", D1_GT) == PLUG_NEXT);
    CHECK(stub_counter(s, "check-country-skipped") == 1);
    CHECK(stub_counter(s, "check-country-deny") == 1);
    stub_close(s);
}

static void knows_own_numbers_that_come_from_abroad(void)
{
    struct stub *s =
        fw("check-own=deny", "own-prefixes=4477009, +4478", "check-no-sri=off",
           "check-country=off", "check-fsm-inside=off", NULL);

    CHECK(from(s, "+447700900123", "+447785016005", "447785016005") ==
          PLUG_NEXT);
    CHECK(from(s, "+447700900123", D1, D1_GT) == PLUG_PERMFAIL);
    CHECK(noted("check-own deny, own number +447700900123 by SC"));
    /* the centre's address is easily faked */
    CHECK(from(s, "+447812345678", "+447785016005", IS_GT) == PLUG_PERMFAIL);
    CHECK(from(s, "+447812345678", "+447785016005", HUB_GT) == PLUG_NEXT);
    CHECK(from(s, "+447900000000", D1, D1_GT) == PLUG_NEXT);
    stub_close(s);
}

static void leaves_status_reports_content_alone(void)
{
    struct stub *s = fw("check-country=deny", "check-no-sri=off", NULL);
    struct plug_msg *m =
        stub_msg(PLUG_KIND, "report", PLUG_RECEIVER, VMN, PLUG_SC, D1, PLUG_GT,
                 D1_GT, PLUG_GT_PLAN, "1", PLUG_SENDER, "+3541234567", -1);

    CHECK(end(m, stub_sms(s, m)) == PLUG_NEXT);
    CHECK(notes[0] == '\0');
    stub_close(s);
}

/* ---- rates and probing ---- */

static void bounds_each_rate(void)
{
    struct stub *s = fw("check-no-sri=off", "rate-sc=3/1s", "rate-owner=5/1s",
                        "rate-sri-sc=2/1m", "rate-sri-vmn=3/1m",
                        "deny=permfail", "deny-error=illegalSubscriber", NULL);

    for (int i = 0; i < 3; i++)
        CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(fsm(s, D1, D1_GT) == PLUG_TEMPFAIL); /* and with the usual error */
    CHECK(noted("check-rate deny, rate-sc exceeded by " D1) &&
          error[0] == '\0');
    CHECK(fsm(s, D2, D2_GT) == PLUG_NEXT);
    CHECK(fsm(s, D2, D2_GT) == PLUG_NEXT);
    CHECK(fsm(s, IS, IS_GT) == PLUG_TEMPFAIL);
    CHECK(noted("rate-owner exceeded by 7"));
    now_us += 400000;
    CHECK(fsm(s, D1, D1_GT) == PLUG_NEXT); /* a third of a second: one token */
    CHECK(fsm(s, D1, D1_GT) == PLUG_TEMPFAIL);
    CHECK(sri(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(sri(s, D1, D1_GT) == PLUG_NEXT);
    CHECK(sri(s, D1, D1_GT) == PLUG_TEMPFAIL);
    CHECK(sri(s, D2, D2_GT) == PLUG_NEXT);
    CHECK(sri(s, IS, IS_GT) == PLUG_TEMPFAIL);
    CHECK(noted("rate-sri-vmn exceeded by " VMN));
    stub_close(s);
}

static void bounds_rates_of_more_than_it_remembers(void)
{
    struct stub *s =
        fw("check-no-sri=off", "check-fsm-inside=off", "rate-vmn=1/1h", NULL);
    char vmn[20];

    for (unsigned i = 0; i < 70000; i++) {
        snprintf(vmn, sizeof(vmn), "+4477%08u", i);
        if (fsm_of(s, vmn, D1, D1_GT, "") != PLUG_NEXT)
            CHECK(false);
    }
    CHECK(fsm_of(s, "+447700069999", D1, D1_GT, "") == PLUG_TEMPFAIL);
    CHECK(fsm_of(s, "+447700000000", D1, D1_GT, "") == PLUG_NEXT);
    stub_close(s);
}

static enum plug_verdict probe(struct stub *s, unsigned i, const char *gt)
{
    char vmn[20];

    snprintf(vmn, sizeof(vmn), "+4477%08u", i);
    return sri_of(s, vmn, D1, gt, "");
}

static void knows_who_only_asks(void)
{
    struct stub *s = fw("check-probe=deny", "probe-limit=10/1h", NULL);
    char vmn[20];

    for (unsigned i = 0; i < 10; i++)
        CHECK(probe(s, i, D1_GT) == PLUG_NEXT);
    CHECK(probe(s, 10, D1_GT) == PLUG_PERMFAIL);
    CHECK(noted("check-probe deny, too many SRI without FSM from " D1_GT));
    CHECK(probe(s, 3, D1_GT) == PLUG_NEXT); /* asks again for the same */
    CHECK(probe(s, 11, D1_SPLIT) == PLUG_NEXT);
    /* each message, from whichever of its titles, makes good for a question */
    for (unsigned i = 0; i < 5; i++) {
        snprintf(vmn, sizeof(vmn), "+4477%08u", i);
        CHECK(fsm_of(s, vmn, D1, D1_SPLIT, "") == PLUG_NEXT);
        CHECK(fsm_of(s, vmn, D1, D1_SPLIT, "") == PLUG_NEXT);
    }
    for (unsigned i = 20; i < 25; i++)
        CHECK(probe(s, i, D1_GT) == PLUG_NEXT);
    CHECK(probe(s, 26, D1_GT) == PLUG_PERMFAIL);
    /* and a message that follows a refused question is one without */
    CHECK(fsm_of(s, "+447700000026", D1, D1_GT, "") == PLUG_NEXT);
    CHECK(noted("check-no-sri monitor"));
    stub_close(s);
}

static void never_suspects_who_sends_what_he_asks_for(void)
{
    struct stub *s = fw("check-probe=deny", "probe-limit=10/1h", NULL);

    for (unsigned i = 0; i < 5000; i++) {
        char vmn[20];

        snprintf(vmn, sizeof(vmn), "+4477%08u", i);
        CHECK(sri_of(s, vmn, D1, D1_GT, "") == PLUG_NEXT);
        CHECK(fsm_of(s, vmn, D1, D1_SPLIT, "") == PLUG_NEXT);
    }
    stub_close(s);
}

/* ---- the rest ---- */

static void logs_few_lines_of_many(void)
{
    struct stub *s = fw(NULL);

    for (int i = 0; i < 50; i++)
        fsm(s, D1, D1_GT);
    wait_s(1);
    stub_tick(s);
    CHECK(stub_logged(s, "40 more lines like these"));
    CHECK(stub_counter(s, "check-no-sri-monitor") == 50);
    stub_close(s);
}

static void check_file(const char *key, const char *file, const char *text,
                       const char *should)
{
    const char *keys[] = { key, NULL };
    char why[300] = "", place[400];

    write_file(file, text);
    CHECK(!stub_check("firewall", keys, why, sizeof(why)));
    snprintf(place, sizeof(place), "%s:%s", file, should);
    CHECK(strstr(why, place) != NULL);
    if (strstr(why, place) == NULL)
        printf("  <%s> is not in: %s\n", place, why);
}

static void tells_the_line_of_a_bad_prefix(void)
{
    check_file(operator_key, operator_file, "49171 A\nx B\n",
               "2: <x> is no prefix");
    check_file(operator_key, operator_file, "\n\n49171\n",
               "3: the operator's name is missing");
    check_file(group_key, group_file, "a: 49\n49171\n", "2: a group is NAME:");
    check_file(group_key, group_file, "a: any\n", "1: a group without");
    check_file(group_key, group_file, "a: 4x\n", "1: <4x> is no prefix");
    write_file(operator_file, operators);
    write_file(group_file, groups);
}

static void reads_its_files_again(void)
{
    struct stub *s = fw("check-sri-inside=deny", NULL);

    CHECK(sri(s, D1, IS_GT) == PLUG_PERMFAIL);
    write_file(group_file, "new: 354 49171\nbroken\n");
    stub_reload(s);
    CHECK(stub_logged(s, ":2: a group is NAME: PREFIX..."));
    CHECK(sri(s, D1, IS_GT) == PLUG_PERMFAIL);
    CHECK(sri(s, D1, HUB_GT) == PLUG_NEXT); /* the old ones hold */
    write_file(group_file, "new: 354 49171\n");
    stub_reload(s);
    CHECK(sri(s, D1, IS_GT) == PLUG_NEXT);
    CHECK(sri(s, D1, HUB_GT) == PLUG_PERMFAIL);
    write_file(group_file, groups);
    stub_close(s);
}

int main(void)
{
    if (mkstemp(operator_file) < 0 || mkstemp(group_file) < 0)
        return 1;
    snprintf(operator_key, sizeof(operator_key), "operator-file=%s",
             operator_file);
    snprintf(group_key, sizeof(group_key), "group-file=%s", group_file);
    write_file(operator_file, operators);
    write_file(group_file, groups);
    SHOWS("FM-05 HL-12", finds_each_fake_in_each_mode);
    SHOWS("FM-05", lets_honest_traffic_pass_each_check_in_each_mode);
    only_watches_unless_told();
    compares_with_the_question_that_fits_best();
    SHOWS("FM-05", tells_questions_apart_by_their_imsi);
    knows_what_belongs_together();
    needs_no_files();
    lets_answers_be_used_for_the_whole_window();
    skips_what_cannot_be_compared();
    SHOWS("FM-05", blames_nobody_in_a_week_of_honest_traffic);
    is_not_sure_before_it_has_warmed_up();
    does_not_blame_for_what_it_had_to_forget();
    does_not_blame_where_too_many_ask_for_one_number();
    stands_a_clock_that_goes_back();
    compares_the_originators_country();
    knows_own_numbers_that_come_from_abroad();
    leaves_status_reports_content_alone();
    SHOWS("HL-11", bounds_each_rate);
    bounds_rates_of_more_than_it_remembers();
    SHOWS("HL-11", knows_who_only_asks);
    never_suspects_who_sends_what_he_asks_for();
    logs_few_lines_of_many();
    tells_the_line_of_a_bad_prefix();
    reads_its_files_again();
    unlink(operator_file);
    unlink(group_file);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_client_test.c - alerts through the MAP server: what is sent, what the
 * service centre may say, and whom we believe
 */

#include "map_world.h"

#include "gw/stat.h"

static const struct map_alert_arg alert = {
    .msisdn = { .nai_npi = 0x91, .digits = "447700900123" },
    .sc_addr = { .nai_npi = 0x91, .digits = "447700900321" },
};

#define TO "49(%02x%02x%02x%02x)"
#define AARE(acv, result, diag)                                                \
    "6b(28(06(00118605010101)a0(61(80(0780)a1(06(0400000100" acv               \
    "))a2(02(" result "))a3(" diag ")))))"
#define ACCEPTED     AARE("1702", "00", "a1(02(00))")
#define NO_CONTEXT   AARE("1702", "01", "a1(02(02))")
#define NO_DIALOGUE  AARE("1702", "01", "a2(02(02))")
#define NO_REASON    AARE("1702", "01", "a1(02(01))")
#define RESULT       "6c(a2(02(01)))"
#define ERROR(code)  "6c(a3(02(01)02(" code ")))"
#define REJECT(code) "6c(a4(02(01)81(" code ")))"
#define USER_ABORT                                                             \
    "6b(28(06(00118605010101)a0(64(80(00)be(28(06(04000001010101)a0(a4(80()"   \
    "))))))))"

static void node(void)
{
    fresh();
    snprintf(conf.net[2].hlr_gt, sizeof(conf.net[2].hlr_gt), "447700900600");
    fresh_conf();
}

/* An alert is out. */
static void begun(void)
{
    node();
    CHECK(map_srv_alert(srv, 2, &alert, 7));
}

/* The service centre says something about the alert sent last. */
static void sc_says(const char *type, const char *otid, const char *rest)
{
    char text[1000];

    snprintf(text, sizeof(text), "%s(%s" TO "%s)", type, otid, our_tid.octet[0],
             our_tid.octet[1], our_tid.octet[2], our_tid.octet[3], rest);
    take(text);
}

static void pass_ms(uint64_t ms)
{
    timer_run(&wheel, wheel.now_ms + ms);
}

static void over(const char *expected, int line)
{
    expect(expected, line);
    CHECK(wheel.running == 0);
    CHECK(!map_srv_verdict(srv, 1, VERDICT_OK, (struct map_err){ 0, -1 }));
}
#define OVER(s) over((s), __LINE__)

static void asks_in_version_2(void)
{
    begun();
    EXPECT("[begin aarq=1702 invoke1:64] ");
    CHECK(was_sent("a1(02(01)02(40)" ALERT_ARG ")"));
    CHECK(sent.called.ssn == 8 && !sent.called.on_ssn);
    CHECK(strcmp(sent.calling.gt.digits, "447700900600") == 0);
    CHECK(sent.calling.ssn == 6);
    sc_says("64", "", ACCEPTED RESULT);
    OVER("[begin aarq=1702 invoke1:64] ok7 ");
}

/* clang-format off */
static const struct {
    const char *what, *type, *rest, *out;
} replies[] = {
    { "result without AARE", "64", RESULT, "ok7 " },
    { "system failure", "64", ACCEPTED ERROR("22"), "tempfail7 " },
    { "data missing", "64", ACCEPTED ERROR("23"), "permfail7 " },
    { "unexpected data", "64", ACCEPTED ERROR("24"), "permfail7 " },
    { "reject, no such operation", "64", ACCEPTED REJECT("01"), "permfail7 " },
    { "reject, busy", "64", ACCEPTED REJECT("03"), "tempfail7 " },
    { "reject without id", "64", "6c(a4(05()80(02)))", "permfail7 " },
    { "end without a word", "64", ACCEPTED, "tempfail7 " },
    { "result of another", "64", ACCEPTED "6c(a2(02(02)))", "tempfail7 " },
    { "P-Abort resources", "67", "4a(04)", "tempfail7 " },
    { "P-Abort unknown type", "67", "4a(00)", "tempfail7 " },
    { "P-Abort incorrect", "67", "4a(03)", "[begin invoke1:49] " },
    { "no context", "67", NO_CONTEXT, "[begin invoke1:49] " },
    { "no dialogue", "67", NO_DIALOGUE, "[begin invoke1:49] " },
    { "no information", "67", "", "[begin invoke1:49] " },
    { "refused without reason", "67", NO_REASON, "tempfail7 " },
    { "user abort", "67", USER_ABORT, "tempfail7 " },
};
/* clang-format on */

static void each_reply_has_its_meaning(void)
{
    for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        begun();
        trace[0] = '\0';
        sc_says(replies[i].type, "", replies[i].rest);
        if (strcmp(trace, replies[i].out) != 0)
            printf("%s: ", replies[i].what);
        EXPECT(replies[i].out);
        CHECK(wheel.running == (replies[i].out[0] == '[' ? 1u : 0));
    }
}

static void goes_on_in_version_1_with_another_id(void)
{
    struct tcap_tid first;

    begun();
    first = our_tid;
    sc_says("67", "", "4a(03)");
    CHECK(memcmp(&first, &our_tid, sizeof(first)) != 0);
    CHECK(was_sent("a1(02(01)02(31)" ALERT_ARG ")"));
    our_tid = first;
    sc_says("67", "", "4a(03)"); /* of a transaction that is over */
    pass_ms(20000);
    CHECK(map_srv_alert(srv, 2, &alert, 8)); /* remembered */
    sc_says("64", "", "");
    OVER("[begin aarq=1702 invoke1:64] [begin invoke1:49] ok7 "
         "[begin invoke1:49] ok8 ");
}

/* A service centre may answer from another title than it is called by. */
static void the_first_answer_fixes_the_peer(void)
{
    begun();
    smsc = sccp_addr_e164("447700900399", 8);
    sc_says("65", OTID, ACCEPTED);
    CHECK(stat_get(STAT_tcap_other_peer) == 0);
    smsc = sccp_addr_e164("447700900666", 8);
    sc_says("65", "48(aa)", "");
    CHECK(stat_get(STAT_tcap_other_peer) == 1);
    smsc = sccp_addr_e164("447700900399", 8); /* where on_send() looks */
    sc_says("65", OTID, RESULT);
    CHECK(was_sent("64(49(11223344))"));
    OVER("[begin aarq=1702 invoke1:64] [end] ok7 ");
}

static void gives_up_in_time(void)
{
    begun();
    pass_ms(9000);
    OVER("[begin aarq=1702 invoke1:64] tempfail7 ");
    begun();
    sc_says("65", OTID, ACCEPTED);
    pass_ms(9000);
    OVER("[begin aarq=1702 invoke1:64] [abort abrt0/a4:4] tempfail7 ");
}

static void what_comes_back_has_failed(void)
{
    begun();
    map_srv_notice(srv, 2, 1, &smsc, sent_octets, sent_len);
    OVER("[begin aarq=1702 invoke1:64] tempfail7 ");
}

static void broken_answers_end_it(void)
{
    begun();
    sc_says("64", "", "48(01)");
    OVER("[begin aarq=1702 invoke1:64] tempfail7 ");
}

static void serves_nothing_in_its_own_dialogues(void)
{
    begun();
    sc_says("65", OTID,
            ACCEPTED "6c(" INVOKE("01", "2d", SRI_ARG)
                INVOKE("02", "2c", FSM("")) ")");
    EXPECT("[begin aarq=1702 invoke1:64] ");
    CHECK(map_srv_held(srv) == 0);
    sc_says("64", "", RESULT);
    OVER("[begin aarq=1702 invoke1:64] ok7 ");
}

static void does_not_begin_what_cannot_be(void)
{
    struct map_alert_arg odd = alert;

    node();
    CHECK(!map_srv_alert(srv, 1, &alert, 1)); /* no title of ours there */
    CHECK(!map_srv_alert(srv, 99, &alert, 1));
    strcpy(odd.sc_addr.digits, "4477*");
    CHECK(!map_srv_alert(srv, 2, &odd, 1));
    strcpy(odd.sc_addr.digits, "");
    CHECK(!map_srv_alert(srv, 2, &odd, 1));
    send_result = -1;
    CHECK(!map_srv_alert(srv, 2, &alert, 1));
    send_result = 0;
    trace[0] = '\0';
    for (unsigned i = 0; i < conf.max_dialogues; i++)
        CHECK(map_srv_alert(srv, 2, &alert, i));
    CHECK(!map_srv_alert(srv, 2, &alert, 99));
    map_srv_stop(srv);
    CHECK(wheel.running == 0 && !map_srv_alert(srv, 2, &alert, 1));
    CHECK(strstr(trace, "tempfail0 tempfail1 ") != NULL);
}

static void a_lost_way_fails_the_second_try(void)
{
    begun();
    send_result = -1;
    sc_says("67", "", NO_CONTEXT);
    OVER("[begin aarq=1702 invoke1:64] [begin invoke1:49] tempfail7 ");
}

static void is_forgotten_with_the_server(void)
{
    begun();
    map_srv_free(srv);
    srv = NULL;
    CHECK(wheel.running == 0);
}

int main(void)
{
    slog_set(NULL, SLOG_ERROR);
    SHOWS("MA-03", asks_in_version_2);
    SHOWS("MA-03 MA-10", each_reply_has_its_meaning);
    SHOWS("MA-03", goes_on_in_version_1_with_another_id);
    SHOWS("TC-10", the_first_answer_fixes_the_peer);
    SHOWS("MA-05 MA-10", gives_up_in_time);
    SHOWS("MA-10", what_comes_back_has_failed);
    broken_answers_end_it();
    serves_nothing_in_its_own_dialogues();
    does_not_begin_what_cannot_be();
    a_lost_way_fails_the_second_try();
    is_forgotten_with_the_server();
    map_srv_free(srv);
    return CHECK_DONE();
}

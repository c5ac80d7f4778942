/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_srv_test.c - dialogues, addresses, limits and the end of the MAP server
 */

#include "map_world.h"

#include "gw/stat.h"

/* ---- dialogues ---- */

/* A message of the dialogue that our last Continue named. */
static void take_next(const char *type, const char *rest)
{
    char text[4096];

    snprintf(text, sizeof(text), "%s(%s49(%02x%02x%02x%02x)%s)", type,
             strcmp(type, "65") == 0 ? OTID : "", our_tid.octet[0],
             our_tid.octet[1], our_tid.octet[2], our_tid.octet[3], rest);
    take(text);
}

static void verdict(unsigned i, enum verdict v, bool expected)
{
    CHECK(map_srv_verdict(srv, ids[i], v, (struct map_err){ 0, -1 }) ==
          expected);
}

static void pass_ms(uint64_t ms)
{
    timer_run(&wheel, wheel.now_ms + ms);
}

static void a_message_in_each_version(void)
{
    fresh();
    take(BEGIN("6c(" INVOKE("05", "2e", FSM("")) ")"));
    CHECK(strcmp(sms_seen, "2 v1 234150999999999 447700900321") == 0);
    verdict(0, VERDICT_OK, true);
    take(BEGIN(AARQ("1902") "6c(" INVOKE("05", "2e", FSM("")) ")"));
    CHECK(strcmp(sms_seen, "2 v2 234150999999999 447700900321") == 0);
    verdict(1, VERDICT_TEMPFAIL, true);
    take(BEGIN(AARQ("1903") "6c(" INVOKE("05", "2c", FSM("")) ")"));
    CHECK(strcmp(sms_seen, "2 v3 234150999999999 447700900321") == 0);
    verdict(2, VERDICT_PERMFAIL, true);
    verdict(2, VERDICT_OK, false);
    EXPECT("ask [end result5] ask [end aare0 error5:34] "
           "ask [end aare0 error5:32] ");
    CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
}

static void a_result_has_no_parameter(void)
{
    static const char *const begin[] = {
        BEGIN("6c(" INVOKE("05", "2e", FSM("")) ")"),
        BEGIN(AARQ("1902") "6c(" INVOKE("05", "2e", FSM("")) ")"),
        BEGIN(AARQ("1903") "6c(" INVOKE("05", "2c", FSM("")) ")"),
    };

    for (size_t v = 0; v < 3; v++) {
        fresh();
        take(begin[v]);
        verdict(0, VERDICT_OK, true);
        CHECK(was_sent("6c(a2(02(05)))"));
    }
}

static void a_route_may_choose_the_error(void)
{
    struct map_err e = { .code = MAP_ERR_ABSENT_SUBSCRIBER_SM, .cause = -1 };

    fresh();
    take(BEGIN(AARQ("1902") "6c(" INVOKE("05", "2e", FSM("")) ")"));
    CHECK(map_srv_verdict(srv, ids[0], VERDICT_TEMPFAIL, e));
    EXPECT("ask [end aare0 error5:27] "); /* as version 2 says it */
}

static void refused_by_the_register(void)
{
    fresh();
    sms_error.code = MAP_ERR_UNIDENTIFIED_SUBSCRIBER;
    take(BEGIN(AARQ("1903") "6c(" INVOKE("05", "2c", FSM(MORE)) ")"));
    verdict(0, VERDICT_OK, false);
    EXPECT("ask [end aare0 error5:5] ");
    CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
}

static void more_messages(void)
{
    fresh();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(MORE)) ")"));
    CHECK(map_srv_held(srv) == 1);
    verdict(0, VERDICT_OK, true);
    take_next("65", "6c(" INVOKE("02", "2c", FSM_NEXT(MORE)) ")");
    CHECK(strcmp(sms_seen, "2 v3 234150999999999 447700900321 repeated") == 0);
    verdict(1, VERDICT_OK, true);
    take_next("65", "6c(" INVOKE("03", "2c", FSM_NEXT("")) ")");
    verdict(2, VERDICT_OK, true);
    EXPECT("ask [continue aare0 result1] ask [continue result2] "
           "ask [end result3] ");
    CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
}

static void more_messages_that_do_not_come(void)
{
    fresh();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(MORE)) ")"));
    verdict(0, VERDICT_OK, true);
    pass_ms(10100);
    take_next("65", "6c(" INVOKE("02", "2c", FSM_NEXT("")) ")");
    EXPECT("ask [continue aare0 result1] [abort abrt0/a4:4] [abort p1] ");
}

static void more_messages_in_v1_are_aborted_without_a_word(void)
{
    fresh();
    take(BEGIN("6c(" INVOKE("01", "2e", FSM(MORE)) ")"));
    if (n_ids == 0) /* version 1 has no moreMessagesToSend */
        return;
    verdict(0, VERDICT_OK, true);
    CHECK(strstr(trace, "aare") == NULL && strstr(trace, "abrt") == NULL);
}

static void an_error_ends_the_dialogue(void)
{
    fresh();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(MORE)) ")"));
    verdict(0, VERDICT_TEMPFAIL, true);
    EXPECT("ask [end aare0 error1:34] ");
    CHECK(wheel.running == 0);
}

static void a_handshake(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    verdict(0, VERDICT_OK, true);
    EXPECT("[continue aare0] ask [end result1] ");
    CHECK(wheel.running == 0);
}

static void a_handshake_before_a_question_about_a_route(void)
{
    fresh();
    take(BEGIN(AARQ("1403")));
    take_next("65", "6c(" INVOKE("01", "2d", SRI_ARG) ")");
    take_next("65", "6c(" INVOKE("01", "2d", SRI_ARG) ")");
    EXPECT("[continue aare0] [end result1] [abort p1] ");
    CHECK(wheel.running == 0);
}

static void a_handshake_and_silence(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take_next("65", ""); /* says nothing: it gives no more time */
    pass_ms(10100);
    EXPECT("[continue aare0] [abort abrt0/a4:4] ");
    CHECK(wheel.running == 0);
}

static void the_deadline_answers(void)
{
    fresh();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    pass_ms(25100);
    verdict(0, VERDICT_OK, false);
    EXPECT("ask late [end aare0 error1:34] ");
}

static void the_peer_gives_up(void)
{
    static const char *const how[][2] = { { "64", "" },
                                          { "67", "" },
                                          { "67", "4a(04)" } };

    for (size_t i = 0; i < 3; i++) {
        fresh();
        take(BEGIN(AARQ("1903")));
        take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
        take_next(how[i][0], how[i][1]);
        verdict(0, VERDICT_OK, false);
        pass_ms(60000);
        EXPECT("[continue aare0] ask gone ");
    }
}

static void a_broken_continue_ends_the_dialogue(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    take_next("65", "6b(00)");
    EXPECT("[continue aare0] ask gone [abort p2] ");
    CHECK(wheel.running == 0);
}

static void only_one_message_at_a_time(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    take_next("65", "6c(" INVOKE("02", "2c", FSM("")) ")");
    take_next("65", "6c(a4(02(01)81(01)))");
    verdict(0, VERDICT_OK, true);
    EXPECT("[continue aare0] ask [continue reject1:81/0] "
           "[continue reject2:81/3] [end result1] ");
}

static void two_messages_in_one_begin(void)
{
    fresh();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(""))
                   INVOKE("02", "2c", FSM("")) ")"));
    verdict(0, VERDICT_OK, true);
    EXPECT("[continue aare0 reject2:81/3] ask [end result1] ");
}

static void rejecting_in_an_open_dialogue_ends_it(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take_next("65", "6c(" INVOKE("01", "2d", SRI_ARG) ")");
    EXPECT("[continue aare0] [end reject1:81/1] ");
    CHECK(wheel.running == 0);
}

static void many_components_are_not_many_answers(void)
{
    char many[1000], text[1200];

    fresh();
    for (size_t i = 0; i + 11 < sizeof(many); i += 10)
        snprintf(many + i, sizeof(many) - i, "a2(02(01))");
    snprintf(text, sizeof(text), BEGIN(AARQ("1403") "6c(%s)"), many);
    take(text);
    CHECK(n_sent == 1 && sent.data_len < 250);
}

/* ---- addresses ---- */

static void answers_go_back_to_the_octets_they_came_from(void)
{
    fresh();
    smsc.wire_len = 5; /* as read from the wire: to be sent as it is */
    memset(smsc.wire, 0xab, sizeof(smsc.wire));
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    CHECK(memcmp(&sent.called, &smsc, sizeof(smsc)) == 0);
    CHECK(sent.back_assoc == 1 && sent.pclass == 0);
}

static void answers_come_from_our_own_title(void)
{
    fresh();
    snprintf(conf.net[2].hlr_gt, sizeof(conf.net[2].hlr_gt), "44770090060");
    snprintf(conf.net[2].msc_gt, sizeof(conf.net[2].msc_gt), "44770090080");
    fresh_conf();
    called = sccp_addr_e164("447700900123", 6);
    called.gt.np = 7; /* E.214 */
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    CHECK(strcmp(sent.calling.gt.digits, "44770090060") == 0);
    CHECK(sent.calling.ssn == 6 && sent.calling.gt.np == 1);
    CHECK(!sent.calling.on_ssn && sent.calling.wire_len == 0);
    called.ssn = 149; /* whatever subsystem was called stays */
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    CHECK(strcmp(sent.calling.gt.digits, "44770090080") == 0);
    CHECK(sent.calling.ssn == 149);
    called.ssn = 6;
    take("65(" OTID "49(55667788))");
    CHECK(strcmp(sent.calling.gt.digits, "44770090060") == 0);
}

static void without_a_title_the_called_address_is_echoed(void)
{
    fresh();
    called.on_ssn = true;
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    CHECK(strcmp(sent.calling.gt.digits, "447700900700") == 0);
    CHECK(!sent.calling.on_ssn); /* else the peer's next one gets lost */
    called = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 8 };
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    CHECK(sent.calling.on_ssn && sent.calling.ssn == 8);
}

static void a_dialogue_keeps_its_link_and_its_order(void)
{
    unsigned used = 0;
    uint8_t sls;

    fresh();
    conf.max_dialogues = conf.max_held = 200;
    fresh_conf();
    for (int i = 0; i < 200; i++) {
        take(BEGIN(AARQ("1903")));
        sls = sent.sls;
        CHECK(sent.pclass == 1 && sls < 16);
        used |= 1u << sls;
        n_ids = 0;
        take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
        verdict(0, VERDICT_OK, true);
        CHECK(sent.sls == sls && sent.pclass == 1);
        trace[0] = '\0';
    }
    CHECK(used == 0xffff);
}

static void short_dialogues_spread_over_the_links_too(void)
{
    unsigned used = 0;

    fresh();
    for (int i = 0; i < 16; i++) {
        take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
        used |= 1u << sent.sls;
    }
    CHECK(used == 0xffff);
}

static void the_peer_of_a_dialogue_is_that_of_its_begin(void)
{
    struct sccp_addr first;

    fresh();
    first = smsc;
    take(BEGIN(AARQ("1903")));
    smsc = sccp_addr_e164("46700", 8);
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    smsc = first;
    opc = 77;
    verdict(0, VERDICT_OK, true);
    EXPECT("[continue aare0] ask [end result1] ");
}

/* Nor does another's word end it, broken or not, if the guard says so. */
static void a_stranger_does_not_touch_a_guarded_dialogue(void)
{
    static const char *const words[][2] = {
        { "64", "" },       { "67", "" },
        { "67", "4a(04)" }, { "65", "6c(" INVOKE("02", "2c", FSM("")) ")" },
        { "64", "48(aa)" },
    };
    struct sccp_addr first;
    uint64_t seen;

    fresh();
    conf.guard = MAP_GUARD_DENY;
    fresh_conf();
    first = smsc;
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(MORE)) ")"));
    verdict(0, VERDICT_OK, true); /* so that its id is known */
    smsc = sccp_addr_e164("46700", 8);
    seen = stat_get(STAT_tcap_other_peer);
    for (size_t i = 0; i < 5; i++)
        take_next(words[i][0], words[i][1]);
    CHECK(stat_get(STAT_tcap_other_peer) == seen + 5);
    smsc = first;
    take_next("65", "6c(" INVOKE("03", "2c", FSM("")) ")");
    verdict(1, VERDICT_OK, true);
    EXPECT("ask [continue aare0 result1] ask [end result3] ");
}

static void a_guard_may_be_off(void)
{
    uint64_t seen = stat_get(STAT_tcap_other_peer);
    struct sccp_addr first;

    fresh();
    conf.guard = MAP_GUARD_OFF;
    fresh_conf();
    first = smsc;
    take(BEGIN(AARQ("1903")));
    smsc = sccp_addr_e164("46700", 8);
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    smsc = first;
    verdict(0, VERDICT_OK, true);
    EXPECT("[continue aare0] ask [end result1] ");
    CHECK(stat_get(STAT_tcap_other_peer) == seen);
}

static void another_network_has_other_transactions(void)
{
    uint8_t buf[200];
    char text[200];
    struct sccp_ind ind = { .data = buf, .opc = 77 };

    fresh();
    take(BEGIN(AARQ("1903")));
    snprintf(text, sizeof(text), "64(49(%02x%02x%02x%02x))", our_tid.octet[0],
             our_tid.octet[1], our_tid.octet[2], our_tid.octet[3]);
    ind.data_len = tcap_octets(text, buf, sizeof(buf));
    map_srv_unitdata(srv, 3, &ind);
    CHECK(wheel.running == 1);
    map_srv_unitdata(srv, 16, &ind); /* none of ours: nothing happens */
    map_srv_unitdata(srv, 2, &ind);
    CHECK(wheel.running == 0);
}

static void a_message_that_comes_back_ends_its_dialogue(void)
{
    uint8_t copy[300];
    size_t n;

    fresh();
    take(BEGIN(AARQ("1903")));
    n = sent.data_len;
    CHECK(n < sizeof(copy));
    take_next("65", "6c(" INVOKE("01", "2c", FSM("")) ")");
    n = tcap_octets("65(48(00000000)49(11223344))", copy, sizeof(copy));
    memcpy(copy + 4, our_tid.octet, 4);
    copy[13] ^= 1; /* to another transaction of the peer: not ours */
    map_srv_notice(srv, 2, SCCP_CAUSE_NO_TRANSLATION, &smsc, copy, n);
    CHECK(map_srv_held(srv) == 1);
    copy[13] ^= 1;
    map_srv_notice(srv, 3, SCCP_CAUSE_NO_TRANSLATION, &smsc, copy, n);
    CHECK(map_srv_held(srv) == 1);
    map_srv_notice(srv, 2, SCCP_CAUSE_NO_TRANSLATION, &smsc, copy, n);
    CHECK(map_srv_held(srv) == 0 && wheel.running == 0);
    map_srv_notice(srv, 2, SCCP_CAUSE_NO_TRANSLATION, &smsc, copy, 0);
    EXPECT("[continue aare0] ask gone ");
}

static void what_cannot_be_sent_is_not_waited_for(void)
{
    fresh();
    send_result = -1;
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    verdict(0, VERDICT_OK, true);
    EXPECT("ask [end aare0 result1] ");
    CHECK(wheel.running == 0);
}

/* ---- limits, roles, the end ---- */

static void as_many_dialogues_as_allowed(void)
{
    fresh();
    for (int i = 0; i < 8; i++)
        take(BEGIN(AARQ("1903")));
    trace[0] = '\0';
    take(BEGIN(AARQ("1903")));
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    EXPECT("[abort p4] [abort p4] [end aare0 result1] ");
    pass_ms(10100);
    CHECK(wheel.running == 0);
}

static void as_many_messages_held_as_allowed(void)
{
    fresh();
    for (int i = 0; i < 4; i++)
        take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    CHECK(map_srv_held(srv) == 4);
    trace[0] = '\0';
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    verdict(0, VERDICT_OK, true);
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    EXPECT("[end aare0 error1:34] [end aare0 result1] ask ");
}

/* The same address, international and national; another one; one that is
 * none, which is counted by the calling title. */
static void as_many_held_from_one_sc_as_allowed(void)
{
#define FSM_OF(oa)                                                             \
    BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", "30(" DA oa TPDU ")") ")")
    fresh();
    conf.max_held_per_sc = 1;
    conf.overload = MAP_ERR_SUBSCRIBER_BUSY;
    conf.net[2].plan = (struct num_plan){ "44", "00", "0" };
    fresh_conf();
    smsc = sccp_addr_e164("447700900456", 8);
    take(FSM_OF("84(91447700093012)"));
    take(FSM_OF("84(a17700093012)"));
    take(FSM_OF("84(91447700093022)"));
    EXPECT("ask [end aare0 error1:31] ask ");
    trace[0] = '\0';
    take(FSM_OF("84(91447700a93012)"));
    take(FSM_OF("84(91447700b93012)"));
    CHECK(map_srv_held(srv) == 3);
    verdict(0, VERDICT_OK, true);
    take(FSM_OF("84(a17700093012)"));
    EXPECT("ask [end aare0 error1:31] [end aare0 result1] ask ");
#undef FSM_OF
}

static void serves_only_its_roles(void)
{
    fresh();
    conf.msc = false;
    fresh_conf();
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    take(BEGIN("6c(" INVOKE("01", "2e", FSM("")) ")"));
    take(BEGIN(AARQ("1402") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    EXPECT("[abort aare1/user2=1903] [abort] [end aare0 result1] ");
    fresh();
    conf.hlr = false;
    fresh_conf();
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    take(BEGIN("6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    EXPECT("[abort aare1/user2=1403] [abort] ");
}

static void draining(void)
{
    fresh();
    CHECK(!map_srv_idle(srv));
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM(MORE)) ")"));
    map_srv_drain(srv);
    CHECK(!map_srv_idle(srv));
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) ")"));
    verdict(0, VERDICT_OK, true);
    CHECK(map_srv_idle(srv));
    take_next("65", "6c(" INVOKE("02", "2c", FSM_NEXT("")) ")");
    EXPECT("ask [end aare0 error1:34] [end aare0 result1] "
           "[continue aare0 result1] [end error2:34] ");
}

static void stopping(void)
{
    fresh();
    take(BEGIN(AARQ("1903")));
    take(BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c", FSM("")) ")"));
    map_srv_stop(srv);
    EXPECT("[continue aare0] ask [abort abrt0/a4:0] "
           "late [end aare0 error1:34] ");
    CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
}

static void refuses_a_configuration_that_cannot_be(void)
{
    fresh();
    conf.tid_first = 1;
    conf.tid_last = 8;
    CHECK(map_srv_new(&conf, &wheel, &ops, &conf) == NULL);
    map_srv_free(NULL);
}

int main(void)
{
    slog_set(NULL, SLOG_ERROR);
    SHOWS("MA-01 FM-01 FM-02", a_message_in_each_version);
    SHOWS("FM-08", a_result_has_no_parameter);
    SHOWS("FM-03", a_route_may_choose_the_error);
    SHOWS("FM-04", refused_by_the_register);
    SHOWS("FM-07", more_messages);
    SHOWS("TC-11 MA-09", more_messages_that_do_not_come);
    more_messages_in_v1_are_aborted_without_a_word();
    SHOWS("FM-07", an_error_ends_the_dialogue);
    SHOWS("TC-14", a_handshake);
    a_handshake_before_a_question_about_a_route();
    SHOWS("TC-11 MA-09", a_handshake_and_silence);
    SHOWS("TC-11 MA-05 FM-11", the_deadline_answers);
    SHOWS("TC-13 TC-16 FM-11", the_peer_gives_up);
    SHOWS("TC-05 TC-13", a_broken_continue_ends_the_dialogue);
    SHOWS("TC-07", only_one_message_at_a_time);
    SHOWS("TC-15", two_messages_in_one_begin);
    rejecting_in_an_open_dialogue_ends_it();
    SHOWS("TC-15", many_components_are_not_many_answers);
    SHOWS("TC-01 SC-12", answers_go_back_to_the_octets_they_came_from);
    SHOWS("SC-12", answers_come_from_our_own_title);
    SHOWS("SC-12", without_a_title_the_called_address_is_echoed);
    SHOWS("M3-10 SC-16", a_dialogue_keeps_its_link_and_its_order);
    SHOWS("M3-10", short_dialogues_spread_over_the_links_too);
    SHOWS("TC-10", the_peer_of_a_dialogue_is_that_of_its_begin);
    SHOWS("TC-10", a_stranger_does_not_touch_a_guarded_dialogue);
    SHOWS("TC-10", a_guard_may_be_off);
    another_network_has_other_transactions();
    a_message_that_comes_back_ends_its_dialogue();
    what_cannot_be_sent_is_not_waited_for();
    SHOWS("TC-12", as_many_dialogues_as_allowed);
    SHOWS("TC-12 FM-12", as_many_messages_held_as_allowed);
    SHOWS("FM-12", as_many_held_from_one_sc_as_allowed);
    serves_only_its_roles();
    SHOWS("FM-13", draining);
    SHOWS("MA-09 FM-13", stopping);
    refuses_a_configuration_that_cannot_be();
    map_srv_free(srv);
    return CHECK_DONE();
}

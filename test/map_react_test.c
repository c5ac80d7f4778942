/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_react_test.c - one message, one reaction of the MAP server
 */

#include "map_world.h"

#include "gw/stat.h"

/* clang-format off */
static const struct {
    const char *what, *in, *out;
} reactions[] = {
    /* the transaction portion */
    { "unknown type", "66(" OTID ")", "[abort p0] " },
    { "unknown type, no otid", "6a(49(0102))", "" },
    { "nothing", "", "" },
    { "begin without otid", "62()", "" },
    { "otid twice", "62(" OTID "48(99)" AARQ("1403") ")", "[abort p3] " },
    { "continue, unknown dtid", "65(" OTID "49(55667788))", "[abort p1] " },
    { "continue, short dtid", "65(" OTID "49(01))", "[abort p1] " },
    { "continue without dtid", "65(" OTID ")", "[abort p3] " },
    { "end, unknown dtid", "64(49(55667788))", "" },
    { "abort, unknown dtid", "67(49(55667788)4a(01))", "" },
    { "unidirectional", "61(6c(" INVOKE("01", "40", SRI_ARG) "))", "" },
    { "components first",
      BEGIN("6c(" INVOKE("01", "2d", SRI_ARG) ")" AARQ("1403")),
      "[abort p3] " },
    /* versions */
    { "v1 without component", BEGIN(""), "[abort] " },
    { "v1, operation of v3", BEGIN("6c(" INVOKE("01", "2c", FSM("")) ")"),
      "[abort] " },
    { "v1, operation unknown", BEGIN("6c(" INVOKE("01", "40", "") ")"),
      "[abort] " },
    { "v1 sri", BEGIN("6c(" INVOKE("01", "2d", SRI_ARG) ")"),
      "[end result1] " },
    { "v2 sri", BEGIN(AARQ("1402") "6c(" INVOKE("80", "2d", SRI_ARG) ")"),
      "[end aare0 result-128] " },
    { "v3 sri", BEGIN(AARQ("1403") "6c(" INVOKE("ff", "2d", SRI_ARG) ")"),
      "[end aare0 result-1] " },
    { "v1 unknown number", BEGIN("6c(" INVOKE("01", "2d", SRI_NONE) ")"),
      "[end error1:1] " },
    { "v3 unknown number",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_NONE) ")"),
      "[end aare0 error1:1] " },
    { "v1 name in a dialogue portion",
      BEGIN(AARQ("1401") "6c(" INVOKE("01", "2d", SRI_ARG) ")"),
      "[abort abrt0/a5:0] " },
    { "sri v4", BEGIN(AARQ("1404") "6c(" INVOKE("01", "2d", SRI_ARG) ")"),
      "[abort aare1/user2=1403] " },
    { "mt relay v9", BEGIN(AARQ("1909")), "[abort aare1/user2=1903] " },
    { "mt relay v1", BEGIN(AARQ("1901")), "[abort aare1/user2=1901] " },
    { "another context", BEGIN(AARQ("0103")), "[abort aare1/user2=0103] " },
    { "mo relay", BEGIN(AARQ("1503")), "[abort aare1/user2=1503] " },
    { "alert, v2", BEGIN(AARQ("1702") "6c(" INVOKE("01", "40", ALERT_ARG) ")"),
      "[abort aare1/user2=1702] " },
    { "alert, v1", BEGIN("6c(" INVOKE("01", "31", ALERT_ARG) ")"),
      "[abort] " },
    { "mwd v4", BEGIN(AARQ("1804")), "[abort aare1/user2=1803] " },
    { "not an AC of MAP",
      BEGIN("6b(28(06(00118605010101)a0(60(a1(06(2a0304))))))"),
      "[abort aare1/user2=0000] " },
    { "protocol version 2 only",
      BEGIN("6b(28(06(00118605010101)a0(60(80(0640)a1(06(04000001001403))))))"),
      "[abort aare1/provider2=1403] " },
    { "AARE in a begin",
      BEGIN("6b(28(06(00118605010101)a0(61(80(0780)a1(06(04000001001403))))))"),
      "[abort abrt1] " },
    { "good map-open", BEGIN(USER_INFO("a0(80(9699)81(9144))")
      "6c(" INVOKE("01", "2d", SRI_ARG) ")"), "[end aare0 result1] " },
    { "broken map-open", BEGIN(USER_INFO("a0058009916c")),
      "[abort abrt0/a5:0] " },
    { "map-close instead of map-open", BEGIN(USER_INFO("a2()")),
      "[abort abrt0/a5:0] " },
    /* components */
    { "no operation of this context",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "2c", FSM("")) ")"),
      "[end aare0 reject1:81/1] " },
    { "46 in v3", BEGIN(AARQ("1903") "6c(" INVOKE("01", "2e", FSM("")) ")"),
      "[end aare0 reject1:81/1] " },
    { "44 in v2", BEGIN(AARQ("1902") "6c(" INVOKE("01", "2c", FSM("")) ")"),
      "[end aare0 reject1:81/1] " },
    { "global operation",
      BEGIN(AARQ("1403") "6c(a1(02(01)06(2a864886f70d01)" SRI_ARG "))"),
      "[end aare0 reject1:81/1] " },
    { "mistyped", BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", "") ")"),
      "[end aare0 reject1:81/2] " },
    { "mistyped in v1", BEGIN("6c(" INVOKE("01", "2d", "30(0101)") ")"),
      "[end reject1:81/2] " },
    { "mistyped message", BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c",
      "30(" DA OA ")") ")"), "[end aare0 reject1:81/2] " },
    { "linked to nothing",
      BEGIN(AARQ("1403") "6c(a1(02(02)80(01)02(2d)" SRI_ARG "))"),
      "[end aare0 reject2:81/5] " },
    { "the same invoke twice",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG)
      INVOKE("01", "2d", SRI_ARG) ")"),
      "[end aare0 result1 reject1:81/0] " },
    { "a second operation",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG)
      INVOKE("02", "2d", SRI_NONE) ")"),
      "[end aare0 result1 reject2:81/3] " },
    { "a good one behind a bad one",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "47", SRI_ARG)
      INVOKE("02", "2d", SRI_ARG) ")"),
      "[end aare0 reject1:81/1 reject2:81/3] " },
    { "broken behind a good one",
      BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG) "a1(0201))"),
      "[end aare0 result1 reject-:80/2] " },
    { "result for nothing", BEGIN(AARQ("1403") "6c(a2(02(01)))"),
      "[end aare0 reject1:82/0] " },
    { "result for nothing in v1", BEGIN("6c(a2(02(01)))"),
      "[end reject1:82/0] " },
    { "error for nothing", BEGIN(AARQ("1403") "6c(a3(02(01)02(22)))"),
      "[end aare0 reject1:83/0] " },
    { "reject", BEGIN(AARQ("1403") "6c(a4(02(01)81(01)))"), "" },
    { "unknown component", BEGIN(AARQ("1403") "6c(a5(02(01)))"),
      "[end aare0 reject1:80/0] " },
    /* the register's other operations */
    { "report v1", BEGIN("6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "")) ")"), "report [end result1] " },
    { "report v2", BEGIN(AARQ("1402") "6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "0a(00)")) ")"),
      "report [end aare0 result1] " },
    { "report v3", BEGIN(AARQ("1403") "6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "0a(01)80(01)a1()85(09)")) ")"),
      "report [end aare0 result1] " },
    { "report, unknown number", BEGIN(AARQ("1403") "6c(" INVOKE("01", "2f",
      STATUS("91447700099999", "0a(01)")) ")"),
      "report [end aare0 error1:1] " },
    { "report v2 without outcome", BEGIN(AARQ("1402") "6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "")) ")"), "[end aare0 error1:35] " },
    { "report v3 without outcome", BEGIN(AARQ("1403") "6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "")) ")"), "[end aare0 reject1:81/2] " },
    { "report in another context", BEGIN(AARQ("1803") "6c(" INVOKE("01", "2f",
      STATUS("91447700091032", "0a(01)")) ")"), "[end aare0 reject1:81/1] " },
    { "inform alone", BEGIN(AARQ("1403") "6c(" INVOKE("01", "3f", "30()") ")"),
      "" },
    { "inform, mistyped",
      BEGIN(AARQ("1402") "6c(" INVOKE("01", "3f", "0400") ")"), "" },
    { "inform behind a question", BEGIN(AARQ("1403") "6c("
      INVOKE("01", "2d", SRI_ARG) INVOKE("02", "3f", "30()") ")"),
      "[end aare0 result1] " },
    { "a question behind inform", BEGIN(AARQ("1403") "6c("
      INVOKE("01", "3f", "30()") INVOKE("02", "2d", SRI_ARG) ")"),
      "[end aare0 reject2:81/3] " },
    { "ready v3",
      BEGIN(AARQ("1803") "6c(" INVOKE("01", "42", READY_ARG) ")"),
      "[end aare0 error1:21] " },
    { "ready v2",
      BEGIN(AARQ("1802") "6c(" INVOKE("01", "42", READY_ARG) ")"),
      "[end aare0 error1:21] " },
    { "ready, mistyped",
      BEGIN(AARQ("1802") "6c(" INVOKE("01", "42", "30(0a(00))") ")"),
      "[end aare0 reject1:81/2] " },
    { "note present, v1",
      BEGIN("6c(" INVOKE("01", "30", "04(32140599999999f9)") ")"), "" },
    /* short messages that are refused at once */
    { "lmsi", BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c",
      "30(81(00036231)" OA TPDU ")") ")"), "[end aare0 error1:5] " },
    { "no parties", BEGIN(AARQ("1903") "6c(" INVOKE("01", "2c",
      FSM_NEXT("")) ")"), "[end aare0 error1:35] " },
    { "no parties in v1", BEGIN("6c(" INVOKE("01", "2e", FSM_NEXT("")) ")"),
      "[end error1:36] " },
    { "mobile originated in v1", BEGIN("6c(" INVOKE("01", "2e",
      "30(84(91447700093012)82(91447700091032)" TPDU ")") ")"),
      "[end error1:21] " },
};
/* clang-format on */

static void reacts_as_the_standards_say(void)
{
    for (size_t i = 0; i < sizeof(reactions) / sizeof(reactions[0]); i++) {
        fresh();
        take(reactions[i].in);
        if (strcmp(trace, reactions[i].out) != 0)
            printf("%s: ", reactions[i].what);
        EXPECT(reactions[i].out);
        CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
    }
}

/* Cut anywhere, a good message is answered somehow and leaves nothing. */
static void survives_messages_cut_anywhere(void)
{
    uint8_t buf[300];
    size_t n = tcap_octets(
        BEGIN(USER_INFO("a0(80(9699))") "6c(" INVOKE("01", "2d", SRI_ARG) ")"),
        buf, sizeof(buf));

    fresh();
    for (size_t i = 0; i < n; i++)
        take_octets(buf, i);
    CHECK(wheel.running == 0 && strstr(trace, "result") == NULL);
}

/*
 * What one operation is answered in shortMsgGateway (version 2 if it is even,
 * else 3), in shortMsgMT-Relay version 3, and in version 1.
 */
static const char *answers_to(unsigned op)
{
    switch (op) {
    case 44:
        return "[end aare0 reject1:81/1] [end aare0 reject1:81/2] [abort] ";
    case 45:
        return "[end aare0 result1] [end aare0 reject1:81/1] [end result1] ";
    case 46:
        return "[end aare0 reject1:81/1] [end aare0 reject1:81/1] "
               "[end reject1:81/2] ";
    case 47:
        return "[end aare0 reject1:81/2] [end aare0 reject1:81/1] "
               "[end reject1:81/2] ";
    case 48:
        return "[end aare0 reject1:81/1] [end aare0 reject1:81/1] ";
    case 63:
        return "[end aare0 reject1:81/1] [abort] ";
    default:
        return "[end aare0 reject1:81/1] [end aare0 reject1:81/1] [abort] ";
    }
}

static bool is_for_short_messages(unsigned op)
{
    return (op >= 44 && op <= 49) || op == 63 || op == 64 || op == 66;
}

/* Whatever else MAP knows is not served, in no context (FS.11 category 1). */
static void serves_no_other_operation(void)
{
    char text[300];

    for (unsigned op = 0; op < 128; op++) {
        uint64_t foreign = stat_get(STAT_map_fs11_cat1);

        fresh();
        snprintf(text, sizeof(text),
                 BEGIN(AARQ("14%02x") "6c(a1(02(01)02(%02x)" SRI_ARG "))"),
                 2 + op % 2, op);
        take(text);
        snprintf(text, sizeof(text),
                 BEGIN(AARQ("1903") "6c(a1(02(01)02(%02x)" SRI_ARG "))"), op);
        take(text);
        snprintf(text, sizeof(text), BEGIN("6c(a1(02(01)02(%02x)" SRI_ARG "))"),
                 op);
        take(text);
        EXPECT(answers_to(op));
        foreign += is_for_short_messages(op) ? 0 : 3;
        CHECK(stat_get(STAT_map_fs11_cat1) == foreign);
    }
}

static void counts_foreign_contexts_and_global_operations(void)
{
    uint64_t foreign = stat_get(STAT_map_fs11_cat1);

    fresh();
    take(BEGIN(AARQ("1d03"))); /* anyTimeInfoEnquiry */
    CHECK(stat_get(STAT_map_fs11_cat1) == foreign + 1);
    take(BEGIN(AARQ("1702"))); /* shortMsgAlert: only the wrong node */
    CHECK(stat_get(STAT_map_fs11_cat1) == foreign + 1);
    take(BEGIN(AARQ("1403") "6c(" INVOKE(
        "01", "2d", SRI_ARG) "a1(02(02)06(2a864886f70d01)30()))"));
    CHECK(stat_get(STAT_map_fs11_cat1) == foreign + 2);
    /* two operations in one message: the second is looked at as well */
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "2d", SRI_ARG)
                   INVOKE("02", "47", "30()") ")"));
    CHECK(stat_get(STAT_map_fs11_cat1) == foreign + 3);
    EXPECT("[abort aare1/user2=1d03] [abort aare1/user2=1702] "
           "[end aare0 result1 reject2:81/1] "
           "[end aare0 result1 reject2:81/1] ");
}

static void counts_what_asks_for_no_answer(void)
{
    uint64_t uni = stat_get(STAT_tcap_ignored);
    uint64_t ops_ignored = stat_get(STAT_map_op_ignored);

    fresh();
    take("61(6c(" INVOKE("01", "2d", SRI_ARG) "))");
    CHECK(stat_get(STAT_tcap_ignored) == uni + 1);
    take(BEGIN("6c(" INVOKE("01", "30", "04(32140599999999f9)") ")"));
    take(BEGIN(AARQ("1403") "6c(" INVOKE("01", "3f", "30()") ")"));
    CHECK(stat_get(STAT_map_op_ignored) == ops_ignored + 2);
    EXPECT("");
}

static void says_the_stored_number_as_each_version_can(void)
{
    fresh();
    take(BEGIN("6c(" INVOKE("01", "2f", STATUS("91447700091032", "")) ")"));
    CHECK(was_sent("a2(02(01))"));
    take(BEGIN(AARQ("1402") "6c(" INVOKE(
        "01", "2f", STATUS("91447700091032", "0a(02)")) ")"));
    CHECK(was_sent("a2(02(01)30(02(2f)04(91447700091032)))"));
    take(BEGIN(AARQ("1403") "6c(" INVOKE(
        "01", "2f", STATUS("91447700091032", "0a(02)")) ")"));
    CHECK(was_sent("a2(02(01)30(02(2f)30(04(91447700091032))))"));
    take(BEGIN(AARQ("1403") "6c(" INVOKE(
        "01", "2f", STATUS("91447700091032", "0a(00)")) ")"));
    CHECK(was_sent("a2(02(01))"));
}

static void informs_with_the_result_or_the_error(void)
{
    fresh();
    sri_informs = true;
    take(BEGIN(AARQ("1403") "6c(" INVOKE("05", "2d", SRI_ARG) ")"));
    CHECK(was_sent("a1(02(01)02(3f)30(03(0240)))"));
    take(BEGIN(AARQ("1402") "6c(" INVOKE("05", "2d", SRI_NONE) ")"));
    take(BEGIN("6c(" INVOKE("05", "2d", SRI_ARG) ")")); /* not in version 1 */
    EXPECT("[end aare0 result5 invoke1:63] [end aare0 error5:1 invoke1:63] "
           "[end result5] ");
}

/* Nobody to ask: it is taken. */
static void takes_reports_without_a_register(void)
{
    struct map_srv_ops deaf = ops;

    fresh();
    map_srv_free(srv);
    deaf.report = NULL;
    srv = map_srv_new(&conf, &wheel, &deaf, &conf);
    take(BEGIN(AARQ("1403") "6c(" INVOKE(
        "01", "2f", STATUS("91447700099999", "0a(00)")) ")"));
    EXPECT("[end aare0 result1] ");
    map_srv_free(srv);
    srv = NULL;
}

int main(void)
{
    slog_set(NULL, SLOG_ERROR);
    SHOWS("TC-04 TC-05 TC-06 TC-07 TC-08 TC-15 TC-18 TC-19 MA-01 MA-02 "
          "MA-08 HL-01 FM-16",
          reacts_as_the_standards_say);
    SHOWS("MA-07 HL-16", serves_no_other_operation);
    SHOWS("MA-07 TC-15 TC-18", counts_foreign_contexts_and_global_operations);
    SHOWS("TC-17", counts_what_asks_for_no_answer);
    says_the_stored_number_as_each_version_can();
    informs_with_the_result_or_the_error();
    takes_reports_without_a_register();
    SHOWS("TC-05", survives_messages_cut_anywhere);
    map_srv_free(srv);
    return CHECK_DONE();
}

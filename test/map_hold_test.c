/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_hold_test.c - questions about a route that wait for a verdict
 */

#include "map_world.h"

/* clang-format off */
#define ASK(id)   INVOKE(id, "2d", SRI_ARG)
#define ASKS      BEGIN(AARQ("1403") "6c(" ASK("05") ")")
/* clang-format on */

static void holds(void)
{
    fresh();
    sri_holds = true;
}

/* Of the dialogue that our last Continue named. */
static void take_next(const char *type, const char *rest)
{
    char text[4096];

    snprintf(text, sizeof(text), "%s(%s49(%02x%02x%02x%02x)%s)", type,
             strcmp(type, "65") == 0 ? OTID : "", our_tid.octet[0],
             our_tid.octet[1], our_tid.octet[2], our_tid.octet[3], rest);
    take(text);
}

static void verdict(unsigned i, enum verdict v, enum map_error code, bool is)
{
    const struct map_err e = { .code = code, .cause = -1 };

    CHECK(map_srv_verdict(srv, ids[i], v, e) == is);
}

static void over(void)
{
    CHECK(wheel.running == 0 && map_srv_held(srv) == 0);
}

static void a_question_in_each_version(void)
{
    holds();
    take(BEGIN("6c(" ASK("05") ")"));
    verdict(0, VERDICT_OK, MAP_ERR_NONE, true);
    take(BEGIN(AARQ("1402") "6c(" ASK("05") ")"));
    verdict(1, VERDICT_PERMFAIL, MAP_ERR_CALL_BARRED, true);
    take(ASKS);
    verdict(2, VERDICT_TEMPFAIL, MAP_ERR_NONE, true);
    verdict(2, VERDICT_OK, MAP_ERR_NONE, false);
    EXPECT("held [end result5] held [end aare0 error5:13] "
           "held [end aare0 error5:34] ");
    over();
}

static void answers_what_was_known_when_it_came(void)
{
    holds();
    sri_informs = true;
    take(ASKS);
    sri_informs = false;
    verdict(0, VERDICT_OK, MAP_ERR_NONE, true);
    take(BEGIN(AARQ("1403") "6c(" INVOKE("06", "2d", SRI_NONE) ")"));
    verdict(1, VERDICT_OK, MAP_ERR_NONE, true);
    EXPECT("held [end aare0 result5 invoke1:63] held [end aare0 error6:1] ");
    over();
}

static void after_a_handshake(void)
{
    holds();
    take(BEGIN(AARQ("1403")));
    take_next("65", "6c(" ASK("01") ")");
    take_next("65", "");
    verdict(0, VERDICT_OK, MAP_ERR_NONE, true);
    EXPECT("[continue aare0] held [end result1] ");
    over();
}

static void beside_what_is_rejected(void)
{
    holds();
    take(BEGIN(AARQ("1403") "6c(" ASK("05") ASK("06") ")"));
    take_next("65", "6c(" ASK("05") ASK("07") ")");
    verdict(0, VERDICT_OK, MAP_ERR_NONE, true);
    EXPECT("[continue aare0 reject6:81/3] held "
           "[continue reject5:81/0 reject7:81/3] [end result5] ");
    over();
}

static void without_a_verdict(void)
{
    holds();
    take(BEGIN(AARQ("1403")));
    take_next("65", "6c(" ASK("01") ")");
    take_next("64", "");
    verdict(0, VERDICT_OK, MAP_ERR_NONE, false);
    take(ASKS);
    timer_run(&wheel, wheel.now_ms + conf.hold_ms + 100);
    verdict(1, VERDICT_OK, MAP_ERR_NONE, false);
    take(ASKS);
    map_srv_stop(srv);
    EXPECT("[continue aare0] held gone held late [end aare0 error5:34] "
           "held late [end aare0 error5:34] ");
    over();
}

static void with_a_verdict_at_once(void)
{
    holds();
    held_says = 2;
    take(ASKS);
    EXPECT("held [end aare0 result5] ");
    over();
}

/* Told in both cases that nobody will be asked. */
static void where_nobody_can_be_asked(void)
{
    holds();
    held_says = 0;
    take(ASKS);
    verdict(0, VERDICT_OK, MAP_ERR_NONE, false);
    EXPECT("held [end aare0 error5:34] ");
    over();

    holds();
    for (int i = 0; i < 4; i++)
        take(ASKS);
    take(BEGIN(AARQ("1403") "6c(" ASK("05") ASK("06") ")"));
    EXPECT("held held held held [continue aare0 reject6:81/3] full "
           "[end error5:34] ");
    for (unsigned i = 0; i < 4; i++)
        verdict(i, VERDICT_OK, MAP_ERR_NONE, true);
    over();
}

/* Another node may have to be named, and nobody waits for those that ask. */
static void questions_go_on_while_draining(void)
{
    holds();
    map_srv_drain(srv);
    take(ASKS);
    EXPECT("held ");
    CHECK(map_srv_idle(srv));
    verdict(0, VERDICT_OK, MAP_ERR_NONE, true);
    CHECK(strstr(trace, "[end aare0 result5") != NULL);
    over();
}

int main(void)
{
    slog_set(NULL, SLOG_ERROR);
    a_question_in_each_version();
    answers_what_was_known_when_it_came();
    after_a_handshake();
    beside_what_is_rejected();
    without_a_verdict();
    with_a_verdict_at_once();
    where_nobody_can_be_asked();
    questions_go_on_while_draining();
    map_srv_free(srv);
    return CHECK_DONE();
}

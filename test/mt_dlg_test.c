/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mt_dlg_test.c - every message is answered once, whoever is late or lost
 */

#include "check.h"
#include "mt_dlg.h"
#include "slog.h"

#include <stdarg.h>
#include <stdlib.h>

enum { HOLD_MS = 25000, MORE_MS = 10000, LATE_MS = 20 };

static struct timer_wheel wheel;
static struct mt_env env;
static struct mt_dlg dlg;
static struct map_err refusal; /* what ask() says */
static bool answer_in_ask;
static uint64_t last_id;
static uint64_t id[8]; /* by message, from 1 */
static unsigned n, refused;
static char trace[400];

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
    size_t len = strlen(trace);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(trace + len, sizeof(trace) - len, fmt, ap);
    va_end(ap);
}

static struct map_err on_ask(struct mt_dlg *d, struct map_sms_ind *ind)
{
    (void)d;
    id[++n] = last_id = ind->id;
    note("ask:%s:%s%s ", ind->imsi, ind->sc_addr->digits,
         ind->repeated ? ":again" : "");
    if (answer_in_ask)
        mt_dlg_verdict(&env, ind->id, NULL);
    return refusal;
}

static void on_answer(struct mt_dlg *d, int8_t invoke, const struct map_err *e,
                      bool last)
{
    note("%d:%d%s ", invoke, e != NULL ? (int)e->code : 0, last ? "." : "+");
    if (last) /* the owner's slot is used again: nobody may look at it */
        memset(d, 0xee, sizeof(*d));
}

static void on_abort(struct mt_dlg *d)
{
    note("abort ");
    memset(d, 0xee, sizeof(*d));
}

static void on_gone(struct mt_dlg *d, uint64_t gone_id, enum map_gone why)
{
    (void)d;
    CHECK(gone_id == last_id);
    note("gone:%s ", why == MAP_GONE_DEADLINE ? "late" : "abort");
    CHECK(!mt_dlg_verdict(&env, gone_id, NULL));
}

static void on_sender(struct mt_dlg *d, const struct map_addr *sc,
                      char name[QUOTA_NAME_MAX + 1])
{
    (void)d;
    snprintf(name, QUOTA_NAME_MAX + 1, "%.*s", QUOTA_NAME_MAX, sc->digits);
}

static void on_refused(struct mt_dlg *d, struct map_sms_ind *ind,
                       const struct map_err *e)
{
    (void)d;
    CHECK(ind->id == 0 && ind->arg != NULL);
    CHECK(e->code != MAP_ERR_NONE);
    refused++;
}

static const struct mt_dlg_ops ops = {
    .refused = on_refused,
    .ask = on_ask,
    .answer = on_answer,
    .abort = on_abort,
    .sender = on_sender,
    .gone = on_gone,
};

static void fresh(uint8_t version)
{
    pending_free(env.pending);
    quota_free(env.quota);
    timer_wheel_init(&wheel, 1000);
    env = (struct mt_env){
        .wheel = &wheel,
        .pending = pending_new(2),
        .ops = &ops,
        .hold_ms = HOLD_MS,
        .more_ms = MORE_MS,
    };
    refusal = (struct map_err){ .cause = -1 };
    answer_in_ask = false;
    n = refused = 0;
    trace[0] = '\0';
    mt_dlg_begin(&dlg, &env, version);
}

static void pass_ms(uint64_t ms)
{
    timer_run(&wheel, wheel.now_ms + ms);
}

static struct map_mt_sm_arg message(const char *imsi, const char *text,
                                    bool more)
{
    struct map_mt_sm_arg a = {
        .da = imsi != NULL ? MAP_DA_IMSI : MAP_DA_NONE,
        .oa = imsi != NULL ? MAP_OA_SERVICE_CENTRE : MAP_OA_NONE,
        .oa_addr = { .nai_npi = 0x91, .digits = "46700" },
        .more = more,
        .tpdu_len = (uint8_t)strlen(text),
    };

    memcpy(a.tpdu, text, a.tpdu_len);
    if (imsi != NULL)
        memcpy(a.imsi, imsi, strlen(imsi) + 1);
    return a;
}

static void invoke(int8_t invoke_id, const char *imsi, const char *text,
                   bool more)
{
    struct map_mt_sm_arg a = message(imsi, text, more);

    mt_dlg_invoke(&dlg, invoke_id, &a);
}

static void verdict(unsigned i, enum map_error code, bool expected)
{
    struct map_err e = { .code = code, .cause = -1 };

    CHECK(mt_dlg_verdict(&env, id[i], code != MAP_ERR_NONE ? &e : NULL) ==
          expected);
}

#define TRACE_IS(s) check_trace((s), __LINE__)
static void check_trace(const char *expected, int line)
{
    if (strcmp(trace, expected) != 0)
        printf("line %d: <%s>\n", line, trace);
    CHECK(strcmp(trace, expected) == 0);
    CHECK(wheel.running == 0 && pending_count(env.pending) == 0);
}

static void one_message(void)
{
    fresh(3);
    invoke(7, "001", "a", false);
    verdict(1, MAP_ERR_NONE, true);
    verdict(1, MAP_ERR_NONE, false);
    TRACE_IS("ask:001:46700 7:0. ");
}

static void later_messages_have_the_parties_of_the_first(void)
{
    fresh(2);
    invoke(1, "001", "a", true);
    verdict(1, MAP_ERR_NONE, true);
    invoke(1, NULL, "b", true);
    verdict(2, MAP_ERR_NONE, true);
    invoke(2, NULL, "c", false);
    verdict(3, MAP_ERR_NONE, true);
    TRACE_IS("ask:001:46700 1:0+ ask:001:46700 1:0+ ask:001:46700 2:0. ");
}

static void the_first_message_must_name_its_parties(void)
{
    fresh(3);
    invoke(1, NULL, "a", true);
    TRACE_IS("1:35. ");
}

static void refuses_receivers_that_are_none(void)
{
    static const struct {
        enum map_da da;
        enum map_oa oa;
        uint8_t version;
        const char *trace;
    } rows[] = {
        { MAP_DA_LMSI, MAP_OA_SERVICE_CENTRE, 3, "1:5. " },
        { MAP_DA_ROAMING, MAP_OA_SERVICE_CENTRE, 1, "1:5. " },
        { MAP_DA_SERVICE_CENTRE, MAP_OA_MSISDN, 1, "1:21. " },
        { MAP_DA_SERVICE_CENTRE, MAP_OA_MSISDN, 2, "1:36. " },
        { MAP_DA_IMSI, MAP_OA_MSISDN, 3, "1:36. " },
        { MAP_DA_IMSI, MAP_OA_NONE, 3, "1:35. " },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct map_mt_sm_arg a = message("001", "a", false);

        a.da = rows[i].da;
        a.oa = rows[i].oa;
        fresh(rows[i].version);
        mt_dlg_invoke(&dlg, 1, &a);
        TRACE_IS(rows[i].trace);
    }
}

static void an_error_ends_the_dialogue_though_more_would_come(void)
{
    fresh(3);
    invoke(1, "001", "a", true);
    verdict(1, MAP_ERR_SYSTEM_FAILURE, true);
    TRACE_IS("ask:001:46700 1:34. ");
}

static void refused_at_once_by_the_register(void)
{
    fresh(3);
    refusal.code = MAP_ERR_UNIDENTIFIED_SUBSCRIBER;
    invoke(1, "001", "a", true);
    verdict(1, MAP_ERR_NONE, false);
    TRACE_IS("ask:001:46700 1:5. ");
}

static void the_verdict_may_come_while_asking(void)
{
    fresh(3);
    answer_in_ask = true;
    invoke(1, "001", "a", false);
    TRACE_IS("ask:001:46700 1:0. ");
}

static void and_then_a_refusal_says_nothing_more(void)
{
    fresh(3);
    answer_in_ask = true;
    refusal.code = MAP_ERR_SYSTEM_FAILURE;
    invoke(1, "001", "a", false);
    TRACE_IS("ask:001:46700 1:0. ");
}

static void a_second_answer_is_not_for_the_next_message(void)
{
    fresh(3);
    invoke(1, "001", "a", true);
    verdict(1, MAP_ERR_NONE, true);
    invoke(2, "001", "b", false);
    verdict(1, MAP_ERR_SYSTEM_FAILURE, false);
    verdict(2, MAP_ERR_NONE, true);
    TRACE_IS("ask:001:46700 1:0+ ask:001:46700 2:0. ");
}

static void the_deadline_is_that_of_each_message(void)
{
    fresh(3);
    invoke(1, "001", "a", true);
    pass_ms(HOLD_MS - 1000);
    verdict(1, MAP_ERR_NONE, true);
    invoke(2, "001", "b", true);
    pass_ms(HOLD_MS - 1);
    CHECK(strstr(trace, "gone") == NULL);
    pass_ms(LATE_MS);
    verdict(2, MAP_ERR_NONE, false);
    TRACE_IS("ask:001:46700 1:0+ ask:001:46700 gone:late 2:34. ");
}

static void the_sender_may_ask_for_a_shorter_deadline(void)
{
    struct map_mt_sm_arg a = message("001", "a", false);

    fresh(3);
    env.hold_ms = 50000;
    a.delivery_timer_s = 40;
    mt_dlg_invoke(&dlg, 1, &a);
    pass_ms(40000 + LATE_MS);
    TRACE_IS("ask:001:46700 gone:late 1:34. ");
    fresh(3);
    env.hold_ms = 50000;
    a.delivery_timer_s = 1; /* the least there is are 30 s */
    mt_dlg_invoke(&dlg, 1, &a);
    pass_ms(30000 - LATE_MS);
    CHECK(strcmp(trace, "ask:001:46700 ") == 0);
    pass_ms(2 * LATE_MS);
    TRACE_IS("ask:001:46700 gone:late 1:34. ");
    fresh(3);
    a.delivery_timer_s = 600;
    mt_dlg_invoke(&dlg, 1, &a);
    pass_ms(HOLD_MS + LATE_MS);
    TRACE_IS("ask:001:46700 gone:late 1:34. ");
}

static void aborts_when_the_next_message_does_not_come(void)
{
    fresh(3);
    invoke(1, "001", "a", true);
    verdict(1, MAP_ERR_NONE, true);
    pass_ms(MORE_MS - 1);
    CHECK(strstr(trace, "abort") == NULL);
    pass_ms(LATE_MS);
    TRACE_IS("ask:001:46700 1:0+ abort ");
}

static void aborts_when_nothing_comes_at_all(void)
{
    fresh(3);
    pass_ms(MORE_MS + LATE_MS);
    TRACE_IS("abort ");
}

static void peer_gone_while_asked(void)
{
    fresh(3);
    invoke(1, "001", "a", false);
    mt_dlg_gone(&dlg);
    verdict(1, MAP_ERR_NONE, false);
    pass_ms(60000);
    TRACE_IS("ask:001:46700 gone:abort ");
}

static void peer_gone_while_open(void)
{
    fresh(3);
    mt_dlg_gone(&dlg);
    pass_ms(60000);
    TRACE_IS("");
}

static void another_question_is_held_like_a_message(void)
{
    uint64_t held;

    fresh(3);
    held = mt_dlg_hold(&dlg, 9);
    CHECK(held != 0 && mt_dlg_verdict(&env, held, NULL));
    CHECK(!mt_dlg_verdict(&env, held, NULL));
    TRACE_IS("9:0. ");

    fresh(3);
    last_id = mt_dlg_hold(&dlg, 9);
    pass_ms(HOLD_MS + LATE_MS);
    CHECK(env.questions == 0);
    TRACE_IS("gone:late 9:34. ");

    fresh(3);
    last_id = mt_dlg_hold(&dlg, 9);
    mt_dlg_gone(&dlg);
    TRACE_IS("gone:abort ");

    fresh(3);
    env.draining = true;
    last_id = mt_dlg_hold(&dlg, 9);
    CHECK(last_id != 0 && env.questions == 1);
    CHECK(mt_dlg_verdict(&env, last_id, NULL) && env.questions == 0);
    TRACE_IS("9:0. ");
}

static void tells_of_messages_that_nobody_was_asked_about(void)
{
    fresh(3);
    invoke(1, NULL, "a", false);
    CHECK(refused == 1 && n == 0);

    fresh(3);
    invoke(1, "001", "a", false);
    verdict(1, MAP_ERR_SYSTEM_FAILURE, true);
    CHECK(refused == 0 && n == 1);
}

static void nothing_new_while_draining(void)
{
    fresh(3);
    invoke(1, "001", "a", true);
    env.draining = true;
    verdict(1, MAP_ERR_NONE, true);
    invoke(2, "001", "b", true);
    TRACE_IS("ask:001:46700 1:0+ 2:34. ");
}

static void stopping_answers_or_aborts(void)
{
    fresh(3);
    invoke(1, "001", "a", false);
    mt_dlg_stop(&dlg);
    TRACE_IS("ask:001:46700 gone:late 1:34. ");
    fresh(3);
    mt_dlg_stop(&dlg);
    TRACE_IS("abort ");
    fresh(3);
    invoke(1, "001", "a", false);
    mt_dlg_fini(&dlg);
    TRACE_IS("ask:001:46700 ");
}

static void no_more_held_than_allowed(void)
{
    fresh(3);
    pending_add(env.pending, &env);
    last_id = pending_add(env.pending, &env);
    invoke(1, "001", "a", false);
    CHECK(strcmp(trace, "1:34. ") == 0);
    CHECK(wheel.running == 0 && pending_count(env.pending) == 2);
}

/* Each way out of being held gives back what was taken of the quota. */
static void a_service_centre_gets_back_what_it_had(void)
{
    for (int way = 0; way < 6; way++) {
        uint32_t taken;

        fresh(3);
        env.quota = quota_new(2, 1);
        refusal.code =
            way == 0 ? MAP_ERR_UNIDENTIFIED_SUBSCRIBER : MAP_ERR_NONE;
        invoke(1, "001", "a", way == 1);
        taken = quota_take(env.quota, "46700");
        CHECK((taken != 0) == (way == 0));
        quota_give(env.quota, taken);
        if (way == 1 || way == 2)
            verdict(1, MAP_ERR_NONE, true);
        else if (way == 3)
            pass_ms(HOLD_MS + LATE_MS);
        else if (way == 4)
            mt_dlg_gone(&dlg);
        else if (way == 5)
            mt_dlg_fini(&dlg);
        CHECK(quota_take(env.quota, "46700") != 0);
        if (way != 1)
            continue;
        invoke(2, NULL, "b", false); /* of the same one, though unnamed */
        CHECK(strcmp(trace, "ask:001:46700 1:0+ 2:34. ") == 0);
    }
}

static void a_service_centre_has_no_more_than_it_may(void)
{
    fresh(3);
    env.quota = quota_new(2, 1);
    env.overload = MAP_ERR_SUBSCRIBER_BUSY;
    CHECK(quota_take(env.quota, "46700") != 0);
    invoke(1, "001", "a", false);
    CHECK(strcmp(trace, "1:31. ") == 0);
    CHECK(wheel.running == 0 && pending_count(env.pending) == 0);
}

/* MMS is 0x04: set in the last message only. */
static void tells_a_message_repeated_after_its_result(void)
{
    fresh(3);
    invoke(1, "001", "\x40same", true);
    verdict(1, MAP_ERR_NONE, true);
    invoke(2, NULL, "\x44same", true);
    verdict(2, MAP_ERR_NONE, true);
    invoke(3, "002", "\x40same", true); /* for somebody else */
    verdict(3, MAP_ERR_NONE, true);
    invoke(4, NULL, "\x40sane", false);
    verdict(4, MAP_ERR_NONE, true);
    TRACE_IS("ask:001:46700 1:0+ ask:001:46700:again 2:0+ ask:002:46700 3:0+ "
             "ask:001:46700 4:0. ");
}

static void remembers_the_last_few_only(void)
{
    char text[] = "\x40-";

    fresh(3);
    for (int i = 0; i < 3 * MT_SEEN + 3; i++) {
        text[1] = (char)('A' + i);
        invoke(1, "001", text, true);
        n = 0;
        mt_dlg_verdict(&env, last_id, NULL);
        trace[0] = '\0';
    }
    for (int i = 0; i < MT_SEEN; i++) {
        text[1] = (char)('A' + 2 * MT_SEEN + 3 + i);
        invoke(1, "001", text, true);
        n = 0;
        mt_dlg_verdict(&env, last_id, NULL);
        CHECK(strcmp(trace, "ask:001:46700:again 1:0+ ") == 0);
        trace[0] = '\0';
    }
    mt_dlg_gone(&dlg);
}

static void an_event_out_of_place_changes_nothing(void)
{
    fresh(3);
    invoke(1, "001", "a", false);
    invoke(2, "001", "b", false);
    verdict(1, MAP_ERR_NONE, true);
    TRACE_IS("ask:001:46700 1:0. ");
}

int main(void)
{
    another_question_is_held_like_a_message();
    tells_of_messages_that_nobody_was_asked_about();
    slog_set(NULL, SLOG_ERROR);
    SHOWS("FM-01", one_message);
    SHOWS("FM-07", later_messages_have_the_parties_of_the_first);
    SHOWS("FM-07 MA-04", the_first_message_must_name_its_parties);
    SHOWS("FM-04", refuses_receivers_that_are_none);
    SHOWS("FM-07", an_error_ends_the_dialogue_though_more_would_come);
    SHOWS("FM-04", refused_at_once_by_the_register);
    SHOWS("FM-11", the_verdict_may_come_while_asking);
    SHOWS("FM-11", and_then_a_refusal_says_nothing_more);
    SHOWS("FM-11", a_second_answer_is_not_for_the_next_message);
    SHOWS("MA-05 FM-11", the_deadline_is_that_of_each_message);
    SHOWS("FM-15", the_sender_may_ask_for_a_shorter_deadline);
    SHOWS("TC-11", aborts_when_the_next_message_does_not_come);
    SHOWS("TC-11", aborts_when_nothing_comes_at_all);
    SHOWS("TC-13 FM-11", peer_gone_while_asked);
    peer_gone_while_open();
    SHOWS("FM-13", nothing_new_while_draining);
    SHOWS("FM-13", stopping_answers_or_aborts);
    SHOWS("FM-12", no_more_held_than_allowed);
    SHOWS("FM-12", a_service_centre_has_no_more_than_it_may);
    SHOWS("FM-12", a_service_centre_gets_back_what_it_had);
    tells_a_message_repeated_after_its_result();
    remembers_the_last_few_only();
    SHOWS("FM-11", an_event_out_of_place_changes_nothing);
    pending_free(env.pending);
    quota_free(env.quota);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_test.c - the chain of filters, whatever they do
 */

#include "plug_world.h"

/* ---- hooks ---- */

static enum plug_verdict say_done(struct puppet *p, struct plug_msg *m)
{
    (void)p, (void)m;
    return PLUG_DONE;
}

static enum plug_verdict say_nonsense(struct puppet *p, struct plug_msg *m)
{
    (void)p, (void)m;
    return (enum plug_verdict)77;
}

/* What the text says: its first character is a digit. */
static enum plug_verdict say_text(struct puppet *p, struct plug_msg *m)
{
    size_t len;
    const char *text = p->host->get(m, PLUG_TEXT, &len);

    return (enum plug_verdict)(text[0] - '0');
}

static enum plug_verdict sign(struct puppet *p, struct plug_msg *m)
{
    p->host->note(m, p->ctx);
    return PLUG_NEXT;
}

/* Appended to the text; the order in which they were asked can be read. */
static enum plug_verdict append(struct puppet *p, struct plug_msg *m)
{
    char text[200];
    size_t len;
    const char *old = p->host->get(m, PLUG_TEXT, &len);
    int n = snprintf(text, sizeof(text), "%.*s%s", (int)len, old,
                     (const char *)p->ctx);

    CHECK(p->host->set(m, PLUG_TEXT, text, (size_t)n) == 0);
    CHECK(p->host->set(m, PLUG_IMSI, "1", 1) == -1);
    return PLUG_NEXT;
}

/* ---- tests ---- */

static void asks_by_priority_then_as_configured(void)
{
    static char a[] = "a", b[] = "b", c[] = "c";

    world(3);
    for (int i = 0; i < 3; i++)
        puppet[i].sms = append;
    puppet[0].ctx = a;
    puppet[1].ctx = b;
    puppet[2].ctx = c;
    group[1].priority = 50;
    begin();
    CHECK(plug_filters(PLUG_WHAT_SMS) && plug_wants_done());
    CHECK(ask(0, "-") == PLUG_HOLD);
    CHECK(wait_for(0) == PLUG_NEXT && has_text(0, "-bac"));
    CHECK(plug_msg_changed(outcome[0].m, PLUG_TEXT));
    CHECK(!plug_msg_changed(outcome[0].m, PLUG_ROUTE));
    CHECK(info_of(0).asked == 1 && info_of(0).failed == 0);
    UNTIL(afters > 0);
    end();
}

static void ends_at_the_first_that_decides(void)
{
    static const enum plug_verdict verdicts[] = { PLUG_DONE, PLUG_TEMPFAIL,
                                                  PLUG_PERMFAIL };
    static char a[] = "a";
    char text[2] = "";

    world(3);
    puppet[0].sms = sign;
    puppet[0].ctx = a;
    puppet[1].sms = say_text;
    begin();
    for (unsigned i = 0; i < 3; i++) {
        text[0] = (char)('0' + (int)verdicts[i]);
        CHECK(ask(i, text) == PLUG_HOLD && wait_for(i) == verdicts[i]);
        CHECK(strcmp(plug_msg_notes(outcome[i].m), "a") == 0);
    }
    CHECK(puppet[1].asked == 3 && puppet[2].asked == 0);
    end();
}

static enum plug_verdict reroute(struct puppet *p, struct plug_msg *m)
{
    CHECK(p->host->set(m, PLUG_ROUTE, "bank", 4) == 0);
    return PLUG_NEXT;
}

static void shows_only_messages_of_its_routes(void)
{
    world(3);
    group[0].n_routes = 2;
    strcpy(group[0].route[0], "none");
    strcpy(group[0].route[1], "shop");
    group[1].n_routes = group[2].n_routes = 1;
    strcpy(group[1].route[0], "shop");
    strcpy(group[2].route[0], "bank");
    puppet[0].sms = reroute;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD && wait_for(0) == PLUG_NEXT);
    CHECK(puppet[0].asked == 1 && puppet[1].asked == 0);
    CHECK(puppet[2].asked == 1);
    /* a question has no route */
    CHECK(ask_sri(1) == PLUG_HOLD && wait_for(1) == PLUG_NEXT);
    CHECK(puppet[1].asked == 1);
    end();
}

static void decides_at_once_if_no_filter_wants_it(void)
{
    world(1);
    group[0].n_routes = 1;
    strcpy(group[0].route[0], "bank");
    begin();
    CHECK(ask(0, "x") == PLUG_NEXT && times(0) == 0);
    end();
}

static void keeps_the_order_of_messages(void)
{
    world(2);
    group[0].queue = group[1].queue = 500;
    begin();
    for (unsigned i = 0; i < 500; i++)
        CHECK(ask(i, "x") == PLUG_HOLD);
    UNTIL(times(499) > 0);
    for (unsigned i = 0; i < 500; i++)
        CHECK(order[i] == i);
    end();
}

static void *resume_it(void *arg)
{
    struct puppet *p = arg;

    CHECK(p->host->set_held(p->id, PLUG_TEXT, "held", 4) == 0);
    CHECK(p->host->set_held(p->id, PLUG_IMSI, "1", 1) == -1);
    CHECK(p->host->note_held(p->id, "why") == 0);
    p->host->log(p->conf, PLUG_LOG_INFO, "from a thread of my own");
    p->host->count(p->conf, "resumed", 2);
    p->host->resume(p->id, PLUG_PERMFAIL);
    CHECK(p->host->set_held(p->id, PLUG_TEXT, "more", 4) == -1);
    CHECK(p->host->note_held(p->id, "more") == -1);
    return NULL;
}

static void holds_and_resumes_from_another_thread(void)
{
    world(1);
    puppet[0].sms = say_hold;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(info_of(0).held == 1);
    CHECK(times(0) == 0);
    in_another_thread(resume_it, &puppet[0]);
    CHECK(wait_for(0) == PLUG_PERMFAIL && has_text(0, "held"));
    CHECK(strcmp(plug_msg_notes(outcome[0].m), "why") == 0);
    CHECK(info_of(0).held == 0);
    end();
}

static enum plug_verdict hold_and_resume(struct puppet *p, struct plug_msg *m)
{
    (void)m;
    in_another_thread(resume_it, p);
    p->host->note(m, "in the hook");
    return PLUG_HOLD;
}

static void takes_a_resume_from_before_the_hook_returns(void)
{
    world(2);
    puppet[0].sms = hold_and_resume;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    CHECK(wait_for(0) == PLUG_PERMFAIL && has_text(0, "held"));
    CHECK(strcmp(plug_msg_notes(outcome[0].m), "in the hook; why") == 0);
    CHECK(info_of(0).failed == 0 && info_of(0).held == 0);
    end();
}

/* A late word about one filter's message must not decide for the next. */
static void does_not_take_a_late_resume_for_the_next_filter(void)
{
    uint64_t stale = stat_get(STAT_plug_stale), first;

    world(2);
    group[0].timeout_ms = SHORT_MS;
    group[0].bypass = true;
    puppet[0].sms = puppet[1].sms = say_hold;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(info_of(1).held == 1);
    CHECK(info_of(0).late == 1 && info_of(0).held == 0);
    first = puppet[0].id;
    CHECK(first != puppet[1].id);
    puppet[0].host->resume(first, PLUG_DONE);
    CHECK(puppet[0].host->set_held(first, PLUG_TEXT, "late", 4) == -1);
    CHECK(stat_get(STAT_plug_stale) == stale + 1);
    CHECK(info_of(1).held == 1 && times(0) == 0);
    puppet[1].host->resume(puppet[1].id, PLUG_NEXT);
    CHECK(wait_for(0) == PLUG_NEXT && has_text(0, "x"));
    /* twice */
    puppet[1].host->resume(puppet[1].id, PLUG_DONE);
    CHECK(stat_get(STAT_plug_stale) == stale + 2);
    sleep_ms(20);
    CHECK(times(0) == 1);
    end();
}

static void gives_up_what_is_held_too_long(void)
{
    world(1);
    group[0].timeout_ms = SHORT_MS;
    puppet[0].sms = say_hold;
    begin();
    for (unsigned i = 0; i < 5; i++)
        CHECK(ask(i, "x") == PLUG_HOLD);
    for (unsigned i = 0; i < 5; i++)
        CHECK(wait_for(i) == PLUG_TEMPFAIL);
    CHECK(info_of(0).late == 5 && info_of(0).failed == 5);
    end();
}

static enum plug_verdict twice(struct puppet *p, struct plug_msg *m)
{
    p->host->resume(p->host->id(m), PLUG_DONE);
    p->host->resume(p->host->id(m), PLUG_PERMFAIL);
    return PLUG_HOLD;
}

static void counts_the_first_of_two_answers(void)
{
    uint64_t stale = stat_get(STAT_plug_stale);

    world(1);
    puppet[0].sms = twice;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD && wait_for(0) == PLUG_DONE);
    CHECK(stat_get(STAT_plug_stale) == stale + 1);
    end();
}

static enum plug_verdict resume_and_say(struct puppet *p, struct plug_msg *m)
{
    p->host->resume(p->host->id(m), PLUG_DONE);
    return PLUG_TEMPFAIL;
}

static void takes_the_hooks_own_verdict_before_a_resume(void)
{
    world(1);
    puppet[0].sms = resume_and_say;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD && wait_for(0) == PLUG_TEMPFAIL);
    end();
}

static void takes_nonsense_for_a_failure(void)
{
    world(2);
    puppet[0].sms = say_nonsense;
    puppet[0].sri = say_done;
    group[0].bypass = true;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD && wait_for(0) == PLUG_NEXT);
    CHECK(ask_sri(1) == PLUG_HOLD && wait_for(1) == PLUG_NEXT);
    CHECK(puppet[1].asked == 2 && info_of(0).failed == 2);
    end();
    world(2);
    puppet[0].sms = say_nonsense;
    puppet[0].sri = say_hold;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD && wait_for(0) == PLUG_TEMPFAIL);
    CHECK(ask_sri(1) == PLUG_HOLD);
    UNTIL(info_of(0).held == 1);
    puppet[0].host->resume(puppet[0].id, PLUG_HOLD);
    CHECK(wait_for(1) == PLUG_TEMPFAIL && puppet[1].asked == 0);
    puppet[0].host->resume(UINT64_MAX, PLUG_DONE);
    puppet[0].host->resume(0, PLUG_DONE);
    end();
}

static _Atomic uint64_t ids[MAX];
static atomic_uint n_ids;
static atomic_bool enough;

static enum plug_verdict hold_and_tell(struct puppet *p, struct plug_msg *m)
{
    unsigned at = atomic_fetch_add(&n_ids, 1);

    if (at < MAX)
        ids[at] = p->host->id(m);
    return at % 3 == 0 ? PLUG_NEXT : PLUG_HOLD;
}

static void *resume_all(void *arg)
{
    struct puppet *p = arg;

    while (!enough)
        for (unsigned i = 0; i < MAX && ids[i] != 0; i++) {
            p->host->set_held(ids[i], PLUG_TEXT, "resumed", 7);
            p->host->resume(ids[i], i % 2 == 0 ? PLUG_NEXT : PLUG_DONE);
        }
    return NULL;
}

static void decides_each_message_once_whatever_races(void)
{
    enum { MESSAGES = 1000 };
    pthread_t t[2];
    unsigned out = 0;

    world(2);
    group[0].queue = group[1].queue = MESSAGES;
    group[0].timeout_ms = 5;
    group[0].bypass = true;
    puppet[0].sms = puppet[1].sms = hold_and_tell;
    begin();
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&t[i], NULL, resume_all, &puppet[i]) == 0);
    for (unsigned i = 0; i < MESSAGES; i++)
        out += ask(i, "x") == PLUG_HOLD;
    for (unsigned i = 0; i < MESSAGES; i++)
        UNTIL(times(i) > 0);
    CHECK(out == MESSAGES && decided == MESSAGES);
    enough = true;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    end();
}

/* The hung one's queue runs out of time as well; others go on meanwhile. */
static void lives_with_a_hook_that_hangs(void)
{
    static struct trap trap;
    uint64_t stale = stat_get(STAT_plug_stale);

    world(2);
    group[0].timeout_ms = SHORT_MS;
    group[0].bypass = true;
    puppet[0].sms = hang;
    puppet[0].ctx = &trap;
    begin();
    for (unsigned i = 0; i < 10; i++)
        CHECK(ask(i, "x") == PLUG_HOLD);
    UNTIL(trap.in);
    for (unsigned i = 0; i < 10; i++)
        CHECK(wait_for(i) == PLUG_NEXT && has_text(i, "x"));
    CHECK(puppet[0].asked == 1 && puppet[1].asked == 10);
    CHECK(info_of(0).waiting == 0 && info_of(0).late == 10);
    UNTIL(!info_of(0).up);
    CHECK(info_of(1).up);
    puppet[0].sms = NULL;
    trap.out = true;
    UNTIL(stat_get(STAT_plug_stale) == stale + 1);
    CHECK(has_text(0, "x"));
    CHECK(ask(10, "y") == PLUG_HOLD && wait_for(10) == PLUG_NEXT);
    CHECK(puppet[0].asked == 2 && info_of(0).up);
    end();
}

static void fails_at_once_when_its_queue_is_full(void)
{
    static struct trap trap;

    trap.in = trap.out = false;
    world(2);
    group[0].queue = 3;
    puppet[0].sms = hang;
    puppet[0].ctx = &trap;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(trap.in);
    for (unsigned i = 1; i < 4; i++)
        CHECK(ask(i, "x") == PLUG_HOLD);
    CHECK(info_of(0).waiting == 3);
    CHECK(ask(4, "x") == PLUG_TEMPFAIL && times(4) == 0);
    CHECK(info_of(0).failed == 1);
    trap.out = true;
    for (unsigned i = 0; i < 4; i++)
        CHECK(wait_for(i) == PLUG_DONE);
    end();
}

static void passes_over_one_whose_queue_is_full(void)
{
    static struct trap trap;

    trap.in = trap.out = false;
    world(2);
    group[0].queue = 1;
    group[0].bypass = true;
    puppet[0].sms = hang;
    puppet[0].ctx = &trap;
    begin();
    CHECK(ask(0, "x") == PLUG_HOLD);
    UNTIL(trap.in);
    CHECK(ask(1, "x") == PLUG_HOLD && ask(2, "x") == PLUG_HOLD);
    CHECK(wait_for(2) == PLUG_NEXT && puppet[1].asked == 1);
    trap.out = true;
    CHECK(wait_for(1) == PLUG_DONE);
    end();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_WARNING);
    asks_by_priority_then_as_configured();
    ends_at_the_first_that_decides();
    shows_only_messages_of_its_routes();
    decides_at_once_if_no_filter_wants_it();
    keeps_the_order_of_messages();
    holds_and_resumes_from_another_thread();
    takes_a_resume_from_before_the_hook_returns();
    does_not_take_a_late_resume_for_the_next_filter();
    gives_up_what_is_held_too_long();
    counts_the_first_of_two_answers();
    takes_the_hooks_own_verdict_before_a_resume();
    takes_nonsense_for_a_failure();
    decides_each_message_once_whatever_races();
    lives_with_a_hook_that_hangs();
    fails_at_once_when_its_queue_is_full();
    passes_over_one_whose_queue_is_full();
    gwlib_shutdown();
    return CHECK_DONE();
}

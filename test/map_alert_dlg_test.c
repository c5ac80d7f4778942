/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert_dlg_test.c - lifetimes of an alert
 */

#include "map_alert_dlg.h"

#include "check.h"

#include <stdio.h>

enum { WAIT_MS = 8000, REMEMBER_MS = 3600000 };

static struct timer_wheel wheel;
static struct map_alert_env env;
static struct map_alert_dlg dlg;
static bool can_begin;
static char trace[200];

static void note(const char *what)
{
    strncat(trace, what, sizeof(trace) - strlen(trace) - 1);
}

static bool on_begin(struct map_alert_dlg *d, uint8_t version)
{
    CHECK(d == &dlg);
    note(version == 2 ? "v2 " : "v1 ");
    return can_begin;
}

static void on_close(struct map_alert_dlg *d, bool owes)
{
    CHECK(d == &dlg);
    note(owes ? "abort " : "end ");
}

static void on_done(struct map_alert_dlg *d, enum verdict v)
{
    static const char *const words[] = { "ok ", "tempfail ", "permfail " };

    CHECK(d == &dlg && wheel.running == 0);
    note(words[v]);
}

static const struct map_alert_ops ops = {
    .begin = on_begin,
    .close = on_close,
    .done = on_done,
};

static bool start(const char *sc)
{
    trace[0] = '\0';
    dlg = (struct map_alert_dlg){ .arg = { .sc_addr = { .nai_npi = 0x91 } } };
    snprintf(dlg.arg.sc_addr.digits, sizeof(dlg.arg.sc_addr.digits), "%s", sc);
    return map_alert_dlg_start(&dlg, &env);
}

static bool fresh(void)
{
    timer_wheel_init(&wheel, 1000);
    memset(&env, 0, sizeof(env));
    env.wheel = &wheel;
    env.ops = &ops;
    env.wait_ms = WAIT_MS;
    env.remember_ms = REMEMBER_MS;
    can_begin = true;
    return start("447700900321");
}

static void pass_ms(uint64_t ms)
{
    timer_run(&wheel, wheel.now_ms + ms);
}

static bool was(const char *what)
{
    if (strcmp(trace, what) != 0)
        printf("<%s> instead of <%s>\n", trace, what);
    return strcmp(trace, what) == 0 && wheel.running == 0;
}

static void the_answer_decides(void)
{
    CHECK(fresh());
    map_alert_dlg_answered(&dlg, VERDICT_OK, true);
    CHECK(was("v2 ok "));
    CHECK(fresh());
    map_alert_dlg_answered(&dlg, VERDICT_PERMFAIL, true);
    CHECK(was("v2 permfail "));
}

static void ends_what_the_peer_leaves_open(void)
{
    CHECK(fresh());
    map_alert_dlg_answered(&dlg, VERDICT_OK, false);
    CHECK(was("v2 end ok "));
    CHECK(fresh());
    map_alert_dlg_taken(&dlg);
    map_alert_dlg_answered(&dlg, VERDICT_TEMPFAIL, false);
    CHECK(was("v2 end tempfail "));
}

static void waits_so_long_and_no_longer(void)
{
    CHECK(fresh());
    pass_ms(WAIT_MS - 1);
    CHECK(wheel.running == 1);
    pass_ms(100);
    CHECK(was("v2 abort tempfail "));
    CHECK(fresh());
    pass_ms(WAIT_MS / 2);
    map_alert_dlg_taken(&dlg); /* no new time for it */
    pass_ms(WAIT_MS / 2 + 100);
    CHECK(was("v2 abort tempfail "));
}

static void no_answer_is_a_failure_for_now(void)
{
    CHECK(fresh());
    map_alert_dlg_ended(&dlg);
    CHECK(was("v2 tempfail "));
    CHECK(fresh());
    map_alert_dlg_lost(&dlg);
    CHECK(was("v2 tempfail "));
    CHECK(fresh());
    map_alert_dlg_taken(&dlg);
    map_alert_dlg_lost(&dlg);
    CHECK(was("v2 tempfail "));
    CHECK(fresh());
    map_alert_dlg_stop(&dlg);
    CHECK(was("v2 abort tempfail "));
}

static void an_older_peer_is_told_in_version_1(void)
{
    CHECK(fresh());
    map_alert_dlg_older(&dlg);
    CHECK(strcmp(trace, "v2 v1 ") == 0 && wheel.running == 1);
    pass_ms(WAIT_MS + 100); /* nothing is to come */
    CHECK(was("v2 v1 end ok "));
    CHECK(fresh());
    map_alert_dlg_older(&dlg);
    map_alert_dlg_ended(&dlg);
    CHECK(was("v2 v1 ok "));
    CHECK(fresh());
    map_alert_dlg_older(&dlg);
    map_alert_dlg_taken(&dlg);
    map_alert_dlg_answered(&dlg, VERDICT_PERMFAIL, true); /* a reject */
    CHECK(was("v2 v1 permfail "));
}

static void remembers_who_is_older_for_a_while(void)
{
    CHECK(fresh());
    map_alert_dlg_older(&dlg);
    map_alert_dlg_ended(&dlg);
    pass_ms(REMEMBER_MS - 1000);
    CHECK(start("447700900321"));
    map_alert_dlg_ended(&dlg);
    CHECK(was("v1 ok "));
    CHECK(start("447700900322")); /* not of another */
    map_alert_dlg_ended(&dlg);
    CHECK(was("v2 tempfail "));
    pass_ms(2000);
    CHECK(start("447700900321"));
    map_alert_dlg_ended(&dlg);
    CHECK(was("v2 tempfail "));
}

static void forgets_it_when_version_1_fails(void)
{
    CHECK(fresh());
    map_alert_dlg_older(&dlg);
    map_alert_dlg_ended(&dlg);
    CHECK(start("447700900321"));
    map_alert_dlg_older(&dlg);
    CHECK(was("v1 tempfail "));
    CHECK(start("447700900321"));
    map_alert_dlg_lost(&dlg);
    CHECK(was("v2 tempfail "));
}

/* Once the peer has taken the dialogue it has taken the version. */
static void only_the_first_reply_tells_of_versions(void)
{
    CHECK(fresh());
    map_alert_dlg_taken(&dlg);
    map_alert_dlg_older(&dlg);
    CHECK(was("v2 tempfail "));
}

static void fails_if_nothing_can_be_sent(void)
{
    CHECK(fresh());
    map_alert_dlg_fini(&dlg);
    can_begin = false;
    CHECK(!start("447700900321") && was("v2 "));
    CHECK(fresh());
    can_begin = false;
    map_alert_dlg_older(&dlg);
    CHECK(was("v2 v1 tempfail "));
}

static void many_older_peers_do_not_meet(void)
{
    unsigned kept = 0;
    char sc[20];

    CHECK(fresh());
    map_alert_dlg_fini(&dlg);
    for (unsigned i = 0; i < 4 * MAP_ALERT_MEMORY; i++) {
        snprintf(sc, sizeof(sc), "4477009%05u", i);
        CHECK(start(sc));
        map_alert_dlg_older(&dlg);
        map_alert_dlg_ended(&dlg);
    }
    for (unsigned i = 0; i < 4 * MAP_ALERT_MEMORY; i++) {
        snprintf(sc, sizeof(sc), "4477009%05u", i);
        CHECK(start(sc));
        kept += strcmp(trace, "v1 ") == 0;
        map_alert_dlg_fini(&dlg);
    }
    CHECK(kept > MAP_ALERT_MEMORY / 2 && kept <= MAP_ALERT_MEMORY);
}

int main(void)
{
    the_answer_decides();
    ends_what_the_peer_leaves_open();
    SHOWS("MA-05", waits_so_long_and_no_longer);
    SHOWS("MA-10", no_answer_is_a_failure_for_now);
    SHOWS("MA-03", an_older_peer_is_told_in_version_1);
    SHOWS("MA-03", remembers_who_is_older_for_a_while);
    forgets_it_when_version_1_fails();
    only_the_first_reply_tells_of_versions();
    fails_if_nothing_can_be_sent();
    many_older_peers_do_not_meet();
    return CHECK_DONE();
}

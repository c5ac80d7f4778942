/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_test.c - the whole SS7 side in one process, between link and border
 *
 * Here time is the real one, in milliseconds: the thread has its own clock.
 */

#include "check.h"
#include "gw/stat.h"
#include "ss7_peer.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { SOON_MS = 5000 }; /* for what must come; hardly ever waited for */
enum { NOT_MS = 60 };    /* for what must not come */

static struct ss7_conf conf;
static struct peer peer;
static struct peer_answer got;
static struct ss7_event event;
static pthread_t thread;
static struct hlr_table *retired;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void begin(void)
{
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void fresh(void)
{
    peer_conf(&conf);
    begin();
}

/* The next event of this kind, others passed over. */
static bool event_is(int what, int timeout_ms)
{
    while (ss7_take(&event, 1, timeout_ms) == 1) {
        if (event.what == SS7_RETIRED)
            hlr_table_free(retired), retired = event.table;
        if ((int)event.what == what)
            return true;
    }
    return false;
}

/* Ends as mtpd does: LINK_DOWN is answered by closing the link. */
static void end(void)
{
    ss7_stop();
    while (peer.link != NULL && !peer.down &&
           peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    CHECK(event_is(SS7_STOPPED, SOON_MS));
    ss7_fini();
    hlr_table_free(retired);
    retired = NULL;
}

static bool answered(void)
{
    return peer_take(&peer, &got, SOON_MS) == 1;
}
static bool silent(void)
{
    return peer_take(&peer, &got, NOT_MS) == 0;
}
static bool is_result(uint32_t dtid, int8_t invoke)
{
    return got.type == TCAP_END && got.dtid == dtid && got.comps == 1 &&
           got.comp == TCAP_RESULT_LAST && got.invoke == invoke;
}
static bool is_error(uint32_t dtid, int32_t error)
{
    return got.type == TCAP_END && got.dtid == dtid && got.comps == 1 &&
           got.comp == TCAP_ERROR && got.error == error;
}

static void verdict(uint64_t id, enum verdict v)
{
    ss7_verdict(id, v, (struct map_err){ .cause = -1 });
}

static void ask_sri(uint8_t version, uint32_t otid, const char *number)
{
    struct peer_msg m = {
        .version = version, .otid = otid, .invoke = 7, .number = number
    };

    peer_sri(&peer, &m);
    peer_flush(&peer);
}

static void send_fsm(uint8_t version, uint32_t otid, const char *imsi)
{
    struct peer_msg m = { .version = version,
                          .otid = otid,
                          .invoke = 5,
                          .number = imsi,
                          .tag = otid };

    peer_fsm(&peer, &m);
    peer_flush(&peer);
}

#define IMSI "234157700900123"

static void answers_sri_with_imsi_and_msc(void)
{
    fresh();
    for (uint8_t v = 1; v <= 3; v++) {
        ask_sri(v, v, "447700900123");
        CHECK(answered() && is_result(v, 7));
        CHECK(strcmp(got.sri.imsi, IMSI) == 0);
        CHECK(strcmp(got.sri.node.digits, "447700970777") == 0);
        CHECK(strcmp(got.from, "447700970000") == 0);
        ask_sri(v, 10u + v, "447700900999");
        CHECK(answered() && is_error(10u + v, MAP_ERR_UNKNOWN_SUBSCRIBER));
        ask_sri(v, 20u + v, "447700900150");
        CHECK(answered() && is_error(20u + v, MAP_ERR_CALL_BARRED));
    }
    CHECK(silent());
    end();
}

static void has_nothing_to_say_without_a_register(void)
{
    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0);
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    ask_sri(3, 1, "447700900123");
    CHECK(answered() && is_error(1, MAP_ERR_SYSTEM_FAILURE));
    send_fsm(3, 2, IMSI);
    CHECK(answered() && is_error(2, MAP_ERR_SYSTEM_FAILURE));
    end();
}

static void answers_a_message_with_its_verdict(void)
{
    static const struct {
        enum verdict v;
        int32_t error;
    } expect[] = {
        { VERDICT_OK, 0 },
        { VERDICT_TEMPFAIL, MAP_ERR_SYSTEM_FAILURE },
        { VERDICT_PERMFAIL, MAP_ERR_SM_DELIVERY_FAILURE },
    };
    uint32_t otid = 100;

    fresh();
    for (uint8_t v = 1; v <= 3; v++)
        for (int i = 0; i < 3; i++) {
            send_fsm(v, ++otid, IMSI);
            CHECK(event_is(SS7_SMS, SOON_MS));
            CHECK(event.sms.version == v && event.sms.network == 0);
            CHECK(strcmp(event.sms.vmn, "447700900123") == 0);
            CHECK(strcmp(event.sms.imsi, IMSI) == 0);
            CHECK(strcmp(event.sms.sc, "447700900321") == 0);
            CHECK(strcmp(event.sms.smsc_gt, "447700900321") == 0);
            CHECK(event.sms.route == HLR_ROUTE_NONE && !event.sms.more);
            CHECK(peer_tag(&event.sms) == otid);
            verdict(event.sms.id, expect[i].v);
            verdict(event.sms.id, VERDICT_OK); /* it is too late for that */
            CHECK(answered());
            CHECK(expect[i].error == 0 ? is_result(otid, 5)
                                       : is_error(otid, expect[i].error));
            CHECK(strcmp(got.from, "447700970777") == 0);
        }
    CHECK(silent());
    end();
}

static void asks_nobody_about_strangers(void)
{
    fresh();
    send_fsm(3, 1, "234157700900999");
    CHECK(answered() && is_error(1, MAP_ERR_UNIDENTIFIED_SUBSCRIBER));
    send_fsm(3, 2, "234150000000150");
    CHECK(answered() && is_error(2, MAP_ERR_ILLEGAL_SUBSCRIBER));
    CHECK(!event_is(SS7_SMS, NOT_MS));
    end();
}

static void fails_for_now_at_the_deadline(void)
{
    uint64_t late, id;

    fresh();
    late = stat_get(STAT_verdict_late);
    send_fsm(3, 1, IMSI);
    CHECK(event_is(SS7_SMS, SOON_MS));
    id = event.sms.id;
    CHECK(answered() && is_error(1, MAP_ERR_SYSTEM_FAILURE));
    CHECK(event_is(SS7_GONE, SOON_MS) && event.gone.id == id);
    CHECK(event.gone.why == MAP_GONE_DEADLINE);
    verdict(id, VERDICT_OK);
    CHECK(silent());
    CHECK(stat_get(STAT_verdict_late) == late + 1);
    end();
}

static void tells_when_the_peer_aborts(void)
{
    struct peer_msg m = { .version = 3, .otid = 9, .invoke = 1 };
    uint64_t id;

    fresh();
    peer_handshake(&peer, &m);
    peer_flush(&peer);
    CHECK(answered() && got.type == TCAP_CONTINUE && got.comps == 0);
    m.dtid = got.otid;
    m.number = IMSI;
    peer_fsm(&peer, &m);
    peer_flush(&peer);
    CHECK(event_is(SS7_SMS, SOON_MS));
    id = event.sms.id;
    peer_abort(&peer, &m.dtid);
    peer_flush(&peer);
    CHECK(event_is(SS7_GONE, SOON_MS) && event.gone.id == id);
    CHECK(event.gone.why == MAP_GONE_ABORT);
    verdict(id, VERDICT_OK);
    CHECK(silent());
    end();
}

static void takes_more_messages_in_one_dialogue(void)
{
    struct peer_msg m = {
        .version = 2, .otid = 11, .invoke = 1, .number = IMSI, .more = true
    };
    uint64_t first;

    fresh();
    peer_fsm(&peer, &m);
    peer_flush(&peer);
    CHECK(event_is(SS7_SMS, SOON_MS) && event.sms.more);
    first = event.sms.id;
    verdict(first, VERDICT_OK);
    CHECK(answered() && got.type == TCAP_CONTINUE && got.invoke == 1);
    m.dtid = got.otid;
    m.invoke = 2;
    m.more = false;
    m.tag = 2;
    peer_fsm(&peer, &m);
    peer_flush(&peer);
    CHECK(event_is(SS7_SMS, SOON_MS) && event.sms.id != first);
    verdict(first, VERDICT_OK); /* again: it is not for this message */
    CHECK(silent());
    verdict(event.sms.id, VERDICT_PERMFAIL);
    CHECK(answered() && is_error(11, MAP_ERR_SM_DELIVERY_FAILURE));
    end();
}

static void refuses_what_it_cannot_hold(void)
{
    unsigned refused = 0, held = 0;

    peer_conf(&conf);
    conf.map.hold_ms = SOON_MS;
    begin();
    for (uint32_t i = 1; i <= conf.map.max_held + 3; i++)
        send_fsm(3, i, IMSI);
    while (refused < 3 && answered())
        refused += is_error(got.dtid, MAP_ERR_SYSTEM_FAILURE);
    CHECK(refused == 3 && silent());
    while (held < conf.map.max_held && event_is(SS7_SMS, SOON_MS)) {
        held++;
        verdict(event.sms.id, VERDICT_OK);
    }
    for (unsigned i = 0; i < held; i++)
        CHECK(answered() && is_result(got.dtid, 5));
    CHECK(held == conf.map.max_held && silent());
    end();
}

/* mtpd dies while a message is held; the verdict comes before, or after, the
 * next one is there. */
static void answers_on_a_new_link(void)
{
    uint64_t id[2];

    peer_conf(&conf);
    conf.map.hold_ms = SOON_MS;
    begin();
    for (uint32_t i = 0; i < 2; i++) {
        send_fsm(3, i + 1, IMSI);
        CHECK(event_is(SS7_SMS, SOON_MS));
        id[i] = event.sms.id;
    }
    peer_kill(&peer);
    CHECK(event_is(SS7_LINK_LOST, SOON_MS) && event.network == 0);
    verdict(id[0], VERDICT_OK);
    peer_open_down(&peer);
    CHECK(silent()); /* kept: no association is active */
    verdict(id[1], VERDICT_PERMFAIL);
    CHECK(silent());
    peer_active(&peer);
    CHECK(answered() && is_result(1, 5));
    CHECK(answered() && is_error(2, MAP_ERR_SM_DELIVERY_FAILURE));
    ask_sri(3, 3, "447700900123");
    CHECK(answered() && is_result(3, 7));
    CHECK(silent() && !event_is(SS7_LINK_LOST, 0));
    end();
}

/* The link ends right behind a question: the answer is kept for the next. */
static void a_dying_link_takes_no_answer_with_it(void)
{
    int rc;

    fresh();
    ask_sri(3, 1, "447700900123");
    CHECK(answered());
    ask_sri(3, 2, "447700900123");
    peer_shut(&peer);
    rc = peer_take(&peer, &got, SOON_MS);
    CHECK(event_is(SS7_LINK_LOST, SOON_MS));
    peer_kill(&peer);
    peer_open(&peer);
    CHECK(rc == 1 || answered());
    CHECK(is_result(2, 7));
    end();
}

static void a_frame_that_breaks_the_rules_ends_the_link(void)
{
    fresh();
    link_put(peer.link, LINK_ASSOC, 5, "\2", 1); /* there is no sixth */
    peer_flush(&peer);
    CHECK(peer_take(&peer, &got, SOON_MS) < 0);
    CHECK(event_is(SS7_LINK_LOST, SOON_MS));
    peer_kill(&peer);
    peer_open(&peer);
    ask_sri(3, 2, "447700900123");
    CHECK(answered() && is_result(2, 7));
    end();
}

static void drains(void)
{
    uint64_t id;

    peer_conf(&conf);
    conf.map.hold_ms = SOON_MS;
    begin();
    send_fsm(3, 1, IMSI);
    CHECK(event_is(SS7_SMS, SOON_MS));
    id = event.sms.id;
    ss7_drain();
    CHECK(!event_is(SS7_IDLE, NOT_MS));
    send_fsm(3, 2, IMSI);
    CHECK(answered() && is_error(2, MAP_ERR_SYSTEM_FAILURE));
    ask_sri(3, 3, "447700900123");
    CHECK(answered() && is_error(3, MAP_ERR_SYSTEM_FAILURE));
    verdict(id, VERDICT_OK);
    CHECK(answered() && is_result(1, 5));
    CHECK(event_is(SS7_IDLE, SOON_MS));
    end();
}

static void names_another_node_while_draining(void)
{
    peer_conf(&conf);
    strcpy(conf.network[0].drain_node_gt, "447700970778");
    begin();
    ss7_drain();
    CHECK(event_is(SS7_IDLE, SOON_MS));
    ask_sri(3, 3, "447700900123");
    CHECK(answered() && is_result(3, 7));
    CHECK(strcmp(got.sri.node.digits, "447700970778") == 0);
    end();
}

/* What is held is answered before the associations go down. */
static void stops_with_a_word_to_everybody(void)
{
    struct peer_msg m = { .version = 3, .otid = 2 };
    unsigned errors = 0, aborts = 0;

    peer_conf(&conf);
    conf.map.hold_ms = SOON_MS;
    begin();
    send_fsm(3, 1, IMSI);
    CHECK(event_is(SS7_SMS, SOON_MS));
    peer_handshake(&peer, &m);
    peer_flush(&peer);
    CHECK(answered() && got.type == TCAP_CONTINUE);
    ss7_stop();
    while (peer_take(&peer, &got, SOON_MS) == 1) {
        errors += is_error(1, MAP_ERR_SYSTEM_FAILURE);
        aborts += got.type == TCAP_ABORT && got.dtid == 2;
    }
    CHECK(errors == 1 && aborts == 1 && peer.down);
    end();
}

static void gives_the_old_register_back(void)
{
    struct hlr_table *second = peer_table();

    fresh();
    ask_sri(3, 1, "447700900123");
    CHECK(answered()); /* the first one is in use */
    CHECK(ss7_table(second));
    CHECK(event_is(SS7_RETIRED, SOON_MS));
    CHECK(retired != NULL && retired != second);
    ask_sri(3, 2, "447700900123");
    CHECK(answered() && is_result(2, 7));
    end();
}

/* What the other threads leave in the queue when nobody takes any more. */
static void frees_what_came_too_late(void)
{
    fresh();
    end();
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()) && ss7_table(peer_table()));
    peer_open_down(&peer);
    ss7_fini();
    CHECK(peer_take(&peer, &got, SOON_MS) < 0); /* it was closed */
    peer_kill(&peer);
}

/* Questions come faster than they are answered: the turns must be short, or
 * the answers of one are more than the link keeps. */
static void a_burst_loses_no_answer(void)
{
    enum { BURST = 20000 };
    struct peer_msg m = { .version = 3, .invoke = 7, .number = "447700900123" };
    uint64_t full = stat_get(STAT_mtp_link_full);
    unsigned n = 0;

    fresh();
    for (unsigned i = 1; i <= BURST; i++) {
        m.otid = i;
        peer_sri(&peer, &m);
        if (i % 1000 != 0)
            continue;
        CHECK(peer_flush(&peer));
        while (peer_take(&peer, &got, 0) == 1)
            n += is_result(got.dtid, 7);
    }
    while (n < BURST && answered())
        n += is_result(got.dtid, 7);
    CHECK(n == BURST && stat_get(STAT_mtp_link_full) == full);
    end();
}

/* At the end more is answered at once than the link keeps. */
static void stops_with_an_answer_for_each_of_many(void)
{
    enum { MANY = 6000 };
    unsigned n = 0;

    peer_conf(&conf);
    conf.map.max_held = MANY;
    conf.map.max_dialogues = 2 * MANY;
    conf.map.hold_ms = 10 * SOON_MS;
    begin();
    for (uint32_t i = 1; i <= MANY; i++)
        send_fsm(3, i, IMSI);
    while (n < MANY && event_is(SS7_SMS, SOON_MS))
        n++;
    CHECK(n == MANY);
    ss7_stop();
    for (n = 0; answered(); n++)
        CHECK(is_error(got.dtid, MAP_ERR_SYSTEM_FAILURE));
    CHECK(n == MANY && peer.down);
    end();
}

/* SCON and DUPU as fast as a peer can: messages still have their place. */
static void a_flood_of_status_takes_no_place_from_messages(void)
{
    struct link_dest d = { .pc = 2, .status = MTP_STATUS_CONGESTED };
    unsigned lines = 0, messages = 0;

    peer_conf(&conf);
    conf.log_least = SLOG_INFO;
    conf.map.hold_ms = SOON_MS;
    begin();
    for (unsigned i = 0; i < 20000; i++)
        link_put_dest(peer.link, LINK_STATUS, 0, &d);
    CHECK(peer_flush(&peer));
    ask_sri(3, 1, "447700900123");
    CHECK(answered() && is_result(1, 7)); /* all was read by now */
    send_fsm(3, 2, IMSI);
    CHECK(silent());
    while (ss7_take(&event, 1, 0) == 1) {
        lines += event.what == SS7_LOG;
        messages += event.what == SS7_SMS;
    }
    CHECK(messages == 1 && lines < 20);
    end();
}

/* The other side does not take: lines are lost, and no message is. */
static void log_lines_leave_room_for_messages(void)
{
    static const uint8_t line[] = { SLOG_ERROR, 'x' };
    unsigned messages = 0;

    peer_conf(&conf);
    conf.map.hold_ms = SOON_MS;
    begin();
    for (unsigned i = 0; i < 3000; i++)
        link_put(peer.link, LINK_LOG, 0, line, sizeof(line));
    CHECK(peer_flush(&peer));
    for (uint32_t i = 0; i < conf.map.max_held; i++)
        send_fsm(3, i + 1, IMSI);
    CHECK(silent());
    while (ss7_take(&event, 1, 0) == 1)
        messages += event.what == SS7_SMS;
    CHECK(messages == conf.map.max_held);
    end();
}

static void put_dest(uint8_t type, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    struct link_dest d = { .pc = pc, .mask = mask };

    link_put_dest(peer.link, type, assoc, &d);
}

static void sri_is_answered(uint32_t otid)
{
    ask_sri(3, otid, "447700900123");
    CHECK(answered() && is_result(otid, 7));
}

/* DUNA is about the way by one association, and void with it. */
static void a_pause_ends_with_its_association(void)
{
    static const uint8_t down = MTP_ASSOC_DOWN;

    fresh();
    put_dest(LINK_PAUSE, 0, 2, 0);
    ask_sri(3, 1, "447700900123");
    CHECK(silent());
    link_put(peer.link, LINK_ASSOC, 0, &down, 1);
    peer_active(&peer);
    sri_is_answered(2);
    put_dest(LINK_PAUSE, 0, 2, 14);
    CHECK(peer_flush(&peer));
    peer_kill(&peer);
    CHECK(event_is(SS7_LINK_LOST, SOON_MS));
    peer_open(&peer);
    sri_is_answered(3);
    end();
}

static void a_pause_by_one_association_leaves_the_others(void)
{
    static const uint8_t active = MTP_ASSOC_ACTIVE, down = MTP_ASSOC_DOWN;

    peer_conf(&conf);
    conf.network[0].mtp.assoc[0].has_peer_pc = false;
    conf.network[0].mtp.n_assoc = 2;
    begin();
    link_put(peer.link, LINK_ASSOC, 1, &active, 1);
    put_dest(LINK_PAUSE, 0, 2, 0);
    sri_is_answered(1);
    put_dest(LINK_PAUSE, 1, 2, 0);
    ask_sri(3, 2, "447700900123");
    CHECK(silent());
    put_dest(LINK_RESUME, 0, 2, 0);
    sri_is_answered(3);
    /* the only one with a way is lost, and comes back */
    link_put(peer.link, LINK_ASSOC, 0, &down, 1);
    ask_sri(3, 4, "447700900123");
    CHECK(silent());
    link_put(peer.link, LINK_ASSOC, 0, &active, 1);
    sri_is_answered(5);
    end();
}

enum { WILDCARDS = 50000, POINT_CODES = 16384 };

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One bit of all point codes, once for each wildcard: what must be done. */
static double yardstick_s(void)
{
    static uint16_t paused[POINT_CODES];
    double from = cpu_s();

    for (unsigned i = 0; i < WILDCARDS; i++)
        for (unsigned pc = 0; pc < POINT_CODES; pc++)
            paused[pc] = (uint16_t)((paused[pc] & 0xfffe) | (i & 1));
    CHECK(paused[POINT_CODES / 2] == 1);
    return cpu_s() - from;
}

/* Every entry of DUNA may stand for all point codes there are: each costs its
 * bits, but SCCP is told once for many. */
static void wildcards_without_end_do_not_stop_the_thread(void)
{
    double yardstick = yardstick_s(), from;

    fresh();
    from = cpu_s();
    for (unsigned i = 0; i < WILDCARDS; i++)
        put_dest(i & 1 ? LINK_RESUME : LINK_PAUSE, 0, 0, 14);
    CHECK(peer_flush(&peer));
    sri_is_answered(1);
    CHECK(cpu_s() - from < 8 * yardstick + 0.2);
    end();
}

int main(void)
{
    SHOWS("HL-01 HL-02", answers_sri_with_imsi_and_msc);
    has_nothing_to_say_without_a_register();
    SHOWS("FM-01 FM-03", answers_a_message_with_its_verdict);
    SHOWS("FM-04", asks_nobody_about_strangers);
    SHOWS("FM-11", fails_for_now_at_the_deadline);
    SHOWS("FM-11 TC-13", tells_when_the_peer_aborts);
    SHOWS("FM-07", takes_more_messages_in_one_dialogue);
    SHOWS("FM-12", refuses_what_it_cannot_hold);
    SHOWS("M3-06", answers_on_a_new_link);
    SHOWS("M3-06", a_dying_link_takes_no_answer_with_it);
    a_frame_that_breaks_the_rules_ends_the_link();
    SHOWS("FM-13", drains);
    SHOWS("FM-13", names_another_node_while_draining);
    SHOWS("FM-13 M3-11", stops_with_a_word_to_everybody);
    gives_the_old_register_back();
    frees_what_came_too_late();
    a_burst_loses_no_answer();
    stops_with_an_answer_for_each_of_many();
    a_flood_of_status_takes_no_place_from_messages();
    log_lines_leave_room_for_messages();
    SHOWS("M3-08", a_pause_ends_with_its_association);
    SHOWS("M3-08", a_pause_by_one_association_leaves_the_others);
    wildcards_without_end_do_not_stop_the_thread();
    return CHECK_DONE();
}

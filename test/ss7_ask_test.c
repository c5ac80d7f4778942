/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_ask_test.c - questions that wait for a verdict of the border, and what
 * the border is told of every answer
 */

#include "check.h"
#include "gw/stat.h"
#include "ss7_peer.h"

#include <pthread.h>

enum { SOON_MS = 5000, NOT_MS = 60 };

#define VMN     "447700900123"
#define UNKNOWN "447700999999"
#define SMSC    "447700900321"

static struct ss7_conf conf;
static struct peer peer;
static pthread_t thread;
static struct ss7_event event;
static const struct map_err none = { .code = MAP_ERR_NONE, .cause = -1 };

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void fresh(bool ask, bool records)
{
    peer_conf(&conf);
    conf.ask_sri = ask;
    conf.records = records;
    CHECK(ss7_init(&conf) == 0 && ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void end(void)
{
    struct peer_answer last;

    ss7_stop();
    while (!peer.down && peer_take(&peer, &last, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

/* The next event that is not a log line or a state. */
static bool next(int what, int timeout_ms)
{
    while (ss7_take(&event, 1, timeout_ms) == 1) {
        if (event.what == SS7_LOG || event.what == SS7_ASSOC ||
            event.what == SS7_RETIRED)
            continue;
        return (int)event.what == what;
    }
    return false;
}

static bool quiet(void)
{
    return !next(-1, NOT_MS) && event.what != SS7_SMS && event.what != SS7_SRI;
}

static void ask(const char *number, uint32_t otid)
{
    struct peer_msg m = {
        .version = 3, .invoke = 1, .otid = otid, .number = number
    };

    peer_sri(&peer, &m);
    CHECK(peer_flush(&peer));
}

static void send_sms(const char *imsi, uint32_t otid)
{
    struct peer_msg m = {
        .version = 3, .invoke = 1, .otid = otid, .tag = otid, .number = imsi
    };

    peer_fsm(&peer, &m);
    CHECK(peer_flush(&peer));
}

static bool answered(uint32_t otid, enum map_error error)
{
    struct peer_answer a;

    return peer_take(&peer, &a, SOON_MS) == 1 && a.dtid == otid &&
           a.type == TCAP_END && a.error == (int32_t)error;
}

static void is_the_question(const char *number)
{
    CHECK(next(SS7_SRI, SOON_MS));
    CHECK(event.sri.id != 0 && event.sri.version == 3);
    CHECK(strcmp(event.sri.msisdn, number) == 0);
    CHECK(strcmp(event.sri.smsc_gt, SMSC) == 0 && event.sri.smsc_gt_np == 1);
    CHECK(event.sri.received_ms != 0);
}

static void a_question_waits_for_its_verdict(void)
{
    struct peer_answer a;

    fresh(true, false);
    ask(VMN, 11);
    is_the_question(VMN);
    CHECK(event.sri.err.code == MAP_ERR_NONE && event.sri.imsi[0] != '\0');
    CHECK(event.sri.node[0] != '\0');
    CHECK(peer_take(&peer, &a, NOT_MS) == 0);
    ss7_verdict(event.sri.id, VERDICT_OK, none);
    CHECK(peer_take(&peer, &a, SOON_MS) == 1 && a.comp == TCAP_RESULT_LAST);
    CHECK(a.dtid == 11 && strcmp(a.sri.imsi, event.sri.imsi) == 0);
    end();
}

static void a_verdict_may_be_an_error(void)
{
    const struct map_err barred = { .code = MAP_ERR_CALL_BARRED, .cause = -1 };

    fresh(true, false);
    ask(VMN, 12);
    is_the_question(VMN);
    ss7_verdict(event.sri.id, VERDICT_PERMFAIL, barred);
    CHECK(answered(12, MAP_ERR_CALL_BARRED));
    end();
}

static void what_would_be_refused_is_asked_about_too(void)
{
    fresh(true, false);
    ask(UNKNOWN, 13);
    is_the_question(UNKNOWN);
    CHECK(event.sri.err.code == MAP_ERR_UNKNOWN_SUBSCRIBER);
    ss7_verdict(event.sri.id, VERDICT_OK, none);
    CHECK(answered(13, MAP_ERR_UNKNOWN_SUBSCRIBER));
    end();
}

static void nobody_waits_longer_than_for_a_message(void)
{
    uint64_t late = stat_get(STAT_verdict_late);

    fresh(true, false);
    ask(VMN, 14);
    is_the_question(VMN);
    CHECK(answered(14, MAP_ERR_SYSTEM_FAILURE));
    ss7_verdict(event.sri.id, VERDICT_OK, none);
    CHECK(next(SS7_GONE, SOON_MS));
    end();
    CHECK(stat_get(STAT_verdict_late) == late + 1);
}

static void more_than_can_be_held_are_refused(void)
{
    unsigned n;

    fresh(true, false);
    for (n = 0; n <= conf.map.max_held; n++)
        ask(VMN, 100 + n);
    CHECK(answered(100 + conf.map.max_held, MAP_ERR_SYSTEM_FAILURE));
    end();
}

/* It was not asked about, and is told like that. */
static void a_question_that_cannot_be_held_has_its_record(void)
{
    unsigned n;

    fresh(true, true);
    for (n = 0; n < conf.map.max_held; n++)
        ask(VMN, 200 + n);
    for (n = 0; n < conf.map.max_held; n++)
        is_the_question(VMN);
    ask(VMN, 300);
    CHECK(answered(300, MAP_ERR_SYSTEM_FAILURE));
    CHECK(next(SS7_SRI_DONE, SOON_MS) && event.sri.id == 0);
    CHECK(event.sri.err.code == MAP_ERR_SYSTEM_FAILURE);
    end();
}

/* Nobody takes any: messages find room all the same. */
static void records_leave_room_for_messages(void)
{
    enum { MANY = 6000 };
    uint64_t lost = stat_get(STAT_record_lost);
    struct peer_answer a;
    char imsi[HLR_IMSI_MAX + 1] = "";

    fresh(false, true);
    for (uint32_t n = 0; n < MANY; n++) {
        ask(VMN, 1000 + n);
        CHECK(peer_take(&peer, &a, SOON_MS) == 1);
        memcpy(imsi, a.sri.imsi, sizeof(imsi));
    }
    CHECK(stat_get(STAT_record_lost) > lost);
    send_sms(imsi, 900);
    CHECK(peer_take(&peer, &a, NOT_MS) == 0);
    while (next(SS7_SRI_DONE, SOON_MS))
        ;
    CHECK(event.what == SS7_SMS);
    end();
}

static void records_tell_every_answer_once(void)
{
    uint64_t id;

    fresh(false, true);
    ask(VMN, 21);
    CHECK(next(SS7_SRI_DONE, SOON_MS) && event.sri.id == 0);
    CHECK(event.sri.err.code == MAP_ERR_NONE && event.sri.imsi[0] != '\0');
    CHECK(answered(21, MAP_ERR_NONE));

    send_sms(event.sri.imsi, 22);
    CHECK(next(SS7_SMS, SOON_MS));
    id = event.sms.id;
    ss7_verdict(id, VERDICT_TEMPFAIL, none);
    CHECK(next(SS7_ANSWERED, SOON_MS) && event.answered.id == id);
    CHECK(event.answered.v == VERDICT_TEMPFAIL);
    CHECK(event.answered.err.code == MAP_ERR_SYSTEM_FAILURE);
    CHECK(answered(22, MAP_ERR_SYSTEM_FAILURE));

    send_sms("001010000000000", 23);
    CHECK(next(SS7_REFUSED, SOON_MS));
    CHECK(event.refused.err.code == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    CHECK(strcmp(event.refused.sms.imsi, "001010000000000") == 0);
    CHECK(strcmp(event.refused.sms.smsc_gt, SMSC) == 0);
    CHECK(peer_tag(&event.refused.sms) == 23);
    CHECK(quiet());
    end();
}

static void a_late_verdict_is_no_second_record(void)
{
    uint64_t id;

    fresh(true, true);
    ask(VMN, 31);
    is_the_question(VMN);
    id = event.sri.id;
    CHECK(next(SS7_GONE, SOON_MS) && event.gone.id == id);
    ss7_verdict(id, VERDICT_OK, none);
    CHECK(quiet());
    end();
}

int main(void)
{
    a_question_waits_for_its_verdict();
    a_verdict_may_be_an_error();
    what_would_be_refused_is_asked_about_too();
    nobody_waits_longer_than_for_a_message();
    more_than_can_be_held_are_refused();
    a_question_that_cannot_be_held_has_its_record();
    records_leave_room_for_messages();
    records_tell_every_answer_once();
    a_late_verdict_is_no_second_record();
    return CHECK_DONE();
}

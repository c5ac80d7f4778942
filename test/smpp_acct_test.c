/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_acct_test.c - accounts: verdicts, windows, several binds, lost sessions
 */

#include "gw/smpp_acct.h"

#include "check.h"
#include "smpp_world.h"

#include <string.h>

static struct world w;

static void begin(void)
{
    world_init(&w);
    world_start(&w);
}

static void end(struct smpp_sess *s)
{
    smpp_sess_free(s);
    world_stop(&w);
}

static void confirms_by_status_0_only(void)
{
    struct smpp_sess *s;

    begin();
    s = esme_bound(&w);
    world_sms(&w, 1, "hello");
    CHECK(w.acks == 0); /* sent is not confirmed */
    world_pass(&w, 9000);
    CHECK(w.acks == 0);
    esme_resp(s, esme_deliver(s, NULL), SMPP_ROK);
    CHECK(w.acks == 1 && world_verdict(&w, 1) == VERDICT_OK);
    end(s);
}

static void makes_verdicts_of_statuses(void)
{
    static const struct {
        uint32_t status;
        int v;
    } row[] = {
        { SMPP_ROK, VERDICT_OK },
        { SMPP_RMSGQFUL, VERDICT_TEMPFAIL },
        { SMPP_RTHROTTLED, VERDICT_TEMPFAIL },
        { SMPP_RX_T_APPN, VERDICT_TEMPFAIL },
        { SMPP_RSYSERR, VERDICT_TEMPFAIL },
        { SMPP_RX_P_APPN, VERDICT_PERMFAIL },
        { SMPP_RX_R_APPN, VERDICT_PERMFAIL },
        { SMPP_RINVDSTADR, VERDICT_PERMFAIL },
        { SMPP_RINVSRCADR, VERDICT_PERMFAIL },
        { SMPP_RINVMSGLEN, VERDICT_PERMFAIL },
        { 0x0000007f, VERDICT_TEMPFAIL },
        { 0x00000400, VERDICT_TEMPFAIL }, /* of a vendor */
        { 0xffffffff, VERDICT_TEMPFAIL },
    };
    enum { ROWS = sizeof(row) / sizeof(row[0]) };
    struct smpp_sess *s;

    begin();
    s = esme_bound(&w);
    for (unsigned i = 0; i < ROWS; i++) {
        world_sms(&w, (uint8_t)(i + 1), "hello");
        esme_resp(s, esme_deliver(s, NULL), row[i].status);
        CHECK(world_verdict(&w, (uint8_t)(i + 1)) == row[i].v);
    }
    end(s);
}

static void an_account_may_say_otherwise(void)
{
    struct smpp_sess *s;

    world_init(&w);
    CHECK(smpp_rules_read("RX_P_APPN=temporary;0x400=permanent; 1025 = ok",
                          &w.acct[0].rules) == NULL);
    world_start(&w);
    s = esme_bound(&w);
    world_sms(&w, 1, "hello");
    esme_resp(s, esme_deliver(s, NULL), SMPP_RX_P_APPN);
    world_sms(&w, 2, "hello");
    esme_resp(s, esme_deliver(s, NULL), 0x400);
    world_sms(&w, 3, "hello");
    esme_resp(s, esme_deliver(s, NULL), 0x401);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    CHECK(world_verdict(&w, 2) == VERDICT_PERMFAIL);
    CHECK(world_verdict(&w, 3) == VERDICT_OK);
    end(s);
}

static void refuses_rules_that_are_none(void)
{
    static const char *const bad[] = {
        "RX_P_APPN",           "RX_P_APPN=",  "=ok",
        "NONSENSE=ok",         "0x=ok",       "99999999999=ok",
        "RX_P_APPN=never",     "0=temporary", "ESME_ROK=permanent",
        "RX_P_APPN:permanent",
    };
    struct smpp_rules rules;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(smpp_rules_read(bad[i], &rules) != NULL);
    CHECK(smpp_rules_read("", &rules) == NULL && rules.n == 0);
}

static void fails_at_once_with_nobody_bound(void)
{
    begin();
    CHECK(w.suspended[0] && w.suspended[1]);
    world_sms(&w, 1, "hello");
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    CHECK(smpp_node_held(w.node) == 0);
    world_stop(&w);
}

static void fails_without_an_answer_in_time(void)
{
    struct smpp_sess *s;
    uint32_t n;

    begin();
    s = esme_bound(&w);
    world_sms(&w, 1, "hello");
    n = esme_deliver(s, NULL);
    world_pass(&w, 9900);
    CHECK(w.acks == 0);
    world_pass(&w, 200);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    esme_resp(s, n, SMPP_ROK); /* late: it counts for nothing */
    CHECK(w.acks == 1 && s->open == 0);
    end(s);
}

static void holds_nothing_past_its_deadline(void)
{
    struct smpp_sess *s;

    world_init(&w);
    w.acct[0].window = 1;
    w.conf.accts.response_ms = 60000;
    world_start(&w);
    s = esme_bound(&w);
    world_sms(&w, 1, "is out");
    world_pass(&w, 5000);
    world_sms(&w, 2, "waits");
    world_pass(&w, 15100);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    /* its place went to the next one, which has its own time */
    CHECK(esme_deliver(s, NULL) != 0 && esme_deliver(s, NULL) != 0);
    CHECK(w.acks == 1);
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 3, "", 0);
    world_pass(&w, 5000);
    CHECK(world_verdict(&w, 2) == VERDICT_TEMPFAIL);
    CHECK(smpp_node_held(w.node) == 0);
    end(s);
}

static void keeps_to_the_window_and_queues(void)
{
    struct smpp_sess *s;
    uint32_t n[12] = { 0 };
    unsigned i;

    world_init(&w);
    w.acct[0].max_queue = 2;
    world_start(&w);
    s = esme_bound(&w);
    for (i = 1; i <= 13; i++)
        world_sms(&w, (uint8_t)i, "hello");
    for (i = 0; i < 10; i++)
        n[i] = esme_deliver(s, NULL);
    CHECK(n[9] != 0 && esme_deliver(s, NULL) == 0);
    CHECK(smpp_node_held(w.node) == 12);
    CHECK(w.acks == 1 && world_verdict(&w, 13) == VERDICT_TEMPFAIL);
    esme_resp(s, n[4], SMPP_ROK);
    n[10] = esme_deliver(s, NULL);
    esme_resp(s, n[0], SMPP_ROK);
    n[11] = esme_deliver(s, NULL);
    CHECK(n[10] != 0 && n[11] != 0 && esme_deliver(s, NULL) == 0);
    esme_resp(s, n[11], SMPP_ROK);
    CHECK(world_verdict(&w, 12) == VERDICT_OK);
    end(s);
}

static void holds_so_many_in_all(void)
{
    struct smpp_sess *s;

    world_init(&w);
    w.conf.accts.max_held = 3;
    world_start(&w);
    s = esme_bound(&w);
    for (uint8_t i = 1; i <= 4; i++)
        world_sms(&w, i, "hello");
    CHECK(w.acks == 1 && world_verdict(&w, 4) == VERDICT_TEMPFAIL);
    end(s);
}

static void shares_by_least_outstanding(void)
{
    struct smpp_sess *a, *b;
    uint32_t n;

    begin();
    a = esme_bound(&w);
    b = esme_bound(&w);
    for (uint8_t i = 1; i <= 8; i++)
        world_sms(&w, i, "hello");
    CHECK(a->open == 4 && b->open == 4);
    while ((n = esme_deliver(a, NULL)) != 0)
        esme_resp(a, n, SMPP_ROK);
    CHECK(a->open == 0 && w.acks == 4);
    for (uint8_t i = 9; i <= 12; i++)
        world_sms(&w, i, "b is slow");
    CHECK(a->open == 4 && b->open == 4);
    smpp_sess_free(a);
    CHECK(b->open == 8); /* those of a, at once */
    end(b);
    CHECK(w.acks == 12);
}

static void keeps_parts_together(void)
{
    static const uint8_t part[3][6] = { { 5, 0, 3, 42, 3, 1 },
                                        { 5, 0, 3, 42, 3, 2 },
                                        { 5, 0, 3, 42, 3, 3 } };
    struct smpp_sess *a, *b, *has, *other;

    begin();
    a = esme_bound(&w);
    b = esme_bound(&w);
    world_sms_udh(&w, 1, part[0], 6);
    has = a->open == 1 ? a : b;
    other = has == a ? b : a;
    world_sms_udh(&w, 2, part[2], 6);
    CHECK(has->open == 2 && other->open == 0);
    /* also when the window is full: it waits, though the other is idle */
    for (uint8_t i = 10; i < 26; i++)
        world_sms(&w, i, "fill");
    CHECK(a->open + b->open == 18);
    has->window = (uint16_t)has->open;
    world_sms_udh(&w, 3, part[1], 6);
    CHECK(a->open + b->open == 18 && has->wait_first != NULL);
    esme_resp(has, esme_deliver(has, NULL), SMPP_ROK);
    CHECK(has->wait_first == NULL && a->open + b->open == 18);
    /* and goes on with the rest when its session is lost */
    world_sms_udh(&w, 4, part[1], 6);
    CHECK(has->wait_first != NULL);
    other->window = 100;
    smpp_sess_free(has);
    CHECK(w.acks == 1 && other->open == 19);
    end(other);
}

static void a_lost_session_loses_nothing(void)
{
    struct smpp_sess *a, *b;
    struct smpp_sm first, again;
    uint32_t n;

    begin();
    a = esme_bound(&w);
    world_sms(&w, 1, "hello");
    CHECK(esme_deliver(a, &first) != 0);
    CHECK(strcmp(first.source.digits, "447700900001") == 0);
    b = esme_bound(&w);
    smpp_sess_free(a);
    CHECK(w.acks == 0);
    n = esme_deliver(b, &again);
    CHECK(n != 0 && strcmp(again.source.digits, "447700900001") == 0);
    esme_resp(b, n, SMPP_ROK);
    CHECK(world_verdict(&w, 1) == VERDICT_OK);
    end(b);
}

static void without_others_they_fail_at_once(void)
{
    struct smpp_sess *s;

    world_init(&w);
    w.acct[0].window = 2;
    world_start(&w);
    s = esme_bound(&w);
    for (uint8_t i = 1; i <= 4; i++)
        world_sms(&w, i, "hello");
    smpp_sess_free(s);
    CHECK(w.acks == 4 && w.suspended[0]);
    for (uint8_t i = 1; i <= 4; i++)
        CHECK(world_verdict(&w, i) == VERDICT_TEMPFAIL);
    CHECK(smpp_node_held(w.node) == 0);
    world_stop(&w);
}

static void keeps_the_order_of_what_comes_back(void)
{
    struct smpp_sess *a, *b;
    struct smpp_sm sm;
    uint32_t n;

    world_init(&w);
    w.acct[0].window = 2;
    world_start(&w);
    a = esme_bound(&w);
    world_sms(&w, 1, "1");
    world_sms(&w, 2, "2");
    world_sms(&w, 3, "3");
    b = smpp_node_session(w.node, "192.0.2.1");
    esme_bind(b, SMPP_BIND_RX, "app", "secret");
    CHECK(esme_got(b, SMPP_BIND_RX | SMPP_RESP, SMPP_ROK));
    n = esme_deliver(b, &sm);
    CHECK(n != 0 && sm.text[0] == '3');
    smpp_sess_free(a);
    CHECK(esme_deliver(b, &sm) != 0 && sm.text[0] == '1');
    CHECK(esme_deliver(b, &sm) == 0);
    esme_resp(b, n, SMPP_ROK);
    CHECK(esme_deliver(b, &sm) != 0 && sm.text[0] == '2');
    end(b);
}

static void one_account_does_not_feel_another(void)
{
    struct smpp_sess *slow, *s;
    struct box_frame f;
    uint32_t n;

    begin();
    slow = esme_bound(&w);
    s = smpp_node_session(w.node, "192.0.2.1");
    esme_bind(s, SMPP_BIND_RX, "two", "secret");
    CHECK(esme_got(s, SMPP_BIND_RX | SMPP_RESP, SMPP_ROK));
    CHECK(!w.suspended[1]);
    for (uint8_t i = 1; i <= 50; i++)
        world_sms(&w, i, "it does not answer");
    world_blank(&f, "hello");
    world_frame(&w, 1, 100, &f);
    n = esme_deliver(s, NULL);
    CHECK(n != 0);
    esme_resp(s, n, SMPP_ROK);
    CHECK(world_verdict(&w, 100) == VERDICT_OK);
    smpp_sess_free(slow);
    end(s);
}

static void takes_what_is_for_it(void)
{
    struct smpp_sess *s;
    struct box_frame f;

    world_init(&w);
    strcpy(w.acct[0].smsc[0], "other");
    strcpy(w.acct[0].smsc[1], "ss7");
    w.acct[0].n_smsc = 2;
    strcpy(w.acct[0].prefix, "447700");
    world_start(&w);
    s = esme_bound(&w);
    world_sms(&w, 1, "hello");
    CHECK(esme_deliver(s, NULL) != 0);
    world_blank(&f, "hello");
    field_text(&f, BOX_SMS_SMSC_ID, "ss");
    world_frame(&w, 0, 2, &f);
    CHECK(world_verdict(&w, 2) == VERDICT_TEMPFAIL);
    world_blank(&f, "hello");
    field_text(&f, BOX_SMS_RECEIVER, "+4477");
    world_frame(&w, 0, 3, &f);
    CHECK(world_verdict(&w, 3) == VERDICT_TEMPFAIL);
    world_blank(&f, "hello");
    world_frame(&w, 1, 4, &f); /* nobody of "two" is bound */
    CHECK(world_verdict(&w, 4) == VERDICT_TEMPFAIL);
    CHECK(esme_deliver(s, NULL) == 0);
    end(s);
}

static void sends_no_faster_than_allowed(void)
{
    struct smpp_sess *s;
    unsigned sent = 0;
    uint32_t n;

    world_init(&w);
    w.acct[0].throughput = 10;
    world_start(&w);
    s = esme_bound(&w);
    world_pass(&w, 2000);
    for (uint8_t i = 1; i <= 40; i++)
        world_sms(&w, i, "hello");
    for (int ms = 0; ms < 1000; ms += 10) {
        while ((n = esme_deliver(s, NULL)) != 0) {
            esme_resp(s, n, SMPP_ROK);
            sent++;
        }
        world_pass(&w, 10);
    }
    CHECK(sent >= 19 && sent <= 20); /* a second's worth, then its rate */
    end(s);
}

static void drops_what_a_lost_server_sent(void)
{
    struct smpp_sess *s;
    uint32_t n;

    world_init(&w);
    w.acct[0].window = 1;
    world_start(&w);
    s = esme_bound(&w);
    world_sms(&w, 1, "is out");
    world_sms(&w, 2, "waits");
    smpp_node_box_lost(w.node, 0, 1);
    w.epoch = 2;
    world_sms(&w, 3, "by the next connection");
    n = esme_deliver(s, NULL);
    esme_resp(s, n, SMPP_ROK);
    CHECK(esme_deliver(s, NULL) != 0 && w.acks == 1);
    CHECK(world_verdict(&w, 2) == -1);
    CHECK(smpp_node_held(w.node) == 1);
    end(s);
}

static void sends_nothing_again_for_a_lost_server(void)
{
    struct smpp_sess *a, *b;

    begin();
    a = esme_bound(&w);
    world_sms(&w, 1, "is out");
    CHECK(esme_deliver(a, NULL) != 0);
    b = esme_bound(&w);
    smpp_node_box_lost(w.node, 0, 1);
    w.epoch = 2;
    smpp_sess_free(a);
    CHECK(esme_deliver(b, NULL) == 0 && b->open == 0);
    CHECK(smpp_node_held(w.node) == 0 && w.acks == 0);
    end(b);
}

static void drains(void)
{
    struct smpp_sess *s;
    uint32_t n;

    begin();
    s = esme_bound(&w);
    world_sms(&w, 1, "is out");
    world_sms(&w, 2, "is out too");
    smpp_node_drain(w.node);
    CHECK(w.suspended[0]);
    world_sms(&w, 3, "is late");
    CHECK(world_verdict(&w, 3) == VERDICT_TEMPFAIL);
    n = esme_deliver(s, NULL);
    esme_resp(s, n, SMPP_ROK);
    CHECK(world_verdict(&w, 1) == VERDICT_OK);
    smpp_node_fail_all(w.node);
    CHECK(world_verdict(&w, 2) == VERDICT_TEMPFAIL);
    CHECK(smpp_node_held(w.node) == 0);
    smpp_sess_unbind(s, "the server stops");
    CHECK(s->state == SMPP_LEAVING);
    end(s);
}

int main(void)
{
    SHOWS("SM-03", confirms_by_status_0_only);
    SHOWS("SM-03", makes_verdicts_of_statuses);
    SHOWS("SM-03", an_account_may_say_otherwise);
    refuses_rules_that_are_none();
    SHOWS("SM-04", fails_at_once_with_nobody_bound);
    SHOWS("SM-05", fails_without_an_answer_in_time);
    SHOWS("SM-05", holds_nothing_past_its_deadline);
    SHOWS("SM-05", keeps_to_the_window_and_queues);
    holds_so_many_in_all();
    SHOWS("SM-07", shares_by_least_outstanding);
    SHOWS("SM-07", keeps_parts_together);
    SHOWS("SM-04", a_lost_session_loses_nothing);
    SHOWS("SM-04", without_others_they_fail_at_once);
    keeps_the_order_of_what_comes_back();
    one_account_does_not_feel_another();
    takes_what_is_for_it();
    sends_no_faster_than_allowed();
    drops_what_a_lost_server_sent();
    sends_nothing_again_for_a_lost_server();
    drains();
    return CHECK_DONE();
}

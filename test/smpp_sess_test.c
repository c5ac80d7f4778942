/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_sess_test.c - sessions of ESMEs: binds, states, timers, bad PDUs
 */

#include "gw/smpp_sess.h"

#include "check.h"
#include "gw/stat.h"
#include "smpp_world.h"

#include <string.h>

static struct world w;

static void begin(void)
{
    world_init(&w);
    world_start(&w);
}

static struct smpp_sess *connect_from(const char *ip)
{
    return smpp_node_session(w.node, ip);
}

static void binds_in_each_mode(void)
{
    static const uint32_t command[] = { SMPP_BIND_TX, SMPP_BIND_RX,
                                        SMPP_BIND_TRX };
    struct smpp_sess *s;
    struct pdu p;

    begin();
    for (unsigned i = 0; i < 3; i++) {
        s = connect_from("192.0.2.1");
        esme_bind(s, command[i], "app", "secret");
        CHECK(esme_get(s, &p));
        CHECK(p.h.command == (command[i] | SMPP_RESP));
        CHECK(p.h.status == SMPP_ROK && p.h.sequence == 1);
        CHECK(p.n == 13 && memcmp(p.body, "smppbox\0\x02\x10\0\x01\x34", 13) ==
                               0); /* system_id, sc_interface_version */
        CHECK(s->state == SMPP_BOUND && s->mode == (enum smpp_mode)(i + 1));
        smpp_sess_free(s);
    }
    world_stop(&w);
}

static uint32_t status_of_bind(const char *ip, const char *id,
                               const char *password)
{
    struct smpp_sess *s = connect_from(ip);
    struct pdu p;

    esme_bind(s, SMPP_BIND_TRX, id, password);
    CHECK(esme_get(s, &p));
    CHECK(p.h.status == SMPP_ROK || s->state == SMPP_OVER);
    smpp_sess_free(s);
    return p.h.status;
}

static void refuses_who_may_not_bind(void)
{
    begin();
    CHECK(status_of_bind("192.0.2.1", "app", "secret") == SMPP_ROK);
    CHECK(status_of_bind("192.0.2.1", "app", "wrong") == SMPP_RINVPASWD);
    CHECK(status_of_bind("192.0.2.1", "app", "secre") == SMPP_RINVPASWD);
    CHECK(status_of_bind("192.0.2.1", "app", "") == SMPP_RINVPASWD);
    CHECK(status_of_bind("192.0.2.1", "nobody", "secret") == SMPP_RINVPASWD);
    CHECK(status_of_bind("192.0.2.1", "nobody", "") == SMPP_RINVPASWD);
    CHECK(status_of_bind("192.0.2.1", "app", "longer than 8") ==
          SMPP_RBINDFAIL);
    strcpy(w.acct[0].allow_ip, "192.0.2.*; 2001:db8::1");
    smpp_node_accounts(w.node, w.acct, 2);
    CHECK(status_of_bind("192.0.2.200", "app", "secret") == SMPP_ROK);
    CHECK(status_of_bind("2001:db8::1", "app", "secret") == SMPP_ROK);
    CHECK(status_of_bind("192.0.20.1", "app", "secret") == SMPP_RBINDFAIL);
    CHECK(status_of_bind("2001:db8::12", "app", "secret") == SMPP_RBINDFAIL);
    w.acct[0].allow_ip[0] = '\0';
    strcpy(w.acct[0].system_type, "VMA");
    smpp_node_accounts(w.node, w.acct, 2);
    CHECK(status_of_bind("192.0.2.1", "app", "secret") == SMPP_RINVSYSTYP);
    w.acct[0].system_type[0] = '\0';
    w.acct[0].modes = SMPP_MODE_RX;
    smpp_node_accounts(w.node, w.acct, 2);
    CHECK(status_of_bind("192.0.2.1", "app", "secret") == SMPP_RBINDFAIL);
    world_stop(&w);
}

static void refuses_more_binds_than_allowed(void)
{
    struct smpp_sess *s[3];

    world_init(&w);
    w.acct[0].max_binds = 2;
    world_start(&w);
    s[0] = esme_bound(&w);
    s[1] = esme_bound(&w);
    CHECK(s[1]->state == SMPP_BOUND);
    s[2] = connect_from("192.0.2.1");
    esme_bind(s[2], SMPP_BIND_RX, "app", "secret");
    CHECK(esme_got(s[2], SMPP_BIND_RX | SMPP_RESP, SMPP_RBINDFAIL));
    smpp_sess_free(s[0]);
    CHECK(status_of_bind("192.0.2.1", "app", "secret") == SMPP_ROK);
    smpp_sess_free(s[1]);
    smpp_sess_free(s[2]);
    world_stop(&w);
}

static void wants_a_bind_first_and_once(void)
{
    struct smpp_sess *s;

    begin();
    s = connect_from("192.0.2.1");
    esme_put(s, SMPP_SUBMIT_SM, 0, 5, "", 0);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RINVBNDSTS));
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 6, "", 0);
    CHECK(esme_got(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_RINVBNDSTS));
    esme_put(s, SMPP_UNBIND, 0, 7, "", 0);
    CHECK(esme_got(s, SMPP_UNBIND | SMPP_RESP, SMPP_RINVBNDSTS));
    esme_put(s, 0x77, 0, 8, "", 0);
    CHECK(esme_got(s, SMPP_GENERIC_NACK, SMPP_RINVCMDID));
    esme_resp(s, 1, SMPP_ROK); /* there is not even a window */
    CHECK(s->state == SMPP_OPEN);
    esme_bind(s, SMPP_BIND_RX, "app", "secret");
    CHECK(esme_got(s, SMPP_BIND_RX | SMPP_RESP, SMPP_ROK));
    esme_bind(s, SMPP_BIND_RX, "app", "secret");
    CHECK(esme_got(s, SMPP_BIND_RX | SMPP_RESP, SMPP_RALYBND));
    /* a receiver sends nothing */
    esme_put(s, SMPP_SUBMIT_SM, 0, 9, "", 0);
    CHECK(esme_got(s, SMPP_SUBMIT_SM | SMPP_RESP, SMPP_RINVBNDSTS));
    smpp_sess_free(s);
    world_stop(&w);
}

static void a_transmitter_gets_nothing(void)
{
    struct smpp_sess *s;

    begin();
    s = connect_from("192.0.2.1");
    esme_bind(s, SMPP_BIND_TX, "app", "secret");
    CHECK(esme_got(s, SMPP_BIND_TX | SMPP_RESP, SMPP_ROK));
    CHECK(w.suspended[0]);
    world_sms(&w, 1, "hello");
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    smpp_sess_free(s);
    world_stop(&w);
}

static void waits_for_a_bind_so_long(void)
{
    struct smpp_sess *s;

    begin();
    s = connect_from("192.0.2.1");
    world_pass(&w, 9900);
    CHECK(s->state == SMPP_OPEN);
    world_pass(&w, 200);
    CHECK(s->state == SMPP_OVER);
    world_pass(&w, 10100);
    CHECK(s->state == SMPP_GONE); /* it does not read, or does not close */
    smpp_sess_free(s);
    world_stop(&w);
}

static void enquires_and_is_enquired(void)
{
    struct smpp_sess *s;
    struct pdu p;

    begin();
    s = esme_bound(&w);
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 77, "", 0);
    CHECK(esme_get(s, &p));
    CHECK(p.h.command == (SMPP_ENQUIRE_LINK | SMPP_RESP));
    CHECK(p.h.sequence == 77 && p.n == 0);
    world_pass(&w, 30100);
    CHECK(esme_get(s, &p) && p.h.command == SMPP_ENQUIRE_LINK);
    esme_put(s, SMPP_ENQUIRE_LINK | SMPP_RESP, 0, p.h.sequence, "", 0);
    world_pass(&w, 10100);
    CHECK(s->state == SMPP_BOUND);
    /* heard by anything: asked again that much later */
    world_pass(&w, 19000);
    CHECK(!esme_get(s, &p));
    world_pass(&w, 1500);
    CHECK(esme_got(s, SMPP_ENQUIRE_LINK, SMPP_ROK));
    world_pass(&w, 10100);
    CHECK(s->state == SMPP_OVER);
    CHECK(strcmp(s->why, "no answer to enquire_link") == 0);
    smpp_sess_free(s);
    world_stop(&w);
}

static void ends_what_is_inactive(void)
{
    struct smpp_sess *s;
    struct pdu p;

    world_init(&w);
    w.conf.sess.inactivity_ms = 60000;
    world_start(&w);
    s = esme_bound(&w);
    for (int i = 0; i < 12 && s->state == SMPP_BOUND; i++) {
        esme_put(s, SMPP_ENQUIRE_LINK, 0, 2, "", 0);
        CHECK(esme_got(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_ROK));
        world_pass(&w, 10000);
    }
    CHECK(s->state == SMPP_LEAVING);
    CHECK(esme_get(s, &p) && p.h.command == SMPP_UNBIND);
    esme_put(s, SMPP_UNBIND | SMPP_RESP, 0, p.h.sequence, "", 0);
    CHECK(s->state == SMPP_OVER && strcmp(s->why, "inactive") == 0);
    smpp_sess_free(s);
    world_stop(&w);
}

static void unbinds(void)
{
    struct smpp_sess *s;

    begin();
    s = esme_bound(&w);
    CHECK(!w.suspended[0]);
    esme_put(s, SMPP_UNBIND, 0, 9, "", 0);
    CHECK(esme_got(s, SMPP_UNBIND | SMPP_RESP, SMPP_ROK));
    CHECK(s->state == SMPP_OVER && w.suspended[0]);
    esme_put(s, SMPP_ENQUIRE_LINK, 0, 10, "", 0); /* it is too late */
    CHECK(s->out.len == s->out.at);
    smpp_sess_free(s);
    world_stop(&w);
}

/* As often as they like. */
static void tells_what_it_cannot_do(void)
{
    static const uint32_t command[] = { SMPP_QUERY_SM, SMPP_REPLACE_SM,
                                        SMPP_CANCEL_SM, SMPP_SUBMIT_MULTI };
    struct smpp_sess *s;
    struct pdu p;

    begin();
    s = esme_bound(&w);
    for (uint32_t i = 0; i < 4 * SMPP_BAD_MAX; i++) {
        esme_put(s, command[i % 4], 0, 50 + i, "id", 3);
        CHECK(esme_get(s, &p) && p.n == 0);
        CHECK(p.h.command == SMPP_GENERIC_NACK && p.h.sequence == 50 + i);
        CHECK(p.h.status == SMPP_RINVCMDID);
    }
    CHECK(s->state == SMPP_BOUND);
    smpp_sess_free(s);
    world_stop(&w);
}

static void answers_what_makes_no_sense(void)
{
    struct smpp_sess *s;
    struct pdu p;

    begin();
    s = esme_bound(&w);
    esme_put(s, 0x00000150, 0, 40, "whatever", 8);
    CHECK(esme_get(s, &p));
    CHECK(p.h.command == SMPP_GENERIC_NACK && p.h.sequence == 40);
    CHECK(p.h.status == SMPP_RINVCMDID);
    esme_put(s, SMPP_SUBMIT_SM, 0, 41, "short", 3);
    CHECK(esme_get(s, &p) && p.h.status == SMPP_RINVSERTYP);
    esme_put(s, SMPP_SUBMIT_SM, 0, 41, "", 0);
    CHECK(esme_get(s, &p) && p.h.status != SMPP_ROK);
    CHECK(s->state == SMPP_BOUND);
    for (int i = 0; i < SMPP_BAD_MAX; i++)
        esme_put(s, 0x10, 0, 50, "", 0);
    CHECK(s->state == SMPP_OVER);
    CHECK(strcmp(s->why, "too many bad PDUs") == 0);
    smpp_sess_free(s);
    world_stop(&w);
}

static void ends_at_a_bad_length(void)
{
    static const uint32_t bad[] = { 0, 4, 15, SMPP_PDU_MAX + 1, 0xffffffff };

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct smpp_head h = { bad[i], SMPP_ENQUIRE_LINK, 0, 3 };
        uint8_t octets[SMPP_HEAD];
        struct smpp_sess *s;

        begin();
        s = esme_bound(&w);
        smpp_head_write(octets, &h);
        smpp_sess_in(s, octets, sizeof(octets));
        CHECK(esme_got(s, SMPP_GENERIC_NACK, SMPP_RINVCMDLEN));
        CHECK(s->state == SMPP_OVER);
        smpp_sess_free(s);
        world_stop(&w);
    }
}

static void keeps_little_of_strangers(void)
{
    struct smpp_head h = { SMPP_OPEN_MAX + 1, SMPP_BIND_RX, 0, 3 };
    uint8_t octets[SMPP_HEAD];
    struct smpp_sess *s;

    begin();
    s = connect_from("192.0.2.1");
    smpp_head_write(octets, &h);
    smpp_sess_in(s, octets, sizeof(octets));
    CHECK(esme_got(s, SMPP_GENERIC_NACK, SMPP_RINVCMDLEN));
    CHECK(s->state == SMPP_OVER);
    smpp_sess_free(s);
    world_stop(&w);
}

static void reads_octet_by_octet(void)
{
    struct smpp_head h = { SMPP_HEAD, SMPP_ENQUIRE_LINK, 0, 3 };
    uint8_t octets[3 * SMPP_HEAD];
    struct smpp_sess *s;

    begin();
    s = esme_bound(&w);
    for (unsigned i = 0; i < 3; i++)
        smpp_head_write(octets + i * SMPP_HEAD, &h);
    for (unsigned i = 0; i < sizeof(octets); i++)
        smpp_sess_in(s, octets + i, 1);
    for (unsigned i = 0; i < 3; i++)
        CHECK(esme_got(s, SMPP_ENQUIRE_LINK | SMPP_RESP, SMPP_ROK));
    CHECK(s->in.len == 0);
    smpp_sess_free(s);
    world_stop(&w);
}

static void numbers_from_one_and_round(void)
{
    struct smpp_sess *s;
    uint32_t first, n;

    begin();
    s = esme_bound(&w);
    world_sms(&w, 1, "stays out");
    first = esme_deliver(s, NULL);
    CHECK(first == 1);
    s->sequence = SMPP_SEQUENCE_MAX - 1;
    world_sms(&w, 2, "last");
    CHECK(esme_deliver(s, NULL) == SMPP_SEQUENCE_MAX);
    esme_resp(s, SMPP_SEQUENCE_MAX, SMPP_ROK);
    world_sms(&w, 3, "not 0, and not 1, which is out");
    n = esme_deliver(s, NULL);
    CHECK(n == 2);
    esme_resp(s, n, SMPP_ROK);
    CHECK(world_verdict(&w, 2) == VERDICT_OK);
    CHECK(world_verdict(&w, 3) == VERDICT_OK);
    CHECK(world_verdict(&w, 1) == -1);
    esme_resp(s, first, SMPP_ROK);
    CHECK(world_verdict(&w, 1) == VERDICT_OK);
    smpp_sess_free(s);
    world_stop(&w);
}

static void ignores_answers_to_nothing(void)
{
    uint64_t unknown = stat_get(STAT_smpp_resp_unknown);
    struct smpp_sess *s, *other;
    uint32_t n;

    begin();
    s = esme_bound(&w);
    other = esme_bound(&w);
    world_sms(&w, 1, "hello");
    n = esme_deliver(s, NULL);
    if (n == 0) { /* it went to the other one */
        struct smpp_sess *swap = s;

        s = other;
        other = swap;
        n = esme_deliver(s, NULL);
    }
    CHECK(n != 0);
    esme_resp(other, n, SMPP_ROK); /* numbers are of a session */
    esme_resp(s, n + s->slots, SMPP_ROK);
    esme_resp(s, 0, SMPP_ROK);
    CHECK(w.acks == 0);
    esme_resp(s, n, SMPP_ROK);
    esme_resp(s, n, SMPP_RX_P_APPN); /* twice: the first counts */
    CHECK(w.acks == 1 && world_verdict(&w, 1) == VERDICT_OK);
    CHECK(stat_get(STAT_smpp_resp_unknown) == unknown + 4);
    esme_put(s, 0x80000103, 0, 1, "", 0);
    CHECK(stat_get(STAT_smpp_resp_unknown) == unknown + 5);
    CHECK(s->state == SMPP_BOUND);
    smpp_sess_free(s);
    smpp_sess_free(other);
    world_stop(&w);
}

static void a_nack_is_no_success(void)
{
    struct smpp_sess *s;

    begin();
    s = esme_bound(&w);
    world_sms(&w, 1, "hello");
    esme_put(s, SMPP_GENERIC_NACK, SMPP_ROK, esme_deliver(s, NULL), "", 0);
    CHECK(world_verdict(&w, 1) == VERDICT_TEMPFAIL);
    smpp_sess_free(s);
    world_stop(&w);
}

static void reads_nothing_from_who_does_not_read(void)
{
    struct smpp_sess *s;
    unsigned n = 0;

    begin();
    s = esme_bound(&w);
    while (smpp_sess_may_read(s) && n < 100000) {
        esme_put(s, SMPP_ENQUIRE_LINK, 0, ++n, "", 0);
    }
    CHECK(n == SMPP_OUT_HIGH / SMPP_HEAD + 1);
    smpp_sess_wrote(s, s->out.len - s->out.at);
    CHECK(smpp_sess_may_read(s));
    smpp_sess_free(s);
    world_stop(&w);
}

int main(void)
{
    SHOWS("SM-01", binds_in_each_mode);
    SHOWS("SM-01", refuses_who_may_not_bind);
    SHOWS("SM-01", refuses_more_binds_than_allowed);
    SHOWS("SM-01", wants_a_bind_first_and_once);
    a_transmitter_gets_nothing();
    SHOWS("SM-05", waits_for_a_bind_so_long);
    SHOWS("SM-05", enquires_and_is_enquired);
    SHOWS("SM-05", ends_what_is_inactive);
    SHOWS("SM-05", unbinds);
    SHOWS("SM-05", answers_what_makes_no_sense);
    tells_what_it_cannot_do();
    SHOWS("SM-05", ends_at_a_bad_length);
    SHOWS("SM-05", keeps_little_of_strangers);
    reads_octet_by_octet();
    SHOWS("SM-06", numbers_from_one_and_round);
    SHOWS("SM-06", ignores_answers_to_nothing);
    a_nack_is_no_success();
    SHOWS("SM-05", reads_nothing_from_who_does_not_read);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_wait_test.c - message waiting on the wire and at the border: reports,
 * questions about numbers whose application is away, alerts
 */

#include "check.h"
#include "gw/stat.h"
#include "map_op.h"
#include "ss7_peer.h"

#include <poll.h>
#include <pthread.h>

enum { SOON_MS = 5000, NOT_MS = 60, NATIONAL = 0xa1 };

#define VMN  "447700900123"
#define SMSC "447700900321"

static const char prefix[2][HLR_MSISDN_MAX + 1] = { "4477", "44770090" };
static struct ss7_conf conf;
static struct peer peer;
static pthread_t thread;
static struct ss7_event event;

/* What came out last: its addresses, its message, its components. */
static struct mtp_transfer out;
static uint8_t octets[MTP_DATA_MAX];
static struct sccp_msg sccp;
static struct tcap_msg msg;
static struct rd_err err;
static struct tcap_comp comp[3];
static int comps;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void fresh_with(bool sri)
{
    peer_conf(&conf);
    conf.alert = true;
    conf.alert_sri = sri;
    conf.n_routes = 2;
    conf.route_prefix = prefix;
    CHECK(ss7_init(&conf) == 0 && ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void fresh(void)
{
    fresh_with(true);
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

static bool event_is(int what, int timeout_ms)
{
    while (ss7_take(&event, 1, timeout_ms) == 1)
        if ((int)event.what == what)
            return true;
    return false;
}

/* What was told before has been heard: the border keeps the order. */
static void heard(void)
{
    CHECK(ss7_alert(0, "nonsense", VMN, 1) && event_is(SS7_ALERTED, SOON_MS));
}

static void away(bool is)
{
    ss7_away(1, is);
    heard();
}

static void list_full(bool is)
{
    ss7_waiting_full(is);
    heard();
}

/* ---- to the box ---- */

static void put_message(const struct wr *tcap)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    struct sccp_msg m = { .type = SCCP_UDT,
                          .called = sccp_addr_e164("447700970000", 6),
                          .calling = sccp_addr_e164(SMSC, 8),
                          .data = tcap->buf,
                          .data_len = tcap->len,
                          .importance = -1 };
    struct mtp_transfer x = {
        .opc = 2, .dpc = 1, .ni = 2, .si = MTP_SI_SCCP, .data = buf
    };

    sccp_msg_write(&w, &m);
    CHECK(wr_ok(tcap) && wr_ok(&w));
    x.len = (uint16_t)w.len;
    CHECK(link_put_transfer(peer.link, &x) == 0 && peer_flush(&peer));
}

static void begin_with(uint8_t version, int32_t op, const struct wr *arg)
{
    uint8_t buf[400];
    struct wr w = wr_init(buf, sizeof(buf));
    struct tcap_dialogue aarq = {
        .pdu = TCAP_DLG_AARQ,
        .has_version = true,
        .version1 = true,
        .acn = tcap_acn_map(MAP_AC_SHORT_MSG_GATEWAY, version),
    };
    struct tcap_tid otid = tcap_tid_of(7);
    size_t mark = tcap_open(&w, TCAP_BEGIN, &otid, NULL), list;

    if (version > 1)
        tcap_dialogue_write(&w, &aarq);
    list = tcap_comps_open(&w);
    tcap_invoke_write(&w, 5, op, arg->buf, arg->len);
    tcap_comps_close(&w, list);
    tcap_close(&w, mark);
    put_message(&w);
}

static void report(uint8_t version, uint8_t nai, const char *number,
                   uint8_t outcome)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_status_arg arg = { .msisdn.nai_npi = nai,
                                  .sc_addr = { MAP_E164_INTERNATIONAL, SMSC },
                                  .has_outcome = true,
                                  .outcome = outcome,
                                  .diagnostic = -1 };

    strcpy(arg.msisdn.digits, number);
    map_status_arg_write(&w, version, &arg);
    begin_with(version, MAP_OP_REPORT_STATUS, &w);
}

static void ask(uint8_t version, uint8_t nai, const char *number, bool priority)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_sri_sm_arg arg = { .msisdn.nai_npi = nai,
                                  .sc_addr = { MAP_E164_INTERNATIONAL, SMSC },
                                  .priority = priority };

    strcpy(arg.msisdn.digits, number);
    map_sri_sm_arg_write(&w, version, &arg);
    begin_with(version, MAP_OP_SRI_SM, &w);
}

/* ---- from the box ---- */

static bool next_frame(int timeout_ms)
{
    struct pollfd fd = { .fd = link_fd(peer.link), .events = POLLIN };
    struct link_frame f;

    for (;;) {
        while (peer.in_packet && link_next(peer.link, &f) > 0)
            if (link_transfer_read(&f, &out) == 0)
                return true;
        peer.in_packet = link_read(peer.link) > 0;
        if (!peer.in_packet && poll(&fd, 1, timeout_ms) <= 0)
            return false;
    }
}

static bool comes(uint8_t type)
{
    struct rd r;

    comps = 0;
    if (!next_frame(SOON_MS))
        return false;
    memcpy(octets, out.data, out.len);
    r = rd_init(octets, out.len, &err);
    CHECK(sccp_msg_read(&r, &sccp));
    r = rd_init(sccp.data, sccp.data_len, &err);
    CHECK(tcap_msg_read(&r, &msg) == -1);
    while (msg.has_components && comps < 3 &&
           tcap_comp_next(&msg.components, &comp[comps]) == 1)
        comps++;
    return msg.type == type;
}

static bool is_result(void)
{
    return comes(TCAP_END) && comps == 1 && comp[0].type == TCAP_RESULT_LAST;
}
static bool is_error(int32_t code)
{
    return comes(TCAP_END) && comps == 1 && comp[0].type == TCAP_ERROR &&
           comp[0].error == code;
}

/* ---- reports ---- */

static void a_report_reaches_the_border(void)
{
    static const uint8_t outcome[] = { MAP_OUTCOME_ABSENT,
                                       MAP_OUTCOME_MEMORY_FULL,
                                       MAP_OUTCOME_SUCCESS };

    fresh();
    for (uint8_t v = 1; v <= 3; v++)
        for (int i = 0; i < 3; i++) {
            report(v, MAP_E164_INTERNATIONAL, VMN, outcome[i]);
            CHECK(is_result());
            CHECK(event_is(SS7_WAITING, SOON_MS));
            CHECK(event.waiting.network == 0 && event.waiting.route == 1);
            CHECK(strcmp(event.waiting.msisdn, VMN) == 0);
            CHECK(strcmp(event.waiting.sc, SMSC) == 0);
            CHECK(event.waiting.outcome ==
                  (v == 1 ? MAP_OUTCOME_ABSENT : outcome[i]));
        }
    end();
}

/* Whoever wrote the number in another way will be told the stored one. */
static void a_report_is_told_the_stored_number(void)
{
    struct map_status_res res;

    fresh();
    report(3, NATIONAL, "7700900123", MAP_OUTCOME_ABSENT);
    CHECK(is_result() && comp[0].has_param);
    map_status_res_read(&comp[0].param, 3, &res);
    CHECK(res.has_stored && strcmp(res.stored.digits, VMN) == 0);
    CHECK(event_is(SS7_WAITING, SOON_MS));
    CHECK(strcmp(event.waiting.msisdn, VMN) == 0);
    report(3, MAP_E164_INTERNATIONAL, VMN, MAP_OUTCOME_ABSENT);
    CHECK(is_result() && !comp[0].has_param);
    end();
}

static void refuses_reports_about_strangers(void)
{
    fresh();
    report(3, MAP_E164_INTERNATIONAL, "447700990001", MAP_OUTCOME_ABSENT);
    CHECK(is_error(MAP_ERR_UNKNOWN_SUBSCRIBER));
    report(3, MAP_E164_INTERNATIONAL, "447700900150", MAP_OUTCOME_ABSENT);
    CHECK(is_result()); /* it is barred: there is nothing to wait for */
    CHECK(!event_is(SS7_WAITING, NOT_MS));
    end();
}

static void says_when_the_list_is_full(void)
{
    fresh();
    list_full(true);
    report(3, MAP_E164_INTERNATIONAL, VMN, MAP_OUTCOME_ABSENT);
    CHECK(is_error(MAP_ERR_MESSAGE_WAITING_LIST_FULL));
    CHECK(!event_is(SS7_WAITING, NOT_MS));
    report(3, MAP_E164_INTERNATIONAL, VMN, MAP_OUTCOME_SUCCESS);
    CHECK(is_result() && event_is(SS7_WAITING, SOON_MS));
    list_full(false);
    report(3, MAP_E164_INTERNATIONAL, VMN, MAP_OUTCOME_ABSENT);
    CHECK(is_result() && event_is(SS7_WAITING, SOON_MS));
    end();
}

static void forgets_reports_without_a_list(void)
{
    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0 && ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    report(3, MAP_E164_INTERNATIONAL, "447700990001", MAP_OUTCOME_ABSENT);
    CHECK(is_result());
    CHECK(!event_is(SS7_WAITING, NOT_MS));
    end();
}

/* ---- questions ---- */

/* The components, in either order: an error, and the state of the list. */
static bool is_away(uint8_t version, uint16_t mw, bool stored)
{
    int32_t code =
        version == 3 ? MAP_ERR_ABSENT_SUBSCRIBER_SM : MAP_ERR_ABSENT_SUBSCRIBER;
    struct map_inform_arg inform;

    if (!comes(TCAP_END) || comps != (version == 1 ? 1 : 2))
        return false;
    CHECK(comp[0].type == TCAP_ERROR && comp[0].error == code);
    if (version == 1)
        return true;
    CHECK(comp[1].type == TCAP_INVOKE && comp[1].op == MAP_OP_INFORM_SC);
    map_inform_arg_read(&comp[1].param, version, &inform);
    return inform.mw == mw && inform.mw_bits == MAP_MW_BITS &&
           inform.has_stored == stored &&
           (!stored || strcmp(inform.stored.digits, VMN) == 0);
}

static void a_number_without_application_is_absent(void)
{
    uint64_t absent = stat_get(STAT_sri_away);

    fresh();
    away(true);
    for (uint8_t v = 1; v <= 3; v++) {
        ask(v, MAP_E164_INTERNATIONAL, VMN, false);
        CHECK(is_away(v, MAP_MW_NOT_REACHABLE, false));
        CHECK(event_is(SS7_WAITING, SOON_MS));
        CHECK(strcmp(event.waiting.msisdn, VMN) == 0);
        CHECK(strcmp(event.waiting.sc, SMSC) == 0);
        CHECK(event.waiting.outcome == MAP_OUTCOME_ABSENT);
    }
    ask(3, NATIONAL, "7700900123", false);
    CHECK(is_away(3, MAP_MW_NOT_REACHABLE, true));
    CHECK(stat_get(STAT_sri_away) == absent + 4);
    ask(3, MAP_E164_INTERNATIONAL, "447700900150", false);
    CHECK(is_error(MAP_ERR_CALL_BARRED));
    ask(3, MAP_E164_INTERNATIONAL, VMN, true); /* let it try */
    CHECK(is_result());
    away(false);
    ask(3, MAP_E164_INTERNATIONAL, VMN, false);
    CHECK(is_result());
    end();
}

static void says_who_is_not_on_the_list(void)
{
    fresh();
    away(true);
    list_full(true);
    ask(3, MAP_E164_INTERNATIONAL, VMN, false);
    CHECK(is_away(3, MAP_MW_NOT_REACHABLE | MAP_MW_SC_NOT_INCLUDED, false));
    CHECK(!event_is(SS7_WAITING, NOT_MS));
    end();
}

static void answers_as_ever_unless_told_to(void)
{
    fresh_with(false);
    away(true);
    ask(3, MAP_E164_INTERNATIONAL, VMN, false);
    CHECK(is_result());
    end();
}

/* ---- alerts ---- */

static void answer_alert(bool result)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark, list;

    if (!result) { /* it knows version 1 only */
        mark = tcap_open(&w, TCAP_ABORT, NULL, &msg.otid);
        tcap_p_abort_write(&w, TCAP_P_INCORRECT);
    } else {
        mark = tcap_open(&w, TCAP_END, NULL, &msg.otid);
        list = tcap_comps_open(&w);
        tcap_result_write(&w, comp[0].id, comp[0].op, NULL, 0);
        tcap_comps_close(&w, list);
    }
    tcap_close(&w, mark);
    put_message(&w);
}

static void an_alert_goes_to_the_service_centre(void)
{
    struct map_alert_arg arg;

    fresh();
    CHECK(ss7_alert(0, SMSC, VMN, 77));
    CHECK(comes(TCAP_BEGIN) && comps == 1);
    CHECK(strcmp(sccp.called.gt.digits, SMSC) == 0 && sccp.called.ssn == 8);
    CHECK(strcmp(sccp.calling.gt.digits, "447700970000") == 0);
    CHECK(sccp.calling.ssn == 6);
    CHECK(msg.dlg.acn.ac == 23 && msg.dlg.acn.version == 2);
    CHECK(comp[0].type == TCAP_INVOKE && comp[0].op == MAP_OP_ALERT_SC);
    map_alert_arg_read(&comp[0].param, &arg);
    CHECK(rd_ok(&comp[0].param));
    CHECK(strcmp(arg.msisdn.digits, VMN) == 0);
    CHECK(arg.msisdn.nai_npi == MAP_E164_INTERNATIONAL);
    CHECK(strcmp(arg.sc_addr.digits, SMSC) == 0);
    answer_alert(true);
    CHECK(event_is(SS7_ALERTED, SOON_MS));
    CHECK(event.alerted.ref == 77 && event.alerted.v == VERDICT_OK);
    end();
}

static void an_old_one_is_alerted_in_its_version(void)
{
    fresh();
    CHECK(ss7_alert(0, SMSC, VMN, 78));
    CHECK(comes(TCAP_BEGIN));
    answer_alert(false);
    CHECK(comes(TCAP_BEGIN) && comps == 1 && msg.dlg.pdu == TCAP_DLG_NONE);
    CHECK(comp[0].op == MAP_OP_ALERT_SC_WITHOUT_RESULT);
    end();
}

static void an_alert_that_cannot_go_fails_for_now(void)
{
    fresh();
    CHECK(ss7_alert(0, "nonsense", VMN, 79));
    CHECK(event_is(SS7_ALERTED, SOON_MS));
    CHECK(event.alerted.ref == 79 && event.alerted.v == VERDICT_TEMPFAIL);
    end();
}

int main(void)
{
    SHOWS("HL-09", a_report_reaches_the_border);
    SHOWS("HL-09", a_report_is_told_the_stored_number);
    SHOWS("HL-09", refuses_reports_about_strangers);
    SHOWS("HL-09", says_when_the_list_is_full);
    forgets_reports_without_a_list();
    SHOWS("HL-08", a_number_without_application_is_absent);
    SHOWS("HL-08", says_who_is_not_on_the_list);
    SHOWS("HL-08", answers_as_ever_unless_told_to);
    SHOWS("HL-10", an_alert_goes_to_the_service_centre);
    SHOWS("HL-10", an_old_one_is_alerted_in_its_version);
    SHOWS("HL-10", an_alert_that_cannot_go_fails_for_now);
    return CHECK_DONE();
}

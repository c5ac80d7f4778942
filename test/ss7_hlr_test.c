/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_hlr_test.c - the register's answers on the wire: questions passed on to
 * another HLR, a partner's title, IMSIs made for one question, probes
 */

#include "ss7_hlr.h"

#include "check.h"
#include "gw/stat.h"
#include "ss7_peer.h"

#include <poll.h>
#include <pthread.h>

enum { SOON_MS = 5000, NOT_MS = 60 };
enum { INTERNATIONAL = 0x91, TT = 17, PC_SMSC = 2 };

#define VMN      "447700900123"
#define STRANGER "447700990001"
#define SMSC     "447700900321"
#define MSC_GT   "447700970777"
#define ALIAS_GT "447700970778"
#define RELAY_GT "447700970099"

static struct ss7_conf conf;
static struct peer peer;
static pthread_t thread;

/* What came out last. */
static struct mtp_transfer out;
static uint8_t octets[MTP_DATA_MAX];
static struct sccp_msg msg;
static struct peer_answer got;
static struct ss7_event event;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void begin(const struct hlr_row *row)
{
    struct hlr_table *t = peer_table();
    const char *why;

    if (row != NULL)
        CHECK(hlr_table_put(t, row, &why) == 0);
    CHECK(ss7_init(&conf) == 0 && ss7_table(t));
}

static void start(void)
{
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void fresh(void)
{
    peer_conf(&conf);
    conf.network[0].relay = true;
    strcpy(conf.network[0].relay_gt, RELAY_GT);
    begin(NULL);
    start();
}

static void end(void)
{
    ss7_stop();
    while (!peer.down && peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

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

/* Something came out: `out', `msg' and `got' say what. */
static bool comes(int timeout_ms)
{
    struct rd_err err;
    struct rd r;

    if (!next_frame(timeout_ms))
        return false;
    memcpy(octets, out.data, out.len);
    out.data = octets;
    r = rd_init(octets, out.len, &err);
    CHECK(sccp_msg_read(&r, &msg));
    peer_read(&out, &got);
    return true;
}

static void put(const struct sccp_msg *m)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    struct mtp_transfer x = { .opc = PC_SMSC,
                              .dpc = 1,
                              .ni = 2,
                              .si = MTP_SI_SCCP,
                              .sls = 5,
                              .data = buf };

    sccp_msg_write(&w, m);
    CHECK(wr_ok(&w));
    x.len = (uint16_t)w.len;
    CHECK(link_put_transfer(peer.link, &x) == 0 && peer_flush(&peer));
}

/* TCAP of a question or a message, version 1 unless it has an AARQ. */
static uint8_t tcap[300];
static size_t tcap_len;

static void write_aarq(struct wr *w)
{
    struct tcap_dialogue aarq = { .pdu = TCAP_DLG_AARQ,
                                  .has_version = true,
                                  .version1 = true,
                                  .acn = tcap_acn_map(20, 3) };

    tcap_dialogue_write(w, &aarq);
}

static void write_invoke(uint32_t otid, const struct tcap_tid *dtid,
                         bool version3, int32_t op, const struct wr *arg)
{
    struct wr w = wr_init(tcap, sizeof(tcap));
    struct tcap_tid tid = tcap_tid_of(otid);
    size_t mark =
        tcap_open(&w, dtid == NULL ? TCAP_BEGIN : TCAP_CONTINUE, &tid, dtid);
    size_t comps;

    if (version3)
        write_aarq(&w);
    comps = tcap_comps_open(&w);
    tcap_invoke_write(&w, 1, op, arg->buf, arg->len);
    tcap_comps_close(&w, comps);
    tcap_close(&w, mark);
    CHECK(wr_ok(arg) && wr_ok(&w));
    tcap_len = w.len;
}

static void write_sri(uint32_t otid, const struct tcap_tid *dtid,
                      const char *number, bool probe)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_sri_sm_arg arg = {
        .msisdn.nai_npi = INTERNATIONAL,
        .sc_addr = { INTERNATIONAL, SMSC },
        .delivery_not_intended = probe,
    };

    strcpy(arg.msisdn.digits, number);
    map_sri_sm_arg_write(&w, dtid != NULL || probe ? 3 : 1, &arg);
    write_invoke(otid, dtid, probe, MAP_OP_SRI_SM, &w);
}

static struct sccp_msg to_hlr(void)
{
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .pclass = 1,
        .return_opt = true,
        .called = sccp_addr_e164(STRANGER, SCCP_SSN_HLR),
        .calling = sccp_addr_e164(SMSC, SCCP_SSN_MSC),
        .data = tcap,
        .data_len = tcap_len,
        .importance = -1,
    };

    m.called.gt.tt = TT;
    m.calling.national = true; /* whatever it is, it is kept */
    return m;
}

static void ask(uint32_t otid, const char *number)
{
    struct sccp_msg m;

    write_sri(otid, NULL, number, false);
    m = to_hlr();
    put(&m);
}

static bool is_error(uint32_t dtid, int32_t error)
{
    return got.type == TCAP_END && got.dtid == dtid && got.comp == TCAP_ERROR &&
           got.error == error;
}

/* The question itself came out, for the other HLR. */
static bool is_relayed(const struct sccp_msg *was)
{
    const struct sccp_gt *gt = &msg.called.gt;

    CHECK(strcmp(gt->digits, RELAY_GT) == 0 && gt->np == 1 && gt->nai == 4);
    CHECK(!msg.called.on_ssn && msg.called.ssn == SCCP_SSN_HLR);
    CHECK(msg.pclass == was->pclass && msg.return_opt == was->return_opt);
    return out.opc == 1 && msg.data_len == tcap_len &&
           memcmp(msg.data, tcap, tcap_len) == 0;
}

static void passes_a_question_on_as_it_came(void)
{
    uint64_t relayed = stat_get(STAT_sri_relayed);
    struct sccp_msg m;

    fresh();
    ask(1, STRANGER);
    m = to_hlr();
    CHECK(comes(SOON_MS) && is_relayed(&m));
    CHECK(out.dpc == PC_SMSC && out.sls == 5 && msg.type == SCCP_UDT);
    CHECK(msg.called.gt.gti == 4 && msg.called.gt.tt == TT);
    CHECK(sccp_addr_equal(&msg.calling, &m.calling) && msg.calling.national);
    ask(2, VMN);
    CHECK(comes(SOON_MS) && got.dtid == 2 && got.comp == TCAP_RESULT_LAST);
    ask(3, "447700900150"); /* ours, barred */
    CHECK(comes(SOON_MS) && is_error(3, MAP_ERR_CALL_BARRED));
    CHECK(!comes(NOT_MS));
    CHECK(stat_get(STAT_sri_relayed) == relayed + 1);
    end();
}

static void passes_nothing_on_unless_told_to(void)
{
    peer_conf(&conf);
    begin(NULL);
    start();
    ask(1, STRANGER);
    CHECK(comes(SOON_MS) && is_error(1, MAP_ERR_UNKNOWN_SUBSCRIBER));
    CHECK(!comes(NOT_MS));
    end();
}

/* The other HLR, or an STP, sends it back: here it ends. */
static void a_question_that_comes_back_is_answered(void)
{
    uint64_t loops = stat_get(STAT_sri_relay_loop);
    struct sccp_msg back;

    fresh();
    ask(1, STRANGER);
    CHECK(comes(SOON_MS));
    back = msg;
    put(&back);
    CHECK(comes(SOON_MS) && is_error(1, MAP_ERR_UNKNOWN_SUBSCRIBER));
    CHECK(strcmp(msg.called.gt.digits, SMSC) == 0);
    ask(2, STRANGER); /* asked anew, with another transaction id */
    CHECK(comes(SOON_MS) && strcmp(msg.called.gt.digits, RELAY_GT) == 0);
    CHECK(!comes(NOT_MS));
    CHECK(stat_get(STAT_sri_relay_loop) == loops + 1);
    end();
}

static void passes_on_what_came_in_segments(void)
{
    struct sccp_msg m;
    size_t cut;

    fresh();
    write_sri(1, NULL, STRANGER, false);
    cut = tcap_len / 2;
    m = to_hlr();
    m.type = SCCP_XUDT;
    m.hops = 9;
    m.has_seg = m.seg_first = m.seg_class1 = true;
    m.seg_left = 1;
    m.seg_ref[0] = 1;
    m.data_len = cut;
    put(&m);
    m.seg_first = false;
    m.seg_left = 0;
    m.data += cut;
    m.data_len = tcap_len - cut;
    put(&m);
    CHECK(comes(SOON_MS) && is_relayed(&m));
    CHECK(!comes(NOT_MS));
    end();
}

/* Routed on SSN, so without titles: whoever asked would be lost behind us. */
static void writes_down_whom_the_answer_is_for(void)
{
    struct sccp_msg m;

    fresh();
    write_sri(1, NULL, STRANGER, false);
    m = to_hlr();
    m.called = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 6 };
    m.calling = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 8 };
    put(&m);
    CHECK(comes(SOON_MS) && is_relayed(&m));
    CHECK(msg.calling.on_ssn && msg.calling.has_pc && msg.calling.ssn == 8);
    CHECK(msg.calling.pc == PC_SMSC);
    end();
}

/* Two without titles that happen to have the same transaction id. */
static void two_who_ask_the_same_are_not_one_who_comes_back(void)
{
    uint64_t loops = stat_get(STAT_sri_relay_loop);
    struct sccp_msg m;

    fresh();
    write_sri(1, NULL, STRANGER, false);
    m = to_hlr();
    m.called = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 6 };
    m.calling = (struct sccp_addr){
        .on_ssn = true, .has_ssn = true, .ssn = 8, .has_pc = true, .pc = 77
    };
    put(&m);
    CHECK(comes(SOON_MS) && is_relayed(&m) && msg.calling.pc == 77);
    m.calling.pc = 78;
    put(&m);
    CHECK(comes(SOON_MS) && is_relayed(&m) && msg.calling.pc == 78);
    m.calling.has_pc = false; /* PC_SMSC, which it then says */
    put(&m);
    CHECK(comes(SOON_MS) && is_relayed(&m) && msg.calling.pc == PC_SMSC);
    CHECK(stat_get(STAT_sri_relay_loop) == loops);
    m = msg;
    m.called = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 6 };
    put(&m);
    CHECK(comes(SOON_MS) && is_error(1, MAP_ERR_UNKNOWN_SUBSCRIBER));
    CHECK(stat_get(STAT_sri_relay_loop) == loops + 1);
    end();
}

static void a_rule_leads_to_the_other_hlr(void)
{
    struct gtt_rule rule = { .prefix = RELAY_GT,
                             .tt = GTT_ANY,
                             .np = GTT_ANY,
                             .nai = GTT_ANY,
                             .action = GTT_PC,
                             .pc = 77 };

    peer_conf(&conf);
    conf.network[0].relay = true;
    strcpy(conf.network[0].relay_gt, RELAY_GT);
    conf.network[0].gtt = &rule;
    conf.network[0].n_gtt = 1;
    begin(NULL);
    start();
    ask(1, STRANGER);
    CHECK(comes(SOON_MS) && out.dpc == 77);
    end();
    /* one that leads here leads nowhere */
    rule.action = GTT_LOCAL;
    begin(NULL);
    start();
    peer_sri(&peer,
             &(struct peer_msg){ .version = 1, .otid = 3, .number = STRANGER });
    peer_flush(&peer);
    CHECK(comes(SOON_MS) && is_error(3, MAP_ERR_SYSTEM_FAILURE));
    end();
}

/* The peer has our transaction id already: no other HLR can go on with it. */
static void a_dialogue_of_ours_cannot_be_passed_on(void)
{
    uint64_t failed = stat_get(STAT_sri_relay_failed);
    struct wr w = wr_init(tcap, sizeof(tcap));
    struct tcap_tid tid = tcap_tid_of(9);
    size_t mark = tcap_open(&w, TCAP_BEGIN, &tid, NULL);
    struct sccp_msg m;

    fresh();
    write_aarq(&w);
    tcap_close(&w, mark);
    tcap_len = w.len;
    m = to_hlr();
    put(&m);
    CHECK(comes(SOON_MS) && got.type == TCAP_CONTINUE);
    write_sri(9, &got.otid, STRANGER, false);
    m = to_hlr();
    put(&m);
    CHECK(comes(SOON_MS) && is_error(9, MAP_ERR_SYSTEM_FAILURE));
    CHECK(stat_get(STAT_sri_relay_failed) == failed + 1);
    CHECK(!comes(NOT_MS));
    end();
}

static void send_to(const char *title, uint32_t otid, const char *imsi)
{
    static const uint8_t tpdu[] = { 0x04, 0x05, 0x81, 0x21, 0x43, 0xf5,
                                    0x00, 0x00, 0x42, 0x50, 0x71, 0x21,
                                    0x43, 0x65, 0x00, 0x00 };
    uint8_t buf[200];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_mt_sm_arg arg = { .da = MAP_DA_IMSI,
                                 .oa = MAP_OA_SERVICE_CENTRE,
                                 .oa_addr = { INTERNATIONAL, SMSC },
                                 .tpdu_len = sizeof(tpdu) };
    struct sccp_msg m;

    strcpy(arg.imsi, imsi);
    memcpy(arg.tpdu, tpdu, sizeof(tpdu));
    map_mt_sm_arg_write(&w, 1, &arg);
    write_invoke(otid, NULL, false, MAP_OP_FORWARD_SM, &w);
    m = to_hlr();
    m.called = sccp_addr_e164(title, SCCP_SSN_MSC);
    put(&m);
}

static bool delivered(uint32_t otid)
{
    while (ss7_take(&event, 1, SOON_MS) == 1 && event.what != SS7_SMS)
        ;
    if (event.what != SS7_SMS)
        return false;
    ss7_verdict(event.sms.id, VERDICT_OK, (struct map_err){ .cause = -1 });
    return comes(SOON_MS) && got.dtid == otid && got.comp == TCAP_RESULT_LAST;
}

/* A partner is dead, and the network leads its title here. */
static void takes_messages_for_a_partners_title(void)
{
    struct gtt_rule rule = { .prefix = "447700900",
                             .tt = GTT_ANY,
                             .np = GTT_ANY,
                             .nai = GTT_ANY,
                             .action = GTT_LOCAL };

    peer_conf(&conf);
    conf.network[0].gtt = &rule; /* so that not every title is ours */
    conf.network[0].n_gtt = 1;
    begin(NULL);
    start();
    send_to(ALIAS_GT, 1, "234157700900123");
    CHECK(comes(SOON_MS) && msg.type == SCCP_UDTS);
    end();
    strcpy(conf.network[0].alias_gt[0], ALIAS_GT);
    conf.network[0].n_alias = 1;
    begin(NULL);
    start();
    send_to(ALIAS_GT, 2, "234157700900123");
    CHECK(delivered(2) && strcmp(event.sms.vmn, VMN) == 0);
    CHECK(strcmp(msg.calling.gt.digits, MSC_GT) == 0);
    end();
}

static void an_imsi_made_for_a_question_leads_back(void)
{
    struct hlr_row row = { .first = VMN,
                           .last = VMN,
                           .correlation = true,
                           .cid = 1,
                           .status = HLR_ACTIVE,
                           .route = HLR_ROUTE_NONE };
    struct corr_keys keys = { .n = 1, .key[0].octet = "any will do here" };
    char imsi[16];

    peer_conf(&conf);
    conf.network[0].corr_bind = true;
    begin(&row);
    hlr_srv_set_keys(ss7_hlr_srv(), &keys);
    start();
    ask(1, VMN);
    CHECK(comes(SOON_MS) && got.comp == TCAP_RESULT_LAST);
    strcpy(imsi, got.sri.imsi);
    CHECK(strlen(imsi) == 15 && strncmp(imsi, "23415", 5) == 0);
    CHECK(strcmp(imsi, "234157700900123") != 0);
    send_to(MSC_GT, 2, imsi);
    CHECK(delivered(2) && strcmp(event.sms.vmn, VMN) == 0);
    CHECK(strcmp(event.sms.imsi, imsi) == 0);
    end();
}

static void a_probe_learns_no_imsi(void)
{
    struct sccp_msg m;

    fresh();
    write_sri(1, NULL, VMN, true);
    m = to_hlr();
    put(&m);
    CHECK(comes(SOON_MS) && got.comp == TCAP_RESULT_LAST);
    CHECK(strcmp(got.sri.imsi, "234150000000000") == 0);
    send_to(MSC_GT, 2, got.sri.imsi);
    CHECK(comes(SOON_MS) && is_error(2, MAP_ERR_UNIDENTIFIED_SUBSCRIBER));
    end();
}

int main(void)
{
    passes_a_question_on_as_it_came();
    passes_nothing_on_unless_told_to();
    SHOWS("SC-11", a_question_that_comes_back_is_answered);
    passes_on_what_came_in_segments();
    writes_down_whom_the_answer_is_for();
    SHOWS("SC-11", two_who_ask_the_same_are_not_one_who_comes_back);
    a_rule_leads_to_the_other_hlr();
    a_dialogue_of_ours_cannot_be_passed_on();
    takes_messages_for_a_partners_title();
    SHOWS("HL-04 HL-13", an_imsi_made_for_a_question_leads_back);
    SHOWS("HL-07", a_probe_learns_no_imsi);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_test.c - routing, returning, forwarding and management, with a
 * recorder below and a recorder above
 *
 * The node under test is PC 1 (and 3); 2 and 4 are its STPs.
 */

#include "check.h"
#include "gw/stat.h"
#include "sccp.h"
#include "slog.h"
#include "unhex.h"

enum { SENT_MAX = 32 };

struct sent {
    struct mtp_transfer t;
    uint8_t octets[MTP_DATA_MAX];
    struct sccp_msg m; /* as read from them */
};

static struct {
    struct timer_wheel wheel;
    struct gtt *gtt;
    struct sccp *sccp;
    struct sccp_conf conf;
    struct mtp_provider down;
    struct sent sent[SENT_MAX];
    unsigned n_sent;
    bool refuse; /* the provider takes nothing */
    struct sccp_ind ind;
    uint8_t data[SCCP_USER_DATA_MAX];
    unsigned n_ind, n_notice;
    uint8_t cause;
    struct sccp_addr called, calling;
    size_t data_len;
} now;

static int record_send(void *self, const struct mtp_transfer *t)
{
    struct sent *s = &now.sent[now.n_sent];
    struct rd_err err;
    struct rd r;

    (void)self;
    if (now.refuse)
        return -1;
    CHECK(now.n_sent < SENT_MAX && t->len <= MTP_DATA_MAX);
    s->t = *t;
    memcpy(s->octets, t->data, t->len);
    r = rd_init(s->octets, t->len, &err);
    CHECK(sccp_msg_read(&r, &s->m));
    CHECK(t->opc == 1 && t->si == MTP_SI_SCCP && t->ni == 2);
    now.n_sent++;
    return 0;
}

static void record_unitdata(void *ctx, const struct sccp_ind *ind)
{
    CHECK(ctx == &now && ind->data_len <= sizeof(now.data));
    now.ind = *ind;
    memcpy(now.data, ind->data, ind->data_len);
    now.n_ind++;
}

static void record_notice(void *ctx, uint8_t cause,
                          const struct sccp_addr *called,
                          const struct sccp_addr *calling, const uint8_t *data,
                          size_t data_len)
{
    CHECK(ctx == &now && data_len <= sizeof(now.data));
    now.cause = cause;
    now.called = *called;
    now.calling = *calling;
    memcpy(now.data, data, data_len);
    now.data_len = data_len;
    now.n_notice++;
}

static const struct sccp_user user = { record_unitdata, record_notice };

static void add_rule(const char *prefix, enum gtt_action action, uint32_t pc,
                     uint8_t ssn)
{
    struct gtt_rule r = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = action,
        .pc = pc,
        .ssn = ssn,
    };

    snprintf(r.prefix, sizeof(r.prefix), "%s", prefix);
    CHECK(gtt_add(now.gtt, &r) == 0);
}

static void setup(void)
{
    now.n_sent = now.n_ind = now.n_notice = 0;
    now.refuse = false;
    timer_wheel_init(&now.wheel, 1000);
    now.down = (struct mtp_provider){ record_send, &now };
    now.gtt = gtt_new();
    add_rule("44770090", GTT_LOCAL, 0, 0);
    add_rule("447700905", GTT_LOCAL, 0, 8);
    add_rule("49", GTT_PC, 100, 0);
    add_rule("50", GTT_PC_SSN, 101, 7);
    add_rule("51", GTT_PC_SSN, 101, 0);
    add_rule("33", GTT_PC, 2, 0);
    add_rule("34", GTT_PC, 3, 0);
    now.conf = (struct sccp_conf){
        .pc = { 1, 3 },
        .n_pc = 2,
        .ni = 2,
        .gtt = now.gtt,
        .default_pc = { 2, 4 },
        .n_default_pc = 2,
        .ssn = { 6, 8 },
        .n_ssn = 2,
        .reasm_ms = 12000,
        .udt_max = 268,
    };
    now.sccp = sccp_new(&now.conf, &now.wheel, &now.down, &user, &now);
}

static void teardown(void)
{
    sccp_free(now.sccp);
    CHECK(now.wheel.running == 0);
    gtt_free(now.gtt);
}

static struct mtp_transfer from_stp(const uint8_t *o, size_t n)
{
    return (struct mtp_transfer){
        .opc = 2,
        .dpc = 1,
        .ni = 2,
        .si = MTP_SI_SCCP,
        .sls = 5,
        .assoc = 1,
        .len = (uint16_t)n,
        .data = o,
    };
}

static void in_octets(const uint8_t *o, size_t n)
{
    struct mtp_transfer t = from_stp(o, n);

    sccp_mtp_transfer(now.sccp, &t);
}

static void in_hex(const char *hex)
{
    uint8_t o[1000];

    in_octets(o, unhex(hex, o, sizeof(o)));
}

static void in_msg(const struct sccp_msg *m)
{
    uint8_t o[MTP_DATA_MAX];
    struct wr w = wr_init(o, sizeof(o));

    sccp_msg_write(&w, m);
    CHECK(wr_ok(&w));
    in_octets(o, w.len);
}

static struct sccp_msg message(enum sccp_type type, const char *to)
{
    return (struct sccp_msg){
        .type = type,
        .return_opt = true,
        .hops = 15,
        .called = sccp_addr_e164(to, 6),
        .calling = sccp_addr_e164("447785000001", 8),
        .data = (const uint8_t *)"abcdefg",
        .data_len = 7,
        .importance = -1,
    };
}

/* The last thing sent is a service message with this cause back to PC 2. */
static bool returned(enum sccp_type type, uint8_t cause)
{
    const struct sent *s = &now.sent[now.n_sent - 1];

    return now.n_sent == 1 && s->m.type == type && s->m.cause == cause &&
           s->t.sls == 5 &&
           strcmp(s->m.called.gt.digits, "447785000001") == 0 &&
           s->m.data_len == 7 && memcmp(s->m.data, "abcdefg", 7) == 0;
}

static struct sccp_req request(const char *to, const uint8_t *data, size_t n)
{
    return (struct sccp_req){
        .called = sccp_addr_e164(to, 8),
        .calling = sccp_addr_e164("447700900123", 6),
        .return_opt = true,
        .data = data,
        .data_len = n,
        .sls = 6,
    };
}

static void delivers_by_global_title(void)
{
    struct sccp_msg m = message(SCCP_UDT, "447700900123");

    setup();
    m.pclass = 1;
    in_msg(&m);
    CHECK(now.n_ind == 1 && now.n_sent == 0);
    CHECK(now.ind.called.ssn == 6 && now.ind.pclass == 1);
    CHECK(now.ind.return_opt && now.ind.opc == 2);
    CHECK(now.ind.sls == 5 && now.ind.assoc == 1);
    CHECK(now.ind.data_len == 7 && memcmp(now.data, "abcdefg", 7) == 0);
    CHECK(strcmp(now.ind.calling.gt.digits, "447785000001") == 0);
    teardown();
}

static void takes_the_subsystem_from_the_rule(void)
{
    struct sccp_msg m = message(SCCP_UDT, "447700905123");

    setup();
    m.called.ssn = 0;
    in_msg(&m);
    CHECK(now.n_ind == 1 && now.ind.called.ssn == 8);
    CHECK(now.ind.called.wire_len == 0);
    m.called.has_ssn = false;
    in_msg(&m);
    CHECK(now.n_ind == 2 && now.ind.called.has_ssn && now.ind.called.ssn == 8);
    teardown();
}

static void delivers_by_subsystem_whatever_the_point_code(void)
{
    struct sccp_msg m = message(SCCP_LUDT, "");

    setup();
    m.called = (struct sccp_addr){
        .on_ssn = true, .has_pc = true, .pc = 77, .has_ssn = true, .ssn = 8
    };
    in_msg(&m);
    CHECK(now.n_ind == 1 && now.ind.called.ssn == 8);
    m.called.ssn = 9;
    in_msg(&m);
    CHECK(now.n_ind == 1 && returned(SCCP_LUDTS, SCCP_CAUSE_UNEQUIPPED_USER));
    teardown();
}

static void returns_what_has_no_translation(void)
{
    struct sccp_msg m = message(SCCP_UDT, "999");

    setup();
    in_msg(&m);
    CHECK(returned(SCCP_UDTS, SCCP_CAUSE_NO_TRANSLATION));
    CHECK(strcmp(now.sent[0].m.calling.gt.digits, "999") == 0);
    m.return_opt = false;
    in_msg(&m);
    m.return_opt = true;
    m.calling = (struct sccp_addr){ 0 }; /* nobody to return it to */
    in_msg(&m);
    CHECK(now.n_sent == 1);
    teardown();
}

static void returns_what_is_of_another_nature(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "6112");
    struct gtt_rule r = { .prefix = "61", .tt = GTT_ANY, .np = 1, .nai = 4 };

    setup();
    CHECK(gtt_add(now.gtt, &r) == 0);
    m.called.gt.nai = 3;
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_NO_TRANSLATION_NATURE));
    CHECK(now.sent[0].m.hops == 15);
    teardown();
}

static void returns_by_the_state_of_the_subsystem(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "447700900123");

    setup();
    m.called.ssn = 7;
    m.has_seg = m.seg_first = true;
    m.seg_left = 1;
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_UNEQUIPPED_USER));
    CHECK(now.wheel.running == 0); /* no segment is kept for nobody */
    now.n_sent = 0;
    m.has_seg = false;
    m.called.ssn = 6;
    sccp_set_ssn(now.sccp, 6, false);
    in_msg(&m);
    CHECK(now.n_sent-- == 2 && now.sent[1].m.called.ssn == 1); /* SSP */
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_SUBSYSTEM_FAILURE));
    CHECK(now.n_ind == 0);
    sccp_set_ssn(now.sccp, 6, true);
    in_msg(&m);
    CHECK(now.n_ind == 1);
    teardown();
}

static void a_return_goes_to_the_origin_if_the_stps_are_down(void)
{
    struct sccp_msg m = message(SCCP_UDT, "999");
    uint8_t o[300];
    struct wr w = wr_init(o, sizeof(o));
    struct mtp_transfer t;

    setup();
    sccp_msg_write(&w, &m);
    t = from_stp(o, w.len);
    t.opc = 55;
    sccp_mtp_transfer(now.sccp, &t);
    CHECK(now.n_sent == 1 && now.sent[0].t.dpc == 4); /* SLS 5, second STP */
    sccp_mtp_pause(now.sccp, 4, 0);
    sccp_mtp_transfer(now.sccp, &t);
    CHECK(now.n_sent == 2 && now.sent[1].t.dpc == 2);
    sccp_mtp_pause(now.sccp, 2, 0);
    sccp_mtp_transfer(now.sccp, &t);
    CHECK(now.n_sent == 3 && now.sent[2].t.dpc == 55);
    CHECK(now.sent[2].t.assoc == 1);
    sccp_mtp_pause(now.sccp, 48, 4); /* 48 to 63 */
    sccp_mtp_transfer(now.sccp, &t);
    CHECK(now.n_sent == 3);
    sccp_mtp_resume(now.sccp, 0, 14);
    sccp_mtp_transfer(now.sccp, &t);
    CHECK(now.n_sent == 4 && now.sent[3].t.dpc == 4);
    teardown();
}

static void never_answers_a_service_message(void)
{
    static const enum sccp_type types[] = { SCCP_UDTS, SCCP_XUDTS, SCCP_LUDTS };

    setup();
    for (size_t i = 0; i < 3; i++) {
        struct sccp_msg m = message(types[i], "999");

        in_msg(&m);
        m = message(types[i], "447700900123");
        m.called.ssn = 99;
        in_msg(&m);
        m = message(types[i], "33123"); /* a loop */
        in_msg(&m);
    }
    CHECK(now.n_sent == 0 && now.n_ind == 0 && now.n_notice == 0);
    teardown();
}

static void tells_the_user_what_came_back(void)
{
    struct sccp_msg m = message(SCCP_UDTS, "447700900123");

    setup();
    m.cause = SCCP_CAUSE_NETWORK_CONGESTION;
    in_msg(&m);
    CHECK(now.n_notice == 1 && now.cause == SCCP_CAUSE_NETWORK_CONGESTION);
    CHECK(strcmp(now.called.gt.digits, "447785000001") == 0);
    CHECK(strcmp(now.calling.gt.digits, "447700900123") == 0);
    CHECK(now.data_len == 7 && memcmp(now.data, "abcdefg", 7) == 0);

    /* of a segmented message the first segment, and only that */
    m.type = SCCP_XUDTS;
    m.has_seg = true;
    m.seg_left = 1;
    in_msg(&m);
    CHECK(now.n_notice == 1);
    m.seg_first = true;
    in_msg(&m);
    CHECK(now.n_notice == 2 && now.n_sent == 0);
    teardown();
}

static void forwards_with_the_octets_kept(void)
{
    /* a filler F, spare bits in a point code, an unknown parameter */
    static const char in[] = "11800f040f1c1f"
                             "0b12060011049499999999f9"
                             "0d13c2c606001204447700093012"
                             "03aabbcc"
                             "f001ff00";
    uint8_t o[100];
    size_t n = unhex(in, o, sizeof(o));

    setup();
    in_octets(o, n);
    CHECK(now.n_sent == 1 && now.sent[0].t.dpc == 100);
    CHECK(now.sent[0].t.sls == 5 && now.sent[0].t.len == n);
    o[2] = 14;
    CHECK(memcmp(now.sent[0].octets, o, n) == 0);
    teardown();
}

static void forwards_routed_on_subsystem(void)
{
    struct sccp_msg m = message(SCCP_UDT, "5012");
    const struct sent *s = &now.sent[0];

    setup();
    m.called.has_pc = true;
    m.called.pc = 1;
    in_msg(&m);
    CHECK(now.n_sent == 1 && s->t.dpc == 101 && s->m.called.on_ssn);
    CHECK(s->m.called.ssn == 7 && s->m.called.pc == 101);
    CHECK(strcmp(s->m.called.gt.digits, "5012") == 0 && s->m.return_opt);

    now.n_sent = 0;
    m = message(SCCP_UDT, "5112");
    in_msg(&m);
    CHECK(now.n_sent == 1 && s->t.dpc == 101 && s->m.called.ssn == 6);
    now.n_sent = 0;
    m.called.has_ssn = false;
    in_msg(&m);
    CHECK(returned(SCCP_UDTS, SCCP_CAUSE_UNEQUIPPED_USER));
    teardown();
}

static void never_forwards_to_the_origin_or_to_itself(void)
{
    struct sccp_msg m = message(SCCP_UDT, "33123");
    uint64_t loops = stat_get(STAT_sccp_loop);

    setup();
    in_msg(&m);
    CHECK(returned(SCCP_UDTS, SCCP_CAUSE_NO_TRANSLATION));
    now.n_sent = 0;
    m = message(SCCP_UDT, "34123");
    in_msg(&m);
    CHECK(returned(SCCP_UDTS, SCCP_CAUSE_NO_TRANSLATION));
    CHECK(stat_get(STAT_sccp_loop) == loops + 2);
    teardown();
}

static void counts_hops_down_to_the_last(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "49123");

    setup();
    m.hops = 2;
    in_msg(&m);
    CHECK(now.n_sent == 1 && now.sent[0].m.hops == 1);
    now.n_sent = 0;
    m.hops = 1;
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_HOP_COUNTER));
    now.n_sent = 0;
    m.hops = 0;
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_HOP_COUNTER));
    now.n_sent = 0;
    m.hops = 255;
    in_msg(&m);
    CHECK(now.n_sent == 1 && now.sent[0].m.hops == 14);
    teardown();
}

static void forwards_nothing_to_a_paused_node(void)
{
    struct sccp_msg m = message(SCCP_UDT, "49123");

    setup();
    sccp_mtp_pause(now.sccp, 100, 0);
    in_msg(&m);
    CHECK(returned(SCCP_UDTS, SCCP_CAUSE_MTP_FAILURE));
    now.n_sent = 0;
    sccp_mtp_resume(now.sccp, 100, 0);
    in_msg(&m);
    CHECK(now.n_sent == 1 && now.sent[0].t.dpc == 100);
    teardown();
}

static void answers_the_subsystem_status_test(void)
{
    static const char sst[] = "0900030507024201024201050306010000";

    setup();
    in_hex(sst);
    CHECK(now.n_sent == 1 && now.sent[0].t.dpc == 2);
    CHECK(now.sent[0].t.sls == 5 && now.sent[0].t.len == 21);
    CHECK(memcmp(now.sent[0].octets,
                 "\x09\x00\x03\x07\x0b\x04\x43\x02\x00\x01\x04\x43\x01\x00\x01"
                 "\x05\x01\x06\x01\x00\x00",
                 21) == 0);
    in_hex("0900030507024201024201050301010000"); /* of management itself */
    CHECK(now.n_sent == 2);
    in_hex("0900030507024201024201050308030000"); /* by our other code */
    CHECK(now.n_sent == 3);
    in_hex("0900030507024201024201050307010000"); /* no such subsystem */
    in_hex("0900030507024201024201050306090000"); /* of another node */
    sccp_set_ssn(now.sccp, 6, false);
    in_hex(sst);
    CHECK(now.n_sent == 3);
    teardown();
}

static void accepts_other_management(void)
{
    uint64_t before = stat_get(STAT_sccp_management);

    setup();
    in_hex("0900030507024201024201050106010000");   /* SSA */
    in_hex("0900030507024201024201050206010000");   /* SSP */
    in_hex("090003050702420102420106060601000004"); /* SSC */
    in_hex("09000305070242010242010103");           /* SST, cut */
    in_hex("09000305070242010242010100");
    CHECK(now.n_sent == 0 && now.n_ind == 0);
    CHECK(stat_get(STAT_sccp_management) == before + 5);
    teardown();
}

static void drops_and_counts_what_it_does_not_know(void)
{
    uint64_t other = stat_get(STAT_sccp_unsupported);
    uint64_t bad = stat_get(STAT_sccp_malformed);

    setup();
    in_hex("01000001020005");
    in_hex("0601020304");
    in_hex("");
    in_hex("0980030e");
    CHECK(now.n_sent == 0 && now.n_ind == 0);
    CHECK(stat_get(STAT_sccp_unsupported) == other + 2);
    CHECK(stat_get(STAT_sccp_malformed) == bad + 2);
    teardown();
}

static void puts_segments_together(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "447700900123");

    setup();
    m.pclass = 1;
    m.has_seg = m.seg_first = true;
    m.seg_left = 1;
    in_msg(&m);
    CHECK(now.n_ind == 0 && now.wheel.running == 1);
    m.seg_first = m.return_opt = false;
    m.seg_left = 0;
    m.data_len = 3;
    in_msg(&m);
    CHECK(now.n_ind == 1 && now.n_sent == 0);
    CHECK(now.ind.data_len == 10 && memcmp(now.data, "abcdefgabc", 10) == 0);
    CHECK(now.ind.return_opt && now.ind.pclass == 0);
    teardown();
}

static void returns_the_first_segment_of_a_broken_sequence(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "447700900123");

    setup();
    m.has_seg = m.seg_first = m.seg_class1 = true;
    m.seg_left = 4;
    in_msg(&m);
    m.seg_first = m.return_opt = false;
    for (m.seg_left = 2; m.seg_left > 0; m.seg_left--)
        in_msg(&m);
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_SEGMENTATION) && now.n_ind == 0);
    CHECK(now.sent[0].m.has_seg && now.sent[0].m.seg_first);
    CHECK(now.sent[0].m.seg_left == 4 && now.sent[0].m.seg_class1);
    teardown();
}

static void gives_a_set_up_without_a_word(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "447700900123");
    uint64_t expired = stat_get(STAT_sccp_reasm_expired);

    setup();
    m.has_seg = m.seg_first = true;
    m.seg_left = 1;
    in_msg(&m);
    timer_run(&now.wheel, 1000 + 12000 + 2 * TIMER_TICK_MS);
    CHECK(now.n_sent == 0 && now.n_ind == 0);
    CHECK(stat_get(STAT_sccp_reasm_expired) == expired + 1);
    teardown();
}

static void refuses_more_sets_than_it_has(void)
{
    struct sccp_msg m = message(SCCP_XUDT, "447700900123");

    setup();
    m.has_seg = m.seg_first = true;
    m.seg_left = 1;
    for (unsigned i = 0; i < SCCP_REASM_SETS; i++) {
        m.seg_ref[0] = (uint8_t)i;
        m.seg_ref[1] = (uint8_t)(i >> 8);
        in_msg(&m);
    }
    CHECK(now.n_sent == 0);
    m.seg_ref[2] = 1;
    in_msg(&m);
    CHECK(returned(SCCP_XUDTS, SCCP_CAUSE_NO_REASSEMBLY));
    teardown();
}

static void sends_by_the_table_then_the_stps_then_back(void)
{
    struct sccp_req req = request("49123", (const uint8_t *)"xy", 2);
    uint8_t cause;

    setup();
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[0].t.dpc == 100 && now.sent[0].t.sls == 6);
    CHECK(now.sent[0].t.assoc == 0xff && now.sent[0].m.return_opt);

    req.called = sccp_addr_e164("999", 8);
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[1].t.dpc == 2);
    req.sls = 7;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[2].t.dpc == 4);

    sccp_mtp_pause(now.sccp, 0, 14);
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_MTP_FAILURE);
    sccp_mtp_resume(now.sccp, 9, 0);
    req.has_back_pc = true;
    req.back_pc = 9;
    req.back_assoc = 3;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[3].t.dpc == 9 && now.sent[3].t.assoc == 3);
    teardown();
}

static void sends_on_subsystem_to_the_point_code_or_back(void)
{
    struct sccp_req req = request("49123", (const uint8_t *)"xy", 2);
    uint8_t cause;

    setup();
    req.called.on_ssn = true; /* the title is there, but does not count */
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_NO_TRANSLATION);
    req.has_back_pc = true;
    req.back_pc = 9;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[0].t.dpc == 9);
    req.called.has_pc = true;
    req.called.pc = 12;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[1].t.dpc == 12);
    req.called.pc = 1; /* ourselves: it cannot be meant */
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.sent[2].t.dpc == 9);
    req.back_pc = 3;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_NO_TRANSLATION && now.n_sent == 3);
    teardown();
}

static void says_why_nothing_was_sent(void)
{
    struct sccp_req req = request("447700900123", (const uint8_t *)"xy", 2);
    uint8_t cause;

    setup();
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_NO_TRANSLATION);
    req.called = sccp_addr_e164("999", 8);
    now.refuse = true;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_MTP_FAILURE);
    CHECK(now.n_sent == 0);
    teardown();
}

/* The largest UDT with two addresses of 11 octets: 268 - 5 - 24 - 1. */
static void sends_segments_when_a_udt_is_too_small(void)
{
    static uint8_t text[SCCP_USER_DATA_MAX];
    struct sccp_req req = request("999900000000", text, 238);
    uint8_t cause;
    size_t at = 0;

    setup();
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7 + i / 251);
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.n_sent == 1 && now.sent[0].m.type == SCCP_UDT);
    CHECK(now.sent[0].t.len == 268);

    now.n_sent = 0;
    req.data_len = 1000;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.n_sent == 5);
    for (unsigned i = 0; i < now.n_sent; i++) {
        const struct sent *s = &now.sent[i];

        CHECK(s->m.type == SCCP_XUDT && s->m.pclass == 1 && s->m.hops == 15);
        CHECK(s->t.sls == 6 && s->t.dpc == 2 && s->t.len <= 268);
        CHECK(s->m.has_seg && !s->m.seg_class1 && s->m.seg_left == 4 - i);
        CHECK(s->m.seg_first == (i == 0) && s->m.return_opt == (i == 0));
        CHECK(memcmp(s->m.seg_ref, now.sent[0].m.seg_ref, 3) == 0);
        CHECK(memcmp(s->m.data, text + at, s->m.data_len) == 0);
        at += s->m.data_len;
    }
    CHECK(at == 1000);
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(memcmp(now.sent[5].m.seg_ref, now.sent[0].m.seg_ref, 3) != 0);
    now.n_sent = 0;
    req.data_len = SCCP_USER_DATA_MAX;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_SEGMENTATION && now.n_sent == 0);
    teardown();
}

static void answers_to_the_octets_received(void)
{
    struct sccp_req req = request("", (const uint8_t *)"xy", 2);
    uint8_t cause;

    setup();
    in_hex("0900030e190b1206001204447700091032"
           "0b12080011854477850000f10764054903010203");
    CHECK(now.n_ind == 1);
    req.called = now.ind.calling;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(memcmp(now.sent[0].octets + 5,
                 "\x0b\x12\x08\x00\x11\x85\x44\x77\x85\x00\x00\xf1", 12) == 0);
    teardown();
}

static unsigned n_lines;

static void count_lines(enum slog_level level, const char *place,
                        const char *line)
{
    CHECK(level == SLOG_WARNING && strcmp(place, "ss7.sccp") == 0);
    CHECK(line[0] != '\0');
    n_lines++;
}

static void a_peer_cannot_fill_the_log(void)
{
    struct sccp_msg m = message(SCCP_UDT, "999");

    setup();
    n_lines = 0;
    m.return_opt = false;
    for (unsigned i = 0; i < 1000; i++) {
        in_msg(&m);
        in_hex("0980030e");
    }
    CHECK(n_lines == 2 * SLOG_BURST);
    teardown();
}

int main(void)
{
    slog_set(count_lines, SLOG_DEBUG);
    SHOWS("SC-04 SC-16", delivers_by_global_title);
    SHOWS("SC-06", takes_the_subsystem_from_the_rule);
    SHOWS("SC-05", delivers_by_subsystem_whatever_the_point_code);
    SHOWS("SC-04 SC-07 SC-08", returns_what_has_no_translation);
    SHOWS("SC-08", returns_what_is_of_another_nature);
    SHOWS("SC-07 SC-08", returns_by_the_state_of_the_subsystem);
    a_return_goes_to_the_origin_if_the_stps_are_down();
    SHOWS("SC-07", never_answers_a_service_message);
    tells_the_user_what_came_back();
    SHOWS("SC-04 SC-11 SC-17", forwards_with_the_octets_kept);
    SHOWS("SC-04", forwards_routed_on_subsystem);
    SHOWS("SC-11", never_forwards_to_the_origin_or_to_itself);
    SHOWS("SC-08 SC-11", counts_hops_down_to_the_last);
    SHOWS("SC-08", forwards_nothing_to_a_paused_node);
    SHOWS("SC-14", answers_the_subsystem_status_test);
    SHOWS("SC-14", accepts_other_management);
    SHOWS("SC-01 SC-21", drops_and_counts_what_it_does_not_know);
    SHOWS("SC-09", puts_segments_together);
    SHOWS("SC-08 SC-09", returns_the_first_segment_of_a_broken_sequence);
    SHOWS("SC-09", gives_a_set_up_without_a_word);
    SHOWS("SC-08 SC-09", refuses_more_sets_than_it_has);
    SHOWS("SC-13", sends_by_the_table_then_the_stps_then_back);
    SHOWS("SC-13", sends_on_subsystem_to_the_point_code_or_back);
    says_why_nothing_was_sent();
    SHOWS("SC-10 SC-15", sends_segments_when_a_udt_is_too_small);
    SHOWS("SC-12", answers_to_the_octets_received);
    a_peer_cannot_fill_the_log();
    return CHECK_DONE();
}

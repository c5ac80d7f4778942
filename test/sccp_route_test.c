/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_route_test.c - rules that change titles and that lead to several nodes
 */

#include "sccp_world.h"

static uint32_t sent_to(const char *digits, uint8_t sls)
{
    struct sccp_msg m = world_msg(SCCP_UDT, digits);

    world_in(9, sls, &m);
    return world_last_dpc();
}

/* What becomes of a message that no node takes: it goes back by the STP. */
static uint8_t returned_with(const char *digits)
{
    unsigned before = now.n_sent;

    CHECK(sent_to(digits, 0) == 2 && now.n_sent == before + 1);
    CHECK(world_last()->type == SCCP_UDTS);
    return world_last()->cause;
}

/* Mobile global title to MSISDN form, E.214 to E.164. */
static void a_mobile_global_title_becomes_a_number(void)
{
    struct gtt_rule r = world_rule("4477", GTT_PC, 11);
    struct sccp_msg m = world_msg(SCCP_XUDT, "44779001234");
    const struct sccp_addr *to = &now.sent[0].m.called;

    world_prepare();
    r.np = 7;
    r.change = (struct gtt_change){
        .strip = 4, .prepend = "447700", .set_np = true, .np = 1
    };
    CHECK(gtt_add(now.gtt, &r) == 0);
    world_start();
    m.called.gt.np = 7;
    world_in(2, 0, &m);
    CHECK(now.n_sent == 1 && world_last_dpc() == 11);
    CHECK(to->gt.gti == 4 && to->gt.np == 1 && to->gt.nai == 4);
    CHECK(strcmp(to->gt.digits, "4477009001234") == 0 && !to->on_ssn);
    CHECK(memcmp(to->wire, "\x12\x08\x00\x11\x04\x44\x77\x00\x09\x10\x32\x04",
                 12) == 0);
    CHECK(to->ssn == 8 && now.sent[0].m.hops == 14);
    CHECK(memcmp(now.sent[0].m.data, "abcdefg", 7) == 0);
    m.called.gt.np = 1; /* the rule is for E.214 */
    world_in(2, 0, &m);
    CHECK(world_last()->cause == SCCP_CAUSE_NO_TRANSLATION_NATURE);
    world_end();
}

/* In what we send ourselves as well, and for a destination on SSN. */
static void titles_of_our_own_messages_are_changed(void)
{
    struct gtt_rule r = world_rule("49", GTT_PC_SSN, 12);
    struct sccp_req req = {
        .called = sccp_addr_e164("4915123", 8),
        .calling = sccp_addr_e164("447700900123", 6),
        .data = (const uint8_t *)"xy",
        .data_len = 2,
    };
    uint8_t cause;

    world_prepare();
    r.ssn = 149;
    r.change = (struct gtt_change){
        .set_tt = true, .tt = 9, .set_nai = true, .nai = 3, .strip = 2
    };
    CHECK(gtt_add(now.gtt, &r) == 0);
    world_start();
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(world_last_dpc() == 12 && world_last()->called.on_ssn);
    CHECK(world_last()->called.ssn == 149 && world_last()->called.gt.tt == 9);
    CHECK(world_last()->called.gt.nai == 3);
    CHECK(strcmp(world_last()->called.gt.digits, "15123") == 0);
    world_end();
}

static void a_title_that_nothing_is_left_of_is_returned(void)
{
    struct gtt_rule r = world_rule("49", GTT_PC, 11);

    world_prepare();
    r.change.strip = 4;
    CHECK(gtt_add(now.gtt, &r) == 0);
    world_start();
    CHECK(returned_with("491") == SCCP_CAUSE_NO_TRANSLATION);
    CHECK(strcmp(world_last()->calling.gt.digits, "491") == 0);
    CHECK(returned_with("4915") == SCCP_CAUSE_NO_TRANSLATION);
    CHECK(sent_to("49151", 0) == 11);
    CHECK(strcmp(world_last()->called.gt.digits, "1") == 0);
    world_end();
}

static void several(const char *prefix, enum gtt_action action, bool share)
{
    struct gtt_rule r = world_rule(prefix, action, 11);

    r.ssn = action == GTT_PC_SSN ? 8 : 0;
    r.share = share;
    r.n_more = 2;
    r.more[0] = 12;
    r.more[1] = 13;
    CHECK(gtt_add(now.gtt, &r) == 0);
}

static void a_backup_is_used_while_those_before_it_are_away(void)
{
    world_prepare();
    several("49", GTT_PC, false);
    world_start();
    for (uint8_t sls = 0; sls < 16; sls++)
        CHECK(sent_to("49", sls) == 11);
    sccp_mtp_pause(now.sccp, 11, 0);
    CHECK(sent_to("49", 0) == 12 && sent_to("49", 1) == 12);
    sccp_mtp_pause(now.sccp, 12, 0);
    CHECK(sent_to("49", 0) == 13);
    sccp_mtp_resume(now.sccp, 11, 0);
    CHECK(sent_to("49", 0) == 11);
    sccp_mtp_pause(now.sccp, 11, 0);
    sccp_mtp_pause(now.sccp, 13, 0);
    CHECK(returned_with("49") == SCCP_CAUSE_MTP_FAILURE);
    world_end();
}

/* How many of the 16 SLS lead to a node. */
static unsigned part_of(uint32_t pc)
{
    unsigned n = 0;

    now.n_sent = 0;
    for (uint8_t sls = 0; sls < 16; sls++)
        n += sent_to("49", sls) == pc;
    return n;
}

static void the_load_is_shared_by_sls(void)
{
    uint32_t before[16];

    world_prepare();
    several("49", GTT_PC, true);
    world_start();
    CHECK(part_of(11) == 6 && part_of(12) == 5 && part_of(13) == 5);
    for (uint8_t sls = 0; sls < 16; sls++)
        before[sls] = sent_to("49", sls);
    now.n_sent = 0;
    sccp_mtp_pause(now.sccp, 11, 0);
    CHECK(part_of(11) == 0 && part_of(12) == 8 && part_of(13) == 8);
    for (uint8_t sls = 0; sls < 16; sls++) /* the others stay where they were */
        CHECK(before[sls] == 11 || sent_to("49", sls) == before[sls]);
    sccp_mtp_pause(now.sccp, 12, 0);
    CHECK(part_of(13) == 16);
    sccp_mtp_resume(now.sccp, 11, 0);
    sccp_mtp_resume(now.sccp, 12, 0);
    for (uint8_t sls = 0; sls < 16; sls++)
        CHECK(sent_to("49", sls) == before[sls]);
    world_end();
}

static void a_node_named_more_often_gets_more(void)
{
    struct gtt_rule r = world_rule("49", GTT_PC, 11);

    world_prepare();
    r.share = true;
    r.n_more = 3;
    r.more[0] = r.more[1] = 11;
    r.more[2] = 12;
    CHECK(gtt_add(now.gtt, &r) == 0);
    world_start();
    CHECK(part_of(11) == 12 && part_of(12) == 4);
    world_end();
}

/* The origin is no destination, even of a rule that names it. */
static void of_several_nodes_the_sender_is_passed_over(void)
{
    struct sccp_msg m = world_msg(SCCP_UDT, "49");

    world_prepare();
    several("49", GTT_PC, false);
    world_start();
    world_in(11, 0, &m);
    CHECK(now.n_sent == 1 && world_last_dpc() == 12);
    sccp_mtp_pause(now.sccp, 12, 0);
    sccp_mtp_pause(now.sccp, 13, 0);
    world_in(11, 0, &m);
    CHECK(now.n_sent == 2 && world_last()->cause == SCCP_CAUSE_MTP_FAILURE);
    world_end();
}

/* From `opc', about SSN 8 of `pc'. */
static void management(uint32_t opc, uint8_t format, uint8_t pc)
{
    uint8_t data[] = { format, 8, pc, 0, 0 };
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .called = { .on_ssn = true, .has_ssn = true, .ssn = 1 },
        .calling = { .on_ssn = true, .has_ssn = true, .ssn = 1 },
        .data = data,
        .data_len = sizeof(data),
        .importance = -1,
    };

    world_in(opc, 0, &m);
}

static void a_prohibited_subsystem_is_passed_over(void)
{
    world_prepare();
    several("49", GTT_PC_SSN, false);
    several("50", GTT_PC, false);
    world_start();
    management(11, 2, 11);
    CHECK(sent_to("49", 0) == 12);
    CHECK(sent_to("50", 0) == 11); /* translates there: not its business */
    management(2, 2, 12);          /* told by the STP */
    CHECK(sent_to("49", 0) == 13);
    sccp_mtp_pause(now.sccp, 13, 0);
    CHECK(returned_with("49") == SCCP_CAUSE_SUBSYSTEM_FAILURE);
    management(11, 1, 11);
    CHECK(sent_to("49", 0) == 11);
    sccp_mtp_pause(now.sccp, 11, 0);
    sccp_mtp_pause(now.sccp, 12, 0);
    CHECK(returned_with("49") == SCCP_CAUSE_MTP_FAILURE);
    sccp_mtp_resume(now.sccp, 12, 0); /* back, and nothing known of it */
    CHECK(sent_to("49", 0) == 12);
    world_end();
}

/* 238 octets fit into a UDT of 268 with two addresses of 11 octets. */
static void without_xudt_what_is_too_long_is_refused(void)
{
    static const uint8_t text[1000];
    struct sccp_req req = {
        .called = sccp_addr_e164("999900000000", 8),
        .calling = sccp_addr_e164("447700900123", 6),
        .data = text,
        .data_len = 238,
    };
    uint64_t too_long = stat_get(STAT_sccp_too_long);
    uint8_t cause = 0;

    world_prepare();
    now.conf.no_xudt = true;
    world_start();
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(now.n_sent == 1 && world_last()->type == SCCP_UDT);
    req.data_len = 239;
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_NO_SEGMENTATION && now.n_sent == 1);
    CHECK(stat_get(STAT_sccp_too_long) == too_long + 1);
    world_end();
}

/* As when tables are exchanged: what was no rule's title stays here or not. */
static void another_table_counts_for_the_next_message(void)
{
    struct gtt *other = gtt_new();
    struct gtt_rule r = world_rule("49", GTT_PC, 11);
    struct sccp_msg m = world_msg(SCCP_UDT, "50");

    world_prepare();
    now.conf.gt_local = true;
    CHECK(gtt_add(now.gtt, &r) == 0);
    r.pc = 12;
    CHECK(gtt_add(other, &r) == 0);
    world_start();
    CHECK(sent_to("49", 0) == 11);
    world_in(11, 0, &m);
    CHECK(now.n_ind == 1);
    sccp_set_gtt(now.sccp, other, false);
    CHECK(sent_to("49", 0) == 12);
    world_in(11, 0, &m);
    CHECK(now.n_ind == 1);
    CHECK(returned_with("50") == SCCP_CAUSE_NO_TRANSLATION);
    world_end();
    gtt_free(other);
}

/* Importance, two parameters that nobody knows, and the end. */
#define OPTIONAL "\x12\x01\x05\xf0\x02\xaa\xbb\x55\x00"

static void optional_parameters_hold_nothing_up(void)
{
    static const uint8_t opt[] = OPTIONAL;
    struct sccp_msg m = world_msg(SCCP_XUDT, "49");
    struct gtt_rule r = world_rule("49", GTT_PC, 11);
    size_t len;

    world_prepare();
    CHECK(gtt_add(now.gtt, &r) == 0);
    world_start();
    m.opt = opt;
    m.opt_len = sizeof(opt) - 1; /* the end is not a parameter */
    world_in(5, 0, &m);
    CHECK(now.n_sent == 1 && world_last_dpc() == 11); /* on with all of it */
    len = now.sent[0].t.len;
    CHECK(len > sizeof(opt) && world_last()->importance == 5);
    CHECK(memcmp(now.sent[0].octets + len - sizeof(opt), opt, sizeof(opt)) ==
          0);
    m.called.on_ssn = true;
    world_in(5, 0, &m);
    CHECK(now.n_ind == 1);
    m.called.ssn = 9; /* there is none: back it goes, with them */
    world_in(5, 0, &m);
    CHECK(now.n_ind == 1 && world_last()->type == SCCP_XUDTS);
    CHECK(world_last()->importance == 5);
    world_end();
}

int main(void)
{
    SHOWS("SC-18", a_mobile_global_title_becomes_a_number);
    SHOWS("SC-18", titles_of_our_own_messages_are_changed);
    SHOWS("SC-18", a_title_that_nothing_is_left_of_is_returned);
    SHOWS("SC-19", a_backup_is_used_while_those_before_it_are_away);
    SHOWS("SC-19", the_load_is_shared_by_sls);
    SHOWS("SC-19", a_node_named_more_often_gets_more);
    SHOWS("SC-19", of_several_nodes_the_sender_is_passed_over);
    SHOWS("SC-14 SC-19", a_prohibited_subsystem_is_passed_over);
    SHOWS("SC-15", without_xudt_what_is_too_long_is_refused);
    SHOWS("SC-04", another_table_counts_for_the_next_message);
    SHOWS("SC-17", optional_parameters_hold_nothing_up);
    return CHECK_DONE();
}

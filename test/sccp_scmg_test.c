/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_scmg_test.c - what nodes tell each other of their subsystems
 *
 * First the table alone, with a recorder; then through all of SCCP.
 */

#include "sccp_scmg.h"
#include "sccp_world.h"

/* ---- the table ---- */

static struct {
    unsigned tests, resumed;
    uint16_t pc;
    uint8_t ssn;
} told;

static void record_test(void *ctx, uint16_t pc, uint8_t ssn)
{
    CHECK(ctx == &told);
    told.tests++;
    told.pc = pc;
    told.ssn = ssn;
}

static void record_resumed(void *ctx, uint16_t pc)
{
    CHECK(ctx == &told);
    told.resumed++;
    told.pc = pc;
}

static const struct sccp_scmg_ops ops = { record_test, record_resumed };

static struct sccp_scmg *table_new(struct timer_wheel *wheel)
{
    memset(&told, 0, sizeof(told));
    timer_wheel_init(wheel, 0);
    return sccp_scmg_new(wheel, &ops, &told);
}

static void reads_what_it_writes(void)
{
    static const struct sccp_scmg_msg msgs[] = {
        { .format = SCCP_SCMG_SSP, .ssn = 8, .pc = 0x3fff },
        { .format = SCCP_SCMG_SSC, .ssn = 1, .pc = 0x0102, .congestion = 8 },
    };
    static const char *const wire[] = { "\x02\x08\xff\x3f\x00",
                                        "\x06\x01\x02\x01\x00\x08" };

    for (size_t i = 0; i < 2; i++) {
        uint8_t o[8];
        struct wr w = wr_init(o, sizeof(o));
        struct sccp_scmg_msg m;
        struct rd_err err;
        struct rd r;

        sccp_scmg_write(&w, &msgs[i]);
        CHECK(wr_ok(&w) && w.len == 5 + i && memcmp(o, wire[i], w.len) == 0);
        r = rd_init(o, w.len, &err);
        sccp_scmg_read(&r, &m);
        CHECK(rd_ok(&r) && memcmp(&m, &msgs[i], sizeof(m)) == 0);
        for (size_t n = 0; n < w.len; n++) {
            r = rd_init(o, n, &err);
            sccp_scmg_read(&r, &m);
            CHECK(!rd_ok(&r));
        }
    }
}

/* 30 s, 60 s and so on, but never more than 10 min. */
static void tests_until_it_is_allowed(void)
{
    static const uint64_t after_s[] = { 30, 60, 120, 240, 480, 600, 600 };
    struct timer_wheel wheel;
    struct sccp_scmg *s = table_new(&wheel);

    CHECK(sccp_scmg_prohibit(s, 77, 8));
    CHECK(!sccp_scmg_prohibit(s, 77, 8)); /* known */
    CHECK(sccp_scmg_is_prohibited(s, 77, 8));
    CHECK(!sccp_scmg_is_prohibited(s, 77, 6));
    CHECK(!sccp_scmg_is_prohibited(s, 78, 8));
    for (unsigned i = 0; i < 7; i++) {
        timer_run(&wheel, wheel.now_ms + after_s[i] * 1000 - TIMER_TICK_MS);
        CHECK(told.tests == i);
        timer_run(&wheel, wheel.now_ms + 2 * TIMER_TICK_MS);
        CHECK(told.tests == i + 1 && told.pc == 77 && told.ssn == 8);
    }
    CHECK(sccp_scmg_allow(s, 77, 8) && !sccp_scmg_allow(s, 77, 8));
    CHECK(wheel.running == 0 && !sccp_scmg_is_prohibited(s, 77, 8));
    sccp_scmg_free(s);
    sccp_scmg_free(NULL);
}

static void a_node_that_is_back_has_all_its_subsystems(void)
{
    struct timer_wheel wheel;
    struct sccp_scmg *s = table_new(&wheel);

    for (uint8_t ssn = 6; ssn <= 8; ssn++)
        CHECK(sccp_scmg_prohibit(s, 77, ssn) && sccp_scmg_prohibit(s, 5, ssn));
    sccp_scmg_mark(s, 76, 2, true); /* 76 to 79 */
    CHECK(sccp_scmg_is_paused(s, 77) && sccp_scmg_is_paused(s, 79));
    CHECK(!sccp_scmg_is_paused(s, 75) && !sccp_scmg_is_paused(s, 80));
    CHECK(sccp_scmg_is_paused(s, SCCP_PC_COUNT)); /* there is none such */
    CHECK(!sccp_scmg_is_prohibited(s, 77, 8) && wheel.running == 3);
    CHECK(told.resumed == 0);
    sccp_scmg_mark(s, 77, 0, false);
    sccp_scmg_mark(s, 77, 0, false);
    CHECK(told.resumed == 1 && told.pc == 77);
    sccp_scmg_mark(s, 0, 14, false);
    CHECK(told.resumed == 4);
    CHECK(sccp_scmg_allow(s, 5, 1)); /* SCCP itself is back */
    CHECK(wheel.running == 0);
    sccp_scmg_free(s);
}

static void keeps_no_more_than_it_has_room_for(void)
{
    struct timer_wheel wheel;
    struct sccp_scmg *s = table_new(&wheel);

    CHECK(!sccp_scmg_prohibit(s, 77, 0) && !sccp_scmg_prohibit(s, 77, 1));
    for (uint16_t i = 0; i < SCCP_SCMG_MAX; i++)
        CHECK(!sccp_scmg_full(s) && sccp_scmg_prohibit(s, i, 8));
    CHECK(sccp_scmg_full(s) && !sccp_scmg_prohibit(s, 9999, 8));
    CHECK(sccp_scmg_allow(s, 100, 8) && sccp_scmg_prohibit(s, 9999, 8));
    CHECK(sccp_scmg_is_prohibited(s, 9999, 8));
    sccp_scmg_free(s);
    CHECK(wheel.running == 0);
}

/* ---- through SCCP ---- */

static void management(uint32_t opc, uint8_t format, uint8_t ssn, uint8_t pc)
{
    uint8_t data[] = { format, ssn, pc, 0, 0, 3 };
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .called = { .on_ssn = true, .has_ssn = true, .ssn = 1 },
        .calling = { .on_ssn = true, .has_ssn = true, .ssn = 1 },
        .data = data,
        .data_len = format == SCCP_SCMG_SSC ? 6 : 5,
        .importance = -1,
    };

    world_in(opc, 3, &m);
}

/* What was sent last is this, from SSN 1 to SSN 1 of `dpc'. */
static bool is_management(unsigned i, uint32_t dpc, uint8_t format, uint8_t ssn,
                          uint8_t pc)
{
    const struct sccp_msg *m = &now.sent[i].m;
    const uint8_t want[] = { format, ssn, pc, 0, 0 };

    return i < now.n_sent && now.sent[i].t.dpc == dpc && m->type == SCCP_UDT &&
           m->pclass == 0 && m->called.on_ssn && m->called.ssn == 1 &&
           m->called.pc == dpc && m->calling.on_ssn && m->calling.ssn == 1 &&
           m->calling.pc == 1 && m->data_len == 5 &&
           memcmp(m->data, want, 5) == 0;
}

/* An answer to something that came from SSN 8 of PC 11, and its cause. */
static int answer(uint8_t *cause)
{
    struct sccp_req req = {
        .called = { .on_ssn = true, .has_ssn = true, .ssn = 8 },
        .calling = sccp_addr_e164("447700900123", 6),
        .data = (const uint8_t *)"xy",
        .data_len = 2,
        .has_back_pc = true,
        .back_pc = 11,
    };

    return sccp_unitdata_req(now.sccp, &req, cause);
}

static void nothing_is_sent_to_a_prohibited_subsystem(void)
{
    uint64_t held = stat_get(STAT_sccp_prohibited);
    struct sccp_req req = {
        .called = { .on_ssn = true,
                    .has_pc = true,
                    .pc = 12,
                    .has_ssn = true,
                    .ssn = 8 },
        .calling = sccp_addr_e164("447700900123", 6),
        .data = (const uint8_t *)"xy",
        .data_len = 2,
        .has_back_pc = true,
        .back_pc = 11,
    };
    uint8_t cause = 99;

    world_prepare();
    world_start();
    CHECK(answer(&cause) == 0 && world_last_dpc() == 11);
    management(11, SCCP_SCMG_SSP, 8, 11);
    CHECK(answer(&cause) == -1 && cause == SCCP_CAUSE_SUBSYSTEM_FAILURE);
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == 0);
    CHECK(world_last_dpc() == 12);
    management(12, SCCP_SCMG_SSP, 8, 12);
    management(11, SCCP_SCMG_SSA, 8, 11);
    CHECK(answer(&cause) == 0);
    cause = 99; /* there is a way to 11, but it is 12 that is asked for */
    CHECK(sccp_unitdata_req(now.sccp, &req, &cause) == -1);
    CHECK(cause == SCCP_CAUSE_SUBSYSTEM_FAILURE);
    CHECK(stat_get(STAT_sccp_prohibited) > held && now.n_sent == 3);
    world_end();
}

static void only_a_node_itself_or_an_stp_is_believed(void)
{
    uint8_t cause;

    world_prepare();
    world_start();
    management(12, SCCP_SCMG_SSP, 8, 11); /* what does 12 know of 11? */
    management(1, SCCP_SCMG_SSP, 8, 1);   /* of ourselves */
    management(2, SCCP_SCMG_SSP, 8, 1);
    CHECK(now.wheel.running == 0 && answer(&cause) == 0);
    management(2, SCCP_SCMG_SSP, 8, 11);
    CHECK(now.wheel.running == 1 && answer(&cause) == -1);
    management(12, SCCP_SCMG_SSA, 8, 11);
    CHECK(answer(&cause) == -1);
    management(11, SCCP_SCMG_SSA, 8, 11);
    CHECK(answer(&cause) == 0);
    world_end();
}

static void a_prohibited_subsystem_is_tested(void)
{
    uint8_t cause;

    world_prepare();
    world_start();
    management(11, SCCP_SCMG_SSP, 8, 11);
    CHECK(now.n_sent == 0);
    timer_run(&now.wheel, WORLD_START_MS + SCCP_SCMG_TEST_MS + 16);
    CHECK(now.n_sent == 1 && is_management(0, 11, SCCP_SCMG_SST, 8, 11));
    management(11, SCCP_SCMG_SSA, 8, 11);
    CHECK(now.wheel.running == 0 && answer(&cause) == 0);
    world_end();
}

static void congestion_is_counted(void)
{
    uint64_t before = stat_get(STAT_sccp_ssc_in);
    uint8_t cause;

    world_prepare();
    world_start();
    management(11, SCCP_SCMG_SSC, 1, 11);
    CHECK(stat_get(STAT_sccp_ssc_in) == before + 1 && now.n_sent == 0);
    CHECK(answer(&cause) == 0);
    world_end();
}

static void concerned(void)
{
    now.conf.concerned[0] = 11;
    now.conf.concerned[1] = 12;
    now.conf.n_concerned = 2;
}

static void concerned_nodes_are_told_at_the_start(void)
{
    world_prepare();
    concerned();
    world_start();
    sccp_mtp_pause(now.sccp, 12, 0);
    CHECK(now.n_sent == 0);
    sccp_mtp_ready(now.sccp);
    CHECK(now.n_sent == 2 && is_management(0, 11, SCCP_SCMG_SSA, 6, 1));
    CHECK(is_management(1, 11, SCCP_SCMG_SSA, 8, 1));
    sccp_set_ssn(now.sccp, 8, false);
    CHECK(now.n_sent == 3);
    sccp_mtp_resume(now.sccp, 12, 0); /* told what has become of it */
    CHECK(now.n_sent == 5 && is_management(3, 12, SCCP_SCMG_SSA, 6, 1));
    CHECK(is_management(4, 12, SCCP_SCMG_SSP, 8, 1));
    sccp_mtp_resume(now.sccp, 12, 0); /* no news */
    sccp_mtp_pause(now.sccp, 13, 0);
    sccp_mtp_resume(now.sccp, 13, 0); /* not concerned */
    CHECK(now.n_sent == 5);
    world_end();
}

static void concerned_nodes_are_told_of_changes(void)
{
    world_prepare();
    concerned();
    world_start();
    sccp_set_ssn(now.sccp, 8, true); /* it is */
    CHECK(now.n_sent == 0);
    sccp_set_ssn(now.sccp, 8, false);
    CHECK(now.n_sent == 2 && is_management(0, 11, SCCP_SCMG_SSP, 8, 1));
    CHECK(is_management(1, 12, SCCP_SCMG_SSP, 8, 1));
    management(11, SCCP_SCMG_SST, 8, 1); /* silence says it */
    CHECK(now.n_sent == 2);
    sccp_set_ssn(now.sccp, 8, true);
    CHECK(now.n_sent == 4 && is_management(3, 12, SCCP_SCMG_SSA, 8, 1));
    management(11, SCCP_SCMG_SST, 8, 1);
    CHECK(now.n_sent == 5 && is_management(4, 11, SCCP_SCMG_SSA, 8, 1));
    world_end();
}

/* By SSP to its origin, but not once for every message. */
static void who_sends_to_a_subsystem_out_of_service_is_told(void)
{
    struct sccp_msg m = world_msg(SCCP_UDT, "");
    unsigned ssps = 0;

    world_prepare();
    world_start();
    sccp_set_ssn(now.sccp, 8, false);
    m.called = (struct sccp_addr){ .on_ssn = true, .has_ssn = true, .ssn = 8 };
    m.return_opt = false;
    for (unsigned i = 0; i < 1000; i++)
        world_in(13, 0, &m);
    for (unsigned i = 0; i < now.n_sent; i++)
        ssps += is_management(i, 13, SCCP_SCMG_SSP, 8, 1);
    CHECK(ssps == SLOG_BURST && now.n_sent == ssps && now.n_ind == 0);
    world_end();
}

/* A peer that calls everything prohibited gets no more memory than there is. */
static void a_flood_of_reports_is_bounded(void)
{
    uint64_t full = stat_get(STAT_sccp_ssp_full);

    world_prepare();
    world_start();
    for (uint8_t pc = 20; pc < 24; pc++)
        for (unsigned ssn = 0; ssn < 256; ssn++)
            management(pc, SCCP_SCMG_SSP, (uint8_t)ssn, pc);
    CHECK(now.wheel.running == SCCP_SCMG_MAX && now.n_sent == 0);
    CHECK(stat_get(STAT_sccp_ssp_full) > full);
    sccp_mtp_pause(now.sccp, 0, 14);
    CHECK(now.wheel.running == 0);
    world_end();
}

int main(void)
{
    SHOWS("SC-14", reads_what_it_writes);
    SHOWS("SC-14", tests_until_it_is_allowed);
    a_node_that_is_back_has_all_its_subsystems();
    keeps_no_more_than_it_has_room_for();
    SHOWS("SC-14", nothing_is_sent_to_a_prohibited_subsystem);
    only_a_node_itself_or_an_stp_is_believed();
    SHOWS("SC-14", a_prohibited_subsystem_is_tested);
    SHOWS("SC-14", congestion_is_counted);
    SHOWS("SC-14", concerned_nodes_are_told_at_the_start);
    SHOWS("SC-14", concerned_nodes_are_told_of_changes);
    SHOWS("SC-14", who_sends_to_a_subsystem_out_of_service_is_told);
    a_flood_of_reports_is_bounded();
    return CHECK_DONE();
}

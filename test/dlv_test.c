/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_test.c - from a message of the network through a box to its verdict
 *
 * The real box server and real sockets; the SS7 side is test/fake_box.c.
 */

#include "dlv_world.h"

#include "check.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <poll.h>
#include <string.h>

/* ---- confirm = box ---- */

static void delivers_and_confirms(void)
{
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, "box1");
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_SENDER, "+447700900001"));
    CHECK(fake_is(&b, BOX_SMS_RECEIVER, "+33123"));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "number 1"));
    CHECK(fake_is(&b, BOX_SMS_SMSC_ID, "sigtran"));
    CHECK(fake_is(&b, BOX_SMS_ACCOUNT, "acct"));
    CHECK(fake_is(&b, BOX_SMS_SERVICE, "svc"));
    CHECK(no_verdict());
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    CHECK(dlv_open() == 0);
    fake_close(&b);
    stop();
}

static void maps_every_ack(void)
{
    struct verdict_seen seen;
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, NULL);
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_failed);
    CHECK(next_verdict(&seen, WAIT_MS) && seen.id == id);
    CHECK(seen.v == VERDICT_PERMFAIL);
    CHECK(seen.err.code == MAP_ERR_ILLEGAL_SUBSCRIBER);
    id = send_one("33123", 2);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_failed_tmp);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    id = send_one("33123", 3);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_buffered);
    CHECK(no_verdict());
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    id = send_one("33123", 4);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, 77);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    fake_close(&b);
    stop();
}

static void counts_acks_that_are_nobodys(void)
{
    uint64_t unknown = stat_get(STAT_box_ack_unknown);
    static const uint8_t foreign[16] = { 1 };
    struct fake_box b, other;
    uint8_t uuid[16];
    uint64_t id;

    start();
    box_up(&b, "box1");
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    memcpy(uuid, b.f.id, sizeof(uuid));
    box_up(&other, "box1");
    fake_ack(&other, uuid, ack_success); /* not given to that one */
    fake_ack(&other, foreign, ack_success);
    CHECK(no_verdict());
    fake_ack(&b, uuid, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    fake_ack(&b, uuid, ack_failed);
    CHECK(no_verdict());
    CHECK(stat_get(STAT_box_ack_unknown) == unknown + 3);
    fake_close(&b);
    fake_close(&other);
    stop();
}

/* ---- retries ---- */

static void joins_a_retry_and_answers_the_next(void)
{
    struct ss7_sms m = an_sms("33123", 1), again = m;
    struct fake_box b;

    start();
    box_up(&b, "box1");
    take(&m);
    again.id = next_id();
    again.tpdu[0] ^= 0x04; /* TP-MMS */
    take(&again);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(!fake_read(&b, QUIET_MS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(verdict_is(again.id, VERDICT_OK));
    again.id = next_id();
    take(&again);
    CHECK(verdict_is(again.id, VERDICT_OK));
    CHECK(!fake_read(&b, QUIET_MS));
    again.repeated = true;
    again.id = next_id();
    take(&again);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_failed);
    CHECK(verdict_is(again.id, VERDICT_PERMFAIL));
    again.repeated = false;
    again.id = next_id();
    take(&again);
    CHECK(verdict_is(again.id, VERDICT_PERMFAIL));
    fake_close(&b);
    stop();
}

static void tries_again_after_tempfail_with_the_same_foreign_id(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    char foreign[33] = "";
    struct fake_box b;
    uint8_t uuid[16];

    start();
    box_up(&b, "box1");
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(b.f.field[BOX_SMS_FOREIGN_ID].num == 32);
    memcpy(foreign, b.f.field[BOX_SMS_FOREIGN_ID].p, 32);
    memcpy(uuid, b.f.id, sizeof(uuid));
    fake_ack(&b, b.f.id, ack_failed_tmp);
    CHECK(verdict_is(m.id, VERDICT_TEMPFAIL));
    m.id = next_id();
    strcpy(m.sc, "447785016006"); /* another node of the same cluster */
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_FOREIGN_ID, foreign));
    CHECK(memcmp(uuid, b.f.id, sizeof(uuid)) != 0);
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    fake_close(&b);
    stop();
}

static void keeps_a_late_confirmation_for_the_retry(void)
{
    struct ss7_sms m = an_sms("33123", 1), again = m;
    struct fake_box b;
    uint64_t late = stat_get(STAT_dlv_late);

    start();
    box_up(&b, "box1");
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    dlv_gone(m.id, MAP_GONE_DEADLINE);
    again.id = next_id(); /* joins what is still out */
    take(&again);
    dlv_gone(again.id, MAP_GONE_ABORT);
    CHECK(!fake_read(&b, QUIET_MS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(wait_open(0));
    CHECK(stat_get(STAT_dlv_late) == late + 1);
    CHECK(no_verdict());
    again.id = next_id();
    take(&again);
    CHECK(verdict_is(again.id, VERDICT_OK));
    CHECK(!fake_read(&b, QUIET_MS));
    fake_close(&b);
    stop();
}

static void delivers_every_try_without_dedup(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    struct fake_box b;

    conf.dedup = false;
    start();
    box_up(&b, "box1");
    take(&m);
    m.id = next_id();
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_close(&b);
    stop();
    conf.dedup = true;
    drop_verdicts();
}

static void the_sc_counts_if_it_shall(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    struct fake_box b;
    uint64_t first = m.id;

    conf.dedup_sc_exact = true;
    start();
    box_up(&b, "box1");
    take(&m);
    m.id = next_id();
    strcpy(m.sc, "447785016006");
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(first, VERDICT_OK));
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    fake_close(&b);
    stop();
    conf.dedup_sc_exact = false;
}

/* ---- routes and boxes ---- */

static void refuses_at_once_without_a_box(void)
{
    struct fake_box b;
    uint64_t id;

    start();
    id = send_one("33123", 1);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    box_up(&b, "box1");
    id = send_one("447701", 2); /* its route names box2 */
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    CHECK(!fake_read(&b, QUIET_MS));
    fake_close(&b);
    stop();
}

static void goes_to_the_box_of_its_route(void)
{
    struct fake_box b1, b2;
    struct ss7_sms m;

    start();
    box_up(&b1, "box1");
    box_up(&b2, "box2");
    send_one("447701", 1);
    CHECK(fake_read_type(&b2, BOX_SMS));
    m = an_sms("33123", 2);
    m.route = TO_BOX2; /* the number's own route wins over its prefix */
    take(&m);
    CHECK(fake_read_type(&b2, BOX_SMS));
    CHECK(!fake_read(&b1, QUIET_MS));
    fake_close(&b1);
    fake_close(&b2);
    stop();
    drop_verdicts();
}

static void refuses_when_every_window_is_full(void)
{
    struct fake_box b1, b2;
    unsigned i, n1 = 0, n2 = 0;
    uint64_t id;

    start();
    box_up(&b1, "one");
    box_up(&b2, "two");
    for (i = 0; i < 2 * box_conf.max_pending; i++)
        send_one("33123", i);
    while (fake_read(&b1, QUIET_MS))
        n1++;
    while (fake_read(&b2, QUIET_MS))
        n2++;
    CHECK(n1 == box_conf.max_pending && n2 == box_conf.max_pending);
    id = send_one("33123", 100);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    fake_ack(&b2, b2.f.id, ack_success);
    CHECK(next_verdict(&(struct verdict_seen){ 0 }, WAIT_MS));
    send_one("33123", 101);
    CHECK(fake_read_type(&b2, BOX_SMS));
    CHECK(fake_is(&b2, BOX_SMS_MSGDATA, "number 101"));
    fake_close(&b1);
    fake_close(&b2);
    stop();
    drop_verdicts();
}

static void fails_what_a_lost_box_had(void)
{
    struct fake_box b1, b2;
    uint64_t id1, id2;

    start();
    box_up(&b1, "box1");
    id1 = send_one("33123", 1);
    CHECK(fake_read_type(&b1, BOX_SMS));
    box_up(&b2, "box2");
    id2 = send_one("447701", 2);
    CHECK(fake_read_type(&b2, BOX_SMS));
    fake_close(&b1);
    CHECK(verdict_is(id1, VERDICT_TEMPFAIL));
    CHECK(wait_boxes(1));
    CHECK(no_verdict());
    fake_ack(&b2, b2.f.id, ack_success);
    CHECK(verdict_is(id2, VERDICT_OK));
    fake_close(&b2);
    stop();
}

static void a_suspended_box_gets_nothing(void)
{
    uint8_t frame[BOX_ADMIN_OCTETS];
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, "box1");
    fake_write(&b, frame, box_frame_admin(frame, cmd_suspend, NULL));
    CHECK(wait_boxes(0));
    id = send_one("33123", 1);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    fake_write(&b, frame, box_frame_admin(frame, cmd_resume, NULL));
    CHECK(wait_boxes(1));
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    fake_close(&b);
    stop();
}

static void the_deadline_of_the_route_comes_first(void)
{
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, "box1");
    id = send_one("44770031", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    dlv_sweep(now_ms() + 49000);
    CHECK(no_verdict());
    dlv_sweep(now_ms() + 51000);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    CHECK(dlv_open() == 1);
    fake_close(&b);
    stop();
    CHECK(no_verdict());
}

/* ---- what is no message ---- */

static void refuses_what_it_cannot_read(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    struct verdict_seen seen;
    struct fake_box b;

    start();
    box_up(&b, "box1");
    m.tpdu_len = 5;
    take(&m);
    CHECK(next_verdict(&seen, WAIT_MS) && seen.v == VERDICT_PERMFAIL);
    CHECK(seen.err.code == MAP_ERR_NONE);
    m.tpdu_len = 0;
    take(&m);
    CHECK(next_verdict(&seen, WAIT_MS) && seen.v == VERDICT_PERMFAIL);
    m = a_report("33123", 7, 0);
    m.tpdu_len--; /* ends in the middle of TP-ST */
    take(&m);
    CHECK(next_verdict(&seen, WAIT_MS) && seen.v == VERDICT_PERMFAIL);
    CHECK(seen.err.code == MAP_ERR_NONE);
    CHECK(!fake_read(&b, QUIET_MS));
    fake_close(&b);
    stop();
}

/* ---- status reports ---- */

static void refuses_reports_unless_the_route_takes_them(void)
{
    static const char *const vmn[] = { "33123", "44770020001" };
    uint64_t refused = stat_get(STAT_dlv_status_report);
    struct verdict_seen seen;
    struct fake_box b;
    size_t i;

    start();
    box_up(&b, "box1");
    for (i = 0; i < 2; i++) {
        struct ss7_sms m = a_report(vmn[i], 7, 0);

        take(&m);
        CHECK(next_verdict(&seen, WAIT_MS) && seen.id == m.id);
        CHECK(seen.v == VERDICT_PERMFAIL);
        CHECK(seen.err.code == MAP_ERR_FACILITY_NOT_SUPPORTED);
    }
    CHECK(!fake_read(&b, QUIET_MS));
    CHECK(stat_get(STAT_dlv_status_report) == refused + 2);
    fake_close(&b);
    stop();
}

static void passes_a_report_on_and_trusts_the_ack(void)
{
    struct ss7_sms m = a_report("44770040001", 7, 0x46);
    struct fake_box b;

    start();
    box_up(&b, "box1");
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(b.f.field[BOX_SMS_TYPE].num == report_mo);
    CHECK(b.f.field[BOX_SMS_DLR_MASK].num == 2);
    CHECK(fake_is(&b, BOX_SMS_DLR_URL, "http://app/dlr?to=%P&d=%d"));
    CHECK(fake_is(&b, BOX_SMS_SENDER, "+447700900001"));
    CHECK(fake_is(&b, BOX_SMS_RECEIVER, "+44770040001"));
    CHECK(fake_is(&b, BOX_SMS_SMSC_ID, "sms/c")); /* nothing to reply to */
    CHECK(no_verdict());
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(dlv_open() == 0);
    m.id = next_id();
    take(&m); /* the network repeats it */
    CHECK(verdict_is(m.id, VERDICT_OK));
    CHECK(!fake_read(&b, QUIET_MS));
    m = a_report("44770040001", 8, 0x46); /* about another message */
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_failed_tmp);
    CHECK(verdict_is(m.id, VERDICT_TEMPFAIL));
    fake_close(&b);
    stop();
}

/* Neither the limit of messages without a reply nor a silent route. */
static void a_report_waits_for_no_reply(void)
{
    struct fake_box b;
    struct ss7_sms m;
    uint64_t id;
    unsigned i;

    start();
    box_up(&b, "box1");
    id = send_one("44770040001", 1); /* reply_max_held = 1 */
    CHECK(fake_read_type(&b, BOX_SMS));
    m = a_report("44770040001", 7, 0);
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    dlv_gone(id, MAP_GONE_DEADLINE);
    for (i = 2; i <= DLV_SILENT_MAX; i++) {
        fake_close(&b);
        CHECK(wait_open(0));
        box_up(&b, "box1");
        dlv_gone(send_one("44770040001", i), MAP_GONE_DEADLINE);
        CHECK(fake_read_type(&b, BOX_SMS));
    }
    fake_close(&b);
    CHECK(wait_open(0));
    box_up(&b, "box1");
    id = send_one("44770040001", 99);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL)); /* it is silent now */
    m = a_report("44770040001", 8, 0);
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    fake_close(&b);
    stop();
}

/* ---- the port ---- */

static void a_bad_frame_ends_its_connection_only(void)
{
    static const uint8_t bad[] = { 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe };
    struct fake_box good, evil;
    uint64_t id;

    start();
    box_up(&good, "box1");
    box_up(&evil, "evil");
    fake_write(&evil, bad, sizeof(bad));
    CHECK(fake_closed(&evil));
    CHECK(wait_boxes(1));
    id = send_one("33123", 1);
    CHECK(fake_read_type(&good, BOX_SMS));
    fake_ack(&good, good.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    CHECK(fake_connect(&evil, box_conf.smsbox_port));
    fake_identify(&evil, "no word\n");
    CHECK(fake_closed(&evil));
    fake_close(&good);
    fake_close(&evil);
    stop();
}

static void takes_frames_in_any_pieces(void)
{
    uint8_t frame[BOX_ACK_OCTETS];
    struct fake_box b;
    uint64_t id;
    size_t n, i;

    start();
    box_up(&b, "box1");
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    n = box_frame_ack(frame, ack_success, 0, b.f.id);
    for (i = 0; i < n; i++) {
        fake_write(&b, frame + i, 1);
        poll(NULL, 0, 1);
    }
    CHECK(verdict_is(id, VERDICT_OK));
    fake_close(&b);
    stop();
}

static void refuses_a_denied_address(void)
{
    struct fake_box b;

    strcpy(box_conf.deny_ip, "*.*.*.*");
    start();
    CHECK(fake_connect(&b, box_conf.smsbox_port));
    CHECK(fake_closed(&b));
    fake_close(&b);
    stop();
    strcpy(box_conf.allow_ip, "127.0.0.1");
    start();
    box_up(&b, "box1");
    fake_close(&b);
    stop();
    box_conf.deny_ip[0] = box_conf.allow_ip[0] = '\0';
}

static void leaves_boxes_running_and_fails_the_rest(void)
{
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, "box1");
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    dlv_stop();
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    id = send_one("33123", 2);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    box_server_stop();
    CHECK(!fake_read_type(&b, BOX_ADMIN));
    CHECK(fake_closed(&b));
    fake_close(&b);
}

static void refuses_what_boxes_send_without_bearerbox(void)
{
    struct fake_box b;

    start();
    box_up(&b, "box1");
    fake_sms(&b, mt_push, "smsc1", "hello", 0x55);
    CHECK(fake_read_type(&b, BOX_ACK));
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed);
    CHECK(b.f.field[BOX_ACK_TIME].num == 1234 && b.f.id[7] == 0x55);
    fake_close(&b);
    stop();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    SHOWS("FM-02 KB-03 KB-04", delivers_and_confirms);
    SHOWS("FM-02 FM-03 KB-04", maps_every_ack);
    SHOWS("KB-04", counts_acks_that_are_nobodys);
    joins_a_retry_and_answers_the_next();
    tries_again_after_tempfail_with_the_same_foreign_id();
    SHOWS("TC-13", keeps_a_late_confirmation_for_the_retry);
    delivers_every_try_without_dedup();
    the_sc_counts_if_it_shall();
    refuses_at_once_without_a_box();
    goes_to_the_box_of_its_route();
    SHOWS("FM-12", refuses_when_every_window_is_full);
    SHOWS("KB-06", fails_what_a_lost_box_had);
    SHOWS("KB-09", a_suspended_box_gets_nothing);
    the_deadline_of_the_route_comes_first();
    SHOWS("FM-10", refuses_what_it_cannot_read);
    SHOWS("FM-14", refuses_reports_unless_the_route_takes_them);
    SHOWS("FM-14", passes_a_report_on_and_trusts_the_ack);
    SHOWS("FM-14", a_report_waits_for_no_reply);
    SHOWS("KB-02", a_bad_frame_ends_its_connection_only);
    SHOWS("KB-02", takes_frames_in_any_pieces);
    refuses_a_denied_address();
    SHOWS("FM-13", leaves_boxes_running_and_fails_the_rest);
    SHOWS("KB-12", refuses_what_boxes_send_without_bearerbox);
    gwlib_shutdown();
    return CHECK_DONE();
}

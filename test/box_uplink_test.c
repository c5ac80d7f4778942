/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_uplink_test.c - what boxes send goes to bearerbox, and back
 */

#include "dlv_world.h"

#include "check.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <string.h>
#include <unistd.h>

static int listener;

static void start_with_bearerbox(void)
{
    int port = free_port();

    listener = fake_listen(port);
    CHECK(listener >= 0);
    strcpy(box_conf.bearerbox_host, "127.0.0.1");
    box_conf.bearerbox_port = (uint16_t)port;
    start();
}

static void stop_with_bearerbox(void)
{
    stop();
    close(listener);
    box_conf.bearerbox_host[0] = '\0';
}

/* The uplink of a box: it identifies as that box. */
static void uplink_up(struct fake_box *bb, const char *id)
{
    CHECK(fake_accept(bb, listener));
    CHECK(fake_read_type(bb, BOX_ADMIN));
    CHECK(bb->f.field[BOX_ADMIN_COMMAND].num == cmd_identify);
    CHECK(fake_is(bb, BOX_ADMIN_BOXC_ID, id));
}

static void relays_both_ways(void)
{
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    fake_sms(&b, mt_push, "smsc1", "to the network", 0x11);
    CHECK(fake_read_type(&bb, BOX_SMS));
    CHECK(fake_is(&bb, BOX_SMS_MSGDATA, "to the network"));
    CHECK(bb.f.id[5] == 0x11);
    fake_ack(&bb, bb.f.id, ack_buffered);
    CHECK(fake_read_type(&b, BOX_ACK));
    CHECK(b.f.id[5] == 0x11 && b.f.field[BOX_ACK_NACK].num == ack_buffered);
    fake_sms(&bb, report_mo, "smsc1", "a delivery report", 0x22);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "a delivery report"));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(fake_read_type(&bb, BOX_ACK) && bb.f.id[5] == 0x22);
    fake_close(&b);
    CHECK(fake_closed(&bb)); /* the box is gone, and its uplink with it */
    fake_close(&bb);
    stop_with_bearerbox();
}

static void keeps_to_itself_what_is_about_ss7(void)
{
    struct fake_box b, bb;
    uint64_t id;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    id = send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    id = send_one("44770020001", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    {
        char smsc_id[100] = "";
        const struct box_field *f = &b.f.field[BOX_SMS_SMSC_ID];

        memcpy(smsc_id, f->p, (size_t)f->num);
        fake_sms(&b, mt_reply, smsc_id, "thank you", 0x33);
    }
    CHECK(verdict_is(id, VERDICT_OK));
    CHECK(!fake_read(&bb, QUIET_MS));
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

static void fails_for_now_what_has_no_ack_when_it_is_lost(void)
{
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    fake_sms(&b, mt_push, "smsc1", "one", 0x11);
    fake_sms(&b, mt_push, "smsc1", "two", 0x22);
    CHECK(fake_read_type(&bb, BOX_SMS) && fake_read_type(&bb, BOX_SMS));
    fake_ack(&bb, bb.f.id, ack_success);
    CHECK(fake_read_type(&b, BOX_ACK) && b.f.id[0] == 0x22);
    fake_close(&bb);
    CHECK(fake_read_type(&b, BOX_ACK) && b.f.id[0] == 0x11);
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed_tmp);
    fake_sms(&b, mt_push, "smsc1", "three", 0x33);
    CHECK(fake_read_type(&b, BOX_ACK) && b.f.id[0] == 0x33);
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed_tmp);
    uplink_up(&bb, "box1"); /* by itself, after a second */
    fake_sms(&b, mt_push, "smsc1", "four", 0x44);
    CHECK(fake_read_type(&bb, BOX_SMS) && bb.f.id[0] == 0x44);
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

static void obeys_bearerbox(void)
{
    uint8_t frame[BOX_ADMIN_OCTETS];
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    fake_write(&bb, frame, box_frame_admin(frame, cmd_suspend, NULL));
    fake_sms(&bb, mo, "smsc1", "comes after it", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_sms(&b, mt_push, "smsc1", "one", 0x11);
    CHECK(fake_read_type(&b, BOX_ACK));
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed_tmp);
    fake_write(&bb, frame, box_frame_admin(frame, cmd_resume, NULL));
    fake_sms(&bb, mo, "smsc1", "comes after it", 2);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_sms(&b, mt_push, "smsc1", "two", 0x22);
    CHECK(fake_read_type(&bb, BOX_SMS) && bb.f.id[0] == 0x22);
    fake_write(&bb, frame, box_frame_admin(frame, cmd_shutdown, NULL));
    CHECK(fake_closed(&bb));
    CHECK(fake_read_type(&b, BOX_ACK) && b.f.id[0] == 0x22);
    CHECK(!fake_read(&b, QUIET_MS)); /* the box is not told to go */
    CHECK(box_server_count() == 1);
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

static void a_bad_frame_of_bearerbox_ends_the_uplink_only(void)
{
    static const uint8_t bad[] = { 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0 };
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    fake_write(&bb, bad, sizeof(bad));
    CHECK(fake_closed(&bb));
    CHECK(box_server_count() == 1);
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

/* A reply that the box made by itself, from a number to the usual sender. */
static void reply_of_box(struct fake_box *b, int type, const char *from,
                         uint8_t mark)
{
    fake_sms_from(b, type, from, "smsc1", "thank you", mark);
}

static void sends_nothing_because_of_what_a_machine_sent(void)
{
    uint64_t dropped = stat_get(STAT_box_mt_loop);
    struct ss7_sms m = an_sms("33123", 1);
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    m.tpdu[0] |= 0x08; /* TP-LP */
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    reply_of_box(&b, mt_reply, "+33123", 0x11);
    CHECK(fake_read_type(&b, BOX_ACK) && b.f.id[0] == 0x11);
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_success);
    CHECK(!fake_read(&bb, QUIET_MS));
    CHECK(stat_get(STAT_box_mt_loop) == dropped + 1);
    reply_of_box(&b, mt_reply, "+33124", 0x22); /* of another number */
    CHECK(fake_read_type(&bb, BOX_SMS) && bb.f.id[0] == 0x22);
    reply_of_box(&b, mt_push, "+33123", 0x33); /* not automatic */
    CHECK(fake_read_type(&bb, BOX_SMS) && bb.f.id[0] == 0x33);
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

static void replies_to_people_are_relayed(void)
{
    struct fake_box b, bb;

    start_with_bearerbox();
    box_up(&b, "box1");
    uplink_up(&bb, "box1");
    send_one("33123", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    reply_of_box(&b, mt_reply, "+33123", 0x11);
    CHECK(fake_read_type(&bb, BOX_SMS) && bb.f.id[0] == 0x11);
    drop_verdicts();
    fake_close(&b);
    fake_close(&bb);
    stop_with_bearerbox();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    SHOWS("KB-01", relays_both_ways);
    keeps_to_itself_what_is_about_ss7();
    SHOWS("KB-01", fails_for_now_what_has_no_ack_when_it_is_lost);
    SHOWS("KB-09", obeys_bearerbox);
    a_bad_frame_of_bearerbox_ends_the_uplink_only();
    SHOWS("TP-14", sends_nothing_because_of_what_a_machine_sent);
    SHOWS("TP-14", replies_to_people_are_relayed);
    gwlib_shutdown();
    return CHECK_DONE();
}

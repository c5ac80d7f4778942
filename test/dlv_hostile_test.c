/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_hostile_test.c - boxes that do not behave, and what others notice of it
 */

#include "dlv_world.h"

#include "check.h"
#include "gw/box_uplink.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A test that waits for ever ends by a signal. */
enum { LIMIT_S = 60 };

static void a_silent_tls_client_keeps_nobody_out(void)
{
    struct fake_box silent, b;

    box_conf.smsbox_port_tls = (uint16_t)free_port();
    strcpy(box_conf.tls_cert, "test/conf/cert.pem");
    strcpy(box_conf.tls_key, "test/conf/key.pem");
    start();
    CHECK(fake_connect(&silent, box_conf.smsbox_port_tls));
    box_up(&b, "box1");
    fake_close(&b);
    fake_close(&silent);
    stop();
    box_conf.smsbox_port_tls = 0;
}

/* The retry does not wait with it for ever, and its window has room again. */
static void an_ack_that_never_comes_is_given_up(void)
{
    struct ss7_sms m = an_sms("33123", 1);
    uint64_t unknown = stat_get(STAT_box_ack_unknown);
    struct fake_box b;
    uint8_t old[16];

    box_conf.max_pending = 1;
    start();
    box_up(&b, "box1");
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    memcpy(old, b.f.id, sizeof(old));
    dlv_gone(m.id, MAP_GONE_DEADLINE);
    dlv_sweep(now_ms() + DLV_ACK_MS - 1000);
    CHECK(dlv_open() == 1);
    dlv_sweep(now_ms() + DLV_ACK_MS);
    CHECK(dlv_open() == 0);
    CHECK(no_verdict());
    m.id = next_id();
    take(&m);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, old, ack_success); /* too late by far, and not for this one */
    CHECK(no_verdict());
    CHECK(stat_get(STAT_box_ack_unknown) == unknown + 1);
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(m.id, VERDICT_OK));
    fake_close(&b);
    stop();
    box_conf.max_pending = 4;
}

/* It was decided by its reply, and only its place in the window is left. */
static void an_ack_may_be_missing_behind_a_reply(void)
{
    char token[128] = "";
    struct fake_box b;
    uint64_t id;

    start();
    box_up(&b, "box1");
    id = send_one("44770020001", 1);
    CHECK(fake_read_type(&b, BOX_SMS));
    memcpy(token, b.f.field[BOX_SMS_SMSC_ID].p,
           (size_t)b.f.field[BOX_SMS_SMSC_ID].num);
    fake_sms(&b, mt_reply, token, "thank you", 0x33);
    CHECK(verdict_is(id, VERDICT_OK));
    CHECK(dlv_open() == 1);
    dlv_sweep(now_ms() + DLV_ACK_MS);
    CHECK(dlv_open() == 0);
    fake_close(&b);
    stop();
    CHECK(no_verdict());
}

/* The sweeper reads its clock, and waits for a message that is just placed. */
static void a_sweep_that_began_before_changes_nothing(void)
{
    struct fake_box b;
    uint64_t before = now_ms() - 1;

    start();
    box_up(&b, "box1");
    send_one("44770020001", 1);
    send_one("33123", 2);
    dlv_sweep(before);
    CHECK(dlv_open() == 2);
    CHECK(no_verdict());
    fake_close(&b);
    stop();
    drop_verdicts();
}

/* Whatever the moment: a connection that is just made must not be missed. */
static void stops_while_boxes_connect(void)
{
    struct fake_box b[8];
    int round, i;

    for (round = 0; round < 20; round++) {
        start();
        for (i = 0; i < 8; i++)
            CHECK(fake_connect(&b[i], box_conf.smsbox_port));
        stop();
        for (i = 0; i < 8; i++)
            fake_close(&b[i]);
    }
}

static void more_boxes_than_places_are_turned_away(void)
{
    static struct fake_box b[DLV_BOXES + 1];
    int i;

    start();
    for (i = 0; i < DLV_BOXES; i++)
        box_up(&b[i], "many");
    CHECK(fake_connect(&b[i], box_conf.smsbox_port));
    CHECK(fake_closed(&b[i]));
    fake_close(&b[0]);
    CHECK(wait_boxes(DLV_BOXES - 1));
    box_up(&b[0], "again");
    for (i = 0; i <= DLV_BOXES; i++)
        fake_close(&b[i]);
    stop();
}

/* bearerbox loses one ack, and acknowledges all that comes after. */
static void a_lost_ack_of_bearerbox_blocks_nothing(void)
{
    int port = free_port(), listener = fake_listen(port), i;
    struct fake_box b, bb;

    strcpy(box_conf.bearerbox_host, "127.0.0.1");
    box_conf.bearerbox_port = (uint16_t)port;
    start();
    box_up(&b, "box1");
    CHECK(fake_accept(&bb, listener));
    CHECK(fake_read_type(&bb, BOX_ADMIN));
    fake_sms(&b, mt_push, "smsc1", "lost", 0xff);
    CHECK(fake_read_type(&bb, BOX_SMS));
    for (i = 0; i < BOX_UPLINK_OPEN + 10; i++) {
        fake_sms(&b, mt_push, "smsc1", "one more", (uint8_t)(i % 200));
        if (!fake_read_type(&bb, BOX_SMS))
            break;
        fake_ack(&bb, bb.f.id, ack_success);
        CHECK(fake_read_type(&b, BOX_ACK));
        CHECK(b.f.field[BOX_ACK_NACK].num == ack_success);
    }
    CHECK(i == BOX_UPLINK_OPEN + 10);
    fake_close(&b);
    fake_close(&bb);
    stop();
    close(listener);
}

int main(void)
{
    const char *srcdir = getenv("srcdir");

    if (srcdir != NULL && chdir(srcdir) == -1) /* for the certificate */
        return 77;
    alarm(LIMIT_S);
    gwlib_init();
    log_set_output_level(GW_PANIC);
    a_silent_tls_client_keeps_nobody_out();
    an_ack_that_never_comes_is_given_up();
    an_ack_may_be_missing_behind_a_reply();
    a_sweep_that_began_before_changes_nothing();
    stops_while_boxes_connect();
    more_boxes_than_places_are_turned_away();
    a_lost_ack_of_bearerbox_blocks_nothing();
    gwlib_shutdown();
    return CHECK_DONE();
}

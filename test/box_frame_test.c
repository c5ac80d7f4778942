/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_frame_test.c - frames as gwlib packs them, and as nobody should
 */

#include "gw/box_frame.h"

#include "check.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <string.h>

/* The frame of `msg', which is destroyed. */
static size_t packed(Msg *msg, uint8_t *out, size_t size)
{
    Octstr *pack = msg_pack(msg);
    size_t n = (size_t)octstr_len(pack);

    CHECK(n + 4 <= size);
    encode_network_long(out, n);
    octstr_get_many_chars((char *)out + 4, pack, 0, (long)n);
    octstr_destroy(pack);
    msg_destroy(msg);
    return n + 4;
}

static size_t an_sms(uint8_t *out, size_t size)
{
    Msg *msg = msg_create(sms);

    msg->sms.sender = octstr_create("+447700900001");
    msg->sms.receiver = octstr_create("+447700900999");
    msg->sms.udhdata = octstr_create("");
    msg->sms.msgdata = octstr_create("hello");
    msg->sms.time = 1700000000;
    msg->sms.smsc_id = octstr_create("sigtran/1");
    msg->sms.boxc_id = octstr_create("box1");
    msg->sms.meta_data = octstr_create("?sigtran?imsi=1&");
    msg->sms.sms_type = mt_reply;
    msg->sms.coding = 2;
    msg->sms.pid = 64;
    msg->sms.priority = 3;
    msg->sms.resend_time = -5;
    memset(msg->sms.id, 0xa5, sizeof(msg->sms.id));
    msg->sms.id[0] = 0x01;
    return packed(msg, out, size);
}

static bool is(const struct box_field *f, const char *text)
{
    return f->num == (int32_t)strlen(text) &&
           memcmp(f->p, text, strlen(text)) == 0;
}

static void reads_an_sms_of_gwlib(void)
{
    uint8_t buf[1024];
    size_t n = an_sms(buf, sizeof(buf));
    struct box_frame f;

    CHECK(box_frame_length(buf, n) == (long)n);
    CHECK(box_frame_read(buf, n, &f));
    CHECK(f.type == BOX_SMS);
    CHECK(is(&f.field[BOX_SMS_SENDER], "+447700900001"));
    CHECK(is(&f.field[BOX_SMS_RECEIVER], "+447700900999"));
    CHECK(f.field[BOX_SMS_UDHDATA].num == 0);
    CHECK(is(&f.field[BOX_SMS_MSGDATA], "hello"));
    CHECK(f.field[BOX_SMS_TIME].num == 1700000000);
    CHECK(is(&f.field[BOX_SMS_SMSC_ID], "sigtran/1"));
    CHECK(f.field[BOX_SMS_SERVICE].num == -1);
    CHECK(f.field[BOX_SMS_TYPE].num == mt_reply);
    CHECK(f.field[BOX_SMS_CODING].num == 2);
    CHECK(f.field[BOX_SMS_MCLASS].num == -1);
    CHECK(f.field[BOX_SMS_PID].num == 64);
    CHECK(is(&f.field[BOX_SMS_BOXC_ID], "box1"));
    CHECK(f.field[BOX_SMS_PRIORITY].num == 3);
    CHECK(f.field[BOX_SMS_RESEND_TIME].num == -5);
    CHECK(is(&f.field[BOX_SMS_META_DATA], "?sigtran?imsi=1&"));
    CHECK(f.id[0] == 0x01 && f.id[15] == 0xa5);
}

static void reads_every_other_type(void)
{
    uint8_t buf[256];
    struct box_frame f;
    Msg *msg;
    size_t n;

    msg = msg_create(heartbeat);
    msg->heartbeat.load = 17;
    n = packed(msg, buf, sizeof(buf));
    CHECK(box_frame_read(buf, n, &f) && f.type == BOX_HEARTBEAT);
    CHECK(f.field[BOX_HEARTBEAT_LOAD].num == 17);
    msg = msg_create(admin);
    msg->admin.command = cmd_identify;
    n = packed(msg, buf, sizeof(buf));
    CHECK(box_frame_read(buf, n, &f) && f.type == BOX_ADMIN);
    CHECK(f.field[BOX_ADMIN_COMMAND].num == cmd_identify);
    CHECK(f.field[BOX_ADMIN_BOXC_ID].num == -1);
    msg = msg_create(ack);
    msg->ack.nack = ack_failed_tmp;
    msg->ack.time = 5;
    msg->ack.id[15] = 9;
    n = packed(msg, buf, sizeof(buf));
    CHECK(n == BOX_ACK_OCTETS);
    CHECK(box_frame_read(buf, n, &f) && f.type == BOX_ACK);
    CHECK(f.field[BOX_ACK_NACK].num == ack_failed_tmp && f.id[15] == 9);
    n = packed(msg_create(wdp_datagram), buf, sizeof(buf));
    CHECK(box_frame_read(buf, n, &f) && f.type == BOX_WDP);
}

/* What we write must be what gwlib reads. */
static Msg *unpacked(const uint8_t *frame, size_t n)
{
    Octstr *os = octstr_create_from_data((const char *)frame + 4, (long)n - 4);
    Msg *msg = msg_unpack(os);

    octstr_destroy(os);
    CHECK(msg != NULL);
    return msg != NULL ? msg : msg_create(wdp_datagram);
}

static void writes_what_gwlib_reads(void)
{
    uint8_t buf[BOX_ADMIN_OCTETS], id[16] = { 1, 2, 3, [15] = 0xff };
    struct box_frame f;
    size_t n;
    Msg *msg;

    n = box_frame_ack(buf, ack_failed, 77, id);
    CHECK(n == BOX_ACK_OCTETS && box_frame_read(buf, n, &f));
    msg = unpacked(buf, n);
    CHECK(msg_type(msg) == ack);
    CHECK(msg->ack.nack == ack_failed && msg->ack.time == 77);
    CHECK(memcmp(msg->ack.id, id, sizeof(id)) == 0);
    msg_destroy(msg);
    n = box_frame_heartbeat(buf, 12);
    msg = unpacked(buf, n);
    CHECK(msg_type(msg) == heartbeat);
    CHECK(msg->heartbeat.load == 12);
    msg_destroy(msg);
    n = box_frame_admin(buf, cmd_identify, "box1");
    msg = unpacked(buf, n);
    CHECK(msg->admin.command == cmd_identify);
    CHECK(octstr_str_compare(msg->admin.boxc_id, "box1") == 0);
    msg_destroy(msg);
    n = box_frame_admin(buf, cmd_shutdown, NULL);
    msg = unpacked(buf, n);
    CHECK(msg->admin.boxc_id == NULL);
    msg_destroy(msg);
}

/* Of every type: what was read is written again, octet for octet. */
static void writes_what_it_read(void)
{
    uint8_t buf[1024], again[1024];
    struct box_frame f;
    size_t n, room;
    int type;

    for (type = heartbeat; type <= wdp_datagram; type++) {
        n = type == sms
                ? an_sms(buf, sizeof(buf))
                : packed(msg_create((enum msg_type)type), buf, sizeof(buf));
        CHECK(box_frame_read(buf, n, &f));
        CHECK(box_frame_write(again, n, &f) == n);
        CHECK(memcmp(again, buf, n) == 0);
        for (room = 0; room < n; room++)
            CHECK(box_frame_write(again, room, &f) == 0);
    }
}

static void refuses_every_truncation(void)
{
    uint8_t buf[1024];
    size_t n = an_sms(buf, sizeof(buf)), i;
    struct box_frame f;

    for (i = 0; i < n; i++) {
        CHECK(!box_frame_read(buf, i, &f));
        if (i < 8) /* no type: no frame at all */
            continue;
        encode_network_long(buf, i - 4);
        CHECK(!box_frame_read(buf, i, &f));
        encode_network_long(buf, n - 4);
    }
    CHECK(box_frame_read(buf, n, &f));
}

static void refuses_octets_left_over(void)
{
    uint8_t buf[1024] = { 0 };
    size_t n = an_sms(buf, sizeof(buf));
    struct box_frame f;

    encode_network_long(buf, n); /* four more than the fields take */
    CHECK(!box_frame_read(buf, n + 4, &f));
}

static void refuses_what_makes_gwlib_panic(void)
{
    static const uint8_t below_zero[] = { 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe };
    static const uint8_t type[] = { 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 0 };
    static const uint8_t minus[] = { 0, 0, 0, 12, 0,    0,    0,    1,
                                     0, 0, 0, 3,  0xff, 0xff, 0xff, 0xfe };
    static const uint8_t endless[] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1 };
    struct box_frame f;

    CHECK(box_frame_length(below_zero, 4) == -1);
    CHECK(!box_frame_read(below_zero, sizeof(below_zero), &f));
    CHECK(!box_frame_read(type, sizeof(type), &f));
    CHECK(!box_frame_read(minus, sizeof(minus), &f));
    CHECK(box_frame_length(endless, sizeof(endless)) == -1);
}

static void refuses_an_ack_without_a_uuid(void)
{
    uint8_t buf[BOX_ACK_OCTETS], id[16] = { 0 };
    struct box_frame f;

    box_frame_ack(buf, 0, 0, id);
    CHECK(box_frame_read(buf, sizeof(buf), &f));
    buf[20] = 'g';
    CHECK(!box_frame_read(buf, sizeof(buf), &f));
    box_frame_ack(buf, 0, 0, id);
    buf[28] = '0'; /* where a dash belongs */
    CHECK(!box_frame_read(buf, sizeof(buf), &f));
    box_frame_ack(buf, 0, 0, id);
    memset(buf + 16, 0xff, 4);
    encode_network_long(buf, 16);
    CHECK(!box_frame_read(buf, 20, &f));
}

static void tells_a_length_only_when_it_is_there(void)
{
    uint8_t buf[4];

    encode_network_long(buf, 100);
    CHECK(box_frame_length(buf, 3) == 0);
    CHECK(box_frame_length(buf, 4) == 104);
    encode_network_long(buf, BOX_FRAME_MAX - 4);
    CHECK(box_frame_length(buf, 4) == BOX_FRAME_MAX);
    encode_network_long(buf, BOX_FRAME_MAX - 3);
    CHECK(box_frame_length(buf, 4) == -1);
    encode_network_long(buf, 3);
    CHECK(box_frame_length(buf, 4) == -1);
}

int main(void)
{
    gwlib_init();
    SHOWS("KB-02", reads_an_sms_of_gwlib);
    SHOWS("KB-02", reads_every_other_type);
    SHOWS("KB-02", writes_what_gwlib_reads);
    SHOWS("KB-02", writes_what_it_read);
    SHOWS("KB-02", refuses_every_truncation);
    refuses_octets_left_over();
    SHOWS("KB-02", refuses_what_makes_gwlib_panic);
    refuses_an_ack_without_a_uuid();
    tells_a_length_only_when_it_is_there();
    gwlib_shutdown();
    return CHECK_DONE();
}

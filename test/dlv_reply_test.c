/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_reply_test.c - confirm = reply: the verdict is in what smsbox replies
 */

#include "dlv_world.h"

#include "check.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <string.h>

#define VMN "44770020001" /* of the route that confirms by reply */

/* What the box was given last: its UUID, and its smsc-id with the token. */
struct given {
    uint8_t uuid[16];
    char smsc_id[100];
};

static struct given given(struct fake_box *b)
{
    const struct box_field *f = &b->f.field[BOX_SMS_SMSC_ID];
    struct given g = { .smsc_id = "" };

    CHECK(fake_read_type(b, BOX_SMS));
    memcpy(g.uuid, b->f.id, sizeof(g.uuid));
    CHECK(f->num > 0 && (size_t)f->num < sizeof(g.smsc_id));
    memcpy(g.smsc_id, f->p, (size_t)f->num);
    return g;
}

static void reply(struct fake_box *b, const struct given *g, const char *text)
{
    fake_sms(b, mt_reply, g->smsc_id, text, 0x77);
    CHECK(fake_read_type(b, BOX_ACK)); /* swallowed: it never leaks out */
    CHECK(b->f.field[BOX_ACK_NACK].num == ack_success);
    CHECK(b->f.id[0] == 0x77);
}

static void one(const char *text, enum verdict v)
{
    struct fake_box b;
    struct given g;
    uint64_t id;

    start();
    box_up(&b, "smsbox");
    id = send_one(VMN, 1);
    g = given(&b);
    CHECK(strncmp(g.smsc_id, "sms/c/", 6) == 0);
    CHECK(strlen(g.smsc_id) == 6 + 32);
    fake_ack(&b, g.uuid, ack_success);
    CHECK(no_verdict()); /* smsbox has only started the request */
    CHECK(dlv_open() == 1);
    reply(&b, &g, text);
    CHECK(verdict_is(id, v));
    CHECK(dlv_open() == 0);
    fake_close(&b);
    stop();
}

static void the_reply_decides(void)
{
    one("thank you", VERDICT_OK);
    one("", VERDICT_OK);
    one("<Empty reply from service provider>", VERDICT_OK);
    one("Result could not be represented as an SMS message.", VERDICT_OK);
    one("Could not fetch content, sorry.", VERDICT_TEMPFAIL);
    one("Request Failed", VERDICT_TEMPFAIL);
}

static void texts_of_the_route_count(void)
{
    strcpy(route[BY_REPLY].reply_couldnotfetch, "kaputt");
    one("kaputt", VERDICT_TEMPFAIL);
    route[BY_REPLY].reply_couldnotfetch[0] = '\0';
    one("kaputt", VERDICT_OK);
}

static void the_first_of_several_replies_decides(void)
{
    uint64_t late = stat_get(STAT_dlv_reply_late);
    struct fake_box b;
    struct given g;
    uint64_t id;

    start();
    box_up(&b, "smsbox");
    id = send_one(VMN, 1);
    g = given(&b);
    reply(&b, &g, "part one"); /* even before its ack */
    CHECK(verdict_is(id, VERDICT_OK));
    reply(&b, &g, "Could not fetch content, sorry.");
    CHECK(dlv_open() == 1); /* its place in the window is taken still */
    fake_ack(&b, g.uuid, ack_success);
    CHECK(wait_open(0));
    reply(&b, &g, "part three");
    CHECK(no_verdict());
    CHECK(stat_get(STAT_dlv_reply_late) == late + 2);
    fake_close(&b);
    stop();
}

static void a_nack_before_any_reply_decides(void)
{
    struct fake_box b;
    struct given g;
    uint64_t id;

    start();
    box_up(&b, "smsbox");
    id = send_one(VMN, 1);
    g = given(&b);
    fake_ack(&b, g.uuid, ack_failed);
    CHECK(verdict_is(id, VERDICT_PERMFAIL));
    id = send_one(VMN, 2);
    g = given(&b);
    fake_ack(&b, g.uuid, ack_failed_tmp);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    fake_close(&b);
    stop();
}

static void a_lost_box_leaves_what_a_reply_decided(void)
{
    uint64_t lost = stat_get(STAT_dlv_lost), id1, id2;
    struct ss7_sms m = an_sms(VMN, 1);
    struct fake_box b;
    struct given g;

    start();
    box_up(&b, "smsbox");
    id1 = take(&m);
    g = given(&b);
    reply(&b, &g, "thank you");
    CHECK(verdict_is(id1, VERDICT_OK));
    id2 = send_one(VMN, 2);
    g = given(&b);
    fake_ack(&b, g.uuid, ack_success);
    fake_close(&b);
    CHECK(verdict_is(id2, VERDICT_TEMPFAIL));
    CHECK(wait_open(0));
    CHECK(stat_get(STAT_dlv_lost) == lost + 1);
    m.id = next_id();
    take(&m);
    CHECK(verdict_is(m.id, VERDICT_OK)); /* as it was decided */
    stop();
}

static void swallows_tokens_that_decide_nothing(void)
{
    struct given g = { .smsc_id = "" }, real;
    struct fake_box b, other;
    uint64_t id;

    start();
    box_up(&b, "smsbox");
    id = send_one(VMN, 1);
    real = given(&b);
    box_up(&other, "other");
    reply(&other, &real, "thank you"); /* not given to that box */
    g = real;
    g.smsc_id[37] = g.smsc_id[37] == '0' ? '1' : '0';
    reply(&b, &g, "thank you"); /* guessed */
    strcpy(g.smsc_id, "sms/c/00000001000000000123456789abcdef");
    reply(&b, &g, "thank you"); /* of a former life of this box */
    CHECK(no_verdict());
    fake_sms(&b, mt_reply, "sms/c/xyz", "no token", 1);
    CHECK(fake_read_type(&b, BOX_ACK));
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed);
    fake_sms(&b, mt_push, real.smsc_id, "no reply", 1);
    CHECK(fake_read_type(&b, BOX_ACK));
    CHECK(b.f.field[BOX_ACK_NACK].num == ack_failed);
    reply(&b, &real, "thank you");
    CHECK(verdict_is(id, VERDICT_OK));
    fake_close(&b);
    fake_close(&other);
    stop();
}

static void holds_no_more_than_it_may(void)
{
    struct fake_box b;
    struct given g;
    uint64_t id;
    unsigned i;

    start();
    box_up(&b, "smsbox");
    for (i = 0; i < route[BY_REPLY].reply_max_held; i++) {
        send_one(VMN, i);
        g = given(&b);
        fake_ack(&b, g.uuid, ack_success);
    }
    CHECK(no_verdict());
    id = send_one(VMN, 100);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    reply(&b, &g, "thank you");
    CHECK(next_verdict(&(struct verdict_seen){ 0 }, WAIT_MS));
    send_one(VMN, 101);
    given(&b);
    fake_close(&b);
    stop();
    drop_verdicts();
}

static void a_token_lives_for_its_time(void)
{
    struct fake_box b;
    struct given g;
    uint64_t id;

    start();
    box_up(&b, "smsbox");
    id = send_one(VMN, 1);
    g = given(&b);
    fake_ack(&b, g.uuid, ack_success);
    CHECK(no_verdict());
    dlv_sweep(now_ms() + DLV_TOKEN_MS - 1000);
    CHECK(no_verdict());
    dlv_sweep(now_ms() + DLV_TOKEN_MS);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    reply(&b, &g, "too late");
    CHECK(dlv_open() == 0 && no_verdict());
    fake_close(&b);
    stop();
}

static void stops_a_route_that_never_hears_a_reply(void)
{
    uint64_t silent = stat_get(STAT_dlv_silent), id;
    struct fake_box b;
    struct given g;
    unsigned i;

    start();
    box_up(&b, "smsbox");
    for (i = 0; i < DLV_SILENT_MAX; i++) {
        id = send_one(VMN, i);
        g = given(&b);
        fake_ack(&b, g.uuid, ack_success);
        dlv_gone(id, i == 0 ? MAP_GONE_ABORT : MAP_GONE_DEADLINE);
    }
    id = send_one(VMN, 100); /* an abort tells nothing: one was missing */
    g = given(&b);
    fake_ack(&b, g.uuid, ack_success);
    dlv_gone(id, MAP_GONE_DEADLINE);
    id = send_one(VMN, 101);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    CHECK(stat_get(STAT_dlv_silent) == silent + 1);
    id = send_one("33123", 1); /* another route */
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(verdict_is(id, VERDICT_OK));
    reply(&b, &g, "late, but a reply");
    CHECK(wait_open(DLV_SILENT_MAX));
    id = send_one(VMN, 102);
    g = given(&b);
    reply(&b, &g, "thank you");
    CHECK(verdict_is(id, VERDICT_OK));
    fake_close(&b);
    stop();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    box_conf.max_pending = 100; /* not what limits here */
    SHOWS("FM-02 KB-12", the_reply_decides);
    texts_of_the_route_count();
    SHOWS("KB-12", the_first_of_several_replies_decides);
    SHOWS("KB-04", a_nack_before_any_reply_decides);
    SHOWS("KB-06", a_lost_box_leaves_what_a_reply_decided);
    SHOWS("KB-12", swallows_tokens_that_decide_nothing);
    SHOWS("FM-12", holds_no_more_than_it_may);
    a_token_lives_for_its_time();
    stops_a_route_that_never_hears_a_reply();
    gwlib_shutdown();
    return CHECK_DONE();
}

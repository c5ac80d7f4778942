/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_route_test.c - messages go by rules to boxes that share them, and bounds
 *
 * Rules over the real box server and real sockets. At the end of each test
 * nothing may count as out, whatever became of the messages.
 */

#include "dlv_world.h"

#include "check.h"
#include "gw/dlv_route.h"
#include "gw/stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <string.h>

#define LIST(words) words "\0" /* the literal's own NUL is the second one */

enum { RULES = 4 };

static struct dlv_rule rule[RULES];
static const struct map_err busy = { .code = MAP_ERR_SUBSCRIBER_BUSY,
                                     .cause = -1 };

static void begin(unsigned n)
{
    for (unsigned i = n; i < RULES; i++)
        rule[i] = (struct dlv_rule){ .id = "" };
    conf.rule = rule;
    conf.n_rules = n;
    start();
}

static struct dlv_rule a_rule(const char *id)
{
    struct dlv_rule r = { .network = HLR_NETWORK_NONE, .route = -1 };

    strcpy(r.id, id);
    return r;
}

static bool is_out(unsigned of_rule, unsigned of_route)
{
    struct dlv_count routes[ROUTES], rules[RULES];
    unsigned n_rules = 0, n_routes = 0;

    dlv_route_counts(routes, ROUTES, rules, conf.n_rules);
    for (unsigned i = 0; i < ROUTES; i++)
        n_routes += routes[i].out;
    for (unsigned i = 0; i < conf.n_rules; i++)
        n_rules += rules[i].out;
    return n_rules == of_rule && n_routes == of_route;
}

static void end(void)
{
    CHECK(is_out(0, 0));
    stop();
    conf.n_rules = 0;
    for (unsigned i = 0; i < ROUTES; i++)
        route[i].max_open = 0;
}

/* What a test says about a message; NULL: as usual. */
struct text {
    const char *vmn, *text, *sender;
    uint8_t ref, max, seq; /* max 0: no part */
    uint32_t owner;
};

static struct ss7_sms sms_of(const struct text *t)
{
    static unsigned n;
    struct ss7_sms m = an_sms(t->vmn != NULL ? t->vmn : "33123", 0);
    struct tpdu_deliver d = { .scts = { .octet = { 0x62, 0x10, 0x10 } } };
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    m.owner = t->owner;
    d.oa.ton = TPDU_TON_ALPHANUMERIC;
    if (t->sender == NULL || t->sender[0] == '+')
        d.oa.ton = TPDU_TON_INTERNATIONAL;
    strcpy(d.oa.text, t->sender == NULL     ? "447700900001"
                      : t->sender[0] == '+' ? t->sender + 1
                                            : t->sender);
    d.oa.npi = d.oa.ton == TPDU_TON_INTERNATIONAL;
    if (t->max > 0) {
        d.udh_len = 6;
        memcpy(d.udh, (uint8_t[]){ 5, 0, 3, t->ref, t->max, t->seq }, 6);
    }
    /* no two are the same message */
    d.scts.octet[4] = (uint8_t)(n >> 8);
    d.scts.octet[5] = (uint8_t)n++;
    d.ud_len = (uint16_t)gsm7_from_utf8(t->text != NULL ? t->text : "hello",
                                        d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

static uint64_t send_text(struct text t)
{
    struct ss7_sms m = sms_of(&t);

    return take(&m);
}

static bool gets(struct fake_box *b, uint64_t id, const char *smsc_id)
{
    bool has =
        fake_read_type(b, BOX_SMS) && fake_is(b, BOX_SMS_SMSC_ID, smsc_id);

    if (has)
        fake_ack(b, b->f.id, ack_success);
    return has && verdict_is(id, VERDICT_OK);
}

static bool is_refused(uint64_t id, enum map_error code)
{
    struct verdict_seen seen;

    return next_verdict(&seen, WAIT_MS) && seen.id == id &&
           seen.v == VERDICT_TEMPFAIL && seen.err.code == code;
}

/* ---- which rule ---- */

static void conditions_choose_route_and_boxes(void)
{
    struct box_weight to_b = { "b", 1 };
    struct fake_box a, b;

    rule[0] = a_rule("win");
    rule[0].keyword = LIST("win");
    rule[0].vmn_prefix = LIST("33");
    rule[0].route = TO_BOX2; /* as it is treated; its boxes are: */
    rule[0].boxes[0] = (struct box_share){ 1, &to_b };
    rule[1] = a_rule("bank");
    rule[1].sender = LIST("Bank");
    rule[1].boxes[0] = (struct box_share){ 1, &to_b };
    rule[2] = a_rule("owner");
    rule[2].owner = 7;
    rule[2].boxes[0] = (struct box_share){ 1, &to_b };
    rule[3] = a_rule("smsc-id"); /* that of BY_REPLY, whose number it is */
    rule[3].smsc_id = LIST("sms/c");
    rule[3].sc_prefix = LIST("44778");
    rule[3].route = ANY;
    rule[3].boxes[0] = (struct box_share){ 1, &to_b };
    strcpy(route[ANY].box_id, "a");
    strcpy(route[TO_BOX2].smsc_id, "treated");
    begin(4);
    box_up(&a, "a");
    box_up(&b, "b");
    CHECK(gets(&a, send_text((struct text){ 0 }), "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .text = "WIN me" }), "treated"));
    CHECK(gets(&a, send_text((struct text){ .text = "winner" }), "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .sender = "Bank" }), "sigtran"));
    CHECK(gets(&a, send_text((struct text){ .sender = "Bank2" }), "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .owner = 7 }), "sigtran"));
    CHECK(gets(&a, send_text((struct text){ .owner = 8 }), "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .vmn = "4477002" }), "sigtran"));
    fake_close(&a);
    fake_close(&b);
    end();
    route[ANY].box_id[0] = '\0';
    strcpy(route[TO_BOX2].smsc_id, "sigtran");
}

static void a_rule_may_give_a_number_its_route(void)
{
    struct fake_box b;

    route[ANY].prefix[0] = '9'; /* no route takes all numbers */
    rule[0] = a_rule("given");
    rule[0].keyword = LIST("win");
    rule[0].route = ANY;
    begin(1);
    box_up(&b, "b");
    CHECK(is_refused(send_text((struct text){ 0 }), MAP_ERR_NONE));
    CHECK(gets(&b, send_text((struct text){ .text = "win" }), "sigtran"));
    fake_close(&b);
    end();
    route[ANY].prefix[0] = '\0';
}

static void a_report_follows_rules_that_need_no_text(void)
{
    struct box_weight to_b = { "b", 1 };
    struct ss7_sms m = a_report("33123", 1, 0);
    struct fake_box a, b;

    rule[0] = a_rule("word");
    rule[0].keyword = LIST("win");
    rule[1] = a_rule("reports");
    rule[1].vmn_prefix = LIST("33");
    rule[1].route = REPORTS;
    rule[1].boxes[0] = (struct box_share){ 1, &to_b };
    begin(2);
    box_up(&a, "a");
    box_up(&b, "b");
    take(&m);
    CHECK(gets(&b, m.id, "sms/c"));
    fake_close(&a);
    fake_close(&b);
    end();
}

/* ---- parts ---- */

static struct text a_part(uint8_t ref, uint8_t seq, const char *text)
{
    return (struct text){ .ref = ref, .max = 3, .seq = seq, .text = text };
}

static void parts_follow_the_first_to_its_box(void)
{
    struct box_weight to_b = { "b", 1 };
    struct fake_box a, b;

    rule[0] = a_rule("win");
    rule[0].keyword = LIST("win");
    rule[0].boxes[0] = (struct box_share){ 1, &to_b };
    strcpy(route[ANY].box_id, "a");
    begin(1);
    box_up(&a, "a");
    box_up(&b, "b");
    CHECK(gets(&b, send_text(a_part(1, 1, "win a")), "sigtran"));
    CHECK(gets(&b, send_text(a_part(1, 2, "car")), "sigtran"));
    CHECK(gets(&b, send_text(a_part(1, 3, "now")), "sigtran"));
    /* another message, whose second part only looks as if it had a keyword */
    CHECK(gets(&a, send_text(a_part(2, 1, "I")), "sigtran"));
    CHECK(gets(&a, send_text(a_part(2, 2, "win")), "sigtran"));
    /* its first part has not come */
    CHECK(gets(&a, send_text(a_part(3, 2, "win")), "sigtran"));
    fake_close(&a);
    fake_close(&b);
    end();
    route[ANY].box_id[0] = '\0';
}

enum { PARTS = 40, COLOURS = 2 };

/* Whichever of them it came to. */
static int comes_to(struct fake_box *b, uint64_t id)
{
    for (int ms = 0; ms < WAIT_MS; ms++)
        for (int i = 0; i < COLOURS; i++)
            if (fake_read(&b[i], 1) && b[i].f.type == BOX_SMS) {
                fake_ack(&b[i], b[i].f.id, ack_success);
                return verdict_is(id, VERDICT_OK) ? i : -1;
            }
    return -1;
}

static void stay_together(struct fake_box *b)
{
    unsigned got[COLOURS] = { 0 };

    for (uint8_t ref = 0; ref < PARTS; ref++) {
        int first = comes_to(b, send_text(a_part(ref, 1, "one")));

        CHECK(first >= 0);
        if (first < 0)
            return;
        got[first]++;
        CHECK(comes_to(b, send_text(a_part(ref, 3, "three"))) == first);
        CHECK(comes_to(b, send_text(a_part(ref, 2, "two"))) == first);
    }
    /* and not all to the one */
    CHECK(got[0] > PARTS / 8 && got[1] > PARTS / 8);
}

static void parts_of_a_message_stay_together(void)
{
    struct box_weight both[] = { { "a", 1 }, { "b", 1 } };
    struct fake_box b[COLOURS];

    rule[0] = a_rule("both");
    rule[0].boxes[0] = (struct box_share){ 2, both };
    begin(1);
    box_up(&b[0], "a");
    box_up(&b[1], "b");
    stay_together(b);
    fake_close(&b[0]);
    fake_close(&b[1]);
    end();
    /* the same of connections with one name, without a rule */
    begin(0);
    box_up(&b[0], "x");
    box_up(&b[1], "x");
    stay_together(b);
    fake_close(&b[0]);
    fake_close(&b[1]);
    end();
}

/* ---- shares ---- */

static void boxes_share_by_weight_and_stand_in(void)
{
    struct box_weight first[] = { { "a", 3 }, { "b", 1 } };
    struct box_weight second[] = { { "c", 1 } };
    struct fake_box b[COLOURS], c;
    unsigned got[COLOURS] = { 0 };
    uint64_t none = stat_get(STAT_dlv_rule_no_box);

    rule[0] = a_rule("share");
    rule[0].boxes[0] = (struct box_share){ 2, first };
    rule[0].boxes[1] = (struct box_share){ 1, second };
    begin(1);
    box_up(&b[0], "a");
    box_up(&b[1], "b");
    box_up(&c, "c");
    for (unsigned i = 0; i < 400; i++) {
        int at = comes_to(b, send_text((struct text){ 0 }));

        CHECK(at >= 0);
        if (at < 0)
            break;
        got[at]++;
    }
    CHECK(got[0] > 270 && got[0] < 330); /* 300, and 3.5 sigma */
    fake_close(&b[0]);
    CHECK(wait_boxes(2));
    for (unsigned i = 0; i < 10; i++)
        CHECK(gets(&b[1], send_text((struct text){ 0 }), "sigtran"));
    fake_close(&b[1]);
    CHECK(wait_boxes(1));
    CHECK(gets(&c, send_text((struct text){ 0 }), "sigtran"));
    fake_close(&c);
    CHECK(wait_boxes(0));
    CHECK(is_refused(send_text((struct text){ 0 }), MAP_ERR_NONE));
    CHECK(stat_get(STAT_dlv_rule_no_box) == none + 1);
    end();
}

/* Windows of four. */
static void full_boxes_are_passed_over(void)
{
    struct box_weight first[] = { { "a", 1 } }, second[] = { { "b", 1 } };
    uint64_t id[9], full = stat_get(STAT_dlv_box_full);
    struct fake_box a, b;

    rule[0] = a_rule("share");
    rule[0].boxes[0] = (struct box_share){ 1, first };
    rule[0].boxes[1] = (struct box_share){ 1, second };
    begin(1);
    box_up(&a, "a");
    box_up(&b, "b");
    for (unsigned i = 0; i < 9; i++)
        id[i] = send_text((struct text){ 0 });
    CHECK(is_refused(id[8], MAP_ERR_NONE));
    CHECK(stat_get(STAT_dlv_box_full) == full + 1);
    CHECK(is_out(8, 8));
    for (unsigned i = 0; i < 8; i++)
        CHECK(gets(i < 4 ? &a : &b, id[i], "sigtran"));
    fake_close(&a);
    fake_close(&b);
    end();
}

/* ---- bounds ---- */

static void over_its_bound_a_rule_refuses_at_once(void)
{
    struct fake_box b;
    uint64_t id[3], began;
    uint64_t full = stat_get(STAT_dlv_rule_full);

    rule[0] = a_rule("two");
    rule[0].keyword = LIST("win");
    rule[0].max_open = 2;
    rule[0].overload = busy;
    begin(1);
    box_up(&b, "b");
    id[0] = send_text((struct text){ .text = "win" });
    id[1] = send_text((struct text){ .text = "win" });
    began = now_ms();
    id[2] = send_text((struct text){ .text = "win" });
    CHECK(is_refused(id[2], MAP_ERR_SUBSCRIBER_BUSY));
    CHECK(now_ms() - began < 100);
    CHECK(stat_get(STAT_dlv_rule_full) == full + 1);
    CHECK(is_out(2, 2));
    CHECK(gets(&b, id[0], "sigtran"));
    CHECK(gets(&b, id[1], "sigtran"));
    /* others are not bound by it */
    CHECK(gets(&b, send_text((struct text){ 0 }), "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .text = "win" }), "sigtran"));
    fake_close(&b);
    end();
}

static void over_its_bound_a_route_refuses_at_once(void)
{
    struct fake_box b;
    uint64_t id;

    route[ANY].max_open = 1;
    route[ANY].overload = busy;
    route[ANY].tempfail.code = MAP_ERR_ABSENT_SUBSCRIBER_SM;
    rule[0] = a_rule("word");
    rule[0].keyword = LIST("win");
    begin(1);
    box_up(&b, "b");
    id = send_text((struct text){ 0 });
    CHECK(is_refused(send_text((struct text){ .text = "win" }),
                     MAP_ERR_SUBSCRIBER_BUSY));
    CHECK(is_out(0, 1));
    CHECK(gets(&b, id, "sigtran"));
    CHECK(gets(&b, send_text((struct text){ .text = "win" }), "sigtran"));
    fake_close(&b);
    end();
    route[ANY].tempfail.code = MAP_ERR_NONE;
    route[ANY].overload.code = MAP_ERR_NONE;
}

static void the_bound_of_all_says_overload_too(void)
{
    struct fake_box b;
    uint64_t id, began;

    conf.max_deliveries = 1;
    rule[0] = a_rule("all");
    rule[0].overload = busy;
    begin(1);
    box_up(&b, "b");
    id = send_text((struct text){ 0 });
    began = now_ms();
    CHECK(is_refused(send_text((struct text){ 0 }), MAP_ERR_SUBSCRIBER_BUSY));
    CHECK(now_ms() - began < 100);
    CHECK(gets(&b, id, "sigtran"));
    fake_close(&b);
    end();
    conf.max_deliveries = 64;
}

/* One is out; then it is not any more, and the next may go. */
static void room_again(struct fake_box *b)
{
    uint64_t id;

    CHECK(is_out(0, 0));
    id = send_text((struct text){ 0 });
    CHECK(is_out(1, 1));
    CHECK(gets(b, id, "sigtran"));
}

static void every_way_out_makes_room(void)
{
    static const int32_t nacks[] = { ack_failed, ack_failed_tmp, 77 };
    struct fake_box b;
    uint64_t id;

    rule[0] = a_rule("one");
    rule[0].max_open = 1;
    begin(1);
    box_up(&b, "b");
    for (unsigned i = 0; i < 3; i++) {
        id = send_text((struct text){ 0 });
        CHECK(fake_read_type(&b, BOX_SMS));
        fake_ack(&b, b.f.id, ack_buffered);
        CHECK(no_verdict() && is_out(1, 1));
        fake_ack(&b, b.f.id, nacks[i]);
        CHECK(verdict_is(id, i == 0 ? VERDICT_PERMFAIL : VERDICT_TEMPFAIL));
        room_again(&b);
    }
    /* the network gave up; the box still has it, and is late */
    id = send_text((struct text){ 0 });
    dlv_gone(id, MAP_GONE_DEADLINE);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(is_out(1, 1));
    CHECK(is_refused(send_text((struct text){ 0 }), MAP_ERR_NONE));
    fake_ack(&b, b.f.id, ack_success);
    CHECK(wait_open(0));
    fake_ack(&b, b.f.id, ack_success); /* and says so twice */
    room_again(&b);
    /* no ack in ten minutes */
    id = send_text((struct text){ 0 });
    CHECK(fake_read_type(&b, BOX_SMS));
    dlv_sweep(dlv_now_ms() + DLV_ACK_MS + 1);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    room_again(&b);
    /* the box is lost */
    id = send_text((struct text){ 0 });
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_close(&b);
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    box_up(&b, "b");
    room_again(&b);
    fake_close(&b);
    end();
}

static void replies_make_room(void)
{
    struct text t = { .vmn = "4477002" };
    char smsc_id[100] = "";
    const struct box_field *f;
    struct fake_box b;
    uint64_t id;

    rule[0] = a_rule("one");
    rule[0].max_open = 1;
    begin(1);
    box_up(&b, "b");
    id = send_text(t);
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, ack_success); /* the box has started */
    CHECK(no_verdict() && is_out(1, 1));
    f = &b.f.field[BOX_SMS_SMSC_ID];
    memcpy(smsc_id, f->p, (size_t)f->num);
    fake_sms(&b, mt_reply, smsc_id, "thanks", 1);
    CHECK(verdict_is(id, VERDICT_OK));
    CHECK(is_out(0, 0));
    fake_sms(&b, mt_reply, smsc_id, "thanks", 2); /* one is enough */
    id = send_text(t);
    CHECK(no_verdict() && is_out(1, 1));
    dlv_sweep(dlv_now_ms() + DLV_TOKEN_MS + 1); /* no reply ever */
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    CHECK(is_out(0, 0));
    fake_close(&b);
    CHECK(wait_open(0));
    end();
}

/* What is out when all ends is answered, and counted off. */
static void the_end_counts_off(void)
{
    struct fake_box b;
    uint64_t id;

    rule[0] = a_rule("one");
    begin(1);
    box_up(&b, "b");
    id = send_text((struct text){ 0 });
    CHECK(is_out(1, 1));
    stop();
    CHECK(verdict_is(id, VERDICT_TEMPFAIL));
    conf.n_rules = 0;
    fake_close(&b);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    conditions_choose_route_and_boxes();
    a_rule_may_give_a_number_its_route();
    a_report_follows_rules_that_need_no_text();
    parts_follow_the_first_to_its_box();
    parts_of_a_message_stay_together();
    boxes_share_by_weight_and_stand_in();
    full_boxes_are_passed_over();
    SHOWS("FM-12", over_its_bound_a_rule_refuses_at_once);
    SHOWS("FM-12", over_its_bound_a_route_refuses_at_once);
    SHOWS("FM-12", the_bound_of_all_says_overload_too);
    every_way_out_makes_room();
    replies_make_room();
    the_end_counts_off();
    gwlib_shutdown();
    return CHECK_DONE();
}

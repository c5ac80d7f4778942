/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_filter_test.c - messages on their way through plug-ins, between a fake
 * SS7 side and fake boxes; test/plugins/obey.c does what their text says
 */

#define _GNU_SOURCE /* memmem() */

#include "check.h"
#include "db_place.h"
#include "dlv_world.h"
#include "gw/cdr.h"
#include "gw/dlv_filter.h"
#include "gw/plug.h"
#include "gw/stat.h"

#include <gwlib/gwlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VMN "447800900123"

static struct plug_conf instance;
static struct plugs_conf plugs = { .n = 1, .conf = &instance };
static char log_file[] = "/tmp/dlv_filter_test.XXXXXX";
static char log_key[] = "log";

static void decided(enum plug_what what, uint64_t ref, enum plug_verdict v,
                    struct plug_msg *m)
{
    CHECK(what == PLUG_WHAT_SMS);
    dlv_filtered(ref, v, m);
}

static const struct plug_ops ops = { .decided = decided, .after = dlv_flush };

static void begin(uint32_t timeout_ms, bool bypass)
{
    instance = (struct plug_conf){
        .id = "obey",
        .path = "test/plugins/obey.so",
        .timeout_ms = timeout_ms,
        .queue = 1000,
        .bypass = bypass,
        .n_keys = 1,
        .key = { { .key = log_key, .value = log_file } },
    };
    if (plug_start(&plugs, &ops, false) != 0)
        panic(0, "cannot start the plug-in");
    cdr_start(NULL, 0, 100);
    if (truncate(log_file, 0) != 0)
        panic(0, "cannot empty the log");
    start();
}

static void end(void)
{
    stop();
    cdr_stop();
    plug_stop();
    drop_verdicts();
}

static struct ss7_sms saying(const char *text)
{
    struct tpdu_deliver d = { .oa = { .len = 12,
                                      .ton = TPDU_TON_INTERNATIONAL,
                                      .npi = 1,
                                      .text = "447700900001" } };
    struct ss7_sms m = an_sms(VMN, 0);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

/* A part of one; the route of its number joins. */
static struct ss7_sms part(const char *text, uint8_t ref, uint8_t no)
{
    struct tpdu_deliver d = { .oa = { .len = 12,
                                      .ton = TPDU_TON_INTERNATIONAL,
                                      .npi = 1,
                                      .text = "447700900001" },
                              .udh_len = 6,
                              .udh = { 5, 0, 3, ref, 2, no } };
    struct ss7_sms m = an_sms("447700300001", 0);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    d.ud_len = (uint16_t)gsm7_from_utf8(text, d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    return m;
}

static uint64_t say(const char *text)
{
    struct ss7_sms m = saying(text);

    return take(&m);
}

/* A line of the plug-in's log that has both, before WAIT_MS are over. */
static bool logged(const char *begins, const char *has)
{
    char line[2000];
    FILE *f;

    for (int ms = 0; ms < WAIT_MS; ms += 5) {
        f = fopen(log_file, "r");
        while (f != NULL && fgets(line, sizeof(line), f) != NULL)
            if (strncmp(line, begins, strlen(begins)) == 0 &&
                strstr(line, has) != NULL) {
                fclose(f);
                return true;
            }
        if (f != NULL)
            fclose(f);
        gwthread_sleep(0.005);
    }
    return false;
}

static unsigned lines(const char *begins)
{
    char line[2000];
    unsigned n = 0;
    FILE *f = fopen(log_file, "r");

    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        n += strncmp(line, begins, strlen(begins)) == 0;
    if (f != NULL)
        fclose(f);
    return n;
}

static bool in_meta(const struct fake_box *b, const char *text)
{
    const struct box_field *f = &b->f.field[BOX_SMS_META_DATA];

    return f->num > 0 && memmem(f->p, (size_t)f->num, text, strlen(text));
}

/* The border's word about it, as sigtran-box hears it. */
static bool settled(uint64_t id, enum verdict v, enum map_error error)
{
    struct verdict_seen seen;

    if (!next_verdict(&seen, WAIT_MS))
        return false;
    cdr_answered(seen.id, seen.v, seen.err);
    return seen.id == id && seen.v == v && seen.err.code == error;
}

static void a_message_passes_as_it_came(void)
{
    struct fake_box b;
    uint64_t id;

    begin(2000, false);
    box_up(&b, "box1");
    id = say("plain words");
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "plain words"));
    CHECK(fake_is(&b, BOX_SMS_SENDER, "+447700900001"));
    CHECK(logged("asked sms - 3 +447700900001 +447800900123 +447785016005",
                 " any "));
    fake_ack(&b, b.f.id, 0);
    CHECK(settled(id, VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("done ", " 1\n"));
    CHECK(logged("cdr ", "verdict=1 error=0 cause=-1 answered=1 dup=0 "));
    CHECK(logged("cdr ", "box=box1 times=11111 why=acked notes=\n"));
    fake_close(&b);
    end();
}

static void boxes_get_what_was_changed(void)
{
    struct fake_box b;
    uint64_t id;

    begin(2000, false);
    box_up(&b, "box1");
    id = say("sender=+4712;receiver=+4713;text=gr\xc3\xbc\xc3\x9f;meta=a=b;"
             "note=changed");
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_SENDER, "+4712"));
    CHECK(fake_is(&b, BOX_SMS_RECEIVER, "+4713"));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "gr\xc3\xbc\xc3\x9f"));
    CHECK(in_meta(&b, "?plugin?a=b&"));
    fake_ack(&b, b.f.id, 0);
    CHECK(settled(id, VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", "notes=changed\n"));
    fake_close(&b);
    end();
}

static void verdicts_need_no_box(void)
{
    begin(2000, false);
    CHECK(settled(say("done;x"), VERDICT_OK, MAP_ERR_NONE));
    CHECK(settled(say("temp;x"), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    CHECK(settled(say("error=absentSubscriber;temp"), VERDICT_TEMPFAIL,
                  MAP_ERR_ABSENT_SUBSCRIBER_SM));
    /* the route's own, which is this one */
    CHECK(settled(say("perm;x"), VERDICT_PERMFAIL, MAP_ERR_ILLEGAL_SUBSCRIBER));
    CHECK(settled(say("error=unidentifiedSubscriber;perm"), VERDICT_PERMFAIL,
                  MAP_ERR_UNIDENTIFIED_SUBSCRIBER));
    CHECK(logged("cdr ", "verdict=1 "));
    CHECK(logged("cdr ", "why=refused by a plug-in"));
    CHECK(wait_open(0));
    end();
}

static void an_error_is_that_of_who_refuses(void)
{
    begin(300, false);
    CHECK(settled(say("error=unidentifiedSubscriber;hold;x"), VERDICT_TEMPFAIL,
                  MAP_ERR_NONE));
    CHECK(settled(say("error=unidentifiedSubscriber;route=nowhere;next"),
                  VERDICT_TEMPFAIL, MAP_ERR_NONE));
    end();
}

/* Also where the network's version has another one for it. */
static void records_have_the_error_that_was_sent(void)
{
    struct ss7_sms m = saying("error=absentSubscriber;temp");

    begin(2000, false);
    m.version = 2;
    CHECK(settled(take(&m), VERDICT_TEMPFAIL, MAP_ERR_ABSENT_SUBSCRIBER_SM));
    CHECK(logged("cdr ", " error=27 cause=-1 "));
    end();
}

static void records_have_senders_in_one_line(void)
{
    struct tpdu_deliver d = { .oa = { .len = 4, .ton = 5, .text = "a\nb" } };
    struct ss7_sms m = an_sms(VMN, 0);
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));

    d.ud_len = (uint16_t)gsm7_from_utf8("done;x", d.ud, sizeof(d.ud));
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    begin(2000, false);
    CHECK(settled(take(&m), VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", " from=a?b "));
    end();
}

static void a_retry_is_not_asked_about_again(void)
{
    struct ss7_sms m = saying("done;once");
    struct verdict_seen seen;

    begin(2000, false);
    CHECK(settled(take(&m), VERDICT_OK, MAP_ERR_NONE));
    m.id = next_id();
    take(&m);
    CHECK(next_verdict(&seen, WAIT_MS) && seen.id == m.id);
    CHECK(seen.v == VERDICT_OK);
    cdr_answered(seen.id, seen.v, seen.err);
    CHECK(logged("cdr ", "dup=2 "));
    CHECK(lines("asked") == 1);
    end();
}

static void a_retry_joins_one_that_is_held(void)
{
    struct ss7_sms m = saying("later=done");
    uint64_t first, second;

    begin(2000, false);
    first = take(&m);
    m.id = next_id();
    second = take(&m);
    CHECK(settled(first, VERDICT_OK, MAP_ERR_NONE));
    CHECK(settled(second, VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", "dup=1 ") && logged("cdr ", "dup=0 "));
    CHECK(lines("asked") == 1);
    end();
}

static void goes_on_to_a_box_after_it_was_held(void)
{
    struct fake_box b;
    uint64_t id;

    begin(2000, false);
    box_up(&b, "box1");
    id = say("text=held text;later=next");
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "held text"));
    CHECK(in_meta(&b, "?plugin?held=1&"));
    fake_ack(&b, b.f.id, 0);
    CHECK(settled(id, VERDICT_OK, MAP_ERR_NONE));
    fake_close(&b);
    end();
}

static void takes_another_route(void)
{
    struct fake_box b, c;
    uint64_t id;

    begin(2000, false);
    box_up(&b, "box1");
    box_up(&c, "box2");
    id = say("route=box2;next");
    CHECK(fake_read_type(&c, BOX_SMS));
    fake_ack(&c, c.f.id, 0);
    CHECK(settled(id, VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", "route=box2 box=box2 "));
    CHECK(settled(say("route=nowhere;next"), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    fake_close(&b);
    fake_close(&c);
    end();
}

static void one_that_is_never_resumed_is_decided(void)
{
    struct fake_box b;
    uint64_t id;

    begin(300, false);
    CHECK(settled(say("hold;x"), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    end();

    begin(300, true);
    box_up(&b, "box1");
    id = say("hold;y");
    CHECK(fake_read_type(&b, BOX_SMS));
    fake_ack(&b, b.f.id, 0);
    CHECK(settled(id, VERDICT_OK, MAP_ERR_NONE));
    fake_close(&b);
    end();
}

static void the_network_may_give_up_first(void)
{
    uint64_t id;

    begin(2000, false);
    id = say("later=done");
    dlv_gone(id, MAP_GONE_ABORT);
    cdr_gone(id, MAP_GONE_ABORT);
    CHECK(logged("cdr ", "answered=0 "));
    CHECK(logged("done ", " 1\n"));
    CHECK(no_verdict() && wait_open(0));
    end();
}

static void nothing_goes_out_in_vain_without_dedup(void)
{
    struct fake_box b;
    uint64_t id;

    conf.dedup = DLV_DEDUP_OFF;
    begin(2000, false);
    box_up(&b, "box1");
    id = say("later=next");
    dlv_gone(id, MAP_GONE_ABORT);
    cdr_gone(id, MAP_GONE_ABORT);
    CHECK(logged("done ", " 2\n"));
    CHECK(!fake_read(&b, QUIET_MS) && wait_open(0));
    fake_close(&b);
    end();
    conf.dedup = DLV_DEDUP_MEMORY;
}

static void what_is_held_at_the_end_fails_for_now(void)
{
    uint64_t id;

    begin(20000, false);
    id = say("hold;x");
    CHECK(logged("asked", ""));
    stop();
    CHECK(settled(id, VERDICT_TEMPFAIL, MAP_ERR_NONE));
    cdr_stop();
    plug_stop();
}

static void a_message_after_the_stop_fails_for_now(void)
{
    struct dlv_rule rule = { .network = HLR_NETWORK_NONE, .route = -1 };

    conf.rule = &rule;
    conf.n_rules = 1;
    begin(2000, false);
    stop();
    CHECK(settled(say("done;x"), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    CHECK(logged("cdr ", "why=stopped "));
    cdr_stop();
    plug_stop();
    conf.n_rules = 0;
}

/* ---- with a store ---- */

static void a_retry_that_the_store_knows_is_no_first_one(void)
{
    struct ss7_sms m = saying("done;stored");

    begin(2000, false);
    CHECK(settled(take(&m), VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("done ", " 1\n") && logged("cdr ", "dup=0 "));
    end();
    begin(2000, false);
    m.id = next_id();
    CHECK(settled(take(&m), VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", "dup=2 "));
    CHECK(lines("asked") == 0 && lines("done") == 0 && lines("cdr") == 1);
    end();
}

/* The first part is acknowledged; the last one gets what the whole gets. */
static uint64_t send_parts(const char *a, const char *b, uint8_t ref)
{
    struct ss7_sms first = part(a, ref, 1), last = part(b, ref, 2);

    CHECK(settled(take(&first), VERDICT_OK, MAP_ERR_NONE));
    return take(&last);
}

static uint64_t last_again(const char *b, uint8_t ref)
{
    struct ss7_sms last = part(b, ref, 2);

    return take(&last);
}

static void filters_are_asked_about_the_whole(void)
{
    begin(2000, false);
    CHECK(settled(send_parts("note=who", "le;done", 1), VERDICT_OK,
                  MAP_ERR_NONE));
    CHECK(logged("cdr ", "notes=whole\n"));
    CHECK(lines("asked") == 1 && lines("done") == 1 && lines("cdr") == 2);
    CHECK(settled(last_again("le;done", 1), VERDICT_OK, MAP_ERR_NONE));
    CHECK(settled(send_parts("error=unidentified", "Subscriber;perm", 2),
                  VERDICT_PERMFAIL, MAP_ERR_UNIDENTIFIED_SUBSCRIBER));
    CHECK(settled(last_again("Subscriber;perm", 2), VERDICT_PERMFAIL,
                  MAP_ERR_NONE));
    CHECK(lines("asked") == 2);
    CHECK(wait_open(0));
    CHECK(place_number(&conf.store, "SELECT count(*) FROM part") == 0);
    end();
}

static void what_fails_for_now_is_asked_about_again(void)
{
    begin(2000, false);
    CHECK(settled(send_parts("later=", "temp", 3), VERDICT_TEMPFAIL,
                  MAP_ERR_NONE));
    CHECK(settled(last_again("temp", 3), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    CHECK(lines("asked") == 2);
    CHECK(place_number(&conf.store, "SELECT count(*) FROM part") > 0);
    end();
}

static void a_joined_one_goes_another_way_and_changed(void)
{
    struct fake_box b;
    uint64_t first, second;

    begin(2000, false);
    box_up(&b, "box2");
    first = send_parts("route=box2;text=one ", "text;later=next", 4);
    second = last_again("text;later=next", 4);
    CHECK(fake_read_type(&b, BOX_SMS));
    CHECK(fake_is(&b, BOX_SMS_MSGDATA, "one text"));
    fake_ack(&b, b.f.id, 0);
    CHECK(settled(first, VERDICT_OK, MAP_ERR_NONE));
    CHECK(settled(second, VERDICT_OK, MAP_ERR_NONE));
    CHECK(lines("asked") == 1 && wait_open(0));
    fake_close(&b);
    end();
}

static void a_joined_one_that_is_held_at_the_end_comes_again(void)
{
    uint64_t id;

    begin(20000, false);
    id = send_parts("ho", "ld;", 5);
    CHECK(logged("asked", ""));
    stop();
    CHECK(settled(id, VERDICT_TEMPFAIL, MAP_ERR_NONE));
    cdr_stop();
    plug_stop();
    begin(300, false);
    CHECK(settled(last_again("ld;", 5), VERDICT_TEMPFAIL, MAP_ERR_NONE));
    CHECK(lines("asked") == 1);
    end();
}

/* Its number has none, its parts were given one by a rule, and the rule for
 * its first word names boxes alone. */
static void a_joined_one_keeps_the_route_of_its_parts(void)
{
    static const char *const apart[] = { "997", "998", "999" };
    struct box_weight to_other = { "other", 1 };
    struct dlv_rule rule[] = {
        { .network = HLR_NETWORK_NONE,
          .route = -1,
          .keyword = "done;a\0",
          .sc_prefix = "447785016006\0",
          .boxes = { { 1, &to_other } } },
        { .network = HLR_NETWORK_NONE, .route = SHORT_TIME },
    };
    char was[3][HLR_MSISDN_MAX + 1];
    struct dlv_route *r[] = { &route[ANY], &route[SHORT_TIME],
                              &route[TO_BOX2] };
    struct ss7_sms a = part("done;a ", 6, 1), b = part("b", 6, 2);

    for (int i = 0; i < 3; i++) {
        strcpy(was[i], r[i]->prefix);
        strcpy(r[i]->prefix, apart[i]);
    }
    strcpy(b.sc, "447785016006");
    conf.rule = rule;
    conf.n_rules = 2;
    begin(2000, false);
    CHECK(settled(take(&a), VERDICT_OK, MAP_ERR_NONE));
    CHECK(settled(take(&b), VERDICT_OK, MAP_ERR_NONE));
    CHECK(logged("cdr ", "route=short "));
    end();
    conf.n_rules = 0;
    for (int i = 0; i < 3; i++)
        strcpy(r[i]->prefix, was[i]);
}

static void with_a_store(void)
{
    place_file(&conf.store);
    conf.dedup = DLV_DEDUP_STORE;
    conf.concat_timeout_s = 3600;
    route[SHORT_TIME].join = true;
    route[SHORT_TIME].deadline_ms = 0;
    a_retry_that_the_store_knows_is_no_first_one();
    filters_are_asked_about_the_whole();
    what_fails_for_now_is_asked_about_again();
    a_joined_one_goes_another_way_and_changed();
    a_joined_one_that_is_held_at_the_end_comes_again();
    a_joined_one_keeps_the_route_of_its_parts();
    place_end();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    close(mkstemp(log_file));
    a_message_passes_as_it_came();
    boxes_get_what_was_changed();
    verdicts_need_no_box();
    an_error_is_that_of_who_refuses();
    records_have_the_error_that_was_sent();
    records_have_senders_in_one_line();
    a_retry_is_not_asked_about_again();
    a_retry_joins_one_that_is_held();
    goes_on_to_a_box_after_it_was_held();
    takes_another_route();
    one_that_is_never_resumed_is_decided();
    the_network_may_give_up_first();
    nothing_goes_out_in_vain_without_dedup();
    what_is_held_at_the_end_fails_for_now();
    a_message_after_the_stop_fails_for_now();
    with_a_store();
    unlink(log_file);
    gwlib_shutdown();
    return CHECK_DONE();
}

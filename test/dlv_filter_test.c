/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_filter_test.c - messages on their way through plug-ins, between a fake
 * SS7 side and fake boxes; test/plugins/obey.c does what their text says
 */

#define _GNU_SOURCE /* memmem() */

#include "check.h"
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
        .key = { { log_key, log_file } },
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

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    close(mkstemp(log_file));
    a_message_passes_as_it_came();
    boxes_get_what_was_changed();
    verdicts_need_no_box();
    a_retry_is_not_asked_about_again();
    a_retry_joins_one_that_is_held();
    goes_on_to_a_box_after_it_was_held();
    takes_another_route();
    one_that_is_never_resumed_is_decided();
    the_network_may_give_up_first();
    what_is_held_at_the_end_fails_for_now();
    unlink(log_file);
    gwlib_shutdown();
    return CHECK_DONE();
}

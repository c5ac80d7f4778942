/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox_work_test.c - the way of a message through httpbox, between a
 * server and an application that the test plays
 */

#include "gw/httpbox_work.h"

#include "check.h"
#include "fake_box.h"
#include "fake_http.h"
#include "gw/stat.h"

#include <poll.h>
#include <unistd.h>

enum { QUIET_MS = 100, BURST = 200 };

static struct http_conf *conf;
static int listener;
static struct fake_box server;

static void start(const char *box_keys, const char *path, const char *keys)
{
    char file[] = "/tmp/httpbox_work_test.XXXXXX";
    FILE *f = fdopen(mkstemp(file), "w");
    int port = free_port();

    listener = fake_listen(port);
    fprintf(f,
            "group = httpbox\nbearerbox-port = %d\nhttpbox-id = apps\n%s\n"
            "group = sms-service\nkeyword = default\ncatch-all = true\n"
            "get-url = \"http://127.0.0.1:%d%s?%%a\"\n%s\n",
            port, box_keys, fake_http_start(), path, keys);
    fclose(f);
    conf = http_conf_load(file);
    unlink(file);
    CHECK(conf != NULL && http_work_start(conf) == 0);
    CHECK(fake_accept(&server, listener));
    CHECK(fake_read_type(&server, BOX_ADMIN));
    CHECK(fake_is(&server, BOX_ADMIN_BOXC_ID, "apps"));
}

static void stop(uint32_t drain_ms)
{
    http_work_stop(drain_ms);
    CHECK(http_work_pending() == 0);
    http_conf_free(conf);
    fake_close(&server);
    close(listener);
    fake_http_stop();
}

static void send_mo(uint8_t mark)
{
    fake_sms(&server, 0, "ss7", "hello", mark);
}

/* The next ack, of any message. */
static bool is_next(int32_t nack)
{
    return fake_read_type(&server, BOX_ACK) &&
           server.f.field[BOX_ACK_NACK].num == nack &&
           server.f.field[BOX_ACK_TIME].num == 1234;
}

static bool is_answered(uint8_t mark, int32_t nack)
{
    return is_next(nack) && server.f.id[0] == mark;
}

static void acknowledges_what_the_application_answers(void)
{
    start("", "/sleep/200", "");
    send_mo(0x11);
    CHECK(!fake_read(&server, QUIET_MS)); /* really held */
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    stop(1000);
    start("", "/status/503", "");
    send_mo(0x22);
    CHECK(is_answered(0x22, BOX_NACK_FAILED_TMP));
    stop(1000);
    start("", "/status/410", "");
    send_mo(0x33);
    CHECK(is_answered(0x33, BOX_NACK_FAILED));
    stop(1000);
}

static void many_are_each_answered_once(void)
{
    unsigned seen[256] = { 0 }, i;

    start("", "/sleep/1", "max-requests = 8");
    for (i = 0; i < BURST; i++)
        send_mo((uint8_t)(i + 1));
    for (i = 0; i < BURST; i++) {
        CHECK(is_next(BOX_NACK_SUCCESS));
        seen[server.f.id[0]]++;
    }
    for (i = 0; i < BURST; i++)
        CHECK(seen[i + 1] == 1);
    CHECK(fake_http_most() <= 8 && fake_http_count() == BURST);
    stop(1000);
}

static void retry_after_is_waited_for_if_it_fits(void)
{
    uint64_t repeated = stat_get(STAT_http_again);

    start("", "/once/503/after=1", "deadline = 4");
    send_mo(0x11);
    CHECK(!fake_read(&server, 900));
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    CHECK(fake_http_count() == 2);
    CHECK(stat_get(STAT_http_again) == repeated + 1);
    stop(1000);
    start("", "/once/503/after=4", "deadline = 4");
    send_mo(0x11);
    CHECK(is_answered(0x11, BOX_NACK_FAILED_TMP)); /* at once */
    CHECK(fake_http_count() == 1);
    stop(1000);
}

static void over_a_bound_it_fails_at_once(void)
{
    start("max-pending = 2\n", "/sleep/500", "");
    send_mo(0x11);
    send_mo(0x22);
    send_mo(0x33);
    CHECK(is_answered(0x33, BOX_NACK_FAILED_TMP));
    CHECK(is_next(BOX_NACK_SUCCESS) && is_next(BOX_NACK_SUCCESS));
    stop(1000);
    start("", "/sleep/500", "max-pending = 1");
    send_mo(0x11);
    send_mo(0x22);
    CHECK(is_answered(0x22, BOX_NACK_FAILED_TMP));
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    send_mo(0x33); /* there is room again */
    CHECK(is_answered(0x33, BOX_NACK_SUCCESS));
    stop(1000);
}

static void ends_at_the_deadline(void)
{
    start("deadline = 1\n", "/sleep/5000", "");
    send_mo(0x11);
    CHECK(!fake_read(&server, 800));
    CHECK(is_answered(0x11, BOX_NACK_FAILED_TMP));
    stop(1000);
}

static void an_answer_without_its_connection_is_dropped(void)
{
    uint64_t lost = stat_get(STAT_http_ack_lost);

    start("", "/sleep/300", "");
    send_mo(0x11);
    while (fake_http_count() == 0)
        poll(NULL, 0, 1);
    fake_close(&server);
    CHECK(fake_accept(&server, listener));
    CHECK(fake_read_type(&server, BOX_ADMIN));
    CHECK(!fake_read(&server, 500));
    CHECK(stat_get(STAT_http_ack_lost) == lost + 1);
    send_mo(0x11);
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    stop(1000);
}

static bool is_suspended(void)
{
    return fake_read_type(&server, BOX_ADMIN) &&
           server.f.field[BOX_ADMIN_COMMAND].num == BOX_CMD_SUSPEND;
}

static void what_it_has_when_stopping_is_answered(void)
{
    start("", "/sleep/300", "");
    send_mo(0x11);
    while (fake_http_count() == 0)
        poll(NULL, 0, 1);
    http_work_stop(5000);
    CHECK(is_suspended());
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    CHECK(fake_closed(&server));
    http_conf_free(conf);
    fake_http_stop();
    close(listener);
    start("", "/sleep/1000", "max-requests = 1");
    send_mo(0x11);
    send_mo(0x22); /* waits for its turn */
    while (fake_http_count() == 0)
        poll(NULL, 0, 1);
    http_work_stop(50);
    CHECK(is_suspended());
    CHECK(is_next(BOX_NACK_FAILED_TMP) && is_next(BOX_NACK_FAILED_TMP));
    http_conf_free(conf);
    fake_close(&server);
    fake_http_stop();
    close(listener);
}

static void what_waits_to_be_repeated_is_given_up(void)
{
    start("", "/status/503/after=5", "deadline = 20");
    send_mo(0x11);
    while (fake_http_count() == 0)
        poll(NULL, 0, 1);
    poll(NULL, 0, 50);
    CHECK(http_work_pending() == 1);
    http_work_stop(3000);
    CHECK(is_suspended() && is_answered(0x11, BOX_NACK_FAILED_TMP));
    http_conf_free(conf);
    fake_close(&server);
    fake_http_stop();
    close(listener);
}

static void replies_only_where_asked_for(void)
{
    start("", "/ok/", "");
    send_mo(0x11);
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    CHECK(!fake_read(&server, QUIET_MS));
    stop(1000);
    start("", "/ok/", "max-messages = 1");
    send_mo(0x22);
    CHECK(is_answered(0x22, BOX_NACK_SUCCESS)); /* first the ack */
    CHECK(fake_read_type(&server, BOX_SMS));
    CHECK(fake_is(&server, BOX_SMS_MSGDATA, "thank you"));
    CHECK(fake_is(&server, BOX_SMS_SENDER, "+447700900001"));
    CHECK(fake_is(&server, BOX_SMS_RECEIVER, "+447700900999"));
    CHECK(fake_is(&server, BOX_SMS_SMSC_ID, "ss7"));
    CHECK(fake_is(&server, BOX_SMS_BOXC_ID, "apps"));
    CHECK(server.f.field[BOX_SMS_TYPE].num == 1); /* mt_reply */
    stop(1000);
    start("", "/status/503", "max-messages = 1");
    send_mo(0x33);
    CHECK(is_answered(0x33, BOX_NACK_FAILED_TMP));
    CHECK(!fake_read(&server, QUIET_MS)); /* nor "could not fetch" */
    stop(1000);
}

/* As at SIGHUP. */
static void reload(const char *box_keys, const char *service_keys)
{
    struct http_conf *other;
    char file[] = "/tmp/httpbox_work_test.XXXXXX";
    FILE *f = fdopen(mkstemp(file), "w");

    fprintf(f,
            "group = httpbox\n%s\n\ngroup = sms-service\nkeyword = default\n"
            "%s\n",
            box_keys, service_keys);
    fclose(f);
    other = http_conf_load(file);
    unlink(file);
    CHECK(other != NULL);
    http_work_reload(other->set);
    other->set = NULL;
    http_conf_free(other);
}

/* One that the application has, but not answered. */
static void send_slow(uint8_t mark)
{
    start("", "/sleep/300", "");
    send_mo(mark);
    while (fake_http_count() == 0)
        poll(NULL, 0, 1);
}

static void services_change_under_way(void)
{
    send_slow(0x11);
    reload("", "get-url = http://127.0.0.1:1/");
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    send_mo(0x22);
    CHECK(is_answered(0x22, BOX_NACK_FAILED_TMP));
    stop(1000);
}

static void bounds_change_under_way(void)
{
    send_slow(0x11);
    reload("max-pending = 1", "catch-all = true\ntext = thanks");
    send_mo(0x22);
    CHECK(is_answered(0x22, BOX_NACK_FAILED_TMP));
    CHECK(is_answered(0x11, BOX_NACK_SUCCESS));
    send_mo(0x33);
    CHECK(is_answered(0x33, BOX_NACK_SUCCESS));
    stop(1000);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    SHOWS("KB-07", acknowledges_what_the_application_answers);
    many_are_each_answered_once();
    retry_after_is_waited_for_if_it_fits();
    over_a_bound_it_fails_at_once();
    ends_at_the_deadline();
    an_answer_without_its_connection_is_dropped();
    what_it_has_when_stopping_is_answered();
    what_waits_to_be_repeated_is_given_up();
    SHOWS("KB-12", replies_only_where_asked_for);
    services_change_under_way();
    bounds_change_under_way();
    gwlib_shutdown();
    return CHECK_DONE();
}

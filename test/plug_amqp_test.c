/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_amqp_test.c - messages and records to a RabbitMQ of our own
 *
 * test/amqp_storm.c does the same with many messages and more violence.
 */

#include "amqp_world.h"

#include <arpa/inet.h>
#include <sys/socket.h>

enum { PORT = 25700 };

static char why[300];

static const char *const base[] = { "host=127.0.0.1", "port=25700",
                                    "username=guest", "password=guest",
                                    "node=box1",      NULL };

/* The plug-in with the keys of above, and these. */
static struct stub *opened(const char *const *more)
{
    const char *keys[40];
    struct stub *s;
    unsigned n = 0;

    for (unsigned i = 0; base[i] != NULL; i++)
        keys[n++] = base[i];
    for (unsigned i = 0; more[i] != NULL; i++)
        keys[n++] = more[i];
    keys[n] = NULL;
    s = stub_open("amqp", keys, why, sizeof(why));
    if (s == NULL)
        printf("%s\n", why);
    return s;
}

static struct plug_msg *message(const char *id)
{
    return stub_msg(PLUG_ID, id, PLUG_NETWORK, "main", PLUG_VERSION, "3",
                    PLUG_SENDER, "+447700900001", PLUG_RECEIVER,
                    "+447700900002", PLUG_OWNER, "17", PLUG_SC, "+447700900003",
                    PLUG_GT, "447700900004", PLUG_GT_PLAN, "1", PLUG_IMSI,
                    "234150000000001", PLUG_TEXT, "hello \xe2\x82\xac",
                    PLUG_CODING, "2", PLUG_ROUTE, "app", PLUG_META, "a=b", -1);
}

/* Ask about one, wait, and say what became of it. */
static enum plug_verdict sent(struct stub *s, const char *id, int wait_ms)
{
    struct plug_msg *m = message(id);
    enum plug_verdict v = stub_sms(s, m);

    if (v == PLUG_HOLD)
        v = stub_wait(s, m, wait_ms);
    plug_msg_free(m);
    return v;
}

static bool connects(struct stub *s)
{
    for (int i = 0; i < 200; i++) {
        if (stub_counter(s, "connected") > 0)
            return true;
        pause_ms(50);
    }
    return false;
}

static bool counts(struct stub *s, const char *name, uint64_t n)
{
    for (int i = 0; i < 200; i++) {
        if (stub_counter(s, name) >= n)
            return stub_counter(s, name) == n;
        pause_ms(50);
    }
    return false;
}

/* ---- without a broker ---- */

static void refuses(const char *const *keys, const char *says)
{
    why[0] = '\0';
    CHECK(!stub_check("amqp", keys, why, sizeof(why)));
    CHECK(strstr(why, says) != NULL);
    if (strstr(why, says) == NULL)
        printf("%s\n", why);
}

static void says_which_key_is_wrong(void)
{
    refuses((const char *[]){ "mode=route", "routing-key=q", NULL },
            "`username'");
    refuses((const char *[]){ "username=u", NULL }, "`mode'");
    refuses((const char *[]){ "username=u", "mode=route", NULL },
            "`routing-key'");
    refuses((const char *[]){ "username=u", "mode=maybe", NULL }, "`mode'");
    refuses(
        (const char *[]){ "username=u", "mode=copy", "routing-key=%x", NULL },
        "`routing-key'");
    refuses(
        (const char *[]){ "username=u", "mode=copy", "routing-key=a%", NULL },
        "`routing-key'");
    refuses((const char *[]){ "username=u", "cdr-routing-key=%o", NULL },
            "`cdr-routing-key'");
    refuses((const char *[]){ "username=u", "mode=copy", "routing-key=q",
                              "password=p", "password-file=/x", NULL },
            "`password-file'");
    refuses((const char *[]){ "username=u", "mode=copy", "routing-key=q",
                              "ssl-trusted-ca-file=/etc/passwd", NULL },
            "`ssl'");
    refuses((const char *[]){ "username=u", "mode=copy", "routing-key=q",
                              "ssl=yes", "ssl-client-cert-file=/x", NULL },
            "`ssl-client-cert-file' must be a file that can be read (No");
    refuses((const char *[]){ "username=u", "mode=copy", "routing-key=q",
                              "window=0", NULL },
            "`window'");
    CHECK(stub_check("amqp",
                     (const char *[]){ "host=nowhere.invalid", "username=u",
                                       "mode=route", "routing-key=mo.%P.%%",
                                       NULL },
                     why, sizeof(why)));
}

/* Held for as long as it may take, then turned away at once. */
static void fails_for_now_where_there_is_no_broker(void)
{
    struct stub *s = stub_open(
        "amqp",
        (const char *[]){ "host=127.0.0.1", "port=1", "username=guest",
                          "password=hunter2", "mode=route", "routing-key=q",
                          "confirm-timeout=1", "queue-length=3", NULL },
        why, sizeof(why));
    struct plug_msg *m[4];
    uint64_t began = now_ms();

    CHECK(s != NULL);
    for (unsigned i = 0; i < 4; i++) {
        m[i] = message("11112222333344445555666677778888");
        CHECK(stub_sms(s, m[i]) == (i < 3 ? PLUG_HOLD : PLUG_TEMPFAIL));
    }
    CHECK(strstr(plug_msg_notes(m[3]), "the queue is full") != NULL);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(stub_wait(s, m[i], 5000) == PLUG_TEMPFAIL);
        CHECK(strstr(plug_msg_notes(m[i]), "could not be published") != NULL);
    }
    CHECK(now_ms() - began >= 1000 && now_ms() - began < 3500);
    CHECK(sent(s, "11112222333344445555666677778888", 0) == PLUG_TEMPFAIL);
    CHECK(stub_counter(s, "turned_away") == 2);
    CHECK(stub_counter(s, "expired") == 3);
    CHECK(stub_logged(s, "Cannot use broker <127.0.0.1:1>"));
    CHECK(!stub_logged(s, "hunter2"));
    for (unsigned i = 0; i < 4; i++)
        plug_msg_free(m[i]);
    stub_close(s);
}

/* What is held when it is closed gets its verdict all the same. */
static void resumes_all_when_it_is_closed(void)
{
    struct stub *s = stub_open("amqp",
                               (const char *[]){ "host=127.0.0.1", "port=1",
                                                 "username=guest", "mode=route",
                                                 "routing-key=q", NULL },
                               why, sizeof(why));
    struct plug_msg *m = message("11112222333344445555666677778888");

    CHECK(stub_sms(s, m) == PLUG_HOLD);
    stub_close(s);
    CHECK(strstr(plug_msg_notes(m), "amqp: the plug-in is closed") != NULL);
    plug_msg_free(m);
}

/* Records that pile up while the broker is away take no room from messages. */
static void takes_messages_when_records_are_many(void)
{
    struct stub *s = stub_open(
        "amqp",
        (const char *[]){ "host=127.0.0.1", "port=1", "username=guest",
                          "mode=route", "routing-key=q", "cdr-routing-key=c",
                          "confirm-timeout=60", NULL },
        why, sizeof(why));
    struct plug_msg *m[20];
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);
    char notes[1000];

    memset(notes, 'n', sizeof(notes) - 1);
    notes[sizeof(notes) - 1] = '\0';
    r.notes = notes;
    while (stub_counter(s, "dropped") == 0)
        stub_cdr(s, &r);
    for (int i = 0; i < 20; i++) {
        m[i] = message("11112222333344445555666677778889");
        CHECK(stub_sms(s, m[i]) == PLUG_HOLD);
    }
    stub_close(s);
    for (int i = 0; i < 20; i++)
        plug_msg_free(m[i]);
}

/* A host that takes the connection and says nothing more. */
static void does_not_wait_for_who_never_answers(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    char port_key[40];
    struct stub *s;
    uint64_t began;

    CHECK(bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 5) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&a, &len) == 0);
    snprintf(port_key, sizeof(port_key), "port=%d", ntohs(a.sin_port));
    s = stub_open("amqp",
                  (const char *[]){ "host=127.0.0.1", port_key,
                                    "username=guest", "mode=route",
                                    "routing-key=q", "connect-timeout=20",
                                    NULL },
                  why, sizeof(why));
    pause_ms(300);
    began = now_ms();
    stub_close(s);
    CHECK(now_ms() - began < 4000);
    close(fd);
}

/* ---- with one ---- */

static void is_done_when_the_broker_has_it(void)
{
    struct stub *s =
        opened((const char *[]){ "mode=route", "exchange=sms",
                                 "routing-key=mo.%r.%P.%p.%n.%o.%k.%%", NULL });
    char line[4000] = "", ids[200] = "";
    FILE *in;

    CHECK(sent(s, "0000000000000000000000000000000a", 9000) == PLUG_DONE);
    CHECK(sent(s, "0000000000000000000000000000000b", 9000) == PLUG_DONE);
    CHECK(stub_counter(s, "confirmed") == 2);
    stub_close(s);
    in = drained("sms");
    CHECK(fgets(line, sizeof(line), in) != NULL);
    CHECK(strcmp(line,
                 "0000000000000000000000000000000a\tsms\t2\t"
                 "mo.app.447700900002.447700900001.main.17.sms.%\t"
                 "{\"node\":\"box1\",\"kind\":\"sms\","
                 "\"id\":\"0000000000000000000000000000000a\","
                 "\"network\":\"main\",\"version\":\"3\","
                 "\"sender\":\"+447700900001\",\"receiver\":\"+447700900002\","
                 "\"owner\":\"17\",\"sc\":\"+447700900003\","
                 "\"gt\":\"447700900004\",\"gt_plan\":\"1\","
                 "\"imsi\":\"234150000000001\",\"route\":\"app\","
                 "\"meta\":\"a=b\",\"coding\":\"ucs2\","
                 "\"text\":\"hello \xe2\x82\xac\"}\n") == 0);
    CHECK(fgets(ids, sizeof(ids), in) != NULL);
    CHECK(strncmp(ids, "0000000000000000000000000000000b\t", 33) == 0);
    CHECK(pclose(in) == 0);
}

static void writes_octets_in_base64(void)
{
    struct stub *s =
        opened((const char *[]){ "mode=copy", "routing-key=sms", NULL });
    struct plug_msg *m = message("0000000000000000000000000000000c");
    char line[4000] = "";
    FILE *in;

    plug_msg_put(m, PLUG_KIND, "report", 6);
    plug_msg_put(m, PLUG_CODING, "1", 1);
    plug_msg_put(m, PLUG_TEXT, "\0\xff\x10", 3);
    plug_msg_put(m, PLUG_UDH, "\x06\x05\x04\x0b\x84\x23\xf0", 7);
    plug_msg_put(m, PLUG_DCS, "\xf5", 1);
    plug_msg_put(m, PLUG_PID, "\0", 1);
    plug_msg_put(m, PLUG_SENDER, "A.b c", 5);
    CHECK(stub_sms(s, m) == PLUG_NEXT);
    CHECK(counts(s, "confirmed", 1));
    plug_msg_free(m);
    stub_close(s);
    in = drained("sms");
    CHECK(fgets(line, sizeof(line), in) != NULL);
    CHECK(strncmp(line, "0000000000000000000000000000000c\treport\t2\tsms\t",
                  46) == 0);
    CHECK(strstr(line,
                 "\"coding\":\"8bit\",\"data_base64\":\"AP8Q\","
                 "\"udh\":\"0605040b8423f0\",\"dcs\":245,\"pid\":0}") != NULL);
    pclose(in);
}

static void makes_one_word_of_a_field(void)
{
    struct stub *s = opened((const char *[]){ "mode=route", "exchange=sms",
                                              "routing-key=mo.%p.%r", NULL });
    struct plug_msg *m = message("0000000000000000000000000000000d");
    char line[4000] = "";
    FILE *in;

    plug_msg_put_text(m, PLUG_SENDER, "A.b*#c-d_e \xc3\xa9");
    plug_msg_put_text(m, PLUG_ROUTE, "");
    CHECK(stub_sms(s, m) == PLUG_HOLD);
    CHECK(stub_wait(s, m, 9000) == PLUG_DONE);
    plug_msg_free(m);
    stub_close(s);
    in = drained("sms");
    CHECK(fgets(line, sizeof(line), in) != NULL);
    CHECK(strstr(line, "\tmo.A_b__c-d_e___.-\t") != NULL);
    pclose(in);
}

static void fails_for_now_what_no_queue_takes(void)
{
    struct stub *s = opened((const char *[]){ "mode=route", "exchange=sms",
                                              "routing-key=%p", NULL });
    struct plug_msg *m = message("0000000000000000000000000000000e");

    CHECK(stub_sms(s, m) == PLUG_HOLD);
    CHECK(stub_wait(s, m, 9000) == PLUG_TEMPFAIL);
    CHECK(strstr(plug_msg_notes(m), "no queue for it") != NULL);
    CHECK(stub_counter(s, "unroutable") == 1);
    CHECK(stub_counter(s, "confirmed") == 0);
    CHECK(stub_logged(s, "NO_ROUTE"));
    plug_msg_free(m);
    /* the next one is none the worse */
    CHECK(sent(s, "0000000000000000000000000000000f", 9000) == PLUG_TEMPFAIL);
    stub_close(s);
    CHECK(count_drained("sms") == 0);
}

/* The queue has room for two. */
static void fails_for_now_what_the_broker_refuses(void)
{
    struct stub *s =
        opened((const char *[]){ "mode=route", "routing-key=small", NULL });

    make_queue("bound", "small");
    CHECK(sent(s, "00000000000000000000000000000010", 9000) == PLUG_DONE);
    CHECK(sent(s, "00000000000000000000000000000011", 9000) == PLUG_DONE);
    CHECK(sent(s, "00000000000000000000000000000012", 9000) == PLUG_TEMPFAIL);
    CHECK(stub_counter(s, "refused") == 1);
    CHECK(count_drained("small") == 2);
    CHECK(sent(s, "00000000000000000000000000000012", 9000) == PLUG_DONE);
    stub_close(s);
    CHECK(count_drained("small") == 1);
}

/* Hundreds at once, of which few may be out at a time. */
static void confirms_many_in_their_window(void)
{
    enum { MANY = 1000 };
    struct stub *s = opened(
        (const char *[]){ "mode=route", "routing-key=sms", "window=7", NULL });
    static struct plug_msg *m[MANY];
    unsigned done = 0;
    char id[33];

    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof(id), "%032x", i);
        m[i] = message(id);
        CHECK(stub_sms(s, m[i]) == PLUG_HOLD);
    }
    for (unsigned i = 0; i < MANY; i++) {
        done += stub_wait(s, m[i], 9000) == PLUG_DONE;
        plug_msg_free(m[i]);
    }
    CHECK(done == MANY);
    stub_close(s);
    CHECK(count_drained("sms") == MANY);
}

static void publishes_records(void)
{
    struct stub *s = opened((const char *[]){
        "cdr-exchange=sms", "cdr-routing-key=mo.%k.%v.%P", NULL });
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);
    char line[4000] = "";
    FILE *in;

    r.id = "00000000000000000000000000000013";
    r.receiver = "+447700900002";
    r.verdict = PLUG_TEMPFAIL;
    CHECK(sent(s, "00000000000000000000000000000013", 0) == PLUG_NEXT);
    stub_cdr(s, &r);
    stub_cdr(s, &r);
    CHECK(counts(s, "confirmed", 2));
    stub_close(s);
    in = drained("sms");
    CHECK(fgets(line, sizeof(line), in) != NULL);
    CHECK(strncmp(line + 16, "-1\tcdr\t2\tmo.sms.tempfail.447700900002\t{",
                  39) == 0);
    CHECK(strstr(line, "\"seq\":1,\"node\":\"box1\",\"kind\":\"sms\","
                       "\"id\":\"00000000000000000000000000000013\"") != NULL);
    CHECK(fgets(line, sizeof(line), in) != NULL);
    CHECK(strncmp(line + 16, "-2\tcdr\t", 7) == 0);
    pclose(in);
}

/* Nobody waits for them, so they wait; and those that were out when it was
 * killed come again, under the same name. */
static void keeps_records_while_the_broker_is_away(void)
{
    struct stub *s = opened((const char *[]){
        "cdr-routing-key=sms", "cdr-queue-length=400", "heartbeat=1", NULL });
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);
    bool seen[500] = { false };
    unsigned missing = 0, n;
    char line[4000];
    FILE *in;

    CHECK(connects(s));
    for (n = 0; n < 100; n++)
        stub_cdr(s, &r);
    CHECK(broker("kill") == 0);
    for (int i = 0; i < 100 && stub_counter(s, "failures") == 0; i++)
        pause_ms(50);
    for (n = 0; n < 450; n++)
        stub_cdr(s, &r);
    CHECK(stub_counter(s, "dropped") >= 50);
    n = 550 - (unsigned)stub_counter(s, "dropped");
    CHECK(broker("start") == 0);
    CHECK(counts(s, "confirmed", n));
    CHECK(stub_counter(s, "connected") == 2);
    CHECK(stub_logged(s, "Lost broker"));
    stub_close(s);
    in = drained("sms");
    while (fgets(line, sizeof(line), in) != NULL) {
        int seq = atoi(line + 17);

        if (seq > 0 && seq < 500)
            seen[seq] = true;
    }
    pclose(in);
    for (unsigned i = 1; i <= n && i < 500; i++)
        missing += !seen[i];
    CHECK(missing == 0);
}

/* It answers nothing: the message fails in time, and when it comes to life its
 * confirmation finds nobody. */
static void does_not_wait_for_a_frozen_broker(void)
{
    struct stub *s =
        opened((const char *[]){ "mode=route", "routing-key=sms",
                                 "confirm-timeout=1", "heartbeat=60", NULL });
    struct plug_msg *m = message("00000000000000000000000000000017");
    uint64_t began;

    CHECK(sent(s, "00000000000000000000000000000014", 9000) == PLUG_DONE);
    CHECK(broker("freeze") == 0);
    began = now_ms();
    CHECK(sent(s, "00000000000000000000000000000015", 5000) == PLUG_TEMPFAIL);
    CHECK(now_ms() - began < 2500);
    pause_ms(200);
    /* silent for longer than that: it would be in vain */
    began = now_ms();
    CHECK(sent(s, "00000000000000000000000000000016", 0) == PLUG_TEMPFAIL);
    CHECK(now_ms() - began < 100);
    CHECK(broker("thaw") == 0);
    CHECK(counts(s, "confirmed_late", 1));
    CHECK(sent(s, "00000000000000000000000000000016", 9000) == PLUG_DONE);
    /* closed while it is frozen */
    CHECK(broker("freeze") == 0);
    CHECK(stub_sms(s, m) == PLUG_HOLD);
    began = now_ms();
    stub_close(s);
    CHECK(now_ms() - began < 4500);
    CHECK(plug_msg_notes(m)[0] != '\0');
    plug_msg_free(m);
    CHECK(broker("thaw") == 0);
    pause_ms(500);
    CHECK(count_drained("sms") >= 3);
}

/* Heartbeats find out what TCP does not. */
static void leaves_a_broker_that_is_silent(void)
{
    struct stub *s =
        opened((const char *[]){ "mode=route", "routing-key=sms",
                                 "confirm-timeout=60", "heartbeat=1", NULL });
    struct plug_msg *m = message("00000000000000000000000000000018");

    CHECK(connects(s));
    CHECK(broker("freeze") == 0);
    CHECK(stub_sms(s, m) == PLUG_HOLD);
    CHECK(stub_wait(s, m, 9000) == PLUG_TEMPFAIL);
    CHECK(strstr(plug_msg_notes(m), "the connection was lost") != NULL);
    CHECK(stub_counter(s, "lost") == 1);
    plug_msg_free(m);
    CHECK(broker("thaw") == 0);
    CHECK(sent(s, "00000000000000000000000000000018", 20000) == PLUG_DONE);
    stub_close(s);
    count_drained("sms");
}

/* So too where it has not even read what was sent, and no heartbeat goes out
 * because the line is full. */
static void leaves_a_broker_that_does_not_read(void)
{
    struct stub *s = opened((const char *[]){
        "cdr-routing-key=sms", "heartbeat=1", "window=10000", NULL });
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);
    static char notes[60000];

    memset(notes, 'n', sizeof(notes) - 1);
    r.notes = notes;
    CHECK(connects(s));
    CHECK(broker("freeze") == 0);
    for (int i = 0; i < 600; i++)
        stub_cdr(s, &r);
    for (int i = 0; i < 200 && stub_counter(s, "lost") == 0; i++)
        pause_ms(50);
    CHECK(stub_counter(s, "lost") > 0);
    CHECK(broker("thaw") == 0);
    CHECK(counts(s, "confirmed", 600));
    stub_close(s);
    count_drained("sms");
}

/* Records that have waited are many, and who waits for a verdict goes first. */
static void publishes_messages_before_records(void)
{
    struct stub *s = opened((const char *[]){ "mode=route", "routing-key=sms",
                                              "cdr-routing-key=sms", "window=1",
                                              "confirm-timeout=20", NULL });
    struct plug_cdr r = stub_record(PLUG_CDR_SMS);

    CHECK(connects(s));
    for (int i = 0; i < 5000; i++)
        stub_cdr(s, &r);
    CHECK(sent(s, "0000000000000000000000000000001d", 9000) == PLUG_DONE);
    CHECK(stub_counter(s, "confirmed") < 4000);
    stub_close(s);
    count_drained("sms");
}

/* An alarm: it asks us to publish nothing, and we do not. */
static void publishes_nothing_where_it_is_blocked(void)
{
    struct stub *s = opened((const char *[]){ "mode=route", "routing-key=sms",
                                              "confirm-timeout=3", NULL });

    CHECK(sent(s, "00000000000000000000000000000019", 9000) == PLUG_DONE);
    CHECK(broker_with("ctl", "set_vm_memory_high_watermark 0") == 0);
    /* who publishes is told */
    sent(s, "0000000000000000000000000000001a", 5000);
    CHECK(counts(s, "blocked", 1));
    CHECK(stub_logged(s, "The broker takes no messages"));
    CHECK(sent(s, "0000000000000000000000000000001b", 5000) == PLUG_TEMPFAIL);
    CHECK(broker_with("ctl", "set_vm_memory_high_watermark 0.4") == 0);
    for (int i = 0; i < 100 && !stub_logged(s, "takes messages again"); i++)
        pause_ms(50);
    CHECK(sent(s, "0000000000000000000000000000001c", 9000) == PLUG_DONE);
    stub_close(s);
    count_drained("sms");
}

static void says_why_it_is_not_let_in(void)
{
    const char *keys[] = { "host=127.0.0.1",
                           "port=25700",
                           "username=guest",
                           "password=hunter2",
                           "mode=route",
                           "routing-key=q",
                           NULL };
    struct stub *s = stub_open("amqp", keys, why, sizeof(why));

    CHECK(counts(s, "failures", 1) || stub_counter(s, "failures") > 1);
    CHECK(stub_logged(s, "login: the broker says 403"));
    CHECK(!stub_logged(s, "hunter2"));
    stub_close(s);
    s = opened((const char *[]){ "mode=route", "exchange=nowhere", NULL });
    for (int i = 0; i < 100 && stub_counter(s, "failures") == 0; i++)
        pause_ms(50);
    CHECK(stub_logged(s, "exchange: the broker says 404"));
    CHECK(stub_logged(s, "nowhere"));
    stub_close(s);
}

/* ---- TLS ---- */

static void make_certificates(void)
{
    char cmd[700];

    snprintf(cmd, sizeof(cmd),
             "cd %s && for n in cert other; do openssl req -x509 -newkey "
             "rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
             "subjectAltName=DNS:localhost -keyout $n.key -out $n.pem "
             "2>/dev/null || exit 1; done; mv cert.key key.pem",
             world_dir);
    CHECK(shell(cmd) == 0);
    setenv("WORLD_TLS", "yes", 1);
}

static struct stub *with_tls(const char *host, const char *ca,
                             const char *verify)
{
    char ca_key[200];
    const char *const keys[] = { host,
                                 "port=25703",
                                 "username=guest",
                                 "password=guest",
                                 "ssl=yes",
                                 "confirm-timeout=2",
                                 "mode=route",
                                 "routing-key=sms",
                                 verify,
                                 ca_key,
                                 NULL };

    snprintf(ca_key, sizeof(ca_key), "ssl-trusted-ca-file=%s/%s", world_dir,
             ca);
    return stub_open("amqp", keys, why, sizeof(why));
}

static void speaks_tls_with_whom_it_knows(void)
{
    static const char id[] = "0000000000000000000000000000001d";
    struct stub *s = with_tls("host=localhost", "cert.pem", "ssl-verify=yes");

    CHECK(sent(s, id, 9000) == PLUG_DONE);
    stub_close(s);
    s = with_tls("host=localhost", "other.pem", "ssl-verify=yes");
    CHECK(sent(s, id, 9000) == PLUG_TEMPFAIL);
    CHECK(stub_counter(s, "connected") == 0);
    stub_close(s);
    /* the certificate is for another name */
    s = with_tls("host=127.0.0.1", "cert.pem", "ssl-verify=yes");
    CHECK(sent(s, id, 9000) == PLUG_TEMPFAIL);
    CHECK(stub_counter(s, "connected") == 0);
    stub_close(s);
    s = with_tls("host=127.0.0.1", "other.pem", "ssl-verify=no");
    CHECK(sent(s, id, 9000) == PLUG_DONE);
    stub_close(s);
    CHECK(count_drained("sms") == 2);
}

static void remove_folder(void)
{
    char cmd[100];

    snprintf(cmd, sizeof(cmd), "rm -rf %s", world_dir);
    CHECK(shell(cmd) == 0);
}

static void storms(void)
{
    char cmd[100];

    snprintf(cmd, sizeof(cmd), "test/amqp_storm 2000 %d 3", PORT + 10);
    unsetenv("WORLD_TLS");
    CHECK(shell(cmd) == 0);
}

int main(void)
{
    int started;

    world_port = PORT;
    if (mkdtemp(world_dir) == NULL)
        return 1;
    says_which_key_is_wrong();
    fails_for_now_where_there_is_no_broker();
    resumes_all_when_it_is_closed();
    takes_messages_when_records_are_many();
    does_not_wait_for_who_never_answers();
    make_certificates();
    started = broker("start");
    if (started != 0) {
        remove_folder();
        return check_failures != 0 || started != 77 ? 1 : 77;
    }
    make_queue("declare", "sms sms mo.#");
    is_done_when_the_broker_has_it();
    writes_octets_in_base64();
    makes_one_word_of_a_field();
    fails_for_now_what_no_queue_takes();
    fails_for_now_what_the_broker_refuses();
    confirms_many_in_their_window();
    publishes_records();
    keeps_records_while_the_broker_is_away();
    does_not_wait_for_a_frozen_broker();
    leaves_a_broker_that_is_silent();
    leaves_a_broker_that_does_not_read();
    publishes_messages_before_records();
    publishes_nothing_where_it_is_blocked();
    says_why_it_is_not_let_in();
    speaks_tls_with_whom_it_knows();
    broker("away");
    remove_folder();
    storms();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_client_test.c - a box's connection to its server, against a server
 * that the test plays
 */

#include "gw/box_client.h"

#include "check.h"
#include "fake_box.h"

#include <gwlib/gwlib.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEYS = 64, QUIET_MS = 100 };

/* What the ops told. */
static struct told {
    pthread_mutex_t lock;
    struct box_key key[KEYS];
    unsigned sms, turns, acks, up, lost, commands;
    char text[64]; /* of the last sms */
    uint8_t ack_id[16];
    int32_t nack;
    uint32_t up_epoch, lost_epoch;
    enum box_command command;
} told = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int listener, port;
static struct box_client *client;
static bool answer_at_once;

static void op_sms(void *ctx, const struct box_key *key,
                   const struct box_frame *f, const uint8_t *p, size_t n)
{
    const struct box_field *text = &f->field[BOX_SMS_MSGDATA];

    (void)p, (void)n;
    CHECK(ctx == &told);
    pthread_mutex_lock(&told.lock);
    told.key[told.sms++ % KEYS] = *key;
    memset(told.text, 0, sizeof(told.text));
    if (text->num > 0 && text->num < (int)sizeof(told.text))
        memcpy(told.text, text->p, (size_t)text->num);
    pthread_mutex_unlock(&told.lock);
    if (answer_at_once)
        box_client_ack(client, key, VERDICT_TEMPFAIL);
}

static void op_ack(void *ctx, const uint8_t id[16], int32_t nack)
{
    (void)ctx;
    pthread_mutex_lock(&told.lock);
    told.acks++;
    memcpy(told.ack_id, id, sizeof(told.ack_id));
    told.nack = nack;
    pthread_mutex_unlock(&told.lock);
}

static void op_turn(void *ctx)
{
    (void)ctx;
    pthread_mutex_lock(&told.lock);
    told.turns++;
    pthread_mutex_unlock(&told.lock);
}

static void op_up(void *ctx, uint32_t epoch)
{
    (void)ctx;
    pthread_mutex_lock(&told.lock);
    told.up++;
    told.up_epoch = epoch;
    pthread_mutex_unlock(&told.lock);
}

static void op_lost(void *ctx, uint32_t epoch)
{
    (void)ctx;
    pthread_mutex_lock(&told.lock);
    told.lost++;
    told.lost_epoch = epoch;
    pthread_mutex_unlock(&told.lock);
}

static void op_command(void *ctx, enum box_command command)
{
    (void)ctx;
    pthread_mutex_lock(&told.lock);
    told.commands++;
    told.command = command;
    pthread_mutex_unlock(&told.lock);
}

static const struct box_client_ops ops = {
    .sms = op_sms,
    .ack = op_ack,
    .turn = op_turn,
    .up = op_up,
    .lost = op_lost,
    .command = op_command,
};

/* A copy of what was told, as soon as the counter at `of' is `least'. */
static struct told wait_told(const unsigned *of, unsigned least)
{
    struct told t;
    unsigned seen;

    for (int ms = 0;; ms++) {
        pthread_mutex_lock(&told.lock);
        seen = *of;
        t = told;
        pthread_mutex_unlock(&told.lock);
        if (seen >= least || ms == WAIT_MS)
            break;
        poll(NULL, 0, 1);
    }
    CHECK(seen >= least);
    return t;
}

static void start(const char *boxc_id)
{
    struct box_client_conf conf = { .heartbeat_ms = 30000 };
    pthread_mutex_t lock = told.lock;

    memset(&told, 0, sizeof(told));
    told.lock = lock;
    port = free_port();
    listener = fake_listen(port);
    CHECK(listener >= 0);
    strcpy(conf.host, "127.0.0.1");
    conf.port = (uint16_t)port;
    strcpy(conf.boxc_id, boxc_id);
    client = box_client_start(&conf, &ops, &told);
    CHECK(client != NULL);
}

static void stop(void)
{
    box_client_stop(client, 1000);
    close(listener);
}

/* The server sees a box that identifies itself. */
static void accept_box(struct fake_box *s, const char *id)
{
    CHECK(fake_accept(s, listener));
    CHECK(fake_read_type(s, BOX_ADMIN));
    CHECK(s->f.field[BOX_ADMIN_COMMAND].num == BOX_CMD_IDENTIFY);
    CHECK(fake_is(s, BOX_ADMIN_BOXC_ID, id));
}

/* The server gets the answer to message `mark'. */
static bool is_answered(struct fake_box *s, uint8_t mark, int32_t nack)
{
    return fake_read_type(s, BOX_ACK) && s->f.id[0] == mark &&
           s->f.id[15] == mark && s->f.field[BOX_ACK_NACK].num == nack &&
           s->f.field[BOX_ACK_TIME].num == 1234;
}

static bool ack(const struct box_key *key, enum verdict v)
{
    bool sent = box_client_ack(client, key, v);

    box_client_flush(client);
    return sent;
}

static void identifies_itself_and_answers(void)
{
    struct fake_box s;
    struct told t;

    start("app1");
    accept_box(&s, "app1");
    t = wait_told(&told.up, 1);
    CHECK(t.up_epoch == 1 && box_client_epoch(client) == 1);
    fake_sms(&s, 0, "smsc1", "one", 0x11);
    fake_sms(&s, 0, "smsc1", "two", 0x22);
    fake_sms(&s, 0, "smsc1", "three", 0x33);
    t = wait_told(&told.sms, 3);
    CHECK(strcmp(t.text, "three") == 0);
    CHECK(ack(&t.key[2], VERDICT_OK));
    CHECK(is_answered(&s, 0x33, BOX_NACK_SUCCESS));
    CHECK(ack(&t.key[0], VERDICT_TEMPFAIL));
    CHECK(is_answered(&s, 0x11, BOX_NACK_FAILED_TMP));
    CHECK(ack(&t.key[1], VERDICT_PERMFAIL));
    CHECK(is_answered(&s, 0x22, BOX_NACK_FAILED));
    wait_told(&told.turns, 1);
    fake_close(&s);
    stop();
}

static void answers_from_inside_an_op_leave_too(void)
{
    struct fake_box s;

    answer_at_once = true;
    start("");
    CHECK(fake_accept(&s, listener));
    CHECK(fake_read_type(&s, BOX_ADMIN));
    CHECK(s.f.field[BOX_ADMIN_BOXC_ID].num == -1);
    fake_sms(&s, 0, "smsc1", "one", 0x11);
    CHECK(is_answered(&s, 0x11, BOX_NACK_FAILED_TMP));
    answer_at_once = false;
    fake_close(&s);
    stop();
}

static void an_answer_belongs_to_its_connection(void)
{
    struct fake_box s;
    struct told t;

    start("app1");
    accept_box(&s, "app1");
    fake_sms(&s, 0, "smsc1", "one", 0x11);
    t = wait_told(&told.sms, 1);
    fake_close(&s);
    t = wait_told(&told.lost, 1);
    CHECK(t.lost_epoch == 1);
    accept_box(&s, "app1"); /* by itself, at once */
    wait_told(&told.up, 2);
    CHECK(!ack(&t.key[0], VERDICT_OK));
    CHECK(!fake_read(&s, QUIET_MS));
    fake_sms(&s, 0, "smsc1", "one", 0x11); /* the server's retry */
    t = wait_told(&told.sms, 2);
    CHECK(t.key[1].epoch == 2 && ack(&t.key[1], VERDICT_OK));
    CHECK(is_answered(&s, 0x11, BOX_NACK_SUCCESS));
    fake_close(&s);
    stop();
}

static void sends_messages_and_tells_their_acks(void)
{
    static const uint8_t text[] = "thank you";
    struct box_frame f;
    struct fake_box s;
    struct told t;

    start("app1");
    box_client_blank(&f);
    CHECK(box_client_sms(client, &f) == 0 || box_client_epoch(client) == 1);
    accept_box(&s, "app1");
    wait_told(&told.up, 1);
    memset(f.id, 0x44, sizeof(f.id));
    f.field[BOX_SMS_MSGDATA] = (struct box_field){ 9, text };
    CHECK(box_client_sms(client, &f) == 1);
    box_client_flush(client);
    do {
        CHECK(fake_read_type(&s, BOX_SMS));
    } while (s.f.id[0] != 0x44 && check_failures == 0);
    CHECK(fake_is(&s, BOX_SMS_MSGDATA, "thank you"));
    CHECK(s.f.field[BOX_SMS_SENDER].num == -1);
    fake_ack(&s, s.f.id, BOX_NACK_BUFFERED);
    t = wait_told(&told.acks, 1);
    CHECK(t.ack_id[7] == 0x44 && t.nack == BOX_NACK_BUFFERED);
    fake_close(&s);
    stop();
}

static void passes_commands_on_and_suspends(void)
{
    uint8_t frame[BOX_ADMIN_OCTETS];
    struct fake_box s;
    struct told t;

    start("app1");
    accept_box(&s, "app1");
    wait_told(&told.up, 1);
    fake_write(&s, frame, box_frame_admin(frame, BOX_CMD_SHUTDOWN, NULL));
    t = wait_told(&told.commands, 1);
    CHECK(t.command == BOX_CMD_SHUTDOWN);
    fake_write(&s, frame, box_frame_admin(frame, 77, NULL)); /* unknown */
    box_client_suspend(client, true);
    CHECK(fake_read_type(&s, BOX_ADMIN));
    CHECK(s.f.field[BOX_ADMIN_COMMAND].num == BOX_CMD_SUSPEND);
    fake_close(&s);
    accept_box(&s, "app1");
    CHECK(fake_read_type(&s, BOX_ADMIN)); /* told again */
    CHECK(s.f.field[BOX_ADMIN_COMMAND].num == BOX_CMD_SUSPEND);
    box_client_suspend(client, false);
    CHECK(fake_read_type(&s, BOX_ADMIN));
    CHECK(s.f.field[BOX_ADMIN_COMMAND].num == BOX_CMD_RESUME);
    CHECK(wait_told(&told.up, 2).commands == 1);
    fake_close(&s);
    stop();
}

/* Each would make gwlib panic or allocate what it asks for. */
static void a_bad_frame_ends_the_connection_only(void)
{
    static const uint8_t bad[][12] = {
        { 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0 }, /* no such type */
        { 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe }, /* shorter than a type */
        { 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 2 }, /* without end */
        { 0, 0, 0, 8, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0 }, /* length -16 */
    };
    struct fake_box s;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        start("app1");
        accept_box(&s, "app1");
        fake_write(&s, bad[i], sizeof(bad[i]));
        CHECK(fake_closed(&s));
        fake_close(&s);
        accept_box(&s, "app1");
        fake_sms(&s, 0, "smsc1", "still here", 0x11);
        CHECK(strcmp(wait_told(&told.sms, 1).text, "still here") == 0);
        fake_close(&s);
        stop();
    }
}

static void takes_frames_in_pieces(void)
{
    uint8_t frame[BOX_ADMIN_OCTETS];
    struct fake_box s;
    size_t n, i;

    start("app1");
    accept_box(&s, "app1");
    n = box_frame_admin(frame, BOX_CMD_RESUME, "x");
    for (i = 0; i < n; i++) {
        fake_write(&s, frame + i, 1);
        poll(NULL, 0, 1);
    }
    CHECK(wait_told(&told.commands, 1).command == BOX_CMD_RESUME);
    fake_close(&s);
    stop();
}

static void what_is_queued_leaves_before_the_end(void)
{
    struct fake_box s;
    struct told t;
    unsigned i;

    start("app1");
    accept_box(&s, "app1");
    for (i = 0; i < 50; i++)
        fake_sms(&s, 0, "smsc1", "x", (uint8_t)(i + 1));
    t = wait_told(&told.sms, 50);
    fake_sms(&s, 0, "smsc1", "not answered any more", 0x77);
    for (i = 0; i < 50; i++)
        box_client_ack(client, &t.key[i], VERDICT_OK);
    box_client_stop(client, 500);
    for (i = 0; i < 50; i++)
        CHECK(is_answered(&s, (uint8_t)(i + 1), BOX_NACK_SUCCESS));
    CHECK(fake_closed(&s));
    fake_close(&s);
    close(listener);
}

/* It must not wait for such a server, nor keep all for it. */
static void drops_a_server_that_does_not_read(void)
{
    static uint8_t text[60000];
    struct fake_box s;
    struct box_frame f;
    struct told t;

    start("app1");
    accept_box(&s, "app1");
    wait_told(&told.up, 1);
    box_client_blank(&f);
    f.field[BOX_SMS_MSGDATA] = (struct box_field){ sizeof(text), text };
    while (box_client_sms(client, &f) == 1)
        box_client_flush(client);
    t = wait_told(&told.lost, 1);
    CHECK(t.lost > 0);
    fake_close(&s);
    stop();
}

/* Acks from many threads while connections come and go. */
static atomic_bool answered_enough;

static void answer_all(void *arg)
{
    unsigned next = 0, had;
    struct box_key key;

    (void)arg;
    while (!atomic_load(&answered_enough)) {
        pthread_mutex_lock(&told.lock);
        had = told.sms;
        key = told.key[next % KEYS];
        pthread_mutex_unlock(&told.lock);
        if (next == had) {
            poll(NULL, 0, 1);
            continue;
        }
        next++;
        box_client_ack(client, &key, VERDICT_OK);
        box_client_flush(client);
    }
}

static void answers_of_two_threads_and_lost_connections(void)
{
    struct fake_box s;
    long a, b;
    unsigned i, j;

    start("app1");
    a = gwthread_create(answer_all, NULL);
    b = gwthread_create(answer_all, NULL);
    for (i = 0; i < 4; i++) {
        accept_box(&s, "app1");
        for (j = 0; j < KEYS / 2; j++)
            fake_sms(&s, 0, "smsc1", "x", (uint8_t)(j + 1));
        CHECK(fake_read_type(&s, BOX_ACK));
        fake_close(&s);
    }
    atomic_store(&answered_enough, true);
    gwthread_join(a);
    gwthread_join(b);
    stop();
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    identifies_itself_and_answers();
    answers_from_inside_an_op_leave_too();
    an_answer_belongs_to_its_connection();
    sends_messages_and_tells_their_acks();
    passes_commands_on_and_suspends();
    a_bad_frame_ends_the_connection_only();
    takes_frames_in_pieces();
    what_is_queued_leaves_before_the_end();
    drops_a_server_that_does_not_read();
    answers_of_two_threads_and_lost_connections();
    gwlib_shutdown();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_drain.c - the other end of the amqp plug-in, for tests
 *
 *     amqp_drain declare PORT QUEUE [EXCHANGE KEY]   a durable queue, bound to
 *                                                    a durable topic exchange
 *     amqp_drain bound PORT QUEUE    a queue that refuses a third message
 *     amqp_drain drain PORT QUEUE    take all that is there, a line for each:
 *                                    id, type, delivery mode, key, body
 *
 * Between the columns are tabs. A broker on 127.0.0.1, user and password guest.
 * It ends when nothing has come for a second. Exit status 0, or 1 and why.
 */

#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { CHANNEL = 1, PREFETCH = 1000 };

static amqp_connection_state_t c;

static void die(const char *what)
{
    fprintf(stderr, "amqp_drain: %s failed\n", what);
    exit(1);
}

static void need(amqp_rpc_reply_t r, const char *what)
{
    if (r.reply_type != AMQP_RESPONSE_NORMAL)
        die(what);
}

static void connect_to(int port)
{
    const struct timeval limit = { .tv_sec = 10 };
    amqp_socket_t *socket;

    c = amqp_new_connection();
    socket = amqp_tcp_socket_new(c);
    if (amqp_socket_open_noblock(socket, "127.0.0.1", port, &limit) != 0)
        die("connecting");
    need(amqp_login(c, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest",
                    "guest"),
         "login");
    amqp_channel_open(c, CHANNEL);
    need(amqp_get_rpc_reply(c), "channel");
}

static amqp_bytes_t bytes(const char *text)
{
    return amqp_cstring_bytes(text);
}

static void declare(const char *queue, const char *exchange, const char *key)
{
    amqp_queue_declare(c, CHANNEL, bytes(queue), 0, 1, 0, 0, amqp_empty_table);
    need(amqp_get_rpc_reply(c), "queue");
    if (exchange == NULL)
        return;
    amqp_exchange_declare(c, CHANNEL, bytes(exchange), bytes("topic"), 0, 1, 0,
                          0, amqp_empty_table);
    need(amqp_get_rpc_reply(c), "exchange");
    amqp_queue_bind(c, CHANNEL, bytes(queue), bytes(exchange), bytes(key),
                    amqp_empty_table);
    need(amqp_get_rpc_reply(c), "binding");
}

static void declare_bound(const char *queue)
{
    amqp_table_entry_t entry[] = {
        { .key = bytes("x-max-length"),
          .value = { .kind = AMQP_FIELD_KIND_I32, .value.i32 = 2 } },
        { .key = bytes("x-overflow"),
          .value = { .kind = AMQP_FIELD_KIND_UTF8,
                     .value.bytes = bytes("reject-publish") } },
    };
    const amqp_table_t args = { .num_entries = 2, .entries = entry };

    amqp_queue_declare(c, CHANNEL, bytes(queue), 0, 1, 0, 0, args);
    need(amqp_get_rpc_reply(c), "queue");
}

static void print(amqp_bytes_t b, char end)
{
    fwrite(b.bytes, 1, b.len, stdout);
    putchar(end);
}

static amqp_bytes_t given(const amqp_basic_properties_t *p, amqp_flags_t flag,
                          amqp_bytes_t value)
{
    return p->_flags & flag ? value : bytes("-");
}

static void tell(const amqp_envelope_t *e)
{
    const amqp_basic_properties_t *p = &e->message.properties;

    print(given(p, AMQP_BASIC_MESSAGE_ID_FLAG, p->message_id), '\t');
    print(given(p, AMQP_BASIC_TYPE_FLAG, p->type), '\t');
    printf("%d\t",
           p->_flags & AMQP_BASIC_DELIVERY_MODE_FLAG ? p->delivery_mode : 0);
    print(e->routing_key, '\t');
    print(e->message.body, '\n');
}

static void drain(const char *queue)
{
    const struct timeval idle = { .tv_sec = 1 };
    uint64_t last = 0, unacked = 0;
    amqp_envelope_t e;
    amqp_rpc_reply_t r;

    amqp_basic_qos(c, CHANNEL, 0, PREFETCH, 0);
    need(amqp_get_rpc_reply(c), "window");
    amqp_basic_consume(c, CHANNEL, bytes(queue), amqp_empty_bytes, 0, 0, 0,
                       amqp_empty_table);
    need(amqp_get_rpc_reply(c), "consuming");
    for (;;) {
        amqp_maybe_release_buffers(c);
        r = amqp_consume_message(c, &e, &idle, 0);
        if (r.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION &&
            r.library_error == AMQP_STATUS_TIMEOUT)
            break;
        need(r, "taking a message");
        tell(&e);
        last = e.delivery_tag;
        amqp_destroy_envelope(&e);
        if (++unacked == PREFETCH / 2) {
            amqp_basic_ack(c, CHANNEL, last, 1);
            unacked = 0;
        }
    }
    if (unacked > 0)
        amqp_basic_ack(c, CHANNEL, last, 1);
    need(amqp_connection_close(c, AMQP_REPLY_SUCCESS), "closing");
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr,
                "usage: %s declare|bound|drain PORT QUEUE [EXCHANGE KEY]\n",
                argv[0]);
        return 2;
    }
    connect_to(atoi(argv[2]));
    if (strcmp(argv[1], "declare") == 0)
        declare(argv[3], argc > 5 ? argv[4] : NULL, argc > 5 ? argv[5] : NULL);
    else if (strcmp(argv[1], "bound") == 0)
        declare_bound(argv[3]);
    else
        drain(argv[3]);
    return fflush(stdout) != 0;
}

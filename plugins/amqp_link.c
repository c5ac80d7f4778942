/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * amqp_link.c - one connection to a broker: librabbitmq's only user
 */

#include "amqp_link.h"

#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { CHANNEL = 1, RPC_S = 10, FRAME_MAX = 131072 };

struct amqp_link {
    amqp_connection_state_t c;
    const char *app_id;
    bool returning; /* the header of what came back follows */
    char returned_why[128];
};

/* ---- words ---- */

static void say(char *why, size_t why_len, const char *what, const char *text)
{
    snprintf(why, why_len, "%s: %s", what, text);
}

static amqp_bytes_t bytes(const char *text)
{
    return amqp_cstring_bytes(text);
}

static void say_close(char *why, size_t why_len, const char *what,
                      const amqp_method_t *m)
{
    unsigned code = 0;
    amqp_bytes_t text = amqp_empty_bytes;

    if (m->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = m->decoded;

        code = close->reply_code;
        text = close->reply_text;
    } else if (m->id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = m->decoded;

        code = close->reply_code;
        text = close->reply_text;
    }
    snprintf(why, why_len, "%s: the broker says %u %.*s", what, code,
             (int)text.len, (const char *)text.bytes);
}

/* True: it went well. */
static bool replied(const amqp_rpc_reply_t *r, const char *what, char *why,
                    size_t why_len)
{
    switch (r->reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return true;
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        say(why, why_len, what, amqp_error_string2(r->library_error));
        return false;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        say_close(why, why_len, what, &r->reply);
        return false;
    default:
        say(why, why_len, what, "no answer");
        return false;
    }
}

/* ---- opening ---- */

static amqp_socket_t *tls_socket(const struct amqp_link_conf *c,
                                 amqp_connection_state_t s, char *why,
                                 size_t why_len)
{
    amqp_socket_t *socket;

    /* the box has done that */
    amqp_set_initialize_ssl_library(0);
    socket = amqp_ssl_socket_new(s);
    if (socket == NULL) {
        say(why, why_len, "TLS", "no memory");
        return NULL;
    }
    amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    amqp_ssl_socket_set_verify_peer(socket, c->verify);
    amqp_ssl_socket_set_verify_hostname(socket, c->verify);
    if (c->verify && amqp_ssl_socket_set_cacert(socket, c->ca) != 0) {
        say(why, why_len, c->ca, "no certificates there");
        return NULL;
    }
    if (c->cert != NULL &&
        amqp_ssl_socket_set_key(socket, c->cert, c->key) != 0) {
        say(why, why_len, c->cert, "certificate and key do not go");
        return NULL;
    }
    return socket;
}

static bool connect_socket(const struct amqp_link_conf *c,
                           amqp_connection_state_t s, char *why, size_t why_len)
{
    const struct timeval limit = { .tv_sec = (time_t)c->connect_s };
    amqp_socket_t *socket =
        c->ssl ? tls_socket(c, s, why, why_len) : amqp_tcp_socket_new(s);
    int rc;

    if (socket == NULL)
        return false;
    rc = amqp_socket_open_noblock(socket, c->host, (int)c->port, &limit);
    if (rc != AMQP_STATUS_OK)
        say(why, why_len, "connecting", amqp_error_string2(rc));
    return rc == AMQP_STATUS_OK;
}

/* Heartbeats find out only who is silent while we listen. What the broker does
 * not read, or does not confirm in TCP, ends after the same time. */
static void limit_silence(const struct amqp_link_conf *c, int fd)
{
    unsigned ms = 2000 * c->heartbeat_s;

    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
}

static amqp_table_entry_t on(const char *key)
{
    return (amqp_table_entry_t){ .key = bytes(key),
                                 .value = { .kind = AMQP_FIELD_KIND_BOOLEAN,
                                            .value.boolean = 1 } };
}

/* With what we can do: a broker tells only those that it blocks them who have
 * said that they would understand. */
static bool login(const struct amqp_link_conf *c, amqp_connection_state_t s,
                  char *why, size_t why_len)
{
    const struct timeval limit = { .tv_sec = (time_t)c->connect_s };
    amqp_table_entry_t can[] = { on("connection.blocked"),
                                 on("publisher_confirms"), on("basic.nack"),
                                 on("authentication_failure_close") };
    amqp_table_entry_t property[] = {
        { .key = bytes("capabilities"),
          .value = { .kind = AMQP_FIELD_KIND_TABLE,
                     .value.table = { .num_entries = 4, .entries = can } } },
        { .key = bytes("connection_name"),
          .value = { .kind = AMQP_FIELD_KIND_UTF8,
                     .value.bytes = bytes(c->app_id) } },
    };
    const amqp_table_t properties = { .num_entries = 2, .entries = property };
    char password[PLUG_SECRET_SIZE];
    amqp_rpc_reply_t r;

    if (!plug_secret_read(&c->password, password)) {
        say(why, why_len, "password-file", "it cannot be read");
        return false;
    }
    amqp_set_handshake_timeout(s, &limit);
    r = amqp_login_with_properties(s, c->vhost, 1, FRAME_MAX,
                                   (int)c->heartbeat_s, &properties,
                                   AMQP_SASL_METHOD_PLAIN, c->user, password);
    explicit_bzero(password, sizeof(password));
    return replied(&r, "login", why, why_len);
}

static bool has_exchange(amqp_connection_state_t s, const char *name, char *why,
                         size_t why_len)
{
    amqp_rpc_reply_t r;

    if (name == NULL || name[0] == '\0')
        return true;
    amqp_exchange_declare(s, CHANNEL, bytes(name), amqp_empty_bytes, 1, 0, 0, 0,
                          amqp_empty_table);
    r = amqp_get_rpc_reply(s);
    return replied(&r, "exchange", why, why_len);
}

static bool open_channel(const struct amqp_link_conf *c,
                         amqp_connection_state_t s, char *why, size_t why_len)
{
    const struct timeval limit = { .tv_sec = RPC_S };
    amqp_rpc_reply_t r;

    amqp_set_rpc_timeout(s, &limit);
    amqp_channel_open(s, CHANNEL);
    r = amqp_get_rpc_reply(s);
    if (!replied(&r, "channel", why, why_len) ||
        !has_exchange(s, c->exchange, why, why_len) ||
        !has_exchange(s, c->record_exchange, why, why_len))
        return false;
    amqp_confirm_select(s, CHANNEL);
    r = amqp_get_rpc_reply(s);
    return replied(&r, "confirms", why, why_len);
}

struct amqp_link *amqp_link_open(const struct amqp_link_conf *c,
                                 void (*connected)(void *ctx, int fd),
                                 void *ctx, char *why, size_t why_len)
{
    struct amqp_link *l = calloc(1, sizeof(*l));

    if (l != NULL)
        l->c = amqp_new_connection();
    if (l == NULL || l->c == NULL) {
        say(why, why_len, "connecting", "no memory");
        free(l);
        return NULL;
    }
    l->app_id = c->app_id;
    if (connect_socket(c, l->c, why, why_len)) {
        limit_silence(c, amqp_link_fd(l));
        connected(ctx, amqp_link_fd(l));
        if (login(c, l->c, why, why_len) && open_channel(c, l->c, why, why_len))
            return l;
        connected(ctx, -1);
    }
    amqp_link_close(l, false);
    return NULL;
}

int amqp_link_fd(const struct amqp_link *l)
{
    return amqp_get_sockfd(l->c);
}

void amqp_link_close(struct amqp_link *l, bool orderly)
{
    const struct timeval limit = { .tv_sec = 1 };

    if (l == NULL)
        return;
    if (orderly) {
        amqp_set_rpc_timeout(l->c, &limit);
        amqp_connection_close(l->c, AMQP_REPLY_SUCCESS);
    }
    amqp_destroy_connection(l->c);
    free(l);
}

/* ---- publishing ---- */

bool amqp_link_publish(struct amqp_link *l, const struct amqp_job *job,
                       char *why, size_t why_len)
{
    const amqp_basic_properties_t p = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG |
                  AMQP_BASIC_CONTENT_ENCODING_FLAG |
                  AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG |
                  AMQP_BASIC_TIMESTAMP_FLAG | AMQP_BASIC_TYPE_FLAG |
                  AMQP_BASIC_APP_ID_FLAG,
        .content_type = bytes("application/json"),
        .content_encoding = bytes("utf-8"),
        .delivery_mode = AMQP_DELIVERY_PERSISTENT,
        .message_id = bytes(job->message_id),
        .timestamp = job->time_s,
        .type = bytes(job->type),
        .app_id = bytes(l->app_id),
    };
    /* read only, whatever the type says */
    const amqp_bytes_t body = { .len = job->len,
                                .bytes = (void *)(uintptr_t)job->body };
    int rc = amqp_basic_publish(l->c, CHANNEL, bytes(job->exchange),
                                bytes(job->key), 1, 0, &p, body);

    if (rc != AMQP_STATUS_OK)
        say(why, why_len, "publishing", amqp_error_string2(rc));
    return rc == AMQP_STATUS_OK;
}

/* ---- what comes ---- */

static void copy_bytes(char *out, size_t size, amqp_bytes_t b)
{
    snprintf(out, size, "%.*s", (int)b.len, (const char *)b.bytes);
}

static void read_method(struct amqp_link *l, const amqp_method_t *m,
                        struct amqp_event *e)
{
    const amqp_basic_ack_t *ack = m->decoded;
    const amqp_basic_nack_t *nack = m->decoded;
    const amqp_basic_return_t *back = m->decoded;
    const amqp_connection_blocked_t *blocked = m->decoded;

    switch (m->id) {
    case AMQP_BASIC_ACK_METHOD:
        e->type = AMQP_EVENT_ACK;
        e->tag = ack->delivery_tag;
        e->multiple = ack->multiple != 0;
        break;
    case AMQP_BASIC_NACK_METHOD:
        e->type = AMQP_EVENT_NACK;
        e->tag = nack->delivery_tag;
        e->multiple = nack->multiple != 0;
        break;
    case AMQP_BASIC_RETURN_METHOD:
        l->returning = true;
        copy_bytes(l->returned_why, sizeof(l->returned_why), back->reply_text);
        break;
    case AMQP_CONNECTION_BLOCKED_METHOD:
        e->type = AMQP_EVENT_BLOCKED;
        copy_bytes(e->why, sizeof(e->why), blocked->reason);
        break;
    case AMQP_CONNECTION_UNBLOCKED_METHOD:
        e->type = AMQP_EVENT_UNBLOCKED;
        break;
    case AMQP_CHANNEL_CLOSE_METHOD:
    case AMQP_CONNECTION_CLOSE_METHOD:
        e->type = AMQP_EVENT_LOST;
        say_close(e->why, sizeof(e->why), "closed", m);
        break;
    default:
        break;
    }
}

/* Of a message that came back; its body is not looked at. */
static void read_header(struct amqp_link *l, const amqp_frame_t *f,
                        struct amqp_event *e)
{
    const amqp_basic_properties_t *p = f->payload.properties.decoded;

    if (!l->returning || p == NULL)
        return;
    l->returning = false;
    e->type = AMQP_EVENT_RETURN;
    snprintf(e->why, sizeof(e->why), "%s", l->returned_why);
    if (p->_flags & AMQP_BASIC_MESSAGE_ID_FLAG)
        copy_bytes(e->message_id, sizeof(e->message_id), p->message_id);
}

struct amqp_event amqp_link_next(struct amqp_link *l)
{
    const struct timeval now = { .tv_sec = 0 };
    struct amqp_event e = { .type = AMQP_EVENT_NONE };
    amqp_frame_t frame;
    int rc = AMQP_STATUS_OK;

    while (e.type == AMQP_EVENT_NONE) {
        rc = amqp_simple_wait_frame_noblock(l->c, &frame, &now);
        if (rc != AMQP_STATUS_OK)
            break;
        if (frame.frame_type == AMQP_FRAME_METHOD)
            read_method(l, &frame.payload.method, &e);
        else if (frame.frame_type == AMQP_FRAME_HEADER)
            read_header(l, &frame, &e);
    }
    if (rc != AMQP_STATUS_OK && rc != AMQP_STATUS_TIMEOUT) {
        e.type = AMQP_EVENT_LOST;
        say(e.why, sizeof(e.why), "lost", amqp_error_string2(rc));
    }
    amqp_maybe_release_buffers(l->c);
    return e;
}

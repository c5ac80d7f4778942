/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua.c - an M3UA endpoint for the tools: ASP or SG, dialling or listening
 *
 * What an ASP's association does (RFC 4666 4.3); an SG's follows the peer:
 *
 *   CLOSED --dial--> OPENING --up--> DOWN --ASPUP_ACK--> INACTIVE
 *      ^                               |                    | ASPAC_ACK
 *      +---- lost, after a while ------+--------------------+--> ACTIVE
 *
 * ASPUP and ASPAC are repeated until they are answered.
 */

#include "m3ua.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "m3ua_sock.h"

enum { IN_MAX = 128 * 1024, OUT_MAX = 1024 * 1024 };
enum { T_ACK_MS = 2000 };
enum { NTFY_INACTIVE = 0x10002, NTFY_ACTIVE = 0x10003 };

enum conn_state { CLOSED, OPENING, DOWN, INACTIVE, ACTIVE };

struct conn {
    struct m3ua *m;
    enum conn_state state;
    int fd;
    struct timer timer; /* dial again, or repeat what was not answered */
    struct m3ua_u32 rc; /* in DATA */
    char told[120];     /* the last failure, told once */
    size_t in_len, out_len;
    uint8_t in[IN_MAX];
    uint8_t out[OUT_MAX]; /* whole messages, the first possibly begun */
};

struct m3ua {
    const struct m3ua_conf *conf;
    struct timer_wheel *wheel;
    const struct m3ua_ops *ops;
    void *ctx;
    int listen_fd;
    bool stopped;
    unsigned n_conn, n_active;
    struct conn *conn[M3UA_CONNS];
};

static unsigned number_of(const struct conn *c)
{
    unsigned i = 0;

    while (c->m->conn[i] != c)
        i++;
    return i;
}

__attribute__((format(printf, 3, 4))) static void note(const struct conn *c,
                                                       bool trouble,
                                                       const char *fmt, ...)
{
    char line[200];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    c->m->ops->note(c->m->ctx, number_of(c), trouble, line);
}

static void set_state(struct conn *c, enum conn_state s)
{
    bool was = c->state == ACTIVE;

    c->state = s;
    if (was == (s == ACTIVE))
        return;
    if (was)
        c->m->n_active--;
    else
        c->m->n_active++;
    c->m->ops->active(c->m->ctx, number_of(c), s == ACTIVE);
}

static void lose(struct conn *c, const char *why)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->in_len = c->out_len = 0;
    if (strcmp(c->told, why) != 0)
        note(c, true, "%s", why);
    snprintf(c->told, sizeof(c->told), "%s", why);
    set_state(c, CLOSED);
    timer_clear(c->m->wheel, &c->timer);
    if (!c->m->conf->listen && !c->m->stopped)
        timer_set(c->m->wheel, &c->timer, c->m->conf->reconnect_ms);
}

/* Room for one more message at the end of what is gathered. */
static struct wr out_begin(struct conn *c)
{
    return wr_init(c->out + c->out_len, OUT_MAX - c->out_len);
}

static bool out_end(struct conn *c, const struct wr *w)
{
    if (!wr_ok(w))
        return false;
    c->out_len += w->len;
    return true;
}

/* A message of the ASP or SG management with what it may carry. */
static void send_simple(struct conn *c, uint16_t type)
{
    const struct m3ua_conf *conf = c->m->conf;
    struct wr w = out_begin(c);
    size_t mark = m3ua_open(&w, type);

    if (type == M3UA_ASPUP)
        m3ua_put_opt(&w, M3UA_P_ASP_ID, &conf->asp_id);
    if (type == M3UA_ASPAC)
        m3ua_put_opt(&w, M3UA_P_TRAFFIC_MODE, &conf->mode);
    if (type == M3UA_ASPAC || type == M3UA_ASPIA)
        m3ua_put_opt(&w, M3UA_P_ROUTING_CONTEXT, &conf->rc);
    m3ua_close(&w, mark);
    out_end(c, &w);
}

static void send_ntfy(struct conn *c, uint32_t status)
{
    struct wr w = out_begin(c);
    size_t mark = m3ua_open(&w, M3UA_NTFY);

    m3ua_put_u32(&w, M3UA_P_STATUS, status);
    m3ua_put_opt(&w, M3UA_P_ROUTING_CONTEXT, &c->rc);
    m3ua_close(&w, mark);
    out_end(c, &w);
}

static void send_err(struct conn *c, uint32_t code)
{
    struct wr w = out_begin(c);
    size_t mark = m3ua_open(&w, M3UA_ERR);

    m3ua_put_u32(&w, M3UA_P_ERROR_CODE, code);
    m3ua_close(&w, mark);
    out_end(c, &w);
}

/* As an ASP: ask for the next state, and again if nobody answers. */
static void ask(struct conn *c)
{
    if (c->state == DOWN)
        send_simple(c, M3UA_ASPUP);
    else if (c->state == INACTIVE)
        send_simple(c, M3UA_ASPAC);
    timer_set(c->m->wheel, &c->timer, T_ACK_MS);
}

static void opened(struct conn *c)
{
    c->told[0] = '\0';
    c->rc = c->m->conf->rc;
    set_state(c, DOWN);
    if (!c->m->conf->sg)
        ask(c);
}

/* False: it can never work. */
static bool dial(struct conn *c)
{
    const struct m3ua_conf *conf = c->m->conf;
    const struct m3ua_host *to = &conf->peer[number_of(c)];
    char why[100], line[200];
    int fd;

    fd = m3ua_sock_dial(conf->tcp, to, &conf->local, why, sizeof(why));
    if (fd < 0) {
        snprintf(line, sizeof(line), "%s port %s: %s", to->host, to->port, why);
        lose(c, line);
        return fd == -1;
    }
    c->fd = fd;
    set_state(c, OPENING);
    return true;
}

static void conn_timer(struct timer *t)
{
    struct conn *c = timer_of(t, struct conn, timer);

    if (c->state == CLOSED)
        dial(c);
    else if (c->state == DOWN || c->state == INACTIVE)
        ask(c);
}

static void asp_message(struct conn *c, const struct m3ua_msg *msg)
{
    enum conn_state next = c->state;

    switch (msg->type) {
    case M3UA_ASPUP_ACK:
    case M3UA_ASPIA_ACK:
        next = INACTIVE;
        break;
    case M3UA_ASPAC_ACK:
        next = ACTIVE;
        break;
    case M3UA_ASPDN_ACK:
        next = DOWN;
        break;
    default:
        break;
    }
    if (next == c->state)
        return;
    set_state(c, next);
    timer_clear(c->m->wheel, &c->timer);
    if (msg->type == M3UA_ASPUP_ACK)
        ask(c);
    else if (next != ACTIVE) /* sent down unasked: not at once again */
        timer_set(c->m->wheel, &c->timer, T_ACK_MS);
}

static void sg_activate(struct conn *c, const struct m3ua_msg *msg)
{
    struct wr w = out_begin(c);
    size_t mark;

    if (c->state < INACTIVE) {
        send_err(c, 0x06);
        return;
    }
    if (msg->rc.present && !c->m->conf->rc.present)
        c->rc = msg->rc;
    mark = m3ua_open(&w, M3UA_ASPAC_ACK);
    m3ua_put_opt(&w, M3UA_P_TRAFFIC_MODE, &msg->mode);
    m3ua_put_opt(&w, M3UA_P_ROUTING_CONTEXT, &msg->rc);
    m3ua_close(&w, mark);
    out_end(c, &w);
    send_ntfy(c, NTFY_ACTIVE);
    set_state(c, ACTIVE);
}

/* Destinations are always there: every DAUD is answered with DAVA. */
static void sg_audit(struct conn *c, const struct m3ua_msg *msg)
{
    struct wr w = out_begin(c);
    size_t mark = m3ua_open(&w, M3UA_DAVA);

    m3ua_put_opt(&w, M3UA_P_ROUTING_CONTEXT, &msg->rc);
    m3ua_put_opt(&w, M3UA_P_AFFECTED_PC, &msg->affected);
    m3ua_close(&w, mark);
    out_end(c, &w);
}

static void sg_message(struct conn *c, const struct m3ua_msg *msg)
{
    switch (msg->type) {
    case M3UA_ASPUP:
        send_simple(c, M3UA_ASPUP_ACK);
        send_ntfy(c, NTFY_INACTIVE);
        set_state(c, INACTIVE);
        break;
    case M3UA_ASPAC:
        sg_activate(c, msg);
        break;
    case M3UA_ASPIA:
        send_simple(c, M3UA_ASPIA_ACK);
        set_state(c, c->state == ACTIVE ? INACTIVE : c->state);
        break;
    case M3UA_ASPDN:
        send_simple(c, M3UA_ASPDN_ACK);
        set_state(c, DOWN);
        break;
    case M3UA_DAUD:
        sg_audit(c, msg);
        break;
    default:
        break;
    }
}

static void answer_beat(struct conn *c, const struct m3ua_msg *msg)
{
    struct wr w = out_begin(c);
    size_t mark = m3ua_open(&w, M3UA_BEAT_ACK);

    if (msg->heartbeat != NULL)
        m3ua_put(&w, M3UA_P_HEARTBEAT, msg->heartbeat, msg->heartbeat_len);
    m3ua_close(&w, mark);
    out_end(c, &w);
}

static void take_message(struct conn *c, struct m3ua_msg *msg)
{
    switch (msg->type) {
    case M3UA_DATA:
        msg->data.assoc = (uint8_t)number_of(c);
        c->m->ops->data(c->m->ctx, &msg->data);
        break;
    case M3UA_ERR:
        note(c, true, "peer sent ERR 0x%02x: %s", msg->error.v,
             m3ua_error_str(msg->error.v));
        break;
    case M3UA_NTFY:
        note(c, false, "peer sent NTFY: %s", m3ua_status_str(msg->status.v));
        break;
    case M3UA_BEAT:
        answer_beat(c, msg);
        break;
    case M3UA_DUNA:
    case M3UA_DAVA:
    case M3UA_SCON:
    case M3UA_DUPU:
    case M3UA_DRST:
        note(c, false, "peer sent %s for point code %u",
             m3ua_type_str(msg->type), msg->affected.v & 0xffffff);
        break;
    default:
        if (c->m->conf->sg)
            sg_message(c, msg);
        else
            asp_message(c, msg);
        break;
    }
}

/* Take every whole message out of the buffer. */
static void take_buffer(struct conn *c)
{
    struct m3ua_msg msg;
    size_t at = 0;
    int len;

    while (c->fd >= 0) {
        len = m3ua_length(c->in + at, c->in_len - at);
        if (len < 0) {
            lose(c, "peer sent what is not M3UA");
            return;
        }
        if (len == 0 || (size_t)len > c->in_len - at)
            break;
        if (m3ua_msg_read(c->in + at, (size_t)len, &msg))
            take_message(c, &msg);
        else
            note(c, true, "peer sent a malformed %s", m3ua_type_str(msg.type));
        at += (size_t)len;
    }
    if (c->fd < 0)
        return;
    memmove(c->in, c->in + at, c->in_len - at);
    c->in_len -= at;
}

static void read_conn(struct conn *c)
{
    long n = m3ua_sock_read(c->m->conf->tcp, c->fd, c->in + c->in_len,
                            IN_MAX - c->in_len);

    if (n < 0) {
        lose(c, "peer closed the association");
        return;
    }
    c->in_len += (size_t)n;
    take_buffer(c);
}

static void flush_conn(struct conn *c)
{
    size_t gone = 0;
    long n = 1;

    while (c->fd >= 0 && n > 0 && gone < c->out_len) {
        n = m3ua_sock_write(c->m->conf->tcp, c->fd, c->out + gone,
                            c->out_len - gone);
        if (n < 0) {
            lose(c, "association broke while sending");
            return;
        }
        gone += (size_t)n;
    }
    if (gone == 0)
        return;
    memmove(c->out, c->out + gone, c->out_len - gone);
    c->out_len -= gone;
}

static void end_of_dialling(struct conn *c)
{
    const struct m3ua_host *to = &c->m->conf->peer[number_of(c)];
    int err = m3ua_sock_error(c->fd);
    char line[200];

    if (err == 0) {
        opened(c);
        return;
    }
    snprintf(line, sizeof(line), "%s port %s: %s", to->host, to->port,
             strerror(err));
    lose(c, line);
}

static void take_caller(struct m3ua *m)
{
    int fd = m3ua_sock_accept(m->conf->tcp, m->listen_fd);

    if (fd < 0)
        return;
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (m->conn[i]->state != CLOSED)
            continue;
        m->conn[i]->fd = fd;
        opened(m->conn[i]);
        return;
    }
    close(fd);
    m->ops->note(m->ctx, 0, true, "one more association was refused");
}

unsigned m3ua_poll(const struct m3ua *m, struct pollfd *fds)
{
    unsigned n = 0;
    short events;

    if (m->listen_fd >= 0)
        fds[n++] = (struct pollfd){ .fd = m->listen_fd, .events = POLLIN };
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (m->conn[i]->fd < 0)
            continue;
        events = POLLIN;
        if (m->conn[i]->state == OPENING)
            events = POLLOUT;
        else if (m->conn[i]->out_len > 0)
            events = POLLIN | POLLOUT;
        fds[n++] = (struct pollfd){ .fd = m->conn[i]->fd, .events = events };
    }
    return n;
}

static void serve(struct m3ua *m, const struct pollfd *p)
{
    struct conn *c;

    if (p->fd == m->listen_fd) {
        take_caller(m);
        return;
    }
    for (unsigned i = 0; i < m->n_conn; i++) {
        c = m->conn[i];
        if (c->fd != p->fd)
            continue;
        if (c->state == OPENING)
            end_of_dialling(c);
        else if (p->revents & ~POLLOUT)
            read_conn(c);
        else
            flush_conn(c);
        return;
    }
}

void m3ua_io(struct m3ua *m, const struct pollfd *fds, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (fds[i].revents != 0)
            serve(m, &fds[i]);
    }
}

bool m3ua_ready(const struct m3ua *m)
{
    return m->n_active > 0;
}

/* The association for an SLS: fixed as long as the same ones are active. */
static struct conn *conn_for(const struct m3ua *m, uint8_t sls)
{
    unsigned skip;

    if (m->n_active == 0)
        return NULL;
    skip = sls % m->n_active;
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (m->conn[i]->state == ACTIVE && skip-- == 0)
            return m->conn[i];
    }
    return NULL;
}

int m3ua_send(struct m3ua *m, const struct mtp_transfer *t)
{
    struct conn *c = conn_for(m, t->sls);
    struct wr w;

    if (c == NULL)
        return -1;
    w = out_begin(c);
    m3ua_data_write(&w, &m->conf->na, &c->rc, t);
    if (!out_end(c, &w))
        return -1;
    return 0;
}

void m3ua_flush(struct m3ua *m)
{
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (m->conn[i]->state >= DOWN && m->conn[i]->out_len > 0)
            flush_conn(m->conn[i]);
    }
}

struct m3ua *m3ua_new(const struct m3ua_conf *conf, struct timer_wheel *wheel,
                      const struct m3ua_ops *ops, void *ctx)
{
    struct m3ua *m = calloc(1, sizeof(*m));
    unsigned n = conf->listen ? M3UA_CONNS : conf->n_peer;

    if (m == NULL)
        return NULL;
    *m = (struct m3ua){
        .conf = conf,
        .wheel = wheel,
        .ops = ops,
        .ctx = ctx,
        .listen_fd = -1,
    };
    for (; m->n_conn < n; m->n_conn++) {
        struct conn *c = calloc(1, sizeof(*c));

        if (c == NULL) {
            m3ua_free(m);
            return NULL;
        }
        c->m = m;
        c->fd = -1;
        c->timer.fire = conn_timer;
        m->conn[m->n_conn] = c;
    }
    return m;
}

void m3ua_free(struct m3ua *m)
{
    if (m == NULL)
        return;
    for (unsigned i = 0; i < m->n_conn; i++) {
        timer_clear(m->wheel, &m->conn[i]->timer);
        if (m->conn[i]->fd >= 0)
            close(m->conn[i]->fd);
        free(m->conn[i]);
    }
    if (m->listen_fd >= 0)
        close(m->listen_fd);
    free(m);
}

int m3ua_start(struct m3ua *m)
{
    const struct m3ua_conf *conf = m->conf;
    char why[100];

    if (conf->listen) {
        m->listen_fd =
            m3ua_sock_listen(conf->tcp, &conf->peer[0], why, sizeof(why));
        if (m->listen_fd < 0)
            m->ops->note(m->ctx, 0, true, why);
        return m->listen_fd < 0 ? -1 : 0;
    }
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (!dial(m->conn[i]))
            return -1;
    }
    return 0;
}

void m3ua_stop(struct m3ua *m)
{
    m->stopped = true;
    for (unsigned i = 0; i < m->n_conn; i++) {
        if (m->conn[i]->state < DOWN)
            continue;
        if (!m->conf->sg && m->conn[i]->state == ACTIVE)
            send_simple(m->conn[i], M3UA_ASPIA);
        if (!m->conf->sg)
            send_simple(m->conn[i], M3UA_ASPDN);
        flush_conn(m->conn[i]);
    }
}

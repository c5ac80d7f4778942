/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_conn.c - the connection of one box
 */

#include "box_conn.h"

#include "box_sock.h"
#include "box_uplink.h"
#include "dlv_log.h"
#include "sigtran-box/slog.h"
#include "stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { IDLE_S = 30, OUT_FIRST = 4096, IN_FIRST = 8192 };
enum { BOX_NUMBER_MAX = 48 }; /* longer than any that we gave to a box */

/* Growing octets. */
struct buf {
    uint8_t *p;
    size_t len, cap;
};

struct box_conn {
    const struct box_conf *conf;
    struct box_ref ref;
    Connection *conn;
    int fd;      /* of conn, which owns it */
    long thread; /* set by it, before it is ready for messages */
    atomic_bool kill;
    char ip[64];
    char id[BOX_ID_MAX + 1];
    uint64_t identify_by_ms;
    bool ready;
    bool reply_due; /* an ack came whose reply may be close behind */
    struct buf out; /* under box_route.c's lock */
    struct buf in;
    struct box_uplink *uplink;
    struct slog_rate refused, looped;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void set_tcp(int fd, int option, int value)
{
    setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value));
}

static void buf_add(struct buf *b, const void *p, size_t n, size_t first)
{
    size_t cap = b->cap == 0 ? first : b->cap;

    while (cap - b->len < n)
        cap *= 2;
    if (cap != b->cap) {
        b->p = gw_realloc(b->p, cap);
        b->cap = cap;
    }
    memcpy(b->p + b->len, p, n);
    b->len += n;
}

const char *box_conn_ip(const struct box_conn *c)
{
    return c->ip;
}

static const char *name(const struct box_conn *c)
{
    return c->id[0] != '\0' ? c->id : c->ip;
}

void box_conn_kill(struct box_conn *c)
{
    atomic_store(&c->kill, true);
    shutdown(c->fd, SHUT_RDWR); /* also wakes a thread that only starts */
}

void box_conn_put(struct box_conn *c, const void *frames, size_t n)
{
    buf_add(&c->out, frames, n, OUT_FIRST);
}

void box_conn_flush(struct box_conn *c)
{
    long left;

    if (c->out.len == 0)
        return;
    if (conn_write_data(c->conn, c->out.p, (long)c->out.len) == -1) {
        box_conn_kill(c);
        return;
    }
    c->out.len = 0;
    left = conn_outbuf_len(c->conn);
    if (left == 0)
        return;
    if (left > BOX_OUT_MAX) {
        error(0, "Box from <%s> does not read: %ld octets are waiting for it.",
              c->ip, left);
        box_conn_kill(c);
        return;
    }
    /* The thread polls for reading only, until it is told to write too. */
    gwthread_wakeup(c->thread);
}

static void put_ack(struct box_conn *c, const struct box_frame *f, int32_t nack)
{
    uint8_t frame[BOX_ACK_OCTETS];

    box_frame_ack(frame, nack, f->field[BOX_SMS_TIME].num, f->id);
    box_route_put(c->ref, frame, sizeof(frame));
}

static void ready(struct box_conn *c)
{
    if (c->ready)
        return;
    c->ready = true;
    box_route_ready(c->ref, c->id);
    stat_inc(STAT_box_ready);
    info(0, "Box <%s> from <%s> is ready.", name(c), c->ip);
    if (c->conf->bearerbox_host[0] != '\0')
        c->uplink = box_uplink_start(c->conf, c->ref, c->id);
}

/* A boxc-id goes into logs and comparisons: printable, and not too long. */
static bool identify(struct box_conn *c, const struct box_field *id)
{
    int32_t i;

    if (id->num > BOX_ID_MAX) {
        error(0,
              "Box from <%s> has a boxc-id of %d characters, %d are too "
              "many.",
              c->ip, (int)id->num, (int)BOX_ID_MAX + 1);
        return false;
    }
    for (i = 0; i < id->num; i++) {
        if (id->p[i] <= ' ' || id->p[i] > '~') {
            error(0, "Box from <%s> has a boxc-id that is no word.", c->ip);
            return false;
        }
        c->id[i] = (char)id->p[i];
    }
    c->id[id->num < 0 ? 0 : id->num] = '\0';
    if (c->ready)
        box_route_ready(c->ref, c->id);
    ready(c);
    return true;
}

static bool admin_in(struct box_conn *c, const struct box_frame *f)
{
    switch (f->field[BOX_ADMIN_COMMAND].num) {
    case cmd_identify:
        return identify(c, &f->field[BOX_ADMIN_BOXC_ID]);
    case cmd_suspend:
        box_route_suspend(c->ref, true);
        info(0, "Box <%s> takes no messages for now.", name(c));
        break;
    case cmd_resume:
        box_route_suspend(c->ref, false);
        info(0, "Box <%s> takes messages again.", name(c));
        break;
    default:
        break;
    }
    return true;
}

/* Nothing here can send: say so to the box, and not too often to the log. */
static void refuse(struct box_conn *c, const struct box_frame *f)
{
    uint32_t hidden;

    put_ack(c, f, ack_failed);
    stat_inc(STAT_box_mt_refused);
    if (slog_may(&c->refused, now_ms(), &hidden))
        warning(0,
                "Box <%s> sent a message for the network, refused: there "
                "is no bearerbox-host. %u more like it were not logged.",
                name(c), (unsigned)hidden);
}

static void number_text(const struct box_field *f, char out[BOX_NUMBER_MAX])
{
    size_t n = f->num > 0 ? (size_t)f->num : 0;

    if (n > BOX_NUMBER_MAX - 1)
        n = BOX_NUMBER_MAX - 1;
    memcpy(out, n > 0 ? f->p : (const uint8_t *)"", n);
    out[n] = '\0';
}

/*
 * A box answers each message by itself. One that has TP-LP comes from such a
 * machine: nothing may be sent because of it (TS 23.040 9.2.3.28).
 */
static bool closes_loop(struct box_conn *c, const struct box_frame *f)
{
    char from[BOX_NUMBER_MAX], to[BOX_NUMBER_MAX];
    uint32_t hidden;

    if (f->field[BOX_SMS_TYPE].num != mt_reply)
        return false;
    number_text(&f->field[BOX_SMS_SENDER], from);
    number_text(&f->field[BOX_SMS_RECEIVER], to);
    if (dlv_may_reply(from, to))
        return false;
    stat_inc(STAT_box_mt_loop);
    dlv_log_printable(to);
    if (slog_may(&c->looped, now_ms(), &hidden))
        warning(0,
                "Box <%s>: its reply to <%s> is dropped, because the message "
                "was sent by a machine (TP-LP). %u more like it were not "
                "logged.",
                name(c), to, (unsigned)hidden);
    return true;
}

static void sms_in(struct box_conn *c, const uint8_t *p, size_t n,
                   const struct box_frame *f)
{
    const struct box_field *smsc = &f->field[BOX_SMS_SMSC_ID];
    const struct box_field *text = &f->field[BOX_SMS_MSGDATA];

    ready(c);
    if (f->field[BOX_SMS_TYPE].num == mt_reply && smsc->num > 0 &&
        dlv_reply(c->ref, smsc->p, (size_t)smsc->num, text->p,
                  text->num > 0 ? (size_t)text->num : 0)) {
        put_ack(c, f, ack_success);
        return;
    }
    stat_inc(STAT_box_mt);
    if (c->uplink == NULL)
        refuse(c, f);
    else if (closes_loop(c, f))
        put_ack(c, f, ack_success);
    else if (!box_uplink_sms(c->uplink, p, n, f))
        put_ack(c, f, ack_failed_tmp);
}

static void ack_in(struct box_conn *c, const uint8_t *p, size_t n,
                   const struct box_frame *f)
{
    switch (dlv_ack(c->ref, f->id, f->field[BOX_ACK_NACK].num)) {
    case DLV_ACK_TAKEN:
        break;
    case DLV_ACK_REPLY_DUE:
        c->reply_due = true;
        break;
    case DLV_ACK_FOREIGN:
        if (c->uplink != NULL)
            box_uplink_ack(c->uplink, p, n);
        else
            stat_inc(STAT_box_ack_unknown);
        break;
    }
}

/* One whole frame. False: the box is not to be trusted any further. */
static bool frame_in(struct box_conn *c, const uint8_t *p, size_t n)
{
    struct box_frame f;

    if (!box_frame_read(p, n, &f))
        return false;
    switch (f.type) {
    case BOX_ADMIN:
        return admin_in(c, &f);
    case BOX_SMS:
        sms_in(c, p, n, &f);
        break;
    case BOX_ACK:
        ack_in(c, p, n, &f);
        break;
    case BOX_HEARTBEAT:
    case BOX_WDP:
        break;
    }
    return true;
}

/* Frames of `n' octets at `p'; *took says how far. False: a bad one. */
static bool frames_in(struct box_conn *c, const uint8_t *p, size_t n,
                      size_t *took)
{
    long len;

    *took = 0;
    while ((len = box_frame_length(p + *took, n - *took)) > 0 &&
           (size_t)len <= n - *took) {
        if (!frame_in(c, p + *took, (size_t)len))
            return false;
        *took += (size_t)len;
    }
    return len >= 0;
}

static bool octets_in(struct box_conn *c, Octstr *os)
{
    const char *data = octstr_get_cstr(os);
    size_t n = (size_t)octstr_len(os), took;
    bool ok;

    if (c->in.len == 0) { /* the usual case: whole frames, not copied */
        ok = frames_in(c, (const uint8_t *)data, n, &took);
        if (ok && took < n)
            buf_add(&c->in, data + took, n - took, IN_FIRST);
    } else {
        buf_add(&c->in, data, n, IN_FIRST);
        ok = frames_in(c, c->in.p, c->in.len, &took);
        c->in.len -= took;
        memmove(c->in.p, c->in.p + took, c->in.len);
    }
    return ok;
}

/*
 * smsbox leaves Nagle's algorithm on: the reply that follows an ack waits
 * until TCP has confirmed the ack, which it delays by 40 ms. Confirm at once.
 */
static void hasten_reply(struct box_conn *c)
{
    if (c->reply_due)
        set_tcp(c->fd, TCP_QUICKACK, 1);
    c->reply_due = false;
}

/* Whoever says nothing of itself shall not take the place of a box. */
static bool is_nobody(const struct box_conn *c)
{
    if (c->ready || now_ms() < c->identify_by_ms)
        return false;
    stat_inc(STAT_box_nobody);
    warning(0, "Box from <%s> has not identified itself, disconnected.", c->ip);
    return true;
}

/* Seconds to wait for octets. */
static double patience(const struct box_conn *c)
{
    uint64_t now = now_ms();

    if (c->ready)
        return IDLE_S;
    return c->identify_by_ms > now ? (double)(c->identify_by_ms - now) / 1000
                                   : 0;
}

static void read_box(struct box_conn *c)
{
    Octstr *os;
    bool ok = true;

    while (ok && !atomic_load(&c->kill) && !is_nobody(c)) {
        os = conn_read_everything(c->conn);
        if (os != NULL) {
            ok = octets_in(c, os);
            octstr_destroy(os);
            box_route_flush_one(c->ref);
            hasten_reply(c);
            continue;
        }
        if (conn_eof(c->conn) || conn_error(c->conn))
            break;
        if (conn_wait(c->conn, patience(c)) == -1)
            break;
    }
    if (!ok) {
        stat_inc(STAT_box_bad_frame);
        error(0, "Box <%s> from <%s> sent a bad frame, disconnected.", name(c),
              c->ip);
    }
}

static void conn_free(struct box_conn *c)
{
    conn_destroy(c->conn);
    gw_free(c->out.p);
    gw_free(c->in.p);
    gw_free(c);
}

static void conn_run(void *arg)
{
    struct box_conn *c = arg;

    c->thread = gwthread_self();
    stat_inc(STAT_box_connected);
    info(0, "Box connected from <%s>%s.", c->ip,
         conn_get_ssl(c->conn) != NULL ? " with TLS" : "");
    read_box(c);
    box_route_close(c->ref);
    dlv_box_lost(c->ref);
    if (c->uplink != NULL)
        box_uplink_stop(c->uplink);
    box_route_del(c->ref);
    stat_inc(STAT_box_lost);
    info(0, "Box <%s> from <%s> is gone.", name(c), c->ip);
    conn_free(c);
}

void box_conn_tune(int fd)
{
    box_sock_tune(fd, BOX_DEAD_MS);
}

int box_conn_start(const struct box_conf *conf, int fd, const char *ip,
                   bool tls)
{
    struct box_conn *c = gw_malloc(sizeof(*c));

    memset(c, 0, sizeof(*c));
    c->conf = conf;
    c->identify_by_ms = now_ms() + BOX_IDENTIFY_MS;
    strncat(c->ip, ip, sizeof(c->ip) - 1);
    c->fd = fd;
    c->conn = conn_wrap_fd(fd, tls);
    if (c->conn == NULL || (tls && conn_get_ssl(c->conn) == NULL)) {
        error(0, "Box from <%s>: no TLS.", c->ip);
        conn_free(c);
        return -1;
    }
    /* Before its thread runs: box_server_stop() must find it. */
    if (!box_route_add(c, &c->ref)) {
        error(0, "Box from <%s> refused: %d are connected.", c->ip,
              (int)DLV_BOXES);
        conn_free(c);
        return -1;
    }
    if (gwthread_create(conn_run, c) == -1) {
        error(0, "Box from <%s> refused: no thread for it.", c->ip);
        box_route_del(c->ref);
        conn_free(c);
        return -1;
    }
    return 0;
}

void box_conn_join(void)
{
    gwthread_join_every(conn_run);
}

bool box_conn_tls(const struct box_conn *c)
{
    return conn_get_ssl(c->conn) != NULL;
}

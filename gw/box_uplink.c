/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_uplink.c - what a box sends goes on to bearerbox, and back
 *
 * The uplink's own thread connects, reads and connects again; the box's
 * thread writes. The lock guards the connection against being taken away
 * while it is written to, and the list of messages without an ack.
 */

#include "box_uplink.h"

#include "box_conn.h"
#include "stat.h"

#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_S = 10, BEAT_S = 30, BACKOFF_FIRST_S = 1, BACKOFF_MAX_S = 30 };

/* A message that bearerbox has not acknowledged. */
struct open_sms {
    uint8_t id[16];
    int32_t when; /* its time, which the ack repeats */
};

struct box_uplink {
    const struct box_conf *conf;
    struct box_ref box;
    char box_id[BOX_ID_MAX + 1];
    long thread;
    pthread_mutex_t lock; /* of all below */
    bool stop;
    Connection *conn; /* NULL: not connected */
    bool suspended;
    unsigned n;
    struct open_sms open[BOX_UPLINK_OPEN];
};

/* ---- messages without an ack, under the lock ---- */

static bool open_add(struct box_uplink *u, const struct box_frame *f)
{
    struct open_sms *o;

    if (u->n == BOX_UPLINK_OPEN)
        return false;
    o = &u->open[u->n++];
    memcpy(o->id, f->id, sizeof(o->id));
    o->when = f->field[BOX_SMS_TIME].num;
    return true;
}

/* Acks come in about the order of the messages: the search is short. */
static void open_del(struct box_uplink *u, const uint8_t id[16])
{
    unsigned i;

    for (i = 0; i < u->n; i++) {
        if (memcmp(u->open[i].id, id, sizeof(u->open[i].id)) == 0) {
            u->open[i] = u->open[--u->n];
            return;
        }
    }
}

/* Whoever waits for these is told to try again. */
static void open_fail(struct box_uplink *u)
{
    uint8_t frame[BOX_ACK_OCTETS];
    unsigned i;

    for (i = 0; i < u->n; i++) {
        box_frame_ack(frame, ack_failed_tmp, u->open[i].when, u->open[i].id);
        box_route_put(u->box, frame, sizeof(frame));
    }
    u->n = 0;
}

/* ---- the connection ---- */

static bool is_stopping(struct box_uplink *u)
{
    bool is;

    pthread_mutex_lock(&u->lock);
    is = u->stop;
    pthread_mutex_unlock(&u->lock);
    return is;
}

/* A TCP socket that is connected, or -1. Nobody is waited for longer than
 * CONNECT_S, and box_uplink_stop() not at all. */
static int tcp_connect(const struct box_uplink *u)
{
    char host[sizeof(u->conf->bearerbox_host)];
    int err = 0, fd, later;
    socklen_t len = sizeof(err);

    memcpy(host, u->conf->bearerbox_host, sizeof(host));
    fd =
        tcpip_connect_nb_to_server(host, u->conf->bearerbox_port, NULL, &later);
    if (fd < 0)
        return -1;
    if (later != 0 &&
        ((gwthread_pollfd(fd, POLLOUT, CONNECT_S) & POLLOUT) == 0 ||
         getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0 || err != 0)) {
        close(fd);
        return -1;
    }
    box_conn_tune(fd);
    return fd;
}

static Connection *uplink_connect(const struct box_uplink *u)
{
    int fd = tcp_connect(u);
    Connection *conn;
    Octstr *host;

    if (fd < 0 || !u->conf->bearerbox_tls)
        return fd < 0 ? NULL : conn_wrap_fd(fd, 0);
    /* gwlib's TLS client connects by itself, and waits as long as TCP does:
     * the first connection has shown that somebody is there. */
    close(fd);
    host = octstr_create(u->conf->bearerbox_host);
    conn = conn_open_ssl(host, u->conf->bearerbox_port, NULL, NULL);
    octstr_destroy(host);
    return conn;
}

static bool uplink_write(struct box_uplink *u, const uint8_t *p, size_t n)
{
    /* gwlib only reads them, though its parameter does not say so. */
    unsigned char *octets = (unsigned char *)(uintptr_t)p;

    if (u->conn == NULL || conn_outbuf_len(u->conn) > BOX_OUT_MAX ||
        conn_write_data(u->conn, octets, (long)n) == -1)
        return false;
    /* The thread polls for reading only, until it is told to write too. */
    if (conn_outbuf_len(u->conn) > 0)
        gwthread_wakeup(u->thread);
    return true;
}

bool box_uplink_sms(struct box_uplink *u, const uint8_t *frame, size_t n,
                    const struct box_frame *f)
{
    bool ok = false;

    pthread_mutex_lock(&u->lock);
    if (u->conn != NULL && !u->suspended && open_add(u, f)) {
        ok = uplink_write(u, frame, n);
        if (!ok)
            open_del(u, f->id);
    }
    pthread_mutex_unlock(&u->lock);
    if (ok)
        stat_inc(STAT_uplink_mt);
    else
        stat_inc(STAT_uplink_mt_refused);
    return ok;
}

void box_uplink_ack(struct box_uplink *u, const uint8_t *frame, size_t n)
{
    pthread_mutex_lock(&u->lock);
    uplink_write(u, frame, n);
    pthread_mutex_unlock(&u->lock);
}

/* ---- frames of bearerbox ---- */

static void suspend(struct box_uplink *u, bool suspended)
{
    pthread_mutex_lock(&u->lock);
    u->suspended = suspended;
    pthread_mutex_unlock(&u->lock);
    info(0, "bearerbox told box <%s> to %s.", u->box_id,
         suspended ? "suspend" : "resume");
}

/* False: the uplink is to end. */
static bool admin_in(struct box_uplink *u, int32_t command)
{
    switch (command) {
    case cmd_shutdown:
    case cmd_restart:
        info(0, "bearerbox goes down, the uplink of box <%s> ends.", u->box_id);
        return false;
    case cmd_suspend:
        suspend(u, true);
        break;
    case cmd_resume:
        suspend(u, false);
        break;
    default:
        break;
    }
    return true;
}

static bool frame_in(struct box_uplink *u, const uint8_t *p, size_t n)
{
    struct box_frame f;

    if (!box_frame_read(p, n, &f)) {
        error(0, "bearerbox sent a bad frame, uplink of box <%s> closed.",
              u->box_id);
        return false;
    }
    switch (f.type) {
    case BOX_ADMIN:
        return admin_in(u, f.field[BOX_ADMIN_COMMAND].num);
    case BOX_ACK:
        pthread_mutex_lock(&u->lock);
        open_del(u, f.id);
        pthread_mutex_unlock(&u->lock);
        box_route_put(u->box, p, n);
        break;
    case BOX_SMS:
        stat_inc(STAT_uplink_mo);
        box_route_put(u->box, p, n);
        break;
    case BOX_HEARTBEAT:
    case BOX_WDP:
        break;
    }
    return true;
}

/* Whole frames at the start of `in' go, the rest stays. */
static bool frames_in(struct box_uplink *u, Octstr *in)
{
    const uint8_t *p = (const uint8_t *)octstr_get_cstr(in);
    size_t n = (size_t)octstr_len(in), at = 0;
    long len;

    while ((len = box_frame_length(p + at, n - at)) > 0 &&
           (size_t)len <= n - at) {
        if (!frame_in(u, p + at, (size_t)len))
            return false;
        at += (size_t)len;
    }
    octstr_delete(in, 0, (long)at);
    return len >= 0;
}

static bool beat(struct box_uplink *u, time_t *next)
{
    uint8_t frame[BOX_HEARTBEAT_OCTETS];
    bool ok;

    if (time(NULL) < *next)
        return true;
    *next = time(NULL) + BEAT_S;
    box_frame_heartbeat(frame, 0);
    pthread_mutex_lock(&u->lock);
    ok = uplink_write(u, frame, sizeof(frame));
    pthread_mutex_unlock(&u->lock);
    return ok;
}

static void read_bearerbox(struct box_uplink *u)
{
    Octstr *in = octstr_create(""), *os;
    time_t next = time(NULL) + BEAT_S;
    bool ok = true;

    while (ok && !is_stopping(u) && beat(u, &next)) {
        os = conn_read_everything(u->conn);
        if (os != NULL) {
            octstr_append(in, os);
            octstr_destroy(os);
            ok = frames_in(u, in);
            box_route_flush_one(u->box);
            continue;
        }
        if (conn_eof(u->conn) || conn_error(u->conn) ||
            conn_wait(u->conn, 1.0) == -1)
            break;
    }
    octstr_destroy(in);
}

/* From connected to lost. */
static void session(struct box_uplink *u, Connection *conn)
{
    uint8_t frame[BOX_ADMIN_OCTETS];
    size_t n = box_frame_admin(frame, cmd_identify,
                               u->box_id[0] != '\0' ? u->box_id : NULL);

    pthread_mutex_lock(&u->lock);
    u->conn = conn;
    u->suspended = false;
    uplink_write(u, frame, n);
    pthread_mutex_unlock(&u->lock);
    stat_inc(STAT_uplink_up);
    info(0, "Box <%s> is connected to bearerbox <%s:%u>.", u->box_id,
         u->conf->bearerbox_host, (unsigned)u->conf->bearerbox_port);
    read_bearerbox(u);
    pthread_mutex_lock(&u->lock);
    u->conn = NULL;
    open_fail(u);
    pthread_mutex_unlock(&u->lock);
    box_route_flush_one(u->box);
    conn_destroy(conn);
    if (is_stopping(u))
        return;
    stat_inc(STAT_uplink_lost);
    warning(0, "Box <%s> lost its connection to bearerbox.", u->box_id);
}

static void uplink_run(void *arg)
{
    struct box_uplink *u = arg;
    int backoff_s = BACKOFF_FIRST_S;
    Connection *conn;

    while (!is_stopping(u)) {
        time_t start = time(NULL);

        conn = uplink_connect(u);
        if (conn != NULL)
            session(u, conn);
        if (time(NULL) - start > BACKOFF_MAX_S)
            backoff_s = BACKOFF_FIRST_S;
        if (!is_stopping(u))
            gwthread_sleep(backoff_s);
        if ((backoff_s *= 2) > BACKOFF_MAX_S)
            backoff_s = BACKOFF_MAX_S;
    }
}

struct box_uplink *box_uplink_start(const struct box_conf *conf,
                                    struct box_ref box, const char *box_id)
{
    struct box_uplink *u = gw_malloc(sizeof(*u));

    memset(u, 0, sizeof(*u));
    u->conf = conf;
    u->box = box;
    strncat(u->box_id, box_id, BOX_ID_MAX);
    pthread_mutex_init(&u->lock, NULL);
    u->thread = gwthread_create(uplink_run, u);
    if (u->thread == -1) {
        error(0, "Box <%s>: no thread for its uplink.", box_id);
        gw_free(u);
        return NULL;
    }
    return u;
}

void box_uplink_stop(struct box_uplink *u)
{
    /* Under the lock the thread is still there: see dlv_stop(). */
    pthread_mutex_lock(&u->lock);
    u->stop = true;
    gwthread_wakeup(u->thread);
    pthread_mutex_unlock(&u->lock);
    gwthread_join(u->thread);
    pthread_mutex_destroy(&u->lock);
    gw_free(u);
}

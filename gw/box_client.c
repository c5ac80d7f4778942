/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_client.c - a box's connection to its server
 *
 * Two locks, taken in this order: `io' guards the socket and what is being
 * written to it, `lock' the queue and whether there is a connection at all.
 * Who queues takes only the second, for the time of a copy.
 */

#include "box_client.h"

#include "box_sock.h"
#include "box_tls.h"

#include <errno.h>
#include <gwlib/gwlib.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECT_MS = 10000,
    DEAD_MS = 60000,
    BACKOFF_FIRST_MS = 500,
    BACKOFF_MAX_MS = 30000,
    STEADY_MS = 10000, /* a connection that lived so long was a good one */
    IN_OCTETS = 2 * BOX_FRAME_MAX,
    OUT_FIRST = 16384,
};

/* Growing octets. */
struct buf {
    uint8_t *p;
    size_t len, cap;
};

struct box_client {
    struct box_client_conf conf;
    const struct box_client_ops *ops;
    void *ctx;
    long thread;
    int wake_fd;
    struct box_tls_ctx *tls_ctx;
    uint32_t backoff_ms; /* the thread's own; 0: at once */
    uint8_t *in;
    size_t in_len;
    atomic_bool stop;
    _Atomic uint64_t stop_by_ms;

    pthread_mutex_t io;
    int fd; /* -1: none */
    struct box_tls *tls;
    struct buf going;
    size_t gone; /* octets of it */

    pthread_mutex_t lock;
    struct buf out;
    uint32_t epoch;
    bool up, suspended;
};

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void wake(struct box_client *c)
{
    uint64_t one = 1;
    ssize_t did = write(c->wake_fd, &one, sizeof(one));

    (void)did; /* full: it is awake already */
}

static void slept(struct box_client *c)
{
    uint64_t n;
    ssize_t did = read(c->wake_fd, &n, sizeof(n));

    (void)did;
}

/* ---- queueing ---- */

/* Room for n more octets, under the lock; NULL: they are too many. */
static uint8_t *room(struct box_client *c, size_t n)
{
    struct buf *b = &c->out;
    size_t cap = b->cap == 0 ? OUT_FIRST : b->cap;

    if (!c->up || n > BOX_CLIENT_OUT_MAX - b->len)
        return NULL;
    while (cap - b->len < n)
        cap *= 2;
    if (cap != b->cap) {
        b->p = gw_realloc(b->p, cap);
        b->cap = cap;
    }
    return b->p + b->len;
}

bool box_client_put(struct box_client *c, const void *frames, size_t n)
{
    uint8_t *p;

    pthread_mutex_lock(&c->lock);
    p = room(c, n);
    if (p != NULL) {
        memcpy(p, frames, n);
        c->out.len += n;
    }
    pthread_mutex_unlock(&c->lock);
    return p != NULL;
}

static int32_t nack_of(enum verdict v)
{
    switch (v) {
    case VERDICT_OK:
        return BOX_NACK_SUCCESS;
    case VERDICT_PERMFAIL:
        return BOX_NACK_FAILED;
    case VERDICT_TEMPFAIL:
        break;
    }
    return BOX_NACK_FAILED_TMP;
}

bool box_client_ack(struct box_client *c, const struct box_key *key,
                    enum verdict v)
{
    uint8_t *p = NULL;

    pthread_mutex_lock(&c->lock);
    if (key->epoch == c->epoch)
        p = room(c, BOX_ACK_OCTETS);
    if (p != NULL)
        c->out.len += box_frame_ack(p, nack_of(v), key->when, key->id);
    pthread_mutex_unlock(&c->lock);
    return p != NULL;
}

void box_client_blank(struct box_frame *f)
{
    memset(f, 0, sizeof(*f));
    f->type = BOX_SMS;
    for (int i = 0; i < BOX_FIELDS; i++)
        f->field[i].num = -1;
}

/* More than the frame can have, for room(). */
static size_t sms_octets(const struct box_frame *f)
{
    static const int strings[] = { BOX_SMS_SENDER,     BOX_SMS_RECEIVER,
                                   BOX_SMS_UDHDATA,    BOX_SMS_MSGDATA,
                                   BOX_SMS_SMSC_ID,    BOX_SMS_SMSC_NUMBER,
                                   BOX_SMS_FOREIGN_ID, BOX_SMS_SERVICE,
                                   BOX_SMS_ACCOUNT,    BOX_SMS_DLR_URL,
                                   BOX_SMS_CHARSET,    BOX_SMS_BOXC_ID,
                                   BOX_SMS_BINFO,      BOX_SMS_META_DATA };
    size_t n = 8 + 4 * BOX_FIELDS + 36;

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        if (f->field[strings[i]].num > 0)
            n += (size_t)f->field[strings[i]].num;
    }
    return n;
}

uint32_t box_client_sms(struct box_client *c, const struct box_frame *f)
{
    size_t n = sms_octets(f);
    uint32_t epoch = 0;
    uint8_t *p;

    if (n > BOX_FRAME_MAX)
        return 0;
    pthread_mutex_lock(&c->lock);
    p = room(c, n);
    if (p != NULL) {
        c->out.len += box_frame_write(p, n, f);
        epoch = c->epoch;
    }
    pthread_mutex_unlock(&c->lock);
    return epoch;
}

uint32_t box_client_epoch(struct box_client *c)
{
    uint32_t epoch;

    pthread_mutex_lock(&c->lock);
    epoch = c->up ? c->epoch : 0;
    pthread_mutex_unlock(&c->lock);
    return epoch;
}

static void put_command(struct box_client *c, enum box_command command,
                        const char *boxc_id)
{
    uint8_t frame[BOX_ADMIN_OCTETS];

    box_client_put(c, frame, box_frame_admin(frame, (int32_t)command, boxc_id));
}

void box_client_suspend(struct box_client *c, bool suspended)
{
    bool news;

    pthread_mutex_lock(&c->lock);
    news = c->suspended != suspended;
    c->suspended = suspended;
    pthread_mutex_unlock(&c->lock);
    if (!news)
        return;
    put_command(c, suspended ? BOX_CMD_SUSPEND : BOX_CMD_RESUME, NULL);
    box_client_flush(c);
}

/* ---- writing ---- */

/* The next octets to go, under io. False: none. */
static bool next_out(struct box_client *c)
{
    struct buf empty = c->going;

    if (c->gone < c->going.len)
        return true;
    empty.len = 0;
    c->gone = 0;
    pthread_mutex_lock(&c->lock);
    c->going = c->out;
    c->out = empty;
    pthread_mutex_unlock(&c->lock);
    return c->going.len > 0;
}

/* Octets written; below 1 as enum box_tls_want. */
static long sock_write(struct box_client *c, const uint8_t *p, size_t n)
{
    ssize_t did;

    if (c->tls != NULL)
        return box_tls_write(c->tls, p, n);
    did = send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (did > 0)
        return did;
    return did < 0 && (errno == EAGAIN || errno == EINTR) ? BOX_TLS_WANT_WRITE
                                                          : BOX_TLS_GONE;
}

/* True: some is left, and the socket takes no more for now. */
static bool write_out(struct box_client *c)
{
    long did = 1;

    pthread_mutex_lock(&c->io);
    while (c->fd >= 0 && next_out(c)) {
        did = sock_write(c, c->going.p + c->gone, c->going.len - c->gone);
        if (did < 1)
            break;
        c->gone += (size_t)did;
    }
    if (did == BOX_TLS_GONE && c->fd >= 0)
        shutdown(c->fd, SHUT_RDWR); /* the thread finds out */
    pthread_mutex_unlock(&c->io);
    return did == BOX_TLS_WANT_READ || did == BOX_TLS_WANT_WRITE;
}

void box_client_flush(struct box_client *c)
{
    if (write_out(c))
        wake(c);
}

/* ---- frames of the server ---- */

static void admin_in(struct box_client *c, int32_t command)
{
    if (c->ops->command == NULL)
        return;
    switch (command) {
    case BOX_CMD_SHUTDOWN:
    case BOX_CMD_SUSPEND:
    case BOX_CMD_RESUME:
    case BOX_CMD_RESTART:
        c->ops->command(c->ctx, (enum box_command)command);
        break;
    default:
        break;
    }
}

static bool frame_in(struct box_client *c, const uint8_t *p, size_t n)
{
    struct box_frame f;
    struct box_key key;

    if (!box_frame_read(p, n, &f))
        return false;
    switch (f.type) {
    case BOX_SMS:
        memcpy(key.id, f.id, sizeof(key.id));
        key.when = f.field[BOX_SMS_TIME].num;
        key.epoch = c->epoch; /* changed by this thread only */
        if (c->ops->sms != NULL)
            c->ops->sms(c->ctx, &key, &f, p, n);
        break;
    case BOX_ACK:
        if (c->ops->ack != NULL)
            c->ops->ack(c->ctx, f.id, f.field[BOX_ACK_NACK].num);
        break;
    case BOX_ADMIN:
        admin_in(c, f.field[BOX_ADMIN_COMMAND].num);
        break;
    case BOX_HEARTBEAT:
    case BOX_WDP:
        break;
    }
    return true;
}

/* Whole frames at the start of `in' are told, the rest stays. */
static bool frames_in(struct box_client *c)
{
    size_t at = 0;
    long len;

    while ((len = box_frame_length(c->in + at, c->in_len - at)) > 0 &&
           (size_t)len <= c->in_len - at) {
        if (!frame_in(c, c->in + at, (size_t)len)) {
            len = -1;
            break;
        }
        at += (size_t)len;
    }
    c->in_len -= at;
    memmove(c->in, c->in + at, c->in_len);
    if (len >= 0)
        return true;
    error(0, "Box server <%s:%u> sent a bad frame, connection closed.",
          c->conf.host, (unsigned)c->conf.port);
    return false;
}

static long sock_read(struct box_client *c, uint8_t *p, size_t n)
{
    long did;

    if (c->tls != NULL) {
        pthread_mutex_lock(&c->io);
        did = box_tls_read(c->tls, p, n);
        pthread_mutex_unlock(&c->io);
        return did;
    }
    did = recv(c->fd, p, n, MSG_DONTWAIT);
    if (did < 0 && (errno == EAGAIN || errno == EINTR))
        return BOX_TLS_WANT_READ;
    return did > 0 ? did : BOX_TLS_GONE;
}

/* Read what is there. False: the connection is to end. */
static bool read_in(struct box_client *c)
{
    long did;
    bool ok = true;

    do {
        did = sock_read(c, c->in + c->in_len, IN_OCTETS - c->in_len);
        if (did < 1)
            break;
        c->in_len += (size_t)did;
        ok = frames_in(c);
        /* A TLS record that is left inside would not wake poll(). */
    } while (ok && c->tls != NULL);
    if (c->ops->turn != NULL)
        c->ops->turn(c->ctx);
    return ok && did != BOX_TLS_GONE;
}

/* ---- the connection ---- */

static int wait_for(struct box_client *c, short events, uint64_t until_ms)
{
    uint64_t now = now_ms();
    int wait_ms = until_ms > now ? (int)(until_ms - now) : 0;
    struct pollfd p[2] = {
        { .fd = c->wake_fd, .events = POLLIN },
        { .fd = c->fd, .events = events },
    };

    if (poll(p, c->fd >= 0 ? 2 : 1, wait_ms) < 0)
        return 0;
    if (p[0].revents != 0)
        slept(c);
    return c->fd >= 0 ? p[1].revents : 0;
}

static bool is_over(struct box_client *c, bool left)
{
    if (!atomic_load(&c->stop))
        return false;
    return !left || now_ms() >= atomic_load(&c->stop_by_ms);
}

static void beat(struct box_client *c, uint64_t *next_ms)
{
    uint8_t frame[BOX_HEARTBEAT_OCTETS];

    if (now_ms() < *next_ms)
        return;
    *next_ms = now_ms() + c->conf.heartbeat_ms;
    box_client_put(c, frame, box_frame_heartbeat(frame, 0));
}

/* A server that does not read has let OUT_MAX pile up, twice. */
static bool is_full(struct box_client *c)
{
    bool full;

    pthread_mutex_lock(&c->lock);
    full = c->out.len > BOX_CLIENT_OUT_MAX - BOX_FRAME_MAX;
    pthread_mutex_unlock(&c->lock);
    if (full)
        error(0, "Box server <%s:%u> does not read, connection closed.",
              c->conf.host, (unsigned)c->conf.port);
    return full;
}

/*
 * Say that no more comes, and wait for the server to say so too: a socket
 * that is closed with octets unread takes back what was sent last.
 */
static void part(struct box_client *c)
{
    uint64_t until_ms = atomic_load(&c->stop_by_ms);

    shutdown(c->fd, SHUT_WR);
    while (now_ms() < until_ms && sock_read(c, c->in, IN_OCTETS) != 0)
        wait_for(c, POLLIN, until_ms);
}

/* From identified to lost. */
static void converse(struct box_client *c)
{
    uint64_t beat_ms = now_ms() + c->conf.heartbeat_ms, until;
    bool ok = true, left;
    int events;

    while (ok) {
        beat(c, &beat_ms);
        left = write_out(c);
        if (left && is_full(c))
            return;
        if (is_over(c, left)) {
            part(c);
            return;
        }
        until = atomic_load(&c->stop) ? atomic_load(&c->stop_by_ms) : beat_ms;
        events = wait_for(c, (short)(POLLIN | (left ? POLLOUT : 0)), until);
        if ((events & (POLLIN | POLLHUP | POLLERR)) != 0)
            ok = read_in(c);
    }
}

/* Handshake of TLS. False: none. */
static bool greet(struct box_client *c)
{
    uint64_t until_ms = now_ms() + CONNECT_MS;
    char why[BOX_TLS_WHY] = "no answer";
    int did = BOX_TLS_GONE;

    c->tls = box_tls_new(c->tls_ctx, c->fd, c->conf.host);
    while (c->tls != NULL && (did = box_tls_handshake(c->tls, why)) < 0) {
        if (now_ms() >= until_ms || atomic_load(&c->stop))
            break;
        wait_for(c, did == BOX_TLS_WANT_READ ? POLLIN : POLLOUT, until_ms);
    }
    if (did == 1)
        return true;
    warning(0, "Box server <%s:%u>: no TLS: %s.", c->conf.host,
            (unsigned)c->conf.port, why);
    return false;
}

static void set_up(struct box_client *c)
{
    bool suspended;
    const char *id = c->conf.boxc_id;

    pthread_mutex_lock(&c->lock);
    c->up = true;
    c->epoch++;
    c->out.len = 0;
    suspended = c->suspended;
    pthread_mutex_unlock(&c->lock);
    put_command(c, BOX_CMD_IDENTIFY, id[0] != '\0' ? id : NULL);
    if (suspended)
        put_command(c, BOX_CMD_SUSPEND, NULL);
    info(0, "Connected to box server <%s:%u>%s.", c->conf.host,
         (unsigned)c->conf.port, c->tls != NULL ? " with TLS" : "");
    if (c->ops->up != NULL)
        c->ops->up(c->ctx, c->epoch);
}

static void set_down(struct box_client *c)
{
    pthread_mutex_lock(&c->lock);
    c->up = false;
    c->out.len = 0;
    pthread_mutex_unlock(&c->lock);
    if (!atomic_load(&c->stop))
        warning(0, "Connection to box server <%s:%u> lost.", c->conf.host,
                (unsigned)c->conf.port);
    if (c->ops->lost != NULL)
        c->ops->lost(c->ctx, c->epoch);
}

static void disconnect(struct box_client *c)
{
    pthread_mutex_lock(&c->io);
    box_tls_free(c->tls);
    c->tls = NULL;
    close(c->fd);
    c->fd = -1;
    c->going.len = c->gone = 0;
    pthread_mutex_unlock(&c->io);
}

static void session(struct box_client *c, int fd)
{
    uint64_t since_ms = now_ms();

    /* Until it is up nobody else looks at the socket: nothing is queued. */
    pthread_mutex_lock(&c->io);
    c->fd = fd;
    pthread_mutex_unlock(&c->io);
    c->in_len = 0;
    if (c->tls_ctx == NULL || greet(c)) {
        set_up(c);
        converse(c);
        set_down(c);
    }
    disconnect(c);
    if (now_ms() - since_ms >= STEADY_MS)
        c->backoff_ms = 0;
}

/* Three quarters to one of the time: boxes shall not all come at once. */
static void back_off(struct box_client *c)
{
    uint32_t ms = c->backoff_ms;
    uint64_t until_ms;

    ms -= ms / 4 * (uint32_t)(gw_rand() & 255) / 255;
    until_ms = now_ms() + ms;
    while (!atomic_load(&c->stop) && now_ms() < until_ms)
        wait_for(c, 0, until_ms);
    c->backoff_ms = c->backoff_ms == 0 ? BACKOFF_FIRST_MS : c->backoff_ms * 2;
    if (c->backoff_ms > BACKOFF_MAX_MS)
        c->backoff_ms = BACKOFF_MAX_MS;
}

static void client_run(void *arg)
{
    struct box_client *c = arg;
    const char *why;
    int fd;

    while (!atomic_load(&c->stop)) {
        fd = box_sock_connect(c->conf.host, c->conf.port, c->wake_fd,
                              CONNECT_MS, DEAD_MS, &why);
        if (fd >= 0)
            session(c, fd);
        else if (!atomic_load(&c->stop))
            warning(0, "Box server <%s:%u>: not connected: %s.", c->conf.host,
                    (unsigned)c->conf.port, why);
        back_off(c);
    }
}

/* ---- start and stop ---- */

static void client_free(struct box_client *c)
{
    if (c->wake_fd >= 0)
        close(c->wake_fd);
    box_tls_ctx_free(c->tls_ctx);
    gw_free(c->going.p);
    gw_free(c->out.p);
    gw_free(c->in);
    pthread_mutex_destroy(&c->io);
    pthread_mutex_destroy(&c->lock);
    gw_free(c);
}

static bool set_tls(struct box_client *c)
{
    char why[BOX_TLS_WHY];

    if (!c->conf.tls)
        return true;
    c->tls_ctx = box_tls_ctx_new(c->conf.ca_file, c->conf.cert_file,
                                 c->conf.key_file, why);
    if (c->tls_ctx == NULL)
        error(0, "Box server <%s:%u>: no TLS: %s.", c->conf.host,
              (unsigned)c->conf.port, why);
    return c->tls_ctx != NULL;
}

struct box_client *box_client_start(const struct box_client_conf *conf,
                                    const struct box_client_ops *ops, void *ctx)
{
    struct box_client *c = gw_malloc(sizeof(*c));

    memset(c, 0, sizeof(*c));
    c->conf = *conf;
    c->ops = ops;
    c->ctx = ctx;
    c->fd = -1;
    c->in = gw_malloc(IN_OCTETS);
    pthread_mutex_init(&c->io, NULL);
    pthread_mutex_init(&c->lock, NULL);
    c->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->wake_fd < 0 || !set_tls(c)) {
        client_free(c);
        return NULL;
    }
    c->thread = gwthread_create(client_run, c);
    if (c->thread == -1) {
        error(0, "No thread for the connection to the box server.");
        client_free(c);
        return NULL;
    }
    return c;
}

void box_client_stop(struct box_client *c, uint32_t drain_ms)
{
    atomic_store(&c->stop_by_ms, now_ms() + drain_ms);
    atomic_store(&c->stop, true);
    wake(c);
    gwthread_join(c->thread);
    client_free(c);
}

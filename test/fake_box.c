/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_box.c - a Kannel box for tests: a socket, and frames on it
 */

#include "fake_box.h"

#include <arpa/inet.h>
#include <gw/msg.h>
#include <gwlib/gwlib.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SEEN_MAX = 1024 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct verdict_seen seen_at[SEEN_MAX];
static unsigned seen_in, seen_out;

void ss7_verdict(uint64_t id, enum verdict v, struct map_err err)
{
    pthread_mutex_lock(&lock);
    seen_at[seen_in++ % SEEN_MAX] = (struct verdict_seen){ id, v, err };
    pthread_mutex_unlock(&lock);
}

static struct alert_seen alert_at[SEEN_MAX];
static unsigned alert_in, alert_out;
static bool away[SS7_ROUTES], full;

bool ss7_alert(uint8_t network, const char *sc, const char *msisdn,
               uint64_t ref)
{
    struct alert_seen a = { .network = network, .ref = ref };

    snprintf(a.sc, sizeof(a.sc), "%s", sc);
    snprintf(a.msisdn, sizeof(a.msisdn), "%s", msisdn);
    pthread_mutex_lock(&lock);
    alert_at[alert_in++ % SEEN_MAX] = a;
    pthread_mutex_unlock(&lock);
    return true;
}

void ss7_away(uint16_t route, bool is)
{
    pthread_mutex_lock(&lock);
    away[route] = is;
    pthread_mutex_unlock(&lock);
}

void ss7_waiting_full(bool is)
{
    pthread_mutex_lock(&lock);
    full = is;
    pthread_mutex_unlock(&lock);
}

bool seen_away(uint16_t route)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = away[route];
    pthread_mutex_unlock(&lock);
    return is;
}

bool seen_waiting_full(void)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = full;
    pthread_mutex_unlock(&lock);
    return is;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool next_verdict(struct verdict_seen *seen, int wait_ms)
{
    uint64_t until = now_ms() + (uint64_t)wait_ms;
    bool got;

    for (;;) {
        pthread_mutex_lock(&lock);
        got = seen_out != seen_in;
        if (got)
            *seen = seen_at[seen_out++ % SEEN_MAX];
        pthread_mutex_unlock(&lock);
        if (got || now_ms() >= until)
            return got;
        poll(NULL, 0, 1);
    }
}

bool next_alert(struct alert_seen *seen, int wait_ms)
{
    uint64_t until = now_ms() + (uint64_t)wait_ms;
    bool got;

    for (;;) {
        pthread_mutex_lock(&lock);
        got = alert_out != alert_in;
        if (got)
            *seen = alert_at[alert_out++ % SEEN_MAX];
        pthread_mutex_unlock(&lock);
        if (got || now_ms() >= until)
            return got;
        poll(NULL, 0, 1);
    }
}

static struct sockaddr_in local(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

int fake_listen(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in addr = local(port);

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
        listen(fd, 10) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int free_port(void)
{
    int fd = fake_listen(0);
    struct sockaddr_in addr;
    socklen_t len = sizeof(addr);

    getsockname(fd, (struct sockaddr *)&addr, &len);
    close(fd);
    return ntohs(addr.sin_port);
}

static bool readable(int fd, int wait_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    return poll(&p, 1, wait_ms) == 1;
}

bool fake_accept(struct fake_box *b, int listener)
{
    memset(b, 0, sizeof(*b));
    b->fd = readable(listener, WAIT_MS) ? accept(listener, NULL, NULL) : -1;
    return b->fd >= 0;
}

bool fake_connect(struct fake_box *b, int port)
{
    struct sockaddr_in addr = local(port);

    memset(b, 0, sizeof(*b));
    b->fd = socket(AF_INET, SOCK_STREAM, 0);
    return connect(b->fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;
}

void fake_identify(struct fake_box *b, const char *id)
{
    uint8_t frame[BOX_ADMIN_OCTETS];

    fake_write(b, frame, box_frame_admin(frame, cmd_identify, id));
}

void fake_close(struct fake_box *b)
{
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
}

/* 1: more octets; 0: closed; -1: nothing came. */
static int fill(struct fake_box *b, int wait_ms)
{
    ssize_t n;

    if (!readable(b->fd, wait_ms))
        return -1;
    n = read(b->fd, b->in + b->len, sizeof(b->in) - b->len);
    if (n <= 0)
        return 0;
    b->len += (size_t)n;
    return 1;
}

bool fake_read(struct fake_box *b, int wait_ms)
{
    long n;

    while ((n = box_frame_length(b->in, b->len)) == 0 || (size_t)n > b->len) {
        if (fill(b, wait_ms) != 1)
            return false;
    }
    if (n < 0 || n > FAKE_FRAME_MAX)
        return false;
    memcpy(b->frame, b->in, (size_t)n);
    b->len -= (size_t)n;
    memmove(b->in, b->in + n, b->len);
    return box_frame_read(b->frame, (size_t)n, &b->f);
}

bool fake_read_type(struct fake_box *b, enum box_type type)
{
    return fake_read(b, WAIT_MS) && b->f.type == type;
}

bool fake_closed(struct fake_box *b)
{
    int got;

    while ((got = fill(b, WAIT_MS)) == 1)
        b->len = 0;
    return got == 0;
}

void fake_write(struct fake_box *b, const void *p, size_t n)
{
    const uint8_t *at = p;
    ssize_t did;

    while (n > 0 && (did = send(b->fd, at, n, MSG_NOSIGNAL)) > 0) {
        at += did;
        n -= (size_t)did;
    }
}

void fake_ack(struct fake_box *b, const uint8_t id[16], int32_t nack)
{
    uint8_t frame[BOX_ACK_OCTETS];

    fake_write(b, frame, box_frame_ack(frame, nack, 0, id));
}

void fake_sms(struct fake_box *b, int type, const char *smsc_id,
              const char *text, uint8_t mark)
{
    fake_sms_from(b, type, "+447700900999", smsc_id, text, mark);
}

void fake_sms_from(struct fake_box *b, int type, const char *from,
                   const char *smsc_id, const char *text, uint8_t mark)
{
    Msg *msg = msg_create(sms);
    Octstr *pack;
    uint8_t head[4];

    msg->sms.sms_type = type;
    msg->sms.sender = octstr_create(from);
    msg->sms.receiver = octstr_create("+447700900001");
    msg->sms.smsc_id = octstr_create(smsc_id);
    msg->sms.msgdata = octstr_create(text);
    msg->sms.time = 1234;
    memset(msg->sms.id, mark, sizeof(msg->sms.id));
    pack = msg_pack(msg);
    encode_network_long(head, (unsigned long)octstr_len(pack));
    octstr_insert_data(pack, 0, (const char *)head, sizeof(head));
    fake_write(b, octstr_get_cstr(pack), (size_t)octstr_len(pack));
    octstr_destroy(pack);
    msg_destroy(msg);
}

bool fake_is(const struct fake_box *b, int field, const char *text)
{
    const struct box_field *f = &b->f.field[field];

    return f->num == (int32_t)strlen(text) &&
           memcmp(f->p, text, strlen(text)) == 0;
}

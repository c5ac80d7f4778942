/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_rough.c - a signalling gateway that sends what it likes
 */

#define _GNU_SOURCE /* accept4() */

#include "soak_rough.h"

#include "sim/m3ua_msg.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_MAX = 1 << 17, OUT_MAX = 1 << 18, MESSAGE_MAX = 4000, RC = 11 };
enum { P_USER_CAUSE = 0x0204 };

struct rough {
    int listener, fd;
    unsigned *seed;
    bool active;
    size_t in_len, out_len;
    uint8_t in[IN_MAX], out[OUT_MAX];
};

static unsigned draw(struct rough *r, unsigned below)
{
    return (unsigned)rand_r(r->seed) % below;
}

struct rough *rough_new(const char *host, uint16_t port, unsigned *seed)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct rough *r = calloc(1, sizeof(*r));
    int on = 1;

    if (r == NULL)
        return NULL;
    r->seed = seed;
    r->fd = -1;
    r->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(r->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    inet_pton(AF_INET, host, &a.sin_addr);
    if (bind(r->listener, (struct sockaddr *)&a, sizeof(a)) == 0 &&
        listen(r->listener, 4) == 0)
        return r;
    rough_free(r);
    return NULL;
}

static void hang_up(struct rough *r)
{
    if (r->fd >= 0)
        close(r->fd);
    r->fd = -1;
    r->active = false;
    r->in_len = r->out_len = 0;
}

void rough_free(struct rough *r)
{
    if (r == NULL)
        return;
    hang_up(r);
    close(r->listener);
    free(r);
}

unsigned rough_poll(const struct rough *r, struct pollfd *fds)
{
    fds[0] = (struct pollfd){ .fd = r->listener, .events = POLLIN };
    fds[1] = (struct pollfd){ .fd = r->fd, .events = POLLIN };
    return ROUGH_FDS;
}

bool rough_ready(const struct rough *r)
{
    return r->active;
}

/* ---- out ---- */

static void flush(struct rough *r)
{
    ssize_t n;

    if (r->fd < 0 || r->out_len == 0)
        return;
    n = send(r->fd, r->out, r->out_len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        hang_up(r);
    if (n <= 0)
        return;
    r->out_len -= (size_t)n;
    memmove(r->out, r->out + n, r->out_len);
}

/* Whole, or not at all: what does not fit is not sent. */
static void out(struct rough *r, const struct wr *w)
{
    if (!wr_ok(w) || r->out_len + w->len > OUT_MAX)
        return;
    memcpy(r->out + r->out_len, w->buf, w->len);
    r->out_len += w->len;
}

static void simple(struct rough *r, uint16_t type, bool context)
{
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = m3ua_open(&w, type);

    if (context)
        m3ua_put_u32(&w, M3UA_P_ROUTING_CONTEXT, RC);
    m3ua_close(&w, mark);
    out(r, &w);
}

int rough_send(struct rough *r, const struct mtp_transfer *t)
{
    const struct m3ua_u32 none = { .present = false };
    const struct m3ua_u32 rc = { .present = true, .v = RC };
    uint8_t data[MESSAGE_MAX], buf[MESSAGE_MAX + 100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct mtp_transfer bad = *t;

    memcpy(data, t->data, t->len);
    bad.data = data;
    for (unsigned n = draw(r, 4); n > 0 && bad.len > 0; n--)
        data[draw(r, bad.len)] = (uint8_t)draw(r, 256);
    if (draw(r, 8) == 0)
        bad.len = (uint16_t)draw(r, t->len + 1u);
    m3ua_data_write(&w, &none, &rc, &bad);
    out(r, &w);
    return r->active ? 0 : -1;
}

/* ---- what it likes ---- */

/* DUNA, DAVA, SCON, DUPU about any point codes at all. */
static void ssnm(struct rough *r)
{
    static const uint16_t types[] = { M3UA_DUNA, M3UA_DAVA, M3UA_DAVA,
                                      M3UA_SCON, M3UA_DUPU, M3UA_DRST };
    uint8_t pcs[1600], buf[2000];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t n = 4 * (1 + draw(r, sizeof(pcs) / 4));
    size_t mark = m3ua_open(&w, types[draw(r, 6)]);

    for (size_t i = 0; i < n; i++)
        pcs[i] = (uint8_t)draw(r, 256);
    for (size_t i = 0; i < n; i += 4)
        pcs[i] = draw(r, 3) == 0 ? 14 : (uint8_t)draw(r, 6);
    m3ua_put_u32(&w, M3UA_P_ROUTING_CONTEXT, RC);
    m3ua_put(&w, M3UA_P_AFFECTED_PC, pcs, n);
    m3ua_put_u32(&w, P_USER_CAUSE, 0x10003);
    m3ua_close(&w, mark);
    out(r, &w);
}

/* A header that holds together, and anything behind it. */
static void rubbish(struct rough *r)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t n = draw(r, draw(r, 8) > 0 ? 100 : MESSAGE_MAX - 16);
    uint16_t type = (uint16_t)(draw(r, 6) << 8 | draw(r, 8));
    size_t mark = m3ua_open(&w, type);

    for (size_t i = 0; i < n; i++)
        wr_u8(&w, (uint8_t)draw(r, draw(r, 2) > 0 ? 256 : 20));
    m3ua_close(&w, mark);
    out(r, &w);
}

static void something(struct rough *r)
{
    unsigned what = draw(r, 1000);

    if (what < 20)
        for (unsigned n = draw(r, 50); n > 0; n--)
            ssnm(r);
    else if (what < 300)
        for (unsigned n = draw(r, 5); n > 0; n--)
            rubbish(r);
    else if (what < 310)
        simple(r, M3UA_ASPIA_ACK, true);
    else if (what < 313)
        simple(r, M3UA_ASPDN_ACK, false);
    else if (what < 315)
        hang_up(r);
    else if (what < 316 && r->out_len > 3) /* out of step from here on */
        r->out_len -= 3;
}

/* ---- in ---- */

static void take(struct rough *r, const struct m3ua_msg *m)
{
    switch (m->type) {
    case M3UA_ASPUP:
        simple(r, M3UA_ASPUP_ACK, false);
        break;
    case M3UA_ASPAC:
        simple(r, M3UA_ASPAC_ACK, true);
        r->active = true;
        break;
    case M3UA_ASPIA:
        simple(r, M3UA_ASPIA_ACK, true);
        break;
    case M3UA_ASPDN:
        simple(r, M3UA_ASPDN_ACK, false);
        break;
    default:
        break;
    }
}

static void read_in(struct rough *r)
{
    ssize_t n =
        recv(r->fd, r->in + r->in_len, IN_MAX - r->in_len, MSG_DONTWAIT);
    size_t at = 0;
    struct m3ua_msg m;
    int len;

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            hang_up(r);
        return;
    }
    r->in_len += (size_t)n;
    while ((len = m3ua_length(r->in + at, r->in_len - at)) > 0 &&
           (size_t)len <= r->in_len - at) {
        if (m3ua_msg_read(r->in + at, (size_t)len, &m))
            take(r, &m);
        at += (size_t)len;
    }
    if (len < 0) { /* the product never sends such a thing */
        fprintf(stderr, "soak: not M3UA from mtpd\n");
        abort();
    }
    r->in_len -= at;
    memmove(r->in, r->in + at, r->in_len);
}

void rough_io(struct rough *r, const struct pollfd *fds, unsigned n)
{
    if (n == ROUGH_FDS && fds[0].revents != 0) {
        hang_up(r);
        r->fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    } else if (n == ROUGH_FDS && r->fd >= 0 && fds[1].revents != 0) {
        read_in(r);
    }
    if (r->active)
        something(r);
    flush(r);
}

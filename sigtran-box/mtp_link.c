/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_link.c - the link between mtpd and the box: packets of frames
 */

#include "mtp_link.h"

#include "octets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FRAME_HEAD = 4, TRANSFER_HEAD = 12 };

struct packet {
    struct packet *next;
    size_t len;
    unsigned frames;
    uint8_t octets[LINK_PACKET_MAX];
};

struct mtp_link {
    int fd;
    bool gone; /* the peer closed, or does not read any more */
    struct packet *first, *last; /* to be sent; new frames go to the last */
    struct packet *spare;        /* one is kept, so that idle costs nothing */
    unsigned packets, frames;    /* in the queue */
    size_t in_len, in_at;
    uint8_t in[LINK_PACKET_MAX];
};

static void put_le(uint8_t *p, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint64_t get_le(const uint8_t *p, size_t n)
{
    uint64_t v = 0;

    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static uint64_t rd_le(struct rd *r, size_t n)
{
    const uint8_t *p = rd_take(r, n, "number");

    return p ? get_le(p, n) : 0;
}

static void wr_le(struct wr *w, uint64_t v, size_t n)
{
    uint8_t b[8];

    put_le(b, v, n);
    wr_bytes(w, b, n);
}

struct mtp_link *link_new(int fd)
{
    struct mtp_link *l = malloc(sizeof(*l));
    int flags = fcntl(fd, F_GETFL);

    if (!l)
        return NULL;
    /* Not calloc(): the buffer need not be touched. */
    memset(l, 0, offsetof(struct mtp_link, in));
    l->fd = fd;
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return l;
}

void link_free(struct mtp_link *l)
{
    struct packet *p;

    if (!l)
        return;
    while ((p = l->first)) {
        l->first = p->next;
        free(p);
    }
    free(l->spare);
    close(l->fd);
    free(l);
}

int link_fd(const struct mtp_link *l)
{
    return l->fd;
}

bool link_idle(const struct mtp_link *l)
{
    return l->first == NULL;
}

static struct packet *packet_add(struct mtp_link *l)
{
    struct packet *p = l->spare ? l->spare : malloc(sizeof(*p));

    if (!p)
        abort();
    l->spare = NULL;
    p->next = NULL;
    p->len = 0;
    p->frames = 0;
    if (l->last)
        l->last->next = p;
    else
        l->first = p;
    l->last = p;
    l->packets++;
    return p;
}

static void packet_done(struct mtp_link *l)
{
    struct packet *p = l->first;

    l->first = p->next;
    if (!l->first)
        l->last = NULL;
    l->packets--;
    l->frames -= p->frames;
    if (l->spare)
        free(p);
    else
        l->spare = p;
}

/* Where the body of a new frame goes, or NULL if it cannot be taken. */
static uint8_t *frame_add(struct mtp_link *l, uint8_t type, uint8_t assoc,
                          size_t len)
{
    struct packet *p = l->last;
    uint8_t *at;

    if (l->gone || len > LINK_PACKET_MAX - FRAME_HEAD || len > UINT16_MAX)
        return NULL;
    if (type == LINK_TRANSFER && l->frames >= LINK_KEEP_FRAMES)
        return NULL;
    if (l->packets >= LINK_KEEP_OCTETS / LINK_PACKET_MAX) {
        l->gone = true;
        return NULL;
    }
    if (!p || p->len + FRAME_HEAD + len > LINK_PACKET_MAX)
        p = packet_add(l);
    at = p->octets + p->len;
    put_le(at, len, 2);
    at[2] = type;
    at[3] = assoc;
    p->len += FRAME_HEAD + len;
    p->frames++;
    l->frames++;
    return at + FRAME_HEAD;
}

int link_put(struct mtp_link *l, uint8_t type, uint8_t assoc, const void *body,
             size_t len)
{
    uint8_t *at = frame_add(l, type, assoc, len);

    if (!at)
        return -1;
    if (len > 0)
        memcpy(at, body, len);
    return 0;
}

int link_put_transfer(struct mtp_link *l, const struct mtp_transfer *t)
{
    uint8_t *at;

    at = frame_add(l, LINK_TRANSFER, t->assoc, TRANSFER_HEAD + (size_t)t->len);
    if (!at)
        return -1;
    put_le(at, t->opc, 4);
    put_le(at + 4, t->dpc, 4);
    at[8] = t->ni;
    at[9] = t->si;
    at[10] = t->mp;
    at[11] = t->sls;
    if (t->len > 0)
        memcpy(at + TRANSFER_HEAD, t->data, t->len);
    return 0;
}

int link_transfer_read(const struct link_frame *f, struct mtp_transfer *t)
{
    const uint8_t *p = f->body;

    if (f->type != LINK_TRANSFER || f->len < TRANSFER_HEAD)
        return -1;
    *t = (struct mtp_transfer){
        .opc = (uint32_t)get_le(p, 4),
        .dpc = (uint32_t)get_le(p + 4, 4),
        .ni = p[8],
        .si = p[9],
        .mp = p[10],
        .sls = p[11],
        .assoc = f->assoc,
        .len = (uint16_t)(f->len - TRANSFER_HEAD),
        .data = p + TRANSFER_HEAD,
    };
    return 0;
}

void link_put_hello(struct mtp_link *l)
{
    uint8_t body[128];
    struct wr w = wr_init(body, sizeof(body));

    wr_le(&w, LINK_VERSION, 2);
    wr_bytes(&w, LINK_BUILD_ID, strlen(LINK_BUILD_ID));
    link_put(l, LINK_HELLO, 0, body, w.len);
}

int link_hello_read(const struct link_frame *f, uint16_t *version, char *build,
                    size_t size)
{
    size_t n;

    if (f->type != LINK_HELLO || f->len < 2)
        return -1;
    *version = (uint16_t)get_le(f->body, 2);
    n = f->len - 2u;
    if (n >= size)
        n = size - 1;
    memcpy(build, f->body + 2, n);
    build[n] = '\0';
    return 0;
}

void link_put_dest(struct mtp_link *l, uint8_t type, uint8_t assoc,
                   const struct link_dest *d)
{
    uint8_t body[6];

    put_le(body, d->pc, 4);
    if (type == LINK_STATUS) {
        body[4] = (uint8_t)d->status;
        body[5] = d->level;
        link_put(l, type, assoc, body, 6);
    } else {
        body[4] = d->mask;
        link_put(l, type, assoc, body, 5);
    }
}

int link_dest_read(const struct link_frame *f, struct link_dest *d)
{
    size_t n = f->type == LINK_STATUS ? 6 : 5;

    if (f->len != n)
        return -1;
    memset(d, 0, sizeof(*d));
    d->pc = (uint32_t)get_le(f->body, 4);
    if (f->type != LINK_STATUS) {
        d->mask = f->body[4];
        return 0;
    }
    if (f->body[4] > MTP_STATUS_USER_UNAVAILABLE)
        return -1;
    d->status = f->body[4];
    d->level = f->body[5];
    return 0;
}

void link_put_counters(struct mtp_link *l, const struct link_counters *c)
{
    uint8_t body[sizeof(*c)];
    uint8_t *at = body;

#define X(name, help) put_le(at, c->name, 8), at += 8;
    LINK_COUNTER_LIST(X)
#undef X
    link_put(l, LINK_COUNTERS, 0, body, sizeof(body));
}

int link_counters_read(const struct link_frame *f, struct link_counters *c)
{
    const uint8_t *at = f->body;

    if (f->type != LINK_COUNTERS || f->len != sizeof(*c))
        return -1;
#define X(name, help) c->name = get_le(at, 8), at += 8;
    LINK_COUNTER_LIST(X)
#undef X
    return 0;
}

int link_flush(struct mtp_link *l)
{
    while (l->first && !l->gone) {
        struct packet *p = l->first;
        ssize_t n = send(l->fd, p->octets, p->len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n >= 0) {
            packet_done(l);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno == EAGAIN || errno == ENOBUFS)
            return 1;
        l->gone = true;
    }
    return l->gone ? -1 : 0;
}

int link_read(struct mtp_link *l)
{
    struct iovec iov = { .iov_base = l->in, .iov_len = sizeof(l->in) };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
    ssize_t n;

    do
        n = recvmsg(l->fd, &m, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n <= 0 || (m.msg_flags & MSG_TRUNC))
        return -1;
    l->in_len = (size_t)n;
    l->in_at = 0;
    return 1;
}

int link_next(struct mtp_link *l, struct link_frame *f)
{
    size_t left = l->in_len - l->in_at;
    const uint8_t *p = l->in + l->in_at;
    size_t len;

    if (left == 0)
        return 0;
    if (left < FRAME_HEAD)
        return -1;
    len = (size_t)get_le(p, 2);
    if (len > left - FRAME_HEAD)
        return -1;
    *f = (struct link_frame){
        .type = p[2],
        .assoc = p[3],
        .len = (uint16_t)len,
        .body = p + FRAME_HEAD,
    };
    l->in_at += FRAME_HEAD + len;
    return 1;
}

bool link_unsent(struct mtp_link *l)
{
    if (l->first == NULL)
        return false;
    memcpy(l->in, l->first->octets, l->first->len);
    l->in_len = l->first->len;
    l->in_at = 0;
    packet_done(l);
    return true;
}

static void wr_text(struct wr *w, const char *s, size_t size)
{
    size_t n = strnlen(s, size - 1);

    wr_u8(w, (uint8_t)n);
    wr_bytes(w, s, n);
}

static void rd_text(struct rd *r, char *out, size_t size)
{
    size_t n = rd_u8(r, "text");
    const uint8_t *p;

    if (n >= size) {
        rd_fail(r, "text");
        return;
    }
    p = rd_take(r, n, "text");
    if (p && memchr(p, '\0', n))
        rd_fail(r, "text");
    else if (p)
        memcpy(out, p, n);
}

static void wr_flagged(struct wr *w, bool has, uint32_t v)
{
    wr_u8(w, has);
    wr_le(w, v, 4);
}

static bool rd_flag(struct rd *r)
{
    uint8_t v = rd_u8(r, "flag");

    if (v > 1)
        rd_fail(r, "flag");
    return v == 1;
}

static void rd_flagged(struct rd *r, bool *has, uint32_t *v)
{
    *has = rd_flag(r);
    *v = (uint32_t)rd_le(r, 4);
}

static void wr_hosts(struct wr *w, const char host[][46], uint8_t n)
{
    wr_u8(w, n);
    for (uint8_t i = 0; i < n && i < MTP_HOSTS; i++)
        wr_text(w, host[i], sizeof(host[i]));
}

static uint8_t rd_hosts(struct rd *r, char host[][46])
{
    uint8_t n = rd_u8(r, "hosts");

    if (n > MTP_HOSTS)
        rd_fail(r, "hosts");
    for (uint8_t i = 0; i < n && rd_ok(r); i++)
        rd_text(r, host[i], sizeof(host[i]));
    return n;
}

static void wr_assoc(struct wr *w, const struct mtp_assoc_conf *a)
{
    wr_text(w, a->id, sizeof(a->id));
    wr_u8(w, a->server);
    wr_hosts(w, a->local, a->n_local);
    wr_le(w, a->local_port, 2);
    wr_hosts(w, a->remote, a->n_remote);
    wr_le(w, a->remote_port, 2);
    wr_flagged(w, a->has_asp_id, a->asp_id);
    wr_flagged(w, a->has_rc, a->rc);
    wr_u8(w, (uint8_t)a->mode);
    wr_flagged(w, a->has_na, a->na);
    wr_le(w, a->beat_ms, 4);
    wr_le(w, a->reconnect_ms, 4);
    wr_flagged(w, a->has_peer_pc, a->peer_pc);
}

static void rd_assoc(struct rd *r, struct mtp_assoc_conf *a)
{
    uint8_t mode;

    rd_text(r, a->id, sizeof(a->id));
    a->server = rd_flag(r);
    a->n_local = rd_hosts(r, a->local);
    a->local_port = (uint16_t)rd_le(r, 2);
    a->n_remote = rd_hosts(r, a->remote);
    a->remote_port = (uint16_t)rd_le(r, 2);
    rd_flagged(r, &a->has_asp_id, &a->asp_id);
    rd_flagged(r, &a->has_rc, &a->rc);
    mode = rd_u8(r, "mode");
    if (mode > MTP_MODE_BROADCAST)
        rd_fail(r, "mode");
    a->mode = mode;
    rd_flagged(r, &a->has_na, &a->na);
    a->beat_ms = (uint32_t)rd_le(r, 4);
    a->reconnect_ms = (uint32_t)rd_le(r, 4);
    rd_flagged(r, &a->has_peer_pc, &a->peer_pc);
}

enum { PCS_MAX = sizeof(((struct mtp_conf *)0)->pc) / sizeof(uint32_t) };

static void wr_pcs(struct wr *w, const uint32_t *pc, uint8_t n)
{
    wr_u8(w, n);
    for (uint8_t i = 0; i < n; i++)
        wr_le(w, pc[i], 4);
}

static uint8_t rd_pcs(struct rd *r, uint32_t *pc, uint8_t max)
{
    uint8_t n = rd_u8(r, "point codes");

    if (n > max)
        rd_fail(r, "point codes");
    for (uint8_t i = 0; i < n && rd_ok(r); i++)
        pc[i] = (uint32_t)rd_le(r, 4);
    return n;
}

int link_conf_write(const struct mtp_conf *c, uint8_t *out, size_t size)
{
    struct wr w = wr_init(out, size);

    if (c->n_pc > PCS_MAX || c->n_assoc > MTP_ASSOC_MAX ||
        c->n_audit > MTP_AUDIT)
        return -1;
    wr_u8(&w, c->ni);
    wr_pcs(&w, c->pc, c->n_pc);
    wr_pcs(&w, c->audit, c->n_audit);
    wr_u8(&w, c->n_assoc);
    for (uint8_t i = 0; i < c->n_assoc; i++) {
        if (c->assoc[i].n_local > MTP_HOSTS || c->assoc[i].n_remote > MTP_HOSTS)
            return -1;
        wr_assoc(&w, &c->assoc[i]);
    }
    return wr_ok(&w) ? (int)w.len : -1;
}

int link_conf_read(const uint8_t *p, size_t n, struct mtp_conf *c)
{
    struct rd_err err;
    struct rd r = rd_init(p, n, &err);

    memset(c, 0, sizeof(*c));
    c->ni = rd_u8(&r, "ni");
    c->n_pc = rd_pcs(&r, c->pc, PCS_MAX);
    c->n_audit = rd_pcs(&r, c->audit, MTP_AUDIT);
    c->n_assoc = rd_u8(&r, "n_assoc");
    if (c->n_assoc > MTP_ASSOC_MAX)
        rd_fail(&r, "n_assoc");
    for (uint8_t i = 0; i < c->n_assoc && rd_ok(&r); i++)
        rd_assoc(&r, &c->assoc[i]);
    rd_end(&r, "end");
    return rd_ok(&r) ? 0 : -1;
}

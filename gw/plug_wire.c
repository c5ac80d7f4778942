/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plug_wire.c - the socket between the box and the process of a plug-in
 */

#include "plug_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of usual traffic; a buffer that has grown beyond is given back when empty. */
enum { ROOM = 64 * 1024, KEEP = 1024 * 1024 };

struct buffer {
    uint8_t *p;
    size_t at, len, size; /* at: what is before it is done with */
};

struct plug_wire {
    int fd;
    bool gone; /* nothing can be sent any more */
    size_t out_max;
    struct buffer in, out;
    size_t begun;  /* of the frame that is being put: its offset in out */
    bool unfitted; /* that frame does not fit */
};

struct plug_wire *plug_wire_new(int fd, size_t out_max)
{
    struct plug_wire *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return NULL;
    w->fd = fd;
    w->out_max = out_max;
    return w;
}

void plug_wire_free(struct plug_wire *w)
{
    if (w == NULL)
        return;
    close(w->fd);
    free(w->in.p);
    free(w->out.p);
    free(w);
}

int plug_wire_fd(const struct plug_wire *w)
{
    return w->fd;
}

/* Room for `n' more octets behind what is there. */
static bool grow(struct buffer *b, size_t n)
{
    size_t size = b->size > 0 ? b->size : ROOM;
    uint8_t *p;

    if (b->at > 0 && b->len + n > b->size) {
        memmove(b->p, b->p + b->at, b->len - b->at);
        b->len -= b->at;
        b->at = 0;
    }
    if (b->len + n <= b->size)
        return true;
    while (size < b->len + n)
        size *= 2;
    p = realloc(b->p, size);
    if (p == NULL)
        return false;
    b->p = p;
    b->size = size;
    return true;
}

static void done_with(struct buffer *b, size_t n)
{
    b->at += n;
    if (b->at < b->len)
        return;
    b->at = b->len = 0;
    if (b->size > KEEP) {
        free(b->p);
        *b = (struct buffer){ .p = NULL };
    }
}

static void put_be(uint8_t *p, uint64_t v, unsigned n)
{
    while (n > 0) {
        p[--n] = (uint8_t)v;
        v >>= 8;
    }
}

static uint64_t get_be(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

void plug_wire_begin(struct plug_wire *w, uint8_t type, uint64_t id)
{
    uint8_t head[PLUG_WIRE_HEAD] = { 0 };

    head[4] = type;
    put_be(head + 5, id, 8);
    w->begun = w->out.len - w->out.at;
    w->unfitted = w->gone;
    plug_wire_add(w, head, sizeof(head));
}

void plug_wire_add(struct plug_wire *w, const void *p, size_t n)
{
    size_t kept = w->out.len - w->out.at;

    if (w->unfitted || n == 0)
        return;
    if (n > w->out_max || kept > w->out_max - n || !grow(&w->out, n)) {
        w->unfitted = true;
        return;
    }
    memcpy(w->out.p + w->out.len, p, n);
    w->out.len += n;
}

bool plug_wire_end(struct plug_wire *w)
{
    size_t at = w->out.at + w->begun;
    size_t n = w->out.len - at;

    if (w->unfitted || n > PLUG_WIRE_HEAD + PLUG_WIRE_MAX) {
        w->out.len = at;
        return false;
    }
    put_be(w->out.p + at, n - PLUG_WIRE_HEAD, 4);
    return true;
}

int plug_wire_flush(struct plug_wire *w)
{
    struct buffer *b = &w->out;

    while (b->at < b->len && !w->gone) {
        ssize_t n = send(w->fd, b->p + b->at, b->len - b->at,
                         MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n >= 0)
            done_with(b, (size_t)n);
        else if (errno == EAGAIN || errno == ENOBUFS)
            return 1;
        else if (errno != EINTR)
            w->gone = true;
    }
    return w->gone ? -1 : 0;
}

size_t plug_wire_unsent(const struct plug_wire *w)
{
    return w->out.len - w->out.at;
}

void plug_wire_shut(struct plug_wire *w)
{
    shutdown(w->fd, SHUT_WR);
    w->gone = true;
}

/* Octets of the frame that stands first, as far as its head is there. */
static size_t first_frame(const struct plug_wire *w)
{
    if (w->in.len - w->in.at < 4)
        return PLUG_WIRE_HEAD;
    return PLUG_WIRE_HEAD + (size_t)get_be(w->in.p + w->in.at, 4);
}

int plug_wire_read(struct plug_wire *w)
{
    struct buffer *b = &w->in;
    size_t need, have;
    ssize_t n;

    done_with(b, 0);
    need = first_frame(w);
    have = b->len - b->at;
    if (need > PLUG_WIRE_HEAD + PLUG_WIRE_MAX)
        return -1;
    /* plug_wire_next() has left no whole frame here. */
    if (!grow(b, need > have ? need - have : 1))
        return -1;
    do
        n = recv(w->fd, b->p + b->len, b->size - b->len, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return 0;
    if (n <= 0)
        return -1;
    b->len += (size_t)n;
    return 1;
}

int plug_wire_next(struct plug_wire *w, struct plug_frame *f)
{
    struct buffer *b = &w->in;
    size_t have = b->len - b->at;
    size_t len = first_frame(w);
    const uint8_t *p = have > 0 ? b->p + b->at : NULL;

    if (len > PLUG_WIRE_HEAD + PLUG_WIRE_MAX)
        return -1;
    if (have > 4 && (p[4] == 0 || p[4] >= PLUG_WIRE_TYPES))
        return -1;
    if (have < PLUG_WIRE_HEAD || have < len)
        return 0;
    *f = (struct plug_frame){
        .type = p[4],
        .id = get_be(p + 5, 8),
        .len = (uint32_t)(len - PLUG_WIRE_HEAD),
        .body = p + PLUG_WIRE_HEAD,
    };
    b->at += len; /* its octets stay where they are until something is read */
    return 1;
}

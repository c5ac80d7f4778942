/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * octets.h - read and write octet strings without ever leaving them
 *
 * Every protocol of the stack is taken apart and put together through these
 * two cursors; no other code does arithmetic on lengths from the wire.
 *
 * A reader (struct rd) is a window on octets owned by someone else. Reading
 * shrinks the window from the left. The first failure is remembered in the
 * struct rd_err that all windows on one message share, and from then on each
 * of them behaves as if it were empty: numbers read as 0, loops end. So a
 * decoder reads like the message definition it implements and asks rd_ok()
 * once, at the end.
 *
 * A writer (struct wr) fills a buffer owned by someone else. What does not
 * fit is not written, and wr_ok() is false from then on.
 *
 * Nothing here allocates, locks or logs.
 */

#ifndef OCTETS_H
#define OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first thing that went wrong while reading one message. */
struct rd_err {
    const char *what; /* field that failed, a literal; NULL: none did */
    size_t at;        /* octets from the start of the message */
};

struct rd {
    const uint8_t *p;     /* next octet */
    const uint8_t *end;   /* one past the last */
    const uint8_t *start; /* of the whole message, to tell rd_err.at */
    struct rd_err *err;   /* shared by all windows on the message */
};

/*
 * Look at the `n' octets at `p'. They must outlive the reader, and so must
 * `err', which is cleared.
 */
struct rd rd_init(const void *p, size_t n, struct rd_err *err);

/* Octets left in this window; 0 once anything has failed. */
size_t rd_left(const struct rd *r);

/* True while nothing has failed in any window on the message. */
bool rd_ok(const struct rd *r);

/* Record that `what' is wrong here. Only the first call has an effect. */
void rd_fail(struct rd *r, const char *what);

/* The next `n' octets, or NULL and a failure if there are fewer. */
const uint8_t *rd_take(struct rd *r, size_t n, const char *what);

/* The next `n' octets as a window of their own. */
struct rd rd_sub(struct rd *r, size_t n, const char *what);

uint8_t rd_u8(struct rd *r, const char *what);
uint16_t rd_u16be(struct rd *r, const char *what);
uint32_t rd_u32be(struct rd *r, const char *what);

/* Fail unless the window is empty: for messages that allow no extension. */
void rd_end(struct rd *r, const char *what);

struct wr {
    uint8_t *buf;
    size_t cap; /* octets in buf */
    size_t len; /* octets written so far */
    bool full;  /* something did not fit */
};

struct wr wr_init(void *buf, size_t cap);
bool wr_ok(const struct wr *w);
void wr_u8(struct wr *w, uint8_t v);
void wr_u16be(struct wr *w, uint16_t v);
void wr_bytes(struct wr *w, const void *p, size_t n);

#endif

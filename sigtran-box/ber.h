/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ber.h - the part of BER (ITU-T X.690) that TCAP and MAP are written in
 *
 * Tags are the identifier octets as they stand on the wire, first octet most
 * significant: 0x30, 0xa1, 0x9f1f. What a trace shows is what the code says.
 *
 * Reading accepts definite and indefinite lengths, in any valid form, nested
 * BER_DEPTH deep. Writing always uses the shortest definite form.
 */

#ifndef BER_H
#define BER_H

#include "octets.h"

enum { BER_DEPTH = 16 };

struct ber_el {
    uint32_t tag;
    struct rd body; /* content octets, end-of-contents not included */
};

/* Step to the next element. False at the end of `r', and on failure. */
bool ber_next(struct rd *r, struct ber_el *el);

/* If the next element is a `tag', step over it and set *body. */
bool ber_opt(struct rd *r, uint32_t tag, struct rd *body);

/* The next element must be a `tag': its body; else a failure named `what'. */
struct rd ber_req(struct rd *r, uint32_t tag, const char *what);

/* The rest of `body' as INTEGER content, 1 to 4 octets (X.690 8.3). */
int32_t ber_int(struct rd *body, const char *what);

/*
 * Write a constructed element: ber_open(), the content, then ber_close() with
 * what ber_open() returned. Elements nest like the braces around the calls.
 */
size_t ber_open(struct wr *w, uint32_t tag);
void ber_close(struct wr *w, size_t mark);

/* Write a whole element around `n' content octets. */
void ber_put(struct wr *w, uint32_t tag, const void *p, size_t n);
void ber_put_int(struct wr *w, uint32_t tag, int32_t v);

#endif

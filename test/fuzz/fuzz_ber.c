/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_ber.c - any octets at all: walk them as BER, and write what was read
 *
 * Built with clang -fsanitize=fuzzer to search, and with replay.c into
 * `make check' to run the corpus again.
 */

#include "ber.h"

#include <stdlib.h>
#include <string.h>

enum { CONSTRUCTED = 0x20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first octet of a tag tells whether it is constructed. */
static bool is_constructed(uint32_t tag)
{
    while (tag > 0xff)
        tag >>= 8;
    return tag & CONSTRUCTED;
}

static void walk(struct rd r, unsigned depth)
{
    struct ber_el el;

    while (depth > 0 && ber_next(&r, &el)) {
        if (is_constructed(el.tag))
            walk(el.body, depth - 1);
        else if (rd_left(&el.body) >= 1 && rd_left(&el.body) <= 4)
            ber_int(&el.body, "int");
    }
}

/* Written again, an element must read as what it was. */
static void must_survive_writing(uint32_t tag, struct rd body)
{
    static uint8_t buf[1 << 17];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t n = rd_left(&body);
    const uint8_t *p = rd_take(&body, n, "body");
    struct rd_err err;
    struct rd r, again;

    if (n > 0xffff)
        return;
    ber_put(&w, tag, p, n);
    r = rd_init(buf, w.len, &err);
    again = ber_req(&r, tag, "again");
    if (!wr_ok(&w) || !rd_ok(&r) || rd_left(&r) != 0 || rd_left(&again) != n ||
        memcmp(again.p, p, n) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd_err err;
    struct rd r = rd_init(data, size, &err);
    struct ber_el el;

    walk(r, BER_DEPTH);
    r = rd_init(data, size, &err);
    while (ber_next(&r, &el))
        must_survive_writing(el.tag, el.body);
    return 0;
}

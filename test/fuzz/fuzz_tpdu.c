/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_tpdu.c - any octets at all, decoded as the TPDU of an MT message
 *
 * What can be read must give UTF-8 where it is text, and must be writable
 * and then read as the same message.
 */

#include <stdlib.h>
#include <string.h>

#include "tpdu.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static void must_be_utf8(const char *s, size_t n)
{
    const char *end = s + n;
    uint32_t ch;

    must(*end == '\0');
    while (s != NULL && s < end)
        s = utf8_get(s, &ch);
    must(s == end);
}

static void must_survive_writing(const struct tpdu_deliver *d)
{
    struct tpdu_deliver back;
    uint8_t buf[200];
    struct wr w = wr_init(buf, sizeof(buf));
    struct rd_err err;
    enum tpdu_mti mti;
    struct rd r;

    tpdu_deliver_write(&w, d);
    if (!wr_ok(&w))
        return;
    r = rd_init(buf, w.len, &err);
    must(tpdu_mt_read(&r, &mti, &back) && rd_left(&r) == 0);
    must(strcmp(back.oa.text, d->oa.text) == 0);
    must(back.udh_len == d->udh_len && back.ud_len == d->ud_len);
    must(memcmp(back.ud, d->ud, d->ud_len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tpdu_deliver d;
    struct rd_err err;
    struct rd r = rd_init(data, size, &err);
    enum tpdu_mti mti;
    char text[600];

    if (!tpdu_mt_read(&r, &mti, &d) || mti != TPDU_DELIVER)
        return 0;
    for (size_t room = 0; room <= 16; room++)
        must(tpdu_text(&d, text, room) < room + (room == 0));
    if (d.enc.alphabet != TPDU_8BIT && !d.enc.compressed)
        must_be_utf8(text, tpdu_text(&d, text, sizeof(text)));
    must_be_utf8(d.oa.text, strlen(d.oa.text));
    tpdu_scts_unix(&d.scts);
    must_survive_writing(&d);
    return 0;
}

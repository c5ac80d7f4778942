/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_tpdu.c - any octets at all, decoded as every kind of TPDU
 *
 * What can be read must give UTF-8 where it is text, and must be writable
 * and then read as the same TPDU, which is written in the same octets again.
 */

#include <stdlib.h>
#include <string.h>

#include "tpdu.h"
#include "tpdu_command.h"
#include "tpdu_report.h"
#include "tpdu_status.h"
#include "tpdu_submit.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

union tpdu {
    struct tpdu_deliver deliver;
    struct tpdu_status status;
    struct tpdu_submit submit;
    struct tpdu_report report;
    struct tpdu_command command;
};

/* A reader and its writer; the message in it, NULL: it has none. */
struct kind {
    bool (*read)(struct rd *r, union tpdu *t);
    void (*write)(struct wr *w, const union tpdu *t);
    const struct tpdu_deliver *(*message)(const union tpdu *t);
};

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

static bool deliver_read(struct rd *r, union tpdu *t)
{
    enum tpdu_mti mti;

    return tpdu_mt_read(r, &mti, &t->deliver) && mti == TPDU_DELIVER;
}

static void deliver_write(struct wr *w, const union tpdu *t)
{
    tpdu_deliver_write(w, &t->deliver);
}

static const struct tpdu_deliver *deliver_message(const union tpdu *t)
{
    return &t->deliver;
}

static bool status_read(struct rd *r, union tpdu *t)
{
    return tpdu_status_read(r, &t->status);
}

static void status_write(struct wr *w, const union tpdu *t)
{
    tpdu_status_write(w, &t->status);
}

static const struct tpdu_deliver *status_message(const union tpdu *t)
{
    return &t->status.sm;
}

static bool submit_read(struct rd *r, union tpdu *t)
{
    return tpdu_submit_read(r, &t->submit);
}

static void submit_write(struct wr *w, const union tpdu *t)
{
    must(tpdu_submit_seconds(&t->submit) >= -1);
    tpdu_submit_write(w, &t->submit);
}

static const struct tpdu_deliver *submit_message(const union tpdu *t)
{
    return &t->submit.sm;
}

static bool deliver_ack_read(struct rd *r, union tpdu *t)
{
    return tpdu_deliver_report_read(r, false, &t->report);
}

static bool deliver_error_read(struct rd *r, union tpdu *t)
{
    return tpdu_deliver_report_read(r, true, &t->report);
}

static void deliver_report_write(struct wr *w, const union tpdu *t)
{
    tpdu_deliver_report_write(w, &t->report);
}

static bool submit_ack_read(struct rd *r, union tpdu *t)
{
    return tpdu_submit_report_read(r, false, &t->report);
}

static bool submit_error_read(struct rd *r, union tpdu *t)
{
    return tpdu_submit_report_read(r, true, &t->report);
}

static void submit_report_write(struct wr *w, const union tpdu *t)
{
    tpdu_submit_report_write(w, &t->report);
}

static const struct tpdu_deliver *report_message(const union tpdu *t)
{
    return &t->report.sm;
}

static bool command_read(struct rd *r, union tpdu *t)
{
    bool ok = tpdu_command_read(r, &t->command);

    must_be_utf8(t->command.da.text, strlen(t->command.da.text));
    return ok;
}

static void command_write(struct wr *w, const union tpdu *t)
{
    tpdu_command_write(w, &t->command);
}

static const struct kind kinds[] = {
    { deliver_read, deliver_write, deliver_message },
    { status_read, status_write, status_message },
    { submit_read, submit_write, submit_message },
    { deliver_ack_read, deliver_report_write, report_message },
    { deliver_error_read, deliver_report_write, report_message },
    { submit_ack_read, submit_report_write, report_message },
    { submit_error_read, submit_report_write, report_message },
    { command_read, command_write, NULL },
};

static void must_be_a_message(const struct tpdu_deliver *d)
{
    char text[600];

    for (size_t room = 0; room <= 16; room++)
        must(tpdu_text(d, text, room) < room + (room == 0));
    if (d->enc.alphabet != TPDU_8BIT && !d->enc.compressed)
        must_be_utf8(text, tpdu_text(d, text, sizeof(text)));
    must_be_utf8(d->oa.text, strlen(d->oa.text));
    tpdu_scts_unix(&d->scts);
}

static void must_be_the_same(const struct tpdu_deliver *a,
                             const struct tpdu_deliver *b)
{
    must(strcmp(a->oa.text, b->oa.text) == 0);
    must(a->udh_len == b->udh_len && a->ud_len == b->ud_len);
    must(memcmp(a->ud, b->ud, a->ud_len) == 0);
}

static void must_survive_writing(const struct kind *k, const union tpdu *t)
{
    static union tpdu back;
    uint8_t buf[300], again[300];
    struct wr w = wr_init(buf, sizeof(buf)), w2 = wr_init(again, sizeof(again));
    struct rd_err err;
    struct rd r;

    k->write(&w, t);
    if (!wr_ok(&w))
        return;
    r = rd_init(buf, w.len, &err);
    must(k->read(&r, &back) && rd_left(&r) == 0);
    if (k->message != NULL)
        must_be_the_same(k->message(t), k->message(&back));
    k->write(&w2, &back);
    must(wr_ok(&w2) && w2.len == w.len && memcmp(buf, again, w.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static union tpdu t;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct rd_err err;
        struct rd r = rd_init(data, size, &err);

        if (!kinds[i].read(&r, &t))
            continue;
        if (kinds[i].message != NULL)
            must_be_a_message(kinds[i].message(&t));
        must_survive_writing(&kinds[i], &t);
    }
    return 0;
}

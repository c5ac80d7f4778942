/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_box.c - any octets at all, taken for frames of a box
 *
 * Every field of a frame that is accepted must lie inside it, the frame must
 * be written as it was read, and what is said of an ack must be what
 * box_frame_ack() would have written.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gw/box_frame.h"
#include "gw/dlv_token.h"
#include "gw/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned fields[] = {
    [BOX_HEARTBEAT] = 1, [BOX_ADMIN] = 2, [BOX_SMS] = BOX_FIELDS,
    [BOX_ACK] = 3,       [BOX_WDP] = 5,
};

static void must(bool it_is_so)
{
    if (!it_is_so)
        abort();
}

static bool is_string(const struct box_frame *f, unsigned i)
{
    static const unsigned numbers[] = {
        BOX_SMS_TIME,        BOX_SMS_TYPE,     BOX_SMS_MCLASS,
        BOX_SMS_MWI,         BOX_SMS_CODING,   BOX_SMS_COMPRESS,
        BOX_SMS_VALIDITY,    BOX_SMS_DEFERRED, BOX_SMS_DLR_MASK,
        BOX_SMS_PID,         BOX_SMS_ALT_DCS,  BOX_SMS_RPI,
        BOX_SMS_MSG_LEFT,    BOX_SMS_PRIORITY, BOX_SMS_RESEND_TRY,
        BOX_SMS_RESEND_TIME,
    };

    if (f->type == BOX_ADMIN)
        return i == BOX_ADMIN_BOXC_ID;
    if (f->type == BOX_ACK)
        return i == BOX_ACK_ID;
    if (f->type != BOX_SMS)
        return false;
    for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
        if (numbers[n] == i)
            return false;
    }
    return true;
}

static void read_strings(const struct box_frame *f, const uint8_t *p, size_t n)
{
    const struct box_field *smsc = &f->field[BOX_SMS_SMSC_ID];
    const struct box_field *text = &f->field[BOX_SMS_MSGDATA];
    static const struct reply_texts stock;
    uint64_t id, secret;

    for (unsigned i = 0; i < fields[f->type]; i++) {
        const struct box_field *s = &f->field[i];

        must(s->p >= p && s->p <= p + n);
        if (!is_string(f, i) || s->num <= 0)
            continue;
        must((size_t)s->num <= (size_t)(p + n - s->p));
    }
    if (f->type != BOX_SMS)
        return;
    if (smsc->num > 0)
        dlv_token_read(smsc->p, (size_t)smsc->num, "sigtran", &id, &secret);
    reply_read(&stock, text->p, text->num > 0 ? (size_t)text->num : 0);
}

/* But for the digits of a UUID, which may be of either case. */
static void written_as_read(const struct box_frame *f, const uint8_t *p,
                            size_t n)
{
    static uint8_t copy[BOX_FRAME_MAX], again[BOX_FRAME_MAX];
    int id = f->type == BOX_SMS ? BOX_SMS_ID : BOX_ACK_ID;

    memcpy(copy, p, n);
    if (f->type == BOX_SMS || f->type == BOX_ACK)
        for (int32_t i = 0; i < f->field[id].num; i++) {
            size_t at = (size_t)(f->field[id].p - p) + (size_t)i;

            copy[at] = (uint8_t)tolower(copy[at]);
        }
    must(box_frame_write(again, n, f) == n && memcmp(again, copy, n) == 0);
    must(box_frame_write(again, n - 1, f) == 0);
}

static void ack_is_ours(const struct box_frame *f, const uint8_t *p)
{
    uint8_t again[BOX_ACK_OCTETS];
    struct box_frame back;

    box_frame_ack(again, f->field[BOX_ACK_NACK].num, f->field[BOX_ACK_TIME].num,
                  f->id);
    must(memcmp(again, p, 20) == 0); /* hexadecimal digits of either case */
    must(box_frame_read(again, sizeof(again), &back));
    must(memcmp(back.id, f->id, sizeof(back.id)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct box_frame f;
    size_t at = 0;
    long n;

    while ((n = box_frame_length(data + at, size - at)) > 0 &&
           (size_t)n <= size - at) {
        if (!box_frame_read(data + at, (size_t)n, &f))
            break;
        read_strings(&f, data + at, (size_t)n);
        written_as_read(&f, data + at, (size_t)n);
        if (f.type == BOX_ACK)
            ack_is_ours(&f, data + at);
        at += (size_t)n;
    }
    return 0;
}

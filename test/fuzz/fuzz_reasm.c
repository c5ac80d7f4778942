/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_reasm.c - any sequence of segments, beside a reassembly that is simple
 *
 * The input is a series of steps, see step(): a segment with anything in it,
 * a message that is cut as we cut our own, some of its segments lost, twice
 * or late, or four seconds. What comes of each segment must be what the model
 * says; a set that completes must be exactly the octets that were sent.
 */

#include "sccp_seg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SETS = 4, KEYS = 12, STEPS = 200, MESSAGE_MAX = 5000 };
enum { STEP_MS = 4000, TIMEOUT_MS = 15000, DATA_MAX = 3952 };

/* What was sent of a message, by sender and reference. */
struct model {
    bool open;
    uint64_t since_ms;
    uint8_t left;
    size_t first_len, len;
    uint8_t data[DATA_MAX];
};

static struct timer_wheel wheel;
static struct sccp_reasm *reasm;
static struct model models[KEYS];
static unsigned expired;

struct input {
    const uint8_t *p;
    size_t left;
};

static void must(bool so)
{
    if (!so)
        abort();
}

static void on_expired(void)
{
    expired++;
}

static uint8_t take(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->p++;
}

static unsigned n_open(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < KEYS; i++)
        n += models[i].open;
    return n;
}

static enum sccp_reasm_result ended(struct model *k, enum sccp_reasm_result r)
{
    k->open = false;
    return r;
}

static enum sccp_reasm_result expect_first(struct model *k,
                                           const struct sccp_msg *m)
{
    k->open = false; /* begun again */
    if (m->seg_left > 0 && m->data_len > DATA_MAX)
        return SCCP_REASM_LONG;
    if (m->seg_left > 0 && n_open() == SETS)
        return SCCP_REASM_FULL;
    *k = (struct model){ .open = m->seg_left > 0,
                         .since_ms = wheel.now_ms,
                         .left = m->seg_left,
                         .first_len = m->data_len,
                         .len = m->data_len };
    if (m->data_len <= DATA_MAX)
        memcpy(k->data, m->data, m->data_len);
    return m->seg_left > 0 ? SCCP_REASM_MORE : SCCP_REASM_WHOLE;
}

static enum sccp_reasm_result expect(struct model *k, const struct sccp_msg *m)
{
    if (m->seg_first)
        return expect_first(k, m);
    if (!k->open)
        return SCCP_REASM_STRAY;
    if (m->seg_left + 1 != k->left)
        return ended(k, SCCP_REASM_SEQUENCE);
    if (k->len + m->data_len > DATA_MAX)
        return ended(k, SCCP_REASM_LONG);
    memcpy(k->data + k->len, m->data, m->data_len);
    k->len += m->data_len;
    k->left--;
    return k->left > 0 ? SCCP_REASM_MORE : ended(k, SCCP_REASM_WHOLE);
}

/* By title, by title and point code, and with nothing but the OPC. */
static void sender(struct sccp_msg *m, unsigned key, uint32_t *opc)
{
    static const char *const title[] = { "447700900321", "46700", "" };

    *opc = 100 + key / 3 % 2;
    memset(m->seg_ref, (int)(key / 6), sizeof(m->seg_ref));
    if (title[key % 3][0] != '\0')
        m->calling = sccp_addr_e164(title[key % 3], 8);
    m->calling.has_ssn = true;
    m->calling.ssn = 8;
}

/* One that names itself is the same from wherever it comes. */
static unsigned model_of(unsigned key)
{
    return key % 3 == 2 ? key : key / 6 * 6 + key % 3;
}

static void give(struct sccp_msg m, unsigned key, bool return_opt)
{
    struct model *k = &models[model_of(key)];
    uint8_t *exact = malloc(m.data_len + 1);
    enum sccp_reasm_result due, is;
    const uint8_t *octets = m.data;
    size_t n = m.data_len;
    uint32_t opc;

    must(exact != NULL);
    if (n > 0)
        memcpy(exact, octets, n);
    m.data = exact;
    m.return_opt = return_opt;
    sender(&m, key, &opc);
    due = expect(k, &m);
    is = sccp_reasm_take(reasm, &m, opc);
    must(is == due && sccp_reasm_open(reasm) == n_open());
    if (is == SCCP_REASM_WHOLE)
        must(!m.has_seg && m.data_len == k->len &&
             (k->len > DATA_MAX || memcmp(m.data, k->data, k->len) == 0));
    else if ((is == SCCP_REASM_SEQUENCE || is == SCCP_REASM_LONG) &&
             k->first_len <= DATA_MAX && !m.seg_first)
        must(m.data_len == k->first_len);
    free(exact);
}

static void any_segment(struct input *in, unsigned key)
{
    uint8_t how = take(in);
    struct sccp_msg m = {
        .type = SCCP_XUDT,
        .has_seg = true,
        .seg_first = (how & 0x80) != 0,
        .seg_class1 = (how & 0x40) != 0,
        .seg_left = how & 0x0f,
        .data = in->p,
    };
    size_t n = take(in);

    if (how & 0x20)
        n *= 16; /* as an LUDT may have */
    m.data = in->p;
    m.data_len = n < in->left ? n : in->left;
    in->p += m.data_len;
    in->left -= m.data_len;
    give(m, key, (how & 0x10) != 0);
}

/* `fate': a bit each, whether the segment is lost; then those twice. */
static void cut_message(struct input *in, unsigned key)
{
    static uint8_t whole[MESSAGE_MAX];
    size_t n = (size_t)take(in) << 8 | take(in), max = 40 + take(in);
    unsigned lost = take(in), twice = take(in), i = 0;
    struct sccp_msg m = { .type = SCCP_UDT, .data = whole };
    const struct sccp_msg *s;
    struct sccp_cut c;
    uint32_t opc;
    size_t sum = 0;

    m.data_len = n % sizeof(whole);
    for (size_t k = 0; k < m.data_len; k++)
        whole[k] = (uint8_t)(k * 7 + n);
    m.called = sccp_addr_e164("447700970777", 8);
    sender(&m, key, &opc);
    if (!sccp_cut_start(&c, &m, max, m.seg_ref))
        return;
    while ((s = sccp_cut_next(&c)) != NULL) {
        must(s->data == whole + sum && s->data_len <= max);
        must(s->seg_first == (i == 0) && i < SCCP_SEG_MAX);
        sum += s->data_len;
        if (!(lost >> i % 8 & 1))
            give(*s, key, false);
        if (twice >> i % 8 & 1)
            give(*s, key, true);
        i++;
    }
    must(sum == m.data_len);
    if (lost == 0 && twice == 0 && models[model_of(key)].len == sum)
        must(memcmp(models[model_of(key)].data, whole, sum) == 0);
}

static void four_seconds(void)
{
    unsigned due = 0;

    expired = 0;
    timer_run(&wheel, wheel.now_ms + STEP_MS);
    for (unsigned i = 0; i < KEYS; i++)
        if (models[i].open && wheel.now_ms - models[i].since_ms > TIMEOUT_MS) {
            models[i].open = false;
            due++;
        }
    must(expired == due && sccp_reasm_open(reasm) == n_open());
}

static void step(struct input *in)
{
    uint8_t what = take(in);
    unsigned key = what % KEYS;

    if (what >= 0xf0)
        four_seconds();
    else if (what >= 0xc0)
        cut_message(in, key);
    else
        any_segment(in, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };

    timer_wheel_init(&wheel, 1000);
    reasm = sccp_reasm_new(&wheel, SETS, TIMEOUT_MS, on_expired);
    memset(models, 0, sizeof(models));
    for (unsigned i = 0; i < STEPS && in.left > 0; i++)
        step(&in);
    sccp_reasm_free(reasm);
    must(wheel.running == 0);
    return 0;
}

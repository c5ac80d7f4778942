/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_seg_test.c - cutting, putting together, and every way it can fail
 */

#include "check.h"
#include "sccp_seg.h"

enum { CHUNK = 229 /* of 268 octets with two addresses of 11 */ };

static const uint8_t ref_a[3] = { 1, 2, 3 }, ref_b[3] = { 9, 9, 9 };
static uint8_t text[5000];
static unsigned n_expired;

static void on_expired(void)
{
    n_expired++;
}

static struct sccp_msg message(size_t len)
{
    return (struct sccp_msg){
        .type = SCCP_UDT,
        .return_opt = true,
        .called = sccp_addr_e164("447700900123", 8),
        .calling = sccp_addr_e164("447700900321", 8),
        .data = text,
        .data_len = len,
        .seg_class1 = true,
        .importance = -1,
    };
}

/* One segment of `len' octets out of the text at `at'. */
static struct sccp_msg segment(const uint8_t ref[3], bool first, uint8_t left,
                               size_t at, size_t len)
{
    struct sccp_msg m = message(len);

    m.type = SCCP_XUDT;
    m.has_seg = true;
    m.seg_first = first;
    m.seg_left = left;
    m.data = text + at;
    memcpy(m.seg_ref, ref, 3);
    return m;
}

static void cuts_into_equal_segments_that_fit(void)
{
    static const size_t lens[] = { 1, 229, 230, 458, 459, 1000, 3664 };

    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        struct sccp_msg m = message(lens[i]);
        size_t n = (lens[i] + CHUNK - 1) / CHUNK, at = 0;
        const struct sccp_msg *s;
        struct sccp_cut c;

        CHECK(sccp_cut_start(&c, &m, 268, ref_a));
        for (size_t k = 0; (s = sccp_cut_next(&c)) != NULL; k++) {
            uint8_t buf[300];
            struct wr w = wr_init(buf, sizeof(buf));

            sccp_msg_write(&w, s);
            CHECK(wr_ok(&w) && w.len <= 268);
            CHECK(s->type == SCCP_XUDT && s->pclass == 1 && s->seg_class1);
            CHECK(s->seg_first == (k == 0) && s->return_opt == (k == 0));
            CHECK(s->seg_left == n - 1 - k);
            CHECK(memcmp(s->seg_ref, ref_a, 3) == 0);
            CHECK(s->data == text + at);
            at += s->data_len;
            CHECK(s->seg_left == 0 || s->data_len == CHUNK);
        }
        CHECK(at == lens[i]);
    }
}

static void refuses_more_than_16_segments(void)
{
    struct sccp_msg m = message(3664 + 1);
    struct sccp_cut c;

    CHECK(!sccp_cut_start(&c, &m, 268, ref_a));
    m.data_len = 100;
    CHECK(!sccp_cut_start(&c, &m, 39, ref_a));
    CHECK(!sccp_cut_start(&c, &m, 0, ref_a));
    CHECK(sccp_cut_start(&c, &m, 39 + 10, ref_a));
    m.data_len = 0;
    CHECK(!sccp_cut_start(&c, &m, 268, ref_a));
}

static enum sccp_reasm_result take(struct sccp_reasm *r, struct sccp_msg m)
{
    return sccp_reasm_take(r, &m, 2);
}

static void what_was_cut_comes_together_again(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    for (size_t len = 1; len <= 3664; len += 61) {
        struct sccp_msg m = message(len);
        struct sccp_cut c;

        CHECK(sccp_cut_start(&c, &m, 268, ref_a));
        for (;;) {
            struct sccp_msg s = *sccp_cut_next(&c);
            bool last = s.seg_left == 0;
            enum sccp_reasm_result got = sccp_reasm_take(r, &s, 2);

            CHECK(got == (last ? SCCP_REASM_WHOLE : SCCP_REASM_MORE));
            if (last) {
                CHECK(s.data_len == len && memcmp(s.data, text, len) == 0);
                CHECK(!s.has_seg && s.pclass == 1 && s.return_opt);
                break;
            }
        }
        CHECK(sccp_reasm_open(r) == 0 && wheel.running == 0);
    }
    sccp_reasm_free(r);
}

static void sets_are_told_apart_by_calling_address_reference_and_origin(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    struct sccp_msg other = segment(ref_a, true, 1, 0, 10);
    struct sccp_msg anon = other, m;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 8, 10000, on_expired);
    other.calling = sccp_addr_e164("447700900322", 8);
    anon.calling = (struct sccp_addr){ .on_ssn = true, .has_ssn = true };
    CHECK(take(r, segment(ref_a, true, 1, 0, 10)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_b, true, 1, 50, 10)) == SCCP_REASM_MORE);
    CHECK(take(r, other) == SCCP_REASM_MORE);
    CHECK(sccp_reasm_take(r, &anon, 2) == SCCP_REASM_MORE);
    CHECK(sccp_reasm_take(r, &anon, 3) == SCCP_REASM_MORE);
    CHECK(sccp_reasm_open(r) == 5);

    m = segment(ref_b, false, 0, 60, 10);
    CHECK(sccp_reasm_take(r, &m, 7) == SCCP_REASM_WHOLE);
    CHECK(m.data_len == 20 && memcmp(m.data, text + 50, 20) == 0);
    anon.seg_first = false;
    anon.seg_left = 0;
    CHECK(sccp_reasm_take(r, &anon, 4) == SCCP_REASM_STRAY);
    CHECK(sccp_reasm_take(r, &anon, 3) == SCCP_REASM_WHOLE);
    CHECK(sccp_reasm_open(r) == 3);
    sccp_reasm_free(r);
    CHECK(wheel.running == 0);
}

static void out_of_sequence_gives_the_first_segment_back(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    struct sccp_msg m;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    CHECK(take(r, segment(ref_a, true, 3, 0, 50)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_a, false, 2, 50, 50)) == SCCP_REASM_MORE);
    m = segment(ref_a, false, 0, 150, 30);
    m.return_opt = false;
    CHECK(sccp_reasm_take(r, &m, 2) == SCCP_REASM_SEQUENCE);
    CHECK(m.data_len == 50 && memcmp(m.data, text, 50) == 0);
    CHECK(m.has_seg && m.seg_first && m.seg_left == 3 && m.return_opt);
    CHECK(take(r, segment(ref_a, false, 1, 100, 50)) == SCCP_REASM_STRAY);
    CHECK(sccp_reasm_open(r) == 0 && wheel.running == 0);
    sccp_reasm_free(r);
}

static void a_repeated_segment_is_out_of_sequence(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    CHECK(take(r, segment(ref_a, true, 2, 0, 50)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_a, false, 1, 50, 50)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_a, false, 1, 50, 50)) == SCCP_REASM_SEQUENCE);
    sccp_reasm_free(r);
}

static void a_first_segment_begins_again(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    struct sccp_msg m;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    CHECK(take(r, segment(ref_a, true, 2, 0, 50)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_a, true, 1, 200, 50)) == SCCP_REASM_MORE);
    CHECK(sccp_reasm_open(r) == 1);
    m = segment(ref_a, false, 0, 250, 50);
    CHECK(sccp_reasm_take(r, &m, 2) == SCCP_REASM_WHOLE);
    CHECK(m.data_len == 100 && memcmp(m.data, text + 200, 100) == 0);
    sccp_reasm_free(r);
}

static void a_first_segment_without_more_is_whole(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    struct sccp_msg m = segment(ref_a, true, 0, 0, 50);

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    CHECK(sccp_reasm_take(r, &m, 2) == SCCP_REASM_WHOLE);
    CHECK(m.data == text && !m.has_seg && sccp_reasm_open(r) == 0);
    sccp_reasm_free(r);
}

static void no_set_grows_beyond_its_bound(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    struct sccp_msg m;

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    CHECK(take(r, segment(ref_a, true, 2, 0, 3000)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref_a, false, 1, 0, 952)) == SCCP_REASM_MORE);
    m = segment(ref_a, false, 0, 0, 1);
    CHECK(sccp_reasm_take(r, &m, 2) == SCCP_REASM_LONG);
    CHECK(m.data_len == 3000 && m.seg_left == 2);
    CHECK(take(r, segment(ref_a, true, 2, 0, 3953)) == SCCP_REASM_LONG);
    CHECK(sccp_reasm_open(r) == 0);
    sccp_reasm_free(r);
}

static void a_new_set_is_refused_when_all_are_taken(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;
    uint8_t ref[3] = { 0 };

    timer_wheel_init(&wheel, 0);
    r = sccp_reasm_new(&wheel, 3, 10000, on_expired);
    for (; ref[0] < 3; ref[0]++)
        CHECK(take(r, segment(ref, true, 1, 0, 10)) == SCCP_REASM_MORE);
    CHECK(take(r, segment(ref, true, 1, 0, 10)) == SCCP_REASM_FULL);
    ref[0] = 1;
    CHECK(take(r, segment(ref, false, 0, 0, 10)) == SCCP_REASM_WHOLE);
    ref[0] = 3;
    CHECK(take(r, segment(ref, true, 1, 0, 10)) == SCCP_REASM_MORE);
    sccp_reasm_free(r);
    CHECK(wheel.running == 0);
}

static void a_set_that_waits_too_long_is_given_up(void)
{
    struct timer_wheel wheel;
    struct sccp_reasm *r;

    timer_wheel_init(&wheel, 1000);
    r = sccp_reasm_new(&wheel, 4, 10000, on_expired);
    n_expired = 0;
    CHECK(take(r, segment(ref_a, true, 2, 0, 50)) == SCCP_REASM_MORE);
    timer_run(&wheel, 9000);
    CHECK(take(r, segment(ref_a, false, 1, 0, 50)) == SCCP_REASM_MORE);
    timer_run(&wheel, 10900);
    CHECK(n_expired == 0 && sccp_reasm_open(r) == 1);
    timer_run(&wheel, 11100);
    CHECK(n_expired == 1 && sccp_reasm_open(r) == 0);
    CHECK(take(r, segment(ref_a, false, 0, 0, 50)) == SCCP_REASM_STRAY);
    sccp_reasm_free(r);
}

int main(void)
{
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)(i * 7 + i / 251);
    SHOWS("SC-10", cuts_into_equal_segments_that_fit);
    SHOWS("SC-10", refuses_more_than_16_segments);
    SHOWS("SC-09 SC-10", what_was_cut_comes_together_again);
    SHOWS("SC-09", sets_are_told_apart_by_calling_address_reference_and_origin);
    SHOWS("SC-09", out_of_sequence_gives_the_first_segment_back);
    SHOWS("SC-09", a_repeated_segment_is_out_of_sequence);
    SHOWS("SC-09", a_first_segment_begins_again);
    a_first_segment_without_more_is_whole();
    SHOWS("SC-09", no_set_grows_beyond_its_bound);
    SHOWS("SC-09", a_new_set_is_refused_when_all_are_taken);
    SHOWS("SC-09", a_set_that_waits_too_long_is_given_up);
    sccp_reasm_free(NULL);
    return CHECK_DONE();
}

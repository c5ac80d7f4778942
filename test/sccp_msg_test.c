/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_msg_test.c - the six messages, both ways
 */

#include "check.h"
#include "sccp_msg.h"
#include "unhex.h"

#include <stdlib.h>

#define CALLED  "0b1206001204447700091032"
#define CALLING "0b1208001204447700093012"

static const char *const canonical[] = {
    "0900030e19" CALLED CALLING "0764054903010203",
    "0981030e19" CALLED CALLING "0764054903010203",
    "0a01030e19" CALLED CALLING "0764054903010203",
    "11000f040f1a00" CALLED CALLING "0764054903010203",
    "118101040f1a21" CALLED CALLING "07640549030102031004c2ffffff12010700",
    "120e0f040f1a21" CALLED CALLING "07640549030102031004c201020300",
    "13000f070011001b000000" CALLED CALLING "070064054903010203",
    "13810f070011001b002200" CALLED CALLING "0700640549030102031004c101020300",
    "14010f070011001b000000" CALLED CALLING "070064054903010203",
    "090003070b04430200010443010001050108020000",
    "0900030e0f" CALLED "01000764054903010203",
};

enum { N_CANONICAL = sizeof(canonical) / sizeof(canonical[0]) };

static bool read_msg(const uint8_t *o, size_t n, struct sccp_msg *m,
                     struct rd_err *err)
{
    struct rd r = rd_init(o, n, err);

    return sccp_msg_read(&r, m);
}

static bool read_hex(const char *hex, struct sccp_msg *m)
{
    static uint8_t o[512];
    struct rd_err err;

    return read_msg(o, unhex(hex, o, sizeof(o)), m, &err);
}

static bool writes_as(const struct sccp_msg *m, const char *hex)
{
    uint8_t o[512], want[512];
    struct wr w = wr_init(o, sizeof(o));
    size_t n = unhex(hex, want, sizeof(want));

    sccp_msg_write(&w, m);
    return wr_ok(&w) && w.len == n && memcmp(o, want, n) == 0;
}

static void canonical_messages_survive_the_round_trip(void)
{
    for (size_t i = 0; i < N_CANONICAL; i++) {
        struct sccp_msg m;

        CHECK(read_hex(canonical[i], &m));
        CHECK(writes_as(&m, canonical[i]));
        m.opt = NULL;
        m.called.wire_len = m.calling.wire_len = 0;
        CHECK(writes_as(&m, canonical[i]));
    }
}

static void fills_the_fields(void)
{
    struct sccp_msg m;

    CHECK(read_hex(canonical[4], &m));
    CHECK(m.type == SCCP_XUDT && m.pclass == 1 && m.return_opt && m.hops == 1);
    CHECK(strcmp(m.called.gt.digits, "447700900123") == 0);
    CHECK(strcmp(m.calling.gt.digits, "447700900321") == 0);
    CHECK(m.data_len == 7 && m.data[0] == 0x64 && m.data[6] == 0x03);
    CHECK(m.has_seg && m.seg_first && m.seg_class1 && m.seg_left == 2);
    CHECK(memcmp(m.seg_ref, "\xff\xff\xff", 3) == 0);
    CHECK(m.importance == 7 && !sccp_msg_is_service(&m));

    CHECK(read_hex(canonical[5], &m));
    CHECK(m.type == SCCP_XUDTS && m.cause == 14 && sccp_msg_is_service(&m));
    CHECK(m.importance == -1 && !m.return_opt && m.pclass == 0);

    CHECK(read_hex(canonical[0], &m) && !m.has_seg && !m.return_opt);
}

/* Each cut lies in memory of its own size, so that a sanitizer sees a slip. */
static void refuses_every_truncation(void)
{
    uint8_t whole[512];

    for (size_t i = 0; i < N_CANONICAL; i++) {
        size_t n = unhex(canonical[i], whole, sizeof(whole));

        for (size_t len = 0; len < n; len++) {
            uint8_t *cut = malloc(len + (len == 0));
            struct rd_err err;
            struct sccp_msg m;

            memcpy(cut, whole, len);
            /* what may be missing is the end, after a whole parameter */
            if (read_msg(cut, len, &m, &err))
                CHECK(m.opt != NULL && m.opt_len > 0 && m.has_seg);
            else
                CHECK(err.what != NULL && err.at <= len);
            free(cut);
        }
    }
}

static void tells_other_types_from_broken_ones(void)
{
    static const uint8_t types[] = { 0x00, 0x01, 0x06, 0x08, 0x15, 0x80 };
    struct rd_err err;
    struct sccp_msg m;

    for (size_t i = 0; i < sizeof(types); i++)
        CHECK(!read_msg(&types[i], 1, &m, &err) && err.what == NULL);
    CHECK(!read_msg((const uint8_t *)"\x09", 1, &m, &err) && err.what != NULL);
    CHECK(!read_msg(NULL, 0, &m, &err) && err.what != NULL);
}

static void follows_pointers_as_they_stand(void)
{
    struct sccp_msg m;

    /* the data first, then a gap, then calling, called */
    CHECK(read_hex("0900160701"
                   "02aabb"
                   "0000"
                   "0b1208001204447700093012"
                   "0000"
                   "0b1206001204447700091032",
                   &m));
    CHECK(m.data_len == 2 && m.data[0] == 0xaa);
    CHECK(strcmp(m.called.gt.digits, "447700900123") == 0);
    CHECK(strcmp(m.calling.gt.digits, "447700900321") == 0);
}

static void refuses_broken_messages(void)
{
    static const char *const bad[] = {
        /* pointers that are zero or lead out */
        "0980000e19" CALLED CALLING "0764054903010203",
        "0980ff0e19" CALLED CALLING "0764054903010203",
        "098003ff19" CALLED CALLING "0764054903010203",
        "0980030e00" CALLED CALLING "0764054903010203",
        "11800f040f1aff" CALLED CALLING "0764054903010203",
        /* addresses of no octets, or of too many */
        "0980030e1900" CALLED CALLING "0764054903010203",
        "0980030e19ff1206001204447700091032" CALLING "0764054903010203",
        /* protocol class 2 */
        "0982030e19" CALLED CALLING "0764054903010203",
        /* segmentation parameters of 3 and 5 octets, one beyond the end */
        "11800f040f1a21" CALLED CALLING "076405490301020310038001020000",
        "11800f040f1a21" CALLED CALLING "07640549030102031005800102030000",
        "11800f040f1a21" CALLED CALLING "07640549030102031004800102",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct sccp_msg m;

        CHECK(!read_hex(bad[i], &m));
    }
}

static void passes_unknown_parameters_on(void)
{
    static const char unknown[] = "11000f040f1a21" CALLED CALLING
                                  "0764054903010203f003aabbcc10048001020300";
    struct sccp_msg m;

    CHECK(read_hex(unknown, &m) && m.has_seg);
    CHECK(writes_as(&m, unknown));
}

static void an_optional_part_may_lack_its_end(void)
{
    struct sccp_msg m;

    CHECK(
        read_hex("11000f040f1a21" CALLED CALLING "0764054903010203120105", &m));
    CHECK(m.importance == 5);
    CHECK(writes_as(&m, "11000f040f1a21" CALLED CALLING
                        "076405490301020312010500"));
}

/* Of each type that has an optional part, whatever is in it. */
static void an_optional_part_is_written_with_its_end(void)
{
    static const enum sccp_type types[] = { SCCP_XUDT, SCCP_XUDTS, SCCP_LUDT,
                                            SCCP_LUDTS };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct sccp_msg m = { .type = types[i],
                              .called = sccp_addr_e164("447700900123", 6),
                              .calling = sccp_addr_e164("447700900321", 8),
                              .hops = 15,
                              .data = (const uint8_t *)"1234567",
                              .data_len = 7,
                              .has_seg = true,
                              .importance = 3 },
                        got;
        uint8_t buf[100];
        struct wr w = wr_init(buf, sizeof(buf));
        struct rd_err err;

        sccp_msg_write(&w, &m);
        CHECK(wr_ok(&w) && buf[w.len - 1] == 0);
        CHECK(read_msg(buf, w.len, &got, &err) && got.importance == 3);
    }
}

/* Neither as a parameter we know nor as one we do not. */
static void no_optional_parameter_is_longer_than_the_message(void)
{
    struct sccp_msg m;

    CHECK(
        !read_hex("11000f040f1a21" CALLED CALLING "07640549030102031202", &m));
    CHECK(!read_hex("11000f040f1a21" CALLED CALLING "0764054903010203f003aabb",
                    &m));
    CHECK(!read_hex("11000f040f1a21" CALLED CALLING "0764054903010203f0", &m));
}

static void says_when_one_octet_is_too_small(void)
{
    static const uint8_t data[1000];
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .called = sccp_addr_e164("447700900123", 6),
        .calling = sccp_addr_e164("447700900321", 8),
        .data = data,
        .data_len = 255,
        .importance = -1,
    };
    uint8_t buf[1200];
    struct wr w = wr_init(buf, sizeof(buf));

    sccp_msg_write(&w, &m);
    CHECK(wr_ok(&w) && w.len == 5 + 12 + 12 + 1 + 255);
    m.data_len = 256;
    w = wr_init(buf, sizeof(buf));
    sccp_msg_write(&w, &m);
    CHECK(!wr_ok(&w));

    /* the pointer to the optional part is what overflows first */
    m.type = SCCP_XUDT;
    m.has_seg = true;
    m.data_len = 229;
    w = wr_init(buf, sizeof(buf));
    sccp_msg_write(&w, &m);
    CHECK(wr_ok(&w) && buf[6] == 0xff);
    m.data_len = 230;
    w = wr_init(buf, sizeof(buf));
    sccp_msg_write(&w, &m);
    CHECK(!wr_ok(&w));

    m.type = SCCP_LUDT;
    m.data_len = sizeof(data);
    w = wr_init(buf, sizeof(buf));
    sccp_msg_write(&w, &m);
    CHECK(wr_ok(&w));
    m.type = (enum sccp_type)6;
    w = wr_init(buf, sizeof(buf));
    sccp_msg_write(&w, &m);
    CHECK(!wr_ok(&w));
}

static void has_names_for_log_lines(void)
{
    CHECK(strcmp(sccp_type_str(SCCP_XUDT), "XUDT") == 0);
    CHECK(strcmp(sccp_type_str(0x0a), "UDTS") == 0);
    CHECK(strcmp(sccp_cause_str(SCCP_CAUSE_HOP_COUNTER),
                 "hop counter violation") == 0);
    CHECK(strcmp(sccp_cause_str(15), "reserved") == 0);
    CHECK(sccp_type_str(0x42) != NULL);
}

int main(void)
{
    SHOWS("SC-01", canonical_messages_survive_the_round_trip);
    SHOWS("SC-01 SC-17", fills_the_fields);
    SHOWS("SC-01", refuses_every_truncation);
    tells_other_types_from_broken_ones();
    SHOWS("SC-01", follows_pointers_as_they_stand);
    SHOWS("SC-01 SC-16", refuses_broken_messages);
    SHOWS("SC-17", passes_unknown_parameters_on);
    SHOWS("SC-17", an_optional_part_may_lack_its_end);
    SHOWS("SC-17", an_optional_part_is_written_with_its_end);
    SHOWS("SC-17", no_optional_parameter_is_longer_than_the_message);
    says_when_one_octet_is_too_small();
    has_names_for_log_lines();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_guard_test.c - what mtpd's guard lets through, and what it writes
 */

#include "check.h"
#include "mtpd_guard.h"

static const uint8_t good_data[] = {
    /* clang-format off */
    1, 0, 1, 1, 0, 0, 0, 44,
    0x02, 0x00, 0, 8, 0, 0, 0, 8,       /* network appearance 8 */
    0x00, 0x06, 0, 8, 0, 0, 0, 11,      /* routing context 11 */
    0x02, 0x10, 0, 19, 0, 0, 0, 2,      /* protocol data from 2 */
    0, 0, 0, 1, 3, 0xfe, 0xfd, 255,     /* to 1, SCCP, NI, MP, SLS */
    9, 1, 2, 0,
    /* clang-format on */
};

static enum m3ua_error check(const uint8_t *p, size_t n)
{
    struct m3ua_msg m;
    const char *why;

    return mtpd_guard_read(p, n, &m, &why);
}

static void data_is_taken_apart(void)
{
    struct m3ua_msg m;
    const char *why;

    CHECK(mtpd_guard_read(good_data, sizeof(good_data), &m, &why) ==
          M3UA_E_NONE);
    CHECK(m.kind == M3UA_DATA);
    CHECK(m3ua_u32(m.na, 0) == 8 && m3ua_u32(m.rc, 0) == 11);
    CHECK(m3ua_u32(m.rc, 1) == 0);
    CHECK(m.mtp.opc == 2 && m.mtp.dpc == 1 && m.mtp.si == 3);
    CHECK(m.mtp.ni == 2 && m.mtp.mp == 1 && m.mtp.sls == 255);
    CHECK(m.mtp.len == 3 && memcmp(m.mtp.data, "\x09\x01\x02", 3) == 0);
}

static void the_last_padding_may_be_missing_or_not_counted(void)
{
    uint8_t b[sizeof(good_data)];

    memcpy(b, good_data, sizeof(b));
    b[7] = 43;
    CHECK(check(b, 43) == M3UA_E_NONE);
    CHECK(check(b, 44) == M3UA_E_NONE);
    b[7] = 40;
    CHECK(check(b, 44) == M3UA_E_PROTOCOL);
    b[7] = 45;
    CHECK(check(b, 44) == M3UA_E_PROTOCOL);
}

static void every_truncation_is_refused(void)
{
    uint8_t b[sizeof(good_data)];

    memcpy(b, good_data, sizeof(b));
    for (size_t n = 0; n < 43; n++) {
        if (n >= 8)
            b[7] = (uint8_t)n;
        CHECK(check(b, n) != M3UA_E_NONE);
    }
}

static void wrong_headers_are_named(void)
{
    static const struct {
        uint8_t octets[8];
        enum m3ua_error e;
    } h[] = {
        { { 2, 0, 3, 1, 0, 0, 0, 8 }, M3UA_E_VERSION },
        { { 1, 0, 3, 1, 0, 0, 0, 7 }, M3UA_E_PROTOCOL },
        { { 1, 0, 3, 1, 255, 255, 255, 255 }, M3UA_E_PROTOCOL },
        { { 1, 0, 3, 99, 0, 0, 0, 8 }, M3UA_E_TYPE },
        { { 1, 0, 9, 1, 0, 0, 0, 8 }, M3UA_E_CLASS },
        { { 1, 0, 1, 1, 0, 0, 0, 8 }, M3UA_E_MISSING },
        { { 1, 0, 3, 1, 0, 0, 0, 8 }, M3UA_E_NONE },
    };

    for (size_t i = 0; i < sizeof(h) / sizeof(h[0]); i++)
        CHECK(check(h[i].octets, 8) == h[i].e);
}

static void short_values_are_refused_for_every_parameter_read(void)
{
    static const uint16_t tags[] = { 6,  11,  12,    13,    17,    18,
                                     19, 512, 0x204, 0x205, 0x206, 0x210 };

    for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
        for (uint8_t n = 0; n < 4; n++) {
            uint8_t b[16] = { 1, 0, 3, 1, 0, 0, 0, (uint8_t)(12 + n) };

            b[8] = (uint8_t)(tags[i] >> 8);
            b[9] = (uint8_t)tags[i];
            b[11] = (uint8_t)(4 + n);
            CHECK(check(b, 12u + n) == M3UA_E_PARAM_FIELD);
        }
}

static void long_data_is_refused(void)
{
    static uint8_t b[8 + 4 + 12 + MTP_RX_MAX + 4] = { 1, 0, 1, 1 };
    size_t n = 8 + 4 + 12 + MTP_RX_MAX;

    b[8] = 2, b[9] = 0x10;
    b[6] = (uint8_t)(n >> 8), b[7] = (uint8_t)n;
    b[10] = (uint8_t)((n - 8) >> 8), b[11] = (uint8_t)(n - 8);
    CHECK(check(b, n) == M3UA_E_NONE);
    n += 1;
    b[6] = (uint8_t)(n >> 8), b[7] = (uint8_t)n;
    b[10] = (uint8_t)((n - 8) >> 8), b[11] = (uint8_t)(n - 8);
    CHECK(check(b, n) == M3UA_E_PARAM_FIELD);
}

static enum m3ua_error fits(uint16_t kind, uint32_t rc, uint32_t na,
                            uint32_t mode, const struct mtp_assoc_conf *c)
{
    uint8_t v[3][4] = { { 0, 0, 0, (uint8_t)rc },
                        { 0, 0, 0, (uint8_t)na },
                        { 0, 0, 0, (uint8_t)mode } };
    struct m3ua_msg m = { .kind = kind };
    const char *why;

    if (rc)
        m.rc = (struct m3ua_par){ v[0], 4 };
    if (na)
        m.na = (struct m3ua_par){ v[1], 4 };
    if (mode)
        m.mode = (struct m3ua_par){ v[2], 4 };
    return mtpd_guard_fits(&m, c, &why);
}

static void what_a_message_names_must_fit_the_association(void)
{
    struct mtp_assoc_conf c = { .has_rc = true, .rc = 11 }, none = { .rc = 0 };
    struct mtp_assoc_conf na = { .has_na = true, .na = 8 };
    struct mtp_assoc_conf share = { .mode = MTP_MODE_LOADSHARE };

    CHECK(fits(M3UA_DATA, 11, 0, 0, &c) == M3UA_E_NONE);
    CHECK(fits(M3UA_DATA, 0, 0, 0, &c) == M3UA_E_NONE);
    CHECK(fits(M3UA_DATA, 12, 0, 0, &c) == M3UA_E_CONTEXT);
    CHECK(fits(M3UA_DUNA, 12, 0, 0, &c) == M3UA_E_CONTEXT);
    CHECK(fits(M3UA_ASPAC, 12, 0, 0, &c) == M3UA_E_CONTEXT);
    CHECK(fits(M3UA_DATA, 12, 0, 0, &none) == M3UA_E_NONE);
    CHECK(fits(M3UA_ASPAC, 12, 0, 0, &none) == M3UA_E_CONTEXT);
    CHECK(fits(M3UA_DATA, 0, 8, 0, &na) == M3UA_E_NONE);
    CHECK(fits(M3UA_DATA, 0, 9, 0, &na) == M3UA_E_APPEARANCE);
    CHECK(fits(M3UA_DATA, 0, 9, 0, &none) == M3UA_E_NONE);
    CHECK(fits(M3UA_ASPAC, 0, 0, 2, &share) == M3UA_E_NONE);
    CHECK(fits(M3UA_ASPAC, 0, 0, 1, &share) == M3UA_E_TRAFFIC_MODE);
    CHECK(fits(M3UA_ASPAC, 0, 0, 1, &none) == M3UA_E_NONE);
    CHECK(fits(M3UA_ASPAC, 0, 0, 4, &none) == M3UA_E_TRAFFIC_MODE);
}

static void only_sccp_for_own_point_codes_is_ours(void)
{
    struct mtp_conf c = { .pc = { 1, 2 }, .n_pc = 2 };
    struct m3ua_msg m = { .mtp = { .opc = 9, .dpc = 2, .si = 3 } };

    CHECK(mtpd_guard_ours(&m, &c));
    m.mtp.dpc = 3;
    CHECK(!mtpd_guard_ours(&m, &c));
    m.mtp.dpc = 1, m.mtp.si = 5;
    CHECK(!mtpd_guard_ours(&m, &c));
    m.mtp.si = 3, m.mtp.opc = 0x4000;
    CHECK(!mtpd_guard_ours(&m, &c));
}

static void what_is_written_reads_back(void)
{
    static const uint8_t body[MTP_DATA_MAX + 1] = { 9, 8, 7 };
    struct mtp_assoc_conf c = {
        .has_rc = true, .rc = 0, .has_na = true, .na = 8
    };
    struct mtp_assoc_conf none = { .rc = 1 };
    uint8_t buf[M3UA_ROOM];
    struct m3ua_msg m;
    const char *why;

    for (uint16_t len = 0; len <= MTP_DATA_MAX; len++) {
        struct mtp_transfer t = { .opc = 1,
                                  .dpc = 2,
                                  .si = 3,
                                  .ni = 3,
                                  .mp = 2,
                                  .sls = 7,
                                  .len = len,
                                  .data = body };
        size_t n = m3ua_write_data(&t, len & 1 ? &c : &none, buf, sizeof(buf));

        CHECK(n > 0 && n % 4 == 0);
        CHECK(mtpd_guard_read(buf, n, &m, &why) == M3UA_E_NONE);
        CHECK((m.rc.p != NULL) == (len & 1) && (m.na.p != NULL) == (len & 1));
        CHECK(m.mtp.opc == 1 && m.mtp.dpc == 2 && m.mtp.sls == 7);
        CHECK(m.mtp.ni == 3 && m.mtp.mp == 2 && m.mtp.len == len);
        CHECK(memcmp(m.mtp.data, body, len) == 0);
    }
}

static void data_that_is_too_long_is_not_written(void)
{
    static const uint8_t body[MTP_DATA_MAX + 1];
    struct mtp_transfer t = { .len = sizeof(body), .data = body };
    struct mtp_assoc_conf c = { .rc = 0 };
    uint8_t buf[M3UA_ROOM];

    CHECK(m3ua_write_data(&t, &c, buf, sizeof(buf)) == 0);
    t.len = 100;
    CHECK(m3ua_write_data(&t, &c, buf, 60) == 0);
}

static void an_error_carries_at_most_forty_octets_of_its_cause(void)
{
    uint8_t cause[100] = { 1, 0, 1, 1 }, buf[128];
    struct m3ua_msg m;
    const char *why;
    size_t n = m3ua_write_error(M3UA_E_CONTEXT, cause, 100, buf, sizeof(buf));

    CHECK(mtpd_guard_read(buf, n, &m, &why) == M3UA_E_NONE);
    CHECK(m.kind == M3UA_ERR && m3ua_u32(m.error, 0) == 0x19);
    CHECK(m.diag.len == 40);
    n = m3ua_write_error(M3UA_E_VERSION, cause, 3, buf, sizeof(buf));
    CHECK(mtpd_guard_read(buf, n, &m, &why) == M3UA_E_NONE);
    CHECK(m.diag.len == 3);
}

static void the_context_is_left_out_where_there_is_none(void)
{
    static const uint8_t aspac[] = { 1, 0, 4, 1, 0, 0, 0, 24, 0, 11, 0, 8,
                                     0, 0, 0, 2, 0, 6, 0, 8,  0, 0,  0, 0 };
    struct mtp_assoc_conf none = { .rc = 0 }, c = { .has_rc = true };
    uint8_t buf[64];
    struct m3ua_msg m;
    const char *why;
    size_t n;

    CHECK(m3ua_strip_context(aspac, sizeof(aspac), &c, buf, 64) == 0);
    n = m3ua_strip_context(aspac, sizeof(aspac), &none, buf, 64);
    CHECK(n == 16 && mtpd_guard_read(buf, n, &m, &why) == M3UA_E_NONE);
    CHECK(m.kind == M3UA_ASPAC && !m.rc.p && m3ua_u32(m.mode, 0) == 2);
    CHECK(m3ua_strip_context(buf, n, &none, buf, 64) == 0);
}

static void every_error_has_words_and_the_key(void)
{
    static const struct {
        uint32_t code;
        const char *has;
    } want[] = {
        { 0x19, "routing-context" },
        { 0x1a, "routing-context" },
        { 0x05, "traffic-mode" },
        { 0x0e, "asp-id" },
        { 0x0f, "asp-id" },
        { 0x15, "network-appearance" },
        { 0x0d, "management" },
        { 0x16, "routing-context" },
        { 0xffff, "unknown code 0xffff" },
    };
    struct mtp_assoc_conf c = { .has_rc = true, .rc = 4711 };
    char text[300];

    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        mtpd_error_text(want[i].code, &c, text, sizeof(text));
        CHECK(strstr(text, want[i].has) != NULL);
    }
    mtpd_error_text(0x19, &c, text, sizeof(text));
    CHECK(strstr(text, "(now 4711)") != NULL);
    mtpd_error_text(0x0e, &c, text, sizeof(text));
    CHECK(strstr(text, "(now not set)") != NULL);
}

int main(void)
{
    SHOWS("M3-04", data_is_taken_apart);
    SHOWS("M3-05", the_last_padding_may_be_missing_or_not_counted);
    SHOWS("M3-05", every_truncation_is_refused);
    SHOWS("M3-05", wrong_headers_are_named);
    SHOWS("M3-05", short_values_are_refused_for_every_parameter_read);
    SHOWS("M3-05", long_data_is_refused);
    SHOWS("M3-04", what_a_message_names_must_fit_the_association);
    only_sccp_for_own_point_codes_is_ours();
    SHOWS("M3-04", what_is_written_reads_back);
    data_that_is_too_long_is_not_written();
    SHOWS("M3-05", an_error_carries_at_most_forty_octets_of_its_cause);
    the_context_is_left_out_where_there_is_none();
    every_error_has_words_and_the_key();
    return CHECK_DONE();
}

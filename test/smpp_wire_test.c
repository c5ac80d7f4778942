/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_wire_test.c - PDUs: read and written, cut short, and lied about
 */

#include "gw/smpp_wire.h"

#include "check.h"
#include "gw/smpp_status.h"
#include "unhex.h"

#include <string.h>

/* Octets of hexadecimal text with blanks. */
static size_t octets_of(const char *hex, uint8_t *out, size_t size)
{
    size_t n = 0;

    for (; *hex != '\0'; hex += strspn(hex, " "), hex += strcspn(hex, " "))
        n += unhex(hex + strspn(hex, " "), out + n, size - n);
    return n;
}

/* A submit_sm of one part of three. */
static const uint8_t submit[] = {
    'V',  'M',  'A',  0,                  /* service_type */
    1,    1,    '4',  '4', '7',  '7',  0, /* source */
    0,    1,    '1',  '2', '3',  0,       /* destination */
    0x43, 0x7f, 2,                        /* esm, pid, priority */
    0,                                    /* schedule */
    '0',  '0',  '0',  '0', '0',  '1',  '0', '0', '0', '0', /* validity */
    '0',  '0',  '0',  '0', '0',  'R',  0,   1,   0,   8,
    0,                                 /* registered .. */
    2,    0x20, 0xac,                  /* short_message */
    0x02, 0x0c, 0,    2,   0x12, 0x34, /* sar_msg_ref_num */
    0x02, 0x0e, 0,    1,   3,          /* sar_total */
    0x02, 0x0f, 0,    1,   2,          /* sar_seqnum */
};

static void reads_every_field(void)
{
    struct smpp_sm sm;

    CHECK(smpp_sm_read(submit, sizeof(submit), &sm) == SMPP_ROK);
    CHECK(strcmp(sm.service, "VMA") == 0);
    CHECK(sm.source.ton == 1 && sm.source.npi == 1);
    CHECK(strcmp(sm.source.digits, "4477") == 0);
    CHECK(sm.dest.ton == 0 && strcmp(sm.dest.digits, "123") == 0);
    CHECK(sm.esm_class == 0x43 && sm.pid == 0x7f && sm.priority == 2);
    CHECK(sm.schedule[0] == '\0');
    CHECK(strcmp(sm.validity, "000001000000000R") == 0);
    CHECK(sm.registered == 1 && sm.replace == 0 && sm.data_coding == 8);
    CHECK(sm.text_len == 2 && memcmp(sm.text, "\x20\xac", 2) == 0);
    CHECK(!sm.payload);
    CHECK(sm.sar.ref == 0x1234 && sm.sar.total == 3 && sm.sar.part == 2);
}

static void writes_what_it_reads(void)
{
    uint8_t out[sizeof(submit)];
    struct smpp_sm sm;

    smpp_sm_read(submit, sizeof(submit), &sm);
    CHECK(smpp_sm_write(out, sizeof(out), &sm) == sizeof(submit));
    CHECK(memcmp(out, submit, sizeof(submit)) == 0);
    for (size_t n = 0; n < sizeof(submit); n++)
        CHECK(smpp_sm_write(out, n, &sm) == 0);
}

/* Each field alone is whole; only behind the text may it end in good order. */
static void refuses_what_is_cut_short(void)
{
    enum { TLVS = 16 };
    struct smpp_sm sm;

    for (size_t n = 0; n < sizeof(submit); n++) {
        uint8_t *copy = malloc(n); /* so that a read beyond it is seen */
        size_t behind = sizeof(submit) - n;
        bool whole = behind == TLVS || behind == 10 || behind == 5;

        memcpy(copy, submit, n);
        CHECK((smpp_sm_read(copy, n, &sm) == SMPP_ROK) == whole);
        free(copy);
    }
}

static void names_the_field_that_is_wrong(void)
{
    static const struct {
        const char *hex;
        uint32_t status;
    } row[] = {
        { "313233343536 00", SMPP_RINVSERTYP },
        { "00 0101 313131313131313131313131313131313131313131 00",
          SMPP_RINVSRCADR },
        { "00 0101 3100 0101 313131313131313131313131313131313131313131 00",
          SMPP_RINVDSTADR },
        { "00 0101 3100 0101 3100 000000 313131 00", SMPP_RINVEXPIRY },
        { "00 0101 3100 0101 3100 000000 3131313131313131313131313131313131 00",
          SMPP_RINVSCHED },
        { "00 0101 3100 0101 3100 000000 00 "
          "3131313131313131313131313131313131 00",
          SMPP_RINVEXPIRY },
        { "00 0101 3100 0101 3100 000000 00 00 00000000 05 61",
          SMPP_RINVMSGLEN },
        { "00 0101 3100 0101 3100 000000 00 00 00000000 01 61 0424 0001 62",
          SMPP_RINVPARLEN }, /* text twice */
        { "00 0101 3100 0101 3100 000000 00 00 00000000 00 020c 0003 010203",
          SMPP_RINVPARLEN },
        { "00 0101 3100 0101 3100 000000 00 00 00000000 00 1400 0009 3131",
          SMPP_RINVOPTPARSTREAM },
        { "00 0101 3100 0101 3100 000000 00 00 00000000 00 14",
          SMPP_RINVOPTPARSTREAM },
    };
    uint8_t octets[128];
    struct smpp_sm sm;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        size_t n = octets_of(row[i].hex, octets, sizeof(octets));

        CHECK(smpp_sm_read(octets, n, &sm) == row[i].status);
    }
}

static void takes_message_payload(void)
{
    uint8_t octets[128];
    size_t n = octets_of("00 0101 3100 0101 3100 000000 00 00 00000000 00 "
                         "1400 0002 3131 0424 0003 616263",
                         octets, sizeof(octets));
    struct smpp_sm sm;

    CHECK(smpp_sm_read(octets, n, &sm) == SMPP_ROK);
    CHECK(sm.payload && sm.text_len == 3 && memcmp(sm.text, "abc", 3) == 0);
}

static void a_segment_must_be_one(void)
{
    static const char *const none[] = {
        "020c 0002 0001 020e 0001 02",              /* no number */
        "020c 0002 0001 020e 0001 02 020f 0001 03", /* 3 of 2 */
        "020c 0002 0001 020e 0001 02 020f 0001 00", /* from 1 */
    };
    char hex[200];
    uint8_t octets[128];
    struct smpp_sm sm;

    for (unsigned i = 0; i < 3; i++) {
        snprintf(hex, sizeof(hex),
                 "00 0101 3100 0101 3100 000000 00 00 00000000 01 61 %s",
                 none[i]);
        CHECK(smpp_sm_read(octets, octets_of(hex, octets, sizeof(octets)),
                           &sm) == SMPP_ROK);
        CHECK(sm.sar.total == 0);
    }
}

static void reads_binds(void)
{
    uint8_t octets[128];
    size_t n = octets_of("61707000 73656372657400 564d4100 34 01 01 313200",
                         octets, sizeof(octets));
    struct smpp_bind b;

    CHECK(smpp_bind_read(octets, n, &b));
    CHECK(strcmp(b.system_id, "app") == 0);
    CHECK(strcmp(b.password, "secret") == 0);
    CHECK(strcmp(b.system_type, "VMA") == 0);
    CHECK(b.version == 0x34 && b.ton == 1 && b.npi == 1);
    CHECK(strcmp(b.range, "12") == 0);
    for (size_t i = 0; i < n; i++)
        CHECK(!smpp_bind_read(octets, i, &b));
}

static void knows_statuses_by_name(void)
{
    uint32_t status;

    CHECK(smpp_status_read("ESME_RX_T_APPN", &status) && status == 0x64);
    CHECK(smpp_status_read("rthrottled", &status) && status == 0x58);
    CHECK(smpp_status_read("0x14", &status) && status == 0x14);
    CHECK(smpp_status_read("20", &status) && status == 20);
    CHECK(!smpp_status_read("", &status) && !smpp_status_read("-1", &status));
    CHECK(strcmp(smpp_status_str(0x0e), "ESME_RINVPASWD") == 0);
    CHECK(strcmp(smpp_status_str(0x7777), "") == 0);
}

int main(void)
{
    reads_every_field();
    writes_what_it_reads();
    SHOWS("SM-05", refuses_what_is_cut_short);
    SHOWS("SM-05", names_the_field_that_is_wrong);
    takes_message_payload();
    a_segment_must_be_one();
    reads_binds();
    knows_statuses_by_name();
    return CHECK_DONE();
}

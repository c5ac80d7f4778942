/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_msg_test.c - a Kannel sms as a deliver_sm, a submit_sm as a Kannel sms
 */

#include "gw/smpp_msg.h"

#include "check.h"
#include "gw/smpp_status.h"
#include "gw/smpp_text.h"
#include "smpp_world.h"

#include <string.h>

static struct smpp_work work;
static uint8_t body[SMPP_PDU_MAX];
static struct smpp_style style;

/* The sms as deliver_sm; what is read of it points into `body'. */
static bool deliver(const struct box_frame *f, struct smpp_sm *sm)
{
    size_t n = smpp_msg_deliver(body, sizeof(body), f, &style, NULL, &work);

    memset(sm, 0, sizeof(*sm));
    return n > 0 && smpp_sm_read(body, n, sm) == SMPP_ROK;
}

/* The TLV behind the text; its octets, -1: it is not there. */
static int tlv(uint16_t tag, const uint8_t **value)
{
    static struct box_frame f; /* unused */
    size_t n = sizeof(body);

    (void)f;
    for (size_t at = 0; at + 4 < n; at++) {
        unsigned len = (unsigned)(body[at + 2] << 8 | body[at + 3]);

        if (body[at] == tag >> 8 && body[at + 1] == (tag & 0xff) && len < 100) {
            *value = body + at + 4;
            return (int)len;
        }
    }
    return -1;
}

static bool tlv_is(uint16_t tag, const void *value, int n)
{
    const uint8_t *p = NULL;

    return tlv(tag, &p) == n && memcmp(p, value, (size_t)n) == 0;
}

static void begin(void)
{
    struct world w;

    world_init(&w);
    style = w.acct[0].style;
    memset(body, 0, sizeof(body));
}

static void carries_addresses_and_text(void)
{
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    world_blank(&f, "h\303\251llo @");
    f.field[BOX_SMS_PID].num = 65;
    f.field[BOX_SMS_RPI].num = 1;
    CHECK(deliver(&f, &sm));
    CHECK(sm.source.ton == 1 && sm.source.npi == 1);
    CHECK(strcmp(sm.source.digits, "447700900001") == 0);
    CHECK(sm.dest.ton == 1 && sm.dest.npi == 1);
    CHECK(strcmp(sm.dest.digits, "447700900123") == 0);
    CHECK(sm.pid == 65 && sm.esm_class == SMPP_ESM_REPLY_PATH);
    CHECK(sm.data_coding == 0 && sm.schedule[0] == 0 && sm.registered == 0);
    CHECK(sm.text_len == 7 && memcmp(sm.text, "h\x05llo \x00", 7) == 0);
    field_text(&f, BOX_SMS_SENDER, "12345");
    CHECK(deliver(&f, &sm) && sm.source.ton == 0 && sm.source.npi == 1);
    field_text(&f, BOX_SMS_SENDER, "Bank");
    CHECK(deliver(&f, &sm) && sm.source.ton == 5 && sm.source.npi == 0);
    style.source_ton = 2;
    style.dest_npi = 8;
    CHECK(deliver(&f, &sm) && sm.source.ton == 2 && sm.dest.npi == 8);
    field_text(&f, BOX_SMS_SENDER, "a sender that is longer than any");
    CHECK(deliver(&f, &sm) && strlen(sm.source.digits) == 20);
}

static void carries_tlvs(void)
{
    struct box_frame f;
    struct smpp_sm sm;
    const uint8_t *p;

    begin();
    world_blank(&f, "hello");
    CHECK(deliver(&f, &sm));
    CHECK(tlv_is(0x1400, "+447700900002", 13));
    CHECK(tlv_is(0x1401, "234157700900123", 15));
    CHECK(tlv_is(0x1402, "beef5678901234567890123456789012", 32));
    CHECK(tlv_is(SMPP_TLV_REFERENCE, "\xbe\xef", 2));
    begin();
    style.with = SMPP_WITH_ID;
    style.tag_id = 0x3ffe;
    CHECK(deliver(&f, &sm));
    CHECK(tlv_is(0x3ffe, "beef5678901234567890123456789012", 32));
    CHECK(tlv(0x1400, &p) == -1 && tlv(0x1401, &p) == -1);
    CHECK(tlv(SMPP_TLV_REFERENCE, &p) == -1);
}

static void chooses_data_coding(void)
{
    static const struct {
        int32_t coding, mclass, mwi, compress, alt;
        uint8_t dcs;
    } row[] = {
        { 0, -1, -1, -1, -1, 0x00 }, { 1, -1, -1, 0, 0, 0x04 },
        { 2, -1, -1, -1, -1, 0x08 }, { 0, 0, -1, 0, 0, 0x10 },
        { 2, 3, -1, 0, 0, 0x1b },    { 0, 1, -1, 0, 1, 0xf1 },
        { 1, 2, -1, 0, 1, 0xf6 },    { 1, -1, -1, 1, 0, 0x24 },
        { 0, -1, 0, 0, 0, 0xd8 },    { 0, -1, 6, 0, 0, 0xd2 },
        { 2, -1, 1, 0, 0, 0xe9 },    { -1, -1, -1, -1, -1, 0x00 },
    };
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        world_blank(&f, "text");
        f.field[BOX_SMS_CODING].num = row[i].coding;
        f.field[BOX_SMS_MCLASS].num = row[i].mclass;
        f.field[BOX_SMS_MWI].num = row[i].mwi;
        f.field[BOX_SMS_COMPRESS].num = row[i].compress;
        f.field[BOX_SMS_ALT_DCS].num = row[i].alt;
        CHECK(deliver(&f, &sm) && sm.data_coding == row[i].dcs);
        CHECK(sm.text_len == 4 && memcmp(sm.text, "text", 4) == 0);
    }
}

static void converts_to_the_charset(void)
{
    static const struct {
        enum smpp_charset charset;
        const char *text;
        uint8_t dcs;
        const char *octets;
        size_t n;
    } row[] = {
        { SMPP_GSM7, "\342\202\254{", 0, "\x1b\x65\x1b\x28", 4 },
        { SMPP_GSM7, "\320\226", 8, "\x04\x16", 2 }, /* not in it: UCS-2 */
        { SMPP_GSM7, "\360\237\230\200", 8, "\xd8\x3d\xde\x00", 4 },
        { SMPP_LATIN1, "\303\251", 3, "\xe9", 1 },
        { SMPP_LATIN1, "\342\202\254", 8, "\x20\xac", 2 },
        { SMPP_DEFAULT_LATIN1, "\303\251", 0, "\xe9", 1 },
        { SMPP_DEFAULT_UTF8, "\303\251", 0, "\303\251", 2 },
        { SMPP_UCS2, "\303\251", 8, "\x00\xe9", 2 },
        { SMPP_GSM7, "\377", 8, "\xff\xfd", 2 }, /* is not UTF-8 */
        { SMPP_GSM7, "", 0, "", 0 },
    };
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        style.charset = row[i].charset;
        world_blank(&f, row[i].text);
        CHECK(deliver(&f, &sm) && sm.data_coding == row[i].dcs);
        CHECK(sm.text_len == row[i].n &&
              memcmp(sm.text, row[i].octets, row[i].n) == 0);
    }
    /* a class is said by a DCS of GSM only */
    style.charset = SMPP_LATIN1;
    world_blank(&f, "\303\251");
    f.field[BOX_SMS_MCLASS].num = 1;
    CHECK(deliver(&f, &sm) && sm.data_coding == 0x11 && sm.text[0] == 0x05);
    field_text(&f, BOX_SMS_MSGDATA, "\320\226");
    CHECK(deliver(&f, &sm) && sm.data_coding == 0x19 && sm.text_len == 2);
}

static void carries_headers(void)
{
    static const uint8_t concat[] = { 5, 0, 3, 42, 3, 2 };
    static const uint8_t wide[] = { 6, 8, 4, 0x12, 0x34, 3, 2 };
    static const uint8_t ports[] = { 11, 0, 3, 42, 3, 2, 5, 4, 1, 2, 3, 4 };
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    world_blank(&f, "text");
    f.field[BOX_SMS_UDHDATA] = (struct box_field){ sizeof(concat), concat };
    CHECK(deliver(&f, &sm) && sm.esm_class == SMPP_ESM_UDHI);
    CHECK(sm.text_len == 10 && memcmp(sm.text, concat, 6) == 0);
    CHECK(memcmp(sm.text + 6, "text", 4) == 0);
    style.sar = true;
    CHECK(deliver(&f, &sm) && sm.esm_class == 0 && sm.text_len == 4);
    CHECK(sm.sar.ref == 42 && sm.sar.total == 3 && sm.sar.part == 2);
    f.field[BOX_SMS_UDHDATA] = (struct box_field){ sizeof(wide), wide };
    CHECK(deliver(&f, &sm) && sm.sar.ref == 0x1234 && sm.sar.part == 2);
    /* more than concatenation: it stays a header */
    f.field[BOX_SMS_UDHDATA] = (struct box_field){ sizeof(ports), ports };
    CHECK(deliver(&f, &sm) && sm.esm_class == SMPP_ESM_UDHI);
    CHECK(sm.text_len == 16 && sm.sar.total == 0);
}

static void long_text_is_payload(void)
{
    char text[300];
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    memset(text, 'a', sizeof(text));
    text[254] = '\0';
    world_blank(&f, text);
    CHECK(deliver(&f, &sm) && !sm.payload && sm.text_len == 254);
    text[254] = 'a';
    text[255] = '\0';
    world_blank(&f, text);
    CHECK(deliver(&f, &sm) && sm.payload && sm.text_len == 255);
    style.payload = true;
    world_blank(&f, "x");
    CHECK(deliver(&f, &sm) && sm.payload && sm.text_len == 1);
}

static void refuses_what_is_too_long(void)
{
    static char text[SMPP_PDU_MAX + 1];
    struct box_frame f;
    struct smpp_sm sm;

    begin();
    memset(text, 'a', sizeof(text) - 1);
    world_blank(&f, text);
    CHECK(!deliver(&f, &sm));
    f.field[BOX_SMS_CODING].num = 1;
    CHECK(!deliver(&f, &sm));
}

static void parts_of_one_have_one_key(void)
{
    uint8_t udh[] = { 5, 0, 3, 42, 3, 1 };
    struct box_frame f;
    uint32_t key;

    world_blank(&f, "text");
    CHECK(smpp_msg_concat(&f) == 0);
    f.field[BOX_SMS_UDHDATA] = (struct box_field){ sizeof(udh), udh };
    key = smpp_msg_concat(&f);
    CHECK(key != 0);
    udh[5] = 2;
    CHECK(smpp_msg_concat(&f) == key);
    udh[3] = 43;
    CHECK(smpp_msg_concat(&f) != key);
    udh[3] = 42;
    field_text(&f, BOX_SMS_SENDER, "+447700900002");
    CHECK(smpp_msg_concat(&f) != key);
    udh[4] = udh[5] = 1;
    CHECK(smpp_msg_concat(&f) == 0);
    /* lengths that lie */
    for (unsigned i = 0; i < 256; i++) {
        udh[2] = (uint8_t)i;
        smpp_msg_concat(&f);
    }
}

/* ---- submit_sm ---- */

static struct smpp_sm plain(const char *text)
{
    return (struct smpp_sm){
        .source = { 5, 0, "Shop" },
        .dest = { 1, 1, "447700900001" },
        .text = (const uint8_t *)text,
        .text_len = strlen(text),
    };
}

static uint32_t submit(const struct smpp_sm *sm, struct smpp_mt *mt)
{
    return smpp_msg_submit(sm, &style, 1000, mt, &work);
}

static void a_submit_becomes_an_sms(void)
{
    struct smpp_sm sm = plain("h\x05llo");
    struct smpp_mt mt;

    begin();
    sm.pid = 64;
    sm.priority = 3;
    sm.registered = 1;
    strcpy(sm.validity, "000000010000000R");
    strcpy(sm.schedule, "300101000000000+");
    CHECK(submit(&sm, &mt) == SMPP_ROK);
    CHECK(field_is(&mt.f, BOX_SMS_SENDER, "Shop"));
    CHECK(field_is(&mt.f, BOX_SMS_RECEIVER, "+447700900001"));
    CHECK(field_is(&mt.f, BOX_SMS_MSGDATA, "h\303\251llo"));
    CHECK(mt.f.field[BOX_SMS_CODING].num == 0);
    CHECK(mt.f.field[BOX_SMS_PID].num == 64);
    CHECK(mt.f.field[BOX_SMS_PRIORITY].num == 3);
    CHECK(mt.f.field[BOX_SMS_DLR_MASK].num == 19);
    CHECK(mt.f.field[BOX_SMS_VALIDITY].num == 1000 + 3600);
    CHECK(mt.f.field[BOX_SMS_DEFERRED].num == 1893456000);
    CHECK(mt.f.field[BOX_SMS_UDHDATA].num == -1);
}

static void a_submit_may_be_of_any_coding(void)
{
    static const struct {
        uint8_t dcs;
        enum smpp_charset charset;
        const char *in;
        int32_t coding, mclass;
        const char *out;
    } row[] = {
        { 0, SMPP_GSM7, "\x05", 0, -1, "\303\251" },
        { 0, SMPP_DEFAULT_LATIN1, "\xe9", 0, -1, "\303\251" },
        { 0, SMPP_DEFAULT_UTF8, "\303\251", 0, -1, "\303\251" },
        { 1, SMPP_GSM7, "a", 0, -1, "a" },
        { 3, SMPP_GSM7, "\xe9", 0, -1, "\303\251" },
        { 2, SMPP_GSM7, "\xe9", 1, -1, "\xe9" },
        { 4, SMPP_GSM7, "\xe9", 1, -1, "\xe9" },
        { 8, SMPP_GSM7, "\x04\x16", 2, -1, "\x04\x16" },
        { 0x10, SMPP_LATIN1, "\x05", 0, 0, "\303\251" },
        { 0xf1, SMPP_LATIN1, "\x05", 0, 1, "\303\251" },
        { 0xf6, SMPP_LATIN1, "\xe9", 1, 2, "\xe9" },
    };
    struct smpp_mt mt;

    begin();
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct smpp_sm sm = plain(row[i].in);

        sm.data_coding = row[i].dcs;
        style.charset = row[i].charset;
        CHECK(submit(&sm, &mt) == SMPP_ROK);
        CHECK(mt.f.field[BOX_SMS_CODING].num == row[i].coding);
        CHECK(mt.f.field[BOX_SMS_MCLASS].num == row[i].mclass);
        CHECK(field_is(&mt.f, BOX_SMS_MSGDATA, row[i].out));
    }
}

static void a_submit_may_be_a_part(void)
{
    struct smpp_sm sm = plain("\x05\x00\x03\x2a\x02\x01text");
    struct smpp_mt mt;

    begin();
    sm.esm_class = SMPP_ESM_UDHI;
    sm.text_len = 10;
    CHECK(submit(&sm, &mt) == SMPP_ROK);
    CHECK(mt.f.field[BOX_SMS_UDHDATA].num == 6);
    CHECK(field_is(&mt.f, BOX_SMS_MSGDATA, "text"));
    sm = plain("text");
    sm.sar = (struct smpp_sar){ 0x1234, 2, 1 };
    CHECK(submit(&sm, &mt) == SMPP_ROK);
    CHECK(mt.f.field[BOX_SMS_UDHDATA].num == 7);
    CHECK(memcmp(mt.f.field[BOX_SMS_UDHDATA].p, "\x06\x08\x04\x12\x34\x02\x01",
                 7) == 0);
}

static void refuses_submits_with_their_status(void)
{
    struct smpp_sm sm = plain("text");
    struct smpp_mt mt;

    begin();
    sm.source.digits[0] = '\0';
    CHECK(submit(&sm, &mt) == SMPP_RINVSRCADR);
    sm = plain("text");
    sm.dest.digits[0] = '\0';
    CHECK(submit(&sm, &mt) == SMPP_RINVDSTADR);
    strcpy(sm.dest.digits, "44 77");
    CHECK(submit(&sm, &mt) == SMPP_RINVDSTADR);
    sm = plain("text");
    sm.esm_class = 0x08;
    CHECK(submit(&sm, &mt) == SMPP_RINVESMCLASS);
    sm.esm_class = SMPP_ESM_UDHI; /* 't' is more than there is */
    CHECK(submit(&sm, &mt) == SMPP_RINVMSGLEN);
    sm = plain("text");
    sm.data_coding = 5;
    CHECK(submit(&sm, &mt) == SMPP_RINVDCS);
    sm = plain("text");
    sm.registered = 3;
    CHECK(submit(&sm, &mt) == SMPP_RINVREGDLVFLG);
    sm = plain("text");
    strcpy(sm.schedule, "tomorrow");
    CHECK(submit(&sm, &mt) == SMPP_RINVSCHED);
    sm = plain("text");
    strcpy(sm.validity, "301301000000000+");
    CHECK(submit(&sm, &mt) == SMPP_RINVEXPIRY);
}

static void reads_times(void)
{
    int64_t at;

    CHECK(smpp_time_read("", 5, &at) && at == -1);
    CHECK(smpp_time_read("200102030405000+", 5, &at) && at == 1577934245);
    CHECK(smpp_time_read("200102030405004+", 5, &at) && at == 1577930645);
    CHECK(smpp_time_read("200102030405004-", 5, &at) && at == 1577937845);
    CHECK(smpp_time_read("000002030405000R", 5, &at));
    CHECK(at == 5 + 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
    CHECK(!smpp_time_read("200102030405000", 5, &at));
    CHECK(!smpp_time_read("200102030405000x", 5, &at));
}

int main(void)
{
    SHOWS("SM-02", carries_addresses_and_text);
    SHOWS("SM-08", carries_tlvs);
    SHOWS("SM-02", chooses_data_coding);
    SHOWS("SM-02", converts_to_the_charset);
    SHOWS("SM-02 SM-08", carries_headers);
    SHOWS("SM-02", long_text_is_payload);
    refuses_what_is_too_long();
    parts_of_one_have_one_key();
    SHOWS("SM-10", a_submit_becomes_an_sms);
    SHOWS("SM-10", a_submit_may_be_of_any_coding);
    SHOWS("SM-10", a_submit_may_be_a_part);
    SHOWS("SM-10", refuses_submits_with_their_status);
    reads_times();
    return CHECK_DONE();
}

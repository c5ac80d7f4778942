/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_msg_test.c - every field of the sms, and what get-url makes of it
 *
 * The escapes are those of the gwlib we link, which stock smsbox links too.
 */

#include "gw/dlv_msg.h"

#include "check.h"
#include "gw/box_frame.h"

#include <gw/msg.h>
#include <gw/sms.h>
#include <gw/urltrans.h>
#include <gwlib/gwlib.h>
#include <string.h>

#include <gw/dlr.h> /* stands on those above */

static const uint8_t uuid[16] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab,
                                  0xcd, 0xef, 0x00, 0x00, 0x00, 0x01,
                                  0x00, 0x00, 0x00, 0x2a };
static const struct dedup_key key = { { 0xde, 0xad, 0xbe, 0xef } };
static const struct dlv_route bare = { .id = "r", .smsc_id = "sigtran" };
static const struct dlv_route full = {
    .id = "r", .smsc_id = "sigtran", .account = "an account", .service = "svc"
};
static const struct ss7_network network = {
    .id = "net:one", .plan = { .cc = "44", .intl = "00", .natl = "0" }
};

/* A message that says "hello" from +44 7700 900001, sent at 3:04:05 UTC. */
static struct tpdu_deliver hello(void)
{
    struct tpdu_deliver d = {
        .oa = { .len = 12, .ton = TPDU_TON_INTERNATIONAL, .npi = 1 },
        .scts = { .octet = { 0x62, 0x10, 0x20, 0x40, 0x40, 0x50, 0x40 } },
    };
    int n = gsm7_from_utf8("hello", d.ud, sizeof(d.ud));

    d.ud_len = (uint16_t)n;
    strcpy(d.oa.text, "447700900001");
    return d;
}

static struct ss7_sms about_it(void)
{
    struct ss7_sms m = { .id = 1, .received_ms = 1767322999123, .version = 3 };

    strcpy(m.vmn, "447700900999");
    strcpy(m.imsi, "234150000000001");
    strcpy(m.sc, "447785016005");
    strcpy(m.smsc_gt, "447785016000");
    return m;
}

/* The frame as gwlib reads it; gwlib would have written the same octets. */
static Msg *unpacked(const uint8_t *frame, size_t n)
{
    Octstr *os = octstr_create_from_data((const char *)frame + 4, (long)n - 4);
    Msg *msg = msg_unpack(os);
    Octstr *again = msg_pack(msg);

    CHECK(decode_network_long((unsigned char *)(uintptr_t)frame) ==
          (long)n - 4);
    CHECK(octstr_compare(os, again) == 0);
    octstr_destroy(again);
    octstr_destroy(os);
    return msg;
}

/* Through the wire form, as it comes. */
static Msg *made(struct tpdu_deliver d, const struct dlv_route *r,
                 const struct ss7_network *net)
{
    struct ss7_sms m = about_it();
    char sender[DLV_SENDER_MAX + 1];
    struct dlv_msg_about about = { .route = r,
                                   .network = net,
                                   .key = &key,
                                   .sender = sender,
                                   .smsc_id = r->smsc_id,
                                   .uuid = uuid };
    struct wr w = wr_init(m.tpdu, sizeof(m.tpdu));
    struct rd_err err;
    uint8_t frame[DLV_MSG_OCTETS];
    enum tpdu_mti mti;
    struct rd in;

    tpdu_dcs_read(d.dcs, &d.enc); /* tells how to write the text */
    tpdu_deliver_write(&w, &d);
    m.tpdu_len = (uint8_t)w.len;
    in = rd_init(m.tpdu, m.tpdu_len, &err);
    CHECK(tpdu_mt_read(&in, &mti, &d) && mti == TPDU_DELIVER);
    dlv_msg_sender(&d.oa, net == NULL ? NULL : &net->plan, sender);
    return unpacked(frame, dlv_msg(frame, sizeof(frame), &m, &d, &about));
}

/* The same of a report. */
static Msg *reported(const struct tpdu_status *s, const struct dlv_route *r)
{
    struct ss7_sms m = about_it();
    struct dlv_msg_about about = { .route = r,
                                   .network = &network,
                                   .key = &key,
                                   .sender = "+447700900001",
                                   .smsc_id = r->smsc_id,
                                   .uuid = uuid };
    uint8_t frame[DLV_MSG_OCTETS];

    return unpacked(frame, dlv_msg_report(frame, sizeof(frame), &m, s, &about));
}

/* What a get-url of this pattern becomes; smsbox swaps the two numbers
 * before it fills in the escapes. `msg' is destroyed. */
static bool url_is(Msg *msg, const char *pattern, const char *want)
{
    Octstr *p = octstr_create(pattern), *url;
    bool same;

    sms_swap(msg);
    url = urltrans_fill_escape_codes(p, msg);
    same = octstr_str_compare(url, want) == 0;
    if (!same)
        printf("%s: %s\n", pattern, octstr_get_cstr(url));
    octstr_destroy(url);
    octstr_destroy(p);
    msg_destroy(msg);
    return same;
}

static bool text_is(const Octstr *field, const char *want)
{
    return field != NULL && octstr_str_compare(field, want) == 0;
}

static void fills_every_field(void)
{
    Msg *msg = made(hello(), &full, &network);

    CHECK(msg_type(msg) == sms);
    CHECK(msg->sms.sms_type == mo);
    CHECK(text_is(msg->sms.sender, "+447700900001"));
    CHECK(text_is(msg->sms.receiver, "+447700900999"));
    CHECK(text_is(msg->sms.msgdata, "hello"));
    CHECK(msg->sms.udhdata == NULL);
    CHECK(msg->sms.time == 1767322999);
    CHECK(text_is(msg->sms.smsc_id, "sigtran"));
    CHECK(text_is(msg->sms.smsc_number, "+447785016005"));
    CHECK(text_is(msg->sms.foreign_id, "deadbeef000000000000000000000000"));
    CHECK(text_is(msg->sms.service, "svc"));
    CHECK(text_is(msg->sms.account, "an account"));
    CHECK(memcmp(msg->sms.id, uuid, sizeof(uuid)) == 0);
    CHECK(msg->sms.mclass == MC_UNDEF);
    CHECK(msg->sms.mwi == MWI_UNDEF);
    CHECK(msg->sms.coding == DC_7BIT);
    CHECK(msg->sms.compress == COMPRESS_OFF);
    CHECK(msg->sms.validity == MSG_PARAM_UNDEFINED);
    CHECK(msg->sms.deferred == MSG_PARAM_UNDEFINED);
    CHECK(msg->sms.dlr_mask == MSG_PARAM_UNDEFINED);
    CHECK(msg->sms.dlr_url == NULL);
    CHECK(msg->sms.pid == 0);
    CHECK(msg->sms.rpi == RPI_UNDEF);
    CHECK(msg->sms.charset == NULL);
    CHECK(msg->sms.boxc_id == NULL);
    CHECK(msg->sms.binfo == NULL);
    CHECK(msg->sms.priority == MSG_PARAM_UNDEFINED);
    CHECK(text_is(msg->sms.meta_data,
                  "?sigtran?imsi=234150000000001&sc=447785016005&"
                  "gt=447785016000&version=3&network=net:one&"
                  "scts=20260102T030405Z&"));
    msg_destroy(msg);
    msg = made(hello(), &bare, NULL);
    CHECK(msg->sms.service == NULL && msg->sms.account == NULL);
    msg_destroy(msg);
}

#define GOLDEN(pattern, want)                                                  \
    CHECK(url_is(made(hello(), &full, &network), pattern, want))

static void gives_the_urls_that_bearerbox_gives(void)
{
    GOLDEN("?p=%p&P=%P", "?p=%2B447700900001&P=%2B447700900999");
    GOLDEN("?q=%q&Q=%Q", "?q=%2B447700900001&Q=%2B447700900999");
    GOLDEN("?a=%a&b=%b&A=%A&k=%k", "?a=hello&b=hello&A=hello&k=hello");
    GOLDEN("?r=%r&s=%s", "?r=&s=");
    GOLDEN("?t=%t&T=%T", "?t=2026-01-02+03:03:19&T=1767322999");
    GOLDEN("?i=%i&I=%I", "?i=sigtran&I=01234567-89ab-cdef-0000-00010000002a");
    GOLDEN("?n=%n&o=%o", "?n=svc&o=an+account");
    GOLDEN("?c=%c&C=%C", "?c=0&C=UTF-8");
    GOLDEN("?m=%m&M=%M&O=%O", "?m=-1&M=-1&O=00");
    GOLDEN("?d=%d&u=%u&B=%B&R=%R", "?d=-1&u=&B=&R=");
    GOLDEN("?f=%f", "?f=%2B447785016005");
    GOLDEN("?F=%F", "?F=deadbeef000000000000000000000000");
    GOLDEN("?v=%v&V=%V&x=%x&%%", "?v=&V=&x=%x&%");
    GOLDEN("?D=%D", "?D=%3Fsigtran%3Fimsi%3D234150000000001%26sc%3D447785016005"
                    "%26gt%3D447785016000%26version%3D3%26network%3Dnet%3Aone"
                    "%26scts%3D20260102T030405Z%26");
    GOLDEN("?%#sigtran#imsi#", "?234150000000001");
    GOLDEN("?%#sigtran#network#", "?net%3Aone");
}

static void text_in_every_alphabet(void)
{
    struct tpdu_deliver d = hello();
    static const uint8_t ucs2[] = { 0x04, 0x1f, 0xd8, 0x3d, 0xde, 0x00 };
    int n = gsm7_from_utf8("a b \xe2\x82\xac@\n{", d.ud, sizeof(d.ud));

    d.ud_len = (uint16_t)n;
    CHECK(url_is(made(d, &bare, NULL), "%b&%a&%k&%r",
                 "a+b+%E2%82%AC%40%0A%7B&a+b+%E2%82%AC%40+%7B&a&b+%E2%82%AC%40+"
                 "%7B"));
    d = hello();
    d.dcs = 0x08;
    d.ud_len = sizeof(ucs2);
    memcpy(d.ud, ucs2, sizeof(ucs2));
    CHECK(url_is(made(d, &bare, NULL), "%b&%c&%C",
                 "%04%1F%D8%3D%DE%00&2&UTF-16BE"));
    d.dcs = 0x04;
    CHECK(
        url_is(made(d, &bare, NULL), "%b&%c&%C", "%04%1F%D8%3D%DE%00&1&8-BIT"));
    d = hello();
    d.ud_len = 0;
    CHECK(url_is(made(d, &bare, NULL), "[%b][%a]", "[][]"));
}

static void header_and_numbers_of_parts_are_kept(void)
{
    static const uint8_t udh[] = { 0x05, 0x00, 0x03, 0x2a, 0x02, 0x01 };
    struct tpdu_deliver d = hello();

    memcpy(d.udh, udh, sizeof(udh));
    d.udh_len = sizeof(udh);
    CHECK(url_is(made(d, &bare, NULL), "%u&%b", "%05%00%03*%02%01&hello"));
}

/* Against gwlib's own reading of TP-DCS, in all groups where it is right. */
static void reads_dcs_as_bearerbox_does(void)
{
    struct tpdu_deliver d;
    unsigned dcs;
    Msg *want, *got;

    for (dcs = 0; dcs < 256; dcs++) {
        bool plain = dcs < 0x20 && (dcs & 0x0c) != 0x0c;
        bool waiting = dcs >= 0xc0 && dcs < 0xe0 && (dcs & 0x04) == 0;
        bool by_class = dcs >= 0xf0 && dcs < 0xf8;

        if (!plain && !waiting && !by_class)
            continue;
        d = hello();
        d.dcs = (uint8_t)dcs;
        got = made(d, &bare, NULL);
        want = msg_create(sms);
        dcs_to_fields(&want, (int)dcs);
        CHECK(got->sms.coding == want->sms.coding);
        CHECK(got->sms.mclass == want->sms.mclass);
        CHECK(got->sms.mwi == want->sms.mwi);
        CHECK(got->sms.compress == want->sms.compress);
        CHECK(got->sms.alt_dcs == want->sms.alt_dcs);
        msg_destroy(got);
        msg_destroy(want);
    }
}

static void reads_dcs_where_gwlib_is_wrong(void)
{
    struct tpdu_deliver d = hello();
    Msg *msg;

    d.dcs = 0xe9; /* UCS-2, a fax waits */
    msg = made(d, &bare, NULL);
    CHECK(msg->sms.coding == DC_UCS2 && msg->sms.mwi == MWI_FAX_ON);
    msg_destroy(msg);
    d.dcs = 0xe2; /* and no e-mail any more */
    msg = made(d, &bare, NULL);
    CHECK(msg->sms.coding == DC_UCS2 && msg->sms.mwi == MWI_EMAIL_OFF);
    msg_destroy(msg);
    d.dcs = 0x51; /* class 1, to be deleted when read */
    msg = made(d, &bare, NULL);
    CHECK(msg->sms.coding == DC_7BIT && msg->sms.mclass == MC_CLASS1);
    msg_destroy(msg);
    d.dcs = 0x20; /* compressed */
    msg = made(d, &bare, NULL);
    CHECK(msg->sms.coding == DC_8BIT && msg->sms.compress == COMPRESS_ON);
    msg_destroy(msg);
}

static void the_longest_message_fits(void)
{
    struct tpdu_deliver d = hello();
    struct dlv_route r = full;
    struct ss7_network net = network;
    Msg *msg;

    d.oa.ton = TPDU_TON_ALPHANUMERIC;
    d.oa.len = 20;
    strcpy(d.oa.text, "ABCDEFGHIJK");
    memset(d.ud, 0x10, sizeof(d.ud)); /* a capital delta, two octets */
    d.ud_len = sizeof(d.ud);
    memset(r.account, 'a', sizeof(r.account) - 1);
    memset(r.service, 's', sizeof(r.service) - 1);
    memset(r.smsc_id, 'i', sizeof(r.smsc_id) - 1);
    memset(net.id, 'n', sizeof(net.id) - 1);
    msg = made(d, &r, &net);
    CHECK(octstr_len(msg->sms.msgdata) == 320);
    CHECK(octstr_len(msg->sms.account) == sizeof(r.account) - 1);
    CHECK(octstr_len(msg->sms.smsc_id) == sizeof(r.smsc_id) - 1);
    CHECK(octstr_search(msg->sms.meta_data, octstr_imm("scts=2026"), 0) > 0);
    msg_destroy(msg);
}

static void pid_and_reply_path(void)
{
    struct tpdu_deliver d = hello();
    Msg *msg;

    d.pid = 0x41;
    d.rp = true;
    msg = made(d, &bare, NULL);
    CHECK(msg->sms.pid == 0x41 && msg->sms.rpi == RPI_ON);
    msg_destroy(msg);
}

/* What bearerbox's own dlr_find() gives a box, in all that it sets. */
static void a_report_is_a_delivery_report(void)
{
    struct tpdu_status s = { .mr = 7, .st = 0x30, .srq = true };
    struct dlv_route r = full;
    Msg *msg;

    strcpy(r.dlr_url, "http://app/?%d");
    msg = reported(&s, &r);
    CHECK(msg->sms.sms_type == report_mo);
    CHECK(text_is(msg->sms.sender, "+447700900001"));
    CHECK(text_is(msg->sms.receiver, "+447700900999"));
    CHECK(text_is(msg->sms.msgdata,
                  "id:7 sub:001 dlvrd:000 submit date:0000000000 done "
                  "date:0000000000 stat:ENROUTE err:048 text:"));
    CHECK(msg->sms.coding == DC_7BIT);
    CHECK(msg->sms.dlr_mask == DLR_BUFFERED);
    CHECK(text_is(msg->sms.dlr_url, "http://app/?%d"));
    CHECK(text_is(msg->sms.service, "svc"));
    CHECK(text_is(msg->sms.smsc_id, "sigtran"));
    CHECK(text_is(msg->sms.foreign_id, "deadbeef000000000000000000000000"));
    CHECK(octstr_search(msg->sms.meta_data, octstr_imm("&mr=7&st=48&srq=1&"),
                        0) > 0);
    msg_destroy(msg);
    s = (struct tpdu_status){ .st = 0x46 };
    msg = reported(&s, &bare);
    CHECK(msg->sms.dlr_mask == DLR_FAIL && msg->sms.dlr_url == NULL);
    msg_destroy(msg);
    s.st = 0;
    msg = reported(&s, &bare);
    CHECK(msg->sms.dlr_mask == DLR_SUCCESS);
    msg_destroy(msg);
}

/* smsbox leaves the numbers of a report as they are. */
static void the_url_of_a_report(void)
{
    struct tpdu_status s = { .mr = 7, .st = 0 };
    struct dlv_route r = full;
    Octstr *url;
    Msg *msg;

    strcpy(r.dlr_url, "?d=%d&of=%p&to=%P&id=%F&%#sigtran#mr#&i=%i");
    msg = reported(&s, &r);
    url = urltrans_get_pattern(NULL, msg);
    CHECK(octstr_str_compare(url, "?d=1&of=%2B447700900999&to=%2B447700900001&"
                                  "id=deadbeef000000000000000000000000&7&"
                                  "i=sigtran") == 0);
    octstr_destroy(url);
    msg_destroy(msg);
}

static void tells_loop_prevention(void)
{
    struct tpdu_deliver d = hello();

    CHECK(url_is(made(d, &bare, NULL), "[%#sigtran#lp#]", "[]"));
    d.lp = true;
    CHECK(url_is(made(d, &bare, NULL), "[%#sigtran#lp#]", "[1]"));
}

static bool sender_is(uint8_t ton, const char *digits, bool plan,
                      const char *want)
{
    struct tpdu_addr oa = { .ton = ton };
    char out[DLV_SENDER_MAX + 1];

    snprintf(oa.text, sizeof(oa.text), "%s", digits);
    dlv_msg_sender(&oa, plan ? &network.plan : NULL, out);
    return strcmp(out, want) == 0;
}

static void senders_of_every_type(void)
{
    CHECK(sender_is(TPDU_TON_INTERNATIONAL, "4915112345", true, "+4915112345"));
    CHECK(sender_is(TPDU_TON_NATIONAL, "7700900001", true, "+447700900001"));
    CHECK(sender_is(TPDU_TON_NATIONAL, "7700900001", false, "7700900001"));
    CHECK(sender_is(TPDU_TON_UNKNOWN, "00447700900001", true, "+447700900001"));
    CHECK(sender_is(TPDU_TON_UNKNOWN, "12345", true, "12345"));
    CHECK(sender_is(TPDU_TON_UNKNOWN, "00", true, "00"));
    CHECK(sender_is(TPDU_TON_NETWORK, "12345", true, "12345"));
    CHECK(sender_is(TPDU_TON_ALPHANUMERIC, "ACME Corp", true, "ACME Corp"));
    CHECK(sender_is(TPDU_TON_NATIONAL, "12#", true, "12#"));
    CHECK(sender_is(TPDU_TON_INTERNATIONAL, "", true, "+"));
}

static struct dedup_key key_of(const struct ss7_sms *m, bool sc)
{
    struct dedup_key k;

    dlv_msg_key(m, sc, &k);
    return k;
}

static bool alike(const struct ss7_sms *a, const struct ss7_sms *b, bool sc)
{
    struct dedup_key ka = key_of(a, sc), kb = key_of(b, sc);

    return memcmp(&ka, &kb, sizeof(ka)) == 0;
}

static void the_key_is_that_of_the_message(void)
{
    struct ss7_sms a = about_it(), b;
    struct dedup_key k;
    char id[DLV_FOREIGN_ID_OCTETS];

    a.tpdu_len = 4;
    memcpy(a.tpdu, "\x04\x0c\x91\x44", 4);
    b = a;
    b.id = 99;
    b.tpdu[0] = 0; /* more wait now */
    strcpy(b.imsi, "234150000000777");
    CHECK(alike(&a, &b, true));
    strcpy(b.sc, "447785016006");
    CHECK(alike(&a, &b, false) && !alike(&a, &b, true));
    b = a;
    b.tpdu[3] ^= 1;
    CHECK(!alike(&a, &b, false));
    b = a;
    b.tpdu_len = 3;
    CHECK(!alike(&a, &b, false));
    b = a;
    b.vmn[0] = '5';
    CHECK(!alike(&a, &b, false));
    /* The id must stay the same over restarts and versions. */
    k = key_of(&a, false);
    dlv_msg_foreign_id(&k, id);
    CHECK(strlen(id) == 32);
    CHECK(strcmp(id, "3b7811d4a4fa3e417bbd330e5a299e35") == 0);
}

/* Whatever a plug-in writes, the box on the other side takes the frame. */
static void the_longest_text_of_a_plugin_fits(void)
{
    static char text[PLUG_FIELD_MAX], meta[1024];
    struct plug_msg *edit = plug_msg_new();
    struct ss7_sms m = about_it();
    struct tpdu_deliver d = hello();
    struct dlv_msg_about about = { .route = &full,
                                   .network = &network,
                                   .key = &key,
                                   .sender = "+447700900001",
                                   .smsc_id = "sigtran",
                                   .uuid = uuid,
                                   .edit = edit };
    size_t room, n;
    uint8_t *frame;

    memset(text, 'a', sizeof(text));
    memset(meta, 'b', sizeof(meta));
    meta[1] = '=';
    d.enc.alphabet = TPDU_UCS2;
    CHECK(plug_msg_set(edit, PLUG_TEXT, text, sizeof(text)));
    CHECK(plug_msg_set(edit, PLUG_META, meta, sizeof(meta)));
    room = DLV_MSG_OCTETS + dlv_msg_edit_octets(edit);
    frame = gw_malloc(room);
    n = dlv_msg(frame, room, &m, &d, &about);
    CHECK(n > 2 * sizeof(text));
    CHECK(box_frame_length(frame, n) == (long)n);
    gw_free(frame);
    plug_msg_free(edit);
}

int main(void)
{
    gwlib_init();
    SHOWS("KB-02 KB-03", fills_every_field);
    SHOWS("KB-03", gives_the_urls_that_bearerbox_gives);
    SHOWS("TP-04 TP-06 KB-03", text_in_every_alphabet);
    SHOWS("TP-07", header_and_numbers_of_parts_are_kept);
    SHOWS("TP-03", reads_dcs_as_bearerbox_does);
    SHOWS("TP-03", reads_dcs_where_gwlib_is_wrong);
    SHOWS("KB-03", the_longest_message_fits);
    SHOWS("TP-10", pid_and_reply_path);
    SHOWS("FM-14", a_report_is_a_delivery_report);
    SHOWS("FM-14", the_url_of_a_report);
    SHOWS("TP-14", tells_loop_prevention);
    SHOWS("KB-03", senders_of_every_type);
    the_key_is_that_of_the_message();
    the_longest_text_of_a_plugin_fits();
    gwlib_shutdown();
    return CHECK_DONE();
}

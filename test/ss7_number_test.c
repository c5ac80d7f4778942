/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_number_test.c - numbers in every nature of address, through the whole
 * SS7 side: the MSISDN that is asked about, and the service centre of a
 * message, which delivery and de-duplication know as an international number
 */

#include "check.h"
#include "ss7_peer.h"

#include <pthread.h>
#include <string.h>

enum { SOON_MS = 5000 };
enum { INTERNATIONAL = 0x91, NATIONAL = 0xa1, UNKNOWN = 0x81 };

#define VMN  "447700900123"
#define IMSI "234157700900123"

static struct ss7_conf conf;
static struct peer peer;
static struct peer_answer got;
static pthread_t thread;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void begin(void)
{
    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void end(void)
{
    ss7_stop();
    while (!peer.down && peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

/* The calling party of what is sent. */
static const char *title = "447700900321";
static uint8_t title_nature = 4;

/* A Begin of version 1 with this operation, to the subsystem. */
static void send(uint8_t ssn, int32_t op, const struct wr *arg)
{
    static uint32_t otid;
    struct tcap_tid tid = tcap_tid_of(++otid);
    uint8_t tcap[300], sccp[400];
    struct wr t = wr_init(tcap, sizeof(tcap));
    struct wr s = wr_init(sccp, sizeof(sccp));
    size_t mark = tcap_open(&t, TCAP_BEGIN, &tid, NULL);
    size_t comps = tcap_comps_open(&t);
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .called = sccp_addr_e164(VMN, ssn),
        .calling = sccp_addr_e164(title, SCCP_SSN_MSC),
        .importance = -1,
    };
    struct mtp_transfer x = {
        .opc = 2, .dpc = 1, .ni = 2, .si = MTP_SI_SCCP, .data = sccp
    };

    m.calling.gt.nai = title_nature;
    tcap_invoke_write(&t, 1, op, arg->buf, arg->len);
    tcap_comps_close(&t, comps);
    tcap_close(&t, mark);
    m.data = tcap;
    m.data_len = t.len;
    sccp_msg_write(&s, &m);
    CHECK(wr_ok(arg) && wr_ok(&t) && wr_ok(&s));
    x.len = (uint16_t)s.len;
    CHECK(link_put_transfer(peer.link, &x) == 0);
    CHECK(peer_flush(&peer));
}

static bool is_found(uint8_t nature, const char *msisdn)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_sri_sm_arg arg = {
        .msisdn.nai_npi = nature,
        .sc_addr = { INTERNATIONAL, "447700900321" },
    };

    strncpy(arg.msisdn.digits, msisdn, MAP_ADDR_DIGITS);
    map_sri_sm_arg_write(&w, 1, &arg);
    send(SCCP_SSN_HLR, MAP_OP_SRI_SM, &w);
    return peer_take(&peer, &got, SOON_MS) == 1 && got.comp == TCAP_RESULT_LAST;
}

/* What delivery was told of the last message. */
static struct ss7_event event;

/* What delivery is told of a service centre. */
static const char *centre(uint8_t nature, const char *digits)
{
    static const uint8_t tpdu[] = { 0x04, 0x05, 0x81, 0x21, 0x43, 0xf5,
                                    0x00, 0x00, 0x42, 0x50, 0x71, 0x21,
                                    0x43, 0x65, 0x00, 0x00 };
    uint8_t buf[200];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_mt_sm_arg arg = {
        .da = MAP_DA_IMSI,
        .imsi = IMSI,
        .oa = MAP_OA_SERVICE_CENTRE,
        .oa_addr.nai_npi = nature,
        .tpdu_len = sizeof(tpdu),
    };

    strncpy(arg.oa_addr.digits, digits, MAP_ADDR_DIGITS);
    memcpy(arg.tpdu, tpdu, sizeof(tpdu));
    map_mt_sm_arg_write(&w, 1, &arg);
    send(SCCP_SSN_MSC, MAP_OP_FORWARD_SM, &w);
    while (ss7_take(&event, 1, SOON_MS) == 1 && event.what != SS7_SMS)
        ;
    CHECK(event.what == SS7_SMS);
    ss7_verdict(event.sms.id, VERDICT_OK, (struct map_err){ .cause = -1 });
    CHECK(peer_take(&peer, &got, SOON_MS) == 1 && got.comp == TCAP_RESULT_LAST);
    return event.sms.sc;
}

static void a_number_is_found_in_every_nature(void)
{
    begin();
    CHECK(is_found(INTERNATIONAL, VMN));
    CHECK(is_found(NATIONAL, "7700900123"));
    CHECK(is_found(UNKNOWN, VMN));
    CHECK(is_found(UNKNOWN, "00447700900123"));
    CHECK(is_found(UNKNOWN, "07700900123"));
    CHECK(!is_found(INTERNATIONAL, "7700900123"));
    CHECK(!is_found(NATIONAL, VMN));
    CHECK(!is_found(NATIONAL, "44"));
    end();
}

static void a_service_centre_is_told_as_international(void)
{
    begin();
    CHECK(strcmp(centre(INTERNATIONAL, "491700000001"), "491700000001") == 0);
    CHECK(strcmp(centre(NATIONAL, "7700900002"), "447700900002") == 0);
    CHECK(strcmp(centre(UNKNOWN, "00491700000001"), "491700000001") == 0);
    CHECK(strcmp(centre(UNKNOWN, "07700900002"), "447700900002") == 0);
    /* no number: nothing is told rather than something wrong */
    CHECK(strcmp(centre(INTERNATIONAL, "44*7"), "") == 0);
    CHECK(strcmp(centre(NATIONAL, "12345678901234567890"), "") == 0);
    end();
}

static void a_title_is_told_as_international(void)
{
    begin();
    centre(INTERNATIONAL, "491700000001");
    CHECK(strcmp(event.sms.smsc_gt, "447700900321") == 0);
    title = "7700900321";
    title_nature = 3;
    centre(INTERNATIONAL, "491700000001");
    CHECK(strcmp(event.sms.smsc_gt, "447700900321") == 0);
    title_nature = 4; /* says so itself, and is left as it is */
    centre(INTERNATIONAL, "491700000001");
    CHECK(strcmp(event.sms.smsc_gt, "7700900321") == 0);
    title = "447700900321";
    end();
}

/* hlr-ssn and msc-ssn: what comes for them is served, and nothing else. */
static void subsystems_have_the_numbers_of_the_network(void)
{
    uint8_t buf[100];
    struct wr w = wr_init(buf, sizeof(buf));
    struct map_sri_sm_arg arg = {
        .msisdn = { INTERNATIONAL, VMN },
        .sc_addr = { INTERNATIONAL, "447700900321" },
    };

    peer_conf(&conf);
    conf.network[0].hlr_ssn = 106;
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    CHECK(!is_found(INTERNATIONAL, VMN));
    map_sri_sm_arg_write(&w, 1, &arg);
    send(106, MAP_OP_SRI_SM, &w);
    CHECK(peer_take(&peer, &got, SOON_MS) == 1 && got.comp == TCAP_RESULT_LAST);
    end();
}

int main(void)
{
    SHOWS("MA-06", a_number_is_found_in_every_nature);
    SHOWS("MA-06", a_service_centre_is_told_as_international);
    a_title_is_told_as_international();
    SHOWS("SC-05", subsystems_have_the_numbers_of_the_network);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_map_srv.c - any octets at all as what SCCP hands to the MAP server
 *
 * The input is cut into messages at each ff ff. In them f0 f1 f2 f3 stands
 * for the transaction id that the server told last, so that a corpus can go
 * on with a dialogue though ids are random. The application's verdicts follow
 * from the length of the messages. At the end nothing may be left.
 */

#include "map_srv.h"
#include "slog.h"
#include "tcap_msg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MESSAGES_MAX = 8, MESSAGE_MAX = 3952 };

static struct map_srv *srv;
static struct tcap_tid told;
static uint64_t last;
static unsigned asked, settled, alerts;

static void must(bool so)
{
    if (!so)
        abort();
}

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    (void)ctx;
    must(strlen(ind->arg->msisdn.digits) <= MAP_ADDR_DIGITS);
    memcpy(rsp->imsi, "234159000000001", 16);
    memcpy(rsp->node, "447700900700", 13);
    rsp->has_inform = ind->arg->priority;
    rsp->inform.has_stored = true;
    rsp->inform.stored = ind->arg->msisdn;
}

static void on_report(void *ctx, const struct map_report_ind *ind,
                      struct map_report_rsp *rsp)
{
    (void)ctx;
    must(strlen(ind->arg->sc_addr.digits) <= MAP_ADDR_DIGITS);
    rsp->res.has_stored = ind->arg->outcome == MAP_OUTCOME_ABSENT;
    rsp->res.stored = ind->arg->msisdn;
}

static void on_alerted(void *ctx, uint64_t ref, enum verdict v)
{
    (void)ctx;
    (void)v;
    must(ref == 5 && alerts > 0);
    alerts--;
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    (void)ctx;
    must(ind->arg->tpdu_len <= MAP_TPDU_MAX);
    must(strlen(ind->imsi) <= MAP_IMSI_DIGITS);
    asked++;
    last = ind->id;
    return (struct map_err){ .cause = -1 };
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    (void)ctx;
    (void)id;
    (void)why;
    settled++;
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    struct rd_err err;
    struct rd r = rd_init(req->data, req->data_len, &err);
    struct tcap_msg m;
    struct tcap_comp c;
    int got;

    (void)ctx;
    (void)network;
    (void)cause;
    must(tcap_msg_read(&r, &m) == -1);
    must((m.dtid.len == 0) == (m.type == TCAP_BEGIN));
    while ((got = tcap_comp_next(&m.components, &c)) != 0)
        must(got == 1);
    if (m.otid.len > 0)
        told = m.otid;
    return 0;
}

static void begin_one(void)
{
    static const struct map_alert_arg arg = {
        .msisdn = { .nai_npi = 0x91, .digits = "447700900123" },
        .sc_addr = { .nai_npi = 0x91, .digits = "447700900321" },
    };

    alerts += map_srv_alert(srv, 0, &arg, 5);
}

static void give(const uint8_t *p, size_t n)
{
    static const uint8_t any[] = { 0xf0, 0xf1, 0xf2, 0xf3 };
    uint8_t buf[MESSAGE_MAX];
    struct sccp_ind ind = {
        .called = sccp_addr_e164("447700900700", SCCP_SSN_MSC),
        .calling = sccp_addr_e164("447700900321", SCCP_SSN_MSC),
        .data = buf,
        .data_len = n < sizeof(buf) ? n : sizeof(buf),
    };

    memcpy(buf, p, ind.data_len);
    for (size_t i = 0; i + 4 <= ind.data_len; i++)
        if (memcmp(buf + i, any, 4) == 0)
            memcpy(buf + i, told.octet, 4);
    map_srv_unitdata(srv, 0, &ind);
    if (n % 4 == 3 || last == 0)
        return;
    settled += map_srv_verdict(srv, last, (enum verdict)(n % 4),
                               (struct map_err){ .cause = -1 });
    last = 0;
}

static const struct map_srv_ops ops = {
    .sri = on_sri,
    .report = on_report,
    .alerted = on_alerted,
    .sms = on_sms,
    .gone = on_gone,
    .send = on_send,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct map_srv_conf conf = {
        .max_dialogues = 4,
        .max_held = 2,
        .hold_ms = 25000,
        .more_ms = 10000,
        .hlr = true,
        .msc = true,
        .net = { [0] = { .hlr_gt = "447700900600" } },
    };
    struct timer_wheel wheel;
    size_t from = 0;

    slog_set(NULL, SLOG_ERROR);
    timer_wheel_init(&wheel, 1);
    srv = map_srv_new(&conf, &wheel, &ops, NULL);
    must(srv != NULL);
    asked = settled = alerts = 0;
    last = 0;
    for (unsigned i = 0; i < MESSAGES_MAX && from <= size; i++) {
        size_t to = from;

        while (to + 1 < size && (data[to] != 0xff || data[to + 1] != 0xff))
            to++;
        if (to + 1 >= size)
            to = size;
        if (to > from && data[from] == 0xa1)
            begin_one();
        else
            give(data + from, to - from);
        from = to + 2;
    }
    timer_run(&wheel, 60000);
    must(alerts == 0 && asked == settled && map_srv_held(srv) == 0 &&
         wheel.running == 0);
    map_srv_free(srv);
    return 0;
}

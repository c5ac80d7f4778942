/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_world.h - the MAP server between a recorder below and one above
 *
 * Included by the one file of a test program. What goes in is written as in
 * tcap_text.h; what comes out is noted in `trace'.
 */

#ifndef MAP_WORLD_H
#define MAP_WORLD_H

#include "check.h"
#include "map_srv.h"
#include "slog.h"
#include "tcap_msg.h"
#include "tcap_text.h"

#include <stdarg.h>
#include <stdlib.h>

/* clang-format off */
#define OTID "48(11223344)"
#define AARQ(acv) "6b(28(06(00118605010101)a0(60(80(0780)a1(06(0400000100" \
                  acv "))))))"
#define USER_INFO(open) "6b(28(06(00118605010101)a0(60(a1(06(04000001001403))" \
                        "be(28(06(04000001010101)a0(" open ")))))))"
#define SRI_ARG  "30(80(91447700091032)81(ff)82(91447700093012))"
#define SRI_NONE "30(80(91447700099999)81(ff)82(91447700093012))"
#define INVOKE(id, op, arg) "a1(02(" id ")02(" op ")" arg ")"
#define TPDU "04(040b916407000000f100004250712143650005c8329bfd06)"
#define STATUS(number, more) "30(04(" number ")04(91447700093012)" more ")"
#define ALERT_ARG "30(04(91447700091032)04(91447700093012))"
#define READY_ARG "30(80(32140599999999f9)0a(00))"
#define DA "80(32140599999999f9)"
#define OA "84(91447700093012)"
#define FSM(more) "30(" DA OA TPDU more ")"
#define FSM_NEXT(more) "30(85()85()" TPDU more ")"
#define MORE "05()"
#define BEGIN(rest) "62(" OTID rest ")"
/* clang-format on */

static struct timer_wheel wheel;
static struct map_srv *srv;
static struct map_srv_conf conf;
static char trace[2000];

static struct sccp_addr smsc, called;
static uint32_t opc;

static bool sri_informs;         /* sri() has an informServiceCentre */
static bool sri_holds;           /* sri() wants a verdict first */
static int held_says;            /* what held() says; 2: OK at once, and true */
static struct map_err sms_error; /* what sms() says */
static uint64_t ids[64];         /* that sms() was given, and how many */
static unsigned n_ids;
static char sms_seen[100]; /* the last message: network version imsi sc */

/* what was sent last */
static struct sccp_req sent;
static unsigned n_sent;
static uint8_t sent_octets[1024];
static size_t sent_len;
static struct tcap_tid our_tid; /* OTID of the last Continue */
static int send_result;

static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
    size_t len = strlen(trace);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(trace + len, sizeof(trace) - len, fmt, ap);
    va_end(ap);
}

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    CHECK(ctx == &conf);
    CHECK(strcmp(ind->from->gt.digits, smsc.gt.digits) == 0);
    rsp->hold = sri_holds;
    rsp->has_inform = sri_informs;
    rsp->inform = (struct map_inform_arg){ .mw_bits = MAP_MW_BITS,
                                           .mw = MAP_MW_NOT_REACHABLE,
                                           .diagnostic = -1 };
    if (strcmp(ind->arg->msisdn.digits, "447700900123") != 0) {
        rsp->err.code = MAP_ERR_UNKNOWN_SUBSCRIBER;
        return;
    }
    snprintf(rsp->imsi, sizeof(rsp->imsi), "234159000000001");
    snprintf(rsp->node, sizeof(rsp->node), "447700900700");
}

static bool on_held(void *ctx, uint64_t id)
{
    const struct map_err none = { .cause = -1 };

    CHECK(ctx == &conf);
    note(id != 0 ? "held " : "full ");
    if (id != 0 && n_ids < 64)
        ids[n_ids++] = id;
    if (held_says == 2)
        CHECK(map_srv_verdict(srv, id, VERDICT_OK, none));
    return held_says > 0;
}

static void on_report(void *ctx, const struct map_report_ind *ind,
                      struct map_report_rsp *rsp)
{
    CHECK(ctx == &conf);
    CHECK(strcmp(ind->from->gt.digits, smsc.gt.digits) == 0);
    note("report ");
    if (strcmp(ind->arg->msisdn.digits, "447700900123") != 0)
        rsp->err.code = MAP_ERR_UNKNOWN_SUBSCRIBER;
    /* what was told about is no news: the number is stored under itself */
    rsp->res.has_stored = ind->arg->outcome == MAP_OUTCOME_SUCCESS;
    rsp->res.stored = ind->arg->msisdn;
}

static void on_alerted(void *ctx, uint64_t ref, enum verdict v)
{
    static const char *const words[] = { "ok", "tempfail", "permfail" };

    CHECK(ctx == &conf);
    note("%s%u ", words[v], (unsigned)ref);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    CHECK(ctx == &conf);
    snprintf(sms_seen, sizeof(sms_seen), "%u v%u %s %s%s", ind->network,
             ind->version, ind->imsi, ind->sc_addr->digits,
             ind->repeated ? " repeated" : "");
    note("ask ");
    if (n_ids < 64)
        ids[n_ids++] = ind->id;
    return sms_error;
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    CHECK(ctx == &conf);
    CHECK(n_ids > 0 && id == ids[n_ids - 1]);
    note(why == MAP_GONE_DEADLINE ? "late " : "gone ");
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    char text[200];
    struct rd_err err;
    struct rd r = rd_init(req->data, req->data_len, &err);
    struct tcap_msg m;

    (void)network;
    CHECK(ctx == &conf);
    tcap_msg_read(&r, &m);
    CHECK(req->return_opt && req->has_back_pc == (m.type != TCAP_BEGIN));
    CHECK(!req->has_back_pc || req->back_pc == opc);
    CHECK(sccp_addr_equal(&req->called, &smsc));
    sent = *req;
    n_sent++;
    sent_len = req->data_len < sizeof(sent_octets) ? req->data_len : 0;
    memcpy(sent_octets, req->data, sent_len);
    if (m.otid.len > 0)
        our_tid = m.otid;
    note("[%s] ", tcap_text(req->data, req->data_len, text, sizeof(text)));
    *cause = SCCP_CAUSE_MTP_FAILURE;
    return send_result;
}

static const struct map_srv_ops ops = {
    .sri = on_sri,
    .held = on_held,
    .report = on_report,
    .alerted = on_alerted,
    .sms = on_sms,
    .gone = on_gone,
    .send = on_send,
};

static void fresh_conf(void)
{
    map_srv_free(srv);
    CHECK(wheel.running == 0);
    timer_wheel_init(&wheel, 1000);
    srv = map_srv_new(&conf, &wheel, &ops, &conf);
    smsc = sccp_addr_e164("447700900321", 8);
    called = sccp_addr_e164("447700900700", 8);
    opc = 77;
    sms_error = (struct map_err){ .cause = -1 };
    n_ids = n_sent = 0;
    sri_informs = sri_holds = false;
    held_says = 1;
    send_result = 0;
    trace[0] = '\0';
}

static void fresh(void)
{
    conf = (struct map_srv_conf){
        .max_dialogues = 8,
        .max_held = 4,
        .hold_ms = 25000,
        .more_ms = 10000,
        .hlr = true,
        .msc = true,
    };
    fresh_conf();
}

static void take_octets(const uint8_t *p, size_t n)
{
    uint8_t *exact = malloc(n > 0 ? n : 1); /* so that ASan sees its end */
    struct sccp_ind ind = {
        .called = called,
        .calling = smsc,
        .pclass = 0,
        .data = exact,
        .data_len = n,
        .opc = opc,
        .sls = 3,
        .assoc = 1,
    };

    memcpy(exact, p, n);
    map_srv_unitdata(srv, 2, &ind);
    free(exact);
}

static void take(const char *text)
{
    uint8_t buf[4096];

    take_octets(buf, tcap_octets(text, buf, sizeof(buf)));
}

/* The message sent last has these octets somewhere. */
static inline bool was_sent(const char *text)
{
    uint8_t buf[256];
    size_t n = tcap_octets(text, buf, sizeof(buf));

    for (size_t i = 0; i + n <= sent_len; i++)
        if (memcmp(sent_octets + i, buf, n) == 0)
            return true;
    return false;
}

static void expect(const char *expected, int line)
{
    if (strcmp(trace, expected) == 0)
        return;
    printf("%s:%d: <%s>\n    instead of <%s>\n", __FILE__, line, trace,
           expected);
    check_failures++;
}
#define EXPECT(s) expect((s), __LINE__)

#endif

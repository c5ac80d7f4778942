/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_ss7.c - what MTP brings, through SCCP, TCAP and MAP, and verdicts in
 * any order
 *
 * The input is a series of steps, each of an octet and what belongs to it:
 *
 *     00..7f  a message: its length in two octets, then itself. In it
 *             f0 f1 f2 f3 stands for the transaction id that we told last
 *     80..8f  time goes on: by so many 64 ms, in two octets
 *     90..cf  a verdict: an octet that chooses the message asked about; the
 *             low bits of the step are the verdict, or 3: a stale id
 *     d0..df  the point code in the next two octets is paused, or resumed
 *     e0..ff  nothing
 *
 * A message asked about leaves once: by a verdict that is taken, and then
 * exactly one message goes out which says just that, or by its deadline, and
 * then too; or by the peer's going, and nothing goes out for it.
 */

#include "hlr/hlr_table.h"
#include "map_srv.h"
#include "slog.h"
#include "ss7_peer.h"
#include "tcap_msg.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OWN = 1, STP = 2, STEPS_MAX = 64, HELD_MAX = 8, HOLD_MS = 25000 };
enum { MORE_MS = 10000, STEP_MS = 64 };

static struct timer_wheel wheel;
static struct sccp *sccp;
static struct map_srv *map;
static struct hlr_table *table;
static struct tcap_tid told;
static uint64_t held[HELD_MAX]; /* asked about and not settled */
static unsigned n_held, n_late, n_out, n_answers;
static uint8_t last_comp; /* of the last message out, 0: none */

static void must(bool so)
{
    if (!so)
        abort();
}

/* ---- the register and the application ---- */

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    struct hlr_entry e;

    (void)ctx;
    if (!hlr_find_msisdn(table, ind->arg->msisdn.digits, &e)) {
        rsp->err.code = MAP_ERR_UNKNOWN_SUBSCRIBER;
        return;
    }
    memcpy(rsp->imsi, e.imsi, sizeof(e.imsi));
    memcpy(rsp->node, "447700970777", 13);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    struct map_err err = { .cause = -1 };
    struct hlr_entry e;

    (void)ctx;
    if (!hlr_find_imsi(table, ind->imsi, &e)) {
        err.code = MAP_ERR_UNIDENTIFIED_SUBSCRIBER;
        return err;
    }
    must(n_held < HELD_MAX);
    for (unsigned i = 0; i < n_held; i++)
        must(held[i] != ind->id);
    held[n_held++] = ind->id;
    return err;
}

static void settle(uint64_t id)
{
    unsigned i = 0;

    while (i < n_held && held[i] != id)
        i++;
    must(i < n_held); /* else it left twice, or was never asked about */
    held[i] = held[--n_held];
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    (void)ctx;
    settle(id);
    n_late += why == MAP_GONE_DEADLINE;
}

/* ---- out ---- */

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    struct rd_err err;
    struct rd r = rd_init(req->data, req->data_len, &err);
    struct tcap_msg m;
    struct tcap_comp c;
    int got;

    (void)ctx;
    must(network == 0);
    must(tcap_msg_read(&r, &m) == -1 && m.dtid.len > 0);
    n_out++;
    last_comp = 0;
    while ((got = tcap_comp_next(&m.components, &c)) != 0) {
        must(got == 1);
        last_comp = c.type;
        n_answers += c.type == TCAP_RESULT_LAST || c.type == TCAP_ERROR;
    }
    if (m.otid.len > 0)
        told = m.otid;
    return sccp_unitdata_req(sccp, req, cause);
}

static int on_mtp(void *self, const struct mtp_transfer *t)
{
    struct rd_err err;
    struct rd r = rd_init(t->data, t->len, &err);
    struct sccp_msg m;

    (void)self;
    must(t->len <= MTP_DATA_MAX && sccp_msg_read(&r, &m));
    must(t->opc == OWN && t->dpc != OWN);
    return 0;
}

/* ---- SCCP and MAP, one above the other ---- */

static void on_unitdata(void *ctx, const struct sccp_ind *ind)
{
    (void)ctx;
    map_srv_unitdata(map, 0, ind);
}

static void on_notice(void *ctx, uint8_t cause, const struct sccp_addr *called,
                      const struct sccp_addr *calling, const uint8_t *data,
                      size_t data_len)
{
    (void)ctx, (void)calling;
    map_srv_notice(map, 0, cause, called, data, data_len);
}

static const struct map_srv_ops ops = {
    .sri = on_sri, .sms = on_sms, .gone = on_gone, .send = on_send
};

static void begin(struct gtt **g)
{
    static const struct sccp_user user = { on_unitdata, on_notice };
    static const struct mtp_provider down = { .send = on_mtp };
    const struct map_srv_conf mc = {
        .max_dialogues = 2 * HELD_MAX,
        .max_held = HELD_MAX,
        .hold_ms = HOLD_MS,
        .more_ms = MORE_MS,
        .hlr = true,
        .msc = true,
        .net[0] = { .hlr_gt = "447700970000", .msc_gt = "447700970777" },
    };
    struct gtt_rule r = { "4477009", GTT_ANY, GTT_ANY, GTT_ANY,
                          GTT_LOCAL, .pc = 0, .ssn = 0 };
    struct sccp_conf sc = {
        .pc = { OWN },
        .n_pc = 1,
        .default_pc = { STP },
        .n_default_pc = 1,
        .ssn = { SCCP_SSN_HLR, SCCP_SSN_MSC },
        .n_ssn = 2,
        .reasm_ms = 15000,
    };

    sc.gtt = *g = gtt_new();
    must(gtt_add(*g, &r) == 0);
    timer_wheel_init(&wheel, 1);
    sccp = sccp_new(&sc, &wheel, &down, &user, NULL);
    map = map_srv_new(&mc, &wheel, &ops, NULL);
    must(map != NULL);
    n_held = 0;
    told = (struct tcap_tid){ 0 };
}

/* ---- steps ---- */

static void message(struct rd *r)
{
    static const uint8_t any[] = { 0xf0, 0xf1, 0xf2, 0xf3 };
    size_t n = rd_u16be(r, "length");
    struct mtp_transfer t = { .opc = STP, .dpc = OWN, .si = MTP_SI_SCCP };
    const uint8_t *from;
    uint8_t *copy;
    unsigned out = n_out;

    n = n < rd_left(r) ? n : rd_left(r);
    n = n < MTP_RX_MAX ? n : MTP_RX_MAX;
    from = rd_take(r, n, "message");
    copy = malloc(n + 1);
    must(from != NULL && copy != NULL);
    memcpy(copy, from, n);
    for (size_t i = 0; i + 4 <= n; i++)
        if (memcmp(copy + i, any, 4) == 0)
            memcpy(copy + i, told.octet, 4);
    copy = realloc(copy, n + (n == 0)); /* so that its end is seen */
    t.data = copy;
    t.len = (uint16_t)n;
    sccp_mtp_transfer(sccp, &t);
    must(n_out - out <= 2); /* Rejects, and an answer */
    free(copy);
}

static void wait_a_while(struct rd *r)
{
    uint64_t ms = (uint64_t)rd_u16be(r, "time") * STEP_MS;
    unsigned answers = n_answers;

    n_late = 0;
    timer_run(&wheel, wheel.now_ms + ms);
    must(n_answers - answers == n_late);
}

static void verdict(struct rd *r, unsigned what)
{
    static const enum verdict v[] = { VERDICT_OK, VERDICT_TEMPFAIL,
                                      VERDICT_PERMFAIL };
    const struct map_err none = { .cause = -1 };
    unsigned which = rd_u8(r, "which"), out = n_out;
    uint64_t id;

    if (what == 3 || n_held == 0) {
        id = n_held > 0 ? held[which % n_held] + (UINT64_C(1) << 32) : which;
        must(!map_srv_verdict(map, id, VERDICT_OK, none) && n_out == out);
        return;
    }
    id = held[which % n_held];
    must(map_srv_verdict(map, id, v[what], none));
    must(n_out == out + 1);
    must(last_comp == (what == 0 ? TCAP_RESULT_LAST : TCAP_ERROR));
    settle(id);
    must(!map_srv_verdict(map, id, VERDICT_OK, none) && n_out == out + 1);
}

static void step(struct rd *r)
{
    uint8_t op = rd_u8(r, "step");
    uint32_t pc;

    if (op < 0x80) {
        message(r);
    } else if (op < 0x90) {
        wait_a_while(r);
    } else if (op < 0xd0) {
        verdict(r, op & 3);
    } else if (op < 0xe0) {
        pc = rd_u16be(r, "point code");
        if (op & 1)
            sccp_mtp_pause(sccp, pc, op >> 1 & 7);
        else
            sccp_mtp_resume(sccp, pc, op >> 1 & 7);
    }
    must(map_srv_held(map) == n_held);
}

static void no_line(enum slog_level level, const char *place, const char *line)
{
    (void)level, (void)place, (void)line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd_err err;
    struct rd r = rd_init(data, size, &err);
    struct gtt *g;
    unsigned answers;

    slog_set(no_line, SLOG_ERROR);
    if (table == NULL)
        table = peer_table();
    begin(&g);
    for (unsigned i = 0; i < STEPS_MAX && rd_left(&r) > 0; i++)
        step(&r);
    answers = n_answers;
    n_late = 0;
    if (size % 2 == 0) {
        timer_run(&wheel, wheel.now_ms + 2 * HOLD_MS);
    } else {
        map_srv_stop(map);
    }
    must(n_held == 0 && n_answers - answers == n_late);
    must(map_srv_held(map) == 0);
    map_srv_free(map);
    sccp_free(sccp);
    must(wheel.running == 0);
    gtt_free(g);
    return 0;
}

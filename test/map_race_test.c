/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_race_test.c - every message is answered exactly once, whatever races
 *
 * Many short lives of a MAP server: some SMSCs begin, go on, abort and fall
 * silent, verdicts come early, late, twice or for messages long settled,
 * the clock jumps, the node drains and stops, all in an order drawn by lot.
 * The recorder below holds every answer against what was asked; the one
 * above, every verdict and every "gone" against what it was given.
 */

#include "check.h"
#include "map_srv.h"
#include "slog.h"
#include "tcap_msg.h"

#include <stdlib.h>

enum { LIVES = 20000, STEPS = 24, SMSCS = 6, IDS = STEPS + 1 };
enum { HOLD_MS = 25000, MORE_MS = 10000 };

/* One dialogue from the SMSC's side. */
struct smsc {
    bool live;
    struct tcap_tid otid, tid; /* its own; ours, once it was told */
    uint8_t version;
    int8_t next, waiting; /* invoke ids; 0: waits for nothing */
    bool more;
    bool confirmed;    /* the application said OK to what it waits for */
    unsigned question; /* index of what it waits for; IDS: none was asked */
};

/* One message as the application sees it. */
struct question {
    uint64_t id;
    bool settled; /* by a verdict, or it is gone */
};

static struct timer_wheel wheel;
static struct map_srv *srv;
static struct smsc smscs[SMSCS], *current;
static struct question question[IDS];
static unsigned questions;
static bool at_once; /* the application answers while it is being asked */
static uint32_t dialogues;
static uint64_t seed = 1;
static unsigned results, errors, gones, aborts; /* that all this happens */

static unsigned lot(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static void say_verdict(unsigned q, enum verdict v)
{
    bool wanted = !question[q].settled;

    if (wanted)
        for (unsigned i = 0; i < SMSCS; i++)
            if (smscs[i].waiting != 0 && smscs[i].question == q)
                smscs[i].confirmed = v == VERDICT_OK;
    question[q].settled = true;
    CHECK(map_srv_verdict(srv, question[q].id, v, (struct map_err){ 0, -1 }) ==
          wanted);
}

static struct map_err on_sms(void *ctx, const struct map_sms_ind *ind)
{
    struct map_err e = { .cause = -1 };

    (void)ctx;
    CHECK(current != NULL && current->waiting != 0 && questions < IDS);
    current->question = questions;
    question[questions++] = (struct question){ .id = ind->id };
    if (at_once)
        say_verdict(questions - 1, lot(2) ? VERDICT_OK : VERDICT_TEMPFAIL);
    else if (lot(8) == 0)
        e.code = MAP_ERR_UNIDENTIFIED_SUBSCRIBER;
    if (e.code != MAP_ERR_NONE)
        question[questions - 1].settled = true;
    return e;
}

static void on_gone(void *ctx, uint64_t id, enum map_gone why)
{
    unsigned q = 0;

    (void)ctx;
    (void)why;
    gones++;
    while (q < questions && question[q].id != id)
        q++;
    CHECK(q < questions && !question[q].settled);
    question[q].settled = true;
}

static void on_sri(void *ctx, const struct map_sri_ind *ind,
                   struct map_sri_rsp *rsp)
{
    (void)ctx;
    (void)ind;
    (void)rsp;
    CHECK(false);
}

static struct smsc *smsc_of(const struct tcap_tid *tid)
{
    for (unsigned i = 0; i < SMSCS; i++)
        if (smscs[i].otid.len == tid->len &&
            memcmp(smscs[i].otid.octet, tid->octet, tid->len) == 0)
            return &smscs[i];
    return NULL;
}

static void take_answer(struct smsc *s, const struct tcap_comp *c)
{
    if (c->type == TCAP_REJECT) { /* to a second message at a time */
        CHECK(c->has_id && c->id != s->waiting);
        return;
    }
    CHECK(s->waiting != 0 && c->id == s->waiting);
    CHECK((c->type == TCAP_RESULT_LAST) == s->confirmed);
    results += c->type == TCAP_RESULT_LAST;
    errors += c->type == TCAP_ERROR;
    s->waiting = 0;
    s->confirmed = false;
}

static int on_send(void *ctx, uint8_t network, const struct sccp_req *req,
                   uint8_t *cause)
{
    struct rd_err err;
    struct rd r = rd_init(req->data, req->data_len, &err);
    struct tcap_msg m;
    struct tcap_comp c;
    struct smsc *s;

    (void)ctx;
    (void)network;
    (void)cause;
    CHECK(tcap_msg_read(&r, &m) == -1);
    s = smsc_of(&m.dtid);
    CHECK(s != NULL);
    if (s == NULL || m.has_p_abort) { /* none of its messages was taken */
        CHECK(s == NULL || !s->live || s->waiting == 0 || s->tid.len == 0);
        if (s != NULL) {
            s->live = false;
            s->waiting = 0;
        }
        return 0;
    }
    CHECK(s->live);
    while (tcap_comp_next(&m.components, &c) == 1)
        take_answer(s, &c);
    if (m.type == TCAP_CONTINUE) {
        s->tid = m.otid;
        return 0;
    }
    aborts += m.type == TCAP_ABORT;
    CHECK(s->waiting == 0);
    s->live = false;
    return 0;
}

static const struct map_srv_ops ops = {
    .sri = on_sri,
    .sms = on_sms,
    .gone = on_gone,
    .send = on_send,
};

/* ---- what an SMSC says ---- */

static void give(struct smsc *s, struct wr *w)
{
    struct sccp_ind ind = {
        .called = sccp_addr_e164("447700900700", SCCP_SSN_MSC),
        .calling = sccp_addr_e164("447700900321", SCCP_SSN_MSC),
        .data = w->buf,
        .data_len = w->len,
    };

    CHECK(wr_ok(w));
    current = s;
    map_srv_unitdata(srv, 0, &ind);
    current = NULL;
}

static void write_message(struct smsc *s, struct wr *w)
{
    struct map_mt_sm_arg arg = {
        .da = MAP_DA_IMSI,
        .imsi = "234159000000001",
        .oa = MAP_OA_SERVICE_CENTRE,
        .oa_addr = { .nai_npi = 0x91, .digits = "447700900321" },
        .more = s->version > 1 && lot(2),
        .tpdu_len = 12,
        .tpdu = { 0x04 },
    };
    uint8_t param[300];
    struct wr p = wr_init(param, sizeof(param));
    size_t comps = tcap_comps_open(w);

    map_mt_sm_arg_write(&p, s->version, &arg);
    tcap_invoke_write(w, s->next, s->version == 3 ? 44 : 46, param, p.len);
    tcap_comps_close(w, comps);
    if (s->waiting == 0) { /* else it is one too many, and is rejected */
        s->waiting = s->next;
        s->question = IDS;
        s->confirmed = false;
    }
    s->next = (int8_t)(s->next % 100 + 1);
}

static void begin(struct smsc *s)
{
    uint8_t buf[600];
    struct wr w = wr_init(buf, sizeof(buf));
    uint32_t n = ++dialogues;
    struct tcap_dialogue aarq = { .pdu = TCAP_DLG_AARQ };
    size_t mark;

    *s = (struct smsc){
        .live = true,
        .otid = { 4, { 1, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n } },
        .version = (uint8_t)(1 + lot(3)),
        .next = 1,
        .question = IDS,
    };
    mark = tcap_open(&w, TCAP_BEGIN, &s->otid, NULL);
    aarq.acn = tcap_acn_map(25, s->version);
    if (s->version > 1)
        tcap_dialogue_write(&w, &aarq);
    if (s->version == 1 || lot(4) > 0)
        write_message(s, &w);
    tcap_close(&w, mark);
    give(s, &w);
}

static void go_on(struct smsc *s)
{
    uint8_t buf[600];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_CONTINUE, &s->otid, &s->tid);

    write_message(s, &w);
    tcap_close(&w, mark);
    give(s, &w);
}

/* The peer's end of it: whoever waited waits no more. */
static void leave(struct smsc *s, uint8_t type)
{
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, type, NULL, &s->tid);

    tcap_close(&w, mark);
    s->live = false;
    s->waiting = 0;
    give(s, &w);
}

static void come_back(struct smsc *s)
{
    struct sccp_addr to = sccp_addr_e164("447700900321", SCCP_SSN_MSC);
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_CONTINUE, &s->tid, &s->otid);

    tcap_close(&w, mark);
    s->live = false;
    s->waiting = 0;
    map_srv_notice(srv, 0, SCCP_CAUSE_NO_TRANSLATION, &to, w.buf, w.len);
}

static void act(struct smsc *s)
{
    if (!s->live)
        begin(s);
    else if (s->tid.len == 0)
        return; /* it cannot say anything before our first answer */
    else if (lot(6) == 0)
        leave(s, lot(2) ? TCAP_ABORT : TCAP_END);
    else if (lot(8) == 0)
        come_back(s);
    else
        go_on(s);
}

static void step(void)
{
    static const unsigned jumps_ms[] = { 3, 900, 9000, 11000, 26000 };

    at_once = lot(8) == 0;
    switch (lot(8)) {
    case 0:
    case 1:
        if (questions > 0)
            say_verdict(lot(questions), (enum verdict)lot(3));
        break;
    case 2:
        if (questions > 0)
            say_verdict(questions - 1, VERDICT_OK);
        break;
    case 3:
        timer_run(&wheel, wheel.now_ms + jumps_ms[lot(5)]);
        break;
    case 4:
        if (lot(10) == 0)
            map_srv_drain(srv);
        break;
    default:
        act(&smscs[lot(SMSCS)]);
    }
}

static void live_once(void)
{
    struct map_srv_conf conf = {
        .max_dialogues = 2 + lot(SMSCS),
        .max_held = 1 + lot(SMSCS),
        .hold_ms = HOLD_MS,
        .more_ms = MORE_MS,
        .msc = true,
    };

    timer_wheel_init(&wheel, 1 + lot(100000));
    srv = map_srv_new(&conf, &wheel, &ops, NULL);
    memset(smscs, 0, sizeof(smscs));
    questions = 0;
    for (int i = 0; i < STEPS; i++)
        step();
    if (lot(3) == 0)
        map_srv_stop(srv);
    else
        timer_run(&wheel, wheel.now_ms + HOLD_MS + MORE_MS + 100);
    for (int i = 0; i < SMSCS; i++)
        CHECK(!smscs[i].live && smscs[i].waiting == 0);
    for (unsigned i = 0; i < questions; i++)
        CHECK(question[i].settled);
    CHECK(map_srv_held(srv) == 0 && wheel.running == 0);
    map_srv_free(srv);
}

static void each_message_is_answered_once(void)
{
    for (int i = 0; i < LIVES && check_failures == 0; i++)
        live_once();
    CHECK(results > LIVES / 2 && errors > LIVES / 2);
    CHECK(gones > LIVES / 2 && aborts > LIVES / 2);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 0);
    slog_set(NULL, SLOG_ERROR);
    SHOWS("FM-02 FM-11", each_message_is_answered_once);
    return CHECK_DONE();
}

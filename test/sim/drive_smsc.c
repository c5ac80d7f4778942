/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_smsc.c - dialogues as an SMSC opens them: SRI-SM and MT messages
 *
 *   FREE --smsc_sri, smsc_fsm--> ASKED --answer in End, time-out--> FREE
 *     |                           ^  | answer in Continue
 *     | handshake                 |  v
 *     +--> GREETED --Continue-----+ OPEN --smsc_fsm_next--> ASKED
 *                                    |
 *                                    +-- peer's End or Abort --> GONE
 *
 * LATE holds an answer that is known already but may not be given yet.
 */

#include "drive_smsc.h"

#include "drive_alert.h"

#include <stdlib.h>
#include <string.h>

#include "tcap_msg.h"

enum { PARAM_MAX = 1024, MESSAGE_MAX = 1400, PAD_MAX = 600 };
enum { AC_SHORT_MSG_GATEWAY = 20, AC_SHORT_MSG_MT_RELAY = 25 };

enum dlg_state { FREE, GREETED, ASKED, OPEN, GONE, LATE };

struct smsc_dlg {
    struct timer timer;
    struct smsc *m;
    enum dlg_state state;
    uint32_t otid; /* generation << 16 | slot */
    struct tcap_tid peer;
    struct sccp_addr called; /* the peer's own address once it has answered */
    uint8_t ac, sls;
    int8_t invoke;
    int32_t op;
    bool begun, accepted;          /* Begin sent; AARE seen, or none due */
    struct map_mt_sm_arg greeting; /* the message behind a handshake */
    struct smsc_answer late;
    void *user;
    uint64_t asked_us;
    struct smsc_dlg *next_free;
};

struct smsc {
    const struct smsc_conf *conf;
    smsc_answered *answered;
    smsc_alerted *alerted;
    void *ctx;
    struct stack *stack;
    struct smsc_dlg *free;
    uint8_t turn; /* of the SLS */
    struct smsc_dlg dlg[];
};

static void free_dlg(struct smsc_dlg *d)
{
    timer_clear(stack_wheel(d->m->stack), &d->timer);
    d->state = FREE;
    d->next_free = d->m->free;
    d->m->free = d;
}

/* Tell the answer; the dialogue lives on only if the answer says so. */
static void give(struct smsc_dlg *d, struct smsc_answer *a)
{
    struct smsc *m = d->m;
    void *user = d->user;

    a->us = (uint32_t)(stack_now_us() - d->asked_us);
    timer_clear(stack_wheel(m->stack), &d->timer);
    d->state = OPEN;
    if (!a->open)
        free_dlg(d);
    m->answered(m->ctx, user, a);
}

static void give_later(struct smsc_dlg *d, enum smsc_what what, int cause)
{
    d->late = (struct smsc_answer){ .what = what, .cause = cause, .why = "" };
    d->state = LATE;
    timer_set(stack_wheel(d->m->stack), &d->timer, 0);
}

static void dlg_timer(struct timer *t)
{
    struct smsc_dlg *d = timer_of(t, struct smsc_dlg, timer);
    struct smsc_answer a = { .what = SMSC_TIMEOUT, .cause = -1, .why = "" };

    if (d->state == LATE)
        a = d->late;
    give(d, &a);
}

static struct tcap_tid tid_of(uint32_t id)
{
    return (struct tcap_tid){
        .len = 4,
        .octet = { (uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                   (uint8_t)id },
    };
}

static struct smsc_dlg *find_dlg(struct smsc *m, const struct tcap_tid *t)
{
    uint32_t id, slot;

    if (t->len != 4)
        return NULL;
    id = (uint32_t)t->octet[0] << 24 | (uint32_t)t->octet[1] << 16 |
         (uint32_t)t->octet[2] << 8 | t->octet[3];
    slot = id & 0xffff;
    if (slot >= m->conf->max || m->dlg[slot].otid != id ||
        m->dlg[slot].state == FREE)
        return NULL;
    return &m->dlg[slot];
}

static int send_octets(struct smsc_dlg *d, const struct wr *w)
{
    const struct smsc_conf *conf = d->m->conf;
    const struct sccp_req req = {
        .called = d->called,
        .calling =
            d->ac == AC_SHORT_MSG_GATEWAY ? conf->sri_calling : conf->calling,
        .pclass = conf->pclass,
        .return_opt = conf->return_opt,
        .data = w->buf,
        .data_len = w->len,
        .sls = d->sls,
    };
    uint8_t cause = 0;

    if (!wr_ok(w))
        return -1;
    return sccp_unitdata_req(stack_sccp(d->m->stack), &req, &cause);
}

static void put_aarq(struct wr *w, const struct smsc_dlg *d)
{
    const struct tcap_dialogue aarq = {
        .pdu = TCAP_DLG_AARQ,
        .has_version = true,
        .version1 = true,
        .acn = tcap_acn_map(d->ac, d->m->conf->version),
    };

    tcap_dialogue_write(w, &aarq);
}

/* Send a Begin or a Continue, with the invoke if there is one. */
static void send_invoke(struct smsc_dlg *d, const struct wr *param)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    struct tcap_tid otid = tid_of(d->otid);
    uint8_t type = d->begun ? TCAP_CONTINUE : TCAP_BEGIN;
    size_t mark = tcap_open(&w, type, &otid, d->begun ? &d->peer : NULL);
    size_t comps;

    if (!d->begun && d->m->conf->version > 1)
        put_aarq(&w, d);
    if (param != NULL) {
        comps = tcap_comps_open(&w);
        tcap_invoke_write(&w, d->invoke, d->op, param->buf, param->len);
        tcap_comps_close(&w, comps);
    }
    tcap_close(&w, mark);
    d->begun = true;
    if ((param == NULL || wr_ok(param)) && send_octets(d, &w) == 0)
        return;
    give_later(d, SMSC_UNSENT, -1);
}

static struct smsc_dlg *new_dlg(struct smsc *m, const struct sccp_addr *called,
                                void *user)
{
    struct smsc_dlg *d = m->free;
    int sls = m->conf->sls;

    if (d == NULL)
        return NULL;
    m->free = d->next_free;
    d->otid += 0x10000;
    d->called = *called;
    d->sls = (uint8_t)(sls < 0 ? m->turn++ & 0xf : sls);
    d->peer.len = 0;
    d->begun = false;
    d->accepted = m->conf->version == 1;
    d->user = user;
    return d;
}

static void start_clock(struct smsc_dlg *d, enum dlg_state s, uint32_t ms)
{
    d->state = s;
    d->asked_us = stack_now_us();
    timer_set(stack_wheel(d->m->stack), &d->timer, ms);
}

struct smsc_dlg *smsc_sri(struct smsc *m, const struct sccp_addr *called,
                          const struct map_sri_sm_arg *arg, void *user)
{
    struct smsc_dlg *d = new_dlg(m, called, user);
    uint8_t buf[PARAM_MAX];
    struct wr param = wr_init(buf, sizeof(buf));

    if (d == NULL)
        return NULL;
    d->ac = AC_SHORT_MSG_GATEWAY;
    d->op = MAP_OP_SRI_SM;
    d->invoke = 1;
    map_sri_sm_arg_write(&param, m->conf->version, arg);
    start_clock(d, ASKED, m->conf->sri_ms);
    send_invoke(d, &param);
    return d;
}

struct smsc_dlg *smsc_report(struct smsc *m, const struct sccp_addr *called,
                             const struct map_status_arg *arg, void *user)
{
    struct smsc_dlg *d = new_dlg(m, called, user);
    uint8_t buf[PARAM_MAX];
    struct wr param = wr_init(buf, sizeof(buf));

    if (d == NULL)
        return NULL;
    d->ac = AC_SHORT_MSG_GATEWAY;
    d->op = MAP_OP_REPORT_STATUS;
    d->invoke = 1;
    map_status_arg_write(&param, m->conf->version, arg);
    start_clock(d, ASKED, m->conf->sri_ms);
    send_invoke(d, &param);
    return d;
}

/*
 * Put an extension container at the end of an argument, where v3 has its
 * place for one and v2 its extension marker: a private extension that means
 * nothing, of a size that makes the message too long for one UDT.
 */
static void put_padding(struct wr *w, uint32_t octets)
{
    static const uint8_t filler[PAD_MAX];
    /* 1.3.6.1.4.1.32473.1, the arc of examples in documents (RFC 5612) */
    static const uint8_t oid[] = { 0x2b, 0x06, 0x01, 0x04, 0x01,
                                   0x81, 0xfd, 0x59, 0x01 };
    size_t container = ber_open(w, 0x30);
    size_t list = ber_open(w, 0xa0);
    size_t extension = ber_open(w, 0x30);

    ber_put(w, 0x06, oid, sizeof(oid));
    ber_put(w, 0x04, filler, octets < PAD_MAX ? octets : PAD_MAX);
    ber_close(w, extension);
    ber_close(w, list);
    ber_close(w, container);
}

static void put_fsm(struct wr *w, const struct smsc *m,
                    const struct map_mt_sm_arg *arg)
{
    uint8_t buf[PARAM_MAX];
    struct wr plain = wr_init(buf, sizeof(buf));
    struct rd_err err;
    struct rd r, body;
    size_t mark;

    if (m->conf->pad == 0 || m->conf->version == 1) {
        map_mt_sm_arg_write(w, m->conf->version, arg);
        return;
    }
    map_mt_sm_arg_write(&plain, m->conf->version, arg);
    r = rd_init(buf, plain.len, &err);
    body = ber_req(&r, 0x30, "argument");
    mark = ber_open(w, 0x30);
    wr_bytes(w, body.p, rd_left(&body));
    put_padding(w, m->conf->pad);
    ber_close(w, mark);
}

static void send_fsm(struct smsc_dlg *d, const struct map_mt_sm_arg *arg)
{
    uint8_t buf[PARAM_MAX];
    struct wr param = wr_init(buf, sizeof(buf));

    put_fsm(&param, d->m, arg);
    start_clock(d, ASKED, d->m->conf->fsm_ms);
    send_invoke(d, &param);
}

struct smsc_dlg *smsc_fsm(struct smsc *m, const struct sccp_addr *called,
                          const struct map_mt_sm_arg *arg, void *user)
{
    struct smsc_dlg *d = new_dlg(m, called, user);

    if (d == NULL)
        return NULL;
    d->ac = AC_SHORT_MSG_MT_RELAY;
    d->op = m->conf->version == 3 ? MAP_OP_MT_FORWARD_SM : MAP_OP_FORWARD_SM;
    d->invoke = 1;
    if (!m->conf->handshake) {
        send_fsm(d, arg);
        return d;
    }
    d->greeting = *arg;
    start_clock(d, GREETED, m->conf->fsm_ms);
    send_invoke(d, NULL);
    return d;
}

void smsc_fsm_next(struct smsc_dlg *d, const struct map_mt_sm_arg *arg)
{
    d->invoke++;
    if (d->state == OPEN) {
        send_fsm(d, arg);
        return;
    }
    d->asked_us = stack_now_us();
    give_later(d, SMSC_ABORT, -1);
    d->late.why = "the peer has closed the dialogue";
}

void smsc_end(struct smsc_dlg *d)
{
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));

    if (d->state == OPEN) {
        tcap_close(&w, tcap_open(&w, TCAP_END, NULL, &d->peer));
        send_octets(d, &w);
    }
    free_dlg(d);
}

/* A Begin that nobody has answered can only be forgotten. */
void smsc_abort(struct smsc_dlg *d)
{
    const struct tcap_dialogue abrt = { .pdu = TCAP_DLG_ABRT };
    uint8_t buf[128];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark;

    if (d->peer.len > 0 && d->state != GONE) {
        mark = tcap_open(&w, TCAP_ABORT, NULL, &d->peer);
        if (d->m->conf->version > 1)
            tcap_dialogue_write(&w, &abrt);
        tcap_close(&w, mark);
        send_octets(d, &w);
    }
    free_dlg(d);
}

/* What a component says about the question asked. */
static void read_result(struct smsc_dlg *d, struct tcap_comp *c,
                        struct smsc_answer *a, struct map_sri_sm_res *res)
{
    uint8_t version = d->m->conf->version;
    struct map_status_res status;

    a->what = SMSC_RESULT;
    if (c->has_op && (c->global_op || c->op != d->op)) {
        a->what = SMSC_ABORT;
        a->why = "result of another operation";
        return;
    }
    if (d->op == MAP_OP_SRI_SM) {
        map_sri_sm_res_read(&c->param, version, res);
        a->sri = res;
    } else if (d->op == MAP_OP_REPORT_STATUS) {
        map_status_res_read(&c->param, version, &status);
    } else if (c->has_param) {
        map_mt_sm_res_read(&c->param, version);
    }
}

static void read_component(struct smsc_dlg *d, struct tcap_comp *c,
                           struct smsc_answer *a, struct map_sri_sm_res *res)
{
    switch (c->type) {
    case TCAP_RESULT_LAST:
        read_result(d, c, a, res);
        break;
    case TCAP_ERROR:
        a->what = SMSC_ERROR;
        map_err_read(&c->param, (enum map_error)c->error, d->m->conf->version,
                     &a->err);
        a->err.code = (enum map_error)c->error;
        a->cause = c->error;
        break;
    case TCAP_REJECT:
        a->what = SMSC_REJECT;
        a->cause = c->problem << 8 | c->problem_code;
        return;
    default:
        a->what = SMSC_ABORT;
        a->why = "unexpected component";
        return;
    }
    if (!rd_ok(&c->param)) {
        a->what = SMSC_ABORT;
        a->why = "unreadable parameter in the answer";
    }
}

/* The component that answers us, if there is one; invokes are not for us. */
static bool find_answer(struct smsc_dlg *d, struct tcap_msg *msg,
                        struct smsc_answer *a, struct map_sri_sm_res *res)
{
    struct tcap_comp c;
    int more = 0;

    while (msg->has_components &&
           (more = tcap_comp_next(&msg->components, &c)) > 0) {
        if (c.type == TCAP_INVOKE || (c.has_id && c.id != d->invoke))
            continue;
        read_component(d, &c, a, res);
        return true;
    }
    if (more == 0)
        return false;
    a->what = SMSC_ABORT;
    a->why = "unreadable component in the answer";
    return true;
}

static const char *abort_why(const struct tcap_msg *msg)
{
    static const char *const p_abort[] = {
        "P-Abort: unrecognized message type",
        "P-Abort: unrecognized transaction id",
        "P-Abort: badly formatted transaction portion",
        "P-Abort: incorrect transaction portion",
        "P-Abort: resource limitation",
    };

    if (msg->has_p_abort)
        return msg->p_abort < 5 ? p_abort[msg->p_abort] : "P-Abort";
    if (msg->dlg.pdu == TCAP_DLG_AARE && msg->dlg.diag_source == TCAP_DIAG_USER)
        return msg->dlg.diag == 2 ? "application context not supported"
                                  : "dialogue refused";
    if (msg->dlg.pdu == TCAP_DLG_AARE)
        return "dialogue refused: no common dialogue portion";
    return "U-Abort";
}

static void take_closing(struct smsc_dlg *d, struct tcap_msg *msg)
{
    struct smsc_answer a = { .what = SMSC_ABORT, .cause = -1, .why = "" };
    struct map_sri_sm_res res;

    if (d->state == OPEN)
        d->state = GONE;
    if (d->state != ASKED && d->state != GREETED)
        return;
    if (msg->type == TCAP_ABORT) {
        a.why = abort_why(msg);
        a.cause = msg->has_p_abort ? msg->p_abort : -1;
    } else if (d->state == GREETED || !find_answer(d, msg, &a, &res)) {
        a.why = "End without an answer";
    } else if (!d->accepted && msg->dlg.pdu != TCAP_DLG_AARE) {
        a.why = "no AARE in the first answer";
    }
    give(d, &a);
}

static void take_continue(struct smsc_dlg *d, struct tcap_msg *msg,
                          const struct sccp_addr *calling)
{
    struct smsc_answer a = { .cause = -1, .why = "", .open = true };
    struct map_sri_sm_res res;

    d->peer = msg->otid;
    if (!d->accepted && msg->dlg.pdu != TCAP_DLG_AARE)
        a.why = "no AARE in the first answer";
    d->accepted = true;
    d->called = *calling; /* where the rest of the dialogue goes */
    if (d->state == GREETED)
        send_fsm(d, &d->greeting);
    else if (d->state == ASKED && find_answer(d, msg, &a, &res))
        give(d, &a);
}

static void take_begin(struct smsc *m, const struct sccp_ind *ind,
                       struct tcap_msg *msg)
{
    struct map_alert_arg arg;
    uint8_t version;

    if (alert_take(&m->conf->alert, m->stack, ind, msg, &arg, &version))
        m->alerted(m->ctx, &arg, version);
}

static void take_unitdata(void *ctx, const struct sccp_ind *ind)
{
    struct smsc *m = ctx;
    struct rd_err err;
    struct rd r = rd_init(ind->data, ind->data_len, &err);
    struct tcap_msg msg;
    struct smsc_dlg *d;

    if (tcap_msg_read(&r, &msg) != -1)
        return;
    if (msg.type == TCAP_BEGIN) {
        take_begin(m, ind, &msg);
        return;
    }
    d = find_dlg(m, &msg.dtid);
    if (d == NULL)
        return;
    if (msg.type == TCAP_CONTINUE)
        take_continue(d, &msg, &ind->calling);
    else if (msg.type == TCAP_END || msg.type == TCAP_ABORT)
        take_closing(d, &msg);
}

static void take_notice(void *ctx, uint8_t cause,
                        const struct sccp_addr *called,
                        const struct sccp_addr *calling, const uint8_t *data,
                        size_t data_len)
{
    struct smsc *m = ctx;
    struct rd_err err;
    struct rd r = rd_init(data, data_len, &err);
    struct tcap_msg msg;
    struct smsc_dlg *d;

    (void)called;
    (void)calling;
    /* the first of several segments is enough to tell whose it was */
    tcap_msg_read(&r, &msg);
    d = find_dlg(m, &msg.otid);
    if (d == NULL || (d->state != ASKED && d->state != GREETED))
        return;
    give_later(d, SMSC_UDTS, cause);
}

const struct sccp_user smsc_sccp_user = {
    .unitdata = take_unitdata,
    .notice = take_notice,
};

struct smsc *smsc_new(const struct smsc_conf *conf, smsc_answered *answered,
                      smsc_alerted *alerted, void *ctx)
{
    struct smsc *m =
        calloc(1, sizeof(*m) + conf->max * sizeof(struct smsc_dlg));
    uint32_t generation = (uint32_t)stack_now_us() << 16;

    if (m == NULL)
        return NULL;
    m->conf = conf;
    m->answered = answered;
    m->alerted = alerted;
    m->ctx = ctx;
    for (unsigned i = conf->max; i-- > 0;) {
        m->dlg[i].m = m;
        m->dlg[i].otid = generation | i;
        m->dlg[i].timer.fire = dlg_timer;
        m->dlg[i].next_free = m->free;
        m->free = &m->dlg[i];
    }
    return m;
}

void smsc_free(struct smsc *m)
{
    free(m);
}

void smsc_attach(struct smsc *m, struct stack *s)
{
    m->stack = s;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * null_node.c - answers SRI-SM and messages with always the same, for
 * drive_map's own test
 *
 * Keeps no dialogue: its transaction id is the peer's, whatever it needs to
 * know stands in the message. What it answers is told by options, so that a
 * test can have errors, aborts, silence and delay.
 */

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive_stack.h"
#include "map_err.h"
#include "map_mt_sm.h"
#include "map_sri_sm.h"
#include "tcap_msg.h"
#include "tpdu.h"

enum { HELD = 4096, ANSWER_MAX = 300, TEXT_MAX = 700 };

enum manner { ANSWER, SILENT, ABORT, REJECT };

struct options {
    struct stack_conf stack;
    const char *imsi, *msc;
    struct map_err sri_error, fsm_error;
    unsigned fail_first; /* so many messages get fsm_error; 0: all */
    uint32_t delay_ms;   /* before a message is answered */
    enum manner manner;
    bool print;
};

struct node;

/* An answer that waits for its time. */
struct held {
    struct timer timer;
    struct node *node;
    struct sccp_req req;
    uint8_t data[ANSWER_MAX];
    struct held *next_free;
};

struct node {
    struct options o;
    struct stack *stack;
    unsigned failed;
    struct held *free;
    struct held held[HELD];
};

/* What is being answered. */
struct question {
    const struct sccp_ind *ind;
    struct tcap_msg msg;
    struct tcap_comp comp;
    uint8_t version;
    bool message, more; /* it is an MT message; more of them follow */
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
    (void)sig;
    stopped = 1;
}

static void send_held(struct timer *t)
{
    struct held *h = timer_of(t, struct held, timer);
    uint8_t cause;

    h->req.data = h->data;
    if (sccp_unitdata_req(stack_sccp(h->node->stack), &h->req, &cause) < 0)
        fprintf(stderr, "null_node: answer not sent, cause %u\n", cause);
    h->next_free = h->node->free;
    h->node->free = h;
}

static void send_answer(struct node *n, const struct question *q,
                        const struct wr *w)
{
    struct held *h = n->free;
    uint32_t ms = q->message ? n->o.delay_ms : 0;

    if (h == NULL || !wr_ok(w))
        return;
    n->free = h->next_free;
    memcpy(h->data, w->buf, w->len);
    h->req = (struct sccp_req){
        .called = q->ind->calling,
        .calling = q->ind->called,
        .pclass = q->ind->pclass,
        .data_len = w->len,
        .sls = q->ind->sls,
        .has_back_pc = true,
        .back_pc = q->ind->opc,
        .back_assoc = q->ind->assoc,
    };
    if (ms > 0)
        timer_set(stack_wheel(n->stack), &h->timer, ms);
    else
        send_held(&h->timer);
}

/* AARE of the first answer, if there was an AARQ. */
static void put_aare(struct wr *w, const struct question *q)
{
    const struct tcap_dialogue aare = {
        .pdu = TCAP_DLG_AARE,
        .has_version = true,
        .version1 = true,
        .acn = q->msg.dlg.acn,
        .diag_source = TCAP_DIAG_USER,
    };

    if (q->msg.dlg.pdu == TCAP_DLG_AARQ)
        tcap_dialogue_write(w, &aare);
}

static size_t open_answer(struct wr *w, const struct question *q, bool go_on)
{
    if (go_on)
        return tcap_open(w, TCAP_CONTINUE, &q->msg.otid, &q->msg.otid);
    return tcap_open(w, TCAP_END, NULL, &q->msg.otid);
}

static void greet(struct node *n, const struct question *q)
{
    uint8_t buf[ANSWER_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = open_answer(&w, q, true);

    put_aare(&w, q);
    tcap_close(&w, mark);
    send_answer(n, q, &w);
}

static void put_error(struct wr *w, const struct question *q,
                      const struct map_err *e)
{
    uint8_t buf[64];
    struct wr param = wr_init(buf, sizeof(buf));

    map_err_write(&param, e, q->version);
    tcap_error_write(w, q->comp.id, (int32_t)e->code,
                     param.len > 0 ? buf : NULL, param.len);
}

static void put_result(struct wr *w, const struct node *n,
                       const struct question *q)
{
    struct map_sri_sm_res res = { .node.nai_npi = 0x91 };
    uint8_t buf[64];
    struct wr param = wr_init(buf, sizeof(buf));

    if (q->message) {
        tcap_result_write(w, q->comp.id, q->comp.op, NULL, 0);
        return;
    }
    snprintf(res.imsi, sizeof(res.imsi), "%s", n->o.imsi);
    snprintf(res.node.digits, sizeof(res.node.digits), "%s", n->o.msc);
    map_sri_sm_res_write(&param, q->version, &res);
    tcap_result_write(w, q->comp.id, q->comp.op, buf, param.len);
}

/* The error this question gets, or NULL. */
static const struct map_err *error_for(struct node *n, const struct question *q)
{
    if (!q->message)
        return n->o.sri_error.code ? &n->o.sri_error : NULL;
    if (n->o.fsm_error.code == MAP_ERR_NONE)
        return NULL;
    if (n->o.fail_first > 0 && n->failed >= n->o.fail_first)
        return NULL;
    n->failed++;
    return &n->o.fsm_error;
}

static void answer(struct node *n, const struct question *q)
{
    uint8_t buf[ANSWER_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    const struct map_err *e = error_for(n, q);
    size_t mark = open_answer(&w, q, q->more && e == NULL);
    size_t comps;

    put_aare(&w, q);
    comps = tcap_comps_open(&w);
    if (n->o.manner == REJECT)
        tcap_reject_write(&w, true, q->comp.id, TCAP_PROBLEM_INVOKE, 2);
    else if (e != NULL)
        put_error(&w, q, e);
    else
        put_result(&w, n, q);
    tcap_comps_close(&w, comps);
    tcap_close(&w, mark);
    send_answer(n, q, &w);
}

static void abort_dialogue(struct node *n, const struct question *q)
{
    uint8_t buf[64];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_ABORT, NULL, &q->msg.otid);

    tcap_p_abort_write(&w, TCAP_P_RESOURCES);
    tcap_close(&w, mark);
    send_answer(n, q, &w);
}

/* One line a message: IMSI, sender, part, text. */
static void print_message(const struct map_mt_sm_arg *arg)
{
    static struct tpdu_deliver d;
    char text[TEXT_MAX];
    struct rd_err err;
    struct rd r = rd_init(arg->tpdu, arg->tpdu_len, &err);
    enum tpdu_mti mti;

    if (!tpdu_mt_read(&r, &mti, &d)) {
        printf("malformed TPDU: %s at %zu\n", err.what, err.at);
        return;
    }
    tpdu_text(&d, text, sizeof(text));
    printf("%s %s%s %u/%u mms=%d dcs=%u <%s>\n", arg->imsi,
           d.oa.ton == TPDU_TON_INTERNATIONAL ? "+" : "", d.oa.text,
           d.concat.present ? d.concat.seq : 1u,
           d.concat.present ? d.concat.max : 1u, d.more, d.dcs, text);
    fflush(stdout);
}

/* Read the argument; a bad one is answered with an error all the same. */
static bool read_invoke(struct node *n, struct question *q)
{
    struct map_mt_sm_arg fsm = { .more = false };
    struct map_sri_sm_arg sri;

    if (tcap_comp_next(&q->msg.components, &q->comp) <= 0 ||
        q->comp.type != TCAP_INVOKE)
        return false;
    q->version = q->msg.dlg.pdu == TCAP_DLG_AARQ ? q->msg.dlg.acn.version : 1;
    if (q->comp.op == MAP_OP_SRI_SM) {
        map_sri_sm_arg_read(&q->comp.param, q->version, &sri);
    } else {
        q->message = true;
        if (q->msg.type == TCAP_CONTINUE)
            q->version = q->comp.op == MAP_OP_MT_FORWARD_SM ? 3 : 2;
        map_mt_sm_arg_read(&q->comp.param, q->version, &fsm);
        q->more = fsm.more;
    }
    if (!rd_ok(&q->comp.param)) {
        fprintf(stderr, "null_node: bad argument: %s\n",
                q->comp.param.err->what);
        return false;
    }
    if (q->message && n->o.print)
        print_message(&fsm);
    return true;
}

static void take_unitdata(void *ctx, const struct sccp_ind *ind)
{
    struct node *n = ctx;
    struct question q = { .ind = ind };
    struct rd_err err;
    struct rd r = rd_init(ind->data, ind->data_len, &err);

    if (tcap_msg_read(&r, &q.msg) != -1) {
        fprintf(stderr, "null_node: bad TCAP: %s\n", err.what);
        return;
    }
    if (n->o.manner == SILENT ||
        (q.msg.type != TCAP_BEGIN && q.msg.type != TCAP_CONTINUE))
        return;
    if (!q.msg.has_components) {
        if (q.msg.type == TCAP_BEGIN)
            greet(n, &q);
        return;
    }
    if (!read_invoke(n, &q) || n->o.manner == ABORT)
        abort_dialogue(n, &q);
    else
        answer(n, &q);
}

static void take_notice(void *ctx, uint8_t cause,
                        const struct sccp_addr *called,
                        const struct sccp_addr *calling, const uint8_t *data,
                        size_t data_len)
{
    (void)ctx;
    (void)called;
    (void)calling;
    (void)data;
    (void)data_len;
    fprintf(stderr, "null_node: an answer came back, cause %u\n", cause);
}

static const struct sccp_user user = {
    .unitdata = take_unitdata,
    .notice = take_notice,
};

static void on_active(void *ctx, unsigned conn, bool active)
{
    (void)ctx;
    fprintf(stderr, "null_node: association %u %s\n", conn + 1,
            active ? "active" : "lost");
}

static void on_note(void *ctx, unsigned conn, bool trouble, const char *line)
{
    (void)ctx;
    (void)trouble;
    fprintf(stderr, "null_node: association %u: %s\n", conn + 1, line);
}

static const struct stack_ops told = { .active = on_active, .note = on_note };

static struct m3ua_host host_of(char *v)
{
    char *colon = strrchr(v, ':');

    if (colon == NULL)
        return (struct m3ua_host){ .host = v, .port = "2905" };
    *colon = '\0';
    return (struct m3ua_host){
        .host = v[0] != '\0' ? v : NULL,
        .port = colon + 1,
    };
}

static struct map_err error_of(const char *v)
{
    const char *colon = strchr(v, ':');

    return (struct map_err){
        .code = (enum map_error)strtol(v, NULL, 10),
        .cause = (int16_t)(colon ? strtol(colon + 1, NULL, 10) : -1),
    };
}

static void set_manner(struct options *o, const char *v)
{
    if (strcmp(v, "silent") == 0)
        o->manner = SILENT;
    else if (strcmp(v, "abort") == 0)
        o->manner = ABORT;
    else if (strcmp(v, "reject") == 0)
        o->manner = REJECT;
}

static const struct option names[] = {
    { "listen", required_argument, NULL, 'l' },
    { "connect", required_argument, NULL, 'c' },
    { "tcp", no_argument, NULL, 't' },
    { "bind", required_argument, NULL, 'a' },
    { "rc", required_argument, NULL, 'r' },
    { "opc", required_argument, NULL, 'o' },
    { "dpc", required_argument, NULL, 'd' },
    { "local", required_argument, NULL, 'g' },
    { "imsi", required_argument, NULL, 'i' },
    { "msc", required_argument, NULL, 'm' },
    { "sri-error", required_argument, NULL, 's' },
    { "fsm-error", required_argument, NULL, 'f' },
    { "fail-first", required_argument, NULL, 'n' },
    { "delay", required_argument, NULL, 'y' },
    { "be", required_argument, NULL, 'b' },
    { "print", no_argument, NULL, 'p' },
    { NULL, 0, NULL, 0 },
};

static const char usage[] =
    "usage: null_node --listen [HOST]:PORT | --connect HOST:PORT [--tcp]\n"
    "  --bind HOST:PORT      our own end when dialling\n"
    "  --rc N                routing context\n"
    "  --opc N --dpc N       point codes, own (1) and the peer's (2)\n"
    "  --local DIGITS        titles that begin so are ours; several\n"
    "  --imsi D --msc D      the result of every SRI-SM\n"
    "  --sri-error N[:C] --fsm-error N[:C]   errors instead\n"
    "  --fail-first N        only the first N messages get the error\n"
    "  --delay MS            before a message is answered\n"
    "  --be silent|abort|reject\n"
    "  --print               a line for each message\n";

static uint32_t number_of(const char *v)
{
    return (uint32_t)strtoul(v, NULL, 10);
}

/* Options about the way to here. */
static bool set_stack_option(struct stack_conf *c, int which, char *v)
{
    switch (which) {
    case 'l':
    case 'c':
        c->m3ua.listen = c->m3ua.sg = which == 'l';
        c->m3ua.peer[0] = host_of(v);
        c->m3ua.n_peer = 1;
        return true;
    case 'a':
        c->m3ua.local = host_of(v);
        return true;
    case 'r':
        c->m3ua.rc = (struct m3ua_u32){ .present = true, .v = number_of(v) };
        return true;
    case 't':
        c->m3ua.tcp = true;
        return true;
    case 'o':
        c->opc = number_of(v);
        return true;
    case 'd':
        c->dpc = number_of(v);
        return true;
    case 'g':
        if (c->n_gt < STACK_GTS)
            c->gt[c->n_gt++] = v;
        return true;
    default:
        return false;
    }
}

static bool set_option(struct options *o, int which, const char *v)
{
    switch (which) {
    case 'i':
        o->imsi = v;
        return true;
    case 'm':
        o->msc = v;
        return true;
    case 's':
        o->sri_error = error_of(v);
        return true;
    case 'f':
        o->fsm_error = error_of(v);
        return true;
    case 'n':
        o->fail_first = number_of(v);
        return true;
    case 'y':
        o->delay_ms = number_of(v);
        return true;
    case 'b':
        set_manner(o, v);
        return true;
    case 'p':
        o->print = true;
        return true;
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    static struct node n = { .o = { .stack = { .opc = 1,
                                               .dpc = 2,
                                               .ni = 2,
                                               .ssn = { 6, 8 },
                                               .n_ssn = 2 },
                                    .imsi = "234330000000001",
                                    .msc = "447700900999" } };
    int which;

    n.o.stack.m3ua.reconnect_ms = 200;
    while ((which = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (!set_stack_option(&n.o.stack, which, optarg) &&
            !set_option(&n.o, which, optarg)) {
            fputs(usage, stderr);
            return 2;
        }
    }
    if (n.o.stack.m3ua.n_peer == 0 || n.o.stack.n_gt == 0) {
        fputs(usage, stderr);
        return 2;
    }
    for (unsigned i = 0; i < HELD; i++) {
        n.held[i].node = &n;
        n.held[i].timer.fire = send_held;
        n.held[i].next_free = n.free;
        n.free = &n.held[i];
    }
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    n.stack = stack_new(&n.o.stack, &user, &n, &told, &n);
    if (n.stack == NULL || stack_start(n.stack) < 0)
        return 2;
    while (!stopped)
        stack_turn(n.stack, 1000);
    stack_free(n.stack);
    return 0;
}

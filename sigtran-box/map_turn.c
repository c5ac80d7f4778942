/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_turn.c - what is done about the components of one message
 *
 * First all components are looked at: the operation to serve is found, the
 * others are rejected (Q.774 3.2.2.2). Then it is served:
 *
 *     nothing asked, nothing rejected -> a Begin is answered Continue: the
 *                                        peer wants to see us before it asks
 *     answered at once                -> End
 *     a short message                 -> the dialogue is kept, mt_dlg asks
 */

#include "map_turn.h"

#include "gw/stat.h"
#include "map_dlg.h"
#include "map_ready.h"

#include <string.h>

enum { COMPONENTS_MAX = 16 }; /* of one message; the rest is ignored */

/* Invoke problems, Q.773. */
enum {
    DUPLICATE_INVOKE_ID = 0,
    UNRECOGNIZED_OPERATION = 1,
    MISTYPED_PARAMETER = 2,
    RESOURCE_LIMITATION = 3,
    UNRECOGNIZED_LINKED_ID = 5,
};

struct turn {
    struct map_srv *m;
    struct map_talk *talk;
    struct map_trans *d;          /* NULL: a Begin, not kept so far */
    const struct sccp_ind *begin; /* NULL: of a dialogue that was kept */
    bool busy; /* a message waits for its verdict; it has busy_id */
    int8_t busy_id;
    unsigned components, invokes;
    const struct map_op *op; /* to serve; NULL: none */
    int8_t id;               /* of its invoke */
    struct rd param;
    struct rd_err err; /* of param: the message may be broken behind it */
    struct map_comps rejects;
    struct map_comps out; /* the answer: it stands before the Rejects */
};

/* ---- looking at the components ---- */

static struct rd window(const struct rd *r, struct rd_err *err)
{
    return rd_init(r->p, rd_left(r), err);
}

static void log_refused(struct turn *t, const struct tcap_comp *c)
{
    const struct tcap_peer *peer = &t->talk->peer;
    char addr[80];
    uint32_t hidden;

    if (!slog_may(&t->m->rate_refused, t->m->wheel->now_ms, &hidden))
        return;
    slog(SLOG_WARNING, "ss7.map",
         "%s asks for operation %ld in context %u version %u: refused "
         "(%u more like this).",
         sccp_addr_str(&peer->addr, addr, sizeof(addr)),
         c->global_op ? -1L : (long)c->op, (unsigned)t->talk->ac,
         (unsigned)t->talk->version, (unsigned)hidden);
}

static const struct map_op *op_of(const struct turn *t,
                                  const struct tcap_comp *c)
{
    const struct map_op *op;

    if (c->global_op)
        return NULL;
    op = map_op_find(c->op, t->talk->ac, t->talk->version);
    return op != NULL && (op->role & t->m->roles) != 0 ? op : NULL;
}

/* What is wrong with an invoke of `op', or -1. */
static int invoke_problem(const struct turn *t, const struct tcap_comp *c,
                          const struct map_op *op)
{
    if (t->busy && c->id == t->busy_id)
        return DUPLICATE_INVOKE_ID;
    if (t->op != NULL && c->id == t->id)
        return DUPLICATE_INVOKE_ID;
    if (c->has_linked) /* to an invocation of ours: we make none here */
        return UNRECOGNIZED_LINKED_ID;
    if (op == NULL)
        return UNRECOGNIZED_OPERATION;
    return t->busy || t->invokes > 0 ? RESOURCE_LIMITATION : -1;
}

/* FS.11 category 1: nobody sends it between networks for short messages. */
static void count_foreign(const struct tcap_comp *c)
{
    if (c->global_op || !map_op_known(c->op))
        stat_inc(STAT_map_fs11_cat1);
}

static void look_at_invoke(struct turn *t, const struct tcap_comp *c)
{
    const struct map_op *op = op_of(t, c);
    int problem = invoke_problem(t, c, op);

    t->invokes++;
    if (op != NULL && op->serve == MAP_SERVE_IGNORE) {
        stat_inc(STAT_map_op_ignored);
        return;
    }
    if (problem < 0) {
        t->op = op;
        t->id = c->id;
        t->param = window(&c->param, &t->err);
        return;
    }
    if (problem == UNRECOGNIZED_OPERATION) {
        stat_inc(STAT_map_op_refused);
        count_foreign(c);
        log_refused(t, c);
    } else {
        stat_inc(STAT_map_comp_refused);
    }
    map_comps_reject(&t->rejects, c, TCAP_PROBLEM_INVOKE, (uint8_t)problem);
}

static void reject(struct turn *t, const struct tcap_comp *c, uint8_t problem,
                   uint8_t code)
{
    stat_inc(STAT_map_comp_refused);
    map_comps_reject(&t->rejects, c, problem, code);
}

/* A Reject is never answered with a Reject, not even a broken one. */
static void reject_broken(struct turn *t, const struct tcap_comp *c)
{
    if (c->type == TCAP_REJECT)
        stat_inc(STAT_map_comp_ignored);
    else
        reject(t, c, c->problem, c->problem_code);
}

static void look_at(struct turn *t, const struct tcap_comp *c)
{
    switch (c->type) {
    case TCAP_INVOKE:
        look_at_invoke(t, c);
        break;
    case TCAP_RESULT_LAST:
    case TCAP_RESULT_NOT_LAST: /* code 0: we asked nothing */
        reject(t, c, TCAP_PROBLEM_RESULT, 0);
        break;
    case TCAP_ERROR:
        reject(t, c, TCAP_PROBLEM_ERROR, 0);
        break;
    default: /* a Reject */
        stat_inc(STAT_map_comp_ignored);
    }
}

static void scan(struct turn *t, const struct tcap_msg *msg)
{
    struct rd_err err;
    struct rd comps = window(&msg->components, &err);
    struct tcap_comp c;
    int got;

    map_comps_init(&t->rejects);
    map_comps_init(&t->out);
    if (!msg->has_components)
        return;
    while ((got = tcap_comp_next(&comps, &c)) != 0) {
        t->components++;
        if (got < 0) {
            reject_broken(t, &c);
            return;
        }
        if (t->components > COMPONENTS_MAX) {
            stat_inc(STAT_map_comp_ignored);
            return;
        }
        look_at(t, &c);
    }
}

/* ---- serving ---- */

static void end(struct turn *t)
{
    wr_bytes(&t->out.w, t->rejects.buf, t->rejects.w.len);
    map_send_end(t->m, t->talk, &t->out);
    if (t->d == NULL)
        return;
    mt_dlg_gone(&t->d->mt);
    tcap_dlg_close(t->m->tab, &t->d->tcap);
}

/* Make room for a dialogue that goes on. False: there is none. */
static bool keep(struct turn *t)
{
    struct map_trans *d = t->d;

    if (d != NULL)
        return true;
    d = tcap_dlg_open(t->m->tab, t->talk->peer.network);
    if (d == NULL) {
        stat_inc(STAT_tcap_full);
        map_send_p_abort(t->m, &t->talk->peer, TCAP_P_RESOURCES);
        return false;
    }
    d->srv = t->m;
    d->ours = false;
    d->question = false;
    d->talk = *t->talk;
    /* the ids are random: dialogues spread over the links */
    d->talk.peer.sls = d->tcap.tid & 0x0f;
    mt_dlg_begin(&d->mt, &t->m->mt, d->talk.version);
    t->talk = &d->talk;
    t->d = d;
    return true;
}

static void mistyped(struct turn *t)
{
    struct tcap_comp c = { .has_id = true, .id = t->id };

    stat_inc(STAT_map_bad_arg);
    map_comps_reject(&t->rejects, &c, TCAP_PROBLEM_INVOKE, MISTYPED_PARAMETER);
    end(t);
}

/*
 * False: the question is answered here, with rsp->err. That of a dialogue in
 * which we have said something already cannot be another's.
 */
static bool relayed(struct turn *t, struct map_sri_rsp *rsp)
{
    if (t->m->ops->relay == NULL) {
        stat_inc(STAT_sri_relay_failed);
        return false;
    }
    rsp->err = t->m->ops->relay(t->m->ctx, t->talk->peer.network, t->begin);
    return rsp->err.code == MAP_ERR_NONE;
}

/* The answer waits for a verdict, like that to a message. */
static void hold_sri(struct turn *t, const struct map_sri_rsp *rsp)
{
    const struct map_err failed = { .code = MAP_ERR_SYSTEM_FAILURE,
                                    .cause = -1 };
    struct map_srv *m = t->m;
    uint64_t id;

    if (!keep(t))
        return;
    if (t->rejects.w.len > 0)
        map_send_continue(t->d, &t->rejects);
    t->d->question = true;
    t->d->sri = *rsp;
    id = mt_dlg_hold(&t->d->mt, t->id);
    if (id == 0) {
        m->ops->held(m->ctx, 0);
        map_comps_init(&t->rejects);
        map_comps_error(&t->out, t->id, failed, t->talk->version);
        end(t);
    } else if (!m->ops->held(m->ctx, id)) {
        mt_dlg_verdict(&m->mt, id, &failed);
    }
}

static void serve_sri(struct turn *t)
{
    struct map_sri_sm_arg arg;
    struct map_sri_ind ind = {
        .network = t->talk->peer.network,
        .version = t->talk->version,
        .from = &t->talk->peer.addr,
        .arg = &arg,
    };
    struct map_sri_rsp rsp = { .err = { .cause = -1 } };

    map_sri_sm_arg_read(&t->param, ind.version, &arg);
    if (!rd_ok(&t->param)) {
        mistyped(t);
        return;
    }
    t->m->ops->sri(t->m->ctx, &ind, &rsp);
    if (rsp.relay && relayed(t, &rsp))
        return;
    if (rsp.hold && t->m->ops->held != NULL) {
        hold_sri(t, &rsp);
        return;
    }
    map_comps_answer(&t->out, t->id, &rsp, ind.version);
    end(t);
}

static void serve_report(struct turn *t)
{
    struct map_status_arg arg;
    struct map_report_ind ind = {
        .network = t->talk->peer.network,
        .version = t->talk->version,
        .from = &t->talk->peer.addr,
        .arg = &arg,
    };
    struct map_report_rsp rsp = { .err = { .cause = -1 } };

    map_status_arg_read(&t->param, ind.version, &arg);
    if (!rd_ok(&t->param)) {
        mistyped(t);
        return;
    }
    stat_inc(STAT_report_in);
    if (ind.version == 2 && !arg.has_outcome)
        rsp.err.code = MAP_ERR_DATA_MISSING; /* only the syntax lets it */
    else if (t->m->ops->report != NULL)
        t->m->ops->report(t->m->ctx, &ind, &rsp);
    if (rsp.err.code == MAP_ERR_NONE)
        map_comps_report(&t->out, t->id, &rsp.res, ind.version);
    else
        map_comps_error(&t->out, t->id, rsp.err, ind.version);
    end(t);
}

/* Our mobiles are in no VLR that could have said so. */
static void serve_ready(struct turn *t)
{
    const struct map_err e = { .code = MAP_ERR_FACILITY_NOT_SUPPORTED,
                               .cause = -1 };
    struct map_ready_arg arg;

    map_ready_arg_read(&t->param, &arg);
    if (!rd_ok(&t->param)) {
        mistyped(t);
        return;
    }
    stat_inc(STAT_ready_refused);
    map_comps_error(&t->out, t->id, e, t->talk->version);
    end(t);
}

static void serve_fsm(struct turn *t)
{
    struct map_mt_sm_arg arg;

    map_mt_sm_arg_read(&t->param, t->talk->version, &arg);
    if (!rd_ok(&t->param)) {
        mistyped(t);
        return;
    }
    if (!keep(t))
        return;
    if (t->rejects.w.len > 0)
        map_send_continue(t->d, &t->rejects);
    mt_dlg_invoke(&t->d->mt, t->id, &arg);
}

static void serve_op(struct turn *t)
{
    switch (t->op->serve) {
    case MAP_SERVE_SRI:
        serve_sri(t);
        break;
    case MAP_SERVE_REPORT:
        serve_report(t);
        break;
    case MAP_SERVE_FSM:
        serve_fsm(t);
        break;
    case MAP_SERVE_READY:
        serve_ready(t);
        break;
    case MAP_SERVE_NOT:
    case MAP_SERVE_IGNORE: /* look_at_invoke() lets none of these through */
        break;
    }
}

static void serve(struct turn *t)
{
    if (t->op != NULL)
        serve_op(t);
    else if (t->rejects.w.len > 0 && t->busy)
        map_send_continue(t->d, &t->rejects);
    else if (t->rejects.w.len > 0)
        end(t);
}

void map_turn_continue(struct map_trans *d, const struct tcap_msg *msg)
{
    struct turn t;

    memset(&t, 0, offsetof(struct turn, rejects));
    t.m = d->srv;
    t.d = d;
    t.talk = &d->talk;
    t.busy = mt_dlg_asked(&d->mt, &t.busy_id);
    scan(&t, msg);
    serve(&t);
}

/* ---- opening ---- */

enum opening {
    OPENED,
    REFUSED, /* to be aborted */
};

/*
 * Without a dialogue portion it is version 1, and the context follows from
 * the first operation (TS 29.002 15.1.3). If the first component is none, the
 * turn finds out what to say to it.
 */
static enum opening open_v1(const struct map_srv *m, const struct tcap_msg *msg,
                            struct map_talk *talk, unsigned *role)
{
    struct rd_err err;
    struct rd comps = window(&msg->components, &err);
    const struct map_op *op;
    struct tcap_comp c;
    int got = msg->has_components ? tcap_comp_next(&comps, &c) : 0;

    talk->version = 1;
    if (got == 0)
        return REFUSED;
    if (got < 0 || c.type != TCAP_INVOKE)
        return OPENED;
    op = c.global_op ? NULL : map_op_find_v1(c.op);
    if (op == NULL || (op->role & m->roles) == 0) {
        count_foreign(&c);
        return REFUSED;
    }
    talk->ac = op->ac[1];
    *role = op->role;
    return OPENED;
}

/* A map-open, or what comes from another abstract syntax and is ignored. */
static bool good_user_info(const struct tcap_dialogue *dlg)
{
    struct map_dlg pdu;

    if (!dlg->has_user_info || !dlg->map_dialogue)
        return true;
    return map_dlg_read(dlg->user_info, &pdu) && pdu.type == MAP_DLG_OPEN;
}

/* The version rules for a dialogue portion, TS 29.002 15.1.3. */
static enum opening open_aarq(const struct map_srv *m,
                              const struct tcap_dialogue *dlg,
                              struct map_talk *talk, unsigned *role,
                              enum map_why *why)
{
    const struct tcap_acn *acn = &dlg->acn;
    uint8_t lower;

    talk->version = 2; /* of what refuses it */
    talk->acn = *acn;
    if (dlg->pdu != TCAP_DLG_AARQ) {
        *why = MAP_WHY_NO_PDU;
        return REFUSED;
    }
    if (!dlg->version1) {
        *why = MAP_WHY_NO_DIALOGUE;
        return REFUSED;
    }
    *role = map_ac_role(acn->ac, acn->version, m->roles);
    if (*role == 0) {
        lower = map_ac_lower(acn->ac, acn->version, m->roles);
        if (lower != 0)
            talk->acn = tcap_acn_map(acn->ac, lower);
        *why = MAP_WHY_NO_AC;
        return REFUSED;
    }
    if (acn->version < 2 || !good_user_info(dlg)) {
        *why = MAP_WHY_ABNORMAL;
        return REFUSED;
    }
    talk->version = acn->version;
    talk->ac = acn->ac;
    return OPENED;
}

static void log_no_dialogue(struct map_srv *m, const struct map_talk *talk,
                            const struct tcap_acn *acn)
{
    char addr[80];
    uint32_t hidden;

    stat_inc(STAT_map_ac_refused);
    if (acn->ac != MAP_AC_NONE && !map_ac_known(acn->ac))
        stat_inc(STAT_map_fs11_cat1);
    if (slog_may(&m->rate_refused, m->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.map",
             "%s opens a dialogue that is not served here (context %u "
             "version %u; %u more like this).",
             sccp_addr_str(&talk->peer.addr, addr, sizeof(addr)),
             (unsigned)acn->ac, (unsigned)acn->version, (unsigned)hidden);
}

void map_turn_begin(struct map_srv *m, uint8_t network,
                    const struct sccp_ind *ind, const struct tcap_msg *msg)
{
    struct map_talk talk = { .peer = { .network = network }, .aare_due = true };
    struct turn t;
    enum map_why why = MAP_WHY_PLAIN;
    unsigned role = 0;
    enum opening o;

    if (msg->dlg.pdu == TCAP_DLG_NONE)
        o = open_v1(m, msg, &talk, &role);
    else
        o = open_aarq(m, &msg->dlg, &talk, &role, &why);
    map_peer_init(m, ind, &msg->otid, role, &talk.peer);
    if (o == REFUSED) {
        log_no_dialogue(m, &talk, &msg->dlg.acn);
        map_send_abort(m, &talk, why);
        return;
    }
    memset(&t, 0, offsetof(struct turn, rejects));
    t.m = m;
    t.talk = &talk;
    t.begin = ind;
    scan(&t, msg);
    if (t.components > 0)
        serve(&t);
    else if (keep(&t))
        map_send_continue(t.d, NULL);
}

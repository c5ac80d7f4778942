/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_reply.c - what the MAP server says, down to SCCP
 *
 * Whatever is written here goes back to exactly the address the question came
 * from, in the version that was asked, and carries return on error: without a
 * way back for our global title nothing works, and the returned message is
 * the only sign of it.
 */

#include "map_talk.h"

#include "gw/stat.h"
#include "map_dlg.h"

#include <string.h>

enum { MESSAGE_MAX = 1024 };

void map_comps_init(struct map_comps *c)
{
    c->w = wr_init(c->buf, sizeof(c->buf));
}

void map_comps_reject(struct map_comps *c, const struct tcap_comp *to,
                      uint8_t problem, uint8_t code)
{
    tcap_reject_write(&c->w, to->has_id, to->id, problem, code);
}

void map_comps_error(struct map_comps *c, int8_t invoke, struct map_err e,
                     uint8_t version)
{
    uint8_t param[64];
    struct wr w = wr_init(param, sizeof(param));

    e = map_err_for_version(e, version);
    map_err_write(&w, &e, version);
    tcap_error_write(&c->w, invoke, (int32_t)e.code, w.len > 0 ? param : NULL,
                     w.len);
}

void map_comps_sri(struct map_comps *c, int8_t invoke,
                   const struct map_sri_rsp *rsp, uint8_t version)
{
    enum { INTERNATIONAL_E164 = 0x91 };
    struct map_sri_sm_res res = { .node.nai_npi = INTERNATIONAL_E164 };
    uint8_t param[64];
    struct wr w = wr_init(param, sizeof(param));

    memcpy(res.imsi, rsp->imsi, sizeof(res.imsi));
    memcpy(res.node.digits, rsp->node, sizeof(rsp->node));
    map_sri_sm_res_write(&w, version, &res);
    tcap_result_write(&c->w, invoke, MAP_OP_SRI_SM, param, w.len);
}

void map_comps_inform(struct map_comps *c, int8_t invoke,
                      const struct map_inform_arg *arg, uint8_t version)
{
    uint8_t param[64];
    struct wr w = wr_init(param, sizeof(param));

    map_inform_arg_write(&w, version, arg);
    tcap_invoke_write(&c->w, invoke, MAP_OP_INFORM_SC, param, w.len);
}

void map_comps_answer(struct map_comps *c, int8_t invoke,
                      const struct map_sri_rsp *rsp, uint8_t version)
{
    if (rsp->err.code == MAP_ERR_NONE)
        map_comps_sri(c, invoke, rsp, version);
    else
        map_comps_error(c, invoke, rsp->err, version);
    /* nobody answers it, and its id is ours: any will do */
    if (rsp->has_inform && version >= 2)
        map_comps_inform(c, 1, &rsp->inform, version);
}

void map_comps_report(struct map_comps *c, int8_t invoke,
                      const struct map_status_res *res, uint8_t version)
{
    uint8_t param[32];
    struct wr w = wr_init(param, sizeof(param));

    map_status_res_write(&w, version, res);
    tcap_result_write(&c->w, invoke, MAP_OP_REPORT_STATUS,
                      w.len > 0 ? param : NULL, w.len);
}

void map_comps_alert(struct map_comps *c, int8_t invoke,
                     const struct map_alert_arg *arg, uint8_t version)
{
    uint8_t param[64];
    struct wr w = wr_init(param, sizeof(param));
    int32_t op =
        version >= 2 ? MAP_OP_ALERT_SC : MAP_OP_ALERT_SC_WITHOUT_RESULT;

    map_alert_arg_write(&w, arg);
    tcap_invoke_write(&c->w, invoke, op, param, w.len);
}

void map_comps_result(struct map_comps *c, int8_t invoke)
{
    tcap_result_write(&c->w, invoke, 0, NULL, 0);
}

static void log_unsent(struct map_srv *m, const struct tcap_peer *to,
                       uint8_t cause)
{
    char addr[80];
    uint32_t hidden;

    if (!slog_may(&m->rate_out, m->wheel->now_ms, &hidden))
        return;
    slog(SLOG_WARNING, "ss7.tcap",
         "No way to send a message to %s: %s (%u more like this).",
         sccp_addr_str(&to->addr, addr, sizeof(addr)), sccp_cause_str(cause),
         (unsigned)hidden);
}

static bool send_octets(struct map_srv *m, const struct tcap_peer *to,
                        const struct wr *w)
{
    struct sccp_req req = {
        .called = to->addr,
        .calling = to->local,
        .pclass = to->pclass,
        .return_opt = true,
        .data = w->buf,
        .data_len = w->len,
        .sls = to->sls,
        .has_back_pc = !to->open,
        .back_pc = to->back_pc,
        .back_assoc = to->back_assoc,
    };
    uint8_t cause = 0;

    stat_inc(STAT_tcap_out);
    if (m->ops->send(m->ctx, to->network, &req, &cause) == 0)
        return true;
    stat_inc(STAT_tcap_out_failed);
    log_unsent(m, to, cause);
    return false;
}

/*
 * The dialogue portion: AARQ in our Begin, accepting AARE in the first answer
 * to another's, and never in version 1.
 */
static void write_dialogue(struct wr *w, struct map_talk *t, uint8_t type)
{
    struct tcap_dialogue pdu = {
        .pdu = type == TCAP_BEGIN ? TCAP_DLG_AARQ : TCAP_DLG_AARE,
        .has_version = true,
        .version1 = true,
        .acn = t->acn,
        .diag_source = TCAP_DIAG_USER,
    };

    if (t->version > 1 && (t->aare_due || type == TCAP_BEGIN))
        tcap_dialogue_write(w, &pdu);
    t->aare_due = false;
}

static bool send_message(struct map_srv *m, struct map_talk *t,
                         const struct tcap_tid *otid, uint8_t type,
                         const struct map_comps *c)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, type, otid, &t->peer.tid);

    write_dialogue(&w, t, type);
    if (c != NULL && c->w.len > 0) {
        size_t comps = tcap_comps_open(&w);

        wr_bytes(&w, c->w.buf, c->w.len);
        tcap_comps_close(&w, comps);
    }
    tcap_close(&w, mark);
    return send_octets(m, &t->peer, &w);
}

bool map_send_begin(struct map_trans *d, const struct map_comps *c)
{
    struct tcap_tid otid = tcap_tid_of(d->tcap.tid);

    return send_message(d->srv, &d->talk, &otid, TCAP_BEGIN, c);
}

void map_send_end(struct map_srv *m, struct map_talk *t,
                  const struct map_comps *c)
{
    send_message(m, t, NULL, TCAP_END, c);
}

void map_send_continue(struct map_trans *d, const struct map_comps *c)
{
    struct tcap_tid otid = tcap_tid_of(d->tcap.tid);

    d->talk.peer.pclass = 1; /* from now on the order of messages matters */
    send_message(d->srv, &d->talk, &otid, TCAP_CONTINUE, c);
}

static struct tcap_dialogue refusal(const struct tcap_acn *acn, uint8_t source)
{
    return (struct tcap_dialogue){
        .pdu = TCAP_DLG_AARE,
        .has_version = true,
        .version1 = true,
        .acn = *acn,
        .result = 1, /* reject-permanent */
        .diag_source = source,
        .diag = 2, /* user: context name; provider: dialogue portion */
    };
}

/* What ABRT says to the MAP user of the peer. */
static struct map_dlg abort_pdu(enum map_why why)
{
    enum { ASSOCIATED_PROCEDURE_FAILURE = 4, SHORT_TERM = 0 };

    if (why == MAP_WHY_ABNORMAL)
        return (struct map_dlg){ .type = MAP_DLG_PROVIDER_ABORT,
                                 .reason = MAP_ABNORMAL_DIALOGUE };
    if (why == MAP_WHY_NO_MESSAGE)
        return (struct map_dlg){ .type = MAP_DLG_USER_ABORT,
                                 .abort = MAP_ABORT_PROCEDURE_CANCELLED,
                                 .reason = ASSOCIATED_PROCEDURE_FAILURE };
    return (struct map_dlg){ .type = MAP_DLG_USER_ABORT,
                             .abort = MAP_ABORT_RESOURCE_UNAVAILABLE,
                             .reason = SHORT_TERM };
}

static void write_abrt(struct wr *w, enum map_why why)
{
    uint8_t octets[16];
    struct wr info = wr_init(octets, sizeof(octets));
    struct rd_err err;
    struct map_dlg pdu = abort_pdu(why);
    struct tcap_dialogue abrt = { .pdu = TCAP_DLG_ABRT };

    if (why == MAP_WHY_NO_PDU) {
        abrt.abort_source = 1; /* dialogue-service-provider */
    } else {
        map_dlg_write(&info, &pdu);
        abrt.has_user_info = true;
        abrt.user_info = rd_init(info.buf, info.len, &err);
    }
    tcap_dialogue_write(w, &abrt);
}

static void write_abort(struct wr *w, const struct map_talk *t,
                        enum map_why why)
{
    struct tcap_dialogue aare;

    if (t->version == 1 || why == MAP_WHY_PLAIN)
        return;
    if (why != MAP_WHY_NO_AC && why != MAP_WHY_NO_DIALOGUE) {
        write_abrt(w, why);
        return;
    }
    aare = refusal(&t->acn,
                   why == MAP_WHY_NO_AC ? TCAP_DIAG_USER : TCAP_DIAG_PROVIDER);
    tcap_dialogue_write(w, &aare);
}

void map_send_abort(struct map_srv *m, const struct map_talk *t,
                    enum map_why why)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_ABORT, NULL, &t->peer.tid);

    write_abort(&w, t, why);
    tcap_close(&w, mark);
    send_octets(m, &t->peer, &w);
}

void map_send_p_abort(struct map_srv *m, const struct tcap_peer *to,
                      enum tcap_p_abort cause)
{
    uint8_t buf[32];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_ABORT, NULL, &to->tid);

    tcap_p_abort_write(&w, (uint8_t)cause);
    tcap_close(&w, mark);
    send_octets(m, to, &w);
}

/* The calling party of what we send: our title and the SSN that was called. */
static void init_local(const struct map_srv *m, unsigned role,
                       struct tcap_peer *p)
{
    bool hlr = role == MAP_ROLE_HLR;
    const struct sccp_addr *own = &m->own[p->network][hlr ? 0 : 1];
    uint8_t ssn = hlr ? SCCP_SSN_HLR : SCCP_SSN_MSC;

    if (p->local.has_ssn && p->local.ssn != 0)
        ssn = p->local.ssn;
    if (own->gt.digits[0] != '\0') {
        p->local = *own;
        p->local.ssn = ssn;
    } else if (p->local.gt.gti != 0 && p->local.on_ssn) {
        /* a peer told to come back on SSN would not find us */
        p->local.on_ssn = false;
        p->local.wire_len = 0;
    }
}

void map_peer_init(struct map_srv *m, const struct sccp_ind *ind,
                   const struct tcap_tid *otid, unsigned role,
                   struct tcap_peer *p)
{
    uint8_t hlr_ssn = m->conf.net[p->network].hlr_ssn;

    if (hlr_ssn == 0)
        hlr_ssn = SCCP_SSN_HLR;
    if (role == 0 && ind->called.ssn == hlr_ssn)
        role = MAP_ROLE_HLR;
    p->tid = *otid;
    p->pclass = ind->pclass;
    p->sls = m->sls++ & 0x0f;
    p->back_assoc = ind->assoc;
    p->back_pc = ind->opc;
    p->addr = ind->calling;
    p->local = ind->called;
    init_local(m, role, p);
}

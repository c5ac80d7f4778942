/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_alert.c - alerts that an HLR sends to our SMSC, taken and answered
 *
 * Version 2 is an invoke of alertServiceCentre behind an AARQ, answered in an
 * End; version 1 one of alertServiceCentreWithoutResult alone, which wants no
 * answer but an End. Who knows version 1 only cannot read the AARQ.
 */

#include "drive_alert.h"

enum { AC_SHORT_MSG_ALERT = 23, MESSAGE_MAX = 200 };

/* From the title that was called, to the node that it came from: nobody here
 * knows the way to a title. */
static void send(struct stack *s, const struct sccp_ind *ind,
                 const struct wr *w)
{
    struct sccp_req req = {
        .called = ind->calling,
        .calling = ind->called,
        .data = w->buf,
        .data_len = w->len,
        .sls = ind->sls,
    };
    uint8_t cause;

    req.called.on_ssn = req.called.has_pc = true;
    req.called.pc = (uint16_t)ind->opc;
    req.called.wire_len = 0;
    if (wr_ok(w))
        sccp_unitdata_req(stack_sccp(s), &req, &cause);
}

static void put_aare(struct wr *w, const struct tcap_msg *msg)
{
    const struct tcap_dialogue aare = {
        .pdu = TCAP_DLG_AARE,
        .has_version = true,
        .version1 = true,
        .acn = msg->dlg.acn,
        .diag_source = TCAP_DIAG_USER,
    };

    tcap_dialogue_write(w, &aare);
}

static void end(const struct alert_conf *conf, struct stack *s,
                const struct sccp_ind *ind, const struct tcap_msg *msg,
                const struct tcap_comp *c)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_END, NULL, &msg->otid), comps;

    if (msg->dlg.pdu == TCAP_DLG_AARQ) {
        put_aare(&w, msg);
        comps = tcap_comps_open(&w);
        if (conf->error > 0)
            tcap_error_write(&w, c->id, (int32_t)conf->error, NULL, 0);
        else
            tcap_result_write(&w, c->id, c->op, NULL, 0);
        tcap_comps_close(&w, comps);
    }
    tcap_close(&w, mark);
    send(s, ind, &w);
}

static void not_understood(struct stack *s, const struct sccp_ind *ind,
                           const struct tcap_msg *msg)
{
    uint8_t buf[MESSAGE_MAX];
    struct wr w = wr_init(buf, sizeof(buf));
    size_t mark = tcap_open(&w, TCAP_ABORT, NULL, &msg->otid);

    tcap_p_abort_write(&w, TCAP_P_INCORRECT);
    tcap_close(&w, mark);
    send(s, ind, &w);
}

/* An alert of this version, and whole. */
static bool is_alert(const struct tcap_comp *c, uint8_t version)
{
    int32_t op =
        version == 1 ? MAP_OP_ALERT_SC_WITHOUT_RESULT : MAP_OP_ALERT_SC;

    return c->type == TCAP_INVOKE && c->has_op && !c->global_op && c->op == op;
}

bool alert_take(const struct alert_conf *conf, struct stack *s,
                const struct sccp_ind *ind, struct tcap_msg *msg,
                struct map_alert_arg *arg, uint8_t *version)
{
    struct tcap_comp c;

    *version = msg->dlg.pdu == TCAP_DLG_AARQ ? 2 : 1;
    if (conf->v1 && *version == 2) {
        not_understood(s, ind, msg);
        return false;
    }
    if (*version == 2 && msg->dlg.acn.ac != AC_SHORT_MSG_ALERT)
        return false;
    if (!msg->has_components || tcap_comp_next(&msg->components, &c) != 1 ||
        !is_alert(&c, *version))
        return false;
    map_alert_arg_read(&c.param, arg);
    if (!rd_ok(&c.param))
        return false;
    if (!conf->silent)
        end(conf, s, ind, msg, &c);
    return true;
}

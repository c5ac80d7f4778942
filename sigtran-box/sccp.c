/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp.c - SCCP connectionless control (Q.714 2.3 to 2.8, 4, 5.3)
 *
 * What MTP brings:
 *
 *   on GT ---> gtt ---> rule says PC ---> forward, hop counter one less
 *               |  `--> rule says here -.
 *   on SSN -----|-----------------------+--> SSN 1: management
 *               |                       |--> service message: user->notice
 *               |                       |--> not in service: return
 *               v                       `--> reassembly, user->unitdata
 *            return to the sender as UDTS, XUDTS, LUDTS, if it asked for it
 */

#include "sccp_part.h"

#include "gw/stat.h"

#include <stdlib.h>

enum { UDT_MAX = 268, REASM_MS = 15000 /* where conf says 0 */ };

static void on_reasm_expired(void)
{
    stat_inc(STAT_sccp_reasm_expired);
}

struct sccp *sccp_new(const struct sccp_conf *conf, struct timer_wheel *wheel,
                      const struct mtp_provider *down,
                      const struct sccp_user *up, void *up_ctx)
{
    struct sccp *s = calloc(1, sizeof(*s));

    if (s == NULL)
        abort();
    s->conf = *conf;
    if (s->conf.udt_max == 0)
        s->conf.udt_max = UDT_MAX;
    if (s->conf.udt_max > MTP_DATA_MAX)
        s->conf.udt_max = MTP_DATA_MAX;
    s->wheel = wheel;
    s->down = down;
    s->up = up;
    s->up_ctx = up_ctx;
    s->reasm = sccp_reasm_new(wheel, SCCP_REASM_SETS,
                              conf->reasm_ms > 0 ? conf->reasm_ms : REASM_MS,
                              on_reasm_expired);
    s->scmg = sccp_scmg_new(wheel, &sccp_manage_ops, s);
    for (size_t i = 0; i < conf->n_ssn; i++)
        s->ssn[conf->ssn[i]] = SSN_IN_SERVICE;
    return s;
}

void sccp_free(struct sccp *s)
{
    if (s == NULL)
        return;
    sccp_reasm_free(s->reasm);
    sccp_scmg_free(s->scmg);
    free(s);
}

void sccp_set_gtt(struct sccp *s, const struct gtt *gtt, bool gt_local)
{
    s->conf.gtt = gtt;
    s->conf.gt_local = gt_local;
}

/* On to another node; `m' is the message as it came. */
static void forward(struct sccp *s, const struct mtp_transfer *t,
                    const struct sccp_msg *m, const struct gtt_rule *rule)
{
    struct sccp_way way = { .sls = t->sls, .assoc = 0xff };
    struct sccp_msg out = *m;
    enum sccp_reach r =
        sccp_choose_pc(s, rule, &m->called, t->sls, t->opc, &way.dpc);

    if (r == REACH_OURS) {
        stat_inc(STAT_sccp_loop);
        sccp_refuse(s, t, m, SCCP_CAUSE_NO_TRANSLATION);
    } else if (m->type != SCCP_UDT && m->type != SCCP_UDTS && m->hops <= 1) {
        stat_inc(STAT_sccp_hop_counter);
        sccp_refuse(s, t, m, SCCP_CAUSE_HOP_COUNTER);
    } else if (rule->action == GTT_PC_SSN &&
               sccp_rule_ssn(rule, &m->called) == 0) {
        stat_inc(STAT_sccp_no_subsystem);
        sccp_refuse(s, t, m, SCCP_CAUSE_UNEQUIPPED_USER);
    } else if (!sccp_apply_rule(&out.called, rule, way.dpc)) {
        stat_inc(STAT_sccp_no_translation);
        sccp_refuse(s, t, m, SCCP_CAUSE_NO_TRANSLATION);
    } else {
        out.hops = (uint8_t)(m->hops > SCCP_HOPS ? SCCP_HOPS - 1 : m->hops - 1);
        if (r == REACH_USABLE && sccp_send_msg(s, &out, &way) == 0) {
            stat_inc(STAT_sccp_forwarded);
            return;
        }
        stat_inc(r == REACH_PROHIBITED ? STAT_sccp_prohibited
                                       : STAT_sccp_unreachable);
        sccp_refuse(s, t, m, sccp_reach_cause[r]);
    }
}

/* Whoever sends to a subsystem that is away has to know (Q.714 5.3.2). */
static void on_out_of_service(struct sccp *s, const struct mtp_transfer *t,
                              const struct sccp_msg *m, uint8_t ssn)
{
    uint32_t hidden;

    stat_inc(STAT_sccp_no_subsystem);
    sccp_refuse(s, t, m, SCCP_CAUSE_SUBSYSTEM_FAILURE);
    if (slog_may(&s->prohibiting, s->wheel->now_ms, &hidden))
        sccp_tell_state(s, t->opc, ssn);
}

/* Something of ours came back. */
static void on_service(struct sccp *s, const struct sccp_msg *m)
{
    char to[80];
    uint32_t hidden;

    stat_inc(STAT_sccp_returned_to_us);
    if (slog_may(&s->returned, s->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.sccp",
             "%s: what we sent to <%s> came back with cause %u, %s; is there "
             "a translation for that title on the way? (%u lines like this "
             "not shown)",
             sccp_type_str((uint8_t)m->type),
             sccp_addr_str(&m->calling, to, sizeof(to)), m->cause,
             sccp_cause_str(m->cause), hidden);
    if (m->has_seg && !m->seg_first)
        return; /* a later segment tells nothing that the first did not */
    s->up->notice(s->up_ctx, m->cause, &m->calling, &m->called, m->data,
                  m->data_len);
}

/* True if `m' is a whole message now. */
static bool reassemble(struct sccp *s, const struct mtp_transfer *t,
                       struct sccp_msg *m)
{
    stat_inc(STAT_sccp_segments);
    switch (sccp_reasm_take(s->reasm, m, t->opc)) {
    case SCCP_REASM_WHOLE:
        stat_inc(STAT_sccp_reassembled);
        return true;
    case SCCP_REASM_MORE:
        return false;
    case SCCP_REASM_STRAY: /* its first segment was answered, or is lost */
        stat_inc(STAT_sccp_reasm_stray);
        return false;
    case SCCP_REASM_FULL:
        stat_inc(STAT_sccp_reasm_full);
        sccp_refuse(s, t, m, SCCP_CAUSE_NO_REASSEMBLY);
        return false;
    case SCCP_REASM_SEQUENCE:
    case SCCP_REASM_LONG:
        stat_inc(STAT_sccp_reasm_failed);
        sccp_refuse(s, t, m, SCCP_CAUSE_SEGMENTATION);
        return false;
    }
    return false;
}

static void deliver(struct sccp *s, const struct mtp_transfer *t,
                    const struct sccp_msg *m, uint8_t ssn)
{
    struct sccp_ind ind = {
        .called = m->called,
        .calling = m->calling,
        .pclass = m->pclass,
        .return_opt = m->return_opt,
        .data = m->data,
        .data_len = m->data_len,
        .opc = t->opc,
        .sls = t->sls,
        .assoc = t->assoc,
    };

    if (!ind.called.has_ssn || ind.called.ssn != ssn) {
        ind.called.has_ssn = true;
        ind.called.ssn = ssn;
        ind.called.wire_len = 0;
    }
    stat_inc(STAT_sccp_delivered);
    s->up->unitdata(s->up_ctx, &ind);
}

static void to_subsystem(struct sccp *s, const struct mtp_transfer *t,
                         struct sccp_msg *m, uint8_t ssn)
{
    if (ssn == SCCP_SSN_MANAGEMENT) {
        sccp_manage_ind(s, t, m);
    } else if (s->ssn[ssn] == SSN_UNEQUIPPED) {
        stat_inc(STAT_sccp_no_subsystem);
        sccp_refuse(s, t, m, SCCP_CAUSE_UNEQUIPPED_USER);
    } else if (sccp_msg_is_service(m)) {
        on_service(s, m);
    } else if (s->ssn[ssn] == SSN_OUT_OF_SERVICE) {
        on_out_of_service(s, t, m, ssn);
    } else if (!m->has_seg || reassemble(s, t, m)) {
        deliver(s, t, m, ssn);
    }
}

/*
 * No rule speaks of this title. If none of the table's leads here, the STP
 * has already chosen what is ours: a title for our subsystem is our title.
 */
static bool is_local_by_ssn(const struct sccp *s, const struct sccp_addr *a)
{
    return s->conf.gt_local && a->has_ssn && s->ssn[a->ssn] != SSN_UNEQUIPPED;
}

/*
 * Routed on SSN means here, whatever point code the address names: MTP has
 * brought it here by that code, or an alias of it.
 */
static void route(struct sccp *s, const struct mtp_transfer *t,
                  struct sccp_msg *m)
{
    const struct gtt_rule *rule;
    bool nature;

    if (m->called.on_ssn) {
        to_subsystem(s, t, m, m->called.ssn);
        return;
    }
    rule = gtt_find(s->conf.gtt, &m->called.gt, &nature);
    if (rule == NULL && is_local_by_ssn(s, &m->called)) {
        to_subsystem(s, t, m, m->called.ssn);
    } else if (rule == NULL) {
        stat_inc(STAT_sccp_no_translation);
        sccp_refuse(s, t, m,
                    nature ? SCCP_CAUSE_NO_TRANSLATION_NATURE
                           : SCCP_CAUSE_NO_TRANSLATION);
    } else if (rule->action != GTT_LOCAL) {
        forward(s, t, m, rule);
    } else {
        to_subsystem(s, t, m, rule->ssn != 0 ? rule->ssn : m->called.ssn);
    }
}

/* Not one of the messages we know, or not well formed: there is no answer. */
static void drop(struct sccp *s, const struct mtp_transfer *t, uint8_t type,
                 const struct rd_err *err)
{
    uint32_t hidden;

    stat_inc(err->what ? STAT_sccp_malformed : STAT_sccp_unsupported);
    if (!slog_may(&s->bad, s->wheel->now_ms, &hidden))
        return;
    slog(SLOG_WARNING, "ss7.sccp",
         "SCCP message of type 0x%02x, %u octets, from OPC %u-%u-%u dropped: "
         "%s, at octet %zu (%u lines like this not shown)",
         type, t->len, t->opc >> 11, t->opc >> 3 & 0xff, t->opc & 7,
         err->what ? err->what : sccp_type_str(type), err->at, hidden);
}

void sccp_mtp_transfer(struct sccp *s, const struct mtp_transfer *t)
{
    struct rd_err err;
    struct rd r = rd_init(t->data, t->len, &err);
    struct sccp_msg m;

    if (sccp_msg_read(&r, &m))
        route(s, t, &m);
    else
        drop(s, t, (uint8_t)m.type, &err);
}

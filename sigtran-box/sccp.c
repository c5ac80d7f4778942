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

#include "sccp.h"

#include "gw/stat.h"
#include "sccp_scmg.h"
#include "sccp_seg.h"
#include "slog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { NO_PC = 1 << 14 };
enum { HOPS = 15 /* of what begins here */ };
enum { UDT_MAX = 268, REASM_MS = 15000 /* where conf says 0 */ };

enum ssn_state { SSN_UNEQUIPPED, SSN_IN_SERVICE, SSN_OUT_OF_SERVICE };

struct sccp {
    struct sccp_conf conf;
    struct timer_wheel *wheel;
    const struct mtp_provider *down;
    const struct sccp_user *up;
    void *up_ctx;
    struct sccp_reasm *reasm;
    struct sccp_scmg *scmg;
    uint8_t ssn[256];              /* enum ssn_state */
    struct slog_rate bad, refused; /* lines that a peer can cause */
    struct slog_rate returned, remote;
    struct slog_rate prohibiting; /* and SSPs */
};

/* How well a message can go to a point code; the last is the best. */
enum reach { REACH_OURS, REACH_PAUSED, REACH_PROHIBITED, REACH_USABLE };

static const uint8_t reach_cause[] = {
    [REACH_OURS] = SCCP_CAUSE_NO_TRANSLATION,
    [REACH_PAUSED] = SCCP_CAUSE_MTP_FAILURE,
    [REACH_PROHIBITED] = SCCP_CAUSE_SUBSYSTEM_FAILURE,
    [REACH_USABLE] = SCCP_CAUSE_MTP_FAILURE, /* if it is not sent even so */
};

/* Where a message goes. */
struct way {
    uint32_t dpc;
    uint8_t sls, assoc;
};

static const struct sccp_scmg_ops scmg_ops;

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
    s->scmg = sccp_scmg_new(wheel, &scmg_ops, s);
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

static bool is_own(const struct sccp *s, uint32_t pc)
{
    for (size_t i = 0; i < s->conf.n_pc; i++)
        if (s->conf.pc[i] == pc)
            return true;
    return false;
}

static bool is_usable(const struct sccp *s, uint32_t pc)
{
    return !is_own(s, pc) && !sccp_scmg_is_paused(s->scmg, pc);
}

/* `ssn' 0: the message does not go to a subsystem there. */
static enum reach reach(const struct sccp *s, uint32_t pc, uint8_t ssn)
{
    if (is_own(s, pc))
        return REACH_OURS;
    if (sccp_scmg_is_paused(s->scmg, pc))
        return REACH_PAUSED;
    if (sccp_scmg_is_prohibited(s->scmg, (uint16_t)pc, ssn))
        return REACH_PROHIBITED;
    return REACH_USABLE;
}

static int send_octets(struct sccp *s, const struct way *way,
                       const struct wr *w)
{
    struct mtp_transfer t = {
        .opc = s->conf.pc[0],
        .dpc = way->dpc,
        .ni = s->conf.ni,
        .si = MTP_SI_SCCP,
        .sls = way->sls,
        .assoc = way->assoc,
        .len = (uint16_t)w->len,
        .data = w->buf,
    };

    return s->down->send(s->down->self, &t);
}

/* As one MTP message. -1: it is too long, or no association can take it. */
static int send_msg(struct sccp *s, const struct sccp_msg *m,
                    const struct way *way)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, sizeof(buf));

    sccp_msg_write(&w, m);
    return wr_ok(&w) ? send_octets(s, way, &w) : -1;
}

/* The subsystem that a rule sends a message to; 0: none, it says where. */
static uint8_t rule_ssn(const struct gtt_rule *rule, const struct sccp_addr *a)
{
    if (rule->action != GTT_PC_SSN)
        return 0;
    return rule->ssn != 0 || !a->has_ssn ? rule->ssn : a->ssn;
}

/*
 * Which of a rule's nodes takes a message for `a': the first that can, or
 * that of the SLS, in whose place all that can share its part. Never `not'.
 */
static enum reach choose_pc(const struct sccp *s, const struct gtt_rule *rule,
                            const struct sccp_addr *a, uint8_t sls,
                            uint32_t not, uint32_t *pc)
{
    uint32_t usable[1 + GTT_MORE];
    unsigned n = 1u + rule->n_more, can = 0, mine = rule->share ? sls % n : 0;
    enum reach best = REACH_OURS;

    for (unsigned i = 0; i < n; i++) {
        uint32_t to = i == 0 ? rule->pc : rule->more[i - 1];
        enum reach r = to == not ? REACH_OURS : reach(s, to, rule_ssn(rule, a));

        if (r > best)
            best = r;
        if (r == REACH_USABLE && i == mine) {
            *pc = to;
            return r;
        }
        if (r == REACH_USABLE)
            usable[can++] = to;
    }
    if (can > 0)
        *pc = usable[rule->share ? sls / n % can : 0];
    return best;
}

/* What a rule makes of the address it was found for. False: of no use. */
static bool apply_rule(struct sccp_addr *a, const struct gtt_rule *rule,
                       uint32_t pc)
{
    struct sccp_addr old = *a;

    if (!gtt_modify(rule, &a->gt))
        return false;
    if (rule->ssn != 0) {
        a->has_ssn = true;
        a->ssn = rule->ssn;
    }
    if (rule->action == GTT_PC_SSN)
        a->on_ssn = true;
    if (a->has_pc)
        a->pc = (uint16_t)pc;
    if (!sccp_addr_equal(a, &old))
        a->wire_len = 0;
    return true;
}

/* The default point code for this SLS, or the next one that is usable. */
static bool default_pc(const struct sccp *s, uint8_t sls, uint32_t *pc)
{
    uint8_t n = s->conf.n_default_pc;

    for (uint8_t i = 0; i < n; i++) {
        *pc = s->conf.default_pc[(sls + i) % n];
        if (is_usable(s, *pc))
            return true;
    }
    return false;
}

/*
 * The point code for something of ours addressed to `called', which becomes
 * what the rule makes of it. 0, or -1 and the cause.
 */
static int find_pc(const struct sccp *s, struct sccp_addr *called, uint8_t sls,
                   uint32_t *pc, uint8_t *cause)
{
    const struct gtt_rule *rule;
    enum reach r = REACH_OURS;
    bool nature;

    *cause = SCCP_CAUSE_NO_TRANSLATION;
    if (called->on_ssn || called->gt.gti == 0) {
        *pc = called->pc;
        if (called->has_pc)
            r = reach(s, *pc, called->has_ssn ? called->ssn : 0);
        *cause = reach_cause[r];
        return r == REACH_USABLE ? 0 : -1;
    }

    rule = gtt_find(s->conf.gtt, &called->gt, &nature);
    if (rule == NULL) {
        if (default_pc(s, sls, pc))
            return 0;
        if (s->conf.n_default_pc > 0)
            *cause = SCCP_CAUSE_MTP_FAILURE;
        else if (nature)
            *cause = SCCP_CAUSE_NO_TRANSLATION_NATURE;
        return -1;
    }
    if (rule->action == GTT_LOCAL)
        return -1;
    r = choose_pc(s, rule, called, sls, NO_PC, pc);
    *cause = reach_cause[r];
    return r == REACH_USABLE && apply_rule(called, rule, *pc) ? 0 : -1;
}

/*
 * Back to where a question came from, if there is no other way: but not to a
 * subsystem that is prohibited, there or where the address says.
 */
static bool goes_back(const struct sccp *s, const struct sccp_addr *called,
                      const struct sccp_req *req, uint8_t *cause)
{
    if (!req->has_back_pc || !is_usable(s, req->back_pc))
        return false;
    if (!called->on_ssn || !called->has_ssn)
        return true;
    if (reach(s, req->back_pc, called->ssn) == REACH_PROHIBITED)
        *cause = SCCP_CAUSE_SUBSYSTEM_FAILURE;
    return *cause != SCCP_CAUSE_SUBSYSTEM_FAILURE;
}

static int find_way(const struct sccp *s, struct sccp_addr *called,
                    const struct sccp_req *req, struct way *way, uint8_t *cause)
{
    way->sls = req->sls;
    way->assoc = req->has_back_pc ? req->back_assoc : 0xff;
    if (find_pc(s, called, req->sls, &way->dpc, cause) == 0)
        return 0;
    if (*cause == SCCP_CAUSE_SUBSYSTEM_FAILURE)
        stat_inc(STAT_sccp_prohibited);
    if (!goes_back(s, called, req, cause))
        return -1;
    way->dpc = req->back_pc;
    return 0;
}

/* Cut into XUDT segments, Q.714 4.1.1. */
static int send_cut(struct sccp *s, struct sccp_msg *m, const struct way *way,
                    uint8_t *cause)
{
    const struct sccp_msg *seg;
    struct sccp_cut cut;
    uint8_t ref[3];

    *cause = SCCP_CAUSE_LOCAL_PROCESSING;
    if (getrandom(ref, sizeof(ref), 0) != (ssize_t)sizeof(ref))
        return -1;
    *cause = SCCP_CAUSE_SEGMENTATION;
    m->seg_class1 = m->pclass == 1;
    m->hops = HOPS;
    if (m->data_len > SCCP_USER_DATA_MAX ||
        !sccp_cut_start(&cut, m, s->conf.udt_max, ref))
        return -1;
    stat_inc(STAT_sccp_segmented);
    *cause = SCCP_CAUSE_MTP_FAILURE;
    while ((seg = sccp_cut_next(&cut)) != NULL)
        if (send_msg(s, seg, way) < 0)
            return -1; /* the peer discards what it has */
    return 0;
}

static int send_data(struct sccp *s, struct sccp_msg *m, const struct way *way,
                     uint8_t *cause)
{
    uint8_t buf[MTP_DATA_MAX];
    struct wr w = wr_init(buf, s->conf.udt_max);

    sccp_msg_write(&w, m);
    if (!wr_ok(&w) && s->conf.no_xudt) {
        stat_inc(STAT_sccp_too_long);
        *cause = SCCP_CAUSE_NO_SEGMENTATION;
        return -1;
    }
    if (!wr_ok(&w))
        return send_cut(s, m, way, cause);
    *cause = SCCP_CAUSE_MTP_FAILURE;
    return send_octets(s, way, &w);
}

int sccp_unitdata_req(struct sccp *s, const struct sccp_req *req,
                      uint8_t *cause)
{
    struct sccp_msg m = {
        .type = SCCP_UDT,
        .pclass = req->pclass & 1,
        .return_opt = req->return_opt,
        .called = req->called,
        .calling = req->calling,
        .data = req->data,
        .data_len = req->data_len,
        .importance = -1,
    };
    struct way way;

    if (find_way(s, &m.called, req, &way, cause) < 0 ||
        send_data(s, &m, &way, cause) < 0) {
        stat_inc(STAT_sccp_not_sent);
        return -1;
    }
    stat_inc(STAT_sccp_sent);
    return 0;
}

/* Back to the sender with the cause, Q.714 4.2. True if it was sent. */
static bool send_back(struct sccp *s, const struct mtp_transfer *t,
                      const struct sccp_msg *m, uint8_t cause)
{
    struct sccp_req req = {
        .sls = t->sls,
        .has_back_pc = true,
        .back_pc = t->opc,
        .back_assoc = t->assoc,
    };
    struct sccp_msg back = *m;
    struct way way;
    uint8_t no_way;

    if (sccp_msg_is_service(m) || !m->return_opt ||
        (!m->calling.has_ssn && m->calling.gt.gti == 0))
        return false;
    back.type = (enum sccp_type)(m->type + 1);
    back.cause = cause;
    back.hops = HOPS;
    back.called = m->calling;
    back.calling = m->called;
    return find_way(s, &back.called, &req, &way, &no_way) == 0 &&
           send_msg(s, &back, &way) == 0;
}

/* A message that cannot go where it wants to. */
static void refuse(struct sccp *s, const struct mtp_transfer *t,
                   const struct sccp_msg *m, uint8_t cause)
{
    bool sent = send_back(s, t, m, cause);
    char to[80], from[80];
    uint32_t hidden;

    stat_inc(sent ? STAT_sccp_returned : STAT_sccp_unreturned);
    if (!slog_may(&s->refused, s->wheel->now_ms, &hidden))
        return;
    slog(SLOG_WARNING, "ss7.sccp",
         "%s to <%s> from <%s>, OPC %u-%u-%u, cannot be delivered: cause %u, "
         "%s; it was %s (%u lines like this not shown)",
         sccp_type_str((uint8_t)m->type),
         sccp_addr_str(&m->called, to, sizeof(to)),
         sccp_addr_str(&m->calling, from, sizeof(from)), t->opc >> 11,
         t->opc >> 3 & 0xff, t->opc & 7, cause, sccp_cause_str(cause),
         sent ? "returned" : "dropped", hidden);
}

/* On to another node; `m' is the message as it came. */
static void forward(struct sccp *s, const struct mtp_transfer *t,
                    const struct sccp_msg *m, const struct gtt_rule *rule)
{
    struct way way = { .sls = t->sls, .assoc = 0xff };
    struct sccp_msg out = *m;
    enum reach r = choose_pc(s, rule, &m->called, t->sls, t->opc, &way.dpc);

    if (r == REACH_OURS) {
        stat_inc(STAT_sccp_loop);
        refuse(s, t, m, SCCP_CAUSE_NO_TRANSLATION);
    } else if (m->type != SCCP_UDT && m->type != SCCP_UDTS && m->hops <= 1) {
        stat_inc(STAT_sccp_hop_counter);
        refuse(s, t, m, SCCP_CAUSE_HOP_COUNTER);
    } else if (rule->action == GTT_PC_SSN && rule_ssn(rule, &m->called) == 0) {
        stat_inc(STAT_sccp_no_subsystem);
        refuse(s, t, m, SCCP_CAUSE_UNEQUIPPED_USER);
    } else if (!apply_rule(&out.called, rule, way.dpc)) {
        stat_inc(STAT_sccp_no_translation);
        refuse(s, t, m, SCCP_CAUSE_NO_TRANSLATION);
    } else {
        out.hops = (uint8_t)(m->hops > HOPS ? HOPS - 1 : m->hops - 1);
        if (r == REACH_USABLE && send_msg(s, &out, &way) == 0) {
            stat_inc(STAT_sccp_forwarded);
            return;
        }
        stat_inc(r == REACH_PROHIBITED ? STAT_sccp_prohibited
                                       : STAT_sccp_unreachable);
        refuse(s, t, m, reach_cause[r]);
    }
}

/* ---- SCCP management, Q.714 5.3 ---- */

static bool send_management(struct sccp *s, const struct way *way,
                            const struct sccp_scmg_msg *m, uint32_t from)
{
    uint8_t octets[8];
    struct wr w = wr_init(octets, sizeof(octets));
    struct sccp_addr peer = {
        .on_ssn = true,
        .has_pc = true,
        .pc = (uint16_t)way->dpc,
        .has_ssn = true,
        .ssn = SCCP_SSN_MANAGEMENT,
    };
    struct sccp_msg udt = {
        .type = SCCP_UDT,
        .called = peer,
        .calling = peer,
        .data = octets,
        .importance = -1,
    };

    udt.calling.pc = (uint16_t)from;
    sccp_scmg_write(&w, m);
    udt.data_len = w.len;
    return send_msg(s, &udt, way) == 0;
}

/* Ask whether a prohibited subsystem of another node is there again. */
static void send_test(void *ctx, uint16_t pc, uint8_t ssn)
{
    struct sccp *s = ctx;
    struct way way = { .dpc = pc, .assoc = 0xff };
    struct sccp_scmg_msg sst = {
        .format = SCCP_SCMG_SST,
        .ssn = ssn,
        .pc = pc,
    };

    if (send_management(s, &way, &sst, s->conf.pc[0]))
        stat_inc(STAT_sccp_sst_sent);
}

/* Tell a node the state of a subsystem of ours. */
static void tell_state(struct sccp *s, uint32_t pc, uint8_t ssn)
{
    struct way way = { .dpc = pc, .assoc = 0xff };
    struct sccp_scmg_msg m = {
        .format = s->ssn[ssn] == SSN_IN_SERVICE ? SCCP_SCMG_SSA : SCCP_SCMG_SSP,
        .ssn = ssn,
        .pc = (uint16_t)s->conf.pc[0],
    };

    if (is_usable(s, pc) && send_management(s, &way, &m, m.pc))
        stat_inc(STAT_sccp_state_sent);
}

static void tell_all_states(struct sccp *s, uint32_t pc)
{
    for (unsigned ssn = SCCP_SSN_MANAGEMENT + 1; ssn < 255; ssn++)
        if (s->ssn[ssn] != SSN_UNEQUIPPED)
            tell_state(s, pc, (uint8_t)ssn);
}

void sccp_mtp_ready(struct sccp *s)
{
    for (size_t i = 0; i < s->conf.n_concerned; i++)
        tell_all_states(s, s->conf.concerned[i]);
}

void sccp_set_ssn(struct sccp *s, uint8_t ssn, bool in_service)
{
    uint8_t state = in_service ? SSN_IN_SERVICE : SSN_OUT_OF_SERVICE;

    if (s->ssn[ssn] == state)
        return;
    s->ssn[ssn] = state;
    for (size_t i = 0; i < s->conf.n_concerned; i++)
        tell_state(s, s->conf.concerned[i], ssn);
}

static void on_resumed(void *ctx, uint16_t pc)
{
    struct sccp *s = ctx;

    for (size_t i = 0; i < s->conf.n_concerned; i++)
        if (s->conf.concerned[i] == pc)
            tell_all_states(s, pc);
}

void sccp_mtp_pause(struct sccp *s, uint32_t pc, uint8_t mask)
{
    sccp_scmg_mark(s->scmg, pc, mask, true);
}

void sccp_mtp_resume(struct sccp *s, uint32_t pc, uint8_t mask)
{
    sccp_scmg_mark(s->scmg, pc, mask, false);
}

static const struct sccp_scmg_ops scmg_ops = { send_test, on_resumed };

/* Only of ourselves, and only while the subsystem can be used. */
static void on_test(struct sccp *s, const struct mtp_transfer *t,
                    const struct sccp_scmg_msg *sst)
{
    struct way way = { .dpc = t->opc, .sls = t->sls, .assoc = t->assoc };
    struct sccp_scmg_msg ssa = *sst;

    ssa.format = SCCP_SCMG_SSA;
    if (is_own(s, sst->pc) && !is_own(s, t->opc) &&
        (sst->ssn == SCCP_SSN_MANAGEMENT ||
         s->ssn[sst->ssn] == SSN_IN_SERVICE) &&
        send_management(s, &way, &ssa, sst->pc))
        stat_inc(STAT_sccp_sst_answered);
}

/* A node speaks for itself, and an STP of ours for those behind it. */
static bool may_tell(const struct sccp *s, uint32_t opc, uint32_t about)
{
    for (size_t i = 0; i < s->conf.n_default_pc; i++)
        if (s->conf.default_pc[i] == opc)
            return !is_own(s, about);
    return opc == about && !is_own(s, about);
}

static void on_state(struct sccp *s, uint32_t opc,
                     const struct sccp_scmg_msg *m)
{
    bool prohibited = m->format == SCCP_SCMG_SSP;
    uint32_t hidden;

    if (!may_tell(s, opc, m->pc))
        return;
    if (prohibited && sccp_scmg_full(s->scmg))
        stat_inc(STAT_sccp_ssp_full);
    if (prohibited ? !sccp_scmg_prohibit(s->scmg, m->pc, m->ssn)
                   : !sccp_scmg_allow(s->scmg, m->pc, m->ssn))
        return;
    stat_inc(prohibited ? STAT_sccp_remote_lost : STAT_sccp_remote_back);
    if (slog_may(&s->remote, s->wheel->now_ms, &hidden))
        slog(SLOG_WARNING, "ss7.sccp",
             "Subsystem %u of point code %u-%u-%u is %s (%u lines like this "
             "not shown)",
             m->ssn, m->pc >> 11, m->pc >> 3 & 0xff, m->pc & 7,
             prohibited ? "out of service" : "in service again", hidden);
}

static void on_management(struct sccp *s, const struct mtp_transfer *t,
                          const struct sccp_msg *udt)
{
    struct rd_err err;
    struct rd r = rd_init(udt->data, udt->data_len, &err);
    struct sccp_scmg_msg m;

    stat_inc(STAT_sccp_management);
    sccp_scmg_read(&r, &m);
    if (sccp_msg_is_service(udt) || !rd_ok(&r))
        return;
    switch (m.format) {
    case SCCP_SCMG_SST:
        on_test(s, t, &m);
        break;
    case SCCP_SCMG_SSA:
    case SCCP_SCMG_SSP:
        on_state(s, t->opc, &m);
        break;
    case SCCP_SCMG_SSC: /* what we send has no importance to be held back by */
        stat_inc(STAT_sccp_ssc_in);
        break;
    }
}

/* Whoever sends to a subsystem that is away has to know (Q.714 5.3.2). */
static void on_out_of_service(struct sccp *s, const struct mtp_transfer *t,
                              const struct sccp_msg *m, uint8_t ssn)
{
    uint32_t hidden;

    stat_inc(STAT_sccp_no_subsystem);
    refuse(s, t, m, SCCP_CAUSE_SUBSYSTEM_FAILURE);
    if (slog_may(&s->prohibiting, s->wheel->now_ms, &hidden))
        tell_state(s, t->opc, ssn);
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
        refuse(s, t, m, SCCP_CAUSE_NO_REASSEMBLY);
        return false;
    case SCCP_REASM_SEQUENCE:
    case SCCP_REASM_LONG:
        stat_inc(STAT_sccp_reasm_failed);
        refuse(s, t, m, SCCP_CAUSE_SEGMENTATION);
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
        on_management(s, t, m);
    } else if (s->ssn[ssn] == SSN_UNEQUIPPED) {
        stat_inc(STAT_sccp_no_subsystem);
        refuse(s, t, m, SCCP_CAUSE_UNEQUIPPED_USER);
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
        refuse(s, t, m,
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

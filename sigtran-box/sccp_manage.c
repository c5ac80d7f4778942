/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_manage.c - SCCP management: what we tell others of our subsystems,
 * and they us of theirs (Q.714 5.3)
 */

#include "sccp_part.h"

#include "gw/stat.h"

static bool send_management(struct sccp *s, const struct sccp_way *way,
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
    return sccp_send_msg(s, &udt, way) == 0;
}

/* Ask whether a prohibited subsystem of another node is there again. */
static void send_test(void *ctx, uint16_t pc, uint8_t ssn)
{
    struct sccp *s = ctx;
    struct sccp_way way = { .dpc = pc, .assoc = 0xff };
    struct sccp_scmg_msg sst = {
        .format = SCCP_SCMG_SST,
        .ssn = ssn,
        .pc = pc,
    };

    if (send_management(s, &way, &sst, s->conf.pc[0]))
        stat_inc(STAT_sccp_sst_sent);
}

void sccp_tell_state(struct sccp *s, uint32_t pc, uint8_t ssn)
{
    struct sccp_way way = { .dpc = pc, .assoc = 0xff };
    struct sccp_scmg_msg m = {
        .format = s->ssn[ssn] == SSN_IN_SERVICE ? SCCP_SCMG_SSA : SCCP_SCMG_SSP,
        .ssn = ssn,
        .pc = (uint16_t)s->conf.pc[0],
    };

    if (sccp_is_usable(s, pc) && send_management(s, &way, &m, m.pc))
        stat_inc(STAT_sccp_state_sent);
}

static void tell_all_states(struct sccp *s, uint32_t pc)
{
    for (unsigned ssn = SCCP_SSN_MANAGEMENT + 1; ssn < 255; ssn++)
        if (s->ssn[ssn] != SSN_UNEQUIPPED)
            sccp_tell_state(s, pc, (uint8_t)ssn);
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
        sccp_tell_state(s, s->conf.concerned[i], ssn);
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

const struct sccp_scmg_ops sccp_manage_ops = { send_test, on_resumed };

/* Only of ourselves, and only while the subsystem can be used. */
static void on_test(struct sccp *s, const struct mtp_transfer *t,
                    const struct sccp_scmg_msg *sst)
{
    struct sccp_way way = { .dpc = t->opc, .sls = t->sls, .assoc = t->assoc };
    struct sccp_scmg_msg ssa = *sst;

    ssa.format = SCCP_SCMG_SSA;
    if (sccp_is_own(s, sst->pc) && !sccp_is_own(s, t->opc) &&
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
            return !sccp_is_own(s, about);
    return opc == about && !sccp_is_own(s, about);
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

void sccp_manage_ind(struct sccp *s, const struct mtp_transfer *t,
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

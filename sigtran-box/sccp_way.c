/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_way.c - where a message goes: by GTT, point code, state of nodes
 * (Q.714 2.2 to 2.4, 5.2, 5.3)
 */

#include "sccp_part.h"

#include "gw/stat.h"

const uint8_t sccp_reach_cause[] = {
    [REACH_OURS] = SCCP_CAUSE_NO_TRANSLATION,
    [REACH_PAUSED] = SCCP_CAUSE_MTP_FAILURE,
    [REACH_PROHIBITED] = SCCP_CAUSE_SUBSYSTEM_FAILURE,
    [REACH_USABLE] = SCCP_CAUSE_MTP_FAILURE, /* if it is not sent even so */
};

bool sccp_is_own(const struct sccp *s, uint32_t pc)
{
    for (size_t i = 0; i < s->conf.n_pc; i++)
        if (s->conf.pc[i] == pc)
            return true;
    return false;
}

bool sccp_is_usable(const struct sccp *s, uint32_t pc)
{
    return !sccp_is_own(s, pc) && !sccp_scmg_is_paused(s->scmg, pc);
}

/* `ssn' 0: the message does not go to a subsystem there. */
static enum sccp_reach reach(const struct sccp *s, uint32_t pc, uint8_t ssn)
{
    if (sccp_is_own(s, pc))
        return REACH_OURS;
    if (sccp_scmg_is_paused(s->scmg, pc))
        return REACH_PAUSED;
    if (sccp_scmg_is_prohibited(s->scmg, (uint16_t)pc, ssn))
        return REACH_PROHIBITED;
    return REACH_USABLE;
}

uint8_t sccp_rule_ssn(const struct gtt_rule *rule, const struct sccp_addr *a)
{
    if (rule->action != GTT_PC_SSN)
        return 0;
    return rule->ssn != 0 || !a->has_ssn ? rule->ssn : a->ssn;
}

enum sccp_reach sccp_choose_pc(const struct sccp *s,
                               const struct gtt_rule *rule,
                               const struct sccp_addr *a, uint8_t sls,
                               uint32_t not, uint32_t *pc)
{
    uint32_t usable[1 + GTT_MORE];
    unsigned n = 1u + rule->n_more, can = 0, mine = rule->share ? sls % n : 0;
    enum sccp_reach best = REACH_OURS;

    for (unsigned i = 0; i < n; i++) {
        uint32_t to = i == 0 ? rule->pc : rule->more[i - 1];
        enum sccp_reach r =
            to == not ? REACH_OURS : reach(s, to, sccp_rule_ssn(rule, a));

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

bool sccp_apply_rule(struct sccp_addr *a, const struct gtt_rule *rule,
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
        if (sccp_is_usable(s, *pc))
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
    enum sccp_reach r = REACH_OURS;
    bool nature;

    *cause = SCCP_CAUSE_NO_TRANSLATION;
    if (called->on_ssn || called->gt.gti == 0) {
        *pc = called->pc;
        if (called->has_pc)
            r = reach(s, *pc, called->has_ssn ? called->ssn : 0);
        *cause = sccp_reach_cause[r];
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
    r = sccp_choose_pc(s, rule, called, sls, SCCP_NO_PC, pc);
    *cause = sccp_reach_cause[r];
    return r == REACH_USABLE && sccp_apply_rule(called, rule, *pc) ? 0 : -1;
}

/*
 * Back to where a question came from, if there is no other way: but not to a
 * subsystem that is prohibited, there or where the address says.
 */
static bool goes_back(const struct sccp *s, const struct sccp_addr *called,
                      const struct sccp_req *req, uint8_t *cause)
{
    if (!req->has_back_pc || !sccp_is_usable(s, req->back_pc))
        return false;
    if (!called->on_ssn || !called->has_ssn)
        return true;
    if (reach(s, req->back_pc, called->ssn) == REACH_PROHIBITED)
        *cause = SCCP_CAUSE_SUBSYSTEM_FAILURE;
    return *cause != SCCP_CAUSE_SUBSYSTEM_FAILURE;
}

int sccp_find_way(const struct sccp *s, struct sccp_addr *called,
                  const struct sccp_req *req, struct sccp_way *way,
                  uint8_t *cause)
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

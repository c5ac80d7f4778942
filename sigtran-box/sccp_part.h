/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_part.h - the parts of SCCP, for each other
 *
 *     sccp.c         what MTP brings: here, on, or back
 *     sccp_way.c     where a message goes
 *     sccp_send.c    what goes out
 *     sccp_return.c  what cannot go where it wants to
 *     sccp_manage.c  the states of subsystems, ours and others'
 *
 * They share one struct sccp; its users include sccp.h alone.
 */

#ifndef SCCP_PART_H
#define SCCP_PART_H

#include "sccp.h"
#include "sccp_scmg.h"
#include "sccp_seg.h"
#include "slog.h"

enum { SCCP_HOPS = 15 /* of what begins here */ };
enum { SCCP_NO_PC = 1 << 14 };

enum sccp_ssn_state { SSN_UNEQUIPPED, SSN_IN_SERVICE, SSN_OUT_OF_SERVICE };

struct sccp {
    struct sccp_conf conf;
    struct timer_wheel *wheel;
    const struct mtp_provider *down;
    const struct sccp_user *up;
    void *up_ctx;
    struct sccp_reasm *reasm;
    struct sccp_scmg *scmg;
    uint8_t ssn[256];              /* enum sccp_ssn_state */
    struct slog_rate bad, refused; /* lines that a peer can cause */
    struct slog_rate returned, remote;
    struct slog_rate prohibiting; /* and SSPs */
};

/* ---- where: sccp_way.c ---- */

/* How well a message can go to a point code; the last is the best. */
enum sccp_reach { REACH_OURS, REACH_PAUSED, REACH_PROHIBITED, REACH_USABLE };

/* Indexed by the above. */
extern const uint8_t sccp_reach_cause[];

struct sccp_way {
    uint32_t dpc;
    uint8_t sls, assoc;
};

bool sccp_is_own(const struct sccp *s, uint32_t pc);
bool sccp_is_usable(const struct sccp *s, uint32_t pc);

/* The subsystem that a rule sends a message to; 0: none, it says where. */
uint8_t sccp_rule_ssn(const struct gtt_rule *rule, const struct sccp_addr *a);

/*
 * Which of a rule's nodes takes a message for `a': the first that can, or
 * that of the SLS, in whose place all that can share its part. Never `not'.
 */
enum sccp_reach sccp_choose_pc(const struct sccp *s,
                               const struct gtt_rule *rule,
                               const struct sccp_addr *a, uint8_t sls,
                               uint32_t not, uint32_t *pc);

/* What a rule makes of the address it was found for. False: of no use. */
bool sccp_apply_rule(struct sccp_addr *a, const struct gtt_rule *rule,
                     uint32_t pc);

/* The way of something of ours to `called', which becomes what the rule makes
 * of it. 0, or -1 and the cause. */
int sccp_find_way(const struct sccp *s, struct sccp_addr *called,
                  const struct sccp_req *req, struct sccp_way *way,
                  uint8_t *cause);

/* ---- out: sccp_send.c ---- */

/* As one MTP message. -1: it is too long, or no association can take it. */
int sccp_send_msg(struct sccp *s, const struct sccp_msg *m,
                  const struct sccp_way *way);

/* ---- back: sccp_return.c ---- */

/* `m' is returned to its sender with the cause, if it asked for that. */
void sccp_refuse(struct sccp *s, const struct mtp_transfer *t,
                 const struct sccp_msg *m, uint8_t cause);

/* ---- states: sccp_manage.c ---- */

extern const struct sccp_scmg_ops sccp_manage_ops;

/* A message for SSN 1. */
void sccp_manage_ind(struct sccp *s, const struct mtp_transfer *t,
                     const struct sccp_msg *udt);

/* Tell a node the state of a subsystem of ours. */
void sccp_tell_state(struct sccp *s, uint32_t pc, uint8_t ssn);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_scmg.h - SCCP management: messages, and what is known of other nodes
 *
 * Of each point code whether MTP can reach it (Q.714 5.2), and of the
 * subsystems there which are prohibited (Q.714 5.3).
 *
 * A management message is five octets of user data for SSN 1, or six
 * (Q.713 5). The state of every subsystem of every other node is: allowed,
 * until its node says otherwise. Those that are prohibited are kept here, as
 * many as SCCP_SCMG_MAX, and tested until they answer: after 30 s, then
 * after twice as long each time, up to 10 min (T(stat info), Q.714 5.3.4).
 *
 * All memory is taken in sccp_scmg_new(). Logs nothing. SS7 thread only.
 */

#ifndef SCCP_SCMG_H
#define SCCP_SCMG_H

#include "octets.h"
#include "timer.h"

enum { SCCP_PC_COUNT = 1 << 14 };
enum { SCCP_SCMG_MAX = 256 }; /* prohibited subsystems at once, per network */
enum { SCCP_SCMG_TEST_MS = 30000, SCCP_SCMG_TEST_MAX_MS = 600000 };

/* Format identifiers. */
enum {
    SCCP_SCMG_SSA = 1,
    SCCP_SCMG_SSP = 2,
    SCCP_SCMG_SST = 3,
    SCCP_SCMG_SSC = 6,
};

struct sccp_scmg_msg {
    uint8_t format;
    uint8_t ssn;        /* affected subsystem */
    uint16_t pc;        /* ... of this node, 14 bit */
    uint8_t congestion; /* SSC only: level 1 to 8 */
};

void sccp_scmg_read(struct rd *r, struct sccp_scmg_msg *m);
void sccp_scmg_write(struct wr *w, const struct sccp_scmg_msg *m);

struct sccp_scmg;

struct sccp_scmg_ops {
    /* Send a subsystem status test. */
    void (*test)(void *ctx, uint16_t pc, uint8_t ssn);
    /* It was paused and is not any more. */
    void (*resumed)(void *ctx, uint16_t pc);
};

struct sccp_scmg *sccp_scmg_new(struct timer_wheel *wheel,
                                const struct sccp_scmg_ops *ops, void *ctx);
void sccp_scmg_free(struct sccp_scmg *s);

/*
 * MTP-PAUSE or MTP-RESUME of the 2^mask point codes that `pc' stands for
 * (RFC 4666 3.4.1). What was told of the subsystems of a paused node is void:
 * they count as allowed when it is back.
 */
void sccp_scmg_mark(struct sccp_scmg *s, uint32_t pc, uint8_t mask,
                    bool paused);

/* More than 14 bits: as if paused. */
bool sccp_scmg_is_paused(const struct sccp_scmg *s, uint32_t pc);

/* False: there is no room to remember it, or it is known already. */
bool sccp_scmg_prohibit(struct sccp_scmg *s, uint16_t pc, uint8_t ssn);

/* SSN 1 is SCCP itself, and so all subsystems of that node. True: it was
 * prohibited. */
bool sccp_scmg_allow(struct sccp_scmg *s, uint16_t pc, uint8_t ssn);

bool sccp_scmg_is_prohibited(const struct sccp_scmg *s, uint16_t pc,
                             uint8_t ssn);

bool sccp_scmg_full(const struct sccp_scmg *s);

#endif

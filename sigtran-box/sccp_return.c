/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_return.c - what cannot go where it wants to: back with the cause, or
 * dropped, and logged (Q.714 2.7, 4.2)
 */

#include "sccp_part.h"

#include "gw/stat.h"

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
    struct sccp_way way;
    uint8_t no_way;

    if (sccp_msg_is_service(m) || !m->return_opt ||
        (!m->calling.has_ssn && m->calling.gt.gti == 0))
        return false;
    back.type = (enum sccp_type)(m->type + 1);
    back.cause = cause;
    back.hops = SCCP_HOPS;
    back.called = m->calling;
    back.calling = m->called;
    return sccp_find_way(s, &back.called, &req, &way, &no_way) == 0 &&
           sccp_send_msg(s, &back, &way) == 0;
}

void sccp_refuse(struct sccp *s, const struct mtp_transfer *t,
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

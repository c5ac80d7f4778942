/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_ssnm.c - what peers tell about destinations and about themselves
 *
 * DUNA, DAVA, DRST, SCON and DUPU become PAUSE, RESUME and STATUS frames
 * (RFC 4666 4.5); DAUD of a peer that dialled in is answered; NTFY is logged.
 */

#include "mtpd.h"

#include <string.h>

enum { DAUD_MAX = 256, USER_SCCP = 3 };

static void remember(struct mtpd_assoc *a, uint32_t pc, bool paused)
{
    for (unsigned i = 0; i < a->n_paused; i++) {
        if (a->paused[i] != pc)
            continue;
        if (!paused)
            a->paused[i] = a->paused[--a->n_paused];
        return;
    }
    if (paused && a->n_paused < MTPD_PAUSED)
        a->paused[a->n_paused++] = pc;
}

static bool is_in(const uint32_t *pcs, size_t n, uint32_t pc)
{
    for (size_t i = 0; i < n; i++)
        if (pcs[i] == pc)
            return true;
    return false;
}

/*
 * A new association may not lead to all places (RFC 4666 4.5.2), and a peer
 * may forget to tell that one is back. Nobody is asked about itself.
 */
void mtpd_audit(struct mtpd_assoc *a, bool all)
{
    uint32_t pcs[MTP_AUDIT + MTPD_PAUSED];
    uint8_t buf[M3UA_ROOM];
    size_t n = 0;

    for (uint8_t i = 0; all && i < mtpd.conf.n_audit; i++)
        if (!a->conf->has_peer_pc || mtpd.conf.audit[i] != a->conf->peer_pc)
            pcs[n++] = mtpd.conf.audit[i];
    for (unsigned i = 0; i < a->n_paused; i++)
        if (!is_in(pcs, n, a->paused[i]))
            pcs[n++] = a->paused[i];
    if (n > 0)
        mtpd_sctp_control(
            a, buf,
            m3ua_write_ssnm(M3UA_DAUD, a->conf, pcs, n, buf, sizeof(buf)));
}

static bool own(uint32_t pc)
{
    for (uint8_t i = 0; i < mtpd.conf.n_pc; i++)
        if (mtpd.conf.pc[i] == pc)
            return true;
    return false;
}

static void answer_audit(struct mtpd_assoc *a, const struct m3ua_msg *m,
                         enum m3ua_kind kind)
{
    uint32_t pcs[DAUD_MAX];
    uint8_t buf[M3UA_ROOM];
    size_t n = 0;

    for (size_t i = 0; i < m->pcs.len / 4 && n < DAUD_MAX; i++) {
        uint32_t pc = m3ua_u32(m->pcs, i);

        if (own(pc) == (kind == M3UA_DAVA))
            pcs[n++] = pc;
    }
    if (n > 0)
        mtpd_sctp_control(
            a, buf, m3ua_write_ssnm(kind, a->conf, pcs, n, buf, sizeof(buf)));
}

static uint8_t level_of(const struct m3ua_msg *m)
{
    if (m->kind == M3UA_DUPU)
        return (uint8_t)(m3ua_u32(m->user_cause, 0) >> 16);
    return m->level.p ? (uint8_t)m3ua_u32(m->level, 0) : 1;
}

static void tell(struct mtpd_assoc *a, const struct m3ua_msg *m, uint32_t entry)
{
    struct link_dest d = { .pc = entry & 0xffffff,
                           .mask = (uint8_t)(entry >> 24) };

    switch (m->kind) {
    case M3UA_DUNA:
        remember(a, entry, true);
        link_put_dest(mtpd.link, LINK_PAUSE, a->index, &d);
        return;
    case M3UA_DAVA:
    case M3UA_DRST:
        remember(a, entry, false);
        link_put_dest(mtpd.link, LINK_RESUME, a->index, &d);
        return;
    case M3UA_SCON:
        d.status = MTP_STATUS_CONGESTED;
        break;
    default:
        if ((m3ua_u32(m->user_cause, 0) & 0xffff) != USER_SCCP)
            return;
        d.status = MTP_STATUS_USER_UNAVAILABLE;
    }
    d.level = level_of(m);
    link_put_dest(mtpd.link, LINK_STATUS, a->index, &d);
}

void mtpd_ssnm_in(struct mtpd_assoc *a, const struct m3ua_msg *m)
{
    if (m->kind == M3UA_DAUD) {
        answer_audit(a, m, M3UA_DAVA);
        answer_audit(a, m, M3UA_DUNA);
        return;
    }
    if (a->told == MTP_ASSOC_DOWN || a->told != mtpd_lm_state(a))
        mtpd_lm_tell(a); /* states before what depends on them */
    for (size_t i = 0; i < m->pcs.len / 4; i++)
        tell(a, m, m3ua_u32(m->pcs, i));
}

static const char *status_text(uint32_t type, uint32_t info)
{
    static const struct {
        uint16_t type, info;
        const char *text;
    } texts[] = {
        { M3UA_STATUS_AS, M3UA_AS_INACTIVE, "AS inactive" },
        { M3UA_STATUS_AS, M3UA_AS_ACTIVE, "AS active" },
        { M3UA_STATUS_AS, M3UA_AS_PENDING, "AS pending" },
        { M3UA_STATUS_OTHER, M3UA_OTHER_NO_RESOURCES,
          "too few ASPs are active in the AS" },
        { M3UA_STATUS_OTHER, M3UA_OTHER_ALTERNATE,
          "another ASP has taken over (if both shall carry traffic: "
          "traffic-mode = loadshare)" },
        { M3UA_STATUS_OTHER, M3UA_OTHER_FAILURE, "an ASP has failed" },
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].type == type && texts[i].info == info)
            return texts[i].text;
    return "something unknown";
}

bool mtpd_ntfy_in(struct mtpd_assoc *a, const struct m3ua_msg *m)
{
    uint32_t status = m3ua_u32(m->status, 0);
    uint32_t type = status >> 16, info = status & 0xffff;

    mtpd_say(a, SLOG_INFO, &a->log_ntfy, "the peer notifies: %s.",
             status_text(type, info));
    if (a->conf->server)
        return false;
    /* The one that was active is gone: offer ourselves at once. */
    if (type == M3UA_STATUS_AS && info != M3UA_AS_ACTIVE && a->alternate) {
        a->alternate = false;
        a->again_ms = mtpd_now_ms();
    }
    if (type != M3UA_STATUS_OTHER || info != M3UA_OTHER_ALTERNATE ||
        mtpd_lm_state(a) != MTP_ASSOC_ACTIVE)
        return false;
    a->alternate = true;
    return true;
}

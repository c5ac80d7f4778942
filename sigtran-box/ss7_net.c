/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_net.c - what SCCP is told of a network
 */

#include "ss7_net.h"

#include <string.h>

/* A title of our own leads to our own subsystems, whatever else is set. */
struct gtt *ss7_gtt_new(const struct ss7_network *n)
{
    struct gtt *g = gtt_new();

    for (unsigned i = 0; i < n->n_gtt; i++)
        gtt_add(g, &n->gtt[i]);
    if (n->hlr_gt[0] != '\0')
        gtt_add_own(g, n->hlr_gt);
    if (n->msc_gt[0] != '\0')
        gtt_add_own(g, n->msc_gt);
    for (unsigned i = 0; i < n->n_alias; i++)
        gtt_add_own(g, n->alias_gt[i]);
    return g;
}

/*
 * The STPs, one entry for each association, those of one STP side by side:
 * the SLS chooses among the entries, and again among the STP's associations,
 * and would leave half of them idle if they alternated.
 */
static void default_pcs(const struct ss7_network *s, struct sccp_conf *c)
{
    for (unsigned i = 0; i < s->mtp.n_assoc; i++) {
        const struct mtp_assoc_conf *a = &s->mtp.assoc[i];
        unsigned at = c->n_default_pc;

        if (!a->has_peer_pc)
            continue;
        for (; at > 0 && c->default_pc[at - 1] > a->peer_pc; at--)
            c->default_pc[at] = c->default_pc[at - 1];
        c->default_pc[at] = a->peer_pc;
        c->n_default_pc++;
    }
}

void ss7_sccp_conf(const struct ss7_conf *conf, const struct ss7_network *s,
                   struct gtt *gtt, struct sccp_conf *c)
{
    *c = (struct sccp_conf){
        .n_pc = s->n_pc,
        .ni = s->ni,
        .gtt = gtt,
        .reasm_ms = conf->reasm_ms,
        .udt_max = 268,
        .no_xudt = s->no_xudt,
        .n_concerned = s->n_concerned,
    };
    memcpy(c->pc, s->pc, sizeof(c->pc));
    memcpy(c->concerned, s->concerned, sizeof(c->concerned));
    default_pcs(s, c);
    c->gt_local = !gtt_has_local(gtt);
    if (conf->map.hlr)
        c->ssn[c->n_ssn++] = s->hlr_ssn;
    if (conf->map.msc)
        c->ssn[c->n_ssn++] = s->msc_ssn;
}

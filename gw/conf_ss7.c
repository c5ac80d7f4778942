/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_ss7.c - group = ss7-network and group = ss7-association
 */

#include "conf_part.h"

#include <string.h>

enum { M3UA_PORT = 2905 /* RFC 4666 1.4.8 */ };

static const struct conf_word ni_words[] = {
    { "international", 0 },
    { "national", 2 },
    { "0", 0 },
    { "1", 1 },
    { "2", 2 },
    { "3", 3 },
    { NULL, 0 },
};

static const struct conf_word role_words[] = {
    { "client", 0 },
    { "server", 1 },
    { NULL, 0 },
};

static const struct conf_word mode_words[] = {
    { "none", MTP_MODE_NONE },
    { "override", MTP_MODE_OVERRIDE },
    { "loadshare", MTP_MODE_LOADSHARE },
    { "broadcast", MTP_MODE_BROADCAST },
    { NULL, 0 },
};

struct ss7_network *conf_network(struct conf_group *g, struct conf *c)
{
    struct ss7_conf *s = &c->ss7;
    char id[32];

    if (!conf_has(g, "network")) {
        if (s->n_networks == 1)
            return &s->network[0];
        conf_missing(g, "network", "it must name a group = ss7-network");
        return NULL;
    }
    if (!conf_get_name(g, "network", id, sizeof(id)))
        return NULL;
    for (unsigned i = 0; i < s->n_networks; i++)
        if (strcmp(s->network[i].id, id) == 0)
            return &s->network[i];
    conf_bad(g, "network", "there is no group = ss7-network with this id");
    return NULL;
}

static void read_gts(struct conf_group *g, const struct ss7_conf *s,
                     struct ss7_network *n)
{
    const struct map_srv_conf *map = &s->map;

    conf_get_digits(g, "hlr-gt", n->hlr_gt, CONF_GT_MIN, CONF_GT_MAX);
    conf_get_digits(g, "msc-gt", n->msc_gt, CONF_GT_MIN, CONF_GT_MAX);
    conf_get_digits(g, "node-gt", n->node_gt, CONF_GT_MIN, CONF_GT_MAX);
    conf_get_digits(g, "drain-node-gt", n->drain_node_gt, CONF_GT_MIN,
                    CONF_GT_MAX);
    if (map->hlr && !conf_has(g, "hlr-gt"))
        conf_missing(g, "hlr-gt", "role hlr answers with this number");
    if (map->msc && !conf_has(g, "msc-gt"))
        conf_missing(g, "msc-gt", "role msc is reached by this number");
    if (map->hlr && !map->msc && !conf_has(g, "node-gt") &&
        !conf_has(g, "msc-gt") && s->node_id[0] == '\0')
        conf_missing(g, "node-gt",
                     "role hlr without msc must name the MSC that takes the "
                     "messages, or have a node-id, to name nodes with role "
                     "msc that share the register");
}

static void read_plan(struct conf_group *g, struct ss7_network *n)
{
    conf_copy(n->plan.intl, sizeof(n->plan.intl), "00");
    conf_copy(n->plan.natl, sizeof(n->plan.natl), "0");
    if (!conf_has(g, "country-code"))
        conf_missing(g, "country-code",
                     "national numbers become international with it");
    conf_get_digits(g, "country-code", n->plan.cc, 1, sizeof(n->plan.cc) - 1);
    conf_get_digits(g, "international-prefix", n->plan.intl, 1,
                    sizeof(n->plan.intl) - 1);
    conf_get_digits(g, "national-prefix", n->plan.natl, 0,
                    sizeof(n->plan.natl) - 1);
}

static void check_network_id(struct conf_group *g, const struct ss7_conf *s,
                             const struct ss7_network *n)
{
    for (unsigned i = 0; i + 1 < s->n_networks; i++)
        if (strcmp(s->network[i].id, n->id) == 0)
            conf_bad(g, "id", "there is another ss7-network with this id");
}

static void read_sccp(struct conf_group *g, struct ss7_network *n)
{
    bool xudt = true;

    n->hlr_ssn = SCCP_SSN_HLR;
    n->msc_ssn = SCCP_SSN_MSC;
    conf_get_u8(g, "hlr-ssn", &n->hlr_ssn, 2, 254);
    if (conf_get_u8(g, "msc-ssn", &n->msc_ssn, 2, 254) ||
        conf_has(g, "hlr-ssn"))
        if (n->hlr_ssn == n->msc_ssn)
            conf_wrong(g, "hlr-ssn and msc-ssn are both %u: they must differ",
                       n->msc_ssn);
    conf_get_pcs(g, "concerned-point-code", n->concerned, &n->n_concerned,
                 SCCP_CONCERNED);
    for (unsigned i = 0; i < n->n_concerned; i++)
        for (unsigned k = 0; k < n->n_pc; k++)
            if (n->concerned[i] == n->pc[k])
                conf_bad(g, "concerned-point-code", "is this node's own");
    conf_get_bool(g, "xudt", &xudt);
    n->no_xudt = !xudt;
    if (!conf_get_file(g, "gtt-file", n->gtt_file, sizeof(n->gtt_file)))
        n->gtt_file[0] = '\0';
}

static void read_network(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct ss7_conf *s = &c->ss7;
    struct ss7_network *n;
    int ni = 0;

    if (s->n_networks == SS7_NETWORKS) {
        conf_wrong(g, "there may be at most %d networks", SS7_NETWORKS);
        return;
    }
    n = &s->network[s->n_networks++];
    if (!conf_has(g, "id"))
        conf_missing(g, "id", "other groups name a network by it");
    else if (conf_get_name(g, "id", n->id, sizeof(n->id)))
        check_network_id(g, s, n);
    if (!conf_has(g, "point-code"))
        conf_missing(g, "point-code", "it is this node's address");
    conf_get_pcs(g, "point-code", n->pc, &n->n_pc, 4);
    conf_get_word(g, "network-indicator", ni_words, &ni);
    n->ni = (uint8_t)ni;
    read_gts(g, s, n);
    read_plan(g, n);
    conf_read_answers(g, c, n);
    read_sccp(g, n);
}

/* What the border, mtpd and the register need to know of a network. */
static void spread(struct conf *c)
{
    struct ss7_conf *s = &c->ss7;

    for (unsigned i = 0; i < s->n_networks; i++) {
        struct ss7_network *n = &s->network[i];

        memcpy(n->mtp.pc, n->pc, sizeof(n->mtp.pc));
        n->mtp.n_pc = n->n_pc;
        n->mtp.ni = n->ni;
        conf_copy(s->map.net[i].hlr_gt, sizeof(s->map.net[i].hlr_gt),
                  n->hlr_gt);
        conf_copy(s->map.net[i].msc_gt, sizeof(s->map.net[i].msc_gt),
                  n->msc_gt);
        conf_copy(c->hlr.network_id[i], sizeof(c->hlr.network_id[i]), n->id);
        conf_copy(c->hlr.mccmnc[i], sizeof(c->hlr.mccmnc[i]), n->mccmnc);
    }
    c->hlr.networks = s->n_networks;
    conf_spread_node(c);
}

void conf_read_networks(struct conf_in *in, struct conf *c)
{
    conf_each(in, "ss7-network", read_network, c);
    spread(c);
    if (c->ss7.n_networks == 0) {
        struct conf_group g = conf_single(in, "sigtran-box");

        conf_wrong(&g, "there is no group = ss7-network: without one this "
                       "box is connected to nothing");
    }
}

static void read_m3ua(struct conf_group *g, struct mtp_assoc_conf *a)
{
    int mode = MTP_MODE_NONE;
    uint8_t n;

    a->has_asp_id = conf_get_uint(g, "asp-id", &a->asp_id, 0, UINT32_MAX);
    a->has_rc = conf_get_uint(g, "routing-context", &a->rc, 0, UINT32_MAX);
    a->has_na = conf_get_uint(g, "network-appearance", &a->na, 0, UINT32_MAX);
    conf_get_word(g, "traffic-mode", mode_words, &mode);
    a->mode = (enum mtp_mode)mode;
    conf_get_seconds(g, "beat-interval", &a->beat_ms, 0, 3600);
    a->reconnect_ms = 2000;
    conf_get_seconds(g, "reconnect-interval", &a->reconnect_ms, 1, 600);
    if (a->server && conf_has(g, "reconnect-interval"))
        conf_bad(g, "reconnect-interval", "is of use with role = client only");
    a->has_peer_pc = conf_get_pcs(g, "peer-point-code", &a->peer_pc, &n, 1);
}

static void read_addresses(struct conf_group *g, struct mtp_assoc_conf *a)
{
    bool v6;

    conf_get_hosts(g, "remote-address", a->remote, &a->n_remote, MTP_HOSTS);
    if (!a->server && !conf_has(g, "remote-address"))
        conf_missing(g, "remote-address", "a client must know where to go");
    a->remote_port = a->server ? 0 : M3UA_PORT;
    if (conf_get_port(g, "remote-port", &a->remote_port) && !a->server &&
        a->remote_port == 0)
        conf_bad(g, "remote-port", "must be a number from 1 to 65535");
    a->local_port = a->server ? M3UA_PORT : 0;
    if (conf_get_port(g, "local-port", &a->local_port) && a->server &&
        a->local_port == 0)
        conf_bad(g, "local-port", "must be a number from 1 to 65535");
    if (conf_get_hosts(g, "local-address", a->local, &a->n_local, MTP_HOSTS) ||
        conf_has(g, "local-address"))
        return;
    /* The socket needs an address: any of the family of the first peer. */
    v6 = a->n_remote > 0 && strchr(a->remote[0], ':') != NULL;
    conf_copy(a->local[0], sizeof(a->local[0]), v6 ? "::" : "0.0.0.0");
    a->n_local = 1;
}

static bool any_host(const char *host)
{
    return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

static bool same_socket(const struct mtp_assoc_conf *a,
                        const struct mtp_assoc_conf *b)
{
    if (!a->server || !b->server || a->local_port != b->local_port)
        return false;
    for (unsigned i = 0; i < a->n_local; i++)
        for (unsigned k = 0; k < b->n_local; k++)
            if (any_host(a->local[i]) || any_host(b->local[k]) ||
                strcmp(a->local[i], b->local[k]) == 0)
                return true;
    return false;
}

/* Each network has an mtpd of its own, so none can share a server's port. */
static void check_ports(struct conf_group *g, const struct ss7_conf *s,
                        const struct ss7_network *mine,
                        const struct mtp_assoc_conf *a)
{
    for (const struct ss7_network *n = s->network; n < mine; n++)
        for (unsigned i = 0; i < n->mtp.n_assoc; i++)
            if (same_socket(a, &n->mtp.assoc[i]))
                conf_wrong(g,
                           "port %u is taken by association %s of network %s",
                           a->local_port, n->mtp.assoc[i].id, n->id);
}

static void read_assoc(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;
    struct ss7_network *n = conf_network(g, c);
    struct mtp_assoc_conf spare = { .server = false };
    struct mtp_assoc_conf *a = &spare;
    int server = 0;

    if (n != NULL && n->mtp.n_assoc == MTP_ASSOC_MAX)
        conf_wrong(g, "network %s may have at most %d associations", n->id,
                   MTP_ASSOC_MAX);
    else if (n != NULL)
        a = &n->mtp.assoc[n->mtp.n_assoc++];
    if (!conf_has(g, "id"))
        conf_missing(g, "id", "log lines name an association by it");
    else if (conf_get_name(g, "id", a->id, sizeof(a->id)) && a != &spare)
        for (unsigned i = 0; i + 1 < n->mtp.n_assoc; i++)
            if (strcmp(n->mtp.assoc[i].id, a->id) == 0)
                conf_bad(g, "id",
                         "network %s has another association with this id",
                         n->id);
    conf_get_word(g, "role", role_words, &server);
    a->server = server != 0;
    read_addresses(g, a);
    read_m3ua(g, a);
    if (a->has_peer_pc && n != NULL)
        for (unsigned i = 0; i < n->n_pc; i++)
            if (n->pc[i] == a->peer_pc)
                conf_bad(g, "peer-point-code", "is this node's own");
    if (a != &spare)
        check_ports(g, &c->ss7, n, a);
}

static void check_network(struct conf_group *g, void *ctx)
{
    struct conf *c = ctx;

    if (g->no < c->ss7.n_networks && c->ss7.network[g->no].mtp.n_assoc == 0)
        conf_wrong(g, "it has no group = ss7-association");
}

void conf_read_assocs(struct conf_in *in, struct conf *c)
{
    conf_each(in, "ss7-association", read_assoc, c);
    conf_each(in, "ss7-network", check_network, c);
}

static void audit(struct mtp_conf *m, uint32_t pc)
{
    for (unsigned i = 0; i < m->n_audit; i++)
        if (m->audit[i] == pc)
            return;
    if (m->n_audit < MTP_AUDIT)
        m->audit[m->n_audit++] = pc;
}

/* Those that the groups name; of a gtt-file come too many and they change. */
void conf_find_audit(struct conf *c)
{
    for (unsigned i = 0; i < c->ss7.n_networks; i++) {
        struct ss7_network *n = &c->ss7.network[i];

        for (unsigned k = 0; k < n->mtp.n_assoc; k++)
            if (n->mtp.assoc[k].has_peer_pc)
                audit(&n->mtp, n->mtp.assoc[k].peer_pc);
        for (unsigned k = 0; k < n->n_concerned; k++)
            audit(&n->mtp, n->concerned[k]);
        for (unsigned k = 0; k < n->n_gtt; k++) {
            const struct gtt_rule *r = &n->gtt[k];

            if (r->action == GTT_LOCAL)
                continue;
            audit(&n->mtp, r->pc);
            for (unsigned j = 0; j < r->n_more; j++)
                audit(&n->mtp, r->more[j]);
        }
    }
}

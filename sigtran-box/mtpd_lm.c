/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_lm.c - layer manager: what libosmo-sigtran shall do, and when
 *
 * Client:  connect -> ASPUP -> ASPAC -> active; lost: again after
 *          reconnect-interval, twice that, and so on until ASPUP is
 *          acknowledged; with a new socket and a new state machine, so that
 *          nothing of the old association is left.
 * Server:  listen -> the peer's ASPUP and ASPAC are answered by the library.
 *
 * An acknowledgement nobody asked for (ASPDN ACK, ASPIA ACK) only means that
 * we ask again a second later.
 */

#include "mtpd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <osmocom/core/fsm.h>
#include <osmocom/core/prim.h>
#include <osmocom/core/select.h>
#include <osmocom/core/talloc.h>
#include <osmocom/netif/stream.h>
#include <osmocom/sigtran/osmo_ss7.h>
#include <osmocom/sigtran/sigtran_sap.h>
#include <stdio.h>
#include <string.h>

/* Of the library's ASP state machine, from a header it does not install. */
enum {
    ASP_UP_REQ,
    ASP_ACTIVE_REQ,
    ASP_DOWN_REQ,
    ASP_INACTIVE_REQ,
    ASP_COMM_DOWN,
};

enum { AGAIN_MS = 1000, LISTEN_AGAIN_MS = 500, OPEN_AGAIN_MS = 200 };

struct listener {
    struct osmo_xua_server *xs;
    struct mtpd_assoc *first; /* of those that share it */
    bool open;
};

static struct listener listeners[MTP_ASSOC_MAX];
static unsigned n_listeners;
static uint64_t listen_ms;
static void *talloc;

enum mtp_assoc_state mtpd_lm_state(const struct mtpd_assoc *a)
{
    if (a->fd < 0 || !a->asp || !a->asp->fi)
        return MTP_ASSOC_DOWN;
    switch (a->asp->fi->state) {
    case 2:
        return MTP_ASSOC_ACTIVE;
    case 1:
        return MTP_ASSOC_INACTIVE;
    default:
        return MTP_ASSOC_DOWN;
    }
}

void mtpd_lm_tell(struct mtpd_assoc *a)
{
    static const char *const names[] = { "down", "inactive", "active" };
    enum mtp_assoc_state s = mtpd_lm_state(a);
    uint8_t body = (uint8_t)s;

    if (s == a->told)
        return;
    if (a->told == MTP_ASSOC_ACTIVE)
        mtpd_sctp_drop_waiting(a);
    a->told = s;
    a->state_ms = mtpd_now_ms();
    a->nag_ms = 0;
    link_put(mtpd.link, LINK_ASSOC, a->index, &body, 1);
    mtpd_say(a, s == MTP_ASSOC_DOWN ? SLOG_WARNING : SLOG_INFO, &a->log_state,
             "the association is %s.", names[s]);
    if (s == MTP_ASSOC_ACTIVE && !a->conf->server)
        mtpd_audit(a, true);
}

static void ask(struct mtpd_assoc *a, uint32_t event)
{
    osmo_fsm_inst_dispatch(a->asp->fi, event, NULL);
}

/* ---- what the library tells ---- */

static void begin(struct mtpd_assoc *a, int fd)
{
    a->connect_ms = a->open_ms = a->again_ms = 0;
    /* The library may have reconnected, or taken a second association of
     * the peer for the first one, without telling its state machine. */
    ask(a, ASP_COMM_DOWN);
    mtpd_lm_tell(a); /* also if it is active again before the turn ends */
    mtpd_sctp_up(a, fd);
    a->state_ms = mtpd_now_ms();
    a->nag_ms = 0;
    mtpd_say(a, SLOG_INFO, &a->log_state, "SCTP is up, %u streams.",
             a->streams);
    if (!a->conf->server)
        ask(a, ASP_UP_REQ);
}

static void established(struct mtpd_assoc *a)
{
    struct osmo_fd *fd = a->conf->server
                             ? osmo_stream_srv_get_ofd(a->asp->server)
                             : osmo_stream_cli_get_ofd(a->asp->client);

    begin(a, fd->fd);
}

/* The peer has begun anew and knows nothing of what was (RFC 4666 4.2): as
 * if the association were lost and made again. */
static void restarted(struct mtpd_assoc *a)
{
    mtpd_say(a, SLOG_WARNING, &a->log_state,
             "the peer has restarted the SCTP association.");
    begin(a, a->fd);
}

static void again(struct mtpd_assoc *a, uint32_t ms)
{
    if (!a->conf->server && mtpd.down_ms == 0)
        a->again_ms = mtpd_now_ms() + ms;
}

/* The pause before the next attempt; the one after it is twice as long. */
static uint32_t next_pause(struct mtpd_assoc *a)
{
    uint32_t ms = a->pause_ms > 0 ? a->pause_ms : a->conf->reconnect_ms;

    a->pause_ms = ms < MTPD_BACKOFF_MS / 2 ? 2 * ms : MTPD_BACKOFF_MS;
    if (a->pause_ms < a->conf->reconnect_ms)
        a->pause_ms = a->conf->reconnect_ms;
    return ms;
}

static void lost(struct mtpd_assoc *a)
{
    mtpd_sctp_lost(a);
    a->again_ms = 0;
    a->connect_ms = 0;
    if (a->open_ms == 0)
        a->open_ms = mtpd_now_ms() + next_pause(a);
}

static int layer_manager(struct osmo_prim_hdr *oph, void *ctx)
{
    struct osmo_ss7_asp *asp = ctx;
    struct mtpd_assoc *a = asp->lm_priv;

    switch (OSMO_PRIM_HDR(oph)) {
    case OSMO_PRIM(OSMO_XLM_PRIM_M_SCTP_ESTABLISH, PRIM_OP_INDICATION):
        established(a);
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_SCTP_RESTART, PRIM_OP_INDICATION):
        restarted(a);
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_SCTP_RELEASE, PRIM_OP_INDICATION):
        lost(a);
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_ASP_UP, PRIM_OP_CONFIRM):
        a->pause_ms = 0;
        ask(a, mtpd.down_ms ? ASP_DOWN_REQ : ASP_ACTIVE_REQ);
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_ASP_ACTIVE, PRIM_OP_CONFIRM):
        a->alternate = false;
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_ASP_INACTIVE, PRIM_OP_CONFIRM):
        if (mtpd.down_ms)
            ask(a, ASP_DOWN_REQ);
        else
            again(a, a->alternate ? MTPD_ALTERNATE_MS : AGAIN_MS);
        break;
    case OSMO_PRIM(OSMO_XLM_PRIM_M_ASP_DOWN, PRIM_OP_CONFIRM):
        again(a, AGAIN_MS);
        break;
    default:
        break;
    }
    return 0;
}

static const struct osmo_xua_layer_manager lm = { .prim_cb = layer_manager };

/* ---- client ---- */

static int disconnected(struct osmo_stream_cli *cli)
{
    struct osmo_ss7_asp *asp = osmo_stream_cli_get_data(cli);

    lost(asp->lm_priv);
    osmo_fsm_inst_dispatch(asp->fi, ASP_COMM_DOWN, NULL);
    return 0;
}

/* A new client each time: the old one still holds what it did not send. */
static void client_open(struct mtpd_assoc *a)
{
    struct osmo_ss7_asp *asp = a->asp;

    if (asp->client)
        osmo_stream_cli_destroy(asp->client);
    asp->client = NULL;
    a->connect_ms = mtpd_now_ms();
    a->open_ms = 0;
    osmo_ss7_asp_restart(asp);
    if (!asp->client)
        return;
    osmo_stream_cli_set_disconnect_cb(asp->client, disconnected);
    osmo_stream_cli_set_reconnect_timeout(asp->client, -1);
    if (osmo_stream_cli_get_ofd(asp->client)->fd >= 0)
        return;
    /* It has set a timer of its own to open it: not wanted. Our port may
     * still be taken by the association of an mtpd that was killed. */
    osmo_stream_cli_destroy(asp->client);
    asp->client = NULL;
    a->open_ms = a->connect_ms + (a->conf->reconnect_ms < OPEN_AGAIN_MS
                                      ? a->conf->reconnect_ms
                                      : OPEN_AGAIN_MS);
}

static bool may_nag(struct mtpd_assoc *a, uint64_t now)
{
    if (now < a->nag_ms)
        return false;
    a->nag_ms = now + MTPD_NAG_MS;
    return true;
}

static void no_connection(struct mtpd_assoc *a, uint64_t now)
{
    if (a->connect_ms && may_nag(a, now))
        mtpd_say(a, SLOG_WARNING, NULL,
                 "no connection to %s port %u. Is the peer there, does it "
                 "expect our local-address and local-port, does every "
                 "firewall pass SCTP? It is tried on and on.",
                 a->conf->remote[0], a->conf->remote_port);
}

/* Connected, but the peer does not do its part. */
static void patience_tick(struct mtpd_assoc *a, uint64_t now)
{
    static const char *const client[] = { "does not answer ASPUP",
                                          "does not answer ASPAC" };
    static const char *const server[] = { "does not send ASPUP",
                                          "does not send ASPAC" };
    enum mtp_assoc_state s = mtpd_lm_state(a);

    if (a->fd < 0 || s == MTP_ASSOC_ACTIVE || a->alternate ||
        now - a->state_ms < MTPD_PATIENCE_MS || !may_nag(a, now))
        return;
    mtpd_say(a, SLOG_WARNING, NULL, "SCTP is up but the peer %s.",
             (a->conf->server ? server : client)[s]);
}

static void client_tick(struct mtpd_assoc *a, uint64_t now)
{
    struct osmo_stream_cli *cli = a->asp->client;
    int fd = cli ? osmo_stream_cli_get_ofd(cli)->fd : -1;

    if (fd >= 0 && osmo_stream_cli_is_connected(cli))
        return;
    if (fd >= 0) {
        if (now - a->connect_ms < MTPD_CONNECT_MS)
            return;
        no_connection(a, now);
        client_open(a);
        return;
    }
    no_connection(a, now);
    if (a->open_ms == 0)
        a->open_ms = now + next_pause(a);
    if (now >= a->open_ms)
        client_open(a);
}

/* ---- server ---- */

static bool same_place(const struct mtp_assoc_conf *a,
                       const struct mtp_assoc_conf *b)
{
    if (a->local_port != b->local_port || a->n_local != b->n_local)
        return false;
    for (uint8_t i = 0; i < a->n_local; i++)
        if (strcmp(a->local[i], b->local[i]) != 0)
            return false;
    return true;
}

static size_t hosts_of(const char (*host)[46], uint8_t n, const char **out)
{
    for (uint8_t i = 0; i < n; i++)
        out[i] = host[i];
    return n;
}

/*
 * The library finds the association of a caller by the addresses, in all
 * instances; so associations that listen at one place share one listener.
 */
static void listener_add(struct mtpd_assoc *a)
{
    const char *host[MTP_HOSTS];
    struct listener *l;

    for (unsigned i = 0; i < n_listeners; i++)
        if (same_place(listeners[i].first->conf, a->conf))
            return;
    l = &listeners[n_listeners++];
    l->first = a;
    l->xs = osmo_ss7_xua_server_create(a->inst, OSMO_SS7_ASP_PROT_M3UA,
                                       a->conf->local_port, a->conf->local[0]);
    osmo_ss7_xua_server_set_local_hosts(
        l->xs, host, hosts_of(a->conf->local, a->conf->n_local, host));
}

static void listen_tick(uint64_t now)
{
    if (now < listen_ms)
        return;
    listen_ms = now + LISTEN_AGAIN_MS;
    for (unsigned i = 0; i < n_listeners; i++) {
        struct listener *l = &listeners[i];

        if (l->open)
            continue;
        l->open = osmo_ss7_xua_server_bind(l->xs) == 0;
        if (l->open)
            mtpd_say(l->first, SLOG_INFO, NULL, "listening on port %u.",
                     l->first->conf->local_port);
        else
            mtpd_say(l->first, SLOG_ERROR, &l->first->log_bad,
                     "cannot listen on port %u of %s: is local-address one of "
                     "this machine, and the port free?",
                     l->first->conf->local_port, l->first->conf->local[0]);
    }
}

/* ---- start ---- */

static void assoc_create(struct mtpd_assoc *a)
{
    const struct mtp_assoc_conf *c = a->conf;
    const char *host[MTP_HOSTS];
    char as[16], asp[16];

    snprintf(as, sizeof(as), "as-%u", a->index);
    snprintf(asp, sizeof(asp), "asp-%u", a->index);
    a->inst = osmo_ss7_instance_find_or_create(talloc, a->index);
    a->inst->cfg.primary_pc = mtpd.conf.pc[0];
    a->inst->cfg.network_indicator = mtpd.conf.ni;
    a->as = osmo_ss7_as_find_or_create(a->inst, as, OSMO_SS7_ASP_PROT_M3UA);
    a->as->cfg.routing_key.pc = mtpd.conf.pc[0];
    a->as->cfg.routing_key.context = c->has_rc ? c->rc : 0;
    if (c->mode != MTP_MODE_NONE) {
        a->as->cfg.mode = osmo_ss7_tmode_from_xua(c->mode);
        a->as->cfg.mode_set_by_vty = true;
    }
    a->asp = osmo_ss7_asp_find_or_create(a->inst, asp, c->remote_port,
                                         c->local_port, OSMO_SS7_ASP_PROT_M3UA);
    a->asp->cfg.is_server = c->server;
    a->asp->cfg.role = c->server ? OSMO_SS7_ASP_ROLE_SG : OSMO_SS7_ASP_ROLE_ASP;
    osmo_ss7_asp_peer_set_hosts(&a->asp->cfg.local, a->asp, host,
                                hosts_of(c->local, c->n_local, host));
    osmo_ss7_asp_peer_set_hosts(&a->asp->cfg.remote, a->asp, host,
                                hosts_of(c->remote, c->n_remote, host));
    if (!c->server && c->has_asp_id) {
        a->asp->asp_id = c->asp_id;
        a->asp->asp_id_present = true;
    }
    a->asp->lm = &lm;
    a->asp->lm_priv = a;
    osmo_ss7_as_add_asp(a->as, asp);
}

static bool host_ok(const char *s)
{
    uint8_t buf[16];

    return inet_pton(AF_INET, s, buf) == 1 || inet_pton(AF_INET6, s, buf) == 1;
}

static bool wrong(struct mtpd_assoc *a, bool is, const char *what)
{
    if (is)
        mtpd_say(a, SLOG_ERROR, NULL, "%s.", what);
    return is;
}

static bool assoc_bad(struct mtpd_assoc *a)
{
    const struct mtp_assoc_conf *c = a->conf;
    bool bad = false;

    for (uint8_t i = 0; i < c->n_local; i++)
        bad |= wrong(a, !host_ok(c->local[i]),
                     "local-address is not an IP address");
    for (uint8_t i = 0; i < c->n_remote; i++)
        bad |= wrong(a, !host_ok(c->remote[i]),
                     "remote-address is not an IP address");
    bad |= wrong(a, !c->server && c->n_remote == 0,
                 "a client needs a remote-address");
    bad |= wrong(a, !c->server && c->remote_port == 0,
                 "a client needs a remote-port");
    bad |= wrong(a, c->server && c->local_port == 0,
                 "a server needs a local-port");
    return bad;
}

/* connect() fails for ever in the library without a local address. */
static void default_local(struct mtp_assoc_conf *c)
{
    bool v6 = false;

    if (c->n_local > 0)
        return;
    for (uint8_t i = 0; i < c->n_remote; i++)
        v6 |= strchr(c->remote[i], ':') != NULL;
    snprintf(c->local[0], sizeof(c->local[0]), "%s", v6 ? "::" : "0.0.0.0");
    c->n_local = 1;
}

/* Servers that name their caller come before those that take anyone. */
static void create_servers(bool named)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        if (!a->conf->server || (a->conf->n_remote > 0) != named)
            continue;
        assoc_create(a);
        osmo_ss7_asp_restart(a->asp);
        listener_add(a);
    }
}

int mtpd_lm_start(void *ctx)
{
    bool bad = mtpd.conf.n_assoc == 0 || mtpd.conf.n_pc == 0;

    talloc = ctx;
    if (bad)
        slog(SLOG_ERROR, "ss7.mtp",
             "a network needs a point-code and an association.");
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        a->index = i;
        a->conf = &mtpd.conf.assoc[i];
        a->fd = -1;
        bad |= assoc_bad(a);
        default_local(&mtpd.conf.assoc[i]);
    }
    if (bad)
        return -1;
    create_servers(true);
    create_servers(false);
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++)
        if (!mtpd.conf.assoc[i].server)
            assoc_create(&mtpd.assoc[i]);
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++)
        if (!mtpd.conf.assoc[i].server)
            client_open(&mtpd.assoc[i]);
    listen_tick(mtpd_now_ms());
    return 0;
}

/* ---- time ---- */

/* Our BEAT; a peer that says nothing for three of them is dead. */
static void beat_tick(struct mtpd_assoc *a, uint64_t now)
{
    uint8_t data[8], buf[32];

    if (a->conf->beat_ms == 0 || a->fd < 0 ||
        now - a->beat_ms < a->conf->beat_ms)
        return;
    a->beat_ms = now;
    a->unheard = a->heard ? 0 : a->unheard + 1;
    a->heard = false;
    if (a->unheard >= 3) {
        mtpd_say(a, SLOG_WARNING, NULL,
                 "the peer does not answer BEAT: taken for dead.");
        a->broken = true;
        return;
    }
    memcpy(data, &now, sizeof(data));
    mtpd_sctp_control(a, buf,
                      m3ua_write_beat(M3UA_BEAT,
                                      (struct m3ua_par){ data, sizeof(data) },
                                      buf, sizeof(buf)));
}

static void again_tick(struct mtpd_assoc *a, uint64_t now)
{
    if (a->again_ms == 0 || now < a->again_ms || a->fd < 0)
        return;
    a->again_ms = 0;
    switch (mtpd_lm_state(a)) {
    case MTP_ASSOC_DOWN:
        ask(a, ASP_UP_REQ);
        break;
    case MTP_ASSOC_INACTIVE:
        ask(a, ASP_ACTIVE_REQ);
        break;
    default:
        break;
    }
}

static void audit_tick(struct mtpd_assoc *a, uint64_t now)
{
    if (now - a->audit_ms < MTPD_AUDIT_MS)
        return;
    a->audit_ms = now;
    if (!a->conf->server && mtpd_lm_state(a) == MTP_ASSOC_ACTIVE)
        mtpd_audit(a, false);
}

void mtpd_lm_tick(uint64_t now)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        if (!a->conf->server && mtpd.down_ms == 0)
            client_tick(a, now);
        again_tick(a, now);
        patience_tick(a, now);
        beat_tick(a, now);
        audit_tick(a, now);
    }
    if (mtpd.down_ms == 0)
        listen_tick(now);
}

void mtpd_lm_turn(void)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        if (a->broken)
            osmo_ss7_asp_disconnect(a->asp);
        mtpd_lm_tell(a);
    }
}

/* ---- the end ---- */

/* A peer that dialled in is told that we are not to be reached. */
static void server_leaves(struct mtpd_assoc *a)
{
    uint8_t buf[128];

    if (mtpd_lm_state(a) == MTP_ASSOC_ACTIVE)
        mtpd_sctp_control(a, buf,
                          m3ua_write_ssnm(M3UA_DUNA, a->conf, mtpd.conf.pc,
                                          mtpd.conf.n_pc, buf, sizeof(buf)));
}

void mtpd_lm_down(void)
{
    if (mtpd.down_ms)
        return;
    mtpd.down_ms = mtpd_now_ms() + MTPD_DOWN_MS;
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        a->again_ms = 0;
        if (a->conf->server)
            server_leaves(a);
        else if (mtpd_lm_state(a) == MTP_ASSOC_ACTIVE)
            ask(a, ASP_INACTIVE_REQ);
        else if (mtpd_lm_state(a) == MTP_ASSOC_INACTIVE)
            ask(a, ASP_DOWN_REQ);
    }
}

bool mtpd_lm_done(void)
{
    if (mtpd.down_ms == 0)
        return false;
    if (mtpd_now_ms() >= mtpd.down_ms)
        return true;
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        const struct mtpd_assoc *a = &mtpd.assoc[i];

        if (a->first)
            return false;
        if (!a->conf->server && mtpd_lm_state(a) != MTP_ASSOC_DOWN)
            return false;
    }
    return true;
}

void mtpd_lm_close(void)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct osmo_ss7_asp *asp = mtpd.assoc[i].asp;

        if (!asp)
            continue;
        if (asp->server)
            osmo_stream_srv_destroy(asp->server);
        if (asp->client)
            osmo_stream_cli_destroy(asp->client);
        asp->client = NULL;
    }
    /* Last: what a listener accepted is freed with it. */
    for (unsigned i = 0; i < n_listeners; i++)
        osmo_ss7_xua_server_destroy(listeners[i].xs);
    n_listeners = 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd_sctp.c - between libosmo-sigtran and libsctp
 *
 * The library reads and writes associations with sctp_recvmsg() and
 * sctp_send(). This executable defines both, so it gets these:
 *
 *     socket -> sctp_recvmsg() -> guard -+-> DATA -> frame to the box
 *                                        +-> SSNM, MGMT, BEAT -> done here
 *                                        +-> ASPSM, ASPTM -> the library
 *     frame of the box -> DATA ----+
 *     the library -> sctp_send() --+-> socket
 *
 * DATA goes past the library in both directions: no queue without bound, no
 * routing table, nothing kept for an association that is gone. A peer gets
 * nothing to wait for: what cannot be sent at once is DATA and waits in a
 * bounded queue, or it is an answer and is dropped.
 */

#define _GNU_SOURCE /* RTLD_NEXT */

#include "mtpd.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGES_A_TURN = 64, FULL_TOLD_MS = 1000 };

struct mtpd_out {
    struct mtpd_out *next;
    uint16_t stream;
    size_t len;
    uint8_t octets[];
};

enum fate { TAKEN, FOR_LIBRARY, SAME_AS_ASPIA_ACK };

static __typeof__(&sctp_recvmsg) real_recvmsg;
static __typeof__(&sctp_send) real_send;

static void find_real(void)
{
    if (real_send)
        return;
    *(void **)&real_recvmsg = dlsym(RTLD_NEXT, "sctp_recvmsg");
    *(void **)&real_send = dlsym(RTLD_NEXT, "sctp_send");
    if (!real_recvmsg || !real_send)
        abort();
}

static struct mtpd_assoc *assoc_of(int fd)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++)
        if (mtpd.assoc[i].fd == fd)
            return &mtpd.assoc[i];
    return NULL;
}

void mtpd_sctp_up(struct mtpd_assoc *a, int fd)
{
    struct sctp_status st;
    socklen_t len = sizeof(st);

    mtpd_sctp_lost(a);
    memset(&st, 0, sizeof(st));
    /* Accepted sockets are not non-blocking by themselves. */
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    a->fd = fd;
    a->streams = 2;
    if (getsockopt(fd, IPPROTO_SCTP, SCTP_STATUS, &st, &len) == 0)
        a->streams = st.sstat_outstrms;
    a->heard = true;
    a->unheard = 0;
    a->beat_ms = mtpd_now_ms();
}

void mtpd_sctp_lost(struct mtpd_assoc *a)
{
    mtpd_sctp_drop_waiting(a);
    a->fd = -1;
    a->skipping = a->broken = a->alternate = false;
}

/* ---- out ---- */

/* 0: sent; 1: not now; -1: the association is lost. */
static int put(struct mtpd_assoc *a, const uint8_t *p, size_t n,
               uint16_t stream)
{
    struct sctp_sndrcvinfo si = { .sinfo_ppid = htonl(M3UA_PPID),
                                  .sinfo_stream = stream };

    find_real();
    if (a->fd < 0 || a->broken)
        return -1;
    if (real_send(a->fd, p, n, &si, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
        return 0;
    if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        return 1;
    a->broken = true;
    return -1;
}

void mtpd_sctp_control(struct mtpd_assoc *a, const uint8_t *p, size_t n)
{
    if (n > 0)
        put(a, p, n, 0);
}

static void tell_full(struct mtpd_assoc *a, uint32_t dpc)
{
    struct link_dest d = { .pc = dpc,
                           .status = MTP_STATUS_CONGESTED,
                           .level = 1 };
    uint64_t now = mtpd_now_ms();

    mtpd.count.tx_full++;
    if (a->full_told_ms && now - a->full_told_ms < FULL_TOLD_MS)
        return;
    a->full_told_ms = now;
    link_put_dest(mtpd.link, LINK_STATUS, a->index, &d);
    mtpd_say(a, SLOG_WARNING, NULL,
             "%u messages wait for the peer, more are refused.", a->waiting);
}

static void wait_for_room(struct mtpd_assoc *a, const uint8_t *p, size_t n,
                          uint16_t stream)
{
    struct mtpd_out *o = malloc(sizeof(*o) + n);

    if (!o)
        abort();
    o->next = NULL;
    o->stream = stream;
    o->len = n;
    memcpy(o->octets, p, n);
    if (!a->first)
        a->last = &a->first;
    *a->last = o;
    a->last = &o->next;
    a->waiting++;
}

static void drop_first(struct mtpd_assoc *a)
{
    struct mtpd_out *o = a->first;

    a->first = o->next;
    a->waiting--;
    free(o);
}

void mtpd_sctp_drop_waiting(struct mtpd_assoc *a)
{
    mtpd.count.tx_stale += a->waiting;
    while (a->first)
        drop_first(a);
}

bool mtpd_sctp_waiting(void)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++)
        if (mtpd.assoc[i].first)
            return true;
    return false;
}

void mtpd_sctp_retry(void)
{
    for (uint8_t i = 0; i < mtpd.conf.n_assoc; i++) {
        struct mtpd_assoc *a = &mtpd.assoc[i];

        while (a->first &&
               put(a, a->first->octets, a->first->len, a->first->stream) == 0) {
            mtpd.count.tx_data++;
            drop_first(a);
        }
        if (a->broken)
            mtpd_sctp_drop_waiting(a);
    }
}

/* Never stream 0 if there is another (RFC 4666 1.4.7); one SLS, one stream. */
static uint16_t stream_of(const struct mtpd_assoc *a, uint8_t sls)
{
    return a->streams > 1 ? (uint16_t)(1 + sls % (a->streams - 1)) : 0;
}

void mtpd_sctp_transfer(struct mtpd_assoc *a, const struct mtp_transfer *t)
{
    uint8_t buf[M3UA_ROOM];
    uint16_t stream = stream_of(a, t->sls);
    size_t n = m3ua_write_data(t, a->conf, buf, sizeof(buf));
    int rc = 1;

    if (n == 0 || mtpd_lm_state(a) != MTP_ASSOC_ACTIVE) {
        mtpd.count.tx_stale++;
        return;
    }
    if (!a->first)
        rc = put(a, buf, n, stream);
    if (rc == 0)
        mtpd.count.tx_data++;
    else if (rc < 0)
        mtpd.count.tx_stale++;
    else if (a->waiting < MTPD_TX_QUEUE)
        wait_for_room(a, buf, n, stream);
    else
        tell_full(a, t->dpc);
}

/* ---- in ---- */

static void refuse(struct mtpd_assoc *a, enum m3ua_error e, const char *why,
                   const uint8_t *p, size_t n)
{
    uint16_t kind = n >= 4 ? (uint16_t)(p[2] << 8 | p[3]) : 0xffff;
    uint8_t buf[128];
    uint32_t hidden;

    mtpd.count.rx_bad++;
    mtpd_say(a, SLOG_WARNING, &a->log_bad,
             "refused a message of the peer, %s of %zu octets: %s.",
             m3ua_kind_str(kind), n, why);
    /* No ERR is answered with ERR (RFC 4666 3.8.1). */
    if (e == M3UA_E_NONE || kind == M3UA_ERR ||
        !slog_may(&a->err_out, mtpd_now_ms(), &hidden))
        return;
    n = m3ua_write_error(e, p, n, buf, sizeof(buf));
    if (n > 0 && put(a, buf, n, 0) == 0)
        mtpd.count.errs_sent++;
}

static void tell_box_is_slow(struct mtpd_assoc *a)
{
    struct link_dest d = { .status = MTP_STATUS_CONGESTED, .level = 1 };
    uint64_t now = mtpd_now_ms();

    mtpd.count.rx_full++;
    if (a->full_told_ms && now - a->full_told_ms < FULL_TOLD_MS)
        return;
    a->full_told_ms = now;
    link_put_dest(mtpd.link, LINK_STATUS, a->index, &d);
}

static void on_data(struct mtpd_assoc *a, struct m3ua_msg *m, const uint8_t *p,
                    size_t n)
{
    enum mtp_assoc_state s = mtpd_lm_state(a);

    if (s != MTP_ASSOC_ACTIVE) {
        /* Discarded in silence while inactive (RFC 4666 3.8.1). */
        refuse(a, s == MTP_ASSOC_DOWN ? M3UA_E_UNEXPECTED : M3UA_E_NONE,
               "the association is not active", p, n);
        return;
    }
    if (!mtpd_guard_ours(m, &mtpd.conf)) {
        mtpd.count.rx_foreign++;
        mtpd_say(a, SLOG_WARNING, &a->log_foreign,
                 "dropped a message to point code %u, service indicator %u, "
                 "from %u: it is not for this network's point-code, or not "
                 "SCCP.",
                 (unsigned)m->mtp.dpc, m->mtp.si, (unsigned)m->mtp.opc);
        return;
    }
    m->mtp.assoc = a->index;
    if (a->told != MTP_ASSOC_ACTIVE)
        mtpd_lm_tell(a); /* it is active before its first message */
    if (link_put_transfer(mtpd.link, &m->mtp) == 0)
        mtpd.count.rx_data++;
    else
        tell_box_is_slow(a);
}

static void on_err(struct mtpd_assoc *a, const struct m3ua_msg *m)
{
    char text[300];

    mtpd.count.errs_received++;
    mtpd_error_text(m3ua_u32(m->error, 0), a->conf, text, sizeof(text));
    mtpd_say(a, SLOG_ERROR, &a->log_err, "%s", text);
}

/*
 * The library queues its answers without bound. So it sees no more messages
 * than a bucket allows, and none while the peer does not read.
 */
static bool library_may(struct mtpd_assoc *a)
{
    struct pollfd w = { .fd = a->fd, .events = POLLOUT };
    uint64_t now = mtpd_now_ms();
    uint64_t full = (uint64_t)MTPD_CONTROL_BURST * MTPD_CONTROL_MS;

    if (a->control_ms < now)
        a->control_ms = now;
    if (a->control_ms + MTPD_CONTROL_MS > now + full)
        return false;
    if (poll(&w, 1, 0) != 1 || !(w.revents & POLLOUT))
        return false;
    a->control_ms += MTPD_CONTROL_MS;
    return true;
}

/* An acknowledgement is for the library in the state that waits for it. */
static bool ack_is_due(const struct mtpd_assoc *a, uint16_t kind)
{
    enum mtp_assoc_state s = mtpd_lm_state(a);

    switch (kind) {
    case M3UA_ASPUP_ACK:
        return s == MTP_ASSOC_DOWN;
    case M3UA_ASPAC_ACK:
        return s == MTP_ASSOC_INACTIVE;
    case M3UA_ASPIA_ACK:
        return s == MTP_ASSOC_ACTIVE;
    default: /* ASPDN ACK */
        return s != MTP_ASSOC_DOWN;
    }
}

static enum fate on_asp(struct mtpd_assoc *a, const struct m3ua_msg *m,
                        const uint8_t *p, size_t n)
{
    bool ack = m->kind == M3UA_ASPUP_ACK || m->kind == M3UA_ASPDN_ACK ||
               m->kind == M3UA_ASPAC_ACK || m->kind == M3UA_ASPIA_ACK;

    if (ack == a->conf->server) {
        refuse(a, ack ? M3UA_E_NONE : M3UA_E_UNEXPECTED,
               "not for this end of the association, compare role", p, n);
        return TAKEN;
    }
    if (ack && !ack_is_due(a, m->kind))
        return TAKEN;
    if (!library_may(a)) {
        refuse(a, M3UA_E_NONE, "too many of them", p, n);
        return TAKEN;
    }
    return FOR_LIBRARY;
}

static enum fate on_message(struct mtpd_assoc *a, const uint8_t *p, size_t n)
{
    struct m3ua_msg m;
    const char *why;
    uint8_t buf[2048];
    enum m3ua_error e = mtpd_guard_read(p, n, &m, &why);

    if (e == M3UA_E_NONE)
        e = mtpd_guard_fits(&m, a->conf, &why);
    if (e != M3UA_E_NONE) {
        refuse(a, e, why, p, n);
        return TAKEN;
    }
    switch (m.kind) {
    case M3UA_DATA:
        on_data(a, &m, p, n);
        return TAKEN;
    case M3UA_BEAT:
        n = m3ua_write_beat(M3UA_BEAT_ACK, m.beat, buf, sizeof(buf));
        mtpd_sctp_control(a, buf, n);
        return TAKEN;
    case M3UA_BEAT_ACK:
        return TAKEN;
    case M3UA_ERR:
        on_err(a, &m);
        return TAKEN;
    case M3UA_NTFY:
        return mtpd_ntfy_in(a, &m) && library_may(a) ? SAME_AS_ASPIA_ACK
                                                     : TAKEN;
    case M3UA_DUNA:
    case M3UA_DAVA:
    case M3UA_DAUD:
    case M3UA_SCON:
    case M3UA_DUPU:
    case M3UA_DRST:
        if (mtpd_lm_state(a) == MTP_ASSOC_DOWN ||
            (m.kind == M3UA_DAUD && !a->conf->server))
            refuse(a, M3UA_E_UNEXPECTED, "not in this state", p, n);
        else
            mtpd_ssnm_in(a, &m);
        return TAKEN;
    default:
        return on_asp(a, &m, p, n);
    }
}

static void on_notification(struct mtpd_assoc *a, const uint8_t *p, size_t n)
{
    struct sctp_assoc_change c;
    struct sctp_paddr_change d;
    uint16_t type;

    if (n < sizeof(type))
        return;
    memcpy(&type, p, sizeof(type));
    if (type == SCTP_ASSOC_CHANGE && n >= sizeof(c)) {
        memcpy(&c, p, sizeof(c));
        if (c.sac_state == SCTP_COMM_LOST)
            mtpd_say(a, SLOG_WARNING, &a->log_bad,
                     "the SCTP association is lost.");
    } else if (type == SCTP_PEER_ADDR_CHANGE && n >= sizeof(d)) {
        memcpy(&d, p, sizeof(d));
        if (d.spc_state == SCTP_ADDR_UNREACHABLE)
            mtpd_say(a, SLOG_WARNING, &a->log_bad,
                     "an address of the peer is unreachable.");
        else if (d.spc_state == SCTP_ADDR_AVAILABLE)
            mtpd_say(a, SLOG_INFO, &a->log_bad,
                     "an address of the peer is reachable again.");
    }
}

/* A notification that the library ignores: "nothing for you this time". */
static int nothing(void *msg, int *flags)
{
    struct {
        uint16_t type, flags;
        uint32_t length;
    } head = { .type = SCTP_SENDER_DRY_EVENT, .length = sizeof(head) };

    memcpy(msg, &head, sizeof(head));
    *flags = MSG_NOTIFICATION | MSG_EOR;
    return (int)sizeof(head);
}

static bool is_m3ua(const struct sctp_sndrcvinfo *si)
{
    uint32_t ppid = ntohl(si->sinfo_ppid);

    return ppid == M3UA_PPID || ppid == 0;
}

static int for_library(enum fate f, uint8_t *msg, int n,
                       struct sctp_sndrcvinfo *si)
{
    static const uint8_t aspia_ack[8] = { 1, 0, 4, 4, 0, 0, 0, 8 };

    si->sinfo_ppid = htonl(M3UA_PPID);
    si->sinfo_stream = 0;
    if (f != SAME_AS_ASPIA_ACK)
        return n;
    memcpy(msg, aspia_ack, sizeof(aspia_ack));
    return (int)sizeof(aspia_ack);
}

/*
 * One message read. True: *rc is for the library; false: it was dealt with,
 * read on.
 */
static bool one(struct mtpd_assoc *a, uint8_t *msg, int *rc, int flags,
                struct sctp_sndrcvinfo *si)
{
    size_t n = (size_t)*rc;
    bool rest = a->skipping, whole = (flags & MSG_EOR) != 0;
    enum fate f;

    if (flags & MSG_NOTIFICATION) {
        on_notification(a, msg, n);
        return whole;
    }
    a->heard = true;
    a->skipping = !whole;
    if (rest)
        return false;
    if (!whole || !is_m3ua(si)) {
        refuse(a, whole ? M3UA_E_NONE : M3UA_E_PARAM_FIELD,
               whole ? "SCTP payload protocol identifier" : "it is too long",
               msg, n);
        return false;
    }
    f = on_message(a, msg, n);
    if (f == TAKEN)
        return false;
    *rc = for_library(f, msg, *rc, si);
    return true;
}

/* NOLINTBEGIN(readability-*): the prototypes are libsctp's */
int sctp_recvmsg(int fd, void *msg, size_t len, struct sockaddr *from,
                 socklen_t *from_len, struct sctp_sndrcvinfo *si, int *flags)
{
    struct mtpd_assoc *a = assoc_of(fd);

    find_real();
    if (!a || !si || !flags || len < 64) /* nothing the library does */
        return 0;
    for (int i = 0; i < MESSAGES_A_TURN && !a->broken; i++) {
        int rc;

        memset(si, 0, sizeof(*si));
        *flags = MSG_DONTWAIT;
        rc = real_recvmsg(fd, msg, len, from, from_len, si, flags);
        if (rc < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (rc <= 0)
            return rc;
        if (one(a, msg, &rc, *flags, si))
            return rc;
    }
    return nothing(msg, flags);
}

/* What the library sends: ASPSM, ASPTM, NTFY and ERR. */
int sctp_send(int fd, const void *msg, size_t len,
              const struct sctp_sndrcvinfo *si, int flags)
{
    struct mtpd_assoc *a = assoc_of(fd);
    const uint8_t *p = msg;
    uint16_t kind = len >= 8 ? (uint16_t)(p[2] << 8 | p[3]) : 0xffff;
    uint8_t buf[2048];
    size_t n;
    int rc;

    find_real();
    if (!a)
        return real_send(fd, msg, len, si, flags);
    /* Queued for an association before this one, or by a forgotten timer. */
    if (kind == M3UA_DATA ||
        (kind >> 8 == 4 && mtpd_lm_state(a) == MTP_ASSOC_DOWN))
        return (int)len;
    if (kind == M3UA_ERR)
        mtpd.count.errs_sent++;
    n = m3ua_strip_context(p, len, a->conf, buf, sizeof(buf));
    if (n == 0)
        return real_send(fd, msg, len, si, flags);
    rc = real_send(fd, buf, n, si, flags);
    return rc < 0 ? rc : (int)len;
}
/* NOLINTEND(readability-*) */

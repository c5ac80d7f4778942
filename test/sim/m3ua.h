/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua.h - an M3UA endpoint for the tools: ASP or SG, dialling or listening
 *
 * An endpoint holds up to M3UA_CONNS associations and is either end of
 * M3UA: an ASP asks with ASPUP and ASPAC, an SG answers them and tells
 * NTFY. Who dials is another question. It speaks over one-to-one SCTP
 * sockets, or over TCP with the same octets, each message told by the length
 * in its common header. A lost association is dialled again.
 *
 * DATA goes out on stream 1 by an active association chosen by SLS. What is
 * sent waits for m3ua_flush(), so that one system call takes many messages.
 * One thread; nothing waits.
 */

#ifndef M3UA_H
#define M3UA_H

#include <poll.h>

#include "m3ua_msg.h"
#include "timer.h"

enum { M3UA_CONNS = 4, M3UA_FDS = M3UA_CONNS + 1 };

struct m3ua_host {
    const char *host; /* a name or an address; NULL: any */
    const char *port;
};

struct m3ua_conf {
    bool tcp;        /* M3UA over TCP; else over SCTP */
    bool listen;     /* on peer[0], which is a local address then */
    bool sg;         /* answer as signalling gateway; else be an ASP */
    unsigned n_peer; /* dialling: an association each */
    struct m3ua_host peer[M3UA_CONNS];
    struct m3ua_host local; /* dialling: our own end, if its host is set */
    struct m3ua_u32 rc;     /* an SG without one takes the ASP's */
    struct m3ua_u32 na, mode, asp_id;
    uint32_t reconnect_ms;
};

struct m3ua_ops {
    /* DATA came; its assoc is the number of the association. */
    void (*data)(void *ctx, const struct mtp_transfer *t);
    /* An association became active, or is so no longer. */
    void (*active)(void *ctx, unsigned conn, bool active);
    /* Something to tell people about an association; trouble, or not. */
    void (*note)(void *ctx, unsigned conn, bool trouble, const char *line);
};

struct m3ua;

/* conf, wheel, ops and ctx are lent for life. NULL: no memory. */
struct m3ua *m3ua_new(const struct m3ua_conf *conf, struct timer_wheel *wheel,
                      const struct m3ua_ops *ops, void *ctx);
void m3ua_free(struct m3ua *m);

/* Listen, or dial. -1: it can never work; why was told by note(). */
int m3ua_start(struct m3ua *m);

/* Fill `fds' (room for M3UA_FDS); how many. Then serve what poll() said. */
unsigned m3ua_poll(const struct m3ua *m, struct pollfd *fds);
void m3ua_io(struct m3ua *m, const struct pollfd *fds, unsigned n);

/* True if an association is active. */
bool m3ua_ready(const struct m3ua *m);

/* Gather one DATA. -1: no association is active, or its queue is full. */
int m3ua_send(struct m3ua *m, const struct mtp_transfer *t);

/* Send what is gathered. */
void m3ua_flush(struct m3ua *m);

/* Say ASPIA and ASPDN where they fit and close; not dialled again. */
void m3ua_stop(struct m3ua *m);

#endif

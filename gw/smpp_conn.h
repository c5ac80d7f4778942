/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_conn.h - the socket of a session, with or without TLS
 *
 * Plain; the thread of the ESMEs.
 */

#ifndef SMPP_CONN_H
#define SMPP_CONN_H

#include "box_tls.h"
#include "smpp_sess.h"

struct smpp_conn {
    struct smpp_conn *next, *prev; /* smpp_net.c: all of them, or the dead */
    struct smpp_conn *next_dirty;
    bool dirty, dead;
    int fd, epoll_fd;
    uint32_t events; /* that epoll waits for */
    struct box_tls *tls;
    bool greeting;    /* the handshake is under way */
    bool wants_write; /* says the handshake */
    bool more;        /* TLS may hold octets that the socket does not show */
    bool shut;        /* nothing more is written */
    bool gone;        /* the other end is */
    struct smpp_sess *sess;
};

/*
 * fd is owned, and in epoll from now on with this conn as its data. tls NULL:
 * without. NULL: it cannot be; fd is closed.
 */
struct smpp_conn *smpp_conn_new(int fd, int epoll_fd, struct box_tls_ctx *tls,
                                struct smpp_sess *sess);
void smpp_conn_free(struct smpp_conn *c); /* with its session */

/* Read what there is into the session; work is `size' octets for it. */
void smpp_conn_read(struct smpp_conn *c, uint8_t *work, size_t size);
/* Write what the session has; wait for what is to be waited for. False: it is
 * over. */
bool smpp_conn_write(struct smpp_conn *c);

#endif

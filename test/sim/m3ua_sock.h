/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * m3ua_sock.h - the sockets of M3UA: one-to-one SCTP, or TCP instead
 *
 * Both carry whole M3UA messages that lie one behind the other in a buffer;
 * how they are cut for the socket is known here only. The SCTP part needs
 * the kernel's header and no library.
 */

#ifndef M3UA_SOCK_H
#define M3UA_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "m3ua.h"

/* A listening socket, or -1 and a reason in `why'. */
int m3ua_sock_listen(bool tcp, const struct m3ua_host *at, char *why,
                     size_t size);

/*
 * A socket that is being connected; -1: nobody is there now; -2: this can
 * never work. Then a reason is in `why'.
 */
int m3ua_sock_dial(bool tcp, const struct m3ua_host *to,
                   const struct m3ua_host *from, char *why, size_t size);

/* The next who dialled in, or -1. */
int m3ua_sock_accept(bool tcp, int fd);

/* What became of a connection that was being made: 0 or an errno. */
int m3ua_sock_error(int fd);

/*
 * Send whole messages from the `n' octets at `p'. Returns the octets that are
 * gone, on TCP possibly part of a message; -1: the connection is broken.
 */
long m3ua_sock_write(bool tcp, int fd, const uint8_t *p, size_t n);

/*
 * Receive into the `n' octets at `p', on SCTP whole messages put together
 * without a gap. Returns the octets; 0: nothing there; -1: the end.
 */
long m3ua_sock_read(bool tcp, int fd, uint8_t *p, size_t n);

#endif

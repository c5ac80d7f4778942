/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_rough.h - a signalling gateway that sends what it likes
 *
 * Takes an ASP in as it should be done, over M3UA/TCP, and then sends it
 * valid questions, the same with octets changed, floods of SSNM, broken M3UA
 * and plain rubbish, and closes now and then. For soak_ss7.c; one thread.
 */

#ifndef SOAK_ROUGH_H
#define SOAK_ROUGH_H

#include "mtp.h"

#include <poll.h>

enum { ROUGH_FDS = 2 };

struct rough;

/* Listens on `host' and `port'; octets are drawn from *seed. NULL: cannot. */
struct rough *rough_new(const char *host, uint16_t port, unsigned *seed);
void rough_free(struct rough *r);

unsigned rough_poll(const struct rough *r, struct pollfd *fds);
/* Serve what poll() said, and do something rough. */
void rough_io(struct rough *r, const struct pollfd *fds, unsigned n);

bool rough_ready(const struct rough *r);
/* A valid message; it goes out as it is, or changed. */
int rough_send(struct rough *r, const struct mtp_transfer *t);

#endif

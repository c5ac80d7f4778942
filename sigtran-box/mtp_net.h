/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_net.h - one network's links: which association takes a message
 *
 * The box's end of mtpd's link. Keeps the state of every association and of
 * every destination, chooses an association by destination and SLS, keeps
 * answers while mtpd is being restarted or no association is active, and
 * tells SCCP what MTP would tell it. Implements struct mtp_provider. SS7 thread only.
 */

#ifndef MTP_NET_H
#define MTP_NET_H

#include "mtp_link.h"
#include "timer.h"

/*
 * Answers kept while there is no way: how many, in how many octets, and how
 * long. That is what mtpd's restart may take (mtpd_backoff_ms()), and with the
 * usual hold-deadline no longer than peers wait, 60 s. Then so many at a time
 * are sent, each BURST_MS: mtpd's queue takes MTPD_TX_QUEUE.
 */
enum { MTP_NET_KEEP = 16384, MTP_NET_KEEP_OCTETS = 4 << 20 };
enum { MTP_NET_KEEP_MS = 35000 };
enum { MTP_NET_BURST = 500, MTP_NET_BURST_MS = 100 };
/* An mtpd that says nothing for so long is taken for dead. */
enum { MTP_NET_SILENT_MS = 10000 };

struct mtp_net;

/* conf, wheel, user and ctx are lent for life; `name' is for log lines. */
struct mtp_net *mtp_net_new(const char *name, const struct mtp_conf *conf,
                            struct timer_wheel *wheel,
                            const struct mtp_user *user, void *ctx);
void mtp_net_free(struct mtp_net *n);

const struct mtp_provider *mtp_net_provider(struct mtp_net *n);

/* Whether an association leads to `pc'; while none is active: it may. */
bool mtp_net_reaches(const struct mtp_net *n, uint32_t pc);

/* mtpd was (re)started: its link. Sends HELLO and CONFIG. */
void mtp_net_link(struct mtp_net *n, int fd);

/* The link's descriptor, -1 while there is none; and whether to poll OUT. */
int mtp_net_fd(const struct mtp_net *n);
bool mtp_net_want_out(const struct mtp_net *n);

/* Readable or writable: read a bounded number of frames. -1: the link was
 * closed; associations are reported down and sends are kept. */
int mtp_net_io(struct mtp_net *n);

/* At the end of a turn: send what was gathered. -1 as mtp_net_io(). */
int mtp_net_flush(struct mtp_net *n);

/* Ask mtpd for ASPIA and ASPDN; it closes the link when done. */
void mtp_net_down(struct mtp_net *n);

/* Last counters reported by mtpd, and its own of the link. */
const struct link_counters *mtp_net_counters(const struct mtp_net *n);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_net.h - the thread of the ESMEs: their sockets, and one loop
 *
 * Listens, with and without TLS, moves octets between sockets and sessions,
 * runs the clock, and takes what the box server sends. What one turn of the
 * loop has for a socket or for the box server leaves in one piece. It waits
 * for nobody: a socket that takes no more keeps its octets, up to the bound
 * of its session.
 *
 * smpp_net_run() belongs to one thread; smpp_net_stop() to any.
 */

#ifndef SMPP_NET_H
#define SMPP_NET_H

#include "smpp_inbox.h"
#include "smpp_node.h"

struct smpp_net_conf {
    char interface[46];
    uint16_t port, tls_port;           /* 0: none */
    char cert[256], key[256], ca[256]; /* of the TLS port */
    uint32_t max_sessions;
    uint32_t drain_ms;
    struct smpp_node_conf node;
};

/* The box server, by the number of the connection, and who looks at passwords.
 * Called by the loop. */
struct smpp_box_ops {
    void (*ack)(void *ctx, uint8_t box, const struct box_key *key,
                enum verdict v);
    uint32_t (*sms)(void *ctx, uint8_t box, const struct box_frame *f);
    void (*suspend)(void *ctx, uint8_t box, bool suspended);
    void (*flush)(void *ctx, uint8_t box);
    bool (*check)(void *ctx, uint64_t id, const char *hash,
                  const char *password);
};

struct smpp_net;

/* Opens the ports. conf and ops are lent for life. NULL: logged. */
struct smpp_net *smpp_net_new(const struct smpp_net_conf *conf,
                              const struct smpp_box_ops *ops, void *ctx,
                              struct smpp_inbox *inbox);
void smpp_net_free(struct smpp_net *n);

/* Until it was stopped, and all is answered or drain_ms has passed. */
void smpp_net_run(struct smpp_net *n);
void smpp_net_stop(struct smpp_net *n);

#endif

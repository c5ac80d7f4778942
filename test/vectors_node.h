/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_node.h - a whole node for one vector: SCCP, TCAP, MAP
 *
 * HLR (SSN 6) and MSC (SSN 8) behind the global titles 447700..., with an
 * SMSC at 447700900321. Its MTP is a recorder, its clock stands still until
 * it is moved, its application is the test.
 */

#ifndef VECTORS_NODE_H
#define VECTORS_NODE_H

#include "map_srv.h"
#include "vectors.h"

enum { NODE_OUTS = 64, NODE_SMS = 16, NODE_REASM_MS = 15000 };

struct node_out {
    size_t len;
    uint8_t octet[MTP_RX_MAX];
};

/* A message that the application was asked about. */
struct node_sms {
    uint64_t id;
    char text[600];
};

struct node {
    struct timer_wheel wheel;
    struct gtt *gtt;
    struct sccp *sccp;
    struct map_srv *map;
    struct mtp_provider mtp;
    unsigned n_unitdata; /* messages that SCCP gave to MAP */
    unsigned n_out, n_sms;
    struct node_out out[NODE_OUTS];
    struct node_sms sms[NODE_SMS];
};

/* NULL: no memory. */
struct node *node_new(void);
void node_free(struct node *n);

/* An SCCP message from the network. */
void node_sccp(struct node *n, const uint8_t *p, size_t len);

/* TCAP octets in a UDT from the SMSC to `ssn' of the node. */
void node_tcap(struct node *n, uint8_t ssn, const uint8_t *p, size_t len);

/* The application answers message `i'. */
void node_answer(struct node *n, unsigned i, enum verdict verdict);

/* A number of the node can be reached again: the SMSC is to know. */
bool node_alert(struct node *n);

void node_wait(struct node *n, uint64_t ms);

/* What was sent, as {"sccp":..., "tcap":...}; what cannot be read is left
 * out. */
json_t *node_out_json(struct vec *v, const struct node *n, unsigned i);

#endif

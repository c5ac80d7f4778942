/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_srv.h - what the register answers, to SRI-SM and to mt-ForwardSM
 *
 * Everything that decides: the table, the nodes that are alive, the keys of
 * correlation IMSIs, validity, rates. The SS7 thread has one; `vmnctl explain'
 * makes one of its own out of the same parts, so that it tells what the box
 * would do. Plain, reads memory only, nothing waits.
 */

#ifndef HLR_SRV_H
#define HLR_SRV_H

#include "corr.h"
#include "hlr_table.h"
#include "map_err.h"

enum { HLR_NETWORKS = 16, HLR_NODES = 64 };

/* How one network's numbers are answered for. */
struct hlr_srv_net {
    char mccmnc[7];
    char node_gt[HLR_MSISDN_MAX + 1];       /* always this one; "": chosen */
    char msc_gt[HLR_MSISDN_MAX + 1];        /* ours; "": this box is no MSC */
    char drain_node_gt[HLR_MSISDN_MAX + 1]; /* while this box drains */
    char corr_prefix[9];                    /* "": mccmnc */
    uint32_t corr_life_s;                   /* 72 h */
    bool corr_bind;
    bool relay; /* unknown = relay */
};

struct hlr_srv_conf {
    unsigned networks;
    struct hlr_srv_net net[HLR_NETWORKS];
    char node_id[32];     /* ours among the nodes */
    uint16_t node_weight; /* while the register does not tell it, 100 */
    uint32_t rate_slots;  /* numbers whose rate is counted at once, 65536 */
};

/* Nodes of one register, as the loader saw them last. */
struct hlr_node {
    char id[32];
    bool alive, drain;
    uint16_t weight;
    char msc_gt[HLR_NETWORKS][HLR_MSISDN_MAX + 1]; /* "": not there */
};
struct hlr_nodes {
    unsigned n;
    struct hlr_node node[HLR_NODES];
};

struct hlr_srv;

/* conf is copied. NULL: no memory. */
struct hlr_srv *hlr_srv_new(const struct hlr_srv_conf *conf);
void hlr_srv_free(struct hlr_srv *h); /* not its table */

/* All below are values, copied, or pointers that are handed over. */
struct hlr_table *hlr_srv_swap(struct hlr_srv *h, struct hlr_table *t);
struct hlr_table *hlr_srv_table(struct hlr_srv *h); /* NULL: none yet */
/* Our own is alive, whatever they say of it, and has our titles. */
void hlr_srv_set_nodes(struct hlr_srv *h, const struct hlr_nodes *nodes);
/* A new key reads at once, and makes IMSIs when the others have it as well. */
void hlr_srv_set_keys(struct hlr_srv *h, const struct corr_keys *keys);
/* This box is about to stop: other nodes are named. */
void hlr_srv_drain(struct hlr_srv *h);

struct hlr_question {
    uint8_t network;
    const char *msisdn; /* international digits, "": cannot be made so */
    const char *sc;     /* service centre, international digits or "" */
    bool probe;         /* sm-DeliveryNotIntended: no IMSI that reads */
    uint64_t now_ms;    /* UTC */
};

struct hlr_answer {
    struct map_err err; /* MAP_ERR_NONE: imsi and node */
    bool relay;         /* pass the question on; err if that cannot be done */
    char imsi[HLR_IMSI_MAX + 1];
    char node[HLR_MSISDN_MAX + 1];
    const char *why; /* a literal, for explain and the debug log */
    bool found;      /* entry is the number's */
    struct hlr_entry entry;
};
/*
 * A number that is not valid now is answered as one that is not there. What
 * is not there is unknownSubscriber once the table is complete, else
 * systemFailure. Above the number's rate: systemFailure.
 */
void hlr_srv_sri(struct hlr_srv *h, const struct hlr_question *q,
                 struct hlr_answer *a);

struct hlr_sms_answer {
    struct map_err err; /* MAP_ERR_NONE: entry is whom it is for */
    const char *why;
    struct hlr_entry entry;
};
/*
 * An IMSI that is nobody's is unidentifiedSubscriber once the table is
 * complete, else systemFailure; and so is one that may be a correlation IMSI
 * that reads no more, lest a message is lost that another try would bring.
 */
void hlr_srv_sms(struct hlr_srv *h, uint8_t network, const char *imsi,
                 const char *sc, uint64_t now_ms, struct hlr_sms_answer *a);

/* The node that takes messages for this number: weights among those that are
 * alive and not drained; the same number keeps its node while it can. NULL:
 * none. */
const struct hlr_node *hlr_node_choose(const struct hlr_nodes *nodes,
                                       uint8_t network, const char *msisdn);

#endif

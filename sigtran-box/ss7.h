/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7.h - the border between the SS7 thread and the rest of the box
 *
 * One thread owns links, SCCP, dialogues, pending messages and the register's
 * table. The rest of the program sees what is declared here, and needs no
 * header of what lies below.
 *
 * What crosses are values, copied, and ids. An id names a message the SS7
 * thread asks about; the verdict may come from any thread, once, at any
 * time. If it comes too late the network has been told TEMPFAIL already, and
 * the verdict is counted and dropped here (delivery keeps it for the retry).
 */

#ifndef SS7_H
#define SS7_H

#include "hlr/hlr_batch.h"
#include "hlr/hlr_srv.h"
#include "map_srv.h"
#include "mtp_conf.h"
#include "slog.h"

enum {
    SS7_NETWORKS = 16,
    SS7_GTT_RULES = 4096,
    SS7_ALIASES = 8,
    SS7_ROUTES = 1024,
};

/* One group = ss7-network with its gtt rules and associations. */
struct ss7_network {
    char id[32];
    uint32_t pc[4]; /* own; pc[0] is sent as OPC */
    uint8_t n_pc;
    uint8_t ni;
    char hlr_gt[NUM_MAX + 1], msc_gt[NUM_MAX + 1];
    /* an hlr-only box names another box's MSC GT in its SRI answers */
    char node_gt[NUM_MAX + 1];
    char drain_node_gt[NUM_MAX + 1]; /* and this one while it drains */
    /* MSC titles of partners that we answer for as well */
    char alias_gt[SS7_ALIASES][NUM_MAX + 1];
    uint8_t n_alias;
    bool relay; /* what is unknown here is asked of relay_gt */
    char relay_gt[NUM_MAX + 1];
    char corr_prefix[9]; /* of correlation IMSIs; "": mccmnc */
    uint32_t corr_life_s;
    bool corr_bind;
    char mccmnc[7];
    struct num_plan plan;
    uint8_t hlr_ssn, msc_ssn; /* 6 and 8 */
    bool no_xudt;             /* what does not fit into a UDT is not sent */
    uint8_t n_concerned;      /* nodes told of our subsystems' states */
    uint32_t concerned[SCCP_CONCERNED];
    unsigned n_gtt;
    struct gtt_rule *gtt; /* owned by the configuration, lent for life */
    char gtt_file[256];   /* more rules, for gw/gtt_load.h; "": none */
    struct mtp_conf mtp;  /* associations: what mtpd is told */
};

struct ss7_conf {
    unsigned n_networks;
    struct ss7_network network[SS7_NETWORKS];
    struct map_srv_conf map; /* .net is filled from the networks */
    char node_id[32];        /* of this box in its register; "": none */
    uint16_t node_weight;
    /* message waiting: by route, as delivery has them */
    bool alert;     /* reports go to the border, else they are forgotten */
    bool alert_sri; /* SRI-SM too is answered that a number is absent */
    unsigned n_routes;
    const char (*route_prefix)[HLR_MSISDN_MAX + 1]; /* lent for life */
    bool ask_sri; /* the border is asked before a question is answered */
    bool records; /* and told of every answer: SS7_ANSWERED and its kin */
    uint32_t reasm_ms;
    enum slog_level log_least; /* lines below it are not made */
    char mtpd_path[256];
    char mtpd_user[32];
};

/* A message for an application. */
struct ss7_sms {
    uint64_t id;          /* comes back in ss7_verdict() */
    uint64_t received_ms; /* CLOCK_REALTIME, for logs */
    uint8_t network;
    uint8_t version;
    bool repeated;  /* the peer had our answer to the same message already */
    bool more;      /* the SMSC has more for the same number */
    uint16_t route; /* of the number; HLR_ROUTE_NONE: by prefix */
    uint32_t owner; /* of the number, 0: none */
    char vmn[HLR_MSISDN_MAX + 1];
    char imsi[HLR_IMSI_MAX + 1];
    char sc[NUM_MAX + 1]; /* SM-RP-OA, normalised; "" if it cannot be */
    /* SCCP calling party digits, international if they can be, or "" */
    char smsc_gt[SCCP_GT_DIGITS + 1];
    uint8_t smsc_gt_np; /* its numbering plan, 0: none told */
    uint8_t tpdu_len;
    uint8_t tpdu[MAP_TPDU_MAX];
};

/* sendRoutingInfoForSM, and what is answered unless a verdict says otherwise. */
struct ss7_sri {
    uint64_t id;          /* comes back in ss7_verdict(); 0: it is answered */
    uint64_t received_ms; /* CLOCK_REALTIME */
    uint8_t network;
    uint8_t version;
    bool probe;                       /* sm-DeliveryNotIntended */
    bool relayed;                     /* another HLR answers */
    uint32_t owner;                   /* of the number, 0: none */
    char msisdn[HLR_MSISDN_MAX + 1];  /* normalised; "" if it cannot be */
    char sc[NUM_MAX + 1];             /* the same */
    char smsc_gt[SCCP_GT_DIGITS + 1]; /* as in ss7_sms */
    uint8_t smsc_gt_np;
    struct map_err err; /* code MAP_ERR_NONE: imsi and node */
    char imsi[HLR_IMSI_MAX + 1];
    char node[NUM_MAX + 1];
};

/* A service centre that has, or had, a message for a number. */
struct ss7_waiting {
    uint8_t network;
    uint8_t outcome; /* enum map_outcome; success: it has delivered it */
    uint16_t route;  /* HLR_ROUTE_NONE: none is for the number */
    char msisdn[HLR_MSISDN_MAX + 1];
    char sc[NUM_MAX + 1];
};

struct ss7_event {
    enum {
        SS7_SMS,  /* .sms: decide about it */
        SS7_SRI,  /* .sri: the same, with ss7_conf.ask_sri */
        SS7_GONE, /* .gone: nobody waits for this verdict any more */
        /* With ss7_conf.records: */
        SS7_ANSWERED,    /* .answered: a verdict came in time */
        SS7_REFUSED,     /* .refused: a message that was not asked about */
        SS7_SRI_DONE,    /* .sri: a question that was not asked about */
        SS7_WAITING,     /* .waiting: for the message waiting list */
        SS7_ALERTED,     /* .alerted: what came of ss7_alert() */
        SS7_LOG,         /* .log: a line for the log */
        SS7_RETIRED,     /* .table: not used any more, free it */
        SS7_BATCH,       /* .batch: taken, free it */
        SS7_GTT_RETIRED, /* .gtt: the same */
        SS7_LINK_LOST,   /* .network: its mtpd's link is closed */
        SS7_ASSOC,       /* .assoc: an association changed its state */
        SS7_IDLE,        /* draining, and nothing is held any more */
        SS7_STOPPED,     /* the thread is about to return */
    } what;
    union {
        struct ss7_sms sms;
        struct ss7_sri sri;
        struct {
            uint64_t id;
            enum map_gone why;
        } gone;
        struct {
            uint64_t id;
            enum verdict v;
            struct map_err err; /* that was sent; code MAP_ERR_NONE: none */
        } answered;
        struct {
            struct ss7_sms sms; /* what is known of it; its id is 0 */
            struct map_err err;
        } refused;
        struct ss7_waiting waiting;
        struct {
            uint64_t ref;
            enum verdict v;
        } alerted;
        struct {
            enum slog_level level;
            char place[12];
            char line[SLOG_LINE_MAX];
        } log;
        struct hlr_table *table;
        struct hlr_batch *batch;
        struct gtt *gtt;
        uint8_t network;
        struct {
            uint8_t network, assoc;
            enum mtp_assoc_state state;
        } assoc;
    };
};

/* conf is lent for life. -1: no memory. Call before ss7_run(). */
int ss7_init(const struct ss7_conf *conf);
void ss7_fini(void);

/* Body of the SS7 thread: returns after ss7_stop(). Plain code only. */
void ss7_run(void);

/* All below: any thread. */

/* Take up to `max' events; waits up to timeout_ms for the first. One taker. */
size_t ss7_take(struct ss7_event *ev, size_t max, int timeout_ms);

/* err.code MAP_ERR_NONE: the default error of the verdict. */
void ss7_verdict(uint64_t id, enum verdict v, struct map_err err);

/* No application is there for the numbers of a route, on any node; the list
 * takes no more. */
void ss7_away(uint16_t route, bool is);
void ss7_waiting_full(bool is);
/*
 * Tell a service centre that msisdn can be reached again: SS7_ALERTED follows
 * with `ref', unless the queue up is full. False: try again.
 */
bool ss7_alert(uint8_t network, const char *sc, const char *msisdn,
               uint64_t ref);

/* A new register; the old one comes back as SS7_RETIRED. False: try again. */
bool ss7_table(struct hlr_table *t);
/* Changes of the present one, in order; it comes back as SS7_BATCH. No table
 * may follow before all of them are back. */
bool ss7_batch(struct hlr_batch *b);
/* Copied; false: try again. */
bool ss7_nodes(const struct hlr_nodes *nodes);
bool ss7_keys(const struct corr_keys *keys);

/*
 * The table of a network as its groups = gtt and its own titles have it, the
 * caller's; ss7_init() starts with this one. Any thread.
 */
struct gtt *ss7_gtt_new(const struct ss7_network *n);

/*
 * A new table for a network, in force from the next message on; the old one
 * comes back as SS7_GTT_RETIRED, and should have before the next is given.
 * False: try again.
 */
bool ss7_gtt(uint8_t network, struct gtt *g);

/* mtpd of `network' was started; its link is `fd', which is taken over. */
void ss7_link(uint8_t network, int fd);

/* SIGTERM: first drain, SS7_IDLE follows; then stop: ASPIA, ASPDN, return. */
void ss7_drain(void);
void ss7_stop(void);

#endif

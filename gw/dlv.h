/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv.h - delivery: from a message of the network to a verdict
 *
 * Takes ss7_sms values, makes a Kannel sms of each, joins retries of what is
 * still out, re-answers retries of what was decided, finds the route and its
 * box, and gives back exactly one ss7_verdict() per message id.
 *
 *     ss7_sms -> TPDU -> dedup (store) -> route -> box connection
 *     ack | reply | lost box -> dedup (store) -> ss7_verdict
 *
 * A delivery outlives the network's patience: after SS7_GONE it stays open
 * until the box answers, is lost, or has been silent for DLV_ACK_MS, so that
 * the retry meets its outcome.
 *
 * A malformed TPDU is refused as a handset would refuse it, with
 * sm-DeliveryFailure, equipmentProtocolError; a status report with
 * facilityNotSupported, unless its route takes them (doc/decisions/004).
 */

#ifndef DLV_H
#define DLV_H

#include "dlv_rule.h"
#include "dlv_tab.h"
#include "hlr/db.h"
#include "sigtran-box/ss7.h"

enum {
    DLV_TOKEN_MS = 120000, /* a reply that comes later decides nothing */
    DLV_ACK_MS = 600000,   /* the same of an ack, and its window has room */
    DLV_SILENT_MAX = 5,    /* deadlines in a row until a route stops */
    DLV_PROBE_MS = 60000,  /* then one message in this time is let through */
    DLV_SWEEP_MS = 250,    /* resolution of the deadlines of routes */
    DLV_STORE_MS = 1500,   /* so long the store may take, then it is away */
};

enum dlv_dedup {
    DLV_DEDUP_OFF,
    DLV_DEDUP_MEMORY,
    DLV_DEDUP_STORE, /* and what is decided outlives the process */
};

enum dlv_confirm {
    DLV_CONFIRM_BOX,   /* the box's ack */
    DLV_CONFIRM_REPLY, /* stock smsbox: its reply to our token (DESIGN 3) */
    DLV_CONFIRM_APP,   /* the box's ack, which means the application's */
};

/* One group = route. */
struct dlv_route {
    char id[32];
    char prefix[HLR_MSISDN_MAX + 1]; /* of the VMN; "": any */
    char box_id[64];                 /* boxc-id it goes to; "": any box */
    char smsc_id[64];                /* sms.smsc_id; token appended if reply */
    char account[32], service[32];   /* sms.account, sms.service if set */
    bool reports;                    /* status reports go to the box */
    bool join;                       /* parts become one; DLV_DEDUP_STORE */
    bool alert;        /* without a box its numbers are absent: mw.h */
    char dlr_url[256]; /* their sms.dlr_url if set */
    enum dlv_confirm confirm;
    uint32_t deadline_ms;              /* 0: the hold time of the box */
    struct map_err tempfail, permfail; /* code NONE: the defaults */
    uint32_t max_open;                 /* out at once; 0: any number */
    struct map_err overload;           /* over max_open, or max_deliveries */
    uint32_t reply_max_held;           /* 256 */
    char reply_couldnotfetch[161], reply_couldnotrepresent[161];
    char reply_requestfailed[161], reply_emptymessage[161];
};

/* What a route, or a rule, has with boxes, and had so far. */
struct dlv_count {
    uint32_t out;
    uint64_t taken;
};

struct dlv_conf {
    unsigned n_routes;
    struct dlv_route *route; /* owned by the configuration, lent for life */
    unsigned n_rules;
    struct dlv_rule *rule;   /* the same, in the order they are tried */
    uint32_t max_deliveries; /* slab; full: TEMPFAIL */
    enum dlv_dedup dedup;
    bool store_tempfail;       /* dedup-store-down = tempfail | memory */
    struct db_conf store;      /* DLV_DEDUP_STORE */
    bool join;                 /* what routes do unless they say otherwise */
    uint32_t concat_timeout_s; /* then parts go out singly */
    uint32_t dedup_ttl_s;      /* 72 h */
    uint32_t dedup_max;        /* keys in memory; the oldest go first */
    bool dedup_sc_exact;       /* dedup-sc = exact | ignore */
    /* Names and number plans of the networks, lent for life; may be none:
     * then meta data counts them, and national senders stay national. */
    unsigned n_networks;
    const struct ss7_network *network;
    bool trace; /* debug lines for contrib/lab/ladder */
};

/* One group = sigtran-box, the part that boxes see. */
struct box_conf {
    char smsbox_interface[64];
    uint16_t smsbox_port, smsbox_port_tls; /* 0: none */
    char tls_cert[256], tls_key[256];
    char allow_ip[256], deny_ip[256]; /* Kannel's lists, ';' between */
    uint32_t max_pending;             /* smsbox-max-pending, 100 */
    char bearerbox_host[128];         /* "": no uplink */
    uint16_t bearerbox_port;
    bool bearerbox_tls;
};

int dlv_start(const struct dlv_conf *conf);

/* From the thread that takes SS7 events. */
void dlv_take(const struct ss7_sms *m);
void dlv_gone(uint64_t id, enum map_gone why);

/* After each batch of the above: until then nothing goes out to the boxes. */
void dlv_flush(void);

/* Deliveries that are with a box, or wait for one. */
unsigned dlv_open(void);

/* Deadlines of routes, end of tokens and acks; a thread of dlv.c calls it. */
void dlv_sweep(uint64_t now_ms);

/* Everything that is open becomes TEMPFAIL; then no more is taken. */
void dlv_stop(void);

/*
 * From threads of box connections. Each box may decide only about what it was
 * given; anything else is counted and has no effect.
 */

enum dlv_ack {
    DLV_ACK_FOREIGN,   /* not of ours: whoever sent the message wants it */
    DLV_ACK_TAKEN,     /* done with */
    DLV_ACK_REPLY_DUE, /* the reply will decide, and may be close behind */
};

/* An ack of `box': its UUID, and Kannel's ack_status_t. */
enum dlv_ack dlv_ack(struct box_ref box, const uint8_t uuid[16], int32_t nack);

/*
 * A reply of `box' under this smsc-id. False: it is not a token of ours, and
 * the message goes on. True: it is, and must be swallowed.
 */
bool dlv_reply(struct box_ref box, const uint8_t *smsc_id, size_t n,
               const uint8_t *text, size_t len);

/*
 * May a reply that the box made by itself go from one number to the other?
 * False: the message that it answers was made by a machine too (TP-LP).
 */
bool dlv_may_reply(const char *from, const char *to);

/* The connection is gone, and what it had open becomes TEMPFAIL. */
void dlv_box_lost(struct box_ref box);

#endif

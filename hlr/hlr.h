/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr.h - the register as the box uses it: load, follow, hand over
 *
 * A loader thread keeps the SS7 thread's table equal to the register. It
 * starts from the snapshot file if there is one, else with an empty table,
 * and rows follow in batches as they are read. Either is not complete (what is
 * not in it may have been added since) until all of the register was read.
 * Then the loader follows the changes (asked every poll_ms) and sends them the
 * same way. A table without room is cloned larger here and swapped; what must
 * be read again as a whole is built aside. A register that cannot be read is
 * tried again with back-off; what was loaded stays in force. Rows that cannot
 * be used (unknown network or route, an IMSI that is another's) are logged and
 * entered as HLR_UNUSABLE.
 *
 * A second thread, with a connection of its own, beats for this node, hands
 * over nodes and keys when they change, and removes old rows of the journal.
 */

#ifndef HLR_H
#define HLR_H

#include "hlr_backend.h"
#include "hlr_batch.h"
#include "hlr_srv.h"

struct hlr_conf {
    const struct hlr_backend *backend;
    struct db_conf db;   /* hlr_db */
    char snapshot[256];  /* file; "": none */
    uint32_t snapshot_s; /* written so often if something changed, 600 */
    uint32_t poll_ms;    /* 200 */
    unsigned networks;
    char network_id[HLR_NETWORKS][32];
    char mccmnc[HLR_NETWORKS][7];
    unsigned routes;
    const char (*route_id)[32];     /* `routes' of them; lent for life */
    unsigned ranges;                /* static */
    const struct hlr_stored *range; /* lent for life */
    /* this node, an entry a network; node[0].id "": it does not beat, and
     * knows no others */
    struct reg_node node[HLR_NETWORKS];
    unsigned node_networks;
};

/*
 * What the loader hands over; false: no room now, it is tried again. A table
 * comes first, and another one only when all batches of the last are back:
 * then nobody changes a table, and the loader may read it too. Nodes and keys
 * are copied. Called in threads of the loader.
 */
struct hlr_out {
    bool (*table)(struct hlr_table *t);
    bool (*batch)(struct hlr_batch *b);
    bool (*nodes)(const struct hlr_nodes *nodes);
    bool (*keys)(const struct corr_keys *keys);
};

/*
 * Start the loader: it opens the backend, and the start fails, with *why, only
 * if that says something is wrong that waiting will not mend (no such folder,
 * wrong password, wrong schema). out is lent for life.
 */
int hlr_start(const struct hlr_conf *conf, const struct hlr_out *out, char *why,
              size_t size);
void hlr_stop(void);

/* Read everything anew, aside, as soon as it can be. Any thread. */
void hlr_reload(void);

/* The SS7 thread has let go of a table or a batch. Any thread. */
void hlr_retired(struct hlr_table *t);
void hlr_batch_done(struct hlr_batch *b);

/* For status pages, any thread. */
struct hlr_state {
    bool complete, database;     /* table complete; database reachable */
    uint64_t rows, unusable, of; /* of: to come, while it is loaded */
    uint64_t changes;            /* taken since the start */
    uint64_t behind_ms;          /* since the database last answered */
};
void hlr_state(struct hlr_state *s);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_part.h - what the parts of delivery share: dlv.c, where a delivery ends,
 * dlv_take.c, where it begins, dlv_box.c, what boxes say about it, and
 * dlv_store.c, what the store has to do with it
 *
 * All of it is used under the lock; but conf is set before any other thread
 * runs, and the first half of the UUIDs too.
 */

#ifndef DLV_PART_H
#define DLV_PART_H

#include "dlv.h"
#include "dlv_loop.h"
#include "plug.h"
#include "sigtran-box/tpdu_status.h"
#include "stat.h"

#include <pthread.h>

enum { DLV_UUID_OCTETS = 16 };

struct dlv_own {
    pthread_mutex_t lock;
    const struct dlv_conf *conf;
    struct dlv_tab *tab; /* NULL: not started, or stopped */
    struct dedup *dedup; /* NULL: dedup = off */
    uint8_t process[8];  /* first half of our UUIDs */
    struct dlv_loop loop;
};
extern struct dlv_own dlv_own;

uint64_t dlv_now_ms(void); /* CLOCK_MONOTONIC; no lock needed */
uint64_t dlv_utc_ms(void); /* CLOCK_REALTIME, the same */

/* Octets nobody can foresee, fetched from the kernel many at a time. */
void dlv_random_octets(uint8_t *out, size_t n);

/* The UUID of a delivery, in its sms and in the ack; false: not of ours. */
void dlv_uuid_write(uint8_t uuid[DLV_UUID_OCTETS], uint64_t id);
bool dlv_uuid_read(const uint8_t uuid[DLV_UUID_OCTETS], uint64_t *id);

/* What the route answers with; NULL: the defaults. */
struct map_err dlv_err_of(const struct dlv_route *r, enum verdict v);

/* A message on its way in, or parts of one whose time is over. */
struct dlv_taken {
    const struct ss7_sms *m;
    bool report;
    struct tpdu_status tpdu; /* a message: its `sm' alone */
    struct dedup_key key;
    uint16_t route;
    uint16_t rule; /* number of a box-route, from 1; 0: none */
    uint64_t id;
    struct box_ref box;
    uint64_t secret; /* of its token */
    char sender[DLV_SENDER_MAX + 1];
    const struct concat_set *set; /* joined: all of these; else NULL */
    bool again;                   /* answered as before */
    struct plug_msg *edit;        /* as plug-ins left it; NULL: as it came */
};

/* The same, while its delivery waits. */
struct dlv_asked {
    struct dlv_taken t;
    struct ss7_sms m;
};

/* ---- dlv_take.c ---- */

/* A new delivery of it that is with no box. NULL: all are taken. */
struct dlv *dlv_begin(const struct dlv_taken *t);
/* To a box, or refused. True: it must be sent. */
bool dlv_place(struct dlv *d, struct dlv_taken *t);
/* If the box is lost meanwhile, its loss settles the delivery. */
void dlv_send(const struct dlv_taken *t);
/* All who wait get TEMPFAIL, counted as this. */
void dlv_refuse(struct dlv *d, enum stat_id why);

/* ---- dlv_hold.c: a message that waits for what others say about it ---- */

/* It waits for this from now on; `t' (NULL: not needed) is kept. */
void dlv_hold(struct dlv *d, const struct dlv_taken *t, enum dlv_wait_for what);
/* The delivery that waits for just this; NULL: it does not any more. */
struct dlv *dlv_held(uint64_t id, enum dlv_wait_for what);
/* Go on with what was kept: fn() says whether it goes out now. */
void dlv_resume(struct dlv *d, bool (*fn)(struct dlv *d, struct dlv_taken *t));
/* It waits for nothing, and nothing is kept. */
void dlv_unhold(struct dlv *d);

/* ---- dlv_filter.c ---- */

/* Through the filters of plug-ins, then dlv_place(). True: send it now. */
bool dlv_go(struct dlv *d, struct dlv_taken *t);

/* ---- dlv_store.c: with DLV_DEDUP_STORE alone ---- */

int dlv_store_start(const struct dlv_conf *c);
void dlv_store_stop(void); /* without the lock */
/* Memory does not know it. True: it must be sent now. */
bool dlv_store_take(struct dlv *d, struct dlv_taken *t);
/* The outcome of `d'. True: dlv_finish() follows when it is written. */
bool dlv_store_record(struct dlv *d, enum verdict v, const char *how);
/* The store has taken too long. */
void dlv_store_sweep(struct dlv *d, uint64_t now_ms);
void dlv_store_late(struct dlv *d);
/* `d' ends undecided: what it has of the store goes back. */
void dlv_store_drop(struct dlv *d);

/* ---- dlv.c ---- */

/* Decide `d', answer all who wait, and forget it unless its ack is due. */
void dlv_settle(struct dlv *d, enum verdict v, const char *how);

/* The second half: it is decided, and recorded if it can be. */
void dlv_finish(struct dlv *d, enum verdict v, const char *how);
/* The same, and its waiters are told `err'. */
void dlv_finish_err(struct dlv *d, enum verdict v, struct map_err err,
                    const char *how);

/* Its box will not acknowledge it any more: TEMPFAIL, unless decided. */
void dlv_give_up(struct dlv *d, const char *how);

/* Forget `d' if it is decided and acknowledged. */
void dlv_release(struct dlv *d);

/* The network's or the route's deadline came before the answer. */
void dlv_missed(struct dlv *d);

/* The log line of one who waited. */
void dlv_tell_waiter(const struct dlv *d, const struct dlv_waiter *w,
                     enum verdict v, const char *how);

#endif

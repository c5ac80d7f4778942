/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dlv_tab.h - the deliveries that are open, and who waits for each
 *
 * A slab of fixed size, for delivery alone, under its lock. A delivery has an
 * id (generation << 32 | slot, never 0), stands in the list of all open ones,
 * oldest first, and in the list of its box. Network messages wait for it: the
 * first one, and retries that joined. It may outlive them all.
 */

#ifndef DLV_TAB_H
#define DLV_TAB_H

#include <stdbool.h>

#include "dedup.h"
#include "sigtran-box/ss7.h"

enum { DLV_BOXES = 128, DLV_SENDER_MAX = 45 };

/* A connection of a box: its slot, and which of all that ever had it. */
struct box_ref {
    uint16_t slot; /* < DLV_BOXES */
    uint32_t epoch;
};

/* The slot of what is with no box (yet). */
#define DLV_NO_BOX ((struct box_ref){ .slot = DLV_BOXES })

struct dlv_link {
    uint32_t prev, next; /* slot + 1; 0: none */
};

enum dlv_wait_for {
    DLV_WAITS_NOT,
    DLV_WAITS_ANSWER, /* is it known? */
    DLV_WAITS_PART,   /* is the part stored, and all of its message? */
    DLV_WAITS_FILTER, /* what do plug-ins say? */
    DLV_WAITS_RECORD, /* its outcome is being written */
};

struct dlv_asked;
struct concat_set;

/* One open delivery. What is not marked is for dlv*.c to set. */
struct dlv {
    uint64_t id;                 /* table's; 0: free */
    struct dlv_link all, of_box; /* table's */
    uint32_t waiter;             /* table's: the newest, index + 1 */
    struct box_ref box;
    uint16_t route;
    uint16_t rule;          /* number of a box-route, from 1; 0: none */
    struct dedup_key shown; /* the id that the application sees */
    enum dlv_wait_for wait; /* for store or plug-ins, since: */
    uint64_t wait_ms;
    struct dlv_asked *asked; /* the message, while they are asked */
    struct concat_set *set;  /* parts of a message that this delivers */
    enum verdict v;          /* the outcome that is being recorded */
    const char *how;
    struct map_err err; /* of a plug-in; code NONE: the route's */
    char *notes;        /* of plug-ins, the table's by malloc(); NULL: none */
    uint64_t filtered_ms, sent_ms; /* UTC; 0: not yet */
    bool report;                   /* a status report, not a message */
    bool fresh;      /* not known, and whole: what filters are asked about */
    bool again;      /* known to the store: answered as before */
    bool reply;      /* its route confirms by the reply */
    bool acked;      /* the box's window is free of it */
    bool decided;    /* the verdict is given; it waits for its ack only */
    bool missed;     /* its deadline was counted against the route */
    uint64_t secret; /* of its token */
    uint64_t since_ms;
    struct dedup_key key;
    char sender[DLV_SENDER_MAX + 1];
    char vmn[HLR_MSISDN_MAX + 1];
    char sc[NUM_MAX + 1]; /* of the first try */
};

/* A message of the network that waits for a delivery. */
struct dlv_waiter {
    uint64_t ss7_id;      /* 0: free */
    uint64_t received_ms; /* as in ss7_sms */
    uint64_t at_ms;       /* deadline of the route; 0: none of its own */
    bool joined;          /* a retry, while it was out */
    uint64_t dlv;         /* table's */
    uint32_t next;        /* table's */
    char sc[NUM_MAX + 1];
};

struct dlv_tab;

struct dlv_tab *dlv_tab_new(uint32_t slots);
void dlv_tab_free(struct dlv_tab *t);

/* A new one with id, box and lists set, else zeroes. NULL: all are taken. */
struct dlv *dlv_new(struct dlv_tab *t, struct box_ref box);
/* It goes to this box. */
void dlv_set_box(struct dlv_tab *t, struct dlv *d, struct box_ref box);
/* A copy, for its record; "": nothing. */
void dlv_note(struct dlv *d, const char *notes);
/* Nobody may wait for it any more. */
void dlv_del(struct dlv_tab *t, struct dlv *d);
struct dlv *dlv_find(struct dlv_tab *t, uint64_t id); /* NULL: it is gone */
uint32_t dlv_count(const struct dlv_tab *t);

/* Oldest first; NULL: none (more). `d' may be deleted before its next. */
struct dlv *dlv_first(struct dlv_tab *t);
struct dlv *dlv_next(struct dlv_tab *t, const struct dlv *d);
struct dlv *dlv_first_of_box(struct dlv_tab *t, uint16_t slot);
struct dlv *dlv_next_of_box(struct dlv_tab *t, const struct dlv *d);

/* *w, copied, waits for `d'. -1: no memory. */
int dlv_wait(struct dlv_tab *t, struct dlv *d, const struct dlv_waiter *w);
/* Take one that waits for `d' off it, oldest first. False: nobody does. */
bool dlv_wait_take(struct dlv_tab *t, struct dlv *d, struct dlv_waiter *w);
/* The same, of those whose deadline has come. */
bool dlv_wait_take_late(struct dlv_tab *t, struct dlv *d, uint64_t now_ms,
                        struct dlv_waiter *w);
/* Take `ss7_id' off its delivery, which is returned; NULL: it does not wait. */
struct dlv *dlv_wait_drop(struct dlv_tab *t, uint64_t ss7_id,
                          struct dlv_waiter *w);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_alert_dlg.h - one alert to a service centre, in the version it knows
 *
 * Asks with alertServiceCentre (version 2), and if the service centre turns
 * out to be older, with alertServiceCentreWithoutResult (version 1). Who is
 * older is remembered for some hours, by number, for all alerts of a node.
 * Every alert ends with one done().
 *
 * Lives inside its owner's dialogue and in the SS7 thread. Allocates nothing.
 */

#ifndef MAP_ALERT_DLG_H
#define MAP_ALERT_DLG_H

#include "map_alert.h"
#include "timer.h"
#include "verdict.h"

enum { MAP_ALERT_MEMORY = 256 }; /* older service centres remembered */

struct map_alert_dlg;

/* How the alert reaches the layers next to it. None of these may wait. */
struct map_alert_ops {
    /*
     * Downwards: ask in a transaction of its own, whatever there was before
     * is forgotten. False: it cannot be.
     */
    bool (*begin)(struct map_alert_dlg *d, uint8_t version);
    /*
     * Downwards: nothing more comes from us. If the peer's end of the
     * transaction is known it is told so: End, or if it owes us an answer
     * Abort.
     */
    void (*close)(struct map_alert_dlg *d, bool owes);
    /*
     * Upwards: OK: the service centre knows; TEMPFAIL: try again; PERMFAIL:
     * it does not want to know. The owner may free `d'.
     */
    void (*done)(struct map_alert_dlg *d, enum verdict v);
};

/* What all alerts of a node have in common; lent to each for life. */
struct map_alert_env {
    struct timer_wheel *wheel;
    const struct map_alert_ops *ops;
    uint32_t wait_ms;     /* for the answer; TS 29.002 17.1: 3 to 10 s */
    uint32_t remember_ms; /* that a service centre is older */
    struct {
        char sc[MAP_ADDR_DIGITS + 1];
        uint64_t until_ms;
    } older[MAP_ALERT_MEMORY]; /* by a hash of the number */
};

enum map_alert_state { MAP_ALERT_ASKED, MAP_ALERT_TAKEN, MAP_ALERT_TOLD };

/* All of it but `arg' and `ref' belongs to map_alert_dlg.c. */
struct map_alert_dlg {
    struct map_alert_env *env;
    struct timer guard;
    struct map_alert_arg arg;
    uint64_t ref; /* the owner's */
    uint8_t state;
};

/* `d' has its arg. False: nothing could be sent, and there is no done(). */
bool map_alert_dlg_start(struct map_alert_dlg *d, struct map_alert_env *env);

/*
 * What the peer says. The dialogue may be gone afterwards.
 *
 * answered: our invoke has its result, error or reject, as the verdict says;
 *           `ended': so has the transaction.
 * taken:    nothing yet, but the peer accepts the dialogue.
 * older:    it ended in one of the ways in which a peer says that it does not
 *           know this version (TS 29.002 15.1.3).
 * ended:    it ended without an answer.
 * lost:     it was aborted, or we could not be heard.
 */
void map_alert_dlg_answered(struct map_alert_dlg *d, enum verdict v,
                            bool ended);
void map_alert_dlg_taken(struct map_alert_dlg *d);
void map_alert_dlg_older(struct map_alert_dlg *d);
void map_alert_dlg_ended(struct map_alert_dlg *d);
void map_alert_dlg_lost(struct map_alert_dlg *d);

/* We are going: as if the answer did not come. */
void map_alert_dlg_stop(struct map_alert_dlg *d);

/* Forget it without a word. */
void map_alert_dlg_fini(struct map_alert_dlg *d);

#endif

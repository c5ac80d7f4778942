/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mt_dlg.h - one MAP dialogue in which an SMSC hands us short messages
 *
 * Each message is a question with an id of its own, not the dialogue's: a
 * second answer to one message must never pass for the answer to the next.
 * Every message is answered once and only once, or the peer is gone.
 *
 * Lives inside its owner's dialogue and in the SS7 thread. Allocates nothing.
 */

#ifndef MT_DLG_H
#define MT_DLG_H

#include "map_srv.h"
#include "pending.h"
#include "quota.h"
#include "slog.h"
#include "timer.h"

/* Messages of one dialogue that we remember to have confirmed. */
enum { MT_SEEN = 8 };

struct mt_dlg;

/* How the dialogue reaches the layers next to it. None of these may wait. */
struct mt_dlg_ops {
    /*
     * Upwards: decide about this message. MAP_ERR_NONE: mt_dlg_verdict()
     * follows or has been called already. Else it is answered with that error.
     * The owner fills in what the dialogue does not know: network, from.
     */
    struct map_err (*ask)(struct mt_dlg *d, struct map_sms_ind *ind);
    /*
     * Downwards: answer invoke `invoke'; `e' NULL: with a result. `last' ends
     * the dialogue: the owner may free `d'.
     */
    void (*answer)(struct mt_dlg *d, int8_t invoke, const struct map_err *e,
                   bool last);
    /* Nothing came any more: abort. The owner may free `d'. */
    void (*abort)(struct mt_dlg *d);
    /* By which name the messages from `sc' are counted. Not called without a
     * quota. */
    void (*sender)(struct mt_dlg *d, const struct map_addr *sc,
                   char name[QUOTA_NAME_MAX + 1]);
    /* Upwards: a message was refused that nobody is asked about. */
    void (*refused)(struct mt_dlg *d, struct map_sms_ind *ind,
                    const struct map_err *e);
    /* Upwards: nobody needs the verdict about `id' any more. */
    void (*gone)(struct mt_dlg *d, uint64_t id, enum map_gone why);
};

/* What all dialogues of a node have in common; lent to each for life. */
struct mt_env {
    struct timer_wheel *wheel;
    struct pending *pending;
    struct quota *quota; /* of each service centre; NULL: no bound */
    const struct mt_dlg_ops *ops;
    uint32_t hold_ms, more_ms;
    enum map_error overload; /* over either bound; 0: systemFailure */
    bool draining;           /* new messages get systemFailure */
    uint32_t questions;      /* of what is pending: by mt_dlg_hold() */
    struct slog_rate rate_quota;
};

enum mt_state { MT_OPEN, MT_ASKED };

/* All of it belongs to mt_dlg.c. */
struct mt_dlg {
    struct mt_env *env;
    struct timer guard;
    uint64_t id;    /* of the message that is asked about */
    uint32_t taken; /* of the quota, for it */
    uint8_t state;
    uint8_t version;
    int8_t invoke;
    bool question;  /* what is asked about came by mt_dlg_hold() */
    bool more;      /* the peer has more messages after this one */
    bool has_first; /* imsi and sc are of a message confirmed before */
    uint8_t seen_n; /* messages confirmed before */
    char imsi[MAP_IMSI_DIGITS + 1];
    struct map_addr sc;
    uint64_t asked; /* digest of the message asked about, if `more' */
    uint64_t seen[MT_SEEN];
};

/* A dialogue was accepted, of MAP `version': the peer may send messages. */
void mt_dlg_begin(struct mt_dlg *d, struct mt_env *env, uint8_t version);

/* A message arrived. Only if mt_dlg_asked() is false. */
void mt_dlg_invoke(struct mt_dlg *d, int8_t invoke,
                   const struct map_mt_sm_arg *arg);

/*
 * The same of a question of another kind, which will be the dialogue's only
 * one: its answer is held as that of a message, also while draining, and
 * ops->ask() is not called.
 * The id for mt_dlg_verdict(), or 0: there is no place.
 */
uint64_t mt_dlg_hold(struct mt_dlg *d, int8_t invoke);

/* True while a message waits for its verdict; it came with *invoke. */
bool mt_dlg_asked(const struct mt_dlg *d, int8_t *invoke);

/*
 * The verdict about message `id': `e' NULL if it is confirmed, else the error
 * to answer. False: nobody waits for it.
 */
bool mt_dlg_verdict(struct mt_env *env, uint64_t id, const struct map_err *e);

/* The peer is gone, nobody is left to answer. The owner may free `d'. */
void mt_dlg_gone(struct mt_dlg *d);

/* Forget it without a word: nobody must hold it or its messages any more. */
void mt_dlg_fini(struct mt_dlg *d);

/* We are going: answer what is asked with TEMPFAIL, else abort. */
void mt_dlg_stop(struct mt_dlg *d);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_acct.h - the accounts of ESMEs: their binds, and the messages for them
 *
 * An account has any number of sessions up to its bound. Those that receive
 * share its messages: each goes to the one with the fewest out, and waits in
 * the account's queue while every window is full. The parts of one
 * concatenated message go to one session as long as that is bound. A session
 * that is lost gives its messages to the others, at once; when there are no
 * others, they fail.
 *
 * A message is held from smpp_accts_take() to op settled, which is called
 * once for each: with the ESME's answer, or TEMPFAIL when nobody can take it,
 * when no answer comes in the response time, and at its deadline.
 *
 * Plain; one thread, which is that of the sessions. Time is the wheel's.
 */

#ifndef SMPP_ACCT_H
#define SMPP_ACCT_H

#include "box_client.h"
#include "crypto.h"
#include "smpp_msg.h"
#include "smpp_sess.h"

enum {
    SMPP_ACCOUNTS = 1024,
    SMPP_BINDS_MAX = 64,
    SMPP_BOXES = 64,
    SMPP_NAMES = 8,         /* smsc-ids of an account */
    SMPP_STICKY_MAX = 4096, /* concatenated messages that are remembered */
    SMPP_STICKY_MS = 300000,
    SMPP_LOGIN_KEY = 16,
};

struct smpp_acct_conf {
    char system_id[16], system_type[13];
    char password[9]; /* if hash is empty */
    char hash[CRYPTO_PASSWORD_TEXT];
    char allow_ip[256]; /* "": any */
    enum smpp_mode modes;
    uint16_t max_binds, window, submit_window;
    uint32_t max_queue;
    uint32_t throughput, submit_throughput; /* a second; 0: no limit */
    struct smpp_style style;
    struct smpp_rules rules;
    /* which messages it takes: of this connection to the box server, and if
     * not empty of these smsc-ids, this account, numbers that begin so */
    uint8_t box, n_smsc;
    char box_id[BOX_ID_MAX + 1]; /* the boxc-id of that connection */
    char smsc[SMPP_NAMES][64];
    char account[64], prefix[24];
    char submit_smsc[64]; /* smsc-id of what it submits */
};

struct smpp_accts_conf {
    unsigned n_accts; /* from the beginning */
    const struct smpp_acct_conf *acct;
    /* Others come by smpp_accts_set(): until then nobody knows which there
     * are, and it takes time to look at a password. */
    bool database;
    uint8_t key[SMPP_LOGIN_KEY]; /* of this process, random */
    uint32_t deadline_ms, response_ms, max_held;
};

/* A message that is held. */
struct smpp_held {
    struct smpp_held *next, *prev; /* while it waits */
    struct smpp_acct *acct;
    struct smpp_sess *sess; /* out there, or waits for it; or NULL */
    uint32_t sequence;      /* out with it; 0: it waits */
    uint32_t concat;
    struct box_key key;
    uint8_t box;
    bool receipt; /* for a submit_sm: waits if nobody is bound */
    uint64_t came_ms, until_ms;
    struct timer timer;
    uint32_t n;
    uint8_t body[];
};

struct smpp_accts_ops {
    /* Its one end; `why' for the log. The message is freed after it. */
    void (*settled)(void *ctx, const struct smpp_held *m, enum verdict v,
                    const char *why);
    /* Can messages of a box be taken: is any account of it bound? */
    void (*ready)(void *ctx, uint8_t box, bool is);
    /* smpp_accts_checked() will tell whether it is the password. False: it
     * cannot be looked at now. */
    bool (*check)(void *ctx, uint64_t id, const char *hash,
                  const char *password);
};

struct smpp_accts;

struct smpp_accts *smpp_accts_new(const struct smpp_accts_conf *conf,
                                  const struct smpp_accts_ops *ops, void *ctx,
                                  struct timer_wheel *wheel);
void smpp_accts_free(struct smpp_accts *a);

/*
 * These accounts are there from now on, and no others. Who is bound stays bound
 * if nothing is different for him; else his session ends in order: what waits
 * for it fails for now, what is out may still be answered. They are
 * copied.
 */
void smpp_accts_set(struct smpp_accts *a, const struct smpp_acct_conf *acct,
                    unsigned n);
/* False: nobody knows any more whether there are others. */
void smpp_accts_sure(struct smpp_accts *a, bool sure);

/* ---- sessions: what smpp_sess_ops asks for ---- */

/* The status of a bind, and its window; or LATER. */
uint32_t smpp_accts_bind(struct smpp_accts *a, struct smpp_sess *s,
                         const struct smpp_bind *b, uint16_t *window);
void smpp_accts_checked(struct smpp_accts *a, uint64_t id, bool right);
void smpp_accts_forget(struct smpp_accts *a, struct smpp_sess *s);
void smpp_accts_bound(struct smpp_accts *a, struct smpp_sess *s);
void smpp_accts_answered(struct smpp_accts *a, struct smpp_sess *s,
                         struct smpp_held *m, uint32_t status);
void smpp_accts_ended(struct smpp_accts *a, struct smpp_sess *s);
/* May it submit one more? ROK or the status for it. */
uint32_t smpp_accts_may_submit(struct smpp_accts *a, struct smpp_sess *s);

/* ---- messages ---- */

/* Which account a message is for; NULL: none. */
struct smpp_acct *smpp_accts_find(struct smpp_accts *a, uint8_t box,
                                  const struct box_frame *f);
struct smpp_acct *smpp_accts_named(struct smpp_accts *a, const char *system_id);
const struct smpp_acct_conf *smpp_acct_conf(const struct smpp_acct *acct);

struct smpp_take {
    struct box_key key;
    uint8_t box;
    bool receipt;
    uint32_t concat;
    const uint8_t *body; /* of the deliver_sm */
    size_t n;
};

/* NULL: it is held. Else why it cannot be, TEMPFAIL. */
const char *smpp_accts_take(struct smpp_accts *a, struct smpp_acct *acct,
                            const struct smpp_take *take);

/* Messages of this connection that wait are dropped, without a word. */
void smpp_accts_box_lost(struct smpp_accts *a, uint8_t box, uint32_t epoch);

/* From now on nothing is taken. */
void smpp_accts_drain(struct smpp_accts *a);
/* All that is held fails. */
void smpp_accts_fail_all(struct smpp_accts *a, const char *why);
uint32_t smpp_accts_held(const struct smpp_accts *a);

#endif

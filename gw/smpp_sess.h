/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smpp_sess.h - the session of an ESME, as its server
 *
 *        smpp_sess_new()
 *             |
 *           OPEN ---- bind refused, time-out ----------------------.
 *             | bind_*: op bind says ROK, or LATER:                |
 *             | ASKED, until smpp_sess_bind() --- refused ---------|
 *           BOUND --- unbind, no answer, bad PDUs, smpp_sess_end() |
 *             | smpp_sess_unbind()           \                     |
 *          LEAVING -- unbind_resp, time-out --\                    |
 *                                              v                   v
 *                                            OVER: to be closed when written
 *                                              | time-out
 *                                            GONE: to be closed now
 *
 * What it guarantees: whatever an ESME sends, it gets the status SMPP 3.4 has
 * for it or its session ends; every message that went out comes back once, by
 * op answered or by smpp_sess_take(), and op ended is called once if it was
 * bound, op forget if it ends while it waits for smpp_sess_bind(). What it keeps
 * is bounded: one PDU in, or while it waits 128 KB, SMPP_OUT_MAX out, a window.
 *
 * Octets go in by smpp_sess_in() and stand in `out' to be written; op dirty
 * tells that there are some, or that the state has changed. Time is the wheel's.
 * Plain; one thread.
 */

#ifndef SMPP_SESS_H
#define SMPP_SESS_H

#include "smpp_status.h"
#include "smpp_wire.h"
#include "timer.h"

enum smpp_mode { SMPP_MODE_TX = 1, SMPP_MODE_RX = 2, SMPP_MODE_TRX = 3 };
enum smpp_state {
    SMPP_OPEN,
    SMPP_ASKED,
    SMPP_BOUND,
    SMPP_LEAVING,
    SMPP_OVER,
    SMPP_GONE
};

enum {
    SMPP_OPEN_MAX = 1024,       /* octets of a PDU before bind */
    SMPP_OUT_HIGH = 64 * 1024,  /* so much waits: nothing more is read */
    SMPP_OUT_MAX = 1024 * 1024, /* and no message is sent */
    SMPP_BAD_MAX = 10,          /* PDUs that make no sense, then it ends */
    SMPP_WINDOW_MAX = 1000,
};

/* What op submit may say besides a status: smpp_sess_submitted() will; and op
 * bind: smpp_sess_bind(). */
#define SMPP_LATER 0xffffffffu

struct smpp_sess_conf {
    uint32_t bind_ms;       /* session_init_timer */
    uint32_t enquire_ms;    /* enquire_link_timer */
    uint32_t response_ms;   /* response_timer */
    uint32_t inactivity_ms; /* inactivity_timer; 0: none */
    char server_id[16];     /* system_id of a bind's answer */
};

struct smpp_held;
struct smpp_sess;

struct smpp_sess_ops {
    /* May it bind, in its mode? ROK: with this window. */
    uint32_t (*bind)(struct smpp_sess *s, const struct smpp_bind *b,
                     uint16_t *window);
    /* Its answer is written: messages may follow. */
    void (*bound)(struct smpp_sess *s);
    uint32_t (*submit)(struct smpp_sess *s, uint32_t sequence,
                       const struct smpp_sm *sm);
    void (*answered)(struct smpp_sess *s, struct smpp_held *m, uint32_t status);
    /* Nothing more is sent by it: take back what is out. */
    void (*ended)(struct smpp_sess *s);
    void (*dirty)(struct smpp_sess *s);
    void (*forget)(struct smpp_sess *s); /* do not answer its bind any more */
};

/* Growing octets; those before `at' are done with. */
struct smpp_buf {
    uint8_t *p;
    size_t at, len, cap;
};

/* A message that is out. */
struct smpp_slot {
    uint32_t sequence;
    struct smpp_held *m; /* NULL: none */
};

struct smpp_acct;

struct smpp_sess {
    /* smpp_sess.c; others read only */
    enum smpp_state state;
    enum smpp_mode mode;
    char peer[48], system_id[16];
    const char *why; /* it ended */
    uint32_t open;   /* messages that are out */
    uint16_t window;
    uint8_t bad;
    uint32_t bind_command, bind_sequence; /* of the bind that waits */
    struct smpp_slot *slot;               /* by sequence number */
    uint32_t slots, sequence;
    bool asked; /* an enquire_link is out, since asked_ms */
    uint64_t asked_ms, heard_ms, worked_ms;
    struct timer timer;
    struct timer_wheel *wheel;
    const struct smpp_sess_conf *conf;
    const struct smpp_sess_ops *ops;
    void *ctx;
    struct smpp_buf in, out;
    /* smpp_acct.c */
    struct smpp_acct *acct;
    uint64_t id;
    struct smpp_held *wait_first, *wait_last;
    uint16_t submits;
    /* smpp_net.c */
    struct smpp_conn *conn;
};

/* peer: for logs and address checks. */
struct smpp_sess *smpp_sess_new(const struct smpp_sess_conf *conf,
                                const struct smpp_sess_ops *ops, void *ctx,
                                struct timer_wheel *wheel, const char *peer);
/* The connection is gone, or may go. Op ended is called if it is due. */
void smpp_sess_free(struct smpp_sess *s);

/* What came. Nothing is kept of it but the start of a PDU. */
void smpp_sess_in(struct smpp_sess *s, const uint8_t *p, size_t n);
/* False: it does not read what it is sent; read nothing from it. */
bool smpp_sess_may_read(const struct smpp_sess *s);
/* `n' octets of out were written. */
void smpp_sess_wrote(struct smpp_sess *s, size_t n);

/* May a message be sent by it now? */
bool smpp_sess_has_room(const struct smpp_sess *s);

/*
 * Send the body of a deliver_sm, if it has room. Its sequence number: `m' is
 * the session's until answered, or taken back.
 */
uint32_t smpp_sess_deliver(struct smpp_sess *s, struct smpp_held *m,
                           const uint8_t *body, size_t n);
/* A message that is out comes back: an answer to it is unknown from now on. */
void smpp_sess_forget(struct smpp_sess *s, uint32_t sequence);
/* Any one that is out, the oldest first; NULL: none is left. */
struct smpp_held *smpp_sess_take(struct smpp_sess *s);

/* The answer to a submit_sm or data_sm that was to come later. */
void smpp_sess_submitted(struct smpp_sess *s, uint32_t command,
                         uint32_t sequence, uint32_t status,
                         const char *message_id);

/* The answer to a bind that was to come later. */
void smpp_sess_bind(struct smpp_sess *s, uint32_t status, uint16_t window);

/* Ask it to leave; its messages that are out may still be answered. `why' is a
 * literal. */
void smpp_sess_unbind(struct smpp_sess *s, const char *why);
/* End it, with what is in `out'. `why' is a literal. */
void smpp_sess_end(struct smpp_sess *s, const char *why);

#endif

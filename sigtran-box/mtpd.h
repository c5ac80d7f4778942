/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd.h - inside the program mtpd
 *
 *     mtpd.c       main, the loop, the link to the box
 *     mtpd_lm.c    layer manager: what libosmo-sigtran shall do, and when
 *     mtpd_sctp.c  between the library and libsctp: every message in and out
 *     mtpd_guard.c what may pass there; mtpd_words.c: ERR in words
 *
 * One thread, one loop (libosmocore's). Each association is an SS7 instance
 * of its own in the library: with two in one instance it mixes them up.
 */

#ifndef MTPD_H
#define MTPD_H

#include "mtp_link.h"
#include "mtpd_guard.h"
#include "slog.h"

struct osmo_ss7_instance;
struct osmo_ss7_as;
struct osmo_ss7_asp;

enum {
    MTPD_TX_QUEUE = 2000,      /* DATA waiting for one association */
    MTPD_PAUSED = 64,          /* destinations asked about again */
    MTPD_CONTROL_BURST = 100,  /* messages to the library at once ... */
    MTPD_CONTROL_MS = 50,      /* ... and one more in this time */
    MTPD_CONNECT_MS = 10000,   /* then a fresh attempt */
    MTPD_BACKOFF_MS = 30000,   /* the longest pause before one */
    MTPD_ALTERNATE_MS = 60000, /* another ASP took over: try again after */
    MTPD_AUDIT_MS = 30000,     /* DAUD for what is paused */
    MTPD_PATIENCE_MS = 6000,   /* three times T(ack): then it is told ... */
    MTPD_NAG_MS = 60000,       /* ... and again while it lasts */
    MTPD_DOWN_MS = 2500,       /* ASPIA and ASPDN at the end: T(ack) is 2 s */
};

struct mtpd_out; /* a message that waits */

struct mtpd_assoc {
    uint8_t index;
    const struct mtp_assoc_conf *conf;
    struct osmo_ss7_instance *inst;
    struct osmo_ss7_as *as;
    struct osmo_ss7_asp *asp;
    enum mtp_assoc_state told; /* to the box */

    int fd; /* -1: no SCTP association */
    unsigned streams;
    bool skipping; /* the rest of an over-long message */
    bool broken;   /* to be closed at the end of the turn */
    struct mtpd_out *first, **last;
    unsigned waiting;
    uint64_t full_told_ms;

    uint64_t again_ms;   /* repeat ASPUP or ASPAC then; 0: no */
    uint64_t connect_ms; /* of the present attempt; 0: none is under way */
    uint64_t open_ms;    /* try to connect then; 0: to be set */
    uint32_t pause_ms;   /* before the next attempt; 0: reconnect-interval */
    bool alternate;      /* another ASP is active instead of us */
    bool heard;          /* anything since the last BEAT */
    unsigned unheard;    /* BEATs in a row without a sign of life */
    uint64_t beat_ms, audit_ms;
    uint32_t paused[MTPD_PAUSED]; /* mask << 24 | pc, as in DUNA */
    unsigned n_paused;

    uint64_t control_ms; /* token bucket: time up to which it is used up */
    uint64_t state_ms;   /* since when it is in the state told */
    uint64_t nag_ms;     /* not before this is trouble told again */
    struct slog_rate err_out, log_bad, log_foreign, log_err, log_ntfy;
    struct slog_rate log_state;
};

struct mtpd {
    struct mtp_conf conf;
    struct mtp_link *link;
    struct link_counters count;
    struct mtpd_assoc assoc[MTP_ASSOC_MAX];
    bool configured;
    uint64_t down_ms; /* LINK_DOWN: the time to give up; 0: not asked */
};

extern struct mtpd mtpd;

uint64_t mtpd_now_ms(void);
/* Ends at the end of the turn, with that exit status. */
void mtpd_end(int status);

/* A log line about an association; rate may be NULL. */
void mtpd_say(struct mtpd_assoc *a, enum slog_level level,
              struct slog_rate *rate, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- mtpd_lm.c ---- */

/* Create what mtpd.conf describes. -1: it cannot be; every reason logged. */
int mtpd_lm_start(void *ctx);
void mtpd_lm_tick(uint64_t now_ms); /* ten times a second */
/* At the end of a turn: close what is broken, tell states to the box. */
void mtpd_lm_turn(void);
void mtpd_lm_down(void);  /* LINK_DOWN */
bool mtpd_lm_done(void);  /* all is down, or it took too long */
void mtpd_lm_close(void); /* SCTP associations, listeners */
enum mtp_assoc_state mtpd_lm_state(const struct mtpd_assoc *a);
void mtpd_lm_tell(struct mtpd_assoc *a);

/* ---- mtpd_sctp.c ---- */

/* There is an SCTP association `fd' for `a'; or none any more. */
void mtpd_sctp_up(struct mtpd_assoc *a, int fd);
void mtpd_sctp_lost(struct mtpd_assoc *a);

void mtpd_sctp_transfer(struct mtpd_assoc *a, const struct mtp_transfer *t);
/* Stream 0, now or never: what a peer asks for must not pile up. */
void mtpd_sctp_control(struct mtpd_assoc *a, const uint8_t *p, size_t n);
void mtpd_sctp_drop_waiting(struct mtpd_assoc *a);
void mtpd_sctp_retry(void); /* send what waits; called every 2 ms if any */
bool mtpd_sctp_waiting(void);

/* ---- mtpd_ssnm.c ---- */

/* A message of the peer that is not for the library. */
void mtpd_ssnm_in(struct mtpd_assoc *a, const struct m3ua_msg *m);
/* DAUD: for what is paused; `all': for everything that we send to as well. */
void mtpd_audit(struct mtpd_assoc *a, bool all);
/* True: another ASP took over, the library shall see an ASPIA ACK. */
bool mtpd_ntfy_in(struct mtpd_assoc *a, const struct m3ua_msg *m);

#endif

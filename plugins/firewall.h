/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall.h - the plug-in `firewall': what its parts share
 *
 * Everything here belongs to one instance, and is used by one thread at a
 * time: the main thread in open() and close(), the instance's worker else.
 */

#ifndef FIREWALL_H
#define FIREWALL_H

#include "firewall_book.h"
#include "firewall_rate.h"
#include "firewall_rules.h"
#include "firewall_sri.h"
#include "sigtran-plugin.h"

/*
 * X(ID, word, category, default): a check, its key without "check-", what it
 * counts for, and what it does unless the key says otherwise. Categories after
 * GSMA FS.11, by what is needed to tell: the addresses alone, two layers of one
 * message, what came before; SMS is what FS.11 leaves to others.
 */
#define FIREWALL_CHECKS(X)                                                     \
    X(GT, "gt", CAT3, MODE_MONITOR)                                            \
    X(SC, "sc", CAT3, MODE_MONITOR)                                            \
    X(SRI_INSIDE, "sri-inside", CAT2, MODE_MONITOR)                            \
    X(FSM_INSIDE, "fsm-inside", CAT2, MODE_MONITOR)                            \
    X(NO_SRI, "no-sri", CAT3, MODE_MONITOR)                                    \
    X(COUNTRY, "country", CAT2, MODE_MONITOR)                                  \
    X(OWN, "own", CAT2, MODE_MONITOR)                                          \
    X(PROBE, "probe", CAT3, MODE_MONITOR)                                      \
    X(RATE, "rate", SMS, MODE_DENY)                                            \
    X(RULES, "rules", SMS, MODE_DENY)                                          \
    X(LIST, "list", CAT1, MODE_DENY)

enum mode { MODE_OFF, MODE_MONITOR, MODE_DENY };

enum check {
#define X(id, word, category, mode) CHECK_##id,
    FIREWALL_CHECKS(X)
#undef X
        CHECKS
};

/* What is bounded, and for whom. */
enum rate_of {
    RATE_SC,
    RATE_VMN,
    RATE_OWNER,
    RATE_SRI_SC,
    RATE_SRI_VMN,
    RATE_PROBE,
    RATES
};

enum { LISTED_ALLOW = 1, LISTED_DENY };

struct fw_conf {
    enum mode mode[CHECKS];
    uint64_t window_us, warm_us;
    uint32_t max;    /* questions remembered */
    uint32_t digits; /* after the country code */
    bool others;     /* another node answers questions for the same numbers */
    const char
        *correlation;    /* what IMSIs of one question begin with, or NULL */
    const char *country; /* code of the own country, or NULL */
    const char *operators, *groups, *rules; /* files, or NULL */
    enum plug_verdict deny;
    const char *sms_error, *sri_error; /* MAP errors, or NULL */
    struct trie *sc, *gt;              /* of LISTED_ values */
    struct trie *own;
};

struct firewall {
    const struct plug_host *host;
    const struct plug_conf *group;
    struct fw_conf conf;
    struct rate rate[RATES];
    struct book *book;
    struct rules *rules; /* NULL: none */
    struct sri *sri;
    uint64_t log_s; /* the second in which ... */
    unsigned logged, unlogged;
};

/* ---- firewall_conf.c ---- */

extern const char *const firewall_keys[];
extern const char *const firewall_rate_key[RATES];

/* Read the group. -1: why. */
int firewall_configure(struct firewall *f, char *why, size_t why_len);
/* Read the files; on failure everything stays as it was. -1: why. */
int firewall_load(struct firewall *f, char *why, size_t why_len);

/* ---- firewall_check.c ---- */

enum plug_verdict firewall_sri(struct firewall *f, struct plug_msg *m,
                               uint64_t now_us);
enum plug_verdict firewall_sms(struct firewall *f, struct plug_msg *m,
                               uint64_t now_us);

/* ---- firewall_tell.c ---- */

/*
 * A check has found something: it is counted, noted and logged. True: the
 * message is to be refused.
 */
bool firewall_found(struct firewall *f, struct plug_msg *m, enum check k,
                    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* It could not be made: there was nothing to compare, or no certainty. */
void firewall_skipped(struct firewall *f, enum check k, bool unsure);
/* Write a line to the log, if there were not too many in this second. */
void firewall_log(struct firewall *f, enum plug_level level, const char *fmt,
                  ...) __attribute__((format(printf, 3, 4)));
void firewall_tick(struct firewall *f, uint64_t now_us);
const char *firewall_check_key(enum check k);

#endif

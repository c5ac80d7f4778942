/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * corr.h - IMSIs made for one question (MT correlation id, TS 23.040)
 *
 * Every node that has the keys can make and read them; nothing is stored. The
 * digits behind the prefix are a permutation, keyed, of
 *
 *     cid * CORR_TAGS + tag
 *
 * where tag is a keyed function of cid, of the service centre that asked and
 * of the time in lives: the same question within a life gives the same IMSI,
 * an IMSI of another life, key or service centre does not read. A guess reads
 * with a chance of about (numbers in use / numbers) * lives * keys / CORR_TAGS,
 * where two lives count, that which is now and the one before. What the IMSI
 * tells: that two questions with the same one were for the same number and
 * service centre.
 *
 * Plain; a struct corr belongs to one thread.
 */

#ifndef CORR_H
#define CORR_H

#include <stdbool.h>
#include <stdint.h>

#include "hlr_table.h"

enum {
    CORR_TAGS = 1000,
    CORR_KEYS = 3,   /* newest first; all read */
    CORR_TRIES = 4,  /* IMSIs per question, to step over those in use */
    CORR_SKEW_S = 60 /* clocks of nodes may differ: a life begins so early */
};

struct corr_keys {
    unsigned n;
    struct {
        uint8_t octet[32];
    } key[CORR_KEYS];
};

struct corr;

/* prefix: MCC, MNC and maybe more, 5 to 8 digits. life_s: an IMSI reads for at
 * least so long, at most twice. bind: only for the service centre it was made
 * for. NULL: no memory, or not such a prefix. */
struct corr *corr_new(const char *prefix, uint32_t life_s, bool bind);
void corr_free(struct corr *c);
void corr_set_keys(struct corr *c, const struct corr_keys *keys);
/* The key that makes, 0 after corr_set_keys(): a new one is not for making
 * before every node has it. */
void corr_set_maker(struct corr *c, unsigned key);

/* IMSIs that taken() has a use for are stepped over, as are those that an older
 * key would read as another number's; lent for life. An IMSI behind such a step
 * reads no more once the reason for it has gone. */
void corr_set_taken(struct corr *c, bool (*taken)(void *ctx, const char *imsi),
                    void *ctx);

/* Numbers that can have a correlation IMSI: cid must be below. */
uint64_t corr_numbers(const struct corr *c);

/* The IMSI for this question. sc: digits, may be "". False: no key, cid too
 * high, or all that it could be are taken. */
bool corr_make(const struct corr *c, uint64_t cid, const char *sc,
               uint64_t now_s, char imsi[HLR_IMSI_MAX + 1]);

enum corr_is {
    CORR_FOREIGN, /* not of our form: another prefix or length, or no keys */
    CORR_READ,    /* *cid */
    CORR_STALE,   /* expired, of a forgotten key, of another SC, or a guess */
};
enum corr_is corr_read(const struct corr *c, const char *imsi, const char *sc,
                       uint64_t now_s, uint64_t *cid);

/* Whom a stale one may have been for, a cid for each key; how many. */
unsigned corr_stale(const struct corr *c, const char *imsi,
                    uint64_t cid[CORR_KEYS]);

#endif

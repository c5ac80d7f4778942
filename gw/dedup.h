/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dedup.h - which messages are out, and what became of those before
 *
 * A message is known by a key that is the same at every try of its SMSC. It
 * is out (with a delivery), or it was decided OK or PERMFAIL and is answered
 * with that until `ttl_ms' has passed. TEMPFAIL is forgotten: the next try is
 * a new attempt.
 *
 * Memory is taken once. When the decided ones are `max' the oldest of them
 * goes. One thread at a time; time is any clock that never goes back.
 */

#ifndef DEDUP_H
#define DEDUP_H

#include <stddef.h>
#include <stdint.h>

#include "sigtran-box/verdict.h"

struct dedup;

/* The first half of a SHA-256: evenly spread, and not to be met by chance. */
struct dedup_key {
    uint8_t octet[16];
};

enum dedup_is {
    DEDUP_UNKNOWN, /* not seen, or forgotten */
    DEDUP_OUT,     /* *id is its delivery */
    DEDUP_DECIDED, /* *v */
};

/*
 * Room for `max' decided and `max_out' that are out. `seed' is random: the
 * senders must not know which keys meet in one bucket. NULL: no memory.
 */
struct dedup *dedup_new(uint32_t max, uint32_t max_out, uint64_t ttl_ms,
                        uint64_t seed);
void dedup_free(struct dedup *d);

/* *id or *v is set as the result says; the other one is left alone. */
enum dedup_is dedup_find(struct dedup *d, const struct dedup_key *k,
                         uint64_t now_ms, uint64_t *id, enum verdict *v);

/*
 * It is out with delivery `id'; what was known of it before is replaced.
 * -1: more than max_out are out.
 */
int dedup_out(struct dedup *d, const struct dedup_key *k, uint64_t id);

/* Its delivery `id' has ended. No effect if another delivery has it now. */
void dedup_decide(struct dedup *d, const struct dedup_key *k, uint64_t id,
                  enum verdict v, uint64_t now_ms);

uint32_t dedup_count(const struct dedup *d); /* decided ones */

#endif

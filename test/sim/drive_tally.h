/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive_tally.h - what a load measures: answers, latencies, processor time
 */

#ifndef DRIVE_TALLY_H
#define DRIVE_TALLY_H

#include "drive_out.h"
#include "drive_smsc.h"

enum { TALLY_BUCKETS = 3456, TALLY_CODES = 256 };

/* All dialogues of one kind. */
struct tally {
    uint64_t n, ok;
    uint64_t what[SMSC_UNSENT + 1];
    uint64_t error[TALLY_CODES]; /* MAP errors by code */
    uint32_t max_us;
    /* Latencies: 128 steps for each power of two, so within 1 %. */
    uint64_t bucket[TALLY_BUCKETS];
};

void tally_add(struct tally *t, const struct smsc_answer *a);

/* The latency that `percent' of all dialogues do not exceed. */
uint32_t tally_us(const struct tally *t, double percent);

/* Lines for people and one JSON object. */
void tally_report(const struct tally *t, const char *kind, double seconds,
                  struct out *out);

/* User and system microseconds of this process so far. */
struct cpu {
    double user_us, system_us;
};
struct cpu cpu_now(void);

#endif

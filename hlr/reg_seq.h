/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_seq.h - which numbers of the journal were seen, and which are missing
 *
 * A database gives numbers in order and commits them in any: 7 may be there
 * before 5 is, or 5 may never come, because it was undone, or because the
 * nodes of a cluster count in steps. So a reader that asks only for what is
 * above the highest it saw loses changes. This keeps what is missing below the
 * highest, each gap with the time it was first missed, and gives one up after
 * a grace. Plain: values and a clock that is a parameter.
 */

#ifndef REG_SEQ_H
#define REG_SEQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seq_gap {
    int64_t from, to; /* inclusive */
    uint64_t since_ms;
};

struct seq_track {
    int64_t high; /* the highest number seen */
    struct seq_gap *gap;
    size_t gaps, room; /* in order of their numbers */
};

/* Everything up to `high' counts as seen. */
void seq_init(struct seq_track *t, int64_t high);
void seq_fini(struct seq_track *t);

/* True: it was not seen before, and was not given up. */
bool seq_saw(struct seq_track *t, int64_t seq, uint64_t now_ms);
/* What was missed for longer than the grace is missed no more. */
void seq_give_up(struct seq_track *t, uint64_t now_ms, uint64_t grace_ms);
/* The lowest and the highest that is missing. False: nothing is. */
bool seq_missing(const struct seq_track *t, int64_t *from, int64_t *to);

#endif

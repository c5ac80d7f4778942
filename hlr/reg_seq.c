/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_seq.c - which numbers of the journal were seen, and which are missing
 */

#include "reg_seq.h"

#include <stdlib.h>
#include <string.h>

void seq_init(struct seq_track *t, int64_t high)
{
    *t = (struct seq_track){ .high = high };
}

void seq_fini(struct seq_track *t)
{
    free(t->gap);
    t->gap = NULL;
    t->gaps = t->room = 0;
}

static void insert(struct seq_track *t, size_t at, struct seq_gap gap)
{
    if (t->gaps == t->room) {
        t->room = t->room == 0 ? 16 : 2 * t->room;
        t->gap = realloc(t->gap, t->room * sizeof(*t->gap));
        if (t->gap == NULL)
            abort();
    }
    memmove(&t->gap[at + 1], &t->gap[at], (t->gaps - at) * sizeof(*t->gap));
    t->gap[at] = gap;
    t->gaps++;
}

static void take_out(struct seq_track *t, size_t at)
{
    t->gaps--;
    memmove(&t->gap[at], &t->gap[at + 1], (t->gaps - at) * sizeof(*t->gap));
}

/* The first gap that does not end before `seq'. */
static size_t find(const struct seq_track *t, int64_t seq)
{
    size_t low = 0, high = t->gaps;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (t->gap[mid].to < seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool seq_saw(struct seq_track *t, int64_t seq, uint64_t now_ms)
{
    size_t at;
    struct seq_gap *g, rest;

    if (seq > t->high) {
        if (seq > t->high + 1)
            insert(t, t->gaps,
                   (struct seq_gap){ t->high + 1, seq - 1, now_ms });
        t->high = seq;
        return true;
    }
    at = find(t, seq);
    if (at == t->gaps || t->gap[at].from > seq)
        return false;
    g = &t->gap[at];
    rest = (struct seq_gap){ seq + 1, g->to, g->since_ms };
    g->to = seq - 1;
    if (g->from > g->to) {
        if (rest.from > rest.to)
            take_out(t, at);
        else
            *g = rest;
    } else if (rest.from <= rest.to) {
        insert(t, at + 1, rest);
    }
    return true;
}

void seq_give_up(struct seq_track *t, uint64_t now_ms, uint64_t grace_ms)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->gaps; i++)
        if (now_ms - t->gap[i].since_ms < grace_ms)
            t->gap[kept++] = t->gap[i];
    t->gaps = kept;
}

bool seq_missing(const struct seq_track *t, int64_t *from, int64_t *to)
{
    if (t->gaps == 0)
        return false;
    *from = t->gap[0].from;
    *to = t->gap[t->gaps - 1].to;
    return true;
}

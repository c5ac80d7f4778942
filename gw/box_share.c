/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_share.c - boxes that share the messages of a rule, by their weights
 */

#include "box_share.h"

#include <math.h>

uint64_t box_share_draw(uint64_t n)
{
    n += 0x9e3779b97f4a7c15u;
    n = (n ^ n >> 30) * 0xbf58476d1ce4e5b9u;
    n = (n ^ n >> 27) * 0x94d049bb133111ebu;
    n ^= n >> 31;
    return n != 0 ? n : 1;
}

/* Of an exponential distribution whose rate is the weight: the least of several
 * is this one with a chance of weight / sum of weights. */
static double wait_of(unsigned box, uint32_t weight, uint64_t draw)
{
    uint64_t n = box_share_draw(draw ^ box_share_draw(box));
    double u = ((double)(n >> 11) + 1) / 9007199254740993.0; /* 2^53 + 1 */

    return -log(u) / weight;
}

int box_share_choose(const struct box_share *s, uint32_t able, uint64_t draw)
{
    double least = 0;
    int best = -1;

    for (unsigned i = 0; i < s->n; i++) {
        double wait;

        if ((able >> i & 1) == 0)
            continue;
        wait = wait_of(i, s->box[i].weight, draw);
        if (best < 0 || wait < least) {
            best = (int)i;
            least = wait;
        }
    }
    return best;
}

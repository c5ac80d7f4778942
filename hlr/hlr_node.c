/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_node.c - which node takes the messages for a number
 *
 * Rendezvous hashing with weights: every node that can be chosen draws a
 * number out of its name and the subscriber's number, and the best drawing
 * wins. So the nodes' shares are as their weights, every node finds the same
 * winner, and when a node comes or goes only numbers that it wins or won
 * change theirs.
 */

#include "hlr_srv.h"

#include <math.h>

/* FNV-1a */
static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *text != '\0'; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3u;
    return h;
}

/* Every bit of the result depends on every bit of x (splitmix64). */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* An exponential variate whose rate is the weight: among several, each is the
 * smallest as often as its part of all weights. */
static double draw(const struct hlr_node *n, uint64_t number)
{
    uint64_t x = mix(number ^ hash(n->id));
    double u = ((double)(x >> 11) + 0.5) * 0x1p-53;

    return -log(u) / n->weight;
}

const struct hlr_node *hlr_node_choose(const struct hlr_nodes *nodes,
                                       uint8_t network, const char *msisdn)
{
    const struct hlr_node *best = NULL;
    uint64_t number = mix(hash(msisdn));
    double least = 0;

    for (unsigned i = 0; i < nodes->n; i++) {
        const struct hlr_node *n = &nodes->node[i];
        double d;

        if (!n->alive || n->drain || n->weight == 0 ||
            n->msc_gt[network][0] == '\0')
            continue;
        d = draw(n, number);
        if (best == NULL || d < least) {
            best = n;
            least = d;
        }
    }
    return best;
}

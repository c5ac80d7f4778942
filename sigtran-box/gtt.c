/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt.c - global title translation: a trie of hexadecimal digits
 *
 * Nodes lie in one array and refer to each other by index. The children of a
 * node are neighbours in the array, in the order of their digits; a bitmap
 * tells which digits there are, and counting its bits finds the child. So a
 * node takes 12 octets, and a step of a lookup one memory access. To insert
 * a child its siblings move to a block one larger; blocks left behind are
 * kept in lists by size and used again.
 */

#include "gtt.h"

#include <stdlib.h>
#include <string.h>

enum { RADIX = 16, NONE = 0 /* index 0 is the root, or unused */ };

struct node {
    uint32_t kids; /* index of the first; of a free block: the next one */
    uint32_t rule; /* the first rule that ends here, index into rules */
    uint16_t has;  /* bit d: there is a child for digit d */
};

struct entry {
    struct gtt_rule rule;
    uint32_t next; /* of the same prefix, less specific */
};

struct gtt {
    struct node *node;
    struct entry *entry;
    uint32_t n_node, cap_node;
    uint32_t n_entry, cap_entry;
    uint32_t free_block[RADIX + 1]; /* by number of nodes */
};

/* Room for `more' elements behind the `n' that are there. */
static void *grown(void *p, uint32_t n, uint32_t more, uint32_t *cap,
                   size_t size)
{
    if (n + more <= *cap)
        return p;
    *cap = *cap * 2 + 64;
    p = realloc(p, *cap * size);
    if (p == NULL)
        abort();
    return p;
}

struct gtt *gtt_new(void)
{
    struct gtt *g = calloc(1, sizeof(*g));

    if (g == NULL)
        abort();
    g->node = grown(NULL, 0, 1, &g->cap_node, sizeof(*g->node));
    g->entry = grown(NULL, 0, 1, &g->cap_entry, sizeof(*g->entry));
    g->node[0] = (struct node){ 0 };
    g->n_node = g->n_entry = 1;
    return g;
}

void gtt_free(struct gtt *g)
{
    if (g == NULL)
        return;
    free(g->node);
    free(g->entry);
    free(g);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The child of `at' for digit `d', or NONE. */
static uint32_t child(const struct gtt *g, uint32_t at, unsigned d)
{
    const struct node *n = &g->node[at];
    unsigned below = n->has & ((1u << d) - 1);

    if (!(n->has >> d & 1))
        return NONE;
    return n->kids + (uint32_t)__builtin_popcount(below);
}

/* `n' neighbouring nodes, their content undefined. */
static uint32_t take_block(struct gtt *g, uint32_t n)
{
    uint32_t at = g->free_block[n];

    if (at != NONE) {
        g->free_block[n] = g->node[at].kids;
        return at;
    }
    g->node = grown(g->node, g->n_node, n, &g->cap_node, sizeof(*g->node));
    at = g->n_node;
    g->n_node += n;
    return at;
}

static uint32_t add_child(struct gtt *g, uint32_t at, unsigned d)
{
    uint32_t has = g->node[at].has, old = g->node[at].kids;
    uint32_t n = (uint32_t)__builtin_popcount(has);
    uint32_t before = (uint32_t)__builtin_popcount(has & ((1u << d) - 1));
    uint32_t block = take_block(g, n + 1);
    struct node *to = &g->node[block];

    memcpy(to, &g->node[old], before * sizeof(*to));
    to[before] = (struct node){ 0 };
    memcpy(to + before + 1, &g->node[old + before], (n - before) * sizeof(*to));
    if (n > 0) {
        g->node[old].kids = g->free_block[n];
        g->free_block[n] = old;
    }
    g->node[at].kids = block;
    g->node[at].has = (uint16_t)(has | 1u << d);
    return block + before;
}

static int named(const struct gtt_rule *r)
{
    return (r->tt != GTT_ANY) + (r->np != GTT_ANY) + (r->nai != GTT_ANY);
}

static bool same_match(const struct gtt_rule *a, const struct gtt_rule *b)
{
    return a->tt == b->tt && a->np == b->np && a->nai == b->nai;
}

/* Copy in lower case. -1: a character that is no digit, or no end. */
static int copy_prefix(char *to, const char *from)
{
    for (size_t i = 0; i <= SCCP_GT_DIGITS; i++) {
        if (from[i] == '\0') {
            to[i] = '\0';
            return 0;
        }
        if (digit(from[i]) < 0)
            return -1;
        to[i] = "0123456789abcdef"[digit(from[i])];
    }
    return -1;
}

int gtt_add(struct gtt *g, const struct gtt_rule *rule)
{
    struct gtt_rule copy = *rule;
    uint32_t at = 0, before = NONE, next;

    if (copy_prefix(copy.prefix, rule->prefix) < 0)
        return -1;
    for (const char *p = copy.prefix; *p != '\0'; p++) {
        unsigned d = (unsigned)digit(*p) % RADIX;
        uint32_t kid = child(g, at, d);

        at = kid != NONE ? kid : add_child(g, at, d);
    }

    /* what names more comes first, so that the first match is the best */
    next = g->node[at].rule;
    while (next != NONE && named(&g->entry[next].rule) >= named(&copy)) {
        if (same_match(&g->entry[next].rule, &copy))
            return -1;
        before = next;
        next = g->entry[next].next;
    }
    g->entry = grown(g->entry, g->n_entry, 1, &g->cap_entry, sizeof(*g->entry));
    g->entry[g->n_entry] = (struct entry){ .rule = copy, .next = next };
    if (before == NONE)
        g->node[at].rule = g->n_entry;
    else
        g->entry[before].next = g->n_entry;
    g->n_entry++;
    return 0;
}

/* What a title does not have (Q.713 3.4.2.3) agrees with no named value. */
static bool applies(const struct gtt_rule *r, const struct sccp_gt *gt)
{
    bool has_tt = gt->gti >= 2, has_np = gt->gti >= 3;
    bool has_nai = gt->gti == 1 || gt->gti == 4;

    return (r->tt == GTT_ANY || (has_tt && r->tt == gt->tt)) &&
           (r->np == GTT_ANY || (has_np && r->np == gt->np)) &&
           (r->nai == GTT_ANY || (has_nai && r->nai == gt->nai));
}

const struct gtt_rule *gtt_find(const struct gtt *g, const struct sccp_gt *gt,
                                bool *nature)
{
    const struct gtt_rule *best = NULL;
    const char *p = gt->digits;
    uint32_t at = 0;

    *nature = false;
    if (g == NULL || gt->gti == 0)
        return NULL;
    for (;;) {
        uint32_t e = g->node[at].rule;
        int d = digit(*p++);

        *nature |= e != NONE;
        while (e != NONE && !applies(&g->entry[e].rule, gt))
            e = g->entry[e].next;
        if (e != NONE)
            best = &g->entry[e].rule;
        at = d >= 0 ? child(g, at, (unsigned)d) : NONE;
        if (at == NONE)
            break;
    }
    *nature &= best == NULL;
    return best;
}

/* A title that has everything (Q.713 3.4.2.3.4). */
static void complete(struct sccp_gt *gt)
{
    if (gt->gti < 2)
        gt->tt = 0;
    if (gt->gti < 3)
        gt->np = 1;
    if (gt->gti != 1 && gt->gti != 4)
        gt->nai = 4;
    gt->gti = 4;
}

bool gtt_modify(const struct gtt_rule *rule, struct sccp_gt *gt)
{
    const struct gtt_change *c = &rule->change;
    size_t len = strnlen(gt->digits, SCCP_GT_DIGITS);
    size_t add = strnlen(c->prepend, GTT_PREPEND), kept = len - c->strip;

    bool same = c->strip == 0 && add == 0;

    if (c->strip > len || kept + add > SCCP_GT_DIGITS ||
        (kept + add == 0 && !same))
        return false;
    if (c->set_tt || c->set_np || c->set_nai)
        complete(gt);
    if (c->set_tt)
        gt->tt = c->tt;
    if (c->set_np)
        gt->np = c->np;
    if (c->set_nai)
        gt->nai = c->nai;
    if (same)
        return true;
    memmove(gt->digits + add, gt->digits + c->strip, kept);
    memcpy(gt->digits, c->prepend, add);
    gt->digits[kept + add] = '\0';
    gt->es = (kept + add) & 1 ? 1 : 2;
    return true;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt.c - global title translation: one hash table of prefixes
 *
 * A prefix is 128 bits, four for each digit, and its length. A lookup asks
 * the table for the first n digits of the title, for each n that a prefix of
 * the table has, the longest first; so what it costs is told by the lengths
 * there are, not by the number of rules. The questions do not depend on each
 * other, and a processor waits for the memory of several at once. Collisions
 * go to the next slot, rules of the same prefix too; a slot is half a line
 * of the cache, and at most two of three are taken.
 *
 * A million prefixes lead to few nodes: what they say is kept once.
 */

#include "gtt.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = 0 /* rule[0] is not used */ };
enum { LACKS = -2 /* the title has no such field, it equals no value */ };
enum { SLOTS_MIN = 64, FOUND_MIN = 16 };

struct prefix {
    uint64_t hi, lo; /* the first digit uppermost, behind the last 0 */
    uint8_t len;
};

struct slot { /* of 32 octets, so it holds a prefix without its padding */
    uint64_t hi, lo;
    uint8_t len;
    bool own;
    int16_t tt, np, nai;
    uint32_t rule; /* index into rules; NONE: the slot is free */
};

struct gtt {
    struct slot *slot;
    size_t slots; /* a power of two */
    size_t taken, rules;
    uint64_t lengths;      /* bit n: there is a prefix of n digits */
    struct gtt_rule *rule; /* all different, and without what they match */
    uint32_t n_rule, cap_rule;
    uint32_t *known; /* a hash table of indexes into rules */
    size_t known_slots;
    bool local;
};

static void *zeroed(size_t n, size_t size)
{
    void *p = calloc(n, size);

    if (p == NULL)
        abort();
    return p;
}

struct gtt *gtt_new(void)
{
    struct gtt *g = zeroed(1, sizeof(*g));

    g->slots = SLOTS_MIN;
    g->slot = zeroed(g->slots, sizeof(*g->slot));
    g->cap_rule = FOUND_MIN;
    g->rule = zeroed(g->cap_rule, sizeof(*g->rule));
    g->n_rule = NONE + 1;
    g->known_slots = 2 * g->cap_rule;
    g->known = zeroed(g->known_slots, sizeof(*g->known));
    return g;
}

void gtt_free(struct gtt *g)
{
    if (g == NULL)
        return;
    free(g->slot);
    free(g->rule);
    free(g->known);
    free(g);
}

size_t gtt_count(const struct gtt *g)
{
    return g->rules;
}

size_t gtt_octets(const struct gtt *g)
{
    return sizeof(*g) + g->slots * sizeof(*g->slot) +
           g->cap_rule * sizeof(*g->rule) + g->known_slots * sizeof(*g->known);
}

bool gtt_has_local(const struct gtt *g)
{
    return g->local;
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

/* Up to 16 digits, up to the first character that is none. */
static uint64_t packed_word(const char *digits, uint8_t *n)
{
    uint64_t word = 0;
    int d;

    for (*n = 0; *n < 16 && (d = digit(digits[*n])) >= 0; ++*n)
        word = word << 4 | (unsigned)d;
    return *n == 0 ? 0 : word << (64 - 4 * *n);
}

/* At most SCCP_GT_DIGITS. */
static struct prefix packed(const char *digits)
{
    struct prefix p = { 0 };
    uint8_t more = 0;

    p.hi = packed_word(digits, &p.len);
    if (p.len == 16)
        p.lo = packed_word(digits + 16, &more);
    p.len = (uint8_t)(p.len + more);
    return p;
}

/* Only the first `len' digits. */
static struct prefix cut(const struct prefix *p, uint8_t len)
{
    unsigned hi = len < 16 ? len : 16, lo = len - hi;

    return (struct prefix){
        .hi = hi == 0 ? 0 : p->hi & ~(uint64_t)0 << (64 - 4 * hi),
        .lo = lo == 0 ? 0 : p->lo & ~(uint64_t)0 << (64 - 4 * lo),
        .len = len,
    };
}

static uint64_t mix(uint64_t h)
{
    h *= 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

static size_t slot_of(const struct gtt *g, const struct prefix *p)
{
    return mix(mix(p->hi ^ p->len) ^ p->lo) & (g->slots - 1);
}

static size_t next_slot(const struct gtt *g, size_t at)
{
    return (at + 1) & (g->slots - 1);
}

static struct prefix prefix_of(const struct slot *s)
{
    return (struct prefix){ .hi = s->hi, .lo = s->lo, .len = s->len };
}

static bool has_prefix(const struct slot *s, const struct prefix *p)
{
    return s->hi == p->hi && s->lo == p->lo && s->len == p->len;
}

static size_t free_slot(const struct gtt *g, const struct slot *s)
{
    struct prefix p = prefix_of(s);
    size_t at = slot_of(g, &p);

    while (g->slot[at].rule != NONE)
        at = next_slot(g, at);
    return at;
}

static void grow_slots(struct gtt *g)
{
    struct slot *old = g->slot;
    size_t n = g->slots;

    g->slots *= 2;
    g->slot = zeroed(g->slots, sizeof(*g->slot));
    for (size_t i = 0; i < n; i++)
        if (old[i].rule != NONE)
            g->slot[free_slot(g, &old[i])] = old[i];
    free(old);
}

/* ---- what rules say, each once ---- */

static size_t known_of(const struct gtt *g, const struct gtt_rule *r)
{
    uint32_t word[sizeof(*r) / sizeof(uint32_t)];
    uint64_t h = 0;
    size_t at;

    memcpy(word, r, sizeof(word));
    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        h = mix(h ^ word[i]);
    at = h & (g->known_slots - 1);
    while (g->known[at] != NONE &&
           memcmp(&g->rule[g->known[at]], r, sizeof(*r)) != 0)
        at = (at + 1) & (g->known_slots - 1);
    return at;
}

static void grow_rules(struct gtt *g)
{
    g->cap_rule *= 2;
    g->rule = realloc(g->rule, g->cap_rule * sizeof(*g->rule));
    if (g->rule == NULL)
        abort();
    free(g->known);
    g->known_slots = 2 * g->cap_rule;
    g->known = zeroed(g->known_slots, sizeof(*g->known));
    for (uint32_t i = NONE + 1; i < g->n_rule; i++)
        g->known[known_of(g, &g->rule[i])] = i;
}

/* The index of a rule that says the same. */
static uint32_t keep(struct gtt *g, const struct gtt_rule *rule)
{
    struct gtt_rule said;
    size_t at;

    memset(&said, 0, sizeof(said)); /* the octets between the fields too */
    said.tt = said.np = said.nai = GTT_ANY;
    said.action = rule->action;
    said.pc = rule->pc;
    said.ssn = rule->ssn;
    said.share = rule->share;
    said.n_more = rule->n_more;
    memcpy(said.more, rule->more, sizeof(said.more));
    said.change = rule->change;

    at = known_of(g, &said);
    if (g->known[at] != NONE)
        return g->known[at];
    if (g->n_rule == g->cap_rule) {
        grow_rules(g);
        at = known_of(g, &said);
    }
    g->known[at] = g->n_rule;
    g->rule[g->n_rule] = said;
    return g->n_rule++;
}

/* ---- */

/* The slot with exactly this match, or NULL. */
static struct slot *same_match(const struct gtt *g, const struct slot *s)
{
    struct prefix p = prefix_of(s);

    for (size_t at = slot_of(g, &p); g->slot[at].rule != NONE;
         at = next_slot(g, at)) {
        struct slot *t = &g->slot[at];

        if (has_prefix(t, &p) && t->tt == s->tt && t->np == s->np &&
            t->nai == s->nai)
            return t;
    }
    return NULL;
}

static int add(struct gtt *g, const struct gtt_rule *rule, bool own)
{
    struct prefix p = packed(rule->prefix);
    struct slot s = {
        .hi = p.hi,
        .lo = p.lo,
        .len = p.len,
        .own = own,
        .tt = rule->tt,
        .np = rule->np,
        .nai = rule->nai,
    };
    struct slot *there = same_match(g, &s);

    if (rule->prefix[p.len] != '\0' || (there != NULL && (own || !there->own)))
        return -1;
    s.rule = keep(g, rule);
    g->rules += !own;
    if (rule->action == GTT_LOCAL && !own)
        g->local = true;
    if (there != NULL) {
        *there = s;
        return 0;
    }
    if (3 * (g->taken + 1) > 2 * g->slots)
        grow_slots(g);
    g->slot[free_slot(g, &s)] = s;
    g->taken++;
    g->lengths |= (uint64_t)1 << s.len;
    return 0;
}

int gtt_add(struct gtt *g, const struct gtt_rule *rule)
{
    return add(g, rule, false);
}

void gtt_add_own(struct gtt *g, const char *digits)
{
    struct gtt_rule r = {
        .tt = GTT_ANY,
        .np = GTT_ANY,
        .nai = GTT_ANY,
        .action = GTT_LOCAL,
        .ssn = 0, /* the one in the address: a GT may serve several roles */
    };

    strncpy(r.prefix, digits, sizeof(r.prefix) - 1);
    add(g, &r, true);
}

static bool agrees(int16_t rule, int title)
{
    return rule == GTT_ANY || rule == title;
}

static int named(const struct slot *s)
{
    return (s->tt != GTT_ANY) + (s->np != GTT_ANY) + (s->nai != GTT_ANY);
}

/* Of the rules with this prefix that apply the one that names most, or NULL;
 * *any: there is one with this prefix. */
static const struct slot *best_of(const struct gtt *g, const struct prefix *p,
                                  const int has[3], bool *any)
{
    const struct slot *best = NULL;

    for (size_t at = slot_of(g, p); g->slot[at].rule != NONE;
         at = next_slot(g, at)) {
        const struct slot *s = &g->slot[at];

        if (!has_prefix(s, p))
            continue;
        *any = true;
        if (agrees(s->tt, has[0]) && agrees(s->np, has[1]) &&
            agrees(s->nai, has[2]) && (best == NULL || named(s) > named(best)))
            best = s;
    }
    return best;
}

const struct gtt_rule *gtt_find(const struct gtt *g, const struct sccp_gt *gt,
                                bool *nature)
{
    /* what a title does not have (Q.713 3.4.2.3) agrees with no named value */
    const int has[3] = {
        gt->gti >= 2 ? gt->tt : LACKS,
        gt->gti >= 3 ? gt->np : LACKS,
        gt->gti == 1 || gt->gti == 4 ? gt->nai : LACKS,
    };
    const struct slot *best = NULL;
    struct prefix all;
    uint64_t lengths;

    *nature = false;
    if (g == NULL || gt->gti == 0)
        return NULL;
    all = packed(gt->digits);
    lengths = g->lengths & (((uint64_t)2 << all.len) - 1);
    while (lengths != 0 && best == NULL) {
        uint8_t len = (uint8_t)(63 - __builtin_clzll(lengths));
        struct prefix p = cut(&all, len);

        best = best_of(g, &p, has, nature);
        lengths ^= (uint64_t)1 << len;
    }
    if (best == NULL)
        return NULL;
    *nature = false;
    return &g->rule[best->rule];
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

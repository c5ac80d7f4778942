/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_grams.c - which of many literals stand in a text
 */

#include "firewall_grams.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FILTER_BITS = 18, COUNT_BITS = 16 };

struct literal {
    uint32_t gram;
    uint32_t at;   /* of the gram in the literal */
    uint32_t text; /* of the literal in text[] */
    uint32_t len;
    uint32_t value;
    uint32_t next; /* of the bucket, index + 1; 0: none */
};

struct grams {
    struct literal *literal;
    uint32_t n;
    char *text;
    size_t used;
    uint32_t *bucket; /* index + 1 */
    unsigned bucket_bits;
    uint64_t filter[(1u << FILTER_BITS) / 64];
};

struct grams *grams_new(void)
{
    return calloc(1, sizeof(struct grams));
}

void grams_free(struct grams *g)
{
    if (g == NULL)
        return;
    free(g->literal);
    free(g->text);
    free(g->bucket);
    free(g);
}

static bool is_power(uint32_t n)
{
    return (n & (n - 1)) == 0;
}

int grams_put(struct grams *g, const char *p, size_t len, uint32_t value)
{
    char *text = realloc(g->text, g->used + len);

    if (text == NULL)
        return -1;
    g->text = text;
    if (is_power(g->n)) {
        size_t size = g->n == 0 ? 1 : 2 * (size_t)g->n;
        struct literal *more = realloc(g->literal, size * sizeof(*more));

        if (more == NULL)
            return -1;
        g->literal = more;
    }
    memcpy(text + g->used, p, len);
    g->literal[g->n++] = (struct literal){ .text = (uint32_t)g->used,
                                           .len = (uint32_t)len,
                                           .value = value };
    g->used += len;
    return 0;
}

static uint32_t load(const char *p)
{
    uint32_t v;

    memcpy(&v, p, GRAM);
    return v;
}

static uint32_t hash(uint32_t gram, unsigned bits)
{
    return (gram * 0x9e3779b1u) >> (32 - bits);
}

/* How many literals have this one of its grams, about. */
static void choose(struct literal *l, const char *p, const uint32_t *count)
{
    uint32_t least = UINT32_MAX;

    for (uint32_t i = 0; i + GRAM <= l->len; i++) {
        uint32_t n = count[hash(load(p + i), COUNT_BITS)];

        if (n < least) {
            least = n;
            l->at = i;
            l->gram = load(p + i);
        }
    }
}

static void put_bucket(struct grams *g, uint32_t i)
{
    struct literal *l = &g->literal[i];
    uint32_t bit = hash(l->gram, FILTER_BITS);
    uint32_t *bucket = &g->bucket[hash(l->gram, g->bucket_bits)];

    g->filter[bit / 64] |= (uint64_t)1 << bit % 64;
    l->next = *bucket;
    *bucket = i + 1;
}

int grams_done(struct grams *g)
{
    uint32_t *count = calloc(1u << COUNT_BITS, sizeof(*count));

    g->bucket_bits = 8;
    while (g->bucket_bits < 24 && (1u << g->bucket_bits) < 2 * g->n)
        g->bucket_bits++;
    g->bucket = calloc((size_t)1 << g->bucket_bits, sizeof(*g->bucket));
    if (count == NULL || g->bucket == NULL) {
        free(count);
        return -1;
    }
    for (uint32_t i = 0; i < g->n; i++)
        for (uint32_t k = 0; k + GRAM <= g->literal[i].len; k++)
            count[hash(load(g->text + g->literal[i].text + k), COUNT_BITS)]++;
    for (uint32_t i = 0; i < g->n; i++) {
        choose(&g->literal[i], g->text + g->literal[i].text, count);
        put_bucket(g, i);
    }
    free(count);
    return 0;
}

static bool stands_here(const struct grams *g, const struct literal *l,
                        const char *p, size_t len, size_t i)
{
    return i >= l->at && l->len <= len - (i - l->at) &&
           memcmp(p + i - l->at, g->text + l->text, l->len) == 0;
}

void grams_find(const struct grams *g, const char *p, size_t len,
                void (*found)(void *ctx, uint32_t value), void *ctx)
{
    if (g->n == 0)
        return;
    for (size_t i = 0; i + GRAM <= len; i++) {
        uint32_t gram = load(p + i);
        uint32_t bit = hash(gram, FILTER_BITS);
        const struct literal *l;

        if ((g->filter[bit / 64] >> bit % 64 & 1) == 0)
            continue;
        for (uint32_t k = g->bucket[hash(gram, g->bucket_bits)]; k != 0;
             k = l->next) {
            l = &g->literal[k - 1];
            if (l->gram == gram && stands_here(g, l, p, len, i))
                found(ctx, l->value);
        }
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_words.c - a table of words, each with a number
 *
 * Open addressing, at most half full; the words themselves lie one behind the
 * other.
 */

#include "firewall_words.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    uint32_t hash; /* the upper half */
    uint32_t value;
    uint32_t at, len; /* in text; len 0: the slot is free */
};

struct words {
    bool backward;
    struct slot *slot;
    uint32_t mask; /* slots less one */
    uint32_t n;
    uint64_t lengths;
    char *text;
    size_t used, size;
};

enum { FIRST_SLOTS = 64, FIRST_TEXT = 1024 };

struct words *words_new(bool backward)
{
    struct words *w = calloc(1, sizeof(*w));

    if (w == NULL)
        return NULL;
    w->backward = backward;
    w->mask = FIRST_SLOTS - 1;
    w->slot = calloc(FIRST_SLOTS, sizeof(*w->slot));
    w->size = FIRST_TEXT;
    w->text = malloc(w->size);
    if (w->slot == NULL || w->text == NULL) {
        words_free(w);
        return NULL;
    }
    return w;
}

void words_free(struct words *w)
{
    if (w == NULL)
        return;
    free(w->slot);
    free(w->text);
    free(w);
}

uint64_t words_hash(const struct words *w, const char *p, size_t len)
{
    uint64_t h = words_hash_start();

    for (size_t i = 0; i < len; i++)
        h = words_hash_add(h, p[w->backward ? len - 1 - i : i]);
    return h;
}

/* The low bits of such a hash are the worst; fold the upper ones in. */
static uint32_t first_slot(const struct words *w, uint64_t h)
{
    return (uint32_t)(h ^ h >> 32 ^ h >> 17) & w->mask;
}

/* The slot of this word, or the free one where it would be. */
static struct slot *seek(const struct words *w, const char *p, size_t len,
                         uint64_t h)
{
    uint32_t i = first_slot(w, h);

    for (;; i = (i + 1) & w->mask) {
        struct slot *s = &w->slot[i];

        if (s->len == 0 || (s->hash == (uint32_t)(h >> 32) && s->len == len &&
                            memcmp(w->text + s->at, p, len) == 0))
            return s;
    }
}

static int grow(struct words *w)
{
    struct slot *old = w->slot;
    uint32_t n = w->mask + 1;

    w->slot = calloc(2 * (size_t)n, sizeof(*w->slot));
    if (w->slot == NULL) {
        w->slot = old;
        return -1;
    }
    w->mask = 2 * n - 1;
    for (uint32_t i = 0; i < n; i++)
        if (old[i].len > 0) {
            const char *p = w->text + old[i].at;

            *seek(w, p, old[i].len, words_hash(w, p, old[i].len)) = old[i];
        }
    free(old);
    return 0;
}

static int keep_text(struct words *w, const char *p, size_t len)
{
    if (w->used + len > w->size) {
        size_t size = 2 * w->size + len;
        char *more = realloc(w->text, size);

        if (more == NULL || size > UINT32_MAX) {
            w->text = more != NULL ? more : w->text;
            return -1;
        }
        w->text = more;
        w->size = size;
    }
    memcpy(w->text + w->used, p, len);
    w->used += len;
    return 0;
}

int words_put(struct words *w, const char *p, size_t len, uint32_t *value)
{
    uint64_t h = words_hash(w, p, len);
    struct slot *s = seek(w, p, len, h);

    if (len == 0)
        return -1;
    if (s->len > 0) {
        *value = s->value;
        return 0;
    }
    if (2 * w->n > w->mask) {
        if (grow(w) != 0)
            return -1;
        s = seek(w, p, len, h);
    }
    if (keep_text(w, p, len) != 0)
        return -1;
    *s = (struct slot){ .hash = (uint32_t)(h >> 32),
                        .value = *value,
                        .at = (uint32_t)(w->used - len),
                        .len = (uint32_t)len };
    w->n++;
    if (len < 64)
        w->lengths |= (uint64_t)1 << len;
    return 0;
}

uint32_t words_find(const struct words *w, const char *p, size_t len,
                    uint64_t h)
{
    const struct slot *s = seek(w, p, len, h);

    return len > 0 && s->len > 0 ? s->value : (uint32_t)WORDS_NONE;
}

uint32_t words_count(const struct words *w)
{
    return w->n;
}

uint64_t words_lengths(const struct words *w)
{
    return w->lengths;
}

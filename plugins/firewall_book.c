/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_book.c - whose a service centre or a title is
 */

#include "firewall_book.h"

#include "firewall_lines.h"
#include "firewall_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number may be of several groups: all those along its prefixes. */
enum { GROUPS_OF_ONE = 16 };

struct member {
    uint32_t group;
    uint32_t next; /* of the same prefix; 0: none */
};

struct book {
    struct trie *operators; /* value: which name, from 1 */
    struct trie *groups;    /* value: first member */
    struct words *names;    /* of operators */
    struct member *member;  /* [0] is none */
    uint32_t n_members, n_groups;
    bool *any; /* of each group: it has "any" in it */
    unsigned digits;
};

void book_free(struct book *b)
{
    if (b == NULL)
        return;
    trie_free(b->operators);
    trie_free(b->groups);
    words_free(b->names);
    free(b->member);
    free(b->any);
    free(b);
}

/* ---- reading ---- */

static int read_prefix(struct lines *l, const char *p, size_t len,
                       struct num *n)
{
    if (num_prefix(p, len, n))
        return 0;
    return lines_error(l, "<%.*s> is no prefix of a number",
                       (int)(len > 40 ? 40 : len), p);
}

/* PREFIX NAME, where the name may have blanks in it. */
static int take_operator(void *ctx, struct lines *l, char *text, size_t len)
{
    struct book *b = ctx;
    uint32_t name = words_count(b->names) + 1;
    struct num n;
    char *word;
    size_t word_len = lines_word(&text, &word);

    (void)len;
    if (read_prefix(l, word, word_len, &n) != 0)
        return -1;
    text += strspn(text, " \t,");
    if (*text == '\0')
        return lines_error(l, "the operator's name is missing");
    if (words_put(b->names, text, strlen(text), &name) != 0 ||
        trie_put(b->operators, n, name) != 0)
        return lines_error(l, "out of memory");
    return 0;
}

static int add_member(struct book *b, uint32_t group, struct num prefix)
{
    struct member *more;
    unsigned digits;
    uint32_t first = trie_longest(b->groups, prefix, &digits);
    uint32_t i = b->n_members;

    more = realloc(b->member, (i + 1) * sizeof(*more));
    if (more == NULL)
        return -1;
    b->member = more;
    b->n_members++;
    more[i] = (struct member){ .group = group };
    if (first == 0 || digits != num_count(prefix))
        return trie_put(b->groups, prefix, i);
    more[i].next = more[first].next;
    more[first].next = i;
    return 0;
}

static int add_group(struct book *b)
{
    bool *more = realloc(b->any, b->n_groups + 1);

    if (more == NULL)
        return -1;
    b->any = more;
    more[b->n_groups++] = false;
    return 0;
}

/* NAME: PREFIX..., or the word "any" among them. */
static int take_group(void *ctx, struct lines *l, char *text, size_t len)
{
    struct book *b = ctx;
    char *colon = strchr(text, ':');
    char *word;
    unsigned members = 0;

    if (colon == NULL || colon == text)
        return lines_error(l, "a group is NAME: PREFIX...");
    if (add_group(b) != 0)
        return lines_error(l, "out of memory");
    text = colon + 1;
    while ((len = lines_word(&text, &word)) > 0) {
        struct num n;

        if (len == 3 && memcmp(word, "any", 3) == 0) {
            b->any[b->n_groups - 1] = true;
            continue;
        }
        if (read_prefix(l, word, len, &n) != 0)
            return -1;
        if (add_member(b, b->n_groups - 1, n) != 0)
            return lines_error(l, "out of memory");
        members++;
    }
    return members > 0 ? 0 : lines_error(l, "a group without a prefix");
}

static bool read_file(struct book *b, const char *file,
                      int (*take)(void *, struct lines *, char *, size_t),
                      char *why, size_t why_len)
{
    struct lines l = { .file = file, .why = why, .why_len = why_len };

    return file == NULL || lines_read(&l, take, b) == 0;
}

struct book *book_read(const char *operators, const char *groups,
                       unsigned digits, char *why, size_t why_len)
{
    struct book *b = calloc(1, sizeof(*b));

    snprintf(why, why_len, "out of memory");
    if (b == NULL)
        return NULL;
    b->digits = digits;
    b->operators = trie_new();
    b->groups = trie_new();
    b->names = words_new(false);
    b->member = calloc(1, sizeof(*b->member));
    b->n_members = 1;
    if (b->operators != NULL && b->groups != NULL && b->names != NULL &&
        b->member != NULL &&
        read_file(b, operators, take_operator, why, why_len) &&
        read_file(b, groups, take_group, why, why_len))
        return b;
    book_free(b);
    return NULL;
}

/* ---- asking ---- */

/* All groups of n, at most GROUPS_OF_ONE. */
static unsigned groups_of(const struct book *b, struct num n,
                          uint32_t out[GROUPS_OF_ONE])
{
    unsigned count = 0;

    while (num_count(n) > 0) {
        unsigned digits;
        uint32_t i = trie_longest(b->groups, n, &digits);

        for (; i != 0 && count < GROUPS_OF_ONE; i = b->member[i].next)
            out[count++] = b->member[i].group;
        if (digits == 0)
            break;
        n = num_cut(n, digits - 1);
    }
    return count;
}

static bool share_group(const struct book *b, struct num x, struct num y)
{
    uint32_t of_x[GROUPS_OF_ONE], of_y[GROUPS_OF_ONE];
    unsigned n_x = groups_of(b, x, of_x), n_y;

    if (n_x == 0)
        return false;
    n_y = groups_of(b, y, of_y);
    for (unsigned i = 0; i < n_x; i++)
        for (unsigned k = 0; k < n_y; k++)
            if (of_x[i] == of_y[k])
                return true;
    return false;
}

static bool one_operator(const struct book *b, struct num x, struct num y)
{
    unsigned digits;
    uint32_t of_x = trie_longest(b->operators, x, &digits);
    uint32_t of_y = trie_longest(b->operators, y, &digits);

    if (of_x != 0 && of_y != 0)
        return of_x == of_y;
    return num_alike(x, y, num_country(x) + b->digits);
}

enum same book_same(const struct book *b, struct num x, struct num y)
{
    if (num_count(x) == 0 || num_count(y) == 0)
        return SAME_UNKNOWN;
    if (x.v == y.v || share_group(b, x, y))
        return SAME;
    if (num_is_e214(x) || num_is_e214(y))
        return num_same_country(x, y) ? SAME_UNKNOWN : DIFFERENT;
    return one_operator(b, x, y) ? SAME : DIFFERENT;
}

enum same book_carries(const struct book *b, struct num gt, struct num sc)
{
    enum same s = book_same(b, gt, sc);

    return s == DIFFERENT && book_is_hub(b, gt) ? SAME : s;
}

bool book_is_hub(const struct book *b, struct num gt)
{
    uint32_t of[GROUPS_OF_ONE];
    unsigned n = groups_of(b, gt, of);

    for (unsigned i = 0; i < n; i++)
        if (b->any[of[i]])
            return true;
    return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_num.c - numbers, and prefixes of numbers
 */

#include "firewall_num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { E214_MARK = 15 << 4 /* in place of the 15th digit */ };

struct num num_read(const char *p, size_t len)
{
    struct num n = { 0 };
    unsigned count = 0;

    if (len > 0 && *p == '+') {
        p++;
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        if (p[i] < '0' || p[i] > '9')
            return (struct num){ 0 };
        if (count < NUM_DIGITS)
            n.v |= (uint64_t)(p[i] - '0') << (60 - 4 * count++);
    }
    n.v |= count;
    return n;
}

bool num_prefix(const char *p, size_t len, struct num *n)
{
    size_t plus = len > 0 && *p == '+';

    *n = num_read(p, len);
    return num_count(*n) > 0 && len - plus <= NUM_DIGITS;
}

unsigned num_count(struct num n)
{
    return n.v & 15;
}

static unsigned digit(struct num n, unsigned i)
{
    return (unsigned)(n.v >> (60 - 4 * i)) & 15;
}

struct num num_e214(struct num n)
{
    n = num_cut(n, NUM_DIGITS - 1);
    if (num_count(n) > 0)
        n.v |= E214_MARK;
    return n;
}

bool num_is_e214(struct num n)
{
    return (n.v & E214_MARK) == E214_MARK;
}

const char *num_text(struct num n, char out[NUM_TEXT])
{
    char *p = out;

    *p++ = '+';
    for (unsigned i = 0; i < num_count(n); i++)
        *p++ = (char)('0' + digit(n, i));
    *p = '\0';
    return out;
}

unsigned num_country(struct num n)
{
    /* The second digits that end a code, for each first digit. */
    static const char *const two[10] = {
        [2] = "07",      [3] = "0123469", [4] = "013456789", [5] = "12345678",
        [6] = "0123456", [8] = "1246",    [9] = "0123458",
    };
    unsigned first = digit(n, 0);

    if (num_count(n) < 3)
        return num_count(n);
    if (first == 1 || first == 7)
        return 1;
    if (two[first] != NULL && strchr(two[first], (int)('0' + digit(n, 1))))
        return 2;
    return 3;
}

bool num_alike(struct num a, struct num b, unsigned digits)
{
    if (digits > num_count(a) || digits > num_count(b))
        return false;
    return digits == 0 || (a.v ^ b.v) >> (64 - 4 * digits) == 0;
}

bool num_same_country(struct num a, struct num b)
{
    return num_alike(a, b, num_country(a));
}

struct num num_cut(struct num n, unsigned digits)
{
    if (digits >= num_count(n))
        return n;
    if (digits == 0)
        return (struct num){ 0 };
    return (struct num){ (n.v >> (64 - 4 * digits) << (64 - 4 * digits)) |
                         digits };
}

/* ---- prefixes ---- */

struct node {
    uint32_t child[10]; /* 0: none, the root is nobody's child */
    uint32_t value;
};

struct trie {
    struct node *node;
    uint32_t n, size;
};

static uint32_t add_node(struct trie *t)
{
    if (t->n == t->size) {
        uint32_t size = t->size == 0 ? 64 : 2 * t->size;
        struct node *more = realloc(t->node, size * sizeof(*more));

        if (more == NULL)
            return UINT32_MAX;
        t->node = more;
        t->size = size;
    }
    t->node[t->n] = (struct node){ .value = 0 };
    return t->n++;
}

struct trie *trie_new(void)
{
    struct trie *t = calloc(1, sizeof(*t));

    if (t != NULL && add_node(t) != 0) {
        free(t);
        return NULL;
    }
    return t;
}

void trie_free(struct trie *t)
{
    if (t != NULL)
        free(t->node);
    free(t);
}

/* The node of this prefix, made if need be; UINT32_MAX: no memory. */
static uint32_t place(struct trie *t, struct num prefix)
{
    uint32_t at = 0;

    for (unsigned i = 0; i < num_count(prefix); i++) {
        uint32_t next = t->node[at].child[digit(prefix, i)];

        if (next == 0) {
            next = add_node(t);
            if (next == UINT32_MAX)
                return next;
            t->node[at].child[digit(prefix, i)] = next;
        }
        at = next;
    }
    return at;
}

int trie_put(struct trie *t, struct num prefix, uint32_t value)
{
    uint32_t at = place(t, prefix);

    if (at == UINT32_MAX)
        return -1;
    if (t->node[at].value == 0)
        t->node[at].value = value;
    return 0;
}

uint32_t trie_longest(const struct trie *t, struct num n, unsigned *digits)
{
    uint32_t at = 0, value = 0;

    *digits = 0;
    for (unsigned i = 0; i < num_count(n); i++) {
        at = t->node[at].child[digit(n, i)];
        if (at == 0)
            break;
        if (t->node[at].value != 0) {
            value = t->node[at].value;
            *digits = i + 1;
        }
    }
    return value;
}

int trie_list(struct trie *t, const char *list, uint32_t value, char *why,
              size_t why_len)
{
    static const char between[] = " \t,;";

    for (;;) {
        size_t len;
        struct num n;

        list += strspn(list, between);
        len = strcspn(list, between);
        if (len == 0)
            return 0;
        if (!num_prefix(list, len, &n)) {
            snprintf(why, why_len, "<%.*s> is no prefix of a number",
                     (int)(len > 40 ? 40 : len), list);
            return -1;
        }
        if (trie_put(t, n, value) != 0) {
            snprintf(why, why_len, "out of memory");
            return -1;
        }
        list += len;
    }
}

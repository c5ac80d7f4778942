/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_num.h - numbers of service centres and titles, and their prefixes
 *
 * Plain values, no lock.
 */

#ifndef FIREWALL_NUM_H
#define FIREWALL_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An international E.164 number of up to 15 digits: four bits each from the
 * top, their number in the last four. 0: none, or nothing that is comparable.
 * Or a title of E.214, which begins with a country code as well, but goes on
 * with digits of a network and of an IMSI: up to 14 digits, and 15 behind them.
 */
struct num {
    uint64_t v;
};

enum { NUM_TEXT = 17, NUM_DIGITS = 15, NUM_LEAST = 7 };

/* Digits with or without "+"; what is longer is cut. Anything else: none. */
struct num num_read(const char *p, size_t len);
/* The same for what a file or a key says: false if it is not exactly that. */
bool num_prefix(const char *p, size_t len, struct num *n);
unsigned num_count(struct num n);
/* The same digits as those of E.214. */
struct num num_e214(struct num n);
bool num_is_e214(struct num n);
const char *num_text(struct num n, char out[NUM_TEXT]);
/* How many digits its country code has (ITU-T E.164). */
unsigned num_country(struct num n);
/* Are the first `digits' of both the same? */
bool num_alike(struct num a, struct num b, unsigned digits);
/* Do both begin with the same country code? */
bool num_same_country(struct num a, struct num b);
/* Its first `digits'. */
struct num num_cut(struct num n, unsigned digits);

/* Prefixes with a value each, not 0. */
struct trie;

struct trie *trie_new(void);
void trie_free(struct trie *t);
/* -1: no memory. A prefix that is there already keeps its value. */
int trie_put(struct trie *t, struct num prefix, uint32_t value);
/* The value of the longest prefix of n, its digits in *digits; 0: none. */
uint32_t trie_longest(const struct trie *t, struct num n, unsigned *digits);
/* Prefixes with blanks, commas or semicolons between. -1: why is filled. */
int trie_list(struct trie *t, const char *list, uint32_t value, char *why,
              size_t why_len);

#endif

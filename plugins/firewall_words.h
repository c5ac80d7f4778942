/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_words.h - a table of words, each with a number
 *
 * It is filled while a file is read, and then only asked. The hash may be made
 * octet by octet, from either end, by him who goes through a text anyway.
 */

#ifndef FIREWALL_WORDS_H
#define FIREWALL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words;

enum { WORDS_NONE = UINT32_MAX };

/* `backward': hashes are made from the last octet to the first. */
struct words *words_new(bool backward);
void words_free(struct words *w);
/* A word that is there keeps its number, which is *value then. -1: no memory. */
int words_put(struct words *w, const char *p, size_t len, uint32_t *value);

static inline uint64_t words_hash_start(void)
{
    return 0xcbf29ce484222325u;
}

static inline uint64_t words_hash_add(uint64_t h, char c)
{
    return (h ^ (unsigned char)c) * 0x100000001b3u;
}

uint64_t words_hash(const struct words *w, const char *p, size_t len);
/* The number of this word, whose hash is h; WORDS_NONE: it is not there. */
uint32_t words_find(const struct words *w, const char *p, size_t len,
                    uint64_t h);
uint32_t words_count(const struct words *w);
/* A bit for each length, up to 63 octets, that some word has. */
uint64_t words_lengths(const struct words *w);

#endif

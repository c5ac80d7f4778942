/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_tab.h - tables that never grow beyond their bound
 *
 * Entries of one size are found by a key of 64 bits; several may have the
 * same. When the table is full, a new one takes the place of that which was
 * touched longest ago. Memory is taken as entries are used. Everything costs
 * the same, however many there are.
 */

#ifndef FIREWALL_TAB_H
#define FIREWALL_TAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tab;

/* Every entry begins with this. */
struct tab_entry {
    uint64_t key;
    uint32_t next, older, newer; /* the table's own */
};

/* `octets': of an entry. NULL: no memory. */
struct tab *tab_new(uint32_t max, size_t octets);
void tab_free(struct tab *t);

/* The first with this key, and the next with the same; NULL: none. */
void *tab_find(const struct tab *t, uint64_t key);
void *tab_next(const struct tab *t, const void *entry);
/* A new one with this key, all else 0. */
void *tab_add(struct tab *t, uint64_t key);
void tab_touch(struct tab *t, void *entry);
/* What the next tab_add() takes the place of; NULL: the table is not full. */
const void *tab_victim(const struct tab *t);
uint32_t tab_used(const struct tab *t);

/* A key for these octets: digits are told apart with certainty, of other
 * things two may have the same with a chance of 2^-63. */
uint64_t tab_key(const char *p, size_t len);

#endif

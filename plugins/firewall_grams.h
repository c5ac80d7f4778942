/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_grams.h - which of many literals stand in a text
 *
 * Of each literal the four octets are chosen that are rarest among all of
 * them. A search goes through the text once and asks, at each octet, a filter
 * that lies in the first cache whether these four may begin here; only then
 * literals are compared.
 */

#ifndef FIREWALL_GRAMS_H
#define FIREWALL_GRAMS_H

#include <stddef.h>
#include <stdint.h>

struct grams;

enum { GRAM = 4 /* octets; the least that a literal has */ };

struct grams *grams_new(void);
void grams_free(struct grams *g);
/* -1: no memory. */
int grams_put(struct grams *g, const char *p, size_t len, uint32_t value);
/* After the last: then only grams_find(). -1: no memory. */
int grams_done(struct grams *g);
/* Tell the value of each literal in the text, more than once if it is there
 * more often. */
void grams_find(const struct grams *g, const char *p, size_t len,
                void (*found)(void *ctx, uint32_t value), void *ctx);

#endif

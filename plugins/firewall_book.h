/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_book.h - whose a service centre or a title is
 *
 * Two numbers of one operator are seldom equal: a service centre sends from
 * several titles, a cluster has several addresses. So numbers are compared by
 * whom they belong to: by the operator's name in a file of prefixes; for those
 * that are not in it by country code and a few digits more; and by groups, for
 * what belongs together across operators (hubs).
 *
 * A book is read as a whole and never changed.
 */

#ifndef FIREWALL_BOOK_H
#define FIREWALL_BOOK_H

#include "firewall_num.h"

struct book;

/* UNKNOWN: one of them is not there, or no international E.164 number; or one
 * is of E.214, and nothing but the country tells that they belong together. */
enum same { SAME, DIFFERENT, SAME_UNKNOWN };

/*
 * Read both files, each may be NULL. `digits': how many after the country code
 * tell operators apart that no file names. NULL: why says where and what.
 */
struct book *book_read(const char *operators, const char *groups,
                       unsigned digits, char *why, size_t why_len);
void book_free(struct book *b);

/* Do two service centres, or two titles, belong together? */
enum same book_same(const struct book *b, struct num x, struct num y);
/* May this title send for this service centre? So it may as well if it is a
 * hub's. */
enum same book_carries(const struct book *b, struct num gt, struct num sc);
/* Is it of a group that has "any" in it? */
bool book_is_hub(const struct book *b, struct num gt);

#endif

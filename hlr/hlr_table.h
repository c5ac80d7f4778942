/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table.h - the register in memory: numbers, ranges, IMSIs
 *
 * Built aside by the loader, then handed to the SS7 thread whole and only
 * read from then on: a lookup takes no lock and allocates nothing. Numbers
 * are digits of international numbers without "+". A table knows several
 * networks; a number belongs to one.
 */

#ifndef HLR_TABLE_H
#define HLR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HLR_MSISDN_MAX = 15, HLR_IMSI_MAX = 15, HLR_ROUTE_NONE = 0xffff };

enum hlr_status {
    HLR_ACTIVE = 1,
    HLR_BARRED = 2,
    HLR_ABSENT = 3,
    HLR_NO_SMS = 4, /* teleservice not provisioned */
};

/* A number, or all numbers from first to last (same length, inclusive). */
struct hlr_row {
    char first[HLR_MSISDN_MAX + 1];
    char last[HLR_MSISDN_MAX + 1]; /* equal to first for one number */
    /*
     * IMSI of `first'; that of first + n is imsi + n (mode range), the digits
     * counted as one decimal number. "": MCC and MNC of the network, then
     * the last digits of the number.
     */
    char imsi[HLR_IMSI_MAX + 1];
    uint8_t network; /* index of the network's group */
    uint8_t status;  /* enum hlr_status */
    uint16_t route;  /* index of a route; HLR_ROUTE_NONE: chosen by prefix */
};

struct hlr_entry {
    char msisdn[HLR_MSISDN_MAX + 1];
    char imsi[HLR_IMSI_MAX + 1];
    uint8_t network, status;
    uint16_t route;
};

struct hlr_table;

/* `mccmnc[n]': IMSI prefix of network n, for rows without an IMSI. */
struct hlr_table *hlr_table_new(const char (*mccmnc)[7], unsigned networks);
void hlr_table_free(struct hlr_table *t);

/*
 * -1 and *why (a literal): not digits, other lengths, overlaps a row of the
 * same kind, an IMSI of another row, too long. An exact number may lie
 * inside a range and wins over it.
 */
int hlr_table_add(struct hlr_table *t, const struct hlr_row *row,
                  const char **why);

/* After the last add, before the first find. -1 and *why as above. */
int hlr_table_finish(struct hlr_table *t, const char **why);

bool hlr_find_msisdn(const struct hlr_table *t, const char *msisdn,
                     struct hlr_entry *e);
bool hlr_find_imsi(const struct hlr_table *t, const char *imsi,
                   struct hlr_entry *e);

size_t hlr_table_rows(const struct hlr_table *t);
size_t hlr_table_octets(const struct hlr_table *t);

#endif

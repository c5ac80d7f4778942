/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table.h - the register in memory: numbers, ranges, IMSIs
 *
 * A table is filled by its one owner and read without a lock: by the loader
 * until it is handed over, by the SS7 thread from then on. A lookup allocates
 * nothing. Numbers are digits of international numbers without "+". A table
 * knows several networks; a number belongs to one. A number that is in the
 * table wins over a range that holds it.
 */

#ifndef HLR_TABLE_H
#define HLR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HLR_MSISDN_MAX = 15,
    HLR_IMSI_MAX = 15,
    HLR_ROUTE_NONE = 0xffff,
    HLR_NETWORK_NONE = 0xff, /* of HLR_UNUSABLE: whoever asks may mean it */
};

enum hlr_status {
    HLR_ACTIVE = 1,
    HLR_BARRED = 2,
    HLR_ABSENT = 3,
    HLR_NO_SMS = 4, /* teleservice not provisioned */
    /* Not of the register: its row cannot be used (no such route, ...), which
     * was logged. It is answered systemFailure, not unknownSubscriber, before
     * its network is looked at. It may have no IMSI. */
    HLR_UNUSABLE = 5,
};

/* A number, or all numbers from first to last (same length, inclusive). */
struct hlr_row {
    char first[HLR_MSISDN_MAX + 1];
    char last[HLR_MSISDN_MAX + 1]; /* equal to first for one number */
    /*
     * IMSI of `first'; that of first + n is imsi + n, the digits counted as
     * one decimal number. "": MCC and MNC of the network, then the last
     * digits of the number. Not used if `correlation'.
     */
    char imsi[HLR_IMSI_MAX + 1];
    /* IMSIs are made for each SRI (corr.h) out of the correlation number:
     * that of first + n is cid + n, from 1; unique like IMSIs. */
    bool correlation;
    uint64_t cid;
    uint8_t network;       /* index of the network's group */
    uint8_t status;        /* enum hlr_status */
    uint16_t route;        /* index of a route; HLR_ROUTE_NONE: by prefix */
    uint32_t owner;        /* id; 0: none */
    uint16_t rate;         /* SRIs a minute; 0: no limit */
    uint32_t from_s, to_s; /* valid from <= now < to, UTC; 0: no bound */
};

struct hlr_entry {
    char msisdn[HLR_MSISDN_MAX + 1];
    char imsi[HLR_IMSI_MAX + 1]; /* "" if correlation */
    bool correlation;
    uint64_t cid;
    uint8_t network, status;
    uint16_t route;
    uint32_t owner;
    uint16_t rate;
    uint32_t from_s, to_s;
};

struct hlr_table;

/* `mccmnc[n]': IMSI prefix of network n, for rows without an IMSI. `room':
 * rows that can be put without growing (a growing table stalls its reader). */
struct hlr_table *hlr_table_new(const char (*mccmnc)[7], unsigned networks,
                                size_t room);
void hlr_table_free(struct hlr_table *t);
/* The same rows with room for `room' in all. */
struct hlr_table *hlr_table_clone(const struct hlr_table *t, size_t room);

/*
 * Add the row, or change the one with the same first and last. -1 and *why (a
 * literal): not digits, other lengths, overlaps another range, an IMSI or cid
 * of another row, too long; the table is as it was. HLR_UNUSABLE is taken
 * without an IMSI if it has none, or another row's. A number of a range whose
 * IMSI is that of an exact number is found as HLR_UNUSABLE.
 */
int hlr_table_put(struct hlr_table *t, const struct hlr_row *row,
                  const char **why);
/* False: it was not there. */
bool hlr_table_del(struct hlr_table *t, const char *first, const char *last);

/* A table with rows to come says false until it is told true: what is not in
 * it then is unknown, before it may be anything. */
void hlr_table_set_complete(struct hlr_table *t, bool complete);
bool hlr_table_complete(const struct hlr_table *t);

bool hlr_find_msisdn(const struct hlr_table *t, const char *msisdn,
                     struct hlr_entry *e);
bool hlr_find_imsi(const struct hlr_table *t, const char *imsi,
                   struct hlr_entry *e);
bool hlr_find_cid(const struct hlr_table *t, uint64_t cid, struct hlr_entry *e);

/* Every row, in no order; false ends it. */
void hlr_table_each(const struct hlr_table *t,
                    bool (*row)(void *ctx, const struct hlr_row *row),
                    void *ctx);

size_t hlr_table_rows(const struct hlr_table *t);
size_t hlr_table_unusable(const struct hlr_table *t); /* of these */
/* Rows, of any kind, that it can still take without growing. */
size_t hlr_table_room(const struct hlr_table *t);
size_t hlr_table_octets(const struct hlr_table *t);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table_in.h - how a table lies in memory, for what builds and saves it
 *
 * Digits are packed into 51 bits: the decimal number with a 1 before its
 * first digit, which keeps leading zeros and the length. That is less than
 * 2 * 10^15; a correlation number is added to this, where no IMSI is, so that
 * one index finds both. The rest of 64 bits is half of the index of a
 * profile: what many rows have in common is kept once.
 *
 *      number (51) | low 13 of profile      IMSI (51) | high 13 of profile
 *
 * Rows lie in one array without holes. Three open-addressing tables of
 * indexes plus one (0: free) find rows by number, rows by IMSI, and profiles.
 * Ranges are few: two lists of indexes, sorted by first number and by first
 * IMSI. Within a range number and IMSI count up together, so either gives the
 * other.
 */

#ifndef HLR_TABLE_IN_H
#define HLR_TABLE_IN_H

#include "hlr_table.h"

enum { HLR_KEY_BITS = 51, HLR_HALF_BITS = 13, HLR_TABLE_NETWORKS = 64 };

#define HLR_KEY_MASK ((UINT64_C(1) << HLR_KEY_BITS) - 1)
#define HLR_CID_BASE (2 * UINT64_C(1000000000000000))
#define HLR_CID_MAX  (HLR_KEY_MASK - HLR_CID_BASE)

/* A row; imsi 0: it has none. */
struct hlr_packed {
    uint64_t number, imsi;
    uint32_t from_s, to_s;
};

struct hlr_profile {
    uint32_t owner;
    uint32_t rows; /* that have it; 0: free, owner is the next free one + 1 */
    uint16_t route, rate;
    uint8_t network, status;
    uint16_t spare; /* 0: it is written to a file */
};

struct hlr_range {
    uint64_t first, last, imsi;
    uint32_t profile, from_s, to_s;
    uint32_t spare;
};

struct hlr_slots {
    uint32_t *slot;
    uint32_t n;
};

struct hlr_table {
    struct hlr_packed *row;
    struct hlr_profile *profile;
    struct hlr_range *range;
    uint32_t rows, profiles, ranges; /* in use; profiles with free ones */
    uint32_t row_room, profile_room, range_room;
    uint32_t unusable;                    /* rows and ranges */
    uint32_t free_profile, free_profiles; /* index + 1 of the first; how many */
    struct hlr_slots by_number, by_imsi, by_profile;
    uint32_t *by_first, *by_first_imsi; /* ranges, sorted */
    uint32_t imsi_ranges;               /* that have an IMSI */
    bool complete;
    unsigned networks;
    char mccmnc[HLR_TABLE_NETWORKS][7];
};

/* ---- digits (hlr_digits.c) ---- */

extern const uint64_t hlr_power[HLR_MSISDN_MAX + 1]; /* of ten */

/* 0: not 1 to 15 decimal digits. */
uint64_t hlr_pack(const char *digits);
void hlr_unpack(uint64_t key, char out[HLR_MSISDN_MAX + 1]);
unsigned hlr_key_length(uint64_t key);

/* ---- rows ---- */

static inline uint64_t hlr_number_of(const struct hlr_packed *p)
{
    return p->number & HLR_KEY_MASK;
}

static inline uint64_t hlr_imsi_of(const struct hlr_packed *p)
{
    return p->imsi & HLR_KEY_MASK;
}

static inline uint32_t hlr_profile_of(const struct hlr_packed *p)
{
    return (uint32_t)(p->number >> HLR_KEY_BITS) |
           (uint32_t)(p->imsi >> HLR_KEY_BITS) << HLR_HALF_BITS;
}

/* Where the search for a key begins. */
static inline uint32_t hlr_home(const struct hlr_slots *s, uint64_t key)
{
    return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15) >> 32) * s->n >> 32);
}

/* The row's index plus one, 0: there is none. */
static inline uint32_t hlr_row_at(const struct hlr_table *t, bool imsi,
                                  uint64_t key)
{
    const struct hlr_slots *s = imsi ? &t->by_imsi : &t->by_number;
    uint32_t i = hlr_home(s, key), at;

    while ((at = s->slot[i]) != 0) {
        const struct hlr_packed *p = &t->row[at - 1];

        if ((imsi ? hlr_imsi_of(p) : hlr_number_of(p)) == key)
            return at;
        i = i + 1 == s->n ? 0 : i + 1;
    }
    return 0;
}

/* ---- ranges (hlr_range.c) ---- */

/* The range that holds this number or IMSI. */
const struct hlr_range *hlr_range_of(const struct hlr_table *t, bool imsi,
                                     uint64_t key);
/* The range with just these bounds; NULL: none. */
struct hlr_range *hlr_range_at(const struct hlr_table *t, uint64_t first,
                               uint64_t last);
/* NULL, or why it cannot be entered. */
const char *hlr_range_fits(const struct hlr_table *t,
                           const struct hlr_range *r);
/* There must be room. */
void hlr_range_add(struct hlr_table *t, const struct hlr_range *r);
void hlr_range_del(struct hlr_table *t, struct hlr_range *r);

/* ---- the table ---- */

struct hlr_table *hlr_table_with_room(size_t rows, size_t profiles,
                                      size_t ranges);
/* Rows and profiles were filled in by somebody else, and there is room for
 * these ranges: make what finds them. */
void hlr_table_index(struct hlr_table *t, const struct hlr_range *ranges,
                     uint32_t n);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table.c - the register in memory: numbers, ranges, IMSIs
 *
 * Digits are packed into 64 bits: the decimal number with a 1 before its
 * first digit, which keeps leading zeros and the length. 15 digits need 51
 * bits, so a number, its IMSI, network, status and route fit into 16 octets:
 *
 *      number (51) | low 13 of attr      IMSI (51) | high 13 of attr
 *
 * Rows lie in one array; two open-addressing tables of 32-bit indexes find
 * them by number and by IMSI. Ranges are few: two lists of indexes, sorted
 * by first number and by first IMSI. Within a range number and IMSI count up
 * together, so either gives the other.
 */

#include "hlr_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORKS_MAX = 64, IMSI_MIN = 6, KEY_BITS = 51, ATTR_HALF = 13 };
enum { SLOTS_MIN_BITS = 4, ROWS_MIN = 8, ROWS_MAX = INT32_MAX, MCCMNC_MAX = 6 };

#define KEY_MASK ((UINT64_C(1) << KEY_BITS) - 1)

struct packed {
    uint64_t number, imsi;
};

struct range {
    uint64_t first, last, imsi;
    uint32_t attr;
};

/* Indexes of rows plus one, 0: free. Filled to 5/8 at most. */
struct slots {
    uint32_t *slot;
    unsigned bits;
};

struct hlr_table {
    struct packed *row;
    uint32_t rows, room;
    struct slots by_number, by_imsi;
    struct range *range;
    uint32_t *by_first, *by_first_imsi; /* ranges, sorted */
    uint32_t ranges, range_room;
    bool late_range; /* one was added after a row */
    unsigned networks;
    char mccmnc[NETWORKS_MAX][MCCMNC_MAX + 1];
    char why[160]; /* of hlr_table_finish() */
};

static const uint64_t power[] = {
    1ull,
    10ull,
    100ull,
    1000ull,
    10000ull,
    100000ull,
    1000000ull,
    10000000ull,
    100000000ull,
    1000000000ull,
    10000000000ull,
    100000000000ull,
    1000000000000ull,
    10000000000000ull,
    100000000000000ull,
    1000000000000000ull,
};

/* 0: not 1 to 15 decimal digits. */
static uint64_t pack(const char *digits)
{
    uint64_t n = 1;
    size_t i;

    for (i = 0; digits[i] >= '0' && digits[i] <= '9'; i++) {
        if (i == HLR_MSISDN_MAX)
            return 0;
        n = n * 10 + (uint64_t)(digits[i] - '0');
    }
    return digits[i] == '\0' && i > 0 ? n : 0;
}

static unsigned length(uint64_t key)
{
    unsigned n = 1;

    while (n < HLR_MSISDN_MAX && key >= 2 * power[n])
        n++;
    return n;
}

static void unpack(uint64_t key, char out[HLR_MSISDN_MAX + 1])
{
    unsigned n = length(key);

    out[n] = '\0';
    while (n > 0) {
        out[--n] = (char)('0' + key % 10);
        key /= 10;
    }
}

static uint32_t attr_of(const struct hlr_row *row)
{
    return (uint32_t)row->route | (uint32_t)row->status << 16 |
           (uint32_t)row->network << 19;
}

static struct packed packed(uint64_t number, uint64_t imsi, uint32_t attr)
{
    return (struct packed){
        .number = number | (uint64_t)attr << KEY_BITS,
        .imsi = imsi | (uint64_t)(attr >> ATTR_HALF) << KEY_BITS,
    };
}

static uint32_t attr_of_packed(const struct packed *p)
{
    return (uint32_t)(p->number >> KEY_BITS) | (uint32_t)(p->imsi >> KEY_BITS)
                                                   << ATTR_HALF;
}

static void *grow(void *array, size_t n, size_t size)
{
    void *p = realloc(array, n * size);

    if (p == NULL)
        abort();
    return p;
}

/* ---- rows ---- */

static size_t slot_of(const struct slots *s, uint64_t key)
{
    return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - s->bits));
}

static uint64_t key_of(const struct hlr_table *t, const struct slots *s,
                       uint32_t index)
{
    const struct packed *p = &t->row[index];

    return (s == &t->by_number ? p->number : p->imsi) & KEY_MASK;
}

/* The slot that holds `key', or the free one where it belongs. */
static size_t probe(const struct hlr_table *t, const struct slots *s,
                    uint64_t key)
{
    size_t mask = ((size_t)1 << s->bits) - 1;
    size_t i = slot_of(s, key);

    while (s->slot[i] != 0 && key_of(t, s, s->slot[i] - 1) != key)
        i = (i + 1) & mask;
    return i;
}

/* The row's index plus one, 0: there is none. */
static uint32_t find_row(const struct hlr_table *t, const struct slots *s,
                         uint64_t key)
{
    return s->slot[probe(t, s, key)];
}

static void resize(struct hlr_table *t, struct slots *s, unsigned bits)
{
    free(s->slot);
    s->bits = bits;
    s->slot = calloc((size_t)1 << bits, sizeof(*s->slot));
    if (s->slot == NULL)
        abort();
    for (uint32_t i = 0; i < t->rows; i++)
        s->slot[probe(t, s, key_of(t, s, i))] = i + 1;
}

static void make_room(struct hlr_table *t)
{
    if (t->rows == t->room) {
        t->room += t->room / 2;
        t->row = grow(t->row, t->room, sizeof(*t->row));
    }
    if ((size_t)t->rows * 8 < (size_t)5 << t->by_number.bits)
        return;
    resize(t, &t->by_number, t->by_number.bits + 1);
    resize(t, &t->by_imsi, t->by_imsi.bits + 1);
}

/* ---- ranges ---- */

static uint64_t range_key(const struct range *r, bool imsi)
{
    return imsi ? r->imsi : r->first;
}

/* How many ranges of the sorted list begin at or before `key'. */
static uint32_t ranges_before(const struct hlr_table *t, bool imsi,
                              uint64_t key)
{
    const uint32_t *list = imsi ? t->by_first_imsi : t->by_first;
    uint32_t low = 0, high = t->ranges;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (range_key(&t->range[list[mid]], imsi) <= key)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The range that holds this number or IMSI. */
static const struct range *find_range(const struct hlr_table *t, bool imsi,
                                      uint64_t key)
{
    const uint32_t *list = imsi ? t->by_first_imsi : t->by_first;
    uint32_t n = ranges_before(t, imsi, key);
    const struct range *r;

    if (n == 0)
        return NULL;
    r = &t->range[list[n - 1]];
    return key - range_key(r, imsi) <= r->last - r->first ? r : NULL;
}

/* Does first .. first + span touch a range? Ranges do not overlap, so only
 * the one that begins last before its end can. */
static bool overlaps(const struct hlr_table *t, bool imsi, uint64_t first,
                     uint64_t span)
{
    const uint32_t *list = imsi ? t->by_first_imsi : t->by_first;
    uint32_t n = ranges_before(t, imsi, first + span);
    const struct range *r;

    if (n == 0)
        return false;
    r = &t->range[list[n - 1]];
    return range_key(r, imsi) + (r->last - r->first) >= first;
}

static void insert_index(struct hlr_table *t, bool imsi, uint32_t index)
{
    uint32_t *list = imsi ? t->by_first_imsi : t->by_first;
    uint32_t at = ranges_before(t, imsi, range_key(&t->range[index], imsi));

    memmove(&list[at + 1], &list[at], (t->ranges - at) * sizeof(*list));
    list[at] = index;
}

/* ---- building ---- */

struct hlr_table *hlr_table_new(const char (*mccmnc)[7], unsigned networks)
{
    struct hlr_table *t = calloc(1, sizeof(*t));

    if (t == NULL)
        abort();
    t->networks = networks < NETWORKS_MAX ? networks : NETWORKS_MAX;
    for (unsigned i = 0; i < t->networks; i++)
        memcpy(t->mccmnc[i], mccmnc[i], MCCMNC_MAX + 1);
    t->room = ROWS_MIN;
    t->row = grow(NULL, t->room, sizeof(*t->row));
    resize(t, &t->by_number, SLOTS_MIN_BITS);
    resize(t, &t->by_imsi, SLOTS_MIN_BITS);
    return t;
}

void hlr_table_free(struct hlr_table *t)
{
    if (t == NULL)
        return;
    free(t->row);
    free(t->by_number.slot);
    free(t->by_imsi.slot);
    free(t->range);
    free(t->by_first);
    free(t->by_first_imsi);
    free(t);
}

static int wrong(const char **why, const char *text)
{
    *why = text;
    return -1;
}

/*
 * The IMSI of a number without one: MCC, MNC and as many of the last digits
 * as make 15 in all, zeros before them if there are fewer. 0: none.
 */
static uint64_t make_imsi(const struct hlr_table *t, const struct hlr_row *row,
                          uint64_t first, uint64_t last, const char **why)
{
    const char *prefix = t->mccmnc[row->network];
    size_t rest = HLR_IMSI_MAX - strlen(prefix);

    if (prefix[0] == '\0') {
        *why = "it has no IMSI, and its network no mcc-mnc to make one of";
        return 0;
    }
    if (first / power[rest] != last / power[rest]) {
        *why = "the digits that would make the IMSI run over: give an IMSI, "
               "or two ranges";
        return 0;
    }
    if (length(first) < rest)
        first -= power[length(first)];
    return pack(prefix) * power[rest] + first % power[rest];
}

static uint64_t given_imsi(const char *digits, uint64_t span, const char **why)
{
    uint64_t imsi = pack(digits);

    if (imsi == 0 || strlen(digits) < IMSI_MIN) {
        *why = "the IMSI is not 6 to 15 decimal digits";
        return 0;
    }
    if (length(imsi) != length(imsi + span) ||
        imsi + span >= 2 * power[length(imsi)]) {
        *why = "the IMSIs of the range run over their length";
        return 0;
    }
    return imsi;
}

static int add_number(struct hlr_table *t, uint64_t number, uint64_t imsi,
                      uint32_t attr, const char **why)
{
    const struct range *r = find_range(t, true, imsi);
    uint32_t at;

    if (t->rows == ROWS_MAX)
        return wrong(why, "there are too many numbers");
    make_room(t);
    if (find_row(t, &t->by_number, number) != 0)
        return wrong(why, "the number is there already");
    if (find_row(t, &t->by_imsi, imsi) != 0)
        return wrong(why, "the IMSI is another number's");
    if (r != NULL && r->first + (imsi - r->imsi) != number)
        return wrong(why, "the IMSI is that of a number in a range");
    at = t->rows++;
    t->row[at] = packed(number, imsi, attr);
    t->by_number.slot[probe(t, &t->by_number, number)] = at + 1;
    t->by_imsi.slot[probe(t, &t->by_imsi, imsi)] = at + 1;
    return 0;
}

static int add_range(struct hlr_table *t, const struct range *r,
                     const char **why)
{
    uint64_t span = r->last - r->first;

    if (overlaps(t, false, r->first, span))
        return wrong(why, "the range overlaps another range");
    if (overlaps(t, true, r->imsi, span))
        return wrong(why, "the IMSIs of the range overlap another range's");
    if (t->ranges == t->range_room) {
        t->range_room = t->range_room < 16 ? 16 : 2 * t->range_room;
        t->range = grow(t->range, t->range_room, sizeof(*t->range));
        t->by_first = grow(t->by_first, t->range_room, sizeof(uint32_t));
        t->by_first_imsi =
            grow(t->by_first_imsi, t->range_room, sizeof(uint32_t));
    }
    t->range[t->ranges] = *r;
    insert_index(t, false, t->ranges);
    insert_index(t, true, t->ranges);
    t->ranges++;
    t->late_range |= t->rows > 0;
    return 0;
}

int hlr_table_add(struct hlr_table *t, const struct hlr_row *row,
                  const char **why)
{
    uint64_t first = pack(row->first), last = pack(row->last), imsi;

    if (first == 0 || last == 0)
        return wrong(why, "the number is not 1 to 15 decimal digits");
    if (length(first) != length(last) || first > last)
        return wrong(why, "the last number is not as long as the first, or "
                          "less");
    if (row->network >= t->networks)
        return wrong(why, "there is no such network");
    if (row->status < HLR_ACTIVE || row->status > HLR_NO_SMS)
        return wrong(why, "there is no such status");
    imsi = row->imsi[0] == '\0' ? make_imsi(t, row, first, last, why)
                                : given_imsi(row->imsi, last - first, why);
    if (imsi == 0)
        return -1;
    if (first == last)
        return add_number(t, first, imsi, attr_of(row), why);
    return add_range(t, &(struct range){ first, last, imsi, attr_of(row) },
                     why);
}

int hlr_table_finish(struct hlr_table *t, const char **why)
{
    char number[HLR_MSISDN_MAX + 1], imsi[HLR_IMSI_MAX + 1];

    for (uint32_t i = 0; t->late_range && i < t->rows; i++) {
        uint64_t n = t->row[i].number & KEY_MASK;
        uint64_t s = t->row[i].imsi & KEY_MASK;
        const struct range *r = find_range(t, true, s);

        if (r == NULL || r->first + (s - r->imsi) == n)
            continue;
        unpack(n, number);
        unpack(s, imsi);
        snprintf(t->why, sizeof(t->why),
                 "IMSI %s of number %s is that of a number in a range", imsi,
                 number);
        return wrong(why, t->why);
    }
    t->late_range = false;
    if (t->rows > 0) {
        t->room = t->rows;
        t->row = grow(t->row, t->room, sizeof(*t->row));
    }
    return 0;
}

/* ---- finding ---- */

static void fill(struct hlr_entry *e, uint64_t number, uint64_t imsi,
                 uint32_t attr)
{
    unpack(number, e->msisdn);
    unpack(imsi, e->imsi);
    e->route = (uint16_t)attr;
    e->status = attr >> 16 & 7;
    e->network = (uint8_t)(attr >> 19);
}

static void fill_row(struct hlr_entry *e, const struct packed *p)
{
    fill(e, p->number & KEY_MASK, p->imsi & KEY_MASK, attr_of_packed(p));
}

bool hlr_find_msisdn(const struct hlr_table *t, const char *msisdn,
                     struct hlr_entry *e)
{
    uint64_t key = pack(msisdn);
    uint32_t at;
    const struct range *r;

    if (key == 0)
        return false;
    at = find_row(t, &t->by_number, key);
    if (at != 0) {
        fill_row(e, &t->row[at - 1]);
        return true;
    }
    r = find_range(t, false, key);
    if (r == NULL)
        return false;
    fill(e, key, r->imsi + (key - r->first), r->attr);
    return true;
}

bool hlr_find_imsi(const struct hlr_table *t, const char *imsi,
                   struct hlr_entry *e)
{
    uint64_t key = pack(imsi), number;
    uint32_t at;
    const struct range *r;

    if (key == 0)
        return false;
    at = find_row(t, &t->by_imsi, key);
    if (at != 0) {
        fill_row(e, &t->row[at - 1]);
        return true;
    }
    r = find_range(t, true, key);
    if (r == NULL)
        return false;
    number = r->first + (key - r->imsi);
    at = find_row(t, &t->by_number, number);
    fill(e, number, key, at != 0 ? attr_of_packed(&t->row[at - 1]) : r->attr);
    return true;
}

size_t hlr_table_rows(const struct hlr_table *t)
{
    return (size_t)t->rows + t->ranges;
}

size_t hlr_table_octets(const struct hlr_table *t)
{
    return sizeof(*t) + (size_t)t->room * sizeof(*t->row) +
           (sizeof(uint32_t) << t->by_number.bits) +
           (sizeof(uint32_t) << t->by_imsi.bits) +
           (size_t)t->range_room *
               (sizeof(*t->range) + 2 * sizeof(*t->by_first));
}

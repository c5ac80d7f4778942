/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_table.c - the register in memory: filling it, changing it
 *
 * How it lies in memory is told in hlr_table_in.h.
 */

#include "hlr_table_in.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { IMSI_MIN = 6, ROWS_MIN = 64, PROFILES_MIN = 4096, RANGES_MIN = 4096 };
/* Of many numbers, so many have a profile of their own, or are ranges: beyond
 * that the table is full before its rows are. */
enum { PROFILES_SHARE = 16, RANGES_SHARE = 64 };
enum { HUGE_OCTETS = 2 << 20, PROFILES_MAX = 1 << 26, AHEAD = 16 };

#define ROWS_MAX (UINT32_C(1) << 30)

/* ---- memory ---- */

static void *need(void *p)
{
    if (p == NULL)
        abort();
    return p;
}

static void *grow(void *array, size_t n, size_t size)
{
    return need(realloc(array, n * size));
}

/* Large arrays are looked into at random: pages of 2 MiB save most of the
 * walks through page tables. */
static void *large(size_t n, size_t size)
{
    size_t octets = n * size;
    void *p;

    if (octets < 2 * HUGE_OCTETS)
        return need(malloc(octets));
    octets = (octets + HUGE_OCTETS - 1) / HUGE_OCTETS * HUGE_OCTETS;
    p = need(aligned_alloc(HUGE_OCTETS, octets));
    madvise(p, octets, MADV_HUGEPAGE);
    return p;
}

static void slots_new(struct hlr_slots *s, uint32_t room)
{
    free(s->slot);
    s->n = 2 * room;
    s->slot = large(s->n, sizeof(*s->slot));
    memset(s->slot, 0, s->n * sizeof(*s->slot));
}

/* ---- what finds rows and profiles ---- */

enum index { NUMBERS, IMSIS, PROFILES };

static struct hlr_slots *slots_of(struct hlr_table *t, enum index which)
{
    return which == NUMBERS ? &t->by_number
           : which == IMSIS ? &t->by_imsi
                            : &t->by_profile;
}

static uint64_t profile_key(const struct hlr_profile *p)
{
    uint64_t low = (uint64_t)p->route << 32 | (uint64_t)p->rate << 16 |
                   (uint64_t)p->network << 8 | p->status;

    return (low ^ low << 24) * UINT64_C(0xd6e8feb86659fd93) ^ p->owner;
}

static uint64_t key_of(const struct hlr_table *t, enum index which,
                       uint32_t index)
{
    if (which == NUMBERS)
        return hlr_number_of(&t->row[index]);
    if (which == IMSIS)
        return hlr_imsi_of(&t->row[index]);
    return profile_key(&t->profile[index]);
}

static uint32_t next(const struct hlr_slots *s, uint32_t i)
{
    return i + 1 == s->n ? 0 : i + 1;
}

static void slot_put(struct hlr_table *t, enum index which, uint32_t index)
{
    struct hlr_slots *s = slots_of(t, which);
    uint32_t i = hlr_home(s, key_of(t, which, index));

    while (s->slot[i] != 0)
        i = next(s, i);
    s->slot[i] = index + 1;
}

/* The slot that names this one; it is there. */
static uint32_t slot_of(struct hlr_table *t, enum index which, uint32_t index)
{
    struct hlr_slots *s = slots_of(t, which);
    uint32_t i = hlr_home(s, key_of(t, which, index));

    while (s->slot[i] != index + 1)
        i = next(s, i);
    return i;
}

/* What was put behind it only because it was there moves up. */
static void slot_del(struct hlr_table *t, enum index which, uint32_t index)
{
    struct hlr_slots *s = slots_of(t, which);
    uint32_t hole = slot_of(t, which, index), i = hole;

    while (s->slot[i = next(s, i)] != 0) {
        uint32_t home = hlr_home(s, key_of(t, which, s->slot[i] - 1));
        bool between =
            hole < i ? hole < home && home <= i : hole < home || home <= i;

        if (between)
            continue;
        s->slot[hole] = s->slot[i];
        hole = i;
    }
    s->slot[hole] = 0;
}

/* ---- profiles ---- */

static struct hlr_profile profile_of(const struct hlr_row *row)
{
    return (struct hlr_profile){
        .owner = row->owner,
        .route = row->route,
        .rate = row->rate,
        .network = row->network,
        .status = row->status,
    };
}

static bool same_profile(const struct hlr_profile *a,
                         const struct hlr_profile *b)
{
    return a->owner == b->owner && a->route == b->route && a->rate == b->rate &&
           a->network == b->network && a->status == b->status;
}

static void profile_room(struct hlr_table *t)
{
    if (t->free_profile != 0 || t->profiles < t->profile_room)
        return;
    t->profile_room *= 2;
    t->profile = grow(t->profile, t->profile_room, sizeof(*t->profile));
    slots_new(&t->by_profile, t->profile_room);
    for (uint32_t i = 0; i < t->profiles; i++)
        slot_put(t, PROFILES, i);
}

static uint32_t profile_new(struct hlr_table *t)
{
    uint32_t index = t->free_profile;

    if (index == 0)
        return t->profiles++;
    t->free_profile = t->profile[index - 1].owner;
    t->free_profiles--;
    return index - 1;
}

/* One row more has this profile: its index. */
static uint32_t profile_take(struct hlr_table *t, const struct hlr_profile *p)
{
    struct hlr_slots *s = &t->by_profile;
    uint32_t i = hlr_home(s, profile_key(p)), index;

    t->unusable += p->status == HLR_UNUSABLE;
    for (; s->slot[i] != 0; i = next(s, i)) {
        index = s->slot[i] - 1;
        if (same_profile(&t->profile[index], p)) {
            t->profile[index].rows++;
            return index;
        }
    }
    profile_room(t);
    index = profile_new(t);
    t->profile[index] = *p;
    t->profile[index].rows = 1;
    slot_put(t, PROFILES, index);
    return index;
}

static void profile_drop(struct hlr_table *t, uint32_t index)
{
    t->unusable -= t->profile[index].status == HLR_UNUSABLE;
    if (--t->profile[index].rows > 0)
        return;
    slot_del(t, PROFILES, index);
    t->profile[index].owner = t->free_profile;
    t->free_profile = index + 1;
    t->free_profiles++;
}

/* ---- a table ---- */

static uint32_t at_least(size_t n, uint32_t least)
{
    return n < least ? least : n > ROWS_MAX ? ROWS_MAX : (uint32_t)n;
}

struct hlr_table *hlr_table_with_room(size_t rows, size_t profiles,
                                      size_t ranges)
{
    struct hlr_table *t = need(calloc(1, sizeof(*t)));

    t->row_room = at_least(rows, ROWS_MIN);
    t->profile_room = at_least(profiles, PROFILES_MIN);
    t->range_room = at_least(ranges, RANGES_MIN);
    t->row = large(t->row_room, sizeof(*t->row));
    t->profile = large(t->profile_room, sizeof(*t->profile));
    t->range = large(t->range_room, sizeof(*t->range));
    t->by_first = large(t->range_room, sizeof(*t->by_first));
    t->by_first_imsi = large(t->range_room, sizeof(*t->by_first_imsi));
    slots_new(&t->by_number, t->row_room);
    slots_new(&t->by_imsi, t->row_room);
    slots_new(&t->by_profile, t->profile_room);
    return t;
}

struct hlr_table *hlr_table_new(const char (*mccmnc)[7], unsigned networks,
                                size_t room)
{
    struct hlr_table *t =
        hlr_table_with_room(room, room / PROFILES_SHARE, room / RANGES_SHARE);

    t->networks = networks < HLR_TABLE_NETWORKS ? networks : HLR_TABLE_NETWORKS;
    for (unsigned i = 0; i < t->networks; i++)
        memcpy(t->mccmnc[i], mccmnc[i], sizeof(t->mccmnc[i]));
    return t;
}

void hlr_table_free(struct hlr_table *t)
{
    if (t == NULL)
        return;
    free(t->row);
    free(t->profile);
    free(t->range);
    free(t->by_number.slot);
    free(t->by_imsi.slot);
    free(t->by_profile.slot);
    free(t->by_first);
    free(t->by_first_imsi);
    free(t);
}

/* Each row goes to another place in memory, asked for some rows ahead. */
static void index_all(struct hlr_table *t, enum index which)
{
    struct hlr_slots *s = slots_of(t, which);

    for (uint32_t i = 0; i < t->rows; i++) {
        uint32_t ahead = i + AHEAD < t->rows ? i + AHEAD : i;

        __builtin_prefetch(&s->slot[hlr_home(s, key_of(t, which, ahead))], 1);
        if (which == NUMBERS || hlr_imsi_of(&t->row[i]) != 0)
            slot_put(t, which, i);
    }
}

static void index_rows(struct hlr_table *t)
{
    index_all(t, NUMBERS);
    index_all(t, IMSIS);
}

/* How many rows have a profile, and which are free. */
static void count_profiles(struct hlr_table *t, const struct hlr_range *ranges,
                           uint32_t n)
{
    for (uint32_t i = 0; i < t->profiles; i++)
        t->profile[i].rows = 0;
    for (uint32_t i = 0; i < t->rows; i++)
        t->profile[hlr_profile_of(&t->row[i])].rows++;
    for (uint32_t i = 0; i < n; i++)
        t->profile[ranges[i].profile].rows++;
    t->free_profile = t->free_profiles = t->unusable = 0;
    for (uint32_t i = 0; i < t->profiles; i++) {
        struct hlr_profile *p = &t->profile[i];

        if (p->rows > 0) {
            slot_put(t, PROFILES, i);
            t->unusable += p->status == HLR_UNUSABLE ? p->rows : 0;
            continue;
        }
        p->owner = t->free_profile;
        t->free_profile = i + 1;
        t->free_profiles++;
    }
}

void hlr_table_index(struct hlr_table *t, const struct hlr_range *ranges,
                     uint32_t n)
{
    index_rows(t);
    count_profiles(t, ranges, n);
    for (uint32_t i = 0; i < n; i++)
        hlr_range_add(t, &ranges[i]);
}

struct hlr_table *hlr_table_clone(const struct hlr_table *t, size_t room)
{
    size_t profiles = 2 * (size_t)(t->profiles - t->free_profiles);
    size_t ranges = 2 * (size_t)t->ranges;
    struct hlr_table *c;

    room = room > t->rows ? room : t->rows;
    if (profiles < room / PROFILES_SHARE)
        profiles = room / PROFILES_SHARE;
    if (profiles < t->profiles)
        profiles = t->profiles;
    if (ranges < room / RANGES_SHARE)
        ranges = room / RANGES_SHARE;
    c = hlr_table_with_room(room, profiles, ranges);
    c->complete = t->complete;
    c->networks = t->networks;
    memcpy(c->mccmnc, t->mccmnc, sizeof(c->mccmnc));
    c->rows = t->rows;
    c->profiles = t->profiles;
    memcpy(c->row, t->row, t->rows * sizeof(*t->row));
    memcpy(c->profile, t->profile, t->profiles * sizeof(*t->profile));
    hlr_table_index(c, t->range, t->ranges);
    return c;
}

/* ---- rows ---- */

static int wrong(const char **why, const char *text)
{
    *why = text;
    return -1;
}

static struct hlr_packed packed(uint64_t number, const struct hlr_range *r,
                                uint32_t profile)
{
    return (struct hlr_packed){
        .number = number | (uint64_t)profile << HLR_KEY_BITS,
        .imsi = r->imsi | (uint64_t)(profile >> HLR_HALF_BITS) << HLR_KEY_BITS,
        .from_s = r->from_s,
        .to_s = r->to_s,
    };
}

static void row_room(struct hlr_table *t)
{
    if (t->rows < t->row_room)
        return;
    t->row_room += t->row_room / 2;
    t->row = grow(t->row, t->row_room, sizeof(*t->row));
    slots_new(&t->by_number, t->row_room);
    slots_new(&t->by_imsi, t->row_room);
    index_rows(t);
}

/* NULL, or why this number cannot have this IMSI. */
static const char *imsi_fits(const struct hlr_table *t, uint64_t number,
                             uint64_t imsi)
{
    uint32_t at = hlr_row_at(t, true, imsi);
    const struct hlr_range *r = hlr_range_of(t, true, imsi);

    if (at != 0 && hlr_number_of(&t->row[at - 1]) != number)
        return "the IMSI is another number's";
    if (r != NULL && r->first + (imsi - r->imsi) != number)
        return "the IMSI is that of a number in a range";
    return NULL;
}

static void row_change(struct hlr_table *t, uint32_t index,
                       const struct hlr_range *r, uint32_t profile)
{
    uint32_t old = hlr_profile_of(&t->row[index]);
    uint64_t imsi = hlr_imsi_of(&t->row[index]);

    if (imsi != 0 && imsi != r->imsi)
        slot_del(t, IMSIS, index);
    t->row[index] = packed(r->first, r, profile);
    if (r->imsi != 0 && imsi != r->imsi)
        slot_put(t, IMSIS, index);
    profile_drop(t, old);
}

static int put_number(struct hlr_table *t, struct hlr_range *r,
                      const struct hlr_profile *p, const char **why)
{
    const char *no = r->imsi != 0 ? imsi_fits(t, r->first, r->imsi) : NULL;
    uint32_t at, profile;

    if (no != NULL && p->status != HLR_UNUSABLE)
        return wrong(why, no);
    if (no != NULL)
        r->imsi = 0;
    at = hlr_row_at(t, false, r->first);
    if (at == 0 && t->rows >= ROWS_MAX)
        return wrong(why, "there are too many numbers");
    profile = profile_take(t, p);
    if (at != 0) {
        row_change(t, at - 1, r, profile);
        return 0;
    }
    row_room(t);
    at = t->rows++;
    t->row[at] = packed(r->first, r, profile);
    slot_put(t, NUMBERS, at);
    if (r->imsi != 0)
        slot_put(t, IMSIS, at);
    return 0;
}

/* The last row takes the place of the one that goes. */
static void del_number(struct hlr_table *t, uint32_t index)
{
    uint32_t last = t->rows - 1;

    slot_del(t, NUMBERS, index);
    if (hlr_imsi_of(&t->row[index]) != 0)
        slot_del(t, IMSIS, index);
    profile_drop(t, hlr_profile_of(&t->row[index]));
    if (index != last) {
        t->by_number.slot[slot_of(t, NUMBERS, last)] = index + 1;
        if (hlr_imsi_of(&t->row[last]) != 0)
            t->by_imsi.slot[slot_of(t, IMSIS, last)] = index + 1;
        t->row[index] = t->row[last];
    }
    t->rows--;
}

/* ---- ranges ---- */

static void range_room(struct hlr_table *t)
{
    if (t->ranges < t->range_room)
        return;
    t->range_room *= 2;
    t->range = grow(t->range, t->range_room, sizeof(*t->range));
    t->by_first = grow(t->by_first, t->range_room, sizeof(*t->by_first));
    t->by_first_imsi =
        grow(t->by_first_imsi, t->range_room, sizeof(*t->by_first_imsi));
}

static int put_range(struct hlr_table *t, struct hlr_range *r,
                     const struct hlr_profile *p, const char **why)
{
    struct hlr_range *at = hlr_range_at(t, r->first, r->last);
    struct hlr_range old = { .first = 0 };
    bool change = at != NULL;
    const char *no;

    if (change) {
        old = *at;
        hlr_range_del(t, at);
    }
    no = hlr_range_fits(t, r);
    if (no != NULL && p->status == HLR_UNUSABLE && r->imsi != 0) {
        r->imsi = 0;
        no = hlr_range_fits(t, r);
    }
    if (no == NULL) {
        r->profile = profile_take(t, p);
        range_room(t);
        hlr_range_add(t, r);
        if (change)
            profile_drop(t, old.profile);
        return 0;
    }
    if (change)
        hlr_range_add(t, &old);
    return wrong(why, no);
}

/* ---- IMSIs ---- */

/*
 * The IMSI of a number without one: MCC, MNC and as many of the last digits
 * as make 15 in all, zeros before them if there are fewer.
 */
static const char *make_imsi(const struct hlr_table *t,
                             const struct hlr_row *row, struct hlr_range *r)
{
    const char *prefix =
        row->network < t->networks ? t->mccmnc[row->network] : "";
    size_t rest = HLR_IMSI_MAX - strlen(prefix);
    uint64_t first = r->first;

    if (prefix[0] == '\0')
        return "it has no IMSI, and its network no mcc-mnc to make one of";
    if (first / hlr_power[rest] != r->last / hlr_power[rest])
        return "the digits that would make the IMSI run over: give an IMSI, "
               "or two ranges";
    if (hlr_key_length(first) < rest)
        first -= hlr_power[hlr_key_length(first)];
    r->imsi = hlr_pack(prefix) * hlr_power[rest] + first % hlr_power[rest];
    return NULL;
}

static const char *given_imsi(const char *digits, struct hlr_range *r)
{
    uint64_t imsi = hlr_pack(digits), last = imsi + (r->last - r->first);

    if (imsi == 0 || strlen(digits) < IMSI_MIN)
        return "the IMSI is not 6 to 15 decimal digits";
    if (last >= 2 * hlr_power[hlr_key_length(imsi)])
        return "the IMSIs of the range run over their length";
    r->imsi = imsi;
    return NULL;
}

static const char *given_cid(uint64_t cid, struct hlr_range *r)
{
    if (cid == 0 || cid > HLR_CID_MAX || HLR_CID_MAX - cid < r->last - r->first)
        return "there is no such correlation number";
    r->imsi = HLR_CID_BASE + cid;
    return NULL;
}

static int set_imsi(const struct hlr_table *t, const struct hlr_row *row,
                    struct hlr_range *r, const char **why)
{
    const char *no = row->correlation       ? given_cid(row->cid, r)
                     : row->imsi[0] != '\0' ? given_imsi(row->imsi, r)
                                            : make_imsi(t, row, r);

    return no == NULL || row->status == HLR_UNUSABLE ? 0 : wrong(why, no);
}

/* ---- what the header promises ---- */

int hlr_table_put(struct hlr_table *t, const struct hlr_row *row,
                  const char **why)
{
    struct hlr_range r = {
        .first = hlr_pack(row->first),
        .last = hlr_pack(row->last),
        .from_s = row->from_s,
        .to_s = row->to_s,
    };
    struct hlr_profile p = profile_of(row);

    if (r.first == 0 || r.last == 0)
        return wrong(why, "the number is not 1 to 15 decimal digits");
    if (hlr_key_length(r.first) != hlr_key_length(r.last) || r.first > r.last)
        return wrong(why, "the last number is not as long as the first, or "
                          "less");
    if (row->network >= t->networks && row->status != HLR_UNUSABLE)
        return wrong(why, "there is no such network");
    if (row->status < HLR_ACTIVE || row->status > HLR_UNUSABLE)
        return wrong(why, "there is no such status");
    if (set_imsi(t, row, &r, why) == -1)
        return -1;
    if (t->profiles >= PROFILES_MAX - 1)
        return wrong(why, "there are too many different numbers");
    return r.first == r.last ? put_number(t, &r, &p, why)
                             : put_range(t, &r, &p, why);
}

bool hlr_table_del(struct hlr_table *t, const char *first, const char *last)
{
    uint64_t from = hlr_pack(first), to = hlr_pack(last);
    struct hlr_range *r;
    uint32_t at;

    if (from == 0 || to == 0)
        return false;
    if (from == to) {
        at = hlr_row_at(t, false, from);
        if (at != 0)
            del_number(t, at - 1);
        return at != 0;
    }
    r = hlr_range_at(t, from, to);
    if (r == NULL)
        return false;
    profile_drop(t, r->profile);
    hlr_range_del(t, r);
    return true;
}

void hlr_table_set_complete(struct hlr_table *t, bool complete)
{
    t->complete = complete;
}

bool hlr_table_complete(const struct hlr_table *t)
{
    return t->complete;
}

size_t hlr_table_rows(const struct hlr_table *t)
{
    return (size_t)t->rows + t->ranges;
}

size_t hlr_table_unusable(const struct hlr_table *t)
{
    return t->unusable;
}

size_t hlr_table_room(const struct hlr_table *t)
{
    size_t rows = t->row_room - t->rows;
    size_t profiles = t->profile_room - t->profiles + t->free_profiles;
    size_t ranges = t->range_room - t->ranges;
    size_t least = rows < profiles ? rows : profiles;

    return least < ranges ? least : ranges;
}

size_t hlr_table_octets(const struct hlr_table *t)
{
    size_t slots = (size_t)t->by_number.n + t->by_imsi.n + t->by_profile.n;

    return sizeof(*t) + t->row_room * sizeof(*t->row) +
           t->profile_room * sizeof(*t->profile) +
           t->range_room * (sizeof(*t->range) + 2 * sizeof(*t->by_first)) +
           slots * sizeof(uint32_t);
}

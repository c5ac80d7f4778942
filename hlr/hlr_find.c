/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_find.c - asking the table: by number, by IMSI, by correlation number
 */

#include "hlr_table_in.h"

#include <string.h>

/* What a row and a number of a range have in common. */
struct found {
    uint64_t number, imsi;
    uint32_t profile, from_s, to_s;
};

static void fill(const struct hlr_table *t, const struct found *f,
                 struct hlr_entry *e)
{
    const struct hlr_profile *p = &t->profile[f->profile];

    hlr_unpack(f->number, e->msisdn);
    e->correlation = f->imsi >= HLR_CID_BASE;
    e->cid = e->correlation ? f->imsi - HLR_CID_BASE : 0;
    e->imsi[0] = '\0';
    if (f->imsi != 0 && !e->correlation)
        hlr_unpack(f->imsi, e->imsi);
    e->network = p->network;
    e->status = p->status;
    e->route = p->route;
    e->owner = p->owner;
    e->rate = p->rate;
    e->from_s = f->from_s;
    e->to_s = f->to_s;
}

static struct found of_row(const struct hlr_packed *p)
{
    return (struct found){
        .number = hlr_number_of(p),
        .imsi = hlr_imsi_of(p),
        .profile = hlr_profile_of(p),
        .from_s = p->from_s,
        .to_s = p->to_s,
    };
}

static struct found of_range(const struct hlr_range *r, uint64_t n)
{
    return (struct found){
        .number = r->first + n,
        .imsi = r->imsi != 0 ? r->imsi + n : 0,
        .profile = r->profile,
        .from_s = r->from_s,
        .to_s = r->to_s,
    };
}

bool hlr_find_msisdn(const struct hlr_table *t, const char *msisdn,
                     struct hlr_entry *e)
{
    uint64_t key = hlr_pack(msisdn);
    const struct hlr_range *r;
    struct found f;
    uint32_t at;

    if (key == 0)
        return false;
    at = hlr_row_at(t, false, key);
    if (at != 0) {
        f = of_row(&t->row[at - 1]);
        fill(t, &f, e);
        return true;
    }
    r = hlr_range_of(t, false, key);
    if (r == NULL)
        return false;
    f = of_range(r, key - r->first);
    fill(t, &f, e);
    /* A message for it would be taken for that number's. */
    if (f.imsi != 0 && hlr_row_at(t, true, f.imsi) != 0)
        e->status = HLR_UNUSABLE;
    return true;
}

static bool find_imsi(const struct hlr_table *t, uint64_t key,
                      struct hlr_entry *e)
{
    uint32_t at = hlr_row_at(t, true, key);
    const struct hlr_range *r;
    struct found f;

    if (at != 0) {
        f = of_row(&t->row[at - 1]);
        fill(t, &f, e);
        return true;
    }
    r = hlr_range_of(t, true, key);
    if (r == NULL)
        return false;
    f = of_range(r, key - r->imsi);
    /* It may have been handed out before the number got a row of its own. */
    at = hlr_row_at(t, false, f.number);
    if (at != 0) {
        f = of_row(&t->row[at - 1]);
        f.imsi = key;
    }
    fill(t, &f, e);
    return true;
}

bool hlr_find_imsi(const struct hlr_table *t, const char *imsi,
                   struct hlr_entry *e)
{
    uint64_t key = hlr_pack(imsi);

    return key != 0 && find_imsi(t, key, e);
}

bool hlr_find_cid(const struct hlr_table *t, uint64_t cid, struct hlr_entry *e)
{
    return cid > 0 && cid <= HLR_CID_MAX && find_imsi(t, HLR_CID_BASE + cid, e);
}

static void row_of(const struct hlr_table *t, const struct found *f,
                   uint64_t last, struct hlr_row *row)
{
    struct hlr_entry e;

    fill(t, f, &e);
    *row = (struct hlr_row){
        .correlation = e.correlation,
        .cid = e.cid,
        .network = e.network,
        .status = e.status,
        .route = e.route,
        .owner = e.owner,
        .rate = e.rate,
        .from_s = e.from_s,
        .to_s = e.to_s,
    };
    memcpy(row->first, e.msisdn, sizeof(row->first));
    memcpy(row->imsi, e.imsi, sizeof(row->imsi));
    hlr_unpack(last, row->last);
}

void hlr_table_each(const struct hlr_table *t,
                    bool (*row)(void *ctx, const struct hlr_row *row),
                    void *ctx)
{
    struct hlr_row out;
    struct found f;

    for (uint32_t i = 0; i < t->ranges; i++) {
        f = of_range(&t->range[i], 0);
        row_of(t, &f, t->range[i].last, &out);
        if (!row(ctx, &out))
            return;
    }
    for (uint32_t i = 0; i < t->rows; i++) {
        f = of_row(&t->row[i]);
        row_of(t, &f, f.number, &out);
        if (!row(ctx, &out))
            return;
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * concat_store.c - parts of messages in the store, until they are one
 */

#include "concat_store.h"

#include "dedup_store.h"
#include "dlv.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <sys/random.h>

enum { KEY = sizeof(struct dedup_key), KEPT = 64 };

/* One part, from the network into its set. */
struct add {
    struct store_job job;
    uint64_t id, claim;
    struct dedup_key set_key;
    struct concat_part part;
    bool stored; /* committed: now its set is looked at */
    bool fresh;  /* it was not there before */
    enum concat_added how;
    struct concat_set *set;
};

struct ending {
    struct store_job job;
    uint64_t id;
    struct concat_set *set;
    enum concat_end how;
    enum verdict v;
    bool has_last;
    struct dedup_key last;
};

static const struct concat_store_ops *ops;
static const struct dlv_conf *conf;
static int64_t (*clock_of)(struct db *db);

/* Claims of this process; the store's thread only. */
static struct {
    uint64_t *claim;
    unsigned n, due;
    int64_t renewed_ms;
    bool begun; /* those of a process before it are released */
} held;

static int64_t db_time(struct db *db)
{
    char sql[200];
    int64_t now;

    snprintf(sql, sizeof(sql), "SELECT %s", db_clock(db));
    return db_ask_int(db, sql, NULL, 0, 0, &now) == DB_OK ? now : 0;
}

void concat_store_init(const struct concat_store_ops *o,
                       const struct dlv_conf *c, int64_t (*clock)(struct db *))
{
    ops = o;
    conf = c;
    clock_of = clock != NULL ? clock : db_time;
    concat_store_fini();
}

void concat_store_fini(void)
{
    gw_free(held.claim);
    memset(&held, 0, sizeof(held));
}

/* Never 0, which is none. */
static uint64_t new_claim(void)
{
    uint64_t n;

    if (getrandom(&n, sizeof(n), 0) != sizeof(n))
        panic(0, "No random numbers from the kernel.");
    return (n >> 1) | 1;
}

static struct db_val key_val(const struct dedup_key *k)
{
    return db_blob(k->octet, KEY);
}

static struct db_val num(uint64_t n)
{
    return db_int((int64_t)n);
}

/* ---- rows ---- */

#define COLUMNS "k, vmn, sc, imsi, gt, network, version, route, tpdu, at_ms"

struct reading {
    struct concat_set *set;
    unsigned room;
    uint32_t tries;
};

static void copy(char *out, size_t size, const struct db_val *col)
{
    snprintf(out, size, "%s", col->p != NULL ? col->p : "");
}

static uint8_t network_of(const char *id)
{
    for (unsigned i = 0; i < conf->n_networks; i++)
        if (strcmp(conf->network[i].id, id) == 0)
            return (uint8_t)i;
    return UINT8_MAX;
}

static uint16_t route_of(const char *id)
{
    for (unsigned i = 0; i < conf->n_routes; i++)
        if (strcmp(conf->route[i].id, id) == 0)
            return (uint16_t)i;
    return HLR_ROUTE_NONE;
}

static void read_part(struct concat_part *p, const struct db_val *col)
{
    struct ss7_sms *m = &p->m;
    enum tpdu_mti mti;
    struct rd_err err;
    struct rd r;

    memset(p, 0, sizeof(*p));
    memcpy(p->key.octet, col[0].p, col[0].len < KEY ? col[0].len : KEY);
    copy(m->vmn, sizeof(m->vmn), &col[1]);
    copy(m->sc, sizeof(m->sc), &col[2]);
    copy(m->imsi, sizeof(m->imsi), &col[3]);
    copy(m->smsc_gt, sizeof(m->smsc_gt), &col[4]);
    m->network = network_of(col[5].p);
    m->version = (uint8_t)col[6].n;
    m->route = route_of(col[7].p);
    m->tpdu_len =
        (uint8_t)(col[8].len < MAP_TPDU_MAX ? col[8].len : MAP_TPDU_MAX);
    memcpy(m->tpdu, col[8].p, m->tpdu_len);
    m->received_ms = (uint64_t)col[9].n;
    r = rd_init(m->tpdu, m->tpdu_len, &err);
    /* it was read when it came: somebody's hand was in the table */
    if (!tpdu_mt_read(&r, &mti, &p->tpdu))
        error(0, "Store: a part for <+%s> cannot be read.", m->vmn);
}

static bool take_part(void *ctx, const struct db_val *col, unsigned n)
{
    struct reading *in = ctx;

    if (n != 11 || col[0].type != DB_BLOB || col[8].type != DB_BLOB)
        return true;
    if (in->set->n == in->room) {
        in->room *= 2;
        in->set = gw_realloc(in->set, sizeof(*in->set) +
                                          in->room * sizeof(*in->set->part));
    }
    read_part(&in->set->part[in->set->n++], col);
    in->set->tries = (uint32_t)col[10].n;
    return true;
}

/* The parts of a set, which is new and the caller's, whatever is returned. */
static enum db_rc read_set(struct db *db, const struct dedup_key *set_key,
                           uint64_t gen, struct concat_set **set)
{
    struct db_val arg[] = { key_val(set_key), num(gen) };
    struct reading in = { .room = 4 };
    enum db_rc rc;

    in.set = gw_malloc(sizeof(*in.set) + in.room * sizeof(*in.set->part));
    memset(in.set, 0, sizeof(*in.set));
    rc = db_ask(db,
                "SELECT " COLUMNS ", tries FROM part"
                " WHERE set_k = ? AND gen = ? ORDER BY no",
                arg, 2, take_part, &in);
    *set = in.set;
    return rc;
}

/* Nothing is added to it any more, and it is due. */
static enum db_rc close_set(struct db *db, const struct dedup_key *set_key,
                            int64_t now)
{
    struct db_val arg[] = { num(new_claim()), db_int(now), key_val(set_key) };

    return db_run(db,
                  "UPDATE part SET gen = ?, next_ms = ?"
                  " WHERE set_k = ? AND gen = 0",
                  arg, 3);
}

/*
 * All `n' parts or none: others may have been quicker. `gen' is what becomes
 * of an open set.
 */
static enum db_rc claim_set(struct db *db, const struct dedup_key *set_key,
                            uint64_t gen, struct concat_set *set, int64_t now)
{
    struct db_val arg[] = { num(set->claim),  db_int(now + CONCAT_LEASE_MS),
                            key_val(set_key), num(gen),
                            db_int(now),      num(set->claim) };
    enum db_rc rc;
    int64_t n;

    rc = db_run(db,
                "UPDATE part SET claim = ?, lease_ms = ?"
                " WHERE set_k = ? AND gen = ? AND (lease_ms <= ? OR claim = ?)",
                arg, 6);
    if (rc != DB_OK)
        return rc;
    n = db_changes(db);
    if (n == (int64_t)set->n)
        return DB_OK;
    /* some: another one changes it now, see what becomes of that */
    return n == 0 ? DB_TAKEN : DB_AGAIN;
}

/* ---- a part comes ---- */

static enum db_rc insert_part(struct db *db, const struct add *a, int64_t now)
{
    const struct ss7_sms *m = &a->part.m;
    const struct tpdu_concat *c = &a->part.tpdu.concat;
    bool named = m->network < conf->n_networks;
    struct db_val arg[] = {
        key_val(&a->part.key),
        key_val(&a->set_key),
        db_int(c->seq),
        db_int(c->max),
        db_text(m->vmn),
        db_text(m->sc),
        db_text(m->imsi),
        db_text(m->smsc_gt),
        db_text(named ? conf->network[m->network].id : ""),
        db_int(m->version),
        db_text(m->route < conf->n_routes ? conf->route[m->route].id : ""),
        db_blob(m->tpdu, m->tpdu_len),
        num(m->received_ms),
        db_int(now + (int64_t)conf->concat_timeout_s * 1000),
    };

    return db_run(db,
                  "INSERT INTO part (k, set_k, no, total, vmn, sc, imsi, gt,"
                  " network, version, route, tpdu, at_ms, next_ms)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  arg, sizeof(arg) / sizeof(arg[0]));
}

/*
 * Is it here already, or was it? Asked in this order: who ends it takes it out
 * of the one table and puts it into the other at once.
 */
static enum db_rc is_here(struct db *db, struct add *a, bool *is)
{
    struct db_val key = key_val(&a->part.key);
    int64_t gen, v = -1;
    enum db_rc rc;

    rc = db_ask_int(db, "SELECT gen FROM part WHERE k = ?", &key, 1, -1, &gen);
    if (rc == DB_OK && gen < 0 && !a->part.m.repeated)
        rc = db_ask_int(db, "SELECT verdict FROM dedup WHERE k = ?", &key, 1,
                        -1, &v);
    if (v >= 0)
        a->how = v == VERDICT_OK ? CONCAT_OK : CONCAT_REFUSED;
    *is = gen >= 0 || v >= 0;
    return rc;
}

/* First it is made durable, in the set that it fits into. */
static enum db_rc store_part(struct db *db, struct add *a, int64_t now)
{
    struct concat_set *set;
    enum db_rc rc;
    bool is;

    a->how = CONCAT_STORED;
    a->fresh = false;
    rc = is_here(db, a, &is);
    if (rc != DB_OK || is)
        return rc;
    rc = read_set(db, &a->set_key, 0, &set);
    if (rc == DB_OK && !concat_fits(set, &a->part))
        rc = close_set(db, &a->set_key, now);
    gw_free(set);
    if (rc == DB_OK)
        rc = insert_part(db, a, now);
    a->fresh = rc == DB_OK;
    /* another node was quicker, and is seen the next time */
    return rc == DB_TAKEN ? DB_AGAIN : rc;
}

static bool has(const struct concat_set *set, const struct dedup_key *key)
{
    for (unsigned i = 0; i < set->n; i++)
        if (memcmp(&set->part[i].key, key, KEY) == 0)
            return true;
    return false;
}

/* Then, in another transaction, its set is looked at. */
static enum db_rc look_at_set(struct db *db, struct add *a, int64_t now)
{
    enum db_rc rc = read_set(db, &a->set_key, 0, &a->set);

    a->how = CONCAT_STORED;
    /* closed meanwhile, or done with: then dedup_store knows */
    if (rc != DB_OK || !has(a->set, &a->part.key))
        return rc;
    switch (concat_is(a->set)) {
    case CONCAT_MISSING:
        return DB_OK;
    case CONCAT_UNLIKE:
        return close_set(db, &a->set_key, now);
    case CONCAT_WHOLE:
        break;
    }
    a->set->claim = a->claim;
    a->set->whole = true;
    rc = claim_set(db, &a->set_key, 0, a->set, now);
    if (rc == DB_OK)
        a->how = CONCAT_JOIN;
    else if (rc == DB_TAKEN && !a->fresh)
        a->how = CONCAT_ELSEWHERE;
    return rc == DB_TAKEN ? DB_OK : rc;
}

static void drop_set(struct add *a)
{
    gw_free(a->set);
    a->set = NULL;
}

static enum db_rc add_run(struct db *db, struct store_job *jobs)
{
    int64_t now = clock_of(db);
    enum db_rc rc = DB_OK;

    for (; jobs != NULL && rc == DB_OK; jobs = jobs->next) {
        struct add *a = (struct add *)jobs;

        drop_set(a);
        rc = a->stored ? look_at_set(db, a, now) : store_part(db, a, now);
        if (a->how != CONCAT_JOIN)
            drop_set(a);
    }
    return rc;
}

static void hold(uint64_t claim)
{
    held.claim = gw_realloc(held.claim, (held.n + 1) * sizeof(*held.claim));
    held.claim[held.n++] = claim;
}

static void let_go(uint64_t claim)
{
    for (unsigned i = 0; i < held.n; i++)
        if (held.claim[i] == claim) {
            held.claim[i] = held.claim[--held.n];
            return;
        }
}

static void add_end(struct store_job *job, enum store_end how)
{
    struct add *a = (struct add *)job;

    if (how == STORE_DONE && !a->stored && a->how == CONCAT_STORED) {
        a->stored = true;
        if (store_put(&a->job))
            return;
        how = STORE_FAILED;
    }
    if (how != STORE_DONE) {
        a->how = CONCAT_FAILED;
        drop_set(a);
    }
    if (a->how == CONCAT_JOIN)
        hold(a->claim);
    ops->added(a->id, a->how, a->set);
    gw_free(a);
}

static const struct store_kind add_kind = { .run = add_run, .end = add_end };

bool concat_store_add(const struct concat_part *p,
                      const struct dedup_key *set_key, uint64_t id)
{
    struct add *a = gw_malloc(sizeof(*a));

    *a = (struct add){ .job.kind = &add_kind,
                       .id = id,
                       .claim = new_claim(),
                       .set_key = *set_key,
                       .part = *p };
    if (store_put(&a->job))
        return true;
    gw_free(a);
    return false;
}

/* ---- a claim ends ---- */

static enum db_rc remember(struct db *db, const struct ending *e)
{
    const struct concat_set *set = e->set;
    unsigned i = e->how == CONCAT_END_ONE ? set->at : 0;
    unsigned end = e->how == CONCAT_END_ONE ? i + 1 : set->n;
    struct dedup_kept kept[KEPT];
    enum db_rc rc = DB_OK;

    while (i < end && rc == DB_OK) {
        unsigned n = 0;

        for (; i < end && n < KEPT; i++, n++) {
            kept[n].key = set->part[i].key;
            kept[n].v = e->v;
            /* acknowledged is acknowledged */
            if (e->has_last && memcmp(&kept[n].key, &e->last, KEY) != 0)
                kept[n].v = VERDICT_OK;
        }
        rc = dedup_store_write(db, kept, n);
    }
    return rc;
}

static enum db_rc end_one(struct db *db, const struct ending *e, int64_t now)
{
    const struct concat_set *set = e->set;
    struct db_val claim = num(set->claim);
    struct db_val one[] = { key_val(&set->part[set->at].key), claim };
    struct db_val later[] = { db_int(now + concat_backoff_ms(set->tries)),
                              claim };
    enum db_rc rc;

    switch (e->how) {
    case CONCAT_END_RELEASE:
        return db_run(db,
                      "UPDATE part SET claim = 0, lease_ms = 0"
                      " WHERE claim = ?",
                      &claim, 1);
    case CONCAT_END_LATER:
        return db_run(db,
                      "UPDATE part SET claim = 0, lease_ms = 0,"
                      " tries = tries + 1, next_ms = ? WHERE claim = ?",
                      later, 2);
    case CONCAT_END_ONE:
        rc = db_run(db, "DELETE FROM part WHERE k = ? AND claim = ?", one, 2);
        break;
    default:
        rc = db_run(db, "DELETE FROM part WHERE claim = ?", &claim, 1);
        break;
    }
    return rc == DB_OK ? remember(db, e) : rc;
}

static enum db_rc end_run(struct db *db, struct store_job *jobs)
{
    int64_t now = clock_of(db);
    enum db_rc rc = DB_OK;

    for (; jobs != NULL && rc == DB_OK; jobs = jobs->next)
        rc = end_one(db, (struct ending *)jobs, now);
    return rc;
}

static void end_end(struct store_job *job, enum store_end how)
{
    struct ending *e = (struct ending *)job;
    bool decides = e->how == CONCAT_END_ALL || e->how == CONCAT_END_ONE;
    struct concat_set *set = e->set;

    if (how == STORE_LATE) {
        if (decides)
            ops->ended(e->id, how, NULL);
        return;
    }
    if (e->how == CONCAT_END_ONE && ++set->at < set->n) {
        ops->ended(e->id, how, set);
    } else {
        let_go(set->claim);
        held.due -= set->due;
        gw_free(set);
        if (decides)
            ops->ended(e->id, how, NULL);
    }
    gw_free(e);
}

static const struct store_kind end_kind = {
    .run = end_run, .end = end_end, .waits = true, .always = true
};

bool concat_store_end(struct concat_set *set, enum concat_end how,
                      enum verdict v, const struct dedup_key *last, uint64_t id)
{
    struct ending *e = gw_malloc(sizeof(*e));

    *e = (struct ending){ .job.kind = &end_kind,
                          .id = id,
                          .set = set,
                          .how = how,
                          .v = v,
                          .has_last = last != NULL };
    if (last != NULL)
        e->last = *last;
    if (store_put(&e->job))
        return true;
    gw_free(set);
    gw_free(e);
    return false;
}

/* ---- what is due ---- */

struct due {
    struct dedup_key set_key;
    uint64_t gen;
    int64_t now;
    struct concat_set *set;
};

struct dues {
    struct due due[CONCAT_DUE_MAX];
    unsigned n;
};

static bool take_due(void *ctx, const struct db_val *col, unsigned n)
{
    struct dues *d = ctx;

    if (n < 2 || col[0].len != KEY || d->n == CONCAT_DUE_MAX)
        return true;
    memcpy(d->due[d->n].set_key.octet, col[0].p, KEY);
    d->due[d->n++].gen = (uint64_t)col[1].n;
    return true;
}

/* A set whose time is over is closed: what comes now is another message. */
static enum db_rc claim_due(struct db *db, void *ctx)
{
    struct due *d = ctx;
    struct db_val arg[] = { num(d->gen), key_val(&d->set_key), db_int(d->now) };
    enum db_rc rc = DB_OK;

    gw_free(d->set);
    d->set = NULL;
    if (d->gen == 0) {
        arg[0] = num(new_claim());
        rc = db_run(db,
                    "UPDATE part SET gen = ? WHERE set_k = ? AND gen = 0"
                    " AND lease_ms <= ?",
                    arg, 3);
    }
    if (rc == DB_OK)
        rc = read_set(db, &d->set_key, (uint64_t)arg[0].n, &d->set);
    if (rc != DB_OK)
        return rc;
    if (d->set->n == 0)
        return DB_TAKEN;
    d->set->claim = new_claim();
    d->set->due = true;
    d->set->whole = concat_is(d->set) == CONCAT_WHOLE;
    return claim_set(db, &d->set_key, (uint64_t)arg[0].n, d->set, d->now);
}

static bool find_due(struct db *db, int64_t now)
{
    unsigned room = CONCAT_DUE_MAX - held.due;
    struct dues d = { .n = 0 };
    struct db_val arg[] = { db_int(now), db_int(now), db_int(room) };

    if (room == 0)
        return false;
    if (db_ask(db,
               "SELECT set_k, gen, min(next_ms) FROM part"
               " WHERE next_ms <= ? AND lease_ms <= ?"
               " GROUP BY set_k, gen ORDER BY min(next_ms) LIMIT ?",
               arg, 3, take_due, &d) != DB_OK)
        return false;
    for (unsigned i = 0; i < d.n; i++) {
        d.due[i].now = now;
        d.due[i].set = NULL;
        if (db_transaction(db, true, claim_due, &d.due[i]) == DB_OK) {
            hold(d.due[i].set->claim);
            held.due++;
            ops->due(d.due[i].set);
        } else {
            gw_free(d.due[i].set);
        }
    }
    return d.n == room;
}

/* A file is one process's: whoever had claims in it has ended. If we have some
 * already (it failed before), the others end by time. */
static bool begin(struct db *db)
{
    int64_t n = 0;

    if (db_kind(db) == DB_SQLITE && held.n == 0 &&
        db_run(db, "UPDATE part SET claim = 0, lease_ms = 0 WHERE claim <> 0",
               NULL, 0) != DB_OK)
        return false;
    if (db_ask_int(db, "SELECT count(*) FROM part", NULL, 0, 0, &n) != DB_OK)
        return false;
    if (n > 0)
        info(0, "Store: %lld parts of messages wait for others.", (long long)n);
    held.begun = true;
    return true;
}

static void renew(struct db *db, int64_t now)
{
    if (now - held.renewed_ms < CONCAT_LEASE_MS / 3)
        return;
    held.renewed_ms = now;
    for (unsigned i = 0; i < held.n; i++) {
        struct db_val arg[] = { db_int(now + CONCAT_LEASE_MS),
                                num(held.claim[i]) };

        if (db_run(db, "UPDATE part SET lease_ms = ? WHERE claim = ?", arg,
                   2) != DB_OK)
            return;
    }
}

bool concat_store_tick(struct db *db)
{
    int64_t now = clock_of(db);

    if (now == 0 || (!held.begun && !begin(db)))
        return false;
    renew(db, now);
    return find_due(db, now);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_world.c - a register and an SS7 thread for tests of the loader
 */

#include "hlr_world.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, STEPS = 64, MANY = 5000 };

struct entry {
    bool there;
    struct hlr_stored s;
};
struct told {
    char first[HLR_MSISDN_MAX + 1], last[HLR_MSISDN_MAX + 1];
    unsigned row; /* of the array */
    bool all;
};

struct world_faults world;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry rows[WORLD_ROWS];
static struct told journal[WORLD_ROWS];
static unsigned n_rows, n_journal, marked;
static atomic_uint tables, loads, keys;

/* the SS7 thread's */
static struct hlr_table *table;
static struct hlr_batch *first, **end = &first;
static size_t octets;
static atomic_bool grew, ended;
static long thread;

/* ---- the register ---- */

static void *world_open_(const struct hlr_conf *conf, bool *wait, char *why,
                         size_t size)
{
    (void)conf;
    *wait = !atomic_load(&world.refuses);
    snprintf(why, size, "it cannot be opened");
    if (atomic_load(&world.refuses) || atomic_load(&world.away))
        return NULL;
    return &world;
}

static void world_close_(void *self)
{
    (void)self;
}

static int is_away(char *why, size_t size)
{
    snprintf(why, size, "it is away");
    return atomic_load(&world.away) ? -1 : 0;
}

static int world_count(void *self, uint64_t *n, char *why, size_t size)
{
    (void)self;
    pthread_mutex_lock(&lock);
    *n = n_rows;
    pthread_mutex_unlock(&lock);
    return is_away(why, size);
}

static bool row_at(unsigned i, struct hlr_stored *s)
{
    bool there;

    pthread_mutex_lock(&lock);
    there = i < n_rows;
    if (there)
        *s = rows[i].s;
    there = there && rows[i].there;
    pthread_mutex_unlock(&lock);
    return there;
}

static int world_load(void *self, reg_row *row, void *ctx, char *why,
                      size_t size)
{
    unsigned n;

    (void)self;
    if (is_away(why, size) < 0)
        return -1;
    atomic_fetch_add(&loads, 1);
    pthread_mutex_lock(&lock);
    marked = n_journal;
    n = n_rows;
    pthread_mutex_unlock(&lock);
    for (unsigned i = 0; i < n; i++) {
        struct hlr_stored s;

        while (atomic_load(&world.hold_at) == (int)i)
            usleep(1000);
        if (atomic_load(&world.torn_at) == (int)i) {
            snprintf(why, size, "the connection is lost");
            return -1;
        }
        if (row_at(i, &s) && !row(ctx, &s))
            break;
    }
    return 0;
}

static unsigned find(const char *from, const char *to)
{
    unsigned i = 0;

    while (i < n_rows && (strcmp(rows[i].s.row.first, from) != 0 ||
                          strcmp(rows[i].s.row.last, to) != 0))
        i++;
    return i;
}

/* What the register says now of the rows that the journal names. */
static int world_follow(void *self, uint64_t now_ms,
                        bool (*change)(void *ctx, const struct hlr_change *c),
                        void *ctx, char *why, size_t size)
{
    (void)self, (void)now_ms;
    if (is_away(why, size) < 0)
        return -1;
    for (;;) {
        struct hlr_stored s = { .network = "" };
        struct hlr_change c = { .what = HLR_DEL, .s = &s };
        struct told t;
        bool more;

        pthread_mutex_lock(&lock);
        more = marked < n_journal;
        if (more) {
            t = journal[marked++];
            strcpy(s.row.first, t.first);
            strcpy(s.row.last, t.last);
            if (t.all)
                c.what = HLR_ALL;
            else if (t.row < n_rows && rows[t.row].there)
                c.what = HLR_PUT, s = rows[t.row].s;
        }
        pthread_mutex_unlock(&lock);
        if (!more)
            return 0;
        if (!change(ctx, &c))
            return 0;
    }
}

static struct reg *world_reg(void *self)
{
    (void)self;
    return NULL;
}

const struct hlr_backend world_backend = {
    .name = "test",
    .open = world_open_,
    .close = world_close_,
    .count = world_count,
    .load = world_load,
    .follow = world_follow,
    .reg = world_reg,
};

/* Where it is now. Of very many, each is put once. */
static unsigned put(const char *from, const char *to, const char *imsi,
                    const char *route)
{
    unsigned i = n_rows > MANY ? n_rows : find(from, to);
    struct hlr_stored *s = &rows[i].s;

    if (i == n_rows)
        n_rows++;
    *s = (struct hlr_stored){ .row = { .status = HLR_ACTIVE } };
    strcpy(s->row.first, from);
    strcpy(s->row.last, to);
    strcpy(s->row.imsi, imsi);
    strcpy(s->route, route);
    rows[i].there = true;
    return i;
}

static void tell(const char *from, const char *to, unsigned row, bool all)
{
    struct told *t = &journal[n_journal++];

    strcpy(t->first, from);
    strcpy(t->last, to);
    t->row = row;
    t->all = all;
}

void world_put(const char *from, const char *to, const char *imsi,
               const char *route)
{
    pthread_mutex_lock(&lock);
    tell(from, to, put(from, to, imsi, route), false);
    pthread_mutex_unlock(&lock);
}

void world_put_unseen(const char *from, const char *to, const char *imsi)
{
    pthread_mutex_lock(&lock);
    put(from, to, imsi, "");
    pthread_mutex_unlock(&lock);
}

void world_del(const char *from, const char *to)
{
    unsigned i;

    pthread_mutex_lock(&lock);
    i = find(from, to);
    if (i < n_rows)
        rows[i].there = false;
    tell(from, to, i, false);
    pthread_mutex_unlock(&lock);
}

void world_tell_all(void)
{
    pthread_mutex_lock(&lock);
    tell("", "", 0, true);
    pthread_mutex_unlock(&lock);
}

void world_clear(void)
{
    n_rows = n_journal = marked = 0;
    memset(rows, 0, sizeof(rows));
}

/* ---- the SS7 thread ---- */

static bool has_room(void)
{
    if (atomic_load(&world.full) <= 0)
        return true;
    atomic_fetch_sub(&world.full, 1);
    return false;
}

static bool out_table(struct hlr_table *t)
{
    if (!has_room())
        return false;
    pthread_mutex_lock(&lock);
    /* no table while a batch of the last is out */
    if (first != NULL)
        atomic_store(&grew, true);
    hlr_retired(table);
    table = t;
    octets = hlr_table_octets(t);
    atomic_fetch_add(&tables, 1);
    pthread_mutex_unlock(&lock);
    return true;
}

static bool out_batch(struct hlr_batch *b)
{
    if (!has_room())
        return false;
    pthread_mutex_lock(&lock);
    b->next = NULL;
    *end = b;
    end = &b->next;
    pthread_mutex_unlock(&lock);
    return true;
}

static bool out_nodes(const struct hlr_nodes *nodes)
{
    (void)nodes;
    return true;
}

static bool out_keys(const struct corr_keys *k)
{
    atomic_store(&keys, k->n);
    return true;
}

const struct hlr_out world_out = {
    .table = out_table,
    .batch = out_batch,
    .nodes = out_nodes,
    .keys = out_keys,
};

static bool take_some(void)
{
    struct hlr_batch *b;

    pthread_mutex_lock(&lock);
    b = first;
    if (b == NULL || atomic_load(&world.still)) {
        pthread_mutex_unlock(&lock);
        return false;
    }
    hlr_batch_apply(b, table, STEPS);
    if (hlr_table_octets(table) != octets)
        atomic_store(&grew, true);
    if (hlr_batch_applied(b)) {
        first = b->next;
        if (first == NULL)
            end = &first;
        hlr_batch_done(b);
    }
    pthread_mutex_unlock(&lock);
    return true;
}

static void run(void *arg)
{
    (void)arg;
    while (!atomic_load(&ended))
        if (!take_some())
            usleep(200);
}

bool world_find(const char *msisdn, struct hlr_entry *e)
{
    bool found;

    pthread_mutex_lock(&lock);
    found = table != NULL && hlr_find_msisdn(table, msisdn, e);
    pthread_mutex_unlock(&lock);
    return found;
}

bool world_find_imsi(const char *imsi, struct hlr_entry *e)
{
    bool found;

    pthread_mutex_lock(&lock);
    found = table != NULL && hlr_find_imsi(table, imsi, e);
    pthread_mutex_unlock(&lock);
    return found;
}

bool world_complete(void)
{
    bool complete;

    pthread_mutex_lock(&lock);
    complete = table != NULL && hlr_table_complete(table);
    pthread_mutex_unlock(&lock);
    return complete;
}

size_t world_rows(void)
{
    size_t n;

    pthread_mutex_lock(&lock);
    n = table != NULL ? hlr_table_rows(table) : 0;
    pthread_mutex_unlock(&lock);
    return n;
}

unsigned world_tables(void)
{
    return atomic_load(&tables);
}

bool world_grew(void)
{
    return atomic_load(&grew);
}

unsigned world_loads(void)
{
    return atomic_load(&loads);
}

unsigned world_keys(void)
{
    return atomic_load(&keys);
}

bool world_comes(bool (*what)(void))
{
    for (int ms = 0; ms < PATIENCE_MS; ms++) {
        if (what())
            return true;
        usleep(1000);
    }
    return false;
}

void world_open(void)
{
    world_clear();
    atomic_store(&world.away, false);
    atomic_store(&world.refuses, false);
    atomic_store(&world.still, false);
    atomic_store(&world.torn_at, -1);
    atomic_store(&world.hold_at, -1);
    atomic_store(&world.full, 0);
    atomic_store(&tables, 0);
    atomic_store(&loads, 0);
    atomic_store(&keys, 0);
    atomic_store(&grew, false);
    atomic_store(&ended, false);
    thread = gwthread_create(run, NULL);
}

void world_close(void)
{
    atomic_store(&ended, true);
    gwthread_join(thread);
    while (first != NULL) {
        struct hlr_batch *b = first;

        first = b->next;
        hlr_batch_free(b);
    }
    end = &first;
    hlr_table_free(table);
    table = NULL;
}

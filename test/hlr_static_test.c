/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_static_test.c - ranges of the configuration become rows of the table
 */

#include "check.h"
#include "hlr/hlr_build.h"

static const char routes[][32] = { "zebra", "apple", "mango" };
static const struct hlr_stored ranges[] = {
    { .row = { .first = "447700900100",
               .last = "447700900199",
               .status = HLR_ACTIVE } },
    { .row = { .first = "4915000100",
               .last = "4915000100",
               .imsi = "262010000000001",
               .status = HLR_BARRED },
      .network = "away",
      .route = "mango" },
};
static const struct hlr_stored wrong_ranges[] = {
    { .row = { .first = "447", .last = "447", .status = HLR_ACTIVE },
      .network = "nowhere" },
    { .row = { .first = "448", .last = "448", .status = HLR_ACTIVE },
      .route = "kiwi" },
    { .row = { .first = "44", .last = "449", .status = HLR_ACTIVE } },
    { .row = { .first = "449", .last = "449", .status = HLR_ACTIVE } },
};

static struct hlr_conf conf = {
    .backend = &hlr_static,
    .networks = 2,
    .network_id = { "home", "away" },
    .mccmnc = { "23415", "26201" },
    .routes = 3,
    .route_id = routes,
    .ranges = 2,
    .range = ranges,
};

struct loaded {
    struct hlr_build *names;
    struct hlr_table *table;
    const char *why[8];
    unsigned n, stop_after;
};

static bool take(void *ctx, const struct hlr_stored *s)
{
    struct loaded *l = ctx;
    struct hlr_row row;
    const char *why = hlr_build_row(l->names, s, &row);

    if (why == NULL)
        why = hlr_put(l->table, &row);
    else
        hlr_put(l->table, &row);
    l->why[l->n++] = why;
    return l->n != l->stop_after;
}

static void load(const struct hlr_conf *c, struct loaded *l)
{
    char why[200];
    bool wait;
    void *self = c->backend->open(c, &wait, why, sizeof(why));
    uint64_t n;

    l->names = hlr_build_new(c);
    l->table = hlr_table_new(c->mccmnc, c->networks, 0);
    CHECK(c->backend->count(self, &n, why, sizeof(why)) == 0);
    CHECK(n == c->ranges && c->backend->reg(self) == NULL);
    CHECK(c->backend->load(self, take, l, why, sizeof(why)) == 0);
    CHECK(c->backend->follow(self, 0, NULL, NULL, why, sizeof(why)) == 0);
    c->backend->close(self);
    hlr_build_free(l->names);
}

static void names_become_indexes(void)
{
    struct loaded l = { .n = 0 };
    struct hlr_entry e;

    load(&conf, &l);
    CHECK(l.n == 2 && l.why[0] == NULL && l.why[1] == NULL);
    CHECK(hlr_find_msisdn(l.table, "447700900123", &e));
    CHECK(e.network == 0 && e.route == HLR_ROUTE_NONE);
    CHECK(e.status == HLR_ACTIVE);
    CHECK(strcmp(e.imsi, "234157700900123") == 0);
    CHECK(hlr_find_imsi(l.table, "262010000000001", &e));
    CHECK(e.network == 1 && e.route == 2 && e.status == HLR_BARRED);
    hlr_table_free(l.table);
}

static bool is_unusable(const struct hlr_table *t, const char *number)
{
    struct hlr_entry e;

    return hlr_find_msisdn(t, number, &e) && e.status == HLR_UNUSABLE;
}

static void every_wrong_row_is_told(void)
{
    struct hlr_conf c = conf;
    struct loaded l = { .n = 0 };

    c.range = wrong_ranges;
    c.ranges = 4;
    load(&c, &l);
    CHECK(l.n == 4 && l.why[3] == NULL);
    CHECK(strcmp(l.why[0], "there is no such network") == 0);
    CHECK(strcmp(l.why[1], "there is no such route") == 0);
    CHECK(strstr(l.why[2], "not as long as the first") != NULL);
    CHECK(is_unusable(l.table, "447") && is_unusable(l.table, "448"));
    CHECK(hlr_table_rows(l.table) == 3);
    hlr_table_free(l.table);
}

static void without_routes_any_name_will_do(void)
{
    struct hlr_conf c = conf;
    struct loaded l = { .n = 0 };
    struct hlr_entry e;

    c.routes = 0;
    load(&c, &l);
    CHECK(l.why[1] == NULL && hlr_find_msisdn(l.table, "4915000100", &e));
    CHECK(e.route == HLR_ROUTE_NONE);
    hlr_table_free(l.table);
}

static void ends_when_it_is_told_to(void)
{
    struct loaded l = { .stop_after = 1 };

    load(&conf, &l);
    CHECK(l.n == 1);
    hlr_table_free(l.table);
}

int main(void)
{
    names_become_indexes();
    every_wrong_row_is_told();
    without_routes_any_name_will_do();
    ends_when_it_is_told_to();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_static_test.c - ranges of the configuration become a table
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

static char told[2000];

static void tell(void *ctx, const char *line)
{
    size_t n = strlen(told);

    (void)ctx;
    snprintf(told + n, sizeof(told) - n, "%s\n", line);
}

static struct hlr_table *load(const struct hlr_conf *c, char *why, size_t size)
{
    struct hlr_build *b = hlr_build_new(c, tell, NULL);
    void *self = c->backend->open(c, why, size);

    told[0] = '\0';
    CHECK(self != NULL && !c->backend->changed(self));
    CHECK(hlr_build_load(b, c->backend, self, why, size) == 0);
    c->backend->close(self);
    return hlr_build_end(b, why, size);
}

static void names_become_indexes(void)
{
    char why[200];
    struct hlr_table *t = load(&conf, why, sizeof(why));
    struct hlr_entry e;

    CHECK(t != NULL && told[0] == '\0');
    CHECK(hlr_find_msisdn(t, "447700900123", &e));
    CHECK(e.network == 0 && e.route == HLR_ROUTE_NONE);
    CHECK(e.status == HLR_ACTIVE);
    CHECK(strcmp(e.imsi, "234157700900123") == 0);
    CHECK(hlr_find_imsi(t, "262010000000001", &e));
    CHECK(e.network == 1 && e.route == 2 && e.status == HLR_BARRED);
    hlr_table_free(t);
}

static void every_wrong_row_is_told(void)
{
    struct hlr_conf c = conf;
    char why[200];

    c.range = wrong_ranges;
    c.ranges = 4;
    CHECK(load(&c, why, sizeof(why)) == NULL);
    CHECK(strcmp(why, "3 rows of the register cannot be used") == 0);
    CHECK(strcmp(told, "row: 447: there is no such network <nowhere>\n"
                       "row: 448: there is no such route <kiwi>\n"
                       "row: 44 to 449: the last number is not as long as "
                       "the first, or less\n") == 0);
}

static void without_routes_any_name_will_do(void)
{
    struct hlr_conf c = conf;
    struct hlr_table *t;
    struct hlr_entry e;
    char why[200];

    c.routes = 0;
    t = load(&c, why, sizeof(why));
    CHECK(t != NULL && hlr_find_msisdn(t, "4915000100", &e));
    CHECK(t != NULL && e.route == HLR_ROUTE_NONE);
    hlr_table_free(t);
}

int main(void)
{
    names_become_indexes();
    every_wrong_row_is_told();
    without_routes_any_name_will_do();
    return CHECK_DONE();
}

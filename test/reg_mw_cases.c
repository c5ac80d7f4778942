/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reg_mw_cases.c - message waiting data in every database; time is virtual
 */

#include "reg_cases.h"

#include "check.h"
#include "hlr/reg_mw.h"

#include <pthread.h>

enum { MAX = 5, MANY = 40 };

static struct db *(*open_db)(void);
static struct reg *a, *b; /* two nodes */
static int64_t now;
static unsigned full;

static void fresh(void)
{
    reg_case_empty(a);
    CHECK(db_run(reg_db(a), "DELETE FROM mw", NULL, 0) == DB_OK);
    CHECK(db_run(reg_db(a), "DELETE FROM node_route", NULL, 0) == DB_OK);
    CHECK(db_run(reg_db(a), "UPDATE lease SET until_ms = 0", NULL, 0) == DB_OK);
    now = 1000000;
}

static struct reg_waiting waiting(const char *msisdn, const char *sc)
{
    struct reg_waiting w = { .network = "home", .route = "apps", .reason = 1 };

    strcpy(w.msisdn, msisdn);
    strcpy(w.sc, sc);
    return w;
}

static enum db_rc put(const char *msisdn, const char *sc)
{
    struct reg_waiting w = waiting(msisdn, sc);

    return reg_mw_put(a, &w, 1, MAX, now, &full);
}

static int64_t count(void)
{
    int64_t n = -1;

    CHECK(reg_mw_count(a, &n) == DB_OK);
    return n;
}

static struct reg_mw_do todo[MANY];

static unsigned due(void)
{
    unsigned n = 0;

    CHECK(reg_mw_due(a, "apps", now, todo, MANY, &n) == DB_OK);
    return n;
}

static bool get(struct reg *r, const char *node, struct reg_mw_do what)
{
    what.what = REG_MW_CLAIM;
    CHECK(reg_mw_apply(r, node, &what, 1, now) == DB_OK);
    return what.what == REG_MW_CLAIM;
}

static void settle(struct reg_mw_do what, enum reg_mw_what kind, int64_t at_ms)
{
    what.what = kind;
    what.at_ms = at_ms;
    CHECK(reg_mw_apply(a, "a", &what, 1, now) == DB_OK);
}

static void keeps_who_waits(void)
{
    fresh();
    CHECK(put("447700900123", "447700910001") == DB_OK && full == 0);
    CHECK(due() == 0); /* it has just failed */
    now += REG_MW_SETTLE_MS;
    CHECK(due() == 1);
    CHECK(strcmp(todo[0].w.network, "home") == 0);
    CHECK(strcmp(todo[0].w.msisdn, "447700900123") == 0);
    CHECK(strcmp(todo[0].w.sc, "447700910001") == 0);
    CHECK(todo[0].w.reason == 1 && todo[0].w.tries == 0);
    CHECK(put("447700900123", "447700910001") == DB_OK);
    CHECK(count() == 1 && due() == 0);
    CHECK(reg_mw_due(a, "other", now + 60000, todo, MANY, &full) == DB_OK);
    CHECK(full == 0);
}

static void takes_no_more_than_its_bound(void)
{
    char sc[16];

    fresh();
    for (unsigned i = 0; i <= MAX; i++) {
        snprintf(sc, sizeof(sc), "44770091000%u", i);
        CHECK(put("447700900123", sc) == DB_OK && full == (i == MAX));
    }
    CHECK(count() == MAX);
    CHECK(put("447700900123", "447700910000") == DB_OK && full == 0);
}

static void a_delivery_ends_the_wait_and_hurries_others(void)
{
    struct reg_waiting w = waiting("447700900123", "447700910001");

    fresh();
    put("447700900123", "447700910001");
    put("447700900123", "447700910002");
    put("447700900124", "447700910001");
    CHECK(reg_mw_delivered(b, &w, now) == DB_OK);
    CHECK(count() == 2 && due() == 1);
    CHECK(strcmp(todo[0].w.sc, "447700910002") == 0);
}

static void one_node_leads(void)
{
    bool leads;

    fresh();
    CHECK(reg_mw_lead(a, "a", now, &leads) == DB_OK && leads);
    CHECK(reg_mw_lead(b, "b", now, &leads) == DB_OK && !leads);
    now += REG_MW_LEASE_MS;
    CHECK(reg_mw_lead(a, "a", now, &leads) == DB_OK && leads);
    now += REG_MW_LEASE_MS - 1;
    CHECK(reg_mw_lead(b, "b", now, &leads) == DB_OK && !leads);
    now += 2; /* a is dead */
    CHECK(reg_mw_lead(b, "b", now, &leads) == DB_OK && leads);
    CHECK(reg_mw_lead(a, "a", now, &leads) == DB_OK && !leads);
    CHECK(reg_mw_lead_no_more(b, "b") == DB_OK);
    CHECK(reg_mw_lead(a, "a", now, &leads) == DB_OK && leads);
}

static void one_node_sends(void)
{
    struct reg_mw_do row;

    fresh();
    put("447700900123", "447700910001");
    now += REG_MW_SETTLE_MS;
    CHECK(due() == 1);
    row = todo[0];
    CHECK(get(a, "a", row));
    CHECK(get(a, "a", row)); /* as after a commit nobody heard of */
    CHECK(!get(b, "b", row) && due() == 0);
    now += REG_MW_CLAIM_MS;
    CHECK(due() == 1 && get(b, "b", todo[0])); /* a left it */
    CHECK(!get(a, "a", row));
    settle(row, REG_MW_DONE, 0);
    CHECK(count() == 0);
}

struct claimer {
    struct reg *r;
    const char *name;
    struct reg_mw_do row[MANY];
    unsigned got;
};

static void *claim_all(void *arg)
{
    struct claimer *c = arg;

    for (unsigned i = 0; i < MANY; i++) {
        c->row[i].what = REG_MW_CLAIM;
        CHECK(reg_mw_apply(c->r, c->name, &c->row[i], 1, now) == DB_OK);
        c->got += c->row[i].what == REG_MW_CLAIM;
    }
    return NULL;
}

static void two_nodes_at_once_share_them(void)
{
    struct reg_waiting w = waiting("447700900123", "");
    struct claimer one = { .r = a, .name = "a" }, two = { .r = b, .name = "b" };
    pthread_t thread;

    fresh();
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(w.sc, sizeof(w.sc), "4477009100%02u", i);
        CHECK(reg_mw_put(a, &w, 1, MANY, now, &full) == DB_OK);
    }
    now += REG_MW_SETTLE_MS;
    CHECK(due() == MANY);
    memcpy(one.row, todo, sizeof(todo));
    memcpy(two.row, todo, sizeof(todo));
    pthread_create(&thread, NULL, claim_all, &two);
    claim_all(&one);
    pthread_join(thread, NULL);
    CHECK(one.got + two.got == MANY);
}

static void what_was_put_on_again_stays(void)
{
    struct reg_mw_do row;

    fresh();
    put("447700900123", "447700910001");
    now += REG_MW_SETTLE_MS;
    due();
    row = todo[0];
    CHECK(get(a, "a", row));
    now += 1;
    put("447700900123", "447700910001");
    settle(row, REG_MW_DONE, 0);
    CHECK(count() == 1);
    settle(row, REG_MW_AGAIN, now + 1);
    now += REG_MW_SETTLE_MS;
    CHECK(due() == 1 && todo[0].w.tries == 0);
    CHECK(!get(a, "a", row)); /* of before */
}

static void what_failed_is_due_again_later(void)
{
    fresh();
    put("447700900123", "447700910001");
    now += REG_MW_SETTLE_MS;
    due();
    CHECK(get(a, "a", todo[0]));
    settle(todo[0], REG_MW_AGAIN, now + 30000);
    now += 29999;
    CHECK(due() == 0);
    now += 1;
    CHECK(due() == 1 && todo[0].w.tries == 1);
    settle(todo[0], REG_MW_LATER, now + 100); /* its turn has not come */
    now += 100;
    CHECK(due() == 1 && todo[0].w.tries == 1);
}

static bool heard_up;
static unsigned heard;

static bool hear(void *ctx, const struct reg_route *r)
{
    (void)ctx;
    CHECK(strcmp(r->id, "apps") == 0);
    heard_up = r->up;
    heard++;
    return true;
}

static bool is_up_for(const char *node)
{
    heard = 0;
    heard_up = false;
    CHECK(reg_route_others(b, node, now, hear, NULL) == DB_OK);
    return heard_up;
}

static void applications_of_others_are_known(void)
{
    struct reg_route up = { "apps", true }, down = { "apps", false };

    fresh();
    CHECK(!is_up_for("b") && heard == 0);
    CHECK(reg_route_beat(a, "a", &down, 1, now) == DB_OK);
    CHECK(!is_up_for("b") && heard == 1);
    CHECK(reg_route_beat(a, "a", &up, 1, now) == DB_OK);
    CHECK(reg_route_beat(a, "c", &down, 1, now) == DB_OK);
    CHECK(is_up_for("b") && heard == 1 && !is_up_for("a"));
    now += REG_ROUTE_DEAD_MS;
    CHECK(!is_up_for("b")); /* it is dead */
    CHECK(reg_route_beat(a, "a", &up, 1, now) == DB_OK && is_up_for("b"));
    CHECK(reg_route_beat(a, "a", NULL, 0, now) == DB_OK);
    CHECK(!is_up_for("b") && heard == 1);
}

static bool list_one(void *ctx, const struct reg_waiting *w)
{
    (void)w;
    return ++*(unsigned *)ctx < 2;
}

static void people_list_and_delete_them(void)
{
    struct reg_mw_filter f = { .msisdn = "447700900123" };
    unsigned n = 0;
    int64_t gone;

    fresh();
    put("447700900123", "447700910001");
    put("447700900123", "447700910002");
    put("447700900124", "447700910001");
    CHECK(reg_mw_list(a, &f, list_one, &n) == DB_OK && n == 2);
    strcpy(f.sc, "447700910002");
    n = 0;
    CHECK(reg_mw_list(a, &f, list_one, &n) == DB_OK && n == 1);
    CHECK(reg_mw_del(a, &f, "test", &gone) == DB_OK && gone == 1);
    CHECK(reg_mw_del(a, &f, "test", &gone) == DB_OK && gone == 0);
    CHECK(count() == 2);
    CHECK(reg_case_count(a, "SELECT count(*) FROM audit") == 1);
    CHECK(reg_mw_prune(a, now + 1, &gone) == DB_OK && gone == 2);
}

static void finds_the_route_of_a_number(void)
{
    struct hlr_stored range = reg_case_row("447700900100-447700900199");
    struct hlr_stored one = reg_case_row("447700900123");
    char route[REG_NAME_MAX + 1];

    fresh();
    strcpy(range.route, "many");
    strcpy(one.route, "one");
    CHECK(reg_put(a, &range, REG_ADD, "test") == DB_OK);
    CHECK(reg_put(a, &one, REG_ADD, "test") == DB_OK);
    CHECK(reg_mw_route(a, "447700900123", route) == DB_OK);
    CHECK(strcmp(route, "one") == 0);
    CHECK(reg_mw_route(a, "447700900124", route) == DB_OK);
    CHECK(strcmp(route, "many") == 0);
    CHECK(reg_mw_route(a, "447700900224", route) == DB_OK);
    CHECK(route[0] == '\0');
}

int reg_mw_cases(struct db *(*open_one)(void))
{
    open_db = open_one;
    a = reg_case_open(open_db);
    b = reg_case_open(open_db);
    CHECK(a != NULL && b != NULL);
    if (a == NULL || b == NULL)
        return check_failures;
    SHOWS("HL-09", keeps_who_waits);
    SHOWS("HL-09", takes_no_more_than_its_bound);
    SHOWS("HL-09", a_delivery_ends_the_wait_and_hurries_others);
    SHOWS("HL-10", one_node_leads);
    SHOWS("HL-10", one_node_sends);
    two_nodes_at_once_share_them();
    what_was_put_on_again_stays();
    what_failed_is_due_again_later();
    SHOWS("HL-08", applications_of_others_are_known);
    people_list_and_delete_them();
    finds_the_route_of_a_number();
    fresh();
    reg_free(a);
    reg_free(b);
    return check_failures;
}

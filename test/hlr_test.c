/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_test.c - the loader: loads, follows, reloads, and goes on without
 *
 * The loader polls by the clock, every few milliseconds; the test waits for
 * what must come, not for a time.
 */

#include "check.h"
#include "hlr_world.h"

#include <gwlib/gwlib.h>
#include <unistd.h>

static const char routes[2][32] = { "shop", "bank" };
static struct hlr_conf conf = {
    .backend = &world_backend,
    .poll_ms = 5,
    .snapshot_s = 0,
    .networks = 1,
    .network_id = { "home" },
    .mccmnc = { "23415" },
    .routes = 2,
    .route_id = routes,
};
static char why[300];
static struct hlr_entry e;

static const char *number(unsigned i)
{
    static char text[16];

    snprintf(text, sizeof(text), "4477%08u", i);
    return text;
}

static void fill(unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        world_put_unseen(number(i), number(i), "");
}

static bool begin(void)
{
    return hlr_start(&conf, &world_out, why, sizeof(why)) == 0;
}

static void end(void)
{
    hlr_stop();
    CHECK(!world_grew());
    world_close();
}

static bool one(void)
{
    return world_find(number(1), &e);
}
static bool no_one(void)
{
    return !world_find(number(1), &e);
}
static bool nine(void)
{
    return world_find(number(9), &e) && e.status == HLR_ACTIVE;
}
static bool has_3000(void)
{
    return world_rows() >= 3000;
}
static bool loads_twice(void)
{
    return world_loads() >= 2;
}

static void answers_for_what_is_loaded_and_then_for_all(void)
{
    struct hlr_state s;

    world_open();
    fill(5000);
    atomic_store(&world.hold_at, 4500);
    CHECK(begin() && world_comes(has_3000));
    CHECK(one() && !world_complete());
    hlr_state(&s);
    CHECK(!s.complete && s.of == 5000);
    atomic_store(&world.hold_at, -1);
    CHECK(world_comes(world_complete) && world_rows() == 5000);
    CHECK(world_tables() == 1 && world_loads() == 1);
    usleep(50000);
    hlr_state(&s);
    CHECK(s.complete && s.database && s.rows == 5000 && s.of == 0);
    CHECK(s.unusable == 0 && s.behind_ms < 1000);
    end();
}

static void takes_changes(void)
{
    struct hlr_state s;

    world_open();
    CHECK(begin() && world_comes(world_complete) && world_rows() == 0);
    world_put(number(1), number(1), "", "bank");
    CHECK(world_comes(one) && e.route == 1);
    world_put("44790000", "44799999", "", "");
    world_del(number(1), number(1));
    CHECK(world_comes(no_one));
    CHECK(world_find("44795555", &e) && e.route == HLR_ROUTE_NONE);
    CHECK(world_tables() == 1 && world_loads() == 1);
    hlr_state(&s);
    CHECK(s.changes >= 3);
    end();
}

static void a_change_during_the_load_is_not_lost(void)
{
    world_open();
    fill(3000);
    atomic_store(&world.hold_at, 2000);
    CHECK(begin());
    usleep(20000);
    world_del(number(1), number(1));
    world_put("44990000", "44999999", "", "");
    atomic_store(&world.hold_at, -1);
    CHECK(world_comes(world_complete));
    CHECK(no_one() && world_find("44995555", &e) && world_rows() == 3000);
    end();
}

static void a_torn_load_is_done_again(void)
{
    world_open();
    fill(3000);
    atomic_store(&world.torn_at, 2500);
    CHECK(begin() && world_comes(one));
    CHECK(world_comes(loads_twice));
    CHECK(!world_complete() && one());
    world_del(number(1), number(1));
    atomic_store(&world.torn_at, -1);
    CHECK(world_comes(world_complete));
    CHECK(no_one() && world_rows() == 2999);
    end();
}

static bool is_away(void)
{
    struct hlr_state s;

    hlr_state(&s);
    return !s.database;
}

static void serves_on_while_the_register_is_away(void)
{
    world_open();
    fill(10);
    CHECK(begin() && world_comes(world_complete));
    atomic_store(&world.away, true);
    CHECK(world_comes(is_away));
    world_put("44990000", "44999999", "", "");
    world_del(number(1), number(1));
    usleep(50000);
    CHECK(one() && world_complete());
    atomic_store(&world.away, false);
    CHECK(world_comes(no_one) && world_find("44991234", &e));
    CHECK(!is_away() && world_loads() == 1);
    end();
}

static void waits_for_a_register_that_is_away_at_the_start(void)
{
    world_open();
    fill(10);
    atomic_store(&world.away, true);
    CHECK(begin());
    usleep(50000);
    CHECK(is_away() && !one());
    atomic_store(&world.away, false);
    CHECK(world_comes(world_complete) && one() && !is_away());
    end();
}

static void does_not_start_with_what_waiting_will_not_mend(void)
{
    world_open();
    atomic_store(&world.refuses, true);
    CHECK(!begin() && strcmp(why, "it cannot be opened") == 0);
    end();
}

static void reads_everything_again_when_told_so(void)
{
    world_open();
    fill(100);
    CHECK(begin() && world_comes(world_complete));
    world_put_unseen("44990000", "44999999", "");
    usleep(30000);
    CHECK(!world_find("44995555", &e));
    world_tell_all();
    CHECK(world_comes(loads_twice));
    world_put(number(9), number(9), "", "shop");
    CHECK(world_comes(nine));
    usleep(50000);
    CHECK(world_find("44995555", &e) && world_complete());
    CHECK(world_rows() == 101 && world_tables() == 2);
    end();
}

static bool has_unseen(void)
{
    return world_find("44995555", &e);
}

static void reads_everything_again_when_asked_to(void)
{
    world_open();
    fill(100);
    CHECK(begin() && world_comes(world_complete));
    world_put_unseen("44990000", "44999999", "");
    hlr_reload();
    CHECK(world_comes(has_unseen) && world_complete() && world_loads() == 2);
    end();
}

static bool all_grown(void)
{
    return world_rows() == 100010;
}

static void a_full_table_is_made_larger_aside(void)
{
    world_open();
    fill(10);
    CHECK(begin() && world_comes(world_complete));
    for (unsigned i = 10; i < 100010; i++)
        world_put(number(i), number(i), "", "");
    CHECK(world_comes(all_grown) && world_tables() >= 2);
    CHECK(world_find(number(70000), &e) && one() && world_complete());
    CHECK(world_loads() == 1);
    end(); /* it checks that none grew in the hands of the SS7 thread */
}

static bool two_are_counted(void)
{
    struct hlr_state s;

    hlr_state(&s);
    return s.unusable == 2 && s.rows == 3;
}

static void rows_that_cannot_be_used_fail_for_now(void)
{
    world_open();
    world_put_unseen(number(1), number(1), "001010000000001");
    world_put_unseen(number(2), number(2), "001010000000001");
    world_put(number(3), number(3), "", "nowhere");
    CHECK(begin() && world_comes(world_complete));
    CHECK(one() && e.status == HLR_ACTIVE);
    CHECK(world_find(number(2), &e) && e.status == HLR_UNUSABLE);
    CHECK(world_find(number(3), &e) && e.status == HLR_UNUSABLE);
    CHECK(world_comes(two_are_counted));
    end();
}

static bool two_is_usable(void)
{
    return world_find_imsi("001010000000001", &e) &&
           strcmp(e.msisdn, number(2)) == 0 && e.status == HLR_ACTIVE;
}

static void what_was_in_the_way_may_go(void)
{
    world_open();
    world_put_unseen(number(1), number(1), "001010000000001");
    world_put_unseen(number(2), number(2), "001010000000001");
    CHECK(begin() && world_comes(world_complete));
    world_del(number(1), number(1));
    CHECK(world_comes(two_is_usable));
    end();
}

static bool swapped(void)
{
    struct hlr_entry f;

    return world_find_imsi("001010000000001", &e) &&
           strcmp(e.msisdn, number(2)) == 0 && e.status == HLR_ACTIVE &&
           world_find_imsi("001010000000002", &f) &&
           strcmp(f.msisdn, number(1)) == 0 && f.status == HLR_ACTIVE;
}

static void two_numbers_may_exchange_their_imsis(void)
{
    world_open();
    world_put_unseen(number(1), number(1), "001010000000001");
    world_put_unseen(number(2), number(2), "001010000000002");
    CHECK(begin() && world_comes(world_complete));
    atomic_store(&world.still, true); /* both in one round, or not */
    world_put(number(1), number(1), "001010000000002", "");
    world_put(number(2), number(2), "001010000000001", "");
    usleep(20000);
    atomic_store(&world.still, false);
    CHECK(world_comes(swapped));
    end();
}

static bool halves(void)
{
    return world_find("447710", &e) && e.route == 0 &&
           world_find("447790", &e) && e.route == 1;
}

static void a_range_may_be_cut_in_two(void)
{
    world_open();
    world_put_unseen("447700", "447799", "");
    CHECK(begin() && world_comes(world_complete));
    atomic_store(&world.away, true);
    CHECK(world_comes(is_away));
    world_put("447700", "447749", "", "shop");
    world_put("447750", "447799", "", "bank");
    world_del("447700", "447799");
    atomic_store(&world.away, false);
    CHECK(world_comes(halves));
    end();
}

static void a_full_border_is_tried_again(void)
{
    world_open();
    fill(3000);
    atomic_store(&world.full, 20);
    CHECK(begin() && world_comes(world_complete) && world_rows() == 3000);
    end();
}

static void stops_while_nobody_takes_anything(void)
{
    world_open();
    fill(60000);
    atomic_store(&world.still, true);
    CHECK(begin());
    usleep(100000);
    hlr_stop();
    CHECK(!one());
    hlr_stop();
    end();
}

static bool has_file(void)
{
    return access(conf.snapshot, R_OK) == 0;
}

static void starts_from_its_snapshot(void)
{
    struct hlr_state s;

    snprintf(conf.snapshot, sizeof(conf.snapshot), "/tmp/hlr_test.%d",
             (int)getpid());
    world_open();
    fill(100);
    CHECK(begin() && world_comes(world_complete) && world_comes(has_file));
    end();

    world_open();
    atomic_store(&world.away, true);
    CHECK(begin() && world_comes(one));
    CHECK(world_rows() == 100 && !world_complete());
    hlr_state(&s);
    CHECK(!s.database && !s.complete);
    fill(9);
    atomic_store(&world.away, false);
    CHECK(world_comes(world_complete) && world_rows() == 9);
    CHECK(world_tables() == 2);
    end();
    unlink(conf.snapshot);
    conf.snapshot[0] = '\0';
}

static void a_bad_snapshot_is_no_obstacle(void)
{
    FILE *f;

    snprintf(conf.snapshot, sizeof(conf.snapshot), "/tmp/hlr_test.%d",
             (int)getpid());
    f = fopen(conf.snapshot, "w");
    fputs("this is no snapshot of anything that anybody would know", f);
    fclose(f);
    world_open();
    fill(10);
    CHECK(begin() && world_comes(world_complete) && one());
    end();
    unlink(conf.snapshot);
    conf.snapshot[0] = '\0';
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    answers_for_what_is_loaded_and_then_for_all();
    takes_changes();
    a_change_during_the_load_is_not_lost();
    a_torn_load_is_done_again();
    serves_on_while_the_register_is_away();
    waits_for_a_register_that_is_away_at_the_start();
    does_not_start_with_what_waiting_will_not_mend();
    reads_everything_again_when_told_so();
    reads_everything_again_when_asked_to();
    a_full_table_is_made_larger_aside();
    rows_that_cannot_be_used_fail_for_now();
    what_was_in_the_way_may_go();
    two_numbers_may_exchange_their_imsis();
    a_range_may_be_cut_in_two();
    a_full_border_is_tried_again();
    stops_while_nobody_takes_anything();
    starts_from_its_snapshot();
    a_bad_snapshot_is_no_obstacle();
    gwlib_shutdown();
    return CHECK_DONE();
}

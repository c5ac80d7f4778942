/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_beat_test.c - this node among the others, on an SQLite register
 *
 * Nodes die by the database's clock, so this takes some seconds.
 */

#include "check.h"
#include "hlr/hlr.h"

#include <gwlib/gwlib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

static char dir[] = "/tmp/hlr_beat_test.XXXXXX";
static char why[300];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct hlr_table *table;
static struct hlr_nodes nodes;
static struct corr_keys keys;
static atomic_uint handed;
static struct reg *other; /* another node's hand on the register */

static struct hlr_conf conf = {
    .backend = &hlr_db,
    .poll_ms = 50,
    .networks = 2,
    .network_id = { "home", "away" },
    .mccmnc = { "23415", "26201" },
    .node = { { .id = "a",
                .weight = 100,
                .network = "home",
                .point_code = 1,
                .msc_gt = "447700970777" },
              { .id = "a",
                .weight = 100,
                .network = "away",
                .point_code = 2,
                .msc_gt = "491700000777" } },
    .node_networks = 2,
};

static bool out_table(struct hlr_table *t)
{
    hlr_retired(table);
    table = t; /* it is of no interest here */
    return true;
}

static bool out_batch(struct hlr_batch *b)
{
    hlr_batch_done(b);
    return true;
}

static bool out_nodes(const struct hlr_nodes *n)
{
    pthread_mutex_lock(&lock);
    nodes = *n;
    pthread_mutex_unlock(&lock);
    atomic_fetch_add(&handed, 1);
    return true;
}

static bool out_keys(const struct corr_keys *k)
{
    pthread_mutex_lock(&lock);
    keys = *k;
    pthread_mutex_unlock(&lock);
    return true;
}

static const struct hlr_out out = {
    .table = out_table,
    .batch = out_batch,
    .nodes = out_nodes,
    .keys = out_keys,
};

static bool node(const char *id, struct hlr_node *n)
{
    bool found = false;

    pthread_mutex_lock(&lock);
    for (unsigned i = 0; i < nodes.n && !found; i++) {
        *n = nodes.node[i];
        found = strcmp(n->id, id) == 0;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static bool comes(bool (*what)(void))
{
    for (int ms = 0; ms < PATIENCE_MS; ms += 5) {
        if (what())
            return true;
        usleep(5000);
    }
    return false;
}

static struct hlr_node n;

static bool a_lives(void)
{
    return node("a", &n) && n.alive && !n.drain;
}
static bool b_lives(void)
{
    return node("b", &n) && n.alive;
}
static bool b_is_dead(void)
{
    return node("b", &n) && !n.alive;
}
static bool b_drains(void)
{
    return node("b", &n) && n.drain;
}
static unsigned how_many_keys(void)
{
    unsigned have;

    pthread_mutex_lock(&lock);
    have = keys.n;
    pthread_mutex_unlock(&lock);
    return have;
}
static bool one_key(void)
{
    return how_many_keys() == 1;
}
static bool two_keys(void)
{
    return how_many_keys() == 2;
}

static void beat_b(void)
{
    static const struct reg_node b = { .id = "b",
                                       .weight = 30,
                                       .network = "away",
                                       .point_code = 3,
                                       .msc_gt = "491700000888" };

    CHECK(reg_node_beat(other, &b, 1) == DB_OK);
}

static void tells_of_this_node_and_of_others(void)
{
    CHECK(comes(a_lives) && n.weight == 100);
    CHECK(strcmp(n.msc_gt[0], "447700970777") == 0);
    CHECK(strcmp(n.msc_gt[1], "491700000777") == 0);
    beat_b();
    CHECK(comes(b_lives) && n.weight == 30 && n.msc_gt[0][0] == '\0');
    CHECK(strcmp(n.msc_gt[1], "491700000888") == 0);
}

static void tells_when_a_node_is_drained(void)
{
    int64_t there = 0;

    CHECK(reg_node_drain(other, "b", true, "test", &there) == DB_OK);
    CHECK(there == 1 && comes(b_drains));
}

static void tells_when_a_node_dies(void)
{
    CHECK(comes(b_is_dead) && a_lives());
}

static void says_nothing_when_nothing_changes(void)
{
    unsigned before = atomic_load(&handed);

    sleep(3);
    CHECK(atomic_load(&handed) == before);
}

/* It beats: another node sees it. */
static bool see_a(void *ctx, const struct reg_node *r)
{
    if (strcmp(r->id, "a") == 0)
        *(int64_t *)ctx = r->beat_age_ms;
    return true;
}

static void is_seen_alive_by_others(void)
{
    int64_t age_ms = -1;

    CHECK(reg_node_list(other, see_a, &age_ms) == DB_OK);
    CHECK(age_ms >= 0 && age_ms < 3000);
}

static void hands_over_keys(void)
{
    CHECK(comes(one_key));
    CHECK(reg_key_roll(other, "test") == DB_OK && comes(two_keys));
}

int main(void)
{
    char cmd[64];
    struct db *db;

    if (mkdtemp(dir) == NULL)
        return 1;
    gwlib_init();
    log_set_output_level(GW_PANIC);
    snprintf(conf.db.file, sizeof(conf.db.file), "%s/register.db", dir);
    db = db_open(&conf.db, true, why, sizeof(why));
    CHECK(db != NULL && (other = reg_new(db, why, sizeof(why))) != NULL);
    CHECK(hlr_start(&conf, &out, why, sizeof(why)) == 0);
    tells_of_this_node_and_of_others();
    tells_when_a_node_is_drained();
    hands_over_keys();
    SHOWS("HL-05", tells_when_a_node_dies);
    says_nothing_when_nothing_changes();
    is_seen_alive_by_others();
    hlr_stop();
    hlr_table_free(table);
    reg_free(other);
    snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
    CHECK(system(cmd) == 0);
    gwlib_shutdown();
    return CHECK_DONE();
}

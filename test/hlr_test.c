/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_test.c - the loader: publish, see changes, keep the last good register
 *
 * The backend is one of the test's own. The loader polls it by the clock,
 * every few milliseconds; the test waits for what must come, not for a time.
 */

#include "check.h"
#include "hlr/hlr.h"

#include <gwlib/gwlib.h>
#include <stdatomic.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static atomic_int version, loads, published, broken, full;
static _Atomic(struct hlr_table *) current;

static void *test_open(const struct hlr_conf *conf, char *why, size_t size)
{
    snprintf(why, size, "it cannot be opened");
    return conf->file[0] == '-' ? NULL : &version;
}

static void test_close(void *self)
{
    (void)self;
}

/* One row: the version is its last digit. */
static int test_load(void *self,
                     bool (*row)(void *ctx, const struct hlr_stored *row),
                     void *ctx, char *why, size_t size)
{
    struct hlr_stored s = { .row = { .status = HLR_ACTIVE } };

    (void)self;
    atomic_fetch_add(&loads, 1);
    if (atomic_load(&broken) == 1) {
        snprintf(why, size, "it is gone");
        return -1;
    }
    snprintf(s.row.first, sizeof(s.row.first), "44770090000%d",
             atomic_load(&version));
    strcpy(s.row.last, s.row.first);
    if (atomic_load(&broken) == 2)
        strcpy(s.network, "nowhere");
    row(ctx, &s);
    return 0;
}

static bool test_changed(void *self)
{
    static int seen;
    int now = atomic_load(&version);
    bool changed = seen != now;

    (void)self;
    seen = now;
    return changed;
}

static const struct hlr_backend backend = {
    .name = "test",
    .open = test_open,
    .close = test_close,
    .load = test_load,
    .changed = test_changed,
};

static struct hlr_conf conf = {
    .backend = &backend,
    .poll_ms = 5,
    .networks = 1,
    .mccmnc = { "23415" },
};

static bool publish(struct hlr_table *t)
{
    struct hlr_table *old;

    if (atomic_load(&full) > 0) {
        atomic_fetch_sub(&full, 1);
        return false;
    }
    old = atomic_exchange(&current, t);
    atomic_fetch_add(&published, 1);
    hlr_retired(old);
    return true;
}

static bool comes_to(atomic_int *what, int n)
{
    for (int ms = 0; ms < PATIENCE_MS && atomic_load(what) < n; ms++)
        usleep(1000);
    return atomic_load(what) >= n;
}

static bool has(const char *number)
{
    struct hlr_entry e;

    return hlr_find_msisdn(atomic_load(&current), number, &e);
}

static void set_version(int n)
{
    atomic_store(&version, n);
}

static void publishes_at_once_and_after_each_change(void)
{
    char why[300];

    CHECK(hlr_start(&conf, publish, why, sizeof(why)) == 0);
    CHECK(atomic_load(&published) == 1 && has("447700900000"));
    set_version(1);
    CHECK(comes_to(&published, 2) && has("447700900001"));
    CHECK(!has("447700900000"));
    atomic_store(&full, 3);
    set_version(2);
    CHECK(comes_to(&published, 3) && has("447700900002"));
}

static void keeps_the_last_good_register(void)
{
    int before = atomic_load(&loads);

    atomic_store(&broken, 1);
    set_version(3);
    CHECK(comes_to(&loads, before + 1));
    usleep(50000);
    CHECK(atomic_load(&loads) == before + 1); /* no storm of attempts */
    CHECK(has("447700900002"));
    atomic_store(&broken, 2);
    set_version(4);
    CHECK(comes_to(&loads, before + 2));
    CHECK(has("447700900002"));
    atomic_store(&broken, 0);
    set_version(5);
    CHECK(comes_to(&published, 4) && has("447700900005"));
}

static void stops_and_frees_everything(void)
{
    hlr_stop();
    hlr_retired(atomic_exchange(&current, NULL));
    hlr_retired(NULL);
    hlr_stop();
}

static void does_not_start_with_a_bad_register(void)
{
    struct hlr_conf c = conf;
    char why[300] = "";

    atomic_store(&broken, 2);
    CHECK(hlr_start(&conf, publish, why, sizeof(why)) == -1);
    CHECK(strstr(why, "1 row of the register") != NULL);
    CHECK(hlr_load(&conf, why, sizeof(why)) == NULL);
    atomic_store(&broken, 1);
    CHECK(hlr_start(&conf, publish, why, sizeof(why)) == -1);
    CHECK(strcmp(why, "it is gone") == 0);
    atomic_store(&broken, 0);
    strcpy(c.file, "-");
    CHECK(hlr_start(&c, publish, why, sizeof(why)) == -1);
    CHECK(strcmp(why, "it cannot be opened") == 0);
    CHECK(atomic_load(&current) == NULL);
    hlr_stop();
}

static void loads_once_without_a_thread(void)
{
    char why[300];
    struct hlr_table *t = hlr_load(&conf, why, sizeof(why));

    CHECK(t != NULL && hlr_table_rows(t) == 1);
    hlr_table_free(t);
}

int main(void)
{
    gwlib_init();
    log_set_output_level(GW_PANIC);
    publishes_at_once_and_after_each_change();
    keeps_the_last_good_register();
    stops_and_frees_everything();
    does_not_start_with_a_bad_register();
    loads_once_without_a_thread();
    gwlib_shutdown();
    return CHECK_DONE();
}

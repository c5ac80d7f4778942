/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr.c - the loader: keeps the table in memory equal to the register
 *
 *     snapshot ----> incomplete table           (if there is a file)
 *     first load --> batches, then complete     (if there is none)
 *     load --------> table aside, complete      (again, or after a snapshot)
 *     changes -----> batches
 */

#include "hlr.h"

#include "hlr_beat.h"
#include "hlr_build.h"
#include "hlr_feed.h"
#include "hlr_snap.h"

#include <gwlib/gwlib.h>
#include <string.h>
#include <time.h>

enum {
    WAIT_MIN_MS = 500, /* after a failure, doubled each time */
    WAIT_MAX_MS = 5000,
    PROGRESS_MS = 2000,
    ROOM_MORE = 65536, /* beyond an eighth, when a table is made */
    TOLD_MAX = 100,    /* rows with unknown names, a load */
};

static const struct hlr_conf *conf;
static const struct hlr_out *out;
static void *backend;
static struct hlr_build *names;
static long thread = -1;
static atomic_bool stopping, reload;

/* loader thread only */
static struct hlr_table *aside; /* being filled; NULL: changes go to the feed */
static bool have_table, load_needed, load_again;
static bool failed;             /* the last thing asked of the register */
static uint64_t answered_at_ms; /* when it last did not fail */
static uint64_t try_at_ms;
static unsigned wait_ms;
static char told[300]; /* why it failed */
static unsigned told_rows;
static bool any_changes; /* in this round */
static struct {
    uint64_t from_ms, tell_at_ms, rows, of;
} load;
static struct {
    uint64_t at_ms;
    bool due; /* something changed since the last one */
    long thread;
    atomic_bool writing;
    struct hlr_image *image;
} snap = { .thread = -1 };

/* for hlr_state() */
static struct {
    atomic_bool complete, database;
    atomic_uint_least64_t rows, unusable, of, changes, answered_at_ms;
} state;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool is_stopping(void)
{
    return atomic_load(&stopping);
}

/* ---- whether the register answers ---- */

static void register_failed(const char *why)
{
    wait_ms = failed ? 2 * wait_ms : WAIT_MIN_MS;
    wait_ms = wait_ms < WAIT_MAX_MS ? wait_ms : WAIT_MAX_MS;
    try_at_ms = now_ms() + wait_ms;
    failed = true;
    atomic_store(&state.database, false);
    if (strcmp(why, told) == 0)
        return;
    snprintf(told, sizeof(told), "%s", why);
    error(0, "Register: %s%s", why,
          have_table ? "; what was loaded stays in force." : "");
}

static void register_answered(void)
{
    uint64_t now = now_ms();

    if (failed)
        info(0, "Register: it answers again, after %lu s.",
             (unsigned long)((now - answered_at_ms) / 1000));
    failed = false;
    told[0] = '\0';
    answered_at_ms = now;
    atomic_store(&state.answered_at_ms, now);
    atomic_store(&state.database, true);
}

/* ---- rows ---- */

static void odd_name(const struct hlr_stored *s, const char *why)
{
    char text[40];

    if (++told_rows > TOLD_MAX)
        return;
    error(0, "Register: %s cannot be used: %s (network <%s>, route <%s>).",
          hlr_row_str(&s->row, text, sizeof(text)), why, s->network, s->route);
    if (told_rows == TOLD_MAX)
        error(0, "Register: of more rows like this only the number is told.");
}

/* False: stopping. */
static bool put(const struct hlr_stored *s)
{
    struct hlr_row row;
    const char *why = hlr_build_row(names, s, &row);

    if (why != NULL)
        odd_name(s, why);
    if (aside == NULL)
        return feed_put(&row);
    why = hlr_put(aside, &row);
    if (why != NULL)
        feed_odd(&row, why);
    return true;
}

static bool del(const struct hlr_row *row)
{
    if (aside == NULL)
        return feed_del(row->first, row->last);
    hlr_table_del(aside, row->first, row->last);
    return true;
}

/* What a status page is told, once the table is nobody's to change. */
static void tell_state(void)
{
    const struct hlr_table *t = feed_is_quiet() ? feed_read() : NULL;

    if (t == NULL)
        return;
    atomic_store(&state.rows, hlr_table_rows(t));
    atomic_store(&state.unusable, hlr_table_unusable(t));
    atomic_store(&state.complete, hlr_table_complete(t));
}

/* ---- changes ---- */

static bool change(void *ctx, const struct hlr_change *c)
{
    bool go_on = true;

    (void)ctx;
    switch (c->what) {
    case HLR_PUT:
        go_on = put(c->s);
        break;
    case HLR_DEL:
        go_on = del(&c->s->row);
        break;
    case HLR_ALL:
        load_again = true;
        return true;
    case HLR_SMALL:
        beat_wake();
        return true;
    }
    any_changes = true;
    atomic_fetch_add(&state.changes, 1);
    return go_on && !is_stopping();
}

static int follow(void)
{
    char why[300] = "";
    int rc;

    any_changes = false;
    rc = conf->backend->follow(backend, now_ms(), change, NULL, why,
                               sizeof(why));
    snap.due |= any_changes;
    if (rc == 0)
        register_answered();
    else
        register_failed(why);
    return rc;
}

/* ---- all of it ---- */

static void tell_progress(uint64_t now)
{
    double seconds = (double)(now - load.from_ms) / 1000;
    double rate = (double)load.rows / seconds;
    double left = load.of > load.rows && rate > 0
                      ? (double)(load.of - load.rows) / rate
                      : 0;

    info(0,
         "Register: %lu of %lu rows loaded (%u %%), %.0f a second, %.0f s "
         "left.",
         (unsigned long)load.rows, (unsigned long)load.of,
         load.of > 0 ? (unsigned)(load.rows * 100 / load.of) : 100, rate, left);
    load.tell_at_ms = now + PROGRESS_MS;
}

static bool take_row(void *ctx, const struct hlr_stored *s)
{
    (void)ctx;
    load.rows++;
    if (load.rows % 1024 == 0) {
        uint64_t now = now_ms();

        feed_turn();
        if (aside == NULL)
            atomic_store(&state.rows, load.rows);
        if (now >= load.tell_at_ms)
            tell_progress(now);
    }
    return put(s) && !is_stopping();
}

static struct hlr_table *new_table(void)
{
    struct hlr_table *t = hlr_table_new(conf->mccmnc, conf->networks,
                                        load.of + load.of / 8 + ROOM_MORE);

    return t;
}

static int read_all(char *why, size_t size)
{
    if (conf->backend->count(backend, &load.of, why, size) == -1)
        return -1;
    atomic_store(&state.of, load.of);
    feed_forget_odd();
    told_rows = 0;
    if (have_table)
        aside = new_table();
    else if (feed_table(new_table()))
        have_table = true;
    else
        return 0;
    return conf->backend->load(backend, take_row, NULL, why, size);
}

static void tell_loaded(void)
{
    double seconds = (double)(now_ms() - load.from_ms) / 1000;

    info(0, "Register: %lu rows loaded in %.1f s.", (unsigned long)load.rows,
         seconds);
    if (told_rows > TOLD_MAX)
        error(0, "Register: %u rows have unknown networks or routes.",
              told_rows);
}

/* Changes since the load began are taken before the table is complete. */
static void finish_load(void)
{
    load_again = false;
    if (follow() == -1)
        return;
    load_needed = load_again;
    if (aside != NULL) {
        struct hlr_table *t = aside;

        aside = NULL;
        hlr_table_set_complete(t, true);
        feed_table(t);
    } else {
        feed_flush(true);
    }
    snap.due = true;
    tell_loaded();
}

static void load_all(void)
{
    char why[300] = "";
    int rc;

    load.from_ms = now_ms();
    load.tell_at_ms = load.from_ms + PROGRESS_MS;
    load.rows = 0;
    rc = read_all(why, sizeof(why));
    if (rc == -1)
        register_failed(why);
    else if (!is_stopping())
        finish_load();
    if (aside == NULL)
        feed_flush(false);
    hlr_table_free(aside);
    aside = NULL;
    atomic_store(&state.of, 0);
}

/* ---- the snapshot ---- */

static void snap_read(struct corr_keys *keys)
{
    uint64_t from_ms = now_ms();
    char why[300] = "";
    struct hlr_table *t;
    size_t rows;

    *keys = (struct corr_keys){ .n = 0 };
    if (conf->snapshot[0] == '\0')
        return;
    t = hlr_snap_read(conf->snapshot, conf, keys, why, sizeof(why));
    if (t == NULL) {
        warning(0, "Register: %s; the database is read first.", why);
        *keys = (struct corr_keys){ .n = 0 };
        return;
    }
    rows = hlr_table_rows(t);
    if (!feed_table(t))
        return;
    have_table = true;
    info(0,
         "Register: %lu rows of snapshot <%s> in %.1f s; what is not among "
         "them fails for now, until the database is read.",
         (unsigned long)rows, conf->snapshot,
         (double)(now_ms() - from_ms) / 1000);
    while (keys->n > 0 && !out->keys(keys) && !is_stopping())
        gwthread_sleep(0.01);
}

static void snap_write(void *arg)
{
    uint64_t from_ms = now_ms();
    char why[300] = "";

    (void)arg;
    if (hlr_image_write(snap.image, conf->snapshot, &stopping, why,
                        sizeof(why)) == 0)
        info(0, "Register: snapshot <%s> written in %.1f s.", conf->snapshot,
             (double)(now_ms() - from_ms) / 1000);
    else if (!is_stopping())
        error(0, "Register: %s", why);
    hlr_image_free(snap.image);
    snap.image = NULL;
    atomic_store(&snap.writing, false);
}

static void snap_join(void)
{
    if (snap.thread >= 0)
        gwthread_join(snap.thread);
    snap.thread = -1;
}

/* The copy is made here, in no time; what takes time has its own thread. */
static void snap_turn(void)
{
    const struct hlr_table *t;
    struct corr_keys keys;

    if (conf->snapshot[0] == '\0' || !snap.due || load_needed ||
        now_ms() < snap.at_ms || atomic_load(&snap.writing))
        return;
    snap_join();
    t = feed_read();
    if (t == NULL)
        return;
    beat_keys(&keys);
    snap.image = hlr_image_new(conf, t, &keys);
    snap.due = false;
    snap.at_ms = now_ms() + (uint64_t)conf->snapshot_s * 1000;
    atomic_store(&snap.writing, true);
    snap.thread = gwthread_create(snap_write, NULL);
    if (snap.thread >= 0)
        return;
    hlr_image_free(snap.image);
    snap.image = NULL;
    atomic_store(&snap.writing, false);
}

/* ---- the thread ---- */

static void open_again(void)
{
    char why[300] = "";
    bool wait;

    backend = conf->backend->open(conf, &wait, why, sizeof(why));
    if (backend == NULL)
        register_failed(why);
}

static void turn(void)
{
    feed_turn();
    tell_state();
    snap_turn();
    if (now_ms() < try_at_ms)
        return;
    if (backend == NULL)
        open_again();
    if (backend == NULL)
        return;
    if (atomic_exchange(&reload, false))
        load_needed = true;
    if (load_needed) {
        load_all();
        return;
    }
    load_again = false;
    follow();
    feed_flush(false);
    load_needed = load_again;
}

static void loader(void *arg)
{
    struct corr_keys keys;

    (void)arg;
    snap_read(&keys);
    if (beat_start(conf, out, &stopping, &keys) == -1)
        error(0, "Register: no thread for the heartbeat of this node.");
    while (!is_stopping()) {
        turn();
        if (!is_stopping() && !(load_needed && !failed))
            gwthread_sleep(conf->poll_ms / 1000.0);
    }
    beat_stop();
    snap_join();
    feed_turn();
}

int hlr_start(const struct hlr_conf *c, const struct hlr_out *o, char *why,
              size_t size)
{
    bool wait = false;

    conf = c;
    out = o;
    atomic_store(&stopping, false);
    atomic_store(&reload, false);
    have_table = load_again = failed = false;
    load_needed = true;
    try_at_ms = snap.at_ms = 0;
    snap.due = false;
    told[0] = '\0';
    answered_at_ms = now_ms();
    atomic_store(&state.complete, false);
    backend = c->backend->open(c, &wait, why, size);
    if (backend == NULL && !wait)
        return -1;
    names = hlr_build_new(conf);
    feed_open(out, &stopping);
    if (backend == NULL)
        register_failed(why);
    thread = gwthread_create(loader, NULL);
    if (thread >= 0)
        return 0;
    snprintf(why, size, "the loader's thread could not be started");
    hlr_stop();
    return -1;
}

void hlr_stop(void)
{
    if (names == NULL)
        return;
    atomic_store(&stopping, true);
    if (thread >= 0) {
        gwthread_wakeup(thread);
        gwthread_join(thread);
    }
    thread = -1;
    feed_close();
    hlr_build_free(names);
    names = NULL;
    if (backend != NULL)
        conf->backend->close(backend);
    backend = NULL;
}

void hlr_reload(void)
{
    atomic_store(&reload, true);
}

void hlr_state(struct hlr_state *s)
{
    uint64_t answered = atomic_load(&state.answered_at_ms);

    *s = (struct hlr_state){
        .complete = atomic_load(&state.complete),
        .database = atomic_load(&state.database),
        .rows = atomic_load(&state.rows),
        .unusable = atomic_load(&state.unusable),
        .of = atomic_load(&state.of),
        .changes = atomic_load(&state.changes),
    };
    if (answered != 0)
        s->behind_ms = now_ms() - answered;
}

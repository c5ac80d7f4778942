/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_gtt_test.c - tables of global titles exchanged while dialogues run
 */

#include "check.h"
#include "ss7_peer.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { SOON_MS = 10000, WINDOW = 20, QUESTIONS = 20000, RULES = 2000 };
enum { QUESTIONS_MAX = 2000000, SWAPS = 20 };
enum { PC_A = 11, PC_B = 12, PC_C = 13 };

static struct ss7_conf conf;
static struct peer peer;
static pthread_t thread, loader;
static atomic_bool done;
static atomic_uint swaps;
static unsigned mistaken; /* what came back is not what was in force */

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

/* One rule for the SMSC's title, and others that make it longer to build. */
static struct gtt *table(uint32_t pc)
{
    struct gtt *g = ss7_gtt_new(&conf.network[0]);
    struct gtt_rule r = { .prefix = "4477009003",
                          .tt = GTT_ANY,
                          .np = 1,
                          .nai = GTT_ANY,
                          .action = GTT_PC,
                          .pc = pc };

    CHECK(gtt_add(g, &r) == 0);
    for (unsigned i = 0; i < RULES; i++) {
        snprintf(r.prefix, sizeof(r.prefix), "49%06u", i);
        CHECK(gtt_add(g, &r) == 0);
    }
    return g;
}

/* The next table that comes back, or NULL. */
static struct gtt *came_back(int timeout_ms)
{
    struct ss7_event ev;

    while (ss7_take(&ev, 1, timeout_ms) == 1) {
        if (ev.what == SS7_GTT_RETIRED)
            return ev.gtt;
        if (ev.what == SS7_RETIRED)
            hlr_table_free(ev.table);
    }
    return NULL;
}

/* Give a table and take the one before it; the new one. */
static struct gtt *exchange(struct gtt *before, uint32_t pc)
{
    struct gtt *g = table(pc), *old;

    CHECK(ss7_gtt(0, g));
    old = came_back(SOON_MS);
    if (old == NULL || (before != NULL && old != before))
        mistaken++;
    gtt_free(old);
    return g;
}

static void *exchange_tables(void *arg)
{
    struct gtt *g = NULL;

    (void)arg;
    for (; !atomic_load(&done); atomic_fetch_add(&swaps, 1))
        g = exchange(g, atomic_load(&swaps) % 2 == 0 ? PC_A : PC_B);
    return NULL;
}

static void begin(void)
{
    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    CHECK(ss7_gtt(0, table(PC_A)));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
}

static void end(void)
{
    struct peer_answer got;

    ss7_stop();
    while (!peer.down && peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

static void ask(uint32_t otid)
{
    struct peer_msg m = {
        .version = 3, .invoke = 1, .otid = otid, .number = "447700900123"
    };

    peer_sri(&peer, &m);
}

/* Counts answers by the point code they go to; false: none came in time. */
static bool take(unsigned to[PC_C + 1])
{
    struct pollfd fd = { .fd = link_fd(peer.link), .events = POLLIN };
    struct mtp_transfer t;
    struct link_frame f;

    if (poll(&fd, 1, SOON_MS) != 1 || link_read(peer.link) <= 0)
        return false;
    while (link_next(peer.link, &f) > 0)
        if (link_transfer_read(&f, &t) == 0) {
            struct peer_answer a;

            peer_read(&t, &a);
            CHECK(a.type == TCAP_END && a.comp == TCAP_RESULT_LAST);
            to[t.dpc <= PC_C ? t.dpc : 0]++;
        }
    return true;
}

/* The point code that an answer goes to now, or 0. */
static uint32_t goes_to(void)
{
    unsigned to[PC_C + 1] = { 0 };

    ask(1);
    CHECK(peer_flush(&peer));
    while (take(to)) /* the link has more to say than answers */
        for (uint32_t pc = 1; pc <= PC_C; pc++)
            if (to[pc] == 1)
                return pc;
    return 0;
}

/* A slow machine swaps less often: it is asked until there were enough. */
static bool wanted(unsigned asked)
{
    return asked < QUESTIONS ||
           (asked < QUESTIONS_MAX && atomic_load(&swaps) < SWAPS);
}

static void no_dialogue_is_lost_while_tables_are_exchanged(void)
{
    unsigned to[PC_C + 1] = { 0 }, asked = 0;

    begin();
    atomic_store(&done, false);
    atomic_store(&swaps, 0);
    mistaken = 0;
    gtt_free(came_back(SOON_MS)); /* the one of the configuration */
    pthread_create(&loader, NULL, exchange_tables, NULL);
    for (;;) {
        unsigned answered = to[PC_A] + to[PC_B];

        for (; wanted(asked) && asked < answered + WINDOW; asked++)
            ask(asked + 1);
        if (!peer_flush(&peer) || answered == asked || !take(to))
            break;
    }
    atomic_store(&done, true);
    pthread_join(loader, NULL);
    CHECK(asked >= QUESTIONS && to[0] == 0);
    CHECK(to[PC_A] + to[PC_B] == asked);
    CHECK(to[PC_A] > 0 && to[PC_B] > 0);
    CHECK(atomic_load(&swaps) >= SWAPS && mistaken == 0);
    end();
}

static void a_new_table_counts_from_its_exchange_on(void)
{
    begin();
    CHECK(goes_to() == PC_A);
    gtt_free(came_back(SOON_MS));
    exchange(NULL, PC_B);
    CHECK(goes_to() == PC_B);
    exchange(NULL, PC_C);
    CHECK(goes_to() == PC_C);
    end();
}

/* With a rule that leads here no title is ours but those that are named. */
static void own_titles_stay_ours_beside_a_local_rule(void)
{
    struct gtt_rule r = { .prefix = "4900",
                          .tt = GTT_ANY,
                          .np = GTT_ANY,
                          .nai = GTT_ANY,
                          .action = GTT_LOCAL };
    struct gtt *g;

    begin();
    g = table(PC_B);
    CHECK(!gtt_has_local(g) && gtt_add(g, &r) == 0 && gtt_has_local(g));
    gtt_free(came_back(SOON_MS));
    CHECK(ss7_gtt(0, g));
    gtt_free(came_back(SOON_MS));
    CHECK(goes_to() == PC_B);
    end();
}

/* Whatever is on its way over the border then is freed (LeakSanitizer). */
static void nothing_leaks_at_the_end(void)
{
    begin();
    CHECK(ss7_gtt(0, table(PC_B)) && ss7_gtt(0, table(PC_C)));
    CHECK(goes_to() != 0); /* which of them counts by then is open */
    CHECK(ss7_gtt(0, table(PC_A)));
    end();
}

int main(void)
{
    SHOWS("SC-04", no_dialogue_is_lost_while_tables_are_exchanged);
    a_new_table_counts_from_its_exchange_on();
    own_titles_stay_ours_beside_a_local_rule();
    nothing_leaks_at_the_end();
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtt_load.c - the gtt-files of networks: read again while the box runs
 */

#include "gtt_load.h"

#include <gwlib/gwlib.h>
#include <stdatomic.h>

enum { FULL_MS = 50, IDLE_S = 3600 };

static const struct conf *conf;
static List *retired; /* has a producer until the box stops */
static unsigned away; /* tables whose predecessors are still to come */
static long thread = -1;
static atomic_bool asked, stopping;

static void hand_over(unsigned no, struct gtt *g)
{
    info(0, "Network <%s>: gtt-file <%s> is in force, %lu rules, %lu KiB.",
         conf->ss7.network[no].id, conf->ss7.network[no].gtt_file,
         (unsigned long)gtt_count(g), (unsigned long)(gtt_octets(g) / 1024));
    away++;
    while (!ss7_gtt((uint8_t)no, g)) {
        if (atomic_load(&stopping)) {
            gtt_free(g);
            return;
        }
        gwthread_sleep(FULL_MS / 1000.0);
    }
}

/* At the end of the box NULL comes instead. */
static void take_back(void)
{
    for (; away > 0; away--)
        gtt_free(gwlist_consume(retired));
}

static void read_again(unsigned no)
{
    const struct ss7_network *n = &conf->ss7.network[no];
    struct gtt *g;

    if (n->gtt_file[0] == '\0')
        return;
    g = conf_gtt_read(n);
    if (g == NULL)
        error(0,
              "Network <%s>: gtt-file <%s> cannot be used; the last good "
              "table stays in force.",
              n->id, n->gtt_file);
    else
        hand_over(no, g);
}

static void loader(void *arg)
{
    (void)arg;
    while (!atomic_load(&stopping)) {
        take_back();
        if (!atomic_exchange(&asked, false)) {
            gwthread_sleep(IDLE_S);
            continue;
        }
        for (unsigned i = 0; i < conf->ss7.n_networks; i++)
            read_again(i);
    }
}

int gtt_load_start(struct conf *c)
{
    conf = c;
    away = 0;
    atomic_store(&asked, false);
    atomic_store(&stopping, false);
    retired = gwlist_create();
    gwlist_add_producer(retired);
    for (unsigned i = 0; i < c->ss7.n_networks; i++) {
        if (c->gtt[i] == NULL)
            continue;
        hand_over(i, c->gtt[i]);
        c->gtt[i] = NULL;
    }
    if (away > 0)
        thread = gwthread_create(loader, NULL);
    return away > 0 && thread == -1 ? -1 : 0;
}

static void free_table(void *g)
{
    gtt_free(g);
}

void gtt_load_stop(void)
{
    if (retired == NULL)
        return;
    atomic_store(&stopping, true);
    gwlist_remove_producer(retired);
    if (thread != -1) {
        gwthread_wakeup(thread);
        gwthread_join(thread);
    }
    thread = -1;
    gwlist_destroy(retired, free_table);
    retired = NULL;
}

void gtt_load_again(void)
{
    if (thread == -1)
        return;
    atomic_store(&asked, true);
    gwthread_wakeup(thread);
}

void gtt_load_retired(struct gtt *g)
{
    gwlist_produce(retired, g);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_queue.c - the two queues of the border
 *
 *     up:   what the SS7 thread has for delivery, loaders and the log
 *     down: verdicts, tables, commands
 */

#include "ss7_queue.h"

#include "gw/stat.h"
#include "xq.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    UP_SPARE = 1024, /* events beside messages: log lines, states */
    DOWN_SPARE = 1024,
    UP_LINES = 512,       /* log lines on their way: messages must find room */
    UP_RECORDS = 4096,    /* the same of records; beside all that */
    STOPPED_TRIES = 5000, /* moments, so that SS7_STOPPED finds room */
};

static struct xq *up, *down;
static atomic_uint lines, records; /* in `up' */
static atomic_bool stopped;        /* nobody takes from `down' any more */
/* Between two looks at a queue that is full. */
static const struct timespec moment = { .tv_nsec = 200000 };

int ss7_queue_init(uint32_t max_held)
{
    atomic_store(&stopped, false);
    atomic_store(&lines, 0);
    atomic_store(&records, 0);
    up = xq_new(max_held + UP_SPARE + UP_RECORDS, sizeof(struct ss7_event));
    down = xq_new(max_held + DOWN_SPARE, sizeof(struct ss7_down));
    return up == NULL || down == NULL ? -1 : 0;
}

/* What was on its way across the border when its taker went. */
static void empty_queues(void)
{
    struct ss7_down d;
    struct ss7_event ev;

    while (down != NULL && xq_take(down, &d, 1) == 1) {
        if (d.what == DOWN_TABLE)
            hlr_table_free(d.table);
        else if (d.what == DOWN_BATCH)
            hlr_batch_free(d.batch);
        else if (d.what == DOWN_NODES)
            free(d.nodes);
        else if (d.what == DOWN_KEYS)
            free(d.keys);
        else if (d.what == DOWN_GTT)
            gtt_free(d.gtt.gtt);
        else if (d.what == DOWN_LINK)
            close(d.link.fd);
    }
    while (up != NULL && xq_take(up, &ev, 1) == 1)
        if (ev.what == SS7_RETIRED)
            hlr_table_free(ev.table);
        else if (ev.what == SS7_BATCH)
            hlr_batch_free(ev.batch);
        else if (ev.what == SS7_GTT_RETIRED)
            gtt_free(ev.gtt);
}

void ss7_queue_fini(void)
{
    empty_queues();
    xq_free(up);
    xq_free(down);
    up = down = NULL;
}

/* ---- SS7 thread ---- */

int ss7_up(const struct ss7_event *ev)
{
    return xq_push(up, ev);
}

int ss7_up_record(const struct ss7_event *ev)
{
    if (atomic_fetch_add(&records, 1) < UP_RECORDS && xq_push(up, ev) == 0)
        return 0;
    atomic_fetch_sub(&records, 1);
    return -1;
}

void ss7_up_log(enum slog_level level, const char *place, const char *line)
{
    struct ss7_event ev = { .what = SS7_LOG, .log.level = level };

    strncpy(ev.log.place, place, sizeof(ev.log.place) - 1);
    strncpy(ev.log.line, line, sizeof(ev.log.line) - 1);
    if (atomic_fetch_add(&lines, 1) < UP_LINES && xq_push(up, &ev) == 0)
        return;
    atomic_fetch_sub(&lines, 1);
    stat_inc(STAT_log_lost);
}

void ss7_up_last(void)
{
    struct ss7_event ev = { .what = SS7_STOPPED };

    atomic_store(&stopped, true);
    for (int i = 0; i < STOPPED_TRIES && xq_push(up, &ev) < 0; i++)
        nanosleep(&moment, NULL);
}

int ss7_down_fd(void)
{
    return xq_fd(down);
}

size_t ss7_down_take(struct ss7_down *d, size_t max)
{
    return xq_take(down, d, max);
}

/* ---- the other side ---- */

static size_t take(struct ss7_event *ev, size_t max)
{
    size_t n = xq_take(up, ev, max);
    unsigned was_lines = 0, was_records = 0;

    for (size_t i = 0; i < n; i++) {
        was_lines += ev[i].what == SS7_LOG;
        was_records += ev[i].what == SS7_ANSWERED ||
                       ev[i].what == SS7_REFUSED || ev[i].what == SS7_SRI_DONE;
    }
    atomic_fetch_sub(&lines, was_lines);
    atomic_fetch_sub(&records, was_records);
    return n;
}

size_t ss7_take(struct ss7_event *ev, size_t max, int timeout_ms)
{
    size_t n = take(ev, max);

    if (n > 0 || timeout_ms == 0)
        return n;
    xq_wait(up, timeout_ms);
    return take(ev, max);
}

/* The SS7 thread always takes, so a full queue empties within a turn. */
static void push_down(const struct ss7_down *d)
{
    while (xq_push(down, d) < 0 && !atomic_load(&stopped))
        nanosleep(&moment, NULL);
}

void ss7_verdict(uint64_t id, enum verdict v, struct map_err err)
{
    struct ss7_down d = { .what = DOWN_VERDICT, .verdict = { id, v, err } };

    push_down(&d);
}

bool ss7_table(struct hlr_table *t)
{
    struct ss7_down d = { .what = DOWN_TABLE, .table = t };

    return xq_push(down, &d) == 0;
}

bool ss7_gtt(uint8_t network, struct gtt *g)
{
    struct ss7_down d = { .what = DOWN_GTT, .gtt = { network, g } };

    return xq_push(down, &d) == 0;
}

bool ss7_batch(struct hlr_batch *b)
{
    struct ss7_down d = { .what = DOWN_BATCH, .batch = b };

    return xq_push(down, &d) == 0;
}

static void *copy_of(const void *value, size_t size)
{
    void *copy = malloc(size);

    if (copy == NULL)
        abort();
    return memcpy(copy, value, size);
}

bool ss7_nodes(const struct hlr_nodes *nodes)
{
    struct ss7_down d = { .what = DOWN_NODES };

    d.nodes = copy_of(nodes, sizeof(*nodes));
    if (xq_push(down, &d) == 0)
        return true;
    free(d.nodes);
    return false;
}

bool ss7_keys(const struct corr_keys *keys)
{
    struct ss7_down d = { .what = DOWN_KEYS };

    d.keys = copy_of(keys, sizeof(*keys));
    if (xq_push(down, &d) == 0)
        return true;
    free(d.keys);
    return false;
}

bool ss7_alert(uint8_t network, const char *sc, const char *msisdn,
               uint64_t ref)
{
    struct ss7_down d = { .what = DOWN_ALERT, .alert = { .network = network } };

    d.alert.ref = ref;
    memcpy(d.alert.msisdn, msisdn, strnlen(msisdn, HLR_MSISDN_MAX));
    memcpy(d.alert.sc, sc, strnlen(sc, NUM_MAX));
    return xq_push(down, &d) == 0;
}

void ss7_away(uint16_t route, bool is)
{
    struct ss7_down d = { .what = DOWN_AWAY, .away = { route, is } };

    push_down(&d);
}

void ss7_waiting_full(bool is)
{
    struct ss7_down d = { .what = DOWN_FULL, .full = is };

    push_down(&d);
}

void ss7_link(uint8_t network, int fd)
{
    struct ss7_down d = { .what = DOWN_LINK, .link = { network, fd } };

    push_down(&d);
}

void ss7_drain(void)
{
    struct ss7_down d = { .what = DOWN_DRAIN };

    push_down(&d);
}

void ss7_stop(void)
{
    struct ss7_down d = { .what = DOWN_STOP };

    push_down(&d);
}

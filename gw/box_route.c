/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_route.c - which of the connected boxes gets a message
 *
 * The lock is held while frames are copied into a connection's buffer and
 * while that is offered to its socket, which never waits: so a connection
 * cannot go away under whoever writes to it.
 */

#include "box_route.h"

#include "box_conn.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct slot {
    struct box_conn *conn; /* NULL: free */
    uint32_t epoch, out;
    bool ready, suspended, dirty;
    uint64_t since_ms;
    char id[BOX_ID_MAX + 1];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slot[DLV_BOXES];
static unsigned used; /* slots that were ever taken */
static unsigned turn;
static uint32_t max_pending;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void box_route_init(uint32_t max)
{
    pthread_mutex_lock(&lock);
    max_pending = max;
    pthread_mutex_unlock(&lock);
}

/* NULL: that connection is gone. Locked. */
static struct slot *of(struct box_ref ref)
{
    struct slot *s = &slot[ref.slot];

    return s->conn != NULL && s->epoch == ref.epoch ? s : NULL;
}

bool box_route_add(struct box_conn *c, struct box_ref *ref)
{
    unsigned i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < DLV_BOXES && slot[i].conn != NULL; i++)
        ;
    if (i < DLV_BOXES) {
        uint32_t epoch = slot[i].epoch + 1;

        slot[i] = (struct slot){ .conn = c, .epoch = epoch };
        slot[i].since_ms = now_ms();
        *ref = (struct box_ref){ .slot = (uint16_t)i, .epoch = epoch };
        if (i >= used)
            used = i + 1;
    }
    pthread_mutex_unlock(&lock);
    return i < DLV_BOXES;
}

void box_route_close(struct box_ref ref)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL)
        s->ready = false;
    pthread_mutex_unlock(&lock);
}

void box_route_del(struct box_ref ref)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL)
        s->conn = NULL;
    pthread_mutex_unlock(&lock);
}

void box_route_ready(struct box_ref ref, const char *box_id)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL) {
        s->ready = true;
        snprintf(s->id, sizeof(s->id), "%s", box_id);
    }
    pthread_mutex_unlock(&lock);
}

void box_route_suspend(struct box_ref ref, bool suspended)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL)
        s->suspended = suspended;
    pthread_mutex_unlock(&lock);
}

static bool takes(const struct slot *s, const char *box_id)
{
    if (s->conn == NULL || !s->ready || s->suspended)
        return false;
    return box_id[0] == '\0' || strcmp(s->id, box_id) == 0;
}

static bool has_room(const struct slot *s)
{
    return s->out < max_pending;
}

/* One that takes and has room, under this name. NULL: none; *result says
 * whether it is for want of room. Locked. */
static struct slot *find(const char *box_id, uint64_t stick,
                         enum box_pick *result)
{
    struct slot *best = NULL;
    uint64_t most = 0;
    unsigned i;

    for (i = 0; i < used; i++) {
        unsigned at = stick != 0 ? i : (turn + i) % used;
        struct slot *s = &slot[at];
        uint64_t n;

        if (!takes(s, box_id))
            continue;
        *result = BOX_FULL;
        if (!has_room(s))
            continue;
        n = stick != 0
                ? box_share_draw(stick ^ box_share_draw(BOX_SHARE_MAX + at))
                : UINT32_MAX - s->out;
        if (best == NULL || n > most) {
            best = s;
            most = n;
        }
    }
    return best;
}

static enum box_pick give(struct slot *s, struct box_ref *ref)
{
    s->out++;
    ref->slot = (uint16_t)(s - slot);
    ref->epoch = s->epoch;
    return BOX_PICKED;
}

enum box_pick box_route_pick(const char *box_id, uint64_t stick,
                             struct box_ref *ref)
{
    enum box_pick result = BOX_NONE;
    struct slot *s;

    pthread_mutex_lock(&lock);
    turn++;
    s = find(box_id, stick, &result);
    if (s != NULL)
        result = give(s, ref);
    pthread_mutex_unlock(&lock);
    return result;
}

/* By weight among the names that have one. NULL: as find(). Locked. */
static struct slot *find_share(const struct box_share *share, uint64_t stick,
                               enum box_pick *result)
{
    uint64_t draw = stick != 0 ? stick : box_share_draw(turn);
    struct slot *s[BOX_SHARE_MAX];
    uint32_t able = 0;
    int chosen;
    unsigned i;

    for (i = 0; i < share->n; i++) {
        s[i] = find(share->box[i].id, stick, result);
        able |= (uint32_t)(s[i] != NULL) << i;
    }
    chosen = box_share_choose(share, able, draw);
    return chosen < 0 ? NULL : s[chosen];
}

enum box_pick box_route_pick_share(const struct box_share *share, unsigned n,
                                   uint64_t stick, struct box_ref *ref)
{
    enum box_pick result = BOX_NONE;
    struct slot *s = NULL;
    unsigned i;

    pthread_mutex_lock(&lock);
    turn++;
    for (i = 0; i < n && s == NULL; i++)
        s = find_share(&share[i], stick, &result);
    if (s != NULL)
        result = give(s, ref);
    pthread_mutex_unlock(&lock);
    return result;
}

void box_route_release(struct box_ref ref)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL && s->out > 0)
        s->out--;
    pthread_mutex_unlock(&lock);
}

void box_route_put(struct box_ref ref, const void *frames, size_t n)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL) {
        box_conn_put(s->conn, frames, n);
        s->dirty = true;
    }
    pthread_mutex_unlock(&lock);
}

void box_route_flush(void)
{
    unsigned i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < used; i++) {
        if (slot[i].conn == NULL || !slot[i].dirty)
            continue;
        slot[i].dirty = false;
        box_conn_flush(slot[i].conn);
    }
    pthread_mutex_unlock(&lock);
}

void box_route_flush_one(struct box_ref ref)
{
    struct slot *s;

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL && s->dirty) {
        s->dirty = false;
        box_conn_flush(s->conn);
    }
    pthread_mutex_unlock(&lock);
}

bool box_route_takes(const char *box_id)
{
    bool any = false;
    unsigned i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < used && !any; i++)
        any = takes(&slot[i], box_id);
    pthread_mutex_unlock(&lock);
    return any;
}

void box_route_each(void (*fn)(struct box_conn *c))
{
    unsigned i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < used; i++) {
        if (slot[i].conn != NULL)
            fn(slot[i].conn);
    }
    pthread_mutex_unlock(&lock);
}

void box_route_name(struct box_ref ref, char out[BOX_ID_MAX + 1])
{
    const struct slot *s;
    const char *name = "";

    pthread_mutex_lock(&lock);
    if ((s = of(ref)) != NULL)
        name = s->id[0] != '\0' ? s->id : box_conn_ip(s->conn);
    snprintf(out, BOX_ID_MAX + 1, "%s", name);
    pthread_mutex_unlock(&lock);
}

unsigned box_route_ready_count(void)
{
    unsigned i, n = 0;

    pthread_mutex_lock(&lock);
    for (i = 0; i < used; i++)
        n += takes(&slot[i], "");
    pthread_mutex_unlock(&lock);
    return n;
}

unsigned box_route_list(struct box_info box[DLV_BOXES])
{
    unsigned i, n = 0;

    pthread_mutex_lock(&lock);
    for (i = 0; i < used; i++) {
        const struct slot *s = &slot[i];

        if (s->conn == NULL)
            continue;
        box[n] = (struct box_info){
            .ready = s->ready,
            .suspended = s->suspended,
            .tls = box_conn_tls(s->conn),
            .out = s->out,
            .since_ms = s->since_ms,
        };
        snprintf(box[n].id, sizeof(box[n].id), "%s", s->id);
        snprintf(box[n].ip, sizeof(box[n].ip), "%s", box_conn_ip(s->conn));
        n++;
    }
    pthread_mutex_unlock(&lock);
    return n;
}

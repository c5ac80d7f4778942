/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hlr_feed.c - the loader's hand on the table that the SS7 thread has
 */

#include "hlr_feed.h"

#include "hlr_build.h"

#include <gwlib/gwlib.h>
#include <string.h>

enum {
    OUT_MAX = 32,     /* batches on their way */
    ODD_MAX = 1000,   /* rows that are tried again */
    ROOM_MORE = 65536 /* beyond a quarter, when a table is cloned */
};

/* A row that did not fit as it is. */
struct odd {
    struct hlr_row row;
    const char *why; /* NULL: it is on its way again */
};

static const struct hlr_out *out;
static const atomic_bool *stop;
static struct hlr_table *table; /* the SS7 thread's; read only when quiet */
static size_t room;             /* rows that it is sure to take */
static unsigned batches_out;
static struct hlr_batch *more, *less; /* puts and deletions, being gathered */
static List *back, *retired;
static struct odd odd[ODD_MAX]; /* sorted by first and last */
static unsigned odds;
static bool too_many_odd;
static bool odd_is_new; /* one came since they were tried last */

/* ---- rows that did not fit ---- */

static int compare(const struct hlr_row *a, const struct hlr_row *b)
{
    int c = strcmp(a->first, b->first);

    return c != 0 ? c : strcmp(a->last, b->last);
}

/* Its place, or the one where it belongs. */
static unsigned odd_place(const struct hlr_row *row)
{
    unsigned low = 0, high = odds;

    while (low < high) {
        unsigned mid = low + (high - low) / 2;

        if (compare(&odd[mid].row, row) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct odd *odd_find(const struct hlr_row *row)
{
    unsigned at = odd_place(row);

    return at < odds && compare(&odd[at].row, row) == 0 ? &odd[at] : NULL;
}

static void odd_del(struct odd *o)
{
    unsigned at = (unsigned)(o - odd);

    memmove(o, o + 1, (odds - at - 1) * sizeof(*o));
    odds--;
}

void feed_odd(const struct hlr_row *row, const char *why)
{
    struct odd *o = odd_find(row);
    char text[40];
    unsigned at;

    if (o != NULL) {
        o->row = *row;
        o->why = why;
        return;
    }
    if (odds == ODD_MAX) {
        if (!too_many_odd)
            error(0,
                  "Register: more than %d rows do not fit; they are not "
                  "all told of, nor tried again.",
                  ODD_MAX);
        too_many_odd = true;
        return;
    }
    error(0, "Register: %s cannot be used: %s <%s>.",
          hlr_row_str(row, text, sizeof(text)), why, row->imsi);
    at = odd_place(row);
    memmove(&odd[at + 1], &odd[at], (odds - at) * sizeof(*odd));
    odd[at] = (struct odd){ *row, why };
    odds++;
    odd_is_new = true;
}

void feed_forget_odd(void)
{
    odds = 0;
    too_many_odd = odd_is_new = false;
}

static void odd_now_fits(const struct hlr_row *row)
{
    struct odd *o = odds > 0 ? odd_find(row) : NULL;
    char text[40];

    if (o == NULL || o->why != NULL)
        return;
    info(0, "Register: %s can be used now.",
         hlr_row_str(row, text, sizeof(text)));
    odd_del(o);
}

/* ---- what comes back ---- */

static void batch_back(struct hlr_batch *b)
{
    batches_out--;
    for (unsigned i = 0; i < b->n; i++) {
        const struct hlr_step *s = &b->step[i];

        if (s->del)
            continue;
        if (s->why != NULL)
            feed_odd(&s->row, s->why);
        else
            odd_now_fits(&s->row);
    }
    hlr_batch_free(b);
}

void feed_turn(void)
{
    struct hlr_table *t;
    struct hlr_batch *b;

    while ((t = gwlist_extract_first(retired)) != NULL)
        hlr_table_free(t);
    while ((b = gwlist_extract_first(back)) != NULL)
        batch_back(b);
}

void hlr_retired(struct hlr_table *t)
{
    if (t == NULL)
        return;
    if (retired != NULL)
        gwlist_append(retired, t);
    else
        hlr_table_free(t);
}

void hlr_batch_done(struct hlr_batch *b)
{
    if (b == NULL)
        return;
    if (back != NULL)
        gwlist_append(back, b);
    else
        hlr_batch_free(b);
}

/* ---- what goes out ---- */

/* Some time passes; false: stopping. */
static bool wait_some(void)
{
    gwthread_sleep(0.001);
    feed_turn();
    return !atomic_load(stop);
}

static bool wait_quiet(void)
{
    feed_turn();
    while (batches_out > 0)
        if (!wait_some())
            return false;
    return true;
}

bool feed_is_quiet(void)
{
    return batches_out == 0;
}

const struct hlr_table *feed_read(void)
{
    return wait_quiet() ? table : NULL;
}

bool feed_table(struct hlr_table *t)
{
    size_t free_rows = hlr_table_room(t);

    if (!wait_quiet()) {
        hlr_table_free(t);
        return false;
    }
    while (!out->table(t))
        if (!wait_some()) {
            hlr_table_free(t);
            return false;
        }
    table = t;
    room = free_rows;
    return true;
}

/* A table that would have to grow, and so keep the SS7 thread waiting, is
 * exchanged for a larger one. */
static bool make_room(unsigned rows)
{
    size_t n;

    if (room >= rows)
        return true;
    if (!wait_quiet())
        return false;
    room = hlr_table_room(table);
    if (room >= HLR_BATCH)
        return true;
    n = hlr_table_rows(table);
    debug("hlr", 0, "Register: the table of %lu rows is made larger.",
          (unsigned long)n);
    return feed_table(hlr_table_clone(table, n + n / 4 + ROOM_MORE));
}

static bool hand_over(struct hlr_batch *b)
{
    while (batches_out >= OUT_MAX)
        if (!wait_some())
            return false;
    while (!out->batch(b))
        if (!wait_some())
            return false;
    batches_out++;
    return true;
}

/* Frees the batch if it cannot be sent. */
static bool send_or_free(struct hlr_batch *b)
{
    unsigned rows = 0;

    for (unsigned i = 0; i < b->n; i++)
        rows += !b->step[i].del;
    if (make_room(rows)) {
        room -= rows;
        if (hand_over(b))
            return true;
    }
    hlr_batch_free(b);
    return false;
}

/* Both in one batch if that is large enough. */
static bool send_gathered(bool complete)
{
    struct hlr_batch *first = less, *second = more;

    less = more = NULL;
    if (first != NULL && second != NULL && first->n + second->n <= HLR_BATCH) {
        memcpy(&first->step[first->n], second->step,
               second->n * sizeof(second->step[0]));
        first->n += second->n;
        hlr_batch_free(second);
        second = NULL;
    }
    if (second == NULL)
        second = first, first = NULL;
    if (second == NULL && complete)
        second = hlr_batch_new();
    if (second == NULL)
        return true;
    second->complete = complete;
    if (first == NULL || send_or_free(first))
        return send_or_free(second);
    hlr_batch_free(second);
    return false;
}

static struct hlr_step *step(struct hlr_batch **b)
{
    struct hlr_step *s;

    if (*b != NULL && (*b)->n == HLR_BATCH && !send_gathered(false))
        return NULL;
    if (*b == NULL)
        *b = hlr_batch_new();
    s = &(*b)->step[(*b)->n++];
    s->why = NULL;
    return s;
}

static void supersede(const struct hlr_row *row)
{
    struct odd *o = odds > 0 ? odd_find(row) : NULL;

    if (o != NULL)
        odd_del(o);
}

bool feed_put(const struct hlr_row *row)
{
    struct hlr_step *s = step(&more);

    if (s == NULL)
        return false;
    supersede(row);
    s->del = false;
    s->row = *row;
    return true;
}

bool feed_del(const char *first, const char *last)
{
    struct hlr_step *s = step(&less);

    if (s == NULL)
        return false;
    s->del = true;
    s->row = (struct hlr_row){ .network = 0 };
    strncpy(s->row.first, first, sizeof(s->row.first) - 1);
    strncpy(s->row.last, last, sizeof(s->row.last) - 1);
    supersede(&s->row);
    return true;
}

bool feed_flush(bool complete)
{
    bool any = more != NULL || less != NULL || odd_is_new;

    odd_is_new = false;
    for (unsigned i = 0; any && i < odds; i++) {
        struct hlr_step *s;

        if (odd[i].why == NULL)
            continue; /* it is still out */
        s = step(&more);
        if (s == NULL)
            return false;
        s->del = false;
        s->row = odd[i].row;
        odd[i].why = NULL;
    }
    return send_gathered(complete);
}

/* ---- life ---- */

void feed_open(const struct hlr_out *o, const atomic_bool *s)
{
    out = o;
    stop = s;
    table = NULL;
    room = 0;
    batches_out = 0;
    feed_forget_odd();
    retired = gwlist_create();
    back = gwlist_create();
}

/* What is still out is freed by who has it, or comes back to be freed. */
void feed_close(void)
{
    feed_turn();
    hlr_batch_free(more);
    hlr_batch_free(less);
    more = less = NULL;
    gwlist_destroy(retired, NULL);
    gwlist_destroy(back, NULL);
    retired = back = NULL;
}

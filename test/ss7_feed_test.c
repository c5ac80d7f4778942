/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_feed_test.c - a register that comes in pieces, at the SS7 side
 *
 * What is in the table is answered for; of the rest nobody knows anything
 * until the table is complete.
 */

#include "check.h"
#include "ss7_peer.h"

#include <pthread.h>
#include <stdlib.h>

enum { SOON_MS = 5000, MANY = 300 /* batches */ };

static struct ss7_conf conf;
static struct peer peer;
static struct peer_answer got;
static struct ss7_event event;
static pthread_t thread;
static unsigned otid;
static const char mccmnc[1][7] = { "23415" };

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static struct hlr_table *begin(size_t room)
{
    struct hlr_table *t = hlr_table_new(mccmnc, 1, room);

    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0 && ss7_table(t));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    return t;
}

static bool event_is(int what)
{
    while (ss7_take(&event, 1, SOON_MS) == 1)
        if ((int)event.what == what)
            return true;
    return false;
}

static void end(void)
{
    ss7_stop();
    while (peer.link != NULL && !peer.down &&
           peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

/* The error of an SRI for this number, 0: a result. */
static int sri(const char *number)
{
    struct peer_msg m = {
        .version = 3, .otid = ++otid, .invoke = 7, .number = number
    };

    peer_sri(&peer, &m);
    peer_flush(&peer);
    if (peer_take(&peer, &got, SOON_MS) != 1 || got.dtid != otid)
        return -1;
    return got.comp == TCAP_ERROR ? got.error : 0;
}

static int fsm(const char *imsi)
{
    struct peer_msg m = { .version = 3,
                          .otid = otid + 1,
                          .invoke = 5,
                          .number = imsi,
                          .tag = otid + 1 };

    otid++;
    peer_fsm(&peer, &m);
    peer_flush(&peer);
    if (peer_take(&peer, &got, SOON_MS) != 1 || got.dtid != otid)
        return -1;
    return got.comp == TCAP_ERROR ? got.error : 0;
}

static void add(struct hlr_batch *b, bool del, unsigned number)
{
    struct hlr_step *s = &b->step[b->n++];

    *s = (struct hlr_step){ .del = del };
    s->row.status = HLR_ACTIVE;
    s->row.route = HLR_ROUTE_NONE;
    snprintf(s->row.first, sizeof(s->row.first), "4477009%05u", number);
    strcpy(s->row.last, s->row.first);
}

static bool taken(void)
{
    bool back = event_is(SS7_BATCH) && hlr_batch_applied(event.batch);

    hlr_batch_free(event.batch);
    return back;
}

static void what_is_not_loaded_yet_fails_for_now(void)
{
    struct hlr_batch *b = hlr_batch_new();

    begin(100);
    CHECK(sri("447700900001") == MAP_ERR_SYSTEM_FAILURE);
    CHECK(fsm("234157700900001") == MAP_ERR_SYSTEM_FAILURE);
    add(b, false, 1);
    CHECK(ss7_batch(b) && taken());
    CHECK(sri("447700900001") == 0);
    CHECK(strcmp(got.sri.imsi, "234157700900001") == 0);
    CHECK(sri("447700900002") == MAP_ERR_SYSTEM_FAILURE);
    CHECK(fsm("234157700900002") == MAP_ERR_SYSTEM_FAILURE);
    b = hlr_batch_new();
    add(b, false, 3);
    b->complete = true;
    CHECK(ss7_batch(b) && taken());
    CHECK(sri("447700900001") == 0 && sri("447700900003") == 0);
    CHECK(sri("447700900002") == MAP_ERR_UNKNOWN_SUBSCRIBER);
    CHECK(fsm("234157700900002") == MAP_ERR_UNIDENTIFIED_SUBSCRIBER);
    b = hlr_batch_new();
    add(b, true, 1);
    CHECK(ss7_batch(b) && taken());
    CHECK(sri("447700900001") == MAP_ERR_UNKNOWN_SUBSCRIBER);
    end();
}

static void a_row_that_cannot_be_used_fails_for_now(void)
{
    struct hlr_batch *b = hlr_batch_new();

    begin(100);
    add(b, false, 1);
    b->step[0].row.status = HLR_UNUSABLE;
    add(b, false, 2);
    strcpy(b->step[1].row.imsi, "001010000000001");
    add(b, false, 3);
    strcpy(b->step[2].row.imsi, "001010000000001");
    b->complete = true;
    CHECK(ss7_batch(b) && event_is(SS7_BATCH));
    b = event.batch;
    CHECK(b->failed == 1 && b->step[1].why == NULL && b->step[2].why != NULL);
    hlr_batch_free(b);
    CHECK(sri("447700900001") == MAP_ERR_SYSTEM_FAILURE);
    CHECK(sri("447700900002") == 0);
    CHECK(sri("447700900003") == MAP_ERR_SYSTEM_FAILURE);
    end();
}

/* Puts, and deletions of all of them but one, by turns. */
static void fill(struct hlr_batch *b[MANY])
{
    for (unsigned i = 0; i < MANY; i++) {
        b[i] = hlr_batch_new();
        for (unsigned k = 0; k < HLR_BATCH; k++)
            add(b[i], i % 2 == 1, i / 2 * HLR_BATCH + k);
        if (i == 1)
            strcpy(b[i]->step[0].row.first, "1");
    }
}

static void takes_many_batches_and_answers_on(void)
{
    static struct hlr_batch *b[MANY];
    unsigned back = 0, between = 0;

    fill(b);
    begin((size_t)MANY * HLR_BATCH);
    for (unsigned i = 0; i < MANY; i++)
        CHECK(ss7_batch(b[i]));
    while (back < MANY) {
        between += sri("447700900000") == 0 && back < MANY;
        while (ss7_take(&event, 1, 0) == 1)
            if (event.what == SS7_BATCH) {
                CHECK(event.batch == b[back] && event.batch->failed == 0);
                hlr_batch_free(b[back++]);
            }
    }
    CHECK(between > 10);
    CHECK(sri("447700900000") == 0);
    CHECK(sri("447700900001") == MAP_ERR_SYSTEM_FAILURE);
    end();
}

static void keys_and_nodes_are_copied(void)
{
    struct corr_keys keys = { .n = 1, .key = { { { 1 } } } };
    struct hlr_nodes *nodes = calloc(1, sizeof(*nodes));
    struct hlr_batch *b = hlr_batch_new();

    begin(100);
    add(b, false, 1);
    b->step[0].row.correlation = true;
    b->step[0].row.cid = 1;
    CHECK(ss7_batch(b) && taken());
    CHECK(sri("447700900001") == MAP_ERR_SYSTEM_FAILURE); /* without a key */
    CHECK(ss7_keys(&keys) && ss7_nodes(nodes));
    memset(&keys, 0, sizeof(keys));
    free(nodes);
    b = hlr_batch_new(); /* when it is back, they have been taken too */
    CHECK(ss7_batch(b) && taken());
    CHECK(sri("447700900001") == 0);
    CHECK(strncmp(got.sri.imsi, "23415", 5) == 0);
    end();
}

static void frees_what_is_still_on_its_way(void)
{
    struct corr_keys keys = { .n = 0 };
    struct hlr_nodes *nodes = calloc(1, sizeof(*nodes));
    struct hlr_batch *b = hlr_batch_new();

    peer_conf(&conf);
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(hlr_table_new(mccmnc, 1, 0)) && ss7_batch(b));
    CHECK(ss7_keys(&keys) && ss7_nodes(nodes));
    free(nodes);
    ss7_fini();
}

int main(void)
{
    SHOWS("HL-02", what_is_not_loaded_yet_fails_for_now);
    a_row_that_cannot_be_used_fails_for_now();
    takes_many_batches_and_answers_on();
    keys_and_nodes_are_copied();
    frees_what_is_still_on_its_way();
    return CHECK_DONE();
}

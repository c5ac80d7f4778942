/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ss7_share_test.c - two STPs with two associations each: all of them carry
 * answers, in whatever order they are configured
 */

#include "check.h"
#include "ss7_peer.h"

#include <poll.h>
#include <pthread.h>

enum { ASSOCS = 4, QUESTIONS = 64, SOON_MS = 5000 };

static struct ss7_conf conf;
static struct peer peer;
static struct peer_answer got;
static pthread_t thread;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

static void begin(const uint32_t pc[ASSOCS])
{
    static const uint8_t state = MTP_ASSOC_ACTIVE;
    struct mtp_conf *m = &conf.network[0].mtp;

    peer_conf(&conf);
    for (uint8_t a = 0; a < ASSOCS; a++) {
        m->assoc[a] = m->assoc[0];
        m->assoc[a].peer_pc = pc[a];
    }
    m->n_assoc = ASSOCS;
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    for (uint8_t a = 1; a < ASSOCS; a++)
        link_put(peer.link, LINK_ASSOC, a, &state, 1);
    CHECK(peer_flush(&peer));
}

static void end(void)
{
    ss7_stop();
    while (!peer.down && peer_take(&peer, &got, SOON_MS) > 0)
        ;
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

/* Count the answers that each association carries to its own STP. */
static unsigned take(const uint32_t pc[ASSOCS], unsigned carried[ASSOCS])
{
    struct pollfd fd = { .fd = link_fd(peer.link), .events = POLLIN };
    struct mtp_transfer t;
    struct link_frame f;
    unsigned n = 0;

    while (n < QUESTIONS && poll(&fd, 1, SOON_MS) == 1 &&
           link_read(peer.link) > 0)
        while (link_next(peer.link, &f) > 0)
            if (link_transfer_read(&f, &t) == 0) {
                CHECK(t.assoc < ASSOCS && t.dpc == pc[t.assoc]);
                carried[t.assoc % ASSOCS]++;
                n++;
            }
    return n;
}

static void all_carry_their_share(const uint32_t pc[ASSOCS])
{
    struct peer_msg m = { .version = 3, .invoke = 1, .number = "447700900123" };
    unsigned carried[ASSOCS] = { 0 };

    begin(pc);
    for (m.otid = 1; m.otid <= QUESTIONS; m.otid++)
        peer_sri(&peer, &m);
    CHECK(peer_flush(&peer));
    CHECK(take(pc, carried) == QUESTIONS);
    for (unsigned a = 0; a < ASSOCS; a++)
        CHECK(carried[a] == QUESTIONS / ASSOCS);
    end();
}

int main(void)
{
    all_carry_their_share((const uint32_t[ASSOCS]){ 7, 7, 8, 8 });
    all_carry_their_share((const uint32_t[ASSOCS]){ 7, 8, 7, 8 });
    all_carry_their_share((const uint32_t[ASSOCS]){ 8, 7, 7, 8 });
    all_carry_their_share((const uint32_t[ASSOCS]){ 7, 7, 7, 7 });
    return CHECK_DONE();
}

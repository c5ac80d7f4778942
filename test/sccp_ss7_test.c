/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sccp_ss7_test.c - what a concerned node hears of the SS7 thread: when an
 * association becomes active, when the node is back, and at the end
 */

#include "check.h"
#include "sccp_scmg.h"
#include "ss7_peer.h"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum { CONCERNED = 77, SOON_MS = 3000 };

static struct ss7_conf conf;
static struct peer peer;
static pthread_t thread;

static void *run(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

/* Which of the two subsystems (6, 8) a message of this format is about. */
static unsigned about(const struct mtp_transfer *t, uint8_t format)
{
    struct rd_err err;
    struct rd r = rd_init(t->data, t->len, &err);
    struct sccp_scmg_msg scmg;
    struct sccp_msg m;

    if (!sccp_msg_read(&r, &m) || m.called.ssn != SCCP_SSN_MANAGEMENT)
        return 0;
    r = rd_init(m.data, m.data_len, &err);
    sccp_scmg_read(&r, &scmg);
    CHECK(rd_ok(&r) && scmg.format == format && t->dpc == CONCERNED);
    CHECK(scmg.pc == conf.network[0].pc[0]);
    return scmg.ssn == 6 ? 1 : scmg.ssn == 8 ? 2 : 0;
}

/* True if both subsystems are told of in time. */
static bool hears(uint8_t format)
{
    struct pollfd fd = { .fd = link_fd(peer.link), .events = POLLIN };
    struct mtp_transfer t;
    struct link_frame f;
    unsigned heard = 0;

    while (heard != 3 && poll(&fd, 1, SOON_MS) == 1 && link_read(peer.link) > 0)
        while (link_next(peer.link, &f) > 0)
            if (link_transfer_read(&f, &t) == 0)
                heard |= about(&t, format);
    return heard == 3;
}

static void dest(uint8_t type)
{
    struct link_dest d = { .pc = CONCERNED };

    link_put_dest(peer.link, type, 0, &d);
    CHECK(peer_flush(&peer));
}

static void a_concerned_node_is_told(void)
{
    peer_conf(&conf);
    conf.network[0].concerned[0] = CONCERNED;
    conf.network[0].n_concerned = 1;
    CHECK(ss7_init(&conf) == 0);
    pthread_create(&thread, NULL, run, NULL);
    peer_open(&peer);
    CHECK(hears(SCCP_SCMG_SSA));
    dest(LINK_PAUSE);
    usleep(100000); /* in one turn with the next it would be no news */
    dest(LINK_RESUME);
    CHECK(hears(SCCP_SCMG_SSA));
    ss7_stop();
    CHECK(hears(SCCP_SCMG_SSP));
    peer_kill(&peer);
    pthread_join(thread, NULL);
    ss7_fini();
}

int main(void)
{
    SHOWS("SC-14", a_concerned_node_is_told);
    return CHECK_DONE();
}

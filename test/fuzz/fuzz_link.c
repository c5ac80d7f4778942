/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_link.c - any octets at all as packets of an mtpd that was taken over
 *
 * It faces the network, so what it says is not trusted. The input is a series
 * of packets, each after its length in two octets; a length of 0xffff moves
 * the clock by four seconds, 0xfffe is a new mtpd. A HELLO comes first unless
 * the input begins with 0. What it hands up must be within bounds, whatever
 * it breaks ends the link. The input is also taken for a CONFIG frame.
 */

#include "mtp_net.h"
#include "slog.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TICK = 0xffff, ANEW = 0xfffe, ASSOCS = 3, PACKETS = 40 };

static struct timer_wheel wheel;
static struct mtp_net *net;
static int mtpd = -1;

static void must(bool so)
{
    if (!so)
        abort();
}

/* ---- the user: answers where it came from ---- */

static void on_transfer(void *ctx, const struct mtp_transfer *t)
{
    const struct mtp_provider *p = mtp_net_provider(net);
    struct mtp_transfer back = *t;
    unsigned sum = 0;

    (void)ctx;
    must(t->assoc < ASSOCS);
    for (uint16_t i = 0; i < t->len; i++)
        sum += t->data[i]; /* all of it must be there */
    back.dpc = t->opc;
    back.opc = t->dpc;
    back.sls = sum & 0x0f;
    p->send(p->self, &back);
    mtp_net_reaches(net, t->opc);
}

static void on_dest(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    (void)ctx;
    (void)pc;
    (void)mask;
    must(assoc < ASSOCS);
}

static void on_status(void *ctx, uint8_t assoc, uint32_t pc, enum mtp_status s,
                      int level)
{
    (void)ctx;
    (void)pc;
    (void)level;
    must(assoc < ASSOCS && s <= MTP_STATUS_USER_UNAVAILABLE);
}

static void on_assoc(void *ctx, uint8_t assoc, enum mtp_assoc_state s)
{
    (void)ctx;
    must(assoc < ASSOCS && s <= MTP_ASSOC_ACTIVE);
}

static const struct mtp_user user = { on_transfer, on_dest, on_dest, on_status,
                                      on_assoc };

static void on_line(enum slog_level level, const char *place, const char *line)
{
    (void)place;
    must(level <= SLOG_ERROR);
    for (const char *p = line; *p != '\0'; p++)
        must((unsigned char)*p >= ' ');
}

/* ---- mtpd ---- */

static void start(bool polite)
{
    struct mtp_link *l;
    int fd[2];

    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fd) == 0);
    if (mtpd >= 0)
        close(mtpd);
    mtp_net_link(net, fd[0]);
    mtpd = fd[1];
    if (!polite)
        return;
    l = link_new(dup(mtpd));
    must(l != NULL);
    link_put_hello(l);
    link_flush(l);
    link_free(l);
}

static void drain(void)
{
    static uint8_t buf[LINK_PACKET_MAX];

    while (recv(mtpd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
        continue;
}

static void packet(const uint8_t *p, size_t n)
{
    if (n > 0 && send(mtpd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        return;
    if (mtp_net_fd(net) >= 0)
        mtp_net_io(net);
    if (mtp_net_fd(net) >= 0)
        mtp_net_flush(net);
    drain();
}

/* What can be read is written in the same octets. */
static void conf_frame(const uint8_t *p, size_t n)
{
    static struct mtp_conf c;
    static uint8_t again[16384];

    if (n <= sizeof(again) && link_conf_read(p, n, &c) == 0)
        must(link_conf_write(&c, again, sizeof(again)) == (int)n &&
             memcmp(p, again, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mtp_conf conf = { .pc = { 1 }, .n_pc = 1 };

    conf_frame(data, size);
    conf.n_assoc = ASSOCS;
    conf.assoc[1].has_peer_pc = true;
    conf.assoc[1].peer_pc = 2;
    slog_set(on_line, SLOG_DEBUG);
    timer_wheel_init(&wheel, 1000);
    net = mtp_net_new("net", &conf, &wheel, &user, NULL);
    must(net != NULL);
    start(size > 0 && data[0] != 0);
    for (unsigned i = 0; i < PACKETS && size >= 2; i++) {
        size_t n = (size_t)(data[0] << 8 | data[1]);

        data += 2;
        size -= 2;
        if (n == TICK) {
            timer_run(&wheel, wheel.now_ms + 4000);
        } else if (n == ANEW) {
            start(true);
        } else {
            n = n < size ? n : size;
            packet(data, n);
            data += n;
            size -= n;
        }
    }
    mtp_net_free(net);
    close(mtpd);
    mtpd = -1;
    must(wheel.running == 0);
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_link_test.c - frames of the link, and what breaks it
 */

#include "check.h"
#include "mtp_link.h"

#include <sys/socket.h>
#include <unistd.h>

static struct mtp_link *a, *b;
static int raw; /* the other end of `a' in tests of bad octets */

static void open_pair(void)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
    a = link_new(fd[0]);
    b = link_new(fd[1]);
}

static void close_pair(void)
{
    link_free(a);
    link_free(b);
    a = b = NULL;
}

static void open_raw(void)
{
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
    a = link_new(fd[0]);
    raw = fd[1];
}

static void close_raw(void)
{
    link_free(a);
    close(raw);
    a = NULL;
}

static const uint8_t payload[] = { 9, 1, 2, 3, 4, 5 };

static struct mtp_transfer transfer(uint8_t sls)
{
    return (struct mtp_transfer){ .opc = 1,
                                  .dpc = 16383,
                                  .ni = 2,
                                  .si = 3,
                                  .mp = 1,
                                  .sls = sls,
                                  .assoc = 15,
                                  .len = sizeof(payload),
                                  .data = payload };
}

static void a_transfer_survives_the_trip(void)
{
    struct mtp_transfer t = transfer(255), got;
    struct link_frame f;

    open_pair();
    CHECK(link_read(b) == 0);
    CHECK(link_put_transfer(a, &t) == 0);
    CHECK(!link_idle(a) && link_flush(a) == 0 && link_idle(a));
    CHECK(link_read(b) == 1);
    CHECK(link_next(b, &f) == 1 && f.type == LINK_TRANSFER && f.assoc == 15);
    CHECK(link_transfer_read(&f, &got) == 0);
    CHECK(got.opc == 1 && got.dpc == 16383 && got.ni == 2 && got.si == 3);
    CHECK(got.mp == 1 && got.sls == 255 && got.assoc == 15);
    CHECK(got.len == sizeof(payload) &&
          memcmp(got.data, payload, sizeof(payload)) == 0);
    CHECK(link_next(b, &f) == 0);
    CHECK(link_read(b) == 0);
    close_pair();
}

static void many_frames_go_in_few_packets(void)
{
    struct mtp_transfer t = transfer(0), got;
    struct link_frame f;
    unsigned n = 0, packets = 0;

    open_pair();
    for (int i = 0; i < 1000; i++) {
        t.sls = (uint8_t)i;
        CHECK(link_put_transfer(a, &t) == 0);
    }
    CHECK(link_flush(a) == 0);
    while (link_read(b) == 1) {
        packets++;
        while (link_next(b, &f) == 1) {
            CHECK(link_transfer_read(&f, &got) == 0);
            CHECK(got.sls == (uint8_t)n);
            n++;
        }
    }
    CHECK(n == 1000 && packets == 1);
    close_pair();
}

static void transfers_are_refused_when_too_many_wait_control_is_not(void)
{
    static const uint8_t big[MTP_DATA_MAX];
    struct mtp_transfer t = transfer(0);
    struct link_frame f;
    unsigned taken = 0, got = 0, control = 0;

    t.len = sizeof(big);
    t.data = big;
    open_pair();
    for (unsigned i = 0; i < 3 * LINK_KEEP_FRAMES; i++) {
        taken += link_put_transfer(a, &t) == 0;
        if (i % 64 == 0)
            CHECK(link_flush(a) >= 0);
    }
    CHECK(link_flush(a) == 1);
    CHECK(taken >= LINK_KEEP_FRAMES && taken < 3 * LINK_KEEP_FRAMES);
    for (int i = 0; i < 100; i++)
        CHECK(link_put(a, LINK_DOWN, 0, NULL, 0) == 0);
    for (int i = 0; i < 1000; i++) {
        while (link_read(b) == 1)
            while (link_next(b, &f) == 1) {
                got += f.type == LINK_TRANSFER;
                control += f.type == LINK_DOWN;
            }
        if (link_flush(a) == 0 && link_idle(a))
            break;
    }
    while (link_read(b) == 1)
        while (link_next(b, &f) == 1) {
            got += f.type == LINK_TRANSFER;
            control += f.type == LINK_DOWN;
        }
    CHECK(got == taken && control == 100);
    CHECK(link_put_transfer(a, &t) == 0);
    close_pair();
}

static void a_reader_that_never_reads_is_gone_in_the_end(void)
{
    static const uint8_t big[60000];
    int rc = 0;

    open_pair();
    for (int i = 0; i < 1000 && rc >= 0; i++) {
        link_put(a, LINK_LOG, 0, big, sizeof(big));
        rc = link_flush(a);
    }
    CHECK(rc == -1);
    close_pair();
}

static void the_end_is_seen_at_both_sides(void)
{
    struct mtp_transfer t = transfer(0);

    open_pair();
    link_free(b);
    b = NULL;
    CHECK(link_read(a) == -1);
    link_put_transfer(a, &t);
    CHECK(link_flush(a) == -1);
    close_pair();
}

static void malformed_packets_are_told(void)
{
    static const struct {
        size_t n;
        uint8_t octets[8];
    } bad[] = {
        { 1, { 0 } },
        { 3, { 0, 0, 3 } },
        { 4, { 1, 0, 3, 0 } },
        { 4, { 0xff, 0xff, 3, 0 } },
        { 7, { 1, 0, 3, 0, 9, 5, 0 } },
    };
    struct link_frame f;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int rc;

        open_raw();
        CHECK(send(raw, bad[i].octets, bad[i].n, 0) == (ssize_t)bad[i].n);
        CHECK(link_read(a) == 1);
        while ((rc = link_next(a, &f)) == 1)
            ;
        CHECK(rc == -1);
        close_raw();
    }
}

static void short_bodies_are_told(void)
{
    static const uint8_t zero[80];
    struct mtp_transfer t;
    struct link_dest d;
    struct link_counters c;
    uint16_t v;
    char build[8];

    for (uint16_t n = 0; n < sizeof(zero); n++) {
        struct link_frame f = { .len = n, .body = zero };

        f.type = LINK_TRANSFER;
        CHECK((link_transfer_read(&f, &t) == 0) == (n >= 12));
        f.type = LINK_PAUSE;
        CHECK((link_dest_read(&f, &d) == 0) == (n == 5));
        f.type = LINK_STATUS;
        CHECK((link_dest_read(&f, &d) == 0) == (n == 6));
        f.type = LINK_COUNTERS;
        CHECK((link_counters_read(&f, &c) == 0) == (n == sizeof(c)));
        f.type = LINK_HELLO;
        CHECK((link_hello_read(&f, &v, build, sizeof(build)) == 0) == (n >= 2));
    }
}

static void hello_dest_and_counters_survive(void)
{
    struct link_dest d = { .pc = 0xfffffe, .mask = 3 }, e;
    struct link_dest s = { .pc = 7,
                           .status = MTP_STATUS_USER_UNAVAILABLE,
                           .level = 2 };
    struct link_counters c = { .rx_data = 1, .errs_received = UINT64_MAX }, g;
    struct link_frame f;
    uint16_t version;
    char build[64];

    open_pair();
    link_put_hello(a);
    link_put_dest(a, LINK_PAUSE, 1, &d);
    link_put_dest(a, LINK_STATUS, 2, &s);
    link_put_counters(a, &c);
    CHECK(link_flush(a) == 0 && link_read(b) == 1);
    CHECK(link_next(b, &f) == 1);
    CHECK(link_hello_read(&f, &version, build, sizeof(build)) == 0);
    CHECK(version == LINK_VERSION && strcmp(build, LINK_BUILD_ID) == 0);
    CHECK(link_next(b, &f) == 1 && link_dest_read(&f, &e) == 0);
    CHECK(f.assoc == 1 && e.pc == 0xfffffe && e.mask == 3);
    CHECK(link_next(b, &f) == 1 && link_dest_read(&f, &e) == 0);
    CHECK(e.status == MTP_STATUS_USER_UNAVAILABLE && e.level == 2);
    CHECK(link_next(b, &f) == 1 && link_counters_read(&f, &g) == 0);
    CHECK(memcmp(&c, &g, sizeof(c)) == 0);
    close_pair();
}

static void fill_conf(struct mtp_conf *c)
{
    memset(c, 0, sizeof(*c));
    c->pc[0] = 1;
    c->pc[3] = 0x3fff;
    c->n_pc = 4;
    for (; c->n_audit < MTP_AUDIT; c->n_audit++)
        c->audit[c->n_audit] = 0x3fffu - c->n_audit;
    c->ni = 2;
    c->n_assoc = MTP_ASSOC_MAX;
    for (uint8_t i = 0; i < MTP_ASSOC_MAX; i++) {
        struct mtp_assoc_conf *x = &c->assoc[i];

        snprintf(x->id, sizeof(x->id), "a%u of thirty-one characters...", i);
        x->server = i & 1;
        for (x->n_local = 0; x->n_local < MTP_HOSTS; x->n_local++)
            snprintf(x->local[x->n_local], 46, "10.0.%u.%u", i, x->n_local);
        x->n_remote = 1;
        strcpy(x->remote[0], "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255");
        x->local_port = 65535;
        x->remote_port = (uint16_t)(2905 + i);
        x->has_asp_id = x->has_na = x->has_rc = x->has_peer_pc = true;
        x->asp_id = UINT32_MAX;
        x->rc = i;
        x->na = 8;
        x->mode = MTP_MODE_BROADCAST;
        x->beat_ms = 30000;
        x->reconnect_ms = 2000;
        x->peer_pc = 16000;
    }
}

static void a_configuration_survives(void)
{
    static struct mtp_conf c, d;
    static uint8_t buf[16384];
    int n;

    fill_conf(&c);
    n = link_conf_write(&c, buf, sizeof(buf));
    CHECK(n > 0 && n <= 8192); /* what mtp_net.c has room for */
    CHECK(link_conf_read(buf, (size_t)n, &d) == 0);
    CHECK(memcmp(&c, &d, sizeof(c)) == 0);
    for (int i = 0; i < n; i++)
        CHECK(link_conf_read(buf, (size_t)i, &d) == -1);
    buf[n] = 0;
    CHECK(link_conf_read(buf, (size_t)n + 1, &d) == -1);
    for (int i = 0; i < n - 5; i++)
        if (memcmp(buf + i, "a0 of", 5) == 0)
            buf[i + 1] = '\0'; /* text has no NUL of its own */
    CHECK(link_conf_read(buf, (size_t)n, &d) == -1);
    CHECK(link_conf_write(&c, buf, 100) == -1);
}

static void a_configuration_beyond_its_tables_is_refused(void)
{
    static const struct {
        size_t n;
        uint8_t octets[24];
    } bad[] = {
        { 3, { 2, 5, 0 } },                 /* five point codes */
        { 3, { 2, 0, 65 } },                /* 65 to ask about */
        { 4, { 2, 0, 0, 17 } },             /* 17 associations */
        { 5, { 2, 0, 0, 1, 32 } },          /* a name of 32 octets */
        { 7, { 2, 0, 0, 1, 0, 0, 5 } },     /* five local addresses */
        { 8, { 2, 0, 0, 1, 0, 0, 1, 46 } }, /* an address of 46 octets */
        { 6, { 2, 0, 0, 1, 0, 2 } },        /* a flag of 2 */
    };
    struct mtp_conf c;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(link_conf_read(bad[i].octets, bad[i].n, &c) == -1);
}

int main(void)
{
    a_transfer_survives_the_trip();
    many_frames_go_in_few_packets();
    transfers_are_refused_when_too_many_wait_control_is_not();
    a_reader_that_never_reads_is_gone_in_the_end();
    the_end_is_seen_at_both_sides();
    malformed_packets_are_told();
    short_bodies_are_told();
    hello_dest_and_counters_survive();
    a_configuration_survives();
    a_configuration_beyond_its_tables_is_refused();
    return CHECK_DONE();
}

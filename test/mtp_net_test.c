/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtp_net_test.c - which association takes a message, and what is kept
 */

#include "check.h"
#include "gw/stat.h"
#include "mtp_net.h"
#include "slog.h"

#include <sys/socket.h>
#include <time.h>

static struct mtp_conf conf;
static struct timer_wheel wheel;
static struct mtp_net *net;
static struct mtp_link *mtpd; /* we play it */

static struct {
    unsigned transfers, pauses, resumes, statuses, assocs;
    uint8_t assoc, mask;
    uint32_t pc;
    enum mtp_assoc_state state;
    uint8_t ni;
} heard;

static void on_transfer(void *ctx, const struct mtp_transfer *t)
{
    CHECK(ctx == &heard);
    heard.transfers++;
    heard.assoc = t->assoc;
    heard.ni = t->ni;
}

static void on_pause(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    (void)ctx;
    heard.pauses++;
    heard.assoc = assoc;
    heard.pc = pc;
    heard.mask = mask;
}

static void on_resume(void *ctx, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    (void)ctx, (void)assoc, (void)pc, (void)mask;
    heard.resumes++;
}

static void on_status(void *ctx, uint8_t assoc, uint32_t pc, enum mtp_status s,
                      int level)
{
    (void)ctx, (void)assoc, (void)pc, (void)s, (void)level;
    heard.statuses++;
}

static void on_assoc(void *ctx, uint8_t assoc, enum mtp_assoc_state s)
{
    (void)ctx;
    heard.assocs++;
    heard.assoc = assoc;
    heard.state = s;
}

static const struct mtp_user user = { .transfer = on_transfer,
                                      .pause = on_pause,
                                      .resume = on_resume,
                                      .status = on_status,
                                      .assoc = on_assoc };

static char last_line[SLOG_LINE_MAX];

static void no_log(enum slog_level level, const char *place, const char *line)
{
    (void)level, (void)place;
    snprintf(last_line, sizeof(last_line), "%s", line);
}

/* mtpd was started, and has said HELLO unless `rude'. */
static void start_mtpd(bool rude)
{
    struct link_frame f;
    struct mtp_conf got;
    int fd[2];

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd) == 0);
    mtp_net_link(net, fd[0]);
    CHECK(mtp_net_fd(net) == fd[0]);
    mtpd = link_new(fd[1]);
    CHECK(link_read(mtpd) == 1);
    CHECK(link_next(mtpd, &f) == 1 && f.type == LINK_HELLO);
    CHECK(link_next(mtpd, &f) == 1 && f.type == LINK_CONFIG);
    CHECK(link_conf_read(f.body, f.len, &got) == 0);
    CHECK(memcmp(&got, &conf, sizeof(got)) == 0);
    if (!rude)
        link_put_hello(mtpd);
}

static void begin(uint8_t assocs)
{
    memset(&conf, 0, sizeof(conf));
    memset(&heard, 0, sizeof(heard));
    conf.pc[conf.n_pc++] = 1;
    conf.n_assoc = assocs;
    timer_wheel_init(&wheel, 1000);
    net = mtp_net_new("test", &conf, &wheel, &user, &heard);
    start_mtpd(false);
}

static void end(void)
{
    mtp_net_free(net);
    link_free(mtpd);
    mtpd = NULL;
}

static int deliver(void)
{
    CHECK(link_flush(mtpd) == 0);
    return mtp_net_io(net);
}

static void state(uint8_t assoc, enum mtp_assoc_state s)
{
    uint8_t body = (uint8_t)s;

    link_put(mtpd, LINK_ASSOC, assoc, &body, 1);
    CHECK(deliver() == 0);
}

static void dest(uint8_t type, uint8_t assoc, uint32_t pc, uint8_t mask)
{
    struct link_dest d = { .pc = pc, .mask = mask };

    link_put_dest(mtpd, type, assoc, &d);
    CHECK(deliver() == 0);
}

static int put(uint32_t dpc, uint8_t sls, uint8_t assoc)
{
    static const uint8_t udt[40] = { 9 };
    struct mtp_transfer t = { .opc = 1,
                              .dpc = dpc,
                              .sls = sls,
                              .assoc = assoc,
                              .len = sizeof(udt),
                              .data = udt };
    const struct mtp_provider *p = mtp_net_provider(net);

    return p->send(p->self, &t);
}

/* The association of the next message that mtpd got; -1: there is none. */
static int took(void)
{
    struct link_frame f;

    CHECK(mtp_net_flush(net) == 0);
    if (link_read(mtpd) != 1 || link_next(mtpd, &f) != 1)
        return -1;
    CHECK(f.type == LINK_TRANSFER && f.len == 12 + 40);
    return f.assoc;
}

/* All that was sent and not read yet: how many. */
static int took_all(void)
{
    struct link_frame f;
    int n = 0;

    CHECK(mtp_net_flush(net) == 0);
    while (link_read(mtpd) == 1)
        while (link_next(mtpd, &f) == 1)
            n += f.type == LINK_TRANSFER;
    return n;
}

static int route(uint32_t dpc, uint8_t sls)
{
    return put(dpc, sls, 0xff) < 0 ? -1 : took();
}

static void an_sls_keeps_its_association_and_all_are_used(void)
{
    unsigned used = 0;

    begin(3);
    for (uint8_t a = 0; a < 3; a++)
        state(a, MTP_ASSOC_ACTIVE);
    for (uint8_t sls = 0; sls < 16; sls++) {
        int a = route(7, sls);

        CHECK(a >= 0 && a < 3);
        used |= 1u << a;
        for (int i = 0; i < 3; i++)
            CHECK(route(7, sls) == a);
    }
    CHECK(used == 7);
    end();
}

static void a_lost_association_is_replaced(void)
{
    begin(2);
    state(0, MTP_ASSOC_ACTIVE);
    state(1, MTP_ASSOC_ACTIVE);
    CHECK(route(7, 0) == 0 && route(7, 1) == 1);
    state(0, MTP_ASSOC_INACTIVE);
    CHECK(heard.assoc == 0 && heard.state == MTP_ASSOC_INACTIVE);
    CHECK(route(7, 0) == 1 && route(7, 1) == 1);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(route(7, 0) == 0 && route(7, 1) == 1);
    end();
}

static void a_direct_association_comes_first(void)
{
    begin(3);
    conf.assoc[1].has_peer_pc = true;
    conf.assoc[1].peer_pc = 7;
    for (uint8_t a = 0; a < 3; a++)
        state(a, MTP_ASSOC_ACTIVE);
    for (uint8_t sls = 0; sls < 4; sls++)
        CHECK(route(7, sls) == 1);
    CHECK(put(7, 0, 2) == 0 && took() == 1); /* even if another is asked for */
    state(1, MTP_ASSOC_DOWN);
    CHECK(route(7, 0) == 0 && route(7, 1) == 2);
    end();
}

static void the_association_asked_for_is_taken_if_it_can(void)
{
    begin(3);
    for (uint8_t a = 0; a < 3; a++)
        state(a, MTP_ASSOC_ACTIVE);
    for (uint8_t sls = 0; sls < 4; sls++)
        CHECK(put(9, sls, 2) == 0 && took() == 2);
    dest(LINK_PAUSE, 2, 9, 0);
    CHECK(put(9, 0, 2) == 0 && took() == 0);
    end();
}

static void a_paused_destination_is_reached_another_way_or_not_at_all(void)
{
    begin(2);
    state(0, MTP_ASSOC_ACTIVE);
    state(1, MTP_ASSOC_ACTIVE);
    dest(LINK_PAUSE, 0, 7, 0);
    CHECK(heard.pauses == 1 && heard.pc == 7 && heard.mask == 0);
    CHECK(route(7, 0) == 1 && route(7, 1) == 1);
    CHECK(route(6, 0) == 0 && route(8, 0) == 0);
    dest(LINK_PAUSE, 1, 4, 2); /* 4 to 7 */
    CHECK(route(7, 0) == -1 && route(4, 0) == 0 && route(8, 1) == 1);
    CHECK(stat_get(STAT_mtp_out_failed) > 0);
    dest(LINK_RESUME, 1, 7, 0);
    CHECK(heard.resumes == 1 && route(7, 0) == 1 && route(6, 1) == 0);
    end();
}

static void masks_of_all_sizes_are_harmless(void)
{
    begin(1);
    state(0, MTP_ASSOC_ACTIVE);
    for (unsigned mask = 0; mask < 256; mask += 5) {
        dest(LINK_PAUSE, 0, 0xffffffu, (uint8_t)mask);
        dest(LINK_RESUME, 0, 0, (uint8_t)mask);
    }
    dest(LINK_PAUSE, 0, 3, 14);
    CHECK(route(0, 0) == -1 && route(0x3fff, 0) == -1);
    CHECK(route(0x4000, 0) == 0); /* never known as paused */
    dest(LINK_RESUME, 0, 3, 255);
    CHECK(route(0, 0) == 0 && route(0x3fff, 0) == 0);
    end();
}

static void pauses_end_with_the_association_that_told_them(void)
{
    begin(1);
    state(0, MTP_ASSOC_ACTIVE);
    dest(LINK_PAUSE, 0, 7, 0);
    CHECK(route(7, 0) == -1);
    state(0, MTP_ASSOC_DOWN);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(route(7, 0) == 0);
    state(0, MTP_ASSOC_INACTIVE); /* it may tell in this state, too */
    dest(LINK_PAUSE, 0, 7, 0);
    state(0, MTP_ASSOC_DOWN);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(route(7, 0) == 0);
    end();
}

static void answers_wait_while_mtpd_is_away(void)
{
    begin(1);
    state(0, MTP_ASSOC_ACTIVE);
    link_free(mtpd);
    CHECK(mtp_net_io(net) == -1 && mtp_net_fd(net) == -1);
    CHECK(heard.state == MTP_ASSOC_DOWN);
    CHECK(put(7, 1, 0xff) == 0 && put(7, 2, 0xff) == 0);
    timer_run(&wheel, wheel.now_ms + 1000);
    start_mtpd(false);
    CHECK(took() == -1); /* not before an association is active */
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(took() == 0);
    CHECK(route(7, 3) == 0);
    end();
}

static void kept_answers_expire(void)
{
    uint64_t before = stat_get(STAT_mtp_kept_expired);

    begin(1);
    link_free(mtpd);
    CHECK(mtp_net_io(net) == -1);
    CHECK(put(7, 1, 0xff) == 0);
    timer_run(&wheel, wheel.now_ms + 3000);
    CHECK(put(7, 2, 0xff) == 0);
    timer_run(&wheel, wheel.now_ms + MTP_NET_KEEP_MS - 2500);
    CHECK(stat_get(STAT_mtp_kept_expired) == before + 1);
    timer_run(&wheel, wheel.now_ms + 3000);
    CHECK(stat_get(STAT_mtp_kept_expired) == before + 2);
    start_mtpd(false);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(took() == -1);
    end();
}

static void no_more_answers_are_kept_than_the_limit(void)
{
    begin(1);
    link_free(mtpd);
    CHECK(mtp_net_io(net) == -1);
    for (int i = 0; i < MTP_NET_KEEP; i++)
        CHECK(put(7, 1, 0xff) == 0);
    CHECK(put(7, 1, 0xff) == -1);
    mtpd = NULL;
    end();
}

static void no_more_octets_are_kept_than_the_limit(void)
{
    static const uint8_t fill[MTP_DATA_MAX];
    struct mtp_transfer t = {
        .dpc = 7, .assoc = 0xff, .data = fill, .len = sizeof(fill)
    };
    const struct mtp_provider *p;
    unsigned n = 0;

    begin(1);
    p = mtp_net_provider(net);
    while (n < MTP_NET_KEEP && p->send(p->self, &t) == 0)
        n++;
    CHECK(n > MTP_NET_KEEP_OCTETS / (MTP_DATA_MAX + 100));
    CHECK(n < MTP_NET_KEEP_OCTETS / MTP_DATA_MAX);
    timer_run(&wheel, wheel.now_ms + MTP_NET_KEEP_MS + 100);
    CHECK(p->send(p->self, &t) == 0); /* there is room again */
    end();
}

/* mtpd ends again and again, as one that cannot start: up to 30 s apart. */
static void answers_outlast_many_restarts(void)
{
    begin(1);
    link_free(mtpd);
    CHECK(mtp_net_io(net) == -1);
    CHECK(put(7, 1, 0xff) == 0);
    for (int i = 0; i < 3; i++) {
        timer_run(&wheel, wheel.now_ms + 1000);
        start_mtpd(false);
        link_free(mtpd);
        while (mtp_net_io(net) == 0)
            continue;
    }
    timer_run(&wheel, wheel.now_ms + 31000);
    start_mtpd(false);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(took() == 0);
    CHECK(took() == -1);
    end();
}

/* Neither the link nor mtpd's queue takes all at once. */
static void what_was_kept_is_sent_some_at_a_time(void)
{
    enum { MANY = 3 * MTP_NET_BURST + 7 };
    int n = 0, most = 0;

    begin(1);
    for (int i = 0; i < MANY; i++)
        CHECK(put(7, 1, 0xff) == 0);
    state(0, MTP_ASSOC_ACTIVE);
    for (int turn = 0; turn < 5; turn++) {
        int now = took_all();

        n += now;
        most = now > most ? now : most;
        timer_run(&wheel, wheel.now_ms + MTP_NET_BURST_MS + 10);
    }
    CHECK(n == MANY && most == MTP_NET_BURST);
    CHECK(put(7, 1, 0xff) == 0 && took() == 0);
    end();
}

static void many_resumes_try_what_is_kept_once(void)
{
    clock_t began;

    begin(2);
    for (int i = 0; i < MTP_NET_KEEP; i++)
        CHECK(put(7, 1, 0xff) == 0);
    dest(LINK_PAUSE, 0, 7, 0);
    state(0, MTP_ASSOC_ACTIVE); /* it takes none of them */
    CHECK(took() == -1);
    began = clock();
    for (int i = 0; i < 20000; i++)
        link_put_dest(mtpd, LINK_RESUME, 0, &(struct link_dest){ .pc = 9 });
    for (int i = 0; i < 10; i++)
        CHECK(deliver() == 0);
    CHECK(clock() - began < CLOCKS_PER_SEC / 2);
    dest(LINK_RESUME, 0, 7, 0);
    CHECK(took() == 0);
    end();
}

static void an_mtpd_that_says_nothing_is_taken_for_dead(void)
{
    struct link_counters c = { 0 };

    begin(1);
    state(0, MTP_ASSOC_ACTIVE);
    for (int s = 0; s < 60; s++) { /* as a living one does */
        timer_run(&wheel, wheel.now_ms + 1000);
        link_put_counters(mtpd, &c);
        CHECK(deliver() == 0);
    }
    CHECK(mtp_net_fd(net) >= 0);
    /* the machine slept: what was said before it is still to be read */
    timer_run(&wheel, wheel.now_ms + 3600000);
    CHECK(mtp_net_fd(net) >= 0);
    for (int s = 0; s < 7; s++)
        timer_run(&wheel, wheel.now_ms + 1000);
    CHECK(mtp_net_fd(net) >= 0);
    for (int s = 0; s < 7; s++)
        timer_run(&wheel, wheel.now_ms + 1000);
    CHECK(mtp_net_fd(net) == -1 && heard.state == MTP_ASSOC_DOWN);
    CHECK(link_read(mtpd) == -1);
    CHECK(put(7, 0, 0xff) == 0); /* kept for the next */
    link_free(mtpd);
    start_mtpd(false);
    state(0, MTP_ASSOC_ACTIVE);
    CHECK(took() == 0);
    end();
}

static void tells_what_the_active_associations_reach(void)
{
    begin(2);
    CHECK(mtp_net_reaches(net, 7)); /* none is active: it may */
    state(0, MTP_ASSOC_ACTIVE);
    dest(LINK_PAUSE, 0, 7, 0);
    CHECK(!mtp_net_reaches(net, 7) && mtp_net_reaches(net, 6));
    state(1, MTP_ASSOC_ACTIVE);
    CHECK(mtp_net_reaches(net, 7));
    dest(LINK_PAUSE, 1, 0, 14);
    CHECK(!mtp_net_reaches(net, 7) && mtp_net_reaches(net, 6));
    state(1, MTP_ASSOC_INACTIVE);
    state(0, MTP_ASSOC_INACTIVE);
    CHECK(mtp_net_reaches(net, 7) && mtp_net_reaches(net, 0xffffff));
    end();
}

static void a_line_of_mtpd_stays_one_line(void)
{
    static const uint8_t said[] = "\3a\nb\0c\x1b[2J";
    uint8_t lot[1000] = { SLOG_ERROR };

    begin(1);
    link_put(mtpd, LINK_LOG, 0, said, sizeof(said) - 1);
    CHECK(deliver() == 0);
    CHECK(strcmp(last_line, "test: mtpd: a?b?c?[2J") == 0);
    memset(lot + 1, 'x', sizeof(lot) - 1);
    link_put(mtpd, LINK_LOG, 0, lot, sizeof(lot));
    link_put(mtpd, LINK_LOG, 0, NULL, 0);
    CHECK(deliver() == 0);
    CHECK(strcmp(last_line, "test: mtpd: ") == 0);
    end();
}

static void nor_does_its_build_id_make_two(void)
{
    static const uint8_t hello[] = { LINK_VERSION, 0,   '1', '\n', '2',
                                     '\x1b',       '[', '2', 'J' };

    begin(1);
    link_free(mtpd);
    start_mtpd(true);
    slog_set(no_log, SLOG_WARNING);
    link_put(mtpd, LINK_HELLO, 0, hello, sizeof(hello));
    CHECK(deliver() == 0);
    slog_set(no_log, SLOG_ERROR);
    CHECK(strstr(last_line, "build <1?2?[2J>") != NULL);
    end();
}

static void what_mtpd_receives_reaches_the_user(void)
{
    static const uint8_t udt[3] = { 9 };
    struct mtp_transfer t = { .ni = 2, .assoc = 1, .len = 3, .data = udt };

    begin(2);
    link_put_transfer(mtpd, &t);
    CHECK(deliver() == 0);
    CHECK(heard.transfers == 1 && heard.assoc == 1 && heard.ni == 2);
    end();
}

static void counters_go_on_over_a_restart(void)
{
    struct link_counters c = { .rx_data = 5, .tx_full = 1 };

    begin(1);
    link_put_counters(mtpd, &c);
    CHECK(deliver() == 0);
    CHECK(mtp_net_counters(net)->rx_data == 5);
    link_free(mtpd);
    mtp_net_io(net);
    start_mtpd(false);
    CHECK(mtp_net_counters(net)->rx_data == 5);
    c.rx_data = 2;
    link_put_counters(mtpd, &c);
    CHECK(deliver() == 0);
    CHECK(mtp_net_counters(net)->rx_data == 7);
    CHECK(mtp_net_counters(net)->tx_full == 2);
    end();
}

static void a_link_that_breaks_the_rules_is_closed(void)
{
    static const struct {
        uint8_t type, assoc, len;
    } bad[] = {
        { LINK_ASSOC, 2, 1 },    { LINK_ASSOC, 0, 0 }, { LINK_PAUSE, 0, 4 },
        { LINK_TRANSFER, 0, 5 }, { 99, 0, 0 },         { LINK_COUNTERS, 0, 8 },
        { LINK_DOWN, 0, 0 },     { LINK_HELLO, 0, 2 },
    };
    static const uint8_t zero[16];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        begin(2);
        link_put(mtpd, bad[i].type, bad[i].assoc, zero, bad[i].len);
        CHECK(deliver() == -1 && mtp_net_fd(net) == -1);
        end();
    }
}

static void the_first_frame_must_be_hello_of_our_version(void)
{
    static const uint8_t other[] = { LINK_VERSION + 1, 0, 'x' };
    uint8_t active = MTP_ASSOC_ACTIVE;

    begin(1);
    link_free(mtpd);
    start_mtpd(true);
    link_put(mtpd, LINK_ASSOC, 0, &active, 1);
    CHECK(deliver() == -1);
    link_free(mtpd);
    start_mtpd(true);
    link_put(mtpd, LINK_HELLO, 0, other, sizeof(other));
    CHECK(deliver() == -1 && mtp_net_fd(net) == -1);
    end();
}

static void a_mtpd_that_does_not_read_is_told_and_bounded(void)
{
    int rc = 0;
    unsigned n = 0;

    begin(1);
    state(0, MTP_ASSOC_ACTIVE);
    while (rc == 0 && n++ < 100000) {
        rc = put(7, 0, 0xff);
        if (n % 100 == 0)
            CHECK(mtp_net_flush(net) == 0);
    }
    CHECK(rc == -1 && n > LINK_KEEP_FRAMES);
    CHECK(mtp_net_want_out(net));
    CHECK(put(7, 0, 0xff) == -1 && heard.statuses == 1);
    while (link_read(mtpd) == 1 || mtp_net_want_out(net))
        CHECK(mtp_net_io(net) == 0);
    CHECK(put(7, 0, 0xff) == 0);
    end();
}

static void down_is_asked_of_mtpd(void)
{
    struct link_frame f;

    begin(1);
    mtp_net_down(net);
    CHECK(link_read(mtpd) == 1);
    CHECK(link_next(mtpd, &f) == 1 && f.type == LINK_DOWN);
    end();
}

int main(void)
{
    slog_set(no_log, SLOG_ERROR);
    SHOWS("M3-10", an_sls_keeps_its_association_and_all_are_used);
    SHOWS("M3-10", a_lost_association_is_replaced);
    a_direct_association_comes_first();
    the_association_asked_for_is_taken_if_it_can();
    SHOWS("M3-08", a_paused_destination_is_reached_another_way_or_not_at_all);
    SHOWS("M3-08", masks_of_all_sizes_are_harmless);
    SHOWS("M3-08", pauses_end_with_the_association_that_told_them);
    answers_wait_while_mtpd_is_away();
    kept_answers_expire();
    SHOWS("M3-06", answers_outlast_many_restarts);
    no_more_answers_are_kept_than_the_limit();
    no_more_octets_are_kept_than_the_limit();
    what_was_kept_is_sent_some_at_a_time();
    many_resumes_try_what_is_kept_once();
    an_mtpd_that_says_nothing_is_taken_for_dead();
    tells_what_the_active_associations_reach();
    a_line_of_mtpd_stays_one_line();
    nor_does_its_build_id_make_two();
    what_mtpd_receives_reaches_the_user();
    counters_go_on_over_a_restart();
    a_link_that_breaks_the_rules_is_closed();
    the_first_frame_must_be_hello_of_our_version();
    a_mtpd_that_does_not_read_is_told_and_bounded();
    SHOWS("M3-11", down_is_asked_of_mtpd);
    return CHECK_DONE();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak_ss7.c - minutes of mixed traffic through the SS7 side and real mtpds
 *
 * usage: soak_ss7 SECONDS MTPD SHIM
 *
 *     good SMSC -- M3UA/TCP -- mtpd --.
 *                                      ss7 thread -- border -- verdicts, late
 *     rough STP -- M3UA/TCP -- mtpd --'                         and not at all
 *
 * mtpds are killed, stopped and started again, the rough network is flooded,
 * and the SS7 side is drained, ended and begun again every few seconds. What
 * must hold at the end of each such life:
 *
 *  - an invoke of the good SMSC is answered once; not at all only if its mtpd
 *    was disturbed meanwhile, and then a retry is answered in the end;
 *  - nothing is confirmed that nobody confirmed;
 *  - messages asked = verdicts that were taken + messages gone;
 *  - no descriptor and no memory is left behind.
 *
 * Not in `make check': `make soak'.
 */

#include "check.h"
#include "gw/stat.h"
#include "mtpd_run.h"
#include "sim/m3ua.h"
#include "soak_rough.h"
#include "ss7_peer.h"
#include "xq.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    GOOD,
    ROUGH,
    NETS,
    HOLD_MS = 400,
    TIMEOUT_MS = 5000, /* of an attempt: the box answers long before */
    WINDOW = 60,
    ATTEMPTS = 1 << 15, /* a ring, by transaction id */
    TAGS = 1 << 16,
    RETRIES = 12,
    LIFE_MS = 15000, /* between two starts of the SS7 side */
    PORT = 12905,
    DUE = 4096,
    MARGIN_KB = 4096, /* of growth of memory */
};

enum kind { SRI, PLAIN, HANDSHAKE, MORE, KINDS };

struct attempt {
    enum kind kind;
    uint8_t version, tries, got; /* bit i: invoke i was answered */
    bool open;
    uint32_t tag;
    uint64_t sent_ms;
    struct tcap_tid dtid;
};

static const char *mtpd_path;
static struct ss7_conf conf;
static struct timer_wheel wheel;
static struct m3ua *good;
static struct rough *rough;
static struct peer smsc, stranger;
static struct attempt ring[ATTEMPTS];
static uint32_t next_otid = 1, next_tag = 1;
static unsigned n_open, seed = 1, rough_seed = 2;
static unsigned tally_answers, tally_retries, tally_kills, tally_stops;
static uint64_t disturbed_ms; /* when the good network was so last */
static uint64_t slowest_ms;
static bool draining;
static pid_t pid[NETS];
static uint64_t stopped_ms[NETS]; /* SIGSTOP was sent; 0: it runs */
static atomic_uint given[TAGS];   /* bit v: enum verdict v */
static atomic_bool idle, ended, link_lost[NETS];
static atomic_uint asked, verdicts, gone;

static unsigned draw(unsigned below)
{
    return (unsigned)rand_r(&seed) % below;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- the application: what crosses the border ---- */

struct due {
    uint64_t at_ms, id;
    enum verdict v;
};

static struct due due[DUE];
static unsigned n_due, app_seed = 3;

static unsigned app_draw(unsigned below)
{
    return (unsigned)rand_r(&app_seed) % below;
}

static void decide(const struct ss7_sms *sms)
{
    static const enum verdict any[] = { VERDICT_OK, VERDICT_OK, VERDICT_OK,
                                        VERDICT_TEMPFAIL, VERDICT_PERMFAIL };
    unsigned how = app_draw(40);
    struct due d = { .id = sms->id, .v = any[app_draw(5)] };

    atomic_fetch_add(&asked, 1);
    if (how == 0 || n_due == DUE) /* never */
        return;
    d.at_ms = now_ms();
    if (how < 20)
        d.at_ms += app_draw(50);
    else if (how < 22) /* about the deadline */
        d.at_ms += HOLD_MS - 20 + app_draw(40);
    if (sms->network == GOOD)
        atomic_fetch_or(&given[peer_tag(sms) % TAGS], 1u << d.v);
    due[n_due++] = d;
}

static void give_due(void)
{
    uint64_t now = now_ms();

    for (unsigned i = 0; i < n_due;) {
        if (due[i].at_ms > now) {
            i++;
            continue;
        }
        atomic_fetch_add(&verdicts, 1);
        ss7_verdict(due[i].id, due[i].v, (struct map_err){ .cause = -1 });
        due[i] = due[--n_due];
    }
}

static void on_event(const struct ss7_event *ev)
{
    switch (ev->what) {
    case SS7_SMS:
        decide(&ev->sms);
        break;
    case SS7_GONE:
        atomic_fetch_add(&gone, 1);
        break;
    case SS7_LINK_LOST:
        atomic_store(&link_lost[ev->network], true);
        break;
    case SS7_RETIRED:
        hlr_table_free(ev->table);
        break;
    case SS7_IDLE:
        atomic_store(&idle, true);
        break;
    case SS7_STOPPED:
        atomic_store(&ended, true);
        break;
    default:
        break;
    }
}

static void *application(void *arg)
{
    static struct ss7_event ev[64];

    (void)arg;
    while (!atomic_load(&ended)) {
        size_t n = ss7_take(ev, 64, 5);

        for (size_t i = 0; i < n; i++)
            on_event(&ev[i]);
        give_due();
    }
    return NULL;
}

static void *ss7_thread(void *arg)
{
    (void)arg;
    ss7_run();
    return NULL;
}

/* ---- mtpd ---- */

static void disturb(unsigned i)
{
    if (i == GOOD)
        disturbed_ms = now_ms();
}

static void start_mtpd(unsigned i)
{
    int fd;

    pid[i] = mtpd_run(mtpd_path, NULL, &fd);
    CHECK(pid[i] > 0);
    if (pid[i] <= 0)
        exit(1);
    stopped_ms[i] = 0;
    atomic_store(&link_lost[i], false);
    ss7_link((uint8_t)i, fd);
}

static void bury(unsigned i)
{
    int status;

    kill(pid[i], SIGKILL);
    waitpid(pid[i], &status, 0);
}

/* Only when the SS7 thread has told of the old link: it would be taken for
 * the end of the new one. */
static void start_again(unsigned i)
{
    uint64_t began = now_ms();

    disturb(i);
    while (!atomic_load(&link_lost[i]) && now_ms() - began < 2000)
        usleep(500);
    CHECK(atomic_load(&link_lost[i]));
    start_mtpd(i);
}

/* A killed one is started again; so is one whose link the box gave up. */
static void watch_mtpd(void)
{
    int status;

    for (unsigned i = 0; i < NETS; i++) {
        if (stopped_ms[i] != 0)
            disturb(i);
        if (waitpid(pid[i], &status, WNOHANG) == pid[i]) {
            CHECK(!WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL);
            start_again(i);
        } else if (atomic_load(&link_lost[i])) {
            bury(i);
            start_again(i);
        }
        CHECK(stopped_ms[i] == 0 || now_ms() - stopped_ms[i] < 20000);
    }
}

static void trouble(void)
{
    unsigned i = draw(NETS);

    if (draw(3000) == 0) {
        kill(pid[i], SIGKILL);
        disturb(i);
        tally_kills++;
    } else if (draw(40000) == 0 && stopped_ms[i] == 0) {
        kill(pid[i], SIGSTOP);
        stopped_ms[i] = now_ms();
        disturb(i);
        tally_stops++;
    }
}

/* ---- the good SMSC ---- */

static int to_good(const struct mtp_transfer *t)
{
    return m3ua_send(good, t);
}

static int to_rough(const struct mtp_transfer *t)
{
    return rough_send(rough, t);
}

static struct peer_msg message(const struct attempt *a, uint32_t otid,
                               unsigned which)
{
    return (struct peer_msg){
        .version = a->version,
        .invoke = (int8_t)which,
        .more = a->kind == MORE && which == 1,
        .otid = otid,
        .dtid = a->dtid,
        .tag = a->tag + which - 1,
        .number = a->kind == SRI ? "447700900123" : "234157700900123",
    };
}

/* One attempt to send the message `tag'. */
static void attempt(enum kind kind, uint8_t version, uint32_t tag,
                    unsigned tries)
{
    uint32_t otid = next_otid++;
    struct attempt *a = &ring[otid % ATTEMPTS];
    struct peer_msg m;

    CHECK(!a->open);
    *a = (struct attempt){
        .kind = kind,
        .version = version,
        .tries = (uint8_t)tries,
        .open = true,
        .tag = tag,
        .sent_ms = now_ms(),
    };
    m = message(a, otid, 1);
    if (kind == SRI)
        peer_sri(&smsc, &m);
    else if (kind == HANDSHAKE)
        peer_handshake(&smsc, &m);
    else
        peer_fsm(&smsc, &m);
    n_open++;
}

static void begin_one(void)
{
    enum kind kind = (enum kind)draw(KINDS);
    uint8_t version = (uint8_t)(1 + draw(3));

    if (kind == HANDSHAKE && version == 1)
        version = 2;
    atomic_store(&given[next_tag % TAGS], 0);
    atomic_store(&given[(next_tag + 1) % TAGS], 0);
    attempt(kind, version, next_tag, 0);
    next_tag += 2;
}

static void close_one(struct attempt *a)
{
    uint64_t took = now_ms() - a->sent_ms;

    a->open = false;
    n_open--;
    if (disturbed_ms < a->sent_ms && took > slowest_ms)
        slowest_ms = took;
}

/* What an answer to invoke `which' may be. */
static void check_answer(struct attempt *a, const struct peer_answer *p)
{
    unsigned which = p->invoke == 2 ? 2 : 1;
    unsigned v = atomic_load(&given[(a->tag + which - 1) % TAGS]);

    tally_answers++;
    CHECK(p->comps == 1 && !(a->got & 1u << which));
    a->got |= (uint8_t)(1u << which);
    if (a->kind == SRI && p->comp == TCAP_RESULT_LAST)
        CHECK(p->sri.imsi[0] != '\0');
    else if (a->kind == SRI) /* a node that drains names no MSC */
        CHECK(draining && p->error == MAP_ERR_SYSTEM_FAILURE);
    else if (p->comp == TCAP_RESULT_LAST)
        CHECK(v & 1u << VERDICT_OK);
    else if (p->error == MAP_ERR_SM_DELIVERY_FAILURE)
        CHECK(v & 1u << VERDICT_PERMFAIL);
    else
        CHECK(p->error == MAP_ERR_SYSTEM_FAILURE);
}

static void on_data(void *ctx, const struct mtp_transfer *t)
{
    struct peer_answer p;
    struct attempt *a;
    struct peer_msg m;

    (void)ctx;
    peer_read(t, &p);
    a = &ring[p.dtid % ATTEMPTS];
    CHECK(p.type != 0 && p.dtid != 0 && p.dtid < next_otid);
    if (p.comps > 0)
        check_answer(a, &p);
    if (!a->open)
        return;
    if (p.type != TCAP_CONTINUE) {
        /* one that waits for what got lost is aborted */
        CHECK(p.type == TCAP_END || disturbed_ms >= a->sent_ms);
        close_one(a);
        return;
    }
    a->dtid = p.otid;
    m = message(a, p.dtid, p.comps > 0 ? 2 : 1);
    peer_fsm(&smsc, &m);
}

static void on_active(void *ctx, unsigned conn, bool active)
{
    (void)ctx, (void)conn, (void)active;
    disturb(GOOD);
}

static void on_note(void *ctx, unsigned conn, bool trouble_, const char *line)
{
    (void)ctx, (void)conn, (void)trouble_, (void)line;
}

static const struct m3ua_ops good_ops = { on_data, on_active, on_note };

/* What was not answered in time: was there a reason, and once more. */
static void time_outs(void)
{
    static uint32_t oldest = 1;
    uint64_t now = now_ms();

    for (; oldest < next_otid; oldest++) {
        struct attempt *a = &ring[oldest % ATTEMPTS];
        struct attempt was = *a;

        if (!a->open)
            continue;
        if (now - a->sent_ms < TIMEOUT_MS)
            return;
        CHECK(disturbed_ms >= a->sent_ms);
        CHECK(a->tries < RETRIES);
        a->open = false;
        n_open--;
        tally_retries++;
        attempt(was.kind, was.version, was.tag, was.tries + 1u);
    }
}

/* The rough STP starts from what is valid. */
static void rough_one(void)
{
    struct attempt a = { .kind = (enum kind)draw(KINDS),
                         .version = (uint8_t)(1 + draw(3)) };
    struct peer_msg m = message(&a, next_otid, 1);

    if (a.kind == SRI)
        peer_sri(&stranger, &m);
    else if (a.kind == HANDSHAKE)
        peer_handshake(&stranger, &m);
    else
        peer_fsm(&stranger, &m);
}

/* ---- the loop ---- */

static void turn(void)
{
    struct pollfd fds[M3UA_FDS + ROUGH_FDS];
    unsigned n;

    m3ua_flush(good);
    n = m3ua_poll(good, fds);
    poll(fds, n + rough_poll(rough, fds + n), 1);
    m3ua_io(good, fds, n);
    rough_io(rough, fds + n, ROUGH_FDS);
    timer_run(&wheel, now_ms());
    time_outs();
    watch_mtpd();
}

static void traffic(uint64_t until_ms)
{
    while (now_ms() < until_ms) {
        while (m3ua_ready(good) && n_open < WINDOW)
            begin_one();
        for (unsigned i = draw(20); i > 0 && rough_ready(rough); i--)
            rough_one();
        turn();
        trouble();
    }
}

/* ---- lives of the SS7 side ---- */

static void configure(const char *shim)
{
    static const char *const host[NETS] = { "127.44.9.1", "127.44.9.2" };

    setenv("LD_PRELOAD", shim, 1);
    peer_conf(&conf);
    conf.map.max_dialogues = 4000;
    conf.map.max_held = 2000;
    conf.map.hold_ms = HOLD_MS;
    conf.map.more_ms = 1000;
    conf.log_least = SLOG_INFO;
    conf.n_networks = NETS;
    conf.network[ROUGH] = conf.network[GOOD];
    for (unsigned i = 0; i < NETS; i++) {
        struct mtp_assoc_conf *a = &conf.network[i].mtp.assoc[0];

        snprintf(conf.network[i].id, sizeof(conf.network[i].id), "net%u", i);
        snprintf(a->remote[0], sizeof(a->remote[0]), "%s", host[i]);
        a->n_remote = 1;
        a->remote_port = PORT;
        a->has_rc = true;
        a->rc = 11;
        a->reconnect_ms = 100;
    }
}

static void begin_peers(void)
{
    static struct m3ua_conf c = {
        .tcp = true,
        .listen = true,
        .sg = true,
        .n_peer = 1,
        .peer[0] = { "127.44.9.1", "12905" },
        .rc = { true, 11 },
    };

    timer_wheel_init(&wheel, now_ms());
    good = m3ua_new(&c, &wheel, &good_ops, NULL);
    rough = rough_new("127.44.9.2", PORT, &rough_seed);
    if (good == NULL || rough == NULL || m3ua_start(good) < 0) {
        printf("cannot listen on port %d\n", PORT);
        exit(77);
    }
    smsc.send = to_good;
    stranger.send = to_rough;
}

static pthread_t thread[2];

static void begin_life(void)
{
    atomic_store(&idle, false);
    atomic_store(&ended, false);
    atomic_store(&asked, 0);
    atomic_store(&verdicts, 0);
    atomic_store(&gone, 0);
    n_due = 0;
    draining = false;
    CHECK(ss7_init(&conf) == 0);
    CHECK(ss7_table(peer_table()));
    pthread_create(&thread[0], NULL, application, NULL);
    pthread_create(&thread[1], NULL, ss7_thread, NULL);
    for (unsigned i = 0; i < NETS; i++)
        start_mtpd(i);
}

static void end_life(void)
{
    uint64_t began = now_ms(), late = stat_get(STAT_verdict_late);
    static uint64_t late_before;

    draining = true;
    ss7_drain();
    while (!atomic_load(&idle) && now_ms() - began < 5000)
        turn();
    CHECK(atomic_load(&idle));
    ss7_stop();
    while (!atomic_load(&ended) && now_ms() - began < 20000) {
        m3ua_flush(good);
        usleep(1000);
        disturb(GOOD);
    }
    CHECK(atomic_load(&ended));
    for (unsigned i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    for (unsigned i = 0; i < NETS; i++)
        bury(i);
    disturb(GOOD);
    late = stat_get(STAT_verdict_late);
    /* what is late was gone: every message left in one way */
    CHECK(atomic_load(&asked) + late ==
          late_before + atomic_load(&verdicts) + atomic_load(&gone));
    late_before = late;
    CHECK(stat_get(STAT_gone_lost) == 0 && stat_get(STAT_map_unexpected) == 0);
    ss7_fini();
}

static unsigned fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    unsigned n = 0;

    while (d != NULL && readdir(d) != NULL)
        n++;
    closedir(d);
    return n;
}

static long rss_kb(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long pages = 0;

    if (f == NULL || fscanf(f, "%*d %ld", &pages) != 1)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void no_line(enum slog_level level, const char *place, const char *line)
{
    (void)level, (void)place, (void)line;
}

int main(int argc, char **argv)
{
    uint64_t until;
    unsigned lives = 0, fds_then = 0, fds_now = 0;
    long rss_then = 0, rss_now = 0;

    if (argc != 4) {
        printf("usage: soak_ss7 SECONDS MTPD SHIM\n");
        return 2;
    }
    mtpd_path = argv[2];
    slog_set(no_line, SLOG_ERROR);
    configure(argv[3]);
    begin_peers();
    until = now_ms() + 1000u * (uint64_t)atoi(argv[1]);
    while (now_ms() < until) {
        begin_life();
        traffic(now_ms() + LIFE_MS);
        end_life();
        fds_now = fds();
        rss_now = rss_kb();
        if (++lives == 2) {
            fds_then = fds_now;
            rss_then = rss_now;
        }
        printf("life %u: %u answers, %u retries, %u kills, %u stops, slowest "
               "%u ms, %u descriptors, %ld KiB\n",
               lives, tally_answers, tally_retries, tally_kills, tally_stops,
               (unsigned)slowest_ms, fds_now, rss_now);
        fflush(stdout);
    }
    /* the good SMSC's own associations may be open or not */
    CHECK(lives < 3 || fds_now <= fds_then + 2);
    CHECK(lives < 3 || getenv("ASAN_OPTIONS") != NULL ||
          rss_now < rss_then + MARGIN_KB);
    CHECK(tally_answers > 100u * lives && slowest_ms < 3000);
    m3ua_free(good);
    rough_free(rough);
    return CHECK_DONE();
}

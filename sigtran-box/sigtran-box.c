/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sigtran-box.c - the program an operator starts: SS7 on one side, Kannel's
 * boxes on the other
 *
 * Threads: main waits for signals and starts mtpd children; one takes the
 * events of the SS7 thread; the SS7 thread itself; those of gw/ and hlr/.
 */

#include "ss7.h"

#include "bounds.h"
#include "child_run.h"
#include "config.h"
#include "gw/admin.h"
#include "gw/box_server.h"
#include "gw/cdr.h"
#include "gw/conf.h"
#include "gw/daemon.h"
#include "gw/dlv.h"
#include "gw/dlv_filter.h"
#include "gw/gtt_load.h"
#include "gw/mw.h"
#include "gw/sri_filter.h"
#include "hlr/hlr.h"
#include "mtpd_run.h"

#include <errno.h>
#include <gwlib/gwlib.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EVENTS = 32,
    MTPD_STEADY_MS = 30000, /* lived that long: start again at once */
    MTPD_HUNG_MS = 2000,    /* its link is closed, and it is still there */
    MTPD_LAST_MS = 5000,    /* to leave after ASPDN */
};

/* The child of one network, main thread only but for link_lost. */
struct child {
    pid_t pid;       /* 0: none */
    unsigned starts; /* in a row, without a steady life between */
    uint64_t started_ms, start_at_ms, lost_ms;
    bool had_link; /* the SS7 thread has its link, or will tell of its end */
    atomic_bool link_lost;
};

static struct conf *conf;
static struct child child[SS7_NETWORKS];
static atomic_bool idle, ss7_stopped;
static char mtpd_path[256];

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- events of the SS7 thread ---- */

static void event(const struct ss7_event *ev)
{
    switch (ev->what) {
    case SS7_SMS:
        dlv_take(&ev->sms);
        break;
    case SS7_SRI:
        sri_filter_ask(&ev->sri);
        break;
    case SS7_GONE:
        dlv_gone(ev->gone.id, ev->gone.why);
        cdr_gone(ev->gone.id, ev->gone.why);
        break;
    case SS7_ANSWERED:
        cdr_answered(ev->answered.id, ev->answered.v, ev->answered.err);
        break;
    case SS7_REFUSED:
        cdr_refused(&ev->refused.sms, ev->refused.err);
        break;
    case SS7_SRI_DONE:
        cdr_question_done(&ev->sri);
        break;
    case SS7_WAITING:
        mw_waiting(&ev->waiting);
        break;
    case SS7_ALERTED:
        mw_alerted(ev->alerted.ref, ev->alerted.v);
        break;
    case SS7_LOG:
        daemon_log_line(ev->log.level, ev->log.place, ev->log.line);
        break;
    case SS7_RETIRED:
        hlr_retired(ev->table);
        break;
    case SS7_BATCH:
        hlr_batch_done(ev->batch);
        break;
    case SS7_GTT_RETIRED:
        gtt_load_retired(ev->gtt);
        break;
    case SS7_LINK_LOST:
        atomic_store(&child[ev->network].link_lost, true);
        break;
    case SS7_ASSOC:
        admin_assoc(ev->assoc.network, ev->assoc.assoc, ev->assoc.state);
        break;
    case SS7_IDLE:
        atomic_store(&idle, true);
        break;
    case SS7_STOPPED:
        atomic_store(&ss7_stopped, true);
        break;
    }
}

/* About once a second. */
static void sweep_records(void)
{
    static uint64_t next_ms;
    struct timespec t;

    if (now_ms() < next_ms)
        return;
    next_ms = now_ms() + 1000;
    clock_gettime(CLOCK_REALTIME, &t);
    cdr_sweep((uint64_t)t.tv_sec * 1000);
}

static void events_run(void *arg)
{
    struct ss7_event ev[EVENTS];

    (void)arg;
    while (!atomic_load(&ss7_stopped)) {
        size_t n = ss7_take(ev, EVENTS, 1000);

        for (size_t i = 0; i < n; i++)
            event(&ev[i]);
        dlv_flush();
        sweep_records();
    }
}

static void ss7_thread(void *arg)
{
    (void)arg;
    ss7_run();
}

static bool take_nodes(const struct hlr_nodes *nodes)
{
    admin_nodes(nodes);
    return ss7_nodes(nodes);
}

/* What the register's loader hands over. */
static const struct hlr_out to_ss7 = {
    .table = ss7_table,
    .batch = ss7_batch,
    .nodes = take_nodes,
    .keys = ss7_keys,
};

/* ---- mtpd children ---- */

static void mtpd_start(unsigned i)
{
    struct child *c = &child[i];
    const char *id = conf->ss7.network[i].id;
    int fd;

    c->pid = mtpd_run(mtpd_path, conf->ss7.mtpd_user, &fd);
    c->started_ms = now_ms();
    c->starts++;
    c->had_link = c->pid > 0;
    if (c->pid < 0) {
        c->pid = 0;
        c->start_at_ms = now_ms() + mtpd_backoff_ms(c->starts);
        error(errno, "Network <%s>: cannot start <%s>.", id, mtpd_path);
        return;
    }
    atomic_store(&c->link_lost, false);
    c->lost_ms = 0;
    ss7_link((uint8_t)i, fd);
    admin_mtpd((uint8_t)i, c->pid);
    info(0, "Network <%s>: mtpd is process %d.", id, (int)c->pid);
}

static void mtpd_ended(unsigned i, int status)
{
    struct child *c = &child[i];
    const char *id = conf->ss7.network[i].id;
    unsigned wait_ms;

    if (now_ms() - c->started_ms >= MTPD_STEADY_MS)
        c->starts = 0;
    wait_ms = mtpd_backoff_ms(c->starts > 0 ? c->starts - 1 : 0);
    c->start_at_ms = now_ms() + wait_ms;
    if (WIFSIGNALED(status))
        error(0,
              "Network <%s>: mtpd %d was killed by signal %d, new start in "
              "%u ms.",
              id, (int)c->pid, WTERMSIG(status), wait_ms);
    else
        warning(0,
                "Network <%s>: mtpd %d ended with status %d, new start in "
                "%u ms.",
                id, (int)c->pid, WEXITSTATUS(status), wait_ms);
    c->pid = 0;
    admin_mtpd((uint8_t)i, 0);
}

/* Ours alone: the processes of isolated plug-ins are their thread's. */
static void mtpd_reap(void)
{
    int status;

    for (unsigned i = 0; i < conf->ss7.n_networks; i++)
        if (child[i].pid != 0 &&
            waitpid(child[i].pid, &status, WNOHANG) == child[i].pid)
            mtpd_ended(i, status);
}

/*
 * Until the SS7 thread has told of the old link's end, a new child would be
 * taken for the one that lost it.
 */
static bool may_start(const struct child *c)
{
    return c->pid == 0 && now_ms() >= c->start_at_ms &&
           (!c->had_link || atomic_load(&c->link_lost));
}

/* Start what is due, and end a child that lost its link but lives on. */
static void mtpd_watch(void)
{
    mtpd_reap();
    for (unsigned i = 0; i < conf->ss7.n_networks; i++) {
        struct child *c = &child[i];

        if (may_start(c))
            mtpd_start(i);
        if (c->pid == 0 || !atomic_load(&c->link_lost))
            continue;
        if (c->lost_ms == 0)
            c->lost_ms = now_ms();
        if (now_ms() - c->lost_ms >= MTPD_HUNG_MS)
            kill(c->pid, SIGKILL);
    }
}

static bool mtpd_any(void)
{
    for (unsigned i = 0; i < conf->ss7.n_networks; i++)
        if (child[i].pid != 0)
            return true;
    return false;
}

static void mtpd_stop(void)
{
    uint64_t last_ms = now_ms() + MTPD_LAST_MS;
    int status;
    pid_t pid;

    while (mtpd_any()) {
        bool late = now_ms() >= last_ms;

        for (unsigned i = 0; i < conf->ss7.n_networks; i++) {
            if (child[i].pid == 0)
                continue;
            if (late)
                kill(child[i].pid, SIGKILL);
            pid = waitpid(child[i].pid, &status, late ? 0 : WNOHANG);
            if (pid == child[i].pid)
                child[i].pid = 0;
        }
        if (mtpd_any())
            gwthread_sleep(0.01);
    }
}

/* ---- signals ---- */

static void watched_signals(sigset_t *set)
{
    daemon_signals(set);
    sigaddset(set, SIGCHLD);
}

/* Wait up to a tick; true: the box shall stop. */
static bool wait_signal(const sigset_t *set)
{
    int sig = daemon_signal(set);

    if (sig == SIGHUP) {
        gtt_load_again();
        plug_reload();
    }
    return sig == SIGTERM || sig == SIGINT;
}

/* End what runs beside the SS7 side, as far as it was started. */
static void end_gw(void)
{
    dlv_stop();
    box_server_stop();
    admin_stop();
    gtt_load_stop();
    mw_stop();
    hlr_stop();
    cdr_stop();
    plug_stop();
}

/*
 * Orderly stop: new messages are refused at once, held ones may finish; then
 * the boxes are told, and last the network. A second signal hurries.
 */
static void stop(const sigset_t *set)
{
    uint64_t last_ms = now_ms() + conf->drain_ms;

    info(0, "Stopping: waiting up to %u ms for %u deliveries.",
         (unsigned)conf->drain_ms, dlv_open());
    admin_stopping();
    mw_drain();
    ss7_drain();
    while (!atomic_load(&idle) && now_ms() < last_ms) {
        if (wait_signal(set))
            break;
        mtpd_watch();
    }
    dlv_stop();
    box_server_stop();
    ss7_stop();
    while (!atomic_load(&ss7_stopped)) {
        mtpd_reap();
        gwthread_sleep(0.01);
    }
    mtpd_stop();
    end_gw();
    daemon_tell_counters();
}

/* ---- start ---- */

static void usage(void)
{
    printf("usage: sigtran-box [OPTION]... [CONFIGURATION]\n\n"
           "SS7 ingress for Kannel: takes short messages for virtual numbers\n"
           "from M3UA and hands them to the boxes that connect to it.\n\n"
           "  --check             check the configuration, tell what each\n"
           "                      route promises, and exit\n"
           "  --limits            print every built-in bound and its reason\n"
           "  --version, --help\n"
           "  -v, --verbosity N   log level on standard error, 0 debug .. 4\n"
           "  -D, --debug PLACES  debug only these places\n"
           "  -F, --logfile FILE  -V, --fileverbosity N\n"
           "  -d, --daemonize     -p, --pid-file FILE   -u, --user NAME\n"
           "  -P, --parachute     restart after a crash\n\n"
           "CONFIGURATION is %s by default. Signals: TERM and INT stop in\n"
           "order, HUP opens the log files anew, reads the gtt-files again\n"
           "and tells the plug-ins, USR1 logs the counters.\n",
           SIGTRAN_BOX_CONF);
}

static void decided(enum plug_what what, uint64_t ref, enum plug_verdict v,
                    struct plug_msg *m)
{
    if (what == PLUG_WHAT_SMS)
        dlv_filtered(ref, v, m);
    else
        sri_filter_decided(ref, v, m);
}

/* Before the SS7 side, which must know whether it has to ask and to tell. */
static int start_plugins(void)
{
    static const struct plug_ops ops = { .decided = decided,
                                         .after = dlv_flush };
    struct ss7_conf *s = &conf->ss7;

    if (plug_start(&conf->plugs, &ops, false) < 0)
        return -1;
    s->ask_sri = plug_filters(PLUG_WHAT_SRI);
    s->records = plug_wants_cdr();
    sri_filter_start(s->network, s->n_networks);
    cdr_start(s->network, s->n_networks, s->map.max_held);
    return 0;
}

/* 0, or what failed has been logged. */
static int start(void)
{
    char why[256];

    child_find("mtpd", conf->ss7.mtpd_path, MTPD_PATH, mtpd_path,
               sizeof(mtpd_path));
    if (access(mtpd_path, X_OK) < 0) {
        error(errno, "Cannot run <%s> (group sigtran-box, mtpd-path).",
              mtpd_path);
        return -1;
    }
    if (start_plugins() < 0)
        return -1;
    if (ss7_init(&conf->ss7) < 0) {
        error(0, "No memory for the tables that the configuration asks for.");
        return -1;
    }
    if (hlr_start(&conf->hlr, &to_ss7, why, sizeof(why)) < 0) {
        error(0, "Register: %s", why);
        return -1;
    }
    if (gtt_load_start(conf) < 0) {
        error(0, "Cannot start threads.");
        return -1;
    }
    if (mw_start(&conf->mw, &conf->dlv, &conf->hlr) < 0) {
        error(0, "No memory or no thread for message waiting.");
        return -1;
    }
    if (dlv_start(&conf->dlv) < 0 || box_server_start(&conf->box) < 0 ||
        admin_start(conf, SIGTRAN_BOX_VERSION) < 0)
        return -1;
    if (gwthread_create(events_run, NULL) < 0 ||
        gwthread_create(ss7_thread, NULL) < 0) {
        error(0, "Cannot start threads.");
        return -1;
    }
    return 0;
}

static void log_open_conf(void)
{
    daemon_log_open(conf->log_file, conf->log_level);
    if (conf->log_level > GW_DEBUG)
        conf->ss7.log_least = SLOG_INFO;
}

static int run(const char *file)
{
    sigset_t set;

    conf = conf_load(file);
    if (conf == NULL)
        return 1;
    conf_tell(conf);
    if (daemon_check_only()) {
        if (plug_start(&conf->plugs, NULL, true) < 0)
            return 1;
        printf("%s: no errors\n", file);
        return 0;
    }
    log_open_conf();
    info(0, "sigtran-box %s starts.", SIGTRAN_BOX_VERSION);
    watched_signals(&set);
    if (start() < 0) {
        atomic_store(&ss7_stopped, true);
        end_gw();
        return 1;
    }
    mtpd_watch();
    while (!wait_signal(&set))
        mtpd_watch();
    stop(&set);
    info(0, "sigtran-box has stopped.");
    return 0;
}

int main(int argc, char **argv)
{
    sigset_t set;
    int i, status;

    if (daemon_early_options("sigtran-box", usage, bounds_print, argc, argv))
        return 0;
    /* blocked before any thread exists, so that only main gets them */
    watched_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    gwlib_init();
    i = get_and_set_debugs(argc, argv, daemon_option);
    status = run(argv[i] != NULL ? argv[i] : SIGTRAN_BOX_CONF);
    if (plug_stuck()) /* its thread may use anything that would be freed */
        _exit(status);
    gwthread_join_all();
    if (conf != NULL && !daemon_check_only())
        ss7_fini();
    conf_free(conf);
    gwlib_shutdown();
    return status;
}

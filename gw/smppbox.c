/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smppbox.c - the program that gives messages to SMPP applications
 *
 * ESMEs bind to it; to sigtran-box it is a Kannel box, once for each boxc-id
 * that an account names. Threads: main waits for signals, one has all ESMEs
 * (smpp_net), one for each connection to the box server (box_client).
 */

#include "smppbox_conf.h"

#include "config.h"
#include "daemon.h"
#include "sigtran-box/bounds.h"
#include "smpp_check.h"
#include "smppbox_follow.h"
#include "stat.h"

#include <errno.h>
#include <gwlib/gwlib.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

enum { LAST_ACKS_MS = 2000 };

/* A connection to the box server. */
struct box {
    uint8_t no;
    bool news; /* something was put into the inbox; of its thread */
    _Atomic(struct box_client *) client;
};

static struct smppbox_conf *conf;
static struct smpp_inbox *inbox;
static struct smpp_net *net;
static struct smpp_check *checker; /* with accounts = database */
static struct box box[SMPP_BOXES];
static atomic_bool told_to_stop;

/* ---- from the box server; its threads ---- */

static void on_sms(void *ctx, const struct box_key *key,
                   const struct box_frame *f, const uint8_t *p, size_t n)
{
    struct box *b = ctx;
    struct smpp_item item = {
        .kind = SMPP_ITEM_SMS, .box = b->no, .key = *key, .n = (uint32_t)n
    };
    struct box_client *c = atomic_load(&b->client);

    (void)f;
    b->news = true;
    if (smpp_inbox_put(inbox, &item, p))
        return;
    stat_inc(STAT_smpp_full);
    if (c != NULL)
        box_client_ack(c, key, VERDICT_TEMPFAIL);
}

static void on_ack(void *ctx, const uint8_t id[16], int32_t nack)
{
    struct box *b = ctx;
    struct smpp_item item = { .kind = SMPP_ITEM_ACK,
                              .box = b->no,
                              .nack = nack };

    memcpy(item.key.id, id, sizeof(item.key.id));
    b->news = true;
    smpp_inbox_put(inbox, &item, NULL); /* lost: answered by its time-out */
}

static void on_turn(void *ctx)
{
    struct box *b = ctx;

    if (b->news)
        smpp_inbox_wake(inbox);
    b->news = false;
}

static void on_lost(void *ctx, uint32_t epoch)
{
    struct box *b = ctx;
    struct smpp_item item = { .kind = SMPP_ITEM_LOST,
                              .box = b->no,
                              .key = { .epoch = epoch } };

    smpp_inbox_put(inbox, &item, NULL);
    smpp_inbox_wake(inbox);
}

static void on_command(void *ctx, enum box_command command)
{
    (void)ctx;
    if (command == BOX_CMD_SHUTDOWN)
        atomic_store(&told_to_stop, true);
}

static const struct box_client_ops client_ops = {
    .sms = on_sms,
    .ack = on_ack,
    .turn = on_turn,
    .lost = on_lost,
    .command = on_command,
};

/* ---- to the box server; the thread of the ESMEs ---- */

static struct box_client *client(uint8_t no)
{
    return atomic_load(&box[no].client);
}

static void to_ack(void *ctx, uint8_t no, const struct box_key *key,
                   enum verdict v)
{
    (void)ctx;
    box_client_ack(client(no), key, v);
}

static uint32_t to_sms(void *ctx, uint8_t no, const struct box_frame *f)
{
    (void)ctx;
    return box_client_sms(client(no), f);
}

static void to_suspend(void *ctx, uint8_t no, bool suspended)
{
    (void)ctx;
    if (client(no) != NULL)
        box_client_suspend(client(no), suspended);
}

static void to_flush(void *ctx, uint8_t no)
{
    (void)ctx;
    box_client_flush(client(no));
}

static bool to_check(void *ctx, uint64_t id, const char *hash,
                     const char *password)
{
    (void)ctx;
    return smpp_check_put(checker, id, hash, password);
}

static const struct smpp_box_ops box_ops = { to_ack, to_sms, to_suspend,
                                             to_flush, to_check };

/* The thread that looks at passwords. */
static void on_checked(void *ctx, uint64_t id, bool right)
{
    struct smpp_item item = { .kind = SMPP_ITEM_CHECKED,
                              .number = id,
                              .yes = right };

    (void)ctx;
    smpp_inbox_put(inbox, &item, NULL);
    smpp_inbox_wake(inbox);
}

/* ---- start and stop ---- */

static void stop_clients(void)
{
    for (unsigned i = 0; i < SMPP_BOXES; i++) {
        struct box_client *c = client((uint8_t)i);

        if (c != NULL)
            box_client_stop(c, LAST_ACKS_MS);
        atomic_store(&box[i].client, NULL);
    }
}

static bool start_client(uint8_t no)
{
    struct box_client *c;

    box[no].no = no;
    c = box_client_start(&conf->client[no], &client_ops, &box[no]);
    if (c == NULL)
        return false;
    /* until somebody is bound */
    box_client_suspend(c, true);
    atomic_store(&box[no].client, c);
    return true;
}

static int start_clients(void)
{
    for (unsigned i = 0; i < conf->n_boxes; i++)
        if (!start_client((uint8_t)i))
            return -1;
    return 0;
}

/* Those who find out about accounts. */
static int start_accounts(void)
{
    if (!conf->database)
        return 0;
    checker = smpp_check_start(on_checked, NULL);
    if (checker != NULL && smppbox_follow_start(conf, inbox, start_client) == 0)
        return 0;
    error(0, "Cannot start threads.");
    return -1;
}

static void net_run(void *arg)
{
    (void)arg;
    smpp_net_run(net);
}

static bool draw(void *p, size_t n)
{
    return getrandom(p, n, 0) == (ssize_t)n;
}

/* -1: what failed has been logged. */
static int start(long *thread)
{
    struct smpp_node_conf *c = &conf->net.node;

    if (!draw(&c->secret, sizeof(c->secret)) ||
        !draw(c->accts.key, sizeof(c->accts.key))) {
        error(errno, "No random numbers.");
        return -1;
    }
    inbox = smpp_inbox_new();
    if (inbox == NULL || start_clients() < 0)
        return -1;
    net = smpp_net_new(&conf->net, &box_ops, NULL, inbox);
    if (net == NULL || start_accounts() < 0)
        return -1;
    *thread = gwthread_create(net_run, NULL);
    if (*thread == -1)
        error(0, "Cannot start threads.");
    return *thread == -1 ? -1 : 0;
}

static void end(void)
{
    smppbox_follow_stop();
    smpp_check_stop(checker);
    smpp_net_free(net);
    stop_clients();
    smpp_inbox_free(inbox);
}

/* ---- signals ---- */

/* Wait up to a tick; true: the box shall stop. */
static bool wait_signal(const sigset_t *set)
{
    int sig = daemon_signal(set);

    return sig == SIGTERM || sig == SIGINT || atomic_load(&told_to_stop);
}

/* ---- main ---- */

static void usage(void)
{
    printf("usage: smppbox [OPTION]... [CONFIGURATION]\n\n"
           "Takes short messages from sigtran-box (or bearerbox) and gives\n"
           "them to the SMPP 3.4 applications that are bound to it; a message\n"
           "is acknowledged when its application has taken it.\n\n"
           "  --check             check the configuration and tell what it\n"
           "                      does\n"
           "  --limits            print the built-in bounds\n"
           "  --version, --help\n"
           "  -v, --verbosity N   least level on standard error, 0 (debug) to\n"
           "                      4\n"
           "  -D, --debug PLACES  debug lines of these places only\n"
           "  -F, --logfile FILE  -V, --fileverbosity N\n"
           "  -d, --daemonize     -p, --pid-file FILE   -u, --user NAME\n"
           "  -P, --parachute     restart after a crash\n\n"
           "CONFIGURATION is %s by default. Signals: TERM and INT stop in\n"
           "order, HUP opens the log files anew, USR1 logs the counters.\n",
           SMPPBOX_CONF);
}

static void log_open_conf(void)
{
    daemon_log_open(conf->log_file, conf->log_level);
    slog_set(daemon_log_line, conf->log_level <= GW_DEBUG  ? SLOG_DEBUG
                              : conf->log_level == GW_INFO ? SLOG_INFO
                                                           : SLOG_WARNING);
}

static int run(const char *file)
{
    sigset_t set;
    long thread = -1;

    conf = smppbox_conf_load(file);
    if (conf == NULL)
        return 1;
    smppbox_conf_tell(conf);
    if (daemon_check_only()) {
        printf("%s: no errors\n", file);
        return 0;
    }
    log_open_conf();
    info(0, "smppbox %s starts.", SIGTRAN_BOX_VERSION);
    daemon_signals(&set);
    if (start(&thread) < 0) {
        end();
        return 1;
    }
    while (!wait_signal(&set))
        ;
    info(0, "Stopping: waiting up to %u ms for what is held.",
         (unsigned)conf->net.drain_ms);
    smppbox_follow_stop();
    smpp_net_stop(net);
    gwthread_join(thread);
    end();
    daemon_tell_counters();
    info(0, "smppbox has stopped.");
    return 0;
}

int main(int argc, char **argv)
{
    sigset_t set;
    int i, status;

    if (daemon_early_options("smppbox", usage, bounds_print_smppbox, argc,
                             argv))
        return 0;
    /* blocked before any thread exists, so that only main gets them */
    daemon_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    gwlib_init();
    i = get_and_set_debugs(argc, argv, daemon_option);
    status = run(argv[i] != NULL ? argv[i] : SMPPBOX_CONF);
    gwthread_join_all();
    smppbox_conf_free(conf);
    gwlib_shutdown();
    return status;
}

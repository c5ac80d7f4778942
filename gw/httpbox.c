/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * httpbox.c - the program that gives messages to HTTP applications
 *
 * It takes the place of smsbox for incoming messages: the same sms-service
 * groups, but a message is acknowledged when the application has answered,
 * and with what it has answered.
 */

#include "httpbox_work.h"

#include "config.h"
#include "daemon.h"
#include "sigtran-box/bounds.h"

#include <gwlib/gwlib.h>
#include <string.h>

static struct http_conf *conf;
static const char *conf_file;

static void usage(void)
{
    printf("usage: httpbox [OPTION]... [CONFIGURATION]\n\n"
           "Takes short messages from sigtran-box (or bearerbox) and asks the\n"
           "HTTP applications of its sms-service groups; a message is\n"
           "acknowledged when its application has taken it.\n\n"
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
           "order (a second one hurries), HUP opens the log files anew and\n"
           "reads the configuration again, USR1 logs the counters.\n",
           HTTPBOX_CONF);
}

/* What may be changed of the file as it is now; with an error all stays. */
static void reload(void)
{
    struct http_conf *now = http_conf_load(conf_file);

    if (now == NULL) {
        error(0, "<%s> has errors: all stays as it is.", conf_file);
        return;
    }
    http_conf_tell(now);
    http_conf_tell_fixed(conf, now);
    conf->drain_ms = now->drain_ms;
    http_work_reload(now->set);
    now->set = NULL;
    http_conf_free(now);
    info(0, "<%s> was read again.", conf_file);
}

/* Wait up to a tick; true: the box shall stop. */
static bool wait_signal(const sigset_t *set)
{
    int sig = daemon_signal(set);

    if (sig == SIGHUP)
        reload();
    return sig == SIGTERM || sig == SIGINT || http_work_told_to_stop();
}

/* While the box waits for what it holds: a second signal ends that. */
static void hurry_run(void *arg)
{
    const sigset_t *set = arg;
    const struct timespec tick = { .tv_nsec = DAEMON_TICK_MS * 1000000L };

    while (http_work_pending() > 0) {
        int sig = sigtimedwait(set, NULL, &tick);

        if (sig == SIGTERM || sig == SIGINT) {
            http_work_hurry();
            return;
        }
    }
}

static void stop(sigset_t *set)
{
    long thread = gwthread_create(hurry_run, set);

    info(0, "Stopping: waiting up to %u ms for %u messages.",
         (unsigned)conf->drain_ms, http_work_pending());
    http_work_stop(conf->drain_ms);
    if (thread != -1)
        gwthread_join(thread);
    daemon_tell_counters();
    info(0, "httpbox has stopped.");
}

static int run(void)
{
    sigset_t set;

    conf = http_conf_load(conf_file);
    if (conf == NULL)
        return 1;
    http_conf_tell(conf);
    if (daemon_check_only()) {
        printf("%s: no errors\n", conf_file);
        return 0;
    }
    daemon_log_open(conf->log_file, conf->log_level);
    info(0, "httpbox %s starts.", SIGTRAN_BOX_VERSION);
    daemon_signals(&set);
    if (http_work_start(conf) < 0)
        return 1;
    while (!wait_signal(&set))
        ;
    stop(&set);
    return 0;
}

int main(int argc, char **argv)
{
    sigset_t set;
    int i, status;

    if (daemon_early_options("httpbox", usage, bounds_print_httpbox, argc,
                             argv))
        return 0;
    /* blocked before any thread exists, so that only main gets them */
    daemon_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    gwlib_init();
    i = get_and_set_debugs(argc, argv, daemon_option);
    conf_file = argv[i] != NULL ? argv[i] : HTTPBOX_CONF;
    status = run();
    if (status == 0) {
        gwthread_join_all();
        http_conf_free(conf);
        gwlib_shutdown();
    }
    return status;
}

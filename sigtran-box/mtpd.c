/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mtpd.c - M3UA for sigtran-box, in a process that holds nothing else
 *
 * Started by sigtran-box with the link as descriptor 3 (mtp_link.h). Reads
 * its configuration from there, keeps the associations of one network, and
 * passes MTP transfers both ways. It has no privileges, no files and no
 * secrets; when the link ends, it ends.
 */

#define _GNU_SOURCE /* RTLD_DEFAULT */

#include "mtpd.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <osmocom/core/application.h>
#include <osmocom/core/fsm.h>
#include <osmocom/core/logging.h>
#include <osmocom/core/msgb.h>
#include <osmocom/core/rate_ctr.h>
#include <osmocom/core/select.h>
#include <osmocom/core/talloc.h>
#include <osmocom/core/timer.h>
#include <osmocom/sigtran/osmo_ss7.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINK_FD = 3, PACKETS_A_TURN = 8 };
enum { TICK_MS = 100, RETRY_MS = 2, COUNTERS_MS = 1000 };
enum { EXIT_USE = 2, EXIT_CONF = 2, EXIT_LINK = 3 };

struct mtpd mtpd;

static void *ctx;
static bool greeted, ending;
static int exit_status;
static struct osmo_fd link_ofd;
static struct osmo_timer_list tick_timer, retry_timer;
static uint64_t told_ms;
static struct slog_rate library_rate;

uint64_t mtpd_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void mtpd_end(int status)
{
    ending = true;
    exit_status = status;
}

/* ---- log ---- */

static void log_to_link(enum slog_level level, const char *place,
                        const char *line)
{
    uint8_t body[1 + SLOG_LINE_MAX];
    size_t n = strnlen(line, SLOG_LINE_MAX);

    (void)place;
    body[0] = (uint8_t)level;
    memcpy(body + 1, line, n);
    link_put(mtpd.link, LINK_LOG, 0, body, n + 1);
}

void mtpd_say(struct mtpd_assoc *a, enum slog_level level,
              struct slog_rate *rate, const char *fmt, ...)
{
    char text[SLOG_LINE_MAX];
    uint32_t hidden = 0;
    va_list ap;

    if (rate && !slog_may(rate, mtpd_now_ms(), &hidden))
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (hidden > 0)
        slog(level, "ss7.mtp", "%s: %s (%u more like this)", a->conf->id, text,
             hidden);
    else
        slog(level, "ss7.mtp", "%s: %s", a->conf->id, text);
}

/*
 * The library speaks of what only its authors need. But it alone knows of a
 * caller that fits no association, and that is a common first fault.
 */
/* NOLINTNEXTLINE(readability-function-size): the library's prototype */
static void library_log(struct log_target *t, int subsys, unsigned int level,
                        const char *file, int line, int cont, const char *fmt,
                        va_list ap)
{
    bool stranger = strstr(fmt, "without matching ASP definition") != NULL;
    char text[SLOG_LINE_MAX / 2];
    uint32_t hidden;

    (void)t, (void)subsys, (void)file, (void)line, (void)cont;
    if (!stranger && level < LOGL_FATAL && !slog_on(SLOG_DEBUG))
        return;
    if (!slog_may(&library_rate, mtpd_now_ms(), &hidden))
        return;
    vsnprintf(text, sizeof(text), fmt, ap);
    text[strcspn(text, "\n")] = '\0';
    if (stranger)
        slog(SLOG_WARNING, "ss7.mtp",
             "refused a caller, <%s>: compare it with remote-address, "
             "remote-port and local-address where role is server.",
             text);
    else
        slog(level >= LOGL_FATAL ? SLOG_WARNING : SLOG_DEBUG, "ss7.mtp",
             "libosmo-sigtran: %s", text);
}

static void library_start(void)
{
    static const struct log_info no_categories;
    struct log_target *t;

    ctx = talloc_named_const(NULL, 0, "mtpd");
    msgb_talloc_ctx_init(ctx, 0);
    log_init(&no_categories, ctx);
    t = log_target_create();
    t->raw_output = library_log;
    log_set_all_filter(t, 1);
    log_set_log_level(t, LOGL_NOTICE);
    log_add_target(t);
    rate_ctr_init(ctx);
    osmo_ss7_init();
}

/* ---- the kernel ---- */

/* A kernel without SCTP is the commonest reason why nothing works. */
static void look_at_sctp(void)
{
    int (*in_place)(void) = NULL;
    int fd = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);

    *(void **)&in_place = dlsym(RTLD_DEFAULT, "m3uatcp_in_use");
    if (fd < 0)
        slog(SLOG_ERROR, "ss7.mtp",
             "no SCTP socket: %s. Load the module with \"modprobe sctp\".",
             strerror(errno));
    else if (in_place && in_place())
        slog(SLOG_WARNING, "ss7.mtp",
             "m3uatcp.so is in use: M3UA runs over TCP, not over SCTP. For "
             "tests only, never in a network.");
    if (fd >= 0)
        close(fd);
}

/* ---- the link ---- */

static int on_hello(const struct link_frame *f)
{
    uint16_t version;
    char build[64];

    if (link_hello_read(f, &version, build, sizeof(build)) < 0 ||
        version != LINK_VERSION) {
        slog(SLOG_ERROR, "ss7.mtp",
             "sigtran-box speaks another version of the link protocol.");
        return -1;
    }
    greeted = true;
    return 0;
}

static int on_config(const struct link_frame *f)
{
    if (mtpd.configured || link_conf_read(f->body, f->len, &mtpd.conf) < 0) {
        slog(SLOG_ERROR, "ss7.mtp", "the CONFIG frame is malformed.");
        return -1;
    }
    mtpd.configured = true;
    look_at_sctp();
    return mtpd_lm_start(ctx);
}

static int on_transfer(const struct link_frame *f)
{
    struct mtp_transfer t;

    if (link_transfer_read(f, &t) < 0 || f->assoc >= mtpd.conf.n_assoc)
        return -1;
    mtpd_sctp_transfer(&mtpd.assoc[f->assoc], &t);
    return 0;
}

static int on_frame(const struct link_frame *f)
{
    if (f->type == LINK_HELLO)
        return on_hello(f);
    if (!greeted)
        return -1;
    if (f->type == LINK_CONFIG)
        return on_config(f);
    if (!mtpd.configured)
        return -1;
    switch (f->type) {
    case LINK_TRANSFER:
        return on_transfer(f);
    case LINK_DOWN:
        mtpd_lm_down();
        return 0;
    default:
        return -1;
    }
}

static void read_link(void)
{
    struct link_frame f;

    for (int i = 0; i < PACKETS_A_TURN && !ending; i++) {
        int rc = link_read(mtpd.link);

        if (rc == 0)
            return;
        if (rc < 0) {
            mtpd_end(EXIT_SUCCESS);
            return;
        }
        while ((rc = link_next(mtpd.link, &f)) > 0)
            if (on_frame(&f) < 0)
                break;
        if (rc != 0)
            mtpd_end(EXIT_CONF);
    }
}

static int link_cb(struct osmo_fd *fd, unsigned int what)
{
    (void)fd;
    if (what & OSMO_FD_READ)
        read_link();
    return 0; /* WRITE: the end of each turn flushes */
}

static void flush_link(void)
{
    int rc = link_flush(mtpd.link);

    if (rc < 0)
        mtpd_end(EXIT_LINK);
    else if (rc > 0)
        osmo_fd_write_enable(&link_ofd);
    else
        osmo_fd_write_disable(&link_ofd);
}

/* ---- the loop ---- */

/* Also when nothing has changed: it is how the box knows that we live. */
static void tell_counters(uint64_t now)
{
    if (now - told_ms < COUNTERS_MS)
        return;
    told_ms = now;
    link_put_counters(mtpd.link, &mtpd.count);
}

static void tick(void *unused)
{
    uint64_t now = mtpd_now_ms();

    (void)unused;
    osmo_timer_schedule(&tick_timer, 0, TICK_MS * 1000);
    if (mtpd.configured)
        mtpd_lm_tick(now);
    tell_counters(now);
}

static void retry(void *unused)
{
    (void)unused;
    mtpd_sctp_retry();
}

static void turn(void)
{
    mtpd_lm_turn();
    if (mtpd_sctp_waiting() && !osmo_timer_pending(&retry_timer))
        osmo_timer_schedule(&retry_timer, 0, RETRY_MS * 1000);
    if (mtpd_lm_done())
        mtpd_end(EXIT_SUCCESS);
    flush_link();
}

static void loop(void)
{
    osmo_timer_setup(&tick_timer, tick, NULL);
    osmo_timer_setup(&retry_timer, retry, NULL);
    osmo_fd_setup(&link_ofd, LINK_FD, OSMO_FD_READ, link_cb, NULL, 0);
    osmo_fd_register(&link_ofd);
    tick(NULL);
    flush_link();
    while (!ending) {
        osmo_select_main(0);
        turn();
    }
}

static void last_words(void)
{
    mtpd_lm_close();
    for (uint8_t i = 0; i < mtpd.conf.n_assoc && mtpd.configured; i++)
        if (mtpd.assoc[i].conf)
            mtpd_lm_tell(&mtpd.assoc[i]);
    link_put_counters(mtpd.link, &mtpd.count);
    link_flush(mtpd.link);
    osmo_timer_del(&tick_timer);
    osmo_timer_del(&retry_timer);
    osmo_fd_unregister(&link_ofd);
    link_free(mtpd.link);
}

/* ---- main ---- */

static void use(FILE *f)
{
    fprintf(
        f, "mtpd - M3UA for sigtran-box, one process for each network\n"
           "\n"
           "usage: mtpd --version | --help\n"
           "\n"
           "mtpd is started by sigtran-box, which hands it the link as\n"
           "descriptor 3 and its configuration through it. Start sigtran-box,\n"
           "and set mtpd-path in its group if it does not find mtpd.\n");
}

static bool has_link(void)
{
    int type = 0, domain = 0;
    socklen_t n = sizeof(type);

    if (getsockopt(LINK_FD, SOL_SOCKET, SO_TYPE, &type, &n) < 0)
        return false;
    n = sizeof(domain);
    if (getsockopt(LINK_FD, SOL_SOCKET, SO_DOMAIN, &domain, &n) < 0)
        return false;
    return type == SOCK_SEQPACKET && domain == AF_UNIX;
}

static int options(const char *arg)
{
    if (strcmp(arg, "--version") == 0) {
        printf("mtpd %s, link protocol %d\n", LINK_BUILD_ID, LINK_VERSION);
        return EXIT_SUCCESS;
    }
    if (strcmp(arg, "--help") == 0) {
        use(stdout);
        return EXIT_SUCCESS;
    }
    use(stderr);
    return EXIT_USE;
}

static void be_humble(void)
{
    static const int ignored[] = { SIGTERM, SIGINT, SIGHUP, SIGPIPE };

    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    /* A signal to the whole service is for the box: it drains, then says
     * LINK_DOWN. If it does not, the link ends and so do we. */
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
}

int main(int argc, char **argv)
{
    be_humble();
    if (argc > 1)
        return options(argv[1]);
    if (!has_link()) {
        fputs("mtpd: descriptor 3 is not the link to sigtran-box.\n\n", stderr);
        use(stderr);
        return EXIT_USE;
    }
    mtpd.link = link_new(LINK_FD);
    if (!mtpd.link)
        return EXIT_LINK;
    slog_set(log_to_link, SLOG_INFO);
    link_put_hello(mtpd.link);
    library_start();
    loop();
    last_words();
    return exit_status;
}

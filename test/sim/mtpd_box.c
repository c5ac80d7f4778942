/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtpd_box.c - the box's end of mtpd's link, for tests of mtpd
 *
 *     mtpd_box -m MTPD [-u USER] [-p PC]... [-n NI] [-r] -a KEY=VALUE,... ...
 *
 * Starts mtpd as sigtran-box does, gives it the associations named by -a,
 * sends every TRANSFER back with OPC and DPC exchanged, and prints what
 * mtpd tells, one line each. -r restarts mtpd when it ends, -q prints no
 * transfers. SHIM=FILE in the environment is preloaded into mtpd alone.
 *
 * Lines on standard input are orders: down, kill, fds, quit, mute (no echo),
 * stall MS (do not read the link), send DPC SLS COUNT LENGTH, counters.
 */

#include "mtp_link.h"
#include "mtpd_run.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct mtp_conf conf;
static const char *program, *user;
static bool restart, quiet, mute, ending;
static pid_t pid = -1;
static struct mtp_link *link_;
static uint64_t stalled_until;
static uint32_t refused; /* transfers, since the link was full */
static struct link_counters counters;

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void usage(const char *why)
{
    fprintf(stderr, "mtpd_box: %s; see the top of mtpd_box.c\n", why);
    exit(2);
}

/* ---- associations from the command line ---- */

static uint32_t number(const char *v)
{
    return (uint32_t)strtoul(v, NULL, 0);
}

static void host_add(char host[][46], uint8_t *n, const char *v)
{
    if (*n >= MTP_HOSTS)
        usage("too many addresses");
    snprintf(host[(*n)++], sizeof(host[0]), "%s", v);
}

static bool set_number(struct mtp_assoc_conf *a, const char *k, uint32_t v)
{
    if (strcmp(k, "lport") == 0)
        a->local_port = (uint16_t)v;
    else if (strcmp(k, "port") == 0)
        a->remote_port = (uint16_t)v;
    else if (strcmp(k, "asp-id") == 0)
        a->has_asp_id = true, a->asp_id = v;
    else if (strcmp(k, "rc") == 0)
        a->has_rc = true, a->rc = v;
    else if (strcmp(k, "na") == 0)
        a->has_na = true, a->na = v;
    else if (strcmp(k, "peer") == 0)
        a->has_peer_pc = true, a->peer_pc = v;
    else if (strcmp(k, "mode") == 0)
        a->mode = (enum mtp_mode)v;
    else if (strcmp(k, "beat") == 0)
        a->beat_ms = v;
    else if (strcmp(k, "reconnect") == 0)
        a->reconnect_ms = v;
    else
        return false;
    return true;
}

static void audit_add(uint32_t pc)
{
    if (conf.n_audit == MTP_AUDIT)
        usage("too many point codes");
    conf.audit[conf.n_audit++] = pc;
}

static void assoc_add(char *arg)
{
    struct mtp_assoc_conf *a = &conf.assoc[conf.n_assoc];
    char *save = NULL;

    if (conf.n_assoc >= MTP_ASSOC_MAX)
        usage("too many associations");
    snprintf(a->id, sizeof(a->id), "assoc%u", conf.n_assoc++);
    a->reconnect_ms = 300;
    for (char *kv = strtok_r(arg, ",", &save); kv;
         kv = strtok_r(NULL, ",", &save)) {
        char *v = strchr(kv, '=');

        if (v)
            *v++ = '\0';
        if (strcmp(kv, "server") == 0)
            a->server = true;
        else if (v && strcmp(kv, "local") == 0)
            host_add(a->local, &a->n_local, v);
        else if (v && strcmp(kv, "remote") == 0)
            host_add(a->remote, &a->n_remote, v);
        else if (v && strcmp(kv, "audit") == 0) /* of the network */
            audit_add(number(v));
        else if (!v || !set_number(a, kv, number(v)))
            usage(kv);
    }
}

/* ---- mtpd ---- */

static void start(void)
{
    uint8_t body[8192];
    const char *shim = getenv("SHIM");
    int fd, n = link_conf_write(&conf, body, sizeof(body));

    if (shim)
        setenv("LD_PRELOAD", shim, 1);
    pid = mtpd_run(program, user, &fd);
    unsetenv("LD_PRELOAD");
    if (pid < 0) {
        printf("start failed: %s\n", strerror(errno));
        exit(1);
    }
    link_ = link_new(fd);
    if (!link_ || n < 0)
        exit(1);
    link_put_hello(link_);
    link_put(link_, LINK_CONFIG, 0, body, (size_t)n);
    printf("started %d\n", (int)pid);
}

static void ended(void)
{
    int status = 0;

    link_free(link_);
    link_ = NULL;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        printf("ended signal %d\n", WTERMSIG(status));
    else
        printf("ended exit %d\n", WEXITSTATUS(status));
    pid = -1;
    if (restart && !ending)
        start();
    else
        ending = true;
}

static void print_counters(void)
{
    printf("counters");
#define X(name, help) printf(" " #name "=%" PRIu64, counters.name);
    LINK_COUNTER_LIST(X)
#undef X
    printf(" refused=%" PRIu32 "\n", refused);
}

static void on_transfer(const struct link_frame *f)
{
    struct mtp_transfer t;
    uint32_t pc;

    if (link_transfer_read(f, &t) < 0)
        exit(1);
    if (!quiet)
        printf("transfer assoc=%u opc=%u dpc=%u ni=%u si=%u mp=%u sls=%u "
               "len=%u\n",
               t.assoc, t.opc, t.dpc, t.ni, t.si, t.mp, t.sls, t.len);
    if (mute)
        return;
    pc = t.opc;
    t.opc = t.dpc;
    t.dpc = pc;
    if (link_put_transfer(link_, &t) < 0)
        refused++;
}

static void on_frame(const struct link_frame *f)
{
    static const char *const states[] = { "down", "inactive", "active" };
    struct link_dest d;

    switch (f->type) {
    case LINK_HELLO:
        printf("hello\n");
        break;
    case LINK_TRANSFER:
        on_transfer(f);
        break;
    case LINK_ASSOC:
        printf("assoc %u %s\n", f->assoc, states[f->body[0]]);
        break;
    case LINK_LOG:
        printf("log %u %.*s\n", f->body[0], f->len - 1, f->body + 1);
        break;
    case LINK_COUNTERS:
        link_counters_read(f, &counters);
        break;
    case LINK_PAUSE:
    case LINK_RESUME:
    case LINK_STATUS:
        if (link_dest_read(f, &d) < 0)
            exit(1);
        printf("%s assoc=%u pc=%u mask=%u status=%u level=%u\n",
               f->type == LINK_PAUSE    ? "pause"
               : f->type == LINK_RESUME ? "resume"
                                        : "status",
               f->assoc, d.pc, d.mask, d.status, d.level);
        break;
    default:
        printf("unknown frame %u\n", f->type);
    }
}

static void read_link(void)
{
    struct link_frame f;
    int rc;

    for (int i = 0; i < 16; i++) {
        rc = link_read(link_);
        if (rc == 0)
            return;
        while (rc > 0 && (rc = link_next(link_, &f)) > 0)
            on_frame(&f);
        if (rc < 0) {
            ended();
            return;
        }
    }
}

/* ---- orders ---- */

static void print_fds(void)
{
    char dir[64], path[400], to[200];
    struct dirent *e;
    DIR *d;

    snprintf(dir, sizeof(dir), "/proc/%d/fd", (int)pid);
    d = opendir(dir);
    while (d && (e = readdir(d))) {
        ssize_t n;

        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        n = readlink(path, to, sizeof(to) - 1);
        if (n < 0)
            continue;
        to[n] = '\0';
        printf("fd %s %s\n", e->d_name, to);
    }
    if (d)
        closedir(d);
    printf("fds done\n");
}

static void send_many(const char *arg)
{
    static const uint8_t fill[MTP_DATA_MAX] = { 9 };
    unsigned dpc, sls, count, len;

    /* NOLINTNEXTLINE(cert-err34-c): orders come from a test */
    if (sscanf(arg, "%u %u %u %u", &dpc, &sls, &count, &len) != 4)
        return;
    for (unsigned i = 0; i < count; i++) {
        struct mtp_transfer t = { .opc = conf.pc[0],
                                  .dpc = dpc,
                                  .ni = conf.ni,
                                  .si = MTP_SI_SCCP,
                                  .sls = (uint8_t)(sls + i),
                                  .len = (uint16_t)len,
                                  .data = fill };

        t.assoc = (uint8_t)(t.sls % conf.n_assoc);
        if (link_put_transfer(link_, &t) < 0)
            refused++;
        if (i % 256 == 255)
            link_flush(link_);
    }
    printf("sent %u\n", count);
}

static void order(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, "quit") == 0 || !link_)
        ending = true;
    else if (strcmp(line, "down") == 0)
        link_put(link_, LINK_DOWN, 0, NULL, 0);
    else if (strcmp(line, "kill") == 0)
        kill(pid, SIGKILL);
    else if (strcmp(line, "fds") == 0)
        print_fds();
    else if (strcmp(line, "mute") == 0)
        mute = true;
    else if (strcmp(line, "counters") == 0)
        print_counters();
    else if (strncmp(line, "stall ", 6) == 0)
        stalled_until = now_ms() + number(line + 6);
    else if (strncmp(line, "send ", 5) == 0)
        send_many(line + 5);
}

static void loop(void)
{
    char line[200];
    struct pollfd p[2] = { { .fd = 0, .events = POLLIN } };

    while (!ending) {
        bool stalled = now_ms() < stalled_until;

        p[1].fd = stalled || !link_ ? -1 : link_fd(link_);
        p[1].events =
            (short)(POLLIN | (!stalled && !link_idle(link_) ? POLLOUT : 0));
        poll(p, 2, stalled ? 20 : 1000);
        if (p[0].revents) {
            if (!fgets(line, sizeof(line), stdin))
                break;
            order(line);
        }
        if (link_ && !stalled && p[1].revents)
            read_link();
        if (link_)
            link_flush(link_);
    }
}

int main(int argc, char **argv)
{
    int c;

    setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see what is left */
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    conf.ni = 2;
    while ((c = getopt(argc, argv, "m:u:p:n:a:rq")) != -1) {
        switch (c) {
        case 'm':
            program = optarg;
            break;
        case 'u':
            user = optarg;
            break;
        case 'n':
            conf.ni = (uint8_t)number(optarg);
            break;
        case 'r':
            restart = true;
            break;
        case 'q':
            quiet = true;
            break;
        case 'a':
            assoc_add(optarg);
            break;
        case 'p':
            if (conf.n_pc < 4)
                conf.pc[conf.n_pc++] = number(optarg);
            break;
        default:
            usage("unknown option");
        }
    }
    if (!program)
        usage("-m is needed");
    if (conf.n_pc == 0)
        conf.pc[conf.n_pc++] = 1;
    start();
    loop();
    print_counters();
    if (link_)
        link_free(link_);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child_run.c - start a program of ours with nothing in its hands but a socket
 *
 * Between fork and exec only system calls are made: the process may have
 * threads that hold any lock of libc. What must be looked up (the user and
 * its groups) is looked up before.
 */

#define _GNU_SOURCE /* pipe2(), dup3() and close_range() */

#include "child_run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TELL_FD = CHILD_FD + 1, GROUPS = 64, ENVIRONMENT = 32 };
enum { SNDBUF = 1 << 20 };
enum { BACKOFF_MS = 500, BACKOFF_MAX_MS = 30000 };

struct who {
    char name[64]; /* argv[0] */
    const char *path;
    bool change;
    uid_t uid;
    gid_t gid;
    gid_t groups[GROUPS];
    int n_groups;
    char *env[ENVIRONMENT];
};

static int look_up(const char *user, struct who *w)
{
    struct passwd pw, *found = NULL;
    char buf[4096];
    int rc;

    w->change = user && user[0];
    if (!w->change)
        return 0;
    rc = getpwnam_r(user, &pw, buf, sizeof(buf), &found);
    if (rc != 0 || !found) {
        errno = rc != 0 ? rc : ENOENT;
        return -1;
    }
    w->uid = pw.pw_uid;
    w->gid = pw.pw_gid;
    w->n_groups = GROUPS;
    if (getgrouplist(user, pw.pw_gid, w->groups, &w->n_groups) < 0) {
        errno = E2BIG;
        return -1;
    }
    if (geteuid() == w->uid)
        w->change = false;
    return 0;
}

/*
 * Of our environment, which may hold secrets, it gets only what is for the
 * loader and for tests.
 */
static bool may_keep(const char *variable)
{
    static const char *const begins[] = { "LD_",   "M3UATCP_", "ASAN_",
                                          "LSAN_", "UBSAN_",   "TSAN_" };

    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (strncmp(variable, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* Ends with NULL; what does not fit is left out. */
static void environment(char *env[ENVIRONMENT])
{
    size_t n = 0;

    for (char **e = environ; *e != NULL && n < ENVIRONMENT - 1; e++)
        if (may_keep(*e))
            env[n++] = *e;
    env[n] = NULL;
}

static void signals_as_new(void)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int become(const struct who *w)
{
    if (!w->change)
        return 0;
    if (setgroups((size_t)w->n_groups, w->groups) < 0 || setgid(w->gid) < 0)
        return -1;
    return setuid(w->uid);
}

/* Above 2 lie the socket and, until exec closes it, the way to tell why not. */
static int take_descriptors(int ours, int tell)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int l, t;

    /* Whatever their numbers are, they are out of the way first. */
    null = fcntl(null, F_DUPFD_CLOEXEC, TELL_FD + 1);
    l = fcntl(ours, F_DUPFD_CLOEXEC, TELL_FD + 1);
    t = fcntl(tell, F_DUPFD_CLOEXEC, TELL_FD + 1);
    if (null < 0 || l < 0 || t < 0)
        return -1;
    if (dup2(l, CHILD_FD) < 0 || dup3(t, TELL_FD, O_CLOEXEC) < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (dup2(null, i) < 0)
            return -1;
    return close_range(TELL_FD + 1, ~0u, 0);
}

static void __attribute__((noreturn))
child(const struct who *w, char *name, int ours, int tell, pid_t parent)
{
    char *argv[] = { name, NULL };
    int why;

    signals_as_new();
    if (take_descriptors(ours, tell) < 0)
        goto fail;
    tell = TELL_FD;
    if (become(w) < 0 || chdir("/") < 0)
        goto fail;
    /* After setuid(), which clears the death signal. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        goto fail;
    if (getppid() != parent)
        _exit(0);
    /* exec makes it dumpable again: mtpd itself says no, first of all. */
    execve(w->path, argv, w->env);
fail:
    why = errno;
    if (write(tell, &why, sizeof(why)) < 0)
        _exit(126);
    _exit(127);
}

static void roomy(int fd)
{
    int n = SNDBUF;

    /* Beyond net.core.wmem_max only with CAP_NET_ADMIN. */
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &n, sizeof(n)) < 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &n, sizeof(n));
}

static pid_t start(struct who *w, int ours, int tell[2])
{
    pid_t self = getpid();
    pid_t pid = fork();
    int why = 0;
    ssize_t n;

    if (pid == 0)
        child(w, w->name, ours, tell[1], self);
    close(tell[1]);
    tell[1] = -1;
    if (pid < 0)
        return -1;
    do
        n = read(tell[0], &why, sizeof(why));
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return pid; /* exec closed it: the program runs */
    waitpid(pid, NULL, 0);
    errno = why != 0 ? why : EIO;
    return -1;
}

static void close_keeping_errno(int fd)
{
    int e = errno;

    if (fd >= 0)
        close(fd);
    errno = e;
}

pid_t child_run(const struct child_program *c, int *fd)
{
    struct who w = { .path = c->path };
    int pair[2], tell[2];
    pid_t pid;

    *fd = -1;
    snprintf(w.name, sizeof(w.name), "%s", c->name);
    environment(w.env);
    if (look_up(c->user, &w) < 0)
        return -1;
    if (socketpair(AF_UNIX, c->socket | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    if (pipe2(tell, O_CLOEXEC) < 0) {
        close_keeping_errno(pair[0]);
        close_keeping_errno(pair[1]);
        return -1;
    }
    roomy(pair[0]);
    roomy(pair[1]);
    pid = start(&w, pair[1], tell);
    close_keeping_errno(tell[0]);
    close_keeping_errno(tell[1]);
    close_keeping_errno(pair[1]);
    if (pid < 0)
        close_keeping_errno(pair[0]);
    else
        *fd = pair[0];
    return pid;
}

unsigned child_backoff_ms(unsigned n)
{
    unsigned ms = BACKOFF_MS;

    if (n == 0)
        return 0;
    while (--n > 0 && ms < BACKOFF_MAX_MS)
        ms *= 2;
    return ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
}

void child_find(const char *name, const char *wanted, const char *installed,
                char *path, size_t size)
{
    char exe[200];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    char *slash;

    snprintf(path, size, "%s", wanted[0] != '\0' ? wanted : installed);
    if (wanted[0] != '\0' || n <= 0)
        return;
    exe[n] = '\0';
    slash = strrchr(exe, '/');
    if (slash == NULL)
        return;
    snprintf(slash + 1, sizeof(exe) - (size_t)(slash + 1 - exe), "%s", name);
    if (access(exe, X_OK) == 0)
        snprintf(path, size, "%s", exe);
}

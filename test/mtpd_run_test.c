/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtpd_run_test.c - what a program started by mtpd_run() finds in its hands
 *
 * The program started is this one: called "mtpd" it looks around and sends
 * one line by descriptor 3.
 */

#include "check.h"
#include "mtpd_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char self[500];

static void describe(char *out, size_t size)
{
    struct dirent *e;
    DIR *d = opendir("/proc/self/fd");
    int fds = 0, death = 0;
    sigset_t mask;
    struct stat st, null;
    int nulls = 0;

    if (stat("/dev/null", &null) == 0)
        for (int i = 0; i < 3; i++)
            nulls += fstat(i, &st) == 0 && st.st_rdev == null.st_rdev;
    while (d && (e = readdir(d)))
        fds += e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d);
    if (d)
        closedir(d);
    prctl(PR_GET_PDEATHSIG, &death);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    snprintf(out, size,
             "fds=%d null=%d uid=%d nnp=%d death=%d usr1=%d blocked=%d "
             "secret=%d shim=%d",
             fds, nulls, (int)getuid(), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
             death, signal(SIGUSR1, SIG_DFL) == SIG_DFL,
             sigismember(&mask, SIGUSR2), getenv("PGPASSWORD") != NULL,
             getenv("M3UATCP_TEST") != NULL);
}

static int as_mtpd(void)
{
    char line[200];

    describe(line, sizeof(line));
    if (send(3, line, strlen(line), 0) < 0)
        return 1;
    recv(3, line, 1, 0); /* until the other end is closed */
    return 0;
}

static void start_and_read(const char *user, char *line, size_t size)
{
    int fd, status;
    pid_t pid = mtpd_run(self, user, &fd);
    ssize_t n;

    line[0] = '\0';
    CHECK(pid > 0 && fd >= 0);
    if (pid < 0)
        return;
    CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    n = recv(fd, line, size - 1, 0);
    CHECK(n > 0);
    line[n > 0 ? n : 0] = '\0';
    close(fd);
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void it_holds_nothing_but_the_link(void)
{
    char line[200], want[200];
    sigset_t usr2;
    int leaked[10];

    for (int i = 0; i < 10; i++)
        leaked[i] = open("/dev/null", O_RDONLY); /* not CLOEXEC */
    setenv("PGPASSWORD", "secret", 1);
    setenv("M3UATCP_TEST", "1", 1);
    signal(SIGUSR1, SIG_IGN);
    sigemptyset(&usr2);
    sigaddset(&usr2, SIGUSR2);
    sigprocmask(SIG_BLOCK, &usr2, NULL);
    start_and_read(NULL, line, sizeof(line));
    snprintf(
        want, sizeof(want),
        "fds=4 null=3 uid=%d nnp=1 death=%d usr1=1 blocked=0 secret=0 shim=1",
        (int)getuid(), SIGKILL);
    CHECK(strcmp(line, want) == 0);
    for (int i = 0; i < 10; i++)
        close(leaked[i]);
}

/* A daemon may have been started with nothing open at all. */
static void it_is_the_same_if_low_descriptors_are_free(void)
{
    char line[200] = "";
    int fd, status;
    pid_t child = fork(), pid;

    if (child == 0) {
        alarm(10);
        for (int i = 0; i < 20; i++)
            close(i);
        pid = mtpd_run(self, NULL, &fd);
        if (pid < 0 || recv(fd, line, sizeof(line) - 1, 0) <= 0)
            _exit(1);
        _exit(strncmp(line, "fds=4 null=3 ", 13) == 0 ? 0 : 2);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void it_becomes_the_user(void)
{
    struct passwd *pw = getpwnam("nobody");
    char line[200], want[40];
    int fd;
    pid_t pid;

    if (getuid() != 0 || !pw)
        return;
    pid = mtpd_run(self, "nobody", &fd);
    if (pid < 0) { /* the folder of the test is closed to that user */
        CHECK(errno == EACCES);
        return;
    }
    close(fd);
    waitpid(pid, NULL, 0);
    start_and_read("nobody", line, sizeof(line));
    snprintf(want, sizeof(want), "uid=%d nnp=1 death=%d", (int)pw->pw_uid,
             SIGKILL);
    CHECK(strstr(line, want) != NULL);
}

static void failures_are_told_with_their_reason(void)
{
    int fd = 7;

    CHECK(mtpd_run("/nonexistent/mtpd", NULL, &fd) == -1);
    CHECK(errno == ENOENT && fd == -1);
    CHECK(mtpd_run("/etc/passwd", "", &fd) == -1);
    CHECK(errno == EACCES);
    CHECK(mtpd_run(self, "no-such-user-here", &fd) == -1);
    CHECK(fd == -1 && errno == ENOENT);
}

static void it_dies_with_the_one_that_started_it(void)
{
    int fd, tell[2], status;
    pid_t middle, pid = -1;
    char line[200];

    CHECK(pipe(tell) == 0);
    middle = fork();
    if (middle == 0) {
        pid = mtpd_run(self, NULL, &fd);
        if (recv(fd, line, sizeof(line), 0) <= 0 ||
            write(tell[1], &pid, sizeof(pid)) < 0)
            _exit(1);
        /* A copy of the link stays open: only the death signal can end it. */
        if (fork() == 0) {
            usleep(1500 * 1000);
            _exit(0);
        }
        _exit(0);
    }
    close(tell[1]);
    CHECK(read(tell[0], &pid, sizeof(pid)) == sizeof(pid) && pid > 0);
    close(tell[0]);
    CHECK(waitpid(middle, &status, 0) == middle && status == 0);
    for (int i = 0; i < 100 && pid > 0; i++) {
        char path[64], state[200] = "";
        FILE *f;

        snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
        f = fopen(path, "r");
        if (!f)
            return;
        if (!fgets(state, sizeof(state), f))
            state[0] = '\0';
        fclose(f);
        if (strstr(state, ") Z"))
            return;
        usleep(10 * 1000);
    }
    CHECK(pid < 0); /* it outlived its parent */
}

static void starts_in_a_row_wait_longer(void)
{
    CHECK(mtpd_backoff_ms(0) == 0);
    CHECK(mtpd_backoff_ms(1) == 500);
    CHECK(mtpd_backoff_ms(2) == 1000);
    CHECK(mtpd_backoff_ms(6) == 16000);
    CHECK(mtpd_backoff_ms(7) == 30000);
    CHECK(mtpd_backoff_ms(1000000) == 30000);
    CHECK(mtpd_backoff_ms(~0u) == 30000);
}

int main(int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    (void)argc;
    if (strcmp(argv[0], "mtpd") == 0)
        return as_mtpd();
    if (n <= 0)
        return 77;
    self[n] = '\0';
    it_holds_nothing_but_the_link();
    it_is_the_same_if_low_descriptors_are_free();
    it_becomes_the_user();
    failures_are_told_with_their_reason();
    it_dies_with_the_one_that_started_it();
    starts_in_a_row_wait_longer();
    return CHECK_DONE();
}

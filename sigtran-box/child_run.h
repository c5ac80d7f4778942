/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child_run.h - start a program of ours with nothing in its hands but a socket
 *
 * The thread that calls child_run() must live for as long as the child may:
 * the child asks to be killed when that thread dies (PR_SET_PDEATHSIG).
 */

#ifndef CHILD_RUN_H
#define CHILD_RUN_H

#include <stddef.h>
#include <sys/types.h>

enum { CHILD_FD = 3 }; /* the child's end of the socket */

struct child_program {
    const char *path;
    const char *name; /* its argv[0], and all of its arguments */
    const char *user; /* NULL or "": as we are */
    int socket;       /* SOCK_SEQPACKET or SOCK_STREAM */
};

/*
 * Fork and exec it with one end of a socket pair as descriptor 3, 0-2 on
 * /dev/null and all others closed, an environment without what is ours, and
 * no_new_privs. *fd is our end, CLOEXEC. Returns the pid, or -1 and errno.
 */
pid_t child_run(const struct child_program *c, int *fd);

/* Milliseconds to wait before start number `n' in a row: 0, 500, 1000 .. */
unsigned child_backoff_ms(unsigned n);

/*
 * Where a program of ours is: `wanted' if that is not "", else beside the
 * program that runs, as in a build folder, else `installed'.
 */
void child_find(const char *name, const char *wanted, const char *installed,
                char *path, size_t size);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtpd_run.h - start the program mtpd with nothing in its hands but the link
 *
 * Call from the main thread only: the child asks to be killed when the thread
 * that started it dies (PR_SET_PDEATHSIG).
 */

#ifndef MTPD_RUN_H
#define MTPD_RUN_H

#include <sys/types.h>

/*
 * Fork and exec `path' as `user' (NULL or "": as we are) with the link as
 * descriptor 3, 0-2 on /dev/null and all others closed, an environment
 * without what is ours, no_new_privs, not dumpable. *fd is our end, CLOEXEC. Returns the pid, or -1 and errno.
 */
pid_t mtpd_run(const char *path, const char *user, int *fd);

/* Milliseconds to wait before start number `n' in a row: 0, 500, 1000 .. */
unsigned mtpd_backoff_ms(unsigned n);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtpd_run.h - start the program mtpd with nothing in its hands but the link
 *
 * From the main thread only, see child_run.h.
 */

#ifndef MTPD_RUN_H
#define MTPD_RUN_H

#include <sys/types.h>

/*
 * Start `path' as `user' (NULL or "": as we are) with the link, of packets, as
 * descriptor 3. *fd is our end, CLOEXEC. Returns the pid, or -1 and errno.
 */
pid_t mtpd_run(const char *path, const char *user, int *fd);

/* Milliseconds to wait before start number `n' in a row: 0, 500, 1000 .. */
unsigned mtpd_backoff_ms(unsigned n);

#endif

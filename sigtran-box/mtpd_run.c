/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtpd_run.c - start the program mtpd with nothing in its hands but the link
 */

#include "mtpd_run.h"

#include "child_run.h"

#include <sys/socket.h>

pid_t mtpd_run(const char *path, const char *user, int *fd)
{
    struct child_program mtpd = {
        .path = path, .name = "mtpd", .user = user, .socket = SOCK_SEQPACKET
    };

    return child_run(&mtpd, fd);
}

unsigned mtpd_backoff_ms(unsigned n)
{
    return child_backoff_ms(n);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * box_sock.h - TCP as boxes want it
 *
 * Plain code; logs nothing; any thread.
 */

#ifndef BOX_SOCK_H
#define BOX_SOCK_H

#include <stdint.h>

/*
 * No delay for small frames, and a peer that vanished without a word is found
 * out within `dead_ms', idle or not.
 */
void box_sock_tune(int fd, int dead_ms);

/*
 * A connected socket that does not block, tuned, or -1: *why says it. Names
 * are resolved (that may block), every address is tried, `wait_ms' for each.
 * Given up as soon as wake_fd can be read.
 */
int box_sock_connect(const char *host, uint16_t port, int wake_fd, int wait_ms,
                     int dead_ms, const char **why);

#endif

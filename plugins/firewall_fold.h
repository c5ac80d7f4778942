/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_fold.h - what a reader does not see, or sees as the same
 *
 * Each takes any octets, UTF-8 or not, and writes no more than it reads; `out'
 * may be `p'. What is compared with each other went through the same.
 */

#ifndef FIREWALL_FOLD_H
#define FIREWALL_FOLD_H

#include <stdbool.h>
#include <stddef.h>

/* Without signs that have no width, and with ASCII for full-width forms. */
size_t fold_signs(char *out, const char *p, size_t len);
/* Would fold_signs() leave it as it is? It may say no where it would. */
bool fold_is_plain(const char *p, size_t len);
/* One blank for each run of blanks and line ends. */
size_t fold_blanks(char *out, const char *p, size_t len);
/* Without the one at either end that fold_blanks() leaves: its length, *p is
 * moved. */
size_t fold_trim(const char **p, size_t len);
/* Small letters, ASCII only; others stay as they are. */
void fold_case(char *out, const char *p, size_t len);
/* Octets of an ideographic full stop at p, which names of hosts may have for a
 * dot (RFC 3490, 3.1): U+3002 or U+FF61; 0: it is something else. */
size_t fold_dot(const char *p, size_t left);

#endif

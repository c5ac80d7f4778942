/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_golden.h - what tests of configurations share: lines that are logged
 * against lines that are kept in test/conf, and keys against the manual
 */

#ifndef CONF_GOLDEN_H
#define CONF_GOLDEN_H

#include <stdbool.h>
#include <stddef.h>

extern char captured[65536];

/* Run fn(arg) and keep what is logged, each line from behind its level. */
void capture(void (*fn)(void *), void *arg);

/* captured is what test/conf/NAME has; if not, the difference is printed. */
bool is_golden(const char *name);

/*
 * The manual page has one entry for each of these keys, in their order:
 * "group=NAME" for a group, behind it its keys. `def' is their file's name.
 */
bool manual_has(const char *page, const char *def, const char *const *key,
                size_t n);

#endif

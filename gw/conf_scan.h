/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_scan.h - look through a configuration before gwlib reads it
 *
 * gwlib's reader stops at the first error of a file, panics on some, takes
 * every line that holds the word "include" for one, and does not tell later
 * in which line a key stood. So the files are read here first, in the same
 * way and the same order: all errors are told at once, and each key's place
 * is remembered for those that are found when its value is looked at.
 *
 * Plain code; logs nothing, the errors go to ops->error().
 */

#ifndef CONF_SCAN_H
#define CONF_SCAN_H

#include <stdbool.h>

struct conf_scan;

struct conf_scan_ops {
    /* 1: `group' is ours and may have `key' (NULL: any); 0: ours, but not
     * this key; -1: not ours. */
    int (*allowed)(const char *group, const char *key);
    /* A group of ours that may be there only once. */
    bool (*single)(const char *group);
    /* A group that is not ours but known: never an error. */
    bool (*known)(const char *group);
    void (*error)(void *ctx, const char *file, unsigned line, const char *text);
};

/*
 * Read `file' and what it includes. Every error is told. NULL if there was
 * one that gwlib's reader must not meet; after others (a wrong key, a wrong
 * group) values can still be looked at, but must not be used. Groups that are neither ours nor known are errors, except in an
 * included file that has no group of ours: such a file belongs to others.
 */
struct conf_scan *conf_scan_read(const char *file,
                                 const struct conf_scan_ops *ops, void *ctx);
unsigned conf_scan_errors(const struct conf_scan *s);
void conf_scan_free(struct conf_scan *s);

/*
 * Where `key' stands in the `no'-th group of that name (from 0, in the order
 * of gwlib's list); without such a key, where the group begins.
 */
void conf_scan_where(const struct conf_scan *s, const char *group, unsigned no,
                     const char *key, const char **file, unsigned *line);

/* Name of the i-th key of that group; NULL: it has no more. */
const char *conf_scan_key(const struct conf_scan *s, const char *group,
                          unsigned no, unsigned i);

#endif

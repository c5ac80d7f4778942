/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_uri.h - the path and the arguments of a request
 *
 * Split and decoded as RFC 3986 has it, "+" of an argument is a blank. Plain;
 * a copy of bounded size, nothing allocated.
 */

#ifndef ADMIN_URI_H
#define ADMIN_URI_H

#include <stdbool.h>
#include <stddef.h>

enum {
    URI_PATH_MAX = 255,
    URI_ARGS = 16,
    URI_NAME_MAX = 31,
    URI_VALUE_MAX = 255
};

struct uri {
    char path[URI_PATH_MAX + 1]; /* begins with "/" */
    unsigned args;
    struct {
        char name[URI_NAME_MAX + 1], value[URI_VALUE_MAX + 1];
    } arg[URI_ARGS];
};

/* NULL, or what is wrong with it (a literal): too long, too many, not encoded
 * as it must be, control characters, an argument twice. */
const char *uri_read(struct uri *u, const char *text);

/* NULL: there is no such argument. */
const char *uri_arg(const struct uri *u, const char *name);

/* 1, true, yes, on or nothing behind the name: true; 0, false, no, off: false.
 * -1: neither. Absent: false. */
int uri_flag(const struct uri *u, const char *name, bool *out);

#endif

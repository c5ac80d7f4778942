/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_lines.h - read a file line by line, and tell where it is wrong
 *
 * Blanks at both ends, empty lines and those that begin with "#" are not seen.
 */

#ifndef FIREWALL_LINES_H
#define FIREWALL_LINES_H

#include <stddef.h>

struct lines {
    const char *file;
    unsigned line;
    char *why; /* where an error is told, with file and line */
    size_t why_len;
};

/*
 * take() gets each line, which it may write into, with its length; a NUL may
 * stand in it. -1: it has told why with lines_error(). The same is returned
 * for a file that cannot be read.
 */
int lines_read(struct lines *l,
               int (*take)(void *ctx, struct lines *l, char *text, size_t len),
               void *ctx);
/* Always -1. */
int lines_error(struct lines *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The next word of *p, where words are parted by blanks or commas; its length,
 * 0: there is none. *p is moved behind it. */
size_t lines_word(char **p, char **word);

#endif

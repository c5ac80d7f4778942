/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * firewall_regex.h - regular expressions that cannot hang
 *
 * A search looks at no more than REGEX_SUBJECT octets and gives up after a
 * bounded number of steps. The subject may be any octets. The one user of
 * PCRE2.
 */

#ifndef FIREWALL_REGEX_H
#define FIREWALL_REGEX_H

#include <stdbool.h>
#include <stddef.h>

struct regex;

enum { REGEX_SUBJECT = 4096 };

enum regex_result { REGEX_NO, REGEX_YES, REGEX_GAVE_UP };

/* flags: letters of "imsx", as in Perl. NULL: why says what is wrong. */
struct regex *regex_new(const char *pattern, size_t len, const char *flags,
                        char *why, size_t why_len);
void regex_free(struct regex *r);
enum regex_result regex_find(struct regex *r, const char *p, size_t len);

#endif

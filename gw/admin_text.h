/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * admin_text.h - text that grows, and how text stands in JSON and XML
 *
 * For answers of the admin port. Zeroes are an empty text. Plain; no memory
 * ends the program, as everywhere on this side.
 */

#ifndef ADMIN_TEXT_H
#define ADMIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *p; /* with a 0 behind its end; NULL while empty */
    size_t len, cap;
};

void text_add(struct text *t, const void *p, size_t n);
void text_put(struct text *t, const char *s);
void text_fmt(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void text_free(struct text *t);
const char *text_str(const struct text *t); /* "" while empty */

/* A string of JSON in its quotes. What is not UTF-8 becomes U+FFFD. */
void text_json(struct text *t, const char *s);
/* For elements and attributes; control characters, which XML 1.0 cannot have,
 * become "?", as does what is not UTF-8. */
void text_xml(struct text *t, const char *s);
/* A label's value of Prometheus, without its quotes. */
void text_label(struct text *t, const char *s);

/* UTC as 2026-11-24T09:30:00Z, with .123 if there are milliseconds. */
enum { TEXT_TIME = 32 };
const char *text_time(char out[TEXT_TIME], uint64_t ms);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_answer.h - the verdict of a service: an object of JSON
 */

#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "sigtran-plugin.h"

enum { HTTP_ANSWER_FIELDS = 6 };

/* The fields that an answer may set, in the order in which it does. */
extern const enum plug_field http_answer_field[HTTP_ANSWER_FIELDS];

struct http_answer {
    enum plug_verdict verdict;
    const char *note; /* NULL: none */
    unsigned n_fields;
    struct {
        const char *name;
        enum plug_field field;
        const char *p;
        size_t len;
    } field[HTTP_ANSWER_FIELDS];
    void *json; /* that all texts are parts of */
};

/* sri: it answers the question where to send one, which has neither text nor
 * "done". False and why[]: it is no answer; nothing is to be freed then. */
bool http_answer_read(struct http_answer *a, const char *p, size_t len,
                      bool sri, char *why, size_t why_len);
void http_answer_free(struct http_answer *a);

#endif

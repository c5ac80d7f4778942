/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rewrite_rules.h - the rules of a file, one in a line
 *
 *     [if TEST [and TEST]... then] ACTION [; ACTION]...
 *
 * sigtran-plugin-rewrite(5) tells the words. The first error of a file is told
 * with file and line, and none of its rules counts then.
 */

#ifndef REWRITE_RULES_H
#define REWRITE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "rewrite_regex.h"
#include "sigtran-plugin.h"

enum { RULE_TESTS = 8, RULE_ACTIONS = 8, RULE_LINE_MAX = 4096 };

enum test_kind {
    TEST_IS,
    TEST_BEGINS,
    TEST_MATCHES,
    TEST_TIME, /* of day */
};

struct test {
    enum test_kind kind;
    bool negated;
    enum plug_field field;
    char *value;
    struct regex *regex;
    int from_min, to_min; /* minutes of the day, here */
};

enum action_kind {
    ACTION_STRIP,
    ACTION_ADD,
    ACTION_SET,
    ACTION_INTERNATIONAL,
    ACTION_MASK,
    ACTION_REPLACE,
    ACTION_META,
    ACTION_NOTE,
    ACTION_STOP,
};

struct action {
    enum action_kind kind;
    enum plug_field field;
    char *value;          /* prefix, value, country code, replacement, sign */
    char *name;           /* of meta-data */
    char *trunk, *idd;    /* prefixes of national and international numbers */
    unsigned min_digits;  /* of a number to be made international */
    unsigned first, last; /* digits that a mask leaves */
    struct regex *regex;
};

struct rule {
    struct rule *next;
    unsigned line;
    bool told; /* that it could not be done */
    unsigned n_tests, n_actions;
    struct test test[RULE_TESTS];
    struct action action[RULE_ACTIONS];
};

struct rules {
    struct rule *first;
    unsigned n;
};

/* NULL and why[]: "file:line: sentence". */
struct rules *rules_read(const char *file, char *why, size_t why_len);
void rules_free(struct rules *r);

#endif
